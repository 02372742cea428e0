/*
 * cli/inspect_code.c: the register code of one function, by its index, export or name.
 */
#include "cli/cli.h"
#include "cli/inspect.h"
#include "core/wasm/disasm.h"
#include "core/wasm/name_section.h"

/* Exports before the name section: they are unique. */
static bool find_by_name(const struct wasm_module *module, struct bytes wanted, uint64_t *out_func)
{
    const struct wasm_export *export = wasm_module_find_export(module, wanted);
    struct wasm_name_map map;
    struct bytes name;
    uint32_t index;
    if (export != NULL && export->kind == WASM_EXTERN_FUNC) {
        *out_func = export->index;
        return true;
    }
    if (wasm_names_open(module, WASM_NAMES_FUNCS, &map)) {
        while (wasm_names_next(&map, &index, &name)) {
            if (bytes_equal(name, wanted)) {
                *out_func = index;
                return true;
            }
        }
    }
    return false;
}

static void print_line(void *context, const char *line)
{
    struct listing *listing = context;
    listing_item(listing);
    if (listing->json)
        listing_name(listing, "line", "", bytes_of(line, strlen(line)));
    else
        listing_word(listing, "line", "", line);
    listing_item_end(listing);
}

int inspect_code(struct listing *listing, struct wasm_file *file, const char *func)
{
    const struct wasm_module *m = file->module;
    uint64_t index = 0;
    if (!cli_number(func, false, &index) &&
        !find_by_name(m, bytes_of(func, strlen(func)), &index)) {
        cli_say("--code: no function has the name or index \"%s\"; --functions lists them", func);
        return CLI_REFUSED;
    }
    if (index < m->import_func_count || index >= m->func_count) {
        cli_say("--code: function %llu is %s; the module defines %u to %lld",
                (unsigned long long)index, index < m->func_count ? "imported" : "not there",
                m->import_func_count, (long long)m->func_count - 1);
        return CLI_REFUSED;
    }
    listing_open(listing, "code", "register code of function", index);
    enum status status = wasm_disasm_func(file->module, (uint32_t)index, &file->arena, print_line,
                                          listing, &file->report);
    listing_close(listing);
    if (status != STATUS_OK)
        cli_say_report(file->path, &file->report);
    return wasm_file_exit(status);
}

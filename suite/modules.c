/*
 * suite/modules.c: the modules of a file: loaded, linked with each other, found again by name.
 */
#include "suite/runner_internal.h"

void suite_load(struct suite_run *run, struct bytes binary, struct suite_made *out_made)
{
    struct wasm_module *module = NULL;
    *out_made = (struct suite_made){.stage = SUITE_STAGE_LOAD};
    report_init(&out_made->report);
    out_made->status = wasm_module_load_with(
        binary, (struct wasm_features){.legacy_exceptions = run->host->legacy_exceptions},
        run->host->arena, run->host->scratch, &module, &out_made->report);
    out_made->module = module;
}

/* The export of a registered instance, or what spectest has. */
static bool find_import(const struct suite_run *run, const struct wasm_import *import,
                        struct wasm_extern *out_extern)
{
    for (const struct suite_entry *entry = run->registered; entry != NULL; entry = entry->next) {
        if (!bytes_equal(entry->name, import->module))
            continue;
        const struct wasm_export *export = wasm_module_find_export(entry->module, import->name);
        if (export != NULL)
            wasm_instance_export(entry->instance, export, out_extern);
        return export != NULL;
    }
    const struct wasm_extern *found = bytes_equal(import->module, BYTES_LITERAL("spectest"))
                                          ? suite_spectest_find(&run->spectest, import->name)
                                          : NULL;
    if (found != NULL)
        *out_extern = *found;
    return found != NULL;
}

void suite_instantiate(struct suite_run *run, struct suite_made *made)
{
    const struct wasm_module *module = made->module;
    struct wasm_extern *imports =
        arena_alloc(run->host->arena, module->import_count, sizeof *imports);
    made->stage = SUITE_STAGE_LINK;
    made->status = STATUS_NO_MEMORY;
    if (imports == NULL)
        return;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        if (!find_import(run, import, &imports[i])) {
            made->status =
                report_fail_names(&made->report, STATUS_UNLINKABLE, import->offset,
                                  "import %.% is not there", import->module, import->name);
            return;
        }
    }
    wasm_store_set_fuel(run->store, run->host->caps.fuel);
    made->status = wasm_instance_create(run->store, module, imports, &made->instance,
                                        &made->outcome, &made->report);
    if (made->status == STATUS_TRAP)
        made->stage = SUITE_STAGE_START;
    else if (made->status == STATUS_OK)
        made->stage = SUITE_STAGE_READY;
}

void suite_describe(struct suite_run *run, const struct suite_made *made)
{
    static const char *const stages[] = {
        [SUITE_STAGE_LOAD] = "refused",
        [SUITE_STAGE_LINK] = "not linked",
        [SUITE_STAGE_START] = "trapped",
        [SUITE_STAGE_READY] = "instantiated",
    };
    if (made->status == STATUS_OK) {
        suite_text_add(&run->text, made->stage == SUITE_STAGE_LOAD ? "is valid" : "instantiated");
        return;
    }
    suite_text_add(&run->text, stages[made->stage]);
    suite_text_add(&run->text, ": ");
    if (made->status == STATUS_TRAP) {
        suite_text_add(&run->text, wasm_trap_text(made->outcome.trap));
        return;
    }
    suite_text_add(&run->text, status_text(made->status));
    if (made->report.is_set) {
        suite_text_add(&run->text, ": ");
        suite_text_add(&run->text, made->report.text);
    }
    if (made->report.is_set && made->report.offset != REPORT_NO_OFFSET) {
        suite_text_add(&run->text, " (at byte ");
        suite_text_add_number(&run->text, made->report.offset);
        suite_text_add(&run->text, ")");
    }
}

bool suite_remember(struct suite_run *run, struct suite_entry **list, struct bytes name,
                    const struct wasm_module *module, struct wasm_instance *instance)
{
    struct suite_entry *entry = arena_alloc(run->host->arena, 1, sizeof *entry);
    if (entry == NULL) {
        suite_text_add(&run->text, "no room in the file's arena");
        return false;
    }
    *entry =
        (struct suite_entry){.name = name, .module = module, .instance = instance, .next = *list};
    *list = entry;
    return true;
}

const struct suite_entry *suite_recall(const struct suite_entry *list, struct bytes name)
{
    const struct suite_entry *entry = list;
    while (entry != NULL && name.len != 0 && !bytes_equal(entry->name, name))
        entry = entry->next;
    return entry;
}

/*
 * cli/inspect.c: what is in a module, list by list; of a component its world.
 */
#include "cli/inspect.h"

#include "cli/cli.h"
#include "cli/wat.h"
#include "core/wasm/name_section.h"

static const char help[] =
    "usage: aether inspect FILE [LIST...] [--code F] [--json] [--legacy-exceptions]\n"
    "\n"
    "Shows what is in a module, types in the syntax of the text format. Without a LIST: all of\n"
    "them but functions and segments. Of a component it shows the world in WIT: what it imports\n"
    "and exports, with the interfaces; the lists are of modules.\n"
    "\n"
    "  --sections   sections of the file, custom ones too, with place and size; of a module that\n"
    "               is refused as well\n"
    "  --types      --imports      --exports      --tables      --memories\n"
    "  --globals    --tags\n"
    "  --functions  with name, type, place and size of the body\n"
    "  --segments   element and data segments\n"
    "  --limits     what it uses of the engine's limits (docs/limits.md)\n"
    "  --custom     what producers, target_features and the name section say\n"
    "  --code F     the register code that function F (an index, an export or a name) becomes;\n"
    "               docs/engine.md explains it\n"
    "  --json       one object; a list is an array; of a component imports and exports, and its\n"
    "               WIT as a string\n"
    "  --legacy-exceptions  take the exception instructions that came before try_table as well\n"
    "\n"
    "Names are quoted and escaped: they are whatever the file says. Nothing is run.\n"
    "\n"
    "example: aether inspect policy.wasm --imports --exports\n"
    "         aether inspect component.wasm\n"
    "Exit codes: 0 done; 1 the module is refused, 2 usage; 3 a file, or\n"
    "no memory.\n";

struct inspect_options {
    bool sections, types, imports, exports, functions, tables, memories, globals, tags;
    bool segments, limits, custom, json, legacy;
    const char *code;
};

/* The recursion group that begins at `first` ends in front of this. */
static uint32_t find_group_end(const struct wasm_module *m, uint32_t first)
{
    uint32_t end = first + 1;
    while (end < m->type_count && !m->types[end].starts_group)
        end++;
    return end;
}

static void show_type_row(struct listing *l, const struct wasm_module *m, uint32_t index,
                          uint32_t first, uint32_t end)
{
    const struct wasm_type *type = &m->types[index];
    listing_item(l);
    listing_number(l, "index", "", index, "");
    listing_value(l, "type", "  ");
    wat_defined_type(l->out, type);
    listing_value_end(l);
    listing_number(l, "group", end - first > 1 ? "  in the recursion group of " : NULL, first, "");
    listing_number(l, "canonical", type->canonical != index ? "  the same as " : NULL,
                   type->canonical, "");
    listing_item_end(l);
}

static void show_types(struct listing *l, const struct wasm_module *m)
{
    listing_open(l, "types", "types", m->type_count);
    for (uint32_t first = 0, end; first < m->type_count; first = end) {
        end = find_group_end(m, first);
        for (uint32_t i = first; i < end; i++)
            show_type_row(l, m, i, first, end);
    }
    listing_close(l);
}

/* "func 3" and, behind what the caller puts between, the type of it. */
static void show_item(struct listing *l, enum wasm_extern_kind kind, uint32_t index)
{
    listing_word(l, "kind", "", wat_kind(kind));
    listing_number(l, "index", " ", index, "");
}

static void show_type(struct listing *l, const struct wasm_module *m, enum wasm_extern_kind kind,
                      uint32_t index)
{
    listing_value(l, "type", "  ");
    wat_extern_type(l->out, m, kind, index);
    listing_value_end(l);
}

static void show_imports(struct listing *l, const struct wasm_module *m)
{
    listing_open(l, "imports", "imports", m->import_count);
    for (uint32_t i = 0; i < m->import_count; i++) {
        const struct wasm_import *import = &m->imports[i];
        listing_item(l);
        show_item(l, import->kind, import->index);
        listing_name(l, "module", "  ", import->module);
        listing_name(l, "name", " ", import->name);
        show_type(l, m, import->kind, import->index);
        listing_item_end(l);
    }
    listing_close(l);
}

static void show_exports(struct listing *l, const struct wasm_module *m)
{
    listing_open(l, "exports", "exports", m->export_count);
    for (uint32_t i = 0; i < m->export_count; i++) {
        const struct wasm_export *export = &m->exports[i];
        listing_item(l);
        show_item(l, export->kind, export->index);
        listing_name(l, "name", "  ", export->name);
        show_type(l, m, export->kind, export->index);
        listing_item_end(l);
    }
    listing_close(l);
}

/* Tables, memories, globals or tags; `imported` come first. */
static void show_space(struct listing *l, const struct wasm_module *m, enum wasm_extern_kind kind,
                       const char *title, uint32_t count, uint32_t imported)
{
    listing_open(l, title, title, count);
    for (uint32_t i = 0; i < count; i++) {
        listing_item(l);
        listing_number(l, "index", "", i, "");
        show_type(l, m, kind, i);
        listing_flag(l, "is_import", "  imported", i < imported);
        listing_item_end(l);
    }
    listing_close(l);
}

/* Names by function index, the first of each; NULL: no room. One pass, whatever the section is. */
static struct bytes *read_func_names(struct wasm_file *file)
{
    const struct wasm_module *m = file->module;
    struct bytes *names = arena_alloc(&file->arena, m->func_count, sizeof *names);
    struct wasm_name_map map;
    struct bytes name;
    uint32_t index;
    if (names != NULL && wasm_names_open(m, WASM_NAMES_FUNCS, &map))
        while (wasm_names_next(&map, &index, &name))
            if (index < m->func_count && names[index].len == 0)
                names[index] = name;
    return names;
}

static void show_functions(struct listing *l, struct wasm_file *file)
{
    const struct wasm_module *m = file->module;
    const struct bytes *names = read_func_names(file);
    listing_open(l, "functions", "functions", m->func_count);
    for (uint32_t i = 0; i < m->func_count; i++) {
        const struct wasm_func *func = &m->funcs[i];
        listing_item(l);
        listing_number(l, "index", "", i, "");
        if (names != NULL && names[i].len != 0)
            listing_name(l, "name", "  ", names[i]);
        show_type(l, m, WASM_EXTERN_FUNC, i);
        listing_flag(l, "is_import", "  imported", func->is_import);
        if (!func->is_import) {
            listing_number(l, "offset", "  at byte ", func->body_offset, "");
            listing_number(l, "bytes", ", ", func->body.len, " bytes");
            listing_number(l, "operators", ", ", func->op_count, " operators");
        }
        listing_item_end(l);
    }
    listing_close(l);
}

static const char *mode_word(enum wasm_segment_mode mode)
{
    static const char *const words[] = {"active", "passive", "declared"};
    return words[mode];
}

static void show_segments(struct listing *l, const struct wasm_module *m)
{
    listing_open(l, "elems", "element segments", m->elem_count);
    for (uint32_t i = 0; i < m->elem_count; i++) {
        const struct wasm_elem *elem = &m->elems[i];
        listing_item(l);
        listing_number(l, "index", "", i, "");
        listing_word(l, "mode", "  ", mode_word(elem->mode));
        if (elem->mode == WASM_SEGMENT_ACTIVE)
            listing_number(l, "table", ", table ", elem->table, "");
        listing_value(l, "type", "  ");
        wat_value_type(l->out, elem->type);
        listing_value_end(l);
        listing_number(l, "items", ", ", elem->count, " items");
        listing_item_end(l);
    }
    listing_close(l);
    listing_open(l, "datas", "data segments", m->data_count);
    for (uint32_t i = 0; i < m->data_count; i++) {
        const struct wasm_data *data = &m->datas[i];
        listing_item(l);
        listing_number(l, "index", "", i, "");
        listing_word(l, "mode", "  ", mode_word(data->mode));
        if (data->mode == WASM_SEGMENT_ACTIVE)
            listing_number(l, "memory", ", memory ", data->memory, "");
        listing_number(l, "bytes", ", ", data->init.len, " bytes");
        listing_item_end(l);
    }
    listing_close(l);
}

static uint64_t count_func_names(const struct wasm_module *m)
{
    struct wasm_name_map map;
    struct bytes name;
    uint32_t index;
    uint64_t count = 0;
    if (wasm_names_open(m, WASM_NAMES_FUNCS, &map))
        while (wasm_names_next(&map, &index, &name))
            count++;
    return count;
}

static void show_names(struct listing *l, const struct wasm_module *m)
{
    struct report report;
    report_init(&report);
    if (m->name_section.data == NULL)
        return;
    enum status status = wasm_name_section_check(m, &report);
    listing_open(l, "names", "name section", 1);
    listing_item(l);
    if (wasm_module_name(m).len != 0)
        listing_name(l, "module", "module ", wasm_module_name(m));
    listing_number(l, "functions", " names of ", count_func_names(m), " functions");
    if (status != STATUS_OK) {
        listing_name(l, "broken", ", broken: ", bytes_of(report.text, report.len));
        listing_number(l, "offset", " at byte ", report.offset, ", the rest is ignored");
    }
    listing_item_end(l);
    listing_close(l);
}

static void show_custom(struct listing *l, const struct wasm_file *file)
{
    show_names(l, file->module);
    inspect_producers(l, file->content);
    inspect_features(l, file->content);
}

static void show_module(struct listing *l, struct wasm_file *file, const struct inspect_options *o)
{
    const struct wasm_module *m = file->module;
    if (o->types)
        show_types(l, m);
    if (o->imports)
        show_imports(l, m);
    if (o->functions)
        show_functions(l, file);
    if (o->tables)
        show_space(l, m, WASM_EXTERN_TABLE, "tables", m->table_count, m->import_table_count);
    if (o->memories)
        show_space(l, m, WASM_EXTERN_MEMORY, "memories", m->memory_count, m->import_memory_count);
    if (o->globals)
        show_space(l, m, WASM_EXTERN_GLOBAL, "globals", m->global_count, m->import_global_count);
    if (o->tags)
        show_space(l, m, WASM_EXTERN_TAG, "tags", m->tag_count, m->import_tag_count);
    if (o->exports)
        show_exports(l, m);
    if (m->has_start && (o->exports || o->functions))
        listing_number(l, "start", "\nstart function ", m->start, "\n");
    if (o->segments)
        show_segments(l, m);
    if (o->limits)
        inspect_limits(l, m, file->content.len);
    if (o->custom)
        show_custom(l, file);
}

static void show_verdict(struct listing *l, const struct wasm_file *file, enum status status)
{
    struct bytes path = bytes_of(file->path, strlen(file->path));
    if (l->json)
        listing_name(l, "file", "", path);
    else
        cli_print_path(l->out, file->path);
    listing_word(l, "verdict", ": ", wasm_file_verdict(status));
    listing_number(l, "bytes", ", ", file->content.len, " bytes\n");
    if (status != STATUS_OK && l->json) {
        if (file->report.offset != REPORT_NO_OFFSET)
            listing_number(l, "offset", "", file->report.offset, "");
        listing_name(l, "reason", "", bytes_of(file->report.text, file->report.len));
    }
}

/* It may be broken, but it begins as a binary module does. */
static bool is_module(struct bytes content)
{
    return content.len >= 8 && memcmp(content.data, "\0asm\1\0\0\0", 8) == 0;
}

static int inspect(struct wasm_file *file, const struct inspect_options *o)
{
    struct listing listing;
    enum status status = wasm_file_load(file, o->legacy, 0);
    int code = wasm_file_exit(status);
    listing_begin(&listing, stdout, o->json);
    show_verdict(&listing, file, status);
    if (o->sections && is_module(file->content))
        inspect_sections(&listing, file->content);
    if (status == STATUS_OK)
        show_module(&listing, file, o);
    if (status == STATUS_OK && o->code != NULL)
        code = inspect_code(&listing, file, o->code);
    listing_end(&listing);
    if (status != STATUS_OK)
        cli_say_report(file->path, &file->report);
    return code;
}

static int inspect_file(struct wasm_file *file, const struct inspect_options *o, bool has_list)
{
    if (!component_is_component(file->content))
        return inspect(file, o);
    if (!has_list && o->code == NULL)
        return inspect_component(file, o->json);
    cli_say("%s: is a component; --json is the only option that inspect has for one", file->path);
    return CLI_USAGE;
}

static int run(int argc, char **argv)
{
    struct inspect_options o = {0};
    const struct cli_option options[] = {
        {"--sections", CLI_FLAG, &o.sections},   {"--types", CLI_FLAG, &o.types},
        {"--imports", CLI_FLAG, &o.imports},     {"--exports", CLI_FLAG, &o.exports},
        {"--functions", CLI_FLAG, &o.functions}, {"--tables", CLI_FLAG, &o.tables},
        {"--memories", CLI_FLAG, &o.memories},   {"--globals", CLI_FLAG, &o.globals},
        {"--segments", CLI_FLAG, &o.segments},   {"--limits", CLI_FLAG, &o.limits},
        {"--custom", CLI_FLAG, &o.custom},       {"--json", CLI_FLAG, &o.json},
        {"--tags", CLI_FLAG, &o.tags},           {WASM_FILE_LEGACY, CLI_FLAG, &o.legacy},
        {"--code", CLI_TEXT, &o.code},
    };
    struct cli_list files;
    struct wasm_file file;
    if (!cli_parse(&cli_inspect, argc, argv, options, ARRAY_LEN(options), 1, 1, &files))
        return CLI_USAGE;
    bool has_list = o.sections || o.types || o.imports || o.exports || o.functions || o.tables ||
                    o.memories || o.globals || o.tags || o.segments || o.limits || o.custom;
    if (!has_list && o.code == NULL)
        o.sections = o.types = o.imports = o.exports = o.tables = o.memories = o.globals = o.tags =
            o.limits = o.custom = true;
    int code =
        wasm_file_read(&file, files.items[0]) ? inspect_file(&file, &o, has_list) : CLI_FAILED;
    wasm_file_close(&file);
    return code;
}

const struct cli_command cli_inspect = {"inspect", "shows what is in a module or component", help,
                                        run};

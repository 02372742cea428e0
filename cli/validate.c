/*
 * cli/validate.c: is this a module, or a component, by the rules of the specifications and within
 * our limits?
 */
#include "cli/cli.h"
#include "cli/wasm_file.h"

static const char help[] =
    "usage: aether validate FILE... [--json] [--legacy-exceptions]\n"
    "\n"
    "Decodes and validates each file by the rules of WebAssembly 3.0, a component by those of the\n"
    "component model, and prints one line for it: \"valid\" or \"valid component\" with its size\n"
    "and what it holds, or one word for the refusal, the byte where it is and a sentence. The\n"
    "words: malformed (breaks the binary format), truncated (ends too early), invalid (breaks a\n"
    "validation rule), limit (over a limit of this engine, see\n"
    "docs/limits.md), unsupported (a feature that this engine lacks).\n"
    "\n"
    "  --json               an array, one object a file: file, verdict, bytes; counts (and of a\n"
    "                       component its kind), or offset and reason\n"
    "  --legacy-exceptions  take the exception instructions that came before try_table as well\n"
    "\n"
    "Nothing is run. Text (.wat) is refused: `wat2wasm` and `wasm-tools parse` convert it.\n"
    "\n"
    "example: aether validate build/*.wasm\n"
    "Exit codes: 0 every file is valid; 1 one is not; 2 usage; 3 a file could not be read, or\n"
    "memory ran out.\n";

/* What a module holds, for both ways to print it. */
struct count {
    const char *key;
    const char *one, *many;
    uint32_t number;
};

#define COUNT_KINDS 10

static void count_component(const struct component *c, struct count out_counts[static COUNT_KINDS])
{
    const uint32_t *of = c->counts;
    const struct count counts[COUNT_KINDS] = {
        {"types", "type", "types", of[COMPONENT_SORT_TYPE]},
        {"imports", "import", "imports", c->type->import_count},
        {"functions", "function", "functions", of[COMPONENT_SORT_FUNC]},
        {"components", "component", "components", of[COMPONENT_SORT_COMPONENT]},
        {"instances", "instance", "instances", of[COMPONENT_SORT_INSTANCE]},
        {"core_modules", "core module", "core modules", of[COMPONENT_SORT_CORE_MODULE]},
        {"core_instances", "core instance", "core instances", of[COMPONENT_SORT_CORE_INSTANCE]},
        {"core_functions", "core function", "core functions", of[COMPONENT_SORT_CORE_FUNC]},
        {"resources", "resource", "resources", c->resource_count},
        {"exports", "export", "exports", c->type->export_count},
    };
    memcpy(out_counts, counts, sizeof counts);
}

static void count_module(const struct wasm_module *m, struct count out_counts[static COUNT_KINDS])
{
    const struct count counts[COUNT_KINDS] = {
        {"types", "type", "types", m->type_count},
        {"imports", "import", "imports", m->import_count},
        {"functions", "function", "functions", m->func_count - m->import_func_count},
        {"tables", "table", "tables", m->table_count - m->import_table_count},
        {"memories", "memory", "memories", m->memory_count - m->import_memory_count},
        {"globals", "global", "globals", m->global_count - m->import_global_count},
        {"tags", "tag", "tags", m->tag_count - m->import_tag_count},
        {"exports", "export", "exports", m->export_count},
        {"elems", "element segment", "element segments", m->elem_count},
        {"datas", "data segment", "data segments", m->data_count},
    };
    memcpy(out_counts, counts, sizeof counts);
}

static void count_all(const struct wasm_file *file, struct count out_counts[static COUNT_KINDS])
{
    if (file->component != NULL)
        count_component(file->component, out_counts);
    else
        count_module(file->module, out_counts);
}

static void print_json(const struct wasm_file *file, enum status status, bool is_read)
{
    const struct report *report = &file->report;
    (void)fputs("{\"file\":", stdout);
    cli_print_json(stdout, bytes_of(file->path, strlen(file->path)));
    if (!is_read) {
        (void)fputs(",\"verdict\":\"unread\"}", stdout);
        return;
    }
    (void)printf(",\"verdict\":\"%s\",\"bytes\":%zu", wasm_file_verdict(status), file->content.len);
    if (status == STATUS_OK) {
        struct count counts[COUNT_KINDS];
        count_all(file, counts);
        (void)fputs(file->component != NULL ? ",\"kind\":\"component\",\"counts\":{"
                                            : ",\"counts\":{",
                    stdout);
        for (size_t i = 0; i < COUNT_KINDS; i++)
            (void)printf("%s\"%s\":%u", i == 0 ? "" : ",", counts[i].key, counts[i].number);
        (void)fputs("}}", stdout);
        return;
    }
    if (report->offset != REPORT_NO_OFFSET)
        (void)printf(",\"offset\":%llu", (unsigned long long)report->offset);
    (void)fputs(",\"reason\":", stdout);
    cli_print_json(stdout, bytes_of(report->text, report->len));
    (void)fputc('}', stdout);
}

static void print_text(const struct wasm_file *file, enum status status)
{
    const struct report *report = &file->report;
    cli_print_path(stdout, file->path);
    (void)printf(": %s", wasm_file_verdict(status));
    if (status != STATUS_OK) {
        if (report->offset != REPORT_NO_OFFSET)
            (void)printf(" at byte %llu", (unsigned long long)report->offset);
        (void)printf(": %s\n", report->text);
        return;
    }
    struct count counts[COUNT_KINDS];
    count_all(file, counts);
    (void)printf("%s, %zu bytes", file->component != NULL ? " component" : "", file->content.len);
    for (size_t i = 0; i < COUNT_KINDS; i++)
        if (counts[i].number != 0)
            (void)printf(", %u %s", counts[i].number,
                         counts[i].number == 1 ? counts[i].one : counts[i].many);
    (void)fputc('\n', stdout);
}

static int validate_file(const char *path, bool has_legacy, bool json, bool is_first)
{
    struct wasm_file file;
    enum status status = STATUS_NOT_FOUND;
    bool is_read = wasm_file_read(&file, path);
    if (is_read)
        status = component_is_component(file.content) ? wasm_file_load_component(&file, 0)
                                                      : wasm_file_load(&file, has_legacy, 0);
    if (json) {
        (void)fputs(is_first ? "\n" : ",\n", stdout);
        print_json(&file, status, is_read);
    } else if (is_read) {
        print_text(&file, status);
    }
    wasm_file_close(&file);
    return is_read ? wasm_file_exit(status) : CLI_FAILED;
}

static int run(int argc, char **argv)
{
    bool json = false, has_legacy = false;
    const struct cli_option options[] = {{"--json", CLI_FLAG, &json},
                                         {WASM_FILE_LEGACY, CLI_FLAG, &has_legacy}};
    size_t count;
    int worst = CLI_OK;
    if (!cli_parse_words(&cli_validate, argc, argv, options, ARRAY_LEN(options), 1, SIZE_MAX,
                         &count))
        return CLI_USAGE;
    if (json)
        (void)fputc('[', stdout);
    for (size_t i = 1; i <= count; i++) {
        int code = validate_file(argv[i], has_legacy, json, i == 1);
        worst = code > worst ? code : worst;
    }
    if (json)
        (void)fputs("\n]\n", stdout);
    return worst;
}

const struct cli_command cli_validate = {
    "validate", "checks modules and components against the specification", help, run};

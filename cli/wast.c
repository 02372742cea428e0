/*
 * cli/wast.c: aether wast: runs files of the specification's test suite.
 *
 * Each file is packed (cli/wast_pack.c) and run (suite/runner.h) by itself, in arenas that are
 * mapped once and rewound after it. With --pack the files go into one pack and nothing is run.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "cli/cli.h"
#include "cli/wasm_file.h"
#include "cli/wast.h"
#include "suite/limits.h"
#include "suite/room.h"
#include "suite/runner.h"

#define PACK_MAX  ((size_t)128 << 20)
#define JSON_ROOM ((size_t)1 << 30)

/* Reserved, not used: pages that nobody touches cost nothing. */
struct mapping {
    uint8_t *base;
    size_t len;
};

struct wast {
    bool is_json, lists_failures, has_legacy_exceptions, collects_always, links_async;
    const char *pack_path;
    struct mapping pack, json_room, scratch_room, arena_room, memories;
    struct arena json_arena, scratch, arena;
    struct suite_room room; /* for linear memories */
    struct suite_counts counts;
};

static bool map(struct mapping *mapping, size_t len)
{
    *mapping = (struct mapping){.base = wasm_file_pages(len), .len = len};
    return mapping->base != NULL;
}

static void unmap(struct mapping *mapping)
{
    if (mapping->base != NULL)
        (void)munmap(mapping->base, mapping->len); /* it was mapped so */
    *mapping = (struct mapping){0};
}

static enum status memory_reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct wast *wast = context;
    return suite_room_reserve(&wast->room, cap_bytes, out_base);
}

/* Pages that are given back come again as zero. */
static void memory_release(void *context)
{
    struct wast *wast = context;
    for (size_t i = 0; i < SUITE_ROOM_PARTS; i++) {
        if (wast->room.parts[i].used != 0 &&
            madvise(wast->room.parts[i].base, (size_t)wast->room.parts[i].used, MADV_DONTNEED) != 0)
            memory_wipe(wast->room.parts[i].base, (size_t)wast->room.parts[i].used);
        wast->room.parts[i].used = 0;
    }
}

/* ---- what is said ---- */

static const char *const result_words[] = {
    [SUITE_PASSED] = "passed", [SUITE_FAILED] = "failed", [SUITE_SKIPPED] = "skipped"};

static void print_name(struct bytes name)
{
    (void)fwrite(name.data, 1, name.len, stdout);
}

static void tell(void *context, const struct suite_file *file, const struct suite_command *command,
                 enum suite_result result, const char *text)
{
    const struct wast *wast = context;
    if (wast->is_json) {
        (void)fputs("{\"file\": ", stdout);
        cli_print_json(stdout, file->name);
        (void)printf(", \"line\": %u, \"command\": \"%s\", \"result\": \"%s\", \"text\": ",
                     command->line, suite_command_word(command->kind), result_words[result]);
        cli_print_json(stdout, bytes_of(text, strlen(text)));
        (void)puts("}");
    } else if (result == SUITE_FAILED && wast->lists_failures) {
        print_name(file->name);
        (void)printf(":%u: %s", command->line, suite_command_word(command->kind));
        if (command->name.len != 0) {
            (void)putchar(' ');
            cli_print_json(stdout, command->name);
        }
        (void)printf(": %s\n", text);
    }
}

static void print_file(const struct wast *wast, const struct suite_file *file,
                       const struct suite_counts *counts)
{
    if (wast->is_json) {
        (void)fputs("{\"file\": ", stdout);
        cli_print_json(stdout, file->name);
        (void)printf(", \"passed\": %llu, \"failed\": %llu, \"skipped\": %llu}\n",
                     (unsigned long long)counts->passed, (unsigned long long)counts->failed,
                     (unsigned long long)counts->skipped);
        return;
    }
    print_name(file->name);
    (void)printf(": %llu passed, %llu failed, %llu skipped\n", (unsigned long long)counts->passed,
                 (unsigned long long)counts->failed, (unsigned long long)counts->skipped);
}

/* ---- files ---- */

static bool run_pack(struct wast *wast, const char *path, struct bytes content)
{
    const struct suite_host host = {
        .context = wast,
        .caps = SUITE_CAPS,
        .memory_reserve = memory_reserve,
        .memory_release = memory_release,
        .tell = tell,
        .arena = &wast->arena,
        .scratch = &wast->scratch,
        .components = suite_component_obey,
        .legacy_exceptions = wast->has_legacy_exceptions,
        .links_async = wast->links_async,
        .collects_always = wast->collects_always,
    };
    struct suite_pack pack;
    struct suite_file file;
    struct report report;
    report_init(&report);
    if (suite_pack_open(content, &pack, &report) != STATUS_OK) {
        cli_say_report(path, &report);
        return false;
    }
    while (suite_pack_next(&pack, &file)) {
        struct suite_counts counts = {0};
        suite_run_file(&host, &file, &counts);
        print_file(wast, &file, &counts);
        wast->counts.passed += counts.passed;
        wast->counts.failed += counts.failed;
        wast->counts.skipped += counts.skipped;
    }
    return true;
}

/* Runs the file if it is a pack. False: it can not be read, or is no good pack; it was said. */
static bool run_if_pack(struct wast *wast, const char *path, bool *out_is_done)
{
    struct bytes content;
    if (!cli_read(path, PACK_MAX, &content))
        return false;
    bool is_pack = content.len >= SUITE_PACK_MAGIC_BYTES &&
                   memcmp(content.data, SUITE_PACK_MAGIC, SUITE_PACK_MAGIC_BYTES) == 0;
    bool is_right = !is_pack || run_pack(wast, path, content);
    *out_is_done = is_pack;
    cli_free(content);
    return is_right;
}

static bool finish_pack(struct suite_writer *writer, const char *path, struct bytes *out_content)
{
    if (suite_writer_end(writer, out_content) == STATUS_OK)
        return true;
    cli_say("%s: packed it is over %zu bytes, the most that is taken", path, PACK_MAX);
    return false;
}

static bool run_file(struct wast *wast, const char *path)
{
    struct suite_writer writer;
    struct bytes content;
    bool is_done = false;
    if (!run_if_pack(wast, path, &is_done))
        return false;
    if (is_done)
        return true;
    suite_writer_init(&writer, wast->pack.base, wast->pack.len);
    return wast_pack_file(path, &wast->json_arena, &writer) &&
           finish_pack(&writer, path, &content) && run_pack(wast, path, content);
}

static int pack_files(struct wast *wast, const struct cli_list *files)
{
    struct suite_writer writer;
    struct bytes content;
    suite_writer_init(&writer, wast->pack.base, wast->pack.len);
    for (size_t i = 0; i < files->count; i++)
        if (!wast_pack_file(files->items[i], &wast->json_arena, &writer))
            return CLI_REFUSED;
    if (!finish_pack(&writer, wast->pack_path, &content))
        return CLI_REFUSED;
    return cli_write(wast->pack_path, content, 0644) ? CLI_OK : CLI_FAILED;
}

static int run_files(struct wast *wast, const struct cli_list *files)
{
    bool is_read = true;
    for (size_t i = 0; i < files->count; i++)
        is_read = run_file(wast, files->items[i]) && is_read;
    (void)printf("%llu passed, %llu failed, %llu skipped\n",
                 (unsigned long long)wast->counts.passed, (unsigned long long)wast->counts.failed,
                 (unsigned long long)wast->counts.skipped);
    return is_read && wast->counts.failed == 0 ? CLI_OK : CLI_REFUSED;
}

static int work(struct wast *wast, const struct cli_list *files)
{
    if (!map(&wast->pack, PACK_MAX) || !map(&wast->json_room, JSON_ROOM) ||
        !map(&wast->scratch_room, SUITE_SCRATCH_BYTES) ||
        !map(&wast->arena_room, SUITE_ARENA_BYTES) ||
        !map(&wast->memories, SUITE_ROOM_FIRST + SUITE_ROOM_SECOND)) {
        cli_say("wast: memory ran out");
        return CLI_FAILED;
    }
    arena_init(&wast->json_arena, wast->json_room.base, wast->json_room.len);
    arena_init(&wast->scratch, wast->scratch_room.base, wast->scratch_room.len);
    arena_init(&wast->arena, wast->arena_room.base, wast->arena_room.len);
    wast->room.parts[0].base = wast->memories.base;
    wast->room.parts[0].cap = SUITE_ROOM_FIRST;
    wast->room.parts[1].base = wast->memories.base + SUITE_ROOM_FIRST;
    wast->room.parts[1].cap = SUITE_ROOM_SECOND;
    return wast->pack_path != NULL ? pack_files(wast, files) : run_files(wast, files);
}

static const char help[] =
    "usage: aether wast FILE.json... [--list-failures] [--json] [--legacy-exceptions]\n"
    "                   [--collect-always] [--link-async]\n"
    "       aether wast FILE.json... --pack OUT\n"
    "\n"
    "Runs files of the specification's test suite, as a wast2json makes them of .wast files; the\n"
    "modules stand beside them. A pack, made with --pack, is taken, too. One line for each file,\n"
    "then `N passed, N failed, N skipped`. Assertions count; what else goes wrong is a failure.\n"
    "\n"
    "  --list-failures      a line for each failure: file, line, command, what differs\n"
    "  --json               a JSON object for each failure, skip and file, one on a line\n"
    "  --legacy-exceptions  takes the exception instructions that came before try_table\n"
    "  --collect-always     runs the garbage collector at every allocation\n"
    "  --link-async         takes components with asynchronous functions; without: they are "
    "skipped\n"
    "  --pack OUT           packs the files into OUT; runs nothing\n"
    "\n"
    "example: aether wast build/suite/core/i32.json --list-failures\n"
    "Exit codes: 0 nothing failed; 1 something did, or a file is not understood; 2 usage; 3 a\n"
    "file, or no memory.\n";

static int run(int argc, char **argv)
{
    struct wast *wast = calloc(1, sizeof *wast);
    struct cli_list files;
    if (wast == NULL) {
        cli_say("wast: memory ran out");
        return CLI_FAILED;
    }
    const struct cli_option options[] = {
        {"--json", CLI_FLAG, &wast->is_json},
        {"--list-failures", CLI_FLAG, &wast->lists_failures},
        {"--legacy-exceptions", CLI_FLAG, &wast->has_legacy_exceptions},
        {"--collect-always", CLI_FLAG, &wast->collects_always},
        {"--link-async", CLI_FLAG, &wast->links_async},
        {"--pack", CLI_TEXT, &wast->pack_path},
    };
    int code =
        cli_parse(&cli_wast, argc, argv, options, ARRAY_LEN(options), 1, CLI_LIST_MAX, &files)
            ? work(wast, &files)
            : CLI_USAGE;
    unmap(&wast->memories);
    unmap(&wast->pack);
    unmap(&wast->json_room);
    unmap(&wast->scratch_room);
    unmap(&wast->arena_room);
    free(wast);
    return code;
}

const struct cli_command cli_wast = {"wast", "runs files of the specification's test suite", help,
                                     run};

/*
 * cli/run.c: runs a program or calls a function, in a cell.
 *
 * Options stand before the file; what stands behind it is the program's. Only with --invoke, before
 * the file or right behind it, options and arguments may stand in any order: there is no program
 * then that could want them.
 */
#include "cli/run.h"

#include <sys/stat.h>

#include "cli/time_limit.h"
#include "cli/wasm_file.h"
#include "core/wasm/limits.h"

static const char help[] =
    "usage: aether run [OPTION...] APP [ARGUMENT...]\n"
    "       aether run [OPTION...] --invoke CALL APP\n"
    "       aether run FILE --invoke NAME [ARGUMENT...] [OPTION...]\n"
    "\n"
    "Runs a program for WASI: a component (WASI 0.2) or a module (preview 1), from Rust, C, Go,\n"
    "JavaScript, Python... It runs in a process of its own that can reach nothing: every file, "
    "clock\n"
    "and byte of its own it asks of this one, which gives what these options grant.\n"
    "\n"
    "  --dir HOST[::GUEST][:ro]  let it see the directory HOST, by the name GUEST; :ro: read only\n"
    "  --env NAME=VALUE   give it a variable; --env NAME: the one that you have\n"
    "  --fuel N           stop with the trap \"all fuel consumed\" after N units; default: as "
    "good\n"
    "                     as never\n"
    "  --memory SIZE      most of all linear memories together; default 4GiB (64KiB, 2MiB...)\n"
    "  --time-limit S     seconds that it may take; default: no limit\n"
    "  --invoke CALL      call one exported function and print its result: of a component by its\n"
    "                     text, 'f(1, \"x\", {a: [1, 2]})'; of a module by its name, with the\n"
    "                     arguments behind it; without: `_start`, or a module's only function\n"
    "  --fixed-clock T    the wall clock stands still at T: seconds since 1970, or\n"
    "                     2026-01-31T12:00:00Z; the monotonic clock begins at 0\n"
    "  --fixed-random N   all random bytes follow from the number N\n"
    "  --trap-unknown-imports\n"
    "                     link what nobody offers, and built-ins of WASI 0.3 that this engine\n"
    "                     lacks, to functions that trap when they are called\n"
    "  --require-isolation\n"
    "                     refuse to run where the machine lacks a part of the box\n"
    "  --in-process       no process of its own, no box: for debugging only\n"
    "  --table-max N      most elements of all tables together; default 1048576\n"
    "  --stack N          most slots of all frames together; default 1048576\n"
    "  --heap-max SIZE    most of objects (structs, arrays, exceptions); default 128MiB\n"
    "  --stats            say what it took: fuel, memory, arena, and what its box has\n"
    "  --json             one object about the run, whatever happens: on stdout, or on stderr "
    "when\n"
    "                     stdout is the program's\n"
    "  --legacy-exceptions\n"
    "                     take the exception instructions that came before try_table as well\n"
    "\n"
    "Arguments of a module's function: i32 and i64 as 42, -1 or 0xff; f32 and f64 as 1.5, -1e-3,\n"
    "0x1.8p3, inf, nan or nan:0x1; v128 as i32x4:1,2,3,4 (or i8x16, i16x8, i64x2, f32x4, f64x2);\n"
    "references as null. Results are printed one a line, with their types. A trap is told with "
    "its\n"
    "kind, and the function and byte of each frame, the innermost first. The same run takes the\n"
    "same fuel everywhere.\n"
    "\n"
    "example: aether run hello.wasm\n"
    "         aether run --dir ./data::/data:ro --env LANG=C python.wasm -c 'print(1)'\n"
    "         aether run --invoke 'add(1, 2)' adder.wasm\n"
    "         aether run fib.wasm --invoke fib 30 --stats\n"
    "Exit codes: 0 to 255 a program's own, and besides: 134 it trapped, 126 it is refused, 125 "
    "this\n"
    "machine failed, 124 the time limit is over. With --invoke, and for a module that asks "
    "nothing\n"
    "of WASI: 0 it returned, 1 the file is refused, 3 no memory or the time limit, 4 it trapped.\n"
    "For all: 2 usage, arguments and unknown exports too; 1 no WebAssembly; 3 a file that can "
    "not\n"
    "be read.\n";

#define FUEL_DEFAULT   ((uint64_t)INT64_MAX)
#define MEMORY_DEFAULT ((uint64_t)4 << 30)
#define TABLE_DEFAULT  ((uint64_t)1 << 20)
#define STACK_DEFAULT  ((uint64_t)1 << 20)
#define HEAP_DEFAULT   ((uint64_t)128 << 20)
/* Of the arena, for each byte of the payload: its module twice over, and its translation. */
#define ARENA_PER_BYTE 384u
#define ARENA_BESIDES  ((uint64_t)64 << 20)
/* Of a pipe: so much, and no more. */
#define UNKNOWN_BYTES ((uint64_t)64 << 20)

/* The tables, each as large as it may become, stack and heap, besides what grows with the payload;
 * pages cost nothing until touched. */
static bool size_arena(const struct run_options *o, uint64_t payload_bytes, uint64_t *out_bytes)
{
    uint64_t tables, stack, heap, code, room = ARENA_BESIDES;
    if (__builtin_mul_overflow(o->table_elements, (uint64_t)WASM_LIMIT_TABLES * 4, &tables) ||
        __builtin_mul_overflow(o->stack_units, (uint64_t)8, &stack) ||
        __builtin_mul_overflow(o->heap_bytes, (uint64_t)2, &heap) ||
        __builtin_mul_overflow(payload_bytes, (uint64_t)ARENA_PER_BYTE, &code) ||
        __builtin_add_overflow(room, tables, &room) || __builtin_add_overflow(room, stack, &room) ||
        __builtin_add_overflow(room, heap, &room) || __builtin_add_overflow(room, code, &room) ||
        room > SIZE_MAX / 2)
        return false;
    *out_bytes = room;
    return true;
}

static bool make_job(const struct run_options *o, uint64_t payload_bytes, struct gate_job *out_job)
{
    uint64_t arena_bytes, heap_pages = (o->heap_bytes + GATE_HEAP_PAGE - 1) / GATE_HEAP_PAGE;
    if (!size_arena(o, payload_bytes, &arena_bytes) || heap_pages > UINT32_MAX ||
        o->memory_bytes > SIZE_MAX / 2) {
        cli_say("the limits are more than any machine has");
        return false;
    }
    *out_job = (struct gate_job){
        .version = GATE_VERSION,
        .flags = (o->invoke != NULL ? (uint32_t)GATE_JOB_CALL : 0u) |
                 (o->traps_unknown ? (uint32_t)GATE_JOB_TRAP_UNKNOWN : 0u) |
                 (o->legacy ? (uint32_t)GATE_JOB_LEGACY_EXCEPTIONS : 0u),
        .payload_len = payload_bytes,
        .fuel = o->fuel,
        .memory_bytes = o->memory_bytes,
        .arena_bytes = arena_bytes,
        .stack_units = o->stack_units,
        .table_elements = o->table_elements,
        .heap_pages = heap_pages == 0 ? 1 : (uint32_t)heap_pages,
    };
    return true;
}

static int serve(struct run *run, struct world *world)
{
    const struct run_options *o = run->options;
    struct gate_service services[WORLD_SERVICE_COUNT];
    world_services(world, services);
    run->job.payload_len = run->payload.len;
    gate_session_init(&run->session,
                      &(struct gate_session_setup){
                          .job = run->job,
                          .call_text = o->invoke == NULL ? bytes_of(NULL, 0)
                                                         : bytes_of(o->invoke, strlen(o->invoke)),
                          .services = services,
                          .service_count = WORLD_SERVICE_COUNT,
                          .result = &run->result,
                          .explanation = &run->explanation,
                      });
    return run_serve(run) ? run_tell(run) : CLI_FAILED;
}

static int read_and_serve(struct run *run, struct world *world)
{
    uint64_t most = run->job.payload_len; /* a file that grows meanwhile is refused */
    run->result = (struct buffer){.data = wasm_file_pages(GATE_RESULT_MAX), .cap = GATE_RESULT_MAX};
    if (run->result.data == NULL)
        cli_say("no room for results");
    else if (cli_read(run->options->path, most, &run->payload))
        return serve(run, world);
    return CLI_FAILED;
}

/* How long the file is, or, where that is not known before it is read, may be. */
static uint64_t file_bytes(const char *path)
{
    struct stat stat_of;
    bool is_known = stat(path, &stat_of) == 0 && S_ISREG(stat_of.st_mode) &&
                    stat_of.st_size <= WASM_LIMIT_MODULE_BYTES;
    return is_known ? (uint64_t)stat_of.st_size : UNKNOWN_BYTES;
}

/* The cell is on its way before anything else is done: that takes the longest. */
static int run_file(const struct run_options *options)
{
    static uint8_t explanation[GATE_EXPLANATION_MAX];
    struct run run = {.options = options,
                      .explanation = {.data = explanation, .cap = sizeof explanation}};
    struct world *world = NULL;
    int code = CLI_FAILED;
    if (!make_job(options, file_bytes(options->path), &run.job))
        return CLI_USAGE;
    if (run_begin(&run) && run_world_create(options, &world, &code)) {
        code = read_and_serve(&run, world);
        world_destroy(world);
    }
    run_end(&run);
    cli_free(run.payload);
    return code;
}

static bool check(const struct run_options *o)
{
    if (o->fuel > FUEL_DEFAULT) {
        cli_say("--fuel: at most %llu", (unsigned long long)FUEL_DEFAULT);
        return false;
    }
    if (o->in_process && o->requires_isolation) {
        cli_say("--in-process has no isolation to require (--require-isolation)");
        return false;
    }
    return time_limit_is_usable(o->time_limit);
}

static bool is_invoke(const char *word)
{
    return strcmp(word, "--invoke") == 0 || strncmp(word, "--invoke=", 9) == 0;
}

/* Options, then the file, then the program's words: argv[at] is the file afterwards, and
 * `*out_count` words are from there on. */
static bool parse(int argc, char **argv, const struct cli_option *options, size_t option_count,
                  const char *const *invoke, int *out_at, size_t *out_count)
{
    int at;
    if (!cli_parse_before(&cli_run, argc, argv, options, option_count, &at))
        return false;
    *out_at = at;
    *out_count = (size_t)(argc - at);
    if (*invoke == NULL && !(at + 1 < argc && is_invoke(argv[at + 1])))
        return true;
    *out_at = at;
    size_t more;
    if (!cli_parse_words(&cli_run, argc - at, argv + at, options, option_count, 0, SIZE_MAX, &more))
        return false;
    *out_count = more + 1;
    return true;
}

static int run_command(int argc, char **argv)
{
    static struct run_options o = {.fuel = FUEL_DEFAULT,
                                   .memory_bytes = MEMORY_DEFAULT,
                                   .table_elements = TABLE_DEFAULT,
                                   .stack_units = STACK_DEFAULT,
                                   .heap_bytes = HEAP_DEFAULT};
    const struct cli_option options[] = {
        {"--invoke", CLI_TEXT, &o.invoke},
        {"--dir", CLI_LIST, &o.directories},
        {"--env", CLI_LIST, &o.variables},
        {"--fuel", CLI_NUMBER, &o.fuel},
        {"--memory", CLI_SIZE, &o.memory_bytes},
        {"--memory-max", CLI_SIZE, &o.memory_bytes},
        {"--table-max", CLI_NUMBER, &o.table_elements},
        {"--stack", CLI_NUMBER, &o.stack_units},
        {"--heap-max", CLI_SIZE, &o.heap_bytes},
        {"--time-limit", CLI_NUMBER, &o.time_limit},
        {"--fixed-clock", CLI_TEXT, &o.fixed_clock},
        {"--fixed-random", CLI_TEXT, &o.fixed_random},
        {"--trap-unknown-imports", CLI_FLAG, &o.traps_unknown},
        {"--require-isolation", CLI_FLAG, &o.requires_isolation},
        {"--in-process", CLI_FLAG, &o.in_process},
        {"--stats", CLI_FLAG, &o.stats},
        {"--json", CLI_FLAG, &o.json},
        {WASM_FILE_LEGACY, CLI_FLAG, &o.legacy},
    };
    int at;
    if (!parse(argc, argv, options, ARRAY_LEN(options), &o.invoke, &at, &o.word_count) ||
        !check(&o))
        return CLI_USAGE;
    o.path = argv[at];
    const char *slash = strrchr(argv[at], '/');
    if (slash != NULL)
        argv[at] = argv[at] + (slash - argv[at]) + 1;
    o.words = (const char **)(void *)(argv + at);
    return run_file(&o);
}

const struct cli_command cli_run = {"run", "runs a program or calls a function of one, in a cell",
                                    help, run_command};

/*
 * cli/run.c: runs one exported function of a bare module, which gets nothing from outside.
 */
#include "cli/run.h"

#include "cli/cli.h"
#include "cli/time_limit.h"
#include "cli/value.h"
#include "cli/wat.h"
#include "core/base/ckd.h"
#include "core/wasm/limits.h"

static const char help[] =
    "usage: aether run FILE [--invoke NAME] [ARGUMENT...] [OPTION...]\n"
    "\n"
    "Instantiates a module and calls the exported function NAME; without --invoke `_start`, or\n"
    "the only function that is exported. Results are printed one a line, with their types. The\n"
    "module is alone: nothing is offered for it to import (WASI comes with components).\n"
    "\n"
    "  --invoke NAME      the exported function to call\n"
    "  --fuel N           stop with the trap \"all fuel consumed\" after N units; default: as "
    "good\n"
    "                     as never\n"
    "  --memory-max SIZE  most of all linear memories together; default 4GiB\n"
    "  --table-max N      most elements of all tables together; default 1048576\n"
    "  --stack N          most slots of all frames together; default 1048576\n"
    "  --heap-max SIZE    most of objects (structs, arrays, exceptions); default 128MiB\n"
    "  --time-limit S     seconds that it may take; default: no limit\n"
    "  --stats            say what it took: fuel, memory, arena\n"
    "  --json             one object, whatever happens\n"
    "  --legacy-exceptions\n"
    "                     take the exception instructions that came before try_table as well\n"
    "\n"
    "Arguments by the function's parameters: i32 and i64 as 42, -1 or 0xff; f32 and f64 as 1.5,\n"
    "-1e-3, 0x1.8p3, inf, nan or nan:0x1; v128 as i32x4:1,2,3,4 (or i8x16, i16x8, i64x2, f32x4,\n"
    "f64x2); references as null. A trap is told with its kind, and the function and byte of each\n"
    "frame, the innermost first. The same run takes the same fuel everywhere.\n"
    "\n"
    "example: aether run fib.wasm --invoke fib 30 --stats\n"
    "Exit codes: 0 it returned; 1 the module is refused; 2 usage, arguments and unknown exports\n"
    "too; 3 a file, no memory or the time limit; 4 it trapped.\n";

#define FUEL_DEFAULT   ((uint64_t)INT64_MAX)
#define MEMORY_DEFAULT ((uint64_t)4 << 30)
#define TABLE_DEFAULT  ((uint64_t)1 << 20)
#define STACK_DEFAULT  ((uint64_t)1 << 20)
#define HEAP_DEFAULT   ((uint64_t)128 << 20)
#define CODE_PER_BYTE  320u /* of translations, at most */

static enum status reserve_memory(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    uint8_t *base = cap_bytes > SIZE_MAX ? NULL : wasm_file_pages((size_t)cap_bytes);
    if (base == NULL)
        return STATUS_NO_MEMORY;
    *out_base = base;
    return STATUS_OK;
}

/* What the store takes of the arena besides the module, each table as large as it may become; pages
 * cost nothing until touched. */
static bool size_room(const struct wasm_caps *caps, size_t file_bytes, size_t *out_room)
{
    uint64_t tables, stack, heap, code, room;
    if (ckd_mul(&tables, caps->table_elements, (uint64_t)WASM_LIMIT_TABLES * sizeof(uint32_t)) ||
        ckd_mul(&stack, caps->stack_units, (uint64_t)sizeof(uint64_t)) ||
        ckd_mul(&heap, caps->heap_bytes, (uint64_t)2) ||
        ckd_mul(&code, (uint64_t)file_bytes, (uint64_t)CODE_PER_BYTE) ||
        ckd_add(&room, tables, stack) || ckd_add(&room, room, heap) || ckd_add(&room, room, code) ||
        room > SIZE_MAX / 2)
        return false;
    *out_room = (size_t)room;
    return true;
}

static enum status instantiate(struct run *run, const struct wasm_caps *caps)
{
    const struct wasm_host host = {.memory_reserve = reserve_memory};
    struct wasm_module *module = run->file.module;
    struct report *report = &run->file.report;
    if (module->import_count != 0)
        return report_fail_u64(report, STATUS_UNLINKABLE, REPORT_NO_OFFSET,
                               "it imports % items, and `aether run` offers nothing to a bare "
                               "module (WASI comes with components)",
                               module->import_count);
    enum status status = wasm_store_create(&host, caps, &run->file.arena, &run->store, report);
    if (status != STATUS_OK)
        return status;
    return wasm_instance_create(run->store, module, NULL, &run->instance, &run->outcome, report);
}

/* The export to call; false: it can not be told which, and it was said. */
static bool find_entry(struct run *run, const char *name)
{
    const struct wasm_module *m = run->file.module;
    uint32_t count = 0;
    const char *wanted = name == NULL ? "_start" : name;
    const struct wasm_export *found = wasm_module_find_export(m, bytes_of(wanted, strlen(wanted)));
    if (found != NULL && found->kind == WASM_EXTERN_FUNC) {
        run->entry = found;
        return true;
    }
    for (uint32_t i = 0; i < m->export_count; i++)
        if (m->exports[i].kind == WASM_EXTERN_FUNC && count++ == 0)
            found = &m->exports[i];
    if (name == NULL && count <= 1) {
        run->entry = count == 0 ? NULL : found;
        return true;
    }
    if (name == NULL)
        cli_say("which of these is to run? Say --invoke NAME:");
    else
        cli_say("--invoke: the module exports no function of that name; it exports:");
    run_say_exports(run);
    return false;
}

static void say_signature(const struct run *run, size_t given)
{
    (void)fputs("aether: ", stderr);
    if (run->entry != NULL) {
        cli_print_name(stderr, run->entry->name);
        (void)fputs(" is ", stderr);
        wat_func_type(stderr, run->type);
    } else {
        (void)fputs("the module exports no function", stderr);
    }
    (void)fprintf(stderr, ": %zu arguments are given\n", given);
}

/* Arguments into slots; false: what is wrong was said. */
static bool read_arguments(struct run *run, char **words, size_t count)
{
    uint32_t wanted = run->type == NULL ? 0 : run->type->param_count;
    if (count != wanted) {
        say_signature(run, count);
        return false;
    }
    uint64_t *slot = run->slots;
    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t type = run->type->params[i];
        const char *why = value_parse(words[i], type, slot);
        if (why != NULL) {
            (void)fprintf(stderr, "aether: argument %u, of type ", i + 1);
            wat_value_type(stderr, type);
            (void)fputs(", is \"", stderr);
            cli_print_path(stderr, words[i]);
            (void)fprintf(stderr, "\": %s\n", why);
            return false;
        }
        slot += wasm_type_slots(type);
    }
    return true;
}

/* Everything that the command line can have wrong, before anything runs. */
static int prepare(struct run *run, const char *invoke, char **words, size_t count)
{
    if (!find_entry(run, invoke))
        return CLI_USAGE;
    if (run->entry != NULL) {
        run->type = wasm_module_func_type(run->file.module, run->entry->index);
        size_t slots = (size_t)run->type->param_slots + run->type->result_slots;
        run->slots = arena_alloc(&run->file.arena, slots, sizeof *run->slots);
        if (run->slots == NULL) {
            cli_say("no room for the arguments");
            return CLI_FAILED;
        }
    }
    return read_arguments(run, words, count) ? CLI_OK : CLI_USAGE;
}

static int call(struct run *run)
{
    enum status status = STATUS_OK;
    if (run->entry != NULL)
        status = wasm_call(run->instance, run->entry->index, run->slots, &run->outcome);
    if (status != STATUS_OK)
        return run_tell_fault(run);
    return run->outcome.trap == WASM_TRAP_NONE ? run_tell_returned(run) : run_tell_trapped(run);
}

static int run_file(struct run *run, const struct wasm_caps *caps, const char *invoke, char **words,
                    size_t count)
{
    size_t room = 0;
    if (!size_room(caps, run->file.content.len, &room)) {
        cli_say("the limits are more than any machine has");
        return CLI_USAGE;
    }
    enum status status = wasm_file_load(&run->file, run->legacy, room);
    if (status != STATUS_OK)
        return run_tell_refused(run, status);
    int code = prepare(run, invoke, words, count);
    if (code != CLI_OK)
        return code;
    status = instantiate(run, caps);
    if (status == STATUS_TRAP)
        return run_tell_trapped(run);
    return status == STATUS_OK ? call(run) : run_tell_refused(run, status);
}

static int run_command(int argc, char **argv)
{
    struct wasm_caps caps = {FUEL_DEFAULT, MEMORY_DEFAULT, TABLE_DEFAULT, HEAP_DEFAULT,
                             STACK_DEFAULT};
    struct run run = {.json = false};
    const char *invoke = NULL;
    uint64_t time_limit = 0;
    const struct cli_option options[] = {
        {"--invoke", CLI_TEXT, &invoke},
        {"--fuel", CLI_NUMBER, &caps.fuel},
        {"--memory-max", CLI_SIZE, &caps.memory_bytes},
        {"--table-max", CLI_NUMBER, &caps.table_elements},
        {"--stack", CLI_NUMBER, &caps.stack_units},
        {"--heap-max", CLI_SIZE, &caps.heap_bytes},
        {"--time-limit", CLI_NUMBER, &time_limit},
        {"--stats", CLI_FLAG, &run.stats},
        {"--json", CLI_FLAG, &run.json},
        {WASM_FILE_LEGACY, CLI_FLAG, &run.legacy},
    };
    size_t count;
    if (!cli_parse_words(&cli_run, argc, argv, options, ARRAY_LEN(options), 1, SIZE_MAX, &count))
        return CLI_USAGE;
    if (caps.fuel > FUEL_DEFAULT) {
        cli_say("--fuel: at most %llu", (unsigned long long)FUEL_DEFAULT);
        return CLI_USAGE;
    }
    if (!time_limit_is_usable(time_limit))
        return CLI_USAGE;
    time_limit_begin(time_limit, "the run",
                     run.json ? "{\"outcome\":\"fault\",\"reason\":\"the time limit is over\"}\n"
                              : NULL);
    int code = wasm_file_read(&run.file, argv[1])
                   ? run_file(&run, &caps, invoke, argv + 2, count - 1)
                   : CLI_FAILED;
    wasm_file_close(&run.file);
    return code;
}

const struct cli_command cli_run = {"run", "runs an exported function of a module", help,
                                    run_command};

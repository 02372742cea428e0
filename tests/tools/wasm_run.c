/*
 * tests/tools/wasm_run.c: runs one exported function of a .wasm file.
 *
 *   wasm_run FILE [--invoke NAME [ARG...]] [--fuel N] [--memory BYTES] [--table N] [--stack UNITS]
 *            [--refuse-imports] [--json] [--stats] [--code]
 *
 * ARG is a number as C writes it (floats for f32 and f64 parameters), or `bits:` and hexadecimal.
 * Without --invoke the module is only instantiated. Offered are the functions of "spectest", or
 * with
 * --refuse-imports whatever it imports, and a call of it is refused. --json prints one line for
 * machines: outcome, result bits, trap, function, offset, fuel used and a hash of memory 0. --code
 * prints the register code. Exit status: 0 returned, 1 trapped, 2 refused, 3 wrong usage.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/wasm/disasm.h"
#include "tests/tools/wasm_host.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define ARGS_MAX    1000

struct options {
    const char *path, *name;
    char **args;
    int arg_count;
    struct wasm_caps caps;
    bool is_json, has_stats, has_code, refuses_imports;
};

static const struct wasm_caps default_caps = {.fuel = UINT64_MAX / 2,
                                              .memory_bytes = (uint64_t)1 << 32,
                                              .table_elements = 1 << 20,
                                              .heap_bytes = 64 << 20,
                                              .stack_units = 1 << 20};

static uint64_t number_arg(const char *text, const char *option)
{
    char *end;
    uint64_t number = strtoull(text, &end, 0);
    if (*text == '\0' || *end != '\0') {
        (void)fprintf(stderr, "wasm_run: %s wants a number, not \"%s\"\n", option, text);
        exit(3);
    }
    return number;
}

static bool read_option(struct options *options, char **argv, int argc, int *i)
{
    const char *word = argv[*i];
    if (strcmp(word, "--json") == 0)
        return options->is_json = true;
    if (strcmp(word, "--stats") == 0)
        return options->has_stats = true;
    if (strcmp(word, "--refuse-imports") == 0)
        return options->refuses_imports = true;
    if (strcmp(word, "--code") == 0)
        return options->has_code = true;
    if (*i + 1 == argc)
        return false;
    if (strcmp(word, "--invoke") == 0) {
        options->name = argv[++*i];
        options->args = argv + *i + 1;
        while (*i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0) {
            options->arg_count++;
            ++*i;
        }
        return true;
    }
    uint64_t *number = strcmp(word, "--fuel") == 0     ? &options->caps.fuel
                       : strcmp(word, "--memory") == 0 ? &options->caps.memory_bytes
                       : strcmp(word, "--table") == 0  ? &options->caps.table_elements
                       : strcmp(word, "--stack") == 0  ? &options->caps.stack_units
                                                       : NULL;
    if (number == NULL)
        return false;
    *number = number_arg(argv[++*i], word);
    return true;
}

static bool read_options(struct options *options, int argc, char **argv)
{
    *options = (struct options){.caps = default_caps};
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            if (!read_option(options, argv, argc, &i))
                return false;
        } else if (options->path == NULL) {
            options->path = argv[i];
        } else {
            return false;
        }
    }
    return options->path != NULL && options->arg_count <= ARGS_MAX;
}

static uint64_t slot_of(const char *text, uint32_t type)
{
    union {
        float f32;
        double f64;
        uint32_t bits32;
        uint64_t bits;
    } u = {.bits = 0};
    if (strncmp(text, "bits:", 5) == 0)
        return strtoull(text + 5, NULL, 16);
    if (type == WASM_TYPE_F32)
        u.f32 = strtof(text, NULL);
    else if (type == WASM_TYPE_F64)
        u.f64 = strtod(text, NULL);
    else
        u.bits = text[0] == '-' ? (uint64_t)strtoll(text, NULL, 0) : strtoull(text, NULL, 0);
    return type == WASM_TYPE_I32 || type == WASM_TYPE_F32 ? u.bits32 : u.bits;
}

static void print_value(uint64_t slot, uint32_t type)
{
    union {
        uint64_t bits;
        uint32_t bits32;
        float f32;
        double f64;
    } u = {.bits = slot};
    switch (type) {
    case WASM_TYPE_I32:
        printf("i32 %" PRId32 "\n", (int32_t)u.bits32);
        break;
    case WASM_TYPE_I64:
        printf("i64 %" PRId64 "\n", (int64_t)slot);
        break;
    case WASM_TYPE_F32:
        printf("f32 %.9g (0x%08" PRIx32 ")\n", (double)u.f32, u.bits32);
        break;
    case WASM_TYPE_F64:
        printf("f64 %.17g (0x%016" PRIx64 ")\n", u.f64, slot);
        break;
    default:
        printf("ref %" PRIu64 "\n", slot);
        break;
    }
}

/* FNV-1a: enough to see that two runs left the same memory. */
static uint64_t memory_hash(struct wasm_instance *instance)
{
    uint8_t *base;
    uint64_t len;
    uint64_t hash = 0xCBF29CE484222325u;
    if (instance == NULL || wasm_instance_memory(instance, 0, &base, &len) != STATUS_OK)
        return 0;
    for (uint64_t i = 0; i < len; i++)
        hash = (hash ^ base[i]) * 0x100000001B3u;
    return hash;
}

static int tell_refusal(const struct options *options, const struct wasm_guest *guest,
                        enum status status)
{
    const struct report *report = &guest->report;
    if (options->is_json)
        printf("{\"outcome\":\"refused\",\"status\":\"%s\",\"offset\":%" PRId64 "}\n",
               wasm_status_name(status), (int64_t)report->offset);
    else
        printf("refused: %s at %" PRId64 ": %s (arena wanted %zu)\n", wasm_status_name(status),
               (int64_t)report->offset, report->text, guest->arena.wanted);
    return 2;
}

static int tell_trap(const struct options *options, struct wasm_guest *guest,
                     const struct wasm_outcome *outcome)
{
    uint64_t fuel = wasm_store_fuel_used(guest->store);
    if (options->is_json)
        printf("{\"outcome\":\"trap\",\"trap\":\"%s\",\"kind\":%d,\"func\":%" PRId32
               ",\"offset\":%" PRIu64 ",\"fuel\":%" PRIu64 ",\"memory\":\"%016" PRIx64 "\"}\n",
               wasm_trap_text(outcome->trap), (int)outcome->trap, (int32_t)outcome->func,
               outcome->offset, fuel, memory_hash(guest->instance));
    else
        printf("trap: %s in function %" PRId32 " at 0x%" PRIx64 ", fuel %" PRIu64 "\n",
               wasm_trap_text(outcome->trap), (int32_t)outcome->func, outcome->offset, fuel);
    return 1;
}

static int tell_return(const struct options *options, struct wasm_guest *guest,
                       const struct wasm_func_type *type, const uint64_t *slots)
{
    uint64_t fuel = wasm_store_fuel_used(guest->store);
    uint32_t count = type == NULL ? 0 : type->result_count;
    if (!options->is_json) {
        for (uint32_t i = 0; i < count; i++)
            print_value(slots[i], type->results[i]);
        printf("fuel %" PRIu64 "\n", fuel);
        return 0;
    }
    printf("{\"outcome\":\"return\",\"results\":[");
    for (uint32_t i = 0; i < count; i++)
        printf("%s\"%016" PRIx64 "\"", i == 0 ? "" : ",", slots[i]);
    printf("],\"fuel\":%" PRIu64 ",\"memory\":\"%016" PRIx64 "\"}\n", fuel,
           memory_hash(guest->instance));
    return 0;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static int call(const struct options *options, struct wasm_guest *guest)
{
    static uint64_t slots[ARGS_MAX + 1];
    if (options->name == NULL)
        return tell_return(options, guest, NULL, slots);
    struct bytes name = bytes_of(options->name, strlen(options->name));
    const struct wasm_export *export = wasm_module_find_export(guest->module, name);
    if (export == NULL || export->kind != WASM_EXTERN_FUNC) {
        (void)fprintf(stderr, "wasm_run: no exported function \"%s\"\n", options->name);
        return 3;
    }
    const struct wasm_func_type *type = wasm_module_func_type(guest->module, export->index);
    if ((uint32_t)options->arg_count != type->param_count) {
        (void)fprintf(stderr, "wasm_run: \"%s\" takes %" PRIu32 " arguments\n", options->name,
                      type->param_count);
        return 3;
    }
    for (uint32_t i = 0; i < type->param_count; i++)
        slots[i] = slot_of(options->args[i], type->params[i]);
    struct wasm_outcome outcome;
    double start = now();
    enum status status = wasm_call(guest->instance, export->index, slots, &outcome);
    double took = now() - start;
    if (options->has_stats)
        (void)fprintf(stderr, "run %.3f ms, arena %zu bytes\n", took, guest->arena.peak);
    if (status != STATUS_OK)
        return tell_refusal(options, guest, status);
    if (outcome.trap != WASM_TRAP_NONE)
        return tell_trap(options, guest, &outcome);
    return tell_return(options, guest, type, slots);
}

static void write_stdout(void *context, const char *line)
{
    (void)context;
    puts(line);
}

int main(int argc, char **argv)
{
    struct options options;
    if (!read_options(&options, argc, argv)) {
        (void)fprintf(stderr, "usage: wasm_run FILE [--invoke NAME ARG...] [--fuel N] [--memory N] "
                              "[--table N] [--stack N] [--json] [--stats] [--code]\n");
        return 3;
    }
    struct wasm_guest guest;
    double start = now();
    enum status status =
        wasm_guest_open(&guest, options.path, &options.caps, ARENA_BYTES, options.refuses_imports);
    if (options.has_stats)
        (void)fprintf(stderr, "load and instantiate %.3f ms, %zu bytes kept\n", now() - start,
                      guest.arena.used);
    int code;
    if (status == STATUS_TRAP) {
        code = tell_trap(&options, &guest, &guest.outcome);
    } else if (status != STATUS_OK) {
        code = tell_refusal(&options, &guest, status);
    } else {
        if (options.has_code)
            wasm_disasm(guest.instance, write_stdout, NULL);
        code = call(&options, &guest);
    }
    wasm_guest_close(&guest);
    return code;
}

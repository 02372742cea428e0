/*
 * tests/tools/hostile_run.c: what becomes of modules that mean harm, each in a process of its own.
 *
 *   hostile_run < CASES
 *
 * Standard input: for each case a line `NAME LEN FLAGS` and LEN bytes of module. Each is loaded,
 * instantiated with two imports at most, "host" "refuse" and "host" "back" (which calls the export
 * "inner" of its caller), and its export "run", if it has one, is called without arguments.
 * One line of JSON a case: how far it came (load, start, end), why, milliseconds of processor time
 * in all and for the load, and the most memory that was resident, in KiB. A case that needs more
 * than SECONDS or dies by a signal says so in `died`. FLAGS: `-`, or `l`: with legacy exceptions.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/wasm/engine.h"

#define FUEL           2000000u
#define MEMORY_BYTES   ((uint64_t)64 << 20)
#define TABLE_ELEMENTS ((uint64_t)1 << 20)
#define STACK_UNITS    ((uint64_t)1 << 16)
#define HEAP_BYTES     ((uint64_t)32 << 20)
#define ARENA_BYTES    ((size_t)1 << 30)
#define SECONDS        20u /* the runner's limit is lower; this one ends what never would */
#define NAME_MAX_BYTES 200

static const char *word_of(enum status status)
{
    static const char *const words[] = {
#define X(name, text) [STATUS_##name] = #name,
        STATUS_LIST(X)
#undef X
    };
    return words[status];
}

static void *map(size_t len)
{
    void *room =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return room == MAP_FAILED ? NULL : room;
}

static enum wasm_trap host_refuse(void *context, struct wasm_instance *caller, uint64_t *slots,
                                  uint32_t *out_reason)
{
    (void)context;
    (void)caller;
    (void)slots;
    *out_reason = 1;
    return WASM_TRAP_HOST_REFUSED;
}

/* Calls back into the guest; how that ends is how the call ends. */
static enum wasm_trap host_back(void *context, struct wasm_instance *caller, uint64_t *slots,
                                uint32_t *out_reason)
{
    (void)context;
    (void)slots;
    const struct wasm_module *module = wasm_instance_module(caller);
    const struct wasm_export *inner =
        wasm_module_find_export(module, (struct bytes)BYTES_LITERAL("inner"));
    struct wasm_outcome outcome = {0};
    uint64_t none[1];
    *out_reason = 2;
    if (inner == NULL || inner->kind != WASM_EXTERN_FUNC ||
        wasm_module_func_type(module, inner->index)->param_count != 0 ||
        wasm_module_func_type(module, inner->index)->result_count != 0)
        return WASM_TRAP_HOST_REFUSED;
    if (wasm_call(caller, inner->index, none, &outcome) != STATUS_OK)
        return WASM_TRAP_HOST_REFUSED;
    return outcome.trap;
}

static const struct wasm_host_func host_funcs[] = {
    {.module = BYTES_LITERAL("host"), .name = BYTES_LITERAL("refuse"), .call = host_refuse},
    {.module = BYTES_LITERAL("host"), .name = BYTES_LITERAL("back"), .call = host_back},
};

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    *out_base = map(cap_bytes == 0 ? 1 : (size_t)cap_bytes);
    return *out_base == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static void print_text(const char *key, const char *text)
{
    printf(", \"%s\": \"", key);
    for (const char *c = text; *c != '\0'; c++)
        printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    printf("\"");
}

static void print_report(const struct report *report)
{
    if (!report->is_set)
        return;
    print_text("why", report->text);
    printf(", \"at\": %" PRIu64, report->offset);
}

static void print_outcome(const struct wasm_outcome *outcome)
{
    print_text("end", wasm_trap_text(outcome->trap));
    printf(", \"func\": %u, \"offset\": %" PRIu64, outcome->func, outcome->offset);
}

static void call_run(struct wasm_instance *instance, const struct wasm_module *module)
{
    const struct wasm_export *export =
        wasm_module_find_export(module, (struct bytes)BYTES_LITERAL("run"));
    struct wasm_outcome outcome = {0};
    if (export == NULL || export->kind != WASM_EXTERN_FUNC)
        return;
    const struct wasm_func_type *type = wasm_module_func_type(module, export->index);
    uint64_t *slots = calloc((size_t)type->param_slots + type->result_slots + 1, sizeof *slots);
    if (slots == NULL)
        return;
    enum status status = wasm_call(instance, export->index, slots, &outcome);
    if (status != STATUS_OK)
        print_text("end", word_of(status));
    else if (outcome.trap != WASM_TRAP_NONE)
        print_outcome(&outcome);
    else {
        printf(", \"end\": \"returned\", \"values\": [");
        for (uint32_t i = 0; i < type->result_slots; i++)
            printf("%s%" PRIu64, i == 0 ? "" : ", ", slots[i]);
        printf("]");
    }
    free(slots);
}

static enum status instantiate(const struct wasm_host *host, const struct wasm_caps *caps,
                               struct arena *arena, const struct wasm_module *module,
                               struct wasm_instance **out_instance,
                               struct wasm_outcome *out_outcome, struct report *report)
{
    struct wasm_store *store = NULL;
    struct wasm_extern *imports = calloc((size_t)module->import_count + 1, sizeof *imports);
    if (imports == NULL)
        return STATUS_NO_MEMORY;
    enum status status = wasm_store_create(host, caps, arena, &store, report);
    if (status == STATUS_OK)
        status = wasm_store_resolve(store, module, imports, report);
    if (status == STATUS_OK)
        status = wasm_instance_create(store, module, imports, out_instance, out_outcome, report);
    free(imports);
    return status;
}

/* Processor time of this process so far. */
static uint64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* a clock that Linux always has */
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void examine(struct bytes input, struct wasm_features features)
{
    const struct wasm_host host = {
        .funcs = host_funcs, .func_count = ARRAY_LEN(host_funcs), .memory_reserve = reserve};
    const struct wasm_caps caps = {.fuel = FUEL,
                                   .memory_bytes = MEMORY_BYTES,
                                   .table_elements = TABLE_ELEMENTS,
                                   .heap_bytes = HEAP_BYTES,
                                   .stack_units = STACK_UNITS};
    struct arena module_arena, scratch, instance_arena;
    struct wasm_module *module = NULL;
    struct wasm_instance *instance = NULL;
    struct wasm_outcome outcome = {0};
    struct report report;
    arena_init(&module_arena, map(ARENA_BYTES), ARENA_BYTES);
    arena_init(&scratch, map(ARENA_BYTES), ARENA_BYTES);
    arena_init(&instance_arena, map(ARENA_BYTES), ARENA_BYTES);
    report_init(&report);
    enum status status =
        wasm_module_load_with(input, features, &module_arena, &scratch, &module, &report);
    printf(", \"load_us\": %" PRIu64, now_us());
    print_text("load", word_of(status));
    printf(", \"peak\": %zu, \"scratch\": %zu", module_arena.peak, scratch.peak);
    if (status == STATUS_OK) {
        status = instantiate(&host, &caps, &instance_arena, module, &instance, &outcome, &report);
        print_text("start", word_of(status));
    }
    print_report(&report);
    if (status == STATUS_TRAP)
        print_outcome(&outcome);
    else if (status == STATUS_OK)
        call_run(instance, module);
}

static uint64_t milliseconds(const struct rusage *usage)
{
    return (uint64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000u +
           (uint64_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000u;
}

/* Runs one case in a child; its line goes through a pipe, so that a crash leaves half of none. */
static bool run_case(const char *name, struct bytes input, struct wasm_features features)
{
    static char line[1 << 16];
    int ends[2];
    (void)fflush(stdout);
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        (void)alarm(SECONDS);
        (void)dup2(ends[1], STDOUT_FILENO);
        examine(input, features);
        (void)fflush(stdout);
        _exit(0);
    }
    (void)close(ends[1]);
    size_t len = 0;
    for (ssize_t got; len + 1 < sizeof line; len += (size_t)got) {
        got = read(ends[0], line + len, sizeof line - 1 - len);
        if (got <= 0)
            break;
    }
    line[len] = '\0';
    (void)close(ends[0]);
    int state = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &state, 0, &usage) != child)
        return false;
    bool is_well = WIFEXITED(state) && WEXITSTATUS(state) == 0;
    printf("{\"name\": \"%s\", \"ms\": %" PRIu64 ", \"kib\": %ld", name, milliseconds(&usage),
           usage.ru_maxrss);
    if (is_well)
        printf("%s}\n", line);
    else
        printf(", \"died\": \"%s %d\"}\n", WIFSIGNALED(state) ? "signal" : "status",
               WIFSIGNALED(state) ? WTERMSIG(state) : WEXITSTATUS(state));
    (void)fflush(stdout); /* the runner waits for the line */
    return true;
}

int main(void)
{
    char line[NAME_MAX_BYTES + 64], name[NAME_MAX_BYTES + 1], number[21], flags[16];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *end;
        if (sscanf(line, "%200s %20s %15s", name, number, flags) != 3)
            return 2;
        size_t len = strtoull(number, &end, 10);
        if (*end != '\0')
            return 2;
        uint8_t *data = map(len + 1);
        if (data == NULL || fread(data, 1, len, stdin) != len)
            return 2;
        const struct wasm_features features = {.legacy_exceptions = flags[0] == 'l'};
        if (!run_case(name, bytes_of(data, len), features))
            return 2;
        (void)munmap(data, len + 1); /* it was mapped */
    }
    return feof(stdin) ? 0 : 2;
}

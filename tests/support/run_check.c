/*
 * tests/support/run_check.c: see run_check.h.
 *
 * Imports get what the host has: nothing, so that a module with imports ends as unlinkable. Arenas
 * and memories are static and small; what does not fit is refused by name.
 */
#include "tests/support/run_check.h"

#define MODULE_ARENA   ((size_t)4 << 20)
#define SCRATCH_ARENA  ((size_t)8 << 20)
#define INSTANCE_ARENA ((size_t)8 << 20)
#define MEMORY_BYTES   ((size_t)1 << 20)
#define HEAP_BYTES     16384u
#define FUEL           20000u
#define STACK_UNITS    4096u
#define TABLE_ELEMENTS 4096u
#define SLOTS_MAX      2048u
#define CALLS_MAX      24u

struct run {
    uint64_t digest;
    bool is_faulted; /* heap or arena exhausted: what a run is no function of */
    bool is_started;
};

static ALIGNED(65536) uint8_t guest_memory[MEMORY_BYTES];
static size_t guest_memory_used;

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    if (cap_bytes > MEMORY_BYTES - guest_memory_used)
        return STATUS_LIMIT;
    *out_base = guest_memory + guest_memory_used;
    guest_memory_used += (size_t)cap_bytes;
    return STATUS_OK;
}

static void mix(struct run *run, uint64_t value)
{
    run->digest = (run->digest ^ value ^ (run->digest >> 31)) * 0x9E3779B97F4A7C15u + 1;
}

static void mix_bytes(struct run *run, struct bytes data)
{
    for (size_t i = 0; i < data.len; i++)
        mix(run, data.data[i]);
}

/* Numbers and nulls; a function that wants anything else is not called. */
static bool set_arguments(const struct wasm_func_type *type, uint64_t *slots)
{
    uint32_t at = 0;
    if (type->param_slots > SLOTS_MAX || type->result_slots > SLOTS_MAX)
        return false;
    for (uint32_t i = 0; i < type->param_count; i++) {
        uint32_t value_type = type->params[i];
        slots[at] = 0;
        if (value_type == WASM_TYPE_I32 || value_type == WASM_TYPE_F32)
            slots[at] = 0x3F800000u + i;
        else if (!wasm_type_is_ref(value_type))
            slots[at] = 0x3FF0000000000001u + i;
        else if (!wasm_type_is_defaultable(value_type))
            return false;
        if (wasm_type_slots(value_type) == 2)
            slots[at + 1] = 0x7FC00000FF800000u;
        at += wasm_type_slots(value_type);
    }
    return true;
}

/* References are numbers of this run only: whether there is one is all that must be alike. */
static void mix_results(struct run *run, const struct wasm_func_type *type, const uint64_t *slots)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < type->result_count; i++) {
        uint32_t count = wasm_type_slots(type->results[i]);
        bool is_ref = wasm_type_is_ref(type->results[i]);
        for (uint32_t k = 0; k < count; k++)
            mix(run, is_ref ? slots[at + k] != 0 : slots[at + k]);
        ASSERT(!is_ref || slots[at] <= UINT32_MAX);
        at += count;
    }
}

static bool call(struct run *run, struct wasm_store *store, struct wasm_instance *instance,
                 uint32_t func)
{
    static uint64_t slots[SLOTS_MAX];
    const struct wasm_func_type *type = wasm_module_func_type(wasm_instance_module(instance), func);
    struct wasm_outcome outcome = {0};
    if (!set_arguments(type, slots))
        return true;
    wasm_store_set_fuel(store, FUEL);
    enum status status = wasm_call(instance, func, slots, &outcome);
    ASSERT(status == STATUS_OK || status == STATUS_NO_MEMORY);
    ASSERT(wasm_store_fuel_used(store) <= FUEL);
    run->is_faulted |= status != STATUS_OK;
    if (run->is_faulted)
        return false;
    mix(run, outcome.trap);
    mix(run, wasm_store_fuel_used(store));
    if (outcome.trap == WASM_TRAP_NONE) {
        mix_results(run, type, slots);
        return true;
    }
    ASSERT(outcome.instance != NULL && outcome.func < wasm_instance_module(instance)->func_count);
    ASSERT(outcome.offset < wasm_instance_module(instance)->input.len);
    mix(run, outcome.func);
    mix(run, outcome.offset);
    return true;
}

static void call_exports(struct run *run, struct wasm_store *store, struct wasm_instance *instance)
{
    const struct wasm_module *module = wasm_instance_module(instance);
    uint32_t calls = 0;
    for (uint32_t i = 0; i < module->export_count && calls < CALLS_MAX; i++) {
        if (module->exports[i].kind != WASM_EXTERN_FUNC)
            continue;
        calls++;
        if (!call(run, store, instance, module->exports[i].index))
            return;
    }
    for (uint32_t i = 0; i < module->memory_count; i++) {
        uint8_t *base;
        uint64_t len;
        ASSERT(wasm_instance_memory(instance, i, &base, &len) == STATUS_OK);
        mix_bytes(run, bytes_of(base, (size_t)len));
    }
}

static struct run run_once(const struct wasm_module *module, bool collects_always)
{
    static ALIGNED(16) uint8_t memory[INSTANCE_ARENA];
    const struct wasm_host host = {
        .memory_reserve = reserve, .survives_traps = true, .collects_always = collects_always};
    const struct wasm_caps caps = {.fuel = FUEL,
                                   .memory_bytes = MEMORY_BYTES,
                                   .table_elements = TABLE_ELEMENTS,
                                   .heap_bytes = HEAP_BYTES,
                                   .stack_units = STACK_UNITS};
    struct run run = {0};
    struct arena arena;
    struct wasm_store *store = NULL;
    struct wasm_instance *instance = NULL;
    struct wasm_outcome outcome = {0};
    struct report report;
    report_init(&report);
    arena_init(&arena, memory, sizeof memory);
    ASSERT(wasm_store_create(&host, &caps, &arena, &store, &report) == STATUS_OK);
    enum status status =
        module->import_count != 0
            ? STATUS_UNLINKABLE
            : wasm_instance_create(store, module, NULL, &instance, &outcome, &report);
    mix(&run, status);
    mix(&run, outcome.trap);
    run.is_faulted = status == STATUS_NO_MEMORY;
    run.is_started = status == STATUS_OK;
    ASSERT(status == STATUS_OK || status == STATUS_TRAP || module->import_count != 0 ||
           report.is_set);
    if (run.is_started)
        call_exports(&run, store, instance);
    arena_fini(&arena);
    memory_wipe(guest_memory, guest_memory_used);
    guest_memory_used = 0;
    return run;
}

enum run_end run_check(struct bytes input)
{
    static ALIGNED(16) uint8_t module_memory[MODULE_ARENA], scratch_memory[SCRATCH_ARENA];
    struct arena module_arena, scratch;
    struct wasm_module *module = NULL;
    struct report report;
    if (input.len == 0)
        return RUN_REFUSED;
    const struct wasm_features features = {.legacy_exceptions = (input.data[0] & 1) != 0};
    input = bytes_of(input.data + 1, input.len - 1);
    arena_init(&module_arena, module_memory, MODULE_ARENA);
    arena_init(&scratch, scratch_memory, SCRATCH_ARENA);
    report_init(&report);
    enum run_end end = RUN_REFUSED;
    enum status status =
        wasm_module_load_with(input, features, &module_arena, &scratch, &module, &report);
    ASSERT(scratch.used == 0 && (status == STATUS_OK) == (module != NULL));
    if (status == STATUS_OK) {
        struct run plain = run_once(module, false);
        struct run collecting = run_once(module, true);
        bool is_comparable = !plain.is_faulted && !collecting.is_faulted;
        ASSERT(!is_comparable || plain.digest == collecting.digest);
        end = plain.is_started ? RUN_CALLED : RUN_NOT_STARTED;
    }
    arena_fini(&module_arena);
    arena_fini(&scratch);
    return end;
}

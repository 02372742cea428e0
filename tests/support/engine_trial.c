/*
 * tests/support/engine_trial.c: run one body in the engine and say what must come of it.
 */
#include "tests/support/engine_trial.h"

#include "tests/support/test.h"

#define ENGINE_IMPORTS_MAX 16
#define GUEST_CAP          ((size_t)4 << 16) /* 4 pages, of each memory */
#define GUEST_MEMORIES_MAX 4
#define ARENA_CAP          ((size_t)256 << 10)

static enum wasm_trap import_called(void *context, struct wasm_instance *caller, uint64_t *slots,
                                    uint32_t *out_reason)
{
    struct engine_trial *trial = context;
    (void)caller;
    (void)slots;
    trial->host_calls++;
    *out_reason = trial->host_reason;
    return trial->host_trap;
}

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct engine_trial *trial = context;
    trial->reserved_bytes = cap_bytes;
    if (cap_bytes > GUEST_CAP || trial->reserved_count == GUEST_MEMORIES_MAX)
        return STATUS_NO_MEMORY;
    *out_base = trial->guest_memory + trial->reserved_count++ * GUEST_CAP;
    return STATUS_OK;
}

void engine_begin(struct engine_trial *trial)
{
    memset(trial, 0, sizeof *trial);
    trial_begin_sized(&trial->load, (size_t)64 << 10, (size_t)128 << 10);
    trial->arena_cap = ARENA_CAP;
    trial->guest_memory = calloc(GUEST_MEMORIES_MAX, GUEST_CAP);
    assert_non_null(trial->guest_memory);
    trial->caps = (struct wasm_caps){
        .fuel = 1000000, .memory_bytes = GUEST_CAP, .table_elements = 64, .stack_units = 1000};
    report_init(&trial->report);
}

void engine_end(struct engine_trial *trial)
{
    trial_end(&trial->load);
    free(trial->arena_memory);
    free(trial->guest_memory);
}

enum status engine_create(struct engine_trial *trial)
{
    static const struct wasm_host_func import = {
        .module = BYTES_LITERAL("m"), .name = BYTES_LITERAL("f"), .call = import_called};
    struct wasm_host host = {
        .context = trial, .funcs = &import, .func_count = 1, .memory_reserve = reserve};
    trial_is_valid(&trial->load);
    trial->arena_memory = calloc(1, trial->arena_cap);
    assert_non_null(trial->arena_memory);
    arena_init(&trial->arena, trial->arena_memory, trial->arena_cap);
    trial->arena.refuse_at = trial->refuse_at;
    enum status status =
        wasm_store_create(&host, &trial->caps, &trial->arena, &trial->store, &trial->report);
    trial->store_bytes = trial->arena.used;
    return status == STATUS_OK ? engine_instantiate(trial) : status;
}

enum status engine_instantiate(struct engine_trial *trial)
{
    struct wasm_extern imports[ENGINE_IMPORTS_MAX];
    const struct wasm_module *module = trial->load.module;
    assert_true(module->import_count <= ENGINE_IMPORTS_MAX);
    enum status status = wasm_store_resolve(trial->store, module, imports, &trial->report);
    if (status == STATUS_OK)
        status = wasm_instance_create(trial->store, module, imports, &trial->instance,
                                      &trial->outcome, &trial->report);
    return status;
}

void engine_body(struct engine_trial *trial, const char *signature, struct bytes body)
{
    trial_build_around(&trial->load, signature, body);
    enum status status = engine_create(trial);
    if (status != STATUS_OK)
        print_message("%s\n", trial->report.text);
    assert_int_equal(status, STATUS_OK);
}

enum wasm_trap engine_call(struct engine_trial *trial, uint32_t func)
{
    enum status status = wasm_call(trial->instance, func, trial->slots, &trial->outcome);
    assert_int_equal(status, STATUS_OK);
    return trial->outcome.trap;
}

static enum wasm_trap run_body(struct engine_trial *trial, const char *signature, struct bytes body,
                               const uint64_t args[8])
{
    engine_begin(trial);
    engine_body(trial, signature, body);
    memcpy(trial->slots, args, 8 * sizeof args[0]);
    return engine_call(trial, ENGINE_BODY_FUNC);
}

void body_returns(const char *signature, struct bytes body, const uint64_t args[8], uint64_t result)
{
    struct engine_trial trial;
    enum wasm_trap trap = run_body(&trial, signature, body, args);
    assert_int_equal(trap, WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], result);
    engine_end(&trial);
}

void body_traps(const char *signature, struct bytes body, const uint64_t args[8],
                enum wasm_trap trap, uint64_t offset_in_body)
{
    struct engine_trial trial;
    enum wasm_trap got = run_body(&trial, signature, body, args);
    assert_int_equal(got, trap);
    assert_int_equal(trial.outcome.func, ENGINE_BODY_FUNC);
    assert_int_equal(trial.outcome.offset, trial.load.body_offset + offset_in_body);
    engine_end(&trial);
}

void body_burns(const char *signature, struct bytes body, const uint64_t args[8], uint64_t fuel)
{
    struct engine_trial trial;
    enum wasm_trap trap = run_body(&trial, signature, body, args);
    assert_int_equal(trap, WASM_TRAP_NONE);
    assert_int_equal(wasm_store_fuel_used(trial.store), fuel);
    engine_end(&trial);
}

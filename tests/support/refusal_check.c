/*
 * tests/support/refusal_check.c: see refusal_check.h.
 */
#include "tests/support/refusal_check.h"

#include <stdlib.h>
#include <string.h>

#include "core/wasm/disasm.h"
#include "tests/support/offers.h"

#define MODULE_BYTES ((size_t)8 << 20)
#define STORE_BYTES  ((size_t)16 << 20)
#define GUEST_BYTES  ((size_t)1 << 20)
#define SWEEP_DENSE  64u /* every n up to here, then in growing steps */

struct checker {
    struct bytes input;
    uint8_t *module_memory, *scratch_memory, *store_memory, *guest;
    size_t guest_used;
    struct arena module_arena, scratch, arena;
    struct report report;
    struct wasm_module *module;
    struct offers offers;
    uint64_t refused;
};

static enum wasm_trap answer_nothing(void *context, struct wasm_instance *caller, uint64_t *slots,
                                     uint32_t *out_reason)
{
    (void)context, (void)caller, (void)slots;
    *out_reason = 0;
    return WASM_TRAP_HOST_REFUSED;
}

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct checker *checker = context;
    if (cap_bytes > GUEST_BYTES - checker->guest_used)
        return STATUS_NO_MEMORY;
    *out_base = checker->guest + checker->guest_used;
    checker->guest_used += cap_bytes;
    return STATUS_OK;
}

static uint64_t next_n(uint64_t n)
{
    return n < SWEEP_DENSE ? n + 1 : n + n / 8;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* The refusal was said, and the arena is what arena.h promises above `used`. */
static void check_refusal(struct checker *checker, enum status status, const struct arena *arena)
{
    ASSERT(status == STATUS_NO_MEMORY);
    ASSERT(checker->report.is_set);
    ASSERT(arena->peak <= arena->cap);
    ASSERT(is_zero(arena->base + arena->used, arena->peak - arena->used));
    checker->refused++;
}

static enum status load(struct checker *checker, uint64_t refuse_module, uint64_t refuse_scratch)
{
    report_init(&checker->report);
    arena_init(&checker->module_arena, checker->module_memory, MODULE_BYTES);
    arena_init(&checker->scratch, checker->scratch_memory, MODULE_BYTES);
    checker->module_arena.refuse_at = refuse_module;
    checker->scratch.refuse_at = refuse_scratch;
    return wasm_module_load(checker->input, &checker->module_arena, &checker->scratch,
                            &checker->module, &checker->report);
}

static void sweep_load(struct checker *checker, bool is_scratch)
{
    for (uint64_t n = 1;; n = next_n(n)) {
        enum status status = load(checker, is_scratch ? 0 : n, is_scratch ? n : 0);
        if (status != STATUS_OK) {
            check_refusal(checker, status, &checker->module_arena);
            check_refusal(checker, status, &checker->scratch);
            ASSERT(checker->module_arena.used == 0 && checker->scratch.used == 0);
        }
        arena_fini(&checker->scratch);
        arena_fini(&checker->module_arena);
        if (status == STATUS_OK)
            break;
    }
}

static const struct wasm_caps caps = {.fuel = 20000,
                                      .memory_bytes = GUEST_BYTES,
                                      .table_elements = 4096,
                                      .heap_bytes = 1 << 20,
                                      .stack_units = 2000};

static enum status make_store(struct checker *checker, uint64_t refuse_at,
                              struct wasm_store **out_store)
{
    const struct wasm_host host = {
        .context = checker, .memory_reserve = reserve, .survives_traps = true};
    report_init(&checker->report);
    arena_init(&checker->arena, checker->store_memory, STORE_BYTES);
    checker->arena.refuse_at = refuse_at;
    return wasm_store_create(&host, &caps, &checker->arena, out_store, &checker->report);
}

static void drop_store(struct checker *checker)
{
    memset(checker->guest, 0, checker->guest_used);
    checker->guest_used = 0;
    arena_fini(&checker->arena);
}

static enum status make_instance(struct checker *checker, struct wasm_store *store,
                                 struct wasm_instance **out_instance)
{
    struct wasm_outcome outcome;
    report_init(&checker->report);
    return wasm_instance_create(store, checker->module, checker->offers.externs, out_instance,
                                &outcome, &checker->report);
}

static void sweep_store(struct checker *checker)
{
    struct wasm_store *store;
    for (uint64_t n = 1;; n = next_n(n)) {
        enum status status = make_store(checker, n, &store);
        if (status != STATUS_OK) {
            check_refusal(checker, status, &checker->arena);
            ASSERT(checker->arena.used == 0);
        }
        drop_store(checker);
        if (status == STATUS_OK)
            break;
    }
}

/* Objects of the host's: refused, the store goes on as if it had not been asked. */
static void sweep_imports(struct checker *checker)
{
    struct wasm_store *store;
    for (uint64_t n = 1;; n = next_n(n)) {
        ASSERT(make_store(checker, 0, &store) == STATUS_OK);
        checker->arena.refuse_at = n;
        enum status status =
            offers_make(&checker->offers, checker->module, store, &checker->report);
        if (status != STATUS_OK) {
            check_refusal(checker, status, &checker->arena);
            checker->arena.refuse_at = 0;
            memset(checker->guest, 0, checker->guest_used);
            checker->guest_used = 0;
            ASSERT(offers_make(&checker->offers, checker->module, store, &checker->report) ==
                   STATUS_OK);
        }
        drop_store(checker);
        if (status == STATUS_OK)
            break;
    }
}

/* Refused, the same module has to come out as it does without a refusal, in the same store. */
static void sweep_instance(struct checker *checker, enum status expected)
{
    struct wasm_store *store;
    struct wasm_instance *instance;
    for (uint64_t n = 1;; n = next_n(n)) {
        ASSERT(make_store(checker, 0, &store) == STATUS_OK);
        ASSERT(offers_make(&checker->offers, checker->module, store, &checker->report) ==
               STATUS_OK);
        size_t guest_used = checker->guest_used;
        checker->arena.refuse_at = n;
        enum status status = make_instance(checker, store, &instance);
        bool is_refused = status == STATUS_NO_MEMORY && expected != STATUS_NO_MEMORY;
        if (is_refused) {
            check_refusal(checker, status, &checker->arena);
            checker->arena.refuse_at = 0;
            memset(checker->guest + guest_used, 0, checker->guest_used - guest_used);
            checker->guest_used = guest_used;
            status = make_instance(checker, store, &instance);
        }
        ASSERT(status == expected);
        drop_store(checker);
        if (!is_refused)
            break;
    }
}

static void ignore_line(void *context, const char *line)
{
    (void)context, (void)line;
}

static enum status disassemble(struct checker *checker, uint64_t refuse_at)
{
    report_init(&checker->report);
    arena_init(&checker->arena, checker->store_memory, STORE_BYTES);
    checker->arena.refuse_at = refuse_at;
    enum status status = wasm_disasm_func(checker->module, checker->module->import_func_count,
                                          &checker->arena, ignore_line, NULL, &checker->report);
    ASSERT(checker->arena.used == 0);
    return status;
}

/* The module's first function, if its code fits the arena at all. */
static void sweep_disasm(struct checker *checker)
{
    enum status status = disassemble(checker, 0);
    arena_fini(&checker->arena);
    if (status != STATUS_OK)
        return;
    for (uint64_t n = 1;; n = next_n(n)) {
        status = disassemble(checker, n);
        if (status != STATUS_OK)
            check_refusal(checker, status, &checker->arena);
        arena_fini(&checker->arena);
        if (status == STATUS_OK)
            break;
    }
}

static void sweep_module(struct checker *checker)
{
    struct wasm_store *store;
    struct wasm_instance *instance;
    offers_begin(&checker->offers, checker->module, answer_nothing);
    sweep_store(checker);
    ASSERT(make_store(checker, 0, &store) == STATUS_OK);
    enum status status = offers_make(&checker->offers, checker->module, store, &checker->report);
    bool is_offered = status == STATUS_OK;
    if (is_offered)
        status = make_instance(checker, store, &instance);
    drop_store(checker);
    if (is_offered) {
        sweep_imports(checker);
        sweep_instance(checker, status);
    }
    offers_end(&checker->offers);
}

uint64_t refusal_check(struct bytes input)
{
    struct checker checker = {.input = input};
    checker.module_memory = calloc(1, MODULE_BYTES);
    checker.scratch_memory = calloc(1, MODULE_BYTES);
    checker.store_memory = calloc(1, STORE_BYTES);
    checker.guest = calloc(1, GUEST_BYTES);
    ASSERT(checker.module_memory != NULL && checker.scratch_memory != NULL &&
           checker.store_memory != NULL && checker.guest != NULL);
    bool is_valid = load(&checker, 0, 0) == STATUS_OK;
    arena_fini(&checker.scratch);
    arena_fini(&checker.module_arena);
    if (is_valid) {
        sweep_load(&checker, false);
        sweep_load(&checker, true);
        ASSERT(load(&checker, 0, 0) == STATUS_OK);
        sweep_disasm(&checker);
        sweep_module(&checker);
        arena_fini(&checker.scratch);
        arena_fini(&checker.module_arena);
    }
    free(checker.module_memory);
    free(checker.scratch_memory);
    free(checker.store_memory);
    free(checker.guest);
    return checker.refused;
}

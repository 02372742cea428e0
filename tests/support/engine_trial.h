/*
 * tests/support/engine_trial.h: run one body in the engine and say what must come of it.
 *
 * The body sits in the module of trial_build_around (wasm_trial.h) as function 1; its import,
 * function 0, is a host function that counts its calls.
 */
#ifndef AETHER_TESTS_ENGINE_TRIAL_H
#define AETHER_TESTS_ENGINE_TRIAL_H

#include "core/wasm/engine.h"
#include "tests/support/wasm_trial.h"

#define ENGINE_SLOTS_MAX 64
#define ENGINE_BODY_FUNC 1

struct engine_trial {
    struct wasm_trial load;
    uint8_t *arena_memory;
    struct arena arena;
    size_t arena_cap;
    uint64_t refuse_at; /* the n-th allocation of the instance fails */
    uint8_t *guest_memory;
    uint64_t reserved_bytes; /* of the newest memory */
    size_t reserved_count;   /* memories, one behind the other in guest_memory */
    struct wasm_caps caps;
    struct wasm_store *store; /* NULL until made */
    size_t store_bytes;       /* of the arena, behind its creation */
    struct wasm_instance *instance;
    struct wasm_outcome outcome;
    struct report report;
    uint64_t slots[ENGINE_SLOTS_MAX];
    unsigned host_calls;
    enum wasm_trap host_trap; /* what the import answers */
    uint32_t host_reason;
};

/* Ample caps: a million of fuel, 4 pages, 64 table elements, 1,000 stack units. Change them before
 * engine_create. Build a module into trial->load.builder, or let engine_body do it. */
void engine_begin(struct engine_trial *trial);
void engine_end(struct engine_trial *trial);

/* Loads what was built (it must be valid) and instantiates it. */
enum status engine_create(struct engine_trial *trial);

/* The second half of it, once more. */
enum status engine_instantiate(struct engine_trial *trial);

/* Builds around the body and instantiates; that must succeed. */
void engine_body(struct engine_trial *trial, const char *signature, struct bytes body);

/* Calls function `func` with trial->slots; the call itself must be allowed. */
enum wasm_trap engine_call(struct engine_trial *trial, uint32_t func);

/* One body, one call: bodies take what is in `args` and return `result`, trap, or burn fuel. */
#define ARGS(...) ((const uint64_t[8]){__VA_ARGS__})
void body_returns(const char *signature, struct bytes body, const uint64_t args[8],
                  uint64_t result);
void body_traps(const char *signature, struct bytes body, const uint64_t args[8],
                enum wasm_trap trap, uint64_t offset_in_body);
void body_burns(const char *signature, struct bytes body, const uint64_t args[8], uint64_t fuel);

#endif

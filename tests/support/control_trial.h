/*
 * tests/support/control_trial.h: a store and modules of a few functions that call and throw.
 *
 * Every module has the same types and tags, so that a test shows only bodies:
 *   types  0 []->[]  1 []->[i32]  2 [i32]->[i32]  3 [i32]->[]  4 [i64 i32]->[]  5 []->[exnref]
 *          6 []->[i32 exnref]  7 [exnref]->[i32]  8 []->[i64 i32]  9 [i32 i32]->[i32]
 *          10 [1,000 i32]->[]  11 []->[1,000 i32]
 *          12 [v128 i32]->[]  13 []->[v128 i32]
 *   tags   0 type 0, 1 type 3, 2 type 4, 3 type 10, 4 type 12: defined ones, exported as "t0"
 *          to "t4"
 *   table  its own of 16 funcrefs, exported as "T" if it is the first; functions each in their
 *          place of table 0
 * Functions are exported as "f0", "f1" ... and may be named by ref.func.
 * The host's functions: "h" "call" (type 2) calls function 0 of the newest instance with i32 and
 * answers its result, or its trap; "h" "seven" (type 1).
 */
#ifndef AETHER_TESTS_CONTROL_TRIAL_H
#define AETHER_TESTS_CONTROL_TRIAL_H

#include "core/wasm/engine.h"
#include "tests/support/wasm_builder.h"

struct control_trial {
    uint8_t *memory;
    struct arena arena;
    struct wasm_caps caps;
    struct wasm_host host;
    struct wasm_store *store;
    struct wasm_builder builders[4];
    unsigned builder_count;
    struct wasm_instance *instance; /* the newest */
    uint64_t body_offsets[8];       /* of its functions, from their locals on */
    struct wasm_outcome outcome;
    struct report report;
    uint64_t slots[1024];
};

struct control_func {
    uint8_t type;
    struct bytes body; /* from its locals to its end */
};

/* Ample caps; change them before the first module. Traps are survived, and every
 * allocation collects garbage. */
void control_begin(struct control_trial *trial);
void control_end(struct control_trial *trial);

/* A module of `count` functions behind the imports of `section` (the contents of an import section
 * or nothing), `imported` of which are functions; instantiated with `imports`. */
void control_module_with(struct control_trial *trial, struct bytes section, uint32_t imported,
                         const struct wasm_extern *imports, const struct control_func *funcs,
                         uint32_t count);

#define CONTROL_MODULE(trial, ...)                                                                 \
    control_module_with(                                                                           \
        (trial), bytes_of(NULL, 0), 0, NULL, (const struct control_func[]){__VA_ARGS__},           \
        sizeof((const struct control_func[]){__VA_ARGS__}) / sizeof(struct control_func))

/* Calls a function of the newest instance; arguments and results are trial->slots. */
enum wasm_trap control_call(struct control_trial *trial, uint32_t func);

/* It returns this in its first slot; it traps at this byte of that function's body. */
void control_returns(struct control_trial *trial, uint32_t func, uint64_t argument,
                     uint64_t result);
void control_traps(struct control_trial *trial, uint32_t func, uint64_t argument,
                   enum wasm_trap trap, uint32_t in_func, uint64_t offset_in_body);

struct wasm_extern control_export(const struct wasm_instance *instance, const char *name);

#endif

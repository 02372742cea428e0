/*
 * tests/support/wasm_trial.h: load a built module and say what must come of it.
 *
 * trial_begin, build into trial.builder, then one of the trial_* expectations, then trial_end.
 */
#ifndef AETHER_TESTS_WASM_TRIAL_H
#define AETHER_TESTS_WASM_TRIAL_H

#include "core/wasm/module.h"
#include "core/wasm/sink.h"
#include "tests/support/wasm_builder.h"

struct wasm_trial {
    struct wasm_builder builder;
    uint8_t *memory;
    struct arena module_arena, scratch;
    struct wasm_features features;
    struct wasm_module *module;
    struct report report;
    size_t body_offset; /* of the body under test of trial_body */
};

/* Arenas of 4 MiB, or of the caps given. */
void trial_begin(struct wasm_trial *trial);
void trial_begin_sized(struct wasm_trial *trial, size_t module_cap, size_t scratch_cap);
void trial_end(struct wasm_trial *trial);

/* Loads; nothing is expected. */
enum status trial_load(struct wasm_trial *trial);

/* The module is valid; trial->module is it. */
void trial_is_valid(struct wasm_trial *trial);

/* The module is refused with this status, offset and sentence; nothing is left in the arenas. */
void trial_is_refused(struct wasm_trial *trial, enum status status, uint64_t offset,
                      const char *sentence);

/*
 * A module around one body. `signature` is the type of the function, as "ii:i": i i32, a an i32
 * that is an address of memory 0, I i64, f f32, F f64, V v128, r funcref, x externref. `body`
 * begins with its locals and ends with its end.
 *   types      0 the signature; 1 []->[]; 2 [i32 i64]->[f32 f64]; 3 []->[i32 i32]; 4 [i32]->[i32]
 *   functions  0 imported, type 1; 1 the body's; 2 of type 2, declared; 3 of type 1, undeclared
 *   tables     0 funcref, 1 externref; memory 0 of one page
 *   globals    0 i32, 1 mutable i64, 2 mutable externref
 *   elems      0 passive funcref, 1 passive externref; data 0 passive
 */
void trial_build_around(struct wasm_trial *trial, const char *signature, struct bytes body);

/* In one line: the body is valid; the body is refused with the offset counted in `body`. */
void body_is_valid(const char *signature, struct bytes body);
void body_is_refused(const char *signature, struct bytes body, enum status status, uint64_t offset,
                     const char *sentence);

#endif

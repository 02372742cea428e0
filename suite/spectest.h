/*
 * suite/spectest.h: the host module `spectest`, which the suite's modules import from.
 *
 * print, print_i32, print_i64, print_f32, print_f64, print_i32_f32, print_f64_f64 (they do
 * nothing); constants global_i32 and global_i64 (666), global_f32 and global_f64 (666.6); table and
 * table64 (10 to 20 funcrefs), memory (1 to 2 pages), shared_memory (the same, shared).
 */
#ifndef AETHER_SUITE_SPECTEST_H
#define AETHER_SUITE_SPECTEST_H

#include "core/wasm/engine.h"

#define SUITE_SPECTEST_MAX 16

struct suite_spectest {
    struct bytes names[SUITE_SPECTEST_MAX];
    struct wasm_extern externs[SUITE_SPECTEST_MAX];
    uint32_t count;
};

/* Makes them all in `store`. */
enum status MUST_CHECK suite_spectest_init(struct suite_spectest *spectest,
                                           struct wasm_store *store, struct report *report);

/* NULL when there is no such. */
const struct wasm_extern *suite_spectest_find(const struct suite_spectest *spectest,
                                              struct bytes name);

#endif

/*
 * tests/support/gc_module.h: a module that makes, links and drops objects at random.
 *
 * gc_module.wat is its text. It imports m.f, (externref) -> externref, and exports
 *   stress     (seed, steps) -> a number that depends on all that was made
 *   over_host  () -> a number; calls m.f while references lie in its frame
 */
#ifndef AETHER_TESTS_GC_MODULE_H
#define AETHER_TESTS_GC_MODULE_H

#include "tests/support/wasm_builder.h"

/* Behind the header that build_begin wrote. */
void build_gc_module(struct wasm_builder *builder);

#endif

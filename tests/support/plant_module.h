/*
 * tests/support/plant_module.h: a core module that writes a pattern by every operator that can
 * write, and looks for it.
 *
 *   plant: () -> i32    every store of memory 0 and of memory 1 (64-bit), its address a constant, a
 *                       local, a local that is worth a register, and a sum, its value likewise,
 * each in a page of 4 KiB of its own; atomics; copy, fill, init, grow; tables and globals; drops
 * its segments. Gives how many pages it wrote to. find: () -> i32     bytes of both memories that
 * are not as a fresh instance has them, elements that are not null, globals, sizes and segments
 * that are not as they were
 */
#ifndef AETHER_TESTS_PLANT_MODULE_H
#define AETHER_TESTS_PLANT_MODULE_H

#include "tests/support/wasm_builder.h"

#define PLANT_BYTE 0xA7u

/* `is_preview_1`: it imports a function of WASI, so that its instances are made anew each time. */
void build_plant_module(struct wasm_builder *builder, bool is_preview_1);

#endif

/*
 * cli/value.h: values of the guest as words of a command line, both ways.
 *
 *   i32 i64    decimal or 0x, with or without a sign; -2^31 to 2^32-1, -2^63 to 2^64-1
 *   f32 f64    decimal or 0x with p, inf, nan, nan:0xPAYLOAD, with or without a sign
 *   v128       i8x16: i16x8: i32x4: i64x2: f32x4: f64x2: and as many of these, with commas
 *   references null only, where the type lets it
 * What value_print writes of a number or vector, value_parse reads back to the same bits.
 */
#ifndef AETHER_CLI_VALUE_H
#define AETHER_CLI_VALUE_H

#include <stdio.h>

#include "core/wasm/module.h"

/* Into one slot, or two of a v128. NULL: it is read; else why it is not. */
const char *MUST_CHECK value_parse(const char *text, uint32_t type, uint64_t out_slots[2]);

/* `type`: of the module. */
void value_print(FILE *out, const struct wasm_module *module, uint32_t type, const uint64_t *slots);

#endif

/*
 * core/wasm/decode_type_count.h: how many types a type section announces, for decode_types.c.
 */
#ifndef AETHER_WASM_DECODE_TYPE_COUNT_H
#define AETHER_WASM_DECODE_TYPE_COUNT_H

#include "core/wasm/cursor.h"

/* The types of all groups up to the end of the section or the first that can not be read, and at
 * most WASM_LIMIT_TYPES. A group counts as many as it announces, a half read type as one; they
 * are at most as many as half the bytes of the section. */
uint32_t wasm_count_types(struct wasm_cursor section);

#endif

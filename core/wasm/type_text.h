/*
 * core/wasm/type_text.h: types in the syntax of the text format (WASM 3.0 §6.4).
 *
 * Only plain ASCII leaves, without quotes or backslashes.
 */
#ifndef AETHER_WASM_TYPE_TEXT_H
#define AETHER_WASM_TYPE_TEXT_H

#include "core/base/text.h"
#include "core/wasm/module.h"

/* "i32", "funcref", "(ref null 3)". */
void wasm_text_value_type(struct text_sink out, uint32_t type);
/* "(func (param i32 i32) (result i64))" */
void wasm_text_func_type(struct text_sink out, const struct wasm_func_type *type);
/* "(sub 3 (struct (field (mut i32)) (field i8)))"; as wasm_text_func_type where nothing is said of
 * supertypes. */
void wasm_text_defined_type(struct text_sink out, const struct wasm_type *type);
/* "(memory i64 1 16 shared (pagesize 1))" */
void wasm_text_memory_type(struct text_sink out, const struct wasm_memory_type *memory);
/* "(table 1 16 funcref)" */
void wasm_text_table_type(struct text_sink out, const struct wasm_table *table);
/* "(global (mut i32))" */
void wasm_text_global_type(struct text_sink out, const struct wasm_global *global);
/* The type of item `index` of the index space `kind`. One of many parameters is named only, as
 * "(func (type 3))": a million functions of it would make a million copies. */
void wasm_text_extern_type(struct text_sink out, const struct wasm_module *module,
                           enum wasm_extern_kind kind, uint32_t index);

/* "func", "table", ... */
const char *wasm_text_kind(enum wasm_extern_kind kind);

#endif

/*
 * cli/wat.h: types in the syntax of the text format (WASM 3.0 §6.4).
 *
 * Only plain ASCII leaves, without quotes or backslashes.
 */
#ifndef AETHER_CLI_WAT_H
#define AETHER_CLI_WAT_H

#include <stdio.h>

#include "core/wasm/module.h"

/* "i32", "funcref", "(ref null 3)". */
void wat_value_type(FILE *out, uint32_t type);
/* "(func (param i32 i32) (result i64))" */
void wat_func_type(FILE *out, const struct wasm_func_type *type);
/* "(sub 3 (struct (field (mut i32)) (field i8)))"; as wat_func_type where nothing is said of
 * supertypes. */
void wat_defined_type(FILE *out, const struct wasm_type *type);
/* "(memory i64 1 16 shared (pagesize 1))" */
void wat_memory_type(FILE *out, const struct wasm_memory_type *memory);
/* "(table 1 16 funcref)" */
void wat_table_type(FILE *out, const struct wasm_table *table);
/* "(global (mut i32))" */
void wat_global_type(FILE *out, const struct wasm_global *global);
/* The type of item `index` of the index space `kind`. One of many parameters is named only, as
 * "(func (type 3))": a million functions of it would make a million copies. */
void wat_extern_type(FILE *out, const struct wasm_module *module, enum wasm_extern_kind kind,
                     uint32_t index);

/* "func", "table", ... */
const char *wat_kind(enum wasm_extern_kind kind);

#endif

/*
 * core/wasm/const_expr.h: constant expressions and the items of element segments, read again.
 *
 * For whoever instantiates a module: both readers go over bytes that wasm_module_load has
 * validated and can not fail. What occurs: i32.const i64.const f32.const f64.const v128.const,
 * global.get of an immutable global (for a table's init an imported one, for a global's own init
 * one of a lower index), ref.null, ref.func; on what was pushed before i32/i64 add, sub, mul,
 * ref.i31, any.convert_extern, extern.convert_any, struct.new, struct.new_default, array.new,
 * array.new_default, array.new_fixed. At most module->const_height slots are taken at a
 * time; exactly one value, of the right type, stands at the end.
 */
#ifndef AETHER_WASM_CONST_EXPR_H
#define AETHER_WASM_CONST_EXPR_H

#include "core/wasm/cursor.h"
#include "core/wasm/module.h"

struct wasm_const_op {
    uint16_t code;
    uint32_t index;     /* global.get, ref.func; struct.new*, array.new*: the type */
    uint32_t index2;    /* array.new_fixed: how many */
    uint32_t type;      /* ref.null, global.get */
    uint64_t bits;      /* constants (f32 in the low half) */
    uint64_t bits_high; /* v128.const's upper half */
    uint64_t offset;
};

struct wasm_const_reader {
    const struct wasm_module *module;
    struct wasm_cursor cursor;
};

void wasm_const_open(const struct wasm_module *module, const struct wasm_const_expr *expr,
                     struct wasm_const_reader *out_reader);

/* The next operator; false at the expression's `end`. */
bool wasm_const_read(struct wasm_const_reader *reader, struct wasm_const_op *out_op);

struct wasm_elem_reader {
    const struct wasm_elem *elem;
    struct wasm_const_reader items;
    uint32_t left;
};

void wasm_elem_open(const struct wasm_module *module, const struct wasm_elem *elem,
                    struct wasm_elem_reader *out_reader);

/* The next item; false behind the last. Of an elem with is_exprs, *out_expr is the item's
 * expression; of others, *out_func is a function index. */
bool wasm_elem_read(struct wasm_elem_reader *reader, struct wasm_const_expr *out_expr,
                    uint32_t *out_func);

/* The operator at the cursor, which may be any bytes: MALFORMED or, if it is not constant, INVALID.
 * Nothing is checked of its immediates. For const_validate.c. */
enum status MUST_CHECK wasm_const_read_op(const struct wasm_module *module,
                                          struct wasm_cursor *cursor, struct wasm_const_op *out_op);

#endif

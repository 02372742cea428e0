/*
 * core/wasm/const_expr.h: constant expressions and the items of element segments, read again.
 *
 * For whoever instantiates a module: both readers go over bytes that wasm_module_load has
 * validated and can not fail. What occurs: i32.const i64.const f32.const f64.const v128.const,
 * global.get of an immutable global of a lower index (for a global's own init) or of any
 * (elsewhere), ref.null, ref.func, and i32/i64 add, sub, mul on what was pushed before. At most
 * WASM_LIMIT_CONST_STACK values stand at a time; exactly one, of the right type, stands at the end.
 */
#ifndef AETHER_WASM_CONST_EXPR_H
#define AETHER_WASM_CONST_EXPR_H

#include "core/wasm/cursor.h"
#include "core/wasm/module.h"

struct wasm_const_op {
    uint16_t code;
    uint32_t index;     /* global.get, ref.func */
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

/* Validates the expression at the cursor: of type `type`, seeing the first `global_count` globals.
 * Functions that it names count as declared. For the decoder. */
enum status MUST_CHECK wasm_const_expr_validate(struct wasm_module *module,
                                                struct wasm_cursor *cursor, uint32_t type,
                                                uint32_t global_count,
                                                struct wasm_const_expr *out_expr);

#endif

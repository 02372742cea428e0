/*
 * core/wasm/subtype.c: subtyping of heap, reference, value and defined types (WASM 3.0 §3.3).
 *
 * `jump` makes the search for a supertype logarithmic in its depth: with the distances of a
 * skew-binary number, a type's jump goes as far as two equal jumps of its parent together, or to
 * the parent. Two words a type instead of a table of all types above it, which a hostile module
 * could make fifty times its own size.
 */
#include "core/wasm/subtype.h"

#include "core/wasm/limits.h"

/* The abstract heap type just above a defined type. */
static uint32_t kind_heap(const struct wasm_type *type)
{
    switch (type->kind) {
    case WASM_KIND_STRUCT:
        return WASM_HEAP_STRUCT;
    case WASM_KIND_ARRAY:
        return WASM_HEAP_ARRAY;
    default:
        return WASM_HEAP_FUNC;
    }
}

static uint32_t abstract_top(uint32_t heap)
{
    switch (heap) {
    case WASM_HEAP_FUNC:
    case WASM_HEAP_NOFUNC:
        return WASM_HEAP_FUNC;
    case WASM_HEAP_EXTERN:
    case WASM_HEAP_NOEXTERN:
        return WASM_HEAP_EXTERN;
    case WASM_HEAP_EXN:
    case WASM_HEAP_NOEXN:
        return WASM_HEAP_EXN;
    case WASM_HEAP_BOTTOM:
        return WASM_HEAP_BOTTOM;
    default:
        return WASM_HEAP_ANY;
    }
}

static bool is_abstract_bottom(uint32_t heap)
{
    return heap == WASM_HEAP_NONE || heap == WASM_HEAP_NOFUNC || heap == WASM_HEAP_NOEXTERN ||
           heap == WASM_HEAP_NOEXN;
}

uint32_t wasm_heap_top(const struct wasm_type *types, uint32_t heap)
{
    return abstract_top(wasm_heap_is_defined(heap) ? kind_heap(&types[heap]) : heap);
}

static bool is_abstract_subtype(uint32_t sub, uint32_t super)
{
    if (sub == super || super == abstract_top(sub))
        return true;
    if (super == WASM_HEAP_EQ)
        return sub == WASM_HEAP_I31 || sub == WASM_HEAP_STRUCT || sub == WASM_HEAP_ARRAY ||
               sub == WASM_HEAP_NONE;
    return is_abstract_bottom(sub) && abstract_top(sub) == abstract_top(super);
}

bool wasm_heap_is_subtype(const struct wasm_type *types, uint32_t sub, uint32_t super)
{
    if (sub == super || sub == WASM_HEAP_BOTTOM)
        return true;
    if (super == WASM_HEAP_BOTTOM)
        return false;
    if (!wasm_heap_is_defined(super)) {
        if (wasm_heap_is_defined(sub))
            sub = kind_heap(&types[sub]);
        return is_abstract_subtype(sub, super);
    }
    if (wasm_heap_is_defined(sub))
        return wasm_defined_is_subtype(types, sub, super);
    return is_abstract_bottom(sub) && abstract_top(sub) == wasm_heap_top(types, super);
}

bool wasm_type_is_subtype(const struct wasm_type *types, uint32_t sub, uint32_t super)
{
    if (sub == super || sub == WASM_TYPE_BOTTOM)
        return true;
    if (!wasm_type_is_ref(sub) || !wasm_type_is_ref(super))
        return false;
    if (wasm_type_is_nullable(sub) && !wasm_type_is_nullable(super))
        return false;
    return wasm_heap_is_subtype(types, wasm_type_heap(sub), wasm_type_heap(super));
}

static bool can_extend_func(const struct wasm_type *types, const struct wasm_func_type *sub,
                            const struct wasm_func_type *super)
{
    if (sub->param_count != super->param_count || sub->result_count != super->result_count)
        return false;
    for (uint32_t i = 0; i < sub->param_count; i++)
        if (!wasm_type_is_subtype(types, super->params[i], sub->params[i]))
            return false;
    for (uint32_t i = 0; i < sub->result_count; i++)
        if (!wasm_type_is_subtype(types, sub->results[i], super->results[i]))
            return false;
    return true;
}

/* What can be written has to be of the same type, what is only read may be of a subtype. */
static bool can_extend_field(const struct wasm_type *types, const struct wasm_field *sub,
                             const struct wasm_field *super)
{
    if (sub->is_mutable != super->is_mutable)
        return false;
    return sub->type == super->type ||
           (!sub->is_mutable && wasm_type_is_subtype(types, sub->type, super->type));
}

static bool can_extend_struct(const struct wasm_type *types, const struct wasm_struct_type *sub,
                              const struct wasm_struct_type *super)
{
    if (sub->field_count < super->field_count)
        return false;
    for (uint32_t i = 0; i < super->field_count; i++)
        if (!can_extend_field(types, &sub->fields[i], &super->fields[i]))
            return false;
    return true;
}

bool wasm_type_can_extend(const struct wasm_type *types, const struct wasm_type *sub,
                          const struct wasm_type *super)
{
    if (sub->kind != super->kind)
        return false;
    switch (sub->kind) {
    case WASM_KIND_FUNC:
        return can_extend_func(types, &sub->func, &super->func);
    case WASM_KIND_STRUCT:
        return can_extend_struct(types, &sub->fields, &super->fields);
    default:
        return can_extend_field(types, &sub->element, &super->element);
    }
}

bool wasm_types_link(struct wasm_type *types, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        struct wasm_type *type = &types[i];
        if (type->supertype == WASM_NO_SUPERTYPE) {
            type->depth = 0;
            type->jump = type->canonical;
            continue;
        }
        const struct wasm_type *parent = &types[type->supertype];
        if (parent->depth >= WASM_LIMIT_SUBTYPE_DEPTH)
            return false;
        const struct wasm_type *above = &types[parent->jump];
        bool is_even = parent->depth - above->depth == above->depth - types[above->jump].depth;
        type->depth = (uint8_t)(parent->depth + 1);
        type->jump = is_even ? above->jump : type->supertype;
    }
    return true;
}

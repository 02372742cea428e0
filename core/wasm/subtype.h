/*
 * core/wasm/subtype.h: which type may stand for which (WASM 3.0 §3.3).
 *
 * `types` are the defined types that both sides name: a module's, or a store's. Defined types are
 * given by their canonical numbers. Every answer takes a bounded number of steps: supertypes are
 * at most WASM_LIMIT_SUBTYPE_DEPTH deep, and a search for one above skips along `jump`.
 */
#ifndef AETHER_WASM_SUBTYPE_H
#define AETHER_WASM_SUBTYPE_H

#include "core/wasm/type.h"

/* Is defined type `sub` declared as a subtype of `super`, over any number of steps, or the same? */
ALWAYS_INLINE bool wasm_defined_is_subtype(const struct wasm_type *types, uint32_t sub,
                                           uint32_t super)
{
    uint8_t depth = types[super].depth;
    while (types[sub].depth > depth) {
        uint32_t jump = types[sub].jump;
        sub = types[jump].depth >= depth ? jump : types[sub].supertype;
    }
    return sub == super;
}

bool wasm_heap_is_subtype(const struct wasm_type *types, uint32_t sub, uint32_t super);

/* Of value types; equal ones are the common case, and the caller's fast path. */
bool wasm_type_is_subtype(const struct wasm_type *types, uint32_t sub, uint32_t super);

/* The heap type above all of its hierarchy: any, func, extern or exn. BOTTOM stays. */
uint32_t wasm_heap_top(const struct wasm_type *types, uint32_t heap);

/* The kinds, params, results and fields of what is declared a subtype and of its supertype. */
bool wasm_type_can_extend(const struct wasm_type *types, const struct wasm_type *sub,
                          const struct wasm_type *super);

/* Fills depth and jump of types[first..first + count), whose supertypes stand before them. False: a
 * type is deeper than WASM_LIMIT_SUBTYPE_DEPTH. */
bool MUST_CHECK wasm_types_link(struct wasm_type *types, uint32_t first, uint32_t count);

#endif

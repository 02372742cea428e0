/*
 * core/wasm/gc.h: structs, arrays and i31s of a store (WASM 3.0 §4.2.16 to §4.2.18). For core/wasm
 * only.
 *
 * Types are the store's. A field's value in slots is as the operand stack has it: packed fields
 * take the low bits of an i32, a v128 two slots, a reference its 32 bits.
 *
 * Whoever makes an object says before where the guest stands (struct wasm_safepoint): the making
 * may collect, and what lives is found from there. A reference that is held elsewhere does not
 * count: it has to be in a slot that the map of the safepoint names, or read again afterwards.
 */
#ifndef AETHER_WASM_GC_H
#define AETHER_WASM_GC_H

#include "core/wasm/heap.h"
#include "core/wasm/instance.h"

#define WASM_GC_EXHAUSTED "GC heap exhausted"

/* What a function's cells say of the slots that hold references: a list, from the operands down to
 * the params. Entry n of a function stands at code->roots_end - n; 0 is the end. */
struct code_roots {
    const uint32_t *types; /* of the values from `slot` on; NULL: references all */
    uint32_t slot;
    uint32_t count; /* of values */
    uint32_t parent;
};

/* May a value of the type be an object of the heap? `types` are those that it names. */
bool wasm_type_is_traced(const struct wasm_type *types, uint32_t type);

/* Has the module types of objects? Then its store needs a heap. */
bool wasm_module_needs_heap(const struct wasm_module *module);

/* Makes the heap unless there is one, and layouts for the store's types that have none yet. */
enum status MUST_CHECK wasm_gc_prepare(struct wasm_store *store, struct report *report);

/* New objects; 0: the heap is exhausted. `slots` NULL: default values. */
uint32_t MUST_CHECK wasm_gc_struct_new(struct wasm_store *store, uint32_t type,
                                       const uint64_t *slots);
/* `value` for every element. */
uint32_t MUST_CHECK wasm_gc_array_new(struct wasm_store *store, uint32_t type, uint32_t length,
                                      const uint64_t *value);
/* The elements from consecutive slots. */
uint32_t MUST_CHECK wasm_gc_array_new_fixed(struct wasm_store *store, uint32_t type,
                                            uint32_t length, const uint64_t *slots);

/* Ranges are the caller's to check. */
void wasm_gc_array_fill(struct wasm_store *store, uint32_t array, uint32_t start, uint32_t count,
                        const uint64_t *value);
void wasm_gc_array_copy(struct wasm_store *store, uint32_t to, uint32_t to_start, uint32_t from,
                        uint32_t from_start, uint32_t count);
void wasm_gc_array_put_bytes(struct wasm_store *store, uint32_t array, uint32_t start,
                             const uint8_t *bytes, uint32_t count);
void wasm_gc_array_put_refs(struct wasm_store *store, uint32_t array, uint32_t start,
                            const uint32_t *refs, uint32_t count);

/* Bytes that an element takes. */
uint32_t wasm_gc_element_bytes(const struct wasm_store *store, uint32_t type);

/* Is the reference of this reference type? */
bool wasm_gc_is(const struct wasm_store *store, uint32_t ref, uint32_t type);

#endif

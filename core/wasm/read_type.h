/*
 * core/wasm/read_type.h: types as they stand in the input (WASM 3.0 §5.3), with the rules of
 * cursor.h.
 *
 * A type index has to be below module->type_count, or it is INVALID, and is given as the canonical
 * one. While the type section is read, a recursion group's types count, each as its own canonical.
 */
#ifndef AETHER_WASM_READ_TYPE_H
#define AETHER_WASM_READ_TYPE_H

#include "core/wasm/cursor.h"
#include "core/wasm/module.h"

enum status MUST_CHECK wasm_read_value_type(struct wasm_cursor *cursor,
                                            const struct wasm_module *module, uint32_t *out);

/* A value type that has to be a reference. */
enum status MUST_CHECK wasm_read_ref_type(struct wasm_cursor *cursor,
                                          const struct wasm_module *module, uint32_t *out);

/* A value type, or a packed type: what a field holds. */
enum status MUST_CHECK wasm_read_storage_type(struct wasm_cursor *cursor,
                                              const struct wasm_module *module, uint32_t *out);

/* An abstract heap type, or a defined type by its index. */
enum status MUST_CHECK wasm_read_heap_type(struct wasm_cursor *cursor,
                                           const struct wasm_module *module, uint32_t *out);

/* The index of a defined type, as it stands there (not the canonical one). */
enum status MUST_CHECK wasm_read_type_index(struct wasm_cursor *cursor,
                                            const struct wasm_module *module, uint32_t *out);

/* The same, of a function type: what functions, tags and calls name. */
enum status MUST_CHECK wasm_read_func_type_index(struct wasm_cursor *cursor,
                                                 const struct wasm_module *module, uint32_t *out);

#endif

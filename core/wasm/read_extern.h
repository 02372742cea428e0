/*
 * core/wasm/read_extern.h: the type of an import as it stands in the input (WASM 3.0 §5.5.5), with
 * the rules of cursor.h and read_type.h.
 */
#ifndef AETHER_WASM_READ_EXTERN_H
#define AETHER_WASM_READ_EXTERN_H

#include "core/wasm/cursor.h"
#include "core/wasm/module.h"

struct wasm_extern_type {
    enum wasm_extern_kind kind;
    uint32_t type_index; /* FUNC */
    struct wasm_table table;
    struct wasm_memory_type memory;
    struct wasm_global global;
    struct wasm_tag tag;
};

enum status MUST_CHECK wasm_read_extern_type(const struct wasm_module *module,
                                             struct wasm_cursor *cursor,
                                             struct wasm_extern_type *out_type);

#endif

/*
 * core/wasm/module.h: a decoded and validated module.
 *
 * Everything here is immutable after wasm_module_load and lives in the module's arena; names,
 * bodies and data point into the input, which must outlive the module. Index spaces count imports
 * first, as in the binary format. `offset` is always a byte offset in the input.
 */
#ifndef AETHER_WASM_MODULE_H
#define AETHER_WASM_MODULE_H

#include "core/base/arena.h"
#include "core/base/report.h"
#include "core/wasm/type.h"

struct wasm_import {
    struct bytes module;
    struct bytes name;
    enum wasm_extern_kind kind;
    uint32_t index; /* in the index space of its kind */
    uint64_t offset;
};

struct wasm_export {
    struct bytes name;
    enum wasm_extern_kind kind;
    uint32_t index;
    uint64_t offset;
};

/* A constant expression, validated; `code` runs from its first byte to and with its `end`. */
struct wasm_const_expr {
    struct bytes code;
    uint64_t offset;
};

struct wasm_func {
    uint32_t type_index;
    bool is_import : 1;
    bool is_declared : 1;      /* may be named by ref.func */
    bool has_try : 1;          /* known after validation, as is max_nesting */
    uint32_t max_nesting : 29; /* open blocks at most, the function's own frame included */
    struct bytes body;         /* locals and code, without the size; empty for imports */
    uint64_t body_offset;      /* of body.data[0] in the input */
    /* Known after validation: */
    uint32_t local_count; /* params and locals */
    uint32_t local_slots; /* the same in slots */
    uint32_t max_height;  /* greatest operand height, in slots; dead code counts, too */
    uint32_t op_count;    /* operators in the body */
};

struct wasm_table {
    uint32_t type; /* reference type */
    struct wasm_limits limits;
    bool is_import;
    bool has_init;
    struct wasm_const_expr init; /* what its elements are at first; without: null */
};

struct wasm_memory_type {
    struct wasm_limits limits; /* in pages */
    bool is_import;
    uint8_t page_log2; /* 0 or 16 */
};

struct wasm_global {
    uint32_t type;
    uint32_t slot; /* globals' slots, in order of their indices; a v128 has two */
    bool is_mutable;
    bool is_import;
    struct wasm_const_expr init;
};

struct wasm_tag {
    uint32_t type_index; /* of a function type without results: what an exception carries */
    bool is_import;
};

enum wasm_segment_mode { WASM_SEGMENT_ACTIVE, WASM_SEGMENT_PASSIVE, WASM_SEGMENT_DECLARED };

struct wasm_elem {
    uint32_t type;
    enum wasm_segment_mode mode;
    uint32_t table;
    uint32_t count;
    struct wasm_const_expr start; /* active only */
    bool is_exprs;
    struct bytes items; /* raw: LEB function indices, or constant expressions one after another */
    uint64_t items_offset; /* of items.data[0] */
};

struct wasm_data {
    enum wasm_segment_mode mode;
    uint32_t memory;
    struct wasm_const_expr start;
    struct bytes init;
};

/* What a module may have besides WebAssembly 3.0. */
struct wasm_features {
    bool legacy_exceptions; /* try, catch, catch_all, delegate, rethrow */
};

struct wasm_module {
    struct bytes input;
    struct wasm_features features;
    uint32_t type_count, import_count, func_count, table_count, memory_count, global_count;
    uint32_t export_count, elem_count, data_count, tag_count;
    uint32_t import_func_count, import_table_count, import_memory_count, import_global_count;
    uint32_t import_tag_count;
    uint32_t global_slots; /* of all globals together */
    struct wasm_type *types;
    struct wasm_import *imports;
    struct wasm_func *funcs;
    struct wasm_table *tables;
    struct wasm_memory_type *memories;
    struct wasm_global *globals;
    struct wasm_tag *tags;
    struct wasm_export *exports;
    struct wasm_elem *elems;
    struct wasm_data *datas;
    bool has_start;
    uint32_t start;
    bool has_data_count;
    uint64_t pairs_left;       /* of types that validation may still compare for subtyping */
    uint64_t carried;          /* of WASM_LIMIT_CARRIED */
    uint32_t const_height;     /* most slots that a constant expression takes */
    struct bytes name_section; /* contents of the "name" custom section; may be broken or empty */
};

/* Decodes and validates all of `input`. On failure `report` names the offset and both arenas are as
 * they were. MALFORMED, INVALID, LIMIT, UNSUPPORTED, TRUNCATED, NO_MEMORY.
 *
 * Memory: what the module keeps comes from `module_arena`: at most 24 bytes for each byte of input
 * and 1 KiB. Temporary tables come from `scratch` and are rewound: at most 8 bytes for each byte of
 * input and 64 KiB, and besides for one body at a time what its blocks and operands need: 128 bytes
 * for each level of nesting (a level is two bytes of input) and 8 for each operand, which limits.h
 * bounds by 9 MiB together. The two may be one arena. Time is linear in the input, but for the
 * sorting of types and exports. */
enum status MUST_CHECK wasm_module_load(struct bytes input, struct arena *module_arena,
                                        struct arena *scratch, struct wasm_module **out_module,
                                        struct report *report);

/* The same for a module that may have more than the standard. */
enum status MUST_CHECK wasm_module_load_with(struct bytes input, struct wasm_features features,
                                             struct arena *module_arena, struct arena *scratch,
                                             struct wasm_module **out_module,
                                             struct report *report);

/* NULL when there is no such export. */
const struct wasm_export *wasm_module_find_export(const struct wasm_module *module,
                                                  struct bytes name);

ALWAYS_INLINE const struct wasm_func_type *wasm_module_tag_type(const struct wasm_module *module,
                                                                uint32_t tag)
{
    return &module->types[module->tags[tag].type_index].func;
}

ALWAYS_INLINE const struct wasm_func_type *wasm_module_func_type(const struct wasm_module *module,
                                                                 uint32_t func)
{
    return &module->types[module->funcs[func].type_index].func;
}

/* What struct.new takes, packed fields as i32: one list of value types. Of a module's types only:
 * it stands behind the fields. */
ALWAYS_INLINE const uint32_t *wasm_struct_operands(const struct wasm_struct_type *type)
{
    return (const uint32_t *)(const void *)(type->fields + type->field_count);
}

/* The canonical type of a function: what a reference to it is of. */
ALWAYS_INLINE uint32_t wasm_module_func_canonical(const struct wasm_module *module, uint32_t func)
{
    return module->types[module->funcs[func].type_index].canonical;
}

#endif

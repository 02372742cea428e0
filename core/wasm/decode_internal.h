/*
 * core/wasm/decode_internal.h: the decoder of modules, for the decode*.c files only.
 *
 * Two steps: the frame of sections is read first (decode_sections.c), so that every subject knows
 * what the others announce; then each subject reads its section, in the order of the index spaces.
 */
#ifndef AETHER_WASM_DECODE_INTERNAL_H
#define AETHER_WASM_DECODE_INTERNAL_H

#include "core/wasm/cursor.h"
#include "core/wasm/module.h"

enum wasm_section_id {
    WASM_SECTION_CUSTOM = 0,
    WASM_SECTION_TYPE = 1,
    WASM_SECTION_IMPORT = 2,
    WASM_SECTION_FUNCTION = 3,
    WASM_SECTION_TABLE = 4,
    WASM_SECTION_MEMORY = 5,
    WASM_SECTION_GLOBAL = 6,
    WASM_SECTION_EXPORT = 7,
    WASM_SECTION_START = 8,
    WASM_SECTION_ELEMENT = 9,
    WASM_SECTION_CODE = 10,
    WASM_SECTION_DATA = 11,
    WASM_SECTION_DATA_COUNT = 12,
    WASM_SECTION_TAG = 13,
    WASM_SECTION_COUNT,
};

struct wasm_decoder {
    struct wasm_module *module;
    struct arena *module_arena;
    struct arena *scratch;
    struct report *report;
    /* At each section's contents; an absent one is empty and stands at the end of the input. The
     * sections that follow imports in an index space stand behind their count once that is
     * read. */
    struct wasm_cursor sections[WASM_SECTION_COUNT];
    uint32_t present;                 /* bit n: section n occurs */
    struct wasm_reader *const_reader; /* of constant expressions; made by the first */
};

ALWAYS_INLINE bool wasm_decoder_has(const struct wasm_decoder *decoder, enum wasm_section_id id)
{
    return (decoder->present >> id & 1) != 0;
}

/* `count` items that live as long as the module, for what stands at `where`. */
enum status MUST_CHECK wasm_decoder_alloc(struct wasm_decoder *decoder,
                                          const struct wasm_cursor *where, size_t count,
                                          size_t item_size, size_t alignment, void **out_items);

/* The section has been read to its last byte. */
enum status MUST_CHECK wasm_decoder_close(const struct wasm_cursor *section);

/* decode_sections.c: header, frames, order, custom sections. */
enum status MUST_CHECK wasm_decode_sections(struct wasm_decoder *decoder);

/* const_validate.c: the constant expression at the cursor is valid: of type `type`, seeing the
 * first `global_count` globals. Functions that it names count as declared. */
enum status MUST_CHECK wasm_decode_const_expr(struct wasm_decoder *decoder,
                                              struct wasm_cursor *cursor, uint32_t type,
                                              uint32_t global_count,
                                              struct wasm_const_expr *out_expr);

/* decode_types.c */
enum status MUST_CHECK wasm_decode_types(struct wasm_decoder *decoder);

/* decode_imports.c: the first pass counts and checks, the second fills the index spaces. */
enum status MUST_CHECK wasm_decode_imports(struct wasm_decoder *decoder);
void wasm_decode_imports_again(struct wasm_decoder *decoder, struct wasm_cursor section);

/* decode_spaces.c: counts of the index spaces, their arrays, their imported part. */
enum status MUST_CHECK wasm_decode_spaces(struct wasm_decoder *decoder);

/* decode_funcs.c: the function and the code section; bodies are only cut out. Their count is
 * compared before the space of functions is made: a function without a body is one byte only. */
enum status MUST_CHECK wasm_decode_body_count(struct wasm_decoder *decoder, uint32_t defined);
enum status MUST_CHECK wasm_decode_funcs(struct wasm_decoder *decoder);
enum status MUST_CHECK wasm_decode_bodies(struct wasm_decoder *decoder);

/* decode_limits.c: forms; the greatest numbers are rules of the types. */
enum status MUST_CHECK wasm_decode_table_limits(struct wasm_cursor *cursor,
                                                struct wasm_limits *out_limits);
enum status MUST_CHECK wasm_decode_memory_limits(struct wasm_cursor *cursor,
                                                 struct wasm_memory_type *out_memory);

/* decode_tables.c: tables and memories. */
enum status MUST_CHECK wasm_decode_table_type(const struct wasm_module *module,
                                              struct wasm_cursor *cursor,
                                              struct wasm_table *out_table);
enum status MUST_CHECK wasm_decode_memory_type(struct wasm_cursor *cursor,
                                               struct wasm_memory_type *out_memory);
enum status MUST_CHECK wasm_decode_tables(struct wasm_decoder *decoder);
enum status MUST_CHECK wasm_decode_memories(struct wasm_decoder *decoder);

/* decode_tags.c */
enum status MUST_CHECK wasm_decode_tag_type(const struct wasm_module *module,
                                            struct wasm_cursor *cursor, struct wasm_tag *out_tag);
enum status MUST_CHECK wasm_decode_tags(struct wasm_decoder *decoder);

/* decode_globals.c */
void wasm_decode_place_global(struct wasm_module *module, uint32_t index);
enum status MUST_CHECK wasm_decode_global_type(const struct wasm_module *module,
                                               struct wasm_cursor *cursor,
                                               struct wasm_global *out_global);
enum status MUST_CHECK wasm_decode_globals(struct wasm_decoder *decoder);

/* decode_exports.c: exports and the start function. */
enum status MUST_CHECK wasm_decode_exports(struct wasm_decoder *decoder);
enum status MUST_CHECK wasm_decode_start(struct wasm_decoder *decoder);

/* decode_elems.c, decode_datas.c */
enum status MUST_CHECK wasm_decode_elems(struct wasm_decoder *decoder);
enum status MUST_CHECK wasm_decode_data_count(struct wasm_decoder *decoder);
enum status MUST_CHECK wasm_decode_datas(struct wasm_decoder *decoder);

#endif

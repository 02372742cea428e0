/*
 * core/component/decode.h: the decoder of components, for the decode*.c and section.c files only.
 *
 * Sections are read in their order, item by item; each item is read, checked and pushed before the
 * next. One function per kind of item; all stand at the item in `cursor` and leave behind it.
 */
#ifndef AETHER_COMPONENT_DECODE_H
#define AETHER_COMPONENT_DECODE_H

#include "core/component/scope.h"

#define COMPONENT_HEADER_LEN 8u

enum component_section_id {
    COMPONENT_SECTION_CUSTOM = 0,
    COMPONENT_SECTION_CORE_MODULE = 1,
    COMPONENT_SECTION_CORE_INSTANCE = 2,
    COMPONENT_SECTION_CORE_TYPE = 3,
    COMPONENT_SECTION_COMPONENT = 4,
    COMPONENT_SECTION_INSTANCE = 5,
    COMPONENT_SECTION_ALIAS = 6,
    COMPONENT_SECTION_TYPE = 7,
    COMPONENT_SECTION_CANON = 8,
    COMPONENT_SECTION_START = 9,
    COMPONENT_SECTION_IMPORT = 10,
    COMPONENT_SECTION_EXPORT = 11,
    COMPONENT_SECTION_VALUE = 12,
    COMPONENT_SECTION_COUNT,
};

typedef enum status component_item_fn(struct component_decoder *decoder,
                                      struct component_scope *scope, struct wasm_cursor *cursor);

/* section.c: the component that `cursor` spans, header included, in `parent` (NULL: outermost). */
enum status MUST_CHECK component_decode(struct component_decoder *decoder,
                                        struct component_scope *parent, struct wasm_cursor cursor,
                                        const struct component **out_component);

/* A vector's count: LIMIT over `limit`, MALFORMED when the bytes left can not hold it. */
enum status MUST_CHECK component_read_count(struct wasm_cursor *cursor, uint32_t limit,
                                            uint32_t *out_count);

/* A byte that is `expected`, or a refusal that names it as `what`. */
enum status MUST_CHECK component_read_exact(struct wasm_cursor *cursor, uint8_t expected,
                                            const char *sentence);

/* Refusal of the byte before the cursor; `sentence` has a '%' for it. */
enum status component_refuse_byte(const struct wasm_cursor *cursor, uint8_t byte,
                                  const char *sentence);

/* UNSUPPORTED: `sentence` is "unsupported: " and what it is. */
enum status component_refuse_feature(struct component_decoder *decoder, uint64_t offset,
                                     const char *sentence);

/* decode_core.c */
enum status MUST_CHECK component_decode_core_module(struct component_decoder *decoder,
                                                    struct component_scope *scope,
                                                    struct wasm_cursor contents);
component_item_fn component_decode_core_instance;
component_item_fn component_decode_core_type;

/* decode_sort.c: a sort; component sorts, and core ones behind a zero byte. */
enum status MUST_CHECK component_read_core_sort(struct wasm_cursor *cursor,
                                                enum component_sort *out_sort);
enum status MUST_CHECK component_read_sort(struct component_decoder *decoder,
                                           struct wasm_cursor *cursor,
                                           enum component_sort *out_sort);
/* Sort and index of what can be an argument and an export. */
enum status MUST_CHECK component_read_sort_index(struct component_decoder *decoder,
                                                 struct component_scope *scope,
                                                 struct wasm_cursor *cursor,
                                                 enum component_sort *out_sort, uint32_t *out_index,
                                                 struct component_definition *out_definition);

/* Can it be imported and exported? */
bool component_sort_is_extern(enum component_sort sort);
/* No two arguments of an instantiation have the same name. */
enum status MUST_CHECK component_check_arguments(struct component_decoder *decoder,
                                                 const struct component_item *items,
                                                 uint32_t count);

/* decode_instance.c, decode_alias.c */
component_item_fn component_decode_instance;
component_item_fn component_decode_alias;

/* decode_name.c: a name with its attributes (Binary.md "nameattributes"). */
struct component_extern_label {
    struct bytes name;
    struct bytes implements; /* data NULL: no such attribute */
    uint64_t offset;
};
enum status MUST_CHECK component_read_label(struct component_decoder *decoder,
                                            struct wasm_cursor *cursor,
                                            struct component_extern_label *out_label);
/* The attributes are allowed on what has the name. */
enum status MUST_CHECK component_check_label(struct component_decoder *decoder,
                                             const struct component_extern_label *label,
                                             enum component_sort sort);

/* decode_extern.c: imports and exports, as definitions and as declarations of types. */
enum status MUST_CHECK component_read_extern_type(struct component_decoder *decoder,
                                                  struct component_scope *scope,
                                                  struct wasm_cursor *cursor,
                                                  struct component_extern_type *out_type);
component_item_fn component_decode_import;
component_item_fn component_decode_export;
component_item_fn component_decode_export_declaration;

/* decode_value_type.c */
enum status MUST_CHECK component_read_value_type(struct component_decoder *decoder,
                                                 const struct component_scope *scope,
                                                 struct wasm_cursor *cursor,
                                                 const struct component_type **out_type);
/* `opcode` has been read: what defines a value type. */
enum status MUST_CHECK component_read_defined_type(struct component_decoder *decoder,
                                                   const struct component_scope *scope,
                                                   struct wasm_cursor *cursor, uint8_t opcode,
                                                   const struct component_type **out_type);
/* Params and result. */
enum status MUST_CHECK component_read_func_type(struct component_decoder *decoder,
                                                const struct component_scope *scope,
                                                struct wasm_cursor *cursor, bool is_async,
                                                const struct component_func_type **out_type);
/* A result list; *out_type NULL: without result. */
enum status MUST_CHECK component_read_result(struct component_decoder *decoder,
                                             const struct component_scope *scope,
                                             struct wasm_cursor *cursor,
                                             const struct component_type **out_type);

/* decode_type.c */
component_item_fn component_decode_type;

/* decode_canon.c */
component_item_fn component_decode_canon;

#endif

/*
 * core/component/decode_canon.h: canonical definitions, for decode_canon*.c and validate_canon.c.
 */
#ifndef AETHER_COMPONENT_DECODE_CANON_H
#define AETHER_COMPONENT_DECODE_CANON_H

#include "core/component/decode.h"

/* The options of one definition. */
struct component_canon {
    bool is_lift;
    bool is_async, has_callback; /* gated */
    struct component_canon_options options;
    uint32_t realloc_type, post_return_type; /* core function types of those that are given */
};

/* decode_canon_options.c: at most one of each, of the right sorts; `canon->is_lift` is set. */
enum status MUST_CHECK component_read_canon_options(struct component_decoder *decoder,
                                                    struct component_scope *scope,
                                                    struct wasm_cursor *cursor,
                                                    struct component_canon *canon);

/* decode_canon_table.c: reads the operands, then UNSUPPORTED; MALFORMED: no such function. */
enum status component_refuse_canon(struct component_decoder *decoder, struct component_scope *scope,
                                   struct wasm_cursor *cursor, uint8_t opcode);

/* validate_canon.c: CanonicalABI.md "canon lift" and "canon lower". */
enum status MUST_CHECK component_check_lift(struct component_decoder *decoder,
                                            const struct component_func_type *type,
                                            uint32_t core_type, const struct component_canon *canon,
                                            uint64_t offset);
enum status MUST_CHECK component_check_lower(struct component_decoder *decoder,
                                             const struct component_func_type *type,
                                             const struct component_canon *canon, uint64_t offset,
                                             uint32_t *out_core_type);

#endif

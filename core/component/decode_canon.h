/*
 * core/component/decode_canon.h: canonical definitions, for decode_canon*.c and validate_canon.c.
 */
#ifndef AETHER_COMPONENT_DECODE_CANON_H
#define AETHER_COMPONENT_DECODE_CANON_H

#include "core/component/decode.h"

/* The options of one definition. */
struct component_canon {
    bool is_lift;
    struct component_canon_options options;
    /* core function types of those that are given */
    uint32_t realloc_type, post_return_type, callback_type;
};

/* decode_canon_options.c: at most one of each, of the right sorts; `canon->is_lift` is set. */
enum status MUST_CHECK component_read_canon_options(struct component_decoder *decoder,
                                                    struct component_scope *scope,
                                                    struct wasm_cursor *cursor,
                                                    struct component_canon *canon);

/* The index of a memory that the canonical ABI may use. */
enum status MUST_CHECK component_read_canon_memory(struct component_decoder *decoder,
                                                   struct component_scope *scope,
                                                   struct wasm_cursor *cursor,
                                                   struct component_canon *canon);

/* decode_canon_table.c: operands of what is not of WASI 0.2, and what they make of `step`;
 * UNSUPPORTED without links_async; MALFORMED: no such function. */
enum status MUST_CHECK component_decode_builtin(struct component_decoder *decoder,
                                                struct component_scope *scope,
                                                struct wasm_cursor *cursor, uint8_t opcode,
                                                struct component_step *step);

/* validate_canon.c: CanonicalABI.md "canon lift" and "canon lower". */
enum status MUST_CHECK component_check_lift(struct component_decoder *decoder,
                                            const struct component_func_type *type,
                                            uint32_t core_type, const struct component_canon *canon,
                                            uint64_t offset);
enum status MUST_CHECK component_check_lower(struct component_decoder *decoder,
                                             const struct component_func_type *type,
                                             const struct component_canon *canon, uint64_t offset,
                                             uint32_t *out_core_type);
/* The options of a built-in: `type` is its stream or future, `result` that of task.return. */
enum status MUST_CHECK component_check_builtin(struct component_decoder *decoder,
                                               const struct component_builtin *builtin,
                                               const struct component_type *type,
                                               const struct component_type *result,
                                               const struct component_canon *canon,
                                               const struct component_core_signature *signature,
                                               uint64_t offset);

#endif

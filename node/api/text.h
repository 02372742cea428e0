/*
 * node/api/text.h: JSON text for replies, piece by piece into memory that grows.
 *
 * The first piece that does not fit makes the rest no-ops; `status` says so at the end.
 */
#ifndef AETHER_NODE_API_TEXT_H
#define AETHER_NODE_API_TEXT_H

#include "node/api/memory.h"

struct api_out {
    struct api_memory *memory;
    enum status status;
};

void api_out_bytes(struct api_out *out, struct bytes bytes);
void api_out_word(struct api_out *out, const char *word);
void api_out_number(struct api_out *out, uint64_t number);
/* With quotes, escaped; `text` is UTF-8. */
void api_out_string(struct api_out *out, struct bytes text);
void api_out_hex(struct api_out *out, struct bytes bytes);                 /* with quotes */
void api_out_base64(struct api_out *out, struct bytes bytes, bool is_url); /* with quotes */

/* ,"key": before every field but the first of an object or array. */
void api_out_key(struct api_out *out, const char *key, bool is_first);

/* A frame: its length, then `json`; or {"tag":[..]} with the bytes of `text` as numbers. `frame` is
 * empty before. LIMIT: longer than `frame_max`. */
enum status MUST_CHECK api_frame_plain(struct bytes json, uint32_t frame_max,
                                       struct api_memory *frame);
enum status MUST_CHECK api_frame_tagged(const char *tag, struct bytes text, uint32_t frame_max,
                                        struct api_memory *frame);

#endif

/*
 * node/api/base64.h: base64 (RFC 4648) in pieces, strict: the standard alphabet with padding, or
 * that of URLs without.
 */
#ifndef AETHER_NODE_API_BASE64_H
#define AETHER_NODE_API_BASE64_H

#include "node/api/memory.h"

struct api_base64 {
    bool is_url;
    uint8_t count;   /* characters of the group that is open */
    uint8_t padding; /* "=" that came */
    uint32_t group;
};

/* MALFORMED: not base64; or what the memory says. */
enum status MUST_CHECK api_base64_feed(struct api_base64 *base64, struct bytes piece,
                                       struct api_memory *out);
/* MALFORMED: it ends within a group, or its last bits are not zero. */
enum status MUST_CHECK api_base64_finish(struct api_base64 *base64, struct api_memory *out);

#define API_BASE64_LEN(len) (((len) + 2) / 3 * 4)

/* All of `in`; returns how long it became. `out` has room for API_BASE64_LEN(in.len). */
size_t api_base64_encode(struct bytes in, bool is_url, uint8_t *out);

#endif

/*
 * node/attest/der.h: the little of DER (X.690) that evidence needs: definite, shortest lengths up
 * to 65,535, one-byte tags.
 */
#ifndef AETHER_NODE_ATTEST_DER_H
#define AETHER_NODE_ATTEST_DER_H

#include "core/base/bytes.h"

#define DER_OCTET_STRING 0x04u
#define DER_OID          0x06u
#define DER_SEQUENCE     0x30u

/* Splits one element with this tag off the front. `out_content` is inside of it, `out_all` (may be
 * NULL) all of it. On failure nothing changes: TRUNCATED, or MALFORMED for another tag or a length
 * that is longer than it must be. */
enum status MUST_CHECK der_take(struct bytes *input, uint8_t tag, struct bytes *out_content,
                                struct bytes *out_all);

/* What stands in `out` from `start` on becomes the content of an element. NO_MEMORY: no room;
 * LIMIT: longer than 65,535. */
enum status MUST_CHECK der_wrap(struct buffer *out, size_t start, uint8_t tag);

/* Appends an element. */
enum status MUST_CHECK der_put(struct buffer *out, uint8_t tag, struct bytes content);

#endif

/*
 * core/base/bytes.h: a borrowed run of bytes, and numbers to and from bytes.
 *
 * Pointer and length travel together. Lengths are compared, pointers past the end never formed.
 * All wire and disk formats are little-endian and read field by field through load_le*.
 */
#ifndef AETHER_BASE_BYTES_H
#define AETHER_BASE_BYTES_H

#include <string.h>

#include "core/base/status.h"

struct bytes {
    const uint8_t *data;
    size_t len;
};

/* A caller's run of bytes to be filled from the front; `len` never passes `cap`. */
struct buffer {
    uint8_t *data;
    size_t len;
    size_t cap;
};

ALWAYS_INLINE struct bytes bytes_of(const void *data, size_t len)
{
    return (struct bytes){data, len};
}

#define BYTES_LITERAL(text) ((struct bytes){(const uint8_t *)(text), sizeof(text) - 1})

ALWAYS_INLINE bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* All of it is looked at, whatever stands where. */
static inline bool bytes_are_zero(struct bytes bytes)
{
    uint8_t any = 0;
    for (size_t i = 0; i < bytes.len; i++)
        any |= bytes.data[i];
    return any == 0;
}

/* Splits the first `len` bytes off `*input`. On failure neither argument changes. */
static inline enum status MUST_CHECK bytes_take(struct bytes *input, size_t len,
                                                struct bytes *out_head)
{
    if (len > input->len)
        return STATUS_TRUNCATED;
    *out_head = (struct bytes){input->data, len};
    input->data += len;
    input->len -= len;
    return STATUS_OK;
}

/* Appends, or changes nothing and says NO_MEMORY. */
static inline enum status MUST_CHECK buffer_append(struct buffer *buffer, struct bytes tail)
{
    if (tail.len > buffer->cap - buffer->len)
        return STATUS_NO_MEMORY;
    if (tail.len != 0)
        memcpy(buffer->data + buffer->len, tail.data, tail.len);
    buffer->len += tail.len;
    return STATUS_OK;
}

ALWAYS_INLINE struct bytes buffer_bytes(const struct buffer *buffer)
{
    return (struct bytes){buffer->data, buffer->len};
}

ALWAYS_INLINE uint16_t load_le16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

ALWAYS_INLINE uint32_t load_le32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

ALWAYS_INLINE uint64_t load_le64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

ALWAYS_INLINE void store_le32(uint8_t *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}

ALWAYS_INLINE void store_le64(uint8_t *p, uint64_t v)
{
    memcpy(p, &v, sizeof v);
}

/* Zeroes memory; the compiler may not leave it out. */
void memory_wipe(void *memory, size_t len);

/* The same for long memory most of which is zero already: what is zero is read, not written, so
 * that pages that nobody ever touched stay no pages. How many bytes were in pieces that were not
 * zero. */
size_t memory_wipe_sparse(void *memory, size_t len);

#endif

/*
 * node/attest/der.c: see der.h.
 */
#include "node/attest/der.h"

/* The length behind the tag, and how many bytes it and the tag take. */
static enum status read_length(struct bytes input, size_t *out_len, size_t *out_head)
{
    if (input.len < 2)
        return STATUS_TRUNCATED;
    const uint8_t first = input.data[1];
    const size_t more = first < 0x80 ? 0 : first - 0x80u;
    if (more > 2 || first == 0x80)
        return STATUS_MALFORMED;
    if (input.len - 2 < more)
        return STATUS_TRUNCATED;
    size_t len = first;
    if (more == 1)
        len = input.data[2];
    else if (more == 2)
        len = (size_t)input.data[2] << 8 | input.data[3];
    if ((more == 1 && len < 0x80) || (more == 2 && len < 0x100))
        return STATUS_MALFORMED;
    *out_len = len;
    *out_head = 2 + more;
    return STATUS_OK;
}

enum status der_take(struct bytes *input, uint8_t tag, struct bytes *out_content,
                     struct bytes *out_all)
{
    size_t len, head;
    const enum status status = read_length(*input, &len, &head);
    if (status != STATUS_OK)
        return status;
    if (input->data[0] != tag)
        return STATUS_MALFORMED;
    if (len > input->len - head)
        return STATUS_TRUNCATED;
    *out_content = bytes_of(input->data + head, len);
    if (out_all != NULL)
        *out_all = bytes_of(input->data, head + len);
    *input = bytes_of(input->data + head + len, input->len - head - len);
    return STATUS_OK;
}

enum status der_wrap(struct buffer *out, size_t start, uint8_t tag)
{
    const size_t len = out->len - start;
    if (len > 0xffff)
        return STATUS_LIMIT;
    uint8_t head[4] = {tag, (uint8_t)len};
    size_t head_len = 2;
    if (len >= 0x100) {
        head[1] = 0x82;
        head[2] = (uint8_t)(len >> 8);
        head[3] = (uint8_t)len;
        head_len = 4;
    } else if (len >= 0x80) {
        head[1] = 0x81;
        head[2] = (uint8_t)len;
        head_len = 3;
    }
    if (head_len > out->cap - out->len)
        return STATUS_NO_MEMORY;
    memmove(out->data + start + head_len, out->data + start, len);
    memcpy(out->data + start, head, head_len);
    out->len += head_len;
    return STATUS_OK;
}

enum status der_put(struct buffer *out, uint8_t tag, struct bytes content)
{
    const size_t start = out->len;
    const enum status status = buffer_append(out, content);
    return status != STATUS_OK ? status : der_wrap(out, start, tag);
}

/*
 * node/attest/oid.c: dotted decimal to base 128. Numbers are as long as a UUID's, so they are kept
 * as digits to the base of 128 and never as a machine word.
 */
#include "node/attest/oid.h"

#define GROUPS_MAX 24u /* of 7 bits: more than 2^128 and forty twice */

struct arc {
    uint8_t groups[GROUPS_MAX]; /* least first */
    size_t count;
};

/* arc = arc * factor + term. */
static enum status grow(struct arc *arc, uint32_t factor, uint32_t term)
{
    uint32_t carry = term;
    for (size_t i = 0; i < arc->count; i++) {
        carry += arc->groups[i] * factor;
        arc->groups[i] = (uint8_t)(carry & 0x7f);
        carry >>= 7;
    }
    while (carry != 0) {
        if (arc->count == GROUPS_MAX)
            return STATUS_LIMIT;
        arc->groups[arc->count++] = (uint8_t)(carry & 0x7f);
        carry >>= 7;
    }
    return STATUS_OK;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* One number off the front of `*text`, and the dot behind it. */
static enum status take_arc(struct bytes *text, struct arc *out_arc, bool *out_has_more)
{
    struct arc arc = {.count = 0};
    size_t at = 0;
    while (at < text->len && is_digit(text->data[at])) {
        enum status status = grow(&arc, 10, (uint32_t)(text->data[at] - '0'));
        if (status != STATUS_OK)
            return status;
        at++;
    }
    const bool has_dot = at < text->len && text->data[at] == '.';
    if (at == 0 || (at > 1 && text->data[0] == '0') || (at != text->len && !has_dot))
        return STATUS_INVALID;
    *text = bytes_of(text->data + at + has_dot, text->len - at - has_dot);
    *out_arc = arc;
    *out_has_more = has_dot;
    return STATUS_OK;
}

static enum status put_arc(const struct arc *arc, struct buffer *out)
{
    uint8_t der[GROUPS_MAX] = {0};
    const size_t count = arc->count == 0 ? 1 : arc->count;
    for (size_t i = 0; i < count; i++)
        der[i] = (uint8_t)(arc->groups[count - 1 - i] | (i + 1 < count ? 0x80 : 0));
    return buffer_append(out, bytes_of(der, count)) == STATUS_OK ? STATUS_OK : STATUS_LIMIT;
}

enum status attest_oid_encode(struct bytes dotted, struct buffer *out)
{
    struct arc first, arc;
    bool has_more;
    if (dotted.len > ATTEST_OID_TEXT_MAX)
        return STATUS_LIMIT;
    enum status status = take_arc(&dotted, &first, &has_more);
    if (status != STATUS_OK)
        return status;
    const uint32_t top = first.count == 0 ? 0 : first.groups[0];
    if (first.count > 1 || top > 2 || !has_more)
        return STATUS_INVALID;
    status = take_arc(&dotted, &arc, &has_more);
    if (status != STATUS_OK)
        return status;
    if (top < 2 && (arc.count > 1 || (arc.count == 1 && arc.groups[0] > 39)))
        return STATUS_INVALID;
    status = grow(&arc, 1, top * 40); /* the two first are one number */
    while (status == STATUS_OK) {
        status = put_arc(&arc, out);
        if (status != STATUS_OK || !has_more)
            return status;
        status = take_arc(&dotted, &arc, &has_more);
    }
    return status;
}

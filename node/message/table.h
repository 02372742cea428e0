/*
 * node/message/table.h: types.h as a table, for the codec. For this folder only.
 */
#ifndef AETHER_NODE_MESSAGE_TABLE_H
#define AETHER_NODE_MESSAGE_TABLE_H

#include "node/message/message.h"

enum message_field_kind { MESSAGE_FIELD_U, MESSAGE_FIELD_B, MESSAGE_FIELD_T, MESSAGE_FIELD_D };

struct message_field {
    const char *name;
    enum message_field_kind kind;
    size_t offset; /* in the struct: uint64_t or struct bytes */
    size_t least, most;
};

struct message_layout {
    const char *name;
    enum message_type type;
    uint32_t fds;
    size_t size; /* of the struct */
    uint32_t field_count;
    const struct message_field *fields;
};

/* NULL: there is none of this number. */
const struct message_layout *message_layout_of(uint64_t type);

/* NULL: no message of this type has a body. */
const struct message_field *message_body_field(const struct message_layout *layout);

ALWAYS_INLINE struct bytes message_bytes(const void *message, const struct message_field *field)
{
    struct bytes bytes;
    memcpy(&bytes, (const uint8_t *)message + field->offset, sizeof bytes);
    return bytes;
}

/* As message_encode; a body longer than `inline_max` is left out, and its length stands there. */
enum status MUST_CHECK message_encode_most(enum message_type type, const void *message,
                                           size_t inline_max, struct buffer *out);

#endif

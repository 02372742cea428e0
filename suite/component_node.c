/*
 * suite/component_node.c: nodes of component values on the wire.
 */
#include "suite/component_node.h"

/* What stands behind the kind. */
struct shape {
    bool has_text, has_flag, has_count;
    uint8_t number_bytes;
    uint8_t children; /* always */
};

static struct shape shape_of(enum suite_node_kind kind)
{
    switch (kind) {
    case SUITE_NODE_BOOL:
        return (struct shape){.number_bytes = 1};
    case SUITE_NODE_STRING:
    case SUITE_NODE_ENUM:
    case SUITE_NODE_LABEL:
        return (struct shape){.has_text = true};
    case SUITE_NODE_LIST:
    case SUITE_NODE_TUPLE:
    case SUITE_NODE_RECORD:
    case SUITE_NODE_FLAGS:
        return (struct shape){.has_count = true};
    case SUITE_NODE_FIELD:
        return (struct shape){.has_text = true, .children = 1};
    case SUITE_NODE_VARIANT:
        return (struct shape){.has_text = true, .has_flag = true};
    case SUITE_NODE_NONE:
        return (struct shape){0};
    case SUITE_NODE_SOME:
        return (struct shape){.children = 1};
    case SUITE_NODE_OK:
    case SUITE_NODE_ERROR:
        return (struct shape){.has_flag = true};
    default:
        return (struct shape){.number_bytes = 8};
    }
}

/* A number of `width` bytes: 1, 4 or 8. */
static enum status take_number(struct bytes *rest, size_t width, uint64_t *out_number)
{
    struct bytes wire;
    if (bytes_take(rest, width, &wire) != STATUS_OK)
        return STATUS_TRUNCATED;
    *out_number = width == 8   ? load_le64(wire.data)
                  : width == 4 ? load_le32(wire.data)
                               : wire.data[0];
    return STATUS_OK;
}

static enum status take_text(struct bytes *rest, struct bytes *out_text)
{
    uint64_t len = 0;
    enum status status = take_number(rest, 4, &len);
    return status == STATUS_OK ? bytes_take(rest, (size_t)len, out_text) : status;
}

enum status suite_node_read(struct bytes *rest, struct suite_node *out_node)
{
    uint64_t kind = 0, number = 0;
    struct suite_node node = {0};
    enum status status = take_number(rest, 1, &kind);
    if (status == STATUS_OK && (kind == SUITE_NODE_UNREAD || kind > SUITE_NODE_ERROR))
        return STATUS_MALFORMED;
    node.kind = (enum suite_node_kind)kind;
    struct shape shape = shape_of(node.kind);
    if (status == STATUS_OK && shape.number_bytes != 0)
        status = take_number(rest, shape.number_bytes, &node.bits);
    if (status == STATUS_OK && shape.has_text)
        status = take_text(rest, &node.text);
    if (status == STATUS_OK && shape.has_flag)
        status = take_number(rest, 1, &number);
    if (status == STATUS_OK && number > 1)
        return STATUS_MALFORMED;
    if (status == STATUS_OK && shape.has_count)
        status = take_number(rest, 4, &number);
    node.children = shape.children + (uint32_t)number;
    if (status == STATUS_OK)
        *out_node = node;
    return status;
}

static enum status put_number(struct buffer *buffer, size_t width, uint64_t number)
{
    uint8_t wire[8];
    store_le64(wire, number);
    return buffer_append(buffer, bytes_of(wire, width));
}

enum status suite_node_write(struct buffer *buffer, const struct suite_node *node)
{
    struct shape shape = shape_of(node->kind);
    if (node->text.len > UINT32_MAX)
        return STATUS_NO_MEMORY;
    enum status status = put_number(buffer, 1, node->kind);
    if (status == STATUS_OK && shape.number_bytes != 0)
        status = put_number(buffer, shape.number_bytes, node->bits);
    if (status == STATUS_OK && shape.has_text)
        status = put_number(buffer, 4, node->text.len);
    if (status == STATUS_OK && shape.has_text)
        status = buffer_append(buffer, node->text);
    if (status == STATUS_OK && shape.has_flag)
        status = put_number(buffer, 1, node->children);
    if (status == STATUS_OK && shape.has_count)
        status = put_number(buffer, 4, node->children);
    return status;
}

/*
 * cli/wast_node.c: values of the component model, from the suite's JSON to nodes
 * (suite/component_node.h).
 *
 * {"op": "u8.const", "args": ["7"]}; strings are {"str": [bytes]}. In a record's field the value's
 * op is a string among the arguments, and its own arguments follow. Recursion: a JSON text has a
 * greatest depth, and a field's value is behind it.
 */
#include "cli/wast.h"
#include "core/base/utf8.h"

#define TEXT_MAX 4096

static bool is_text(struct bytes text, const char *words)
{
    return bytes_equal(text, bytes_of(words, strlen(words)));
}

static bool pack_op(struct bytes op, const struct json *args, struct buffer *buffer);

static bool find_kind(struct bytes op, enum suite_node_kind *out_kind)
{
    static const struct {
        const char *word;
        enum suite_node_kind kind;
    } words[] = {
#define X(number, name, word) {word, SUITE_NODE_##name},
        SUITE_NODE_LIST(X)
#undef X
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (is_text(op, words[i].word)) {
            *out_kind = words[i].kind;
            return true;
        }
    }
    return false;
}

/* {"str": [104, 105]} into `room`. */
static bool read_str(const struct json *json, uint8_t room[static TEXT_MAX], struct bytes *out_text)
{
    const struct json *list = json_find(json, "str");
    size_t len = 0;
    if (list == NULL || list->kind != JSON_ARRAY || list->count > TEXT_MAX)
        return false;
    for (const struct json *each = list->first; each != NULL; each = each->next) {
        uint64_t byte = 0;
        if (!json_number(each, &byte) || byte > UINT8_MAX)
            return false;
        room[len++] = (uint8_t)byte;
    }
    *out_text = bytes_of(room, len);
    return true;
}

static bool write(struct buffer *buffer, const struct suite_node *node)
{
    return suite_node_write(buffer, node) == STATUS_OK;
}

static bool pack_number(struct suite_node *node, const struct json *arg, struct buffer *buffer)
{
    static const uint8_t widths[] = {
        [SUITE_NODE_S8] = 8,   [SUITE_NODE_U8] = 8,   [SUITE_NODE_S16] = 16, [SUITE_NODE_U16] = 16,
        [SUITE_NODE_S32] = 32, [SUITE_NODE_U32] = 32, [SUITE_NODE_S64] = 64, [SUITE_NODE_U64] = 64,
        [SUITE_NODE_F32] = 32, [SUITE_NODE_F64] = 64};
    struct bytes text;
    enum suite_nan nan;
    bool is_float = node->kind == SUITE_NODE_F32 || node->kind == SUITE_NODE_F64;
    return json_text(arg, &text) &&
           (is_float ? wast_float_read(text, widths[node->kind], &node->bits, &nan)
                     : wast_integer_read(text, widths[node->kind], &node->bits)) &&
           write(buffer, node);
}

static bool pack_bool(struct suite_node *node, const struct json *arg, struct buffer *buffer)
{
    struct bytes text;
    if (!json_text(arg, &text) || (!is_text(text, "true") && !is_text(text, "false")))
        return false;
    node->bits = is_text(text, "true") ? 1 : 0;
    return write(buffer, node);
}

/* One character in UTF-8. */
static bool pack_char(struct suite_node *node, const struct json *arg, struct buffer *buffer)
{
    uint8_t room[TEXT_MAX];
    struct bytes text;
    uint32_t point = 0;
    if (!read_str(arg, room, &text) || text.len == 0 || !utf8_is_valid(text))
        return false;
    utf8_next(&text, &point);
    if (text.len != 0)
        return false;
    node->bits = point;
    return write(buffer, node);
}

static bool pack_text(const struct suite_node *node, const struct json *arg, struct buffer *buffer)
{
    uint8_t room[TEXT_MAX];
    struct suite_node named = *node;
    return read_str(arg, room, &named.text) && write(buffer, &named);
}

/* Behind a field's name: an op, and its arguments. */
static bool pack_inline(const struct json *op, struct buffer *buffer)
{
    struct bytes word;
    return json_text(op, &word) && pack_op(word, op->next, buffer);
}

static bool pack_value(const struct json *json, struct buffer *buffer)
{
    const struct json *args = json_find(json, "args");
    struct bytes op;
    return args != NULL && args->kind == JSON_ARRAY && json_text(json_find(json, "op"), &op) &&
           pack_op(op, args->first, buffer);
}

static bool pack_items(struct suite_node *node, const struct json *args, struct buffer *buffer)
{
    for (const struct json *each = args; each != NULL; each = each->next)
        node->children++;
    bool is_packed = write(buffer, node);
    for (const struct json *each = args; each != NULL && is_packed; each = each->next) {
        struct suite_node label = {.kind = SUITE_NODE_LABEL};
        is_packed = node->kind == SUITE_NODE_FLAGS ? pack_text(&label, each, buffer)
                                                   : pack_value(each, buffer);
    }
    return is_packed;
}

/* A name, and a value that may be missing. */
static bool pack_case(struct suite_node *node, const struct json *name, const struct json *payload,
                      struct buffer *buffer)
{
    node->children = payload != NULL ? 1 : 0;
    return (name == NULL ? write(buffer, node) : pack_text(node, name, buffer)) &&
           (payload == NULL || pack_value(payload, buffer));
}

/* `args`: the first of the operator's arguments. */
static bool pack_op(struct bytes op, const struct json *args, struct buffer *buffer)
{
    struct suite_node node = {0};
    if (!find_kind(op, &node.kind))
        return false;
    switch (node.kind) {
    case SUITE_NODE_BOOL:
        return pack_bool(&node, args, buffer);
    case SUITE_NODE_CHAR:
        return pack_char(&node, args, buffer);
    case SUITE_NODE_STRING:
    case SUITE_NODE_ENUM:
        return pack_text(&node, args, buffer);
    case SUITE_NODE_LIST:
    case SUITE_NODE_TUPLE:
    case SUITE_NODE_RECORD:
    case SUITE_NODE_FLAGS:
        return pack_items(&node, args, buffer);
    case SUITE_NODE_FIELD:
        node.children = 1;
        return args != NULL && pack_text(&node, args, buffer) && pack_inline(args->next, buffer);
    case SUITE_NODE_VARIANT:
        return args != NULL && pack_case(&node, args, args->next, buffer);
    case SUITE_NODE_NONE:
        return write(buffer, &node);
    case SUITE_NODE_SOME:
    case SUITE_NODE_OK:
    case SUITE_NODE_ERROR:
        return (node.kind != SUITE_NODE_SOME || args != NULL) &&
               pack_case(&node, NULL, args, buffer);
    default:
        return pack_number(&node, args, buffer);
    }
}

bool wast_node_pack(const struct json *value, struct buffer *buffer)
{
    return pack_value(value, buffer);
}

/*
 * suite/component_value.c: nodes as values of a type, and values compared.
 *
 * Recursion is as deep as types are: COMPONENT_LIMIT_DEPTH at most.
 */
#include "suite/component_internal.h"

static bool make(struct arena *arena, const struct component_type *type, struct bytes *rest,
                 struct component_value *out_value);

static struct component_value *make_payload(struct arena *arena, const struct component_type *type,
                                            struct bytes *rest)
{
    struct component_value *payload = arena_alloc(arena, 1, sizeof *payload);
    return payload != NULL && make(arena, type, rest, payload) ? payload : NULL;
}

/* An index that names no field: none is so called. */
static uint32_t find_field(const struct component_type *type, struct bytes name)
{
    uint32_t i = 0;
    while (i < type->count && !bytes_equal(type->fields[i].name, name))
        i++;
    return i;
}

/* ---- lists ---- */

static uint64_t bits_of(const struct component_value *value)
{
    switch (value->kind) {
    case COMPONENT_F32:
        return value->f32;
    case COMPONENT_F64:
        return value->f64;
    default:
        return value->u;
    }
}

static bool make_list(struct arena *arena, const struct component_type *element, uint32_t count,
                      struct bytes *rest, struct component_value *out_value)
{
    bool is_packed = component_type_is_packed(element);
    uint32_t width = is_packed ? component_packed_size(element->kind) : 0;
    uint8_t *packed = arena_alloc(arena, count, width);
    struct component_value *items = arena_alloc(arena, is_packed ? 0 : count, sizeof *items);
    if (packed == NULL || items == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct component_value item = {0};
        uint8_t wire[8];
        if (!make(arena, element, rest, is_packed ? &item : &items[i]))
            return false;
        store_le64(wire, bits_of(&item));
        if (is_packed)
            memcpy(packed + (size_t)i * width, wire, width);
    }
    out_value->items = (struct component_items){
        .count = count, .items = is_packed ? NULL : items, .packed = is_packed ? packed : NULL};
    return true;
}

static bool make_fields(struct arena *arena, const struct component_type *type,
                        const struct suite_node *node, struct bytes *rest,
                        struct component_value *out_value)
{
    struct component_value *items = arena_alloc(arena, type->count, sizeof *items);
    if (items == NULL || node->children != type->count)
        return false;
    for (uint32_t i = 0; i < type->count; i++) {
        struct suite_node field = {0};
        if (type->kind == COMPONENT_RECORD &&
            (suite_node_read(rest, &field) != STATUS_OK || field.kind != SUITE_NODE_FIELD ||
             !bytes_equal(field.text, type->fields[i].name)))
            return false;
        if (!make(arena, type->fields[i].type, rest, &items[i]))
            return false;
    }
    out_value->items = (struct component_items){.count = type->count, .items = items};
    return true;
}

/* ---- cases ---- */

static bool make_case(struct arena *arena, const struct component_type *payload_type,
                      const struct suite_node *node, uint32_t index, struct bytes *rest,
                      struct component_value *out_value)
{
    out_value->variant = (struct component_case){.index = index};
    if ((payload_type != NULL) != (node->children == 1))
        return false;
    if (payload_type == NULL)
        return true;
    out_value->variant.payload = make_payload(arena, payload_type, rest);
    return out_value->variant.payload != NULL;
}

static bool make_flags(const struct component_type *type, const struct suite_node *node,
                       struct bytes *rest, struct component_value *out_value)
{
    out_value->flags = 0;
    for (uint32_t i = 0; i < node->children; i++) {
        struct suite_node label = {0};
        if (suite_node_read(rest, &label) != STATUS_OK)
            return false;
        uint32_t bit = find_field(type, label.text);
        if (bit == type->count)
            return false;
        out_value->flags |= 1u << bit;
    }
    return true;
}

static bool make_variant(struct arena *arena, const struct component_type *type,
                         const struct suite_node *node, struct bytes *rest,
                         struct component_value *out_value)
{
    uint32_t index = find_field(type, node->text);
    return index != type->count &&
           make_case(arena, type->fields[index].type, node, index, rest, out_value);
}

/* ---- one value ---- */

/* The low `width` bits as a number with a sign. */
static int64_t sign_extend(uint64_t bits, unsigned width)
{
    uint64_t sign = (uint64_t)1 << (width - 1);
    bits &= (sign << 1) - 1;
    return (int64_t)((bits ^ sign) - sign);
}

static bool make_scalar(enum component_kind kind, const struct suite_node *node,
                        struct component_value *out_value)
{
    switch (kind) {
    case COMPONENT_BOOL:
        out_value->boolean = node->bits != 0;
        return true;
    case COMPONENT_S8:
    case COMPONENT_S16:
    case COMPONENT_S32:
        out_value->s = sign_extend(node->bits, 8 * component_packed_size(kind));
        return true;
    case COMPONENT_F32:
        out_value->f32 = (uint32_t)node->bits;
        return true;
    case COMPONENT_F64:
        out_value->f64 = node->bits;
        return true;
    case COMPONENT_STRING:
        out_value->string = (struct component_string){.data = node->text.data,
                                                      .len = (uint32_t)node->text.len,
                                                      .units = (uint32_t)node->text.len,
                                                      .source = COMPONENT_UTF8};
        return true;
    default:
        out_value->u = node->bits;
        return true;
    }
}

/* What a node of this kind is a value of. */
static bool is_of(enum suite_node_kind node, enum component_kind kind)
{
    static const uint8_t kinds[] = {
        [SUITE_NODE_BOOL] = COMPONENT_BOOL,       [SUITE_NODE_S8] = COMPONENT_S8,
        [SUITE_NODE_U8] = COMPONENT_U8,           [SUITE_NODE_S16] = COMPONENT_S16,
        [SUITE_NODE_U16] = COMPONENT_U16,         [SUITE_NODE_S32] = COMPONENT_S32,
        [SUITE_NODE_U32] = COMPONENT_U32,         [SUITE_NODE_S64] = COMPONENT_S64,
        [SUITE_NODE_U64] = COMPONENT_U64,         [SUITE_NODE_F32] = COMPONENT_F32,
        [SUITE_NODE_F64] = COMPONENT_F64,         [SUITE_NODE_CHAR] = COMPONENT_CHAR,
        [SUITE_NODE_STRING] = COMPONENT_STRING,   [SUITE_NODE_LIST] = COMPONENT_LIST,
        [SUITE_NODE_TUPLE] = COMPONENT_TUPLE,     [SUITE_NODE_RECORD] = COMPONENT_RECORD,
        [SUITE_NODE_VARIANT] = COMPONENT_VARIANT, [SUITE_NODE_ENUM] = COMPONENT_ENUM,
        [SUITE_NODE_FLAGS] = COMPONENT_FLAGS,     [SUITE_NODE_NONE] = COMPONENT_OPTION,
        [SUITE_NODE_SOME] = COMPONENT_OPTION,     [SUITE_NODE_OK] = COMPONENT_RESULT,
        [SUITE_NODE_ERROR] = COMPONENT_RESULT};
    if (kind == COMPONENT_FIXED_LIST || kind == COMPONENT_MAP)
        return node == SUITE_NODE_LIST;
    return node != SUITE_NODE_FIELD && node != SUITE_NODE_LABEL && kinds[node] == kind;
}

static bool make(struct arena *arena, const struct component_type *type, struct bytes *rest,
                 struct component_value *out_value)
{
    struct suite_node node = {0};
    if (suite_node_read(rest, &node) != STATUS_OK || !is_of(node.kind, type->kind))
        return false;
    *out_value = (struct component_value){.kind = type->kind};
    switch (type->kind) {
    case COMPONENT_FIXED_LIST:
        return node.children == type->length &&
               make_list(arena, type->element, node.children, rest, out_value);
    case COMPONENT_LIST:
    case COMPONENT_MAP:
        return make_list(arena, type->element, node.children, rest, out_value);
    case COMPONENT_TUPLE:
    case COMPONENT_RECORD:
        return make_fields(arena, type, &node, rest, out_value);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
        return make_variant(arena, type, &node, rest, out_value);
    case COMPONENT_FLAGS:
        return make_flags(type, &node, rest, out_value);
    case COMPONENT_OPTION:
        return make_case(arena, node.kind == SUITE_NODE_SOME ? type->element : NULL, &node,
                         node.kind == SUITE_NODE_SOME ? 1 : 0, rest, out_value);
    case COMPONENT_RESULT:
        return make_case(arena, node.kind == SUITE_NODE_OK ? type->element : type->error, &node,
                         node.kind == SUITE_NODE_OK ? 0 : 1, rest, out_value);
    default:
        return make_scalar(type->kind, &node, out_value);
    }
}

bool suite_component_value(struct arena *arena, const struct component_type *type,
                           struct bytes *rest, struct component_value *out_value)
{
    return make(arena, type, rest, out_value);
}

/* ---- comparing ---- */

static bool are_items_equal(const struct component_type *type, const struct component_items *a,
                            const struct component_items *b)
{
    if (a->count != b->count)
        return false;
    if (type->element != NULL && component_type_is_packed(type->element))
        return bytes_equal(
            bytes_of(a->packed, (size_t)a->count * component_packed_size(type->element->kind)),
            bytes_of(b->packed, (size_t)b->count * component_packed_size(type->element->kind)));
    for (uint32_t i = 0; i < a->count; i++) {
        const struct component_type *each =
            type->element != NULL ? type->element : type->fields[i].type;
        if (!suite_component_equal(each, &a->items[i], &b->items[i]))
            return false;
    }
    return true;
}

static const struct component_type *payload_type(const struct component_type *type, uint32_t index)
{
    switch (type->kind) {
    case COMPONENT_OPTION:
        return index == 0 ? NULL : type->element;
    case COMPONENT_RESULT:
        return index == 0 ? type->element : type->error;
    default:
        return type->fields[index].type;
    }
}

bool suite_component_equal(const struct component_type *type, const struct component_value *a,
                           const struct component_value *b)
{
    if (type == NULL)
        return true;
    switch (type->kind) {
    case COMPONENT_BOOL:
        return a->boolean == b->boolean;
    case COMPONENT_F32:
        return a->f32 == b->f32;
    case COMPONENT_F64:
        return a->f64 == b->f64;
    case COMPONENT_STRING:
        return bytes_equal(bytes_of(a->string.data, a->string.len),
                           bytes_of(b->string.data, b->string.len));
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return are_items_equal(type, &a->items, &b->items);
    case COMPONENT_FLAGS:
        return a->flags == b->flags;
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return a->variant.index == b->variant.index &&
               suite_component_equal(payload_type(type, a->variant.index), a->variant.payload,
                                     b->variant.payload);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return false; /* the suite expects none */
    default:
        return a->u == b->u;
    }
}

/*
 * core/component/intern.c: the nodes of value types: one for each shape (and name).
 *
 * Nodes are kept in a tree that is ordered by their contents, in which parts are compared by the
 * numbers of their nodes: so a comparison reads one level only, and no more than the smaller shape.
 * Nodes are never forgotten.
 */
#include "core/component/intern.h"

#include "core/component/layout.h"
#include "core/component/limits.h"

struct interned {
    struct component_type type; /* first: a composite type is one of these */
    struct component_tree_node node;
    uint32_t id;
    uint64_t epoch; /* of `made` */
    const struct component_type *made;
};

static struct interned *of_node(const struct component_tree_node *node)
{
    return (struct interned *)(void *)((uintptr_t)node - offsetof(struct interned, node));
}

static struct interned *of_type(const struct component_type *type)
{
    return (struct interned *)(uintptr_t)type;
}

static bool is_primitive(const struct component_type *type)
{
    return type->kind <= COMPONENT_STRING && type->name_tag == 0;
}

/* Its place in the order of all types; 0 for none. */
static uint32_t id_of(const struct component_type *type)
{
    if (type == NULL)
        return 0;
    return is_primitive(type) ? 1 + (uint32_t)type->kind : of_type(type)->id;
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_names(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

static int compare_shapes(const void *key, const struct component_tree_node *node)
{
    const struct component_type *a = key, *b = &of_node(node)->type;
    int order = compare_u32((uint32_t)a->kind, (uint32_t)b->kind);
    if (order == 0)
        order = compare_u32(a->name_tag, b->name_tag);
    if (order == 0)
        order = compare_u32(a->count, b->count);
    if (order == 0)
        order = compare_u32(a->length, b->length);
    if (order == 0)
        order = compare_u32(a->resource, b->resource);
    if (order == 0)
        order = compare_u32(id_of(a->element), id_of(b->element));
    if (order == 0)
        order = compare_u32(id_of(a->error), id_of(b->error));
    for (uint32_t i = 0; i < a->count && order == 0; i++) {
        order = compare_u32(id_of(a->fields[i].type), id_of(b->fields[i].type));
        if (order == 0)
            order = compare_names(a->fields[i].name, b->fields[i].name);
    }
    return order;
}

enum status component_types_init(struct component_types *types, struct arena *arena,
                                 struct report *report)
{
    *types = (struct component_types){.arena = arena,
                                      .report = report,
                                      .offset = REPORT_NO_OFFSET,
                                      .work_left = COMPONENT_LIMIT_WORK,
                                      .next_id = 1 + COMPONENT_STRING + 1};
    return STATUS_OK;
}

enum status component_types_alloc(struct component_types *types, size_t count, size_t size,
                                  void **out_items)
{
    void *items = arena_alloc(types->arena, count, size);
    if (items == NULL)
        return component_types_fail(types, STATUS_NO_MEMORY, "no room for the component's types");
    *out_items = items;
    return STATUS_OK;
}

enum status component_types_order(struct component_types *types, uint32_t count,
                                  sort_compare_fn *compare, const void *context,
                                  const uint32_t **out_order)
{
    if (count == 0)
        return STATUS_OK;
    void *room = NULL, *spare = NULL;
    enum status status = component_types_alloc(types, count, sizeof(uint32_t), &room);
    if (status != STATUS_OK)
        return status;
    size_t mark = arena_mark(types->arena);
    status = component_types_alloc(types, count, sizeof(uint32_t), &spare);
    if (status != STATUS_OK)
        return status;
    uint32_t *order = room;
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    sort_indices(order, spare, count, compare, context);
    arena_rewind(types->arena, mark);
    *out_order = order;
    return STATUS_OK;
}

enum status component_types_work(struct component_types *types, uint64_t count)
{
    if (count > types->work_left)
        return component_types_fail(types, STATUS_LIMIT,
                                    "the component's types take too many steps to compare");
    types->work_left -= count;
    return STATUS_OK;
}

/* What of `shape` is its shape, with its parts without names or as they are. */
static struct component_type key_of(const struct component_type *shape)
{
    struct component_type key = {
        .kind = shape->kind, .name_tag = shape->name_tag, .named_from = shape->named_from};
    switch (shape->kind) {
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        key.resource = shape->resource;
        break;
    case COMPONENT_RESULT:
        key.error = shape->error;
        key.element = shape->element;
        break;
    case COMPONENT_FIXED_LIST:
        key.length = shape->length;
        key.element = shape->element;
        break;
    case COMPONENT_LIST:
    case COMPONENT_MAP:
    case COMPONENT_OPTION:
    case COMPONENT_STREAM:
    case COMPONENT_FUTURE:
        key.element = shape->element;
        break;
    default:
        key.count = shape->count;
        key.fields = shape->fields;
        break;
    }
    return key;
}

static enum status copy_fields(struct component_types *types, struct component_type *type)
{
    if (type->count == 0)
        return STATUS_OK;
    void *room = NULL;
    enum status status =
        component_types_alloc(types, type->count, sizeof(struct component_field), &room);
    if (status != STATUS_OK)
        return status;
    memcpy(room, type->fields, type->count * sizeof(struct component_field));
    type->fields = room;
    return STATUS_OK;
}

static const struct component_type *canonical_of(const struct component_type *type)
{
    return type == NULL ? NULL : type->canonical;
}

static bool is_canonical(const struct component_types *types, const struct component_type *type)
{
    if (type->kind == COMPONENT_OWN || type->kind == COMPONENT_BORROW)
        return component_types_original(types, type->resource) == type->resource;
    if (type->name_tag != 0 || type->element != canonical_of(type->element) ||
        type->error != canonical_of(type->error))
        return false;
    for (uint32_t i = 0; i < type->count; i++)
        if (type->fields[i].type != canonical_of(type->fields[i].type))
            return false;
    return true;
}

/* Adds a node for a shape that is its own canonical one, or whose canonical one is given. */
static enum status add_node(struct component_types *types, const struct component_type *key,
                            const struct component_type *canonical,
                            const struct component_type **out_type)
{
    void *room = NULL;
    enum status status = component_types_alloc(types, 1, sizeof(struct interned), &room);
    if (status != STATUS_OK)
        return status;
    struct interned *interned = room;
    interned->type = *key;
    interned->type.has_name = key->name_tag != 0;
    if (key->kind == COMPONENT_OWN || key->kind == COMPONENT_BORROW)
        interned->type.is_open = types->resources[key->resource].owner != NULL;
    status = copy_fields(types, &interned->type);
    if (status != STATUS_OK)
        return status;
    if (key->kind <= COMPONENT_STRING) {
        interned->type = *component_type_primitive(key->kind);
        interned->type.name_tag = key->name_tag;
        interned->type.named_from = key->named_from;
        interned->type.has_name = true;
    }
    uint64_t limit = 0;
    const char *sentence = NULL;
    if (key->kind > COMPONENT_STRING)
        status = component_layout(&interned->type, &sentence, &limit);
    if (status != STATUS_OK)
        return report_fail_u64(types->report, status, types->offset, sentence, limit);
    interned->id = types->next_id++;
    interned->type.canonical = canonical == NULL ? &interned->type : canonical;
    (void)component_tree_insert(&types->interned, key, compare_shapes, &interned->node);
    *out_type = &interned->type;
    return STATUS_OK;
}

/* The node of the same shape without names; its parts' are there. */
static enum status intern_canonical(struct component_types *types, const struct component_type *key,
                                    const struct component_type **out_type)
{
    struct component_type plain = *key;
    if (key->kind <= COMPONENT_STRING) {
        *out_type = component_type_primitive(key->kind);
        return STATUS_OK;
    }
    plain.name_tag = 0;
    plain.named_from = NULL;
    plain.element = canonical_of(key->element);
    plain.error = canonical_of(key->error);
    if (key->kind == COMPONENT_OWN || key->kind == COMPONENT_BORROW)
        plain.resource = component_types_original(types, key->resource);
    if (key->count != 0) {
        void *room = NULL;
        enum status status =
            component_types_alloc(types, key->count, sizeof(struct component_field), &room);
        if (status != STATUS_OK)
            return status;
        struct component_field *fields = room;
        for (uint32_t i = 0; i < key->count; i++) {
            fields[i].name = key->fields[i].name;
            fields[i].type = canonical_of(key->fields[i].type);
        }
        plain.fields = fields;
    }
    const struct component_tree_node *known =
        component_tree_find(&types->interned, &plain, compare_shapes);
    if (known != NULL) {
        *out_type = &of_node(known)->type;
        return STATUS_OK;
    }
    return add_node(types, &plain, NULL, out_type);
}

enum status component_intern_node(struct component_types *types, const struct component_type *shape,
                                  const struct component_type **out_type)
{
    const struct component_type key = key_of(shape);
    const struct component_tree_node *known =
        component_tree_find(&types->interned, &key, compare_shapes);
    if (known != NULL) {
        *out_type = &of_node(known)->type;
        return STATUS_OK;
    }
    if (is_canonical(types, &key))
        return add_node(types, &key, NULL, out_type);
    const struct component_type *canonical = NULL;
    enum status status = intern_canonical(types, &key, &canonical);
    if (status != STATUS_OK)
        return status;
    return add_node(types, &key, canonical, out_type);
}

enum status component_intern_named(struct component_types *types, const struct component_type *type,
                                   const struct component_type **out_type)
{
    struct component_type shape = *type;
    shape.name_tag = ++types->name_tags;
    shape.named_from = type;
    return component_intern_node(types, &shape, out_type);
}

const struct component_type *component_intern_memo(const struct component_type *type,
                                                   uint64_t epoch)
{
    const struct interned *interned = of_type(type);
    return interned->epoch == epoch ? interned->made : NULL;
}

void component_intern_remember(const struct component_type *type, uint64_t epoch,
                               const struct component_type *made)
{
    struct interned *interned = of_type(type);
    interned->epoch = epoch;
    interned->made = made;
}

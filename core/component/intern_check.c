/*
 * core/component/intern_check.c: which shapes a value type and a function type may have
 * (Binary.md "Type Definitions"): how many parts, labels that are labels and differ, keys of maps,
 * and how large its values may be.
 */
#include "core/component/intern.h"
#include "core/component/layout.h"
#include "core/component/limits.h"

#define FLAGS_MAX 32u

struct label {
    struct component_tree_node node; /* first */
    struct bytes name;
};

static int compare_labels(const void *key, const struct component_tree_node *node)
{
    const struct label *other = (const struct label *)(const void *)node;
    return component_label_compare(*(const struct bytes *)key, other->name);
}

/* `labels` has room for `count` of them. */
static enum status check_each(struct component_types *types, const struct component_field *fields,
                              uint32_t count, struct label *labels)
{
    struct component_tree tree = {NULL};
    for (uint32_t i = 0; i < count; i++) {
        struct bytes name = fields[i].name;
        if (!component_label_is_valid(name))
            return report_fail_name(types->report, STATUS_INVALID, types->offset,
                                    "% is not in kebab case", name);
        labels[i].name = name;
        const struct component_tree_node *there =
            component_tree_insert(&tree, &name, compare_labels, &labels[i].node);
        if (there != &labels[i].node)
            return report_fail_names(types->report, STATUS_INVALID, types->offset,
                                     "label % conflicts with previous label %", name,
                                     ((const struct label *)(const void *)there)->name);
    }
    return STATUS_OK;
}

static enum status check_labels(struct component_types *types, const struct component_field *fields,
                                uint32_t count)
{
    size_t mark = arena_mark(types->arena);
    void *room = NULL;
    enum status status = component_types_alloc(types, count, sizeof(struct label), &room);
    if (status == STATUS_OK)
        status = check_each(types, fields, count, room);
    arena_rewind(types->arena, mark);
    return status;
}

static enum status check_shape(struct component_types *types, const struct component_type *shape)
{
    switch (shape->kind) {
    case COMPONENT_FIXED_LIST:
        return shape->length != 0
                   ? STATUS_OK
                   : component_types_fail(types, STATUS_INVALID,
                                          "a fixed-length list must have more than zero elements");
    case COMPONENT_RECORD:
    case COMPONENT_VARIANT:
    case COMPONENT_TUPLE:
    case COMPONENT_FLAGS:
    case COMPONENT_ENUM:
        break;
    default:
        return STATUS_OK;
    }
    if (shape->count == 0)
        return component_types_fail(types, STATUS_INVALID,
                                    shape->kind == COMPONENT_RECORD    ? "a record has no fields"
                                    : shape->kind == COMPONENT_VARIANT ? "a variant has no cases"
                                    : shape->kind == COMPONENT_TUPLE   ? "a tuple has no elements"
                                    : shape->kind == COMPONENT_FLAGS   ? "flags have no labels"
                                                                       : "an enum has no labels");
    if (shape->kind == COMPONENT_FLAGS && shape->count > FLAGS_MAX)
        return report_fail_u64(types->report, STATUS_INVALID, types->offset,
                               "cannot have more than 32 flags: there are %", shape->count);
    if (shape->count > COMPONENT_LIMIT_FIELDS)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a type has more than % fields, cases or labels",
                               COMPONENT_LIMIT_FIELDS);
    if (shape->kind == COMPONENT_TUPLE)
        return STATUS_OK;
    return check_labels(types, shape->fields, shape->count);
}

enum status component_types_intern(struct component_types *types,
                                   const struct component_type *shape,
                                   const struct component_type **out_type)
{
    if (shape->kind <= COMPONENT_STRING) {
        *out_type = component_type_primitive(shape->kind);
        return STATUS_OK;
    }
    enum status status = check_shape(types, shape);
    if (status != STATUS_OK)
        return status;
    struct component_type plain = *shape;
    const struct component_type *type = NULL;
    plain.name_tag = 0;
    status = component_intern_node(types, &plain, &type);
    if (status != STATUS_OK)
        return status;
    if (type->wide_size >= COMPONENT_LIMIT_SIZE)
        return report_fail_u64(types->report, STATUS_INVALID, types->offset, COMPONENT_TOO_LARGE,
                               COMPONENT_LIMIT_SIZE);
    *out_type = type;
    return STATUS_OK;
}

enum status component_types_map(struct component_types *types, const struct component_type *key,
                                const struct component_type *value,
                                const struct component_type **out_type)
{
    if (key->kind > COMPONENT_STRING || key->kind == COMPONENT_F32 || key->kind == COMPONENT_F64)
        return component_types_fail(types, STATUS_INVALID, "the type cannot be the key of a map");
    const struct component_field fields[] = {{.type = key}, {.type = value}};
    struct component_type shape = {.kind = COMPONENT_TUPLE, .count = 2, .fields = fields};
    const struct component_type *pair = NULL;
    enum status status = component_intern_node(types, &shape, &pair);
    if (status != STATUS_OK)
        return status;
    shape = (struct component_type){.kind = COMPONENT_MAP, .element = pair};
    return component_intern_node(types, &shape, out_type);
}

static enum status check_func(struct component_types *types,
                              const struct component_func_type *shape)
{
    if (shape->param_count > COMPONENT_LIMIT_PARAMS)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a function type has more than % parameters",
                               COMPONENT_LIMIT_PARAMS);
    if (shape->result != NULL && shape->result->has_borrow)
        return component_types_fail(types, STATUS_INVALID,
                                    "function result cannot contain a `borrow` type");
    return check_labels(types, shape->params, shape->param_count);
}

enum status component_types_func(struct component_types *types,
                                 const struct component_field *params, uint32_t param_count,
                                 const struct component_type *result,
                                 const struct component_func_type **out_type)
{
    const struct component_func_type shape = {
        .param_count = param_count, .params = params, .result = result};
    enum status status = check_func(types, &shape);
    return status == STATUS_OK ? component_intern_func(types, &shape, out_type) : status;
}

enum status component_types_async_func(struct component_types *types,
                                       const struct component_field *params, uint32_t param_count,
                                       const struct component_type *result,
                                       const struct component_func_type **out_type)
{
    const struct component_func_type shape = {
        .param_count = param_count, .params = params, .result = result, .is_async = true};
    enum status status = check_func(types, &shape);
    return status == STATUS_OK ? component_intern_func(types, &shape, out_type) : status;
}

/*
 * core/component/visible.c: External Visibility of Types (Explainer.md): what is in the type of an
 * import or export has a name outside, too.
 *
 * A type that was named is not looked into again: what is in it was visible when it was named.
 */
#include "core/component/intern.h"

struct named_key {
    struct component_tree_node node;   /* first */
    const struct component_type *type; /* NULL: a resource */
    uint32_t resource;
};

struct visitor {
    struct component_types *types;
    struct component_visible *visible;
    enum component_extern_role role;
    uint64_t epoch;
    bool is_reading; /* nothing becomes visible */
};

static int compare_named(const void *key, const struct component_tree_node *node)
{
    const struct named_key *a = key, *b = (const struct named_key *)(const void *)node;
    if (a->type != b->type)
        return (uintptr_t)a->type < (uintptr_t)b->type ? -1 : 1;
    return a->resource < b->resource ? -1 : a->resource > b->resource;
}

static bool is_named(const struct visitor *visitor, const struct component_type *type,
                     uint32_t resource)
{
    const struct named_key key = {.type = type, .resource = resource};
    const struct component_tree *named = visitor->visible->named;
    if (component_tree_find(&named[COMPONENT_ROLE_IMPORT], &key, compare_named) != NULL)
        return true;
    return visitor->role == COMPONENT_ROLE_EXPORT &&
           component_tree_find(&named[COMPONENT_ROLE_EXPORT], &key, compare_named) != NULL;
}

static enum status add_named(const struct visitor *visitor, const struct component_type *type,
                             uint32_t resource)
{
    if (visitor->is_reading)
        return STATUS_OK;
    void *room = NULL;
    enum status status = component_types_alloc(visitor->types, 1, sizeof(struct named_key), &room);
    if (status != STATUS_OK)
        return status;
    struct named_key *key = room;
    *key = (struct named_key){.type = type, .resource = resource};
    (void)component_tree_insert(&visitor->visible->named[visitor->role], key, compare_named,
                                &key->node);
    return STATUS_OK;
}

/* Is it a resource that is not there yet when imports are supplied? */
static bool is_too_late(const struct visitor *visitor, uint32_t resource)
{
    const struct component_visible *visible = visitor->visible;
    uint32_t original = component_types_original(visitor->types, resource);
    uint32_t low = 0, high = visitor->role == COMPONENT_ROLE_IMPORT ? visible->made_count : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (visible->made[middle] == original)
            return true;
        if (original < visible->made[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static enum status check_value(const struct visitor *visitor, const struct component_type *type,
                               bool *out_is_visible);

/* Everything that the type is made of, but not itself. */
static enum status check_parts(const struct visitor *visitor, const struct component_type *type,
                               bool *out_is_visible)
{
    enum status status = component_types_work(visitor->types, 1 + (uint64_t)type->count);
    *out_is_visible = true;
    if (type->element != NULL && status == STATUS_OK)
        status = check_value(visitor, type->element, out_is_visible);
    if (type->error != NULL && status == STATUS_OK && *out_is_visible)
        status = check_value(visitor, type->error, out_is_visible);
    for (uint32_t i = 0; i < type->count && status == STATUS_OK && *out_is_visible; i++)
        if (type->fields[i].type != NULL)
            status = check_value(visitor, type->fields[i].type, out_is_visible);
    return status;
}

static enum status check_value(const struct visitor *visitor, const struct component_type *type,
                               bool *out_is_visible)
{
    *out_is_visible = true;
    switch (type->kind) {
    case COMPONENT_RECORD:
    case COMPONENT_VARIANT:
    case COMPONENT_FLAGS:
    case COMPONENT_ENUM:
        *out_is_visible = is_named(visitor, type, 0);
        return STATUS_OK;
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        *out_is_visible = is_named(visitor, NULL, type->resource);
        return STATUS_OK;
    case COMPONENT_TUPLE:
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
    case COMPONENT_STREAM:
    case COMPONENT_FUTURE:
        break;
    default:
        return STATUS_OK;
    }
    if (component_intern_memo(type, visitor->epoch) != NULL)
        return STATUS_OK;
    enum status status = check_parts(visitor, type, out_is_visible);
    if (status == STATUS_OK && *out_is_visible)
        component_intern_remember(type, visitor->epoch, type);
    return status;
}

static enum status check_func(const struct visitor *visitor, const struct component_func_type *func,
                              bool *out_is_visible)
{
    enum status status = component_types_work(visitor->types, 1 + (uint64_t)func->param_count);
    *out_is_visible = true;
    for (uint32_t i = 0; i < func->param_count && status == STATUS_OK && *out_is_visible; i++)
        status = check_value(visitor, func->params[i].type, out_is_visible);
    if (func->result != NULL && status == STATUS_OK && *out_is_visible)
        status = check_value(visitor, func->result, out_is_visible);
    return status;
}

static enum status declare_instance(const struct visitor *visitor,
                                    const struct component_interface *interface,
                                    bool *out_is_visible);

static enum status check_component(const struct visitor *visitor,
                                   const struct component_interface *component,
                                   bool *out_is_visible);

static enum status declare_type(const struct visitor *visitor,
                                const struct component_any_type *type, bool *out_is_visible)
{
    enum status status;
    struct visitor reader = *visitor;
    *out_is_visible = true;
    switch (type->kind) {
    case COMPONENT_ANY_VALUE:
        if (type->value->name_tag == 0)
            return type->value->kind == COMPONENT_OWN || type->value->kind == COMPONENT_BORROW
                       ? check_value(visitor, type->value, out_is_visible)
                       : check_parts(visitor, type->value, out_is_visible);
        status = check_parts(visitor, type->value, out_is_visible);
        return status == STATUS_OK && *out_is_visible ? add_named(visitor, type->value, 0) : status;
    case COMPONENT_ANY_RESOURCE:
        *out_is_visible = !is_too_late(visitor, type->resource);
        return *out_is_visible ? add_named(visitor, NULL, type->resource) : STATUS_OK;
    case COMPONENT_ANY_FUNC:
        return check_func(visitor, type->func, out_is_visible);
    case COMPONENT_ANY_INSTANCE: /* the type alone: there is no instance that names what is in it */
        reader.is_reading = true;
        return declare_instance(&reader, type->interface, out_is_visible);
    case COMPONENT_ANY_COMPONENT:
        return check_component(visitor, type->interface, out_is_visible);
    default:
        return STATUS_OK;
    }
}

static enum status check_list(const struct visitor *visitor,
                              const struct component_extern_name *items, uint32_t count,
                              bool *out_is_visible)
{
    enum status status = component_types_work(visitor->types, count);
    for (uint32_t i = 0; i < count && status == STATUS_OK && *out_is_visible; i++) {
        if (items[i].type.sort == COMPONENT_SORT_CORE_MODULE)
            continue;
        const struct component_any_type any = component_extern_any(&items[i].type);
        if (any.kind == COMPONENT_ANY_RESOURCE)
            *out_is_visible = !is_too_late(visitor, any.resource);
        else if (any.kind == COMPONENT_ANY_COMPONENT || any.kind == COMPONENT_ANY_INSTANCE)
            status = check_component(visitor, any.interface, out_is_visible);
    }
    return status;
}

/* Components and modules speak of what they import themselves: all that can be wrong is that they
 * import or export a resource of this scope that comes too late. */
static enum status check_component(const struct visitor *visitor,
                                   const struct component_interface *component,
                                   bool *out_is_visible)
{
    if (visitor->role != COMPONENT_ROLE_IMPORT || !component->has_resource)
        return STATUS_OK;
    enum status status =
        check_list(visitor, component->imports, component->import_count, out_is_visible);
    if (status == STATUS_OK)
        status = check_list(visitor, component->exports, component->export_count, out_is_visible);
    return status;
}

static enum status declare(const struct visitor *visitor, const struct component_extern_type *type,
                           bool *out_is_visible)
{
    *out_is_visible = true;
    switch (type->sort) {
    case COMPONENT_SORT_FUNC:
        return check_func(visitor, type->func, out_is_visible);
    case COMPONENT_SORT_TYPE:
        return declare_type(visitor, &type->type, out_is_visible);
    case COMPONENT_SORT_INSTANCE:
        return declare_instance(visitor, type->interface, out_is_visible);
    case COMPONENT_SORT_COMPONENT:
        return check_component(visitor, type->interface, out_is_visible);
    default:
        return STATUS_OK;
    }
}

static enum status declare_instance(const struct visitor *visitor,
                                    const struct component_interface *interface,
                                    bool *out_is_visible)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < interface->export_count && status == STATUS_OK && *out_is_visible; i++)
        status = declare(visitor, &interface->exports[i].type, out_is_visible);
    return status;
}

enum status component_visible_declare(struct component_types *types,
                                      struct component_visible *visible, struct bytes name,
                                      const struct component_extern_type *type,
                                      enum component_extern_role role)
{
    const struct visitor visitor = {types, visible, role, ++types->epoch, false};
    bool is_visible = true;
    enum status status = declare(&visitor, type, &is_visible);
    if (status != STATUS_OK || is_visible)
        return status;
    bool is_import = role == COMPONENT_ROLE_IMPORT;
    return report_fail_name(
        types->report, STATUS_INVALID, types->offset,
        type->sort == COMPONENT_SORT_FUNC
            ? (is_import ? "%: func not valid to be used as import: a type in it has no name"
                         : "%: func not valid to be used as export: a type in it has no name")
        : type->sort == COMPONENT_SORT_TYPE
            ? (is_import ? "%: type not valid to be used as import: a type in it has no name"
                         : "%: type not valid to be used as export: a type in it has no name")
        : type->sort == COMPONENT_SORT_COMPONENT
            ? "%: component not valid to be used as import: it has a resource that is not imported"
            : (is_import ? "%: instance not valid to be used as import: a type in it has no name"
                         : "%: instance not valid to be used as export: a type in it has no name"),
        name);
}

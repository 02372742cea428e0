/*
 * core/component/open.c: what declarations and instantiations make of types: fresh resources where
 * a type leaves them open.
 */
#include "core/base/sort.h"
#include "core/component/intern.h"

static enum status make_fresh(struct component_types *types, struct component *owner,
                              struct component_fresh *fresh, uint32_t *out_resource)
{
    enum status status = component_types_resource(types, owner, out_resource);
    if (status != STATUS_OK)
        return status;
    if (fresh->count++ == 0)
        fresh->first = *out_resource;
    return STATUS_OK;
}

/* Everything of the mapping that stands for nothing yet becomes a resource of its own. */
static enum status fill_mapping(struct component_types *types, struct component_mapping *mapping,
                                struct component *owner, struct component_fresh *fresh)
{
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (mapping->to[i] != COMPONENT_NONE)
            continue;
        enum status status = make_fresh(types, owner, fresh, &mapping->to[i]);
        if (status != STATUS_OK)
            return status;
    }
    mapping->epoch = ++types->epoch;
    return STATUS_OK;
}

static enum status open_instance(struct component_types *types,
                                 const struct component_interface *interface,
                                 struct component *owner,
                                 const struct component_interface **out_interface,
                                 struct component_fresh *fresh)
{
    *out_interface = interface;
    if (interface->bound_count == 0)
        return STATUS_OK;
    struct component_mapping mapping;
    enum status status = component_mapping_begin(types, interface, &mapping);
    if (status == STATUS_OK)
        status = fill_mapping(types, &mapping, owner, fresh);
    if (status == STATUS_OK)
        status = component_substitute_exports(types, &mapping, interface, out_interface);
    return status;
}

/* A type under its new name. */
static enum status name_type(struct component_types *types, struct component_any_type *type)
{
    switch (type->kind) {
    case COMPONENT_ANY_VALUE:
        return component_intern_named(types, type->value, &type->value);
    case COMPONENT_ANY_RESOURCE:
        return component_resource_named(types, type->resource, &type->resource);
    default:
        return STATUS_OK;
    }
}

static enum status declare(struct component_types *types, const struct component_extern_type *type,
                           struct component *owner, struct component_extern_type *made,
                           struct component_fresh *fresh)
{
    *made = *type;
    switch (type->sort) {
    case COMPONENT_SORT_TYPE:
        if (!type->is_abstract)
            return name_type(types, &made->type);
        made->type.kind = COMPONENT_ANY_RESOURCE;
        return make_fresh(types, owner, fresh, &made->type.resource);
    case COMPONENT_SORT_INSTANCE:
        return open_instance(types, type->interface, owner, &made->interface, fresh);
    default:
        return STATUS_OK;
    }
}

enum status component_types_declare(struct component_types *types,
                                    const struct component_extern_type *type,
                                    struct component *owner, struct component_extern_type *out_type,
                                    struct component_fresh *out_fresh)
{
    struct component_extern_type made;
    struct component_fresh fresh = {0, 0};
    enum status status = declare(types, type, owner, &made, &fresh);
    if (status != STATUS_OK)
        return status;
    *out_type = made;
    *out_fresh = fresh;
    return STATUS_OK;
}

enum status component_types_export(struct component_types *types,
                                   const struct component_extern_type *found,
                                   const struct component_extern_type *ascription,
                                   struct component *owner, struct component_extern_type *out_type,
                                   struct component_fresh *out_fresh)
{
    if (ascription != NULL) {
        enum status status = component_types_match(types, found, ascription);
        if (status != STATUS_OK)
            return status;
        return component_types_declare(types, ascription, owner, out_type, out_fresh);
    }
    struct component_extern_type made = *found;
    made.is_abstract = false;
    if (found->sort == COMPONENT_SORT_TYPE) {
        enum status status = name_type(types, &made.type);
        if (status != STATUS_OK)
            return status;
    }
    *out_type = made;
    *out_fresh = (struct component_fresh){0, 0};
    return STATUS_OK;
}

/* What an import named is in the exports what the argument has for it. */
static enum status replace_names(struct component_types *types, struct component_mapping *mapping,
                                 const struct component_extern_type *import,
                                 const struct component_extern_type *argument)
{
    enum status status = component_types_work(types, 1);
    if (status != STATUS_OK)
        return status;
    if (import->sort == COMPONENT_SORT_TYPE && import->type.kind == COMPONENT_ANY_VALUE &&
        import->type.value->name_tag != 0) {
        component_intern_remember(import->type.value, mapping->epoch, argument->type.value);
        mapping->has_names = true;
    }
    if (import->sort != COMPONENT_SORT_INSTANCE)
        return STATUS_OK;
    for (uint32_t i = 0; i < import->interface->export_count && status == STATUS_OK; i++) {
        const struct component_extern_name *wanted = &import->interface->exports[i];
        const struct component_extern_name *found =
            component_interface_find_export(argument->interface, wanted->name);
        ASSERT(found != NULL); /* they match */
        status = replace_names(types, mapping, &wanted->type, &found->type);
    }
    return status;
}

/* No two arguments of a name; `order` is theirs by name. */
static enum status check_arguments(struct component_types *types,
                                   const struct component_extern_name *arguments, uint32_t count,
                                   const uint32_t *order)
{
    for (uint32_t i = 0; i + 1 < count; i++)
        if (bytes_equal(arguments[order[i]].name, arguments[order[i + 1]].name))
            return report_fail_name(types->report, STATUS_INVALID, types->offset,
                                    "instantiation argument % is already defined",
                                    arguments[order[i]].name);
    return STATUS_OK;
}

static enum status match_imports(struct component_types *types,
                                 const struct component_interface *component,
                                 const struct component_extern_name *arguments, uint32_t count,
                                 const uint32_t *order, struct component_mapping *mapping)
{
    enum status status = check_arguments(types, arguments, count, order);
    for (uint32_t i = 0; i < component->import_count && status == STATUS_OK; i++) {
        const struct component_extern_name *import = &component->imports[i];
        const struct component_extern_name *argument =
            component_externs_find(arguments, order, count, import->name);
        if (argument == NULL)
            return report_fail_name(types->report, STATUS_INVALID, types->offset,
                                    "missing import named %", import->name);
        status =
            component_match_named(types, mapping, import->name, &argument->type, &import->type);
    }
    return status;
}

enum status component_types_instantiate(struct component_types *types,
                                        const struct component_interface *component,
                                        const struct component_extern_name *arguments,
                                        uint32_t argument_count, struct component *owner,
                                        const struct component_interface **out_instance,
                                        struct component_fresh *out_fresh)
{
    struct component_mapping mapping;
    struct component_fresh fresh = {0, 0};
    const uint32_t *order = NULL;
    enum status status = component_mapping_begin(types, component, &mapping);
    if (status == STATUS_OK)
        status = component_externs_order(types, arguments, argument_count, &order);
    if (status == STATUS_OK)
        status = match_imports(types, component, arguments, argument_count, order, &mapping);
    if (status == STATUS_OK)
        status = fill_mapping(types, &mapping, owner, &fresh);
    for (uint32_t i = 0; i < component->import_count && status == STATUS_OK; i++) {
        const struct component_extern_name *import = &component->imports[i];
        const struct component_extern_name *argument =
            component_externs_find(arguments, order, argument_count, import->name);
        status = replace_names(types, &mapping, &import->type, &argument->type);
    }
    if (status != STATUS_OK)
        return status;
    status = component_substitute_exports(types, &mapping, component, out_instance);
    if (status == STATUS_OK)
        *out_fresh = fresh;
    return status;
}

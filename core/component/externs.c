/*
 * core/component/externs.c: what may be in one list of imports or exports: names that are names and
 * strongly unique, and functions that are what their annotation says (Binary.md "Import and Export
 * Definitions").
 */
#include "core/component/intern.h"
#include "core/component/limits.h"

#define FIRST_CAP 8u

/* A name as it is compared (Explainer.md "Name Uniqueness"): [constructor] is kept, [method] and
 * [static] are left out, with the resource before the label if that is not the same. */
struct extern_key {
    struct component_tree_node node; /* first */
    bool is_constructor;
    struct bytes text;
    struct bytes name; /* as written */
};

/* A resource that the list has, by its label. */
struct resource_key {
    struct component_tree_node node; /* first */
    struct bytes label;
    uint32_t resource;
};

static int compare_keys(const void *key, const struct component_tree_node *node)
{
    const struct extern_key *a = key, *b = (const struct extern_key *)(const void *)node;
    if (a->is_constructor != b->is_constructor)
        return a->is_constructor ? 1 : -1;
    return component_label_compare(a->text, b->text);
}

static int compare_resources(const void *key, const struct component_tree_node *node)
{
    const struct bytes *a = key;
    const struct resource_key *b = (const struct resource_key *)(const void *)node;
    if (a->len != b->label.len)
        return a->len < b->label.len ? -1 : 1;
    return memcmp(a->data, b->label.data, a->len);
}

static struct extern_key key_of(struct bytes written, const struct component_name *name)
{
    struct extern_key key = {.text = written, .name = written};
    switch (name->kind) {
    case COMPONENT_NAME_CONSTRUCTOR:
        key.is_constructor = true;
        key.text = name->resource;
        break;
    case COMPONENT_NAME_METHOD:
    case COMPONENT_NAME_STATIC:
        /* The label ends where the written name does: "resource.label" is one run of bytes. */
        key.text = component_label_compare(name->resource, name->label) == 0
                       ? name->label
                       : bytes_of(name->resource.data, name->resource.len + 1 + name->label.len);
        break;
    default:
        break;
    }
    return key;
}

static enum status fail(struct component_types *types, const char *sentence, struct bytes name)
{
    return report_fail_name(types->report, STATUS_INVALID, types->offset, sentence, name);
}

/* own of `resource`, or a result of it. */
static bool returns_own(const struct component_types *types, const struct component_func_type *func,
                        uint32_t resource)
{
    const struct component_type *type = func->result;
    if (type != NULL && type->kind == COMPONENT_RESULT)
        type = type->element;
    return type != NULL && type->kind == COMPONENT_OWN &&
           component_types_original(types, type->resource) == resource;
}

static bool takes_self(const struct component_types *types, const struct component_func_type *func,
                       uint32_t resource)
{
    if (func->param_count == 0 || !bytes_equal(func->params[0].name, BYTES_LITERAL("self")))
        return false;
    const struct component_type *type = func->params[0].type;
    return type->kind == COMPONENT_BORROW &&
           component_types_original(types, type->resource) == resource;
}

static enum status check_annotation(struct component_types *types,
                                    const struct component_externs *externs, struct bytes written,
                                    const struct component_name *name,
                                    const struct component_extern_type *type)
{
    if (name->kind == COMPONENT_NAME_LABEL || name->kind == COMPONENT_NAME_INTERFACE)
        return STATUS_OK;
    if (type->sort != COMPONENT_SORT_FUNC)
        return fail(types, "% is not a func", written);
    const struct component_tree_node *node =
        component_tree_find(&externs->resources, &name->resource, compare_resources);
    if (node == NULL)
        return report_fail_names(types->report, STATUS_INVALID, types->offset,
                                 "%: there is no resource % in this context", written,
                                 name->resource);
    uint32_t resource = ((const struct resource_key *)(const void *)node)->resource;
    if (name->kind == COMPONENT_NAME_CONSTRUCTOR && !returns_own(types, type->func, resource))
        return fail(types,
                    "%: function should return `(own $T)` or `(result (own $T))` of its resource",
                    written);
    if (name->kind == COMPONENT_NAME_METHOD && !takes_self(types, type->func, resource))
        return fail(types,
                    "%: function should have a first argument called `self` of `(borrow $T)`",
                    written);
    return STATUS_OK;
}

static enum status add_key(struct component_types *types, struct component_externs *externs,
                           const struct extern_key *key, enum component_extern_role role)
{
    void *room = NULL;
    enum status status = component_types_alloc(types, 1, sizeof *key, &room);
    if (status != STATUS_OK)
        return status;
    struct extern_key *kept = room;
    *kept = *key;
    const struct component_tree_node *there =
        component_tree_insert(&externs->names, key, compare_keys, &kept->node);
    if (there == &kept->node)
        return STATUS_OK;
    return report_fail_names(types->report, STATUS_INVALID, types->offset,
                             role == COMPONENT_ROLE_IMPORT
                                 ? "import name % conflicts with previous name %"
                                 : "export name % conflicts with previous name %",
                             key->name, ((const struct extern_key *)(const void *)there)->name);
}

static enum status add_resource(struct component_types *types, struct component_externs *externs,
                                struct bytes label, uint32_t resource)
{
    void *room = NULL;
    enum status status = component_types_alloc(types, 1, sizeof(struct resource_key), &room);
    if (status != STATUS_OK)
        return status;
    struct resource_key *kept = room;
    kept->label = label;
    kept->resource = component_types_original(types, resource);
    (void)component_tree_insert(&externs->resources, &label, compare_resources, &kept->node);
    return STATUS_OK;
}

static enum status reserve(struct component_types *types, struct component_externs *externs)
{
    if (externs->count < externs->cap)
        return STATUS_OK;
    if (externs->count >= COMPONENT_LIMIT_ITEMS)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "there are more than % imports or exports", COMPONENT_LIMIT_ITEMS);
    uint32_t cap = externs->cap == 0 ? FIRST_CAP : externs->cap * 2;
    void *room = NULL;
    enum status status = component_types_alloc(types, cap, sizeof *externs->items, &room);
    if (status != STATUS_OK)
        return status;
    if (externs->count != 0)
        memcpy(room, externs->items, externs->count * sizeof *externs->items);
    externs->items = room;
    externs->cap = cap;
    return STATUS_OK;
}

enum status component_externs_add(struct component_types *types, struct component_externs *externs,
                                  struct bytes name, const struct component_extern_type *type,
                                  enum component_extern_role role)
{
    struct component_name parsed;
    if (name.len > COMPONENT_LIMIT_NAME)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a name is longer than % bytes", COMPONENT_LIMIT_NAME);
    if (!component_name_parse(name, &parsed))
        return fail(types, "% is not a valid extern name", name);
    enum status status = check_annotation(types, externs, name, &parsed, type);
    if (status != STATUS_OK)
        return status;
    const struct extern_key key = key_of(name, &parsed);
    status = add_key(types, externs, &key, role);
    if (status == STATUS_OK && parsed.kind == COMPONENT_NAME_LABEL &&
        type->sort == COMPONENT_SORT_TYPE && type->type.kind == COMPONENT_ANY_RESOURCE)
        status = add_resource(types, externs, name, type->type.resource);
    if (status == STATUS_OK)
        status = reserve(types, externs);
    if (status != STATUS_OK)
        return status;
    externs->items[externs->count++] =
        (struct component_extern_name){.name = name, .type = *type, .offset = types->offset};
    return STATUS_OK;
}

/*
 * core/component/subtype.c: which extern type may stand for which (Explainer.md "Import and Export
 * Definitions", Subtyping.md): value types have to be equal, functions too, names of parameters
 * included; instances may have more exports; components more exports and fewer imports.
 *
 * What is expected may leave resources open: those that a mapping binds. The first type that is
 * found under such a resource's name is what it stands for from then on. Declarations stand before
 * their uses, so one pass in their order decides.
 *
 * Nothing goes deeper than types do; every step is counted in work_left.
 */
#include "core/component/core_type.h"
#include "core/component/intern.h"
#include "core/component/limits.h"

/* Where a comparison is: names from the outermost in. */
struct matcher {
    struct component_types *types;
    uint32_t depth;
    struct bytes path[COMPONENT_LIMIT_DEPTH + 4];
};

static const char *sort_name(enum component_sort sort)
{
    switch (sort) {
    case COMPONENT_SORT_FUNC:
        return "func";
    case COMPONENT_SORT_TYPE:
        return "type";
    case COMPONENT_SORT_COMPONENT:
        return "component";
    case COMPONENT_SORT_INSTANCE:
        return "instance";
    default:
        return "module";
    }
}

static const char *any_name(const struct component_any_type *type)
{
    static const char *const names[] = {
        [COMPONENT_ANY_VALUE] = "defined type",  [COMPONENT_ANY_FUNC] = "func",
        [COMPONENT_ANY_COMPONENT] = "component", [COMPONENT_ANY_INSTANCE] = "instance",
        [COMPONENT_ANY_RESOURCE] = "resource",
    };
    return names[type->kind];
}

struct text {
    char *at;
    size_t left;
};

static void add(struct text *text, struct bytes more)
{
    for (size_t i = 0; i < more.len && text->left > 1; i++, text->left--) {
        uint8_t c = more.data[i];
        *text->at++ = (char)(c >= 0x20 && c < 0x7F ? c : '?');
    }
    *text->at = '\0';
}

static void add_word(struct text *text, const char *word)
{
    add(text, bytes_of(word, strlen(word)));
}

/* "a.b.c: sentence" with "expected X, found Y" behind it if there are such. */
static enum status mismatch(const struct matcher *matcher, const char *sentence,
                            const char *expected, const char *found)
{
    char room[REPORT_TEXT_MAX];
    struct text text = {room, sizeof room - 80};
    for (uint32_t i = 0; i < matcher->depth; i++) {
        add_word(&text, i == 0 ? "" : " / ");
        add(&text, matcher->path[i]);
    }
    text.left += 80;
    add_word(&text, ": ");
    add_word(&text, sentence);
    if (expected != NULL) {
        add_word(&text, ": expected ");
        add_word(&text, expected);
        add_word(&text, ", found ");
        add_word(&text, found);
    }
    report_write(matcher->types->report, matcher->types->offset, room);
    return STATUS_INVALID;
}

static enum status missing(struct matcher *matcher, struct bytes name, const char *sentence)
{
    matcher->path[matcher->depth++] = name;
    enum status status = mismatch(matcher, sentence, NULL, NULL);
    matcher->depth--;
    return status;
}

static const char *value_name(const struct component_type *type)
{
    return type == NULL ? "nothing" : (const char *)component_kind_name(type->kind).data;
}

static bool is_handle(const struct component_type *type)
{
    return type != NULL && (type->kind == COMPONENT_OWN || type->kind == COMPONENT_BORROW);
}

/* Either may be NULL: no result. */
static enum status match_value(const struct matcher *matcher,
                               const struct component_mapping *mapping,
                               const struct component_type *found,
                               const struct component_type *expected)
{
    const struct component_type *wanted = expected;
    if (expected != NULL) {
        enum status status = component_substitute_value(matcher->types, mapping, expected, &wanted);
        if (status != STATUS_OK)
            return status;
    }
    if (component_type_equal(found, wanted))
        return STATUS_OK;
    if (found == NULL || wanted == NULL || found->kind != wanted->kind)
        return mismatch(matcher, "type mismatch", value_name(wanted), value_name(found));
    if (is_handle(found))
        return mismatch(matcher, "resource types are not the same", NULL, NULL);
    return mismatch(matcher, "type mismatch", value_name(wanted), "another of its kind");
}

static enum status match_func(struct matcher *matcher, const struct component_mapping *mapping,
                              const struct component_func_type *found,
                              const struct component_func_type *expected)
{
    enum status status = component_types_work(matcher->types, 1 + (uint64_t)found->param_count);
    if (status != STATUS_OK)
        return status;
    if (found->is_async != expected->is_async)
        return mismatch(matcher, "type mismatch", expected->is_async ? "async func" : "func",
                        found->is_async ? "async func" : "func");
    if (found->param_count != expected->param_count)
        return mismatch(matcher, "type mismatch: another number of parameters", NULL, NULL);
    for (uint32_t i = 0; i < found->param_count; i++) {
        const struct component_field *a = &found->params[i], *b = &expected->params[i];
        matcher->path[matcher->depth++] = b->name;
        status = bytes_equal(a->name, b->name)
                     ? match_value(matcher, mapping, a->type, b->type)
                     : mismatch(matcher, "the parameter has another name", NULL, NULL);
        matcher->depth--;
        if (status != STATUS_OK)
            return status;
    }
    matcher->path[matcher->depth++] = BYTES_LITERAL("result");
    status = match_value(matcher, mapping, found->result, expected->result);
    matcher->depth--;
    return status;
}

static enum status match_extern(struct matcher *matcher, struct component_mapping *mapping,
                                const struct component_extern_type *found,
                                const struct component_extern_type *expected);

static enum status match_under(struct matcher *matcher, struct component_mapping *mapping,
                               struct bytes name, const struct component_extern_type *found,
                               const struct component_extern_type *expected)
{
    ASSERT(matcher->depth < COMPONENT_LIMIT_DEPTH);
    matcher->path[matcher->depth++] = name;
    enum status status = match_extern(matcher, mapping, found, expected);
    matcher->depth--;
    return status;
}

static enum status match_instance(struct matcher *matcher, struct component_mapping *mapping,
                                  const struct component_interface *found,
                                  const struct component_interface *expected)
{
    enum status status = component_types_work(matcher->types, 1 + (uint64_t)expected->export_count);
    for (uint32_t i = 0; i < expected->export_count && status == STATUS_OK; i++) {
        const struct component_extern_name *wanted = &expected->exports[i];
        const struct component_extern_name *there =
            component_interface_find_export(found, wanted->name);
        if (there == NULL)
            return missing(matcher, wanted->name, "missing expected export");
        status = match_under(matcher, mapping, wanted->name, &there->type, &wanted->type);
    }
    return status;
}

/* The resources that imports bring stand for themselves. */
static enum status keep_imported(struct component_types *types, struct component_mapping *mapping,
                                 const struct component_extern_name *items, uint32_t count)
{
    enum status status = component_types_work(types, count);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct component_extern_type *type = &items[i].type;
        if (type->sort == COMPONENT_SORT_INSTANCE) {
            status = keep_imported(types, mapping, type->interface->exports,
                                   type->interface->export_count);
        } else if (type->sort == COMPONENT_SORT_TYPE && type->type.kind == COMPONENT_ANY_RESOURCE) {
            uint32_t *to = component_mapping_find(types, mapping, type->type.resource);
            if (to != NULL)
                *to = component_types_original(types, type->type.resource);
        }
    }
    return status;
}

/* Whoever instantiates by `expected` brings its imports: they have to do for `found`. */
static enum status match_imports(struct matcher *matcher, struct component_mapping *mapping,
                                 const struct component_interface *found,
                                 const struct component_interface *expected)
{
    enum status status = component_types_work(matcher->types, 1 + (uint64_t)found->import_count);
    for (uint32_t i = 0; i < found->import_count && status == STATUS_OK; i++) {
        const struct component_extern_name *wanted = &found->imports[i];
        const struct component_extern_name *brought =
            component_interface_find_import(expected, wanted->name);
        if (brought == NULL)
            return missing(matcher, wanted->name, "missing expected import");
        status = match_under(matcher, mapping, wanted->name, &brought->type, &wanted->type);
    }
    return status;
}

static enum status match_exports(struct matcher *matcher, const struct component_mapping *given,
                                 struct component_mapping *mapping,
                                 const struct component_interface *found,
                                 const struct component_interface *expected)
{
    enum status status = component_types_work(matcher->types, 1 + (uint64_t)expected->export_count);
    for (uint32_t i = 0; i < expected->export_count && status == STATUS_OK; i++) {
        const struct component_extern_name *wanted = &expected->exports[i];
        const struct component_extern_name *there =
            component_interface_find_export(found, wanted->name);
        if (there == NULL)
            return missing(matcher, wanted->name, "missing expected export");
        struct component_extern_type offered;
        status = component_substitute_extern(matcher->types, given, &there->type, &offered);
        if (status == STATUS_OK)
            status = match_under(matcher, mapping, wanted->name, &offered, &wanted->type);
    }
    return status;
}

static enum status match_component(struct matcher *matcher, const struct component_mapping *outer,
                                   const struct component_interface *found,
                                   const struct component_interface *expected)
{
    struct component_types *types = matcher->types;
    struct component_mapping given, opened;
    enum status status = component_substitute_interface(types, outer, expected, &expected);
    if (status == STATUS_OK)
        status = component_mapping_begin(types, found, &given);
    if (status == STATUS_OK)
        status = match_imports(matcher, &given, found, expected);
    if (status == STATUS_OK)
        status = component_mapping_begin(types, expected, &opened);
    if (status == STATUS_OK)
        status = keep_imported(types, &opened, expected->imports, expected->import_count);
    if (status != STATUS_OK)
        return status;
    given.epoch = ++types->epoch;
    return match_exports(matcher, &given, &opened, found, expected);
}

static enum status match_resource(const struct matcher *matcher,
                                  const struct component_mapping *mapping, uint32_t found,
                                  uint32_t expected)
{
    const struct component_types *types = matcher->types;
    uint32_t *to = component_mapping_find(types, mapping, expected);
    if (to != NULL && *to == COMPONENT_NONE) {
        *to = found;
        return STATUS_OK;
    }
    uint32_t wanted = to == NULL ? expected : *to;
    if (component_types_original(types, wanted) == component_types_original(types, found))
        return STATUS_OK;
    return mismatch(matcher, "resource types are not the same", NULL, NULL);
}

static enum status match_any(struct matcher *matcher, struct component_mapping *mapping,
                             const struct component_any_type *found,
                             const struct component_any_type *expected)
{
    if (found->kind != expected->kind)
        return mismatch(matcher, "type mismatch", any_name(expected), any_name(found));
    switch (expected->kind) {
    case COMPONENT_ANY_VALUE:
        return match_value(matcher, mapping, found->value, expected->value);
    case COMPONENT_ANY_FUNC:
        return match_func(matcher, mapping, found->func, expected->func);
    case COMPONENT_ANY_COMPONENT:
        return match_component(matcher, mapping, found->interface, expected->interface);
    case COMPONENT_ANY_INSTANCE:
        return match_instance(matcher, mapping, found->interface, expected->interface);
    default:
        return match_resource(matcher, mapping, found->resource, expected->resource);
    }
}

static enum status match_extern(struct matcher *matcher, struct component_mapping *mapping,
                                const struct component_extern_type *found,
                                const struct component_extern_type *expected)
{
    if (found->sort != expected->sort)
        return mismatch(matcher, "type mismatch", sort_name(expected->sort),
                        sort_name(found->sort));
    if (expected->sort == COMPONENT_SORT_CORE_MODULE)
        return component_core_match(matcher->types, found->module, expected->module);
    const struct component_any_type a = component_extern_any(found);
    const struct component_any_type b = component_extern_any(expected);
    return match_any(matcher, mapping, &a, &b);
}

enum status component_match_named(struct component_types *types, struct component_mapping *mapping,
                                  struct bytes name, const struct component_extern_type *found,
                                  const struct component_extern_type *expected)
{
    struct matcher matcher;
    matcher.types = types;
    matcher.depth = 0;
    return match_under(&matcher, mapping, name, found, expected);
}

enum status component_types_match(struct component_types *types,
                                  const struct component_extern_type *found,
                                  const struct component_extern_type *expected)
{
    static const struct component_interface nothing_bound;
    struct bytes name = BYTES_LITERAL("ascribed type");
    if (expected->sort == COMPONENT_SORT_TYPE && expected->is_abstract) {
        if (found->sort == COMPONENT_SORT_TYPE && found->type.kind == COMPONENT_ANY_RESOURCE)
            return STATUS_OK;
        return component_types_fail(types, STATUS_INVALID,
                                    "type mismatch: expected a resource type");
    }
    bool is_instance = expected->sort == COMPONENT_SORT_INSTANCE;
    struct component_mapping mapping;
    enum status status = component_mapping_begin(
        types, is_instance ? expected->interface : &nothing_bound, &mapping);
    if (status != STATUS_OK)
        return status;
    return component_match_named(types, &mapping, name, found, expected);
}

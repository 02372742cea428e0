/*
 * cli/wit_interface.c: what is in an interface, or of types in the world: first the types that are
 * used from elsewhere, then those that are defined, resources with their functions, then functions.
 */
#include "cli/wit.h"

#include <stdlib.h>

struct use {
    const struct wit_entry *source;
    struct bytes name;
};

/* A function of a resource. */
struct method {
    struct component_name name;
    const struct component_func_type *func;
    uint32_t order;
};

struct items {
    struct wit *wit;
    uint32_t unit;
    unsigned indent;
    bool has_some; /* a blank line goes in front of the next */
    uint32_t use_count, method_count;
    struct use *uses;
    struct method *methods;
};

static int compare_bytes(struct bytes a, struct bytes b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int by_resource(const void *left, const void *right)
{
    const struct method *a = left, *b = right;
    int order = compare_bytes(a->name.resource, b->name.resource);
    return order != 0 ? order : a->order < b->order ? -1 : a->order > b->order;
}

static void put_indent(const struct items *items)
{
    for (unsigned i = 0; i < items->indent; i++)
        (void)fputc(' ', items->wit->out);
}

static void begin_item(struct items *items)
{
    if (items->has_some)
        (void)fputc('\n', items->wit->out);
    items->has_some = true;
}

static bool is_type(const struct component_extern_type *type)
{
    return type->sort == COMPONENT_SORT_TYPE &&
           (type->type.kind == COMPONENT_ANY_VALUE || type->type.kind == COMPONENT_ANY_RESOURCE);
}

/* What it is of, if that is named in another unit. */
static const struct wit_entry *used_from(const struct items *items,
                                         const struct component_extern_name *item)
{
    const struct wit_entry *source = wit_source(items->wit, items->unit, item);
    return source != NULL && source->unit != items->unit ? source : NULL;
}

static bool collect(struct items *items, const struct component_extern_name *list, uint32_t count)
{
    items->uses = arena_alloc(items->wit->arena, count, sizeof *items->uses);
    items->methods = arena_alloc(items->wit->arena, count, sizeof *items->methods);
    if (items->uses == NULL || items->methods == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct component_name name;
        if (is_type(&list[i].type)) {
            const struct wit_entry *source = used_from(items, &list[i]);
            if (source != NULL)
                items->uses[items->use_count++] = (struct use){source, list[i].name};
        } else if (list[i].type.sort == COMPONENT_SORT_FUNC &&
                   component_name_parse(list[i].name, &name) && name.resource.len != 0) {
            items->methods[items->method_count] =
                (struct method){name, list[i].type.func, items->method_count};
            items->method_count++;
        }
    }
    if (items->method_count != 0)
        qsort(items->methods, items->method_count, sizeof *items->methods, by_resource);
    return true;
}

static void put_bytes(const struct items *items, struct bytes text)
{
    (void)fwrite(text.data, 1, text.len, items->wit->out);
}

/* Interfaces of the same package are named without it. */
static void put_path(const struct items *items, const struct wit_unit *source)
{
    FILE *out = items->wit->out;
    const struct wit_unit *unit = &items->wit->units[items->unit];
    bool is_near = unit->is_interface && source->is_interface &&
                   bytes_equal(unit->package, source->package) &&
                   bytes_equal(unit->version, source->version);
    if (source == &items->wit->units[WIT_WORLD])
        (void)fputs("root", out);
    else if (is_near)
        wit_print_name(items->wit, source->label);
    else if (source->is_interface)
        put_bytes(items, source->name);
    else
        wit_print_name(items->wit, source->name);
}

static void put_uses(struct items *items)
{
    const struct wit *wit = items->wit;
    for (uint32_t i = 0; i < items->use_count; i++) {
        const struct use *use = &items->uses[i];
        uint32_t unit = use->source->unit;
        bool is_first = i == 0 || items->uses[i - 1].source->unit != unit;
        bool is_last = i + 1 == items->use_count || items->uses[i + 1].source->unit != unit;
        if (is_first) {
            put_indent(items);
            (void)fputs("use ", wit->out);
            put_path(items, &wit->units[unit]);
            (void)fputs(".{", wit->out);
        }
        wit_print_name(wit, use->source->name);
        if (!bytes_equal(use->source->name, use->name)) {
            (void)fputs(" as ", wit->out);
            wit_print_name(wit, use->name);
        }
        (void)fputs(is_last ? "};\n" : ", ", wit->out);
        items->has_some = true;
    }
}

static const struct method *first_method(const struct items *items, struct bytes resource)
{
    uint32_t low = 0, high = items->method_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_bytes(items->methods[middle].name.resource, resource) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return items->methods + low;
}

/* A constructor's result is left out where it is the resource itself. */
static void put_constructor(struct items *items, const struct component_func_type *func)
{
    struct component_func_type shown = *func;
    if (func->result != NULL && func->result->kind == COMPONENT_OWN)
        shown.result = NULL;
    (void)fputs("constructor", items->wit->out);
    wit_print_func(items->wit, items->unit, &shown, false);
}

static void put_method(struct items *items, const struct method *method)
{
    FILE *out = items->wit->out;
    put_indent(items);
    (void)fputs("  ", out);
    if (method->name.kind == COMPONENT_NAME_CONSTRUCTOR) {
        put_constructor(items, method->func);
    } else {
        bool is_static = method->name.kind == COMPONENT_NAME_STATIC;
        wit_print_name(items->wit, method->name.label);
        (void)fputs(is_static ? ": static func" : ": func", out);
        wit_print_func(items->wit, items->unit, method->func, !is_static);
    }
    (void)fputs(";\n", out);
}

static void put_resource(struct items *items, struct bytes name)
{
    FILE *out = items->wit->out;
    const struct method *end = items->methods + items->method_count;
    const struct method *method = first_method(items, name);
    put_indent(items);
    (void)fputs("resource ", out);
    wit_print_name(items->wit, name);
    if (method == end || !bytes_equal(method->name.resource, name)) {
        (void)fputs(";\n", out);
        return;
    }
    (void)fputs(" {\n", out);
    for (; method < end && bytes_equal(method->name.resource, name); method++)
        put_method(items, method);
    put_indent(items);
    (void)fputs("}\n", out);
}

static void put_type(struct items *items, const struct component_extern_name *item)
{
    const struct wit_entry *source = wit_source(items->wit, items->unit, item);
    if (source != NULL && source->unit != items->unit)
        return; /* among the uses */
    begin_item(items);
    if (item->type.type.kind == COMPONENT_ANY_RESOURCE && source == NULL)
        put_resource(items, item->name);
    else
        wit_print_definition(items->wit, items->unit, item->name,
                             item->type.type.kind == COMPONENT_ANY_RESOURCE ? NULL
                                                                            : item->type.type.value,
                             source, items->indent);
}

static void put_func(struct items *items, const struct component_extern_name *item)
{
    struct component_name name;
    if (component_name_parse(item->name, &name) && name.resource.len != 0)
        return; /* with its resource */
    begin_item(items);
    put_indent(items);
    wit_print_name(items->wit, item->name);
    (void)fputs(": func", items->wit->out);
    wit_print_func(items->wit, items->unit, item->type.func, false);
    (void)fputs(";\n", items->wit->out);
}

/* There is no WIT for it. */
static void put_other(struct items *items, const struct component_extern_name *item)
{
    static const char *const words[COMPONENT_SORT_COUNT] = {
        [COMPONENT_SORT_CORE_MODULE] = "core module",
        [COMPONENT_SORT_TYPE] = "type",
        [COMPONENT_SORT_COMPONENT] = "component",
        [COMPONENT_SORT_INSTANCE] = "instance",
    };
    begin_item(items);
    put_indent(items);
    (void)fputs("// ", items->wit->out);
    put_bytes(items, item->name);
    (void)fprintf(items->wit->out, ": %s\n", words[item->type.sort]);
}

bool wit_print_items(struct wit *wit, uint32_t unit, const struct component_extern_name *list,
                     uint32_t count, unsigned indent)
{
    struct items items = {.wit = wit, .unit = unit, .indent = indent};
    size_t mark = arena_mark(wit->arena);
    bool has_room = collect(&items, list, count);
    if (has_room) {
        put_uses(&items);
        for (uint32_t i = 0; i < count; i++)
            if (is_type(&list[i].type))
                put_type(&items, &list[i]);
    }
    for (uint32_t i = 0; has_room && unit != WIT_WORLD && i < count; i++) {
        if (list[i].type.sort == COMPONENT_SORT_FUNC)
            put_func(&items, &list[i]);
        else if (!is_type(&list[i].type))
            put_other(&items, &list[i]);
    }
    arena_rewind(wit->arena, mark);
    return has_room;
}

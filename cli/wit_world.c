/*
 * cli/wit_world.c: a component as a world, and the packages that its interfaces are of, each after
 * those that it uses types from.
 */
#include "cli/wit.h"

#include <stdlib.h>

#define PARTS_MAX 2000000u

struct package {
    const struct wit_unit *first;    /* one of its interfaces: has its name and version */
    uint32_t first_unit, unit_count; /* in world->by_package */
    uint32_t unit, item;             /* how far its needs have been looked at */
    bool is_open, is_done;
};

struct world {
    struct wit *wit;
    struct wit_unit **by_package; /* interfaces by package, then in their order */
    uint32_t interface_count;
    struct package *packages; /* in the order in which they are met */
    uint32_t package_count;
    uint32_t *stack; /* of packages that wait for others */
};

static void put(const struct wit *wit, const char *text)
{
    (void)fputs(text, wit->out);
}

static void put_bytes(const struct wit *wit, struct bytes text)
{
    (void)fwrite(text.data, 1, text.len, wit->out);
}

/* ---- The world ---- */

static void put_other(const struct wit *wit, const char *direction,
                      const struct component_extern_name *item)
{
    const char *word = item->type.sort == COMPONENT_SORT_COMPONENT     ? "component"
                       : item->type.sort == COMPONENT_SORT_CORE_MODULE ? "core module"
                                                                       : "type";
    (void)fprintf(wit->out, "  // %s ", direction);
    put_bytes(wit, item->name);
    (void)fprintf(wit->out, ": %s\n", word);
}

static bool put_instance(struct wit *wit, const char *direction, uint32_t index)
{
    const struct wit_unit *unit = &wit->units[index];
    (void)fprintf(wit->out, "  %s ", direction);
    if (unit->is_interface) {
        put_bytes(wit, unit->name);
        put(wit, ";\n");
        return true;
    }
    wit_print_name(wit, unit->name);
    put(wit, ": interface {\n");
    if (!wit_print_items(wit, index, unit->type->exports, unit->type->export_count, 4))
        return false;
    put(wit, "  }\n");
    return true;
}

static void put_func(struct wit *wit, const char *direction,
                     const struct component_extern_name *item)
{
    (void)fprintf(wit->out, "  %s ", direction);
    wit_print_name(wit, item->name);
    put(wit, ": func");
    wit_print_func(wit, WIT_WORLD, item->type.func, false);
    put(wit, ";\n");
}

static bool is_wit_type(const struct component_extern_type *type)
{
    return type->sort == COMPONENT_SORT_TYPE && type->type.kind != COMPONENT_ANY_FUNC &&
           type->type.kind != COMPONENT_ANY_COMPONENT && type->type.kind != COMPONENT_ANY_INSTANCE;
}

/* Interfaces, types, functions. */
static bool put_imports(struct wit *wit, uint32_t *unit)
{
    const struct component_interface *type = wit->component->type;
    bool has_room = true;
    for (uint32_t i = 0; i < type->import_count && has_room; i++)
        if (type->imports[i].type.sort == COMPONENT_SORT_INSTANCE)
            has_room = put_instance(wit, "import", (*unit)++);
    has_room = has_room && wit_print_items(wit, WIT_WORLD, type->imports, type->import_count, 2);
    for (uint32_t i = 0; i < type->import_count && has_room; i++) {
        const struct component_extern_name *item = &type->imports[i];
        struct component_name name;
        bool has_resource = component_name_parse(item->name, &name) && name.resource.len != 0;
        if (item->type.sort == COMPONENT_SORT_FUNC && !has_resource)
            put_func(wit, "import", item);
        else if (item->type.sort != COMPONENT_SORT_FUNC &&
                 item->type.sort != COMPONENT_SORT_INSTANCE && !is_wit_type(&item->type))
            put_other(wit, "import", item);
    }
    return has_room;
}

static bool put_exports(struct wit *wit, uint32_t *unit)
{
    const struct component_interface *type = wit->component->type;
    if (type->import_count != 0 && type->export_count != 0)
        put(wit, "\n");
    bool has_room = true;
    for (uint32_t i = 0; i < type->export_count && has_room; i++) {
        const struct component_extern_name *item = &type->exports[i];
        if (item->type.sort == COMPONENT_SORT_FUNC)
            put_func(wit, "export", item);
        else if (item->type.sort == COMPONENT_SORT_INSTANCE)
            has_room = put_instance(wit, "export", (*unit)++);
        else
            put_other(wit, "export", item);
    }
    return has_room;
}

/* ---- Packages ---- */

static int compare_bytes(struct bytes a, struct bytes b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int compare_packages(const struct wit_unit *a, const struct wit_unit *b)
{
    int order = compare_bytes(a->package, b->package);
    return order != 0 ? order : compare_bytes(a->version, b->version);
}

/* By package and label; one that is imported stands before the same that is exported. */
static int by_package(const void *left, const void *right)
{
    const struct wit_unit *a = *(struct wit_unit *const *)left;
    const struct wit_unit *b = *(struct wit_unit *const *)right;
    int order = compare_packages(a, b);
    if (order == 0)
        order = compare_bytes(a->label, b->label);
    return order != 0 ? order : a < b ? -1 : a > b;
}

static int by_place(const void *left, const void *right)
{
    const struct wit_unit *a = *(struct wit_unit *const *)left;
    const struct wit_unit *b = *(struct wit_unit *const *)right;
    int order = compare_packages(a, b);
    return order != 0 ? order : a < b ? -1 : a > b;
}

static int by_first(const void *left, const void *right)
{
    const struct package *a = left, *b = right;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* The interfaces, each name once. */
static void gather(struct world *world)
{
    struct wit *wit = world->wit;
    uint32_t count = 0, kept = 0;
    for (uint32_t i = 0; i < wit->unit_count; i++)
        if (wit->units[i].is_interface)
            world->by_package[count++] = &wit->units[i];
    if (count == 0)
        return;
    qsort(world->by_package, count, sizeof(struct wit_unit *), by_package);
    for (uint32_t i = 0; i < count; i++) {
        struct wit_unit *unit = world->by_package[i];
        if (kept == 0 || compare_packages(world->by_package[kept - 1], unit) != 0 ||
            !bytes_equal(world->by_package[kept - 1]->label, unit->label))
            world->by_package[kept++] = unit;
    }
    qsort(world->by_package, kept, sizeof(struct wit_unit *), by_place);
    world->interface_count = kept;
}

static void make_packages(struct world *world)
{
    struct wit_unit **units = world->by_package;
    for (uint32_t i = 0; i < world->interface_count; i++) {
        if (i == 0 || compare_packages(units[i - 1], units[i]) != 0)
            world->packages[world->package_count++] =
                (struct package){.first = units[i], .first_unit = i};
        world->packages[world->package_count - 1].unit_count++;
    }
    if (world->package_count != 0)
        qsort(world->packages, world->package_count, sizeof *world->packages, by_first);
    for (uint32_t p = 0; p < world->package_count; p++)
        for (uint32_t i = 0; i < world->packages[p].unit_count; i++)
            units[world->packages[p].first_unit + i]->package_index = p;
}

static bool put_package(const struct world *world, const struct package *package, bool is_first)
{
    struct wit *wit = world->wit;
    put(wit, is_first ? "package " : "\n\npackage ");
    put_bytes(wit, package->first->package);
    if (package->first->version.len != 0) {
        put(wit, "@");
        put_bytes(wit, package->first->version);
    }
    put(wit, " {\n");
    for (uint32_t i = 0; i < package->unit_count; i++) {
        const struct wit_unit *unit = world->by_package[package->first_unit + i];
        put(wit, "  interface ");
        wit_print_name(wit, unit->label);
        put(wit, " {\n");
        if (!wit_print_items(wit, (uint32_t)(unit - wit->units), unit->type->exports,
                             unit->type->export_count, 4))
            return false;
        put(wit, "  }\n");
    }
    put(wit, "}\n");
    return true;
}

/* A package that one of this package's interfaces uses, and which is not printed nor waits;
 * WIT_NONE: none. What was looked at is not looked at again. */
static uint32_t next_needed(const struct world *world, struct package *package)
{
    const struct wit *wit = world->wit;
    for (; package->unit < package->unit_count; package->unit++, package->item = 0) {
        const struct wit_unit *at = world->by_package[package->first_unit + package->unit];
        while (package->item < at->type->export_count) {
            const struct component_extern_name *export = &at->type->exports[package->item++];
            if (!is_wit_type(&export->type))
                continue;
            const struct wit_entry *source = wit_source(wit, (uint32_t)(at - wit->units), export);
            if (source == NULL)
                continue;
            uint32_t needed = wit->units[source->unit].package_index;
            if (needed != WIT_NONE && !world->packages[needed].is_done &&
                !world->packages[needed].is_open)
                return needed;
        }
    }
    return WIT_NONE;
}

/* Depth first, with a stack of our own: there may be many packages. */
static bool put_packages(struct world *world)
{
    bool is_first = true;
    for (uint32_t root = 0; root < world->package_count; root++) {
        uint32_t height = 0;
        if (!world->packages[root].is_done)
            world->stack[height++] = root;
        while (height != 0) {
            uint32_t index = world->stack[height - 1];
            struct package *package = &world->packages[index];
            package->is_open = true;
            uint32_t needed = next_needed(world, package);
            if (needed != WIT_NONE) {
                world->stack[height++] = needed;
                continue;
            }
            if (!put_package(world, package, is_first))
                return false;
            is_first = false;
            package->is_done = true;
            height--;
        }
    }
    return true;
}

bool wit_print(struct wit *wit, FILE *out)
{
    struct world world = {.wit = wit};
    uint32_t unit = WIT_WORLD + 1;
    wit->out = out;
    wit->left = PARTS_MAX;
    world.by_package = arena_alloc(wit->arena, wit->unit_count, sizeof(struct wit_unit *));
    world.packages = arena_alloc(wit->arena, wit->unit_count, sizeof *world.packages);
    world.stack = arena_alloc(wit->arena, wit->unit_count, sizeof *world.stack);
    if (world.by_package == NULL || world.packages == NULL || world.stack == NULL)
        return false;
    gather(&world);
    make_packages(&world);
    put(wit, "package root:component;\n\nworld root {\n");
    if (!put_imports(wit, &unit) || !put_exports(wit, &unit))
        return false;
    put(wit, "}\n");
    return put_packages(&world);
}

/*
 * core/wasm/type_registry.c: recursion groups in a balanced tree (an AA tree: Andersson 1993).
 *
 * Invariants of the tree, by node:
 *   (1) the smaller child's level is one less, the greater child's is the same or one less;
 *   (2) the greater child's greater child is of a lesser level;
 *   (3) a node of a level above 1 has two children. An absent child is of level 0.
 * So its height is at most twice the logarithm of the nodes: 60 for 2^30 groups.
 */
#include "core/wasm/type_registry.h"

#include "core/wasm/module.h"

#define HEIGHT_MAX  64u
#define INSIDE_MARK 0x20000000u

static int compare_u32(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

/* A type index as it is compared: by place if it is of the group that begins at `first`. */
static uint32_t relative_index(uint32_t index, uint32_t first)
{
    if (index == WASM_NO_SUPERTYPE || index < first)
        return index;
    return INSIDE_MARK | (index - first);
}

static uint32_t relative_type(uint32_t type, uint32_t first)
{
    if (!wasm_type_has_defined(type))
        return type;
    return (type & ~WASM_TYPE_HEAP_MASK) | relative_index(wasm_type_heap(type), first);
}

static int compare_lists(const uint32_t *a, uint32_t a_count, uint32_t a_first, const uint32_t *b,
                         uint32_t b_count, uint32_t b_first)
{
    if (a_count != b_count)
        return compare_u32(a_count, b_count);
    for (uint32_t i = 0; i < a_count; i++) {
        uint32_t a_type = relative_type(a[i], a_first), b_type = relative_type(b[i], b_first);
        if (a_type != b_type)
            return compare_u32(a_type, b_type);
    }
    return 0;
}

static int compare_fields(const struct wasm_field *a, uint32_t a_first, const struct wasm_field *b,
                          uint32_t b_first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t a_type = relative_type(a[i].type, a_first);
        uint32_t b_type = relative_type(b[i].type, b_first);
        if (a_type != b_type)
            return compare_u32(a_type, b_type);
        if (a[i].is_mutable != b[i].is_mutable)
            return compare_u32(a[i].is_mutable, b[i].is_mutable);
    }
    return 0;
}

static int compare_types(const struct wasm_type *a, uint32_t a_first, const struct wasm_type *b,
                         uint32_t b_first)
{
    if (a->kind != b->kind)
        return compare_u32(a->kind, b->kind);
    if (a->is_final != b->is_final)
        return compare_u32(a->is_final, b->is_final);
    uint32_t a_super = relative_index(a->supertype, a_first);
    uint32_t b_super = relative_index(b->supertype, b_first);
    if (a_super != b_super)
        return compare_u32(a_super, b_super);
    if (a->kind == WASM_KIND_ARRAY)
        return compare_fields(&a->element, a_first, &b->element, b_first, 1);
    if (a->kind == WASM_KIND_STRUCT) {
        uint32_t count = a->fields.field_count;
        if (count != b->fields.field_count)
            return compare_u32(count, b->fields.field_count);
        return compare_fields(a->fields.fields, a_first, b->fields.fields, b_first, count);
    }
    int order = compare_lists(a->func.params, a->func.param_count, a_first, b->func.params,
                              b->func.param_count, b_first);
    if (order != 0)
        return order;
    return compare_lists(a->func.results, a->func.result_count, a_first, b->func.results,
                         b->func.result_count, b_first);
}

/* Reads no more of either group than the new one is long. */
static int compare_groups(const struct wasm_type *types, uint32_t first, uint32_t count,
                          uint32_t old)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i != 0 && types[old + i].starts_group)
            return 1;
        int order = compare_types(&types[first + i], first, &types[old + i], old);
        if (order != 0)
            return order;
    }
    return types[old + count].starts_group ? 0 : -1;
}

static uint32_t level_of(const struct wasm_type_registry *registry, uint32_t node)
{
    return node == WASM_TYPE_NONE ? 0 : registry->nodes[node].level;
}

/* A smaller child of the same level: turned over to the other side. */
static uint32_t skew(struct wasm_type_registry *registry, uint32_t top)
{
    struct wasm_type_node *nodes = registry->nodes;
    uint32_t less = nodes[top].children[0];
    if (level_of(registry, less) != nodes[top].level)
        return top;
    nodes[top].children[0] = nodes[less].children[1];
    nodes[less].children[1] = top;
    return less;
}

/* Three of a level in a row: the middle one goes up. */
static uint32_t split(struct wasm_type_registry *registry, uint32_t top)
{
    struct wasm_type_node *nodes = registry->nodes;
    uint32_t more = nodes[top].children[1];
    if (more == WASM_TYPE_NONE || level_of(registry, nodes[more].children[1]) != nodes[top].level)
        return top;
    nodes[top].children[1] = nodes[more].children[0];
    nodes[more].children[0] = top;
    nodes[more].level++;
    return more;
}

uint32_t wasm_type_registry_intern(struct wasm_type_registry *registry, uint32_t first,
                                   uint32_t count)
{
    uint32_t path[HEIGHT_MAX];
    uint8_t sides[HEIGHT_MAX];
    uint32_t height = 0;
    for (uint32_t node = registry->root; node != WASM_TYPE_NONE;) {
        int order = compare_groups(registry->types, first, count, node);
        if (order == 0)
            return node;
        ASSERT(height < HEIGHT_MAX);
        path[height] = node;
        sides[height] = order > 0;
        node = registry->nodes[node].children[sides[height++]];
    }
    registry->nodes[first] = (struct wasm_type_node){{WASM_TYPE_NONE, WASM_TYPE_NONE}, 1};
    uint32_t below = first;
    while (height-- != 0) {
        registry->nodes[path[height]].children[sides[height]] = below;
        below = split(registry, skew(registry, path[height]));
    }
    registry->root = below;
    return first;
}

static uint32_t moved_index(uint32_t index, uint32_t first, uint32_t to)
{
    return index == WASM_NO_SUPERTYPE || index < first ? index : index - first + to;
}

static void move_types(const uint32_t *types, uint32_t count, uint32_t first, uint32_t to)
{
    uint32_t *own = (uint32_t *)(uintptr_t)types; /* made by whoever made the group */
    for (uint32_t i = 0; i < count; i++)
        if (wasm_type_has_defined(own[i]))
            own[i] =
                (own[i] & ~WASM_TYPE_HEAP_MASK) | moved_index(wasm_type_heap(own[i]), first, to);
}

static void move_fields(const struct wasm_field *fields, uint32_t count, uint32_t first,
                        uint32_t to)
{
    struct wasm_field *own = (struct wasm_field *)(uintptr_t)fields;
    for (uint32_t i = 0; i < count; i++)
        move_types(&own[i].type, 1, first, to);
}

void wasm_type_group_move(struct wasm_type *types, uint32_t first, uint32_t count, uint32_t to)
{
    for (uint32_t i = first; i < first + count; i++) {
        struct wasm_type *type = &types[i];
        type->canonical = i - first + to;
        type->supertype = moved_index(type->supertype, first, to);
        switch (type->kind) {
        case WASM_KIND_STRUCT:
            move_fields(type->fields.fields, type->fields.field_count, first, to);
            move_types(wasm_struct_operands(&type->fields), type->fields.field_count, first, to);
            break;
        case WASM_KIND_ARRAY:
            move_fields(&type->element, 1, first, to);
            break;
        default:
            move_types(type->func.params, type->func.param_count, first, to);
            move_types(type->func.results, type->func.result_count, first, to);
            break;
        }
    }
}

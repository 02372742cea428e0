/*
 * tests/support/component_check.c: see component_check.h.
 */
#include "tests/support/component_check.h"

#include "core/component/graph.h"
#include "core/component/limits.h"

#define ARENA_CAP    ((size_t)24 << 20)
#define WALKED_NODES 100000u

struct walk {
    const struct component *component;
    uint32_t left; /* nodes that are still looked at: types may be huge when unfolded */
};

static void check_type(struct walk *walk, const struct component_type *type, uint32_t depth);

static void check_resource(const struct walk *walk, uint32_t resource)
{
    const struct component_graph *graph = walk->component->graph;
    ASSERT(resource < graph->resource_count);
    const struct component_resource_info *info = &graph->resources[resource];
    ASSERT(info->owner == NULL || info->place < info->owner->resource_count);
    ASSERT(info->named_from == COMPONENT_NONE || info->named_from < resource);
}

static void check_parts(struct walk *walk, const struct component_type *type, uint32_t depth)
{
    uint64_t nodes = 1 + (uint64_t)type->count;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct component_type *part = type->fields[i].type;
        if (part == NULL)
            continue;
        nodes += part->nodes;
        ASSERT(part->depth < type->depth);
        ASSERT(part->size <= type->size && part->alignment <= type->alignment);
        check_type(walk, part, depth + 1);
    }
    if (type->element != NULL)
        check_type(walk, type->element, depth + 1);
    if (type->error != NULL)
        check_type(walk, type->error, depth + 1);
    nodes += type->element != NULL ? type->element->nodes : 0;
    nodes += type->error != NULL ? type->error->nodes : 0;
    ASSERT(nodes == type->nodes);
}

static void check_type(struct walk *walk, const struct component_type *type, uint32_t depth)
{
    ASSERT(depth <= COMPONENT_LIMIT_DEPTH);
    if (walk->left == 0)
        return;
    walk->left--;
    ASSERT(type->depth != 0 && type->depth <= COMPONENT_LIMIT_DEPTH);
    ASSERT(type->nodes <= COMPONENT_LIMIT_TYPE_SIZE);
    ASSERT(type->canonical != NULL && type->canonical->canonical == type->canonical);
    ASSERT(type->canonical->name_tag == 0 && type->canonical->kind == type->kind);
    ASSERT(type->canonical->size == type->size && type->canonical->nodes == type->nodes);
    ASSERT(type->alignment != 0 && type->size % type->alignment == 0);
    ASSERT(type->flat_count != 0);
    if (type->kind == COMPONENT_OWN || type->kind == COMPONENT_BORROW)
        check_resource(walk, type->resource);
    check_parts(walk, type, depth);
}

static void check_func(struct walk *walk, const struct component_func_type *func)
{
    struct component_core_signature signature;
    for (unsigned is_lower = 0; is_lower < 2; is_lower++) {
        component_func_signature(func, is_lower != 0, &signature);
        ASSERT(signature.param_count <= COMPONENT_MAX_FLAT_PARAMS + 1);
        ASSERT(signature.result_count <= COMPONENT_MAX_FLAT_RESULTS);
        for (uint32_t i = 0; i < signature.param_count; i++)
            ASSERT(signature.params[i] >= WASM_TYPE_F64 && signature.params[i] <= WASM_TYPE_I32);
    }
    for (uint32_t i = 0; i < func->param_count; i++)
        check_type(walk, func->params[i].type, 1);
    if (func->result != NULL)
        check_type(walk, func->result, 1);
}

static void check_extern(struct walk *walk, const struct component_extern_type *type,
                         uint32_t depth);

static void check_list(struct walk *walk, const struct component_interface *interface,
                       bool is_imports, uint32_t depth)
{
    uint32_t count = is_imports ? interface->import_count : interface->export_count;
    const struct component_extern_name *items =
        is_imports ? interface->imports : interface->exports;
    for (uint32_t i = 0; i < count && walk->left != 0; i++) {
        struct component_name name;
        ASSERT(component_name_parse(items[i].name, &name));
        ASSERT((is_imports
                    ? component_interface_find_import(interface, items[i].name)
                    : component_interface_find_export(interface, items[i].name)) == &items[i]);
        check_extern(walk, &items[i].type, depth);
    }
}

static void check_interface(struct walk *walk, const struct component_interface *interface,
                            uint32_t depth)
{
    ASSERT(depth <= COMPONENT_LIMIT_DEPTH);
    ASSERT(interface->nodes <= COMPONENT_LIMIT_TYPE_SIZE);
    for (uint32_t i = 0; i < interface->bound_count; i++) {
        check_resource(walk, interface->bound[i]);
        ASSERT(i == 0 || interface->bound[i - 1] < interface->bound[i]);
    }
    check_list(walk, interface, true, depth + 1);
    check_list(walk, interface, false, depth + 1);
}

static void check_extern(struct walk *walk, const struct component_extern_type *type,
                         uint32_t depth)
{
    if (walk->left == 0)
        return;
    walk->left--;
    switch (type->sort) {
    case COMPONENT_SORT_FUNC:
        check_func(walk, type->func);
        return;
    case COMPONENT_SORT_COMPONENT:
    case COMPONENT_SORT_INSTANCE:
        check_interface(walk, type->interface, depth);
        return;
    case COMPONENT_SORT_TYPE:
        if (type->type.kind == COMPONENT_ANY_VALUE)
            check_type(walk, type->type.value, 1);
        else if (type->type.kind == COMPONENT_ANY_RESOURCE)
            check_resource(walk, type->type.resource);
        else if (type->type.kind == COMPONENT_ANY_FUNC)
            check_func(walk, type->type.func);
        else
            check_interface(walk, type->type.interface, depth);
        return;
    default:
        ASSERT(type->sort == COMPONENT_SORT_CORE_MODULE && type->module != NULL);
        return;
    }
}

static void check_step(struct walk *walk, const struct component_step *step)
{
    const struct component *component = walk->component;
    for (uint32_t i = 0; i < step->item_count; i++)
        if (step->items[i].sort != COMPONENT_SORT_TYPE)
            ASSERT(step->items[i].index < component->counts[step->items[i].sort]);
    switch (step->kind) {
    case COMPONENT_STEP_CORE_MODULE:
        ASSERT(step->module != NULL);
        return;
    case COMPONENT_STEP_CORE_INSTANTIATE:
        ASSERT(step->index < component->counts[COMPONENT_SORT_CORE_MODULE]);
        return;
    case COMPONENT_STEP_INSTANTIATE:
        ASSERT(step->index < component->counts[COMPONENT_SORT_COMPONENT]);
        check_extern(walk, &step->extern_type, 1);
        return;
    case COMPONENT_STEP_ALIAS_EXPORT:
        ASSERT(step->index < component->counts[COMPONENT_SORT_INSTANCE]);
        return;
    case COMPONENT_STEP_ALIAS_CORE:
        ASSERT(step->index < component->counts[COMPONENT_SORT_CORE_INSTANCE]);
        return;
    case COMPONENT_STEP_RESOURCE:
    case COMPONENT_STEP_RESOURCE_NEW:
    case COMPONENT_STEP_RESOURCE_DROP:
    case COMPONENT_STEP_RESOURCE_REP:
        check_resource(walk, step->resource);
        return;
    case COMPONENT_STEP_BUILTIN:
        ASSERT(step->builtin != NULL);
        return;
    case COMPONENT_STEP_LIFT:
        ASSERT(step->core_func < component->counts[COMPONENT_SORT_CORE_FUNC]);
        check_func(walk, step->func_type);
        return;
    case COMPONENT_STEP_LOWER:
        ASSERT(step->index < component->counts[COMPONENT_SORT_FUNC]);
        check_func(walk, step->func_type);
        return;
    case COMPONENT_STEP_IMPORT:
    case COMPONENT_STEP_EXPORT:
        check_extern(walk, &step->extern_type, 1);
        return;
    default:
        return;
    }
}

/* Components in it are walked over as well, with a stack of their own. */
static void check_component(const struct component *outermost)
{
    struct walk walk = {outermost, WALKED_NODES};
    const struct component *stack[COMPONENT_LIMIT_DEPTH + 1];
    uint32_t places[COMPONENT_LIMIT_DEPTH + 1] = {0};
    uint32_t height = 1;
    stack[0] = outermost;
    while (height != 0) {
        const struct component *component = stack[height - 1];
        walk.component = component;
        if (places[height - 1] == component->step_count) {
            check_interface(&walk, component->type, 1);
            height--;
            continue;
        }
        const struct component_step *step = &component->steps[places[height - 1]++];
        check_step(&walk, step);
        if (step->kind == COMPONENT_STEP_COMPONENT) {
            ASSERT(height <= COMPONENT_LIMIT_DEPTH && step->component->parent == component);
            stack[height] = step->component;
            places[height++] = 0;
        }
    }
}

static enum status load(struct bytes input, uint64_t refuse_at, struct report *report)
{
    static ALIGNED(16) uint8_t memory[2][ARENA_CAP];
    struct arena arena, scratch;
    arena_init(&arena, memory[0], ARENA_CAP);
    arena_init(&scratch, memory[1], ARENA_CAP);
    arena.refuse_at = refuse_at;
    const struct component *component = NULL;
    report_init(report);
    enum status status = component_load(input, &arena, &scratch, &component, report);
    ASSERT(scratch.used == 0);
    if (status == STATUS_OK) {
        ASSERT(!report->is_set);
        check_component(component);
    } else {
        ASSERT(component == NULL && arena.used == 0);
        ASSERT(report->is_set && report->len != 0);
        ASSERT(report->offset <= input.len || report->offset == REPORT_NO_OFFSET);
    }
    arena_fini(&arena);
    arena_fini(&scratch);
    return status;
}

enum status component_check(struct bytes input, struct report *report)
{
    uint64_t refuse_at = 1;
    for (size_t i = 0; i < input.len; i++)
        refuse_at = (refuse_at * 31 + input.data[i]) % 257 + 1;
    (void)load(input, refuse_at, report); /* whatever it says, nothing is left behind */
    return load(input, 0, report);
}

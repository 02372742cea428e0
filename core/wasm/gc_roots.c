/*
 * core/wasm/gc_roots.c: layouts of the store's types, and what is alive.
 *
 * Roots are exact: frames by the maps of their safepoints, globals, tables, element segments, and
 * the values that a constant expression being evaluated holds. Only a host function's arguments
 * are looked at with suspicion: it may have put its results over them.
 */
#include "core/wasm/code.h"
#include "core/wasm/gc.h"
#include "core/wasm/subtype.h"
#include "core/wasm/walk.h"

bool wasm_type_is_traced(const struct wasm_type *types, uint32_t type)
{
    if (!wasm_type_is_ref(type))
        return false;
    uint32_t heap = wasm_type_heap(type);
    if (wasm_heap_is_defined(heap))
        return types[heap].kind != WASM_KIND_FUNC;
    return heap != WASM_HEAP_FUNC && heap != WASM_HEAP_NOFUNC;
}

bool wasm_module_needs_heap(const struct wasm_module *module)
{
    for (uint32_t i = 0; i < module->type_count; i++)
        if (module->types[i].kind != WASM_KIND_FUNC)
            return true;
    return false;
}

/* ---- frames ---- */

static void mark_values(const struct wasm_type *types, const uint32_t *value_types, uint32_t count,
                        const uint64_t *slots, struct wasm_heap *heap)
{
    for (uint32_t i = 0; i < count; i++) {
        if (wasm_type_is_traced(types, value_types[i]))
            wasm_heap_mark(heap, (uint32_t)*slots);
        slots += wasm_type_slots(value_types[i]);
    }
}

static void mark_frame(const struct wasm_walk *walk, uint32_t roots, struct wasm_heap *heap)
{
    const struct wasm_type *types = walk->instance->module->types;
    while (roots != 0) {
        const struct code_roots *entry = walk->code->roots_end - roots;
        const uint64_t *slots = walk->frame + entry->slot;
        if (entry->types != NULL)
            mark_values(types, entry->types, entry->count, slots, heap);
        else
            for (uint32_t i = 0; i < entry->count; i++)
                wasm_heap_mark(heap, (uint32_t)slots[i]);
        roots = entry->parent;
    }
}

static void mark_frames(const struct wasm_store *store, struct wasm_heap *heap)
{
    const struct wasm_safepoint *here = &store->safepoint;
    struct wasm_walk walk;
    bool is_frame = true;
    uint32_t roots = here->roots;
    if (here->instance != NULL)
        wasm_walk_begin(&walk, store, here->instance, here->pc, here->frame, false);
    else
        is_frame = wasm_walk_begin_outside(&walk, store);
    while (is_frame) {
        if (walk.is_behind)
            roots = ((const struct code_resume *)(const void *)walk.pc)->roots;
        heap->visited++; /* a frame without references takes its time, too */
        mark_frame(&walk, roots, heap);
        is_frame = wasm_walk_next(&walk);
    }
    for (const struct wasm_activation *at = store->activation; at != NULL; at = at->outer)
        for (uint32_t i = 0; i < at->host->param_slots; i++)
            wasm_heap_mark_suspect(heap, at->frame[i]);
}

/* ---- the rest ---- */

/* Of an instance that is still being made some of it is not there yet. */
static void mark_instance(const struct wasm_instance *instance, struct wasm_heap *heap)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; instance->global_states != NULL && i < module->global_count; i++) {
        const struct wasm_global_state *global = instance->global_states[i];
        if (global != NULL && wasm_type_is_traced(module->types, module->globals[i].type))
            wasm_heap_mark(heap, (uint32_t)*global->value);
    }
    for (uint32_t i = 0; instance->elems != NULL && i < module->elem_count; i++) {
        const struct wasm_elem_state *elem = &instance->elems[i];
        if (!wasm_type_is_traced(module->types, module->elems[i].type))
            continue;
        for (uint32_t j = 0; j < elem->len; j++)
            wasm_heap_mark(heap, elem->refs[j]);
    }
}

static void mark_roots(void *context, struct wasm_heap *heap)
{
    const struct wasm_store *store = context;
    mark_frames(store, heap);
    for (const struct wasm_instance *i = store->instances; i != NULL; i = i->next)
        mark_instance(i, heap);
    for (const struct wasm_table_state *t = store->tables; t != NULL; t = t->next)
        if (wasm_type_is_traced(store->types, t->type.type))
            for (uint32_t i = 0; i < t->len; i++)
                wasm_heap_mark(heap, t->elements[i]);
    for (const struct wasm_global_state *g = store->globals; g != NULL; g = g->next)
        if (wasm_type_is_traced(store->types, g->type))
            wasm_heap_mark(heap, (uint32_t)*g->value);
    for (const struct wasm_held *h = store->held; h != NULL; h = h->outer)
        for (uint32_t i = 0; i < h->count; i++)
            wasm_heap_mark_suspect(heap, h->slots[i]);
}

/* ---- layouts ---- */

static enum status no_room(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                       "no room for the layouts of objects");
}

/* A struct's references, and where they are. */
static enum status lay_out_struct(struct wasm_store *store, const struct wasm_struct_type *type,
                                  struct wasm_heap_layout *out_layout, struct report *report)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < type->field_count; i++)
        count += wasm_type_is_traced(store->types, type->fields[i].type);
    uint32_t *refs = arena_alloc_aligned(store->arena, count, sizeof *refs, sizeof *refs);
    if (refs == NULL)
        return no_room(report);
    *out_layout = (struct wasm_heap_layout){.bytes = type->size, .ref_count = count, .refs = refs};
    for (uint32_t i = 0; i < type->field_count; i++)
        if (wasm_type_is_traced(store->types, type->fields[i].type))
            *refs++ = type->fields[i].offset;
    return STATUS_OK;
}

static enum status lay_out(struct wasm_store *store, uint32_t index, struct report *report)
{
    const struct wasm_type *type = &store->types[index];
    if (type->kind == WASM_KIND_STRUCT)
        return lay_out_struct(store, &type->fields, &store->layouts[index], report);
    if (type->kind == WASM_KIND_ARRAY)
        store->layouts[index] = (struct wasm_heap_layout){
            .bytes = type->element.offset,
            .element_bytes = type->element.size,
            .ref_count = wasm_type_is_traced(store->types, type->element.type)};
    return STATUS_OK;
}

static enum status reserve_layouts(struct wasm_store *store, struct report *report)
{
    if (store->type_count <= store->layout_cap)
        return STATUS_OK;
    struct wasm_heap_layout *layouts = arena_alloc(store->arena, store->type_cap, sizeof *layouts);
    if (layouts == NULL)
        return no_room(report);
    if (store->layout_count != 0)
        memcpy(layouts, store->layouts, store->layout_count * sizeof *layouts);
    store->layouts = layouts;
    store->layout_cap = store->type_cap;
    return STATUS_OK;
}

void wasm_store_set_heap(struct wasm_store *store, struct wasm_heap *heap)
{
    store->heap = heap;
    for (struct wasm_instance *i = store->instances; i != NULL; i = i->next)
        i->heap_base = heap == NULL ? NULL : heap->base;
}

enum status wasm_store_need_heap(struct wasm_store *store, struct report *report)
{
    struct wasm_heap *heap;
    if (store->heap != NULL)
        return STATUS_OK;
    if (wasm_heap_create(store->arena, store->caps.heap_bytes, &heap) != STATUS_OK)
        return report_fail_u64(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                               "no room for a GC heap of % bytes", store->caps.heap_bytes);
    heap->roots = mark_roots;
    heap->roots_context = store;
    heap->collects_always = store->host.collects_always;
    wasm_store_set_heap(store, heap);
    return STATUS_OK;
}

enum status wasm_gc_prepare(struct wasm_store *store, struct report *report)
{
    enum status status = wasm_store_need_heap(store, report);
    if (status == STATUS_OK)
        status = reserve_layouts(store, report);
    while (status == STATUS_OK && store->layout_count < store->type_count) {
        status = lay_out(store, store->layout_count, report);
        if (status == STATUS_OK)
            store->layout_count++;
    }
    if (status == STATUS_OK)
        store->heap->layouts = store->layouts;
    return status;
}

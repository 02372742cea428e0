/*
 * core/wasm/store_tags.c: tags of instances and of hosts, and how their exceptions lie in the heap.
 *
 * Two tags are the same if they are one object of the store; its number is the type of its
 * exceptions in the heap.
 */
#include "core/wasm/gc.h"

static enum status no_room(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store's tags");
}

/* Room for `count` more layouts, where the heap finds them. */
static enum status reserve_tags(struct wasm_store *store, uint32_t count, struct report *report)
{
    uint64_t needed = (uint64_t)store->tag_count + count;
    if (needed > store->tag_cap) {
        uint64_t doubled = (uint64_t)store->tag_cap * 2;
        uint64_t cap = doubled > needed ? doubled : needed;
        if (cap >= WASM_HEAP_EXCEPTION)
            return report_fail_u64(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                   "a store has at most % tags", WASM_HEAP_EXCEPTION - 1);
        struct wasm_heap_layout *layouts = arena_alloc(store->arena, (size_t)cap, sizeof *layouts);
        if (layouts == NULL)
            return no_room(report);
        if (store->tag_count != 0)
            memcpy(layouts, store->exceptions, store->tag_count * sizeof *layouts);
        store->exceptions = layouts;
        store->tag_cap = (uint32_t)cap;
    }
    store->heap->exceptions = store->exceptions;
    return STATUS_OK;
}

static uint32_t count_refs(const struct wasm_store *store, const struct wasm_func_type *type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < type->param_count; i++)
        count += wasm_type_is_traced(store->types, type->params[i]);
    return count;
}

enum status wasm_tag_create(struct wasm_store *store, uint32_t type_id,
                            struct wasm_tag_state **out_tag, struct report *report)
{
    const struct wasm_func_type *type = &store->types[type_id].func;
    uint32_t ref_count = count_refs(store, type);
    struct wasm_tag_state *tag = arena_alloc(store->arena, 1, sizeof *tag);
    uint32_t *refs = arena_alloc(store->arena, ref_count, sizeof *refs);
    if (tag == NULL || refs == NULL)
        return no_room(report);
    enum status status = reserve_tags(store, 1, report);
    if (status != STATUS_OK)
        return status;
    uint32_t at = WASM_HEAP_STRUCT_HEADER;
    uint32_t next = 0;
    for (uint32_t i = 0; i < type->param_count; i++) {
        if (wasm_type_is_traced(store->types, type->params[i]))
            refs[next++] = at;
        at += wasm_type_slots(type->params[i]) * (uint32_t)sizeof(uint64_t);
    }
    store->exceptions[store->tag_count] =
        (struct wasm_heap_layout){.bytes = at, .ref_count = ref_count, .refs = refs};
    *tag = (struct wasm_tag_state){
        .id = store->tag_count++, .type = type_id, .slots = type->param_slots};
    *out_tag = tag;
    return STATUS_OK;
}

enum status wasm_store_tag(struct wasm_store *store, const uint32_t *params, uint32_t count,
                           struct wasm_extern *out_extern, struct report *report)
{
    const struct wasm_func_type type = {
        .param_count = count, .param_slots = wasm_types_slots(params, count), .params = params};
    uint32_t id;
    struct wasm_tag_state *tag = NULL;
    enum status status = wasm_store_need_heap(store, report);
    if (status == STATUS_OK)
        status = wasm_store_add_func_type(store, &type, &id, report);
    if (status == STATUS_OK)
        status = wasm_tag_create(store, id, &tag, report);
    if (status == STATUS_OK)
        *out_extern = (struct wasm_extern){.kind = WASM_EXTERN_TAG, .tag = tag};
    return status;
}

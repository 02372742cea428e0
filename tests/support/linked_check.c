/*
 * tests/support/linked_check.c: see linked_check.h.
 *
 * Arenas and memories are static and small; what does not fit is refused by name.
 */
#include "tests/support/linked_check.h"

#include "core/component/limits.h"

#define COMPONENT_ARENA ((size_t)8 << 20)
#define RUN_ARENA       ((size_t)8 << 20)
#define VALUE_ARENA     ((size_t)1 << 20)
#define MEMORY_BYTES    ((size_t)2 << 20)
#define MEMORY_EACH     ((uint64_t)128 << 10)
#define FUEL            50000u
#define STACK_UNITS     4096u
#define TABLE_ELEMENTS  4096u
#define HEAP_BYTES      16384u
#define CALLS_MAX       24u
#define PARAMS_MAX      64u
#define ITEMS_MAX       3u
#define LENGTH_MAX      1000u

struct run {
    uint64_t digest;
    bool is_faulted; /* room ran out: what a run is no function of */
    bool is_started;
    uint32_t call_count;
};

static ALIGNED(65536) uint8_t guest_memory[MEMORY_BYTES];
static size_t guest_memory_used;
static ALIGNED(16) uint8_t component_room[COMPONENT_ARENA], run_room[RUN_ARENA],
    value_room[VALUE_ARENA];

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    if (cap_bytes > MEMORY_BYTES - guest_memory_used)
        return STATUS_LIMIT;
    *out_base = guest_memory + guest_memory_used;
    guest_memory_used += (size_t)cap_bytes;
    return STATUS_OK;
}

static void mix(struct run *run, uint64_t value)
{
    run->digest = (run->digest ^ value ^ (run->digest >> 31)) * 0x9E3779B97F4A7C15u + 1;
}

/* ---- some value of a type ---- */

static bool make(struct arena *arena, const struct component_type *type, uint32_t salt,
                 struct component_value *out_value);

static bool make_items(struct arena *arena, const struct component_type *type, uint32_t salt,
                       struct component_value *out_value)
{
    bool is_list = type->element != NULL;
    uint32_t count = type->kind == COMPONENT_FIXED_LIST ? type->length
                     : is_list                          ? salt % (ITEMS_MAX + 1)
                                                        : type->count;
    if (count > LENGTH_MAX)
        return false;
    bool is_packed = is_list && component_type_is_packed(type->element);
    uint8_t *packed = arena_alloc(arena, is_packed ? count : 0, 8);
    struct component_value *items = arena_alloc(arena, is_packed ? 0 : count, sizeof *items);
    if (packed == NULL || items == NULL)
        return false;
    out_value->items = (struct component_items){
        .count = count, .items = is_packed ? NULL : items, .packed = is_packed ? packed : NULL};
    for (uint32_t i = 0; i < count && !is_packed; i++)
        if (!make(arena, is_list ? type->element : type->fields[i].type, salt + i, &items[i]))
            return false;
    return true;
}

static const struct component_type *payload_of(const struct component_type *type, uint32_t index)
{
    if (type->kind == COMPONENT_OPTION)
        return index == 0 ? NULL : type->element;
    if (type->kind == COMPONENT_RESULT)
        return index == 0 ? type->element : type->error;
    return type->fields[index].type;
}

static bool make_case(struct arena *arena, const struct component_type *type, uint32_t salt,
                      struct component_value *out_value)
{
    bool has_fields = type->kind == COMPONENT_VARIANT || type->kind == COMPONENT_ENUM;
    uint32_t index = salt % (has_fields ? type->count : 2);
    const struct component_type *payload_type = payload_of(type, index);
    struct component_value *payload = arena_alloc(arena, 1, sizeof *payload);
    if (payload == NULL || (payload_type != NULL && !make(arena, payload_type, salt / 2, payload)))
        return false;
    out_value->variant =
        (struct component_case){.index = index, .payload = payload_type == NULL ? NULL : payload};
    return true;
}

/* Handles are none that a fuzzer could make: such functions are not called. */
static bool make(struct arena *arena, const struct component_type *type, uint32_t salt,
                 struct component_value *out_value)
{
    *out_value = (struct component_value){.kind = type->kind};
    switch (type->kind) {
    case COMPONENT_STRING:
        out_value->string = (struct component_string){.data = (const uint8_t *)"\xc3\xa4"
                                                                               "bc",
                                                      .len = 4,
                                                      .units = 4};
        return true;
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return make_items(arena, type, salt, out_value);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return make_case(arena, type, salt, out_value);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return false;
    case COMPONENT_BOOL:
        out_value->boolean = salt % 2 != 0;
        return true;
    case COMPONENT_FLAGS:
        out_value->flags = salt & (uint32_t)(((uint64_t)1 << type->count) - 1);
        return true;
    default:
        out_value->u = salt % 100;
        return true;
    }
}

/* ---- running ---- */

static void call(struct run *run, struct arena *values, struct component_func *func)
{
    const struct component_func_type *type = component_func_type(func);
    struct component_value params[PARAMS_MAX], result = {0};
    struct component_outcome outcome = {0};
    struct report report;
    size_t mark = arena_mark(values);
    bool is_callable = type->param_count <= PARAMS_MAX && run->call_count < CALLS_MAX;
    for (uint32_t i = 0; i < type->param_count && is_callable; i++)
        is_callable = make(values, type->params[i].type, run->call_count + i, &params[i]);
    if (is_callable) {
        report_init(&report);
        enum status status = component_call(func, params, values, &result, &outcome, &report);
        ASSERT(status == STATUS_OK || status == STATUS_DENIED || status == STATUS_NO_MEMORY);
        ASSERT(report.is_set == (status != STATUS_OK || outcome.wasm.trap != WASM_TRAP_NONE));
        run->is_faulted = run->is_faulted || status == STATUS_NO_MEMORY;
        run->call_count++;
        mix(run, status);
        mix(run, outcome.wasm.trap);
        mix(run, outcome.wasm.reason);
        mix(run, outcome.wasm.offset);
        if (status == STATUS_OK && outcome.wasm.trap == WASM_TRAP_NONE && type->result != NULL)
            ASSERT(component_value_check(&result, type->result, NULL) == STATUS_OK);
    }
    arena_rewind(values, mark);
}

static void call_exports(struct run *run, struct component_linked *linked, struct arena *values,
                         const struct component_interface *type, struct bytes interface)
{
    for (uint32_t i = 0; i < type->export_count; i++) {
        const struct component_extern_name *export = &type->exports[i];
        if (export->type.sort == COMPONENT_SORT_FUNC) {
            struct component_func *func = component_find_func(linked, interface, export->name);
            ASSERT(func != NULL);
            call(run, values, func);
        } else if (export->type.sort == COMPONENT_SORT_INSTANCE && interface.len == 0) {
            call_exports(run, linked, values, export->type.interface, export->name);
        }
    }
}

static void link_and_call(struct run *run, const struct component *component)
{
    const struct wasm_host engine_host = {.memory_reserve = reserve, .survives_traps = true};
    const struct wasm_caps caps = {.fuel = FUEL,
                                   .memory_bytes = MEMORY_EACH,
                                   .table_elements = TABLE_ELEMENTS,
                                   .heap_bytes = HEAP_BYTES,
                                   .stack_units = STACK_UNITS};
    const struct component_host host = {.traps_unknown = true};
    struct arena arena, values;
    struct wasm_store *store = NULL;
    struct component_linked *linked = NULL;
    struct component_outcome outcome = {0};
    struct report report;
    arena_init(&arena, run_room, sizeof run_room);
    arena_init(&values, value_room, sizeof value_room);
    report_init(&report);
    ASSERT(wasm_store_create(&engine_host, &caps, &arena, &store, &report) == STATUS_OK);
    enum status status =
        component_instantiate(component, &host, store, &arena, &linked, &outcome, &report);
    mix(run, status);
    mix(run, outcome.wasm.trap);
    ASSERT(status == STATUS_OK || report.is_set);
    ASSERT((status == STATUS_TRAP) == (outcome.wasm.trap != WASM_TRAP_NONE));
    run->is_started = status == STATUS_OK;
    run->is_faulted = status == STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        call_exports(run, linked, &values, component->type, bytes_of("", 0));
    mix(run, wasm_store_fuel_used(store));
    arena_fini(&values);
    arena_fini(&arena);
    memory_wipe(guest_memory, guest_memory_used);
    guest_memory_used = 0;
}

enum linked_end linked_check(struct bytes input)
{
    struct arena arena;
    struct report report;
    const struct component *component = NULL;
    struct run first = {0}, second = {0};
    arena_init(&arena, component_room, sizeof component_room);
    report_init(&report);
    enum status status = component_load(input, &arena, &arena, &component, &report);
    ASSERT((status == STATUS_OK) != report.is_set);
    if (status == STATUS_OK) {
        link_and_call(&first, component);
        link_and_call(&second, component);
        ASSERT(first.digest == second.digest && first.is_faulted == second.is_faulted);
    }
    arena_fini(&arena);
    return status != STATUS_OK ? LINKED_REFUSED
           : first.is_started  ? LINKED_CALLED
                               : LINKED_NOT_STARTED;
}

/*
 * core/wasm/store.c: stores, and what hosts put into them as functions.
 */
#include "core/wasm/handler_table.h"
#include "core/wasm/instance.h"
#include "core/wasm/limits.h"

#define FUNCS_FIRST 16u

/* The code under every call of the host's: it returns to RESUME and stops at HALT. */
struct bottom {
    struct code_resume resume;
    struct code_head halt;
};

/* The code under every call from another instance. */
struct leave {
    struct code_resume resume;
    struct code_head leave;
};

static enum status no_room(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store");
}

/* A frame takes no more slots than it costs units, but wide frames' scratch slots (code.h). */
static size_t slots_of(uint64_t units)
{
    return (size_t)(units + units / 8192 * CODE_WIDE_SLOTS + UINT64_C(4) * WASM_LIMIT_PARAMS);
}

static enum status make_stack(struct wasm_store *store, struct report *report)
{
    uint64_t units = store->caps.stack_units;
    if (units > SIZE_MAX / 32)
        return report_fail_u64(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                               "a stack of % units is more than this machine can have", units);
    store->stack = arena_alloc(store->arena, slots_of(units), sizeof *store->stack);
    if (store->stack == NULL)
        return report_fail_u64(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                               "no room for a stack of % units", units);
    store->units_held = units;
    store->units = wasm_store_more_units(store);
    store->top = store->stack;
    return STATUS_OK;
}

struct bytes wasm_store_stack(const struct wasm_store *store, size_t *out_used)
{
    const uint64_t units = store->caps.stack_units;
    *out_used = slots_of(units - store->units_held) * sizeof *store->stack;
    return bytes_of(store->stack, slots_of(units) * sizeof *store->stack);
}

static enum status make_edges(struct wasm_store *store, struct report *report)
{
    struct bottom *bottom = arena_alloc(store->arena, 1, sizeof *bottom);
    struct leave *leave = arena_alloc(store->arena, 1, sizeof *leave);
    if (bottom == NULL || leave == NULL)
        return no_room(report);
    bottom->resume.head = wasm_handler_head(CODE_RESUME);
    bottom->halt = wasm_handler_head(CODE_HALT);
    leave->resume.head = wasm_handler_head(CODE_RESUME);
    leave->resume.delta = WASM_CROSSING_SLOTS;
    leave->leave = wasm_handler_head(CODE_LEAVE);
    store->bottom = (const uint8_t *)bottom;
    store->leave = (const uint8_t *)leave;
    return STATUS_OK;
}

enum status wasm_store_create(const struct wasm_host *host, const struct wasm_caps *caps,
                              struct arena *arena, struct wasm_store **out_store,
                              struct report *report)
{
    size_t mark = arena_mark(arena);
    struct wasm_store *store = arena_alloc(arena, 1, sizeof *store);
    if (store == NULL)
        return no_room(report);
    store->host = *host;
    store->caps = *caps;
    store->arena = arena;
    store->fuel = caps->fuel;
    enum status status = make_stack(store, report);
    if (status == STATUS_OK)
        status = make_edges(store, report);
    if (status != STATUS_OK) {
        arena_rewind(arena, mark);
        return status;
    }
    *out_store = store;
    return STATUS_OK;
}

enum status wasm_store_reserve_funcs(struct wasm_store *store, uint32_t count,
                                     struct report *report)
{
    uint64_t needed = (uint64_t)store->func_count + count;
    if (needed <= store->func_cap)
        return STATUS_OK;
    uint64_t cap = store->func_cap == 0 ? FUNCS_FIRST : (uint64_t)store->func_cap * 2;
    if (store->func_cap == 0 || cap < needed)
        cap = needed;
    if (cap >= UINT32_MAX)
        return report_fail_u64(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                               "a store has at most % functions", UINT32_MAX - 1);
    struct wasm_entry *funcs = arena_alloc(store->arena, (size_t)cap, sizeof *funcs);
    if (funcs == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the store's functions");
    if (store->func_count != 0)
        memcpy(funcs, store->funcs, store->func_count * sizeof *funcs);
    store->funcs = funcs;
    store->func_cap = (uint32_t)cap;
    return STATUS_OK;
}

static struct wasm_func_type host_type(const struct wasm_host_func *func)
{
    return (struct wasm_func_type){.param_count = func->param_count,
                                   .result_count = func->result_count,
                                   .param_slots = wasm_types_slots(func->params, func->param_count),
                                   .result_slots =
                                       wasm_types_slots(func->results, func->result_count),
                                   .params = func->params,
                                   .results = func->results};
}

enum status wasm_store_func(struct wasm_store *store, const struct wasm_host_func *func,
                            struct wasm_extern *out_extern, struct report *report)
{
    uint32_t id;
    struct wasm_func_type type = host_type(func);
    enum status status = wasm_store_add_func_type(store, &type, &id, report);
    if (status == STATUS_OK)
        status = wasm_store_reserve_funcs(store, 1, report);
    if (status != STATUS_OK)
        return status;
    struct wasm_host_entry *entry = arena_alloc(store->arena, 1, sizeof *entry);
    struct code_host *body = arena_alloc(store->arena, 1, sizeof *body);
    if (entry == NULL || body == NULL)
        return no_room(report);
    *entry = (struct wasm_host_entry){
        .func = func,
        .context = func->context != NULL ? func->context : store->host.context,
        .param_slots = type.param_slots,
        .result_slots = type.result_slots,
    };
    *body = (struct code_host){.head = wasm_handler_head(CODE_HOST), .entry = entry};
    store->funcs[store->func_count++] =
        (struct wasm_entry){.code = (const uint8_t *)body, .type = id};
    *out_extern = (struct wasm_extern){.kind = WASM_EXTERN_FUNC, .func = store->func_count};
    return STATUS_OK;
}

const struct wasm_host_func *wasm_store_host_func(const struct wasm_store *store, uint32_t funcref)
{
    if (funcref == 0 || funcref > store->func_count)
        return NULL;
    const struct wasm_entry *entry = &store->funcs[funcref - 1];
    const struct code_host *body = (const void *)entry->code;
    return entry->instance != NULL ? NULL : body->entry->func;
}

/* ---- imports by name ---- */

static bool are_types_equal(const uint32_t *types, uint32_t count, const uint32_t *offered,
                            uint32_t offered_count)
{
    return count == offered_count &&
           (count == 0 || memcmp(types, offered, count * sizeof *types) == 0);
}

static bool is_of_type(const struct wasm_host_func *offer, const struct wasm_func_type *type)
{
    return are_types_equal(type->params, type->param_count, offer->params, offer->param_count) &&
           are_types_equal(type->results, type->result_count, offer->results, offer->result_count);
}

static enum status resolve_func(struct wasm_store *store, const struct wasm_module *module,
                                const struct wasm_import *import, struct wasm_extern *out_extern,
                                struct report *report)
{
    const struct wasm_func_type *type = wasm_module_func_type(module, import->index);
    bool is_named = false;
    for (size_t i = 0; i < store->host.func_count; i++) {
        const struct wasm_host_func *offer = &store->host.funcs[i];
        if (!bytes_equal(offer->module, import->module) || !bytes_equal(offer->name, import->name))
            continue;
        is_named = true;
        if (is_of_type(offer, type))
            return wasm_store_func(store, offer, out_extern, report);
    }
    return report_fail_names(report, STATUS_UNLINKABLE, import->offset,
                             is_named ? "import %.% is offered with another type"
                                      : "import %.% is not offered",
                             import->module, import->name);
}

enum status wasm_store_resolve(struct wasm_store *store, const struct wasm_module *module,
                               struct wasm_extern *out_imports, struct report *report)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        if (import->kind != WASM_EXTERN_FUNC)
            return report_fail_names(report, STATUS_UNLINKABLE, import->offset,
                                     "import %.% is not a function: hosts offer only functions",
                                     import->module, import->name);
        enum status status = resolve_func(store, module, import, &out_imports[i], report);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

uint64_t wasm_store_fuel_used(const struct wasm_store *store)
{
    return store->caps.fuel - store->fuel;
}

void wasm_store_set_fuel(struct wasm_store *store, uint64_t fuel)
{
    store->caps.fuel = fuel;
    store->fuel = fuel;
}

/*
 * capi/instance.c: instances and calls: a store, its memories and two arenas for each.
 */
#include <stdlib.h>

#include "capi/capi_internal.h"
#include "core/component/text.h"

struct aether_limits aether_limits_default(void)
{
    return (struct aether_limits){.fuel = (uint64_t)1 << 62,
                                  .memory_bytes = (uint64_t)1 << 30,
                                  .table_elements = (uint64_t)1 << 20,
                                  .heap_bytes = (uint64_t)64 << 20,
                                  .stack_units = (uint64_t)1 << 20,
                                  .arena_bytes = (size_t)1 << 30};
}

static enum status reserve_memory(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct aether_instance *instance = context;
    if (instance->memory_count == CAPI_MEMORIES_MAX || cap_bytes > SIZE_MAX)
        return STATUS_LIMIT;
    size_t len = cap_bytes == 0 ? 1 : (size_t)cap_bytes;
    void *base = capi_reserve(len);
    if (base == NULL)
        return STATUS_NO_MEMORY;
    instance->memories[instance->memory_count++] = (struct capi_memory){base, len};
    *out_base = base;
    return STATUS_OK;
}

static bool reserve_arenas(struct aether_instance *instance, size_t len)
{
    instance->memory = capi_reserve(len);
    instance->result_memory = capi_reserve(len);
    if (instance->memory != NULL)
        arena_init(&instance->arena, instance->memory, len);
    if (instance->result_memory != NULL)
        arena_init(&instance->result_arena, instance->result_memory, len);
    return instance->memory != NULL && instance->result_memory != NULL;
}

/* A trap is told by its name where nobody has said more. */
static enum status judge(enum status status, const struct component_outcome *outcome,
                         struct report *report)
{
    if (status == STATUS_OK && outcome->wasm.trap != WASM_TRAP_NONE)
        status = STATUS_TRAP;
    if (status == STATUS_TRAP)
        report_write(report, REPORT_NO_OFFSET, wasm_trap_text(outcome->wasm.trap));
    return status;
}

static enum status create(struct aether_instance *instance,
                          const struct aether_component *component, const struct aether_host *host,
                          const struct aether_limits *limits, struct report *report)
{
    const struct wasm_caps caps = {.fuel = limits->fuel,
                                   .memory_bytes = limits->memory_bytes,
                                   .table_elements = limits->table_elements,
                                   .heap_bytes = limits->heap_bytes,
                                   .stack_units = limits->stack_units};
    struct component_outcome outcome = {.wasm = {.trap = WASM_TRAP_NONE}};
    instance->wasm_host = (struct wasm_host){.context = instance, .memory_reserve = reserve_memory};
    if (!reserve_arenas(instance, limits->arena_bytes))
        return STATUS_NO_MEMORY;
    enum status status = capi_host_offer(host, &instance->arena, &instance->host);
    if (status == STATUS_OK)
        status = wasm_store_create(&instance->wasm_host, &caps, &instance->arena, &instance->store,
                                   report);
    if (status == STATUS_OK)
        status = component_instantiate(component->component, &instance->host, instance->store,
                                       &instance->arena, &instance->linked, &outcome, report);
    return judge(status, &outcome, report);
}

enum aether_status aether_instance_create(const struct aether_component *component,
                                          const struct aether_host *host,
                                          const struct aether_limits *limits,
                                          struct aether_instance **out_instance,
                                          struct aether_error *error)
{
    const struct aether_limits ours = aether_limits_default();
    struct report report;
    report_init(&report);
    struct aether_instance *made = calloc(1, sizeof *made);
    enum status status = STATUS_NO_MEMORY;
    if (made != NULL)
        status = create(made, component, host, limits == NULL ? &ours : limits, &report);
    if (status != STATUS_OK) {
        aether_instance_destroy(made);
        return capi_fail(status, &report, error);
    }
    *out_instance = made;
    return AETHER_OK;
}

void aether_instance_destroy(struct aether_instance *instance)
{
    if (instance == NULL)
        return;
    for (uint32_t i = 0; i < instance->memory_count; i++)
        capi_release(instance->memories[i].base, instance->memories[i].len);
    capi_release(instance->memory, instance->arena.cap);
    capi_release(instance->result_memory, instance->result_arena.cap);
    free(instance);
}

static struct component_func *func_in(struct aether_func *func)
{
    void *same = func;
    return same;
}

struct aether_func *aether_instance_func(struct aether_instance *instance, const char *interface,
                                         const char *name)
{
    struct bytes in = interface == NULL ? bytes_of("", 0) : bytes_of(interface, strlen(interface));
    void *same = component_find_func(instance->linked, in, bytes_of(name, strlen(name)));
    return same;
}

const struct aether_func_type *aether_func_type(const struct aether_func *func)
{
    const void *same = func;
    same = component_func_type(same);
    return same;
}

/* Lets go of what the last call returned. */
static void begin_call(struct aether_instance *instance, struct report *report)
{
    report_init(report);
    arena_rewind(&instance->result_arena, 0);
}

static enum status call(struct aether_instance *instance, struct component_func *func,
                        const struct component_value *params, struct component_value *out_result,
                        struct report *report)
{
    struct component_outcome outcome = {.wasm = {.trap = WASM_TRAP_NONE}};
    enum status status =
        component_call(func, params, &instance->result_arena, out_result, &outcome, report);
    return judge(status, &outcome, report);
}

static enum status params_in(struct aether_instance *instance,
                             const struct component_func_type *type,
                             const struct aether_value *params, size_t count,
                             struct component_value **out_params, struct report *report)
{
    struct component_call in = {
        .arena = &instance->result_arena, .report = report, .linked = instance->linked};
    if (count != type->param_count)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the function has another number of parameters");
    struct component_value *values = arena_alloc(in.arena, count, sizeof *values);
    if (values == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        enum status status = capi_value_in(&params[i], type->params[i].type, &in, &values[i]);
        if (status != STATUS_OK)
            return status;
    }
    *out_params = values;
    return STATUS_OK;
}

enum aether_status aether_func_call(struct aether_instance *instance, struct aether_func *func,
                                    const struct aether_value *params, size_t count,
                                    struct aether_value *out_result, struct aether_error *error)
{
    const struct component_func_type *type = component_func_type(func_in(func));
    struct component_value *values, result;
    struct report report;
    begin_call(instance, &report);
    enum status status = params_in(instance, type, params, count, &values, &report);
    if (status == STATUS_OK)
        status = call(instance, func_in(func), values, &result, &report);
    if (status == STATUS_OK && type->result != NULL && out_result != NULL)
        status = capi_value_out(&result, type->result, &instance->result_arena, out_result);
    return status == STATUS_OK ? AETHER_OK : capi_fail(status, &report, error);
}

/* The result with a NUL behind it. */
static enum status print(struct aether_instance *instance, const struct component_value *result,
                         const struct component_type *type, const char **out_text)
{
    struct bytes text = bytes_of("", 0);
    enum status status = STATUS_OK;
    if (type != NULL)
        status = component_text_print(result, type, &instance->result_arena, &text);
    if (status != STATUS_OK)
        return status;
    char *copy = arena_alloc(&instance->result_arena, text.len + 1, 1);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    memcpy(copy, text.data, text.len);
    *out_text = copy;
    return STATUS_OK;
}

enum aether_status aether_instance_invoke(struct aether_instance *instance, const char *text,
                                          const char **out_text, struct aether_error *error)
{
    struct component_text_call split;
    struct component_value *params, result = {.kind = COMPONENT_BOOL};
    struct component_func *func = NULL;
    struct report report;
    begin_call(instance, &report);
    enum status status = component_text_call_split(bytes_of(text, strlen(text)), &split, &report);
    if (status == STATUS_OK) {
        func = component_find_func(instance->linked, split.interface, split.func);
        if (func == NULL)
            status = report_fail_name(&report, STATUS_NOT_FOUND, 0, "there is no function %",
                                      split.func);
    }
    if (status == STATUS_OK)
        status = component_text_call_params(&split, component_func_type(func),
                                            &instance->result_arena, &params, &report);
    if (status == STATUS_OK)
        status = call(instance, func, params, &result, &report);
    if (status == STATUS_OK)
        status = print(instance, &result, component_func_type(func)->result, out_text);
    return status == STATUS_OK ? AETHER_OK : capi_fail(status, &report, error);
}

enum aether_status aether_handle_drop(struct aether_instance *instance, struct aether_handle handle,
                                      struct aether_error *error)
{
    struct component_outcome outcome = {.wasm = {.trap = WASM_TRAP_NONE}};
    struct report report;
    report_init(&report);
    enum status status = component_handle_drop(
        instance->linked, (struct component_handle){handle.guest, handle.rep}, &outcome);
    status = judge(status, &outcome, &report);
    return status == STATUS_OK ? AETHER_OK : capi_fail(status, &report, error);
}

uint64_t aether_instance_fuel_used(const struct aether_instance *instance)
{
    return wasm_store_fuel_used(instance->store);
}

void aether_instance_set_fuel(struct aether_instance *instance, uint64_t fuel)
{
    wasm_store_set_fuel(instance->store, fuel);
}

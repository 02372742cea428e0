/*
 * core/component/canon.c: core functions that canonical definitions make (CanonicalABI.md "canon
 * lower", "canon resource.new" and its like).
 *
 * Each is a host function of the store whose context says which instance it belongs to.
 */
#include "aether/abi/outcome.h"
#include "core/component/instance_internal.h"

static const uint32_t type_i32[] = {WASM_TYPE_I32};

enum wasm_trap component_canon_answer(const struct component_linked *linked, enum status status,
                                      uint32_t *out_reason)
{
    if (status == STATUS_OK)
        return WASM_TRAP_NONE;
    *out_reason = linked->stop.outcome.reason;
    return linked->stop.status == STATUS_TRAP ? linked->stop.outcome.trap : WASM_TRAP_HOST_REFUSED;
}

enum status component_check_leave(struct component_instance *instance)
{
    return instance->may_leave ? STATUS_OK
                               : component_stop_refused(instance->linked, REFUSAL_CANNOT_LEAVE,
                                                        "cannot leave component instance");
}

/* ---- lower ---- */

/* What a function that is lowered async answers when its call has ended. */
#define SUBTASK_RETURNED 2u

struct lowering {
    const struct component_canon *canon;
    struct component_task task;
    struct component_abi abi;
    uint64_t *slots;
};

static enum status lift_params(struct lowering *lowering, struct component_value **out_params)
{
    const struct component_func_type *type = lowering->canon->type;
    struct component_linked *linked = lowering->canon->instance->linked;
    *out_params = arena_alloc(linked->arena, type->param_count, sizeof **out_params);
    if (*out_params == NULL)
        return component_stop_fault(linked, STATUS_NO_MEMORY);
    return component_stop_abi(linked,
                              component_lift_values(&lowering->abi, type->params, type->param_count,
                                                    lowering->canon->context.is_async
                                                        ? COMPONENT_MAX_FLAT_ASYNC
                                                        : COMPONENT_MAX_FLAT_PARAMS,
                                                    lowering->slots, *out_params),
                              &lowering->abi);
}

static enum status lower_result(struct lowering *lowering, const struct component_value *result)
{
    const struct component_canon *canon = lowering->canon;
    if (canon->type->result == NULL)
        return STATUS_OK;
    const struct component_field field = {.type = canon->type->result};
    const uint64_t *pointer = canon->signature.result_in_memory
                                  ? &lowering->slots[canon->signature.param_count - 1]
                                  : NULL;
    return component_stop_abi(
        canon->instance->linked,
        component_lower_values(&lowering->abi, &field, 1,
                               canon->context.is_async ? 0 : COMPONENT_MAX_FLAT_RESULTS, result,
                               pointer, lowering->slots),
        &lowering->abi);
}

static enum status call_component(struct lowering *lowering)
{
    struct component_func *callee = lowering->canon->callee;
    struct component_instance *caller = lowering->canon->instance;
    struct component_value *params = NULL, result = {0};
    uint64_t core_result = 0;
    enum status status = component_enter(callee->instance, caller);
    if (status == STATUS_OK)
        status = lift_params(lowering, &params);
    if (status == STATUS_OK)
        status = component_lifted_call(callee, &lowering->task, params, caller->linked->arena,
                                       &result, &core_result);
    if (status == STATUS_OK)
        status = lower_result(lowering, &result);
    if (status == STATUS_OK)
        status = component_lifted_post_return(callee, &lowering->task, core_result);
    if (status == STATUS_OK)
        component_leave(callee->instance, caller);
    return status;
}

static enum status call_host(struct lowering *lowering)
{
    struct component_value *params = NULL, result = {0};
    enum status status = lift_params(lowering, &params);
    if (status == STATUS_OK)
        status = component_host_func_call(lowering->canon->callee, params,
                                          lowering->canon->instance->linked->arena, &result);
    return status == STATUS_OK ? lower_result(lowering, &result) : status;
}

static enum wasm_trap call_lowered(void *context, struct wasm_instance *caller, uint64_t *slots,
                                   uint32_t *out_reason)
{
    const struct component_canon *canon = context;
    struct component_linked *linked = canon->instance->linked;
    size_t mark = arena_mark(linked->arena);
    struct lowering lowering = {.canon = canon, .slots = slots};
    (void)caller;
    lowering.abi =
        component_abi_of(canon->instance, &canon->context, &lowering.task, linked->arena);
    enum status status = component_check_leave(canon->instance);
    if (status == STATUS_OK)
        status = canon->callee->instance != NULL ? call_component(&lowering) : call_host(&lowering);
    if (status == STATUS_OK)
        component_task_end_lends(&lowering.task, canon->instance);
    if (status == STATUS_OK && canon->context.is_async)
        slots[0] = SUBTASK_RETURNED;
    component_linked_rewind(linked, mark);
    return component_canon_answer(linked, status, out_reason);
}

/* ---- resources ---- */

static enum wasm_trap call_new(void *context, struct wasm_instance *caller, uint64_t *slots,
                               uint32_t *out_reason)
{
    const struct component_canon *canon = context;
    uint32_t handle = 0;
    (void)caller;
    enum status status = component_check_leave(canon->instance);
    if (status == STATUS_OK)
        status = component_handle_add(canon->instance, canon->resource, (uint32_t)slots[0], NULL,
                                      &handle);
    slots[0] = handle;
    return component_canon_answer(canon->instance->linked, status, out_reason);
}

static enum wasm_trap call_drop(void *context, struct wasm_instance *caller, uint64_t *slots,
                                uint32_t *out_reason)
{
    const struct component_canon *canon = context;
    struct component_linked *linked = canon->instance->linked;
    struct component_handle_entry entry = {0};
    (void)caller;
    enum status status = component_check_leave(canon->instance);
    if (status == STATUS_OK)
        status =
            component_handle_take(canon->instance, (uint32_t)slots[0], canon->resource, &entry);
    if (status == STATUS_OK && entry.is_own)
        status = component_resource_destroy(linked, canon->resource, entry.rep, canon->instance);
    else if (status == STATUS_OK)
        entry.scope->borrow_count--;
    return component_canon_answer(linked, status, out_reason);
}

static enum wasm_trap call_rep(void *context, struct wasm_instance *caller, uint64_t *slots,
                               uint32_t *out_reason)
{
    const struct component_canon *canon = context;
    struct component_handle_entry *entry = NULL;
    (void)caller;
    enum status status =
        component_handle_find(canon->instance, (uint32_t)slots[0], canon->resource, &entry);
    if (status == STATUS_OK)
        slots[0] = entry->rep;
    return component_canon_answer(canon->instance->linked, status, out_reason);
}

/* ---- making them ---- */

struct component_canon_context
component_canon_resolve(const struct component_instance *instance,
                        const struct component_canon_options *options)
{
    struct component_canon_context context = {.encoding = options->encoding,
                                              .is_async = options->is_async,
                                              .has_callback = options->callback != COMPONENT_NONE};
    if (options->memory != COMPONENT_NONE)
        context.memory = instance->core[COMPONENT_SORT_CORE_MEMORY][options->memory].memory;
    if (options->realloc != COMPONENT_NONE)
        context.realloc = instance->core[COMPONENT_SORT_CORE_FUNC][options->realloc].func;
    if (options->post_return != COMPONENT_NONE)
        context.post_return = instance->core[COMPONENT_SORT_CORE_FUNC][options->post_return].func;
    return context;
}

static void prepare_lower(struct component_canon *canon, const struct component_step *step)
{
    canon->type = step->func_type;
    canon->callee = canon->instance->funcs[step->index];
    canon->context = component_canon_resolve(canon->instance, &step->options);
    if (step->options.is_async)
        component_func_signature_async(step->func_type, true, false, &canon->signature);
    else
        component_func_signature(step->func_type, true, &canon->signature);
    canon->host_func = (struct wasm_host_func){.param_count = canon->signature.param_count,
                                               .result_count = canon->signature.result_count,
                                               .params = canon->signature.params,
                                               .results = canon->signature.results,
                                               .call = call_lowered};
}

static void prepare_resource(struct component_canon *canon, const struct component_step *step)
{
    canon->resource = component_instance_resource(canon->instance, step->resource);
    canon->host_func =
        (struct wasm_host_func){.param_count = 1,
                                .result_count = step->kind == COMPONENT_STEP_RESOURCE_DROP ? 0 : 1,
                                .params = type_i32,
                                .results = type_i32,
                                .call = step->kind == COMPONENT_STEP_RESOURCE_NEW    ? call_new
                                        : step->kind == COMPONENT_STEP_RESOURCE_DROP ? call_drop
                                                                                     : call_rep};
}

enum status component_canon_create(struct component_instance *instance,
                                   const struct component_step *step,
                                   struct wasm_extern *out_extern)
{
    struct component_linked *linked = instance->linked;
    struct component_canon *canon = arena_alloc(linked->arena, 1, sizeof *canon);
    if (canon == NULL)
        return component_stop_fault(linked, STATUS_NO_MEMORY);
    canon->instance = instance;
    if (step->kind == COMPONENT_STEP_LOWER)
        prepare_lower(canon, step);
    else if (step->kind == COMPONENT_STEP_BUILTIN)
        component_builtin_prepare(canon, step);
    else
        prepare_resource(canon, step);
    canon->host_func.context = canon;
    return wasm_store_func(linked->store, &canon->host_func, out_extern, linked->report);
}

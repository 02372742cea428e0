/*
 * core/component/call.c: calls of lifted functions (CanonicalABI.md "canon lift"), and how a run is
 * stopped.
 *
 * The steps of a call, whoever calls: enter, lower the arguments, call, lift the result, see that
 * no borrowed handle is left, give the result to the caller, post-return, leave.
 */
#include "aether/abi/outcome.h"
#include "core/component/instance_internal.h"

#define CANNOT_ENTER "cannot enter component instance"

/* ---- stops ---- */

static enum status stop(struct component_linked *linked, enum status status,
                        const struct wasm_outcome *outcome)
{
    if (!linked->stop.is_set)
        linked->stop =
            (struct component_stop){.is_set = true, .status = status, .outcome = *outcome};
    return linked->stop.status;
}

enum status component_stop_refused(struct component_linked *linked, uint32_t refusal,
                                   const char *sentence)
{
    const struct wasm_outcome outcome = {.trap = WASM_TRAP_HOST_REFUSED, .reason = refusal};
    report_write(linked->report, REPORT_NO_OFFSET, sentence);
    return stop(linked, STATUS_TRAP, &outcome);
}

enum status component_stop_fault(struct component_linked *linked, enum status status)
{
    const struct wasm_outcome outcome = {0};
    report_write(linked->report, REPORT_NO_OFFSET, status_text(status));
    return stop(linked, status, &outcome);
}

enum status component_stop_wasm(struct component_linked *linked, const struct wasm_outcome *outcome)
{
    struct component_stop *first = &linked->stop;
    /* A refusal: where in the guest it was met is known now. */
    if (first->is_set && first->outcome.instance == NULL && outcome->instance != NULL &&
        first->outcome.trap == outcome->trap) {
        first->outcome.func = outcome->func;
        first->outcome.offset = outcome->offset;
        first->outcome.instance = outcome->instance;
    }
    report_write(linked->report, outcome->offset, wasm_trap_text(outcome->trap));
    return stop(linked, STATUS_TRAP, outcome);
}

enum status component_stop_abi(struct component_linked *linked, enum status status,
                               const struct component_abi *abi)
{
    if (status == STATUS_OK)
        return STATUS_OK;
    if (status != STATUS_TRAP)
        return component_stop_fault(linked, status);
    if (abi->outcome.trap != WASM_TRAP_NONE)
        return component_stop_wasm(linked, &abi->outcome);
    return component_stop_refused(
        linked, abi->refusal == REFUSAL_NONE ? REFUSAL_CANONICAL_ABI : abi->refusal,
        "value breaks the canonical ABI");
}

/* ---- core functions ---- */

static enum status call_guest(struct component_linked *linked, uint32_t funcref, uint64_t *slots)
{
    struct wasm_outcome outcome = {0};
    enum status status = wasm_call_ref(linked->store, funcref, slots, &outcome);
    if (status != STATUS_OK)
        return component_stop_fault(linked, status);
    return outcome.trap == WASM_TRAP_NONE ? STATUS_OK : component_stop_wasm(linked, &outcome);
}

/* A canonical function that is lifted again. */
static enum status call_canon(struct component_linked *linked, const struct wasm_host_func *func,
                              uint64_t *slots)
{
    uint32_t reason = 0;
    enum wasm_trap trap = func->call(func->context, NULL, slots, &reason);
    if (trap == WASM_TRAP_NONE)
        return STATUS_OK;
    const struct wasm_outcome outcome = {.trap = trap, .reason = reason};
    return component_stop_wasm(linked, &outcome);
}

enum status component_core_call(struct component_linked *linked, uint32_t funcref, uint64_t *slots)
{
    const struct wasm_host_func *func = wasm_store_host_func(linked->store, funcref);
    if (linked->depth == COMPONENT_CALL_DEPTH) {
        const struct wasm_outcome outcome = {.trap = WASM_TRAP_STACK_EXHAUSTED};
        return component_stop_wasm(linked, &outcome);
    }
    linked->depth++;
    enum status status =
        func != NULL ? call_canon(linked, func, slots) : call_guest(linked, funcref, slots);
    linked->depth--;
    return status;
}

/* ---- who may be entered ---- */

/* The first of an instance's ancestors, or itself, that the caller is in as well; NULL: none. */
static const struct component_instance *find_common(const struct component_instance *instance,
                                                    const struct component_instance *caller)
{
    while (instance != NULL && caller != NULL && instance != caller) {
        if (instance->depth >= caller->depth)
            instance = instance->parent;
        else
            caller = caller->parent;
    }
    return caller == NULL ? NULL : instance;
}

static bool can_enter(const struct component_instance *instance,
                      const struct component_instance *caller)
{
    const struct component_instance *common = find_common(instance, caller);
    for (const struct component_instance *each = instance; each != common; each = each->parent)
        if (!each->may_enter)
            return false;
    return true;
}

enum status component_enter(struct component_instance *instance,
                            const struct component_instance *caller)
{
    const struct component_instance *common = find_common(instance, caller);
    if (!can_enter(instance, caller))
        return component_stop_refused(instance->linked, REFUSAL_CANNOT_ENTER, CANNOT_ENTER);
    for (struct component_instance *each = instance; each != common; each = each->parent)
        each->may_enter = false;
    return STATUS_OK;
}

void component_leave(struct component_instance *instance, const struct component_instance *caller)
{
    const struct component_instance *common = find_common(instance, caller);
    for (struct component_instance *each = instance; each != common; each = each->parent)
        each->may_enter = true;
}

/* ---- lifted functions ---- */

struct component_abi component_abi_of(struct component_instance *instance,
                                      const struct component_canon_context *context,
                                      struct component_task *task, struct arena *arena)
{
    return (struct component_abi){.store = instance->linked->store,
                                  .encoding = context->encoding,
                                  .memory = context->memory,
                                  .realloc = context->realloc,
                                  .instance = instance,
                                  .task = task,
                                  .may_leave = &instance->may_leave,
                                  .arena = arena,
                                  .report = instance->linked->report};
}

/* The callee's half of a call: its arguments are lowered, and it runs. */
static enum status run_lifted(struct component_task *task, struct component_abi *abi,
                              const struct component_value *params, uint64_t *slots)
{
    const struct component_func *func = task->func;
    const struct component_func_type *type = func->type;
    enum status status = component_task_start(task);
    if (status == STATUS_OK)
        status = component_stop_abi(func->linked,
                                    component_lower_values(abi, type->params, type->param_count,
                                                           COMPONENT_MAX_FLAT_PARAMS, params, NULL,
                                                           slots),
                                    abi);
    if (status == STATUS_OK)
        status = component_core_call(func->linked, func->core_func, slots);
    return status == STATUS_OK && func->context.is_async ? component_task_end(task, slots[0])
                                                         : status;
}

enum status component_lifted_call(struct component_func *func, struct component_task *task,
                                  const struct component_value *params, struct arena *arena,
                                  struct component_value *out_result, uint64_t *out_core_result)
{
    struct component_linked *linked = func->linked;
    uint64_t slots[COMPONENT_MAX_FLAT_PARAMS + 1] = {0};
    size_t mark = arena_mark(linked->arena);
    struct component_abi abi =
        component_abi_of(func->instance, &func->context, task, linked->arena);
    task->func = func;
    task->outer = linked->task;
    task->result_arena = arena;
    task->result = out_result;
    linked->task = task;
    enum status status = run_lifted(task, &abi, params, slots);
    linked->task = task->outer;
    /* What task.return gave may lie above the mark; then the caller rewinds. */
    if (!func->context.is_async || arena != linked->arena)
        component_linked_rewind(linked, mark);
    if (status != STATUS_OK)
        return status;
    *out_core_result = slots[0];
    if (func->type->result != NULL && !func->context.is_async) {
        const struct component_field result = {.type = func->type->result};
        abi.arena = arena;
        status = component_stop_abi(
            linked,
            component_lift_values(&abi, &result, 1, COMPONENT_MAX_FLAT_RESULTS, slots, out_result),
            &abi);
    }
    if (status == STATUS_OK && task->borrow_count != 0)
        return component_stop_refused(linked, REFUSAL_BAD_HANDLE,
                                      "borrow handles still remain at the end of the call");
    return status;
}

enum status component_lifted_post_return(struct component_func *func, struct component_task *task,
                                         uint64_t core_result)
{
    uint64_t slots[1] = {core_result};
    if (func->context.post_return == 0)
        return STATUS_OK;
    func->instance->may_leave = false;
    func->linked->task = task;
    enum status status = component_core_call(func->linked, func->context.post_return, slots);
    func->linked->task = task->outer;
    func->instance->may_leave = true;
    return status;
}

/* ---- functions and resources of the host ---- */

/* What a function of the host answered. */
static enum status judge_host(struct component_linked *linked, enum status status,
                              const struct component_call *call)
{
    if (status == STATUS_OK)
        return linked->stop.is_set ? linked->stop.status : STATUS_OK;
    if (status != STATUS_TRAP)
        return component_stop_fault(linked, status);
    return component_stop_refused(linked, call->refusal, "refused by the host");
}

enum status component_host_func_call(struct component_func *func,
                                     const struct component_value *params, struct arena *arena,
                                     struct component_value *out_result)
{
    struct component_linked *linked = func->linked;
    struct component_call call = {.arena = arena,
                                  .report = linked->report,
                                  .linked = linked,
                                  .func = func->host,
                                  .type = func->type};
    if (func->host == NULL) {
        if (func->interface.len != 0)
            report_write_names(linked->report, REPORT_NO_OFFSET,
                               "import %#%, which nobody offers, was called", func->interface,
                               func->name);
        report_write_names(linked->report, REPORT_NO_OFFSET,
                           "import %, which nobody offers, was called", func->name,
                           BYTES_LITERAL(""));
        return component_stop_refused(linked, REFUSAL_UNKNOWN_IMPORT, "unknown import was called");
    }
    return judge_host(linked, func->host->call(linked->host.context, &call, params, out_result),
                      &call);
}

static enum status drop_of_host(struct component_linked *linked,
                                const struct component_host_resource *resource, uint32_t rep)
{
    size_t mark = arena_mark(linked->arena);
    struct component_call call = {
        .arena = linked->arena, .report = linked->report, .linked = linked, .resource = resource};
    if (resource->drop == NULL)
        return STATUS_OK;
    enum status status =
        judge_host(linked, resource->drop(linked->host.context, &call, rep), &call);
    component_linked_rewind(linked, mark);
    return status;
}

/* A call of its own, whose function is lifted by nobody. */
static enum status call_destructor(struct component_linked *linked, uint32_t destructor,
                                   uint64_t *slots)
{
    static const struct component_func none = {0};
    struct component_task task = {.func = &none, .outer = linked->task};
    linked->task = &task;
    enum status status = component_core_call(linked, destructor, slots);
    linked->task = task.outer;
    return status;
}

enum status component_resource_destroy(struct component_linked *linked,
                                       const struct component_resource *resource, uint32_t rep,
                                       const struct component_instance *caller)
{
    uint64_t slots[1] = {rep};
    if (resource->host != NULL)
        return drop_of_host(linked, resource->host, rep);
    if (resource->instance == NULL)
        return STATUS_OK;
    enum status status = component_enter(resource->instance, caller);
    if (status == STATUS_OK && resource->destructor != 0)
        status = call_destructor(linked, resource->destructor, slots);
    if (status == STATUS_OK)
        component_leave(resource->instance, caller);
    return status;
}

/* ---- calls of the embedder ---- */

/* What the embedder's calls share; a host function that is running may make one, too. */
struct visit {
    struct report *report;
    struct component_linked *linked;
};

static struct visit begin(struct component_linked *linked, struct report *report)
{
    struct visit visit = {.report = linked->report, .linked = linked};
    if (linked->depth == 0) {
        linked->stop = (struct component_stop){0};
        linked->task = NULL;
    }
    linked->report = report;
    return visit;
}

/* A trap is a result. */
static enum status end(const struct visit *visit, enum status status,
                       struct component_outcome *out_outcome)
{
    visit->linked->report = visit->report;
    out_outcome->wasm = (struct wasm_outcome){0};
    if (status != STATUS_TRAP)
        return status;
    out_outcome->wasm = visit->linked->stop.outcome;
    return STATUS_OK;
}

static enum status call_lifted(struct component_func *func, const struct component_value *params,
                               struct arena *result_arena, struct component_value *out_result)
{
    struct component_task task = {0};
    uint64_t core_result = 0;
    enum status status = component_enter(func->instance, NULL);
    if (status == STATUS_OK)
        status = component_lifted_call(func, &task, params, result_arena, out_result, &core_result);
    if (status == STATUS_OK)
        status = component_lifted_post_return(func, &task, core_result);
    if (status == STATUS_OK)
        component_leave(func->instance, NULL);
    return status;
}

static enum status check_params(const struct component_func *func,
                                const struct component_value *params, struct report *report)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < func->type->param_count && status == STATUS_OK; i++)
        status = component_value_check(&params[i], func->type->params[i].type, report);
    return status;
}

enum status component_call(struct component_func *func, const struct component_value *params,
                           struct arena *result_arena, struct component_value *out_result,
                           struct component_outcome *out_outcome, struct report *report)
{
    enum status status = check_params(func, params, report);
    if (status != STATUS_OK)
        return status;
    struct visit visit = begin(func->linked, report);
    if (func->linked->stop.is_set)
        return end(&visit, STATUS_DENIED, out_outcome);
    if (func->instance == NULL) {
        status = component_host_func_call(func, params, result_arena, out_result);
    } else if (!can_enter(func->instance, NULL)) {
        status = report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET, CANNOT_ENTER);
    } else {
        status = call_lifted(func, params, result_arena, out_result);
    }
    return end(&visit, status, out_outcome);
}

enum status component_handle_drop(struct component_linked *linked, struct component_handle handle,
                                  struct component_outcome *out_outcome)
{
    struct report report;
    report_init(&report);
    struct visit visit = begin(linked, &report);
    enum status status =
        linked->stop.is_set ? STATUS_DENIED
                            : component_resource_destroy(linked, handle.resource, handle.rep, NULL);
    return end(&visit, status, out_outcome);
}

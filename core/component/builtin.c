/*
 * core/component/builtin.c: built-ins of WASI 0.3 at run time, and how an async lifted function
 * ends (CanonicalABI.md "canon task.return", "canon context.get" and their like, "canon lift").
 *
 * Nothing waits here: a call runs to its end before its caller goes on, so a subtask, a stream or
 * another thread never exists. What would make one, or wait for one, traps by its name, after the
 * instance may leave.
 *
 * A result is lifted when task.return is called and lowered into the caller when the call ends:
 * nothing of the caller can run in between.
 */
#include "core/component/builtin.h"

#include "aether/abi/outcome.h"
#include "core/component/graph.h"
#include "core/component/instance_internal.h"

#define BACKPRESSURE_MAX 0xFFFFu

/* What a callback answers: the low four bits. */
enum callback_code { CALLBACK_EXIT, CALLBACK_YIELD, CALLBACK_WAIT };
#define CALLBACK_CODE_MASK 0xFu

static enum status refuse(struct component_linked *linked, const char *sentence)
{
    return component_stop_refused(linked, REFUSAL_CANONICAL_ABI, sentence);
}

static enum status refuse_unsupported(struct component_linked *linked, const char *sentence)
{
    return component_stop_refused(linked, REFUSAL_UNSUPPORTED, sentence);
}

/* ---- tasks ---- */

enum status component_task_start(const struct component_task *task)
{
    const struct component_func *func = task->func;
    if (func->type->is_async && func->instance->backpressure != 0)
        return refuse_unsupported(func->linked, "unsupported: waiting for backpressure to end");
    return STATUS_OK;
}

/* What a callback would be called for: nobody but the caller could go on meanwhile, and it does so
 * only when the call has ended. */
static enum status check_exit(struct component_linked *linked, uint32_t answer)
{
    switch (answer & CALLBACK_CODE_MASK) {
    case CALLBACK_EXIT:
        return STATUS_OK;
    case CALLBACK_YIELD:
        return refuse_unsupported(linked, "unsupported: async function that yields");
    case CALLBACK_WAIT:
        return refuse_unsupported(linked, "unsupported: async function that waits");
    default:
        return refuse(linked, "unsupported callback code");
    }
}

enum status component_task_end(const struct component_task *task, uint64_t core_result)
{
    const struct component_func *func = task->func;
    enum status status =
        func->context.has_callback ? check_exit(func->linked, (uint32_t)core_result) : STATUS_OK;
    if (status == STATUS_OK && !task->is_returned)
        return refuse(func->linked, "async function ended without a call of task.return");
    return status;
}

static enum status check_return(const struct component_canon *canon,
                                const struct component_task *task)
{
    struct component_linked *linked = canon->instance->linked;
    if (task == NULL || !task->func->context.is_async)
        return refuse(linked, "task.return called from a function that is not lifted async");
    if (!component_type_equal(canon->result, task->func->type->result))
        return refuse(linked, "task.return called with another type of result than the function's");
    /* The document compares them always; toolchains and its suite give none where none is needed.
     */
    if (canon->context.memory != NULL && (canon->context.memory != task->func->context.memory ||
                                          canon->context.encoding != task->func->context.encoding))
        return refuse(linked, "task.return called with other options than the function's");
    if (task->is_returned)
        return refuse(linked, "task.return called more than once");
    return STATUS_OK;
}

static enum status call_task_return(const struct component_canon *canon, const uint64_t *slots)
{
    struct component_linked *linked = canon->instance->linked;
    struct component_task *task = linked->task;
    enum status status = check_return(canon, task);
    if (status == STATUS_OK && canon->result != NULL) {
        const struct component_field result = {.type = canon->result};
        struct component_abi abi =
            component_abi_of(canon->instance, &canon->context, task, task->result_arena);
        status = component_stop_abi(
            linked,
            component_lift_values(&abi, &result, 1, COMPONENT_MAX_FLAT_PARAMS, slots, task->result),
            &abi);
    }
    if (status != STATUS_OK)
        return status;
    if (task->borrow_count != 0)
        return component_stop_refused(linked, REFUSAL_BAD_HANDLE,
                                      "borrow handles still remain at the end of the call");
    task->is_returned = true;
    return STATUS_OK;
}

/* ---- the others ---- */

/* Of the running call; while an instance starts there is none. */
static uint32_t *context_slot(const struct component_canon *canon)
{
    struct component_task *task = canon->instance->linked->task;
    return task != NULL ? &task->context[canon->slot] : &canon->instance->context[canon->slot];
}

static enum status change_backpressure(struct component_instance *instance, bool is_more)
{
    if (instance->backpressure == (is_more ? BACKPRESSURE_MAX : 0))
        return refuse(instance->linked, "backpressure counter overflow");
    instance->backpressure = is_more ? instance->backpressure + 1 : instance->backpressure - 1;
    return STATUS_OK;
}

static enum status dispatch(const struct component_canon *canon, uint64_t *slots)
{
    enum status status;
    switch (canon->builtin->opcode) {
    case COMPONENT_BUILTIN_CONTEXT_GET:
        slots[0] = *context_slot(canon);
        return STATUS_OK;
    case COMPONENT_BUILTIN_CONTEXT_SET:
        *context_slot(canon) = (uint32_t)slots[0];
        return STATUS_OK;
    case COMPONENT_BUILTIN_BACKPRESSURE_INC:
    case COMPONENT_BUILTIN_BACKPRESSURE_DEC:
        return change_backpressure(canon->instance,
                                   canon->builtin->opcode == COMPONENT_BUILTIN_BACKPRESSURE_INC);
    default:
        break;
    }
    status = component_check_leave(canon->instance);
    if (status != STATUS_OK)
        return status;
    return canon->builtin->opcode == COMPONENT_BUILTIN_TASK_RETURN
               ? call_task_return(canon, slots)
               : refuse_unsupported(canon->instance->linked, canon->builtin->sentence);
}

static enum wasm_trap call_builtin(void *context, struct wasm_instance *caller, uint64_t *slots,
                                   uint32_t *out_reason)
{
    const struct component_canon *canon = context;
    (void)caller;
    return component_canon_answer(canon->instance->linked, dispatch(canon, slots), out_reason);
}

void component_builtin_prepare(struct component_canon *canon, const struct component_step *step)
{
    canon->builtin = step->builtin;
    canon->result = step->result;
    canon->slot = step->index;
    if (step->builtin->opcode == COMPONENT_BUILTIN_TASK_RETURN)
        canon->context = component_canon_resolve(canon->instance, &step->options);
    component_builtin_signature(step->builtin, step->result, &canon->signature);
    canon->host_func = (struct wasm_host_func){.param_count = canon->signature.param_count,
                                               .result_count = canon->signature.result_count,
                                               .params = canon->signature.params,
                                               .results = canon->signature.results,
                                               .call = call_builtin};
}

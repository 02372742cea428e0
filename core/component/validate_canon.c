/*
 * core/component/validate_canon.c: do the options and the core function of a canonical definition
 * fit its type (CanonicalABI.md "canon lift", "canon lower")?
 */
#include "core/component/builtin.h"
#include "core/component/decode_canon.h"

static enum status refuse(struct component_decoder *decoder, uint64_t offset, const char *sentence)
{
    return report_fail(decoder->report, STATUS_INVALID, offset, sentence);
}

static bool params_have_pointers(const struct component_func_type *type)
{
    for (uint32_t i = 0; i < type->param_count; i++)
        if (type->params[i].type->has_pointer)
            return true;
    return false;
}

static bool is_realloc(const struct wasm_func_type *type)
{
    bool fits = type->param_count == 4 && type->result_count == 1;
    for (uint32_t i = 0; i < 4 && fits; i++)
        fits = type->params[i] == WASM_TYPE_I32;
    return fits && type->results[0] == WASM_TYPE_I32;
}

static bool are_types_equal(const uint32_t *a, uint32_t a_count, const uint32_t *b,
                            uint32_t b_count)
{
    return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * sizeof *a) == 0);
}

static enum status check_realloc(struct component_decoder *decoder,
                                 const struct component_canon *canon, uint64_t offset)
{
    if (canon->options.realloc == COMPONENT_NONE)
        return STATUS_OK;
    if (!is_realloc(component_core_func_type(&decoder->types, canon->realloc_type)))
        return refuse(decoder, offset,
                      "canonical option `realloc` uses a core function with an incorrect "
                      "signature");
    if (canon->options.memory == COMPONENT_NONE)
        return refuse(decoder, offset,
                      "canonical option `realloc` requires `memory` to also be specified");
    return STATUS_OK;
}

static enum status check_needs(struct component_decoder *decoder,
                               const struct component_canon *canon, bool needs_memory,
                               bool needs_realloc, uint64_t offset)
{
    enum status status = check_realloc(decoder, canon, offset);
    if (status != STATUS_OK)
        return status;
    if (needs_memory && canon->options.memory == COMPONENT_NONE)
        return refuse(decoder, offset, "canonical option `memory` is required");
    if (needs_realloc && canon->options.realloc == COMPONENT_NONE)
        return refuse(decoder, offset, "canonical option `realloc` is required");
    return STATUS_OK;
}

/* What is given is right, and what is needed is given. Params are allocated by who is called,
 * results by who calls. */
static enum status check_memory(struct component_decoder *decoder,
                                const struct component_func_type *type,
                                const struct component_canon *canon,
                                const struct component_core_signature *signature, uint64_t offset)
{
    bool params_point = params_have_pointers(type);
    bool result_points = type->result != NULL && type->result->has_pointer;
    bool result_in_memory =
        signature->result_in_memory ||
        (canon->options.is_async && type->result != NULL &&
         (!canon->is_lift || type->result->flat_count > COMPONENT_MAX_FLAT_PARAMS));
    bool needs_memory =
        params_point || result_points || signature->params_in_memory || result_in_memory;
    bool needs_realloc =
        canon->is_lift ? params_point || signature->params_in_memory : result_points;
    return check_needs(decoder, canon, needs_memory, needs_realloc, offset);
}

static bool is_callback(const struct wasm_func_type *type)
{
    static const uint32_t i32s[] = {WASM_TYPE_I32, WASM_TYPE_I32, WASM_TYPE_I32};
    return are_types_equal(type->params, type->param_count, i32s, 3) &&
           are_types_equal(type->results, type->result_count, i32s, 1);
}

static enum status check_async(struct component_decoder *decoder,
                               const struct component_func_type *type,
                               const struct component_canon *canon, uint64_t offset)
{
    bool has_callback = canon->options.callback != COMPONENT_NONE;
    if (has_callback && !canon->options.is_async)
        return refuse(decoder, offset, "cannot specify callback without async");
    if (canon->options.is_async && !type->is_async)
        return refuse(decoder, offset,
                      "the `async` canonical option requires an async function type");
    if (has_callback && !canon->is_lift)
        return refuse(decoder, offset,
                      "canonical option `callback` cannot be specified for lowerings");
    if (has_callback &&
        !is_callback(component_core_func_type(&decoder->types, canon->callback_type)))
        return refuse(decoder, offset,
                      "canonical option `callback` uses a core function with an incorrect "
                      "signature");
    if (canon->options.is_async && canon->options.post_return != COMPONENT_NONE)
        return refuse(decoder, offset, "cannot specify post-return function in async");
    return STATUS_OK;
}

/* Streams, futures and error contexts have no values here: nothing can be sent over one. */
static enum status refuse_async_values(struct component_decoder *decoder,
                                       const struct component_func_type *type, uint64_t offset)
{
    bool has_async = type->result != NULL && type->result->has_async;
    for (uint32_t i = 0; i < type->param_count && !has_async; i++)
        has_async = type->params[i].type->has_async;
    return has_async ? component_refuse_feature(
                           decoder, offset,
                           "unsupported: function over streams, futures or error contexts")
                     : STATUS_OK;
}

static void signature_of(const struct component_func_type *type,
                         const struct component_canon *canon,
                         struct component_core_signature *out_signature)
{
    if (canon->options.is_async)
        component_func_signature_async(type, !canon->is_lift,
                                       canon->options.callback != COMPONENT_NONE, out_signature);
    else
        component_func_signature(type, !canon->is_lift, out_signature);
}

enum status component_check_lift(struct component_decoder *decoder,
                                 const struct component_func_type *type, uint32_t core_type,
                                 const struct component_canon *canon, uint64_t offset)
{
    struct component_core_signature signature;
    signature_of(type, canon, &signature);
    enum status status = check_async(decoder, type, canon, offset);
    if (status == STATUS_OK)
        status = check_memory(decoder, type, canon, &signature, offset);
    if (status != STATUS_OK)
        return status;
    const struct wasm_func_type *core = component_core_func_type(&decoder->types, core_type);
    if (!are_types_equal(core->params, core->param_count, signature.params, signature.param_count))
        return refuse(decoder, offset,
                      "lowered parameter types do not match the parameter types of the core "
                      "function");
    if (!are_types_equal(core->results, core->result_count, signature.results,
                         signature.result_count))
        return refuse(decoder, offset,
                      "lowered result types do not match the result types of the core function");
    if (canon->options.post_return == COMPONENT_NONE)
        return refuse_async_values(decoder, type, offset);
    const struct wasm_func_type *post =
        component_core_func_type(&decoder->types, canon->post_return_type);
    if (post->result_count != 0 ||
        !are_types_equal(post->params, post->param_count, core->results, core->result_count))
        return refuse(decoder, offset,
                      "canonical option `post-return` uses a core function with an incorrect "
                      "signature");
    return refuse_async_values(decoder, type, offset);
}

enum status component_check_lower(struct component_decoder *decoder,
                                  const struct component_func_type *type,
                                  const struct component_canon *canon, uint64_t offset,
                                  uint32_t *out_core_type)
{
    struct component_core_signature signature;
    signature_of(type, canon, &signature);
    enum status status = check_async(decoder, type, canon, offset);
    if (status != STATUS_OK)
        return status;
    if (canon->options.post_return != COMPONENT_NONE)
        return refuse(decoder, offset,
                      "canonical option `post-return` cannot be specified for lowerings");
    status = check_memory(decoder, type, canon, &signature, offset);
    if (status == STATUS_OK)
        status = refuse_async_values(decoder, type, offset);
    if (status != STATUS_OK)
        return status;
    return component_core_func(&decoder->types, signature.params, signature.param_count,
                               signature.results, signature.result_count, out_core_type);
}

static bool has_options(const struct component_builtin *builtin)
{
    const char *operand = builtin->operands;
    while (*operand != '\0' && *operand != 'o')
        operand++;
    return *operand == 'o';
}

/* The options that a built-in may not have. */
static enum status refuse_options(struct component_decoder *decoder, uint8_t opcode,
                                  const struct component_canon *canon, uint64_t offset)
{
    bool is_task = opcode == COMPONENT_BUILTIN_TASK_RETURN;
    bool is_error =
        opcode == COMPONENT_BUILTIN_ERROR_NEW || opcode == COMPONENT_BUILTIN_ERROR_MESSAGE;
    if (canon->options.post_return != COMPONENT_NONE)
        return refuse(decoder, offset,
                      "canonical option `post-return` cannot be specified for built-ins");
    if (canon->options.callback != COMPONENT_NONE)
        return refuse(decoder, offset,
                      "canonical option `callback` cannot be specified for built-ins");
    if (canon->options.is_async && (is_task || is_error))
        return refuse(decoder, offset,
                      "canonical option `async` cannot be specified for this built-in");
    if (canon->options.realloc != COMPONENT_NONE && is_task)
        return refuse(decoder, offset,
                      "canonical option `realloc` cannot be specified for task.return");
    return STATUS_OK;
}

enum status
component_check_builtin(struct component_decoder *decoder, const struct component_builtin *builtin,
                        const struct component_type *type, const struct component_type *result,
                        const struct component_canon *canon,
                        const struct component_core_signature *signature, uint64_t offset)
{
    const struct component_type *element = type == NULL ? NULL : type->element;
    uint8_t opcode = builtin->opcode;
    bool is_read =
        opcode == COMPONENT_BUILTIN_STREAM_READ || opcode == COMPONENT_BUILTIN_FUTURE_READ;
    if (!has_options(builtin))
        return STATUS_OK;
    enum status status = refuse_options(decoder, opcode, canon, offset);
    if (status != STATUS_OK)
        return status;
    bool needs_memory = element != NULL || opcode == COMPONENT_BUILTIN_ERROR_NEW ||
                        opcode == COMPONENT_BUILTIN_ERROR_MESSAGE || signature->params_in_memory ||
                        (result != NULL && result->has_pointer);
    bool needs_realloc = opcode == COMPONENT_BUILTIN_ERROR_MESSAGE ||
                         (is_read && element != NULL && element->has_pointer);
    status = check_needs(decoder, canon, needs_memory, needs_realloc, offset);
    if (status == STATUS_OK && result != NULL && result->has_async)
        return component_refuse_feature(
            decoder, offset, "unsupported: function over streams, futures or error contexts");
    return status;
}

/*
 * core/component/validate_canon.c: do the options and the core function of a canonical definition
 * fit its type (CanonicalABI.md "canon lift", "canon lower")?
 */
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

/* What is given is right, and what is needed is given. Params are allocated by who is called,
 * results by who calls. */
static enum status check_memory(struct component_decoder *decoder,
                                const struct component_func_type *type,
                                const struct component_canon *canon,
                                const struct component_core_signature *signature, uint64_t offset)
{
    bool has_memory = canon->options.memory != COMPONENT_NONE;
    bool has_realloc = canon->options.realloc != COMPONENT_NONE;
    bool params_point = params_have_pointers(type);
    bool result_points = type->result != NULL && type->result->has_pointer;
    bool needs_memory =
        params_point || result_points || signature->params_in_memory || signature->result_in_memory;
    bool needs_realloc =
        canon->is_lift ? params_point || signature->params_in_memory : result_points;
    if (has_realloc && !is_realloc(component_core_func_type(&decoder->types, canon->realloc_type)))
        return refuse(decoder, offset,
                      "canonical option `realloc` uses a core function with an incorrect "
                      "signature");
    if (has_realloc && !has_memory)
        return refuse(decoder, offset,
                      "canonical option `realloc` requires `memory` to also be specified");
    if (needs_memory && !has_memory)
        return refuse(decoder, offset, "canonical option `memory` is required");
    if (needs_realloc && !has_realloc)
        return refuse(decoder, offset, "canonical option `realloc` is required");
    return STATUS_OK;
}

enum status component_check_lift(struct component_decoder *decoder,
                                 const struct component_func_type *type, uint32_t core_type,
                                 const struct component_canon *canon, uint64_t offset)
{
    struct component_core_signature signature;
    component_func_signature(type, false, &signature);
    enum status status = check_memory(decoder, type, canon, &signature, offset);
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
        return STATUS_OK;
    const struct wasm_func_type *post =
        component_core_func_type(&decoder->types, canon->post_return_type);
    if (post->result_count != 0 ||
        !are_types_equal(post->params, post->param_count, core->results, core->result_count))
        return refuse(decoder, offset,
                      "canonical option `post-return` uses a core function with an incorrect "
                      "signature");
    return STATUS_OK;
}

enum status component_check_lower(struct component_decoder *decoder,
                                  const struct component_func_type *type,
                                  const struct component_canon *canon, uint64_t offset,
                                  uint32_t *out_core_type)
{
    struct component_core_signature signature;
    component_func_signature(type, true, &signature);
    if (canon->options.post_return != COMPONENT_NONE)
        return refuse(decoder, offset,
                      "canonical option `post-return` cannot be specified for lowerings");
    enum status status = check_memory(decoder, type, canon, &signature, offset);
    if (status != STATUS_OK)
        return status;
    return component_core_func(&decoder->types, signature.params, signature.param_count,
                               signature.results, signature.result_count, out_core_type);
}

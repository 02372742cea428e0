/*
 * core/wasi/p2_random.c: wasi:random. All of it comes from the gate: which generator, and whether
 * it is repeatable, is the gate's affair.
 */
#include "core/component/abi.h"
#include "core/wasi/p2_internal.h"

static enum status answer_bytes(void *context, struct component_call *call, bool is_insecure,
                                uint64_t len, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    if (len > COMPONENT_MAX_BYTES)
        return component_call_trap(call, REFUSAL_TOO_LONG, "more random bytes than a list holds");
    uint8_t *data = arena_alloc(call->arena, len != 0 ? (size_t)len : 1, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    enum gate_error error = wasi_random(&p2->gate, is_insecure, data, (size_t)len);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    *out = p2_bytes(bytes_of(data, (size_t)len));
    return STATUS_OK;
}

static enum status draw_u64(void *context, struct component_call *call, bool is_insecure,
                            struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    uint8_t data[8] = {0};
    enum gate_error error = wasi_random(&p2->gate, is_insecure, data, sizeof data);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    *out = p2_u64(load_le64(data));
    return STATUS_OK;
}

enum status p2_get_random_bytes(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    return answer_bytes(context, call, false, params[0].u, out);
}

enum status p2_get_insecure_random_bytes(void *context, struct component_call *call,
                                         const struct component_value *params,
                                         struct component_value *out)
{
    return answer_bytes(context, call, true, params[0].u, out);
}

enum status p2_get_random_u64(void *context, struct component_call *call,
                              const struct component_value *params, struct component_value *out)
{
    (void)params;
    return draw_u64(context, call, false, out);
}

enum status p2_get_insecure_random_u64(void *context, struct component_call *call,
                                       const struct component_value *params,
                                       struct component_value *out)
{
    (void)params;
    return draw_u64(context, call, true, out);
}

enum status p2_insecure_seed(void *context, struct component_call *call,
                             const struct component_value *params, struct component_value *out)
{
    (void)params;
    struct component_value *halves = p2_values(call, 2);
    if (halves == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < 2; i++) {
        enum status status = draw_u64(context, call, true, &halves[i]);
        if (status != STATUS_OK)
            return status;
    }
    *out = p2_items(COMPONENT_TUPLE, halves, 2);
    return STATUS_OK;
}

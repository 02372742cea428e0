/*
 * core/wasi/p2_clocks.c: wasi:clocks. The timezone is UTC, wherever the machine stands.
 */
#include "core/wasi/p2_internal.h"

static enum status answer_ns(void *context, struct component_call *call, bool is_resolution,
                             struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    uint64_t now = 0;
    uint64_t resolution = 0;
    enum gate_error error = wasi_clock(&p2->gate, GATE_CLOCK_MONOTONIC, &now, &resolution);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    *out = p2_u64(is_resolution ? resolution : now);
    return STATUS_OK;
}

enum status p2_monotonic_clock_now(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    (void)params;
    return answer_ns(context, call, false, out);
}

enum status p2_monotonic_clock_resolution(void *context, struct component_call *call,
                                          const struct component_value *params,
                                          struct component_value *out)
{
    (void)params;
    return answer_ns(context, call, true, out);
}

enum status p2_monotonic_clock_subscribe_instant(void *context, struct component_call *call,
                                                 const struct component_value *params,
                                                 struct component_value *out)
{
    struct gate_poll poll = {.kind = GATE_POLL_TIME, .time = params[0].u};
    return p2_pollable_new(context, call, 0, poll, out);
}

enum status p2_monotonic_clock_subscribe_duration(void *context, struct component_call *call,
                                                  const struct component_value *params,
                                                  struct component_value *out)
{
    struct component_value now = p2_u64(0);
    enum status status = answer_ns(context, call, false, &now);
    if (status != STATUS_OK)
        return status;
    uint64_t left = UINT64_MAX - now.u;
    uint64_t wait = params[0].u < left ? params[0].u : left;
    struct gate_poll poll = {.kind = GATE_POLL_TIME, .time = now.u + wait};
    return p2_pollable_new(context, call, 0, poll, out);
}

/* WASI's datetime begins in 1970: a clock that stands before shows the beginning. */
static enum status answer_datetime(void *context, struct component_call *call, bool is_resolution,
                                   struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    uint64_t now = 0;
    uint64_t resolution = 0;
    enum gate_error error = wasi_clock(&p2->gate, GATE_CLOCK_WALL, &now, &resolution);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    if (now > INT64_MAX)
        now = 0;
    return p2_datetime(call, is_resolution ? resolution : now, out);
}

enum status p2_wall_clock_now(void *context, struct component_call *call,
                              const struct component_value *params, struct component_value *out)
{
    (void)params;
    return answer_datetime(context, call, false, out);
}

enum status p2_wall_clock_resolution(void *context, struct component_call *call,
                                     const struct component_value *params,
                                     struct component_value *out)
{
    (void)params;
    return answer_datetime(context, call, true, out);
}

enum status p2_timezone_display(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    (void)context; /* the answer is always the same */
    (void)params;
    struct component_value *fields = p2_values(call, 3);
    if (fields == NULL)
        return STATUS_NO_MEMORY;
    fields[0] = (struct component_value){.kind = COMPONENT_S32, .s = 0};
    fields[1] = p2_string(BYTES_LITERAL("UTC"));
    fields[2] = p2_bool(false);
    *out = p2_items(COMPONENT_RECORD, fields, 3);
    return STATUS_OK;
}

enum status p2_timezone_utc_offset(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    (void)context; /* the answer is always the same */
    (void)call;
    (void)params;
    *out = (struct component_value){.kind = COMPONENT_S32, .s = 0};
    return STATUS_OK;
}

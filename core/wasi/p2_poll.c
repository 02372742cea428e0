/*
 * core/wasi/p2_poll.c: wasi:io/poll and wasi:io/error.
 *
 * A pollable is the struct gate_poll that the gate is asked with, so a poll is one question to the
 * gate whatever is in it: clocks, stdio, and files, which are a point in time that is past.
 */
#include "core/wasi/p2_internal.h"

static const struct gate_poll at_once = {.kind = GATE_POLL_TIME, .handle = 0, .time = 0};

enum status p2_pollable_new(struct wasi_p2 *p2, struct component_call *call, uint32_t parent,
                            struct gate_poll poll, struct component_value *out)
{
    uint32_t rep = 0;
    struct p2_slot *slot = NULL;
    enum status status = p2_new(p2, call, P2_POLLABLE, parent, &rep, &slot);
    if (status != STATUS_OK)
        return status;
    slot->pollable = poll;
    *out = component_host_handle(call, &p2_resource_pollable, rep, COMPONENT_OWN);
    return STATUS_OK;
}

enum status p2_stream_subscribe(void *context, struct component_call *call,
                                const struct component_value *self, enum p2_kind kind,
                                struct component_value *out)
{
    const struct p2_stream *stream = &p2_self(context, self, kind)->stream;
    struct gate_poll poll = at_once;
    if (!stream->is_file && !stream->is_closed) {
        poll.kind = kind == P2_INPUT ? GATE_POLL_READ : GATE_POLL_WRITE;
        poll.handle = stream->handle;
    }
    return p2_pollable_new(context, call, self->handle.rep, poll, out);
}

enum status p2_pollable_ready(void *context, struct component_call *call,
                              const struct component_value *params, struct component_value *out)
{
    struct wasi_p2 *p2 = context;
    /* Beside what is ready at once, so that the gate does not wait. */
    struct gate_poll polls[2] = {p2_self(p2, &params[0], P2_POLLABLE)->pollable, at_once};
    uint8_t ready[2] = {0};
    enum gate_error error = wasi_poll(&p2->gate, polls, 2, ready);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    *out = p2_bool(ready[0] != 0);
    return STATUS_OK;
}

enum status p2_pollable_block(void *context, struct component_call *call,
                              const struct component_value *params, struct component_value *out)
{
    (void)out; /* a function without result */
    struct wasi_p2 *p2 = context;
    const struct p2_slot *self = p2_self(p2, &params[0], P2_POLLABLE);
    uint8_t ready = 0;
    enum gate_error error = wasi_poll(&p2->gate, &self->pollable, 1, &ready);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    return STATUS_OK;
}

/* The places of what is ready, as list<u32>. */
static enum status list_ready(struct component_call *call, const uint8_t *ready, uint32_t count,
                              struct component_value *out)
{
    uint8_t *places = arena_alloc(call->arena, count, sizeof(uint32_t));
    if (places == NULL)
        return STATUS_NO_MEMORY;
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (ready[i] != 0)
            store_le32(places + 4 * (size_t)found++, i);
    }
    *out = (struct component_value){.kind = COMPONENT_LIST,
                                    .items = {.count = found, .packed = places}};
    return STATUS_OK;
}

enum status p2_poll(void *context, struct component_call *call,
                    const struct component_value *params, struct component_value *out)
{
    struct wasi_p2 *p2 = context;
    const struct component_items *in = &params[0].items;
    if (in->count == 0)
        return component_call_trap(call, REFUSAL_MISUSE, "poll of an empty list");
    if (in->count > GATE_POLL_MAX)
        return component_call_trap(call, REFUSAL_TOO_LONG, "poll of more than 1,024 pollables");
    struct gate_poll *polls = arena_alloc(call->arena, in->count, sizeof *polls);
    uint8_t *ready = arena_alloc(call->arena, in->count, 1);
    if (polls == NULL || ready == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < in->count; i++)
        polls[i] = p2_self(p2, &in->items[i], P2_POLLABLE)->pollable;
    enum gate_error error = wasi_poll(&p2->gate, polls, in->count, ready);
    if (error != WASI_OK)
        return p2_gate_trap(call, error);
    return list_ready(call, ready, in->count, out);
}

enum status p2_error_to_debug_string(void *context, struct component_call *call,
                                     const struct component_value *params,
                                     struct component_value *out)
{
    (void)call;
    const char *name = wasi_error_name(p2_self(context, &params[0], P2_ERROR)->error.code);
    *out = p2_string(bytes_of(name, strlen(name)));
    return STATUS_OK;
}

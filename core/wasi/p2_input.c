/*
 * core/wasi/p2_input.c: wasi:io/streams input-stream, of stdin and of files.
 *
 * A file's stream keeps its position here and reads at once: a file is always ready. The end of a
 * file or stream, and every error, closes the stream for good.
 */
#include "core/wasi/p2_internal.h"

/* Most bytes of one read; a list that long is asked for in the call's arena. */
#define READ_MAX 0x10000u

enum gate_error p2_input_take(struct wasi_p2 *p2, struct p2_stream *stream, bool waits,
                              uint8_t *out, size_t room, size_t *out_len)
{
    *out_len = 0;
    if (stream->is_closed)
        return GATE_ERROR_CLOSED;
    if (room == 0)
        return WASI_OK;
    enum gate_error error = WASI_OK;
    if (stream->is_file) {
        error = wasi_file_pread(&p2->gate, stream->handle, stream->position, out, room, out_len);
        if (error == WASI_OK && *out_len == 0)
            error = GATE_ERROR_CLOSED;
    } else {
        error = wasi_stream_read(&p2->gate, stream->handle, waits, out, room, out_len);
        if (error == GATE_ERROR_WOULD_BLOCK)
            return WASI_OK;
    }
    if (error != WASI_OK) {
        stream->is_closed = true;
        *out_len = 0;
        return error;
    }
    stream->position += *out_len;
    return WASI_OK;
}

enum status p2_stream_fail(struct wasi_p2 *p2, struct component_call *call,
                           const struct p2_stream *stream, enum gate_error error,
                           struct component_value *out)
{
    struct component_value cause = {.kind = COMPONENT_VARIANT, .variant = {.index = 1}};
    if (error != GATE_ERROR_CLOSED) {
        bool is_file = stream->is_file;
        uint32_t rep = 0;
        struct p2_slot *slot = NULL;
        enum status status = p2_new(p2, call, P2_ERROR, 0, &rep, &slot);
        if (status != STATUS_OK)
            return status;
        slot->error.code = error;
        slot->error.is_file = is_file;
        struct component_value handle =
            component_host_handle(call, &p2_resource_error, rep, COMPONENT_OWN);
        status = p2_case(call, COMPONENT_VARIANT, 0, handle, &cause);
        if (status != STATUS_OK)
            return status;
    }
    return p2_case(call, COMPONENT_RESULT, 1, cause, out);
}

/* read and skip: up to `params[1]` bytes; skip throws them away. */
static enum status take(void *context, struct component_call *call,
                        const struct component_value *params, bool waits, bool skips,
                        struct component_value *out)
{
    struct wasi_p2 *p2 = context;
    struct p2_stream *stream = &p2_self(p2, &params[0], P2_INPUT)->stream;
    size_t room = params[1].u < READ_MAX ? (size_t)params[1].u : READ_MAX;
    uint8_t *data = arena_alloc(call->arena, room != 0 ? room : 1, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    enum gate_error error = p2_input_take(p2, stream, waits, data, room, &len);
    if (error != WASI_OK)
        return p2_stream_fail(p2, call, stream, error, out);
    return p2_ok(call, skips ? p2_u64(len) : p2_bytes(bytes_of(data, len)), out);
}

enum status p2_input_stream_read(void *context, struct component_call *call,
                                 const struct component_value *params, struct component_value *out)
{
    return take(context, call, params, false, false, out);
}

enum status p2_input_stream_blocking_read(void *context, struct component_call *call,
                                          const struct component_value *params,
                                          struct component_value *out)
{
    return take(context, call, params, true, false, out);
}

enum status p2_input_stream_skip(void *context, struct component_call *call,
                                 const struct component_value *params, struct component_value *out)
{
    return take(context, call, params, false, true, out);
}

enum status p2_input_stream_blocking_skip(void *context, struct component_call *call,
                                          const struct component_value *params,
                                          struct component_value *out)
{
    return take(context, call, params, true, true, out);
}

enum status p2_input_stream_subscribe(void *context, struct component_call *call,
                                      const struct component_value *params,
                                      struct component_value *out)
{
    return p2_stream_subscribe(context, call, &params[0], P2_INPUT, out);
}

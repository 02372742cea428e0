/*
 * core/wasi/p2_output.c: wasi:io/streams output-stream, of stdout, stderr and files.
 *
 * Nothing is buffered in the cell: what write took is with the gate when it returns, so flush has
 * nothing left to do but tell a closed stream. The permit of check-write is counted (WIT: a write
 * beyond it traps). Every error closes the stream for good.
 */
#include "core/wasi/p2_internal.h"

#define PERMIT_FILE  0x100000u
#define PERMIT_STDIO 4096u /* what a pipe that poll calls writable takes at once */
#define BLOCKING_MAX 4096u
#define SPLICE_MAX   0x4000u

static const uint8_t zeroes[4096];

static struct p2_stream *self_of(void *context, const struct component_value *params)
{
    return &p2_self(context, &params[0], P2_OUTPUT)->stream;
}

/* Writes all of `data`, or closes the stream. */
static enum gate_error put(struct wasi_p2 *p2, struct p2_stream *stream, struct bytes data)
{
    if (stream->is_closed)
        return GATE_ERROR_CLOSED;
    while (data.len != 0) {
        size_t len = 0;
        enum gate_error error = WASI_OK;
        if (!stream->is_file)
            error = wasi_stream_write(&p2->gate, stream->handle, true, data, &len);
        else if (stream->appends)
            error = wasi_file_append(&p2->gate, stream->handle, data, &len);
        else
            error = wasi_file_pwrite(&p2->gate, stream->handle, stream->position, data, &len);
        if (error == WASI_OK && len == 0)
            error = GATE_ERROR_IO; /* a file that takes nothing and says nothing */
        if (error != WASI_OK) {
            stream->is_closed = true;
            return error;
        }
        stream->position += len;
        data.data += len;
        data.len -= len;
    }
    return WASI_OK;
}

static enum gate_error put_zeroes(struct wasi_p2 *p2, struct p2_stream *stream, uint64_t len)
{
    enum gate_error error = put(p2, stream, bytes_of(zeroes, 0));
    while (error == WASI_OK && len != 0) {
        size_t part = len < sizeof zeroes ? (size_t)len : sizeof zeroes;
        error = put(p2, stream, bytes_of(zeroes, part));
        len -= part;
    }
    return error;
}

/* result<_, stream-error> */
static enum status end(struct wasi_p2 *p2, struct component_call *call,
                       const struct p2_stream *stream, enum gate_error error,
                       struct component_value *out)
{
    if (error != WASI_OK)
        return p2_stream_fail(p2, call, stream, error, out);
    *out = p2_ok_bare();
    return STATUS_OK;
}

/* How much may be written without waiting. */
static enum gate_error ask_permit(struct wasi_p2 *p2, struct p2_stream *stream)
{
    if (stream->is_closed)
        return GATE_ERROR_CLOSED;
    stream->permit = PERMIT_FILE;
    if (stream->is_file)
        return WASI_OK;
    const struct gate_poll polls[2] = {{.kind = GATE_POLL_WRITE, .handle = stream->handle},
                                       {.kind = GATE_POLL_TIME}};
    uint8_t ready[2] = {0};
    enum gate_error error = wasi_poll(&p2->gate, polls, 2, ready);
    stream->permit = error == WASI_OK && ready[0] != 0 ? PERMIT_STDIO : 0;
    return error;
}

/* Waits until something may be written; files always take some. */
static enum gate_error wait_permit(struct wasi_p2 *p2, struct p2_stream *stream)
{
    if (!stream->is_file && !stream->is_closed) {
        const struct gate_poll poll = {.kind = GATE_POLL_WRITE, .handle = stream->handle};
        uint8_t ready = 0;
        enum gate_error error = wasi_poll(&p2->gate, &poll, 1, &ready);
        if (error != WASI_OK)
            return error;
    }
    return ask_permit(p2, stream);
}

static enum status use_permit(struct component_call *call, struct p2_stream *stream, uint64_t len)
{
    if (len > stream->permit)
        return component_call_trap(call, REFUSAL_MISUSE,
                                   "a write of more than check-write permitted");
    stream->permit -= len;
    return STATUS_OK;
}

enum status p2_output_stream_check_write(void *context, struct component_call *call,
                                         const struct component_value *params,
                                         struct component_value *out)
{
    struct p2_stream *stream = self_of(context, params);
    enum gate_error error = ask_permit(context, stream);
    if (error != WASI_OK)
        return p2_stream_fail(context, call, stream, error, out);
    return p2_ok(call, p2_u64(stream->permit), out);
}

enum status p2_output_stream_write(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    struct p2_stream *stream = self_of(context, params);
    struct bytes data = bytes_of(params[1].items.packed, params[1].items.count);
    enum status status = use_permit(call, stream, data.len);
    if (status != STATUS_OK)
        return status;
    return end(context, call, stream, put(context, stream, data), out);
}

enum status p2_output_stream_write_zeroes(void *context, struct component_call *call,
                                          const struct component_value *params,
                                          struct component_value *out)
{
    struct p2_stream *stream = self_of(context, params);
    enum status status = use_permit(call, stream, params[1].u);
    if (status != STATUS_OK)
        return status;
    return end(context, call, stream, put_zeroes(context, stream, params[1].u), out);
}

enum status p2_output_stream_blocking_write_and_flush(void *context, struct component_call *call,
                                                      const struct component_value *params,
                                                      struct component_value *out)
{
    struct p2_stream *stream = self_of(context, params);
    struct bytes data = bytes_of(params[1].items.packed, params[1].items.count);
    if (data.len > BLOCKING_MAX)
        return component_call_trap(call, REFUSAL_MISUSE,
                                   "blocking-write-and-flush of more than 4096 bytes");
    return end(context, call, stream, put(context, stream, data), out);
}

enum status p2_output_stream_blocking_write_zeroes_and_flush(void *context,
                                                             struct component_call *call,
                                                             const struct component_value *params,
                                                             struct component_value *out)
{
    struct p2_stream *stream = self_of(context, params);
    if (params[1].u > BLOCKING_MAX)
        return component_call_trap(call, REFUSAL_MISUSE,
                                   "blocking-write-zeroes-and-flush of more than 4096 bytes");
    return end(context, call, stream, put_zeroes(context, stream, params[1].u), out);
}

enum status p2_output_stream_flush(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    struct p2_stream *stream = self_of(context, params);
    return end(context, call, stream, stream->is_closed ? GATE_ERROR_CLOSED : WASI_OK, out);
}

enum status p2_output_stream_blocking_flush(void *context, struct component_call *call,
                                            const struct component_value *params,
                                            struct component_value *out)
{
    return p2_output_stream_flush(context, call, params, out);
}

enum status p2_output_stream_subscribe(void *context, struct component_call *call,
                                       const struct component_value *params,
                                       struct component_value *out)
{
    return p2_stream_subscribe(context, call, &params[0], P2_OUTPUT, out);
}

/* check-write, read, write; `waits`: for both sides first. The permit is splice's own and used up
 * with it. The first error ends it and is reported. */
static enum status splice(void *context, struct component_call *call,
                          const struct component_value *params, bool waits,
                          struct component_value *out)
{
    struct wasi_p2 *p2 = context;
    struct p2_stream *to = self_of(context, params);
    struct p2_stream *from = &p2_self(context, &params[1], P2_INPUT)->stream;
    enum gate_error error = waits ? wait_permit(p2, to) : ask_permit(p2, to);
    uint64_t most = to->permit < params[2].u ? to->permit : params[2].u;
    to->permit = 0;
    if (error != WASI_OK)
        return p2_stream_fail(p2, call, to, error, out);
    size_t room = most < SPLICE_MAX ? (size_t)most : SPLICE_MAX;
    uint8_t *data = arena_alloc(call->arena, room != 0 ? room : 1, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    error = p2_input_take(p2, from, waits, data, room, &len);
    if (error != WASI_OK)
        return p2_stream_fail(p2, call, from, error, out);
    error = put(p2, to, bytes_of(data, len));
    if (error != WASI_OK)
        return p2_stream_fail(p2, call, to, error, out);
    return p2_ok(call, p2_u64(len), out);
}

enum status p2_output_stream_splice(void *context, struct component_call *call,
                                    const struct component_value *params,
                                    struct component_value *out)
{
    return splice(context, call, params, false, out);
}

enum status p2_output_stream_blocking_splice(void *context, struct component_call *call,
                                             const struct component_value *params,
                                             struct component_value *out)
{
    return splice(context, call, params, true, out);
}

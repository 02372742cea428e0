/*
 * node/main/output.c: see output.h.
 *
 * Invariants:
 *   (1) What stands in the transfer area may change at any time: polls and bytes are read once.
 *   (2) A world that was cancelled stays so; the next call gets another one.
 */
#include "node/main/output.h"

#include "aether/gate_world.h"

#define HANDLE_STDOUT 1u
#define HANDLE_STDERR 2u

static enum gate_status fail(struct gate_reply *reply, enum gate_error error)
{
    reply->reason = error;
    return GATE_FAILED;
}

static void write_line(struct output *output, size_t which, struct bytes text)
{
    const struct log_entry entry = {.kind = which == 0 ? "stdout" : "stderr",
                                    .app = output->app,
                                    .code_hash = output->code_hash,
                                    .function = output->function,
                                    .text = text};
    if (output->lines == OUTPUT_LINES_MAX) {
        output->dropped += text.len;
        return;
    }
    output->lines++;
    /* What is lost is counted by the log. */
    (void)!log_write(output->log, &entry);
}

static void flush(struct output *output, size_t which)
{
    struct output_stream *stream = &output->streams[which];
    if (stream->len != 0)
        write_line(output, which, bytes_of(stream->line, stream->len));
    stream->len = 0;
}

static void take_bytes(struct output *output, size_t which, const uint8_t *data, size_t len)
{
    struct output_stream *stream = &output->streams[which];
    for (size_t i = 0; i < len; i++) {
        const uint8_t byte = data[i];
        if (output->lines == OUTPUT_LINES_MAX) {
            output->dropped += len - i;
            return;
        }
        if (byte != '\n')
            stream->line[stream->len++] = byte;
        if (byte == '\n' || stream->len == OUTPUT_LINE_MAX)
            flush(output, which);
    }
}

static enum gate_status stream_write(struct output *output, const struct gate_request *copy,
                                     struct gate_transfer transfer, struct gate_reply *reply)
{
    if (copy->handle != HANDLE_STDOUT && copy->handle != HANDLE_STDERR)
        return GATE_BAD_HANDLE;
    take_bytes(output, copy->handle - HANDLE_STDOUT, transfer.data + copy->in.offset, copy->in.len);
    reply->values[0] = copy->in.len;
    return GATE_OK;
}

static void serve_stream(void *context, const struct gate_request *copy,
                         struct gate_transfer transfer, struct gate_reply *out_reply)
{
    enum gate_status status = GATE_UNKNOWN;
    out_reply->out.len = 0;
    if (copy->method == GATE_STREAM_WRITE)
        status = stream_write(context, copy, transfer, out_reply);
    else if (copy->method == GATE_STREAM_READ)
        status = copy->handle == HANDLE_STDOUT || copy->handle == HANDLE_STDERR
                     ? fail(out_reply, GATE_ERROR_BAD_DESCRIPTOR)
                     : GATE_BAD_HANDLE;
    out_reply->status = (uint32_t)status;
}

/* Ours are always ready. True: at least one was among them, and the answer is in `out`. */
static bool poll_ours(const struct gate_request *copy, struct gate_transfer transfer)
{
    const uint32_t count = copy->in.len / (uint32_t)sizeof(struct gate_poll);
    bool is_ours = false;
    if (copy->in.len % sizeof(struct gate_poll) != 0 || count == 0 || count > GATE_POLL_MAX ||
        copy->out.len < count)
        return false;
    uint8_t ready[GATE_POLL_MAX];
    for (uint32_t i = 0; i < count; i++) {
        struct gate_poll poll;
        memcpy(&poll, transfer.data + copy->in.offset + (size_t)i * sizeof poll, sizeof poll);
        ready[i] = (poll.kind == GATE_POLL_READ || poll.kind == GATE_POLL_WRITE) &&
                   (poll.handle == HANDLE_STDOUT || poll.handle == HANDLE_STDERR);
        is_ours = is_ours || ready[i] != 0;
    }
    if (is_ours)
        memcpy(transfer.data + copy->out.offset, ready, count);
    return is_ours;
}

static void serve_world(void *context, const struct gate_request *copy,
                        struct gate_transfer transfer, struct gate_reply *out_reply)
{
    struct output *output = context;
    if (copy->method == GATE_WORLD_STDIO) {
        out_reply->out.len = 0;
        out_reply->status = GATE_OK;
        if (copy->args[0] == 1 || copy->args[0] == 2)
            out_reply->values[0] = copy->args[0] == 1 ? HANDLE_STDOUT : HANDLE_STDERR;
        else
            out_reply->status = (uint32_t)fail(out_reply, GATE_ERROR_BAD_DESCRIPTOR);
    } else if (copy->method == GATE_WORLD_POLL && poll_ours(copy, transfer)) {
        out_reply->status = GATE_OK;
        out_reply->out.len = copy->in.len / (uint32_t)sizeof(struct gate_poll);
    } else {
        output->inner.call(output->inner.context, copy, transfer, out_reply);
    }
}

static void cancel(void *context)
{
    struct output *output = context;
    __atomic_store_n(&output->is_cancelled, true, __ATOMIC_RELEASE);
    world_cancel(output->world);
}

void output_init(struct output *output, struct log *log)
{
    *output = (struct output){.log = log};
}

void output_fini(struct output *output)
{
    world_destroy(output->world);
    memory_wipe(output->streams, sizeof output->streams);
}

/* Invariant (2). */
static enum status fresh_world(struct output *output, struct report *report)
{
    const struct world_setup setup = {.stdio = {-1, -1, -1}, .handle_max = 1};
    struct gate_service services[WORLD_SERVICE_COUNT];
    world_destroy(output->world);
    output->world = NULL;
    enum status status = world_create(&setup, &output->world, report);
    if (status != STATUS_OK)
        return status;
    world_services(output->world, services);
    output->inner = services[0];
    output->is_cancelled = false;
    return STATUS_OK;
}

enum status output_begin(struct output *output, struct bytes app, struct bytes code_hash,
                         struct bytes function, struct report *report)
{
    output->app = app;
    output->code_hash = code_hash;
    output->function = function;
    output->lines = 0;
    output->dropped = 0;
    if (output->world != NULL && !__atomic_load_n(&output->is_cancelled, __ATOMIC_ACQUIRE))
        return STATUS_OK;
    return fresh_world(output, report);
}

void output_services(struct output *output, struct gate_service out_services[OUTPUT_SERVICE_COUNT])
{
    out_services[0] = (struct gate_service){GATE_WORLD, output, serve_world, cancel};
    out_services[1] = (struct gate_service){GATE_STREAM, output, serve_stream, NULL};
}

void output_end(struct output *output)
{
    flush(output, 0);
    flush(output, 1);
    if (output->dropped == 0)
        return;
    const struct log_entry entry = {.kind = "dropped",
                                    .app = output->app,
                                    .code_hash = output->code_hash,
                                    .function = output->function,
                                    .has_number = true,
                                    .number = output->dropped};
    (void)!log_write(output->log, &entry);
}

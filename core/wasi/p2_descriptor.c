/*
 * core/wasi/p2_descriptor.c: methods of wasi:filesystem/types.descriptor that take no path.
 *
 * The gate knows what a handle may do and refuses the rest; what is checked here as well gives the
 * error that WASI has for it: reading and writing by a descriptor not opened for that is
 * bad-descriptor, bytes of a directory is-directory, entries of a file not-directory.
 */
#include "core/wasi/p2_file.h"

/* Most bytes of one read. */
#define READ_MAX 0x40000u

/* May bytes be read (or written) by it? */
static enum gate_error need_bytes(const struct p2_descriptor *descriptor, uint32_t right)
{
    if (descriptor->type == GATE_TYPE_DIRECTORY)
        return GATE_ERROR_IS_DIRECTORY;
    return (descriptor->rights & right) != 0 ? WASI_OK : GATE_ERROR_BAD_DESCRIPTOR;
}

/* result<input-stream or output-stream, error-code>: a child of the descriptor. */
static enum status open_stream(void *context, struct component_call *call,
                               const struct component_value *self, enum p2_kind kind,
                               struct p2_stream stream, struct component_value *out)
{
    const struct p2_descriptor *descriptor = p2_descriptor(context, self);
    enum gate_error error =
        need_bytes(descriptor, kind == P2_INPUT ? GATE_FILE_READ : GATE_FILE_WRITE);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    stream.handle = descriptor->handle;
    stream.is_file = true;
    uint32_t rep = 0;
    struct p2_slot *slot = NULL;
    enum status status = p2_new(context, call, kind, self->handle.rep, &rep, &slot);
    if (status != STATUS_OK)
        return status;
    slot->stream = stream;
    const struct component_host_resource *resource =
        kind == P2_INPUT ? &p2_resource_input_stream : &p2_resource_output_stream;
    return p2_ok(call, component_host_handle(call, resource, rep, COMPONENT_OWN), out);
}

enum status p2_descriptor_read_via_stream(void *context, struct component_call *call,
                                          const struct component_value *params,
                                          struct component_value *out)
{
    struct p2_stream stream = {.position = params[1].u};
    return open_stream(context, call, &params[0], P2_INPUT, stream, out);
}

enum status p2_descriptor_write_via_stream(void *context, struct component_call *call,
                                           const struct component_value *params,
                                           struct component_value *out)
{
    struct p2_stream stream = {.position = params[1].u};
    return open_stream(context, call, &params[0], P2_OUTPUT, stream, out);
}

enum status p2_descriptor_append_via_stream(void *context, struct component_call *call,
                                            const struct component_value *params,
                                            struct component_value *out)
{
    struct p2_stream stream = {.appends = true};
    return open_stream(context, call, &params[0], P2_OUTPUT, stream, out);
}

enum status p2_descriptor_read(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    size_t room = params[1].u < READ_MAX ? (size_t)params[1].u : READ_MAX;
    uint8_t *data = arena_alloc(call->arena, room != 0 ? room : 1, 1);
    struct component_value *pair = p2_values(call, 2);
    if (data == NULL || pair == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    enum gate_error error = need_bytes(self, GATE_FILE_READ);
    if (error == WASI_OK)
        error = wasi_file_pread(&p2->gate, self->handle, params[2].u, data, room, &len);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    pair[0] = p2_bytes(bytes_of(data, len));
    pair[1] = p2_bool(room != 0 && len == 0);
    return p2_ok(call, p2_items(COMPONENT_TUPLE, pair, 2), out);
}

enum status p2_descriptor_write(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    struct bytes data = bytes_of(params[1].items.packed, params[1].items.count);
    size_t len = 0;
    enum gate_error error = need_bytes(self, GATE_FILE_WRITE);
    if (error == WASI_OK)
        error = wasi_file_pwrite(&p2->gate, self->handle, params[2].u, data, &len);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    return p2_ok(call, p2_u64(len), out);
}

enum status p2_descriptor_advise(void *context, struct component_call *call,
                                 const struct component_value *params, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    enum gate_error error = self->type == GATE_TYPE_DIRECTORY ? GATE_ERROR_BAD_DESCRIPTOR : WASI_OK;
    if (error == WASI_OK)
        error = wasi_file_advise(&p2->gate, self->handle, params[1].u, params[2].u,
                                 params[3].variant.index);
    return p2_done(call, error, out);
}

enum status p2_descriptor_sync_data(void *context, struct component_call *call,
                                    const struct component_value *params,
                                    struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    return p2_done(call, wasi_file_sync(&p2->gate, self->handle, true), out);
}

enum status p2_descriptor_sync(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    return p2_done(call, wasi_file_sync(&p2->gate, self->handle, false), out);
}

enum status p2_descriptor_get_flags(void *context, struct component_call *call,
                                    const struct component_value *params,
                                    struct component_value *out)
{
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    uint32_t flags = self->flags;
    if ((self->rights & GATE_FILE_READ) != 0)
        flags |= P2_FLAG_READ;
    if (self->type == GATE_TYPE_DIRECTORY && (self->rights & GATE_FILE_CHANGE) != 0)
        flags |= P2_FLAG_MUTATE_DIRECTORY;
    if (self->type != GATE_TYPE_DIRECTORY && (self->rights & GATE_FILE_WRITE) != 0)
        flags |= P2_FLAG_WRITE;
    return p2_ok(call, p2_flags(flags), out);
}

enum status p2_descriptor_get_type(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    return p2_ok(call, p2_enum(p2_descriptor(context, &params[0])->type), out);
}

enum status p2_descriptor_set_size(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    enum gate_error error = need_bytes(self, GATE_FILE_WRITE);
    if (error == GATE_ERROR_BAD_DESCRIPTOR)
        error = GATE_ERROR_INVALID; /* ftruncate's word */
    if (error == WASI_OK)
        error = wasi_file_set_size(&p2->gate, self->handle, params[1].u);
    return p2_done(call, error, out);
}

enum status p2_descriptor_set_times(void *context, struct component_call *call,
                                    const struct component_value *params,
                                    struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    struct wasi_times times;
    enum gate_error error = p2_times(&params[1], &params[2], &times);
    if (error == WASI_OK)
        error = wasi_file_set_times(&p2->gate, self->handle, &times);
    return p2_done(call, error, out);
}

enum status p2_descriptor_stat(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    struct gate_stat stat;
    enum gate_error error =
        wasi_file_stat(&p2->gate, p2_descriptor(context, &params[0])->handle, &stat);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    struct component_value value;
    enum status status = p2_stat_value(call, &stat, &value);
    return status == STATUS_OK ? p2_ok(call, value, out) : status;
}

enum status p2_descriptor_metadata_hash(void *context, struct component_call *call,
                                        const struct component_value *params,
                                        struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    struct gate_stat stat;
    enum gate_error error =
        wasi_file_stat(&p2->gate, p2_descriptor(context, &params[0])->handle, &stat);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    struct component_value value;
    enum status status = p2_hash_value(call, &stat, &value);
    return status == STATUS_OK ? p2_ok(call, value, out) : status;
}

/* Without an error in its type: what can not be asked is not the same. */
enum status p2_descriptor_is_same_object(void *context, struct component_call *call,
                                         const struct component_value *params,
                                         struct component_value *out)
{
    (void)call;
    const struct wasi_p2 *p2 = context;
    struct gate_stat one;
    struct gate_stat other;
    enum gate_error error =
        wasi_file_stat(&p2->gate, p2_descriptor(context, &params[0])->handle, &one);
    if (error == WASI_OK)
        error = wasi_file_stat(&p2->gate, p2_descriptor(context, &params[1])->handle, &other);
    *out = p2_bool(error == WASI_OK && one.device == other.device && one.node == other.node);
    return STATUS_OK;
}

/*
 * core/wasi/p2_directory.c: wasi:filesystem preopens, and directory-entry-stream.
 *
 * A directory's stream is a cookie of the gate. Entries come in batches; one batch is kept for all
 * streams, by whom it was read for: a stream that finds another's there reads its own again.
 */
#include "core/base/utf8.h"
#include "core/wasi/p2_file.h"

enum status p2_descriptor_read_directory(void *context, struct component_call *call,
                                         const struct component_value *params,
                                         struct component_value *out)
{
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    enum gate_error error = p2_need_directory(self);
    if (error == WASI_OK && (self->rights & GATE_FILE_READ) == 0)
        error = GATE_ERROR_BAD_DESCRIPTOR;
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    uint32_t rep = 0;
    struct p2_slot *slot = NULL;
    enum status status =
        p2_new(context, call, P2_DIRECTORY_STREAM, params[0].handle.rep, &rep, &slot);
    if (status != STATUS_OK)
        return status;
    slot->directory.handle = self->handle;
    return p2_ok(
        call, component_host_handle(call, &p2_resource_directory_entry_stream, rep, COMPONENT_OWN),
        out);
}

/* The next entry of a stream; CLOSED: there is none. */
static enum gate_error next_entry(struct wasi_p2 *p2, uint32_t rep, struct gate_entry *out_entry,
                                  struct bytes *out_name)
{
    struct p2_slot *stream = p2_slot(p2, rep, P2_DIRECTORY_STREAM);
    struct p2_entries *entries = &p2->entries;
    if (entries->owner != rep || entries->left.len == 0) {
        size_t len = 0;
        entries->owner = 0;
        enum gate_error error =
            wasi_file_read_directory(&p2->gate, stream->directory.handle, stream->directory.cookie,
                                     entries->data, sizeof entries->data, &len);
        if (error != WASI_OK)
            return error;
        entries->owner = rep;
        entries->left = bytes_of(entries->data, len);
    }
    if (!wasi_entry_take(&entries->left, out_entry, out_name))
        return GATE_ERROR_CLOSED;
    stream->directory.cookie = out_entry->next;
    return WASI_OK;
}

/* some({type, name}) with the name copied: the batch goes with the next stream. */
static enum status entry_value(struct component_call *call, const struct gate_entry *entry,
                               struct bytes name, struct component_value *out)
{
    struct component_value *fields = p2_values(call, 2);
    uint8_t *copy = arena_alloc(call->arena, name.len + 1, 1);
    if (fields == NULL || copy == NULL)
        return STATUS_NO_MEMORY;
    memcpy(copy, name.data, name.len);
    fields[0] = p2_enum(entry->type <= GATE_TYPE_SOCKET ? entry->type : GATE_TYPE_UNKNOWN);
    fields[1] = p2_string(bytes_of(copy, name.len));
    return p2_some(call, p2_items(COMPONENT_RECORD, fields, 2), out);
}

enum status p2_directory_entry_stream_read_directory_entry(void *context,
                                                           struct component_call *call,
                                                           const struct component_value *params,
                                                           struct component_value *out)
{
    struct gate_entry entry;
    struct bytes name;
    enum gate_error error = next_entry(context, params[0].handle.rep, &entry, &name);
    if (error == WASI_OK && !utf8_is_valid(name))
        error = GATE_ERROR_ILLEGAL_BYTE_SEQUENCE; /* of this entry; the next call goes on */
    if (error == GATE_ERROR_CLOSED)
        return p2_ok(call, p2_none(), out);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    struct component_value value;
    enum status status = entry_value(call, &entry, name, &value);
    return status == STATUS_OK ? p2_ok(call, value, out) : status;
}

/* tuple<descriptor, string> of one preopen. */
static enum status preopen_value(struct wasi_p2 *p2, struct component_call *call,
                                 const struct wasi_preopen *preopen, struct component_value *out)
{
    struct component_value *pair = p2_values(call, 2);
    uint8_t *path = arena_alloc(call->arena, (size_t)preopen->path_len + 1, 1);
    if (pair == NULL || path == NULL)
        return STATUS_NO_MEMORY;
    memcpy(path, preopen->path, preopen->path_len);
    p2_make_utf8(path, preopen->path_len);
    struct p2_descriptor descriptor = {.handle = preopen->handle,
                                       .type = GATE_TYPE_DIRECTORY,
                                       .rights = preopen->rights,
                                       .is_preopen = true};
    enum status status = p2_descriptor_new(p2, call, descriptor, &pair[0]);
    if (status != STATUS_OK)
        return status;
    pair[1] = p2_string(bytes_of(path, preopen->path_len));
    *out = p2_items(COMPONENT_TUPLE, pair, 2);
    return STATUS_OK;
}

/* How many there are is asked first, so that the list has room. */
enum status p2_get_directories(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    (void)params;
    struct wasi_p2 *p2 = context;
    struct wasi_preopen *preopen = arena_alloc(call->arena, 1, sizeof *preopen);
    if (preopen == NULL)
        return STATUS_NO_MEMORY;
    uint32_t count = 0;
    while (count < P2_SLOT_MAX && wasi_preopen(&p2->gate, count, preopen) == WASI_OK)
        count++;
    struct component_value *list = p2_values(call, count);
    if (list == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        enum gate_error error = wasi_preopen(&p2->gate, i, preopen);
        if (error != WASI_OK)
            return p2_gate_trap(call, error);
        enum status status = preopen_value(p2, call, preopen, &list[i]);
        if (status != STATUS_OK)
            return status;
    }
    *out = p2_items(COMPONENT_LIST, list, count);
    return STATUS_OK;
}

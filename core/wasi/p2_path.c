/*
 * core/wasi/p2_path.c: methods of wasi:filesystem/types.descriptor that take paths.
 *
 * A path is handed to the gate as it is: that it stays beneath its directory is the gate's to see.
 */
#include "core/base/utf8.h"
#include "core/wasi/p2_file.h"

#define FOLLOW(param) (((param).flags & 1u) != 0)

_Static_assert(GATE_OPEN_CREATE == 1 && GATE_OPEN_DIRECTORY == 2 && GATE_OPEN_EXCLUSIVE == 4 &&
                   GATE_OPEN_TRUNCATE == 8,
               "open-flags have the gate's bits");
_Static_assert((int)GATE_OPEN_FILE_INTEGRITY_SYNC == P2_FLAG_FILE_INTEGRITY_SYNC << 3 &&
                   (int)GATE_OPEN_REQUESTED_WRITE_SYNC == P2_FLAG_REQUESTED_WRITE_SYNC << 3,
               "the sync bits of descriptor-flags have the gate's order");

/* The rights that descriptor-flags ask for. What a directory was asked for says nothing of what it
 * is for: one that is opened has what its parent has (as in wasmtime). */
static uint32_t rights_of_flags(uint32_t flags)
{
    uint32_t rights = 0;
    if ((flags & P2_FLAG_READ) != 0)
        rights |= GATE_FILE_READ;
    if ((flags & P2_FLAG_WRITE) != 0)
        rights |= GATE_FILE_WRITE;
    if ((flags & P2_FLAG_MUTATE_DIRECTORY) != 0)
        rights |= GATE_FILE_CHANGE;
    return rights;
}

/* A directory is not opened to write bytes to it. */
static enum gate_error open_at(const struct wasi_p2 *p2, const struct p2_descriptor *directory,
                               struct bytes path, uint32_t open_flags, uint32_t flags,
                               struct wasi_open *out_open)
{
    bool is_directory = (open_flags & GATE_OPEN_DIRECTORY) != 0;
    bool writes = (flags & P2_FLAG_WRITE) != 0;
    if (is_directory &&
        (open_flags & (GATE_OPEN_CREATE | GATE_OPEN_EXCLUSIVE | GATE_OPEN_TRUNCATE)) != 0)
        return GATE_ERROR_INVALID;
    uint32_t rights = is_directory ? directory->rights : rights_of_flags(flags);
    enum gate_error error =
        wasi_file_open(&p2->gate, directory->handle, path, open_flags, rights, out_open);
    if (error != WASI_OK || out_open->type != GATE_TYPE_DIRECTORY || (is_directory && !writes))
        return error;
    (void)wasi_file_close(&p2->gate, out_open->handle); /* nothing was done by it */
    if (writes)
        return GATE_ERROR_IS_DIRECTORY;
    /* It is a directory after all: once more, with all that its parent has. */
    return wasi_file_open(&p2->gate, directory->handle, path,
                          (open_flags & GATE_OPEN_FOLLOW) | GATE_OPEN_DIRECTORY, directory->rights,
                          out_open);
}

enum status p2_descriptor_open_at(void *context, struct component_call *call,
                                  const struct component_value *params, struct component_value *out)
{
    struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    uint32_t flags = params[4].flags;
    uint32_t open_flags = params[3].flags | (flags & P2_FLAGS_SYNC) << 3;
    if (FOLLOW(params[1]))
        open_flags |= GATE_OPEN_FOLLOW;
    struct wasi_open open = {0};
    enum gate_error error = p2_need_directory(self);
    if (error == WASI_OK)
        error = open_at(p2, self, p2_text(&params[2]), open_flags, flags, &open);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    struct p2_descriptor descriptor = {.handle = open.handle,
                                       .type = open.type <= GATE_TYPE_SOCKET ? open.type : 0,
                                       .rights = open.rights,
                                       .flags = flags & P2_FLAGS_SYNC};
    struct component_value handle;
    enum status status = p2_descriptor_new(p2, call, descriptor, &handle);
    if (status != STATUS_OK) {
        (void)wasi_file_close(&p2->gate, open.handle); /* nobody is left to tell */
        return status;
    }
    return p2_ok(call, handle, out);
}

/* What stat-at and metadata-hash-at ask. */
static enum gate_error stat_at(const struct wasi_p2 *p2, const struct p2_descriptor *self,
                               const struct component_value *params, struct gate_stat *out_stat)
{
    enum gate_error error = p2_need_directory(self);
    if (error != WASI_OK)
        return error;
    return wasi_file_stat_at(&p2->gate, self->handle, p2_text(&params[2]), FOLLOW(params[1]),
                             out_stat);
}

enum status p2_descriptor_stat_at(void *context, struct component_call *call,
                                  const struct component_value *params, struct component_value *out)
{
    struct gate_stat stat;
    enum gate_error error = stat_at(context, p2_descriptor(context, &params[0]), params, &stat);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    struct component_value value;
    enum status status = p2_stat_value(call, &stat, &value);
    return status == STATUS_OK ? p2_ok(call, value, out) : status;
}

enum status p2_descriptor_metadata_hash_at(void *context, struct component_call *call,
                                           const struct component_value *params,
                                           struct component_value *out)
{
    struct gate_stat stat;
    enum gate_error error = stat_at(context, p2_descriptor(context, &params[0]), params, &stat);
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    struct component_value value;
    enum status status = p2_hash_value(call, &stat, &value);
    return status == STATUS_OK ? p2_ok(call, value, out) : status;
}

enum status p2_descriptor_set_times_at(void *context, struct component_call *call,
                                       const struct component_value *params,
                                       struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    struct wasi_times times;
    enum gate_error error = p2_need_directory(self);
    if (error == WASI_OK)
        error = p2_times(&params[3], &params[4], &times);
    if (error == WASI_OK)
        error = wasi_file_set_times_at(&p2->gate, self->handle, p2_text(&params[2]),
                                       FOLLOW(params[1]), &times);
    return p2_done(call, error, out);
}

typedef enum gate_error path_fn(const struct wasi_gate *gate, uint32_t directory,
                                struct bytes path);

/* (self, path) -> result<_, error-code> */
static enum status change_path(void *context, struct component_call *call,
                               const struct component_value *params, path_fn *change,
                               struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    enum gate_error error = p2_need_directory(self);
    if (error == WASI_OK)
        error = change(&p2->gate, self->handle, p2_text(&params[1]));
    return p2_done(call, error, out);
}

enum status p2_descriptor_create_directory_at(void *context, struct component_call *call,
                                              const struct component_value *params,
                                              struct component_value *out)
{
    return change_path(context, call, params, wasi_file_create_directory, out);
}

enum status p2_descriptor_remove_directory_at(void *context, struct component_call *call,
                                              const struct component_value *params,
                                              struct component_value *out)
{
    return change_path(context, call, params, wasi_file_remove_directory, out);
}

enum status p2_descriptor_unlink_file_at(void *context, struct component_call *call,
                                         const struct component_value *params,
                                         struct component_value *out)
{
    return change_path(context, call, params, wasi_file_unlink, out);
}

enum status p2_descriptor_readlink_at(void *context, struct component_call *call,
                                      const struct component_value *params,
                                      struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    uint8_t *text = arena_alloc(call->arena, GATE_PATH_MAX, 1);
    if (text == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    enum gate_error error = p2_need_directory(self);
    if (error == WASI_OK)
        error = wasi_file_read_link(&p2->gate, self->handle, p2_text(&params[1]), text,
                                    GATE_PATH_MAX, &len);
    if (error == WASI_OK && !utf8_is_valid(bytes_of(text, len)))
        error = GATE_ERROR_ILLEGAL_BYTE_SEQUENCE;
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    return p2_ok(call, p2_string(bytes_of(text, len)), out);
}

enum status p2_descriptor_symlink_at(void *context, struct component_call *call,
                                     const struct component_value *params,
                                     struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    enum gate_error error = p2_need_directory(self);
    if (error == WASI_OK)
        error =
            wasi_file_symlink(&p2->gate, self->handle, p2_text(&params[1]), p2_text(&params[2]));
    return p2_done(call, error, out);
}

static enum gate_error need_directories(const struct p2_descriptor *one,
                                        const struct p2_descriptor *other)
{
    enum gate_error error = p2_need_directory(one);
    return error == WASI_OK ? p2_need_directory(other) : error;
}

enum status p2_descriptor_link_at(void *context, struct component_call *call,
                                  const struct component_value *params, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    const struct p2_descriptor *to = p2_descriptor(context, &params[3]);
    enum gate_error error = need_directories(self, to);
    if (error == WASI_OK)
        error = wasi_file_link(&p2->gate, self->handle, p2_text(&params[2]), FOLLOW(params[1]),
                               to->handle, p2_text(&params[4]));
    return p2_done(call, error, out);
}

enum status p2_descriptor_rename_at(void *context, struct component_call *call,
                                    const struct component_value *params,
                                    struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    const struct p2_descriptor *self = p2_descriptor(context, &params[0]);
    const struct p2_descriptor *to = p2_descriptor(context, &params[2]);
    enum gate_error error = need_directories(self, to);
    if (error == WASI_OK)
        error = wasi_file_rename(&p2->gate, self->handle, p2_text(&params[1]), to->handle,
                                 p2_text(&params[3]));
    return p2_done(call, error, out);
}

/*
 * node/store/file_data.c: GATE_FILE: what is in a file, how large it is, and when it is durable.
 */
#include "node/store/internal.h"

enum gate_status store_file_pread(struct store_call *call)
{
    struct store_handle *file;
    size_t len = 0;
    enum gate_status status = store_find_file(call, GATE_FILE_READ, GATE_ERROR_IS_DIRECTORY, &file);
    if (status != GATE_OK)
        return status;
    if (call->request->args[0] > INT64_MAX)
        return store_fail(call, GATE_ERROR_INVALID);
    int error = store_content_read(call->app, file->node, call->request->args[0], call->out,
                                   call->request->out.len, &len);
    call->reply->out.len = (uint32_t)len;
    return store_end(call, error);
}

/* Waits without the lock. */
static int sync_app(struct store_call *call)
{
    (void)pthread_mutex_unlock(&call->app->lock);
    enum status status = store_app_sync(call->app, &call->session->is_cancelled);
    (void)pthread_mutex_lock(&call->app->lock);
    if (status == STATUS_OK)
        return STORE_FINE;
    return status == STATUS_LIMIT ? GATE_ERROR_INSUFFICIENT_SPACE : GATE_ERROR_IO;
}

/* More is not taken before what there is was written; the handle stays, for a session is used by
 * one thread. */
static int make_way(struct store_call *call)
{
    return call->app->dirty_bytes >= STORE_DIRTY_MAX ? sync_app(call) : STORE_FINE;
}

enum gate_status store_file_pwrite(struct store_call *call)
{
    const struct gate_request *request = call->request;
    struct store_handle *file;
    size_t len = 0;
    enum gate_status status =
        store_find_file(call, GATE_FILE_WRITE, GATE_ERROR_IS_DIRECTORY, &file);
    if (status != GATE_OK)
        return status;
    if (request->args[1] == 0 && request->args[0] > INT64_MAX)
        return store_fail(call, GATE_ERROR_FILE_TOO_LARGE);
    int error = make_way(call);
    uint64_t offset = request->args[1] != 0 ? file->node->size : request->args[0];
    if (error == STORE_FINE)
        error = store_content_write(call->app, file->node, offset, call->in, request->in.len, &len);
    if (error == STORE_FINE && file->is_synced)
        error = sync_app(call);
    call->reply->values[0] = len;
    return store_end(call, error);
}

enum gate_status store_file_set_size(struct store_call *call)
{
    struct store_handle *file;
    enum gate_status status =
        store_find_file(call, GATE_FILE_WRITE, GATE_ERROR_BAD_DESCRIPTOR, &file);
    if (status != GATE_OK)
        return status;
    return store_end(call, store_content_resize(call->app, file->node, call->request->args[0]));
}

enum gate_status store_file_allocate(struct store_call *call)
{
    const uint64_t *args = call->request->args;
    struct store_handle *file;
    enum gate_status status =
        store_find_file(call, GATE_FILE_WRITE, GATE_ERROR_BAD_DESCRIPTOR, &file);
    if (status != GATE_OK)
        return status;
    if (args[1] == 0)
        return store_fail(call, GATE_ERROR_INVALID);
    if (args[0] > INT64_MAX || args[1] > INT64_MAX - args[0])
        return store_fail(call, GATE_ERROR_FILE_TOO_LARGE);
    if (args[0] + args[1] <= file->node->size)
        return GATE_OK;
    return store_end(call, store_content_resize(call->app, file->node, args[0] + args[1]));
}

enum gate_status store_file_sync(struct store_call *call)
{
    if (store_handle_find(call->session, call->request->handle) == NULL)
        return GATE_BAD_HANDLE;
    return store_end(call, sync_app(call));
}

enum gate_status store_file_advise(struct store_call *call)
{
    const uint64_t *args = call->request->args;
    struct store_handle *file;
    enum gate_status status = store_find_file(call, 0, GATE_ERROR_BAD_DESCRIPTOR, &file);
    if (status != GATE_OK)
        return status;
    if (args[2] > 5 || args[0] > INT64_MAX || args[1] > INT64_MAX)
        return store_fail(call, GATE_ERROR_INVALID);
    return GATE_OK; /* taken, and of no use here */
}

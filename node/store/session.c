/*
 * node/store/session.c: the handles of one call, and its services.
 *
 * Slot 0 is "/", for as long as the session is. A handle is (generation, slot + 1), 16 bits each.
 * The app's lock is held during a request, but not while SYNC waits, nor while a write waits for
 * what was written before it.
 */
#include <stdlib.h>

#include "node/store/internal.h"

static const unsigned ALL_RIGHTS = GATE_FILE_READ | GATE_FILE_WRITE | GATE_FILE_CHANGE;

enum gate_status store_fail(struct store_call *call, int error)
{
    call->reply->reason = (uint32_t)error;
    return GATE_FAILED;
}

enum gate_status store_end(struct store_call *call, int error)
{
    return error == STORE_FINE ? GATE_OK : store_fail(call, error);
}

struct store_handle *store_handle_find(struct store_session *session, uint32_t number)
{
    uint32_t slot = (number & 0xffff) - 1;
    if (slot >= STORE_HANDLES_MAX || session->handles[slot].node == NULL ||
        session->handles[slot].generation != number >> 16)
        return NULL;
    return &session->handles[slot];
}

static uint32_t number_of(const struct store_session *session, uint32_t slot)
{
    return (uint32_t)session->handles[slot].generation << 16 | (slot + 1);
}

uint32_t store_handle_open(struct store_session *session, struct store_node *node, uint8_t rights)
{
    if (session->open_count >= STORE_HANDLES_MAX)
        return 0;
    uint32_t slot = session->last;
    do {
        slot = (slot + 1) % STORE_HANDLES_MAX;
    } while (session->handles[slot].node != NULL);
    session->last = slot;
    session->open_count++;
    session->handles[slot].node = node;
    session->handles[slot].rights = rights;
    store_node_acquire(node);
    return number_of(session, slot);
}

static void close_handle(struct store_session *session, struct store_handle *handle)
{
    store_node_release(session->app, handle->node);
    handle->node = NULL;
    handle->generation++;
    session->open_count--;
}

static enum gate_status file_close(struct store_call *call)
{
    struct store_handle *handle = store_handle_find(call->session, call->request->handle);
    if (handle == NULL || handle == &call->session->handles[0])
        return GATE_BAD_HANDLE;
    close_handle(call->session, handle);
    return GATE_OK;
}

enum gate_status store_find_file(struct store_call *call, unsigned rights, int of_directory,
                                 struct store_handle **out_file)
{
    struct store_handle *file = store_handle_find(call->session, call->request->handle);
    if (file == NULL)
        return GATE_BAD_HANDLE;
    if (file->node->type == GATE_TYPE_DIRECTORY)
        return store_fail(call, of_directory);
    if ((rights & ~(unsigned)file->rights) != 0)
        return store_fail(call, GATE_ERROR_BAD_DESCRIPTOR);
    *out_file = file;
    return GATE_OK;
}

enum gate_status store_find_directory(struct store_call *call, uint32_t number, unsigned rights,
                                      struct store_handle **out_directory)
{
    struct store_handle *directory = store_handle_find(call->session, number);
    if (directory == NULL)
        return GATE_BAD_HANDLE;
    if (directory->node->type != GATE_TYPE_DIRECTORY)
        return store_fail(call, GATE_ERROR_NOT_DIRECTORY);
    unsigned missing = rights & ~(unsigned)directory->rights;
    if (missing != 0)
        return store_fail(call, (missing & (GATE_FILE_WRITE | GATE_FILE_CHANGE)) != 0
                                    ? GATE_ERROR_READ_ONLY
                                    : GATE_ERROR_NOT_PERMITTED);
    *out_directory = directory;
    return GATE_OK;
}

int store_call_path(struct store_call *call, const struct store_handle *directory, size_t from,
                    size_t len, struct store_path *out_path)
{
    return store_path_walk(call->app, directory->node, bytes_of(call->in + from, len), out_path);
}

static enum gate_status serve_method(struct store_call *call)
{
    static store_method_fn *const methods[] = {
        [GATE_FILE_OPEN] = store_file_open,
        [GATE_FILE_CLOSE] = file_close,
        [GATE_FILE_PREAD] = store_file_pread,
        [GATE_FILE_PWRITE] = store_file_pwrite,
        [GATE_FILE_STAT] = store_file_stat,
        [GATE_FILE_STAT_AT] = store_file_stat_at,
        [GATE_FILE_SET_SIZE] = store_file_set_size,
        [GATE_FILE_SET_TIMES] = store_file_set_times,
        [GATE_FILE_SET_TIMES_AT] = store_file_set_times_at,
        [GATE_FILE_SYNC] = store_file_sync,
        [GATE_FILE_ADVISE] = store_file_advise,
        [GATE_FILE_ALLOCATE] = store_file_allocate,
        [GATE_FILE_READ_DIRECTORY] = store_file_read_directory,
        [GATE_FILE_CREATE_DIRECTORY] = store_file_create_directory,
        [GATE_FILE_REMOVE_DIRECTORY] = store_file_remove_directory,
        [GATE_FILE_UNLINK] = store_file_unlink,
        [GATE_FILE_READ_LINK] = store_file_read_link,
        [GATE_FILE_SYMLINK] = store_file_symlink,
        [GATE_FILE_LINK] = store_file_link,
        [GATE_FILE_RENAME] = store_file_rename,
    };
    _Static_assert(ARRAY_LEN(methods) == GATE_FILE_METHOD_COUNT, "each method is served");
    if (call->request->method >= ARRAY_LEN(methods))
        return GATE_UNKNOWN;
    return methods[call->request->method](call);
}

static void begin_reply(struct gate_reply *out_reply)
{
    out_reply->reason = 0;
    out_reply->out.len = 0;
    memset(out_reply->values, 0, sizeof out_reply->values);
}

static void serve_file(void *context, const struct gate_request *copy,
                       struct gate_transfer transfer, struct gate_reply *out_reply)
{
    struct store_session *session = context;
    struct store_call call = {
        .session = session,
        .app = session->app,
        .request = copy,
        .in = transfer.data + copy->in.offset,
        .out = transfer.data + copy->out.offset,
        .reply = out_reply,
    };
    begin_reply(out_reply);
    (void)pthread_mutex_lock(&session->app->lock);
    out_reply->status = (uint32_t)serve_method(&call);
    (void)pthread_mutex_unlock(&session->app->lock);
}

static enum gate_status preopen(struct store_session *session, const struct gate_request *copy,
                                struct gate_transfer transfer, struct gate_reply *out_reply)
{
    begin_reply(out_reply);
    if (copy->args[0] != 0) {
        out_reply->reason = GATE_ERROR_NO_ENTRY;
        return GATE_FAILED;
    }
    if (copy->out.len < 1)
        return GATE_BAD_REGION;
    transfer.data[copy->out.offset] = '/';
    out_reply->out.len = 1;
    out_reply->values[0] = number_of(session, 0);
    out_reply->values[1] = ALL_RIGHTS;
    return GATE_OK;
}

static void serve_world(void *context, const struct gate_request *copy,
                        struct gate_transfer transfer, struct gate_reply *out_reply)
{
    struct store_session *session = context;
    if (copy->method == GATE_WORLD_PREOPEN)
        out_reply->status = (uint32_t)preopen(session, copy, transfer, out_reply);
    else
        session->world->call(session->world->context, copy, transfer, out_reply);
}

static void cancel_file(void *context)
{
    struct store_session *session = context;
    struct store *store = session->app->store;
    atomic_store(&session->is_cancelled, true);
    (void)pthread_mutex_lock(&store->lock);
    (void)pthread_cond_broadcast(&store->done);
    (void)pthread_mutex_unlock(&store->lock);
}

static void cancel_world(void *context)
{
    struct store_session *session = context;
    if (session->world->cancel != NULL)
        session->world->cancel(session->world->context);
}

enum status store_session_create(struct store_app *app, const struct gate_service *world,
                                 struct store_session **out_session, struct report *report)
{
    struct store_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a call");
    session->app = app;
    session->world = world;
    session->open_count = 1;
    session->handles[0] =
        (struct store_handle){.node = &app->root, .generation = 1, .rights = (uint8_t)ALL_RIGHTS};
    *out_session = session;
    return STATUS_OK;
}

void store_session_services(struct store_session *session,
                            struct gate_service out_services[STORE_SERVICE_COUNT])
{
    out_services[0] = (struct gate_service){GATE_WORLD, session, serve_world, cancel_world};
    out_services[1] = (struct gate_service){GATE_FILE, session, serve_file, cancel_file};
}

void store_session_destroy(struct store_session *session)
{
    if (session == NULL)
        return;
    (void)pthread_mutex_lock(&session->app->lock);
    for (uint32_t i = 1; i < STORE_HANDLES_MAX && session->open_count > 1; i++) {
        if (session->handles[i].node != NULL)
            close_handle(session, &session->handles[i]);
    }
    (void)pthread_mutex_unlock(&session->app->lock);
    free(session);
}

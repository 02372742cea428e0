/*
 * node/store/file_open.c: GATE_FILE: opening, and what is known about a file.
 */
#include "node/store/internal.h"

#define OPEN_FLAGS  ((GATE_OPEN_REQUESTED_WRITE_SYNC << 1) - 1)
#define OPEN_RIGHTS (GATE_FILE_READ | GATE_FILE_WRITE | GATE_FILE_CHANGE)

#define OPEN_SYNC                                                                                  \
    (GATE_OPEN_FILE_INTEGRITY_SYNC | GATE_OPEN_DATA_INTEGRITY_SYNC | GATE_OPEN_REQUESTED_WRITE_SYNC)

static int open_directory(uint64_t flags)
{
    if ((flags & GATE_OPEN_CREATE) != 0)
        return (flags & GATE_OPEN_EXCLUSIVE) != 0 ? GATE_ERROR_EXIST : GATE_ERROR_IS_DIRECTORY;
    if ((flags & GATE_OPEN_TRUNCATE) != 0)
        return GATE_ERROR_IS_DIRECTORY;
    return STORE_FINE;
}

static int open_file(struct store_call *call, struct store_node *node, uint64_t flags)
{
    if ((flags & GATE_OPEN_DIRECTORY) != 0)
        return GATE_ERROR_NOT_DIRECTORY;
    if ((flags & GATE_OPEN_CREATE) != 0 && (flags & GATE_OPEN_EXCLUSIVE) != 0)
        return GATE_ERROR_EXIST;
    if ((flags & GATE_OPEN_TRUNCATE) != 0)
        return store_content_resize(call->app, node, 0);
    return STORE_FINE;
}

static int open_path(struct store_call *call, struct store_path *path, uint64_t flags,
                     struct store_node **out_node)
{
    if (path->found != NULL) {
        *out_node = path->found;
        if (path->found->type == GATE_TYPE_DIRECTORY)
            return open_directory(flags);
        return open_file(call, path->found, flags);
    }
    if ((flags & GATE_OPEN_CREATE) == 0)
        return GATE_ERROR_NO_ENTRY;
    if (path->is_directory)
        return GATE_ERROR_IS_DIRECTORY;
    return store_node_create(call->app, path->parent, path->name, GATE_TYPE_REGULAR_FILE, out_node);
}

enum gate_status store_file_open(struct store_call *call)
{
    const uint64_t *args = call->request->args;
    struct store_handle *directory;
    struct store_path path;
    struct store_node *node = NULL;
    if (args[0] > OPEN_FLAGS || args[1] > OPEN_RIGHTS ||
        ((args[0] & GATE_OPEN_CREATE) != 0 && (args[0] & GATE_OPEN_DIRECTORY) != 0))
        return store_fail(call, GATE_ERROR_INVALID);
    unsigned rights = (unsigned)args[1];
    unsigned wanted = rights;
    if ((args[0] & GATE_OPEN_CREATE) != 0)
        wanted |= GATE_FILE_CHANGE;
    if ((args[0] & GATE_OPEN_TRUNCATE) != 0)
        wanted |= GATE_FILE_WRITE;
    enum gate_status status = store_find_directory(call, call->request->handle, wanted, &directory);
    if (status != GATE_OK)
        return status;
    if (call->session->open_count >= STORE_HANDLES_MAX)
        return store_fail(call, GATE_ERROR_TOO_MANY_HANDLES);
    int error = store_call_path(call, directory, 0, call->request->in.len, &path);
    if (error == STORE_FINE)
        error = open_path(call, &path, args[0], &node);
    if (error != STORE_FINE)
        return store_fail(call, error);
    if (node->type != GATE_TYPE_DIRECTORY)
        rights &= GATE_FILE_READ | GATE_FILE_WRITE;
    uint32_t number = store_handle_open(call->session, node, (uint8_t)rights);
    store_handle_find(call->session, number)->is_synced = (args[0] & OPEN_SYNC) != 0;
    call->reply->values[0] = number;
    call->reply->values[1] = node->type;
    call->reply->values[2] = rights;
    return GATE_OK;
}

static void put_stat(struct store_call *call, const struct store_node *node)
{
    const struct gate_stat stat = {
        .device = store_node_identity(call->app, 0),
        .node = store_node_identity(call->app, node->id),
        .size = node->size,
        .links = node->life == STORE_LINKED ? 1 : 0,
        .accessed = node->accessed,
        .modified = node->modified,
        .changed = node->changed,
        .type = node->type,
    };
    memcpy(call->out, &stat, sizeof stat);
    call->reply->out.len = sizeof stat;
}

enum gate_status store_file_stat(struct store_call *call)
{
    const struct store_handle *file = store_handle_find(call->session, call->request->handle);
    if (file == NULL)
        return GATE_BAD_HANDLE;
    if (call->request->out.len < sizeof(struct gate_stat))
        return GATE_BAD_REGION;
    put_stat(call, file->node);
    return GATE_OK;
}

/* What `in` names beneath a directory that has `rights`. */
static enum gate_status find_at(struct store_call *call, unsigned rights, uint64_t flags,
                                struct store_node **out_node)
{
    struct store_handle *directory;
    struct store_path path;
    enum gate_status status = store_find_directory(call, call->request->handle, rights, &directory);
    if (status != GATE_OK)
        return status;
    if ((flags & ~(uint64_t)GATE_OPEN_FOLLOW) != 0)
        return store_fail(call, GATE_ERROR_INVALID);
    int error = store_call_path(call, directory, 0, call->request->in.len, &path);
    if (error == STORE_FINE && path.found == NULL)
        error = GATE_ERROR_NO_ENTRY;
    if (error != STORE_FINE)
        return store_fail(call, error);
    *out_node = path.found;
    return GATE_OK;
}

enum gate_status store_file_stat_at(struct store_call *call)
{
    struct store_node *node = NULL;
    if (call->request->out.len < sizeof(struct gate_stat))
        return GATE_BAD_REGION;
    enum gate_status status = find_at(call, 0, call->request->args[0], &node);
    if (status != GATE_OK)
        return status;
    ASSERT(node != NULL); /* found: nothing that fails is GATE_OK */
    put_stat(call, node);
    return GATE_OK;
}

static bool read_time(uint64_t how, uint64_t ns, int64_t now, int64_t *time)
{
    switch (how & 3) {
    case GATE_TIME_KEEP:
        return true;
    case GATE_TIME_NOW:
        *time = now;
        return true;
    case GATE_TIME_SET:
        *time = (int64_t)ns;
        return true;
    default:
        return false;
    }
}

static enum gate_status set_times(struct store_call *call, struct store_node *node)
{
    const uint64_t *args = call->request->args;
    int64_t now = store_now_ns();
    int64_t accessed = node->accessed;
    int64_t modified = node->modified;
    if (args[0] >= 16 || !read_time(args[0], args[1], now, &accessed) ||
        !read_time(args[0] >> 2, args[2], now, &modified))
        return store_fail(call, GATE_ERROR_INVALID);
    node->accessed = accessed;
    node->modified = modified;
    node->changed = now;
    store_node_changed(call->app, node);
    return GATE_OK;
}

enum gate_status store_file_set_times(struct store_call *call)
{
    const struct store_handle *file = store_handle_find(call->session, call->request->handle);
    if (file == NULL)
        return GATE_BAD_HANDLE;
    if (file->node->type == GATE_TYPE_DIRECTORY && (file->rights & GATE_FILE_WRITE) == 0)
        return store_fail(call, GATE_ERROR_READ_ONLY);
    return set_times(call, file->node);
}

enum gate_status store_file_set_times_at(struct store_call *call)
{
    struct store_node *node = NULL;
    enum gate_status status = find_at(call, GATE_FILE_WRITE, call->request->args[3], &node);
    if (status != GATE_OK)
        return status;
    ASSERT(node != NULL); /* found: nothing that fails is GATE_OK */
    return set_times(call, node);
}

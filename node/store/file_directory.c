/*
 * node/store/file_directory.c: GATE_FILE: what a directory has, new names and no more names.
 *
 * A cookie is the id of the entry before; ids ascend, so a list goes on rightly whatever is made
 * or removed meanwhile. There are no links: neither hard nor symbolic.
 */
#include "node/store/internal.h"

/* Appends one entry to `out`; false: no room. */
static bool put_entry(struct store_call *call, uint32_t *len, const struct store_node *node)
{
    static const uint8_t zeros[8] = {0};
    const struct gate_entry entry = {
        .next = node->id,
        .node = store_node_identity(call->app, node->id),
        .type = node->type,
        .name_len = node->name_len,
    };
    size_t name_room = ((size_t)node->name_len + 7) / 8 * 8;
    uint8_t *to = call->out + *len;
    if (sizeof entry + name_room > call->request->out.len - *len)
        return false;
    memcpy(to, &entry, sizeof entry);
    memcpy(to + sizeof entry, node->name, node->name_len);
    memcpy(to + sizeof entry + node->name_len, zeros, name_room - node->name_len);
    *len += (uint32_t)(sizeof entry + name_room);
    return true;
}

enum gate_status store_file_read_directory(struct store_call *call)
{
    struct store_handle *directory;
    uint32_t len = 0;
    enum gate_status status =
        store_find_directory(call, call->request->handle, GATE_FILE_READ, &directory);
    if (status != GATE_OK)
        return status;
    if (call->request->args[0] > INT64_MAX)
        return store_fail(call, GATE_ERROR_INVALID);
    for (uint32_t i = store_node_after(call->app, call->request->args[0]);
         i < call->app->node_count; i++) {
        const struct store_node *node = call->app->nodes[i];
        if (node->parent != directory->node)
            continue;
        if (!put_entry(call, &len, node)) {
            if (len == 0)
                return GATE_BAD_REGION;
            break;
        }
    }
    call->reply->out.len = len;
    return GATE_OK;
}

/* The path of `in` beneath a directory whose names may be changed. */
static enum gate_status find_name(struct store_call *call, struct store_path *out_path)
{
    struct store_handle *directory;
    enum gate_status status =
        store_find_directory(call, call->request->handle, GATE_FILE_CHANGE, &directory);
    if (status != GATE_OK)
        return status;
    return store_end(call, store_call_path(call, directory, 0, call->request->in.len, out_path));
}

enum gate_status store_file_create_directory(struct store_call *call)
{
    struct store_path path;
    struct store_node *node;
    enum gate_status status = find_name(call, &path);
    if (status != GATE_OK)
        return status;
    if (path.found != NULL)
        return store_fail(call, GATE_ERROR_EXIST);
    return store_end(
        call, store_node_create(call->app, path.parent, path.name, GATE_TYPE_DIRECTORY, &node));
}

enum gate_status store_file_remove_directory(struct store_call *call)
{
    struct store_path path;
    enum gate_status status = find_name(call, &path);
    if (status != GATE_OK)
        return status;
    if (path.found == NULL)
        return store_fail(call, GATE_ERROR_NO_ENTRY);
    if (path.found->type != GATE_TYPE_DIRECTORY)
        return store_fail(call, GATE_ERROR_NOT_DIRECTORY);
    if (path.parent == NULL)
        return store_fail(call, GATE_ERROR_INVALID); /* . or .. */
    if (path.found->children != 0)
        return store_fail(call, GATE_ERROR_NOT_EMPTY);
    store_node_unlink(call->app, path.found);
    return GATE_OK;
}

enum gate_status store_file_unlink(struct store_call *call)
{
    struct store_path path;
    enum gate_status status = find_name(call, &path);
    if (status != GATE_OK)
        return status;
    if (path.found == NULL)
        return store_fail(call, GATE_ERROR_NO_ENTRY);
    if (path.found->type == GATE_TYPE_DIRECTORY)
        return store_fail(call, GATE_ERROR_IS_DIRECTORY);
    store_node_unlink(call->app, path.found);
    return GATE_OK;
}

enum gate_status store_file_read_link(struct store_call *call)
{
    struct store_handle *directory;
    struct store_path path;
    enum gate_status status =
        store_find_directory(call, call->request->handle, GATE_FILE_READ, &directory);
    if (status != GATE_OK)
        return status;
    int error = store_call_path(call, directory, 0, call->request->in.len, &path);
    if (error == STORE_FINE)
        error = path.found == NULL ? GATE_ERROR_NO_ENTRY : GATE_ERROR_INVALID;
    return store_fail(call, error);
}

enum gate_status store_file_symlink(struct store_call *call)
{
    struct store_handle *directory;
    enum gate_status status =
        store_find_directory(call, call->request->handle, GATE_FILE_CHANGE, &directory);
    return status == GATE_OK ? store_fail(call, GATE_ERROR_UNSUPPORTED) : status;
}

/* The directories of LINK and RENAME. */
static enum gate_status find_pair(struct store_call *call, struct store_handle **out_old,
                                  struct store_handle **out_new)
{
    uint64_t number = call->request->args[1];
    if (number > UINT32_MAX)
        return GATE_BAD_HANDLE;
    enum gate_status status =
        store_find_directory(call, call->request->handle, GATE_FILE_CHANGE, out_old);
    if (status == GATE_OK)
        status = store_find_directory(call, (uint32_t)number, GATE_FILE_CHANGE, out_new);
    if (status == GATE_OK && call->request->args[0] > call->request->in.len)
        status = GATE_BAD_REGION;
    return status;
}

enum gate_status store_file_link(struct store_call *call)
{
    struct store_handle *old_directory;
    struct store_handle *new_directory;
    enum gate_status status = find_pair(call, &old_directory, &new_directory);
    return status == GATE_OK ? store_fail(call, GATE_ERROR_UNSUPPORTED) : status;
}

enum gate_status store_file_rename(struct store_call *call)
{
    struct store_handle *old_directory;
    struct store_handle *new_directory;
    struct store_path old_path;
    struct store_path new_path;
    size_t first = (size_t)call->request->args[0];
    enum gate_status status = find_pair(call, &old_directory, &new_directory);
    if (status != GATE_OK)
        return status;
    int error = store_call_path(call, old_directory, 0, first, &old_path);
    if (error == STORE_FINE && old_path.found == NULL)
        error = GATE_ERROR_NO_ENTRY;
    if (error == STORE_FINE)
        error =
            store_call_path(call, new_directory, first, call->request->in.len - first, &new_path);
    if (error == STORE_FINE && (old_path.parent == NULL || new_path.parent == NULL))
        error = GATE_ERROR_BUSY; /* . or .. , as the kernel has it */
    if (error == STORE_FINE && new_path.is_directory && old_path.found->type != GATE_TYPE_DIRECTORY)
        error = GATE_ERROR_NOT_DIRECTORY;
    if (error == STORE_FINE)
        error = store_node_rename(call->app, old_path.found, new_path.parent, new_path.name);
    return store_end(call, error);
}

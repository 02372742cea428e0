/*
 * node/world/file.c: the service GATE_FILE: which function serves which method, and what they
 * share.
 */
#include "node/world/file.h"

enum gate_status world_file_end(struct world_call *call, int number)
{
    return number == 0 ? GATE_OK : world_fail_errno(call, number);
}

enum gate_file_type world_file_type(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFBLK:
        return GATE_TYPE_BLOCK_DEVICE;
    case S_IFCHR:
        return GATE_TYPE_CHARACTER_DEVICE;
    case S_IFDIR:
        return GATE_TYPE_DIRECTORY;
    case S_IFIFO:
        return GATE_TYPE_FIFO;
    case S_IFLNK:
        return GATE_TYPE_SYMBOLIC_LINK;
    case S_IFREG:
        return GATE_TYPE_REGULAR_FILE;
    case S_IFSOCK:
        return GATE_TYPE_SOCKET;
    default:
        return GATE_TYPE_UNKNOWN;
    }
}

enum gate_status world_file_check_rights(struct world_call *call, unsigned rights, unsigned wanted)
{
    unsigned missing = wanted & ~rights;
    if (missing == 0)
        return GATE_OK;
    return world_fail(call, (missing & (GATE_FILE_WRITE | GATE_FILE_CHANGE)) != 0
                                ? GATE_ERROR_READ_ONLY
                                : GATE_ERROR_NOT_PERMITTED);
}

enum gate_status world_file_find(struct world_call *call, uint32_t handle,
                                 struct world_handle **out_file)
{
    struct world_handle *file = world_handles_find(&call->world->handles, handle);
    if (file == NULL || file->kind == WORLD_KIND_STREAM)
        return GATE_BAD_HANDLE;
    *out_file = file;
    return GATE_OK;
}

enum gate_status world_file_find_regular(struct world_call *call, unsigned rights,
                                         enum gate_error of_directory,
                                         struct world_handle **out_file)
{
    struct world_handle *file;
    enum gate_status status = world_file_find(call, call->request->handle, &file);
    if (status != GATE_OK)
        return status;
    if (file->kind == WORLD_KIND_DIRECTORY)
        return world_fail(call, of_directory);
    if ((rights & ~(unsigned)file->rights) != 0)
        return world_fail(call, GATE_ERROR_BAD_DESCRIPTOR);
    *out_file = file;
    return GATE_OK;
}

enum gate_status world_file_find_directory(struct world_call *call, uint32_t handle,
                                           unsigned rights, struct world_handle **out_directory)
{
    struct world_handle *directory;
    enum gate_status status = world_file_find(call, handle, &directory);
    if (status != GATE_OK)
        return status;
    if (directory->kind != WORLD_KIND_DIRECTORY)
        return world_fail(call, GATE_ERROR_NOT_DIRECTORY);
    *out_directory = directory;
    return world_file_check_rights(call, directory->rights, rights);
}

static enum gate_status file_close(struct world_call *call)
{
    struct world_handle *handle;
    enum gate_status status = world_file_find(call, call->request->handle, &handle);
    if (status != GATE_OK || handle->is_permanent)
        return GATE_BAD_HANDLE;
    world_handles_close(&call->world->handles, call->request->handle);
    return GATE_OK;
}

enum gate_status world_file_call(struct world_call *call)
{
    static world_method_fn *const methods[] = {
        [GATE_FILE_OPEN] = world_file_open,
        [GATE_FILE_CLOSE] = file_close,
        [GATE_FILE_PREAD] = world_file_pread,
        [GATE_FILE_PWRITE] = world_file_pwrite,
        [GATE_FILE_STAT] = world_file_stat,
        [GATE_FILE_STAT_AT] = world_file_stat_at,
        [GATE_FILE_SET_SIZE] = world_file_set_size,
        [GATE_FILE_SET_TIMES] = world_file_set_times,
        [GATE_FILE_SET_TIMES_AT] = world_file_set_times_at,
        [GATE_FILE_SYNC] = world_file_sync,
        [GATE_FILE_ADVISE] = world_file_advise,
        [GATE_FILE_ALLOCATE] = world_file_allocate,
        [GATE_FILE_READ_DIRECTORY] = world_file_read_directory,
        [GATE_FILE_CREATE_DIRECTORY] = world_file_create_directory,
        [GATE_FILE_REMOVE_DIRECTORY] = world_file_remove_directory,
        [GATE_FILE_UNLINK] = world_file_unlink,
        [GATE_FILE_READ_LINK] = world_file_read_link,
        [GATE_FILE_SYMLINK] = world_file_symlink,
        [GATE_FILE_LINK] = world_file_link,
        [GATE_FILE_RENAME] = world_file_rename,
    };
    _Static_assert(ARRAY_LEN(methods) == GATE_FILE_METHOD_COUNT, "each method is served");
    if (call->request->method >= ARRAY_LEN(methods))
        return GATE_UNKNOWN;
    return methods[call->request->method](call);
}

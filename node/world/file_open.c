/*
 * node/world/file_open.c: GATE_FILE_OPEN.
 *
 * What is there is looked at first (O_PATH), because opening a pipe or a device does things: those
 * are never opened. Who swaps them in between meets O_NONBLOCK and a second look.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "node/world/file.h"

#define OPEN_FLAGS  ((GATE_OPEN_REQUESTED_WRITE_SYNC << 1) - 1)
#define OPEN_RIGHTS (GATE_FILE_READ | GATE_FILE_WRITE | GATE_FILE_CHANGE)

struct opening {
    uint64_t flags;
    unsigned rights;
    struct world_path path;
    int fd;
    enum world_kind kind;
};

static uint64_t flags_of_file(const struct opening *opening)
{
    static const struct {
        uint64_t ours;
        uint64_t kernels;
    } pairs[] = {
        {GATE_OPEN_CREATE, O_CREAT},
        {GATE_OPEN_CREATE | GATE_OPEN_EXCLUSIVE, O_EXCL},
        {GATE_OPEN_DIRECTORY, O_DIRECTORY},
        {GATE_OPEN_TRUNCATE, O_TRUNC},
        {GATE_OPEN_FILE_INTEGRITY_SYNC, O_SYNC},
        {GATE_OPEN_DATA_INTEGRITY_SYNC, O_DSYNC},
        {GATE_OPEN_REQUESTED_WRITE_SYNC, O_RSYNC},
    };
    uint64_t flags = O_NONBLOCK | O_NOCTTY;
    if ((opening->rights & GATE_FILE_WRITE) == 0)
        flags |= O_RDONLY;
    else
        flags |= (opening->rights & GATE_FILE_READ) != 0 ? O_RDWR : O_WRONLY;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        if ((opening->flags & pairs[i].ours) == pairs[i].ours)
            flags |= pairs[i].kernels;
    }
    if ((opening->flags & GATE_OPEN_FOLLOW) == 0)
        flags |= O_NOFOLLOW;
    return flags;
}

static int open_file(int directory, struct opening *opening)
{
    struct stat stat;
    mode_t mode = (opening->flags & GATE_OPEN_CREATE) != 0 ? 0666 : 0;
    int number =
        world_path_open(directory, opening->path.text, flags_of_file(opening), mode, &opening->fd);
    if (number != 0)
        return number;
    if (fstat(opening->fd, &stat) != 0)
        number = errno;
    else if (!S_ISREG(stat.st_mode))
        number = EOPNOTSUPP;
    if (number != 0)
        (void)close(opening->fd); /* nothing was done with it */
    opening->kind = WORLD_KIND_FILE;
    opening->rights &= GATE_FILE_READ | GATE_FILE_WRITE;
    return number;
}

static int open_directory(int found, struct opening *opening)
{
    if ((opening->flags & GATE_OPEN_CREATE) != 0)
        return (opening->flags & GATE_OPEN_EXCLUSIVE) != 0 ? EEXIST : EISDIR;
    if ((opening->flags & GATE_OPEN_TRUNCATE) != 0)
        return EISDIR;
    opening->kind = WORLD_KIND_DIRECTORY;
    return world_path_open(found, ".", O_RDONLY | O_DIRECTORY, 0, &opening->fd);
}

static int open_found(int directory, int found, struct opening *opening)
{
    struct stat stat;
    if (fstat(found, &stat) != 0)
        return errno;
    if (S_ISDIR(stat.st_mode))
        return open_directory(found, opening);
    /* A symlink is found only where it is not to be followed; the kernel says so better. */
    if (S_ISREG(stat.st_mode) || S_ISLNK(stat.st_mode))
        return open_file(directory, opening);
    if ((opening->flags & GATE_OPEN_DIRECTORY) != 0)
        return ENOTDIR;
    return EOPNOTSUPP;
}

static int open_path(int directory, struct opening *opening)
{
    int found;
    bool is_followed = (opening->flags & GATE_OPEN_FOLLOW) != 0;
    int number = world_path_find(directory, &opening->path, is_followed, &found);
    if (number == ENOENT && (opening->flags & GATE_OPEN_CREATE) != 0)
        return open_file(directory, opening);
    if (number != 0)
        return number;
    number = open_found(directory, found, opening);
    (void)close(found); /* it was for looking */
    return number;
}

enum gate_status world_file_open(struct world_call *call)
{
    const uint64_t *args = call->request->args;
    struct world_handle *directory;
    struct opening opening;
    if (args[0] > OPEN_FLAGS || args[1] > OPEN_RIGHTS ||
        (args[0] & GATE_OPEN_CREATE && args[0] & GATE_OPEN_DIRECTORY))
        return world_fail(call, GATE_ERROR_INVALID);
    opening.flags = args[0];
    opening.rights = (unsigned)args[1];
    unsigned wanted = opening.rights;
    if ((opening.flags & GATE_OPEN_CREATE) != 0)
        wanted |= GATE_FILE_CHANGE;
    if ((opening.flags & GATE_OPEN_TRUNCATE) != 0)
        wanted |= GATE_FILE_WRITE;
    enum gate_status status =
        world_file_find_directory(call, call->request->handle, wanted, &directory);
    if (status != GATE_OK)
        return status;
    if (call->world->handles.first_free == 0)
        return world_fail(call, GATE_ERROR_TOO_MANY_HANDLES);
    int number = world_path_read(call->in, call->request->in.len, &opening.path);
    if (number == 0)
        number = open_path(directory->fd, &opening);
    if (number != 0)
        return world_fail_errno(call, number);
    struct world_handle handle = {
        .kind = (uint8_t)opening.kind,
        .rights = (uint8_t)opening.rights,
        .grant = directory->grant,
        .fd = opening.fd,
    };
    call->reply->values[0] = world_handles_open(&call->world->handles, &handle);
    call->reply->values[1] =
        opening.kind == WORLD_KIND_DIRECTORY ? GATE_TYPE_DIRECTORY : GATE_TYPE_REGULAR_FILE;
    call->reply->values[2] = opening.rights;
    return GATE_OK;
}

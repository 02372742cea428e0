/*
 * node/world/file_data.c: GATE_FILE: what is in a regular file, and how large it is.
 *
 * The kernel copies between file and transfer area, so each byte there is touched once.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "node/world/file.h"

enum gate_status world_file_pread(struct world_call *call)
{
    struct world_handle *file;
    enum gate_status status =
        world_file_find_regular(call, GATE_FILE_READ, GATE_ERROR_IS_DIRECTORY, &file);
    if (status != GATE_OK)
        return status;
    if (call->request->args[0] > INT64_MAX)
        return world_fail(call, GATE_ERROR_INVALID);
    ssize_t n;
    do {
        n = pread(file->fd, call->out, call->request->out.len, (off_t)call->request->args[0]);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return world_fail_errno(call, errno);
    call->reply->out.len = (uint32_t)n;
    return GATE_OK;
}

enum gate_status world_file_pwrite(struct world_call *call)
{
    const struct gate_request *request = call->request;
    struct world_handle *file;
    enum gate_status status =
        world_file_find_regular(call, GATE_FILE_WRITE, GATE_ERROR_IS_DIRECTORY, &file);
    if (status != GATE_OK)
        return status;
    bool is_append = request->args[1] != 0;
    if (!is_append && request->args[0] > INT64_MAX)
        return world_fail(call, GATE_ERROR_FILE_TOO_LARGE);
    /* The kernel's interface is not const; it only reads. */
    struct iovec from = {(void *)(uintptr_t)call->in, request->in.len};
    sigset_t before;
    ssize_t n;
    world_signals_hold(&before);
    do {
        n = pwritev2(file->fd, &from, 1, is_append ? 0 : (off_t)request->args[0],
                     is_append ? RWF_APPEND : 0);
    } while (n < 0 && errno == EINTR);
    int number = n < 0 ? errno : 0;
    world_signals_release(&before, number);
    if (number != 0)
        return world_fail_errno(call, number);
    call->reply->values[0] = (uint64_t)n;
    return GATE_OK;
}

enum gate_status world_file_set_size(struct world_call *call)
{
    struct world_handle *file;
    enum gate_status status =
        world_file_find_regular(call, GATE_FILE_WRITE, GATE_ERROR_BAD_DESCRIPTOR, &file);
    if (status != GATE_OK)
        return status;
    if (call->request->args[0] > INT64_MAX)
        return world_fail(call, GATE_ERROR_FILE_TOO_LARGE);
    sigset_t before;
    world_signals_hold(&before);
    int number = ftruncate(file->fd, (off_t)call->request->args[0]) != 0 ? errno : 0;
    world_signals_release(&before, number);
    return world_file_end(call, number);
}

enum gate_status world_file_allocate(struct world_call *call)
{
    const uint64_t *args = call->request->args;
    struct world_handle *file;
    enum gate_status status =
        world_file_find_regular(call, GATE_FILE_WRITE, GATE_ERROR_BAD_DESCRIPTOR, &file);
    if (status != GATE_OK)
        return status;
    if (args[1] == 0)
        return world_fail(call, GATE_ERROR_INVALID);
    if (args[0] > INT64_MAX || args[1] > INT64_MAX - args[0])
        return world_fail(call, GATE_ERROR_FILE_TOO_LARGE);
    sigset_t before;
    int number;
    world_signals_hold(&before);
    do {
        number = fallocate(file->fd, 0, (off_t)args[0], (off_t)args[1]) != 0 ? errno : 0;
    } while (number == EINTR);
    world_signals_release(&before, number);
    return world_file_end(call, number);
}

enum gate_status world_file_sync(struct world_call *call)
{
    struct world_handle *file;
    enum gate_status status = world_file_find(call, call->request->handle, &file);
    if (status != GATE_OK)
        return status;
    int failed = call->request->args[0] == 1 ? fdatasync(file->fd) : fsync(file->fd);
    return world_file_end(call, failed != 0 ? errno : 0);
}

enum gate_status world_file_advise(struct world_call *call)
{
    static const int advices[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                  POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
    const uint64_t *args = call->request->args;
    struct world_handle *file;
    enum gate_status status = world_file_find_regular(call, 0, GATE_ERROR_BAD_DESCRIPTOR, &file);
    if (status != GATE_OK)
        return status;
    if (args[2] >= ARRAY_LEN(advices) || args[0] > INT64_MAX || args[1] > INT64_MAX)
        return world_fail(call, GATE_ERROR_INVALID);
    return world_file_end(
        call, posix_fadvise(file->fd, (off_t)args[0], (off_t)args[1], advices[args[2]]));
}

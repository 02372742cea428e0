/*
 * node/world/stream.c: GATE_STREAM: stdin, stdout, stderr.
 *
 * Nothing here sleeps in read or write, because such sleep could not be cancelled. The descriptors
 * are shared with other programs, so O_NONBLOCK is never set on them: pipes and terminals are
 * opened once more, for a file description of our own; sockets have MSG_DONTWAIT. What can not be
 * opened again is asked by poll before each step.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/world/internal.h"

/* The master's side of a terminal opened again would be another terminal. */
static bool is_terminal_slave(int fd)
{
    unsigned number;
    return isatty(fd) == 1 && ioctl(fd, TIOCGPTN, &number) != 0;
}

/* A description of our own with O_NONBLOCK, in the place of `fd`; false: there is none. */
static bool open_again(int *fd, enum gate_file_rights rights)
{
    char path[32];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", *fd);
    int access = rights == GATE_FILE_READ ? O_RDONLY : O_WRONLY;
    int again = open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (again < 0)
        return false;
    (void)close(*fd); /* a copy; nothing is lost */
    *fd = again;
    return true;
}

static enum world_stream_mode choose_mode(int *fd, enum gate_file_rights rights)
{
    struct stat stat;
    if (fstat(*fd, &stat) != 0)
        return WORLD_STREAM_POLLED;
    if (S_ISREG(stat.st_mode))
        return WORLD_STREAM_FILE;
    if (S_ISSOCK(stat.st_mode))
        return WORLD_STREAM_SOCKET;
    int flags = fcntl(*fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0)
        return WORLD_STREAM_NONBLOCK;
    if ((S_ISFIFO(stat.st_mode) || is_terminal_slave(*fd)) && open_again(fd, rights))
        return WORLD_STREAM_NONBLOCK;
    return WORLD_STREAM_POLLED;
}

uint32_t world_stream_open(struct world *world, int fd, enum gate_file_rights rights)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0)
        return 0;
    struct world_handle handle = {.kind = WORLD_KIND_STREAM, .is_permanent = true};
    handle.mode = (uint8_t)choose_mode(&own, rights);
    handle.rights = (uint8_t)rights;
    handle.fd = own;
    return world_handles_open(&world->handles, &handle);
}

static struct world_handle *find_stream(struct world_call *call)
{
    struct world_handle *handle = world_handles_find(&call->world->handles, call->request->handle);
    return handle != NULL && handle->kind == WORLD_KIND_STREAM ? handle : NULL;
}

static bool is_ready(int fd, short events)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    return poll(&poll_fd, 1, 0) == 1;
}

/* As read and write, but EAGAIN instead of waiting. */
static ssize_t read_now(const struct world_handle *stream, uint8_t *data, size_t len)
{
    if (stream->mode == WORLD_STREAM_SOCKET)
        return recv(stream->fd, data, len, MSG_DONTWAIT);
    if (stream->mode == WORLD_STREAM_POLLED && !is_ready(stream->fd, POLLIN)) {
        errno = EAGAIN;
        return -1;
    }
    return read(stream->fd, data, len);
}

static ssize_t write_now(const struct world_handle *stream, const uint8_t *data, size_t len)
{
    if (stream->mode == WORLD_STREAM_SOCKET)
        return send(stream->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (stream->mode == WORLD_STREAM_POLLED) {
        if (!is_ready(stream->fd, POLLOUT)) {
            errno = EAGAIN;
            return -1;
        }
        len = len < PIPE_BUF ? len : PIPE_BUF;
    }
    return write(stream->fd, data, len);
}

enum gate_status world_stream_read(struct world_call *call)
{
    const struct world_handle *stream = find_stream(call);
    if (stream == NULL)
        return GATE_BAD_HANDLE;
    if (call->request->out.len == 0)
        return GATE_BAD_REGION;
    if ((stream->rights & GATE_FILE_READ) == 0)
        return world_fail(call, GATE_ERROR_BAD_DESCRIPTOR);
    for (;;) {
        ssize_t n = read_now(stream, call->out, call->request->out.len);
        if (n > 0) {
            call->reply->out.len = (uint32_t)n;
            return GATE_OK;
        }
        if (n == 0 || errno == ECONNRESET)
            return world_fail(call, GATE_ERROR_CLOSED);
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN || call->request->args[0] == 0)
            return world_fail_errno(call, errno);
        if (!world_wait(call->world, stream->fd, POLLIN))
            return world_fail(call, GATE_ERROR_INTERRUPTED);
    }
}

/* 0, or why it ended early; `*out_taken` counts either way. */
static int write_some(struct world_call *call, const struct world_handle *stream, size_t *out_taken)
{
    size_t len = call->request->in.len;
    while (*out_taken < len) {
        ssize_t n = write_now(stream, call->in + *out_taken, len - *out_taken);
        if (n >= 0) {
            *out_taken += (size_t)n;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN || call->request->args[0] == 0)
            return errno;
        if (!world_wait(call->world, stream->fd, POLLOUT))
            return EINTR;
    }
    return 0;
}

enum gate_status world_stream_write(struct world_call *call)
{
    const struct world_handle *stream = find_stream(call);
    if (stream == NULL)
        return GATE_BAD_HANDLE;
    if ((stream->rights & GATE_FILE_WRITE) == 0)
        return world_fail(call, GATE_ERROR_BAD_DESCRIPTOR);
    size_t taken = 0;
    sigset_t before;
    world_signals_hold(&before);
    int number = write_some(call, stream, &taken);
    world_signals_release(&before, number);
    if (number == 0 || (number == EAGAIN && taken != 0)) {
        call->reply->values[0] = taken;
        return GATE_OK;
    }
    if (number == EPIPE || number == ECONNRESET)
        return world_fail(call, GATE_ERROR_CLOSED);
    return world_fail_errno(call, number);
}

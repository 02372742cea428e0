/*
 * node/message/message.c: packets with their descriptor over a SOCK_SEQPACKET socket.
 *
 * Invariants:
 *   (1) A memory file that comes is read only when it can neither shrink nor be written any more,
 *       by seals that its maker can not take back, and is exactly as long as the message says.
 *   (2) Whatever descriptors a packet brings are taken or closed, also of a packet that is refused.
 */
#include "node/message/message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "node/message/clock.h"
#include "node/message/table.h"

#define SEALS       (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define CONTROL_FDS 4     /* room for more than one, so that what is too much is seen and closed */
#define FAIL_MS     10000 /* most that a refusal waits for who asked */

enum status message_pair(int out_sockets[2], struct report *report)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out_sockets) != 0)
        return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "no pair of sockets (errno %)", (uint64_t)errno);
    return STATUS_OK;
}

static bool write_all(int fd, struct bytes bytes)
{
    while (bytes.len != 0) {
        ssize_t n = write(fd, bytes.data, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = bytes_of(bytes.data + n, bytes.len - (size_t)n);
    }
    return true;
}

/* A sealed memory file with these bytes; -1: none to be had. */
static int make_body(struct bytes body)
{
    int fd = memfd_create("aether-message", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (write_all(fd, body) && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static enum status send_packet(int socket, struct bytes packet, int fd)
{
    union {
        struct cmsghdr header;
        uint8_t room[CMSG_SPACE(sizeof(int))];
    } control = {.room = {0}};
    struct iovec piece = {.iov_base = (void *)(uintptr_t)packet.data, .iov_len = packet.len};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        control.header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    for (;;) {
        if (sendmsg(socket, &message, MSG_NOSIGNAL) >= 0)
            return STATUS_OK;
        if (errno == EAGAIN || errno == ENOBUFS)
            return STATUS_UNAVAILABLE;
        if (errno == EMSGSIZE)
            return STATUS_LIMIT;
        if (errno == ENOMEM || errno == ETOOMANYREFS)
            return STATUS_NO_MEMORY;
        if (errno != EINTR)
            return STATUS_TRUNCATED;
    }
}

enum status message_send(int socket, enum message_type type, const void *message, int fd)
{
    uint8_t packet[MESSAGE_PACKET_MAX];
    struct buffer out = {.data = packet, .cap = sizeof packet};
    const struct message_layout *layout = message_layout_of(type);
    ASSERT(layout != NULL && (fd >= 0) == (layout->fds != 0));
    enum status status = message_encode(type, message, &out);
    if (status != STATUS_OK)
        return status;
    const struct message_field *field = message_body_field(layout);
    struct bytes body = field == NULL ? bytes_of(NULL, 0) : message_bytes(message, field);
    int body_fd = -1;
    if (body.len > MESSAGE_INLINE_MAX) {
        body_fd = make_body(body);
        if (body_fd < 0)
            return STATUS_NO_MEMORY;
    }
    status = send_packet(socket, buffer_bytes(&out), body_fd >= 0 ? body_fd : fd);
    if (body_fd >= 0)
        (void)close(body_fd);
    memory_wipe(packet, out.len);
    return status;
}

/* False: not until then. */
static bool wait_for(int socket, short events, uint64_t until_ms)
{
    for (;;) {
        uint64_t now = message_now_ms();
        uint64_t left = until_ms > now ? until_ms - now : 0;
        struct pollfd one = {.fd = socket, .events = events};
        int n = poll(&one, 1, left < INT32_MAX ? (int)left : INT32_MAX);
        if (n > 0)
            return true;
        if (n == 0 && left < INT32_MAX)
            return false;
        if (n < 0 && errno != EINTR)
            return false;
    }
}

enum status message_send_wait(int socket, enum message_type type, const void *message, int fd,
                              uint32_t most_ms)
{
    uint64_t until = message_now_ms() + most_ms;
    for (;;) {
        if (!wait_for(socket, POLLOUT, until))
            return STATUS_UNAVAILABLE;
        enum status status = message_send(socket, type, message, fd);
        if (status != STATUS_UNAVAILABLE || message_now_ms() >= until)
            return status;
    }
}

/* Invariant (2). More than one is as good as none: the packet is refused. */
static int take_fd(struct msghdr *message, bool *out_is_bad)
{
    int found = -1;
    unsigned count = 0;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at != NULL; at = CMSG_NXTHDR(message, at)) {
        if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++, count++) {
            if (found >= 0)
                (void)close(found);
            memcpy(&found, CMSG_DATA(at) + i * sizeof(int), sizeof found);
        }
    }
    *out_is_bad = count > 1 || (message->msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0;
    return found;
}

static ssize_t receive_packet(int socket, struct message_in *in, int *out_fd, bool *out_is_bad)
{
    union {
        struct cmsghdr header;
        uint8_t room[CMSG_SPACE(CONTROL_FDS * sizeof(int))];
    } control;
    struct iovec piece = {.iov_base = in->packet, .iov_len = sizeof in->packet};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    ssize_t n;
    do {
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n > 0)
        *out_fd = take_fd(&message, out_is_bad);
    return n;
}

/* Invariant (1). Not the libc's fstat: that is newfstatat, which roles without files may not call.
 */
static enum status map_body(struct message_in *in, int fd, uint64_t len, struct report *report)
{
    struct stat stat;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS || syscall(SYS_fstat, fd, &stat) != 0 ||
        stat.st_size < 0 || (uint64_t)stat.st_size != len)
        return report_fail(report, STATUS_MALFORMED, REPORT_NO_OFFSET,
                           "a body is not sealed, or not as long as it says");
    void *map = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room to map a body");
    in->map = map;
    in->map_len = (size_t)len;
    return STATUS_OK;
}

static enum status accept_fd(struct message_in *in, const struct message_layout *layout, int fd,
                             uint64_t body_len, struct report *report)
{
    if ((fd >= 0) != (layout->fds != 0 || body_len != 0))
        return report_fail(report, STATUS_MALFORMED, REPORT_NO_OFFSET,
                           "a descriptor is missing, or came with what has none");
    if (body_len == 0)
        return STATUS_OK;
    enum status status = map_body(in, fd, body_len, report);
    if (status != STATUS_OK)
        return status;
    struct bytes body = bytes_of(in->map, in->map_len);
    memcpy((uint8_t *)&in->any + message_body_field(layout)->offset, &body, sizeof body);
    return STATUS_OK;
}

enum status message_receive(int socket, struct message_in *in, struct report *report)
{
    int fd = -1;
    bool is_bad = false;
    uint64_t body_len = 0;
    ssize_t n = receive_packet(socket, in, &fd, &is_bad);
    if (n < 0 && errno == EAGAIN)
        return STATUS_UNAVAILABLE;
    if (n <= 0)
        return STATUS_TRUNCATED;
    in->fd = -1;
    in->map = NULL;
    in->map_len = 0;
    in->packet_len = (size_t)n;
    enum status status = STATUS_OK;
    if (is_bad)
        status = report_fail(report, STATUS_MALFORMED, REPORT_NO_OFFSET,
                             "a packet is too long or has too many descriptors");
    if (status == STATUS_OK)
        status = message_decode(bytes_of(in->packet, in->packet_len), &in->type, &in->any,
                                &body_len, report);
    const struct message_layout *layout = status == STATUS_OK ? message_layout_of(in->type) : NULL;
    if (layout != NULL)
        status = accept_fd(in, layout, fd, body_len, report);
    if (status == STATUS_OK && layout != NULL && layout->fds != 0)
        in->fd = fd;
    else if (fd >= 0)
        (void)close(fd);
    return status;
}

enum status message_receive_wait(int socket, struct message_in *in, uint32_t most_ms,
                                 struct report *report)
{
    uint64_t until = message_now_ms() + most_ms;
    for (;;) {
        if (!wait_for(socket, POLLIN, until))
            return STATUS_UNAVAILABLE;
        enum status status = message_receive(socket, in, report);
        if (status != STATUS_UNAVAILABLE || message_now_ms() >= until)
            return status;
    }
}

void message_release(struct message_in *in)
{
    if (in->fd >= 0)
        (void)close(in->fd);
    if (in->map != NULL)
        (void)munmap(in->map, in->map_len);
    in->fd = -1;
    in->map = NULL;
    memory_wipe(in->packet, in->packet_len);
    memset(&in->any, 0, sizeof in->any);
}

enum status message_fail(int socket, uint32_t id, enum message_failure code, const char *text)
{
    size_t len = strnlen(text, MESSAGE_TEXT_MAX);
    const struct message_failed failed = {.id = id, .code = code, .text = bytes_of(text, len)};
    return message_send_wait(socket, MESSAGE_FAILED, &failed, -1, FAIL_MS);
}

enum status message_failure_status(uint64_t code)
{
    switch (code) {
    case MESSAGE_FAILURE_INVALID:
        return STATUS_INVALID;
    case MESSAGE_FAILURE_DENIED:
        return STATUS_DENIED;
    case MESSAGE_FAILURE_NOT_FOUND:
        return STATUS_NOT_FOUND;
    case MESSAGE_FAILURE_LIMIT:
        return STATUS_LIMIT;
    case MESSAGE_FAILURE_TAMPERED:
        return STATUS_TAMPERED;
    default:
        return STATUS_UNAVAILABLE;
    }
}

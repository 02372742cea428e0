/*
 * board/server.c: sockets, shared memory and event descriptors.
 *
 * One machine at a time. A machine that goes away (QEMU ended) leaves the memory as it was: what it
 * committed last is still there to be read.
 */
#include "board/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PROTOCOL_VERSION 0
#define BOARD_PEER       0
#define MACHINE_PEER     1
#define HAS_MEMORY       (-1)

static bool complain(const char *what, const char *path)
{
    fprintf(stderr, "aether-board: %s %s: %s\n", what, path, strerror(errno));
    return false;
}

static bool open_memory(struct server *server, const char *path)
{
    server->memory_fd = path == NULL ? memfd_create("aether-window", MFD_CLOEXEC)
                                     : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (server->memory_fd < 0)
        return complain("can not open memory", path == NULL ? "" : path);
    if (ftruncate(server->memory_fd, SERVER_MEMORY_BYTES) != 0)
        return complain("can not size memory", path == NULL ? "" : path);

    void *memory =
        mmap(NULL, SERVER_MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, server->memory_fd, 0);

    if (memory == MAP_FAILED)
        return complain("can not map memory", path == NULL ? "" : path);
    server->memory = memory;
    return true;
}

static bool open_socket(struct server *server, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr,
                "aether-board: socket path of %zu characters, 107 are possible: set TMPDIR or "
                "--socket to a shorter one\n",
                strlen(path));
        return false;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0)
        return complain("can not make a socket", path);
    if (bind(server->listener, (const struct sockaddr *)&address, sizeof address) != 0)
        return complain("can not listen at (is another board there? remove it)", path);
    server->socket_path = path;
    if (listen(server->listener, 1) != 0)
        return complain("can not listen at", path);
    return true;
}

bool server_init(struct server *server, const char *socket_path, const char *memory_path)
{
    *server = (struct server){.listener = -1, .peer = -1, .memory_fd = -1, .doorbell_fd = -1};
    for (unsigned i = 0; i < SERVER_VECTORS; i++)
        server->vector_fds[i] = -1;

    if (!open_memory(server, memory_path))
        return false;
    server->doorbell_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (server->doorbell_fd < 0)
        return complain("can not make", "the doorbell");
    for (unsigned i = 0; i < SERVER_VECTORS; i++) {
        server->vector_fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (server->vector_fds[i] < 0)
            return complain("can not make", "an interrupt line");
    }
    return open_socket(server, socket_path);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        (void)close(fd); /* nothing of ours is buffered there */
}

void server_fini(struct server *server)
{
    close_fd(server->listener);
    close_fd(server->peer);
    close_fd(server->doorbell_fd);
    for (unsigned i = 0; i < SERVER_VECTORS; i++)
        close_fd(server->vector_fds[i]);
    if (server->memory != NULL)
        (void)munmap((void *)server->memory, SERVER_MEMORY_BYTES);
    close_fd(server->memory_fd);
    if (server->socket_path != NULL)
        (void)unlink(server->socket_path);
}

/* One message: a number and, unless fd is -1, a file descriptor. */
static bool send_message(int peer, int64_t number, int fd)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    struct iovec body = {.iov_base = &number, .iov_len = sizeof number};
    struct msghdr message = {.msg_iov = &body, .msg_iovlen = 1};

    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control.bytes;

        struct cmsghdr *header = CMSG_FIRSTHDR(&message);

        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    return sendmsg(peer, &message, MSG_NOSIGNAL) == (ssize_t)sizeof number;
}

bool server_accept(struct server *server)
{
    int peer = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

    if (peer < 0)
        return complain("can not accept at", server->socket_path);
    if (server->peer >= 0) {
        fprintf(stderr, "aether-board: a second machine connected; one is served\n");
        close_fd(peer);
        return true;
    }
    server->peer = peer;
    bool is_sent = send_message(peer, PROTOCOL_VERSION, -1) &&
                   send_message(peer, MACHINE_PEER, -1) &&
                   send_message(peer, HAS_MEMORY, server->memory_fd) &&
                   send_message(peer, BOARD_PEER, server->doorbell_fd);

    for (unsigned i = 0; i < SERVER_VECTORS; i++)
        is_sent = is_sent && send_message(peer, MACHINE_PEER, server->vector_fds[i]);
    return is_sent || complain("can not hand the lines over at", server->socket_path);
}

void server_raise(const struct server *server, unsigned index)
{
    uint64_t one = 1;

    ASSERT(index < SERVER_VECTORS);
    /* An eventfd is full at 2^64 - 2 only. */
    ASSERT(write(server->vector_fds[index], &one, sizeof one) == (ssize_t)sizeof one);
}

bool server_take_doorbell(const struct server *server)
{
    uint64_t count = 0;

    return read(server->doorbell_fd, &count, sizeof count) == (ssize_t)sizeof count;
}

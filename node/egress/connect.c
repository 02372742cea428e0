/*
 * node/egress/connect.c: see connect.h.
 */
#include "node/egress/connect.h"

#include <unistd.h>

#include <sys/socket.h>
#include <sys/syscall.h>

static _Thread_local int connected = -1;

void egress_connect_set(int socket)
{
    connected = socket;
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    if (fd >= 0 && fd == connected)
        return 0;
    return (int)syscall(SYS_connect, fd, address, len);
}

/*
 * node/supervisor/notify.c: see notify.h.
 */
#include "node/supervisor/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "node/message/clock.h"
#include "node/supervisor/supervisor.h"

static struct {
    struct sockaddr_un address;
    socklen_t address_len; /* 0: nobody to tell */
    uint64_t period_ms;    /* 0: no watchdog */
    uint64_t due_ms;
} state;

static void read_watchdog(void)
{
    const char *microseconds = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (microseconds == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
        return;
    state.period_ms = strtoull(microseconds, NULL, 10) / 2000;
    state.due_ms = message_now_ms() + state.period_ms;
}

void notify_init(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path != NULL ? strlen(path) : 0;
    if (len > 1 && len < sizeof state.address.sun_path && (path[0] == '/' || path[0] == '@')) {
        state.address.sun_family = AF_UNIX;
        memcpy(state.address.sun_path, path, len);
        if (path[0] == '@') /* a name without a file */
            state.address.sun_path[0] = '\0';
        state.address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
        read_watchdog();
    }
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

void notify_state(const char *lines)
{
    if (state.address_len == 0)
        return;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    /* Whoever listens no longer is no reason to stop. */
    (void)sendto(fd, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT,
                 (const struct sockaddr *)&state.address, state.address_len);
    (void)close(fd);
}

void notify_ready(const char *address)
{
    char lines[256];
    (void)snprintf(lines, sizeof lines, "READY=1\nSTATUS=serving on %s\nMAINPID=%ld", address,
                   (long)getpid());
    notify_state(lines);
}

void notify_alive(void)
{
    const uint64_t now = message_now_ms();
    if (state.period_ms == 0 || now < state.due_ms)
        return;
    state.due_ms = now + state.period_ms;
    notify_state("WATCHDOG=1");
}

uint64_t notify_due_ms(void)
{
    return state.period_ms == 0 ? UINT64_MAX : state.due_ms;
}

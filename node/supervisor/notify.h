/*
 * node/supervisor/notify.h: what systemd is told: sd_notify(3) without libsystemd, a datagram to
 * $NOTIFY_SOCKET. Without that variable all of it does nothing.
 */
#ifndef AETHER_NODE_SUPERVISOR_NOTIFY_H
#define AETHER_NODE_SUPERVISOR_NOTIFY_H

#include "core/base/compiler.h"

/* Takes the socket's name and $WATCHDOG_USEC out of the environment. */
void notify_init(void);

/* "READY=1" and a status that names the address. */
void notify_ready(const char *address);

/* Lines of sd_notify(3). */
void notify_state(const char *lines);

/* WATCHDOG=1 when half of its time is over; notify_due_ms says when to call again, on the clock of
 * message_now_ms; UINT64_MAX: never. */
void notify_alive(void);
uint64_t notify_due_ms(void);

#endif

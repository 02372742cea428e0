/*
 * board/server.h: the ivshmem server: shares the window's memory and the interrupt lines with QEMU.
 *
 * QEMU docs/specs/ivshmem-spec.txt: over a UNIX stream socket, little-endian 64-bit numbers, some
 * with a file descriptor. The board is peer 0 with one vector (the doorbell), the machine is peer 1
 * with two (the wake interrupts).
 */
#ifndef AETHER_BOARD_SERVER_H
#define AETHER_BOARD_SERVER_H

#include "core/base/compiler.h"

#define SERVER_MEMORY_BYTES 0x100000u
#define SERVER_VECTORS      2

struct server {
    int listener;
    int peer; /* the connection to QEMU, or -1 */
    int memory_fd;
    int doorbell_fd;                /* readable after the machine rang */
    int vector_fds[SERVER_VECTORS]; /* written to raise an interrupt */
    volatile uint8_t *memory;       /* SERVER_MEMORY_BYTES */
    const char *socket_path;        /* borrowed; unlinked at the end */
};

/* Makes the memory (in `memory_path`, or nameless where that is NULL), the lines, the listening
 * socket. Says what failed on standard error. */
bool MUST_CHECK server_init(struct server *server, const char *socket_path,
                            const char *memory_path);
void server_fini(struct server *server);

/* The machine connects: hands everything over. Call when `listener` is readable. */
bool MUST_CHECK server_accept(struct server *server);

/* Raises wake interrupt `index`. */
void server_raise(const struct server *server, unsigned index);

/* Takes the doorbell's count back to zero. True if it had rung. */
bool server_take_doorbell(const struct server *server);

#endif

/*
 * node/gate/cell.h: a cell as a process: spawn, hand over a job, serve, end.
 *
 * The cell is a program of its own (`aether-cell`, beside the gate's program), started without a
 * name, an environment or a descriptor of ours. It is boxed before it reads its first message, and
 * has two things in common with the gate: a page with a transfer area behind it, and its payload,
 * read-only. What is in a box and what this machine lacks is told, not guessed.
 *
 * A killed, mute or lying cell costs its own call and nothing else.
 */
#ifndef AETHER_NODE_GATE_CELL_H
#define AETHER_NODE_GATE_CELL_H

#include "core/base/report.h"
#include "node/gate/session.h"

struct gate_cell; /* one process; serves one tenant, then dies */
struct gate_pool; /* cells that wait for a job, already boxed */

/* What a box is made of. */
enum gate_isolation {
    GATE_ISOLATION_SECCOMP = 1 << 0,
    GATE_ISOLATION_NO_NEW_PRIVS = 1 << 1,
    GATE_ISOLATION_LANDLOCK = 1 << 2,
    GATE_ISOLATION_USER_NS = 1 << 3,
    GATE_ISOLATION_NET_NS = 1 << 4,
    GATE_ISOLATION_PID_NS = 1 << 5,
    GATE_ISOLATION_MOUNT_NS = 1 << 6,
    GATE_ISOLATION_IPC_NS = 1 << 7,
    GATE_ISOLATION_CGROUP = 1 << 8,
    GATE_ISOLATION_RLIMITS = 1 << 9,
};

struct gate_cell_options {
    const char *program;     /* path of aether-cell; NULL: beside this program, or libexec */
    uint64_t memory_bytes;   /* most that the process may take: guest memory, arena, stack */
    uint64_t payload_bytes;  /* room for the payload */
    uint32_t transfer_bytes; /* 0: 1 MiB */
    uint32_t required;       /* enum gate_isolation: without them, refuse (--require-isolation) */
};

/* Starts a process and boxes it; it waits for its job. UNAVAILABLE: `report` says what failed;
 * DENIED: a required part of the box is missing, and which. */
enum status MUST_CHECK gate_cell_spawn(const struct gate_cell_options *options,
                                       struct gate_cell **out_cell, struct report *report);

/* What the box of this cell has, and what the machine lacks, as one line for people. */
uint32_t gate_cell_isolation(const struct gate_cell *cell);

enum gate_cell_end {
    GATE_CELL_FINISHED, /* session->outcome */
    GATE_CELL_BAD,      /* broke the protocol */
    GATE_CELL_DIED,     /* by a signal, or on its own: `detail` is the wait status */
    GATE_CELL_DEADLINE,
};

/* Copies the payload in, hands over the job of `session` and serves until the end. `deadline_ns`:
 * of the monotonic clock, 0: none. The cell is dead afterwards, and its memory the kernel's. */
enum gate_cell_end gate_cell_run(struct gate_cell *cell, struct bytes payload,
                                 struct gate_session *session, uint64_t deadline_ns,
                                 int *out_detail);

void gate_cell_destroy(struct gate_cell *cell);

/* A pool keeps `count` cells waiting; take hands over one and a thread makes another. */
enum status MUST_CHECK gate_pool_create(const struct gate_cell_options *options, uint32_t count,
                                        struct gate_pool **out_pool, struct report *report);
enum status MUST_CHECK gate_pool_take(struct gate_pool *pool, struct gate_cell **out_cell,
                                      struct report *report);
void gate_pool_destroy(struct gate_pool *pool);

#endif

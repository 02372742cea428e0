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

/* What a box is made of; docs/sandbox.md says what each part stops. */
#define GATE_ISOLATION_LIST(X)                                                                     \
    X(0, SECCOMP, "seccomp")                                                                       \
    X(1, NO_NEW_PRIVS, "no-new-privs")                                                             \
    X(2, LANDLOCK, "landlock")                                                                     \
    X(3, USER_NS, "user-namespace")                                                                \
    X(4, NET_NS, "net-namespace")                                                                  \
    X(5, PID_NS, "pid-namespace")                                                                  \
    X(6, MOUNT_NS, "empty-root") /* in a mount namespace of its own */                             \
    X(7, IPC_NS, "ipc-namespace")                                                                  \
    X(8, CGROUP, "cgroup")                                                                         \
    X(9, RLIMITS, "rlimits")

enum gate_isolation {
#define X(bit, name, word) GATE_ISOLATION_##name = 1 << (bit),
    GATE_ISOLATION_LIST(X)
#undef X
};

#define GATE_ISOLATION_ALL 0x3FFu

/* What --require-isolation asks for: all that needs no right of the caller's but user namespaces.
 */
#define GATE_ISOLATION_USUAL (GATE_ISOLATION_ALL & ~(uint32_t)GATE_ISOLATION_CGROUP)

struct gate_cell_options {
    const char *program;     /* path of aether-cell; NULL: beside this program, or libexec */
    int program_fd;          /* the same, open; 0: none. Borrowed */
    uint64_t memory_bytes;   /* room for guest memory: the most that a job may ask for */
    uint64_t arena_bytes;    /* the same for the engine's objects */
    uint64_t payload_bytes;  /* room for the payload */
    uint32_t transfer_bytes; /* 0: GATE_TRANSFER_DEFAULT */
    uint32_t required;       /* enum gate_isolation: without them, refuse (--require-isolation) */
    uint32_t skipped;        /* not even tried; only NET_NS and CGROUP cost enough to be skipped */
};

/* Starts a process that boxes itself and waits for its job. UNAVAILABLE: `report` says what failed;
 * DENIED: a required part of the box is missing, and which. */
enum status MUST_CHECK gate_cell_spawn(const struct gate_cell_options *options,
                                       struct gate_cell **out_cell, struct report *report);

/* The same in two steps, so that the caller can do something meanwhile. */
enum status MUST_CHECK gate_cell_begin(const struct gate_cell_options *options,
                                       struct gate_cell **out_cell, struct report *report);
enum status MUST_CHECK gate_cell_ready(struct gate_cell *cell, struct report *report);

/* enum gate_isolation: what the box of this cell has. */
uint32_t gate_cell_isolation(const struct gate_cell *cell);

#define GATE_ISOLATION_LINE_MAX 256u

/* "box: seccomp, no-new-privs, ...; without: cgroup". */
void gate_isolation_line(uint32_t isolation, char out_line[GATE_ISOLATION_LINE_MAX]);

enum gate_cell_end {
    GATE_CELL_FINISHED, /* session->outcome */
    GATE_CELL_BAD,      /* broke the protocol */
    GATE_CELL_DIED,     /* by a signal, or on its own: `detail` is the wait status */
    GATE_CELL_DEADLINE,
    GATE_CELL_UNWATCHED, /* not served: no thread or descriptor to watch it with */
};

/* "required of the box and not to be had: cgroup"; `missing` is not 0. */
void gate_isolation_lack_line(uint32_t missing, char out_line[GATE_ISOLATION_LINE_MAX]);

/* "killed: it made a system call that its box forbids (SIGSYS)". */
#define GATE_CELL_END_LINE_MAX 128u
void gate_cell_end_line(enum gate_cell_end end, int detail, char out_line[GATE_CELL_END_LINE_MAX]);

/* The process; a test looks at it from outside. */
int gate_cell_pid(const struct gate_cell *cell);

/* Copies the payload in, hands over the job of `session` and serves until the end; what the job
 * asks for is within the options. `deadline_ns`: of the monotonic clock, 0: none. The cell is
 * killed at the end, and waited for by gate_cell_destroy. `out_detail`: with GATE_CELL_DIED the
 * wait status; may be NULL.
 *
 * With GATE_JOB_SERVE a cell that FINISHED is not killed but rests: asleep, watched, its payload
 * loaded, without a session. gate_cell_can_serve says whether it does, and gate_cell_again gives it
 * the next call; how a call ended (result, trap, a refused parameter) does not matter to that. A
 * cell that could not load, met a fault of memory, or has grown too large says with FINISH that it
 * serves no more (session->is_last), and is killed like any other. So a user of it does
 *
 *   spawn -> run(describe or first call) -> can_serve? -> again -> can_serve? -> again ... destroy
 *
 * where each call has a session of its own (gate_session_init with the same job, its own call text,
 * result, explanation and services), and what is not able to serve is destroyed. */
enum gate_cell_end gate_cell_run(struct gate_cell *cell, struct bytes payload,
                                 struct gate_session *session, uint64_t deadline_ns,
                                 int *out_detail);

/* The next call of a cell that rests; everything else as gate_cell_run. GATE_CELL_DIED: it did so
 * at rest, or during this call; session->call_count is 0 when it asked for nothing. */
enum gate_cell_end gate_cell_again(struct gate_cell *cell, struct gate_session *session,
                                   uint64_t deadline_ns, int *out_detail);

/* It rests, nobody has seen it die, and it used no more of the processor than it may since it
 * rests (rest.h). What can not serve is to be destroyed. */
bool gate_cell_can_serve(struct gate_cell *cell);

/* gate_cell_can_serve said no for what it used at rest. */
bool gate_cell_was_restless(const struct gate_cell *cell);
#define GATE_RESTLESS_LINE "cell stopped: it used more of the processor at rest than it may"

/* From any thread, before the cell is destroyed: it is killed, at rest or in a call, which then
 * ends with GATE_CELL_DIED. */
void gate_cell_kill(struct gate_cell *cell);

/* At any time but during a call. */
void gate_cell_destroy(struct gate_cell *cell);

/* A pool keeps `count` cells waiting; take hands over one and a thread makes another. */
enum status MUST_CHECK gate_pool_create(const struct gate_cell_options *options, uint32_t count,
                                        struct gate_pool **out_pool, struct report *report);
enum status MUST_CHECK gate_pool_take(struct gate_pool *pool, struct gate_cell **out_cell,
                                      struct report *report);
void gate_pool_destroy(struct gate_pool *pool);

#endif

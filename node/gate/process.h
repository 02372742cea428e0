/*
 * node/gate/process.h: starting a cell's program in namespaces of its own, and ending it.
 */
#ifndef AETHER_NODE_GATE_PROCESS_H
#define AETHER_NODE_GATE_PROCESS_H

#include <sys/types.h>

#include "aether/abi/gate_linux.h"
#include "core/base/report.h"

struct gate_process {
    pid_t pid;
    int pidfd;
    uint32_t namespaces; /* enum gate_isolation: USER_NS, NET_NS, PID_NS, MOUNT_NS, IPC_NS */
};

/* In as many namespaces as the machine gives, without those in `skipped`; which ones, and what the
 * cell has to do about it, is written to plan->flags before the process begins. The program gets
 * `fds` as descriptors 0 to 3 (3 may be -1; all others, and `program_fd`, are above 3), no other,
 * no environment, and all signals blocked. */
enum status MUST_CHECK gate_process_start(int program_fd, const int fds[4], uint32_t skipped,
                                          struct gate_linux_plan *plan,
                                          struct gate_process *out_process, struct report *report);

/* Without waiting for its end. */
void gate_process_kill(const struct gate_process *process);

bool gate_process_is_dead(const struct gate_process *process);

/* Kills it if it still lives; the wait status. */
int gate_process_end(struct gate_process *process);

/* A program of ours, as a descriptor to execute: beside this program, or in ../libexec/aether. -1:
 * it is not there. */
int gate_process_open_beside(const char *name);

/* The cell's program: `path`, or NULL: beside this program, or in ../libexec/aether. */
enum status MUST_CHECK gate_process_open(const char *path, int *out_fd, struct report *report);

#endif

/*
 * node/gate/cgroup.h: a control group for one cell: its memory, and one process.
 */
#ifndef AETHER_NODE_GATE_CGROUP_H
#define AETHER_NODE_GATE_CGROUP_H

#include <sys/types.h>

#include "core/base/compiler.h"

#define GATE_CGROUP_PATH_MAX 512u

/* Up to two directories: version 1 has one for each controller. */
struct gate_cgroup {
    char paths[2][GATE_CGROUP_PATH_MAX];
    int locks[2]; /* cgroup_lock.h */
    unsigned count;
};

/* Beneath the group that this process is in. False: there is none that we may write to. The first
 * time, groups that gates have left there which are no more are removed. */
bool gate_cgroup_enter(struct gate_cgroup *cgroup, pid_t pid, uint64_t memory_bytes);

/* After its process was waited for. */
void gate_cgroup_leave(struct gate_cgroup *cgroup);

#endif

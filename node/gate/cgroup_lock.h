/*
 * node/gate/cgroup_lock.h: whose a control group is: its directory is locked as long as its gate
 * lives.
 */
#ifndef AETHER_NODE_GATE_CGROUP_LOCK_H
#define AETHER_NODE_GATE_CGROUP_LOCK_H

#include "core/base/compiler.h"

#define GATE_CGROUP_PREFIX "aether-cell-"

/* Makes the directory and locks it; the descriptor holds the lock, and ends with this program
 * whatever ends it. -1: it can not be had. */
int gate_cgroup_make(const char *path);

/* Removes the groups of cells in `parent` that are empty and whose gate is gone. */
void gate_cgroup_sweep(const char *parent);

#endif

/*
 * node/gate/netns.h: a network namespace for a cell, made while the cell starts.
 *
 * The kernel takes some 0.5 ms to make one, as long as all the rest of a start; so a helper, a
 * process that shares our memory, makes it beside. The cell takes it over by the helper's pidfd.
 */
#ifndef AETHER_NODE_GATE_NETNS_H
#define AETHER_NODE_GATE_NETNS_H

#include <sys/types.h>

#include "core/base/compiler.h"

#define GATE_NETNS_STACK 8192

struct gate_netns {
    uint8_t stack[GATE_NETNS_STACK] ALIGNED(16);
    uint32_t *word;
    pid_t gate;
    int pidfd; /* -1: there is no helper */
};

/* `*word`, in memory that the cell sees, becomes one of enum gate_linux_network. Both have to stay
 * until the end. False: no helper. */
bool MUST_CHECK gate_netns_begin(struct gate_netns *netns, uint32_t *word);

/* Once the cell is boxed or dead. Waits for the helper: afterwards nobody uses the memory. */
void gate_netns_end(struct gate_netns *netns);

#endif

/*
 * node/gate/cell_internal.h: what a cell is, for the three files of it alone.
 */
#ifndef AETHER_NODE_GATE_CELL_INTERNAL_H
#define AETHER_NODE_GATE_CELL_INTERNAL_H

#include "node/gate/cell.h"
#include "node/gate/cgroup.h"
#include "node/gate/doorbell.h"
#include "node/gate/netns.h"
#include "node/gate/process.h"
#include "node/gate/rest.h"
#include "node/gate/watch.h"

struct gate_cell {
    struct gate_cell_options options;
    struct gate_process process;
    struct gate_watch watch;
    struct gate_doorbell bell;
    struct gate_cgroup cgroup;
    struct gate_netns netns;
    struct gate_rest rest;
    struct gate_linux_page *page;
    uint8_t *payload;
    size_t shared_len, payload_len;
    bool is_watched, is_boxed, is_resting;
    bool is_late;                   /* set by the watching thread */
    bool is_killed;                 /* set by any */
    struct gate_job job;            /* of the first call; all have the same */
    struct gate_reply finish_reply; /* what it rests for */
    uint64_t payload_version;
    uint32_t isolation;
    /* What to cancel; NULL outside of run. Under the watch's lock. */
    const struct gate_session *session;
};

/* What the watching thread calls. */
void gate_cell_died(void *context);
void gate_cell_late(void *context);

/* Until somebody watches it we look now and then whether it lives. `deadline_ns` as everywhere. */
enum gate_ring gate_cell_wait_unwatched(struct gate_cell *cell, uint64_t deadline_ns);

#endif

/*
 * node/gate/rest.h: what a cell uses of the processor between two calls.
 *
 * A cell at rest sleeps in its futex; a deadline is of a call, so none runs then. One that was
 * taken over could burn its processor: its clock is read when it comes to rest, and whenever
 * somebody asks whether it can serve: before the next call, and by whoever keeps it, now and then
 * (main: each second). One that used more than it may serves no more, and whoever asked destroys
 * it. A cell cleans up behind a call when it has said that the call is done, so what it may use
 * grows with its guest's memory.
 */
#ifndef AETHER_NODE_GATE_REST_H
#define AETHER_NODE_GATE_REST_H

#include <sys/types.h>

#include "core/base/compiler.h"

/* Of one rest. To go to sleep takes some 0.01 ms, tens of them on a busy machine. */
#define GATE_REST_NS      100000000u
#define GATE_REST_NS_BYTE 4u /* for each byte of guest memory; to clean one takes less than 1 */

struct gate_rest {
    clockid_t clock;
    uint64_t begin_ns; /* of that clock */
    uint64_t begun_at; /* of the monotonic clock */
    uint64_t most_ns;  /* that it may use from there */
    bool is_known;     /* the clock could be read */
    bool is_over;      /* it used too much once: for good */
};

/* `memory_bytes`: the cap of its guest's. */
void gate_rest_begin(struct gate_rest *rest, pid_t pid, uint64_t memory_bytes);

/* It used no more than it may; a clock that can not be read says that it did not. */
bool gate_rest_is_kept(struct gate_rest *rest);

#endif

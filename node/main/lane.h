/*
 * node/main/lane.h: a bounded queue with threads behind it, first come first served.
 *
 * For what does not run guests (those are calls.h). Who puts something into a full lane waits: so
 * only the reader does, and only into lanes whose threads wait for nobody but api, which always
 * takes answers.
 */
#ifndef AETHER_NODE_MAIN_LANE_H
#define AETHER_NODE_MAIN_LANE_H

#include "core/base/report.h"

struct lane;
struct job;

/* Does a job and destroys it. */
typedef void lane_fn(struct job *job);

enum status MUST_CHECK lane_create(uint32_t threads, uint32_t most, lane_fn *run,
                                   struct lane **out_lane, struct report *report);
void lane_put(struct lane *lane, struct job *job);
/* False: it is full, and `job` stays the caller's. */
bool lane_try(struct lane *lane, struct job *job);
/* What is being done is done; what waits is told that the service ends. */
void lane_destroy(struct lane *lane);

/* A thread that no signal of the program's goes to. */
bool lane_start_thread(void *(*main)(void *context), void *context, void *out_thread);

#endif

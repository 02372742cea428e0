/*
 * node/gate/watch.h: one thread of the program that watches every cell process: its death and its
 * deadline. Started with the first cell; it ends with the program.
 */
#ifndef AETHER_NODE_GATE_WATCH_H
#define AETHER_NODE_GATE_WATCH_H

#include "core/base/report.h"

/* Both functions run in the watching thread, each at most once, never after gate_watch_remove came
 * back; they do not wait, and do not add or remove. */
struct gate_watch {
    int pidfd;
    uint64_t deadline_ns; /* of the monotonic clock; 0: none */
    void *context;
    void (*died)(void *context);
    void (*late)(void *context);
    bool is_dead, is_late, is_in; /* the watcher's own */
    struct gate_watch *next, *previous;
};

/* UNAVAILABLE: no thread or descriptor for it. The watch is the caller's until it is removed. */
enum status MUST_CHECK gate_watch_add(struct gate_watch *watch, struct report *report);
void gate_watch_remove(struct gate_watch *watch);

/* Another deadline, 0: none; it may pass anew. When this comes back, no function of the watch runs
 * that began before. */
void gate_watch_rearm(struct gate_watch *watch, uint64_t deadline_ns);

/* Has it died? */
bool gate_watch_is_dead(struct gate_watch *watch);

/* Kills the process, unless the watch was removed; `died` is called soon. From any thread. */
void gate_watch_kill(struct gate_watch *watch);

uint64_t gate_watch_now_ns(void);

#endif

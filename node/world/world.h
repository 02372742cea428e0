/*
 * node/world/world.h: what the Linux gate has for programs of WASI: GATE_WORLD, GATE_STREAM and
 * GATE_FILE of gate_world.h over real clocks, files and stdio.
 *
 * Directories are opened once, when they are granted; everything beneath is found by openat2 with
 * RESOLVE_BENEATH from there. Where the kernel has no openat2: refused, not emulated.
 */
#ifndef AETHER_NODE_WORLD_WORLD_H
#define AETHER_NODE_WORLD_WORLD_H

#include "aether/gate_world.h"
#include "core/base/report.h"
#include "node/gate/session.h"

struct world;

struct world_directory {
    const char *host_path;
    const char *guest_path;
    bool is_read_only;
};

struct world_setup {
    const char *const *arguments; /* argument 0 among them */
    size_t argument_count;
    const char *const *variables; /* NAME=VALUE */
    size_t variable_count;
    const char *working_directory; /* a guest path; NULL: the program is told none */
    const struct world_directory *directories;
    size_t directory_count;
    int stdio[3]; /* descriptors, of which copies are made; -1 or closed: not granted */
    /* For repeatable runs: the wall clock stands still at `wall_ns`, the monotonic clock goes on by
     * one microsecond each time it is read, and random bytes are ChaCha20 of `seed`. */
    bool has_fixed_clock;
    int64_t wall_ns;
    bool has_fixed_random;
    uint8_t seed[32];
    uint32_t handle_max; /* open handles at once, up to 65,535; 0: 1024 */
};

/* Opens the directories. NOT_FOUND, DENIED, UNAVAILABLE: `report` names the path. */
enum status MUST_CHECK world_create(const struct world_setup *setup, struct world **out_world,
                                    struct report *report);

/* The three services, for gate_session_setup. One request at a time. */
#define WORLD_SERVICE_COUNT 3u
void world_services(struct world *world, struct gate_service out_services[WORLD_SERVICE_COUNT]);

/* From any thread: every call that waits comes back at once from now on. */
void world_cancel(struct world *world);

void world_destroy(struct world *world);

#endif

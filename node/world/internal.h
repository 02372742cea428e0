/*
 * node/world/internal.h: what the files of node/world share: one request on its way, the handle
 * table, and the parts of a world.
 *
 * Invariants:
 *   (1) A request's regions lie within the transfer area (the session checked), but their bytes may
 *       change at any time: what is checked is copied out first, once.
 *   (2) A handle is (generation, index + 1), 16 bits each, so it is never 0 and a closed one stays
 *       wrong until its slot was used 65,536 times.
 *   (3) Whatever waits, waits in ppoll with the cancel event among its descriptors.
 */
#ifndef AETHER_NODE_WORLD_INTERNAL_H
#define AETHER_NODE_WORLD_INTERNAL_H

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "node/world/world.h"

#define WORLD_DIRENT_BYTES 32768u

enum world_kind {
    WORLD_KIND_NONE = 0, /* the slot is free */
    WORLD_KIND_STREAM = 1,
    WORLD_KIND_DIRECTORY = 2,
    WORLD_KIND_FILE = 3, /* a regular one; others are never opened */
};

/* How a stream's descriptor keeps from waiting where it must not. */
enum world_stream_mode {
    WORLD_STREAM_FILE,     /* it never waits */
    WORLD_STREAM_NONBLOCK, /* O_NONBLOCK is set */
    WORLD_STREAM_SOCKET,   /* MSG_DONTWAIT */
    WORLD_STREAM_POLLED,   /* asked by poll each time; writes of PIPE_BUF at most */
};

struct world_handle {
    uint16_t generation;
    uint8_t kind;       /* enum world_kind */
    uint8_t rights;     /* enum gate_file_rights; of a stream: READ or WRITE */
    uint8_t grant;      /* rights of the directory that was granted and that this came from */
    uint8_t mode;       /* enum world_stream_mode */
    bool is_permanent;  /* preopens and stdio */
    int fd;             /* owned */
    uint32_t next_free; /* index + 1 */
};

/* Free slots are a queue, so that one is used again as late as can be. */
struct world_handles {
    struct world_handle *slots;
    uint32_t count;
    uint32_t first_free; /* index + 1; 0: none */
    uint32_t last_free;
};

struct world_preopen {
    uint32_t handle;
    uint8_t rights;
    char *guest_path;
    size_t guest_path_len;
};

struct world_text {
    uint8_t *data;
    size_t len;
    size_t count; /* of strings */
};

struct world {
    struct world_text texts[3]; /* by enum gate_world_text */
    struct world_preopen *preopens;
    size_t preopen_count;
    uint32_t stdio[3]; /* handles; 0: not granted */
    bool is_terminal[3];
    struct world_handles handles;

    int cancel_event;

    bool has_fixed_clock;
    int64_t wall_ns;
    uint64_t monotonic_ns; /* fixed: now; else: where the machine's stood at the start */
    bool has_fixed_random;
    uint8_t seed[32];
    uint64_t random_count;    /* of requests */
    uint8_t identity_key[32]; /* of the hashes of devices and nodes */

    /* Room for one request at a time. */
    struct gate_poll polls[GATE_POLL_MAX];
    uint8_t poll_ready[GATE_POLL_MAX];
    uint16_t poll_of_fd[GATE_POLL_MAX];
    struct pollfd poll_fds[GATE_POLL_MAX + 1];
    _Alignas(8) uint8_t dirents[WORLD_DIRENT_BYTES];
};

/* One request on its way. */
struct world_call {
    struct world *world;
    const struct gate_request *request;
    const uint8_t *in; /* request->in.len bytes */
    uint8_t *out;      /* request->out.len bytes */
    struct gate_reply *reply;
};

typedef enum gate_status world_method_fn(struct world_call *call);

/* GATE_FAILED with its reason. */
enum gate_status world_fail(struct world_call *call, enum gate_error error);
enum gate_status world_fail_errno(struct world_call *call, int number);
enum gate_error world_error_of(int number);

/* handles.c. Opening takes the descriptor, also when it fails (0: the table is full). */
bool world_handles_init(struct world_handles *handles, uint32_t count);
void world_handles_fini(struct world_handles *handles);
uint32_t world_handles_open(struct world_handles *handles, const struct world_handle *wanted);
struct world_handle *world_handles_find(const struct world_handles *handles, uint32_t handle);
void world_handles_close(struct world_handles *handles, uint32_t handle);

/* clock.c */
void world_clock_init(struct world *world, const struct world_setup *setup);
uint64_t world_monotonic_now(const struct world *world);
int64_t world_wall_now(const struct world *world);
enum gate_status world_clock(struct world_call *call);

/* random.c */
bool world_random_init(struct world *world, const struct world_setup *setup);
enum gate_status world_random(struct world_call *call);
/* Tells (a, b) from others under the world's key and says nothing else about them. */
uint64_t world_identity(const struct world *world, uint64_t a, uint64_t b);

/* poll.c */
enum gate_status world_poll(struct world_call *call);
/* Until `fd` is ready for `events`; false: cancelled. */
bool world_wait(struct world *world, int fd, short events);

/* stream.c: a handle for a copy of `fd`; 0: there is no such descriptor, or no room. */
uint32_t world_stream_open(struct world *world, int fd, enum gate_file_rights rights);
enum gate_status world_stream_read(struct world_call *call);
enum gate_status world_stream_write(struct world_call *call);

/* signals.c: writing to what nobody reads or past a limit raises a signal, which would end the
 * gate. Held back around it, and taken away when `number` (errno) says that there was one. */
void world_signals_hold(sigset_t *out_before);
void world_signals_release(const sigset_t *before, int number);

/* file.c: the service GATE_FILE. */
enum gate_status world_file_call(struct world_call *call);

#endif

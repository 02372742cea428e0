/*
 * core/wasi/p1_internal.h: descriptors of preview 1 and what its functions share. For
 * core/wasi/p1_*.c only.
 *
 * Invariants:
 *   (1) A descriptor that is not P1_FREE holds a handle that no other one holds.
 *   (2) `rights` only lose bits while a descriptor is open.
 *   (3) A function is done with guest memory before it comes back: nothing points there.
 */
#ifndef AETHER_WASI_P1_INTERNAL_H
#define AETHER_WASI_P1_INTERNAL_H

#include "core/wasi/client.h"
#include "core/wasi/p1.h"

/* Numbers of wasi_snapshot_preview1. */
enum p1_errno {
    P1_SUCCESS = 0,
    P1_AGAIN = 6,
    P1_BADF = 8,
    P1_FAULT = 21,
    P1_INVAL = 28,
    P1_ISDIR = 31,
    P1_MFILE = 33,
    P1_NAMETOOLONG = 37,
    P1_NOTDIR = 54,
    P1_NOTSOCK = 57,
    P1_NOTSUP = 58,
    P1_OVERFLOW = 61,
    P1_ROFS = 69,
    P1_SPIPE = 70,
    P1_NOTCAPABLE = 76,
};

enum p1_right {
    P1_FD_DATASYNC = 1 << 0,
    P1_FD_READ = 1 << 1,
    P1_FD_SEEK = 1 << 2,
    P1_FD_FDSTAT_SET_FLAGS = 1 << 3,
    P1_FD_SYNC = 1 << 4,
    P1_FD_TELL = 1 << 5,
    P1_FD_WRITE = 1 << 6,
    P1_FD_ADVISE = 1 << 7,
    P1_FD_ALLOCATE = 1 << 8,
    P1_PATH_CREATE_DIRECTORY = 1 << 9,
    P1_PATH_CREATE_FILE = 1 << 10,
    P1_PATH_LINK_SOURCE = 1 << 11,
    P1_PATH_LINK_TARGET = 1 << 12,
    P1_PATH_OPEN = 1 << 13,
    P1_FD_READDIR = 1 << 14,
    P1_PATH_READLINK = 1 << 15,
    P1_PATH_RENAME_SOURCE = 1 << 16,
    P1_PATH_RENAME_TARGET = 1 << 17,
    P1_PATH_FILESTAT_GET = 1 << 18,
    P1_PATH_FILESTAT_SET_SIZE = 1 << 19,
    P1_PATH_FILESTAT_SET_TIMES = 1 << 20,
    P1_FD_FILESTAT_GET = 1 << 21,
    P1_FD_FILESTAT_SET_SIZE = 1 << 22,
    P1_FD_FILESTAT_SET_TIMES = 1 << 23,
    P1_PATH_SYMLINK = 1 << 24,
    P1_PATH_REMOVE_DIRECTORY = 1 << 25,
    P1_PATH_UNLINK_FILE = 1 << 26,
    P1_POLL_FD_READWRITE = 1 << 27,
};

#define P1_FDFLAG_APPEND   1u
#define P1_FDFLAG_DSYNC    2u
#define P1_FDFLAG_NONBLOCK 4u
#define P1_FDFLAG_RSYNC    8u
#define P1_FDFLAG_SYNC     16u
#define P1_FDFLAGS_ALL     31u

#define P1_FILETYPE_UNKNOWN   0u
#define P1_FILETYPE_CHARACTER 2u
#define P1_FILETYPE_DIRECTORY 3u

enum p1_kind {
    P1_FREE,
    P1_STREAM, /* stdio */
    P1_FILE,   /* regular, or another kind that can be read and written */
    P1_DIRECTORY,
};

struct p1_fd {
    uint8_t kind;     /* enum p1_kind */
    uint8_t filetype; /* as preview 1 numbers it */
    uint16_t flags;   /* P1_FDFLAG_* */
    uint32_t handle;
    uint32_t gate_rights; /* enum gate_file_rights */
    bool is_preopen;      /* the handle is never closed, and `name` is its guest path */
    uint64_t rights, inheriting;
    uint64_t position;
    struct bytes name;
};

#define P1_FD_MAX     1024u
#define P1_GATHER_MAX 4096u

typedef uint32_t p1_fn(struct wasi_p1 *p1, const uint64_t *args);

/* A function with what it works on: the context of its import. */
struct p1_bound {
    struct wasi_p1 *p1;
    p1_fn *function;
};

struct wasi_p1 {
    const struct wasi_gate *gate;
    struct wasi_exit *exit;
    uint8_t *memory; /* of the call that is served */
    uint64_t memory_len;
    uint64_t started; /* the monotonic clock at the start: CPU time is counted from there */
    struct p1_fd *fds;
    uint32_t first_free; /* no number from 3 to below it is free */
    struct p1_bound bound[WASI_P1_FUNC_COUNT];
    struct wasm_host_func funcs[WASI_P1_FUNC_COUNT];
    uint8_t scratch[P1_GATHER_MAX];
    struct gate_poll polls[GATE_POLL_MAX];
    uint16_t poll_sources[GATE_POLL_MAX]; /* which subscription each is of */
    uint8_t poll_ready[GATE_POLL_MAX];
};

/* `len` bytes of guest memory at `address`; NULL: FAULT. Never NULL for a len of 0 within it. */
uint8_t *p1_memory(const struct wasi_p1 *p1, uint64_t address, uint64_t len) MUST_CHECK;
uint32_t p1_put_u32(const struct wasi_p1 *p1, uint64_t address, uint32_t value) MUST_CHECK;
uint32_t p1_put_u64(const struct wasi_p1 *p1, uint64_t address, uint64_t value) MUST_CHECK;

/* p1_table.c: an open descriptor; NULL: BADF. */
struct p1_fd *p1_find(const struct wasi_p1 *p1, uint64_t number) MUST_CHECK;
/* One with these rights, all of them: else BADF or NOTCAPABLE. */
uint32_t p1_find_with(const struct wasi_p1 *p1, uint64_t number, uint64_t rights,
                      struct p1_fd **out_fd) MUST_CHECK;
/* One that is a directory, else NOTDIR. */
uint32_t p1_find_directory(const struct wasi_p1 *p1, uint64_t number, uint64_t rights,
                           struct p1_fd **out_fd) MUST_CHECK;
/* The lowest free number from 3 on; false: none is left. */
bool p1_free_number(struct wasi_p1 *p1, uint32_t *out_number) MUST_CHECK;
enum status MUST_CHECK p1_table_init(struct wasi_p1 *p1, struct arena *arena);
/* What a directory's descriptor and a file's may have at most, by what the gate lets them do. */
uint64_t p1_directory_rights(uint32_t gate_rights);
uint64_t p1_file_rights(uint32_t gate_rights);

/* X(function, its parameters: i = i32, I = i64). All give an errno, but for proc_exit. */
#define P1_LIST(X)                                                                                 \
    X(args_get, "ii")                                                                              \
    X(args_sizes_get, "ii")                                                                        \
    X(environ_get, "ii")                                                                           \
    X(environ_sizes_get, "ii")                                                                     \
    X(clock_res_get, "ii")                                                                         \
    X(clock_time_get, "iIi")                                                                       \
    X(fd_advise, "iIIi")                                                                           \
    X(fd_allocate, "iII")                                                                          \
    X(fd_close, "i")                                                                               \
    X(fd_datasync, "i")                                                                            \
    X(fd_fdstat_get, "ii")                                                                         \
    X(fd_fdstat_set_flags, "ii")                                                                   \
    X(fd_fdstat_set_rights, "iII")                                                                 \
    X(fd_filestat_get, "ii")                                                                       \
    X(fd_filestat_set_size, "iI")                                                                  \
    X(fd_filestat_set_times, "iIIi")                                                               \
    X(fd_pread, "iiiIi")                                                                           \
    X(fd_prestat_get, "ii")                                                                        \
    X(fd_prestat_dir_name, "iii")                                                                  \
    X(fd_pwrite, "iiiIi")                                                                          \
    X(fd_read, "iiii")                                                                             \
    X(fd_readdir, "iiiIi")                                                                         \
    X(fd_renumber, "ii")                                                                           \
    X(fd_seek, "iIii")                                                                             \
    X(fd_sync, "i")                                                                                \
    X(fd_tell, "ii")                                                                               \
    X(fd_write, "iiii")                                                                            \
    X(path_create_directory, "iii")                                                                \
    X(path_filestat_get, "iiiii")                                                                  \
    X(path_filestat_set_times, "iiiiIIi")                                                          \
    X(path_link, "iiiiiii")                                                                        \
    X(path_open, "iiiiiIIii")                                                                      \
    X(path_readlink, "iiiiii")                                                                     \
    X(path_remove_directory, "iii")                                                                \
    X(path_rename, "iiiiii")                                                                       \
    X(path_symlink, "iiiii")                                                                       \
    X(path_unlink_file, "iii")                                                                     \
    X(poll_oneoff, "iiii")                                                                         \
    X(proc_exit, "i")                                                                              \
    X(proc_raise, "i")                                                                             \
    X(sched_yield, "")                                                                             \
    X(random_get, "ii")                                                                            \
    X(sock_accept, "iii")                                                                          \
    X(sock_recv, "iiiiii")                                                                         \
    X(sock_send, "iiiii")                                                                          \
    X(sock_shutdown, "ii")

#define X(function, params) p1_fn p1_##function;
P1_LIST(X)
#undef X

#endif

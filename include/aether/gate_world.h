/*
 * aether/gate_world.h: what a program of WASI asks of the gate: GATE_WORLD, GATE_STREAM, GATE_FILE
 * (GATE_FEATURE_WORLD). The rest, requests and replies among it, is in gate.h.
 *
 * The cell holds no file, clock or name: it holds handles, and the gate decides and does. State
 * that needs nothing real is the cell's: positions in files, append mode, descriptor numbers,
 * streams of files, rights of preview 1. So every call here says all that it needs.
 *
 * Handles are for one of three things: a directory, a regular file, a byte stream. Other kinds of
 * file can be looked at, not opened: UNSUPPORTED. A method on the wrong kind is GATE_BAD_HANDLE
 * when the method makes no sense for it at all, GATE_FAILED with an error of WASI's otherwise
 * (reading a directory: IS_DIRECTORY).
 *
 * Paths are UTF-8 without NUL, relative to the directory whose handle is given, and stay beneath
 * it whatever `..`, symlinks and renames do meanwhile: GATE_FAILED, NOT_PERMITTED otherwise. A path
 * is 1 to GATE_PATH_MAX bytes. Where a method takes two, `in` is both, one behind the other, and an
 * argument says how long the first is.
 *
 * Data in and out is bounded by the transfer area: less than asked for may be read or written.
 * Times are nanoseconds since 1970-01-01T00:00:00Z, i64.
 */
#ifndef AETHER_GATE_WORLD_H
#define AETHER_GATE_WORLD_H

#include "aether/gate.h"

#define GATE_PATH_MAX 4096u

/* Why a call failed: the error codes of wasi:filesystem 0.2 in their order, then what else preview
 * 1 has a number for. X(number, name, kebab-case of WASI 0.2, errno of preview 1) */
#define GATE_ERROR_LIST(X)                                                                         \
    X(0, ACCESS, "access", 2)                                                                      \
    X(1, WOULD_BLOCK, "would-block", 6)                                                            \
    X(2, ALREADY, "already", 7)                                                                    \
    X(3, BAD_DESCRIPTOR, "bad-descriptor", 8)                                                      \
    X(4, BUSY, "busy", 10)                                                                         \
    X(5, DEADLOCK, "deadlock", 16)                                                                 \
    X(6, QUOTA, "quota", 19)                                                                       \
    X(7, EXIST, "exist", 20)                                                                       \
    X(8, FILE_TOO_LARGE, "file-too-large", 22)                                                     \
    X(9, ILLEGAL_BYTE_SEQUENCE, "illegal-byte-sequence", 25)                                       \
    X(10, IN_PROGRESS, "in-progress", 26)                                                          \
    X(11, INTERRUPTED, "interrupted", 27)                                                          \
    X(12, INVALID, "invalid", 28)                                                                  \
    X(13, IO, "io", 29)                                                                            \
    X(14, IS_DIRECTORY, "is-directory", 31)                                                        \
    X(15, LOOP, "loop", 32)                                                                        \
    X(16, TOO_MANY_LINKS, "too-many-links", 34)                                                    \
    X(17, MESSAGE_SIZE, "message-size", 35)                                                        \
    X(18, NAME_TOO_LONG, "name-too-long", 37)                                                      \
    X(19, NO_DEVICE, "no-device", 43)                                                              \
    X(20, NO_ENTRY, "no-entry", 44)                                                                \
    X(21, NO_LOCK, "no-lock", 46)                                                                  \
    X(22, INSUFFICIENT_MEMORY, "insufficient-memory", 48)                                          \
    X(23, INSUFFICIENT_SPACE, "insufficient-space", 51)                                            \
    X(24, NOT_DIRECTORY, "not-directory", 54)                                                      \
    X(25, NOT_EMPTY, "not-empty", 55)                                                              \
    X(26, NOT_RECOVERABLE, "not-recoverable", 56)                                                  \
    X(27, UNSUPPORTED, "unsupported", 58)                                                          \
    X(28, NO_TTY, "no-tty", 59)                                                                    \
    X(29, NO_SUCH_DEVICE, "no-such-device", 60)                                                    \
    X(30, OVERFLOW, "overflow", 61)                                                                \
    X(31, NOT_PERMITTED, "not-permitted", 63)                                                      \
    X(32, PIPE, "pipe", 64)                                                                        \
    X(33, READ_ONLY, "read-only", 69)                                                              \
    X(34, INVALID_SEEK, "invalid-seek", 70)                                                        \
    X(35, TEXT_FILE_BUSY, "text-file-busy", 74)                                                    \
    X(36, CROSS_DEVICE, "cross-device", 75)                                                        \
    X(37, CLOSED, "closed", 64) /* of a stream: no more will ever come, or be taken */             \
    X(38, TOO_MANY_HANDLES, "quota", 33)

enum gate_error {
#define X(number, name, wasi, errno_) GATE_ERROR_##name = number,
    GATE_ERROR_LIST(X)
#undef X
        GATE_ERROR_COUNT
};

/* GATE_WORLD: what belongs to no handle. */
enum gate_world_method {
    /* args[0] = enum gate_world_text, args[1] = from which byte on, out = where to.
     * reply.out.len bytes were put there; values[0] = length of the whole text, values[1] = how
     * many strings it has. Each string ends with a NUL; a variable is NAME=VALUE. */
    GATE_WORLD_TEXT = 0,
    /* args[0] = which, from 0 on; out = room for its guest path (no NUL; GATE_PATH_MAX fits all).
     * values[0] = handle of a directory, the same each time; values[1] = enum gate_file_rights. No
     * such: GATE_FAILED, NO_ENTRY. */
    GATE_WORLD_PREOPEN = 1,
    /* args[0] = 0 stdin, 1 stdout, 2 stderr. values[0] = handle of a stream, the same each time;
     * values[1] = 1 when it is a terminal. Not granted: GATE_FAILED, BAD_DESCRIPTOR. */
    GATE_WORLD_STDIO = 2,
    /* args[0] = enum gate_clock. values[0] = now: wall clock by time (see above), monotonic clock
     * nanoseconds from a start of its own; values[1] = resolution in nanoseconds. */
    GATE_WORLD_CLOCK = 3,
    /* out is filled with random bytes. args[0] = 0: good for keys; 1: good enough for a hash table
     * (with fixed randomness both are repeatable). */
    GATE_WORLD_RANDOM = 4,
    /* in = 1 to GATE_POLL_MAX struct gate_poll. Comes back when at least one of them is ready: out
     * = one byte for each, 1 ready, 0 not. A bad handle in it: GATE_BAD_HANDLE. */
    GATE_WORLD_POLL = 5,
    GATE_WORLD_METHOD_COUNT = 6,
};

enum gate_world_text {
    GATE_TEXT_ARGUMENTS = 0,
    GATE_TEXT_VARIABLES = 1,
    GATE_TEXT_DIRECTORY = 2, /* the initial working directory, a guest path; may have no string */
};

enum gate_clock { GATE_CLOCK_WALL = 0, GATE_CLOCK_MONOTONIC = 1 };

enum gate_poll_kind {
    GATE_POLL_READ = 0,  /* `handle` can be read, or will never be again */
    GATE_POLL_WRITE = 1, /* `handle` takes bytes, or never will again */
    GATE_POLL_TIME = 2,  /* the monotonic clock says `time` or more */
    GATE_POLL_WALL = 3,  /* the wall clock does */
};

struct gate_poll {
    uint32_t kind;
    uint32_t handle; /* 0 with a clock */
    uint64_t time;
};

#define GATE_POLL_MAX 1024u

/* GATE_STREAM: bytes in their order, without a position: stdin, stdout, stderr. */
enum gate_stream_method {
    /* out = where to, at least 1 byte. args[0] = 1: wait for the first byte; 0: none there is
     * GATE_FAILED, WOULD_BLOCK. The end: GATE_FAILED, CLOSED. */
    GATE_STREAM_READ = 0,
    /* in = bytes; values[0] = how many were taken. args[0] = 1: wait until all are; 0: what goes
     * without waiting, none is WOULD_BLOCK. Nobody reads any more: CLOSED. */
    GATE_STREAM_WRITE = 1,
    GATE_STREAM_METHOD_COUNT = 2,
};

/* What may be done with a file or beneath a directory; asked for at open, clipped by the grant. */
enum gate_file_rights {
    GATE_FILE_READ = 1 << 0,
    GATE_FILE_WRITE = 1 << 1,  /* contents and size of files, times */
    GATE_FILE_CHANGE = 1 << 2, /* of a directory: make, remove, rename, link what is beneath it */
};

enum gate_file_type {
    GATE_TYPE_UNKNOWN = 0,
    GATE_TYPE_BLOCK_DEVICE = 1,
    GATE_TYPE_CHARACTER_DEVICE = 2,
    GATE_TYPE_DIRECTORY = 3,
    GATE_TYPE_FIFO = 4,
    GATE_TYPE_SYMBOLIC_LINK = 5,
    GATE_TYPE_REGULAR_FILE = 6,
    GATE_TYPE_SOCKET = 7,
};

enum gate_open_flag {
    GATE_OPEN_CREATE = 1 << 0,
    GATE_OPEN_DIRECTORY = 1 << 1, /* fail unless it is one */
    GATE_OPEN_EXCLUSIVE = 1 << 2,
    GATE_OPEN_TRUNCATE = 1 << 3,
    GATE_OPEN_FOLLOW = 1 << 4, /* a symlink at the end of the path */
    /* Synchronous input and output, as wasi:filesystem/types.descriptor-flags. */
    GATE_OPEN_FILE_INTEGRITY_SYNC = 1 << 5,
    GATE_OPEN_DATA_INTEGRITY_SYNC = 1 << 6,
    GATE_OPEN_REQUESTED_WRITE_SYNC = 1 << 7,
};

/* What STAT puts into `out`. `device` and `node` tell files apart and say nothing else: they are
 * keyed hashes of what the machine calls so. */
struct gate_stat {
    uint64_t device;
    uint64_t node;
    uint64_t size;
    uint64_t links;
    int64_t accessed;
    int64_t modified;
    int64_t changed;
    uint32_t type; /* enum gate_file_type */
    uint32_t reserved;
};

_Static_assert(sizeof(struct gate_poll) == 16, "poll is 16 bytes");
_Static_assert(sizeof(struct gate_stat) == 64, "stat is 64 bytes");

/* An entry of READ_DIRECTORY: this, then name_len bytes of name, then up to 7 zero bytes to the
 * next multiple of 8. */
struct gate_entry {
    uint64_t next; /* the cookie that goes on behind this entry */
    uint64_t node;
    uint32_t type; /* enum gate_file_type */
    uint32_t name_len;
};

_Static_assert(sizeof(struct gate_entry) == 24, "entry is 24 bytes");

/* How SET_TIMES sets one of the two times: args: accessed, modified; the lower two bits of args[0]
 * for the first, the next two for the second. */
enum gate_set_time { GATE_TIME_KEEP = 0, GATE_TIME_NOW = 1, GATE_TIME_SET = 2 };

/* GATE_FILE: `handle` is a directory or file. (path) means: in = the path, and with FOLLOW in the
 * flags a symlink at its end is followed. */
enum gate_file_method {
    /* (path) args[0] = enum gate_open_flag, args[1] = enum gate_file_rights wanted. values[0] =
     * handle, values[1] = enum gate_file_type, values[2] = rights that it got. A right that the
     * directory has not: READ_ONLY when it is one to change something, else NOT_PERMITTED. */
    GATE_FILE_OPEN = 0,
    GATE_FILE_CLOSE = 1, /* any handle of this interface, but for preopens: GATE_BAD_HANDLE */
    GATE_FILE_PREAD = 2, /* args[0] = offset; out. reply.out.len = 0 at the end */
    /* args[0] = offset; args[1] = 1: behind the end instead, whole. values[0] = bytes written */
    GATE_FILE_PWRITE = 3,
    GATE_FILE_STAT = 4,     /* out = struct gate_stat */
    GATE_FILE_STAT_AT = 5,  /* (path) args[0] = GATE_OPEN_FOLLOW or 0; out = struct gate_stat */
    GATE_FILE_SET_SIZE = 6, /* args[0] = bytes */
    /* args[0] = how (enum gate_set_time), args[1], args[2] = accessed, modified */
    GATE_FILE_SET_TIMES = 7,
    GATE_FILE_SET_TIMES_AT = 8, /* (path) the same; args[3] = GATE_OPEN_FOLLOW or 0 */
    GATE_FILE_SYNC = 9,         /* args[0] = 1: data alone */
    /* args[0] = offset, args[1] = length, args[2] = advice of wasi:filesystem, 0 to 5 */
    GATE_FILE_ADVISE = 10,
    GATE_FILE_ALLOCATE = 11, /* args[0] = offset, args[1] = length */
    /* args[0] = cookie, 0 to begin. out = as many struct gate_entry as fit, whole ones;
     * reply.out.len = 0 at the end. `.` and `..` are not among them. Room too small for the next
     * name: GATE_BAD_REGION; 24 + 256 bytes are enough. */
    GATE_FILE_READ_DIRECTORY = 12,
    GATE_FILE_CREATE_DIRECTORY = 13, /* (path) */
    GATE_FILE_REMOVE_DIRECTORY = 14, /* (path) */
    GATE_FILE_UNLINK = 15,           /* (path) */
    GATE_FILE_READ_LINK = 16,        /* (path) out = what it says; longer than out: cut */
    /* in = what the link says, then its path; args[0] = length of the first. The first may be
     * anything but absolute; following it is checked each time. */
    GATE_FILE_SYMLINK = 17,
    /* in = old path, then new path; args[0] = length of the first, args[1] = handle of the new
     * path's directory, args[2] = GATE_OPEN_FOLLOW or 0 for the old one. */
    GATE_FILE_LINK = 18,
    GATE_FILE_RENAME = 19, /* the same, without flags */
    GATE_FILE_METHOD_COUNT = 20,
};

#endif

/*
 * tests/wasi/p1/p1.h: programs of preview 1 without a library: the imports, and what the programs
 * beside this file share. Each checks what it does itself; a check that fails is told by its line,
 * and the program exits with 1.
 */
#ifndef AETHER_TESTS_WASI_P1_H
#define AETHER_TESTS_WASI_P1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
/* Pointers are numbers here: some programs give what is none. */
#define IMPORT_LIST(X)                                                                             \
    X(args_get, (u32 pointers, u32 text))                                                          \
    X(args_sizes_get, (u32 count, u32 bytes))                                                      \
    X(environ_get, (u32 pointers, u32 text))                                                       \
    X(environ_sizes_get, (u32 count, u32 bytes))                                                   \
    X(clock_res_get, (u32 id, u32 out))                                                            \
    X(clock_time_get, (u32 id, u64 precision, u32 out))                                            \
    X(fd_advise, (u32 fd, u64 offset, u64 len, u32 advice))                                        \
    X(fd_allocate, (u32 fd, u64 offset, u64 len))                                                  \
    X(fd_close, (u32 fd))                                                                          \
    X(fd_datasync, (u32 fd))                                                                       \
    X(fd_fdstat_get, (u32 fd, u32 out))                                                            \
    X(fd_fdstat_set_flags, (u32 fd, u32 flags))                                                    \
    X(fd_fdstat_set_rights, (u32 fd, u64 base, u64 inheriting))                                    \
    X(fd_filestat_get, (u32 fd, u32 out))                                                          \
    X(fd_filestat_set_size, (u32 fd, u64 size))                                                    \
    X(fd_filestat_set_times, (u32 fd, u64 accessed, u64 modified, u32 flags))                      \
    X(fd_pread, (u32 fd, u32 parts, u32 count, u64 offset, u32 out))                               \
    X(fd_prestat_get, (u32 fd, u32 out))                                                           \
    X(fd_prestat_dir_name, (u32 fd, u32 path, u32 len))                                            \
    X(fd_pwrite, (u32 fd, u32 parts, u32 count, u64 offset, u32 out))                              \
    X(fd_read, (u32 fd, u32 parts, u32 count, u32 out))                                            \
    X(fd_readdir, (u32 fd, u32 room, u32 len, u64 cookie, u32 out))                                \
    X(fd_renumber, (u32 from, u32 to))                                                             \
    X(fd_seek, (u32 fd, u64 delta, u32 whence, u32 out))                                           \
    X(fd_sync, (u32 fd))                                                                           \
    X(fd_tell, (u32 fd, u32 out))                                                                  \
    X(fd_write, (u32 fd, u32 parts, u32 count, u32 out))                                           \
    X(path_create_directory, (u32 fd, u32 path, u32 len))                                          \
    X(path_filestat_get, (u32 fd, u32 flags, u32 path, u32 len, u32 out))                          \
    X(path_filestat_set_times, (u32 fd, u32 flags, u32 path, u32 len, u64 a, u64 m, u32 set))      \
    X(path_link, (u32 fd, u32 flags, u32 path, u32 len, u32 to, u32 new_path, u32 new_len))        \
    X(path_open, (u32 fd, u32 lookup, u32 path, u32 len, u32 oflags, u64 rights, u64 inheriting,   \
                  u32 fdflags, u32 out))                                                           \
    X(path_readlink, (u32 fd, u32 path, u32 len, u32 room, u32 room_len, u32 out))                 \
    X(path_remove_directory, (u32 fd, u32 path, u32 len))                                          \
    X(path_rename, (u32 fd, u32 path, u32 len, u32 to, u32 new_path, u32 new_len))                 \
    X(path_symlink, (u32 content, u32 content_len, u32 fd, u32 path, u32 len))                     \
    X(path_unlink_file, (u32 fd, u32 path, u32 len))                                               \
    X(poll_oneoff, (u32 in, u32 out, u32 count, u32 out_count))                                    \
    X(proc_raise, (u32 signal))                                                                    \
    X(sched_yield, (void))                                                                         \
    X(random_get, (u32 out, u32 len))                                                              \
    X(sock_accept, (u32 fd, u32 flags, u32 out))                                                   \
    X(sock_recv, (u32 fd, u32 parts, u32 count, u32 flags, u32 out, u32 out_flags))                \
    X(sock_send, (u32 fd, u32 parts, u32 count, u32 flags, u32 out))                               \
    X(sock_shutdown, (u32 fd, u32 how))

#define X(name, params) IMPORT(name) u32 name params;
IMPORT_LIST(X)
#undef X
IMPORT(proc_exit) _Noreturn void proc_exit(u32 code);

#define AT(pointer) ((u32)(uintptr_t)(pointer))

enum {
    OK = 0,
    ACCES = 2,
    AGAIN = 6,
    BADF = 8,
    EXIST = 20,
    FAULT = 21,
    ILSEQ = 25,
    INVAL = 28,
    ISDIR = 31,
    LOOP = 32,
    MFILE = 33,
    NAMETOOLONG = 37,
    NOENT = 44,
    NOTDIR = 54,
    NOTEMPTY = 55,
    NOTSOCK = 57,
    NOTSUP = 58,
    PERM = 63,
    ROFS = 69,
    SPIPE = 70,
    NOTCAPABLE = 76,
};

enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8 };
enum { APPEND = 1, NONBLOCK = 4 };
#define ALL_RIGHTS 0x0FFFFFFFull
#define READING    (ALL_RIGHTS & ~(1ull << 6 | 1ull << 8 | 1ull << 22))
#define FD_READ    (1ull << 1)
#define FD_WRITE   (1ull << 6)

struct part {
    u32 data, len;
};

static u32 length(const char *text)
{
    u32 len = 0;
    while (text[len] != 0)
        len++;
    return len;
}

/* As much as fits a call; gives what fd_write gave. */
static inline u32 put(u32 fd, const void *data, u32 len, u32 *out_done)
{
    struct part part = {AT(data), len};
    return fd_write(fd, AT(&part), 1, AT(out_done));
}

static inline u32 get(u32 fd, void *data, u32 len, u32 *out_done)
{
    struct part part = {AT(data), len};
    return fd_read(fd, AT(&part), 1, AT(out_done));
}

static inline void say(u32 fd, const char *text)
{
    u32 done;
    (void)put(fd, text, length(text), &done);
}

static inline void say_number(u32 fd, u64 number)
{
    char digits[21];
    u32 at = sizeof digits - 1;
    digits[at] = 0;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    say(fd, digits + at);
}

static inline void check(bool holds, u32 line, u64 is, u64 wanted)
{
    if (holds)
        return;
    say(2, "line ");
    say_number(2, line);
    say(2, ": ");
    say_number(2, is);
    say(2, " where ");
    say_number(2, wanted);
    say(2, " was expected\n");
    proc_exit(1);
}

#define EXPECT(is, wanted)                                                                         \
    do {                                                                                           \
        u64 found = (u64)(is);                                                                     \
        check(found == (u64)(wanted), __LINE__, found, (u64)(wanted));                             \
    } while (0)
#define CHECK(holds) check(holds, __LINE__, 0, 1)

static inline bool equal(const char *a, const char *b, u32 len)
{
    for (u32 i = 0; i < len; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* The first preopen. */
#define ROOT 3u

static inline u32 open_at(u32 fd, const char *path, u32 oflags, u64 rights, u32 *out)
{
    return path_open(fd, 0, AT(path), length(path), oflags, rights, ALL_RIGHTS, 0, AT(out));
}

static inline u32 make_file(const char *path, const char *content)
{
    u32 fd, done;
    EXPECT(open_at(ROOT, path, CREAT | TRUNC, ALL_RIGHTS, &fd), OK);
    EXPECT(put(fd, content, length(content), &done), OK);
    EXPECT(done, length(content));
    return fd;
}

struct filestat {
    u64 device, node;
    uint8_t type;
    u64 links, size, accessed, modified, changed;
};

struct fdstat {
    uint8_t type;
    uint16_t flags;
    u64 rights, inheriting;
};

void _start(void);

#endif

/*
 * tests/wasi/p1/pointers.c: pointers and counts that are out of memory: FAULT or INVAL, and nothing
 * happens. Memory is two pages; BAD begins in it and ends outside.
 */
#include "p1.h"

#define END  (__builtin_wasm_memory_size(0) * 0x10000u)
#define BAD  (END - 2)
#define FAR  0xFFFFFFF0u
#define PATH AT("file"), 4

static char room[64];
static u32 out;

static void words(void)
{
    EXPECT(args_get(FAR, AT(room)), FAULT);
    EXPECT(args_get(AT(room), BAD), FAULT);
    EXPECT(args_sizes_get(BAD, AT(&out)), FAULT);
    EXPECT(args_sizes_get(AT(&out), BAD), FAULT);
    EXPECT(environ_sizes_get(FAR, AT(&out)), FAULT);
    EXPECT(clock_res_get(0, BAD), FAULT);
    EXPECT(clock_time_get(1, 0, BAD), FAULT);
    EXPECT(random_get(BAD, 3), FAULT);
    EXPECT(random_get(0, 0xFFFFFFFF), FAULT);
    EXPECT(random_get(BAD, 2), OK);
    EXPECT(poll_oneoff(BAD, AT(room), 1, AT(&out)), FAULT);
    EXPECT(poll_oneoff(AT(room), BAD, 1, AT(&out)), FAULT);
    EXPECT(poll_oneoff(AT(room), AT(room), 1, BAD), FAULT);
}

static void vectors(u32 fd)
{
    struct part parts[2] = {{AT("x"), 1}, {BAD, 3}};
    struct part huge[2] = {{0, 0xFFFFFFFF}, {0, 1}};
    struct filestat stat;
    EXPECT(fd_write(fd, AT(parts), 2, AT(&out)), FAULT);
    EXPECT(fd_write(fd, AT(parts), 1, BAD), FAULT);
    EXPECT(fd_write(fd, BAD, 1, AT(&out)), FAULT);
    EXPECT(fd_write(fd, AT(huge), 2, AT(&out)), FAULT);
    EXPECT(fd_write(fd, AT(parts), 1025, AT(&out)), INVAL);
    EXPECT(fd_write(fd, AT(parts), 0xFFFFFFFF, AT(&out)), INVAL);
    EXPECT(fd_pwrite(fd, AT(parts), 2, 0, AT(&out)), FAULT);
    EXPECT(fd_filestat_get(fd, AT(&stat)), OK);
    EXPECT(stat.size, 4);
    EXPECT(fd_read(fd, AT(parts), 2, AT(&out)), FAULT);
    EXPECT(fd_pread(fd, AT(parts), 1, 0, BAD), FAULT);
    EXPECT(fd_seek(fd, 0, 0, BAD), FAULT);
    EXPECT(fd_tell(fd, BAD), FAULT);
    EXPECT(fd_fdstat_get(fd, BAD), FAULT);
    EXPECT(fd_filestat_get(fd, BAD), FAULT);
}

static void paths(void)
{
    EXPECT(fd_prestat_get(ROOT, BAD), FAULT);
    EXPECT(fd_prestat_dir_name(ROOT, END, 1), FAULT);
    EXPECT(fd_readdir(ROOT, BAD, 64, 0, AT(&out)), FAULT);
    EXPECT(fd_readdir(ROOT, AT(room), 64, 0, BAD), FAULT);
    EXPECT(path_create_directory(ROOT, BAD, 3), FAULT);
    EXPECT(path_remove_directory(ROOT, FAR, 100), FAULT);
    EXPECT(path_unlink_file(ROOT, BAD, 3), FAULT);
    EXPECT(path_filestat_get(ROOT, 0, PATH, BAD), FAULT);
    EXPECT(path_filestat_get(ROOT, 0, BAD, 3, AT(room)), FAULT);
    EXPECT(path_filestat_set_times(ROOT, 0, BAD, 3, 0, 0, 0), FAULT);
    EXPECT(path_link(ROOT, 0, BAD, 3, ROOT, PATH), FAULT);
    EXPECT(path_link(ROOT, 0, PATH, ROOT, BAD, 3), FAULT);
    EXPECT(path_open(ROOT, 0, BAD, 3, 0, 0, 0, 0, AT(&out)), FAULT);
    EXPECT(path_open(ROOT, 0, AT("made"), 4, CREAT, 0, 0, 0, BAD), FAULT);
    EXPECT(path_filestat_get(ROOT, 0, AT("made"), 4, AT(room)), NOENT);
    EXPECT(path_readlink(ROOT, PATH, BAD, 3, AT(&out)), FAULT);
    EXPECT(path_readlink(ROOT, PATH, AT(room), 3, BAD), FAULT);
    EXPECT(path_rename(ROOT, BAD, 3, ROOT, PATH), FAULT);
    EXPECT(path_rename(ROOT, PATH, ROOT, BAD, 3), FAULT);
    EXPECT(path_symlink(BAD, 3, ROOT, PATH), FAULT);
    EXPECT(path_symlink(PATH, ROOT, BAD, 3), FAULT);
    EXPECT(path_open(ROOT, 0, 0, 5000, 0, 0, 0, 0, AT(&out)), NAMETOOLONG);
}

/* Descriptors that are none, and what no descriptor is. */
static void descriptors(void)
{
    for (u32 fd = 50; fd != 0; fd = fd == 50 ? 0xFFFFFFFF : 0) {
        EXPECT(fd_read(fd, AT(room), 1, AT(&out)), BADF);
        EXPECT(fd_close(fd), BADF);
        EXPECT(fd_sync(fd), BADF);
        EXPECT(fd_renumber(fd, 0), BADF);
        EXPECT(fd_readdir(fd, AT(room), 64, 0, AT(&out)), BADF);
        EXPECT(path_create_directory(fd, PATH), BADF);
        EXPECT(sock_shutdown(fd, 1), BADF);
    }
    EXPECT(sock_shutdown(1, 1), NOTSOCK);
    EXPECT(sock_accept(1, 0, AT(&out)), NOTSOCK);
    EXPECT(sock_recv(0, AT(room), 1, 0, AT(&out), AT(&out)), NOTSOCK);
    EXPECT(sock_send(1, AT(room), 1, 0, AT(&out)), NOTSOCK);
    EXPECT(proc_raise(9), NOTSUP);
    EXPECT(fd_seek(1, 0, 0, AT(room)), SPIPE);
    EXPECT(fd_tell(0, AT(room)), SPIPE);
    EXPECT(fd_allocate(1, 0, 1), NOTCAPABLE);
    EXPECT(fd_write(0, AT(room), 0, AT(&out)), NOTCAPABLE);
    EXPECT(path_create_directory(1, PATH), NOTDIR);
}

void _start(void)
{
    u32 fd = make_file("file", "text");
    words();
    vectors(fd);
    paths();
    descriptors();
}

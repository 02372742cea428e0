/* tests/wasi/p1/files.c: positions, reading and writing at places, append mode, sizes, times. */
#include "p1.h"

static void positions(void)
{
    char room[16];
    u64 at;
    u32 done, fd = make_file("positions", "0123456789");
    EXPECT(fd_tell(fd, AT(&at)), OK);
    EXPECT(at, 10);
    EXPECT(fd_seek(fd, (u64)-4, 1, AT(&at)), OK);
    EXPECT(at, 6);
    EXPECT(get(fd, room, 16, &done), OK);
    EXPECT(done, 4);
    CHECK(equal(room, "6789", 4));
    EXPECT(get(fd, room, 16, &done), OK);
    EXPECT(done, 0);
    EXPECT(fd_seek(fd, (u64)-11, 2, AT(&at)), INVAL);
    EXPECT(fd_seek(fd, 0, 3, AT(&at)), INVAL);
    EXPECT(fd_seek(fd, (u64)-1, 2, AT(&at)), OK);
    EXPECT(at, 9);
    EXPECT(fd_seek(fd, 5, 0, AT(&at)), OK);
    EXPECT(put(fd, "ab", 2, &done), OK);
    EXPECT(fd_tell(fd, AT(&at)), OK);
    EXPECT(at, 7);
    EXPECT(fd_close(fd), OK);
    EXPECT(fd_tell(fd, AT(&at)), BADF);
}

/* A vector of three, one of them empty; neither moves the position. */
static void places(void)
{
    char first[3], second[8];
    const struct part in[3] = {{AT("xy"), 2}, {AT(first), 0}, {AT("z"), 1}};
    const struct part out[3] = {{AT(first), 3}, {AT(first), 0}, {AT(second), 8}};
    u64 at;
    u32 done, fd = make_file("places", "abcdefgh");
    EXPECT(fd_pwrite(fd, AT(in), 3, 2, AT(&done)), OK);
    EXPECT(done, 3);
    EXPECT(fd_pread(fd, AT(out), 3, 1, AT(&done)), OK);
    EXPECT(done, 7);
    CHECK(equal(first, "bxy", 3) && equal(second, "zfgh", 4));
    EXPECT(fd_tell(fd, AT(&at)), OK);
    EXPECT(at, 8);
    EXPECT(fd_pread(fd, AT(out), 3, 100, AT(&done)), OK);
    EXPECT(done, 0);
    EXPECT(fd_pread(fd, AT(out), 3, (u64)-1, AT(&done)), INVAL);
    EXPECT(fd_pread(fd, AT(out), 0, 0, AT(&done)), OK);
    EXPECT(done, 0);
    EXPECT(fd_close(fd), OK);
}

static void append(void)
{
    u64 at;
    u32 fd, done;
    struct fdstat stat;
    EXPECT(fd_close(make_file("append", "begin")), OK);
    EXPECT(path_open(ROOT, 0, AT("append"), 6, 0, ALL_RIGHTS, 0, APPEND, AT(&fd)), OK);
    EXPECT(put(fd, "+one", 4, &done), OK);
    EXPECT(fd_tell(fd, AT(&at)), OK);
    EXPECT(at, 9);
    EXPECT(fd_seek(fd, 0, 0, AT(&at)), OK);
    EXPECT(put(fd, "+two", 4, &done), OK);
    EXPECT(fd_fdstat_get(fd, AT(&stat)), OK);
    EXPECT(stat.flags, APPEND);
    EXPECT(fd_fdstat_set_flags(fd, 0), OK);
    EXPECT(fd_seek(fd, 0, 0, AT(&at)), OK);
    EXPECT(put(fd, "BEGIN", 5, &done), OK);
    EXPECT(fd_fdstat_set_flags(fd, 32), INVAL);
    EXPECT(fd_fdstat_set_flags(fd, 16), NOTSUP);
    EXPECT(fd_close(fd), OK);
}

static void sizes(void)
{
    struct filestat stat, again;
    u32 fd = make_file("sizes", "12345");
    EXPECT(fd_filestat_get(fd, AT(&stat)), OK);
    EXPECT(stat.size, 5);
    EXPECT(stat.type, 4);
    EXPECT(stat.links, 1);
    EXPECT(fd_filestat_set_size(fd, 100), OK);
    EXPECT(fd_filestat_set_times(fd, 1000000000, 2000000000, 1 | 4), OK);
    EXPECT(path_filestat_get(ROOT, 0, AT("sizes"), 5, AT(&again)), OK);
    EXPECT(again.size, 100);
    EXPECT(again.accessed, 1000000000);
    EXPECT(again.modified, 2000000000);
    CHECK(again.node == stat.node && again.device == stat.device);
    EXPECT(fd_filestat_set_times(fd, 0, 0, 1 | 2), INVAL);
    EXPECT(fd_filestat_set_times(fd, 0, 0, 16), INVAL);
    EXPECT(path_filestat_set_times(ROOT, 0, AT("sizes"), 5, 0, 0, 4 | 8), INVAL);
    EXPECT(path_filestat_set_times(ROOT, 0, AT("sizes"), 5, 0, 3000000000, 4), OK);
    EXPECT(fd_filestat_get(fd, AT(&again)), OK);
    EXPECT(again.accessed, 1000000000);
    EXPECT(again.modified, 3000000000);
    EXPECT(fd_allocate(fd, 90, 20), OK);
    EXPECT(fd_allocate(fd, 0, 0), INVAL);
    EXPECT(fd_filestat_get(fd, AT(&again)), OK);
    EXPECT(again.size, 110);
    EXPECT(fd_advise(fd, 0, 10, 1), OK);
    EXPECT(fd_advise(fd, 0, 10, 6), INVAL);
    EXPECT(fd_sync(fd), OK);
    EXPECT(fd_datasync(fd), OK);
    EXPECT(fd_close(fd), OK);
}

void _start(void)
{
    positions();
    places();
    append();
    sizes();
}

/* tests/wasi/p1/descriptors.c: preopens, numbers, rights, and as many descriptors as there are. */
#include "p1.h"

static void preopen(void)
{
    char name[4];
    u32 stat[2];
    EXPECT(fd_prestat_get(ROOT, AT(stat)), OK);
    EXPECT(stat[0], 0);
    EXPECT(stat[1], 1);
    EXPECT(fd_prestat_dir_name(ROOT, AT(name), 0), NAMETOOLONG);
    EXPECT(fd_prestat_dir_name(ROOT, AT(name), 4), OK);
    CHECK(name[0] == '/');
    EXPECT(fd_prestat_get(ROOT + 1, AT(stat)), BADF);
    EXPECT(fd_prestat_get(0, AT(stat)), BADF);
}

static void renumber(void)
{
    char room[4];
    u64 at;
    u32 done, first = make_file("first", "1111"), second = make_file("second", "2222");
    EXPECT(fd_renumber(first, 500), BADF);
    EXPECT(fd_renumber(first, first), OK);
    EXPECT(fd_renumber(first, second), OK);
    EXPECT(fd_close(first), BADF);
    EXPECT(fd_seek(second, 0, 0, AT(&at)), OK);
    EXPECT(get(second, room, 4, &done), OK);
    CHECK(equal(room, "1111", 4));
    EXPECT(fd_close(second), OK);
    first = make_file("first", "");
    EXPECT(first, ROOT + 1);
    EXPECT(fd_renumber(2, first), OK);
    EXPECT(fd_close(2), BADF);
    EXPECT(fd_renumber(first, 2), BADF);
}

static void rights(void)
{
    char room[4];
    u32 done, fd = make_file("rights", "text"), other;
    struct fdstat stat;
    EXPECT(fd_fdstat_get(fd, AT(&stat)), OK);
    EXPECT(fd_fdstat_set_rights(fd, stat.rights & ~(FD_READ | FD_WRITE), 0), OK);
    EXPECT(get(fd, room, 4, &done), NOTCAPABLE);
    EXPECT(put(fd, room, 4, &done), NOTCAPABLE);
    EXPECT(fd_fdstat_set_rights(fd, stat.rights, 0), NOTCAPABLE);
    EXPECT(fd_close(fd), OK);
    EXPECT(open_at(ROOT, "rights", 0, FD_READ, &fd), OK);
    EXPECT(put(fd, room, 4, &done), NOTCAPABLE);
    EXPECT(get(fd, room, 4, &done), OK);
    EXPECT(fd_close(fd), OK);
    EXPECT(fd_fdstat_get(ROOT, AT(&stat)), OK);
    EXPECT(fd_fdstat_set_rights(ROOT, stat.rights & ~(1ull << 19), stat.inheriting & ~FD_WRITE),
           OK);
    EXPECT(open_at(ROOT, "rights", TRUNC, 0, &other), NOTCAPABLE);
    EXPECT(open_at(ROOT, "rights", 0, FD_WRITE, &other), NOTCAPABLE);
    EXPECT(open_at(ROOT, "rights", 0, FD_READ, &fd), OK);
    EXPECT(fd_close(fd), OK);
}

/* The table, or what the gate keeps open, comes to an end, and back. */
static void many(void)
{
    static u32 fds[2000];
    u32 count = 0, error;
    while ((error = open_at(ROOT, "rights", 0, FD_READ, &fds[count])) == OK && count < 1999)
        count++;
    EXPECT(error, MFILE);
    CHECK(count > 500);
    for (u32 i = 0; i < count; i++)
        EXPECT(fd_close(fds[i]), OK);
    EXPECT(open_at(ROOT, "rights", 0, FD_READ, &fds[0]), OK);
    EXPECT(fd_close(fds[0]), OK);
}

void _start(void)
{
    preopen();
    renumber();
    rights();
    many();
    EXPECT(fd_close(ROOT), OK);
    EXPECT(fd_close(ROOT), BADF);
}

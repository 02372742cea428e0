/* tests/wasi/p1/paths.c: what is beneath a directory, and what is not; links, names, trailing
 * slashes. */
#include "p1.h"

#define PATH(text) AT(text), sizeof(text) - 1

static void beneath(void)
{
    u32 fd;
    EXPECT(path_create_directory(ROOT, PATH("dir")), OK);
    EXPECT(path_create_directory(ROOT, PATH("dir/nested")), OK);
    EXPECT(fd_close(make_file("dir/nested/file", "x")), OK);
    EXPECT(open_at(ROOT, "/dir/nested/file", 0, 0, &fd), PERM);
    EXPECT(open_at(ROOT, "dir/.//nested/../../dir/nested/../nested///./file", 0, 0, &fd), OK);
    EXPECT(fd_close(fd), OK);
    EXPECT(open_at(ROOT, "dir/nested/../../../dir/nested/file", 0, 0, &fd), PERM);
    EXPECT(open_at(ROOT, "..", 0, 0, &fd), PERM);
    EXPECT(path_open(ROOT, 0, PATH("dir/nested/file\0"), 0, 0, 0, 0, AT(&fd)), INVAL);
    EXPECT(path_open(ROOT, 0, PATH("dir/\xFF"), 0, 0, 0, 0, AT(&fd)), ILSEQ);
    EXPECT(open_at(ROOT, "", 0, 0, &fd), NOENT);
    EXPECT(open_at(ROOT, "dir/nested/file/", 0, 0, &fd), NOTDIR);
    EXPECT(open_at(ROOT, "dir/nested///", 0, 0, &fd), OK);
    EXPECT(fd_close(fd), OK);
    EXPECT(path_remove_directory(ROOT, PATH("dir")), NOTEMPTY);
    EXPECT(path_unlink_file(ROOT, PATH("dir/nested")), ISDIR);
    EXPECT(path_unlink_file(ROOT, PATH("dir/nested/file")), OK);
    EXPECT(path_remove_directory(ROOT, PATH("dir/nested")), OK);
    EXPECT(path_remove_directory(ROOT, PATH("dir")), OK);
}

static void opening(void)
{
    u32 fd, file;
    struct fdstat stat;
    EXPECT(open_at(ROOT, "none", 0, ALL_RIGHTS, &fd), NOENT);
    file = make_file("there", "text");
    EXPECT(open_at(ROOT, "there", CREAT | EXCL, ALL_RIGHTS, &fd), EXIST);
    EXPECT(open_at(ROOT, "there", DIRECTORY, 0, &fd), NOTDIR);
    EXPECT(open_at(file, "there", 0, 0, &fd), NOTDIR);
    EXPECT(open_at(77, "there", 0, 0, &fd), BADF);
    EXPECT(path_open(ROOT, 0, PATH("there"), 16, 0, 0, 0, AT(&fd)), INVAL);
    EXPECT(open_at(ROOT, ".", DIRECTORY, FD_READ | FD_WRITE, &fd), ISDIR);
    EXPECT(open_at(ROOT, ".", DIRECTORY, READING, &fd), OK);
    EXPECT(fd_fdstat_get(fd, AT(&stat)), OK);
    EXPECT(stat.type, 3);
    EXPECT(stat.rights & (FD_READ | FD_WRITE | 1 << 2), 0);
    CHECK((stat.inheriting & FD_WRITE) != 0);
    EXPECT(fd_close(fd), OK);
    EXPECT(fd_close(file), OK);
}

static void symbolic(void)
{
    char room[8];
    u32 fd, len;
    struct filestat stat;
    EXPECT(path_symlink(PATH("there"), ROOT, PATH("link")), OK);
    EXPECT(open_at(ROOT, "link", 0, 0, &fd), LOOP);
    EXPECT(path_open(ROOT, 1, PATH("link"), 0, 0, 0, 0, AT(&fd)), OK);
    EXPECT(fd_close(fd), OK);
    EXPECT(path_readlink(ROOT, PATH("link"), AT(room), 8, AT(&len)), OK);
    EXPECT(len, 5);
    CHECK(equal(room, "there", 5));
    EXPECT(path_readlink(ROOT, PATH("link"), AT(room), 2, AT(&len)), OK);
    EXPECT(len, 2);
    EXPECT(path_filestat_get(ROOT, 0, PATH("link"), AT(&stat)), OK);
    EXPECT(stat.type, 7);
    EXPECT(path_filestat_get(ROOT, 1, PATH("link"), AT(&stat)), OK);
    EXPECT(stat.type, 4);
    EXPECT(path_symlink(PATH("/etc/passwd"), ROOT, PATH("out")), PERM);
    EXPECT(path_symlink(PATH("../../etc/passwd"), ROOT, PATH("out")), OK);
    EXPECT(path_open(ROOT, 1, PATH("out"), 0, 0, 0, 0, AT(&fd)), PERM);
    EXPECT(path_symlink(PATH("loop"), ROOT, PATH("loop")), OK);
    EXPECT(path_open(ROOT, 1, PATH("loop"), 0, 0, 0, 0, AT(&fd)), LOOP);
    EXPECT(path_unlink_file(ROOT, PATH("out")), OK);
    EXPECT(path_unlink_file(ROOT, PATH("loop")), OK);
    EXPECT(path_unlink_file(ROOT, PATH("link")), OK);
}

static void names(void)
{
    struct filestat stat, other;
    EXPECT(path_link(ROOT, 0, PATH("there"), ROOT, PATH("second")), OK);
    EXPECT(path_filestat_get(ROOT, 0, PATH("there"), AT(&stat)), OK);
    EXPECT(path_filestat_get(ROOT, 0, PATH("second"), AT(&other)), OK);
    CHECK(stat.node == other.node && stat.device == other.device && stat.links == 2);
    EXPECT(path_link(ROOT, 0, PATH("there"), ROOT, PATH("second")), EXIST);
    EXPECT(path_rename(ROOT, PATH("second"), ROOT, PATH("third")), OK);
    EXPECT(path_filestat_get(ROOT, 0, PATH("second"), AT(&stat)), NOENT);
    EXPECT(path_create_directory(ROOT, PATH("target")), OK);
    EXPECT(path_rename(ROOT, PATH("third"), ROOT, PATH("target")), ISDIR);
    EXPECT(path_rename(ROOT, PATH("third"), ROOT, PATH("target/moved")), OK);
    EXPECT(path_rename(ROOT, PATH("target/moved"), ROOT, PATH("../moved")), PERM);
    EXPECT(path_unlink_file(ROOT, PATH("target/moved/")), NOTDIR);
    EXPECT(path_unlink_file(ROOT, PATH("target/moved")), OK);
    EXPECT(path_remove_directory(ROOT, PATH("target")), OK);
    EXPECT(path_remove_directory(ROOT, PATH("there")), NOTDIR);
    EXPECT(path_unlink_file(ROOT, PATH("there")), OK);
}

void _start(void)
{
    beneath();
    opening();
    symbolic();
    names();
}

/*
 * tests/unit/node/test_file.c: GATE_FILE over real files: each method once as it should be, and its
 * refusals. What stays beneath a directory is test_path_escape.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "tests/support/world_bench.h"

#define ALL (GATE_FILE_READ | GATE_FILE_WRITE | GATE_FILE_CHANGE)
#define RW  (GATE_FILE_READ | GATE_FILE_WRITE)

static struct world_bench b;

static int start(void **state)
{
    (void)state;
    world_bench_start(&b, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    world_bench_stop(&b);
    return 0;
}

static int ask(enum gate_file_method method, uint32_t handle, uint64_t a0, uint64_t a1, uint64_t a2,
               uint32_t out_len)
{
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = (uint16_t)method,
        .handle = handle,
        .out_len = out_len,
        .args = {a0, a1, a2},
    };
    return world_bench_ask(&b, &ask);
}

static uint32_t open_file(const char *path, uint64_t flags, uint64_t rights)
{
    uint32_t handle;
    assert_int_equal(world_bench_open(&b, b.in, path, flags, rights, &handle), WORLD_DONE);
    return handle;
}

static struct gate_stat stat_of(uint32_t handle)
{
    struct gate_stat stat;
    assert_int_equal(ask(GATE_FILE_STAT, handle, 0, 0, 0, sizeof stat), WORLD_DONE);
    assert_int_equal(b.reply.out.len, sizeof stat);
    memcpy(&stat, world_bench_out(&b).data, sizeof stat);
    return stat;
}

static void assert_out(const char *text)
{
    assert_int_equal(b.reply.out.len, strlen(text));
    assert_memory_equal(world_bench_out(&b).data, text, strlen(text));
}

TEST(what_is_written_is_read_again)
{
    uint32_t file = open_file("a", GATE_OPEN_CREATE | GATE_OPEN_EXCLUSIVE, RW);
    assert_int_equal(b.reply.values[1], GATE_TYPE_REGULAR_FILE);
    assert_int_equal(b.reply.values[2], RW);

    assert_int_equal(world_bench_pwrite(&b, file, 3, "def"), WORLD_DONE);
    assert_int_equal(b.reply.values[0], 3);
    assert_int_equal(world_bench_pwrite(&b, file, 0, "abc"), WORLD_DONE);

    assert_int_equal(ask(GATE_FILE_PREAD, file, 1, 0, 0, 4), WORLD_DONE);
    assert_out("bcde");
    assert_int_equal(ask(GATE_FILE_PREAD, file, 6, 0, 0, 4), WORLD_DONE);
    assert_out("");
    assert_true(world_bench_says(&b, "in/a", "abcdef"));
}

TEST(appending_does_not_care_for_the_offset)
{
    world_bench_write(&b, "in/a", "one,");
    uint32_t file = open_file("a", 0, GATE_FILE_WRITE);
    struct world_ask append = {
        .interface = GATE_FILE,
        .method = GATE_FILE_PWRITE,
        .handle = file,
        .in = BYTES_LITERAL("two"),
        .args = {UINT64_MAX, 1},
    };

    assert_int_equal(world_bench_ask(&b, &append), WORLD_DONE);

    assert_true(world_bench_says(&b, "in/a", "one,two"));
}

TEST(offsets_past_what_a_file_can_have_fail)
{
    uint32_t file = open_file("a", GATE_OPEN_CREATE, RW);

    assert_int_equal(ask(GATE_FILE_PREAD, file, UINT64_MAX, 0, 0, 8), GATE_ERROR_INVALID);
    assert_int_equal(
        ask(GATE_FILE_PREAD, file, INT64_MAX, 0, 0, 8) != WORLD_DONE || b.reply.out.len == 0, 1);
    assert_int_equal(world_bench_pwrite(&b, file, UINT64_MAX, "x"), GATE_ERROR_FILE_TOO_LARGE);
    assert_int_not_equal(world_bench_pwrite(&b, file, INT64_MAX, "x"), WORLD_DONE);
    assert_int_equal(ask(GATE_FILE_SET_SIZE, file, UINT64_MAX, 0, 0, 0), GATE_ERROR_FILE_TOO_LARGE);
    assert_int_equal(ask(GATE_FILE_ALLOCATE, file, INT64_MAX, 1, 0, 0), GATE_ERROR_FILE_TOO_LARGE);
    assert_int_equal(ask(GATE_FILE_ALLOCATE, file, 0, 0, 0, 0), GATE_ERROR_INVALID);
    assert_int_equal(ask(GATE_FILE_ADVISE, file, UINT64_MAX, 0, 0, 0), GATE_ERROR_INVALID);
    assert_int_equal(stat_of(file).size, 0);
}

TEST(a_write_past_the_process_limit_fails_and_kills_nobody)
{
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {1024, before.rlim_max};
    uint32_t file = open_file("a", GATE_OPEN_CREATE, RW);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);

    int write = world_bench_pwrite(&b, file, 4096, "x");
    int size = ask(GATE_FILE_SET_SIZE, file, 4096, 0, 0, 0);
    int room = ask(GATE_FILE_ALLOCATE, file, 0, 4096, 0, 0);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(write, GATE_ERROR_FILE_TOO_LARGE);
    assert_int_equal(size, GATE_ERROR_FILE_TOO_LARGE);
    assert_int_equal(room, GATE_ERROR_FILE_TOO_LARGE);
}

TEST(size_times_sync_advice_and_room)
{
    uint32_t file = open_file("a", GATE_OPEN_CREATE, RW);

    assert_int_equal(ask(GATE_FILE_SET_SIZE, file, 5000, 0, 0, 0), WORLD_DONE);
    assert_int_equal(stat_of(file).size, 5000);
    assert_int_equal(ask(GATE_FILE_ALLOCATE, file, 4096, 4096, 0, 0), WORLD_DONE);
    assert_int_equal(stat_of(file).size, 8192);
    assert_int_equal(ask(GATE_FILE_SET_TIMES, file, GATE_TIME_SET | GATE_TIME_SET << 2,
                         (uint64_t)-1, 2000000001, 0),
                     WORLD_DONE);
    assert_int_equal(stat_of(file).accessed, -1);
    assert_int_equal(stat_of(file).modified, 2000000001);
    assert_int_equal(ask(GATE_FILE_SET_TIMES, file, GATE_TIME_NOW, 0, 0, 0), WORLD_DONE);
    assert_true(stat_of(file).accessed > 2000000001);
    assert_int_equal(stat_of(file).modified, 2000000001);
    assert_int_equal(ask(GATE_FILE_SET_TIMES, file, 3, 0, 0, 0), GATE_ERROR_INVALID);
    assert_int_equal(ask(GATE_FILE_SET_TIMES, file, 16, 0, 0, 0), GATE_ERROR_INVALID);
    assert_int_equal(ask(GATE_FILE_SYNC, file, 0, 0, 0, 0), WORLD_DONE);
    assert_int_equal(ask(GATE_FILE_SYNC, file, 1, 0, 0, 0), WORLD_DONE);
    assert_int_equal(ask(GATE_FILE_SYNC, b.in, 0, 0, 0, 0), WORLD_DONE);
    for (uint64_t advice = 0; advice < 6; advice++)
        assert_int_equal(ask(GATE_FILE_ADVISE, file, 0, 0, advice, 0), WORLD_DONE);
    assert_int_equal(ask(GATE_FILE_ADVISE, file, 0, 0, 6, 0), GATE_ERROR_INVALID);
}

TEST(a_stat_tells_files_apart_without_the_machines_numbers)
{
    struct stat real;
    char path[256];
    char second_path[256];
    world_bench_write(&b, "in/a", "text");
    world_bench_write(&b, "in/b", "text");
    (void)snprintf(path, sizeof path, "%s/in/a", b.root);
    (void)snprintf(second_path, sizeof second_path, "%s/in/a2", b.root);
    assert_int_equal(link(path, second_path), 0);
    assert_int_equal(stat(path, &real), 0);

    struct gate_stat a = stat_of(open_file("a", 0, GATE_FILE_READ));
    struct gate_stat again = stat_of(open_file("a2", 0, GATE_FILE_READ));
    struct gate_stat other = stat_of(open_file("b", 0, GATE_FILE_READ));

    assert_int_equal(a.type, GATE_TYPE_REGULAR_FILE);
    assert_int_equal(a.size, 4);
    assert_int_equal(a.links, 2);
    assert_int_equal(a.modified, real.st_mtim.tv_sec * 1000000000 + real.st_mtim.tv_nsec);
    assert_int_equal(a.node, again.node);
    assert_int_not_equal(a.node, other.node);
    assert_int_equal(a.device, other.device);
    assert_int_not_equal(a.node, real.st_ino);
    assert_int_not_equal(a.device, real.st_dev);
    assert_int_equal(ask(GATE_FILE_STAT, b.in, 0, 0, 0, 63), WORLD_STATUS(GATE_BAD_REGION));
}

TEST(open_makes_truncates_and_insists)
{
    uint32_t handle;
    world_bench_write(&b, "in/full", "text");
    world_bench_make_directory(&b, "in/d");
    world_bench_make_link(&b, "full", "in/link");
    world_bench_make_link(&b, "fresh", "in/dangling");
    static const struct {
        const char *path;
        uint64_t flags;
        uint64_t rights;
        int result;
    } cases[] = {
        {"none", 0, RW, GATE_ERROR_NO_ENTRY},
        {"none/none", GATE_OPEN_CREATE, RW, GATE_ERROR_NO_ENTRY},
        {"full", GATE_OPEN_CREATE | GATE_OPEN_EXCLUSIVE, RW, GATE_ERROR_EXIST},
        {"full", GATE_OPEN_DIRECTORY, GATE_FILE_READ, GATE_ERROR_NOT_DIRECTORY},
        {"full/", 0, GATE_FILE_READ, GATE_ERROR_NOT_DIRECTORY},
        {"full/x", 0, GATE_FILE_READ, GATE_ERROR_NOT_DIRECTORY},
        {"d", GATE_OPEN_CREATE, RW, GATE_ERROR_IS_DIRECTORY},
        {"d", GATE_OPEN_CREATE | GATE_OPEN_EXCLUSIVE, RW, GATE_ERROR_EXIST},
        {"d", GATE_OPEN_TRUNCATE, RW, GATE_ERROR_IS_DIRECTORY},
        {"d", GATE_OPEN_CREATE | GATE_OPEN_DIRECTORY, RW, GATE_ERROR_INVALID},
        {"d", 0, ALL, WORLD_DONE},
        {"d/", GATE_OPEN_DIRECTORY, ALL, WORLD_DONE},
        {"d/.", GATE_OPEN_DIRECTORY, ALL, WORLD_DONE},
        {".", 0, ALL, WORLD_DONE},
        {"link", 0, GATE_FILE_READ, GATE_ERROR_LOOP},
        {"link", GATE_OPEN_FOLLOW, GATE_FILE_READ, WORLD_DONE},
        {"link", GATE_OPEN_CREATE, RW, GATE_ERROR_LOOP},
        {"link", GATE_OPEN_CREATE | GATE_OPEN_EXCLUSIVE | GATE_OPEN_FOLLOW, RW, GATE_ERROR_EXIST},
        {"dangling", GATE_OPEN_FOLLOW, RW, GATE_ERROR_NO_ENTRY},
        {"dangling", GATE_OPEN_FOLLOW | GATE_OPEN_CREATE, RW, WORLD_DONE},
        {"full", 256, RW, GATE_ERROR_INVALID},
        {"full", 0, 8, GATE_ERROR_INVALID},
        {"full", 0, 0, WORLD_DONE},
        {"full", GATE_OPEN_TRUNCATE, RW, WORLD_DONE},
        {"full", GATE_OPEN_FILE_INTEGRITY_SYNC, RW, WORLD_DONE},
        {"full", GATE_OPEN_DATA_INTEGRITY_SYNC, RW, WORLD_DONE},
        {"full", GATE_OPEN_REQUESTED_WRITE_SYNC, RW, WORLD_DONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int result =
            world_bench_open(&b, b.in, cases[i].path, cases[i].flags, cases[i].rights, &handle);
        if (result != cases[i].result)
            print_error("case %zu\n", i);
        assert_int_equal(result, cases[i].result);
    }

    assert_true(world_bench_says(&b, "in/full", ""));
    assert_true(world_bench_says(&b, "in/fresh", ""));
}

TEST(paths_that_are_none_are_refused)
{
    static char long_path[GATE_PATH_MAX + 2];
    struct world_ask ask = {.interface = GATE_FILE, .method = GATE_FILE_OPEN, .handle = b.in};
    memset(long_path, 'a', sizeof long_path);
    static const struct {
        struct bytes path;
        int result;
    } cases[] = {
        {{(const uint8_t *)"", 0}, GATE_ERROR_NO_ENTRY},
        {{(const uint8_t *)"a\0b", 3}, GATE_ERROR_ILLEGAL_BYTE_SEQUENCE},
        {{(const uint8_t *)"a\0", 2}, GATE_ERROR_ILLEGAL_BYTE_SEQUENCE},
        {{(const uint8_t *)"\xff", 1}, GATE_ERROR_ILLEGAL_BYTE_SEQUENCE},
        {{(const uint8_t *)"\xed\xa0\x80", 3}, GATE_ERROR_ILLEGAL_BYTE_SEQUENCE},
        {{(const uint8_t *)long_path, 256}, GATE_ERROR_NAME_TOO_LONG},
        {{(const uint8_t *)long_path, GATE_PATH_MAX}, GATE_ERROR_NAME_TOO_LONG},
        {{(const uint8_t *)long_path, GATE_PATH_MAX + 1}, GATE_ERROR_NAME_TOO_LONG},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ask.in = cases[i].path;
        ask.args[0] = GATE_OPEN_CREATE;
        assert_int_equal(world_bench_ask(&b, &ask), cases[i].result);
    }
}

TEST(pipes_devices_and_sockets_are_seen_and_not_opened)
{
    uint32_t handle;
    char path[256];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(path, sizeof path, "%s/in/pipe", b.root);
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_in_range(snprintf(path, sizeof path, "%s/in/socket", b.root), 1,
                    sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(socket_fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(close(socket_fd), 0);

    for (uint64_t rights = 0; rights <= RW; rights++) {
        assert_int_equal(world_bench_open(&b, b.in, "pipe", 0, rights, &handle),
                         GATE_ERROR_UNSUPPORTED);
        assert_int_equal(world_bench_open(&b, b.in, "socket", GATE_OPEN_CREATE, rights, &handle),
                         GATE_ERROR_UNSUPPORTED);
    }
    assert_int_equal(world_bench_open(&b, b.in, "pipe", GATE_OPEN_DIRECTORY, 0, &handle),
                     GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, b.in, "pipe", 0), WORLD_DONE);
    struct gate_stat stat;
    memcpy(&stat, world_bench_out(&b).data, sizeof stat);
    assert_int_equal(stat.type, GATE_TYPE_FIFO);
    assert_int_equal(world_bench_path(&b, GATE_FILE_UNLINK, b.in, "pipe", 0), WORLD_DONE);
    assert_int_equal(world_bench_path(&b, GATE_FILE_UNLINK, b.in, "socket", 0), WORLD_DONE);
}

TEST(methods_on_the_wrong_kind_say_so)
{
    world_bench_write(&b, "in/a", "text");
    uint32_t file = open_file("a", 0, RW);

    assert_int_equal(ask(GATE_FILE_PREAD, b.in, 0, 0, 0, 8), GATE_ERROR_IS_DIRECTORY);
    assert_int_equal(world_bench_pwrite(&b, b.in, 0, "x"), GATE_ERROR_IS_DIRECTORY);
    assert_int_equal(ask(GATE_FILE_SET_SIZE, b.in, 0, 0, 0, 0), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(ask(GATE_FILE_ADVISE, b.in, 0, 0, 0, 0), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(ask(GATE_FILE_ALLOCATE, b.in, 0, 1, 0, 0), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(ask(GATE_FILE_READ_DIRECTORY, file, 0, 0, 0, 512), GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(world_bench_path(&b, GATE_FILE_OPEN, file, "a", 0), GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, file, "a", 0),
                     GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(world_bench_path(&b, GATE_FILE_UNLINK, file, "a", 0),
                     GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(world_bench_pair(&b, GATE_FILE_RENAME, b.in, "a", file, "b"),
                     GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(ask(GATE_FILE_METHOD_COUNT, b.in, 0, 0, 0, 0), WORLD_STATUS(GATE_UNKNOWN));
    assert_true(world_bench_says(&b, "in/a", "text"));
}

TEST(a_file_does_what_it_was_opened_for)
{
    world_bench_write(&b, "in/a", "text");
    uint32_t reader = open_file("a", 0, GATE_FILE_READ);
    uint32_t writer = open_file("a", 0, GATE_FILE_WRITE);

    assert_int_equal(world_bench_pwrite(&b, reader, 0, "x"), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(ask(GATE_FILE_SET_SIZE, reader, 0, 0, 0, 0), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(ask(GATE_FILE_ALLOCATE, reader, 0, 9, 0, 0), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(ask(GATE_FILE_PREAD, writer, 0, 0, 0, 8), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(ask(GATE_FILE_SET_TIMES, reader, GATE_TIME_NOW, 0, 0, 0), WORLD_DONE);
    assert_true(world_bench_says(&b, "in/a", "text"));
}

TEST(closed_handles_stay_closed)
{
    uint32_t handle = open_file("a", GATE_OPEN_CREATE, RW);
    uint32_t newer;

    assert_int_equal(world_bench_close(&b, handle), WORLD_DONE);

    assert_int_equal(world_bench_close(&b, handle), WORLD_STATUS(GATE_BAD_HANDLE));
    for (unsigned i = 0; i < 5000; i++) {
        newer = open_file("a", 0, GATE_FILE_READ);
        assert_int_not_equal(newer, handle);
        assert_int_equal(ask(GATE_FILE_STAT, handle, 0, 0, 0, 64), WORLD_STATUS(GATE_BAD_HANDLE));
        assert_int_equal(world_bench_close(&b, newer), WORLD_DONE);
    }
    assert_int_equal(world_bench_close(&b, b.in), WORLD_STATUS(GATE_BAD_HANDLE));
    assert_int_equal(world_bench_close(&b, 0), WORLD_STATUS(GATE_BAD_HANDLE));
    assert_int_equal(world_bench_close(&b, UINT32_MAX), WORLD_STATUS(GATE_BAD_HANDLE));
    assert_int_equal(stat_of(b.in).type, GATE_TYPE_DIRECTORY);
}

TEST(handles_run_out_and_come_back)
{
    uint32_t first = open_file("a", GATE_OPEN_CREATE, RW);
    uint32_t handle;
    unsigned count = 1;
    int result;

    while ((result = world_bench_open(&b, b.in, "a", 0, RW, &handle)) == WORLD_DONE)
        count++;

    assert_int_equal(result, GATE_ERROR_TOO_MANY_HANDLES);
    assert_in_range(count, 900, 1022);
    assert_int_equal(world_bench_open(&b, b.in, "fresh", GATE_OPEN_CREATE, RW, &handle),
                     GATE_ERROR_TOO_MANY_HANDLES);
    assert_false(world_bench_exists(&b, "in/fresh"));
    assert_int_equal(world_bench_close(&b, first), WORLD_DONE);
    assert_int_equal(world_bench_open(&b, b.in, "a", 0, RW, &handle), WORLD_DONE);
}

/* Reads the whole directory in pieces of `out_len`; how often each of "file-0" ... was there. */
static unsigned list(uint32_t directory, uint32_t out_len, uint8_t *seen, unsigned count)
{
    uint64_t cookie = 0;
    unsigned total = 0;
    for (;;) {
        assert_int_equal(ask(GATE_FILE_READ_DIRECTORY, directory, cookie, 0, 0, out_len),
                         WORLD_DONE);
        struct bytes out = world_bench_out(&b);
        if (out.len == 0)
            return total;
        while (out.len != 0) {
            struct gate_entry entry;
            char name[256];
            assert_in_range(out.len, sizeof entry, out_len);
            memcpy(&entry, out.data, sizeof entry);
            memcpy(name, out.data + sizeof entry, entry.name_len);
            name[entry.name_len] = '\0';
            assert_memory_equal(name, "file-", 5);
            unsigned long number = strtoul(name + 5, NULL, 10);
            assert_in_range(number, 0, count - 1);
            assert_int_equal(entry.type, GATE_TYPE_REGULAR_FILE);
            seen[number]++;
            total++;
            cookie = entry.next;
            size_t len = sizeof entry + (entry.name_len + 7u) / 8 * 8;
            out = bytes_of(out.data + len, out.len - len);
        }
    }
}

TEST(a_directory_is_listed_whole_in_pieces_of_any_size)
{
    enum { COUNT = 700 };
    static const uint32_t sizes[] = {280, 1000, 4096, 40000};
    for (unsigned i = 0; i < COUNT; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "read/file-%u", i);
        world_bench_write(&b, path, "");
    }
    world_bench_write(&b, "read/\xff\xfe", ""); /* can not be said */

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        uint8_t seen[COUNT] = {0};
        assert_int_equal(list(b.read, sizes[i], seen, COUNT), COUNT);
        for (unsigned j = 0; j < COUNT; j++)
            assert_int_equal(seen[j], 1);
    }
    assert_int_equal(ask(GATE_FILE_READ_DIRECTORY, b.read, 0, 0, 0, 24),
                     WORLD_STATUS(GATE_BAD_REGION));
    assert_int_equal(ask(GATE_FILE_READ_DIRECTORY, b.read, UINT64_MAX, 0, 0, 512),
                     GATE_ERROR_INVALID);
    (void)ask(GATE_FILE_READ_DIRECTORY, b.read, INT64_MAX, 0, 0, 512); /* lives */
    assert_int_equal(ask(GATE_FILE_READ_DIRECTORY, b.in, 0, 0, 0, 512), WORLD_DONE);
    assert_int_equal(b.reply.out.len, 0);
}

TEST(entries_have_the_node_of_the_file)
{
    struct gate_entry entry;
    world_bench_write(&b, "in/file-0", "");
    uint64_t node = stat_of(open_file("file-0", 0, 0)).node;

    assert_int_equal(ask(GATE_FILE_READ_DIRECTORY, b.in, 0, 0, 0, 512), WORLD_DONE);

    memcpy(&entry, world_bench_out(&b).data, sizeof entry);
    assert_int_equal(entry.node, node);
}

TEST(names_are_made_moved_and_removed)
{
    static const struct {
        enum gate_file_method method;
        const char *path;
        const char *second; /* NULL: a method of one path */
        int result;
    } cases[] = {
        {GATE_FILE_CREATE_DIRECTORY, "d", NULL, WORLD_DONE},
        {GATE_FILE_CREATE_DIRECTORY, "d", NULL, GATE_ERROR_EXIST},
        {GATE_FILE_CREATE_DIRECTORY, "d/e//", NULL, WORLD_DONE},
        {GATE_FILE_CREATE_DIRECTORY, "d/..", NULL, GATE_ERROR_EXIST},
        {GATE_FILE_CREATE_DIRECTORY, ".", NULL, GATE_ERROR_EXIST},
        {GATE_FILE_CREATE_DIRECTORY, "none/e", NULL, GATE_ERROR_NO_ENTRY},
        {GATE_FILE_REMOVE_DIRECTORY, "d", NULL, GATE_ERROR_NOT_EMPTY},
        {GATE_FILE_REMOVE_DIRECTORY, "d/.", NULL, GATE_ERROR_INVALID},
        {GATE_FILE_REMOVE_DIRECTORY, "d/e/", NULL, WORLD_DONE},
        {GATE_FILE_UNLINK, "d", NULL, GATE_ERROR_IS_DIRECTORY},
        {GATE_FILE_UNLINK, "file/", NULL, GATE_ERROR_NOT_DIRECTORY},
        {GATE_FILE_REMOVE_DIRECTORY, "file", NULL, GATE_ERROR_NOT_DIRECTORY},
        {GATE_FILE_SYMLINK, "file", "d/link/", GATE_ERROR_NO_ENTRY},
        {GATE_FILE_SYMLINK, "../file", "d/link", WORLD_DONE},
        {GATE_FILE_SYMLINK, "x", "d/link", GATE_ERROR_EXIST},
        {GATE_FILE_SYMLINK, "/file", "d/absolute", GATE_ERROR_NOT_PERMITTED},
        {GATE_FILE_SYMLINK, "", "d/none", GATE_ERROR_NO_ENTRY},
        {GATE_FILE_READ_LINK, "d/link", NULL, WORLD_DONE},
        {GATE_FILE_READ_LINK, "file", NULL, GATE_ERROR_INVALID},
        {GATE_FILE_LINK, "file", "d/hard", WORLD_DONE},
        {GATE_FILE_LINK, "file", "d/hard", GATE_ERROR_EXIST},
        {GATE_FILE_LINK, "file/", "d/other", GATE_ERROR_NOT_DIRECTORY},
        {GATE_FILE_LINK, "d", "e", GATE_ERROR_NOT_PERMITTED},
        {GATE_FILE_LINK, "d/", "e", GATE_ERROR_NOT_PERMITTED},
        {GATE_FILE_LINK, "d/link", "d/link2", WORLD_DONE},
        {GATE_FILE_RENAME, "file", "d/moved", WORLD_DONE},
        {GATE_FILE_RENAME, "d/moved/", "d/x", GATE_ERROR_NOT_DIRECTORY},
        {GATE_FILE_RENAME, "d", "d/e/f", GATE_ERROR_NO_ENTRY},
        {GATE_FILE_RENAME, "d", "d/e", GATE_ERROR_INVALID},
        {GATE_FILE_RENAME, "d/.", "e", GATE_ERROR_BUSY},
        {GATE_FILE_RENAME, "d/", "e/", WORLD_DONE},
        {GATE_FILE_UNLINK, "e/hard", NULL, WORLD_DONE},
    };
    world_bench_write(&b, "in/file", "text");

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int result =
            cases[i].second == NULL
                ? world_bench_path(&b, cases[i].method, b.in, cases[i].path, 0)
                : world_bench_pair(&b, cases[i].method, b.in, cases[i].path, b.in, cases[i].second);
        if (result != cases[i].result)
            print_error("case %zu\n", i);
        assert_int_equal(result, cases[i].result);
    }

    assert_true(world_bench_says(&b, "in/e/moved", "text"));
    assert_false(world_bench_exists(&b, "in/e/hard"));
    assert_true(world_bench_exists(&b, "in/e/link2"));
}

TEST(a_link_is_read_cut_and_followed_by_a_hard_link_that_asks)
{
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = GATE_FILE_LINK,
        .handle = b.in,
        .in = BYTES_LITERAL("d/link"),
        .second = BYTES_LITERAL("hard"),
        .args = {6, b.in, GATE_OPEN_FOLLOW},
    };
    world_bench_write(&b, "in/file", "text");
    world_bench_make_directory(&b, "in/d");
    world_bench_make_link(&b, "./../second", "in/d/link");
    world_bench_make_link(&b, "file", "in/second");

    assert_int_equal(world_bench_ask(&b, &ask), WORLD_DONE);

    assert_true(world_bench_says(&b, "in/hard", "text"));
    struct gate_stat stat = stat_of(open_file("hard", 0, 0));
    assert_int_equal(stat.links, 2);
    assert_int_equal(world_bench_path(&b, GATE_FILE_READ_LINK, b.in, "d/link", 0), WORLD_DONE);
    assert_out("./../second");
    ask = (struct world_ask){.interface = GATE_FILE,
                             .method = GATE_FILE_READ_LINK,
                             .handle = b.in,
                             .in = BYTES_LITERAL("second"),
                             .out_len = 2};
    assert_int_equal(world_bench_ask(&b, &ask), WORLD_DONE);
    assert_out("fi");
}

TEST(looks_at_names_follow_a_link_only_when_asked)
{
    struct gate_stat stat;
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = GATE_FILE_SET_TIMES_AT,
        .handle = b.in,
        .in = BYTES_LITERAL("link"),
        .args = {GATE_TIME_SET << 2, 0, 5, 0},
    };
    world_bench_write(&b, "in/file", "text");
    world_bench_make_link(&b, "file", "in/link");

    assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, b.in, "link", 0), WORLD_DONE);
    memcpy(&stat, world_bench_out(&b).data, sizeof stat);
    assert_int_equal(stat.type, GATE_TYPE_SYMBOLIC_LINK);
    assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, b.in, "link", GATE_OPEN_FOLLOW),
                     WORLD_DONE);
    memcpy(&stat, world_bench_out(&b).data, sizeof stat);
    assert_int_equal(stat.type, GATE_TYPE_REGULAR_FILE);
    assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, b.in, "link", 1), GATE_ERROR_INVALID);

    assert_int_equal(world_bench_ask(&b, &ask), WORLD_DONE);
    assert_int_not_equal(stat_of(open_file("file", 0, 0)).modified, 5);
    assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, b.in, "link", 0), WORLD_DONE);
    memcpy(&stat, world_bench_out(&b).data, sizeof stat);
    assert_int_equal(stat.modified, 5);
    ask.args[3] = GATE_OPEN_FOLLOW;
    assert_int_equal(world_bench_ask(&b, &ask), WORLD_DONE);
    assert_int_equal(stat_of(open_file("file", 0, 0)).modified, 5);
}

TEST(requests_of_a_wrong_shape_are_refused)
{
    struct world_ask link = {
        .interface = GATE_FILE,
        .method = GATE_FILE_LINK,
        .handle = b.in,
        .in = BYTES_LITERAL("ab"),
        .args = {3, b.in},
    };
    struct world_ask times = {
        .interface = GATE_FILE,
        .method = GATE_FILE_SET_TIMES_AT,
        .handle = b.in,
        .in = BYTES_LITERAL("a"),
        .args = {GATE_TIME_NOW, 0, 0, GATE_OPEN_CREATE},
    };
    struct world_ask stat = {.interface = GATE_FILE,
                             .method = GATE_FILE_STAT_AT,
                             .handle = b.in,
                             .in = BYTES_LITERAL("a"),
                             .out_len = 63};
    world_bench_write(&b, "in/a", "text");
    world_bench_make_link(&b, "\xff", "in/unsayable");

    assert_int_equal(world_bench_ask(&b, &link), WORLD_STATUS(GATE_BAD_REGION));
    link.args[0] = UINT64_MAX;
    assert_int_equal(world_bench_ask(&b, &link), WORLD_STATUS(GATE_BAD_REGION));
    link.args[0] = 1;
    link.args[1] = (uint64_t)1 << 32 | b.in;
    assert_int_equal(world_bench_ask(&b, &link), WORLD_STATUS(GATE_BAD_HANDLE));
    link.args[1] = b.in;
    link.args[2] = 1;
    assert_int_equal(world_bench_ask(&b, &link), GATE_ERROR_INVALID);
    link.args[2] = 0;
    assert_int_equal(world_bench_ask(&b, &link), WORLD_DONE);
    assert_int_equal(world_bench_ask(&b, &times), GATE_ERROR_INVALID);
    times.args[3] = 0;
    times.args[0] = 15;
    assert_int_equal(world_bench_ask(&b, &times), GATE_ERROR_INVALID);
    assert_int_equal(world_bench_ask(&b, &stat), WORLD_STATUS(GATE_BAD_REGION));
    assert_int_equal(world_bench_path(&b, GATE_FILE_READ_LINK, b.in, "unsayable", 0),
                     GATE_ERROR_ILLEGAL_BYTE_SEQUENCE);
    assert_true(world_bench_says(&b, "in/b", "text"));
}

TEST(now_is_the_fixed_clocks)
{
    world_bench_stop(&b);
    world_bench_start(
        &b, &(struct world_setup){.stdio = {-1, -1, -1}, .has_fixed_clock = true, .wall_ns = -7});
    uint32_t file = open_file("a", GATE_OPEN_CREATE, RW);

    assert_int_equal(ask(GATE_FILE_SET_TIMES, file, GATE_TIME_NOW << 2, 0, 0, 0), WORLD_DONE);

    assert_int_equal(stat_of(file).modified, -7);
}

#define F(name) cmocka_unit_test_setup_teardown(name, start, stop)

TEST_MAIN(F(what_is_written_is_read_again), F(appending_does_not_care_for_the_offset),
          F(offsets_past_what_a_file_can_have_fail),
          F(a_write_past_the_process_limit_fails_and_kills_nobody),
          F(size_times_sync_advice_and_room),
          F(a_stat_tells_files_apart_without_the_machines_numbers),
          F(open_makes_truncates_and_insists), F(paths_that_are_none_are_refused),
          F(pipes_devices_and_sockets_are_seen_and_not_opened), F(methods_on_the_wrong_kind_say_so),
          F(a_file_does_what_it_was_opened_for), F(closed_handles_stay_closed),
          F(handles_run_out_and_come_back), F(a_directory_is_listed_whole_in_pieces_of_any_size),
          F(entries_have_the_node_of_the_file), F(names_are_made_moved_and_removed),
          F(a_link_is_read_cut_and_followed_by_a_hard_link_that_asks),
          F(looks_at_names_follow_a_link_only_when_asked), F(requests_of_a_wrong_shape_are_refused),
          F(now_is_the_fixed_clocks))

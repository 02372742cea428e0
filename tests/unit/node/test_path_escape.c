/*
 * tests/unit/node/test_path_escape.c: a cell does not leave the directories that it was given.
 *
 * A table of attempts, one request each: what it hears, and that outside nothing changed and
 * nothing was read. Races, where somebody renames under us, are test_path_race.c.
 *
 *     in/    file, d/file, d/e/, and the links below        read/  the same
 *     out/   canary ("secret"), sub/canary                  not granted
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "tests/support/world_bench.h"

#define RW (GATE_FILE_READ | GATE_FILE_WRITE)

static struct world_bench b;
static struct stat canary_before;

enum at { IN, READ, IN_D }; /* which directory's handle */

struct attempt {
    enum gate_file_method method;
    enum at at;
    const char *path;
    uint64_t flags;     /* of OPEN, STAT_AT, SET_TIMES_AT, LINK */
    const char *second; /* of SYMLINK, LINK, RENAME */
    enum at second_at;
    int result;
};

#define NO   GATE_ERROR_NOT_PERMITTED
#define LOOP GATE_ERROR_LOOP
#define RO   GATE_ERROR_READ_ONLY
#define GONE GATE_ERROR_NO_ENTRY

#define OPEN(path, flags, result)     {GATE_FILE_OPEN, IN, path, flags, NULL, IN, result}
#define STAT(path, flags, result)     {GATE_FILE_STAT_AT, IN, path, flags, NULL, IN, result}
#define TIMES(path, flags, result)    {GATE_FILE_SET_TIMES_AT, IN, path, flags, NULL, IN, result}
#define MAKE(path, result)            {GATE_FILE_CREATE_DIRECTORY, IN, path, 0, NULL, IN, result}
#define REMOVE(path, result)          {GATE_FILE_REMOVE_DIRECTORY, IN, path, 0, NULL, IN, result}
#define UNLINK(path, result)          {GATE_FILE_UNLINK, IN, path, 0, NULL, IN, result}
#define SAYS(path, result)            {GATE_FILE_READ_LINK, IN, path, 0, NULL, IN, result}
#define SYMLINK(says, path, result)   {GATE_FILE_SYMLINK, IN, says, 0, path, IN, result}
#define LINK(path, flags, to, result) {GATE_FILE_LINK, IN, path, flags, to, IN, result}
#define RENAME(path, to, result)      {GATE_FILE_RENAME, IN, path, 0, to, IN, result}

#define FOLLOW GATE_OPEN_FOLLOW
#define CREATE GATE_OPEN_CREATE
#define TRUNC  GATE_OPEN_TRUNCATE
#define FOLDER GATE_OPEN_DIRECTORY

static const struct attempt ATTEMPTS[] = {
    /* `..` wherever it can stand. */
    OPEN("..", 0, NO),
    OPEN("../", FOLDER, NO),
    OPEN("../out/canary", 0, NO),
    OPEN("./../out/canary", 0, NO),
    OPEN("d/../../out/canary", 0, NO),
    OPEN("d/e/../../../out/canary", 0, NO),
    OPEN("d/./e/.././../../out/canary", 0, NO),
    OPEN("d//..//..//out//canary", 0, NO),
    OPEN("../in/file", 0, NO), /* comes back, but was outside */
    OPEN("d/../../in/file", 0, NO),
    OPEN("none/../../out/canary", 0, GONE),
    OPEN("file/../../out/canary", 0, GATE_ERROR_NOT_DIRECTORY),
    OPEN("../new", CREATE, NO),
    OPEN("d/../../new", CREATE | GATE_OPEN_EXCLUSIVE, NO),
    OPEN("../out/canary", TRUNC, NO),
    {GATE_FILE_OPEN, IN_D, "../file", 0, NULL, IN, NO},
    {GATE_FILE_OPEN, IN_D, "e/../../file", 0, NULL, IN, NO},
    /* And where it may. */
    OPEN("d/../file", 0, WORLD_DONE),
    OPEN("d/e/../../d/file", 0, WORLD_DONE),
    OPEN("d/..", FOLDER, WORLD_DONE),
    /* Absolute paths, also of what is inside. */
    OPEN("/", FOLDER, NO),
    OPEN("//", FOLDER, NO),
    OPEN("/etc/passwd", 0, NO),
    OPEN("/proc/self/root", FOLLOW, NO),
    OPEN("/file", 0, NO),
    OPEN("/in/file", 0, NO),
    /* Symlinks that lead out, at the end and in the middle. */
    OPEN("up", FOLLOW, NO),
    OPEN("up/", FOLDER, NO),
    OPEN("up/out/canary", 0, NO),
    OPEN("outside/canary", 0, NO),
    OPEN("outside/sub/canary", FOLLOW, NO),
    OPEN("outside", FOLLOW | FOLDER, NO),
    OPEN("secret", FOLLOW, NO),
    OPEN("secret", FOLLOW | TRUNC, NO),
    OPEN("secret", 0, LOOP),
    OPEN("secret/", 0, NO),
    OPEN("d/deep/canary", 0, NO),
    OPEN("first", FOLLOW, NO), /* -> d/second -> e/third -> ../../../out/canary */
    OPEN("d/second", FOLLOW, NO),
    OPEN("back/out/canary", 0, NO), /* -> d/../.. */
    OPEN("fresh", FOLLOW | CREATE, NO),
    OPEN("fresh/", FOLLOW | CREATE, NO),
    OPEN("etc/passwd", 0, NO),
    OPEN("etc", FOLLOW | FOLDER, NO),
    OPEN("itself", FOLLOW, NO), /* absolute, though it leads inside */
    OPEN("root/etc/passwd", 0, NO),
    OPEN("relative-root/etc/passwd", 0, NO),
    OPEN("loop", FOLLOW, LOOP),
    OPEN("loop/x", 0, LOOP),
    OPEN("ping", FOLLOW, LOOP),
    OPEN("ping/../../out/canary", 0, LOOP),
    OPEN("inside", FOLLOW, WORLD_DONE),
    OPEN("around/file", FOLLOW, WORLD_DONE), /* -> d/../d */
    /* Looking. */
    STAT("..", 0, NO),
    STAT("../out/canary", FOLLOW, NO),
    STAT("secret", FOLLOW, NO),
    STAT("secret", 0, WORLD_DONE), /* the link */
    STAT("outside/canary", 0, NO),
    STAT("outside/", 0, NO),
    STAT("/etc", 0, NO),
    STAT("root", FOLLOW, NO),
    SAYS("../out", NO),
    SAYS("outside/canary", NO),
    SAYS("outside/", NO),
    SAYS("up/in/up", NO),
    TIMES("../out/canary", 0, NO),
    TIMES("secret", FOLLOW, NO),
    TIMES("outside/canary", 0, NO),
    TIMES("outside/", 0, NO),
    TIMES("..", 0, NO),
    /* Making and removing. */
    MAKE("../new", NO),
    MAKE("outside/new", NO),
    MAKE("up/new/", NO),
    MAKE("fresh", GATE_ERROR_EXIST),
    MAKE("fresh/", GATE_ERROR_EXIST),
    MAKE("..", NO),
    MAKE("d/../..", NO),
    REMOVE("../out/sub", NO),
    REMOVE("outside/sub", NO),
    REMOVE("outside", GATE_ERROR_NOT_DIRECTORY),
    REMOVE("outside/", GATE_ERROR_NOT_DIRECTORY),
    REMOVE("..", NO),
    REMOVE("d/../../out", NO),
    UNLINK("../out/canary", NO),
    UNLINK("outside/canary", NO),
    UNLINK("secret/", GATE_ERROR_NOT_DIRECTORY),
    UNLINK("/file", NO),
    UNLINK("..", NO),
    SYMLINK("/etc", "new", NO),
    SYMLINK("/", "new", NO),
    SYMLINK("file", "../new", NO),
    SYMLINK("file", "outside/new", NO),
    SYMLINK("file", "fresh/", GATE_ERROR_EXIST),
    SYMLINK("file", "fresh", GATE_ERROR_EXIST),
    /* Other names for what is there. */
    LINK("../out/canary", 0, "new", NO),
    LINK("outside/canary", 0, "new", NO),
    LINK("secret", FOLLOW, "new", NO),
    LINK("secret/", 0, "new", NO),
    LINK("outside/", 0, "new", NO),
    LINK("first", FOLLOW, "new", NO),
    LINK("itself", FOLLOW, "new", NO),
    LINK("loop", FOLLOW, "new", LOOP),
    LINK("etc", FOLLOW, "new", NO),
    LINK("file", 0, "../out/new", NO),
    LINK("file", 0, "outside/new", NO),
    LINK("file", 0, "/new", NO),
    LINK("file", 0, "fresh", GATE_ERROR_EXIST),
    LINK("..", 0, "new", NO),
    RENAME("../out/canary", "new", NO),
    RENAME("outside/canary", "new", NO),
    RENAME("outside/sub/", "new", NO),
    RENAME("file", "../out/new", NO),
    RENAME("file", "outside/canary", NO),
    RENAME("file", "up/new", NO),
    RENAME("file", "/new", NO),
    RENAME("..", "new", NO),
    RENAME("d", "..", NO),
    RENAME("d", "outside/", GATE_ERROR_NOT_DIRECTORY),
    {GATE_FILE_RENAME, IN_D, "../file", 0, "new", IN_D, NO},
    {GATE_FILE_RENAME, IN_D, "file", 0, "../new", IN, NO},
    /* What was granted to read is only read, and gets no name where it could be written. */
    {GATE_FILE_OPEN, READ, "file", 0, NULL, IN, RO}, /* for RW */
    {GATE_FILE_OPEN, READ, "new", CREATE, NULL, IN, RO},
    {GATE_FILE_OPEN, READ, "file", TRUNC, NULL, IN, RO},
    {GATE_FILE_OPEN, READ, "d/e", FOLDER, NULL, IN, RO},
    {GATE_FILE_SET_TIMES_AT, READ, "file", 0, NULL, IN, RO},
    {GATE_FILE_SET_TIMES_AT, READ, "inside", FOLLOW, NULL, IN, RO},
    {GATE_FILE_CREATE_DIRECTORY, READ, "new", 0, NULL, IN, RO},
    {GATE_FILE_REMOVE_DIRECTORY, READ, "d/e", 0, NULL, IN, RO},
    {GATE_FILE_UNLINK, READ, "file", 0, NULL, IN, RO},
    {GATE_FILE_SYMLINK, READ, "file", 0, "new", READ, RO},
    {GATE_FILE_LINK, READ, "file", 0, "new", READ, RO},
    {GATE_FILE_LINK, READ, "file", 0, "new", IN, RO},
    {GATE_FILE_LINK, IN, "file", 0, "new", READ, RO},
    {GATE_FILE_RENAME, READ, "file", 0, "new", READ, RO},
    {GATE_FILE_RENAME, READ, "file", 0, "new", IN, RO},
    {GATE_FILE_RENAME, IN, "file", 0, "new", READ, RO},
    {GATE_FILE_OPEN, READ, "../in/file", CREATE, NULL, IN, RO},
    {GATE_FILE_STAT_AT, READ, "../in/file", 0, NULL, IN, NO},
    {GATE_FILE_STAT_AT, READ, "secret", FOLLOW, NULL, IN, NO},
};

static void fill(const char *folder)
{
    static const struct {
        const char *says;
        const char *path;
    } links[] = {
        {"..", "up"},
        {"../out", "outside"},
        {"../out/canary", "secret"},
        {"../../out", "d/deep"},
        {"d/second", "first"},
        {"e/third", "d/second"},
        {"../../../out/canary", "d/e/third"},
        {"d/../..", "back"},
        {"../out/new", "fresh"},
        {"/etc", "etc"},
        {"/proc/self/root", "root"},
        {"../../../../../../../../proc/self/root", "relative-root"},
        {"loop", "loop"},
        {"pong", "ping"},
        {"ping", "pong"},
        {"file", "inside"},
        {"d/../d", "around"},
    };
    char path[512];
    (void)snprintf(path, sizeof path, "%s/d", folder);
    world_bench_make_directory(&b, path);
    (void)snprintf(path, sizeof path, "%s/d/e", folder);
    world_bench_make_directory(&b, path);
    (void)snprintf(path, sizeof path, "%s/file", folder);
    world_bench_write(&b, path, "inside");
    (void)snprintf(path, sizeof path, "%s/d/file", folder);
    world_bench_write(&b, path, "inside");
    for (size_t i = 0; i < ARRAY_LEN(links); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, links[i].path);
        world_bench_make_link(&b, links[i].says, path);
    }
    char says[512];
    (void)snprintf(says, sizeof says, "%s/%s/file", b.root, folder);
    (void)snprintf(path, sizeof path, "%s/itself", folder);
    world_bench_make_link(&b, says, path);
}

static struct stat stat_canary(void)
{
    struct stat stat;
    char path[256];
    (void)snprintf(path, sizeof path, "%s/out/canary", b.root);
    assert_int_equal(lstat(path, &stat), 0);
    return stat;
}

static int start(void **state)
{
    (void)state;
    world_bench_start(&b, NULL);
    fill("in");
    fill("read");
    world_bench_write(&b, "out/canary", "secret");
    world_bench_make_directory(&b, "out/sub");
    world_bench_write(&b, "out/sub/canary", "secret");
    canary_before = stat_canary();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    world_bench_stop(&b);
    return 0;
}

static unsigned count_entries(const char *folder)
{
    char path[256];
    unsigned count = 0;
    (void)snprintf(path, sizeof path, "%s/%s", b.root, folder);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    assert_int_equal(closedir(directory), 0);
    return count - 2;
}

/* Outside everything is as it was. */
static bool is_outside_whole(void)
{
    struct stat now = stat_canary();
    return count_entries(".") == 3 && count_entries("out") == 2 && count_entries("out/sub") == 1 &&
           world_bench_says(&b, "out/canary", "secret") &&
           world_bench_says(&b, "out/sub/canary", "secret") && now.st_nlink == 1 &&
           now.st_ino == canary_before.st_ino &&
           now.st_mtim.tv_nsec == canary_before.st_mtim.tv_nsec &&
           now.st_ctim.tv_nsec == canary_before.st_ctim.tv_nsec;
}

static uint32_t handle_of(enum at at)
{
    uint32_t handle;
    if (at == IN)
        return b.in;
    if (at == READ)
        return b.read;
    assert_int_equal(world_bench_open(&b, b.in, "d", FOLDER, RW | GATE_FILE_CHANGE, &handle),
                     WORLD_DONE);
    return handle;
}

static int attempt(const struct attempt *attempt)
{
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = (uint16_t)attempt->method,
        .handle = handle_of(attempt->at),
        .in = bytes_of(attempt->path, strlen(attempt->path)),
        .out_len = 4096,
        .args = {attempt->flags},
    };
    if (attempt->method == GATE_FILE_OPEN)
        ask.args[1] = (attempt->flags & FOLDER) != 0 ? RW | GATE_FILE_CHANGE : RW;
    if (attempt->method == GATE_FILE_SET_TIMES_AT) {
        ask.args[0] = GATE_TIME_SET | GATE_TIME_SET << 2;
        ask.args[3] = attempt->flags;
    }
    if (attempt->second != NULL) {
        ask.second = bytes_of(attempt->second, strlen(attempt->second));
        ask.args[0] = ask.in.len;
        ask.args[1] = handle_of(attempt->second_at);
        ask.args[2] = attempt->flags;
    }
    return world_bench_ask(&b, &ask);
}

/* What an attempt gave that may succeed. */
static void check_success(const struct attempt *done)
{
    struct world_ask ask = {.interface = GATE_FILE, .out_len = 64};
    if (done->method != GATE_FILE_OPEN)
        return;
    ask.handle = (uint32_t)b.reply.values[0];
    ask.method = GATE_FILE_PREAD;
    if (b.reply.values[1] == GATE_TYPE_REGULAR_FILE) {
        assert_int_equal(world_bench_ask(&b, &ask), WORLD_DONE);
        assert_int_equal(b.reply.out.len, 6);
        assert_memory_equal(world_bench_out(&b).data, "inside", 6);
    }
    assert_int_equal(world_bench_close(&b, ask.handle), WORLD_DONE);
}

TEST(no_attempt_of_the_table_leaves)
{
    unsigned refused = 0;
    for (size_t i = 0; i < ARRAY_LEN(ATTEMPTS); i++) {
        const struct attempt *one = &ATTEMPTS[i];
        uint32_t lines = b.refused_count;
        int result = attempt(one);
        bool is_logged = b.refused_count == lines + 1;
        if (result == WORLD_DONE)
            check_success(one);
        if (result != one->result || is_logged != (result == NO) || !is_outside_whole()) {
            print_error("attempt %zu, method %u, \"%s\", \"%s\"\n", i, (unsigned)one->method,
                        one->path, one->second == NULL ? "" : one->second);
            assert_int_equal(result, one->result);
            assert_int_equal(is_logged, result == NO);
            fail();
        }
        refused += result != WORLD_DONE;
    }
    assert_in_range(refused, 60, ARRAY_LEN(ATTEMPTS));
    assert_int_equal(count_entries("in"), count_entries("read"));
    assert_true(world_bench_says(&b, "read/file", "inside"));
}

TEST(paths_of_every_length_that_climb_stay_inside)
{
    char path[GATE_PATH_MAX + 1] = "";
    uint32_t handle;
    for (size_t len = 0; len + 3 <= GATE_PATH_MAX; len += 3) {
        memcpy(path + len, "../", 4);
        int result = world_bench_open(&b, b.in, path, 0, GATE_FILE_READ, &handle);
        if (result != NO)
            assert_int_equal(result, GATE_ERROR_NAME_TOO_LONG);
    }
    /* Down and up as often: stays; once more: does not. */
    size_t len = 0;
    for (unsigned i = 0; i < 600; i++)
        len += (size_t)snprintf(path + len, sizeof path - len, "d/../");
    assert_int_equal(world_bench_open(&b, b.in, path, 0, GATE_FILE_READ, &handle), WORLD_DONE);
    (void)snprintf(path + len, sizeof path - len, "../out/canary");
    assert_int_equal(world_bench_open(&b, b.in, path, 0, GATE_FILE_READ, &handle), NO);
    assert_true(is_outside_whole());
}

TEST(long_chains_of_links_end)
{
    char says[32];
    char path[32];
    uint32_t handle;
    world_bench_write(&b, "in/c0", "inside");
    for (unsigned i = 1; i <= 60; i++) {
        (void)snprintf(says, sizeof says, "c%u", i - 1);
        (void)snprintf(path, sizeof path, "in/c%u", i);
        world_bench_make_link(&b, says, path);
    }

    assert_int_equal(world_bench_open(&b, b.in, "c40", FOLLOW, RW, &handle), WORLD_DONE);
    assert_int_equal(world_bench_open(&b, b.in, "c41", FOLLOW, RW, &handle), LOOP);
    assert_int_equal(world_bench_open(&b, b.in, "c60", FOLLOW, RW, &handle), LOOP);
    static const struct attempt hard[] = {LINK("c20", FOLLOW, "h20", WORLD_DONE),
                                          LINK("c60", FOLLOW, "h60", LOOP)};
    assert_int_equal(attempt(&hard[0]), WORLD_DONE);
    assert_int_equal(attempt(&hard[1]), LOOP);
    assert_true(world_bench_says(&b, "in/h20", "inside"));
}

TEST(a_removed_directory_leads_nowhere)
{
    uint32_t removed;
    uint32_t handle;
    assert_int_equal(world_bench_path(&b, GATE_FILE_CREATE_DIRECTORY, b.in, "gone", 0), WORLD_DONE);
    assert_int_equal(world_bench_open(&b, b.in, "gone", FOLDER, RW | GATE_FILE_CHANGE, &removed),
                     WORLD_DONE);
    assert_int_equal(world_bench_path(&b, GATE_FILE_REMOVE_DIRECTORY, b.in, "gone", 0), WORLD_DONE);

    assert_int_equal(world_bench_open(&b, removed, "..", 0, 0, &handle), NO);
    assert_int_equal(world_bench_open(&b, removed, "../file", 0, 0, &handle), NO);
    assert_int_equal(world_bench_open(&b, removed, "../../out/canary", 0, 0, &handle), NO);
    assert_int_equal(world_bench_open(&b, removed, "new", CREATE, RW, &handle), GONE);
    assert_int_equal(world_bench_path(&b, GATE_FILE_CREATE_DIRECTORY, removed, "new", 0), GONE);
    assert_int_equal(world_bench_pair(&b, GATE_FILE_RENAME, b.in, "file", removed, "new"), GONE);
    assert_true(is_outside_whole());
}

TEST(a_directory_that_is_moved_away_is_still_a_bound)
{
    char from[256];
    char to[256];
    uint32_t moved = handle_of(IN_D);
    uint32_t handle;
    (void)snprintf(from, sizeof from, "%s/in/d", b.root);
    (void)snprintf(to, sizeof to, "%s/out/d", b.root);
    assert_int_equal(rename(from, to), 0);

    assert_int_equal(world_bench_open(&b, moved, "..", 0, 0, &handle), NO);
    assert_int_equal(world_bench_open(&b, moved, "../canary", 0, 0, &handle), NO);
    assert_int_equal(world_bench_open(&b, moved, "e/../../canary", 0, 0, &handle), NO);
    assert_int_equal(world_bench_open(&b, moved, "deep/canary", 0, 0, &handle), NO);
    assert_int_equal(world_bench_pair(&b, GATE_FILE_RENAME, moved, "file", moved, "../new"), NO);
    assert_int_equal(world_bench_open(&b, moved, "file", 0, 0, &handle), WORLD_DONE);

    assert_int_equal(rename(to, from), 0);
    assert_true(is_outside_whole());
}

TEST(a_handle_asks_for_no_more_than_its_directory_has)
{
    uint32_t reader;
    uint32_t handle;
    assert_int_equal(world_bench_open(&b, b.in, "d", FOLDER, GATE_FILE_READ, &reader), WORLD_DONE);

    assert_int_equal(world_bench_open(&b, reader, "file", 0, RW, &handle), RO);
    assert_int_equal(world_bench_open(&b, reader, "new", CREATE, GATE_FILE_READ, &handle), RO);
    assert_int_equal(world_bench_open(&b, reader, "e", FOLDER, GATE_FILE_CHANGE, &handle), RO);
    assert_int_equal(world_bench_path(&b, GATE_FILE_UNLINK, reader, "file", 0), RO);
    assert_int_equal(world_bench_pair(&b, GATE_FILE_LINK, reader, "file", b.in, "new"), RO);
    assert_int_equal(world_bench_open(&b, b.in, "d", FOLDER, GATE_FILE_CHANGE, &reader),
                     WORLD_DONE);
    assert_int_equal(world_bench_open(&b, reader, "file", 0, GATE_FILE_READ, &handle), NO);
    /* A link there would be no more than it is, but one from there would be. */
    assert_int_equal(world_bench_pair(&b, GATE_FILE_LINK, reader, "file", b.in, "new"), RO);
    assert_int_equal(world_bench_pair(&b, GATE_FILE_LINK, b.in, "file", reader, "new"), WORLD_DONE);
}

TEST(a_closed_handle_opens_nothing)
{
    uint32_t closed = handle_of(IN_D);
    uint32_t other;
    assert_int_equal(world_bench_close(&b, closed), WORLD_DONE);
    assert_int_equal(world_bench_open(&b, b.read, ".", 0, GATE_FILE_READ, &other), WORLD_DONE);

    for (uint16_t method = 0; method < GATE_FILE_METHOD_COUNT; method++) {
        struct world_ask ask = {
            .interface = GATE_FILE,
            .method = method,
            .handle = closed,
            .in = BYTES_LITERAL("filefile"),
            .out_len = 512,
        };
        if (method == GATE_FILE_SYMLINK || method == GATE_FILE_LINK || method == GATE_FILE_RENAME) {
            ask.args[0] = 4;
            ask.args[1] = b.in;
        }
        assert_int_equal(world_bench_ask(&b, &ask), WORLD_STATUS(GATE_BAD_HANDLE));
    }
    assert_int_equal(world_bench_pair(&b, GATE_FILE_RENAME, b.in, "file", closed, "new"),
                     WORLD_STATUS(GATE_BAD_HANDLE));
}

/* In a mount namespace of its own, which needs a privilege; the test says so where it is missing.
 */
TEST(a_proc_file_system_beneath_is_no_door)
{
    char path[256];
    uint32_t handle;
    if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        print_message("no mount namespace may be made here\n");
        skip();
    }
    (void)start(state);
    (void)snprintf(path, sizeof path, "%s/in/d/e", b.root);
    assert_int_equal(mount("/proc", path, NULL, MS_BIND | MS_REC, NULL), 0);

    static const char *const doors[] = {"d/e",
                                        "d/e/",
                                        "d/e/version",
                                        "d/e/self/mem",
                                        "d/e/self/environ",
                                        "d/e/thread-self/maps",
                                        "d/e/1/status"};
    for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
        assert_int_equal(world_bench_open(&b, b.in, doors[i], FOLLOW, 0, &handle), NO);
        assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, b.in, doors[i], 0), NO);
    }
    static const char *const links[] = {"d/e/self/root/etc/passwd", "d/e/self/cwd/x",
                                        "d/e/self/fd/0", "d/e/self/root"};
    for (size_t i = 0; i < ARRAY_LEN(links); i++)
        assert_int_equal(world_bench_open(&b, b.in, links[i], FOLLOW, 0, &handle), LOOP);
    assert_int_equal(world_bench_path(&b, GATE_FILE_READ_LINK, b.in, "d/e/self/root", 0), NO);
    assert_int_equal(world_bench_path(&b, GATE_FILE_READ_LINK, b.in, "d/e/self", 0), NO);
    /* From the mounted one back up stays beneath. */
    assert_int_equal(world_bench_open(&b, b.in, "d/e/../file", 0, RW, &handle), WORLD_DONE);
    assert_int_equal(world_bench_open(&b, b.in, "d/e/../../../out/canary", 0, RW, &handle), NO);
    assert_int_equal(umount2(path, MNT_DETACH), 0);
    assert_true(is_outside_whole());
    (void)stop(state);
}

#define F(name) cmocka_unit_test_setup_teardown(name, start, stop)

TEST_MAIN(F(no_attempt_of_the_table_leaves), F(paths_of_every_length_that_climb_stay_inside),
          F(long_chains_of_links_end), F(a_removed_directory_leads_nowhere),
          F(a_directory_that_is_moved_away_is_still_a_bound),
          F(a_handle_asks_for_no_more_than_its_directory_has), F(a_closed_handle_opens_nothing),
          T(a_proc_file_system_beneath_is_no_door))

/*
 * tests/unit/node/test_path_race.c: a cell does not leave its directories while somebody renames
 * under the gate.
 *
 * A second thread swaps things as fast as it can; requests are a seeded mix (SEED in the
 * environment, printed). Whatever they hear, outside nothing changes and nothing is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "tests/support/world_bench.h"

#define RW         (GATE_FILE_READ | GATE_FILE_WRITE)
#define ITERATIONS 6000u

static struct world_bench b;

struct racer {
    pthread_t thread;
    atomic_bool is_done;
    unsigned flags; /* of renameat2 */
    char first[256];
    char second[256];
    unsigned swaps;
};

static void *race(void *context)
{
    struct racer *racer = context;
    while (!atomic_load(&racer->is_done)) {
        if (renameat2(AT_FDCWD, racer->first, AT_FDCWD, racer->second, racer->flags) == 0)
            racer->swaps++;
        if (racer->flags == 0 &&
            renameat2(AT_FDCWD, racer->second, AT_FDCWD, racer->first, racer->flags) == 0)
            racer->swaps++;
    }
    return NULL;
}

static void race_start(struct racer *racer, const char *first, const char *second, unsigned flags)
{
    racer->flags = flags;
    racer->swaps = 0;
    atomic_init(&racer->is_done, false);
    (void)snprintf(racer->first, sizeof racer->first, "%s/%s", b.root, first);
    (void)snprintf(racer->second, sizeof racer->second, "%s/%s", b.root, second);
    assert_int_equal(pthread_create(&racer->thread, NULL, race, racer), 0);
}

static void race_end(struct racer *racer)
{
    atomic_store(&racer->is_done, true);
    assert_int_equal(pthread_join(racer->thread, NULL), 0);
    assert_in_range(racer->swaps, 1, UINT32_MAX);
}

static uint32_t seed;

static uint32_t next_random(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static int start(void **state)
{
    const char *text = getenv("SEED");
    (void)state;
    seed = text == NULL ? 1 : (uint32_t)strtoul(text, NULL, 10);
    print_message("seed %u\n", seed);
    world_bench_start(&b, NULL);
    world_bench_write(&b, "out/canary", "secret");
    world_bench_make_directory(&b, "out/sub");
    world_bench_write(&b, "out/sub/canary", "secret");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    world_bench_stop(&b);
    return 0;
}

/* Opens and reads; what can be read is "inside". True: it could be. */
static bool open_and_read(const char *path, uint64_t flags)
{
    uint32_t handle;
    int result = world_bench_open(&b, b.in, path, flags, GATE_FILE_READ, &handle);
    if (result != WORLD_DONE)
        return false;
    bool is_file = b.reply.values[1] == GATE_TYPE_REGULAR_FILE;
    struct world_ask ask = {
        .interface = GATE_FILE, .method = GATE_FILE_PREAD, .handle = handle, .out_len = 64};
    if (is_file) {
        assert_int_equal(world_bench_ask(&b, &ask), WORLD_DONE);
        assert_int_equal(b.reply.out.len, 6);
        assert_memory_equal(world_bench_out(&b).data, "inside", 6);
    }
    assert_int_equal(world_bench_close(&b, handle), WORLD_DONE);
    return is_file;
}

static void check_outside(void)
{
    assert_true(world_bench_says(&b, "out/canary", "secret"));
    assert_true(world_bench_says(&b, "out/sub/canary", "secret"));
    assert_false(world_bench_exists(&b, "out/new"));
    assert_false(world_bench_exists(&b, "out/sub/new"));
    assert_false(world_bench_exists(&b, "new"));
}

/* One of the methods that change something, on PATH/canary, PATH/new or PATH/sub. */
static void change_something(const char *path)
{
    char canary[128];
    char fresh[128];
    char sub[128];
    uint32_t handle;
    (void)snprintf(canary, sizeof canary, "%s/canary", path);
    (void)snprintf(fresh, sizeof fresh, "%s/new", path);
    (void)snprintf(sub, sizeof sub, "%s/sub", path);
    switch (next_random() % 8) {
    case 0:
        if (world_bench_open(&b, b.in, fresh, GATE_OPEN_CREATE, RW, &handle) == WORLD_DONE)
            assert_int_equal(world_bench_close(&b, handle), WORLD_DONE);
        break;
    case 1:
        (void)world_bench_path(&b, GATE_FILE_CREATE_DIRECTORY, b.in, fresh, 0);
        break;
    case 2:
        (void)world_bench_path(&b, GATE_FILE_REMOVE_DIRECTORY, b.in, fresh, 0);
        break;
    case 3:
        (void)world_bench_path(&b, GATE_FILE_UNLINK, b.in, fresh, 0);
        break;
    case 4:
        (void)world_bench_pair(&b, GATE_FILE_SYMLINK, b.in, "x", b.in, fresh);
        (void)world_bench_path(&b, GATE_FILE_UNLINK, b.in, fresh, 0);
        break;
    case 5:
        (void)world_bench_pair(&b, GATE_FILE_LINK, b.in, "spare", b.in, fresh);
        (void)world_bench_path(&b, GATE_FILE_UNLINK, b.in, fresh, 0);
        break;
    case 6:
        (void)world_bench_pair(&b, GATE_FILE_RENAME, b.in, "spare", b.in, fresh);
        (void)world_bench_pair(&b, GATE_FILE_RENAME, b.in, fresh, b.in, "spare");
        break;
    default:
        if (world_bench_open(&b, b.in, canary, GATE_OPEN_TRUNCATE, RW, &handle) == WORLD_DONE) {
            assert_int_equal(world_bench_pwrite(&b, handle, 0, "inside"), WORLD_DONE);
            assert_int_equal(world_bench_close(&b, handle), WORLD_DONE);
        }
    }
}

TEST(a_directory_swapped_with_a_link_that_leads_out)
{
    struct racer racer;
    unsigned read = 0;
    world_bench_make_directory(&b, "in/swap");
    world_bench_write(&b, "in/swap/canary", "inside");
    world_bench_write(&b, "in/spare", "inside");
    world_bench_make_link(&b, "../out", "in/link");
    race_start(&racer, "in/swap", "in/link", RENAME_EXCHANGE);

    for (unsigned i = 0; i < ITERATIONS; i++) {
        read += open_and_read("swap/canary", GATE_OPEN_FOLLOW);
        change_something("swap");
        if (i % 64 == 0)
            check_outside();
    }

    race_end(&racer);
    check_outside();
    assert_in_range(read, 1, ITERATIONS);
}

TEST(a_file_swapped_with_a_link_that_leads_out)
{
    struct racer racer;
    struct world_ask link = {
        .interface = GATE_FILE,
        .method = GATE_FILE_LINK,
        .handle = b.in,
        .in = BYTES_LITERAL("swap"),
        .second = BYTES_LITERAL("hard"),
        .args = {4, b.in, GATE_OPEN_FOLLOW},
    };
    unsigned read = 0;
    world_bench_write(&b, "in/swap", "inside");
    world_bench_make_link(&b, "../out/canary", "in/link");
    race_start(&racer, "in/swap", "in/link", RENAME_EXCHANGE);

    for (unsigned i = 0; i < ITERATIONS; i++) {
        read += open_and_read("swap", GATE_OPEN_FOLLOW);
        read += open_and_read("swap", 0);
        if (world_bench_ask(&b, &link) == WORLD_DONE) {
            (void)open_and_read("hard", 0);
            assert_int_equal(world_bench_path(&b, GATE_FILE_UNLINK, b.in, "hard", 0), WORLD_DONE);
        }
    }

    race_end(&racer);
    check_outside();
    assert_in_range(read, 1, 2 * ITERATIONS);
}

/* When `..` is taken from it, the directory may be somewhere else than when it was entered. */
TEST(a_directory_moved_out_and_back_while_its_parent_is_asked)
{
    struct racer racer;
    unsigned read = 0;
    world_bench_write(&b, "in/canary", "inside");
    world_bench_make_directory(&b, "in/moved");
    world_bench_make_directory(&b, "in/moved/e");
    race_start(&racer, "in/moved", "out/moved", 0);

    for (unsigned i = 0; i < ITERATIONS; i++) {
        read += open_and_read("moved/../canary", 0);
        read += open_and_read("moved/e/../../canary", 0);
        assert_false(open_and_read("moved/e/../../../out/canary", 0));
        (void)world_bench_path(&b, GATE_FILE_CREATE_DIRECTORY, b.in, "moved/../new", 0);
        (void)world_bench_path(&b, GATE_FILE_REMOVE_DIRECTORY, b.in, "moved/e/../../sub", 0);
        (void)world_bench_path(&b, GATE_FILE_UNLINK, b.in, "moved/e/../../new", 0);
    }

    race_end(&racer);
    check_outside();
    assert_true(world_bench_exists(&b, "out/sub"));
    assert_in_range(read, 1, 2 * ITERATIONS);
}

TEST(a_directory_moved_deeper_and_back_while_its_parent_is_asked)
{
    struct racer racer;
    world_bench_make_directory(&b, "in/a");
    world_bench_make_directory(&b, "in/a/e");
    world_bench_make_directory(&b, "in/b");
    world_bench_make_directory(&b, "in/b/c");
    race_start(&racer, "in/a/e", "in/b/c/e", 0);

    for (unsigned i = 0; i < ITERATIONS; i++) {
        assert_false(open_and_read("a/e/../../../out/canary", 0));
        assert_false(open_and_read("b/c/e/../../../../out/canary", 0));
        (void)world_bench_path(&b, GATE_FILE_CREATE_DIRECTORY, b.in, "b/c/e/../../../../new", 0);
        (void)world_bench_path(&b, GATE_FILE_CREATE_DIRECTORY, b.in, "a/e/../../../new", 0);
    }

    race_end(&racer);
    check_outside();
}

TEST(a_file_swapped_with_a_pipe_hangs_nobody)
{
    struct racer racer;
    char path[256];
    uint32_t handle;
    unsigned opened = 0;
    world_bench_write(&b, "in/swap", "inside");
    (void)snprintf(path, sizeof path, "%s/in/pipe", b.root);
    assert_int_equal(mkfifo(path, 0666), 0);
    race_start(&racer, "in/swap", "in/pipe", RENAME_EXCHANGE);

    for (unsigned i = 0; i < ITERATIONS; i++) {
        opened += open_and_read("swap", 0);
        int result = world_bench_open(&b, b.in, "swap", 0, GATE_FILE_WRITE, &handle);
        if (result == WORLD_DONE)
            assert_int_equal(world_bench_close(&b, handle), WORLD_DONE);
        else if (result != GATE_ERROR_UNSUPPORTED)
            assert_int_equal(result, GATE_ERROR_NO_SUCH_DEVICE); /* swapped in between */
    }

    race_end(&racer);
    assert_in_range(opened, 1, ITERATIONS);
}

#define F(name) cmocka_unit_test_setup_teardown(name, start, stop)

TEST_MAIN(F(a_directory_swapped_with_a_link_that_leads_out),
          F(a_file_swapped_with_a_link_that_leads_out),
          F(a_directory_moved_out_and_back_while_its_parent_is_asked),
          F(a_directory_moved_deeper_and_back_while_its_parent_is_asked),
          F(a_file_swapped_with_a_pipe_hangs_nobody))

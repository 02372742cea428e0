/*
 * tests/unit/node/test_cell_files.c: hostile native code in a boxed cell over real files: what it
 * changes while the gate reads it, and what happens when it is killed in the middle. The cases
 * themselves are in tests/hostile_cell/files.c.
 */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "node/gate/cell.h"
#include "tests/support/hostile.h"
#include "tests/support/test.h"
#include "tests/support/world_bench.h"

#define KILLS 100

static struct world_bench b;

static uint64_t now_ns(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct gate_cell *spawn(void)
{
    struct gate_cell_options options;
    struct gate_cell *cell = NULL;
    struct report report;
    report_init(&report);
    hostile_options(&options);
    if (gate_cell_spawn(&options, &cell, &report) != STATUS_OK)
        fail_msg("%s", report.text);
    return cell;
}

/* Runs one case over the world of the bench; how often the gate was asked. */
static uint64_t run(struct gate_cell *cell, const char *name, enum gate_cell_end *out_end,
                    int32_t *out_status)
{
    struct gate_session session;
    int detail;
    gate_session_init(&session,
                      &(struct gate_session_setup){.job = {.version = GATE_VERSION,
                                                           .payload_len = strlen(name) + 1,
                                                           .fuel = 1000,
                                                           .memory_bytes = 4 << 20,
                                                           .arena_bytes = 1 << 20},
                                                   .services = b.services,
                                                   .service_count = WORLD_SERVICE_COUNT});
    *out_end = gate_cell_run(cell, bytes_of(name, strlen(name) + 1), &session,
                             now_ns() + UINT64_C(60000000000), &detail);
    *out_status = session.outcome.status;
    gate_cell_destroy(cell);
    return session.call_count;
}

static void start(void)
{
    world_bench_start(&b, NULL);
    world_bench_write(&b, "out/canary", "secret");
    world_bench_make_directory(&b, "in/d");
    world_bench_make_directory(&b, "in/d/d");
    world_bench_write(&b, "in/d/file", "inside");
}

static void stop(void)
{
    assert_true(world_bench_says(&b, "out/canary", "secret"));
    assert_false(world_bench_exists(&b, "canary"));
    world_bench_stop(&b);
}

TEST(a_path_that_changes_while_it_is_read_leads_nowhere_else)
{
    enum gate_cell_end end;
    int32_t status;
    start();

    uint64_t calls = run(spawn(), "race_path", &end, &status);

    assert_int_equal(end, GATE_CELL_FINISHED);
    assert_int_equal(status, 0);
    assert_in_range(calls, 3000, 3010);
    stop();
}

TEST(a_poll_that_changes_while_it_is_read_is_one_or_the_other)
{
    enum gate_cell_end end;
    int32_t status;
    start();

    uint64_t calls = run(spawn(), "race_poll", &end, &status);

    assert_int_equal(end, GATE_CELL_FINISHED);
    assert_int_equal(status, 0);
    assert_in_range(calls, 3000, 3010);
    stop();
}

struct killer {
    pid_t pid;
    long wait_ns;
};

static void *kill_later(void *context)
{
    const struct killer *killer = context;
    const struct timespec wait = {0, killer->wait_ns};
    (void)nanosleep(&wait, NULL);
    (void)kill(killer->pid, SIGKILL);
    return NULL;
}

static unsigned count_descriptors(void)
{
    unsigned count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    assert_int_equal(closedir(directory), 0);
    return count;
}

/* At moments by a seed that is printed; nothing is left open behind it. */
TEST(a_cell_killed_while_it_works_on_files_leaves_nothing_behind)
{
    const char *text = getenv("SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 1;
    uint64_t calls = 0;
    unsigned before = count_descriptors();
    print_message("seed %llu\n", (unsigned long long)seed);

    for (unsigned i = 0; i < KILLS; i++) {
        enum gate_cell_end end;
        int32_t status;
        pthread_t thread;
        struct gate_cell *cell = spawn();
        start();
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        struct killer killer = {gate_cell_pid(cell), (long)(seed >> 33) % 3000000};
        assert_int_equal(pthread_create(&thread, NULL, kill_later, &killer), 0);
        calls += run(cell, "file_rounds", &end, &status);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(end, GATE_CELL_DIED);
        /* The same world serves whoever asks next, but nobody sleeps in it any more. */
        assert_int_equal(world_bench_path(&b, GATE_FILE_STAT_AT, b.in, "d/file", 0), WORLD_DONE);
        stop();
    }

    assert_int_equal(count_descriptors(), before);
    print_message("%llu requests before they died\n", (unsigned long long)calls);
    assert_in_range(calls, KILLS, UINT64_MAX);
}

TEST_MAIN(T(a_path_that_changes_while_it_is_read_leads_nowhere_else),
          T(a_poll_that_changes_while_it_is_read_is_one_or_the_other),
          T(a_cell_killed_while_it_works_on_files_leaves_nothing_behind))

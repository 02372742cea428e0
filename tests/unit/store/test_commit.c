/*
 * tests/unit/store/test_commit.c: commits when there is no room, when io dies, when many wait.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include "node/io/io.h"
#include "tests/support/folder.h"
#include "tests/support/store_trial.h"
#include "tests/support/test.h"

#define CALLERS 8u
#define ROUNDS  20u

static const uint8_t GIVEN[32] = {3};

struct place {
    char path[FOLDER_PATH_MAX];
    struct store_keys keys;
    struct store_trial trial;
    pid_t io; /* a process of its own */
};

/* `limit`: of the store's file; 0: none. */
static int fork_io(struct place *place, uint64_t limit)
{
    int sockets[2];
    struct report report;
    report_init(&report);
    assert_int_equal(message_pair(sockets, &report), STATUS_OK);
    place->io = fork();
    assert_true(place->io >= 0);
    if (place->io == 0) {
        const struct rlimit most = {limit, limit};
        if (limit != 0 && setrlimit(RLIMIT_FSIZE, &most) != 0)
            _exit(1);
        (void)close(sockets[0]);
        int directory = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (io_store_start(sockets[1], directory, &report) != STATUS_OK)
            _exit(2);
        for (;;)
            (void)pause();
    }
    (void)close(sockets[1]);
    return sockets[0];
}

static void kill_io(struct place *place)
{
    (void)kill(place->io, SIGKILL);
    (void)waitpid(place->io, NULL, 0);
}

/* io first: no thread may be there when it is forked. */
static struct store_app *begin(struct place *place, uint64_t limit)
{
    struct caller *io;
    struct store_app *app;
    folder_create("commit", place->path);
    int socket = fork_io(place, limit);
    assert_int_equal(caller_create(socket, &io, NULL), STATUS_OK);
    store_keys_start(&place->keys, -1, NULL);
    if (store_trial_open_link(&place->trial, &place->keys, io, 0) != STATUS_OK)
        fail_msg("%s", place->trial.report.text);
    uint64_t slot = store_keys_slot(&place->keys, "demo", GIVEN);
    assert_int_equal(store_app_open(place->trial.store, BYTES_LITERAL("demo"), slot, true, &app,
                                    &place->trial.report),
                     STATUS_OK);
    return app;
}

static void end(struct place *place, struct store_app *app)
{
    struct report report;
    report_init(&report);
    assert_int_equal(store_app_close(app, &report), STATUS_OK);
    store_close(place->trial.store);
    caller_destroy(place->trial.io);
    kill_io(place);
    store_keys_stop(&place->keys);
    store_trial_remove(place->path);
}

TEST(a_full_disk_is_insufficient_space_and_what_was_there_stays)
{
    struct place place;
    struct store_guest guest;
    struct store_app *app = begin(&place, 400000);
    uint8_t *data = calloc(1, 1000000);
    assert_non_null(data);
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_put(&guest, "small", BYTES_LITERAL("one")), STORE_GUEST_FINE);

    assert_int_equal(store_guest_put(&guest, "large", bytes_of(data, 1000000)),
                     GATE_ERROR_INSUFFICIENT_SPACE);
    store_guest_expect(&guest, "small", "one");
    assert_int_equal(store_guest_path(&guest, GATE_FILE_UNLINK, "large"), STORE_GUEST_FINE);
    assert_int_equal(store_guest_put(&guest, "small", BYTES_LITERAL("two")), STORE_GUEST_FINE);
    store_guest_expect(&guest, "small", "two");
    store_guest_end(&guest);
    assert_int_equal(place.trial.alarm_count, 0);
    free(data);
    end(&place, app);
}

TEST(the_store_goes_on_when_io_was_started_again)
{
    struct place place;
    struct store_guest guest;
    struct store_app *app = begin(&place, 0);
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_put(&guest, "a", BYTES_LITERAL("one")), STORE_GUEST_FINE);

    for (int i = 0; i < 3; i++) {
        kill_io(&place);
        caller_replace(place.trial.io, fork_io(&place, 0));
        assert_int_equal(store_guest_put(&guest, "b", BYTES_LITERAL("two")), STORE_GUEST_FINE);
        store_guest_expect(&guest, "a", "one");
    }
    store_guest_end(&guest);
    end(&place, app);
}

struct waiting {
    struct store_guest guest;
    uint32_t handle;
    int error;
};

static void *wait_for_sync(void *context)
{
    struct waiting *waiting = context;
    waiting->error = store_guest_sync(&waiting->guest, waiting->handle);
    return NULL;
}

TEST(a_call_that_waits_for_io_comes_back_when_it_is_cancelled)
{
    static const struct timespec moment = {.tv_nsec = 300000000};
    struct place place;
    struct waiting waiting;
    pthread_t thread;
    struct timespec start;
    struct timespec stop;
    struct store_app *app = begin(&place, 0);
    store_guest_begin(&waiting.guest, app);
    assert_int_equal(
        store_guest_open(&waiting.guest, "a", GATE_OPEN_CREATE, GATE_FILE_WRITE, &waiting.handle),
        STORE_GUEST_FINE);
    kill_io(&place);
    assert_int_equal(store_guest_write(&waiting.guest, waiting.handle, 0, BYTES_LITERAL("later")),
                     STORE_GUEST_FINE);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_sync, &waiting), 0);
    (void)nanosleep(&moment, NULL);

    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    waiting.guest.services[1].cancel(waiting.guest.services[1].context);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)clock_gettime(CLOCK_MONOTONIC, &stop);
    assert_int_equal(waiting.error, GATE_ERROR_IO);
    assert_true(stop.tv_sec - start.tv_sec <= 1);
    store_guest_end(&waiting.guest);
    caller_replace(place.trial.io, fork_io(&place, 0));
    end(&place, app);
}

struct counting {
    struct store_app *app;
    unsigned number;
    unsigned failures;
};

static void *count_up(void *context)
{
    struct counting *counting = context;
    for (uint32_t i = 1; i <= ROUNDS; i++) {
        struct store_guest guest;
        char name[16];
        uint8_t data[4];
        store_le32(data, i);
        (void)snprintf(name, sizeof name, "c%u", counting->number);
        store_guest_begin(&guest, counting->app);
        if (store_guest_put(&guest, name, bytes_of(data, sizeof data)) != STORE_GUEST_FINE)
            counting->failures++;
        store_guest_end(&guest);
    }
    return NULL;
}

TEST(many_calls_of_one_app_at_once_lose_nothing)
{
    struct place place;
    struct store_guest guest;
    pthread_t threads[CALLERS];
    struct counting countings[CALLERS];
    struct store_app *app = begin(&place, 0);
    for (unsigned i = 0; i < CALLERS; i++) {
        countings[i] = (struct counting){app, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &countings[i]), 0);
    }
    for (unsigned i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(countings[i].failures, 0);
    }

    store_guest_begin(&guest, app);
    for (unsigned i = 0; i < CALLERS; i++) {
        char name[16];
        uint8_t data[8];
        size_t len;
        (void)snprintf(name, sizeof name, "c%u", i);
        assert_int_equal(store_guest_get(&guest, name, data, sizeof data, &len), STORE_GUEST_FINE);
        assert_int_equal(len, 4);
        assert_int_equal(load_le32(data), ROUNDS);
    }
    store_guest_end(&guest);
    end(&place, app);
}

TEST_MAIN(T(a_full_disk_is_insufficient_space_and_what_was_there_stays),
          T(the_store_goes_on_when_io_was_started_again),
          T(a_call_that_waits_for_io_comes_back_when_it_is_cancelled),
          T(many_calls_of_one_app_at_once_lose_nothing))

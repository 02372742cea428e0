/*
 * tests/unit/store/test_kill.c: kill -9 at random points under writes: what was acknowledged is
 * there, and nobody cries wolf.
 *
 * A child has the whole store (io, keys with a state directory, main's side) and three callers, who
 * tell the parent through a pipe what was acknowledged. The parent kills it at a random moment and
 * starts the next on the same files. In every other round the child is spared, and io, a process of
 * its own then, is killed under it and started again.
 *
 * STORE_KILLS in the environment: how many rounds; SEED: of the moments (make full-store-kill).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sys/wait.h>

#include "node/io/io.h"
#include "tests/support/folder.h"
#include "tests/support/store_trial.h"
#include "tests/support/test.h"

#define CALLERS 3u
#define FILES   4u     /* of the caller that makes and removes */
#define LONG    20000u /* bytes over three chunks */
#define SHORT   64u

static const uint8_t GIVEN[32] = {42};

/* What a caller has been told so far; numbers only go up. */
struct told {
    uint64_t of_caller[CALLERS];
};

struct folder {
    char store[FOLDER_PATH_MAX];
    char state[FOLDER_PATH_MAX];
};

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

static void pause_us(uint64_t us)
{
    struct timespec time = {.tv_sec = (time_t)(us / 1000000),
                            .tv_nsec = (long)(us % 1000000) * 1000};
    while (nanosleep(&time, &time) != 0)
        continue;
}

static void fill(uint64_t number, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i += 8)
        store_le64(out + i, number);
}

/* One write that is told, whole or not at all. */
struct caller_state {
    struct store_app *app;
    uint64_t number;
    unsigned which;
    int pipe;
};

static bool tell(const struct caller_state *state, uint64_t number)
{
    uint64_t words[2] = {state->which, number};
    return write(state->pipe, words, sizeof words) == (ssize_t)sizeof words;
}

static int overwrite(struct store_guest *guest, uint64_t number, size_t len)
{
    static _Thread_local uint8_t data[LONG];
    uint32_t handle;
    fill(number, data, len);
    int error = store_guest_open(guest, "record", GATE_OPEN_CREATE, GATE_FILE_WRITE, &handle);
    if (error == STORE_GUEST_FINE)
        error = store_guest_write(guest, handle, 0, bytes_of(data, len));
    if (error == STORE_GUEST_FINE)
        error = store_guest_sync(guest, handle);
    return error;
}

/* File n is there for the last FILES numbers alone. */
static int make_and_remove(struct store_guest *guest, uint64_t number)
{
    char name[32];
    uint8_t data[8];
    store_le64(data, number);
    (void)snprintf(name, sizeof name, "n%llu", (unsigned long long)number);
    int error = store_guest_put(guest, name, bytes_of(data, sizeof data));
    if (error != STORE_GUEST_FINE || number <= FILES)
        return error;
    (void)snprintf(name, sizeof name, "n%llu", (unsigned long long)(number - FILES));
    error = store_guest_path(guest, GATE_FILE_UNLINK, name);
    return error == STORE_GUEST_FINE || error == GATE_ERROR_NO_ENTRY
               ? store_guest_sync(guest, guest->root)
               : error;
}

static void *call_on(void *context)
{
    struct caller_state *state = context;
    for (;;) {
        struct store_guest guest;
        int error;
        store_guest_begin(&guest, state->app);
        if (state->which == 2)
            error = make_and_remove(&guest, state->number + 1);
        else
            error = overwrite(&guest, state->number + 1, state->which == 0 ? SHORT : LONG);
        store_guest_end(&guest);
        /* io is away for a moment: the number was not told, and is tried again. */
        if (error == STORE_GUEST_FINE && !tell(state, ++state->number))
            return NULL;
    }
}

static struct store_app *open_app(struct store_trial *trial, struct store_keys *keys,
                                  const char *name)
{
    struct store_app *app;
    uint64_t slot = store_keys_slot(keys, name, GIVEN);
    if (store_app_open(trial->store, bytes_of(name, strlen(name)), slot, true, &app,
                       &trial->report) != STATUS_OK) {
        (void)fprintf(stderr, "%s\n", trial->report.text);
        _exit(3);
    }
    return app;
}

static uint64_t read_record(struct store_app *app, size_t len)
{
    static uint8_t data[LONG + 1];
    struct store_guest guest;
    size_t got;
    store_guest_begin(&guest, app);
    int error = store_guest_get(&guest, "record", data, sizeof data, &got);
    store_guest_end(&guest);
    if (error == GATE_ERROR_NO_ENTRY)
        return 0;
    uint64_t number = got == len ? load_le64(data) : UINT64_MAX;
    for (size_t i = 0; i + 8 <= len && number != UINT64_MAX; i += 8)
        number = load_le64(data + i) == number ? number : UINT64_MAX;
    return error == STORE_GUEST_FINE ? number : UINT64_MAX;
}

static bool has_file(struct store_guest *guest, uint64_t number)
{
    char name[32];
    uint8_t data[9];
    size_t len;
    (void)snprintf(name, sizeof name, "n%llu", (unsigned long long)number);
    return store_guest_get(guest, name, data, sizeof data, &len) == STORE_GUEST_FINE && len == 8 &&
           load_le64(data) == number;
}

/* What is there must be what was told, or one further. */
static uint64_t read_files(struct store_app *app, uint64_t told)
{
    struct store_guest guest;
    struct gate_stat stat;
    char name[32];
    store_guest_begin(&guest, app);
    uint64_t first = told > FILES ? told - FILES + 1 : 1;
    bool is_fine = true;
    for (uint64_t i = first + 1; i <= told; i++)
        is_fine = is_fine && has_file(&guest, i);
    (void)snprintf(name, sizeof name, "n%llu", (unsigned long long)(first - 1));
    is_fine = is_fine && store_guest_stat(&guest, name, &stat) == GATE_ERROR_NO_ENTRY;
    store_guest_end(&guest);
    return is_fine ? told : UINT64_MAX;
}

static void check_told(struct store_app *const *apps, const struct told *told,
                       struct caller_state *states)
{
    for (unsigned i = 0; i < CALLERS; i++) {
        uint64_t number = i == 2 ? read_files(apps[i], told->of_caller[i])
                                 : read_record(apps[i], i == 0 ? SHORT : LONG);
        if (number == UINT64_MAX || number < told->of_caller[i] ||
            number > told->of_caller[i] + 1) {
            (void)fprintf(stderr, "caller %u: told %llu, there is %llu\n", i,
                          (unsigned long long)told->of_caller[i], (unsigned long long)number);
            _exit(4);
        }
        states[i] = (struct caller_state){.app = apps[i], .number = number, .which = i};
    }
}

static pid_t start_io(const char *path, struct caller **out_caller, int *out_socket)
{
    int sockets[2];
    struct report report;
    report_init(&report);
    if (message_pair(sockets, &report) != STATUS_OK)
        _exit(5);
    pid_t child = fork();
    if (child == 0) {
        (void)close(sockets[0]);
        int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (io_store_start(sockets[1], directory, &report) != STATUS_OK)
            _exit(6);
        for (;;)
            (void)pause();
    }
    (void)close(sockets[1]);
    *out_socket = sockets[0];
    if (out_caller != NULL && caller_create(sockets[0], out_caller, &report) != STATUS_OK)
        _exit(7);
    return child;
}

/* In the child: io dies again and again, and the callers go on. */
static void kill_io(struct caller *io, pid_t child, const char *path, uint64_t seed)
{
    for (;;) {
        int socket;
        pause_us(random_next(&seed) % 30000);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        child = start_io(path, NULL, &socket);
        caller_replace(io, socket);
    }
}

/* Never comes back: it is killed. */
static void live(const struct folder *folder, const struct told *told, int pipe, bool is_io_killed,
                 uint64_t seed)
{
    struct store_keys keys;
    struct store_trial trial;
    struct caller_state states[CALLERS];
    struct store_app *apps[CALLERS];
    pthread_t threads[CALLERS];
    enum status status;
    struct caller *io = NULL;
    pid_t child = 0;
    int socket;
    if (is_io_killed) /* before there are threads */
        child = start_io(folder->store, &io, &socket);
    int state = open(folder->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    store_keys_start(&keys, state, NULL);
    if (is_io_killed)
        status = store_trial_open_link(&trial, &keys, io, 0);
    else
        status = store_trial_open(&trial, &keys, folder->store, 0);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "not opened: %s\n", trial.report.text);
        _exit(2);
    }
    apps[0] = open_app(&trial, &keys, "short");
    apps[1] = open_app(&trial, &keys, "long");
    apps[2] = open_app(&trial, &keys, "files");
    check_told(apps, told, states);
    for (unsigned i = 0; i < CALLERS; i++) {
        /* What was found is as good as told: the next one counts from it. */
        states[i].pipe = pipe;
        if (states[i].number > told->of_caller[i] && !tell(&states[i], states[i].number))
            _exit(9);
        if (pthread_create(&threads[i], NULL, call_on, &states[i]) != 0)
            _exit(8);
    }
    if (is_io_killed)
        kill_io(trial.io, child, folder->store, seed);
    for (;;)
        (void)pause();
}

/* What comes out of the pipe until `until_us` have gone by after the first word; then the child is
 * killed, and what it still had told is taken. */
static uint64_t listen_and_kill(pid_t child, int pipe, uint64_t until_us, struct told *told)
{
    uint64_t words[2];
    uint64_t count = 0;
    ssize_t n = 0;
    if (read(pipe, words, sizeof words) == (ssize_t)sizeof words) {
        pause_us(until_us);
        n = 1;
    }
    (void)kill(-child, SIGKILL);
    while (n > 0) {
        assert_true(words[0] < CALLERS);
        if (words[1] > told->of_caller[words[0]])
            told->of_caller[words[0]] = words[1];
        count++;
        n = read(pipe, words, sizeof words);
    }
    return count;
}

TEST(no_acknowledged_write_is_lost_to_kill_9)
{
    struct folder folder;
    struct told told = {0};
    uint64_t rounds = number_of("STORE_KILLS", 20);
    uint64_t seed = number_of("SEED", 1) * 2654435761u + 1;
    uint64_t writes = 0;
    folder_create("kill-store", folder.store);
    folder_create("kill-state", folder.state);

    for (uint64_t i = 0; i < rounds; i++) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        uint64_t moment = random_next(&seed) % 60000;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)setpgid(0, 0);
            live(&folder, &told, ends[1], i % 2 == 1, seed);
        }
        (void)setpgid(child, child);
        (void)close(ends[1]);
        writes += listen_and_kill(child, ends[0], moment, &told);
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        if (!WIFSIGNALED(how) || WTERMSIG(how) != SIGKILL)
            fail_msg("round %llu: ended with status %#x", (unsigned long long)i, (unsigned)how);
        (void)close(ends[0]);
    }
    print_message("%llu kills, %llu acknowledged writes, 0 lost\n", (unsigned long long)rounds,
                  (unsigned long long)writes);
    assert_true(writes >= rounds);
    folder_remove(folder.store);
    folder_remove(folder.state);
}

TEST_MAIN(T(no_acknowledged_write_is_lost_to_kill_9))

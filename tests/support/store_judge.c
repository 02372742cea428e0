/*
 * tests/support/store_judge.c: see store_judge.h.
 */
#include "tests/support/store_judge.h"

#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "node/io/io.h"
#include "node/io/store_table.h"
#include "tests/support/test.h"

#define LONG         8300u     /* two chunks; of the second app less */
#define COUNTER_NAME "counter" /* in the state directory of keys */

static const uint8_t GIVEN[32] = {99};
static const char *const APPS[] = {"alpha", "beta"};
static const char *const LISTS[] = {"a b dir ", "a b dir "};

/* What a file has in it: by app and name. */
static size_t truth_of(size_t app, const char *name, uint8_t *out)
{
    size_t len = strcmp(name, "dir/long") != 0 ? 40 : app == 0 ? LONG : 300;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(i * 31 + app * 7 + (size_t)name[0] + strlen(name));
    return len;
}

static const char *const FILES[] = {"a", "b", "dir/long"};

static enum status open_app(struct store_trial *trial, size_t number, uint64_t *out_slot,
                            struct store_app **out_app)
{
    const char *name = APPS[number];
    *out_slot = store_keys_slot(trial->keys, name, GIVEN);
    enum status status = store_app_open(trial->store, bytes_of(name, strlen(name)), *out_slot, true,
                                        out_app, &trial->report);
    if (status != STATUS_OK)
        store_keys_drop(trial->keys, *out_slot);
    return status;
}

static void close_app(struct store_trial *trial, struct store_app *app, uint64_t slot)
{
    struct report report;
    report_init(&report);
    (void)!store_app_close(app, &report); /* the store may be broken on purpose */
    store_keys_drop(trial->keys, slot);
}

static void fill(struct store_trial *trial)
{
    uint8_t data[LONG];
    for (size_t i = 0; i < ARRAY_LEN(APPS); i++) {
        struct store_guest guest;
        struct store_app *app;
        uint64_t slot;
        assert_int_equal(open_app(trial, i, &slot, &app), STATUS_OK);
        store_guest_begin(&guest, app);
        assert_int_equal(store_guest_put(&guest, "a", bytes_of(data, truth_of(i, "a", data))),
                         STORE_GUEST_FINE);
        assert_int_equal(store_guest_put(&guest, "b", bytes_of(data, truth_of(i, "b", data))),
                         STORE_GUEST_FINE);
        assert_int_equal(store_guest_path(&guest, GATE_FILE_CREATE_DIRECTORY, "dir"),
                         STORE_GUEST_FINE);
        assert_int_equal(
            store_guest_put(&guest, "dir/long", bytes_of(data, truth_of(i, "dir/long", data))),
            STORE_GUEST_FINE);
        store_guest_end(&guest);
        close_app(trial, app, slot);
    }
}

void store_judge_fill(struct store_keys *keys, const char *path)
{
    struct store_trial trial;
    assert_int_equal(store_trial_open(&trial, keys, path, 0), STATUS_OK);
    fill(&trial);
    store_trial_close(&trial, path);
}

void store_judge_fill_link(struct store_keys *keys, struct caller *io)
{
    struct store_trial trial;
    assert_int_equal(store_trial_open_link(&trial, keys, io, 0), STATUS_OK);
    fill(&trial);
    store_close(trial.store);
}

static enum store_verdict judge_file(struct store_trial *trial, struct store_guest *guest,
                                     size_t app, const char *name)
{
    static _Thread_local uint8_t truth[LONG];
    static _Thread_local uint8_t data[LONG + 1];
    size_t len;
    int error = store_guest_get(guest, name, data, sizeof data, &len);
    if (error == GATE_ERROR_IO)
        return trial->alarm_count != 0 ? STORE_NAMED : STORE_MUTE;
    if (error != STORE_GUEST_FINE)
        return STORE_CHEATED;
    size_t wanted = truth_of(app, name, truth);
    return len == wanted && memcmp(data, truth, len) == 0 ? STORE_SAME : STORE_CHEATED;
}

/* Nothing but an honest error may come of it. */
static bool write_again(struct store_guest *guest, size_t app)
{
    uint8_t data[64];
    int error = store_guest_put(guest, "a", bytes_of(data, truth_of(app, "a", data)));
    return error == STORE_GUEST_FINE || error == GATE_ERROR_IO ||
           error == GATE_ERROR_INSUFFICIENT_SPACE;
}

static enum store_verdict judge_app(struct store_trial *trial, size_t number)
{
    struct store_app *app;
    uint64_t slot;
    struct store_guest guest;
    char list[256];
    enum store_verdict verdict = STORE_SAME;
    if (open_app(trial, number, &slot, &app) != STATUS_OK)
        return trial->report.len != 0 ? STORE_NAMED : STORE_MUTE;
    store_guest_begin(&guest, app);
    if (store_guest_list(&guest, ".", list, sizeof list) != STORE_GUEST_FINE ||
        strcmp(list, LISTS[number]) != 0)
        verdict = STORE_CHEATED;
    for (size_t i = 0; i < ARRAY_LEN(FILES) && verdict != STORE_CHEATED; i++) {
        enum store_verdict one = judge_file(trial, &guest, number, FILES[i]);
        verdict = one != STORE_SAME ? one : verdict;
    }
    if (verdict == STORE_SAME && !write_again(&guest, number))
        verdict = STORE_CHEATED;
    store_guest_end(&guest);
    close_app(trial, app, slot);
    return verdict;
}

enum store_verdict store_judge(struct store_keys *keys, struct caller *io, char *out_sentence)
{
    struct store_trial trial;
    enum store_verdict verdict = STORE_SAME;
    if (store_trial_open_link(&trial, keys, io, 0) != STATUS_OK)
        verdict = trial.report.len != 0 ? STORE_NAMED : STORE_MUTE;
    for (size_t i = 0; i < ARRAY_LEN(APPS) && trial.store != NULL && verdict != STORE_CHEATED;
         i++) {
        enum store_verdict one = judge_app(&trial, i);
        verdict = one != STORE_SAME ? one : verdict;
    }
    const char *sentence = trial.alarm_count != 0 ? trial.alarm : trial.report.text;
    (void)snprintf(out_sentence, REPORT_TEXT_MAX, "%s", sentence);
    store_close(trial.store);
    return verdict;
}

static uint8_t *read_file(const char *folder, const char *name, size_t *out_len)
{
    char path[256];
    struct stat stat;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &stat), 0);
    uint8_t *data = malloc((size_t)stat.st_size);
    assert_non_null(data);
    assert_int_equal(read(fd, data, (size_t)stat.st_size), stat.st_size);
    (void)close(fd);
    *out_len = (size_t)stat.st_size;
    return data;
}

static void write_file(const char *folder, const char *name, const uint8_t *data, size_t len)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    (void)close(fd);
}

/* Without the pages that nothing is in. */
static void compact(const char *path)
{
    MDB_env *env;
    char to[FOLDER_PATH_MAX];
    size_t len;
    folder_create("compact", to);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOLOCK | MDB_RDONLY, 0600), 0);
    assert_int_equal(mdb_env_copy2(env, to, MDB_CP_COMPACT), 0);
    mdb_env_close(env);
    uint8_t *data = read_file(to, STORE_FILE_NAME, &len);
    write_file(path, STORE_FILE_NAME, data, len);
    free(data);
    store_trial_remove(to);
}

static int open_folder(const char *path)
{
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    return directory;
}

void store_base_create(struct store_base *base)
{
    struct store_keys keys;
    folder_create("base", base->path);
    folder_create("base-state", base->state);
    store_keys_start(&keys, open_folder(base->state), NULL);
    store_judge_fill(&keys, base->path);
    store_keys_stop(&keys);
    compact(base->path);
    base->data = read_file(base->path, STORE_FILE_NAME, &base->len);
    base->counter = read_file(base->state, COUNTER_NAME, &base->counter_len);
}

void store_base_restore(const struct store_base *base, const uint8_t *data, size_t len)
{
    if (data == NULL)
        write_file(base->path, STORE_FILE_NAME, base->data, base->len);
    else
        write_file(base->path, STORE_FILE_NAME, data, len);
    write_file(base->state, COUNTER_NAME, base->counter, base->counter_len);
}

void store_base_remove(struct store_base *base)
{
    free(base->data);
    free(base->counter);
    folder_remove(base->path);
    folder_remove(base->state);
}

void store_base_keys(const struct store_base *base, struct store_keys *keys)
{
    store_keys_start(keys, open_folder(base->state), NULL);
}

enum store_verdict store_base_judge(const struct store_base *base, char *out_sentence)
{
    struct store_keys keys;
    struct store_trial trial = {0};
    store_base_keys(base, &keys);
    struct caller *io = store_trial_io(base->path);
    enum store_verdict verdict = STORE_NAMED;
    (void)snprintf(out_sentence, REPORT_TEXT_MAX, "io does not open its file");
    if (io != NULL) {
        verdict = store_judge(&keys, io, out_sentence);
        trial.io = io;
    }
    store_trial_close(&trial, base->path);
    store_keys_stop(&keys);
    return verdict;
}

/* cmocka catches what ends a process; here it shall end. */
static void end_by_signals(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        (void)signal(numbers[i], SIG_DFL);
}

static struct caller *fork_io(const char *path, pid_t *out_child)
{
    int sockets[2];
    struct report report;
    struct caller *caller;
    report_init(&report);
    if (message_pair(sockets, &report) != STATUS_OK)
        _exit(21);
    *out_child = fork();
    if (*out_child == 0) {
        const struct rlimit none = {0};
        end_by_signals();
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)alarm(20); /* LMDB may go round in a file that is not one */
        (void)freopen("/dev/null", "w", stderr);
        (void)close(sockets[0]);
        int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (io_store_start(sockets[1], directory, &report) != STATUS_OK)
            _exit(1);
        for (;;)
            (void)pause();
    }
    (void)close(sockets[1]);
    if (caller_create(sockets[0], &caller, &report) != STATUS_OK)
        _exit(22);
    return caller;
}

/* In a process of its own: the verdict. */
static void judge_and_exit(const struct store_base *base, int pipe)
{
    char sentence[REPORT_TEXT_MAX];
    struct store_keys keys;
    pid_t io;
    struct caller *caller = fork_io(base->path, &io);
    store_base_keys(base, &keys);
    enum store_verdict verdict = store_judge(&keys, caller, sentence);
    (void)kill(io, SIGKILL);
    (void)waitpid(io, NULL, 0);
    if (write(pipe, sentence, strlen(sentence)) < 0)
        _exit(23);
    _exit(10 + (int)verdict);
}

enum store_verdict store_judge_apart(const struct store_base *base, char *out_sentence)
{
    int how;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        end_by_signals();
    if (child == 0)
        judge_and_exit(base, ends[1]);
    (void)close(ends[1]);
    ssize_t len = read(ends[0], out_sentence, REPORT_TEXT_MAX - 1);
    out_sentence[len > 0 ? len : 0] = '\0';
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &how, 0), child);
    if (!WIFEXITED(how) || WEXITSTATUS(how) < 10 || WEXITSTATUS(how) > 10 + STORE_MUTE)
        fail_msg("main's side ended with status %#x", (unsigned)how);
    return (enum store_verdict)(WEXITSTATUS(how) - 10);
}

void store_base_reread_counter(struct store_base *base)
{
    base->counter = read_file(base->state, COUNTER_NAME, &base->counter_len);
}

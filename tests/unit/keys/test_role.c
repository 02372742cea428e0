/*
 * tests/unit/keys/test_role.c: the role itself, as a process of its own, shut in: what is quick
 * does not wait for a TPM that hangs, and the role ends all the same.
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/wait.h>

#include "node/role/role.h"
#include "tests/support/folder.h"
#include "tests/support/keys_trial.h"
#include "tests/support/swtpm.h"
#include "tests/support/test.h"

#define PATIENCE_MS 10000u

struct started {
    struct swtpm tpm;
    char folder[FOLDER_PATH_MAX];
    int control, link;
    pid_t pid;
    struct message_in in;
};

static void serve(const struct started *started, int control, int link)
{
    static struct settings settings;
    struct role role = {.name = ROLE_KEYS, .control = control, .settings = &settings};
    for (int i = 0; i < ROLE_COUNT; i++)
        role.peers[i] = -1;
    for (int i = 0; i < ROLE_FILE_COUNT; i++)
        role.files[i] = -1;
    role.peers[ROLE_MAIN] = link;
    role.files[ROLE_FILE_STATE] = open(started->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    settings.pcr_mask = 1;
    if (started->tpm.pid > 0)
        memcpy(settings.tpm, started->tpm.tcti, sizeof started->tpm.tcti);
    else
        settings.is_dev = true;
    _exit(keys_main(&role));
}

/* The role as a process; our ends of its sockets. */
static void fork_role(struct started *started)
{
    int control[2], link[2];
    assert_int_equal(message_pair(control, NULL), STATUS_OK);
    assert_int_equal(message_pair(link, NULL), STATUS_OK);
    started->pid = fork();
    assert_true(started->pid >= 0);
    if (started->pid == 0) {
        (void)close(control[0]);
        (void)close(link[0]);
        serve(started, control[1], link[1]);
    }
    (void)close(control[1]);
    (void)close(link[1]);
    started->control = control[0];
    started->link = link[0];
}

/* Whatever comes next on a socket, which must be of this type. Good until the next one. */
static const union message_any *expect(struct started *started, int socket, enum message_type type)
{
    message_release(&started->in);
    const enum status status = message_receive_wait(socket, &started->in, PATIENCE_MS, NULL);
    if (status != STATUS_OK)
        fail_msg("nothing came: %s", status_text(status));
    if (started->in.type == MESSAGE_FATAL && type != MESSAGE_FATAL)
        fail_msg("%.*s", (int)started->in.any.fatal.line.len,
                 (const char *)started->in.any.fatal.line.data);
    assert_int_equal(started->in.type, type);
    return &started->in.any;
}

static struct started *start(bool has_tpm)
{
    struct started *started = calloc(1, sizeof *started);
    assert_non_null(started);
    started->tpm.pid = -1;
    started->in.fd = -1;
    if (has_tpm)
        swtpm_create(&started->tpm);
    folder_create("keys", started->folder);
    fork_role(started);
    (void)expect(started, started->control, MESSAGE_READY);
    return started;
}

/* With a TPM that answers no more until it is told to go on. */
static struct started *start_with_hung_tpm(void)
{
    swtpm_need();
    struct started *started = start(true);
    assert_int_equal(kill(started->tpm.pid, SIGSTOP), 0);
    return started;
}

static void let_tpm_go_on(const struct started *started)
{
    assert_int_equal(kill(started->tpm.pid, SIGCONT), 0);
}

static void ask(const struct started *started, enum message_type type, const void *message)
{
    assert_int_equal(message_send_wait(started->link, type, message, -1, PATIENCE_MS), STATUS_OK);
}

static void ask_counter(const struct started *started, uint32_t id, uint64_t at_least)
{
    const struct message_counter counter = {.id = id, .at_least = at_least};
    ask(started, MESSAGE_COUNTER, &counter);
}

static void expect_counter(struct started *started, uint32_t id, uint64_t value)
{
    const union message_any *answer = expect(started, started->link, MESSAGE_COUNTER_IS);
    assert_int_equal(answer->id, id);
    assert_int_equal(answer->counter_is.value, value);
}

static void seal(struct started *started, uint32_t id)
{
    const struct message_seal seal = {.id = id,
                                      .table = BYTES_LITERAL("t"),
                                      .record = BYTES_LITERAL("r"),
                                      .plain = BYTES_LITERAL("v")};
    ask(started, MESSAGE_SEAL, &seal);
    assert_int_equal(expect(started, started->link, MESSAGE_SEALED)->id, id);
}

static void ask_to_stop(const struct started *started)
{
    const struct message_stop stop = {.id = 0};
    assert_int_equal(message_send(started->control, MESSAGE_STOP, &stop, -1), STATUS_OK);
}

/* Its exit status. */
static int ended(struct started *started)
{
    int status = -1;
    for (int i = 0; i < 2000; i++) {
        if (waitpid(started->pid, &status, WNOHANG) == started->pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        (void)usleep(10000);
    }
    (void)kill(started->pid, SIGKILL);
    (void)waitpid(started->pid, &status, 0);
    return -1;
}

static void close_ends(const struct started *started)
{
    (void)close(started->control);
    (void)close(started->link);
}

static void clean(struct started *started)
{
    message_release(&started->in);
    close_ends(started);
    folder_remove(started->folder);
    if (started->tpm.folder[0] != '\0')
        swtpm_destroy(&started->tpm);
    free(started);
}

TEST(the_role_answers_and_ends_when_it_is_asked_to)
{
    struct started *started = start(false);

    seal(started, 7);
    ask_counter(started, 8, 2);
    expect_counter(started, 8, 2);

    ask_to_stop(started);
    assert_int_equal(ended(started), 0);
    clean(started);
}

TEST(the_role_ends_with_main)
{
    struct started *started = start(false);

    (void)shutdown(started->link, SHUT_RDWR);

    assert_int_equal(ended(started), 0);
    clean(started);
}

TEST(a_main_that_breaks_the_protocol_ends_the_role)
{
    struct started *started = start(false);

    assert_int_equal(send(started->link, "no message", 10, MSG_NOSIGNAL), 10);

    assert_int_equal(ended(started), 0);
    clean(started);
}

TEST(a_tpm_that_hangs_holds_up_what_needs_it_alone)
{
    struct started *started = start_with_hung_tpm();

    ask_counter(started, 1, 1);
    for (uint32_t id = 2; id < 50; id++)
        seal(started, id);

    let_tpm_go_on(started);
    expect_counter(started, 1, 1);
    ask_to_stop(started);
    assert_int_equal(ended(started), 0);
    clean(started);
}

TEST(too_many_questions_for_a_tpm_that_hangs_are_refused_and_the_role_still_ends)
{
    struct started *started = start_with_hung_tpm();

    for (int i = 0; i < 300; i++)
        ask_counter(started, 1, 1);
    const union message_any *answer = expect(started, started->link, MESSAGE_FAILED);
    assert_int_equal(answer->failed.code, MESSAGE_FAILURE_BUSY);
    ask_to_stop(started);

    assert_int_equal(ended(started), 0);
    let_tpm_go_on(started);
    clean(started);
}

TEST(the_role_ends_beside_a_tpm_that_hangs_though_nothing_was_asked)
{
    struct started *started = start_with_hung_tpm();

    ask_to_stop(started);

    assert_int_equal(ended(started), 0);
    let_tpm_go_on(started);
    clean(started);
}

TEST(a_role_that_can_not_begin_says_why)
{
    struct started *started = start(false);
    const int directory = open(started->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)shutdown(started->link, SHUT_RDWR);
    assert_int_equal(ended(started), 0);
    close_ends(started);
    const int fd = openat(directory, "master", O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);
    (void)close(fd);
    (void)close(directory);

    fork_role(started);

    const struct bytes line = expect(started, started->control, MESSAGE_FATAL)->fatal.line;
    assert_true(line.len > 8 && memcmp(line.data, "`master`", 8) == 0);
    assert_int_equal(ended(started), ROLE_EXIT_FATAL);
    clean(started);
}

TEST_MAIN(T(the_role_answers_and_ends_when_it_is_asked_to), T(the_role_ends_with_main),
          T(a_main_that_breaks_the_protocol_ends_the_role),
          T(a_tpm_that_hangs_holds_up_what_needs_it_alone),
          T(too_many_questions_for_a_tpm_that_hangs_are_refused_and_the_role_still_ends),
          T(the_role_ends_beside_a_tpm_that_hangs_though_nothing_was_asked),
          T(a_role_that_can_not_begin_says_why))

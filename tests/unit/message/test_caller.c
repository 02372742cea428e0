/*
 * tests/unit/message/test_caller.c: many threads ask over one link whose other side answers in any
 * order, badly, late or not at all.
 */
#include "tests/support/test.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "node/message/caller.h"

#define ASKERS  8
#define ROUNDS  200
#define WAIT_MS 10000

static struct caller *caller;
static int other; /* the answering side */

static int setup(void **state)
{
    int ends[2];
    (void)state;
    if (message_pair(ends, NULL) != STATUS_OK || caller_create(ends[0], &caller, NULL) != STATUS_OK)
        return -1;
    other = ends[1];
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    caller_destroy(caller);
    if (other >= 0)
        (void)close(other);
    return 0;
}

/* Counter + 1 for every question, two at a time in reverse order; value 13 fails, 14 is answered by
 * something else, 0 ends it. */
static void *answer(void *unused)
{
    (void)unused;
    struct message_in *in = malloc(sizeof *in);
    struct message_counter_is held = {0};
    assert_non_null(in);
    for (;;) {
        enum status status = message_receive_wait(other, in, 5, NULL);
        if (status == STATUS_UNAVAILABLE && held.id != 0) {
            assert_int_equal(message_send(other, MESSAGE_COUNTER_IS, &held, -1), STATUS_OK);
            held.id = 0;
        }
        if (status == STATUS_UNAVAILABLE)
            continue;
        if (status != STATUS_OK || in->any.counter.at_least == 0)
            break;
        struct message_counter_is is = {.id = in->any.id, .value = in->any.counter.at_least + 1};
        message_release(in);
        if (is.value == 14) {
            assert_int_equal(message_fail(other, is.id, MESSAGE_FAILURE_TAMPERED, "100% \n bad"),
                             STATUS_OK);
        } else if (is.value == 15) {
            const struct message_done done = {.id = is.id};
            assert_int_equal(message_send(other, MESSAGE_DONE, &done, -1), STATUS_OK);
        } else if (held.id == 0) {
            held = is;
        } else {
            assert_int_equal(message_send(other, MESSAGE_COUNTER_IS, &is, -1), STATUS_OK);
            assert_int_equal(message_send(other, MESSAGE_COUNTER_IS, &held, -1), STATUS_OK);
            held.id = 0;
        }
    }
    free(in);
    return NULL;
}

static enum status ask(uint64_t at_least, uint64_t *out_value, struct report *report)
{
    struct message_counter question = {.at_least = at_least};
    struct message_in *in = NULL;
    enum status status =
        caller_ask(caller, MESSAGE_COUNTER, &question, MESSAGE_COUNTER_IS, 3000, &in, report);
    if (status == STATUS_OK) {
        *out_value = in->any.counter_is.value;
        caller_release(caller, in);
    }
    return status;
}

static void *ask_often(void *context)
{
    uint64_t base = (uint64_t)(uintptr_t)context * 1000 + 1000;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t value = 0;
        assert_int_equal(ask(base + i, &value, NULL), STATUS_OK);
        assert_true(value == base + i + 1);
    }
    return NULL;
}

static void stop(pthread_t thread)
{
    struct message_counter question = {.at_least = 0};
    struct message_in *in;
    assert_int_not_equal(
        caller_ask(caller, MESSAGE_COUNTER, &question, MESSAGE_COUNTER_IS, 50, &in, NULL),
        STATUS_OK);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

TEST(each_asker_gets_its_own_answer)
{
    pthread_t server, askers[ASKERS];
    assert_int_equal(pthread_create(&server, NULL, answer, NULL), 0);
    for (uintptr_t i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&askers[i], NULL, ask_often, (void *)i), 0);
    for (size_t i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_join(askers[i], NULL), 0);
    stop(server);
}

TEST(failures_become_a_status_and_a_sentence)
{
    pthread_t server;
    struct report report;
    uint64_t value;
    assert_int_equal(pthread_create(&server, NULL, answer, NULL), 0);
    report_init(&report);
    assert_int_equal(ask(13, &value, &report), STATUS_TAMPERED);
    assert_string_equal(report.text, "100? ? bad");
    report_init(&report);
    assert_int_equal(ask(14, &value, &report), STATUS_UNAVAILABLE);
    assert_true(report.is_set);
    stop(server);
}

TEST(an_answer_that_does_not_come_ends_in_time)
{
    struct message_counter question = {.at_least = 1};
    struct message_in *in;
    assert_int_equal(
        caller_ask(caller, MESSAGE_COUNTER, &question, MESSAGE_COUNTER_IS, 100, &in, NULL),
        STATUS_UNAVAILABLE);
}

static void wait_for_question(void)
{
    struct pollfd there = {.fd = other, .events = POLLIN};
    assert_int_equal(poll(&there, 1, WAIT_MS), 1);
}

static void *ask_once(void *out)
{
    uint64_t value;
    *(enum status *)out = ask(5, &value, NULL);
    return NULL;
}

TEST(a_link_that_ends_fails_who_waits_and_a_new_one_serves)
{
    pthread_t asker, server;
    enum status status = STATUS_OK;
    int ends[2];
    uint64_t value = 0;
    assert_int_equal(pthread_create(&asker, NULL, ask_once, &status), 0);
    wait_for_question();
    (void)close(other);
    assert_int_equal(pthread_join(asker, NULL), 0);
    assert_int_equal(status, STATUS_UNAVAILABLE);
    assert_int_equal(ask(5, &value, NULL), STATUS_UNAVAILABLE);

    assert_int_equal(message_pair(ends, NULL), STATUS_OK);
    other = ends[1];
    assert_int_equal(pthread_create(&server, NULL, answer, NULL), 0);
    caller_replace(caller, ends[0]);
    assert_int_equal(ask(5, &value, NULL), STATUS_OK);
    assert_int_equal(value, 6);
    stop(server);
}

TEST(a_link_is_replaced_while_somebody_waits_on_the_old_one)
{
    pthread_t asker, server;
    enum status status = STATUS_OK;
    int ends[2];
    uint64_t value = 0;
    assert_int_equal(pthread_create(&asker, NULL, ask_once, &status), 0);
    wait_for_question();
    int old = other;
    assert_int_equal(message_pair(ends, NULL), STATUS_OK);
    other = ends[1];
    assert_int_equal(pthread_create(&server, NULL, answer, NULL), 0);
    caller_replace(caller, ends[0]);
    assert_int_equal(pthread_join(asker, NULL), 0);
    assert_int_equal(status, STATUS_UNAVAILABLE);
    for (uint64_t i = 100; i < 150; i++) {
        assert_int_equal(ask(i, &value, NULL), STATUS_OK);
        assert_int_equal(value, i + 1);
    }
    stop(server);
    (void)close(old);
}

#define WITH_LINK(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TEST_MAIN(WITH_LINK(each_asker_gets_its_own_answer),
          WITH_LINK(failures_become_a_status_and_a_sentence),
          WITH_LINK(an_answer_that_does_not_come_ends_in_time),
          WITH_LINK(a_link_that_ends_fails_who_waits_and_a_new_one_serves),
          WITH_LINK(a_link_is_replaced_while_somebody_waits_on_the_old_one))

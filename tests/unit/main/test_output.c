/* What a guest prints, and what it can ask of the world in a call. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "aether/gate_world.h"
#include "node/main/output.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

static char folder[FOLDER_PATH_MAX];
static char path[FOLDER_PATH_MAX + 8]; /* of the log in it */
static uint8_t area[65536];
static const struct gate_transfer transfer = {area, sizeof area};
static struct output output; /* large */
static struct log *lines;
static struct gate_service services[OUTPUT_SERVICE_COUNT];

static int begin(void **state)
{
    (void)state;
    folder_create("output", folder);
    (void)snprintf(path, sizeof path, "%s/log", folder);
    const int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(log_open(fd, &lines, NULL), STATUS_OK);
    output_init(&output, lines);
    return 0;
}

static int end(void **state)
{
    (void)state;
    output_fini(&output);
    log_close(lines);
    folder_remove(folder);
    return 0;
}

static void begin_call(void)
{
    struct report report;
    report_init(&report);
    assert_int_equal(
        output_begin(&output, BYTES_LITERAL("app"), BYTES_LITERAL(""), BYTES_LITERAL("f"), &report),
        STATUS_OK);
    output_services(&output, services);
}

static size_t count(const char *word)
{
    static char text[1 << 20];
    int fd = open(path, O_RDONLY);
    ssize_t len = read(fd, text, sizeof text - 1);
    size_t found = 0;
    assert_true(len >= 0);
    text[len] = '\0';
    (void)close(fd);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        found++;
    return found;
}

static struct gate_reply ask(size_t service, const struct gate_request *request)
{
    struct gate_reply reply = {0};
    services[service].call(services[service].context, request, transfer, &reply);
    assert_true(reply.out.len <= request->out.len);
    return reply;
}

static struct gate_reply print(uint32_t handle, const char *text)
{
    const struct gate_request request = {.interface = GATE_STREAM,
                                         .method = GATE_STREAM_WRITE,
                                         .handle = handle,
                                         .in = {100, (uint32_t)strlen(text)}};
    memcpy(area + 100, text, strlen(text));
    return ask(1, &request);
}

TEST(lines_go_to_the_log_whole_and_the_last_one_at_the_end)
{
    begin_call();
    assert_int_equal(print(1, "one\ntw").status, GATE_OK);
    assert_int_equal(print(1, "o\nthree").values[0], 7);
    assert_int_equal(print(2, "error\n").status, GATE_OK);
    assert_int_equal(count("\"kind\":\"stdout\""), 2);
    output_end(&output);

    assert_int_equal(count("\"text\":\"one\""), 1);
    assert_int_equal(count("\"text\":\"two\""), 1);
    assert_int_equal(count("\"text\":\"three\""), 1);
    assert_int_equal(count("\"kind\":\"stderr\""), 1);
}

TEST(what_is_over_the_bound_is_counted_and_told_once)
{
    begin_call();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(print(1, "0123456\n").status, GATE_OK);
    output_end(&output);

    assert_int_equal(count("\"kind\":\"stdout\""), OUTPUT_LINES_MAX);
    assert_int_equal(count("\"kind\":\"dropped\""), 1);
    assert_int_equal(count("\"number\":7488}"), 1); /* 936 lines of 8 bytes */

    begin_call();
    assert_int_equal(print(1, "next call\n").status, GATE_OK);
    output_end(&output);
    assert_int_equal(count("next call"), 1);
}

TEST(there_is_no_stdin_and_no_other_handle)
{
    struct gate_request request = {.interface = GATE_WORLD, .method = GATE_WORLD_STDIO};
    begin_call();
    assert_int_equal(ask(0, &request).status, GATE_FAILED);
    request.args[0] = 1;
    assert_int_equal(ask(0, &request).values[0], 1);
    request.args[0] = UINT64_MAX;
    assert_int_equal(ask(0, &request).status, GATE_FAILED);
    assert_int_equal(print(0, "x").status, GATE_BAD_HANDLE);
    assert_int_equal(print(3, "x").status, GATE_BAD_HANDLE);
    request = (struct gate_request){.interface = GATE_WORLD, .method = GATE_WORLD_PREOPEN};
    assert_int_equal(ask(0, &request).status, GATE_FAILED);
    request = (struct gate_request){.interface = GATE_STREAM, .method = 77};
    assert_int_equal(ask(1, &request).status, GATE_UNKNOWN);
    output_end(&output);
}

TEST(printing_is_always_possible_to_who_polls)
{
    const struct gate_poll polls[] = {{.kind = GATE_POLL_TIME, .time = UINT64_MAX},
                                      {.kind = GATE_POLL_WRITE, .handle = 1}};
    struct gate_request request = {.interface = GATE_WORLD,
                                   .method = GATE_WORLD_POLL,
                                   .in = {0, sizeof polls},
                                   .out = {1000, 2}};
    begin_call();
    memcpy(area, polls, sizeof polls);
    struct gate_reply reply = ask(0, &request);

    assert_int_equal(reply.status, GATE_OK);
    assert_int_equal(reply.out.len, 2);
    assert_int_equal(area[1000], 0);
    assert_int_equal(area[1001], 1);
    request.in.len--;
    assert_int_not_equal(ask(0, &request).status, GATE_OK);
    output_end(&output);
}

TEST(a_cancelled_world_is_not_the_next_calls)
{
    struct gate_request request = {.interface = GATE_WORLD,
                                   .method = GATE_WORLD_POLL,
                                   .in = {0, sizeof(struct gate_poll)},
                                   .out = {1000, 1}};
    const struct gate_poll never = {.kind = GATE_POLL_TIME, .time = UINT64_MAX};
    begin_call();
    memcpy(area, &never, sizeof never);
    services[0].cancel(services[0].context);
    assert_int_equal(ask(0, &request).status, GATE_FAILED);
    output_end(&output);

    begin_call();
    memset(area, 0, sizeof never);
    area[0] = GATE_POLL_TIME;
    assert_int_equal(ask(0, &request).status, GATE_OK);
    output_end(&output);
}

#define WITH_OUTPUT(name) cmocka_unit_test_setup_teardown(name, begin, end)

TEST_MAIN(WITH_OUTPUT(lines_go_to_the_log_whole_and_the_last_one_at_the_end),
          WITH_OUTPUT(what_is_over_the_bound_is_counted_and_told_once),
          WITH_OUTPUT(there_is_no_stdin_and_no_other_handle),
          WITH_OUTPUT(printing_is_always_possible_to_who_polls),
          WITH_OUTPUT(a_cancelled_world_is_not_the_next_calls))

/*
 * tests/unit/main/test_http_fetch.c: main's side of a fetch with roles egress and io that lie: the
 * test plays both.
 */
#include <pthread.h>
#include <unistd.h>

#include "aether/gate_world.h"
#include "core/base/cbor.h"
#include "node/main/http_internal.h"
#include "tests/support/test.h"

#define TRANSFER_BYTES 65536u
#define WAIT_MS        5000u

static struct settings settings;
static struct http *http;
static struct http_session *session;
static struct gate_service service;
static int egress, net; /* the test's ends */
static struct message_in in;
static uint8_t transfer_room[TRANSFER_BYTES];
static const struct gate_transfer transfer = {transfer_room, TRANSFER_BYTES};
static struct gate_reply reply;
static pthread_t guest;

/* What was logged, and what the log says next. */
static unsigned connect_count, done_count;
static bool was_granted;
static enum status log_status;

static enum status write_log(void *context, const struct http_event *event)
{
    (void)context;
    if (event->kind == HTTP_EVENT_DONE) {
        done_count++;
        return STATUS_OK;
    }
    connect_count++;
    was_granted = event->is_granted;
    return log_status;
}

static void grant(const char *host)
{
    struct settings_grant *each = &settings.grants[settings.grant_count++];
    *each = (struct settings_grant){.app = "app", .port = 443};
    memcpy(each->host, host, strlen(host) + 1);
}

static void start(void)
{
    int to_egress[2], to_net[2];
    struct report report;
    report_init(&report);
    settings = (struct settings){.fetch_ms = 3000, .fetch_bytes = 1000};
    grant("a.example");
    connect_count = 0;
    done_count = 0;
    was_granted = false;
    log_status = STATUS_OK;
    assert_int_equal(message_pair(to_egress, &report), STATUS_OK);
    assert_int_equal(message_pair(to_net, &report), STATUS_OK);
    egress = to_egress[0];
    net = to_net[0];
    assert_int_equal(
        http_create(&settings, to_egress[1], to_net[1], write_log, NULL, &http, &report),
        STATUS_OK);
    assert_int_equal(http_session_create(http, BYTES_LITERAL("app"), &session, &report), STATUS_OK);
    service = http_session_service(session);
}

static void ask(uint16_t method, struct gate_region in_region, uint64_t arg)
{
    const struct gate_request request = {
        .interface = GATE_HTTP, .method = method, .in = in_region, .out = {0, 1024}, .args = {arg}};
    reply = (struct gate_reply){.status = GATE_OK};
    service.call(service.context, &request, transfer, &reply);
}

static void *run_guest(void *context)
{
    (void)context;
    ask(GATE_HTTP_FETCH, (struct gate_region){0, 0}, 0);
    return NULL;
}

/* The guest asks; FETCH is there, its id is returned. */
static uint32_t begin(void)
{
    struct cbor_writer writer;
    struct bytes all = {0};
    cbor_writer_init(&writer, transfer_room, TRANSFER_BYTES);
    cbor_write_array(&writer, 4);
    cbor_write_uint(&writer, 0);
    cbor_write_text(&writer, BYTES_LITERAL("https://a.example/"));
    cbor_write_array(&writer, 0);
    cbor_write_bytes(&writer, BYTES_LITERAL("body"));
    assert_int_equal(cbor_writer_end(&writer, &all), STATUS_OK);
    ask(GATE_HTTP_SEND, (struct gate_region){0, (uint32_t)all.len}, 1);
    assert_int_equal(reply.status, GATE_OK);
    assert_int_equal(pthread_create(&guest, NULL, run_guest, NULL), 0);
    assert_int_equal(message_receive_wait(egress, &in, WAIT_MS, NULL), STATUS_OK);
    assert_int_equal(in.type, MESSAGE_FETCH);
    uint32_t id = in.any.fetch.id;
    assert_true(bytes_equal(in.any.fetch.url, BYTES_LITERAL("https://a.example/")));
    message_release(&in);
    return id;
}

static void send_connect(uint32_t id, uint64_t hop, const char *host, uint64_t port)
{
    const struct message_fetch_connect connect = {
        .id = id, .hop = hop, .host = bytes_of(host, strlen(host)), .port = port};
    assert_int_equal(message_send(egress, MESSAGE_FETCH_CONNECT, &connect, -1), STATUS_OK);
}

static void send_fetched(uint32_t id, uint64_t status, struct bytes response)
{
    const struct message_fetched fetched = {.id = id, .status = status, .response = response};
    assert_int_equal(message_send(egress, MESSAGE_FETCHED, &fetched, -1), STATUS_OK);
}

/* io has the connection open; its number is returned. */
static uint64_t open_connection(void)
{
    assert_int_equal(message_receive_wait(net, &in, WAIT_MS, NULL), STATUS_OK);
    assert_int_equal(in.type, MESSAGE_NET_OPEN);
    uint64_t connection = in.any.net_open.connection;
    const struct message_net_opened opened = {.id = in.any.net_open.id,
                                              .address = BYTES_LITERAL("93.184.216.34:443")};
    message_release(&in);
    assert_int_equal(message_send(net, MESSAGE_NET_OPENED, &opened, -1), STATUS_OK);
    return connection;
}

static void expect_connected(uint64_t connection)
{
    assert_int_equal(message_receive_wait(egress, &in, WAIT_MS, NULL), STATUS_OK);
    assert_int_equal(in.type, MESSAGE_FETCH_CONNECTED);
    assert_int_equal(in.any.fetch_connected.connection, connection);
    message_release(&in);
}

static void expect_type(int socket, enum message_type type)
{
    assert_int_equal(message_receive_wait(socket, &in, WAIT_MS, NULL), STATUS_OK);
    assert_int_equal(in.type, type);
    message_release(&in);
}

static void expect_silence(int socket)
{
    assert_int_equal(message_receive_wait(socket, &in, 50, NULL), STATUS_UNAVAILABLE);
}

/* The guest has its answer: this error, 0: a response. */
static void finish(uint64_t error)
{
    assert_int_equal(pthread_join(guest, NULL), 0);
    assert_int_equal(reply.status, error == 0 ? GATE_OK : GATE_FAILED);
    assert_int_equal(reply.values[0], error);
    assert_int_equal(done_count, 1);
}

static void stop(void)
{
    http_session_destroy(session);
    http_destroy(http);
    (void)close(egress);
    (void)close(net);
}

/* [[], "ok"] */
#define RESPONSE BYTES_LITERAL("\x82\x80\x42ok")

TEST(a_fetch_is_decided_logged_connected_and_answered)
{
    start();
    uint32_t id = begin();
    send_connect(id, 0, "A.Example.", 443);
    uint64_t connection = open_connection();
    expect_connected(connection);
    send_fetched(id, 200, RESPONSE);
    finish(0);
    assert_int_equal(connect_count, 1);
    assert_true(was_granted);
    assert_int_equal(message_receive_wait(net, &in, WAIT_MS, NULL), STATUS_OK);
    assert_int_equal(in.type, MESSAGE_NET_CLOSE);
    assert_int_equal(in.any.net_close.connection, connection);
    message_release(&in);
    ask(GATE_HTTP_RECEIVE, (struct gate_region){0, 0}, 0);
    assert_int_equal(reply.out.len, 7);
    assert_memory_equal(transfer_room, "\x83\x18\xC8\x80\x42ok", 7);
    stop();
}

TEST(egress_gets_no_connection_that_is_not_granted)
{
    static const char *const hosts[] = {
        "evil.example", "x.a.example", "127.0.0.1",   "a.example.evil",
        "0x7f.1",       "a..example",  "a.example/x", "*"};
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        start();
        uint32_t id = begin();
        send_connect(id, 0, hosts[i], 443);
        expect_type(egress, MESSAGE_FETCH_CANCEL);
        finish(GATE_HTTP_DENIED);
        assert_int_equal(reply.reason, GATE_ERROR_NOT_PERMITTED);
        assert_int_equal(connect_count, 1);
        assert_false(was_granted);
        expect_silence(net);
        stop();
    }
}

TEST(a_log_that_fails_connects_nobody)
{
    start();
    log_status = STATUS_UNAVAILABLE;
    uint32_t id = begin();
    send_connect(id, 0, "a.example", 443);
    expect_type(egress, MESSAGE_FETCH_CANCEL);
    finish(GATE_HTTP_DENIED);
    expect_silence(net);
    stop();
}

TEST(hops_come_in_order_with_a_port_and_are_six_at_most)
{
    static const uint64_t bad[][2] = {{1, 443}, {6, 443}, {UINT32_MAX, 443}, {0, 0}, {0, 65536}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        start();
        uint32_t id = begin();
        send_connect(id, bad[i][0], "a.example", bad[i][1]);
        expect_type(egress, MESSAGE_FETCH_CANCEL);
        finish(GATE_HTTP_UNAVAILABLE);
        expect_silence(net);
        stop();
    }
    start();
    uint32_t id = begin();
    for (uint64_t hop = 0; hop < HTTP_HOPS_MAX; hop++) {
        send_connect(id, hop, "a.example", 443);
        expect_connected(open_connection());
    }
    send_connect(id, HTTP_HOPS_MAX, "a.example", 443);
    expect_type(egress, MESSAGE_FETCH_CANCEL);
    finish(GATE_HTTP_UNAVAILABLE);
    assert_int_equal(connect_count, HTTP_HOPS_MAX);
    for (uint64_t hop = 0; hop < HTTP_HOPS_MAX; hop++)
        expect_type(net, MESSAGE_NET_CLOSE);
    stop();
}

TEST(an_answer_that_is_no_answer_is_refused)
{
    static const struct {
        uint64_t status;
        struct bytes response;
    } bad[] = {
        {99, {(const uint8_t *)"\x82\x80\x42ok", 5}},
        {1000, {(const uint8_t *)"\x82\x80\x42ok", 5}},
        {UINT64_MAX, {(const uint8_t *)"\x82\x80\x42ok", 5}},
        {200, {(const uint8_t *)"", 0}},
        {200, {(const uint8_t *)"\x82\x80\x42o", 4}},
        {200, {(const uint8_t *)"\x82\x80\x42okx", 6}},
        {200, {(const uint8_t *)"\x83\x80\x42ok\x00", 6}},
        {200, {(const uint8_t *)"\x82\x80\x62ok", 5}},
        {200, {(const uint8_t *)"\x82\x81\x81\x61x\x42ok", 8}},
        {200, {(const uint8_t *)"\x82\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x42ok", 13}},
        {200, {(const uint8_t *)"\x82\x80\x5b\xff\xff\xff\xff\xff\xff\xff\xff", 11}},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        start();
        send_fetched(begin(), bad[i].status, bad[i].response);
        finish(GATE_HTTP_UNAVAILABLE);
        ask(GATE_HTTP_RECEIVE, (struct gate_region){0, 0}, 0);
        assert_int_equal(reply.out.len, 0);
        stop();
    }
}

TEST(a_body_over_the_limit_is_refused_whatever_egress_says)
{
    static uint8_t response[1100] = {0x82, 0x80, 0x59, 0x03, 0xE9}; /* 1,001 bytes */
    start();
    send_fetched(begin(), 200, bytes_of(response, 5 + 1001));
    finish(GATE_HTTP_UNAVAILABLE);
    stop();
}

TEST(answers_for_nobody_and_floods_are_thrown_away)
{
    start();
    uint32_t id = begin();
    for (uint32_t i = 0; i < 200; i++)
        send_fetched(id + 1 + i, 200, RESPONSE);
    send_connect(id, 0, "a.example", 443);
    for (uint32_t i = 0; i < 200; i++)
        send_connect(id, 0, "a.example", 443);
    uint64_t connection = open_connection();
    expect_connected(connection);
    finish(GATE_HTTP_UNAVAILABLE); /* the second one has the first one's hop */
    expect_type(net, MESSAGE_NET_CLOSE);
    stop();
}

TEST(what_is_not_for_main_ends_the_fetch)
{
    start();
    uint32_t id = begin();
    const struct message_done done = {.id = id};
    assert_int_equal(message_send(egress, MESSAGE_DONE, &done, -1), STATUS_OK);
    finish(GATE_HTTP_UNAVAILABLE);
    stop();
}

TEST(a_refusal_of_io_is_the_guests_answer)
{
    start();
    uint32_t id = begin();
    send_connect(id, 0, "a.example", 443);
    assert_int_equal(message_receive_wait(net, &in, WAIT_MS, NULL), STATUS_OK);
    assert_int_equal(in.any.net_open.allow_private, 0);
    uint32_t asked = in.any.net_open.id;
    message_release(&in);
    assert_int_equal(message_fail(net, asked, MESSAGE_FAILURE_DENIED, "access denied: not public"),
                     STATUS_OK);
    finish(GATE_HTTP_DENIED);
    assert_int_equal(reply.out.len, 25);
    assert_memory_equal(transfer_room, "access denied: not public", 25);
    stop();
}

TEST(roles_that_go_away_are_said_so)
{
    start();
    (void)begin();
    (void)close(egress);
    finish(GATE_HTTP_UNAVAILABLE);
    egress = -1;
    stop();

    start();
    uint32_t id = begin();
    send_connect(id, 0, "a.example", 443);
    expect_type(net, MESSAGE_NET_OPEN);
    (void)close(net);
    finish(GATE_HTTP_UNAVAILABLE);
    net = -1;
    stop();
}

TEST(a_new_link_takes_the_place_of_one_that_ended)
{
    int fresh[2];
    struct report report;
    report_init(&report);
    start();
    (void)begin();
    (void)close(egress);
    finish(GATE_HTTP_UNAVAILABLE);
    assert_int_equal(message_pair(fresh, &report), STATUS_OK);
    egress = fresh[0];
    http_replace_egress(http, fresh[1]);
    done_count = 0;
    send_fetched(begin(), 204, RESPONSE);
    finish(0);
    stop();
}

TEST(a_cancel_comes_back_while_egress_and_while_io_is_waited_for)
{
    start();
    (void)begin();
    service.cancel(service.context);
    finish(GATE_HTTP_TIMEOUT);
    expect_type(egress, MESSAGE_FETCH_CANCEL);
    stop();

    start();
    uint32_t id = begin();
    send_connect(id, 0, "a.example", 443);
    expect_type(net, MESSAGE_NET_OPEN);
    service.cancel(service.context);
    finish(GATE_HTTP_TIMEOUT);
    expect_type(net, MESSAGE_NET_CLOSE);
    expect_type(egress, MESSAGE_FETCH_CANCEL);
    stop();
}

TEST_MAIN(T(a_fetch_is_decided_logged_connected_and_answered),
          T(egress_gets_no_connection_that_is_not_granted), T(a_log_that_fails_connects_nobody),
          T(hops_come_in_order_with_a_port_and_are_six_at_most),
          T(an_answer_that_is_no_answer_is_refused),
          T(a_body_over_the_limit_is_refused_whatever_egress_says),
          T(answers_for_nobody_and_floods_are_thrown_away), T(what_is_not_for_main_ends_the_fetch),
          T(a_refusal_of_io_is_the_guests_answer), T(roles_that_go_away_are_said_so),
          T(a_new_link_takes_the_place_of_one_that_ended),
          T(a_cancel_comes_back_while_egress_and_while_io_is_waited_for))

/*
 * tests/unit/node/test_session.c: order of requests, regions, services and ends at the Linux gate.
 */
#include "aether/gate_world.h"
#include "node/gate/log.h"
#include "node/gate/session.h"
#include "tests/support/test.h"

#define FUEL       1000u
#define OUTCOME_AT 256u

struct bench {
    struct gate_session session;
    uint8_t transfer[GATE_TRANSFER_MIN];
    struct gate_reply reply;
    enum gate_session_event event;
    struct buffer result;
    struct buffer explanation;
    uint8_t result_room[8];
    uint8_t explanation_room[GATE_EXPLANATION_MAX];
    unsigned served_count;
    unsigned cancelled_count;
    char line[GATE_LOG_LINE_MAX];
    unsigned line_count;
};

static void serve(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                  struct gate_reply *out_reply)
{
    struct bench *bench = context;
    bench->served_count++;
    memset(transfer.data + copy->out.offset, 0x5A, copy->out.len);
    *out_reply = (struct gate_reply){.status = (uint32_t)copy->args[0],
                                     .reason = (uint32_t)copy->args[1],
                                     .token = 0xBAD,
                                     .out = {0xBAD, copy->out.len},
                                     .values = {copy->in.len}};
}

static void cancel(void *context)
{
    struct bench *bench = context;
    bench->cancelled_count++;
}

static void log_refused(void *context, const struct gate_request *copy, enum gate_status status,
                        uint32_t reason)
{
    struct bench *bench = context;
    gate_log_line(copy, status, reason, bench->line);
    bench->line_count++;
}

static void bench_init(struct bench *bench)
{
    static struct gate_service services[2];
    memset(bench, 0, sizeof *bench);
    services[0] = (struct gate_service){GATE_WORLD, bench, serve, NULL};
    services[1] = (struct gate_service){GATE_STREAM, bench, serve, cancel};
    bench->result = (struct buffer){bench->result_room, 0, sizeof bench->result_room};
    bench->explanation =
        (struct buffer){bench->explanation_room, 0, sizeof bench->explanation_room};
    gate_session_init(
        &bench->session,
        &(struct gate_session_setup){
            .job = {.version = GATE_VERSION, .flags = GATE_JOB_CALL, .fuel = FUEL, .entry_len = 3},
            .call_text = BYTES_LITERAL("f(1, 2)"),
            .services = services,
            .service_count = ARRAY_LEN(services),
            .result = &bench->result,
            .explanation = &bench->explanation,
            .log = log_refused,
            .log_context = bench,
        });
}

static void ask(struct bench *bench, const struct gate_request *request)
{
    const struct gate_transfer transfer = {bench->transfer, sizeof bench->transfer};
    memset(&bench->reply, 0xA5, sizeof bench->reply);
    bench->event = gate_session_call(&bench->session, request, transfer, &bench->reply);
}

static void ask_core(struct bench *bench, uint16_t method, uint64_t arg)
{
    ask(bench, &(struct gate_request){.method = method, .token = 77, .args = {arg}});
}

static void greet(struct bench *bench)
{
    bench_init(bench);
    ask_core(bench, GATE_CORE_HELLO, GATE_VERSION);
    assert_int_equal(bench->reply.status, GATE_OK);
}

static void start(struct bench *bench)
{
    greet(bench);
    ask_core(bench, GATE_CORE_STARTED, 0);
    assert_int_equal(bench->reply.status, GATE_OK);
}

static void finish(struct bench *bench, const struct gate_outcome *outcome)
{
    memcpy(bench->transfer + OUTCOME_AT, outcome, sizeof *outcome);
    ask(bench,
        &(struct gate_request){.method = GATE_CORE_FINISH, .in = {OUTCOME_AT, sizeof *outcome}});
}

TEST(hello_puts_the_job_at_the_start_of_the_transfer_area)
{
    struct bench bench;
    struct gate_job job;
    bench_init(&bench);

    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);

    assert_int_equal(bench.event, GATE_SESSION_CONTINUE);
    assert_int_equal(bench.reply.status, GATE_OK);
    assert_int_equal(bench.reply.token, 77);
    assert_int_equal(bench.reply.values[0], GATE_VERSION);
    assert_int_equal(bench.reply.values[1], GATE_FEATURE_WORLD | GATE_FEATURE_CALL);
    assert_int_equal(bench.reply.values[2], sizeof bench.transfer);
    assert_int_equal(bench.reply.out.len, sizeof job);
    memcpy(&job, bench.transfer + bench.reply.out.offset, sizeof job);
    assert_int_equal(job.fuel, FUEL);
    assert_int_equal(job.entry_len, 3);
}

TEST(hello_of_another_version_is_refused_and_may_be_repeated)
{
    struct bench bench;
    bench_init(&bench);

    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION + 1);

    assert_int_equal(bench.reply.status, GATE_BAD_VERSION);
    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);
    assert_int_equal(bench.reply.status, GATE_OK);
    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
}

TEST(nothing_but_hello_is_served_before_hello)
{
    struct bench bench;
    bench_init(&bench);

    for (uint16_t method = GATE_CORE_STARTED; method <= GATE_CORE_EXPLAIN; method++) {
        if (method == GATE_CORE_FINISH || method == GATE_CORE_UPCALL)
            continue;
        ask_core(&bench, method, 0);
        assert_int_equal(bench.reply.status, GATE_BAD_STATE);
        assert_int_equal(bench.event, GATE_SESSION_CONTINUE);
    }
    ask(&bench, &(struct gate_request){.interface = GATE_WORLD});
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.served_count, 0);
    assert_int_equal(bench.session.state, GATE_SESSION_NEW);
}

TEST(second_started_is_out_of_order)
{
    struct bench bench;
    start(&bench);

    ask_core(&bench, GATE_CORE_STARTED, 0);

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.session.out_of_order_count, 1);
    assert_string_equal(bench.line, "CORE.STARTED: refused: out of order");
}

TEST(unknown_interfaces_and_methods_are_refused_counted_and_named)
{
    struct bench bench;
    greet(&bench);

    ask(&bench, &(struct gate_request){.interface = 77, .method = 9});
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    assert_string_equal(bench.line, "interface 77, method 9: refused: no such interface or method");
    ask(&bench, &(struct gate_request){.interface = GATE_FILE, .method = 0});
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    assert_string_equal(bench.line, "FILE.OPEN: refused: no such interface or method");
    ask_core(&bench, GATE_CORE_UPCALL, 0);
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    ask_core(&bench, 0xFFFF, 0);
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);

    assert_int_equal(bench.session.unknown_count, 4);
    assert_int_equal(bench.line_count, 4);
}

TEST(call_text_is_read_in_pieces_and_its_end_is_empty)
{
    struct bench bench;
    greet(&bench);
    const struct gate_region room = {1024, 4};

    ask(&bench, &(struct gate_request){.method = GATE_CORE_CALL_TEXT, .out = room});
    assert_int_equal(bench.reply.out.len, 4);
    assert_int_equal(bench.reply.values[0], 7);
    assert_memory_equal(bench.transfer + 1024, "f(1,", 4);
    ask(&bench, &(struct gate_request){.method = GATE_CORE_CALL_TEXT, .out = room, .args = {4}});
    assert_int_equal(bench.reply.out.len, 3);
    assert_memory_equal(bench.transfer + 1024, " 2)", 3);
    ask(&bench,
        &(struct gate_request){.method = GATE_CORE_CALL_TEXT, .out = room, .args = {UINT64_MAX}});
    assert_int_equal(bench.reply.status, GATE_OK);
    assert_int_equal(bench.reply.out.len, 0);
}

TEST(call_text_needs_a_job_that_is_a_call)
{
    struct bench bench;
    greet(&bench);
    bench.session.setup.job.flags = 0;

    ask_core(&bench, GATE_CORE_CALL_TEXT, 0);

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
}

TEST(regions_outside_of_the_transfer_area_are_refused)
{
    struct bench bench;
    static const struct gate_region bad[] = {
        {GATE_TRANSFER_MIN, 1},   {GATE_TRANSFER_MIN + 1, 0},
        {1, GATE_TRANSFER_MIN},   {0, GATE_TRANSFER_MIN + 1},
        {UINT32_MAX, UINT32_MAX}, {UINT32_MAX, 1},
        {1, UINT32_MAX},          {GATE_TRANSFER_MIN - 1, 2},
    };
    start(&bench);

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        ask(&bench, &(struct gate_request){.interface = GATE_WORLD, .in = bad[i]});
        assert_int_equal(bench.reply.status, GATE_BAD_REGION);
        ask(&bench, &(struct gate_request){.interface = GATE_WORLD, .out = bad[i]});
        assert_int_equal(bench.reply.status, GATE_BAD_REGION);
        ask(&bench, &(struct gate_request){.method = GATE_CORE_RESULT, .in = bad[i]});
        assert_int_equal(bench.reply.status, GATE_BAD_REGION);
        ask(&bench, &(struct gate_request){.method = GATE_CORE_EXPLAIN, .in = bad[i]});
        assert_int_equal(bench.reply.status, GATE_BAD_REGION);
        ask(&bench, &(struct gate_request){.method = GATE_CORE_CALL_TEXT, .out = bad[i]});
        assert_int_equal(bench.reply.status, GATE_BAD_REGION);
    }

    assert_int_equal(bench.served_count, 0);
    assert_int_equal(bench.result.len, 0);
    assert_int_equal(bench.session.refused_count, 5 * ARRAY_LEN(bad));
}

TEST(a_service_may_use_the_last_byte_and_the_empty_region_behind_it)
{
    struct bench bench;
    start(&bench);

    ask(&bench, &(struct gate_request){.interface = GATE_STREAM,
                                       .token = 5,
                                       .in = {GATE_TRANSFER_MIN, 0},
                                       .out = {GATE_TRANSFER_MIN - 1, 1}});

    assert_int_equal(bench.reply.status, GATE_OK);
    assert_int_equal(bench.reply.token, 5);
    assert_int_equal(bench.reply.out.offset, GATE_TRANSFER_MIN - 1);
    assert_int_equal(bench.reply.out.len, 1);
    assert_int_equal(bench.transfer[GATE_TRANSFER_MIN - 1], 0x5A);
    assert_int_equal(bench.served_count, 1);
}

TEST(what_a_service_refuses_is_logged_and_what_merely_fails_is_not)
{
    struct bench bench;
    start(&bench);

    ask(&bench, &(struct gate_request){.interface = GATE_WORLD,
                                       .args = {GATE_FAILED, GATE_ERROR_NO_ENTRY}});
    assert_int_equal(bench.reply.reason, GATE_ERROR_NO_ENTRY);
    assert_int_equal(bench.line_count, 0);
    ask(&bench, &(struct gate_request){.interface = GATE_WORLD,
                                       .args = {GATE_FAILED, GATE_ERROR_NOT_PERMITTED}});
    assert_string_equal(bench.line, "WORLD.TEXT: refused: not-permitted");
    ask(&bench, &(struct gate_request){.interface = GATE_STREAM,
                                       .args = {GATE_REFUSED, REFUSAL_NOT_GRANTED}});
    assert_string_equal(bench.line, "STREAM.READ: refused: not granted");

    assert_int_equal(bench.line_count, 2);
    assert_int_equal(bench.session.refused_count, 2);
}

TEST(result_is_taken_up_to_its_cap_and_whole_or_not_at_all)
{
    struct bench bench;
    start(&bench);
    memcpy(bench.transfer, "abcdefgh", 8);

    ask(&bench, &(struct gate_request){.method = GATE_CORE_RESULT, .in = {0, 6}});
    assert_int_equal(bench.reply.status, GATE_OK);
    ask(&bench, &(struct gate_request){.method = GATE_CORE_RESULT, .in = {0, 3}});
    assert_int_equal(bench.reply.status, GATE_REFUSED);
    assert_int_equal(bench.reply.reason, REFUSAL_BUDGET);
    ask(&bench, &(struct gate_request){.method = GATE_CORE_RESULT, .in = {6, 2}});
    assert_int_equal(bench.reply.status, GATE_OK);

    assert_int_equal(bench.result.len, 8);
    assert_memory_equal(bench.result_room, "abcdefgh", 8);
}

TEST(result_and_explanation_without_a_place_for_them_are_refused)
{
    struct bench bench;
    start(&bench);
    bench.session.setup.result = NULL;
    bench.session.setup.explanation = NULL;

    ask_core(&bench, GATE_CORE_RESULT, 0);
    assert_int_equal(bench.reply.reason, REFUSAL_NOT_GRANTED);
    ask_core(&bench, GATE_CORE_EXPLAIN, 0);
    assert_int_equal(bench.reply.reason, REFUSAL_NOT_GRANTED);
}

TEST(a_cell_explains_itself_once)
{
    struct bench bench;
    start(&bench);
    memcpy(bench.transfer, "why", 3);

    ask(&bench, &(struct gate_request){.method = GATE_CORE_EXPLAIN, .in = {0, GATE_TRANSFER_MIN}});
    assert_int_equal(bench.reply.status, GATE_OK);
    ask(&bench, &(struct gate_request){.method = GATE_CORE_EXPLAIN, .in = {0, 3}});

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.explanation.len, GATE_TRANSFER_MIN);
}

TEST(finish_with_a_result_ends_and_later_requests_are_out_of_order)
{
    struct bench bench;
    start(&bench);

    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_RESULT, .status = -3, .fuel_used = 9});
    assert_int_equal(bench.event, GATE_SESSION_FINISHED);
    assert_int_equal(bench.session.outcome.status, -3);
    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_RESULT, .status = 4});

    assert_int_equal(bench.event, GATE_SESSION_CONTINUE);
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.session.outcome.status, -3);
}

TEST(a_fault_may_come_before_started_and_a_result_may_not)
{
    struct bench bench;
    greet(&bench);
    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_FAULT, .reason = FAULT_MALFORMED});
    assert_int_equal(bench.event, GATE_SESSION_FINISHED);

    greet(&bench);
    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_RESULT});
    assert_int_equal(bench.event, GATE_SESSION_BAD);
}

TEST(finish_before_hello_or_of_a_wrong_length_or_ill_formed_is_bad)
{
    struct bench bench;
    const struct gate_outcome good = {.kind = OUTCOME_RESULT};
    bench_init(&bench);
    finish(&bench, &good);
    assert_int_equal(bench.event, GATE_SESSION_BAD);

    start(&bench);
    ask(&bench, &(struct gate_request){.method = GATE_CORE_FINISH, .in = {0, sizeof good - 1}});
    assert_int_equal(bench.event, GATE_SESSION_BAD);
    assert_int_equal(bench.reply.status, GATE_BAD_REGION);

    start(&bench);
    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_RESULT, .fuel_used = FUEL + 1});
    assert_int_equal(bench.event, GATE_SESSION_BAD);
    assert_int_equal(bench.session.state, GATE_SESSION_ENDED);
}

TEST(cancel_reaches_every_service_that_can_wait)
{
    struct bench bench;
    greet(&bench);

    gate_session_cancel(&bench.session);

    assert_int_equal(bench.cancelled_count, 1);
}

/* The next call of the same cell, with `text`. */
static void resume(struct bench *bench, struct bytes text)
{
    const struct gate_transfer transfer = {bench->transfer, sizeof bench->transfer};
    bench->result.len = 0;
    bench->session.setup.call_text = text;
    const struct gate_session_setup setup = bench->session.setup;
    gate_session_init(&bench->session, &setup);
    gate_session_resume(&bench->session, 2, transfer, &bench->reply);
}

static void finish_with(struct bench *bench, const struct gate_outcome *outcome, const char *tail,
                        uint64_t is_last)
{
    const uint32_t len = (uint32_t)(sizeof *outcome + strlen(tail));
    memcpy(bench->transfer + OUTCOME_AT, outcome, sizeof *outcome);
    memcpy(bench->transfer + OUTCOME_AT + sizeof *outcome, tail, strlen(tail));
    ask(bench, &(struct gate_request){
                   .method = GATE_CORE_FINISH, .in = {OUTCOME_AT, len}, .args = {is_last}});
}

TEST(a_cell_that_serves_gets_its_next_call_with_the_answer_to_finish)
{
    static const struct gate_outcome done = {.kind = OUTCOME_RESULT, .fuel_used = 1};
    struct bench bench;
    start(&bench);
    bench.session.setup.job.flags |= GATE_JOB_SERVE;

    finish_with(&bench, &done, "[1]", 0);
    assert_int_equal(bench.event, GATE_SESSION_FINISHED);
    assert_false(bench.session.is_last);
    assert_int_equal(bench.result.len, 3);
    assert_memory_equal(bench.result_room, "[1]", 3);

    resume(&bench, BYTES_LITERAL("next"));
    assert_int_equal(bench.reply.status, GATE_OK);
    assert_int_equal(bench.reply.out.offset, 0);
    assert_int_equal(bench.reply.out.len, 4);
    assert_int_equal(bench.reply.values[0], 4);
    assert_memory_equal(bench.transfer, "next", 4);
    assert_int_equal(bench.session.payload_version, 2);
    ask_core(&bench, GATE_CORE_STARTED, 0);
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);

    finish_with(&bench, &done, "", 1);
    assert_int_equal(bench.event, GATE_SESSION_FINISHED);
    assert_true(bench.session.is_last);
}

TEST(a_text_that_is_longer_than_the_transfer_area_comes_as_far_as_it_goes)
{
    static uint8_t text[GATE_TRANSFER_MIN + 5];
    struct bench bench;
    start(&bench);
    bench.session.setup.job.flags |= GATE_JOB_SERVE;

    resume(&bench, bytes_of(text, sizeof text));

    assert_int_equal(bench.reply.out.len, GATE_TRANSFER_MIN);
    assert_int_equal(bench.reply.values[0], sizeof text);
}

TEST(a_result_too_long_to_come_with_finish_is_a_fault_of_the_call)
{
    static const struct gate_outcome done = {.kind = OUTCOME_RESULT, .fuel_used = 9};
    struct bench bench;
    start(&bench);
    bench.session.setup.job.flags |= GATE_JOB_SERVE;

    finish_with(&bench, &done, "nine bytes", 0);

    assert_int_equal(bench.event, GATE_SESSION_FINISHED);
    assert_int_equal(bench.session.outcome.kind, OUTCOME_FAULT);
    assert_int_equal(bench.session.outcome.reason, FAULT_LIMIT);
    assert_int_equal(bench.session.outcome.fuel_used, 9);
    assert_int_equal(bench.result.len, 0);
    assert_int_equal(bench.session.refused_count, 1);
}

TEST_MAIN(T(hello_puts_the_job_at_the_start_of_the_transfer_area),
          T(hello_of_another_version_is_refused_and_may_be_repeated),
          T(nothing_but_hello_is_served_before_hello), T(second_started_is_out_of_order),
          T(unknown_interfaces_and_methods_are_refused_counted_and_named),
          T(call_text_is_read_in_pieces_and_its_end_is_empty),
          T(call_text_needs_a_job_that_is_a_call),
          T(regions_outside_of_the_transfer_area_are_refused),
          T(a_service_may_use_the_last_byte_and_the_empty_region_behind_it),
          T(what_a_service_refuses_is_logged_and_what_merely_fails_is_not),
          T(result_is_taken_up_to_its_cap_and_whole_or_not_at_all),
          T(result_and_explanation_without_a_place_for_them_are_refused),
          T(a_cell_explains_itself_once),
          T(finish_with_a_result_ends_and_later_requests_are_out_of_order),
          T(a_fault_may_come_before_started_and_a_result_may_not),
          T(finish_before_hello_or_of_a_wrong_length_or_ill_formed_is_bad),
          T(cancel_reaches_every_service_that_can_wait),
          T(a_cell_that_serves_gets_its_next_call_with_the_answer_to_finish),
          T(a_text_that_is_longer_than_the_transfer_area_comes_as_far_as_it_goes),
          T(a_result_too_long_to_come_with_finish_is_a_fault_of_the_call))

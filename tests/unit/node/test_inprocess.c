/*
 * tests/unit/node/test_inprocess.c: a session driven by a function call.
 */
#include "cell/inprocess/inprocess.h"
#include "tests/support/test.h"

static struct gate_session session;
static struct cell_areas areas;
static uint64_t first_words[3];

static void ask(struct gate_port *port, struct gate_request request, struct gate_reply *out_reply)
{
    gate_port_ring(port, &request, out_reply);
}

static void say_finish(struct gate_port *port, int32_t status)
{
    const struct gate_outcome outcome = {.kind = OUTCOME_RESULT, .status = status};
    struct gate_reply reply;
    memcpy(areas.transfer, &outcome, sizeof outcome);
    ask(port, (struct gate_request){.method = GATE_CORE_FINISH, .in = {0, sizeof outcome}}, &reply);
}

static void finish_twice(struct gate_port *port)
{
    struct gate_reply reply;
    gate_port_areas(port, &areas);
    first_words[0] = load_le64(areas.transfer);
    first_words[1] = load_le64(areas.arena + 0x1000 - 8);
    first_words[2] = load_le64(areas.memory + 0x10000 - 8);
    memset(areas.arena, 1, 0x1000);
    memset(areas.memory, 1, 0x10000);
    ask(port, (struct gate_request){.method = GATE_CORE_HELLO, .args = {GATE_VERSION}}, &reply);
    ask(port, (struct gate_request){.method = GATE_CORE_STARTED}, &reply);
    say_finish(port, (int32_t)areas.payload[1]);
    say_finish(port, 99);
}

static void come_back_early(struct gate_port *port)
{
    (void)port;
}

static enum status run(void (*entry)(struct gate_port *), uint64_t arena_bytes,
                       enum gate_cell_end *out_end)
{
    struct report report;
    report_init(&report);
    gate_session_init(&session, &(struct gate_session_setup){.job = {.version = GATE_VERSION,
                                                                     .payload_len = 3,
                                                                     .arena_bytes = arena_bytes,
                                                                     .memory_bytes = 0x10000}});
    return inprocess_run(&(struct inprocess_job){.payload = BYTES_LITERAL("abc"),
                                                 .session = &session,
                                                 .entry = entry},
                         out_end, &report);
}

TEST(the_first_finish_counts_and_areas_are_zero_each_time)
{
    enum gate_cell_end end = GATE_CELL_BAD;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(run(finish_twice, 0x1000, &end), STATUS_OK);

        assert_int_equal(end, GATE_CELL_FINISHED);
        assert_int_equal(session.outcome.status, 'b');
        assert_int_equal(areas.transfer_bytes, GATE_TRANSFER_DEFAULT);
        assert_int_equal(first_words[0] | first_words[1] | first_words[2], 0);
    }
}

TEST(an_entry_that_comes_back_without_finish_is_bad)
{
    enum gate_cell_end end = GATE_CELL_FINISHED;

    assert_int_equal(run(come_back_early, 0x1000, &end), STATUS_OK);

    assert_int_equal(end, GATE_CELL_BAD);
}

TEST(areas_that_no_address_space_has_are_refused)
{
    enum gate_cell_end end = GATE_CELL_FINISHED;

    assert_int_equal(run(come_back_early, UINT64_MAX, &end), STATUS_NO_MEMORY);
    assert_int_equal(run(come_back_early, (uint64_t)1 << 47, &end), STATUS_NO_MEMORY);

    assert_int_equal(end, GATE_CELL_FINISHED);
}

TEST(a_job_about_another_payload_is_refused)
{
    enum gate_cell_end end = GATE_CELL_FINISHED;
    gate_session_init(&session, &(struct gate_session_setup){.job = {.payload_len = 4}});

    assert_int_equal(inprocess_run(&(struct inprocess_job){.payload = BYTES_LITERAL("abc"),
                                                           .session = &session,
                                                           .entry = come_back_early},
                                   &end, NULL),
                     STATUS_INVALID);
}

TEST_MAIN(T(the_first_finish_counts_and_areas_are_zero_each_time),
          T(an_entry_that_comes_back_without_finish_is_bad),
          T(areas_that_no_address_space_has_are_refused), T(a_job_about_another_payload_is_refused))

/*
 * tests/unit/node/test_rest.c: a cell that was taken over and does not sleep between two calls
 * (tests/hostile_cell/rest.c).
 */
#include <signal.h>
#include <time.h>

#include "node/gate/cell.h"
#include "node/gate/rest.h"
#include "tests/support/hostile.h"
#include "tests/support/test.h"

#define SECOND_NS UINT64_C(1000000000)

static const char name[] = "spin_at_rest";
static const struct timespec moment = {.tv_nsec = 10000000};

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now;
    assert_int_equal(clock_gettime(clock, &now), 0);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static struct gate_cell *serve_once(void)
{
    static uint8_t room[64];
    struct gate_cell_options options;
    struct gate_session session;
    struct gate_cell *cell;
    struct buffer result = {room, 0, sizeof room};
    struct report report;
    report_init(&report);
    hostile_options(&options);
    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_OK);
    gate_session_init(&session, &(struct gate_session_setup){
                                    .job = {.version = GATE_VERSION,
                                            .flags = GATE_JOB_CALL | GATE_JOB_SERVE,
                                            .payload_len = sizeof name,
                                            .fuel = 1000,
                                            .memory_bytes = 4 << 20,
                                            .arena_bytes = 1 << 20},
                                    .result = &result,
                                });
    assert_int_equal(gate_cell_run(cell, bytes_of(name, sizeof name), &session,
                                   now_ns(CLOCK_MONOTONIC) + 10 * SECOND_NS, NULL),
                     GATE_CELL_FINISHED);
    return cell;
}

TEST(a_cell_that_burns_its_processor_at_rest_serves_no_more)
{
    struct gate_cell *cell = serve_once();
    clockid_t clock;
    assert_int_equal(clock_getcpuclockid(gate_cell_pid(cell), &clock), 0);
    const uint64_t begin = now_ns(clock);
    assert_true(gate_cell_can_serve(cell));

    while (gate_cell_can_serve(cell)) {
        assert_in_range(now_ns(clock) - begin, 0, SECOND_NS);
        (void)nanosleep(&moment, NULL);
    }

    assert_true(gate_cell_was_restless(cell));
    assert_true(now_ns(clock) - begin > GATE_REST_NS / 2);
    gate_cell_destroy(cell);
}

TEST(a_cell_that_died_at_rest_was_not_restless)
{
    struct gate_cell *cell = serve_once();
    gate_cell_kill(cell);

    while (gate_cell_can_serve(cell))
        (void)nanosleep(&moment, NULL);

    assert_false(gate_cell_was_restless(cell));
    gate_cell_destroy(cell);
}

TEST_MAIN(T(a_cell_that_burns_its_processor_at_rest_serves_no_more),
          T(a_cell_that_died_at_rest_was_not_restless))

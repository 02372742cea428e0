/*
 * tests/unit/proof/test_session.c: order of a cell's requests and the shape of its outcome.
 */
#include "core/proof/session.h"
#include "tests/support/test.h"

#define FUEL       1000u
#define OUTCOME_AT 256u

struct bench {
    struct journal journal;
    struct session session;
    uint8_t transfer[512];
    struct gate_reply reply;
    enum session_event event;
};

static void bench_init(struct bench *bench)
{
    const struct journal_inputs inputs = {.vector = 0x20, .dose = 1250};
    memset(bench, 0, sizeof *bench);
    journal_init(&bench->journal, &inputs, (1u << GATE_RIGHT_COUNT) - 1, 1);
    session_init(&bench->session, &(struct session_setup){
                                      .journal = &bench->journal,
                                      .fuel = FUEL,
                                      .features = GATE_FEATURE_DEVICE,
                                      .transfer_bytes = sizeof bench->transfer,
                                      .job = {64, sizeof(struct gate_job)},
                                  });
}

static void ask(struct bench *bench, const struct gate_request *request)
{
    memset(&bench->reply, 0xA5, sizeof bench->reply);
    session_call(&bench->session, request, bytes_of(bench->transfer, sizeof bench->transfer),
                 &bench->reply, &bench->event);
}

static void ask_core(struct bench *bench, uint16_t method, uint64_t arg)
{
    ask(bench, &(struct gate_request){
                   .interface = GATE_CORE, .method = method, .token = 77, .args = {arg}});
}

static void finish(struct bench *bench, const struct gate_outcome *outcome)
{
    memcpy(bench->transfer + OUTCOME_AT, outcome, sizeof *outcome);
    ask(bench, &(struct gate_request){.interface = GATE_CORE,
                                      .method = GATE_CORE_FINISH,
                                      .in = {OUTCOME_AT, sizeof *outcome}});
}

static void bench_start(struct bench *bench)
{
    bench_init(bench);
    ask_core(bench, GATE_CORE_HELLO, GATE_VERSION);
    ask_core(bench, GATE_CORE_STARTED, 0xA17E0001);
    assert_int_equal(bench->session.state, SESSION_STARTED);
}

TEST(hello_answers_version_features_and_where_the_job_is)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);

    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);

    assert_int_equal(bench.event, SESSION_CONTINUE);
    assert_int_equal(bench.reply.status, GATE_OK);
    assert_int_equal(bench.reply.token, 77);
    assert_int_equal(bench.reply.values[0], GATE_VERSION);
    assert_int_equal(bench.reply.values[1], GATE_FEATURE_DEVICE);
    assert_int_equal(bench.reply.values[2], 512);
    assert_int_equal(bench.reply.out.offset, 64);
    assert_int_equal(bench.reply.out.len, sizeof(struct gate_job));
    assert_int_equal(bench.reply.values[3], 0);
    assert_int_equal(bench.reply.reserved, 0);
}

TEST(hello_of_another_version_is_refused_and_may_be_repeated)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);

    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION + 1);

    assert_int_equal(bench.reply.status, GATE_BAD_VERSION);
    assert_int_equal(bench.session.state, SESSION_NEW);
    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);
    assert_int_equal(bench.reply.status, GATE_OK);
}

TEST(second_hello_is_out_of_order_and_changes_nothing)
{
    (void)state;
    struct bench bench;
    bench_start(&bench);

    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.event, SESSION_CONTINUE);
    assert_int_equal(bench.session.state, SESSION_STARTED);
    assert_int_equal(bench.session.out_of_order_count, 1);
}

TEST(calls_before_hello_are_out_of_order)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);

    ask_core(&bench, GATE_CORE_STARTED, 1);
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    ask(&bench, &(struct gate_request){.interface = GATE_DEVICE, .method = GATE_DEVICE_GET_STATUS});
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);

    assert_int_equal(bench.event, SESSION_CONTINUE);
    assert_int_equal(bench.session.state, SESSION_NEW);
    assert_int_equal(bench.session.payload_version, 0);
}

TEST(started_is_taken_once)
{
    (void)state;
    struct bench bench;
    bench_start(&bench);

    ask_core(&bench, GATE_CORE_STARTED, 5);

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.session.payload_version, 0xA17E0001);
}

TEST(there_is_nothing_to_wait_for_where_no_call_is_pending)
{
    (void)state;
    struct bench bench;
    bench_start(&bench);

    ask(&bench,
        &(struct gate_request){.interface = GATE_CORE, .method = GATE_CORE_WAIT, .in = {0, 8}});

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.event, SESSION_CONTINUE);
    assert_int_equal(bench.session.state, SESSION_STARTED);
    assert_int_equal(bench.session.unknown_count, 0);
}

TEST(unknown_interfaces_and_methods_are_counted_and_refused)
{
    (void)state;
    struct bench bench;
    bench_start(&bench);

    ask(&bench, &(struct gate_request){.interface = 2});
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    ask(&bench, &(struct gate_request){.interface = 0xFFFF, .method = 0xFFFF});
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    ask_core(&bench, GATE_CORE_UPCALL + 1, 0);
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    ask(&bench,
        &(struct gate_request){.interface = GATE_DEVICE, .method = GATE_DEVICE_METHOD_COUNT});
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);

    assert_int_equal(bench.event, SESSION_CONTINUE);
    assert_int_equal(bench.session.unknown_count, 4);
    assert_int_equal(bench.session.call_count, 6);
    assert_int_equal(bench.session.state, SESSION_STARTED);
}

static const struct gate_request upcall = {
    .interface = GATE_CORE, .method = GATE_CORE_UPCALL, .args = {0x1000, 0x2000, 0x3000}};

TEST(an_upcall_is_an_unknown_method_of_a_gate_without_the_feature)
{
    (void)state;
    const struct session_upcall none = {0};
    struct bench bench;

    bench_init(&bench);
    ask(&bench, &upcall);
    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    bench_start(&bench);
    bench.session.setup.features = ~(uint32_t)GATE_FEATURE_FAULT_TO_TRAP;
    ask(&bench, &upcall);

    assert_int_equal(bench.reply.status, GATE_UNKNOWN);
    assert_int_equal(bench.event, SESSION_CONTINUE);
    assert_int_equal(bench.session.unknown_count, 1);
    assert_memory_equal(&bench.session.upcall, &none, sizeof none);
}

TEST(an_upcall_is_taken_once_by_a_gate_with_the_feature)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    bench.session.setup.features |= GATE_FEATURE_FAULT_TO_TRAP;
    struct gate_request other = upcall;
    other.args[2] = 0x4000;

    ask(&bench, &upcall);
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.session.upcall.entry, 0);
    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);
    ask(&bench, &upcall);
    assert_int_equal(bench.reply.status, GATE_OK);
    ask(&bench, &other);

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.session.upcall.code_start, 0x1000);
    assert_int_equal(bench.session.upcall.code_end, 0x2000);
    assert_int_equal(bench.session.upcall.entry, 0x3000);
}

TEST(device_calls_reach_the_journal_once_greeted)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    ask_core(&bench, GATE_CORE_HELLO, GATE_VERSION);

    ask(&bench, &(struct gate_request){.interface = GATE_DEVICE,
                                       .method = GATE_DEVICE_READ_DOSE,
                                       .handle = bench.journal.handles[GATE_RIGHT_DOSE]});

    assert_int_equal(bench.reply.status, GATE_OK);
    assert_int_equal(bench.reply.values[0], 1250);
}

TEST(shred_ends_the_session)
{
    (void)state;
    struct bench bench;
    bench_start(&bench);

    ask(&bench, &(struct gate_request){.interface = GATE_DEVICE, .method = GATE_DEVICE_SHRED});
    assert_int_equal(bench.event, SESSION_SHREDDED);
    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_RESULT});

    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.event, SESSION_CONTINUE);
    assert_int_equal(bench.session.outcome.kind, 0);
}

TEST(finish_hands_the_outcome_over_and_ends_the_session)
{
    (void)state;
    struct bench bench;
    bench_start(&bench);

    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_RESULT, .fuel_used = FUEL, .status = -3});

    assert_int_equal(bench.event, SESSION_FINISHED);
    assert_int_equal(bench.session.outcome.kind, OUTCOME_RESULT);
    assert_int_equal(bench.session.outcome.status, -3);
    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_RESULT});
    assert_int_equal(bench.reply.status, GATE_BAD_STATE);
    assert_int_equal(bench.session.outcome.status, -3);
}

TEST(finish_before_hello_is_bad)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);

    finish(&bench, &(struct gate_outcome){.kind = OUTCOME_TRAP, .reason = 1});

    assert_int_equal(bench.event, SESSION_BAD);
    assert_int_equal(bench.session.state, SESSION_ENDED);
}

TEST(finish_outside_of_the_transfer_area_is_bad)
{
    static const struct gate_region regions[] = {
        {512, 56}, {457, 56}, {0xFFFFFFFF, 56}, {0xFFFFFFC8, 56},
        {0, 55},   {0, 57},   {0, 0},           {0, 0xFFFFFFFF},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
        struct bench bench;
        bench_start(&bench);
        ask(&bench, &(struct gate_request){
                        .interface = GATE_CORE, .method = GATE_CORE_FINISH, .in = regions[i]});
        assert_int_equal(bench.event, SESSION_BAD);
        assert_int_equal(bench.reply.status, GATE_BAD_REGION);
        assert_int_equal(bench.session.outcome.kind, 0);
    }
}

TEST(finish_at_the_very_end_of_the_transfer_area_is_read)
{
    (void)state;
    struct bench bench;
    const struct gate_outcome outcome = {.kind = OUTCOME_TRAP, .reason = 14, .function = 9};
    bench_start(&bench);
    memcpy(bench.transfer + 456, &outcome, sizeof outcome);

    ask(&bench, &(struct gate_request){
                    .interface = GATE_CORE, .method = GATE_CORE_FINISH, .in = {456, 56}});

    assert_int_equal(bench.event, SESSION_FINISHED);
    assert_int_equal(bench.session.outcome.function, 9);
}

TEST(trap_or_fault_may_come_before_started_a_result_may_not)
{
    (void)state;
    const struct gate_outcome result = {.kind = OUTCOME_RESULT};
    const struct gate_outcome trap = {.kind = OUTCOME_TRAP, .reason = 1};
    const struct gate_outcome fault = {.kind = OUTCOME_FAULT, .reason = FAULT_INVALID};

    assert_true(session_outcome_is_well_formed(&result, true, FUEL));
    assert_false(session_outcome_is_well_formed(&result, false, FUEL));
    assert_true(session_outcome_is_well_formed(&trap, false, FUEL));
    assert_true(session_outcome_is_well_formed(&fault, false, FUEL));
}

TEST(only_the_faults_of_a_cell_may_be_reported)
{
    (void)state;
    for (uint32_t reason = 0; reason < 64; reason++) {
        const struct gate_outcome fault = {.kind = OUTCOME_FAULT, .reason = reason};
        bool is_cells = reason >= FAULT_MALFORMED && reason <= FAULT_NO_MEMORY;
        assert_int_equal(session_outcome_is_well_formed(&fault, true, FUEL), is_cells);
    }
}

TEST(only_listed_traps_may_be_reported_and_the_refused_one_needs_a_refusal)
{
    (void)state;
    for (uint32_t reason = 0; reason < 64; reason++) {
        const struct gate_outcome plain = {.kind = OUTCOME_TRAP, .reason = reason};
        const struct gate_outcome refused = {
            .kind = OUTCOME_TRAP, .reason = reason, .refusal = REFUSAL_BUDGET};
        assert_int_equal(session_outcome_is_well_formed(&plain, true, FUEL),
                         reason >= 1 && reason <= 18 && reason != 15);
        assert_int_equal(session_outcome_is_well_formed(&refused, true, FUEL), reason == 15);
    }
    const struct gate_outcome unknown = {
        .kind = OUTCOME_TRAP, .reason = 15, .refusal = REFUSAL_COUNT};
    assert_false(session_outcome_is_well_formed(&unknown, true, FUEL));
}

/* Each of these differs from a good outcome in one field. */
TEST(fields_that_do_not_belong_to_the_kind_must_be_zero)
{
    static const struct gate_outcome bad[] = {
        {.kind = 0},
        {.kind = 4},
        {.kind = OUTCOME_RESULT, .reason = 1},
        {.kind = OUTCOME_RESULT, .refusal = 1},
        {.kind = OUTCOME_RESULT, .function = 1},
        {.kind = OUTCOME_RESULT, .offset = 1},
        {.kind = OUTCOME_RESULT, .wanted = 1},
        {.kind = OUTCOME_RESULT, .reserved = 1},
        {.kind = OUTCOME_RESULT, .reserved2 = 1},
        {.kind = OUTCOME_RESULT, .fuel_used = FUEL + 1},
        {.kind = OUTCOME_TRAP, .reason = 1, .status = 1},
        {.kind = OUTCOME_TRAP, .reason = 1, .wanted = 1},
        {.kind = OUTCOME_TRAP, .reason = 1, .refusal = 1},
        {.kind = OUTCOME_FAULT, .reason = FAULT_INVALID, .status = 1},
        {.kind = OUTCOME_FAULT, .reason = FAULT_INVALID, .function = 1},
        {.kind = OUTCOME_FAULT, .reason = FAULT_INVALID, .refusal = 1},
        {.kind = OUTCOME_FAULT, .reason = FAULT_INVALID, .wanted = 1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct bench bench;
        bench_start(&bench);
        finish(&bench, &bad[i]);
        assert_int_equal(bench.event, SESSION_BAD);
        assert_int_equal(bench.session.outcome.kind, 0);
    }
}

TEST(memory_faults_may_say_what_would_do)
{
    (void)state;
    const struct gate_outcome cap = {
        .kind = OUTCOME_FAULT, .reason = FAULT_MEMORY_CAP, .wanted = 0x300000};
    const struct gate_outcome arena = {
        .kind = OUTCOME_FAULT, .reason = FAULT_NO_MEMORY, .wanted = 0x300000};

    assert_true(session_outcome_is_well_formed(&cap, false, FUEL));
    assert_true(session_outcome_is_well_formed(&arena, false, FUEL));
}

TEST(job_gives_the_engine_what_guest_memory_leaves_of_the_arena)
{
    (void)state;
    struct journal journal;
    struct gate_job job;
    struct manifest manifest = {
        .limits = {.fuel = 9,
                   .memory_bytes = 0x200000,
                   .arena_bytes = 0x400000,
                   .stack_units = 7,
                   .table_elements = 6},
        .entry_len = 4,
        .entry = "main",
        .flags = MANIFEST_FAULT_TO_TRAP,
    };
    journal_init(&journal, &(struct journal_inputs){0}, 1u << GATE_RIGHT_DOSE, 3);

    session_job_init(&job, &manifest, 1234, &journal);

    assert_int_equal(job.version, GATE_VERSION);
    assert_int_equal(job.flags, GATE_JOB_FAULT_TO_TRAP);
    assert_int_equal(job.payload_len, 1234);
    assert_int_equal(job.fuel, 9);
    assert_int_equal(job.memory_bytes, 0x200000);
    assert_int_equal(job.arena_bytes, 0x200000);
    assert_int_equal(job.stack_units, 7);
    assert_int_equal(job.table_elements, 6);
    assert_memory_equal(job.entry, "main", 5);
    assert_int_equal(job.handles[GATE_RIGHT_DOSE], journal.handles[GATE_RIGHT_DOSE]);
    assert_int_equal(job.handles[GATE_RIGHT_PRESSURE], 0);

    manifest.limits.memory_bytes = 0x500000;
    session_job_init(&job, &manifest, 1234, &journal);
    assert_int_equal(job.arena_bytes, 0);
}

TEST_MAIN(T(hello_answers_version_features_and_where_the_job_is),
          T(hello_of_another_version_is_refused_and_may_be_repeated),
          T(second_hello_is_out_of_order_and_changes_nothing),
          T(calls_before_hello_are_out_of_order), T(started_is_taken_once),

          T(there_is_nothing_to_wait_for_where_no_call_is_pending),
          T(unknown_interfaces_and_methods_are_counted_and_refused),
          T(an_upcall_is_an_unknown_method_of_a_gate_without_the_feature),
          T(an_upcall_is_taken_once_by_a_gate_with_the_feature),
          T(device_calls_reach_the_journal_once_greeted), T(shred_ends_the_session),
          T(finish_hands_the_outcome_over_and_ends_the_session), T(finish_before_hello_is_bad),
          T(finish_outside_of_the_transfer_area_is_bad),
          T(finish_at_the_very_end_of_the_transfer_area_is_read),
          T(trap_or_fault_may_come_before_started_a_result_may_not),
          T(only_the_faults_of_a_cell_may_be_reported),
          T(only_listed_traps_may_be_reported_and_the_refused_one_needs_a_refusal),
          T(fields_that_do_not_belong_to_the_kind_must_be_zero),
          T(memory_faults_may_say_what_would_do),
          T(job_gives_the_engine_what_guest_memory_leaves_of_the_arena))

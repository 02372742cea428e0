/*
 * tests/unit/cell/test_reset.c: semantics.md 7: nothing that a call wrote is there for the next.
 *
 * The cell runs in this process over a doorbell that looks at its areas whenever it asks for the
 * text of a call: from the second call on, arena and memory are byte for byte what they were before
 * the second. The texts are longer than the transfer area, so that it has to ask.
 */
#include <stdio.h>

#include "cell/fake/port.h"
#include "cell/program/program.h"
#include "tests/support/plant_module.h"
#include "tests/support/serve_trial.h"
#include "tests/support/test.h"

#define TRANSFER_BYTES 0x8000u /* WASI wants no less */
#define ARENA_BYTES    ((size_t)12 << 20)
#define MEMORY_BYTES   ((size_t)24 << 20)
#define CALLS_MAX      8u
#define STACK_UNITS    50001u

struct bench {
    struct gate_port port; /* first */
    struct gate_job job;
    struct bytes payload;
    struct area transfer, arena, memory;
    const struct serve_call *calls;
    size_t count, at;
    bool has_looked; /* in this call */
    size_t look_count;
    struct serve_session session;
    uint8_t *arena_before, *memory_before;
};

static struct bench b;
static struct serve_answer answers[CALLS_MAX];
static char texts[CALLS_MAX][TRANSFER_BYTES + 64];

static void find_areas(struct gate_port *port, struct cell_areas *out_areas)
{
    (void)port;
    *out_areas = (struct cell_areas){.payload = b.payload.data,
                                     .transfer = b.transfer.base,
                                     .transfer_bytes = TRANSFER_BYTES,
                                     .arena = b.arena.base,
                                     .memory = b.memory.base};
}

/* The first look is before the instances are made; the second is what all later ones are. */
static void look(void)
{
    if (b.has_looked)
        return;
    b.has_looked = true;
    if (b.look_count++ == 1) {
        memcpy(b.arena_before, b.arena.base, ARENA_BYTES);
        memcpy(b.memory_before, b.memory.base, MEMORY_BYTES);
    } else if (b.look_count > 2) {
        assert_memory_equal(b.arena_before, b.arena.base, ARENA_BYTES);
        assert_memory_equal(b.memory_before, b.memory.base, MEMORY_BYTES);
    }
}

static void begin_call(void)
{
    struct serve_call call = {b.calls[b.at].name, texts[b.at]};
    (void)snprintf(texts[b.at], sizeof texts[0], "%-*s", (int)TRANSFER_BYTES + 32,
                   b.calls[b.at].params);
    serve_session_begin(&b.session, &b.job, &call, &answers[b.at]);
    b.has_looked = false;
}

static void ring(struct gate_port *port, const struct gate_request *request,
                 struct gate_reply *out_reply)
{
    const struct gate_request copy = *request;
    const struct gate_transfer transfer = {b.transfer.base, TRANSFER_BYTES};
    (void)port;
    if (copy.interface == GATE_CORE && copy.method == GATE_CORE_CALL_TEXT)
        look();
    enum gate_session_event event =
        gate_session_call(&b.session.session, &copy, transfer, out_reply);
    assert_int_not_equal(event, GATE_SESSION_BAD);
    if (event != GATE_SESSION_FINISHED)
        return;
    const bool is_last = b.session.session.is_last;
    serve_session_end(&b.session);
    if (is_last || ++b.at == b.count) {
        out_reply->status = GATE_BAD_STATE;
        return;
    }
    begin_call();
    gate_session_resume(&b.session.session, 0, transfer, out_reply);
}

static void run(struct bytes payload, const struct serve_call *calls, size_t count)
{
    memset(&b, 0, sizeof b);
    memset(answers, 0, sizeof answers);
    assert_in_range(count, 3, CALLS_MAX);
    b.port = (struct gate_port){.areas = find_areas, .ring = ring};
    b.payload = payload;
    b.job = serve_job(payload);
    b.job.arena_bytes = ARENA_BYTES;
    b.job.memory_bytes = MEMORY_BYTES;
    b.job.stack_units = STACK_UNITS;
    b.calls = calls;
    b.count = count;
    b.arena_before = malloc(ARENA_BYTES);
    b.memory_before = malloc(MEMORY_BYTES);
    assert_true(b.arena_before != NULL && b.memory_before != NULL);
    assert_int_equal(area_map(TRANSFER_BYTES, &b.transfer), STATUS_OK);
    assert_int_equal(area_map(ARENA_BYTES, &b.arena), STATUS_OK);
    assert_int_equal(area_map(MEMORY_BYTES, &b.memory), STATUS_OK);
    begin_call();
    program_run(&b.port);
    area_unmap(&b.memory);
    area_unmap(&b.arena);
    area_unmap(&b.transfer);
    free(b.memory_before);
    free(b.arena_before);
}

static void assert_answer(size_t call, const char *result)
{
    assert_string_equal(answers[call].explanation, "");
    assert_string_equal(answers[call].result, result);
    assert_int_equal(answers[call].outcome.kind, OUTCOME_RESULT);
}

static void check_planting(bool is_preview_1)
{
    static const struct serve_call calls[] = {
        {"find", "[]"}, {"plant", "[]"}, {"find", "[]"}, {"plant", "[]"}, {"find", "[]"},
    };
    struct wasm_builder builder;
    build_plant_module(&builder, is_preview_1);

    run(build_result(&builder), calls, ARRAY_LEN(calls));

    assert_int_equal(b.look_count, ARRAY_LEN(calls));
    for (size_t i = 0; i < ARRAY_LEN(calls); i += 2)
        assert_answer(i, "[{\"type\":\"s32\",\"value\":0}]");
    for (size_t i = 1; i < ARRAY_LEN(calls); i += 2)
        assert_answer(i, "[{\"type\":\"s32\",\"value\":692}]");
    for (size_t i = 2; i < ARRAY_LEN(calls); i++)
        assert_int_equal(answers[i].outcome.fuel_used, answers[i - 2].outcome.fuel_used);
    build_free(&builder);
}

TEST(what_every_operator_wrote_is_gone_before_the_next_call)
{
    check_planting(false);
}

TEST(so_it_is_where_instances_are_made_anew_for_each_call)
{
    check_planting(true);
}

TEST(components_leave_nothing_either_and_neither_do_refused_calls_and_traps)
{
    static const struct serve_call calls[] = {
        {"hello", "[]"},
        {"kv-store",
         "[{\"type\":\"string\",\"value\":\"key\"},{\"type\":\"string\",\"value\":\"xyzzy\"}]"},
        {"get-random", "[]"},
        {"kv-store", "[{\"type\":\"string\",\"value\":\"key\"},{\"type\":\"u8\",\"value\":1}]"},
        {"nothing", "[]"},
        {"fetch-headlines", "[]"},
        {"get-time", "[]"},
        {"hello", "[]"},
    };
    static const char *const which[] = {"c", "rust"};
    for (size_t i = 0; i < ARRAY_LEN(which); i++) {
        run(serve_example(which[i]), calls, ARRAY_LEN(calls));

        assert_int_equal(b.look_count, ARRAY_LEN(calls));
        assert_answer(0, "[{\"type\":\"string\",\"value\":\"Hello, World!\"}]");
        assert_answer(7, "[{\"type\":\"string\",\"value\":\"Hello, World!\"}]");
        assert_int_equal(answers[7].outcome.fuel_used, answers[0].outcome.fuel_used);
        assert_int_equal(answers[3].outcome.kind, OUTCOME_FAULT);
        assert_int_equal(answers[4].outcome.kind, OUTCOME_FAULT);
    }
}

/* deep: n -> n == 0 ? 0 : deep(n - 1) + 1; each call has 4 units: 1, the parameter, two operands.
 */
static struct bytes make_deep(struct wasm_builder *builder)
{
    build_begin(builder);
    BUILD_SECTION(builder, 1, 0x01, 0x60, 0x01, 0x7F, 0x01, 0x7F);
    BUILD_SECTION(builder, 3, 0x01, 0x00);
    BUILD_SECTION(builder, 7, 0x01, 0x04, 'd', 'e', 'e', 'p', 0x00, 0x00);
    BUILD_SECTION(builder, 10, 0x01, 0x15, 0x00, 0x20, 0x00, 0x45, 0x04, 0x7F, 0x41, 0x00, 0x05,
                  0x20, 0x00, 0x41, 0x01, 0x6B, 0x10, 0x00, 0x41, 0x01, 0x6A, 0x0B, 0x0B);
    return build_result(builder);
}

TEST(the_stack_is_as_deep_as_its_budget_says_and_clean_afterwards)
{
    static const struct serve_call calls[] = {
        {"deep", "[{\"type\":\"s32\",\"value\":1}]"},
        {"deep", "[{\"type\":\"s32\",\"value\":12499}]"}, /* 12,500 calls of 50,001 units */
        {"deep", "[{\"type\":\"s32\",\"value\":12500}]"},
        {"deep", "[{\"type\":\"s32\",\"value\":1}]"},
    };
    struct wasm_builder builder;

    run(make_deep(&builder), calls, ARRAY_LEN(calls));

    assert_int_equal(b.look_count, ARRAY_LEN(calls));
    assert_answer(1, "[{\"type\":\"s32\",\"value\":12499}]");
    assert_int_equal(answers[2].outcome.kind, OUTCOME_TRAP);
    assert_memory_equal(answers[2].explanation, "trap: call stack exhausted\n", 27);
    assert_int_equal(answers[3].outcome.fuel_used, answers[0].outcome.fuel_used);
    build_free(&builder);
}

TEST_MAIN(T(what_every_operator_wrote_is_gone_before_the_next_call),
          T(so_it_is_where_instances_are_made_anew_for_each_call),
          T(components_leave_nothing_either_and_neither_do_refused_calls_and_traps),
          T(the_stack_is_as_deep_as_its_budget_says_and_clean_afterwards))

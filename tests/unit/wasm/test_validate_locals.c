/*
 * tests/unit/wasm/test_validate_locals.c: declarations of locals, few and very many.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define END  0x0B
#define DROP 0x1A
#define GET  0x20

static void is_refused(struct bytes body, enum status status, uint64_t offset, const char *sentence)
{
    body_is_refused("i:", body, status, offset, sentence);
}

TEST(fifty_thousand_locals_are_the_limit_params_included)
{
    (void)state;
    body_is_valid("i:", CODE(1, 0xCF, 0x86, 0x03, 0x7F, END)); /* 49,999 */
    is_refused(CODE(1, 0xD0, 0x86, 0x03, 0x7F, END), STATUS_LIMIT, 1,
               "a function has more than 50000 locals");
    is_refused(CODE(2, 0xCF, 0x86, 0x03, 0x7F, 1, 0x7E, END), STATUS_LIMIT, 5,
               "a function has more than 50000 locals");
    is_refused(CODE(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, END), STATUS_LIMIT, 1,
               "a function has more than 50000 locals");
}

TEST(counts_whose_sum_wraps_are_malformed)
{
    (void)state;
    is_refused(CODE(3, 1, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 1, 0x7F, END), STATUS_MALFORMED,
               3, "too many locals: 4294967297 are declared");
    is_refused(CODE(2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 1, 0x7F, END), STATUS_MALFORMED, 1,
               "too many locals: 4294967296 are declared");
}

TEST(declarations_of_nothing_declare_nothing)
{
    (void)state;
    body_is_valid("i:", CODE(3, 0, 0x7F, 1, 0x7E, 0, 0x7D, GET, 1, 0x21, 1, END));
    is_refused(CODE(1, 0, 0x7F, GET, 1, DROP, END), STATUS_INVALID, 3, "unknown local 1");
}

TEST(declarations_cut_off_are_malformed)
{
    (void)state;
    is_refused(CODE(0x80), STATUS_MALFORMED, 0, "an integer runs past the end");
    is_refused(CODE(2, 1, 0x7F, END), STATUS_MALFORMED, 0,
               "a count of 2 does not fit the 3 bytes left");
    is_refused(CODE(1, 0x80, 0x80), STATUS_MALFORMED, 1, "an integer runs past the end");
    is_refused(CODE(1, 0x81, 0x00), STATUS_MALFORMED, 3, "a value type is missing at the end");
    is_refused(CODE(1, 1, 0x40, END), STATUS_MALFORMED, 2, "64 is no value type");
}

/* Runs of 3 i64, 3 f32, 3 i64, ... : each local far from the first ones has its own type. */
TEST(a_local_far_out_has_the_type_of_its_run)
{
    (void)state;
    const uint32_t runs = 9999;
    for (uint32_t index = 0; index < 1 + runs * 3; index += 1 + index / 7) {
        struct wasm_builder body;
        build_begin_empty(&body);
        build_u32(&body, runs);
        for (uint32_t i = 0; i < runs; i++)
            BUILD(&body, 3, i % 2 == 0 ? 0x7E : 0x7D);
        build_byte(&body, GET);
        build_u32(&body, index);
        build_byte(&body, END);
        const char *signature = index == 0 ? "i:i" : (index - 1) / 3 % 2 == 0 ? "i:I" : "i:f";

        body_is_valid(signature, build_result(&body));

        build_free(&body);
    }
}

static enum status refuse_begin(void *context, uint32_t func, const uint32_t *types, uint32_t count)
{
    uint32_t *seen = context;
    seen[0] = func;
    seen[1] = count;
    seen[2] = types[0];
    seen[3] = types[1];
    seen[4] = types[count - 1];
    return STATUS_DENIED;
}

TEST(a_sink_is_told_every_local)
{
    (void)state;
    struct wasm_trial trial;
    uint32_t seen[5] = {0};
    struct wasm_sink sink = {.context = seen, .function_begin = refuse_begin};
    trial_begin(&trial);
    trial_build_around(&trial, "ix:", CODE(2, 100, 0x7E, 2, 0x7C, END));
    trial_is_valid(&trial);

    enum status status = wasm_body_read(trial.module, 1, &sink, NULL, &trial.scratch, NULL);

    assert_int_equal(status, STATUS_DENIED);
    const uint32_t expected[] = {1, 104, WASM_TYPE_I32, WASM_TYPE_EXTERNREF, WASM_TYPE_F64};
    assert_memory_equal(seen, expected, sizeof seen);
    assert_int_equal(trial.module->funcs[1].local_slots, 104);
    assert_int_equal(trial.scratch.used, 0);
    trial_end(&trial);
}

TEST(locals_that_do_not_fit_the_scratch_memory_are_refused)
{
    (void)state;
    struct wasm_trial trial;
    struct report report;
    uint32_t seen[5] = {0};
    struct wasm_sink sink = {.context = seen, .function_begin = refuse_begin};
    trial_begin_sized(&trial, 65536, 4096);
    trial_build_around(&trial, "ix:", CODE(1, 0x80, 0x40, 0x7E, END)); /* 8,192 in one run */
    trial_is_valid(&trial);

    report_init(&report);
    enum status status = wasm_body_read(trial.module, 1, &sink, NULL, &trial.scratch, &report);

    assert_int_equal(status, STATUS_NO_MEMORY);
    assert_string_equal(report.text, "the locals of a function do not fit the scratch memory");
    assert_int_equal(seen[1], 0);
    trial_end(&trial);

    struct wasm_builder body;
    build_begin_empty(&body);
    build_u32(&body, 400);
    for (uint32_t i = 0; i < 400; i++)
        BUILD(&body, 1, i % 2 == 0 ? 0x7F : 0x7E);
    build_byte(&body, END);
    trial_begin_sized(&trial, 65536, 2048);
    trial_build_around(&trial, ":", build_result(&body));
    trial_is_refused(&trial, STATUS_NO_MEMORY, trial.body_offset + 2,
                     "the locals of a function do not fit the scratch memory");
    build_free(&body);
    trial_end(&trial);
}

TEST_MAIN(T(fifty_thousand_locals_are_the_limit_params_included),
          T(counts_whose_sum_wraps_are_malformed), T(declarations_of_nothing_declare_nothing),
          T(declarations_cut_off_are_malformed), T(a_local_far_out_has_the_type_of_its_run),
          T(a_sink_is_told_every_local), T(locals_that_do_not_fit_the_scratch_memory_are_refused))

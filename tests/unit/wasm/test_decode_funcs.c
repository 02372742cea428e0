/*
 * tests/unit/wasm/test_decode_funcs.c: the function and the code section.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* Type 0 is []->[]. */
static void begin(struct wasm_trial *trial)
{
    trial_begin(trial);
    BUILD_SECTION(&trial->builder, 1, 1, 0x60, 0, 0);
}

TEST(bodies_are_cut_out_with_their_offsets)
{
    (void)state;
    struct wasm_trial trial;
    begin(&trial);
    BUILD_SECTION(&trial.builder, 3, 2, 0, 0);
    BUILD_SECTION(&trial.builder, 10, 2, 2, 0, 0x0B, 3, 0, 0x01, 0x0B);

    trial_is_valid(&trial);

    const struct wasm_func *funcs = trial.module->funcs;
    assert_int_equal(funcs[0].body_offset, 23);
    assert_int_equal(funcs[0].body.len, 2);
    assert_ptr_equal(funcs[1].body.data, trial.builder.data + 26);
    assert_int_equal(funcs[1].body_offset, 26);
    assert_int_equal(funcs[1].op_count, 2);
    assert_false(funcs[0].is_declared);
    trial_end(&trial);
}

TEST(a_function_of_an_unknown_type_is_invalid)
{
    (void)state;
    struct wasm_trial trial;
    begin(&trial);
    BUILD_SECTION(&trial.builder, 3, 2, 0, 1);
    BUILD_SECTION(&trial.builder, 10, 2, 2, 0, 0x0B, 2, 0, 0x0B);
    trial_is_refused(&trial, STATUS_INVALID, 18, "unknown type 1");
    trial_end(&trial);

    begin(&trial);
    BUILD_SECTION(&trial.builder, 3, 1, 0x80);
    BUILD_SECTION(&trial.builder, 10, 1, 2, 0, 0x0B);
    trial_is_refused(&trial, STATUS_MALFORMED, 17, "an integer runs past the end");
    trial_end(&trial);
}

TEST(functions_and_bodies_have_to_be_as_many)
{
    (void)state;
    struct wasm_trial trial;
    begin(&trial);
    BUILD_SECTION(&trial.builder, 3, 1, 0);
    trial_is_refused(&trial, STATUS_MALFORMED, 18, "the code section has 0 bodies for 1 functions");
    trial_end(&trial);

    begin(&trial);
    BUILD_SECTION(&trial.builder, 10, 1, 2, 0, 0x0B);
    trial_is_refused(&trial, STATUS_MALFORMED, 16, "the code section has 1 bodies for 0 functions");
    trial_end(&trial);
}

static void body_section_is_refused(struct bytes section, uint64_t offset, const char *sentence)
{
    struct wasm_trial trial;
    begin(&trial);
    BUILD_SECTION(&trial.builder, 3, 1, 0);
    build_section(&trial.builder, 10);
    build_bytes(&trial.builder, section);
    build_close(&trial.builder);
    trial_is_refused(&trial, STATUS_MALFORMED, 20 + offset, sentence);
    trial_end(&trial);
}

TEST(a_body_has_to_lie_in_its_section)
{
    (void)state;
    body_section_is_refused(CODE(1, 0x80), 1, "an integer runs past the end");
    body_section_is_refused(CODE(1, 3, 0, 0x0B), 2, "3 bytes are announced where 2 are left");
    body_section_is_refused(CODE(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0x0B), 6,
                            "4294967295 bytes are announced where 2 are left");
}

TEST(a_body_of_no_bytes_is_malformed)
{
    (void)state;
    body_section_is_refused(CODE(1, 0), 2, "an integer runs past the end");
}

TEST(a_body_shorter_than_its_code_is_malformed)
{
    (void)state;
    body_section_is_refused(CODE(1, 1, 0), 3, "a function body ends without its end");
    body_section_is_refused(CODE(1, 1, 0, 0x0B), 3, "a section has 1 bytes more than its contents");
}

TEST(a_body_longer_than_its_code_is_malformed)
{
    (void)state;
    body_section_is_refused(CODE(1, 3, 0, 0x0B, 0x0B), 4,
                            "bytes follow the end of a function body");
}

TEST(a_body_has_at_most_7654321_bytes)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        begin(&trial);
        BUILD_SECTION(&trial.builder, 3, 1, 0);
        build_section(&trial.builder, 10);
        build_byte(&trial.builder, 1);
        build_open(&trial.builder);
        build_byte(&trial.builder, 0);
        build_fill(&trial.builder, 0x01, 7654321 - 2 + over);
        build_byte(&trial.builder, 0x0B);
        build_close(&trial.builder);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 24,
                             "a function body has more than 7654321 bytes");
        trial_end(&trial);
    }
}

TEST(a_million_functions_are_the_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin_sized(&trial, (size_t)60 << 20, 65536);
        BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
        build_section(&trial.builder, 3);
        build_u32(&trial.builder, 1000000 + over);
        build_fill(&trial.builder, 0, 1000000 + over);
        build_close(&trial.builder);
        build_section(&trial.builder, 10);
        build_u32(&trial.builder, 1000000 + over);
        for (uint32_t i = 0; i < 1000000 + over; i++)
            BUILD(&trial.builder, 2, 0, 0x0B);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 18, "a module has more than 1000000 functions");
        trial_end(&trial);
    }
}

TEST_MAIN(T(bodies_are_cut_out_with_their_offsets), T(a_function_of_an_unknown_type_is_invalid),
          T(functions_and_bodies_have_to_be_as_many), T(a_body_has_to_lie_in_its_section),
          T(a_body_of_no_bytes_is_malformed), T(a_body_shorter_than_its_code_is_malformed),
          T(a_body_longer_than_its_code_is_malformed), T(a_body_has_at_most_7654321_bytes),
          T(a_million_functions_are_the_limit))

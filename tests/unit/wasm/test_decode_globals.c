/*
 * tests/unit/wasm/test_decode_globals.c: globals and what may initialise them.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

static void is_refused(struct bytes section, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_section(&trial.builder, 6);
    build_bytes(&trial.builder, section);
    build_close(&trial.builder);
    trial_is_refused(&trial, status, 10 + offset, sentence);
    trial_end(&trial);
}

TEST(a_global_keeps_type_mutability_and_init)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 6, 2, 0x7F, 0, 0x41, 7, 0x0B, 0x7E, 1, 0x42, 0x7F, 0x0B);

    trial_is_valid(&trial);

    const struct wasm_global *globals = trial.module->globals;
    assert_int_equal(globals[0].type, WASM_TYPE_I32);
    assert_false(globals[0].is_mutable || globals[0].is_import);
    assert_int_equal(globals[0].init.offset, 13);
    assert_true(bytes_equal(globals[0].init.code, CODE(0x41, 7, 0x0B)));
    assert_true(globals[1].is_mutable);
    assert_int_equal(globals[1].init.offset, 18);
    trial_end(&trial);
}

TEST(a_global_may_be_made_of_immutable_ones_before_it)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 6, 2, 0x7F, 0, 0x41, 7, 0x0B, 0x7F, 1, 0x23, 0, 0x0B);
    trial_is_valid(&trial);
    trial_end(&trial);
}

TEST(a_global_may_not_be_made_of_itself_or_later_ones)
{
    (void)state;
    is_refused(CODE(2, 0x7F, 0, 0x23, 0, 0x0B, 0x7F, 0, 0x41, 0, 0x0B), STATUS_INVALID, 3,
               "unknown global 0");
    is_refused(CODE(2, 0x7F, 0, 0x23, 1, 0x0B, 0x7F, 0, 0x41, 0, 0x0B), STATUS_INVALID, 3,
               "unknown global 1");
}

TEST(a_global_may_not_be_made_of_a_mutable_one)
{
    (void)state;
    is_refused(CODE(2, 0x7F, 1, 0x41, 0, 0x0B, 0x7F, 0, 0x23, 0, 0x0B), STATUS_INVALID, 8,
               "a constant expression is required here, the global is mutable");
}

TEST(an_unknown_mutability_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 0x7F, 2, 0x41, 0, 0x0B), STATUS_MALFORMED, 2, "2 is no mutability");
}

TEST(a_global_cut_off_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 0x7F, 0, 0x41), STATUS_MALFORMED, 4, "an integer runs past the end");
    is_refused(CODE(1, 0x7F, 0, 0x41, 0), STATUS_MALFORMED, 5,
               "a constant expression ends without its end");
    is_refused(CODE(2, 0x7F, 0, 0x41, 0, 0x0B, 0x7F), STATUS_MALFORMED, 7,
               "a byte is missing at the end");
}

TEST(a_million_globals_are_the_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin_sized(&trial, (size_t)60 << 20, 4096);
        build_section(&trial.builder, 6);
        build_u32(&trial.builder, 1000000 + over);
        for (uint32_t i = 0; i < 1000000 + over; i++)
            BUILD(&trial.builder, 0x7F, 0, 0x41, 0, 0x0B);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 13, "a module has more than 1000000 globals");
        trial_end(&trial);
    }
}

TEST_MAIN(T(a_global_keeps_type_mutability_and_init),
          T(a_global_may_be_made_of_immutable_ones_before_it),
          T(a_global_may_not_be_made_of_itself_or_later_ones),
          T(a_global_may_not_be_made_of_a_mutable_one), T(an_unknown_mutability_is_malformed),
          T(a_global_cut_off_is_malformed), T(a_million_globals_are_the_limit))

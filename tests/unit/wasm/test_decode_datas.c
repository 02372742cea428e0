/*
 * tests/unit/wasm/test_decode_datas.c: data segments and their count.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* One memory; the section's contents are at offset 15. */
static void build_datas(struct wasm_trial *trial, struct bytes section)
{
    trial_begin(trial);
    BUILD_SECTION(&trial->builder, 5, 1, 0, 1);
    build_section(&trial->builder, 11);
    build_bytes(&trial->builder, section);
    build_close(&trial->builder);
}

static void is_refused(struct bytes section, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    build_datas(&trial, section);
    trial_is_refused(&trial, status, 15 + offset, sentence);
    trial_end(&trial);
}

TEST(all_three_forms_are_read)
{
    (void)state;
    struct wasm_trial trial;
    build_datas(&trial, CODE(3, 0, 0x41, 5, 0x0B, 1, 'a', 1, 2, 'b', 'c', 2, 0, 0x41, 6, 0x0B, 0));

    trial_is_valid(&trial);

    const struct wasm_data *datas = trial.module->datas;
    assert_int_equal(trial.module->data_count, 3);
    assert_false(trial.module->has_data_count);
    assert_int_equal(datas[0].mode, WASM_SEGMENT_ACTIVE);
    assert_true(bytes_equal(datas[0].start.code, CODE(0x41, 5, 0x0B)));
    assert_true(bytes_equal(datas[0].init, BYTES_LITERAL("a")));
    assert_int_equal(datas[1].mode, WASM_SEGMENT_PASSIVE);
    assert_true(bytes_equal(datas[1].init, BYTES_LITERAL("bc")));
    assert_int_equal(datas[2].mode, WASM_SEGMENT_ACTIVE);
    assert_int_equal(datas[2].memory, 0);
    assert_int_equal(datas[2].init.len, 0);
    trial_end(&trial);
}

TEST(an_unknown_form_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 3, 0), STATUS_MALFORMED, 1, "3 is no form of a data segment");
}

TEST(the_memory_has_to_exist)
{
    (void)state;
    is_refused(CODE(1, 2, 1, 0x41, 0, 0x0B, 0), STATUS_INVALID, 2, "unknown memory 1");

    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 11, 1, 0, 0x41, 0, 0x0B, 0);
    trial_is_refused(&trial, STATUS_INVALID, 12, "unknown memory 0");
    trial_end(&trial);
}

TEST(a_place_is_a_constant_i32)
{
    (void)state;
    is_refused(CODE(1, 0, 0x43, 0, 0, 0, 0, 0x0B, 0), STATUS_INVALID, 2,
               "type mismatch: a constant expression of \"i32\" expected, \"f32\" found");
}

TEST(a_segment_longer_than_its_section_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 1, 2, 'a'), STATUS_MALFORMED, 3, "2 bytes are announced where 1 are left");
    is_refused(CODE(1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), STATUS_MALFORMED, 7,
               "4294967295 bytes are announced where 0 are left");
    is_refused(CODE(1, 1, 0x80), STATUS_MALFORMED, 2, "an integer runs past the end");
    is_refused(CODE(1, 0x80, 0x80), STATUS_MALFORMED, 1, "an integer runs past the end");
    is_refused(CODE(1, 0x82, 0), STATUS_MALFORMED, 3, "an integer runs past the end");
}

TEST(the_count_section_has_to_tell_the_truth)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 12, 1);
    BUILD_SECTION(&trial.builder, 11, 1, 1, 0);
    trial_is_valid(&trial);
    assert_true(trial.module->has_data_count);
    trial_end(&trial);

    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 12, 2);
    BUILD_SECTION(&trial.builder, 11, 1, 1, 0);
    trial_is_refused(&trial, STATUS_MALFORMED, 13,
                     "the data count section says 2, the data section has 1");
    trial_end(&trial);

    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 12, 1);
    trial_is_refused(&trial, STATUS_MALFORMED, 11,
                     "the data count section says 1, the data section has 0");
    trial_end(&trial);
}

TEST(a_hundred_thousand_segments_are_the_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin_sized(&trial, (size_t)8 << 20, 4096);
        build_section(&trial.builder, 11);
        build_u32(&trial.builder, 100000 + over);
        for (uint32_t i = 0; i < 100000 + over; i++)
            BUILD(&trial.builder, 1, 0);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 12,
                             "a module has more than 100000 data segments");
        trial_end(&trial);
    }

    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 12, 0xA1, 0x8D, 0x06);
    trial_is_refused(&trial, STATUS_LIMIT, 10, "a module has more than 100000 data segments");
    trial_end(&trial);
}

TEST_MAIN(T(all_three_forms_are_read), T(an_unknown_form_is_malformed), T(the_memory_has_to_exist),
          T(a_place_is_a_constant_i32), T(a_segment_longer_than_its_section_is_malformed),
          T(the_count_section_has_to_tell_the_truth), T(a_hundred_thousand_segments_are_the_limit))

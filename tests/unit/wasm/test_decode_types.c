/*
 * tests/unit/wasm/test_decode_types.c: function types and their canonical indices.
 */
#include <stdio.h>

#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

static void is_refused(struct bytes section, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_section(&trial.builder, 1);
    build_bytes(&trial.builder, section);
    build_close(&trial.builder);
    trial_is_refused(&trial, status, 10 + offset, sentence);
    trial_end(&trial);
}

TEST(a_type_keeps_its_params_results_and_slots)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x60, 6, 0x7F, 0x7E, 0x7D, 0x7C, 0x70, 0x6F, 2, 0x7F, 0x6F);

    trial_is_valid(&trial);

    const struct wasm_func_type *type = &trial.module->types[0].func;
    const uint32_t params[] = {WASM_TYPE_I32, WASM_TYPE_I64,     WASM_TYPE_F32,
                               WASM_TYPE_F64, WASM_TYPE_FUNCREF, WASM_TYPE_EXTERNREF};
    assert_int_equal(trial.module->type_count, 1);
    assert_int_equal(type->param_count, 6);
    assert_int_equal(type->param_slots, 6);
    assert_memory_equal(type->params, params, sizeof params);
    assert_int_equal(type->result_count, 2);
    assert_int_equal(type->result_slots, 2);
    assert_int_equal(type->results[0], WASM_TYPE_I32);
    assert_int_equal(type->results[1], WASM_TYPE_EXTERNREF);
    trial_end(&trial);
}

TEST(equal_types_share_the_first_ones_canonical_index)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 7, 0x60, 1, 0x7F, 0, /* 0 [i32]->[] */
                  0x60, 0, 1, 0x7F,                       /* 1 []->[i32] */
                  0x60, 0, 0,                             /* 2 []->[] */
                  0x60, 0, 1, 0x7F,                       /* 3 as 1 */
                  0x60, 1, 0x7F, 0,                       /* 4 as 0 */
                  0x60, 1, 0x7E, 0,                       /* 5 [i64]->[] */
                  0x60, 0, 0);                            /* 6 as 2 */

    trial_is_valid(&trial);

    const uint32_t expected[] = {0, 1, 2, 1, 0, 5, 2};
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(trial.module->types[i].canonical, expected[i]);
    trial_end(&trial);
}

TEST(an_unknown_form_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 0x61, 0, 0), STATUS_MALFORMED, 1, "97 is no form of a type");
}

TEST(a_v128_takes_two_slots)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x60, 3, 0x7F, 0x7B, 0x7E, 2, 0x7B, 0x7B);

    trial_is_valid(&trial);

    assert_int_equal(trial.module->types[0].func.param_count, 3);
    assert_int_equal(trial.module->types[0].func.param_slots, 4);
    assert_int_equal(trial.module->types[0].func.result_slots, 4);
    trial_end(&trial);
}

TEST(an_unknown_value_type_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 0x60, 1, 0x40, 0), STATUS_MALFORMED, 3, "64 is no value type");
    is_refused(CODE(1, 0x60, 0, 1, 0x00), STATUS_MALFORMED, 4, "0 is no value type");
}

TEST(a_type_cut_off_is_malformed)
{
    (void)state;
    is_refused(CODE(3, 0x60, 2, 0x7F, 0x7F, 0), STATUS_MALFORMED, 0,
               "a count of 3 does not fit the 5 bytes left");
    is_refused(CODE(1, 0x60, 3, 0x7F), STATUS_MALFORMED, 2,
               "a count of 3 does not fit the 1 bytes left");
    is_refused(CODE(1, 0x60, 2, 0x7F, 0x7F), STATUS_MALFORMED, 5, "an integer runs past the end");
    is_refused(CODE(2, 0x60, 1, 0x7F, 1, 0x7F, 0x60), STATUS_MALFORMED, 7,
               "an integer runs past the end");
    is_refused(CODE(2, 0x60, 1, 0x7F, 2, 0x7F, 0x7F), STATUS_MALFORMED, 7,
               "a byte is missing at the end");
}

static void build_wide_type(struct wasm_builder *builder, uint32_t params, uint32_t results)
{
    build_section(builder, 1);
    BUILD(builder, 1, 0x60);
    build_u32(builder, params);
    build_fill(builder, 0x7F, params);
    build_u32(builder, results);
    build_fill(builder, 0x7F, results);
    build_close(builder);
}

TEST(a_thousand_params_and_results_are_the_limit)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    build_wide_type(&trial.builder, 1000, 1000);
    trial_is_valid(&trial);
    trial_end(&trial);

    trial_begin(&trial);
    build_wide_type(&trial.builder, 1001, 0);
    trial_is_refused(&trial, STATUS_LIMIT, 13, "a function type has more than 1000 params");
    trial_end(&trial);

    trial_begin(&trial);
    build_wide_type(&trial.builder, 0, 1001);
    trial_is_refused(&trial, STATUS_LIMIT, 14, "a function type has more than 1000 results");
    trial_end(&trial);
}

static void build_many_types(struct wasm_builder *builder, uint32_t count)
{
    build_section(builder, 1);
    build_u32(builder, count);
    for (uint32_t i = 0; i < count; i++)
        BUILD(builder, 0x60, 0, 0);
    build_close(builder);
}

TEST(a_million_types_are_the_limit)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin_sized(&trial, (size_t)80 << 20, (size_t)16 << 20);
    build_many_types(&trial.builder, 1000000);
    trial_is_valid(&trial);
    assert_int_equal(trial.module->types[999999].canonical, 0);
    trial_end(&trial);

    trial_begin(&trial);
    build_many_types(&trial.builder, 1000001);
    trial_is_refused(&trial, STATUS_LIMIT, 13, "a module has more than 1000000 types");
    trial_end(&trial);
}

TEST(types_that_do_not_fit_an_arena_say_which)
{
    (void)state;
    char sentence[REPORT_TEXT_MAX];
    (void)snprintf(sentence, sizeof sentence,
                   "the tables of the module need an arena of at least %zu bytes",
                   (sizeof(struct wasm_module) + 15) / 16 * 16 + 1000 * sizeof(struct wasm_type));
    struct wasm_trial trial;
    trial_begin_sized(&trial, 4096, 4096);
    build_many_types(&trial.builder, 1000);
    trial_is_refused(&trial, STATUS_NO_MEMORY, 13, sentence);
    trial_end(&trial);

    trial_begin_sized(&trial, (size_t)1 << 20, 4096);
    build_many_types(&trial.builder, 1000);
    trial_is_refused(&trial, STATUS_NO_MEMORY, 13,
                     "comparing 1000 types does not fit the scratch memory");
    trial_end(&trial);
}

TEST_MAIN(T(a_type_keeps_its_params_results_and_slots),
          T(equal_types_share_the_first_ones_canonical_index), T(an_unknown_form_is_malformed),
          T(a_v128_takes_two_slots), T(an_unknown_value_type_is_malformed),
          T(a_type_cut_off_is_malformed), T(a_thousand_params_and_results_are_the_limit),
          T(a_million_types_are_the_limit), T(types_that_do_not_fit_an_arena_say_which))

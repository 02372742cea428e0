/*
 * tests/unit/wasm/test_decode_types.c: defined types, their groups and canonical indices.
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

/* rec { struct (ref null 1) mutable; array of i8 } and besides a struct that extends the first */
#define FAMILY                                                                                     \
    2, 0x4E, 2, 0x50, 0, 0x5F, 1, 0x63, 1, 1, 0x5E, 0x78, 0, 0x4F, 1, 0, 0x5F, 5, 0x63, 1, 1,      \
        0x78, 0, 0x7E, 0, 0x77, 1, 0x64, 0x6C, 0

TEST(a_group_counts_as_many_types_as_it_has)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, FAMILY);

    trial_is_valid(&trial);

    const struct wasm_type *types = trial.module->types;
    assert_int_equal(trial.module->type_count, 3);
    assert_int_equal(types[0].kind, WASM_KIND_STRUCT);
    assert_int_equal(types[1].kind, WASM_KIND_ARRAY);
    assert_int_equal(types[2].kind, WASM_KIND_STRUCT);
    assert_true(types[0].starts_group && !types[1].starts_group && types[2].starts_group);
    assert_true(!types[0].is_final && types[1].is_final && types[2].is_final);
    assert_int_equal(types[0].supertype, WASM_NO_SUPERTYPE);
    assert_int_equal(types[2].supertype, 0);
    assert_int_equal(types[2].depth, 1);
    assert_int_equal(types[1].element.type, WASM_TYPE_I8);
    assert_int_equal(types[1].element.size, 1);
    assert_int_equal(types[1].element.offset, 8);
    assert_false(types[1].element.is_mutable);
    trial_end(&trial);
}

TEST(fields_lie_where_their_size_divides_their_offset)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, FAMILY);

    trial_is_valid(&trial);

    const struct wasm_struct_type *type = &trial.module->types[2].fields;
    const uint32_t offsets[] = {8, 12, 16, 24, 28}, sizes[] = {4, 1, 8, 2, 4};
    const uint32_t operands[] = {WASM_TYPE_REF_NULL(1), WASM_TYPE_I32, WASM_TYPE_I64, WASM_TYPE_I32,
                                 WASM_TYPE_REF(WASM_HEAP_I31)};
    assert_int_equal(type->field_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(type->fields[i].offset, offsets[i]);
        assert_int_equal(type->fields[i].size, sizes[i]);
        assert_int_equal(wasm_struct_operands(type)[i], operands[i]);
    }
    assert_int_equal(type->size, 32);
    assert_false(type->is_defaultable);
    assert_true(trial.module->types[0].fields.is_defaultable);
    assert_int_equal(trial.module->types[0].fields.size, 16);
    trial_end(&trial);
}

TEST(an_empty_group_has_no_types)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 3, 0x4E, 0, 0x60, 0, 0, 0x4E, 0);
    trial_is_valid(&trial);
    assert_int_equal(trial.module->type_count, 1);
    trial_end(&trial);
}

TEST(a_reference_names_a_type_of_its_group_or_before)
{
    (void)state;
    is_refused(CODE(2, 0x5F, 1, 0x64, 1, 0, 0x5F, 0), STATUS_INVALID, 4, "unknown type 1");
    is_refused(CODE(1, 0x4E, 1, 0x5F, 1, 0x64, 1, 0), STATUS_INVALID, 6, "unknown type 1");
    is_refused(CODE(1, 0x5F, 1, 0x64, 0x7D, 0), STATUS_MALFORMED, 4, "125 is no heap type");
    is_refused(CODE(1, 0x5F, 1, 0x64, 0xF0, 0x7F, 0), STATUS_MALFORMED, 4,
               "a negative number is no heap type");
    is_refused(CODE(1, 0x60, 1, 0x64), STATUS_MALFORMED, 4, "a heap type is missing at the end");
    is_refused(CODE(1, 0x60, 1, 0x78, 0), STATUS_MALFORMED, 3, "120 is no value type");
}

TEST(a_supertype_stands_before_and_is_not_final)
{
    (void)state;
    is_refused(CODE(1, 0x50, 1, 0, 0x5F, 0), STATUS_INVALID, 3,
               "unknown type 0: a supertype stands before its subtypes");
    is_refused(CODE(1, 0x4E, 2, 0x50, 1, 1, 0x5F, 0, 0x50, 0, 0x5F, 0), STATUS_INVALID, 5,
               "unknown type 1: a supertype stands before its subtypes");
    is_refused(CODE(2, 0x5F, 0, 0x50, 1, 0, 0x5F, 0), STATUS_INVALID, 3,
               "sub type 1 does not match its supertype 0, which is final");
    is_refused(CODE(2, 0x4F, 0, 0x5F, 0, 0x4F, 1, 0, 0x5F, 0), STATUS_INVALID, 5,
               "sub type 1 does not match its supertype 0, which is final");
    is_refused(CODE(3, 0x50, 0, 0x5F, 0, 0x50, 0, 0x5F, 0, 0x50, 2, 0, 1, 0x5F, 0), STATUS_INVALID,
               10, "a type has 2 supertypes instead of one");
}

TEST(a_subtype_has_what_its_supertype_has)
{
    (void)state;
    is_refused(CODE(2, 0x50, 0, 0x5F, 1, 0x7F, 0, 0x50, 1, 0, 0x5F, 0), STATUS_INVALID, 7,
               "sub type 1 does not match its supertype 0");
    is_refused(CODE(2, 0x50, 0, 0x5F, 0, 0x50, 1, 0, 0x5E, 0x7F, 0), STATUS_INVALID, 5,
               "sub type 1 does not match its supertype 0");
    is_refused(CODE(2, 0x50, 0, 0x60, 0, 0, 0x50, 1, 0, 0x60, 1, 0x7F, 0), STATUS_INVALID, 6,
               "sub type 1 does not match its supertype 0");
}

TEST(a_type_cut_off_in_a_group_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 0x4E, 5, 0x5F, 0, 0x5F, 0), STATUS_MALFORMED, 2,
               "a count of 5 does not fit the 4 bytes left");
    is_refused(CODE(1, 0x4E, 2, 0x5F, 1, 0x7F, 0), STATUS_MALFORMED, 7,
               "a byte is missing at the end");
    is_refused(CODE(1, 0x5F, 1, 0x7F), STATUS_MALFORMED, 2,
               "a count of 1 does not fit the 1 bytes left");
    is_refused(CODE(1, 0x5E, 0x7F), STATUS_MALFORMED, 3, "a byte is missing at the end");
    is_refused(CODE(1, 0x5E, 0x7F, 2), STATUS_MALFORMED, 3, "2 is no mutability");
    is_refused(CODE(1, 0x50, 1), STATUS_MALFORMED, 3, "an integer runs past the end");
    is_refused(CODE(1, 0x4F, 0), STATUS_MALFORMED, 3, "a byte is missing at the end");
    is_refused(CODE(1, 0x5F, 0, 0), STATUS_MALFORMED, 3,
               "a section has 1 bytes more than its contents");
}

TEST(ten_thousand_fields_are_the_limit)
{
    (void)state;
    for (uint32_t count = 10000; count <= 10001; count++) {
        struct wasm_trial trial;
        trial_begin(&trial);
        build_section(&trial.builder, 1);
        BUILD(&trial.builder, 1, 0x5F);
        build_u32(&trial.builder, count);
        for (uint32_t i = 0; i < count; i++)
            BUILD(&trial.builder, 0x78, 0);
        build_close(&trial.builder);
        if (count == 10000)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 14, "a struct type has more than 10000 fields");
        trial_end(&trial);
    }
}

static void build_chain(struct wasm_trial *trial, uint32_t length)
{
    trial_begin(trial);
    build_section(&trial->builder, 1);
    build_u32(&trial->builder, length);
    BUILD(&trial->builder, 0x50, 0, 0x5F, 0);
    for (uint32_t i = 1; i < length; i++)
        BUILD(&trial->builder, 0x50, 1, (uint8_t)(i - 1), 0x5F, 0);
    build_close(&trial->builder);
}

TEST(sixty_three_supertypes_are_the_limit)
{
    (void)state;
    struct wasm_trial trial;
    build_chain(&trial, 64);
    trial_is_valid(&trial);
    assert_int_equal(trial.module->types[63].depth, 63);
    trial_end(&trial);
    build_chain(&trial, 65);
    trial_is_refused(&trial, STATUS_LIMIT, trial.builder.len - 5,
                     "a type has more than 63 supertypes above it");
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

/* `count` entries of the bytes given. */
static void takes_what_is_promised(struct bytes entry, uint32_t count)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_section(&trial.builder, 1);
    build_u32(&trial.builder, count);
    for (uint32_t i = 0; i < count; i++)
        build_bytes(&trial.builder, entry);
    build_close(&trial.builder);
    trial_is_valid(&trial);
    assert_in_range(trial.module_arena.peak, 1, 24 * trial.builder.len + 1024);
    assert_in_range(trial.scratch.peak, 0, 8 * trial.builder.len + 65536);
    trial_end(&trial);
}

TEST(small_types_take_no_more_memory_than_promised)
{
    (void)state;
    takes_what_is_promised(CODE(0x5F, 0), 50000);
    takes_what_is_promised(CODE(0x5E, 0x78, 0), 50000);
    takes_what_is_promised(CODE(0x60, 0, 0), 50000);
    takes_what_is_promised(CODE(0x60, 4, 0x7F, 0x7F, 0x7F, 0x7F, 1, 0x7F), 20000);
    takes_what_is_promised(CODE(0x5F, 4, 0x78, 0, 0x78, 0, 0x78, 0, 0x78, 0), 20000);
    takes_what_is_promised(CODE(0x4E, 3, 0x5F, 0, 0x5F, 0, 0x5F, 0), 20000);
    takes_what_is_promised(CODE(0x4E, 0), 50000);
}

TEST(types_of_groups_count_for_the_limit)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin_sized(&trial, (size_t)80 << 20, (size_t)16 << 20);
    build_section(&trial.builder, 1);
    BUILD(&trial.builder, 2, 0x4E);
    build_u32(&trial.builder, 999999);
    for (uint32_t i = 0; i < 999999; i++)
        BUILD(&trial.builder, 0x5F, 0);
    size_t second = trial.builder.len;
    BUILD(&trial.builder, 0x4E, 2, 0x5F, 0, 0x5F, 0);
    build_close(&trial.builder);
    size_t moved = trial.builder.len - second - 6; /* by the section's own length */
    trial_is_refused(&trial, STATUS_LIMIT, second + moved, "a module has more than 1000000 types");
    trial_end(&trial);
}

TEST(a_vector_field_takes_sixteen_bytes_at_a_multiple_of_eight)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x5F, 3, 0x7F, 0, 0x7B, 1, 0x78, 0);

    trial_is_valid(&trial);

    const struct wasm_struct_type *type = &trial.module->types[0].fields;
    assert_int_equal(type->fields[1].offset, 16);
    assert_int_equal(type->fields[1].size, 16);
    assert_int_equal(type->fields[2].offset, 32);
    assert_int_equal(type->size, 40);
    trial_end(&trial);
}

TEST(functions_are_of_function_types)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x5F, 0);
    BUILD_SECTION(&trial.builder, 3, 1, 0);
    BUILD_SECTION(&trial.builder, 10, 1, 2, 0, 0x0B);
    trial_is_refused(&trial, STATUS_INVALID, trial.builder.len - 7, "type 0 is no function type");
    trial_end(&trial);
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

TEST_MAIN(T(small_types_take_no_more_memory_than_promised), T(types_of_groups_count_for_the_limit),
          T(a_vector_field_takes_sixteen_bytes_at_a_multiple_of_eight),
          T(functions_are_of_function_types), T(a_type_keeps_its_params_results_and_slots),
          T(equal_types_share_the_first_ones_canonical_index),
          T(a_group_counts_as_many_types_as_it_has),
          T(fields_lie_where_their_size_divides_their_offset), T(an_empty_group_has_no_types),
          T(a_reference_names_a_type_of_its_group_or_before),
          T(a_supertype_stands_before_and_is_not_final), T(a_subtype_has_what_its_supertype_has),
          T(a_type_cut_off_in_a_group_is_malformed), T(ten_thousand_fields_are_the_limit),
          T(sixty_three_supertypes_are_the_limit), T(an_unknown_form_is_malformed),
          T(a_v128_takes_two_slots), T(an_unknown_value_type_is_malformed),
          T(a_type_cut_off_is_malformed), T(a_thousand_params_and_results_are_the_limit),
          T(a_million_types_are_the_limit), T(types_that_do_not_fit_an_arena_say_which))

/*
 * tests/unit/component/test_decode_value_type.c: value types and function types.
 */
#include "tests/support/component_trial.h"

static void is_refused(struct bytes contents, enum status status, uint64_t offset, const char *part)
{
    component_section_is_refused(7, contents, status, offset, part);
}

TEST(every_value_type_is_read)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 13, 0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x7A, 0x79, 0x78, 0x77, 0x76,
                  0x75, 0x74, 0x73);
    BUILD_SECTION(&trial.builder, 7, 13, 0x3F, 0x7F, 0, 0x72, 2, 1, 'a', 0x7F, 1, 'b', 0, 0x71, 2,
                  1, 'x', 1, 14, 0, 1, 'y', 0, 0, 0x70, 14, 0x6F, 2, 0x7C, 15, 0x6E, 1, 1, 'f',
                  0x6D, 1, 1, 'e', 0x6B, 16, 0x6A, 0, 0, 0x6A, 1, 0x77, 1, 19, 0x69, 13, 0x68, 13,
                  0x40, 1, 1, 'p', 20, 0, 21);

    component_trial_is_valid(&trial);

    assert_int_equal(trial.component->counts[COMPONENT_SORT_TYPE], 26);
    assert_int_equal(trial.component->resource_count, 1);
    component_trial_end(&trial);
}

TEST(a_function_s_types_are_the_resolved_ones)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 3, 0x70, 0x7D, 0x6B, 0, 0x40, 2, 1, 'a', 1, 1, 'b', 0x74, 0,
                  0x76);
    IMPORT_FUNC(&trial, 2);

    component_trial_is_valid(&trial);

    const struct component_func_type *type = component_trial_step(&trial, 0)->extern_type.func;
    assert_int_equal(type->param_count, 2);
    assert_true(bytes_equal(type->params[0].name, BYTES_LITERAL("a")));
    assert_int_equal(type->params[0].type->kind, COMPONENT_OPTION);
    assert_int_equal(type->params[0].type->element->kind, COMPONENT_LIST);
    assert_int_equal(type->params[0].type->element->element->kind, COMPONENT_U8);
    assert_int_equal(type->params[1].type->kind, COMPONENT_CHAR);
    assert_int_equal(type->result->kind, COMPONENT_F32);
    component_trial_end(&trial);
}

TEST(a_value_type_is_a_primitive_or_an_earlier_definition)
{
    (void)state;
    is_refused(CODE(1, 0x70, 5), STATUS_INVALID, 2, "unknown type 5");
    is_refused(CODE(1, 0x70, 0), STATUS_INVALID, 2, "unknown type 0");
    is_refused(CODE(2, 0x40, 0, 1, 0, 0x70, 0), STATUS_INVALID, 6, "type index 0 is not a defined");
    is_refused(CODE(1, 0x70, 0x72), STATUS_MALFORMED, 2, "negative index");
    is_refused(CODE(1, 0x70), STATUS_MALFORMED, 2, "");
    is_refused(CODE(2, 0x73, 0x69, 0), STATUS_INVALID, 3, "type index 0 is not a resource type");
    is_refused(CODE(1, 0x62), STATUS_MALFORMED, 1, "98 for component defined type");
    is_refused(CODE(1, 0x44), STATUS_MALFORMED, 1, "68 for component defined type");
}

TEST(empty_aggregates_and_a_33rd_flag_are_refused)
{
    (void)state;
    is_refused(CODE(1, 0x72, 0), STATUS_INVALID, 1, "");
    is_refused(CODE(1, 0x71, 0), STATUS_INVALID, 1, "");
    is_refused(CODE(1, 0x6F, 0), STATUS_INVALID, 1, "");
    is_refused(CODE(1, 0x6E, 0), STATUS_INVALID, 1, "");
    is_refused(CODE(1, 0x6D, 0), STATUS_INVALID, 1, "");
    struct component_trial trial;
    component_trial_begin(&trial);
    build_section(&trial.builder, 7);
    BUILD(&trial.builder, 1, 0x6E, 33);
    for (uint8_t i = 0; i < 33; i++)
        BUILD(&trial.builder, 2, 'f', (uint8_t)(i < 26 ? 'a' + i : '0' + i - 26));
    build_close(&trial.builder);
    component_trial_is_refused(&trial, STATUS_INVALID, 11, "32 flags");
    component_trial_end(&trial);
}

TEST(forms_of_parts_are_checked)
{
    (void)state;
    is_refused(CODE(1, 0x71, 1, 1, 'c', 0, 1), STATUS_MALFORMED, 6, "1 for zero byte required");
    is_refused(CODE(1, 0x71, 1, 1, 'c', 2, 0), STATUS_MALFORMED, 5, "2 for optional type");
    is_refused(CODE(1, 0x6A, 0, 2), STATUS_MALFORMED, 3, "2 for optional type");
    is_refused(CODE(1, 0x40, 0, 1, 1), STATUS_MALFORMED, 4, "1 for number of results");
    is_refused(CODE(1, 0x40, 0, 2, 0), STATUS_MALFORMED, 3, "2 for component function results");
    is_refused(CODE(1, 0x72, 1, 2, 0xFF, 0xFE, 0x7F), STATUS_MALFORMED, 3, "UTF-8");
}

TEST(gated_types_are_unsupported_by_name)
{
    (void)state;
    is_refused(CODE(1, 0x66, 0), STATUS_UNSUPPORTED, 1, "unsupported: stream type");
    is_refused(CODE(1, 0x65, 1, 0x73), STATUS_UNSUPPORTED, 1, "unsupported: future type");
    is_refused(CODE(1, 0x64), STATUS_UNSUPPORTED, 1, "unsupported: error-context type");
    is_refused(CODE(1, 0x70, 0x64), STATUS_UNSUPPORTED, 2, "unsupported: error-context type");
    is_refused(CODE(1, 0x43, 0, 1, 0), STATUS_UNSUPPORTED, 1, "unsupported: async function type");
    is_refused(CODE(1, 0x3F, 0x7E, 0), STATUS_UNSUPPORTED, 2, "unsupported: resource");
}

TEST(gated_types_are_invalid_where_they_would_be)
{
    (void)state;
    is_refused(CODE(1, 0x66, 1, 0x74), STATUS_INVALID, 1, "`stream<char>` is not valid");
    is_refused(CODE(3, 0x3F, 0x7F, 0, 0x68, 0, 0x65, 1, 1), STATUS_INVALID, 6, "`borrow`");
    is_refused(CODE(1, 0x66, 2), STATUS_MALFORMED, 2, "2 for optional type");
}

TEST(lists_of_a_fixed_length_and_maps_are_read)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 3, 0x67, 0x7D, 0x80, 1, 0x63, 0x73, 0, 0x40, 1, 1, 'p', 1, 0,
                  0);
    IMPORT_FUNC(&trial, 2);

    component_trial_is_valid(&trial);

    const struct component_func_type *type = component_trial_step(&trial, 0)->extern_type.func;
    const struct component_type *map = type->params[0].type;
    assert_int_equal(map->kind, COMPONENT_MAP);
    assert_int_equal(map->element->kind, COMPONENT_TUPLE);
    assert_int_equal(map->element->fields[0].type->kind, COMPONENT_STRING);
    assert_ptr_equal(map->element->fields[1].type, type->result);
    assert_int_equal(type->result->kind, COMPONENT_FIXED_LIST);
    assert_int_equal(type->result->length, 128);
    assert_int_equal(type->result->element->kind, COMPONENT_U8);
    component_trial_end(&trial);
}

TEST(lists_without_items_or_of_too_many_and_floats_as_keys_are_refused)
{
    (void)state;
    is_refused(CODE(1, 0x67, 0x7D, 0), STATUS_INVALID, 1, "more than zero elements");
    is_refused(CODE(1, 0x67, 0x7D, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), STATUS_INVALID, 1, "maximum");
    is_refused(CODE(2, 0x67, 0x7D, 0xFF, 0xFF, 0xFF, 0x7F, 0x67, 0, 0xFF, 0xFF, 0xFF, 0x7F),
               STATUS_INVALID, 7, "maximum");
    is_refused(CODE(1, 0x67, 0x7D), STATUS_MALFORMED, 3, "");
    is_refused(CODE(1, 0x67, 5, 1), STATUS_INVALID, 2, "unknown type 5");
    is_refused(CODE(1, 0x63, 0x75, 0x79), STATUS_INVALID, 1, "the key of a map");
    is_refused(CODE(1, 0x63, 0x76, 0x79), STATUS_INVALID, 1, "the key of a map");
    is_refused(CODE(2, 0x70, 0x7D, 0x63, 0, 0x79), STATUS_INVALID, 3, "the key of a map");
    is_refused(CODE(1, 0x63, 0x73), STATUS_MALFORMED, 3, "");
}

TEST_MAIN(T(every_value_type_is_read), T(a_function_s_types_are_the_resolved_ones),
          T(a_value_type_is_a_primitive_or_an_earlier_definition),
          T(empty_aggregates_and_a_33rd_flag_are_refused), T(forms_of_parts_are_checked),
          T(gated_types_are_unsupported_by_name), T(gated_types_are_invalid_where_they_would_be),
          T(lists_of_a_fixed_length_and_maps_are_read),
          T(lists_without_items_or_of_too_many_and_floats_as_keys_are_refused))

/*
 * tests/unit/component/test_section.c: headers, section frames, nested components.
 */
#include "tests/support/component_trial.h"

static void is_refused(struct bytes input, enum status status, uint64_t offset, const char *part)
{
    struct component_trial trial;
    component_trial_begin(&trial);
    trial.builder.len = 0;
    build_bytes(&trial.builder, input);
    component_trial_is_refused(&trial, status, offset, part);
    component_trial_end(&trial);
}

#define HEADER 0x00, 'a', 's', 'm', 0x0D, 0x00, 0x01, 0x00

TEST(an_empty_component_is_valid_and_does_nothing)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);

    component_trial_is_valid(&trial);

    assert_int_equal(trial.component->step_count, 0);
    assert_int_equal(trial.component->type->import_count, 0);
    assert_int_equal(trial.component->type->export_count, 0);
    assert_null(trial.component->parent);
    component_trial_end(&trial);
}

TEST(a_header_is_eight_bytes_of_one_version)
{
    (void)state;
    is_refused(CODE(0x00, 'a', 's'), STATUS_TRUNCATED, 3, "8 bytes, here are 3");
    is_refused(CODE('a', 's', 'm', 0, 1, 2, 3, 4), STATUS_MALFORMED, 0, "not a component");
    is_refused(CODE(0x00, 'a', 's', 'm', 0x0C, 0, 1, 0), STATUS_MALFORMED, 4, "unknown binary");
    is_refused(CODE(0x00, 'a', 's', 'm', 0x01, 0, 0, 0), STATUS_MALFORMED, 4,
               "expected a version header for a component");
}

TEST(the_end_of_the_file_in_a_section_is_truncated)
{
    (void)state;
    is_refused(CODE(HEADER, 7), STATUS_TRUNCATED, 9, "size of a section is cut off");
    is_refused(CODE(HEADER, 7, 3, 0), STATUS_TRUNCATED, 10, "announces 3 bytes where 1 are left");
    is_refused(CODE(HEADER, 7, 0x81, 0x80, 0x80, 0x80, 0x70), STATUS_MALFORMED, 9, "");
}

TEST(in_a_nested_component_the_same_is_malformed)
{
    (void)state;
    is_refused(CODE(HEADER, 4, 9, HEADER, 7), STATUS_MALFORMED, 19, "cut off");
    is_refused(CODE(HEADER, 4, 3, 0x00, 'a', 's'), STATUS_MALFORMED, 13, "here are 3");
    is_refused(CODE(HEADER, 4, 11, HEADER, 7, 3, 0), STATUS_MALFORMED, 20, "announces 3");
}

TEST(sections_have_numbers_up_to_12)
{
    (void)state;
    is_refused(CODE(HEADER, 13, 0), STATUS_MALFORMED, 8, "malformed section id: 13");
    is_refused(CODE(HEADER, 0xFF), STATUS_MALFORMED, 8, "malformed section id: 255");
}

TEST(values_and_start_are_unsupported_by_name)
{
    (void)state;
    component_section_is_refused(9, CODE(0, 0, 0), STATUS_UNSUPPORTED, 0,
                                 "unsupported: start section");
    component_section_is_refused(12, CODE(0), STATUS_UNSUPPORTED, 0, "unsupported: value section");
}

TEST(a_custom_section_needs_a_name_and_nothing_else)
{
    (void)state;
    component_section_is_valid(0, CODE(2, 'h', 'i', 0xFF, 0xFE));
    component_section_is_refused(0, CODE(5, 'a', 'b'), STATUS_MALFORMED, 1, "");
    component_section_is_refused(0, CODE(2, 0xFF, 0xFE), STATUS_MALFORMED, 0, "UTF-8");
}

TEST(a_section_ends_where_its_items_do)
{
    (void)state;
    component_section_is_refused(7, CODE(1, 0x7F, 0x7F), STATUS_MALFORMED, 2,
                                 "1 bytes more than its contents");
    component_section_is_refused(7, CODE(2, 0x7F), STATUS_MALFORMED, 0, "");
}

TEST(sections_come_in_any_order_and_again)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 1, 0x73);
    BUILD_SECTION(&trial.builder, 6, 1, 3, 2, 0, 0);
    BUILD_SECTION(&trial.builder, 7, 1, 0x70, 1);

    component_trial_is_valid(&trial);

    assert_int_equal(trial.component->counts[COMPONENT_SORT_TYPE], 3);
    component_trial_end(&trial);
}

TEST(a_nested_component_is_a_step_that_knows_its_parent_and_place)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_nest(&trial);
    build_close(&trial.builder);

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, 0);
    assert_int_equal(step->kind, COMPONENT_STEP_COMPONENT);
    assert_int_equal(step->sort, COMPONENT_SORT_COMPONENT);
    assert_ptr_equal(step->component->parent, trial.component);
    assert_int_equal(step->component->offset, 10);
    assert_int_equal(step->component->input.len, 8);
    assert_int_equal(trial.component->counts[COMPONENT_SORT_COMPONENT], 1);
    component_trial_end(&trial);
}

/* Each 10 bytes or more around the last; sizes of sections have two bytes soon. */
static size_t nest(uint8_t *room, size_t cap, uint32_t depth)
{
    static const uint8_t header[] = {HEADER};
    size_t at = cap;
    for (uint32_t i = 0; i < depth; i++) {
        size_t len = cap - at;
        if (i != 0) {
            room[--at] = (uint8_t)(len >> 7);
            room[--at] = (uint8_t)(len | 0x80);
            room[--at] = 4;
        }
        at -= sizeof header;
        memcpy(room + at, header, sizeof header);
    }
    return at;
}

TEST(components_are_nested_100_deep_and_no_deeper)
{
    (void)state;
    static uint8_t room[2048];
    struct component_trial trial;
    for (uint32_t depth = 100; depth <= 101; depth++) {
        size_t at = nest(room, sizeof room, depth);
        component_trial_begin(&trial);
        trial.builder.len = 0;
        build_bytes(&trial.builder, bytes_of(room + at, sizeof room - at));
        if (depth == 100)
            component_trial_is_valid(&trial);
        else
            component_trial_is_refused(&trial, STATUS_LIMIT, 100 * 11, "nested more than 100 deep");
        component_trial_end(&trial);
    }
}

TEST_MAIN(T(an_empty_component_is_valid_and_does_nothing),
          T(a_header_is_eight_bytes_of_one_version),
          T(the_end_of_the_file_in_a_section_is_truncated),
          T(in_a_nested_component_the_same_is_malformed), T(sections_have_numbers_up_to_12),
          T(values_and_start_are_unsupported_by_name),
          T(a_custom_section_needs_a_name_and_nothing_else), T(a_section_ends_where_its_items_do),
          T(sections_come_in_any_order_and_again),
          T(a_nested_component_is_a_step_that_knows_its_parent_and_place),
          T(components_are_nested_100_deep_and_no_deeper))

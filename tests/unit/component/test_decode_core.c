/*
 * tests/unit/component/test_decode_core.c: core modules, core instances and core types.
 */
#include "tests/support/component_trial.h"

#define MODULE 0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00

TEST(a_core_module_is_loaded_where_it_stands)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, MODULE);

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, 0);
    assert_int_equal(step->kind, COMPONENT_STEP_CORE_MODULE);
    assert_int_equal(step->offset, 10);
    assert_int_equal(step->module->input.len, 8);
    component_trial_end(&trial);
}

TEST(what_is_wrong_in_a_module_has_its_offset_in_the_whole_input)
{
    (void)state;
    /* a body that adds nothing */
    component_section_is_refused(
        1, CODE(MODULE, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 5, 1, 3, 0, 0x6A, 0x0B),
        STATUS_INVALID, 23, "");
    component_section_is_refused(1, CODE(MODULE, 1, 4, 1), STATUS_MALFORMED, 10, "");
    component_section_is_refused(1, CODE(0x00, 'a', 's', 'm', 0x0D, 0, 1, 0), STATUS_MALFORMED, 0,
                                 "expected a version header for a module");
}

TEST(imports_of_one_name_twice_are_no_module_of_a_component)
{
    (void)state;
    component_section_is_refused(
        1, CODE(MODULE, 1, 4, 1, 0x60, 0, 0, 2, 11, 2, 0, 1, 'a', 0, 0, 0, 1, 'a', 0, 0),
        STATUS_INVALID, 0, "duplicate import name");
}

TEST(an_instantiation_names_module_and_arguments)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_core(&trial);
    BUILD_SECTION(&trial.builder, 1, MODULE, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 'e', 1, 'v', 0, 0);
    BUILD_SECTION(&trial.builder, 2, 1, 0x00, 1, 1, 1, 'e', 0x12, 0);

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_CORE_INSTANTIATE);
    assert_int_equal(step->index, 1);
    assert_int_equal(step->item_count, 1);
    assert_true(bytes_equal(step->items[0].name, BYTES_LITERAL("e")));
    assert_int_equal(step->items[0].sort, COMPONENT_SORT_CORE_INSTANCE);
    assert_int_equal(step->items[0].index, 0);
    component_trial_end(&trial);
}

static void instantiates(struct bytes arguments, enum status status, uint64_t back,
                         const char *part)
{
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_core(&trial);
    BUILD_SECTION(&trial.builder, 1, MODULE, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 'e', 1, 'v', 0, 0);
    build_section(&trial.builder, 2);
    build_bytes(&trial.builder, arguments);
    build_close(&trial.builder);
    component_trial_is_refused(&trial, status, trial.builder.len - back, part);
    component_trial_end(&trial);
}

TEST(arguments_are_instances_by_one_name_each)
{
    (void)state;
    instantiates(CODE(1, 0x02, 1, 0), STATUS_MALFORMED, 3, "2 for core instance");
    instantiates(CODE(1, 0x00, 2, 0), STATUS_INVALID, 2, "unknown module 2");
    instantiates(CODE(1, 0x00, 1, 1, 1, 'e', 0x00, 0), STATUS_MALFORMED, 2, "instantiation arg");
    instantiates(CODE(1, 0x00, 1, 1, 1, 'e', 0x12, 7), STATUS_INVALID, 1, "core instance 7");
    instantiates(CODE(1, 0x00, 1, 2, 1, 'e', 0x12, 0, 1, 'e', 0x12, 0), STATUS_INVALID, 4,
                 "duplicate instantiation argument");
    instantiates(CODE(1, 0x00, 1, 0), STATUS_INVALID, 3, "");
}

TEST(an_instance_of_exports_takes_every_sort_of_core_item_once)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_core(&trial);
    BUILD_SECTION(&trial.builder, 2, 1, 0x01, 2, 1, 'x', 0x00, CORE_W, 1, 'y', 0x02, 0);

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_CORE_EXPORTS);
    assert_int_equal(step->item_count, 2);
    assert_int_equal(step->items[0].sort, COMPONENT_SORT_CORE_FUNC);
    assert_int_equal(step->items[0].index, CORE_W);
    assert_int_equal(step->items[1].sort, COMPONENT_SORT_CORE_MEMORY);
    component_trial_end(&trial);
}

TEST(exports_of_an_instance_are_refused_when_they_are_none)
{
    (void)state;
    instantiates(CODE(1, 0x01, 1, 1, 'x', 0x04, 0), STATUS_INVALID, 1, "unknown tag 0");
    instantiates(CODE(1, 0x01, 1, 1, 'x', 0x11, 0), STATUS_MALFORMED, 2, "can not export");
    instantiates(CODE(1, 0x01, 1, 1, 'x', 0x05, 0), STATUS_MALFORMED, 2, "no core sort");
    instantiates(CODE(1, 0x01, 2, 1, 'x', 0x00, 0, 1, 'x', 0x00, 0), STATUS_INVALID, 10, "");
}

TEST(core_types_count_and_make_no_steps)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 3, 3, 0x60, 0, 0, 0x50, 2, 0x02, 0x10, 0x01, 1, 0, 0x03, 1, 'f',
                  0, 0, 0x60, 0, 0);

    component_trial_is_valid(&trial);

    assert_int_equal(trial.component->counts[COMPONENT_SORT_CORE_TYPE], 3);
    assert_int_equal(trial.component->step_count, 0);
    component_trial_end(&trial);
}

TEST_MAIN(T(a_core_module_is_loaded_where_it_stands),
          T(what_is_wrong_in_a_module_has_its_offset_in_the_whole_input),
          T(imports_of_one_name_twice_are_no_module_of_a_component),
          T(an_instantiation_names_module_and_arguments),
          T(arguments_are_instances_by_one_name_each),
          T(an_instance_of_exports_takes_every_sort_of_core_item_once),
          T(exports_of_an_instance_are_refused_when_they_are_none),
          T(core_types_count_and_make_no_steps))

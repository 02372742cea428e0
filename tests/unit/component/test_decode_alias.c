/*
 * tests/unit/component/test_decode_alias.c: aliases of exports, of core exports and of what is
 * outside.
 */
#include "tests/support/component_trial.h"

/* An instance that exports a type "t" (u32), then an alias section. */
static void alias_is_refused(struct bytes contents, enum status status, uint64_t offset,
                             const char *part)
{
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_core(&trial);
    BUILD_SECTION(&trial.builder, 7, 1, 0x79);
    BUILD_SECTION(&trial.builder, 5, 1, 0x01, 1, 0, 1, 't', 3, 0);
    size_t start = trial.builder.len + 2;
    build_section(&trial.builder, 6);
    build_bytes(&trial.builder, contents);
    build_close(&trial.builder);
    component_trial_is_refused(&trial, status, start + offset, part);
    component_trial_end(&trial);
}

TEST(an_alias_of_a_core_export_is_a_step)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_core(&trial);

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_ALIAS_CORE);
    assert_int_equal(step->sort, COMPONENT_SORT_CORE_FUNC);
    assert_int_equal(step->index, 0);
    assert_true(bytes_equal(step->name, BYTES_LITERAL("a")));
    assert_int_equal(trial.component->counts[COMPONENT_SORT_CORE_FUNC], 5);
    assert_int_equal(trial.component->counts[COMPONENT_SORT_CORE_MEMORY], 1);
    component_trial_end(&trial);
}

TEST(an_alias_of_a_type_is_no_step)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 1, 0x79);
    BUILD_SECTION(&trial.builder, 5, 1, 0x01, 1, 0, 1, 't', 3, 0);
    BUILD_SECTION(&trial.builder, 6, 1, 3, 0x00, 0, 1, 't');

    component_trial_is_valid(&trial);

    assert_int_equal(component_trial_step(&trial, -1)->kind, COMPONENT_STEP_EXPORTS);
    assert_int_equal(trial.component->counts[COMPONENT_SORT_TYPE], 2);
    component_trial_end(&trial);
}

TEST(an_alias_of_an_instance_s_instance_is_a_step)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 5, 2, 0x01, 0, 0x01, 1, 0, 1, 'i', 5, 0);
    BUILD_SECTION(&trial.builder, 6, 1, 5, 0x00, 1, 1, 'i');

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_ALIAS_EXPORT);
    assert_int_equal(step->sort, COMPONENT_SORT_INSTANCE);
    assert_int_equal(step->index, 1);
    assert_int_equal(trial.component->counts[COMPONENT_SORT_INSTANCE], 3);
    component_trial_end(&trial);
}

TEST(what_is_not_exported_can_not_be_aliased)
{
    (void)state;
    alias_is_refused(CODE(1, 3, 0x00, 0, 1, 'u'), STATUS_INVALID, 1, "no export named \"u\"");
    alias_is_refused(CODE(1, 1, 0x00, 0, 1, 't'), STATUS_INVALID, 1, "is not a \"func\"");
    alias_is_refused(CODE(1, 3, 0x00, 9, 1, 't'), STATUS_INVALID, 3, "unknown instance 9");
    alias_is_refused(CODE(1, 0, 0, 0x01, 0, 1, 'z'), STATUS_INVALID, 1, "no export named \"z\"");
    alias_is_refused(CODE(1, 0, 4, 0x01, 0, 1, 'v'), STATUS_INVALID, 1, "is not a \"tag\"");
    alias_is_refused(CODE(1, 0, 0, 0x01, 3, 1, 'v'), STATUS_INVALID, 4, "core instance 3");
}

TEST(the_form_of_an_alias_fits_its_sort)
{
    (void)state;
    alias_is_refused(CODE(1, 3, 0x03, 0, 0), STATUS_MALFORMED, 2, "3 for alias");
    alias_is_refused(CODE(1, 6, 0x02, 0, 0), STATUS_MALFORMED, 1, "6 for component external");
    alias_is_refused(CODE(1, 0, 5, 0x02, 0, 0), STATUS_MALFORMED, 2, "no core sort");
    alias_is_refused(CODE(1, 5, 0x02, 0, 0), STATUS_MALFORMED, 1, "outer alias kind");
    alias_is_refused(CODE(1, 1, 0x02, 0, 0), STATUS_MALFORMED, 1, "outer alias kind");
    alias_is_refused(CODE(1, 0, 0, 0x00, 0, 1, 'v'), STATUS_MALFORMED, 1, "core function");
    alias_is_refused(CODE(1, 3, 0x01, 0, 1, 't'), STATUS_MALFORMED, 1, "type");
    alias_is_refused(CODE(1, 2, 0x00, 0, 1, 't'), STATUS_UNSUPPORTED, 1,
                     "unsupported: value definitions");
}

TEST(outer_aliases_count_scopes)
{
    (void)state;
    alias_is_refused(CODE(1, 3, 0x02, 1, 0), STATUS_INVALID, 1, "outer alias count of 1");
    alias_is_refused(CODE(1, 3, 0x02, 0, 1), STATUS_INVALID, 1, "unknown type 1");
    alias_is_refused(CODE(1, 0, 0x10, 0x02, 0, 0), STATUS_INVALID, 1, "unknown core type 0");
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 0x00, 'a', 's', 'm', 0x01, 0, 0, 0);
    component_trial_nest(&trial);
    component_trial_nest(&trial);
    BUILD_SECTION(&trial.builder, 6, 1, 0, 0x11, 0x02, 2, 0);
    build_close(&trial.builder);
    build_close(&trial.builder);

    component_trial_is_valid(&trial);

    const struct component *inner = component_trial_step(&trial, 1)->component->steps[0].component;
    assert_int_equal(inner->steps[0].kind, COMPONENT_STEP_ALIAS_OUTER);
    assert_int_equal(inner->steps[0].sort, COMPONENT_SORT_CORE_MODULE);
    assert_int_equal(inner->steps[0].depth, 2);
    assert_int_equal(inner->steps[0].index, 0);
    component_trial_end(&trial);
}

TEST(resources_do_not_go_into_nested_components)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 3, 0x3F, 0x7F, 0, 0x69, 0, 0x79);
    component_trial_nest(&trial);
    BUILD_SECTION(&trial.builder, 6, 2, 3, 0x02, 1, 2, 3, 0x02, 1, 1);
    build_close(&trial.builder);

    component_trial_is_refused(&trial, STATUS_INVALID, trial.builder.len - 4,
                               "transitively refers to resources");
    component_trial_end(&trial);
}

TEST(in_types_only_types_and_instances_are_aliased)
{
    (void)state;
    /* an instance type that aliases a component, a module, a type */
    component_section_is_refused(7, CODE(1, 0x42, 1, 2, 4, 0x02, 1, 0), STATUS_INVALID, 4,
                                 "may only refer to types");
    component_section_is_refused(7, CODE(1, 0x42, 1, 2, 0, 0x11, 0x02, 1, 0), STATUS_INVALID, 4,
                                 "may only refer to types");
    component_section_is_valid(7, CODE(2, 0x79, 0x42, 1, 2, 3, 0x02, 1, 0));
}

TEST_MAIN(T(an_alias_of_a_core_export_is_a_step), T(an_alias_of_a_type_is_no_step),
          T(an_alias_of_an_instance_s_instance_is_a_step),
          T(what_is_not_exported_can_not_be_aliased), T(the_form_of_an_alias_fits_its_sort),
          T(outer_aliases_count_scopes), T(resources_do_not_go_into_nested_components),
          T(in_types_only_types_and_instances_are_aliased))

/*
 * tests/unit/component/test_decode_type.c: resources, and the types of components and instances.
 */
#include "tests/support/component_trial.h"

static void is_refused(struct bytes contents, enum status status, uint64_t offset, const char *part)
{
    component_section_is_refused(7, contents, status, offset, part);
}

TEST(a_resource_is_a_step_with_its_destructor)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_core(&trial);
    BUILD_SECTION(&trial.builder, 7, 2, 0x3F, 0x7F, 0, 0x3F, 0x7F, 1, CORE_I);

    component_trial_is_valid(&trial);

    const struct component_step *bare = component_trial_step(&trial, -2);
    const struct component_step *other = component_trial_step(&trial, -1);
    assert_int_equal(bare->kind, COMPONENT_STEP_RESOURCE);
    assert_int_equal(bare->core_func, COMPONENT_NONE);
    assert_int_equal(other->core_func, CORE_I);
    assert_int_not_equal(bare->resource, other->resource);
    const struct component_resource_info *infos = trial.component->graph->resources;
    assert_ptr_equal(infos[bare->resource].owner, trial.component);
    assert_int_equal(infos[bare->resource].place, 0);
    assert_int_equal(infos[other->resource].place, 1);
    component_trial_end(&trial);
}

static void destructor_is_refused(struct bytes contents, enum status status, uint64_t offset,
                                  const char *part)
{
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_core(&trial);
    size_t start = trial.builder.len + 2;
    build_section(&trial.builder, 7);
    build_bytes(&trial.builder, contents);
    build_close(&trial.builder);
    component_trial_is_refused(&trial, status, start + offset, part);
    component_trial_end(&trial);
}

TEST(a_destructor_takes_an_i32_and_gives_nothing)
{
    (void)state;
    destructor_is_refused(CODE(1, 0x3F, 0x7F, 1, CORE_V), STATUS_INVALID, 4, "wrong signature");
    destructor_is_refused(CODE(1, 0x3F, 0x7F, 1, CORE_W), STATUS_INVALID, 4, "wrong signature");
    destructor_is_refused(CODE(1, 0x3F, 0x7F, 1, 9), STATUS_INVALID, 4, "unknown core function 9");
    destructor_is_refused(CODE(1, 0x3F, 0x7F, 2), STATUS_MALFORMED, 3, "2 for optional dtor");
    destructor_is_refused(CODE(1, 0x3F, 0x7D, 0), STATUS_INVALID, 2, "represented by i32");
}

TEST(types_do_not_define_resources)
{
    (void)state;
    is_refused(CODE(1, 0x41, 1, 0x01, 0x3F, 0x7F, 0), STATUS_INVALID, 5,
               "resources can only be defined within a concrete component");
}

TEST(a_component_type_has_imports_and_an_instance_type_has_none)
{
    (void)state;
    component_section_is_valid(7, CODE(1, 0x41, 4, 0x01, 0x73, 0x03, 0, 1, 'a', 3, 0, 0, 0x01, 0x40,
                                       0, 1, 0, 0x04, 0, 1, 'b', 1, 2));
    component_section_is_valid(
        7, CODE(1, 0x42, 3, 0x00, 0x60, 0, 0, 0x01, 0x73, 0x04, 0, 1, 't', 3, 0, 0));
    is_refused(CODE(1, 0x42, 1, 0x03, 0, 1, 'a', 3, 1), STATUS_MALFORMED, 3,
               "3 for component or instance type declaration");
    is_refused(CODE(1, 0x41, 1, 0x05, 0x73), STATUS_MALFORMED, 3, "5 for component or instance");
}

TEST(each_type_has_index_spaces_of_its_own)
{
    (void)state;
    is_refused(CODE(2, 0x73, 0x42, 1, 0x04, 0, 1, 't', 3, 0, 0), STATUS_INVALID, 10,
               "unknown type 0");
    component_section_is_valid(
        7, CODE(2, 0x73, 0x42, 2, 0x02, 3, 0x02, 1, 0, 0x04, 0, 1, 't', 3, 0, 0));
}

TEST(an_imported_instance_is_what_its_type_declares)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 1, 0x42, 3, 0x04, 0, 1, 'r', 3, 1, 0x01, 0x69, 0, 0x04, 0, 1,
                  'q', 3, 0, 1);
    BUILD_SECTION(&trial.builder, 10, 2, 0, 1, 'i', 5, 0, 0, 1, 'j', 5, 0);

    component_trial_is_valid(&trial);

    const struct component_interface *i = component_trial_step(&trial, 0)->extern_type.interface;
    const struct component_interface *j = component_trial_step(&trial, 1)->extern_type.interface;
    assert_int_equal(i->export_count, 2);
    assert_int_equal(i->exports[0].type.type.kind, COMPONENT_ANY_RESOURCE);
    assert_int_not_equal(i->exports[0].type.type.resource, j->exports[0].type.type.resource);
    assert_int_equal(i->exports[1].type.type.value->resource, i->exports[0].type.type.resource);
    assert_int_equal(trial.component->resource_count, 2);
    component_trial_end(&trial);
}

TEST(types_in_types_are_at_most_as_deep_as_scopes)
{
    (void)state;
    struct component_trial trial;
    for (uint32_t depth = 99; depth <= 100; depth++) {
        component_trial_begin(&trial);
        build_section(&trial.builder, 7);
        BUILD(&trial.builder, 1);
        for (uint32_t i = 1; i < depth; i++)
            BUILD(&trial.builder, 0x42, 1, 0x01);
        BUILD(&trial.builder, 0x42, 0);
        build_close(&trial.builder);
        if (depth == 99)
            component_trial_is_valid(&trial);
        else
            component_trial_is_refused(&trial, STATUS_LIMIT, 11 + 1 + 3 * 99, "100 deep");
        component_trial_end(&trial);
    }
}

TEST_MAIN(T(a_resource_is_a_step_with_its_destructor),
          T(a_destructor_takes_an_i32_and_gives_nothing), T(types_do_not_define_resources),
          T(a_component_type_has_imports_and_an_instance_type_has_none),
          T(each_type_has_index_spaces_of_its_own),
          T(an_imported_instance_is_what_its_type_declares),
          T(types_in_types_are_at_most_as_deep_as_scopes))

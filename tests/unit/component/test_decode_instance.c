/*
 * tests/unit/component/test_decode_instance.c: instantiations, and instances made of exports.
 */
#include "tests/support/component_trial.h"

/* Component 0 imports "f" (func) and exports it as "g"; function 0 is imported, as "f". */
static void begin(struct component_trial *trial, struct bytes contents)
{
    component_trial_begin(trial);
    component_trial_nest(trial);
    BUILD_SECTION(&trial->builder, 7, 1, 0x40, 0, 1, 0);
    IMPORT_FUNC(trial, 0);
    BUILD_SECTION(&trial->builder, 11, 1, 0, 1, 'g', 1, 0, 0);
    build_close(&trial->builder);
    BUILD_SECTION(&trial->builder, 7, 2, 0x40, 0, 1, 0, 0x40, 0, 0, 0x79);
    IMPORT_FUNC(trial, 0);
    BUILD_SECTION(&trial->builder, 10, 1, 0, 1, 'o', 1, 1);
    build_section(&trial->builder, 5);
    build_bytes(&trial->builder, contents);
    build_close(&trial->builder);
}

static void is_refused(struct bytes contents, enum status status, uint64_t offset, const char *part)
{
    struct component_trial trial;
    begin(&trial, contents);
    size_t start = trial.builder.len - contents.len;
    component_trial_is_refused(&trial, status, start + offset, part);
    component_trial_end(&trial);
}

TEST(an_instantiation_keeps_its_arguments_and_the_new_type)
{
    (void)state;
    struct component_trial trial;
    begin(&trial, CODE(1, 0x00, 0, 1, 1, 'f', 1, 0));

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_INSTANTIATE);
    assert_int_equal(step->sort, COMPONENT_SORT_INSTANCE);
    assert_int_equal(step->index, 0);
    assert_int_equal(step->item_count, 1);
    assert_true(bytes_equal(step->items[0].name, BYTES_LITERAL("f")));
    assert_int_equal(step->items[0].sort, COMPONENT_SORT_FUNC);
    assert_int_equal(step->extern_type.interface->export_count, 1);
    assert_true(bytes_equal(step->extern_type.interface->exports[0].name, BYTES_LITERAL("g")));
    component_trial_end(&trial);
}

TEST(every_import_has_an_argument_that_fits)
{
    (void)state;
    is_refused(CODE(1, 0x00, 0, 0), STATUS_INVALID, 1, "missing import named \"f\"");
    is_refused(CODE(1, 0x00, 0, 1, 1, 'f', 1, 1), STATUS_INVALID, 1, "mismatch");
    is_refused(CODE(1, 0x00, 0, 1, 1, 'f', 4, 0), STATUS_INVALID, 1, "");
    is_refused(CODE(1, 0x00, 0, 1, 1, 'f', 1, 7), STATUS_INVALID, 7, "unknown function 7");
    is_refused(CODE(1, 0x00, 3, 0), STATUS_INVALID, 2, "unknown component 3");
    is_refused(CODE(1, 0x00, 0, 2, 1, 'f', 1, 0, 1, 'f', 1, 0), STATUS_INVALID, 8, "duplicate");
    is_refused(CODE(1, 0x00, 0, 1, 1, 'f', 0, 0, 0), STATUS_MALFORMED, 7, "core function");
}

TEST(arguments_that_nobody_asked_for_do_no_harm)
{
    (void)state;
    struct component_trial trial;
    begin(&trial, CODE(1, 0x00, 0, 2, 1, 'f', 1, 0, 3, 'X', ' ', 'y', 4, 0));

    component_trial_is_valid(&trial);

    component_trial_end(&trial);
}

TEST(each_instantiation_makes_resources_of_its_own)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    component_trial_nest(&trial);
    BUILD_SECTION(&trial.builder, 7, 1, 0x3F, 0x7F, 0);
    BUILD_SECTION(&trial.builder, 11, 1, 0, 1, 'r', 3, 0, 0);
    build_close(&trial.builder);
    BUILD_SECTION(&trial.builder, 5, 2, 0x00, 0, 0, 0x00, 0, 0);

    component_trial_is_valid(&trial);

    const struct component_step *a = component_trial_step(&trial, 1);
    const struct component_step *b = component_trial_step(&trial, 2);
    uint32_t first = a->extern_type.interface->exports[0].type.type.resource;
    uint32_t second = b->extern_type.interface->exports[0].type.type.resource;
    assert_int_not_equal(first, second);
    assert_ptr_equal(trial.component->graph->resources[first].owner, trial.component);
    assert_int_equal(trial.component->resource_count, 2);
    assert_int_equal(component_trial_step(&trial, 0)->component->resource_count, 1);
    component_trial_end(&trial);
}

TEST(an_instance_of_exports_lists_them)
{
    (void)state;
    struct component_trial trial;
    begin(&trial, CODE(1, 0x01, 2, 0, 1, 'a', 1, 0, 0, 1, 't', 3, 0));

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_EXPORTS);
    assert_int_equal(step->item_count, 2);
    assert_int_equal(step->items[0].sort, COMPONENT_SORT_FUNC);
    assert_int_equal(step->items[1].sort, COMPONENT_SORT_TYPE);
    assert_int_equal(step->items[1].type.kind, COMPONENT_ANY_FUNC);
    assert_int_equal(step->extern_type.interface->export_count, 2);
    component_trial_end(&trial);
}

TEST(exports_of_an_instance_have_names_once_and_no_resource_to_belong_to)
{
    (void)state;
    is_refused(CODE(1, 0x01, 2, 0, 1, 'a', 1, 0, 0, 1, 'A', 1, 0), STATUS_INVALID, 8, "conflicts");
    is_refused(CODE(1, 0x01, 1, 0, 11, '[', 's', 't', 'a', 't', 'i', 'c', ']', 'a', '.', 'b', 1, 0),
               STATUS_INVALID, 3, "");
    is_refused(CODE(1, 0x02, 0), STATUS_MALFORMED, 1, "2 for instance");
}

TEST_MAIN(T(an_instantiation_keeps_its_arguments_and_the_new_type),
          T(every_import_has_an_argument_that_fits), T(arguments_that_nobody_asked_for_do_no_harm),
          T(each_instantiation_makes_resources_of_its_own), T(an_instance_of_exports_lists_them),
          T(exports_of_an_instance_have_names_once_and_no_resource_to_belong_to))

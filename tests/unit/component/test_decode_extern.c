/*
 * tests/unit/component/test_decode_extern.c: imports, exports, and the names of both.
 */
#include "tests/support/component_trial.h"

/* Types: 0 (func), 1 a resource, 2 (own 1), 3 (func (param "x" 2)), 4 a record, 5 of it (func).
 * Behind them one section. */
static void begin(struct component_trial *trial, uint8_t id, struct bytes contents)
{
    component_trial_begin(trial);
    BUILD_SECTION(&trial->builder, 7, 6, 0x40, 0, 1, 0, 0x3F, 0x7F, 0, 0x69, 1, 0x40, 1, 1, 'x', 2,
                  1, 0, 0x72, 1, 1, 'x', 0x79, 0x40, 1, 1, 'x', 4, 1, 0);
    build_section(&trial->builder, id);
    build_bytes(&trial->builder, contents);
    build_close(&trial->builder);
}
#define FUNC        0
#define RESOURCE    1
#define FUNC_OWN    3
#define RECORD      4
#define FUNC_RECORD 5

static void is_refused(uint8_t id, struct bytes contents, enum status status, uint64_t offset,
                       const char *part)
{
    struct component_trial trial;
    begin(&trial, id, contents);
    size_t start = trial.builder.len - contents.len;
    component_trial_is_refused(&trial, status, start + offset, part);
    component_trial_end(&trial);
}

TEST(an_import_is_a_step_of_its_sort)
{
    (void)state;
    struct component_trial trial;
    begin(&trial, 10,
          CODE(3, 0, 1, 'f', 1, FUNC, 1, 1, 'r', 3, 1, 0, 5, 'a', ':', 'b', '/', 'c', 1, FUNC));

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, 1);
    assert_int_equal(step->kind, COMPONENT_STEP_IMPORT);
    assert_int_equal(step->sort, COMPONENT_SORT_FUNC);
    assert_true(bytes_equal(step->name, BYTES_LITERAL("f")));
    assert_int_equal(component_trial_step(&trial, 2)->sort, COMPONENT_SORT_TYPE);
    assert_int_equal(component_trial_step(&trial, 2)->extern_type.type.kind,
                     COMPONENT_ANY_RESOURCE);
    assert_int_equal(trial.component->type->import_count, 3);
    assert_int_equal(trial.component->counts[COMPONENT_SORT_FUNC], 2);
    component_trial_end(&trial);
}

TEST(an_export_pushes_what_it_exports_again)
{
    (void)state;
    struct component_trial trial;
    begin(&trial, 10, CODE(1, 0, 1, 'f', 1, FUNC));
    BUILD_SECTION(&trial.builder, 11, 2, 0, 1, 'g', 1, 0, 0, 0, 1, 'h', 1, 1, 1, 1, FUNC);

    component_trial_is_valid(&trial);

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_EXPORT);
    assert_int_equal(step->sort, COMPONENT_SORT_FUNC);
    assert_int_equal(step->item_count, 1);
    assert_int_equal(step->items[0].index, 1);
    assert_true(bytes_equal(step->name, BYTES_LITERAL("h")));
    assert_int_equal(trial.component->counts[COMPONENT_SORT_FUNC], 3);
    assert_int_equal(trial.component->type->export_count, 2);
    component_trial_end(&trial);
}

TEST(the_type_of_an_import_is_of_its_sort)
{
    (void)state;
    is_refused(10, CODE(1, 0, 1, 'f', 1, RECORD), STATUS_INVALID, 5, "not a function type");
    is_refused(10, CODE(1, 0, 1, 'f', 5, FUNC), STATUS_INVALID, 5, "not an instance type");
    is_refused(10, CODE(1, 0, 1, 'f', 4, FUNC), STATUS_INVALID, 5, "not a component type");
    is_refused(10, CODE(1, 0, 1, 'f', 0, 0x11, 0), STATUS_INVALID, 6, "unknown core type 0");
    is_refused(10, CODE(1, 0, 1, 'f', 0, 0x10, 0), STATUS_MALFORMED, 5, "16 for component ext");
    is_refused(10, CODE(1, 0, 1, 'f', 6, 0), STATUS_MALFORMED, 4, "6 for component external");
    is_refused(10, CODE(1, 0, 1, 'f', 3, 2), STATUS_MALFORMED, 5, "2 for type bound");
    is_refused(10, CODE(1, 0, 1, 'f', 3, 0, 9), STATUS_INVALID, 6, "unknown type 9");
    is_refused(10, CODE(1, 0, 1, 'f', 2, 1, 0x79), STATUS_UNSUPPORTED, 4, "unsupported: value");
}

TEST(what_an_export_names_can_be_exported)
{
    (void)state;
    is_refused(11, CODE(1, 0, 1, 'f', 1, 0, 0), STATUS_INVALID, 5, "unknown function 0");
    is_refused(11, CODE(1, 0, 1, 'f', 0, 0, 0, 0), STATUS_MALFORMED, 5, "core function");
    is_refused(11, CODE(1, 0, 1, 'f', 3, RECORD, 2), STATUS_MALFORMED, 6, "optional component exp");
    is_refused(11, CODE(1, 0, 1, 'f', 3, RECORD, 1, 3, 0, FUNC), STATUS_INVALID, 1, "");
}

TEST(a_resource_or_record_in_an_export_has_a_name_first)
{
    (void)state;
    is_refused(10, CODE(1, 0, 1, 'f', 1, FUNC_OWN), STATUS_INVALID, 1,
               "not valid to be used as im");
    is_refused(10, CODE(1, 0, 1, 'f', 1, FUNC_RECORD), STATUS_INVALID, 1, "not valid to be used");
    is_refused(11, CODE(1, 0, 1, 'f', 3, FUNC_OWN, 0), STATUS_INVALID, 1, "type not valid");
    struct component_trial trial;
    begin(&trial, 11, CODE(1, 0, 1, 'r', 3, RESOURCE, 0));
    BUILD_SECTION(&trial.builder, 7, 2, 0x69, 6, 0x40, 1, 1, 'x', 7, 1, 0);
    BUILD_SECTION(&trial.builder, 11, 1, 0, 1, 'f', 3, 8, 0);
    component_trial_is_valid(&trial);
    component_trial_end(&trial);
}

TEST(an_import_can_not_have_what_the_component_defines)
{
    (void)state;
    is_refused(10, CODE(1, 0, 1, 'r', 3, 0, RESOURCE), STATUS_INVALID, 1,
               "not valid to be used as");
    struct component_trial trial;
    begin(&trial, 7, CODE(1, 0x42, 2, 0x02, 3, 0x02, 1, RESOURCE, 0x04, 0, 1, 'r', 3, 0, 0));
    BUILD_SECTION(&trial.builder, 10, 1, 0, 1, 'i', 5, 6);
    component_trial_is_refused(&trial, STATUS_INVALID, trial.builder.len - 5, "instance not valid");
    component_trial_end(&trial);
    begin(&trial, 7, CODE(1, 0x41, 2, 0x02, 3, 0x02, 1, RESOURCE, 0x03, 0, 1, 'r', 3, 0, 0));
    BUILD_SECTION(&trial.builder, 10, 1, 0, 1, 'c', 4, 6);
    component_trial_is_refused(&trial, STATUS_INVALID, trial.builder.len - 5, "component not val");
    component_trial_end(&trial);
}

TEST(in_a_component_type_an_import_can_not_have_what_it_exports)
{
    (void)state;
    is_refused(7, CODE(1, 0x41, 2, 0x04, 0, 1, 'a', 3, 1, 0x03, 0, 1, 'b', 3, 0, 0), STATUS_INVALID,
               10, "type not valid to be used as import");
}

TEST(names_are_unique_and_well_formed)
{
    (void)state;
    is_refused(10, CODE(2, 0, 1, 'f', 1, FUNC, 0, 1, 'F', 1, FUNC), STATUS_INVALID, 6, "conflicts");
    is_refused(10, CODE(1, 0, 0, 1, FUNC), STATUS_INVALID, 1, "");
    is_refused(10, CODE(1, 0, 3, 'a', 'B', 'c', 1, FUNC), STATUS_INVALID, 1, "");
    is_refused(10, CODE(1, 3, 1, 'f', 1, FUNC), STATUS_MALFORMED, 1, "3 for component name");
}

#define INTERFACE 5, 'a', ':', 'b', '/', 'c'

TEST(attributes_are_read_and_checked_and_forgotten)
{
    (void)state;
    struct component_trial trial;
    begin(&trial, 5, CODE(2, 0x01, 0, 0x01, 1, 0x02, 1, 'x', 2, 0, INTERFACE, 2, 0, 5, 0));

    component_trial_is_valid(&trial);

    assert_true(bytes_equal(component_trial_step(&trial, -1)->items[0].name, BYTES_LITERAL("x")));
    component_trial_end(&trial);
}

TEST(attributes_are_known_and_stand_once)
{
    (void)state;
    is_refused(10, CODE(1, 2, 1, 'f', 1, 3, 0, 1, FUNC), STATUS_MALFORMED, 5, "3 for name option");
    is_refused(10, CODE(1, 2, 1, 'f', 2, 2, 0, 2, 0, 1, FUNC), STATUS_INVALID, 7, "duplicate");
    is_refused(10, CODE(1, 2, 1, 'f', 1, 1, 2, '.', '1', 1, FUNC), STATUS_UNSUPPORTED, 5,
               "unsupported: versionsuffix");
    is_refused(10, CODE(1, 2, 1, 'f', 1, 0, INTERFACE, 1, FUNC), STATUS_INVALID, 1,
               "only instances can have an `implements`");
}

TEST(implements_names_an_interface_on_a_plain_name)
{
    (void)state;
    is_refused(5, CODE(2, 0x01, 0, 0x01, 1, 2, 1, 'x', 1, 0, 1, 'a', 5, 0), STATUS_INVALID, 5,
               "must be an interface");
    is_refused(5, CODE(2, 0x01, 0, 0x01, 1, 2, 1, 'x', 1, 0, 0, 5, 0), STATUS_INVALID, 5,
               "not a valid name");
    is_refused(5, CODE(2, 0x01, 0, 0x01, 1, 2, INTERFACE, 1, 0, INTERFACE, 5, 0), STATUS_INVALID, 5,
               "is not valid with `implements`");
}

TEST_MAIN(T(an_import_is_a_step_of_its_sort), T(an_export_pushes_what_it_exports_again),
          T(the_type_of_an_import_is_of_its_sort), T(what_an_export_names_can_be_exported),
          T(a_resource_or_record_in_an_export_has_a_name_first),
          T(an_import_can_not_have_what_the_component_defines),
          T(in_a_component_type_an_import_can_not_have_what_it_exports),
          T(names_are_unique_and_well_formed), T(attributes_are_read_and_checked_and_forgotten),
          T(attributes_are_known_and_stand_once), T(implements_names_an_interface_on_a_plain_name))

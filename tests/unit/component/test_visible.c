/*
 * tests/unit/component/test_visible.c: External Visibility of Types.
 */
#include "tests/support/type_trial.h"

#define PRIM(kind) component_type_primitive(COMPONENT_##kind)

static enum status declare(struct type_trial *trial, struct component_visible *visible,
                           struct component_extern_type type, enum component_extern_role role)
{
    report_init(&trial->report);
    return component_visible_declare(&trial->types, visible, BYTES_LITERAL("x"), &type, role);
}

TEST(a_record_is_visible_by_its_new_name_alone)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_visible visible = {0};
    const struct component_type *plain = trial_record(&trial, PRIM(U8));
    struct component_extern_type named = trial_declare(&trial, trial_eq_value(plain), &trial.owner);
    struct component_extern_type by_plain = trial_func(&trial, NULL, trial_list(&trial, plain));
    struct component_extern_type by_name =
        trial_func(&trial, NULL, trial_list(&trial, named.type.value));

    assert_int_equal(declare(&trial, &visible, by_name, COMPONENT_ROLE_EXPORT), STATUS_INVALID);
    trial_says(&trial, "func not valid to be used as export");
    assert_int_equal(declare(&trial, &visible, named, COMPONENT_ROLE_EXPORT), STATUS_OK);

    assert_int_equal(declare(&trial, &visible, by_plain, COMPONENT_ROLE_EXPORT), STATUS_INVALID);
    assert_int_equal(declare(&trial, &visible, by_name, COMPONENT_ROLE_EXPORT), STATUS_OK);
    type_trial_fini(&trial);
}

TEST(imports_do_not_see_what_exports_named)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_visible visible = {0};
    struct component_extern_type in = trial_declare(&trial, trial_sub_resource(), &trial.owner);
    struct component_extern_type out = trial_declare(
        &trial, trial_eq_resource(trial_resource(&trial, &trial.owner)), &trial.owner);
    struct component_extern_type of_in =
        trial_func(&trial, NULL, trial_own(&trial, in.type.resource));
    struct component_extern_type of_out =
        trial_func(&trial, NULL, trial_own(&trial, out.type.resource));
    assert_int_equal(declare(&trial, &visible, in, COMPONENT_ROLE_IMPORT), STATUS_OK);
    assert_int_equal(declare(&trial, &visible, out, COMPONENT_ROLE_EXPORT), STATUS_OK);

    assert_int_equal(declare(&trial, &visible, of_in, COMPONENT_ROLE_IMPORT), STATUS_OK);
    assert_int_equal(declare(&trial, &visible, of_in, COMPONENT_ROLE_EXPORT), STATUS_OK);
    assert_int_equal(declare(&trial, &visible, of_out, COMPONENT_ROLE_IMPORT), STATUS_INVALID);
    assert_int_equal(declare(&trial, &visible, of_out, COMPONENT_ROLE_EXPORT), STATUS_OK);

    type_trial_fini(&trial);
}

TEST(a_type_is_named_only_when_all_in_it_is)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_visible visible = {0};
    const struct component_type *inner = trial_record(&trial, PRIM(U8));
    struct component_extern_type outer = trial_declare(
        &trial, trial_eq_value(trial_record(&trial, trial_list(&trial, inner))), &trial.owner);

    assert_int_equal(declare(&trial, &visible, outer, COMPONENT_ROLE_IMPORT), STATUS_INVALID);

    trial_says(&trial, "type not valid to be used as import");
    type_trial_fini(&trial);
}

TEST(an_instance_names_its_types_as_it_goes)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_visible visible = {0};
    struct component_externs exports = {0};
    struct component_extern_type resource = trial_declare(&trial, trial_sub_resource(), NULL);
    uint32_t number = resource.type.resource;
    trial_add(&trial, &exports, "r", resource);
    trial_add(&trial, &exports, "f", trial_func(&trial, NULL, trial_own(&trial, number)));
    struct component_extern_type instance = trial_declare(
        &trial, trial_instance(trial_interface(&trial, NULL, &exports, &number, 1)), &trial.owner);

    assert_int_equal(declare(&trial, &visible, instance, COMPONENT_ROLE_IMPORT), STATUS_OK);
    assert_int_equal(
        declare(&trial, &visible, instance.interface->exports[1].type, COMPONENT_ROLE_EXPORT),
        STATUS_OK);

    type_trial_fini(&trial);
}

TEST(what_lists_of_a_fixed_length_and_maps_hold_has_a_name)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_visible visible = {0};
    const struct component_type *plain = trial_record(&trial, PRIM(U8)), *map = NULL;
    struct component_extern_type named = trial_declare(&trial, trial_eq_value(plain), &trial.owner);
    const struct component_type *list = trial_intern(
        &trial, (struct component_type){
                    .kind = COMPONENT_FIXED_LIST, .element = named.type.value, .length = 2});
    assert_int_equal(component_types_map(&trial.types, PRIM(U8), list, &map), STATUS_OK);
    struct component_extern_type func = trial_func(&trial, NULL, map);

    assert_int_equal(declare(&trial, &visible, func, COMPONENT_ROLE_EXPORT), STATUS_INVALID);
    assert_int_equal(declare(&trial, &visible, named, COMPONENT_ROLE_EXPORT), STATUS_OK);
    assert_int_equal(declare(&trial, &visible, func, COMPONENT_ROLE_EXPORT), STATUS_OK);
    type_trial_fini(&trial);
}

TEST_MAIN(T(a_record_is_visible_by_its_new_name_alone), T(imports_do_not_see_what_exports_named),
          T(a_type_is_named_only_when_all_in_it_is), T(an_instance_names_its_types_as_it_goes),
          T(what_lists_of_a_fixed_length_and_maps_hold_has_a_name))

/*
 * tests/unit/component/test_externs.c: what may be in one list of imports or exports.
 */
#include "tests/support/type_trial.h"

#define PRIM(kind) component_type_primitive(COMPONENT_##kind)

static enum status add(struct type_trial *trial, struct component_externs *externs,
                       const char *name, struct component_extern_type type)
{
    uint32_t before = externs->count;
    enum status status =
        component_externs_add(&trial->types, externs, text(name), &type, COMPONENT_ROLE_EXPORT);
    assert_int_equal(externs->count, before + (status == STATUS_OK));
    return status;
}

/* A function with a first parameter "self" of this type. */
static struct component_extern_type method(struct type_trial *trial,
                                           const struct component_type *self)
{
    const struct component_field params[] = {{BYTES_LITERAL("self"), self}};
    struct component_extern_type type = {.sort = COMPONENT_SORT_FUNC};
    assert_int_equal(component_types_func(&trial->types, params, 1, NULL, &type.func), STATUS_OK);
    return type;
}

TEST(names_that_are_the_same_to_a_binding_generator_conflict)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs externs = {0};
    struct component_extern_type resource =
        trial_declare(&trial, trial_sub_resource(), &trial.owner);
    uint32_t number = resource.type.resource;
    struct component_extern_type func = trial_func(&trial, NULL, NULL);
    struct component_extern_type constructor = trial_func(&trial, NULL, trial_own(&trial, number));
    struct component_extern_type on_self = method(&trial, trial_borrow(&trial, number));
    static const char *const conflicts[] = {
        "foo", "FOO", "foo-BAR", "[static]foo.bar", "[static]foo.foo", "foo:bar/BAZ"};
    trial_add(&trial, &externs, "foo", resource);
    trial_add(&trial, &externs, "foo-bar", func);
    trial_add(&trial, &externs, "[constructor]foo", constructor);
    trial_add(&trial, &externs, "[method]foo.bar", on_self);
    trial_add(&trial, &externs, "[static]foo.baz", func);
    trial_add(&trial, &externs, "foo:bar/baz", func);

    for (size_t i = 0; i < ARRAY_LEN(conflicts); i++) {
        report_init(&trial.report);
        assert_int_equal(add(&trial, &externs, conflicts[i], func), STATUS_INVALID);
        trial_says(&trial, "conflicts with previous name");
    }

    type_trial_fini(&trial);
}

TEST(versions_of_an_interface_stand_beside_each_other)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs externs = {0};
    struct component_extern_type func = trial_func(&trial, NULL, NULL);

    assert_int_equal(add(&trial, &externs, "a:b/c", func), STATUS_OK);
    assert_int_equal(add(&trial, &externs, "a:b/c@1.0.0", func), STATUS_OK);
    assert_int_equal(add(&trial, &externs, "a:b/c@2.0.0", func), STATUS_OK);
    assert_int_equal(add(&trial, &externs, "a:b/c@1.0.0", func), STATUS_INVALID);

    type_trial_fini(&trial);
}

TEST(an_annotation_names_a_resource_of_the_list)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs externs = {0};
    struct component_extern_type func = trial_func(&trial, NULL, NULL);

    assert_int_equal(add(&trial, &externs, "[static]a.b", func), STATUS_INVALID);

    trial_says(&trial, "there is no resource \"a\"");
    type_trial_fini(&trial);
}

TEST(a_constructor_returns_an_own_of_its_resource)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs externs = {0};
    struct component_extern_type a = trial_declare(&trial, trial_sub_resource(), &trial.owner);
    struct component_extern_type b = trial_declare(&trial, trial_sub_resource(), &trial.owner);
    trial_add(&trial, &externs, "a", a);
    trial_add(&trial, &externs, "b", b);
    const struct component_type *own = trial_own(&trial, a.type.resource);
    const struct component_type *result = trial_intern(
        &trial,
        (struct component_type){.kind = COMPONENT_RESULT, .element = own, .error = PRIM(U8)});

    assert_int_equal(add(&trial, &externs, "[constructor]a", trial_func(&trial, NULL, NULL)),
                     STATUS_INVALID);
    assert_int_equal(add(&trial, &externs, "[constructor]b", trial_func(&trial, NULL, own)),
                     STATUS_INVALID);
    assert_int_equal(add(&trial, &externs, "[constructor]a", trial_eq_value(PRIM(U8))),
                     STATUS_INVALID);
    assert_int_equal(add(&trial, &externs, "[constructor]a", trial_func(&trial, NULL, result)),
                     STATUS_OK);

    type_trial_fini(&trial);
}

TEST(a_method_takes_a_borrow_called_self)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs externs = {0};
    struct component_extern_type a = trial_declare(&trial, trial_sub_resource(), &trial.owner);
    trial_add(&trial, &externs, "a", a);
    const struct component_type *own = trial_own(&trial, a.type.resource);
    const struct component_type *borrow = trial_borrow(&trial, a.type.resource);

    assert_int_equal(add(&trial, &externs, "[method]a.b", trial_func(&trial, NULL, NULL)),
                     STATUS_INVALID);
    assert_int_equal(add(&trial, &externs, "[method]a.b", trial_func(&trial, borrow, NULL)),
                     STATUS_INVALID);
    assert_int_equal(add(&trial, &externs, "[method]a.b", method(&trial, own)), STATUS_INVALID);
    assert_int_equal(add(&trial, &externs, "[method]a.b", method(&trial, borrow)), STATUS_OK);

    type_trial_fini(&trial);
}

TEST(exports_are_found_by_their_whole_name)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs externs = {0};
    static const char *const names[] = {"z", "b", "a-b", "aa", "a:b/c", "b1"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        trial_add(&trial, &externs, names[i], trial_func(&trial, NULL, NULL));

    const struct component_interface *interface = trial_interface(&trial, NULL, &externs, NULL, 0);

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_ptr_equal(component_interface_find_export(interface, text(names[i])),
                         &interface->exports[i]);
    assert_null(component_interface_find_export(interface, text("a")));
    assert_null(component_interface_find_import(interface, text("z")));
    type_trial_fini(&trial);
}

TEST_MAIN(T(names_that_are_the_same_to_a_binding_generator_conflict),
          T(versions_of_an_interface_stand_beside_each_other),
          T(an_annotation_names_a_resource_of_the_list),
          T(a_constructor_returns_an_own_of_its_resource), T(a_method_takes_a_borrow_called_self),
          T(exports_are_found_by_their_whole_name))

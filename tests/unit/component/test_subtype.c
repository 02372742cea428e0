/*
 * tests/unit/component/test_subtype.c: which extern type may stand for which, and instantiation.
 */
#include "tests/support/type_trial.h"

#define PRIM(kind) component_type_primitive(COMPONENT_##kind)

static enum status match(struct type_trial *trial, struct component_extern_type found,
                         struct component_extern_type expected)
{
    report_init(&trial->report);
    return component_types_match(&trial->types, &found, &expected);
}

/* The type of an instance with a function "f" of this result. */
static const struct component_interface *one_func(struct type_trial *trial, const char *name,
                                                  const struct component_type *result)
{
    struct component_externs exports = {0};
    trial_add(trial, &exports, name, trial_func(trial, NULL, result));
    return trial_interface(trial, NULL, &exports, NULL, 0);
}

/* The type of an instance of a resource "r" and a function "make" that returns one; bound. */
static const struct component_interface *maker(struct type_trial *trial)
{
    struct component_externs exports = {0};
    struct component_extern_type resource = trial_declare(trial, trial_sub_resource(), NULL);
    uint32_t number = resource.type.resource;
    trial_add(trial, &exports, "r", resource);
    trial_add(trial, &exports, "make", trial_func(trial, NULL, trial_own(trial, number)));
    return trial_interface(trial, NULL, &exports, &number, 1);
}

TEST(functions_are_equal_with_the_names_of_their_parameters)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_field other[] = {{BYTES_LITERAL("q"), PRIM(U8)}};
    struct component_extern_type renamed = {.sort = COMPONENT_SORT_FUNC};
    assert_int_equal(component_types_func(&trial.types, other, 1, NULL, &renamed.func), STATUS_OK);
    struct component_extern_type func = trial_func(&trial, PRIM(U8), NULL);

    assert_int_equal(match(&trial, func, trial_func(&trial, PRIM(U8), NULL)), STATUS_OK);
    assert_int_equal(match(&trial, func, renamed), STATUS_INVALID);
    assert_int_equal(match(&trial, func, trial_func(&trial, PRIM(U16), NULL)), STATUS_INVALID);
    trial_says(&trial, "expected u16, found u8");
    assert_int_equal(match(&trial, func, trial_func(&trial, PRIM(U8), PRIM(U8))), STATUS_INVALID);
    assert_int_equal(match(&trial, func, trial_func(&trial, NULL, NULL)), STATUS_INVALID);

    type_trial_fini(&trial);
}

TEST(an_instance_may_have_more_exports_and_not_fewer)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs more = {0};
    trial_add(&trial, &more, "g", trial_func(&trial, NULL, NULL));
    trial_add(&trial, &more, "f", trial_func(&trial, NULL, NULL));
    const struct component_interface *two = trial_interface(&trial, NULL, &more, NULL, 0);
    const struct component_interface *one = one_func(&trial, "f", NULL);

    assert_int_equal(match(&trial, trial_instance(two), trial_instance(one)), STATUS_OK);
    assert_int_equal(match(&trial, trial_instance(one), trial_instance(two)), STATUS_INVALID);

    trial_says(&trial, "g: missing expected export");
    type_trial_fini(&trial);
}

TEST(opening_makes_fresh_resources_each_time)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_interface *type = maker(&trial);

    struct component_extern_type a = trial_declare(&trial, trial_instance(type), &trial.owner);
    struct component_extern_type b = trial_declare(&trial, trial_instance(type), &trial.owner);

    uint32_t r = a.interface->exports[0].type.type.resource;
    assert_int_not_equal(r, b.interface->exports[0].type.type.resource);
    assert_int_equal(a.interface->bound_count, 0);
    assert_ptr_equal(a.interface->exports[1].type.func->result, trial_own(&trial, r));
    assert_int_equal(match(&trial, a, a), STATUS_OK);
    assert_int_equal(match(&trial, a, b), STATUS_INVALID);
    trial_says(&trial, "resource types are not the same");
    type_trial_fini(&trial);
}

TEST(an_ascription_hides_what_resource_it_is)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_extern_type found =
        trial_declare(&trial, trial_instance(maker(&trial)), &trial.owner);
    struct component_extern_type ascription = trial_instance(maker(&trial)), made;
    struct component_fresh fresh;

    assert_int_equal(
        component_types_export(&trial.types, &found, &ascription, &trial.owner, &made, &fresh),
        STATUS_OK);

    assert_int_equal(fresh.count, 1);
    assert_int_equal(made.interface->exports[0].type.type.resource, fresh.first);
    assert_int_equal(match(&trial, found, made), STATUS_INVALID);
    type_trial_fini(&trial);
}

/* A component that imports resource "in" and exports "out", which is the same, "new" of its own,
 * and a function from the one to the other. */
static const struct component_interface *converter(struct type_trial *trial,
                                                   struct component *component)
{
    struct component_externs imports = {0}, exports = {0};
    const struct component_interface *type = NULL;
    struct component_extern_type in = trial_declare(trial, trial_sub_resource(), component);
    uint32_t own = trial_resource(trial, component);
    struct component_extern_type out =
        trial_declare(trial, trial_eq_resource(in.type.resource), component);
    struct component_extern_type new = trial_declare(trial, trial_eq_resource(own), component);
    (void)trial_resource(trial, component); /* used inside alone */
    trial_add(trial, &imports, "in", in);
    trial_add(trial, &exports, "out", out);
    trial_add(trial, &exports, "new", new);
    trial_add(trial, &exports, "convert",
              trial_func(trial, trial_own(trial, out.type.resource),
                         trial_own(trial, new.type.resource)));
    assert_int_equal(component_types_component(&trial->types, &imports, &exports, component, &type),
                     STATUS_OK);
    return type;
}

TEST(instantiating_puts_arguments_for_imports_and_makes_the_rest_new)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component child = {0};
    const struct component_interface *component = converter(&trial, &child);
    uint32_t mine = trial_resource(&trial, &trial.owner);
    const struct component_extern_name arguments[] = {
        {.name = BYTES_LITERAL("in"), .type = trial_eq_resource(mine)}};
    const struct component_interface *first = NULL, *second = NULL;
    struct component_fresh fresh, again;

    assert_int_equal(component->bound_count, 2);
    assert_int_equal(component_types_instantiate(&trial.types, component, arguments, 1,
                                                 &trial.owner, &first, &fresh),
                     STATUS_OK);
    assert_int_equal(component_types_instantiate(&trial.types, component, arguments, 1,
                                                 &trial.owner, &second, &again),
                     STATUS_OK);

    assert_int_equal(fresh.count, 1);
    const struct component_extern_name *out = &first->exports[0], *new = &first->exports[1];
    assert_int_equal(component_types_original(&trial.types, out->type.type.resource), mine);
    assert_int_equal(component_types_original(&trial.types, new->type.type.resource), fresh.first);
    assert_int_equal(component_types_original(&trial.types, second->exports[1].type.type.resource),
                     again.first);
    assert_int_not_equal(fresh.first, again.first);
    const struct component_func_type *convert = first->exports[2].type.func;
    assert_ptr_equal(convert->params[0].type, trial_own(&trial, out->type.type.resource));
    assert_true(component_type_equal(convert->params[0].type, trial_own(&trial, mine)));
    assert_ptr_equal(convert->result, trial_own(&trial, new->type.type.resource));
    assert_ptr_equal(trial.types.resources[fresh.first].owner, &trial.owner);
    type_trial_fini(&trial);
}

TEST(arguments_are_there_once_and_of_the_right_sort)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component child = {0};
    const struct component_interface *component = converter(&trial, &child), *instance = NULL;
    uint32_t mine = trial_resource(&trial, &trial.owner);
    const struct component_extern_name twice[] = {
        {.name = BYTES_LITERAL("in"), .type = trial_eq_resource(mine)},
        {.name = BYTES_LITERAL("in"), .type = trial_eq_resource(mine)}};
    const struct component_extern_name func[] = {
        {.name = BYTES_LITERAL("in"), .type = trial_func(&trial, NULL, NULL)}};
    struct component_fresh fresh;

    assert_int_equal(component_types_instantiate(&trial.types, component, NULL, 0, &trial.owner,
                                                 &instance, &fresh),
                     STATUS_INVALID);
    trial_says(&trial, "missing import named \"in\"");
    report_init(&trial.report);
    assert_int_equal(component_types_instantiate(&trial.types, component, twice, 2, &trial.owner,
                                                 &instance, &fresh),
                     STATUS_INVALID);
    report_init(&trial.report);
    assert_int_equal(component_types_instantiate(&trial.types, component, func, 1, &trial.owner,
                                                 &instance, &fresh),
                     STATUS_INVALID);
    trial_says(&trial, "expected type, found func");

    assert_null(instance);
    type_trial_fini(&trial);
}

TEST(two_imports_may_not_get_one_resource_where_a_function_tells_them_apart)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component child = {0};
    struct component_externs imports = {0}, exports = {0};
    struct component_extern_type a = trial_declare(&trial, trial_sub_resource(), &child);
    struct component_extern_type b = trial_declare(&trial, trial_sub_resource(), &child);
    trial_add(&trial, &imports, "a", a);
    trial_add(&trial, &imports, "b", b);
    trial_add(
        &trial, &imports, "f",
        trial_func(&trial, trial_own(&trial, a.type.resource), trial_own(&trial, b.type.resource)));
    const struct component_interface *component = NULL, *instance = NULL;
    assert_int_equal(
        component_types_component(&trial.types, &imports, &exports, &child, &component), STATUS_OK);
    uint32_t x = trial_resource(&trial, &trial.owner), y = trial_resource(&trial, &trial.owner);
    struct component_extern_name arguments[] = {
        {.name = BYTES_LITERAL("a"), .type = trial_eq_resource(x)},
        {.name = BYTES_LITERAL("b"), .type = trial_eq_resource(y)},
        {.name = BYTES_LITERAL("f"),
         .type = trial_func(&trial, trial_own(&trial, x), trial_own(&trial, y))}};
    struct component_fresh fresh;

    assert_int_equal(component_types_instantiate(&trial.types, component, arguments, 3,
                                                 &trial.owner, &instance, &fresh),
                     STATUS_OK);
    arguments[1].type = trial_eq_resource(x);
    assert_int_equal(component_types_instantiate(&trial.types, component, arguments, 3,
                                                 &trial.owner, &instance, &fresh),
                     STATUS_INVALID);

    trial_says(&trial, "resource types are not the same");
    type_trial_fini(&trial);
}

static struct component_extern_type component_of(const struct component_interface *interface)
{
    return (struct component_extern_type){.sort = COMPONENT_SORT_COMPONENT, .interface = interface};
}

TEST(a_component_may_import_less_and_export_more)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component child = {0}, other = {0};
    struct component_externs none = {0}, imports = {0}, exports = {0};
    trial_add(&trial, &imports, "in", trial_declare(&trial, trial_sub_resource(), &other));
    trial_add(&trial, &imports, "more", trial_func(&trial, NULL, NULL));
    trial_add(&trial, &exports, "new",
              trial_declare(&trial, trial_eq_resource(trial_resource(&trial, &other)), &other));
    const struct component_interface *wide = NULL, *empty = NULL;
    const struct component_interface *found = converter(&trial, &child);
    assert_int_equal(component_types_component(&trial.types, &imports, &exports, &other, &wide),
                     STATUS_OK);
    assert_int_equal(component_types_component(&trial.types, &none, &none, &other, &empty),
                     STATUS_OK);

    assert_int_equal(match(&trial, component_of(found), component_of(found)), STATUS_OK);
    assert_int_equal(match(&trial, component_of(found), component_of(wide)), STATUS_OK);
    assert_int_equal(match(&trial, component_of(wide), component_of(found)), STATUS_INVALID);
    trial_says(&trial, "more: missing expected import");
    assert_int_equal(match(&trial, component_of(found), component_of(empty)), STATUS_INVALID);

    type_trial_fini(&trial);
}

TEST(a_component_that_exports_another_resource_than_it_imports_is_another)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component same = {0}, fresh = {0};
    struct component_externs same_in = {0}, same_out = {0}, fresh_in = {0}, fresh_out = {0};
    struct component_extern_type a = trial_declare(&trial, trial_sub_resource(), &same);
    struct component_extern_type b = trial_declare(&trial, trial_sub_resource(), &fresh);
    trial_add(&trial, &same_in, "r", a);
    trial_add(&trial, &same_out, "s",
              trial_declare(&trial, trial_eq_resource(a.type.resource), &same));
    trial_add(&trial, &fresh_in, "r", b);
    trial_add(&trial, &fresh_out, "s",
              trial_declare(&trial, trial_eq_resource(trial_resource(&trial, &fresh)), &fresh));
    const struct component_interface *passes = NULL, *makes = NULL;
    assert_int_equal(component_types_component(&trial.types, &same_in, &same_out, &same, &passes),
                     STATUS_OK);
    assert_int_equal(component_types_component(&trial.types, &fresh_in, &fresh_out, &fresh, &makes),
                     STATUS_OK);

    assert_int_equal(match(&trial, component_of(passes), component_of(makes)), STATUS_OK);
    assert_int_equal(match(&trial, component_of(makes), component_of(passes)), STATUS_INVALID);

    type_trial_fini(&trial);
}

TEST(types_that_are_used_too_often_are_refused_by_their_work)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_interface *type = maker(&trial);
    trial.types.work_left = 10;
    enum status status = STATUS_OK;

    for (unsigned i = 0; i < 10 && status == STATUS_OK; i++) {
        struct component_extern_type found = trial_instance(type), made;
        struct component_fresh fresh;
        status = component_types_declare(&trial.types, &found, &trial.owner, &made, &fresh);
    }

    assert_int_equal(status, STATUS_LIMIT);
    type_trial_fini(&trial);
}

TEST_MAIN(T(functions_are_equal_with_the_names_of_their_parameters),
          T(an_instance_may_have_more_exports_and_not_fewer),
          T(opening_makes_fresh_resources_each_time), T(an_ascription_hides_what_resource_it_is),
          T(instantiating_puts_arguments_for_imports_and_makes_the_rest_new),
          T(arguments_are_there_once_and_of_the_right_sort),
          T(two_imports_may_not_get_one_resource_where_a_function_tells_them_apart),
          T(a_component_may_import_less_and_export_more),
          T(a_component_that_exports_another_resource_than_it_imports_is_another),
          T(types_that_are_used_too_often_are_refused_by_their_work))

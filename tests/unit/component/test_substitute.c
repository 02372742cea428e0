/*
 * tests/unit/component/test_substitute.c: types with other resources, and what names become.
 */
#include "tests/support/type_trial.h"

#define PRIM(kind) component_type_primitive(COMPONENT_##kind)

static const struct component_interface *open(struct type_trial *trial,
                                              const struct component_interface *type)
{
    return trial_declare(trial, trial_instance(type), &trial->owner).interface;
}

TEST(what_names_no_resource_is_itself_again)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs exports = {0};
    struct component_extern_type resource = trial_declare(&trial, trial_sub_resource(), NULL);
    uint32_t number = resource.type.resource;
    struct component_extern_type plain = trial_func(&trial, PRIM(U8), PRIM(STRING));
    trial_add(&trial, &exports, "r", resource);
    trial_add(&trial, &exports, "f", plain);

    const struct component_interface *opened =
        open(&trial, trial_interface(&trial, NULL, &exports, &number, 1));

    assert_ptr_equal(opened->exports[1].type.func, plain.func);
    assert_int_not_equal(opened->exports[0].type.type.resource, number);
    type_trial_fini(&trial);
}

TEST(a_type_in_many_places_is_made_once)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs exports = {0};
    struct component_extern_type resource = trial_declare(&trial, trial_sub_resource(), NULL);
    uint32_t number = resource.type.resource;
    const struct component_type *type = trial_own(&trial, number);
    for (unsigned depth = 0; depth < 15; depth++) {
        const struct component_field fields[] = {{.type = type}, {.type = type}};
        type = trial_intern(
            &trial, (struct component_type){.kind = COMPONENT_TUPLE, .count = 2, .fields = fields});
    }
    trial_add(&trial, &exports, "r", resource);
    trial_add(&trial, &exports, "f", trial_func(&trial, type, type));
    const struct component_interface *interface =
        trial_interface(&trial, NULL, &exports, &number, 1);
    trial.types.work_left = 100;

    const struct component_func_type *func = open(&trial, interface)->exports[1].type.func;

    assert_ptr_not_equal(func->result, type);
    assert_ptr_equal(func->params[0].type, func->result);
    assert_int_equal(func->result->nodes, type->nodes);
    type_trial_fini(&trial);
}

TEST(a_resource_that_was_named_again_has_two_names_in_each_opened_instance)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs exports = {0};
    struct component_extern_type resource = trial_declare(&trial, trial_sub_resource(), NULL);
    uint32_t number = resource.type.resource;
    struct component_extern_type alias = trial_declare(&trial, trial_eq_resource(number), NULL);
    trial_add(&trial, &exports, "fields", resource);
    trial_add(&trial, &exports, "headers", alias);
    trial_add(&trial, &exports, "f",
              trial_func(&trial, NULL, trial_own(&trial, alias.type.resource)));

    const struct component_interface *opened =
        open(&trial, trial_interface(&trial, NULL, &exports, &number, 1));

    uint32_t fields = opened->exports[0].type.type.resource;
    uint32_t headers = opened->exports[1].type.type.resource;
    assert_int_not_equal(fields, headers);
    assert_int_equal(component_types_original(&trial.types, headers), fields);
    assert_int_equal(trial.types.resources[headers].named_from, fields);
    assert_ptr_equal(opened->exports[2].type.func->result, trial_own(&trial, headers));
    type_trial_fini(&trial);
}

/* A component that imports a record as "in" and exports it as "out". */
static const struct component_interface *passer(struct type_trial *trial, struct component *child,
                                                const struct component_type *record)
{
    struct component_externs imports = {0}, exports = {0};
    const struct component_interface *component = NULL;
    struct component_extern_type in = trial_declare(trial, trial_eq_value(record), child);
    struct component_extern_type out = trial_declare(trial, trial_eq_value(in.type.value), child);
    trial_add(trial, &imports, "in", in);
    trial_add(trial, &exports, "out", out);
    trial_add(trial, &exports, "wrap",
              trial_declare(trial, trial_eq_value(trial_record(trial, in.type.value)), child));
    assert_int_equal(
        component_types_component(&trial->types, &imports, &exports, child, &component), STATUS_OK);
    return component;
}

TEST(what_an_import_named_is_what_its_argument_names)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component child = {0};
    const struct component_type *record = trial_record(&trial, PRIM(U8));
    const struct component_interface *component = passer(&trial, &child, record);
    const struct component_interface *instance = NULL;
    struct component_extern_type mine = trial_declare(&trial, trial_eq_value(record), &trial.owner);
    const struct component_extern_name argument = {.name = BYTES_LITERAL("in"), .type = mine};
    struct component_fresh fresh;

    assert_int_equal(component_types_instantiate(&trial.types, component, &argument, 1,
                                                 &trial.owner, &instance, &fresh),
                     STATUS_OK);

    const struct component_type *out = instance->exports[0].type.type.value;
    const struct component_type *wrap = instance->exports[1].type.type.value;
    assert_ptr_equal(out->named_from, mine.type.value);
    assert_true(component_type_equal(out, record));
    assert_ptr_equal(wrap->fields[0].type, mine.type.value);
    assert_int_equal(fresh.count, 0);
    type_trial_fini(&trial);
}

TEST(a_named_primitive_is_laid_out_as_it_was)
{
    struct type_trial trial;
    type_trial_init(&trial);

    const struct component_type *size =
        trial_declare(&trial, trial_eq_value(PRIM(U64)), &trial.owner).type.value;

    assert_ptr_not_equal(size, PRIM(U64));
    assert_ptr_equal(size->canonical, PRIM(U64));
    assert_ptr_equal(size->named_from, PRIM(U64));
    assert_int_equal(size->size, 8);
    assert_int_equal(size->flat[0], WASM_TYPE_I64);
    assert_true(component_type_equal(trial_list(&trial, size), trial_list(&trial, PRIM(U64))));
    type_trial_fini(&trial);
}

TEST(lists_of_a_fixed_length_and_maps_stay_what_they_are_with_other_resources)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_externs exports = {0};
    struct component_extern_type resource = trial_declare(&trial, trial_sub_resource(), NULL);
    uint32_t number = resource.type.resource;
    const struct component_type *own = trial_own(&trial, number), *map = NULL;
    const struct component_type *list = trial_intern(
        &trial,
        (struct component_type){.kind = COMPONENT_FIXED_LIST, .element = own, .length = 70000});
    assert_int_equal(component_types_map(&trial.types, PRIM(STRING), list, &map), STATUS_OK);
    trial_add(&trial, &exports, "r", resource);
    trial_add(&trial, &exports, "f", trial_func(&trial, NULL, map));
    const struct component_interface *interface =
        trial_interface(&trial, NULL, &exports, &number, 1);
    trial.types.work_left = 20;

    const struct component_type *made = open(&trial, interface)->exports[1].type.func->result;

    assert_int_equal(made->kind, COMPONENT_MAP);
    assert_ptr_not_equal(made, map);
    made = made->element->fields[1].type;
    assert_int_equal(made->kind, COMPONENT_FIXED_LIST);
    assert_int_equal(made->length, 70000);
    assert_int_equal(made->size, 280000);
    assert_int_not_equal(made->element->resource, number);
    type_trial_fini(&trial);
}

TEST_MAIN(T(what_names_no_resource_is_itself_again), T(a_type_in_many_places_is_made_once),
          T(a_resource_that_was_named_again_has_two_names_in_each_opened_instance),
          T(what_an_import_named_is_what_its_argument_names),
          T(a_named_primitive_is_laid_out_as_it_was),
          T(lists_of_a_fixed_length_and_maps_stay_what_they_are_with_other_resources))

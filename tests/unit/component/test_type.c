/*
 * tests/unit/component/test_type.c: signatures of functions, and types beside a host's.
 */
#include "core/component/host.h"
#include "tests/support/type_trial.h"

#define PRIM(kind) component_type_primitive(COMPONENT_##kind)
#define PARAMS_MAX 20u

/* A function of `count` parameters of one type. */
static const struct component_func_type *func_of(struct type_trial *trial,
                                                 const struct component_type *param, uint32_t count,
                                                 const struct component_type *result)
{
    static const char names[PARAMS_MAX + 1] = "abcdefghijklmnopqrst";
    struct component_field params[PARAMS_MAX];
    const struct component_func_type *func = NULL;
    for (uint32_t i = 0; i < count; i++)
        params[i] = (struct component_field){bytes_of(&names[i], 1), param};
    assert_int_equal(component_types_func(&trial->types, params, count, result, &func), STATUS_OK);
    return func;
}

TEST(sixteen_core_values_are_parameters_and_seventeen_are_a_pointer)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_core_signature few, many;

    component_func_signature(func_of(&trial, PRIM(F64), 16, NULL), false, &few);
    component_func_signature(func_of(&trial, PRIM(F64), 17, NULL), false, &many);

    assert_int_equal(few.param_count, 16);
    assert_int_equal(few.params[15], WASM_TYPE_F64);
    assert_false(few.params_in_memory);
    assert_int_equal(many.param_count, 1);
    assert_int_equal(many.params[0], WASM_TYPE_I32);
    assert_true(many.params_in_memory);
    type_trial_fini(&trial);
}

TEST(a_result_of_two_core_values_is_a_pointer_on_either_side)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_func_type *func = func_of(&trial, PRIM(STRING), 1, PRIM(STRING));
    struct component_core_signature lifted, lowered;

    component_func_signature(func, false, &lifted);
    component_func_signature(func, true, &lowered);

    assert_int_equal(lifted.param_count, 2);
    assert_int_equal(lifted.result_count, 1);
    assert_int_equal(lifted.results[0], WASM_TYPE_I32);
    assert_int_equal(lowered.param_count, 3);
    assert_int_equal(lowered.result_count, 0);
    assert_true(lifted.result_in_memory && lowered.result_in_memory);
    type_trial_fini(&trial);
}

TEST(many_parameters_and_a_result_area_are_two_pointers)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_core_signature lowered;

    component_func_signature(func_of(&trial, PRIM(STRING), 9, PRIM(STRING)), true, &lowered);

    assert_int_equal(lowered.param_count, 2);
    assert_true(lowered.params_in_memory && lowered.result_in_memory);
    type_trial_fini(&trial);
}

TEST(a_single_result_keeps_its_core_type)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_core_signature signature;

    component_func_signature(func_of(&trial, PRIM(U8), 0, PRIM(F32)), true, &signature);

    assert_int_equal(signature.result_count, 1);
    assert_int_equal(signature.results[0], WASM_TYPE_F32);
    assert_int_equal(signature.param_count, 0);
    type_trial_fini(&trial);
}

static const struct component_host_resource door = {.name = BYTES_LITERAL("door")};
static const struct component_host_resource window = {.name = BYTES_LITERAL("window")};

/* Resource 0 is a door, 1 a window, others are no host's. */
static const struct component_host_resource *find(const void *context, uint32_t resource)
{
    (void)context;
    return resource == 0 ? &door : resource == 1 ? &window : NULL;
}

static bool matches(const struct component_func_type *guest, const struct component_type *host)
{
    const struct component_field params[] = {{BYTES_LITERAL("other"), host}};
    const struct component_func_type type = {.param_count = 1, .params = params};
    return component_func_matches_host(guest, &type, find, NULL);
}

TEST(a_guests_type_is_the_hosts_when_kinds_labels_and_parts_are)
{
    struct type_trial trial;
    type_trial_init(&trial);
    static const struct component_type u8 = {.kind = COMPONENT_U8}, s8 = {.kind = COMPONENT_S8};
    static const struct component_field f[] = {{BYTES_LITERAL("f"), &u8}};
    static const struct component_field g[] = {{BYTES_LITERAL("g"), &u8}};
    static const struct component_field other[] = {{BYTES_LITERAL("f"), &s8}};
    const struct component_type same = {.kind = COMPONENT_RECORD, .count = 1, .fields = f};
    const struct component_type renamed = {.kind = COMPONENT_RECORD, .count = 1, .fields = g};
    const struct component_type changed = {.kind = COMPONENT_RECORD, .count = 1, .fields = other};
    const struct component_func_type *guest =
        func_of(&trial, trial_record(&trial, PRIM(U8)), 1, NULL);

    assert_true(matches(guest, &same));
    assert_false(matches(guest, &renamed));
    assert_false(matches(guest, &changed));
    assert_false(matches(guest, &u8));

    type_trial_fini(&trial);
}

TEST(a_handle_is_the_hosts_when_its_resource_is)
{
    struct type_trial trial;
    type_trial_init(&trial);
    static const struct component_type own = {.kind = COMPONENT_OWN, .host_resource = &door};
    static const struct component_type borrow = {.kind = COMPONENT_BORROW, .host_resource = &door};
    for (unsigned i = 0; i < 3; i++)
        (void)trial_resource(&trial, &trial.owner);

    assert_true(matches(func_of(&trial, trial_own(&trial, 0), 1, NULL), &own));
    assert_false(matches(func_of(&trial, trial_own(&trial, 1), 1, NULL), &own));
    assert_false(matches(func_of(&trial, trial_own(&trial, 2), 1, NULL), &own));
    assert_false(matches(func_of(&trial, trial_own(&trial, 0), 1, NULL), &borrow));

    type_trial_fini(&trial);
}

TEST(a_list_of_a_fixed_length_and_a_map_are_a_hosts_by_structure)
{
    struct type_trial trial;
    type_trial_init(&trial);
    static const struct component_type u8 = {.kind = COMPONENT_U8}, s8 = {.kind = COMPONENT_S8};
    static const struct component_field pair[] = {{.type = &u8}, {.type = &s8}};
    static const struct component_field swapped[] = {{.type = &s8}, {.type = &u8}};
    const struct component_type tuple = {.kind = COMPONENT_TUPLE, .count = 2, .fields = pair};
    const struct component_type other = {.kind = COMPONENT_TUPLE, .count = 2, .fields = swapped};
    struct component_type three = {.kind = COMPONENT_FIXED_LIST, .element = &u8, .length = 3};
    struct component_type map = {.kind = COMPONENT_MAP, .element = &tuple};
    const struct component_type list = {.kind = COMPONENT_LIST, .element = &tuple};
    const struct component_type *guest_map = NULL;
    const struct component_type shape = {
        .kind = COMPONENT_FIXED_LIST, .element = PRIM(U8), .length = 3};
    const struct component_func_type *of_three =
        func_of(&trial, trial_intern(&trial, shape), 1, NULL);
    assert_int_equal(component_types_map(&trial.types, PRIM(U8), PRIM(S8), &guest_map), STATUS_OK);
    const struct component_func_type *of_map = func_of(&trial, guest_map, 1, NULL);

    assert_true(matches(of_three, &three));
    three.length = 4;
    assert_false(matches(of_three, &three));
    assert_true(matches(of_map, &map));
    assert_false(matches(of_map, &list));
    map.element = &other;
    assert_false(matches(of_map, &map));
    type_trial_fini(&trial);
}

TEST_MAIN(T(sixteen_core_values_are_parameters_and_seventeen_are_a_pointer),
          T(a_result_of_two_core_values_is_a_pointer_on_either_side),
          T(many_parameters_and_a_result_area_are_two_pointers),
          T(a_single_result_keeps_its_core_type),
          T(a_guests_type_is_the_hosts_when_kinds_labels_and_parts_are),
          T(a_handle_is_the_hosts_when_its_resource_is),
          T(a_list_of_a_fixed_length_and_a_map_are_a_hosts_by_structure))

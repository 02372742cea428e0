/*
 * tests/unit/component/test_intern.c: equal types are one node; shapes that may not be.
 */
#include "tests/support/type_trial.h"

#define PRIM(kind) component_type_primitive(COMPONENT_##kind)

static enum status try(struct type_trial *trial, struct component_type shape)
{
    const struct component_type *type = NULL;
    enum status status = component_types_intern(&trial->types, &shape, &type);
    assert_true((status == STATUS_OK) == (type != NULL));
    return status;
}

TEST(equal_shapes_are_one_node_and_others_are_not)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_field other[] = {{BYTES_LITERAL("g"), PRIM(U8)}};

    const struct component_type *a = trial_record(&trial, PRIM(U8));
    const struct component_type *b = trial_record(&trial, PRIM(U8));
    const struct component_type *c = trial_record(&trial, PRIM(S8));
    const struct component_type *d = trial_intern(
        &trial, (struct component_type){.kind = COMPONENT_RECORD, .count = 1, .fields = other});

    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    assert_ptr_not_equal(a, d);
    assert_ptr_equal(trial_list(&trial, a), trial_list(&trial, b));
    assert_ptr_equal(a->canonical, a);
    type_trial_fini(&trial);
}

TEST(a_named_type_is_another_node_that_is_equal)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_type *plain = trial_record(&trial, PRIM(U8));

    const struct component_type *named =
        trial_declare(&trial, trial_eq_value(plain), &trial.owner).type.value;
    const struct component_type *again =
        trial_declare(&trial, trial_eq_value(plain), &trial.owner).type.value;

    assert_ptr_not_equal(named, plain);
    assert_ptr_not_equal(named, again);
    assert_true(component_type_equal(named, plain));
    assert_true(component_type_equal(trial_list(&trial, named), trial_list(&trial, again)));
    assert_ptr_not_equal(trial_list(&trial, named), trial_list(&trial, again));
    type_trial_fini(&trial);
}

TEST(two_numbers_of_a_resource_are_equal_and_of_two_are_not)
{
    struct type_trial trial;
    type_trial_init(&trial);
    uint32_t resource = trial_resource(&trial, &trial.owner);
    uint32_t other = trial_resource(&trial, &trial.owner);
    uint32_t alias = trial_declare(&trial, trial_eq_resource(resource), &trial.owner).type.resource;

    assert_int_not_equal(alias, resource);
    assert_true(component_type_equal(trial_own(&trial, alias), trial_own(&trial, resource)));
    assert_false(component_type_equal(trial_own(&trial, other), trial_own(&trial, resource)));
    assert_false(component_type_equal(trial_borrow(&trial, resource), trial_own(&trial, resource)));
    assert_int_equal(trial.types.resources[alias].place, trial.types.resources[resource].place);
    assert_int_equal(trial.owner.resource_count, 2);
    type_trial_fini(&trial);
}

TEST(types_without_parts_are_refused)
{
    struct type_trial trial;
    type_trial_init(&trial);
    static const enum component_kind kinds[] = {COMPONENT_RECORD, COMPONENT_VARIANT,
                                                COMPONENT_TUPLE, COMPONENT_FLAGS, COMPONENT_ENUM};

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        assert_int_equal(try(&trial, (struct component_type){.kind = kinds[i]}), STATUS_INVALID);

    type_trial_fini(&trial);
}

TEST(flags_have_32_labels_at_most)
{
    struct type_trial trial;
    type_trial_init(&trial);
    static char names[33][3];
    struct component_field labels[33] = {0};
    for (unsigned i = 0; i < 33; i++) {
        names[i][0] = (char)('a' + i / 26);
        names[i][1] = (char)('a' + i % 26);
        labels[i].name = bytes_of(names[i], 2);
    }
    struct component_type shape = {.kind = COMPONENT_FLAGS, .count = 32, .fields = labels};

    assert_int_equal(try(&trial, shape), STATUS_OK);
    shape.count = 33;
    assert_int_equal(try(&trial, shape), STATUS_INVALID);

    trial_says(&trial, "32");
    type_trial_fini(&trial);
}

TEST(labels_that_differ_in_case_alone_are_refused)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_field labels[] = {{.name = BYTES_LITERAL("a-B-c")},
                                             {.name = BYTES_LITERAL("A-b-C")}};

    assert_int_equal(
        try(&trial, (struct component_type){.kind = COMPONENT_ENUM, .count = 2, .fields = labels}),
        STATUS_INVALID);

    trial_says(&trial, "conflicts with previous");
    type_trial_fini(&trial);
}

TEST(a_label_that_is_none_is_refused)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_field labels[] = {{BYTES_LITERAL("GoNnA"), PRIM(U8)}};

    assert_int_equal(
        try(&trial,
            (struct component_type){.kind = COMPONENT_RECORD, .count = 1, .fields = labels}),
        STATUS_INVALID);

    trial_says(&trial, "is not in kebab case");
    type_trial_fini(&trial);
}

TEST(a_function_does_not_return_a_borrow_nor_name_a_parameter_twice)
{
    struct type_trial trial;
    type_trial_init(&trial);
    uint32_t resource = trial_resource(&trial, &trial.owner);
    const struct component_field twice[] = {{BYTES_LITERAL("x"), PRIM(U8)},
                                            {BYTES_LITERAL("X"), PRIM(U8)}};
    const struct component_func_type *func = NULL;

    assert_int_equal(component_types_func(&trial.types, NULL, 0,
                                          trial_list(&trial, trial_borrow(&trial, resource)),
                                          &func),
                     STATUS_INVALID);
    assert_int_equal(component_types_func(&trial.types, twice, 2, NULL, &func), STATUS_INVALID);

    assert_null(func);
    type_trial_fini(&trial);
}

TEST(a_full_arena_is_said_wherever_it_ends)
{
    for (uint64_t refuse_at = 1; refuse_at < 8; refuse_at++) {
        struct type_trial trial;
        type_trial_init(&trial);
        const struct component_field fields[] = {{BYTES_LITERAL("f"), PRIM(U8)}};
        trial.arena.refuse_at = refuse_at;

        enum status status =
            try(&trial,
                (struct component_type){.kind = COMPONENT_RECORD, .count = 1, .fields = fields});

        assert_int_equal(status, refuse_at <= 3 ? STATUS_NO_MEMORY : STATUS_OK);
        type_trial_fini(&trial);
    }
}

TEST(lists_of_other_lengths_and_maps_are_types_of_their_own)
{
    struct type_trial trial;
    type_trial_init(&trial);
    struct component_type shape = {.kind = COMPONENT_FIXED_LIST, .element = PRIM(U8), .length = 3};
    const struct component_field fields[] = {{.type = PRIM(STRING)}, {.type = PRIM(U8)}};
    const struct component_type *three = trial_intern(&trial, shape), *map = NULL, *other = NULL;
    const struct component_type *again = trial_intern(&trial, shape);
    shape.length = 4;
    const struct component_type *pairs = trial_list(
        &trial, trial_intern(&trial, (struct component_type){
                                         .kind = COMPONENT_TUPLE, .count = 2, .fields = fields}));

    assert_ptr_equal(three, again);
    assert_false(component_type_equal(three, trial_intern(&trial, shape)));
    assert_false(component_type_equal(three, trial_list(&trial, PRIM(U8))));
    assert_int_equal(component_types_map(&trial.types, PRIM(STRING), PRIM(U8), &map), STATUS_OK);
    assert_int_equal(component_types_map(&trial.types, PRIM(U8), PRIM(STRING), &other), STATUS_OK);
    assert_false(component_type_equal(map, other));
    assert_false(component_type_equal(map, pairs));
    assert_ptr_equal(map->element, pairs->element);
    type_trial_fini(&trial);
}

TEST(keys_are_bools_integers_chars_and_strings)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_type *map = NULL, *list = trial_list(&trial, PRIM(U8));
    for (int kind = COMPONENT_BOOL; kind <= COMPONENT_STRING; kind++) {
        bool is_float = kind == COMPONENT_F32 || kind == COMPONENT_F64;
        const struct component_type *key = component_type_primitive((enum component_kind)kind);
        assert_int_equal(component_types_map(&trial.types, key, PRIM(F32), &map),
                         is_float ? STATUS_INVALID : STATUS_OK);
    }
    assert_int_equal(component_types_map(&trial.types, list, PRIM(U8), &map), STATUS_INVALID);
    type_trial_fini(&trial);
}

TEST_MAIN(T(equal_shapes_are_one_node_and_others_are_not),
          T(a_named_type_is_another_node_that_is_equal),
          T(two_numbers_of_a_resource_are_equal_and_of_two_are_not),
          T(types_without_parts_are_refused), T(flags_have_32_labels_at_most),
          T(labels_that_differ_in_case_alone_are_refused), T(a_label_that_is_none_is_refused),
          T(a_function_does_not_return_a_borrow_nor_name_a_parameter_twice),
          T(a_full_arena_is_said_wherever_it_ends),
          T(lists_of_other_lengths_and_maps_are_types_of_their_own),
          T(keys_are_bools_integers_chars_and_strings))

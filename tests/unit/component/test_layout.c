/*
 * tests/unit/component/test_layout.c: sizes, places and core values (CanonicalABI.md).
 */
#include "tests/support/type_trial.h"

#define PRIM(kind) component_type_primitive(COMPONENT_##kind)

static const struct component_type *compound(struct type_trial *trial, enum component_kind kind,
                                             const struct component_field *fields, uint32_t count)
{
    return trial_intern(trial,
                        (struct component_type){.kind = kind, .count = count, .fields = fields});
}

TEST(a_record_has_gaps_where_alignment_asks_for_them)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_field fields[] = {{BYTES_LITERAL("a"), PRIM(U8)},
                                             {BYTES_LITERAL("b"), PRIM(U64)},
                                             {BYTES_LITERAL("c"), PRIM(STRING)}};

    const struct component_type *type = compound(&trial, COMPONENT_RECORD, fields, 3);

    assert_int_equal(type->size, 24);
    assert_int_equal(type->alignment, 8);
    assert_int_equal(type->flat_count, 4);
    assert_int_equal(type->flat[1], WASM_TYPE_I64);
    type_trial_fini(&trial);
}

TEST(a_variant_joins_the_core_values_of_its_cases)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_field cases[] = {{BYTES_LITERAL("a"), PRIM(F32)},
                                            {BYTES_LITERAL("b"), PRIM(U32)},
                                            {BYTES_LITERAL("c"), NULL},
                                            {BYTES_LITERAL("d"), PRIM(STRING)}};
    const struct component_field wide[] = {{BYTES_LITERAL("a"), PRIM(F32)},
                                           {BYTES_LITERAL("b"), PRIM(F64)}};

    const struct component_type *narrow_type = compound(&trial, COMPONENT_VARIANT, cases, 4);
    const struct component_type *wide_type = compound(&trial, COMPONENT_VARIANT, wide, 2);

    assert_int_equal(narrow_type->size, 12);
    assert_int_equal(narrow_type->payload_offset, 4);
    assert_int_equal(narrow_type->flat_count, 3);
    assert_int_equal(narrow_type->flat[1], WASM_TYPE_I32);
    assert_int_equal(wide_type->size, 16);
    assert_int_equal(wide_type->payload_offset, 8);
    assert_int_equal(wide_type->flat[1], WASM_TYPE_I64);
    type_trial_fini(&trial);
}

TEST(a_discriminant_grows_with_the_cases)
{
    struct type_trial trial;
    type_trial_init(&trial);
    static struct component_field labels[257];
    static char names[257][4];
    for (unsigned i = 0; i < 257; i++) {
        names[i][0] = 'a';
        names[i][1] = (char)('a' + i / 26 % 26);
        names[i][2] = (char)('a' + i % 26);
        labels[i].name = bytes_of(names[i], 3);
    }

    assert_int_equal(compound(&trial, COMPONENT_ENUM, labels, 256)->size, 1);
    assert_int_equal(compound(&trial, COMPONENT_ENUM, labels, 257)->size, 2);
    assert_int_equal(compound(&trial, COMPONENT_FLAGS, labels, 8)->size, 1);
    assert_int_equal(compound(&trial, COMPONENT_FLAGS, labels, 9)->size, 2);
    assert_int_equal(compound(&trial, COMPONENT_FLAGS, labels, 17)->size, 4);
    type_trial_fini(&trial);
}

TEST(an_option_and_a_result_are_variants_of_two_cases)
{
    struct type_trial trial;
    type_trial_init(&trial);

    const struct component_type *option = trial_intern(
        &trial, (struct component_type){.kind = COMPONENT_OPTION, .element = PRIM(U64)});
    const struct component_type *result = trial_intern(
        &trial,
        (struct component_type){.kind = COMPONENT_RESULT, .element = PRIM(U8), .error = PRIM(U16)});
    const struct component_type *empty =
        trial_intern(&trial, (struct component_type){.kind = COMPONENT_RESULT});

    assert_int_equal(option->size, 16);
    assert_int_equal(option->payload_offset, 8);
    assert_int_equal(option->flat_count, 2);
    assert_int_equal(result->size, 4);
    assert_int_equal(result->payload_offset, 2);
    assert_int_equal(empty->size, 1);
    assert_int_equal(empty->flat_count, 1);
    type_trial_fini(&trial);
}

TEST(handles_are_known_in_all_that_has_them)
{
    struct type_trial trial;
    type_trial_init(&trial);
    uint32_t resource = trial_resource(&trial, &trial.owner);

    const struct component_type *list = trial_list(&trial, trial_borrow(&trial, resource));

    assert_true(list->has_handle);
    assert_true(list->has_borrow);
    assert_true(list->is_open);
    assert_false(trial_own(&trial, resource)->has_borrow);
    type_trial_fini(&trial);
}

TEST(a_type_of_a_hundred_levels_is_the_deepest)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_type *type = PRIM(U8);
    for (unsigned depth = 1; depth < 100; depth++)
        type = trial_list(&trial, type);

    const struct component_type shape = {.kind = COMPONENT_LIST, .element = type}, *deeper = NULL;
    enum status status = component_types_intern(&trial.types, &shape, &deeper);

    assert_int_equal(status, STATUS_LIMIT);
    assert_null(deeper);
    trial_says(&trial, "100 levels");
    type_trial_fini(&trial);
}

TEST(a_type_that_doubles_at_each_level_is_refused_by_its_effective_size)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_type *type = PRIM(U8);
    enum status status = STATUS_OK;
    for (unsigned depth = 1; depth < 50 && status == STATUS_OK; depth++) {
        const struct component_field fields[] = {{.type = type}, {.type = type}};
        const struct component_type shape = {.kind = COMPONENT_TUPLE, .count = 2, .fields = fields};
        status = component_types_intern(&trial.types, &shape, &type);
    }

    assert_int_equal(status, STATUS_LIMIT);
    trial_says(&trial, "effective size");
    type_trial_fini(&trial);
}

static const struct component_type *
fixed_list(struct type_trial *trial, const struct component_type *element, uint32_t length)
{
    return trial_intern(trial, (struct component_type){.kind = COMPONENT_FIXED_LIST,
                                                       .element = element,
                                                       .length = length});
}

static const struct component_type *map_of(struct type_trial *trial,
                                           const struct component_type *key,
                                           const struct component_type *value)
{
    const struct component_type *type = NULL;
    assert_int_equal(component_types_map(&trial->types, key, value, &type), STATUS_OK);
    return type;
}

static void too_large(struct type_trial *trial, const struct component_type *shape)
{
    const struct component_type *type = NULL;
    assert_int_equal(component_types_intern(&trial->types, shape, &type), STATUS_INVALID);
    assert_null(type);
    trial_says(trial, "exceeds maximum byte size");
    report_init(&trial->report);
}

TEST(a_list_of_a_fixed_length_lies_and_flattens_like_a_tuple)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_field fields[] = {{.type = PRIM(U8)}, {.type = PRIM(F64)}};

    const struct component_type *pairs =
        fixed_list(&trial, compound(&trial, COMPONENT_TUPLE, fields, 2), 3);
    const struct component_type *strings = fixed_list(&trial, PRIM(STRING), 9);

    assert_int_equal(pairs->size, 48);
    assert_int_equal(pairs->alignment, 8);
    assert_int_equal(pairs->flat_count, 6);
    assert_int_equal(pairs->flat[4], WASM_TYPE_I32);
    assert_int_equal(pairs->flat[5], WASM_TYPE_F64);
    assert_int_equal(pairs->flat[6], 0);
    assert_false(pairs->has_pointer);
    assert_int_equal(strings->size, 72);
    assert_int_equal(strings->flat_count, 18);
    assert_true(strings->has_pointer);
    type_trial_fini(&trial);
}

TEST(the_length_of_a_list_costs_neither_steps_nor_room)
{
    struct type_trial trial;
    type_trial_init(&trial);

    const struct component_type *type = fixed_list(&trial, PRIM(U8), (1u << 28) - 1);
    const struct component_type *nested =
        fixed_list(&trial, fixed_list(&trial, PRIM(U32), 1000000), 60);

    assert_int_equal(type->size, (1u << 28) - 1);
    assert_int_equal(type->flat_count, COMPONENT_FLAT_MANY);
    assert_int_equal(type->nodes, 2);
    assert_int_equal(nested->size, 240000000);
    assert_int_equal(nested->flat_count, COMPONENT_FLAT_MANY);
    type_trial_fini(&trial);
}

TEST(values_of_two_to_the_28_bytes_with_wide_pointers_are_refused)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_type *most = fixed_list(&trial, PRIM(U8), (1u << 28) - 1);
    struct component_field fields[] = {{.type = most}, {.type = PRIM(U8)}};
    struct component_type shape = {
        .kind = COMPONENT_FIXED_LIST, .element = PRIM(U8), .length = 1u << 28};
    too_large(&trial, &shape);
    shape.length = UINT32_MAX;
    shape.element = most;
    too_large(&trial, &shape);
    shape.length = 2;
    too_large(&trial, &shape);
    shape.element = PRIM(STRING);
    shape.length = 1u << 24; /* 16 bytes each */
    too_large(&trial, &shape);
    assert_int_equal(fixed_list(&trial, PRIM(STRING), (1u << 24) - 1)->size, (1u << 27) - 8);
    shape = (struct component_type){.kind = COMPONENT_TUPLE, .count = 2, .fields = fields};
    too_large(&trial, &shape);
    shape = (struct component_type){.kind = COMPONENT_OPTION, .element = most};
    too_large(&trial, &shape);
    type_trial_fini(&trial);
}

TEST(a_map_lies_like_a_list_whatever_is_in_it)
{
    struct type_trial trial;
    type_trial_init(&trial);
    const struct component_type *most = fixed_list(&trial, PRIM(U8), (1u << 28) - 1);
    struct component_field fields[] = {{.type = PRIM(STRING)}, {.type = most}};
    const struct component_type tuple = {.kind = COMPONENT_TUPLE, .count = 2, .fields = fields};

    const struct component_type *map = map_of(&trial, PRIM(STRING), most);

    assert_int_equal(map->size, 8);
    assert_int_equal(map->wide_size, 16);
    assert_int_equal(map->flat_count, 2);
    assert_true(map->has_pointer);
    assert_ptr_equal(map, map_of(&trial, PRIM(STRING), most));
    too_large(&trial, &tuple); /* the one that is in the map, too */
    type_trial_fini(&trial);
}

TEST_MAIN(T(a_record_has_gaps_where_alignment_asks_for_them),
          T(a_variant_joins_the_core_values_of_its_cases), T(a_discriminant_grows_with_the_cases),
          T(an_option_and_a_result_are_variants_of_two_cases),
          T(handles_are_known_in_all_that_has_them), T(a_type_of_a_hundred_levels_is_the_deepest),
          T(a_type_that_doubles_at_each_level_is_refused_by_its_effective_size),
          T(a_list_of_a_fixed_length_lies_and_flattens_like_a_tuple),
          T(the_length_of_a_list_costs_neither_steps_nor_room),
          T(values_of_two_to_the_28_bytes_with_wide_pointers_are_refused),
          T(a_map_lies_like_a_list_whatever_is_in_it))

/*
 * tests/unit/component/test_core_type.c: core types of a component: read, numbered, matched.
 */
#include "core/component/core_type.h"

#include "tests/support/type_trial.h"
#include "tests/support/wasm_builder.h"

struct core_trial {
    struct type_trial base;
    struct component_core_space space;
};

static void begin(struct core_trial *trial)
{
    memset(trial, 0, sizeof *trial);
    type_trial_init(&trial->base);
}

static const struct component_core_entry *no_outer(const void *context, uint32_t depth,
                                                   uint32_t index)
{
    const struct core_trial *trial = context;
    return depth == 1 && index < trial->space.count ? &trial->space.items[index] : NULL;
}

/* Reads one core:type. */
static enum status read(struct core_trial *trial, struct bytes input)
{
    report_init(&trial->base.report);
    uint8_t *kept = arena_alloc(&trial->base.arena, input.len, 1); /* names point into it */
    assert_non_null(kept);
    memcpy(kept, input.data, input.len);
    input.data = kept;
    struct wasm_cursor cursor = {input.data, input.data + input.len, input.data,
                                 &trial->base.report};
    enum status status =
        component_core_read(&trial->base.types, &cursor, &trial->space, no_outer, trial);
    if (status == STATUS_OK)
        assert_ptr_equal(cursor.at, cursor.end);
    return status;
}

static const struct component_core_type *module(struct core_trial *trial, struct bytes input)
{
    enum status status = read(trial, input);
    assert_string_equal(trial->base.report.text, "");
    assert_int_equal(status, STATUS_OK);
    return trial->space.items[trial->space.count - 1].module;
}

static enum status match(struct core_trial *trial, const struct component_core_type *found,
                         const struct component_core_type *expected)
{
    report_init(&trial->base.report);
    return component_core_match(&trial->base.types, found, expected);
}

TEST(equal_function_types_have_one_number)
{
    struct core_trial trial;
    begin(&trial);

    assert_int_equal(read(&trial, CODE(0x60, 1, 0x7F, 0)), STATUS_OK);
    assert_int_equal(read(&trial, CODE(0x60, 1, 0x7F, 0)), STATUS_OK);
    assert_int_equal(read(&trial, CODE(0x60, 1, 0x7E, 0)), STATUS_OK);

    assert_int_equal(trial.space.count, 3);
    assert_int_equal(trial.space.items[0].type, trial.space.items[1].type);
    assert_int_not_equal(trial.space.items[0].type, trial.space.items[2].type);
    const uint32_t i32 = WASM_TYPE_I32;
    uint32_t number = 0;
    assert_int_equal(component_core_func(&trial.base.types, &i32, 1, NULL, 0, &number), STATUS_OK);
    assert_int_equal(number, trial.space.items[0].type);
    type_trial_fini(&trial.base);
}

TEST(a_recursion_group_names_itself_by_its_place)
{
    struct core_trial trial;
    begin(&trial);
    /* (rec (type $a (struct (field (ref null $b)))) (type $b (struct (field (ref null $a)))) */
    assert_int_equal(read(&trial, CODE(0x4E, 2, 0x5F, 1, 0x63, 1, 0, 0x5F, 1, 0x63, 0, 0)),
                     STATUS_OK);
    assert_int_equal(read(&trial, CODE(0x4E, 2, 0x5F, 1, 0x63, 3, 0, 0x5F, 1, 0x63, 2, 0)),
                     STATUS_OK);

    assert_int_equal(trial.space.count, 4);
    assert_int_equal(trial.space.items[2].type, trial.space.items[0].type);
    assert_int_equal(trial.space.items[3].type, trial.space.items[1].type);
    assert_int_not_equal(trial.space.items[0].type, trial.space.items[1].type);
    type_trial_fini(&trial.base);
}

TEST(a_supertype_has_to_stand_before_be_open_and_be_extended)
{
    struct core_trial trial;
    begin(&trial);
    assert_int_equal(read(&trial, CODE(0x60, 0, 0)), STATUS_OK);             /* 0: final */
    assert_int_equal(read(&trial, CODE(0x00, 0x50, 0, 0x5F, 0)), STATUS_OK); /* 1: open */

    assert_int_equal(read(&trial, CODE(0x00, 0x50, 1, 1, 0x5F, 0)), STATUS_OK);
    assert_int_equal(read(&trial, CODE(0x00, 0x50, 1, 0, 0x60, 0, 0)), STATUS_INVALID);
    assert_int_equal(read(&trial, CODE(0x00, 0x50, 1, 9, 0x5F, 0)), STATUS_INVALID);
    assert_int_equal(read(&trial, CODE(0x00, 0x50, 1, 1, 0x60, 0, 0)), STATUS_INVALID);

    assert_int_equal(trial.space.count, 3);
    type_trial_fini(&trial.base);
}

TEST(a_chain_of_64_supertypes_is_too_deep)
{
    struct core_trial trial;
    begin(&trial);
    assert_int_equal(read(&trial, CODE(0x00, 0x50, 0, 0x5F, 0)), STATUS_OK);
    enum status status = STATUS_OK;
    for (uint8_t depth = 0; status == STATUS_OK && depth < 100; depth++)
        status = read(&trial, CODE(0x00, 0x50, 1, depth, 0x5F, 0));

    assert_int_equal(status, STATUS_LIMIT);
    assert_int_equal(trial.space.count, 64);
    type_trial_fini(&trial.base);
}

/* (module (import "a" "f" (func)) (export "m" (memory MIN MAX))) */
static const struct component_core_type *memory_module(struct core_trial *trial, uint8_t min,
                                                       uint8_t max)
{
    return module(trial, CODE(0x50, 3, 0x01, 0x60, 0, 0, 0x00, 1, 'a', 1, 'f', 0x00, 0, 0x03, 1,
                              'm', 0x02, 0x01, min, max));
}

TEST(a_module_may_export_larger_memories_and_import_less)
{
    struct core_trial trial;
    begin(&trial);
    const struct component_core_type *wide = memory_module(&trial, 1, 9);
    const struct component_core_type *narrow = memory_module(&trial, 2, 5);
    const struct component_core_type *no_imports =
        module(&trial, CODE(0x50, 1, 0x03, 1, 'm', 0x02, 0x01, 2, 5));

    assert_int_equal(match(&trial, narrow, wide), STATUS_OK);
    assert_int_equal(match(&trial, wide, narrow), STATUS_INVALID);
    trial_says(&trial.base, "mismatch in memory limits");
    assert_int_equal(match(&trial, no_imports, wide), STATUS_OK);
    assert_int_equal(match(&trial, wide, no_imports), STATUS_INVALID);
    trial_says(&trial.base, "missing expected import");

    type_trial_fini(&trial.base);
}

TEST(globals_tables_and_functions_are_compared_by_type)
{
    struct core_trial trial;
    begin(&trial);
    const struct component_core_type *constant =
        module(&trial, CODE(0x50, 1, 0x03, 1, 'g', 0x03, 0x7F, 0));
    const struct component_core_type *variable =
        module(&trial, CODE(0x50, 1, 0x03, 1, 'g', 0x03, 0x7F, 1));
    const struct component_core_type *funcs =
        module(&trial, CODE(0x50, 1, 0x03, 1, 'g', 0x01, 0x70, 0x00, 1));
    const struct component_core_type *externs =
        module(&trial, CODE(0x50, 1, 0x03, 1, 'g', 0x01, 0x6F, 0x00, 1));
    const struct component_core_type *taking =
        module(&trial, CODE(0x50, 2, 0x01, 0x60, 1, 0x7F, 0, 0x03, 1, 'g', 0x00, 0));
    const struct component_core_type *giving =
        module(&trial, CODE(0x50, 2, 0x01, 0x60, 0, 1, 0x7F, 0x03, 1, 'g', 0x00, 0));
    const struct component_core_type *all[] = {constant, variable, funcs, externs, taking, giving};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        for (size_t j = 0; j < ARRAY_LEN(all); j++)
            assert_int_equal(match(&trial, all[i], all[j]), i == j ? STATUS_OK : STATUS_INVALID);

    type_trial_fini(&trial.base);
}

TEST(an_instantiation_needs_every_import_once)
{
    struct core_trial trial;
    begin(&trial);
    const struct component_core_type *needs = memory_module(&trial, 1, 9);
    const struct component_core_type *has =
        module(&trial, CODE(0x50, 2, 0x01, 0x60, 0, 0, 0x03, 1, 'f', 0x00, 0));
    const struct component_core_type *has_not = module(&trial, CODE(0x50, 0));
    const struct component_core_argument good[] = {{BYTES_LITERAL("b"), has},
                                                   {BYTES_LITERAL("a"), has}};
    const struct component_core_argument twice[] = {{BYTES_LITERAL("a"), has},
                                                    {BYTES_LITERAL("a"), has}};
    const struct component_core_argument bad[] = {{BYTES_LITERAL("a"), has_not}};
    struct component_types *types = &trial.base.types;

    assert_int_equal(component_core_check_instantiate(types, needs, good, 2), STATUS_OK);
    assert_int_equal(component_core_check_instantiate(types, needs, good, 1), STATUS_INVALID);
    trial_says(&trial.base, "missing module instantiation argument");
    assert_int_equal(component_core_check_instantiate(types, needs, twice, 2), STATUS_INVALID);
    assert_int_equal(component_core_check_instantiate(types, needs, bad, 1), STATUS_INVALID);

    type_trial_fini(&trial.base);
}

TEST(a_name_twice_and_unknown_declarations_are_refused)
{
    struct core_trial trial;
    begin(&trial);

    assert_int_equal(
        read(&trial, CODE(0x50, 2, 0x03, 1, 'g', 0x03, 0x7F, 0, 0x03, 1, 'g', 0x03, 0x7F, 0)),
        STATUS_INVALID);
    trial_says(&trial.base, "already defined");
    assert_int_equal(read(&trial, CODE(0x50, 1, 0x01, 0x51)), STATUS_MALFORMED);
    assert_int_equal(read(&trial, CODE(0x50, 1, 0x07)), STATUS_MALFORMED);

    assert_int_equal(trial.space.count, 0);
    type_trial_fini(&trial.base);
}

TEST(a_module_type_aliases_outer_types_that_are_no_module_types)
{
    struct core_trial trial;
    begin(&trial);
    assert_int_equal(read(&trial, CODE(0x60, 1, 0x7F, 0)), STATUS_OK);

    const struct component_core_type *found =
        module(&trial, CODE(0x50, 2, 0x02, 0x10, 0x01, 1, 0, 0x03, 1, 'f', 0x00, 0));
    enum status of_module = read(&trial, CODE(0x50, 1, 0x02, 0x10, 0x01, 1, 1));
    enum status of_nothing = read(&trial, CODE(0x50, 1, 0x02, 0x10, 0x01, 1, 7));

    assert_int_equal(component_core_find_export(found, BYTES_LITERAL("f"))->type.type,
                     trial.space.items[0].type);
    assert_int_equal(of_module, STATUS_INVALID);
    assert_int_equal(of_nothing, STATUS_INVALID);
    type_trial_fini(&trial.base);
}

TEST_MAIN(T(equal_function_types_have_one_number), T(a_recursion_group_names_itself_by_its_place),
          T(a_supertype_has_to_stand_before_be_open_and_be_extended),
          T(a_chain_of_64_supertypes_is_too_deep),
          T(a_module_may_export_larger_memories_and_import_less),
          T(globals_tables_and_functions_are_compared_by_type),
          T(an_instantiation_needs_every_import_once),
          T(a_name_twice_and_unknown_declarations_are_refused),
          T(a_module_type_aliases_outer_types_that_are_no_module_types))

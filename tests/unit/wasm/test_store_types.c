/*
 * tests/unit/wasm/test_store_types.c: one id for equal types of different modules.
 */
#include "core/wasm/instance.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define ARENA_BYTES ((size_t)1 << 20)

/* Three modules' types in one store. */
struct type_world {
    struct wasm_trial trials[3];
    uint32_t ids[3][64];
    uint8_t *memory;
    struct arena arena;
    struct wasm_store store;
    struct report report;
};

static void world_begin(struct type_world *world, size_t cap)
{
    memset(world, 0, sizeof *world);
    world->memory = calloc(1, ARENA_BYTES);
    assert_non_null(world->memory);
    arena_init(&world->arena, world->memory, cap);
    world->store.arena = &world->arena;
}

static void world_end(struct type_world *world)
{
    for (unsigned i = 0; i < 3; i++)
        if (world->trials[i].memory != NULL)
            trial_end(&world->trials[i]);
    free(world->memory);
}

static enum status world_add(struct type_world *world, unsigned which, struct bytes section)
{
    struct wasm_trial *trial = &world->trials[which];
    trial_begin(trial);
    build_section(&trial->builder, 1);
    build_bytes(&trial->builder, section);
    build_close(&trial->builder);
    trial_is_valid(trial);
    return wasm_store_add_types(&world->store, trial->module, world->ids[which], &world->report);
}

/* rec { struct (ref null 1), sub-free struct (ref null 0) } from `first` on */
#define PAIR(first) 0x4E, 2, 0x5F, 1, 0x63, (first) + 1, 0, 0x50, 0, 0x5F, 1, 0x63, (first), 0

TEST(equal_types_of_two_modules_have_one_id)
{
    (void)state;
    struct type_world world;
    world_begin(&world, ARENA_BYTES);

    assert_int_equal(world_add(&world, 0, CODE(3, 0x60, 1, 0x7F, 0, PAIR(1), 0x5E, 0x78, 1)),
                     STATUS_OK);
    assert_int_equal(world.store.type_count, 4);
    assert_int_equal(world_add(&world, 1, CODE(4, 0x5E, 0x78, 1, PAIR(1), 0x60, 0, 0, PAIR(4))),
                     STATUS_OK);

    assert_int_equal(world.store.type_count, 5);
    assert_int_equal(world.ids[1][0], world.ids[0][3]);
    assert_int_equal(world.ids[1][1], world.ids[0][1]);
    assert_int_equal(world.ids[1][2], world.ids[0][2]);
    assert_int_equal(world.ids[1][4], world.ids[0][1]);
    assert_int_equal(world.ids[1][5], world.ids[0][2]);
    for (uint32_t i = 0; i < world.store.type_count; i++)
        assert_int_equal(world.store.types[i].canonical, i);
    world_end(&world);
}

TEST(types_of_a_store_name_each_other_by_its_ids)
{
    (void)state;
    struct type_world world;
    world_begin(&world, ARENA_BYTES);

    assert_int_equal(world_add(&world, 0, CODE(2, 0x60, 0, 0, 0x60, 0, 1, 0x7F)), STATUS_OK);
    /* 0 struct; 1 a subtype with a field (ref null 1), a func of (ref 1) to (ref 0) */
    assert_int_equal(world_add(&world, 1,
                               CODE(3, 0x50, 0, 0x5F, 0, 0x50, 1, 0, 0x5F, 1, 0x63, 1, 1, 0x60, 1,
                                    0x64, 1, 1, 0x64, 0)),
                     STATUS_OK);

    const uint32_t *ids = world.ids[1];
    const struct wasm_type *types = world.store.types;
    assert_int_equal(ids[0], 2);
    assert_int_equal(types[ids[1]].supertype, ids[0]);
    assert_int_equal(types[ids[1]].depth, 1);
    assert_int_equal(types[ids[1]].fields.fields[0].type, WASM_TYPE_REF_NULL(ids[1]));
    assert_int_equal(types[ids[1]].fields.size, 16);
    assert_int_equal(types[ids[2]].func.params[0], WASM_TYPE_REF(ids[1]));
    assert_int_equal(types[ids[2]].func.results[0], WASM_TYPE_REF(ids[0]));
    assert_true(wasm_store_is_subtype(&world.store, ids[1], ids[0]));
    assert_false(wasm_store_is_subtype(&world.store, ids[0], ids[1]));
    assert_true(
        wasm_store_matches(&world.store, WASM_TYPE_REF(ids[1]), WASM_TYPE_REF_NULL(ids[0])));
    assert_false(wasm_store_matches(&world.store, WASM_TYPE_REF(ids[0]), WASM_TYPE_REF(ids[1])));
    const struct wasm_instance instance = {.type_ids = world.ids[1]};
    assert_int_equal(wasm_store_value_type(&instance, WASM_TYPE_REF(1)), WASM_TYPE_REF(ids[1]));
    assert_int_equal(wasm_store_value_type(&instance, WASM_TYPE_ANYREF), WASM_TYPE_ANYREF);
    assert_int_equal(wasm_store_value_type(&instance, WASM_TYPE_I64), WASM_TYPE_I64);
    world_end(&world);
}

TEST(a_hosts_function_type_is_the_modules)
{
    (void)state;
    struct type_world world;
    world_begin(&world, ARENA_BYTES);
    const uint32_t params[] = {WASM_TYPE_I32, WASM_TYPE_ANYREF};
    struct wasm_func_type type = {.param_count = 2, .param_slots = 2, .params = params};
    uint32_t id = 9;

    assert_int_equal(
        world_add(&world, 0,
                  CODE(3, 0x60, 0, 0, 0x60, 2, 0x7F, 0x6E, 0, 0x50, 0, 0x60, 2, 0x7F, 0x6E, 0)),
        STATUS_OK);
    assert_int_equal(wasm_store_add_func_type(&world.store, &type, &id, &world.report), STATUS_OK);
    assert_int_equal(id, world.ids[0][1]);
    assert_int_not_equal(id, world.ids[0][2]);
    type.param_count = 1;
    assert_int_equal(wasm_store_add_func_type(&world.store, &type, &id, &world.report), STATUS_OK);
    assert_int_equal(id, 3);
    assert_int_equal(world.store.type_count, 4);
    world_end(&world);
}

TEST(a_full_arena_adds_no_types)
{
    (void)state;
    for (size_t cap = 0; cap < 4096; cap += 64) {
        struct type_world world;
        world_begin(&world, cap);
        enum status status =
            world_add(&world, 0, CODE(3, 0x60, 1, 0x7F, 0, PAIR(1), 0x5E, 0x78, 1));
        if (status != STATUS_OK) {
            assert_int_equal(status, STATUS_NO_MEMORY);
            assert_string_equal(world.report.text, "no room for the store's types");
        } else {
            assert_int_equal(world.store.type_count, 4);
        }
        assert_true(cap != 0 || status != STATUS_OK);
        assert_true(cap < 4000 || status == STATUS_OK);
        world_end(&world);
    }
}

TEST_MAIN(T(equal_types_of_two_modules_have_one_id), T(types_of_a_store_name_each_other_by_its_ids),
          T(a_hosts_function_type_is_the_modules), T(a_full_arena_adds_no_types))

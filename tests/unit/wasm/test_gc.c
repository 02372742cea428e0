/*
 * tests/unit/wasm/test_gc.c: objects in guests: values, fuel, traps; collections at every point
 * where one may run; the end of the heap.
 */
#include "core/wasm/gc.h"

#include "tests/support/gc_module.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define ARENA_CAP ((size_t)8 << 20)

struct world {
    struct wasm_trial load, second; /* `second`: what the import m.f instantiates, if anything */
    uint8_t *memory;
    struct arena arena;
    struct wasm_caps caps;
    bool collects_always;
    struct wasm_store *store;
    struct wasm_instance *instance;
    struct wasm_outcome outcome;
    struct report report;
    uint64_t slots[8];
};

static void begin(struct world *world)
{
    *world = (struct world){
        .caps = {
            .fuel = 100000000, .table_elements = 64, .heap_bytes = 16384, .stack_units = 300000}};
    world->memory = calloc(1, ARENA_CAP);
    assert_non_null(world->memory);
    arena_init(&world->arena, world->memory, ARENA_CAP);
    trial_begin(&world->load);
    report_init(&world->report);
}

static void end(struct world *world)
{
    trial_end(&world->load);
    free(world->memory);
}

static enum wasm_trap call_export(struct world *world, const char *name)
{
    const struct wasm_export *found =
        wasm_module_find_export(world->load.module, bytes_of(name, strlen(name)));
    assert_non_null(found);
    assert_int_equal(wasm_call(world->instance, found->index, world->slots, &world->outcome),
                     STATUS_OK);
    return world->outcome.trap;
}

/* The import m.f: runs the guest again, and gives its argument back. */
static enum wasm_trap churn(void *context, struct wasm_instance *caller, uint64_t *slots,
                            uint32_t *out_reason)
{
    struct world *world = context;
    uint64_t given = slots[0];
    (void)caller;
    (void)out_reason;
    if (world->second.module != NULL) {
        struct wasm_instance *instance;
        assert_int_equal(wasm_instance_create(world->store, world->second.module, NULL, &instance,
                                              &world->outcome, &world->report),
                         STATUS_OK);
        return WASM_TRAP_NONE;
    }
    world->slots[0] = 77;
    world->slots[1] = 300;
    enum wasm_trap trap = call_export(world, "stress");
    slots[0] = given;
    return trap;
}

static enum status instantiate(struct world *world)
{
    static const uint32_t externref[] = {WASM_TYPE_EXTERNREF};
    static const struct wasm_host_func import = {.module = BYTES_LITERAL("m"),
                                                 .name = BYTES_LITERAL("f"),
                                                 .param_count = 1,
                                                 .params = externref,
                                                 .result_count = 1,
                                                 .results = externref,
                                                 .call = churn};
    const struct wasm_host host = {.context = world,
                                   .funcs = &import,
                                   .func_count = 1,
                                   .collects_always = world->collects_always};
    struct wasm_extern imports[1];
    trial_is_valid(&world->load);
    enum status status =
        wasm_store_create(&host, &world->caps, &world->arena, &world->store, &world->report);
    if (status == STATUS_OK)
        status = wasm_store_resolve(world->store, world->load.module, imports, &world->report);
    if (status == STATUS_OK)
        status = wasm_instance_create(world->store, world->load.module, imports, &world->instance,
                                      &world->outcome, &world->report);
    return status;
}

static void begin_module(struct world *world, bool collects_always, uint64_t heap_bytes)
{
    begin(world);
    world->caps.heap_bytes = heap_bytes;
    world->collects_always = collects_always;
    build_gc_module(&world->load.builder);
    assert_int_equal(instantiate(world), STATUS_OK);
}

static uint64_t stress(bool collects_always, uint64_t heap_bytes, uint32_t seed, uint32_t steps,
                       uint64_t *out_collections)
{
    struct world world;
    begin_module(&world, collects_always, heap_bytes);
    world.slots[0] = seed;
    world.slots[1] = steps;

    assert_int_equal(call_export(&world, "stress"), WASM_TRAP_NONE);

    uint64_t result = world.slots[0];
    *out_collections = world.store->heap->collections;
    end(&world);
    return result;
}

TEST(random_graphs_give_the_same_with_few_collections_and_with_all)
{
    for (uint32_t seed = 1; seed <= 6; seed++) {
        uint64_t none, some, all;
        print_message("seed %u\n", seed);
        uint64_t expected = stress(false, (uint64_t)4 << 20, seed, 3000, &none);

        assert_int_equal(stress(false, 8192, seed, 3000, &some), expected);
        assert_int_equal(stress(true, 8192, seed, 3000, &all), expected);

        assert_int_equal(none, 0);
        assert_in_range(some, 20, 3000);
        assert_true(all > 3000);
    }
}

TEST(frames_below_a_host_function_keep_what_they_hold)
{
    for (uint32_t collects_always = 0; collects_always < 2; collects_always++) {
        struct world world;
        begin_module(&world, collects_always != 0, 8192);

        assert_int_equal(call_export(&world, "over_host"), WASM_TRAP_NONE);

        /* 12 over 11 to depth 3; 13 to depth 2, a thousandfold */
        uint64_t eleven = 11 * 31 + 1 + 7;
        uint64_t expected = 12 * 31 + eleven + 7 + 1000 * (13 * 31 + 1 + 7);
        assert_int_equal(world.slots[0], expected);
        assert_true(world.store->heap->collections != 0);
        end(&world);
    }
}

/* Constant expressions make objects while guest frames lie below a host function. */
TEST(frames_below_an_instantiation_keep_what_they_hold)
{
    struct world world;
    begin_module(&world, true, 8192);
    trial_begin(&world.second);
    BUILD_SECTION(&world.second.builder, 1, 1, 0x5E, 0x7F, 1);
    BUILD_SECTION(&world.second.builder, 4, 1, 0x40, 0, 0x63, 0, 0, 3, 0x41, 30, 0xFB, 7, 0, 0x0B);
    BUILD_SECTION(&world.second.builder, 6, 2, 0x63, 0, 0, 0x41, 9, 0x41, 20, 0xFB, 6, 0, 0x0B,
                  0x63, 0, 0, 0x41, 9, 0x41, 9, 0xFB, 8, 0, 2, 0x0B);
    trial_is_valid(&world.second);

    assert_int_equal(call_export(&world, "over_host"), WASM_TRAP_NONE);

    assert_int_equal(world.slots[0], 12 * 31 + (11 * 31 + 1 + 7) + 7 + 1000 * (13 * 31 + 1 + 7));
    trial_end(&world.second);
    end(&world);
}

/* ---- one body ----
 * types 0 struct (mut i32, mut anyref, i64); 1 array (mut i32); 2 array (mut i8);
 * 3 [i32] -> [i32]; 4 array (mut anyref); 5 struct of nothing; 6 [(ref null 0)] -> [], which tag 0
 * has; 7 [] -> [(ref null 0) (ref null 0) i32]; 8 [(ref null 0)] -> [(ref null 0)];
 * 9 [] -> [(ref null 0) exnref]; 10 struct (mut i32, mut v128, mut anyref); 11 array (mut v128).
 * Global 0 is a mutable (ref null 0). The function is the only one, its local 0 the argument. A
 * passive segment of data is "abcd". */

static void begin_body(struct world *world, struct bytes body)
{
    struct wasm_builder *builder = &world->load.builder;
    begin(world);
    BUILD_SECTION(builder, 1, 12, 0x5F, 3, 0x7F, 1, 0x6E, 1, 0x7E, 0, 0x5E, 0x7F, 1, 0x5E, 0x78, 1,
                  0x60, 1, 0x7F, 1, 0x7F, 0x5E, 0x6E, 1, 0x5F, 0, 0x60, 1, 0x63, 0, 0, 0x60, 0, 3,
                  0x63, 0, 0x63, 0, 0x7F, 0x60, 1, 0x63, 0, 1, 0x63, 0, 0x60, 0, 2, 0x63, 0, 0x69,
                  0x5F, 3, 0x7F, 1, 0x7B, 1, 0x6E, 1, 0x5E, 0x7B, 1);
    BUILD_SECTION(builder, 3, 1, 3);
    BUILD_SECTION(builder, 13, 1, 0, 6);
    BUILD_SECTION(builder, 6, 1, 0x63, 0, 1, 0xD0, 0, 0x0B);
    BUILD_SECTION(builder, 7, 1, 1, 'f', 0, 0);
    BUILD_SECTION(builder, 12, 1);
    build_section(builder, 10);
    build_u32(builder, 1);
    build_open(builder);
    build_bytes(builder, body);
    build_close(builder);
    build_close(builder);
    BUILD_SECTION(builder, 11, 1, 1, 4, 'a', 'b', 'c', 'd');
}

#define FB 0xFB

/* Runs it twice, the second time with a collection at every allocation. */
static void body_gives(struct bytes body, uint64_t argument, uint64_t result, uint64_t fuel)
{
    for (uint32_t collects_always = 0; collects_always < 2; collects_always++) {
        struct world world;
        begin_body(&world, body);
        world.collects_always = collects_always != 0;
        assert_int_equal(instantiate(&world), STATUS_OK);
        world.slots[0] = argument;

        assert_int_equal(call_export(&world, "f"), WASM_TRAP_NONE);

        assert_int_equal(world.slots[0], result);
        assert_int_equal(wasm_store_fuel_used(world.store), fuel);
        end(&world);
    }
}

/* At the operator `offset` bytes into the body. */
static void body_traps(struct bytes body, uint64_t argument, enum wasm_trap trap, uint64_t offset)
{
    struct world world;
    begin_body(&world, body);
    assert_int_equal(instantiate(&world), STATUS_OK);
    world.slots[0] = argument;

    assert_int_equal(call_export(&world, "f"), trap);

    assert_int_equal(world.outcome.offset, world.load.module->funcs[0].body_offset + offset);
    end(&world);
}

TEST(array_operators_cost_one_an_element)
{
    /* i32.const 7; local.get 0; array.new 1; array.len */
    body_gives(CODE(0, 0x41, 7, 0x20, 0, FB, 6, 1, FB, 15, 0x0B), 100, 100, 1 + 4 + 100);
    /* local.get 0; array.new_default 1; array.len */
    body_gives(CODE(0, 0x20, 0, FB, 7, 1, FB, 15, 0x0B), 100, 100, 1 + 3 + 100);
    /* three values; array.new_fixed 1 3; i32.const 1; array.get 1 */
    body_gives(CODE(0, 0x41, 1, 0x41, 2, 0x20, 0, FB, 8, 1, 3, 0x41, 2, FB, 11, 1, 0x0B), 9, 9,
               1 + 6);
    /* i32.const 1; i32.const 2; array.new_data 2 0; i32.const 0; array.get_u 2: 'b' */
    body_gives(CODE(0, 0x41, 1, 0x41, 2, FB, 9, 2, 0, 0x41, 0, FB, 13, 2, 0x0B), 0, 'b', 1 + 5 + 2);
    /* struct.new_default 0; struct.get 0 0 */
    body_gives(CODE(0, FB, 1, 0, FB, 2, 0, 0, 0x0B), 0, 0, 1 + 2);
}

TEST(filling_and_copying_cost_one_an_element)
{
    /* local anyref array: a = array.new_default 1 (10); fill a[2..5) with 6; a[8] = copy of a[4];
     * a[8] */
    struct bytes body = CODE(1, 1, 0x63, 1, 0x41, 10, FB, 7, 1, 0x21, 1, 0x20, 1, 0x41, 2, 0x41, 6,
                             0x41, 3, FB, 16, 1, 0x20, 1, 0x41, 8, 0x20, 1, 0x41, 4, 0x41, 1, FB,
                             17, 1, 1, 0x20, 1, 0x41, 8, FB, 11, 1, 0x0B);
    body_gives(body, 0, 6, 1 + 3 + 10 + 5 + 3 + 6 + 1 + 3);
}

TEST(fuel_that_does_not_reach_an_array_leaves_it_unmade)
{
    struct world world;
    begin_body(&world, CODE(0, 0x20, 0, FB, 7, 1, FB, 15, 0x0B));
    world.caps.fuel = 1 + 3 + 99;
    assert_int_equal(instantiate(&world), STATUS_OK);
    world.slots[0] = 100;

    assert_int_equal(call_export(&world, "f"), WASM_TRAP_OUT_OF_FUEL);

    assert_int_equal(wasm_store_fuel_used(world.store), 1 + 3);
    assert_int_equal(world.outcome.offset, world.load.module->funcs[0].body_offset + 3);
    end(&world);
}

TEST(null_has_no_fields_and_no_elements)
{
    /* ref.null 0; struct.get 0 0 */
    body_traps(CODE(0, 0xD0, 0, FB, 2, 0, 0, 0x0B), 0, WASM_TRAP_NULL_REFERENCE, 3);
    /* ref.null 1; local.get 0; array.get 1 */
    body_traps(CODE(0, 0xD0, 1, 0x20, 0, FB, 11, 1, 0x0B), 0, WASM_TRAP_NULL_REFERENCE, 5);
    /* ref.null 1; array.len */
    body_traps(CODE(0, 0xD0, 1, FB, 15, 0x0B), 0, WASM_TRAP_NULL_REFERENCE, 3);
    /* ref.null i31; i31.get_s */
    body_traps(CODE(0, 0xD0, 0x6C, FB, 29, 0x0B), 0, WASM_TRAP_NULL_REFERENCE, 3);
    /* ref.null any; ref.as_non_null; ref.is_null */
    body_traps(CODE(0, 0xD0, 0x6E, 0xD4, 0xD1, 0x0B), 0, WASM_TRAP_NULL_REFERENCE, 3);
}

TEST(an_index_at_the_end_of_an_array_is_refused)
{
    /* i32.const 4; array.new_default 1; local.get 0; array.get 1 */
    struct bytes body = CODE(0, 0x41, 4, FB, 7, 1, 0x20, 0, FB, 11, 1, 0x0B);
    body_gives(body, 3, 0, 1 + 4 + 4);
    body_traps(body, 4, WASM_TRAP_ARRAY_OUT_OF_BOUNDS, 8);
    body_traps(body, UINT32_MAX, WASM_TRAP_ARRAY_OUT_OF_BOUNDS, 8);
}

TEST(a_cast_to_another_type_is_refused)
{
    /* struct.new_default 0; ref.cast (ref 5); drop; i32.const 1 */
    body_traps(CODE(0, FB, 1, 0, FB, 22, 5, 0x1A, 0x41, 1, 0x0B), 0, WASM_TRAP_CAST_FAILURE, 4);
    /* ref.null none; ref.cast (ref i31) */
    body_traps(CODE(0, 0xD0, 0x71, FB, 22, 0x6C, 0x1A, 0x41, 1, 0x0B), 0, WASM_TRAP_CAST_FAILURE,
               3);
}

TEST(i31_keeps_31_bits)
{
    /* local.get 0; ref.i31; i31.get_s, get_u */
    struct bytes sign = CODE(0, 0x20, 0, FB, 28, FB, 29, 0x0B);
    struct bytes none = CODE(0, 0x20, 0, FB, 28, FB, 30, 0x0B);
    body_gives(sign, 0x40000000, 0xC0000000, 1 + 3);
    body_gives(none, 0xC0000001, 0x40000001, 1 + 3);
    body_gives(sign, 0x3FFFFFFF, 0x3FFFFFFF, 1 + 3);
}

/* ---- where references are while objects are made ----
 * Each body puts an object with its argument in field 0 somewhere, makes others, and reads it
 * again. What is missed is collected and its memory is another's then. */

static const struct place {
    const char *what;
    uint8_t local_runs, locals_len, code_len;
    uint8_t bytes[224]; /* locals, then code */
} places[] = {
    {"a local's copy: the local changes after it was mapped",
     1,
     3,
     34,
     {0x01, 0x63, 0x00, 0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00, 0x00, 0x21,
      0x01, 0x20, 0x01, 0xFB, 0x01, 0x00, 0x1A, 0xD0, 0x00, 0x21, 0x01, 0xFB, 0x01,
      0x00, 0x1A, 0xFB, 0x01, 0x00, 0x1A, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"the local changes before", 1, 3, 30, {0x01, 0x63, 0x00, 0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00,
                                            0xFB, 0x00, 0x00, 0x21, 0x01, 0x20, 0x01, 0xD0, 0x00,
                                            0x21, 0x01, 0xFB, 0x01, 0x00, 0x1A, 0xFB, 0x01, 0x00,
                                            0x1A, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"in the accumulator", 0, 0, 30, {0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00, 0x00, 0x24,
                                      0x00, 0x23, 0x00, 0xD0, 0x00, 0x24, 0x00, 0xFB, 0x01, 0x00,
                                      0x1A, 0xFB, 0x01, 0x00, 0x1A, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"in a local alone", 1, 3, 26, {0x01, 0x63, 0x00, 0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB,
                                    0x00, 0x00, 0x21, 0x01, 0xFB, 0x01, 0x00, 0x1A, 0xFB, 0x01,
                                    0x00, 0x1A, 0x20, 0x01, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"a loop's param, null at first", 0, 0, 39, {0xD0, 0x00, 0x03, 0x08, 0xFB, 0x01, 0x00, 0x1A,
                                                 0xFB, 0x01, 0x00, 0x1A, 0x20, 0x00, 0x04, 0x08,
                                                 0x1A, 0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB,
                                                 0x00, 0x00, 0x41, 0x00, 0x21, 0x00, 0x0C, 0x01,
                                                 0x0B, 0x0B, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"several values of a block, of which some are dropped; a number in the place of one",
     0,
     0,
     62,
     {0x02, 0x07, 0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00, 0x00, 0x41, 0xE4,
      0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00, 0x00, 0x41, 0x03, 0x0B, 0xFB, 0x01,
      0x00, 0x1A, 0x1A, 0xFB, 0x01, 0x00, 0x1A, 0x1A, 0x20, 0x00, 0x41, 0x14, 0x74,
      0x41, 0x08, 0x6A, 0x20, 0x00, 0x41, 0x05, 0x6A, 0xFB, 0x01, 0x00, 0x1A, 0xFB,
      0x01, 0x00, 0x1A, 0x6B, 0x1A, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"the same, nothing mapped before", 0, 0, 54, {0x02, 0x07, 0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00,
                                                   0xFB, 0x00, 0x00, 0x41, 0xE4, 0x00, 0xD0, 0x6E,
                                                   0x42, 0x00, 0xFB, 0x00, 0x00, 0x41, 0x03, 0x0B,
                                                   0x1A, 0x1A, 0x20, 0x00, 0x41, 0x14, 0x74, 0x41,
                                                   0x08, 0x6A, 0x20, 0x00, 0x41, 0x05, 0x6A, 0xFB,
                                                   0x01, 0x00, 0x1A, 0xFB, 0x01, 0x00, 0x1A, 0x6B,
                                                   0x1A, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"a number where a reference was", 0, 0, 39, {0xFB, 0x01, 0x00, 0xFB, 0x01, 0x00, 0x1A, 0x1A,
                                                  0x20, 0x00, 0x41, 0x14, 0x74, 0x41, 0x08, 0x6A,
                                                  0x20, 0x00, 0x41, 0x05, 0x6A, 0xFB, 0x01, 0x00,
                                                  0x1A, 0x1A, 0x20, 0x00, 0x41, 0x14, 0x74, 0x6B,
                                                  0x41, 0x08, 0x6B, 0x20, 0x00, 0x6A, 0x0B}},
    {"a reference where a number was", 0, 0, 38, {0x20, 0x00, 0x41, 0x05, 0x6A, 0x20, 0x00, 0x41,
                                                  0x06, 0x6A, 0xFB, 0x01, 0x00, 0x1A, 0x1A, 0x1A,
                                                  0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00,
                                                  0x00, 0xFB, 0x01, 0x00, 0x1A, 0xFB, 0x01, 0x00,
                                                  0x1A, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"operands of the operator that makes an object",
     1,
     2,
     58,
     {0x01, 0x7F, 0x20, 0x00, 0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00, 0x00, 0x42, 0x00,
      0xFB, 0x00, 0x00, 0x41, 0x01, 0xFB, 0x01, 0x00, 0x42, 0x00, 0xFB, 0x00, 0x00, 0xFB, 0x08,
      0x04, 0x02, 0xD0, 0x6E, 0x41, 0x03, 0xFB, 0x06, 0x04, 0x1A, 0x41, 0x00, 0xFB, 0x0B, 0x04,
      0xFB, 0x16, 0x00, 0xFB, 0x02, 0x00, 0x01, 0xFB, 0x16, 0x00, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"an exception's payload, and the exception, over allocations",
     2,
     5,
     57,
     {0x01, 0x69, 0x01, 0x63, 0x00, 0x02, 0x09, 0x1F, 0x40, 0x01, 0x01, 0x00, 0x00,
      0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00, 0x00, 0x08, 0x00, 0x0B, 0x00,
      0x0B, 0x21, 0x01, 0x1A, 0xFB, 0x01, 0x00, 0x1A, 0xFB, 0x01, 0x00, 0x1A, 0x02,
      0x63, 0x00, 0x1F, 0x40, 0x01, 0x00, 0x00, 0x00, 0x20, 0x01, 0x0A, 0x0B, 0x00,
      0x0B, 0xFB, 0x01, 0x00, 0x1A, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"in the accumulator until it is stored again",
     0,
     0,
     38,
     {0x20, 0x00, 0xD0, 0x6E, 0x42, 0x00, 0xFB, 0x00, 0x00, 0x24, 0x00, 0xFB, 0x01,
      0x05, 0x1A, 0x23, 0x00, 0xD0, 0x00, 0x24, 0x00, 0xFB, 0x01, 0x00, 0x1A, 0xFB,
      0x01, 0x00, 0x1A, 0x24, 0x00, 0x23, 0x00, 0xFB, 0x02, 0x00, 0x00, 0x0B}},
    {"vectors in a struct and in arrays",
     2,
     6,
     215,
     {0x01, 0x63, 0x0A, 0x01, 0x63, 0x0B, 0x41, 0x03, 0x20, 0x00, 0xFD, 0x11, 0xFB, 0x01, 0x00,
      0xFB, 0x00, 0x0A, 0x21, 0x01, 0x20, 0x01, 0x20, 0x01, 0xFB, 0x02, 0x0A, 0x01, 0xFD, 0x0C,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0xFD, 0xAE, 0x01, 0xFB, 0x05, 0x0A, 0x01, 0x20, 0x01, 0xFB, 0x02, 0x0A, 0x01, 0xFD,
      0x0C, 0x07, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x0A, 0x00,
      0x00, 0x00, 0xFB, 0x08, 0x0B, 0x02, 0x21, 0x02, 0xFB, 0x01, 0x00, 0x1A, 0x20, 0x02, 0x41,
      0x01, 0x20, 0x02, 0x41, 0x00, 0xFB, 0x0B, 0x0B, 0x20, 0x02, 0x41, 0x01, 0xFB, 0x0B, 0x0B,
      0xFD, 0xAE, 0x01, 0xFB, 0x0E, 0x0B, 0x41, 0x04, 0x20, 0x02, 0x41, 0x01, 0xFB, 0x0B, 0x0B,
      0xD0, 0x6E, 0xFB, 0x00, 0x0A, 0x21, 0x01, 0x20, 0x01, 0xFB, 0x02, 0x0A, 0x01, 0x41, 0x05,
      0xFB, 0x06, 0x0B, 0x21, 0x02, 0x20, 0x02, 0x41, 0x03, 0xFD, 0x0C, 0x01, 0x00, 0x00, 0x00,
      0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x41, 0x02, 0xFB,
      0x10, 0x0B, 0x20, 0x02, 0x41, 0x04, 0x20, 0x02, 0x41, 0x02, 0x41, 0x01, 0xFB, 0x11, 0x0B,
      0x0B, 0xFB, 0x01, 0x00, 0x1A, 0x20, 0x02, 0x41, 0x03, 0xFB, 0x0B, 0x0B, 0xFD, 0x1B, 0x03,
      0x20, 0x02, 0x41, 0x04, 0xFB, 0x0B, 0x0B, 0xFD, 0x1B, 0x02, 0x20, 0x02, 0x41, 0x01, 0xFB,
      0x0B, 0x0B, 0xFD, 0x1B, 0x00, 0x41, 0x45, 0x6A, 0x6A, 0x6A, 0x0B}},
};

static void live_through(const struct place *place, bool is_wide, bool collects_always)
{
    uint8_t body[256];
    struct world world;
    struct buffer out = {body, 0, sizeof body};
    const uint8_t runs[] = {(uint8_t)(place->local_runs + is_wide)};
    const uint8_t vectors[] = {0xC0, 0xB8, 0x02, 0x7B}; /* 40,000 v128: 80,000 slots */
    assert_int_equal(buffer_append(&out, bytes_of(runs, sizeof runs)), STATUS_OK);
    assert_int_equal(buffer_append(&out, bytes_of(place->bytes, place->locals_len)), STATUS_OK);
    if (is_wide)
        assert_int_equal(buffer_append(&out, bytes_of(vectors, sizeof vectors)), STATUS_OK);
    assert_int_equal(
        buffer_append(&out, bytes_of(place->bytes + place->locals_len, place->code_len)),
        STATUS_OK);
    begin_body(&world, buffer_bytes(&out));
    world.collects_always = collects_always;
    assert_int_equal(instantiate(&world), STATUS_OK);
    world.slots[0] = 41;

    assert_int_equal(call_export(&world, "f"), WASM_TRAP_NONE);

    if (world.slots[0] != 41)
        print_message("%s\n", place->what);
    assert_int_equal(world.slots[0], 41);
    end(&world);
}

TEST(references_live_wherever_they_are_while_others_are_made)
{
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        live_through(&places[i], false, false);
        live_through(&places[i], false, true);
    }
}

TEST(references_live_in_frames_wider_than_a_u16)
{
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        live_through(&places[i], true, true);
}

/* ---- the end of the heap ---- */

TEST(a_heap_without_room_is_a_fault_and_the_store_is_dead)
{
    /* an array that no heap of this size can have */
    struct world world;
    begin_body(&world, CODE(0, 0x20, 0, FB, 7, 1, FB, 15, 0x0B));
    assert_int_equal(instantiate(&world), STATUS_OK);
    world.slots[0] = 1 << 20;

    enum status status = wasm_call(world.instance, 0, world.slots, &world.outcome);

    assert_int_equal(status, STATUS_NO_MEMORY);
    assert_int_equal(world.slots[0], 1 << 20);
    world.slots[0] = 1;
    assert_int_equal(wasm_call(world.instance, 0, world.slots, &world.outcome), STATUS_DENIED);
    end(&world);
}

TEST(what_is_held_fills_the_heap_to_its_end)
{
    /* a list of boxes (type 0) in local 1, as long as the heap lasts */
    struct bytes body = CODE(1, 1, 0x6E, 0x03, 0x40, 0x41, 1, 0x20, 1, 0x42, 0, FB, 0, 0, 0x21, 1,
                             0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x41, 5, 0x0B);
    struct world world;
    for (uint32_t more = 0; more < 2; more++) {
        begin_body(&world, body);
        world.caps.heap_bytes = 8 + 24 * 100;
        assert_int_equal(instantiate(&world), STATUS_OK);
        world.slots[0] = 100 + more;

        enum status status = wasm_call(world.instance, 0, world.slots, &world.outcome);

        assert_int_equal(status, more == 0 ? STATUS_OK : STATUS_NO_MEMORY);
        end(&world);
    }
}

TEST(a_constant_expression_that_exhausts_the_heap_is_refused_by_name)
{
    struct world world;
    begin(&world);
    BUILD_SECTION(&world.load.builder, 1, 1, 0x5E, 0x7F, 1);
    BUILD_SECTION(&world.load.builder, 6, 1, 0x63, 0, 0, 0x41, 0xC0, 0x84, 0x3D, FB, 7, 0, 0x0B);

    assert_int_equal(instantiate(&world), STATUS_NO_MEMORY);

    assert_string_equal(world.report.text, WASM_GC_EXHAUSTED);
    end(&world);
}

TEST(behind_an_exhausted_heap_no_constant_expression_is_evaluated)
{
#define ARRAY_OF_12000 0x63, 0, 0, 0x41, 0xE0, 0xDD, 0, FB, 7, 0, 0x0B
    struct world world;
    begin(&world);
    BUILD_SECTION(&world.load.builder, 1, 1, 0x5E, 0x78, 1);
    BUILD_SECTION(&world.load.builder, 6, 4, ARRAY_OF_12000, ARRAY_OF_12000, ARRAY_OF_12000,
                  ARRAY_OF_12000);

    assert_int_equal(instantiate(&world), STATUS_NO_MEMORY);

    assert_int_equal(world.store->heap->collections, 1); /* of the second global alone */
    end(&world);
}

TEST(a_module_without_objects_has_no_heap)
{
    struct world world;
    begin(&world);
    world.caps.heap_bytes = (uint64_t)1 << 40;
    BUILD_SECTION(&world.load.builder, 1, 1, 0x60, 1, 0x6F, 0);

    assert_int_equal(instantiate(&world), STATUS_OK);

    assert_null(world.store->heap);
    end(&world);
}

TEST(a_heap_that_the_arena_has_no_room_for_is_refused_by_name)
{
    struct world world;
    begin(&world);
    world.caps.heap_bytes = (uint64_t)1 << 40;
    BUILD_SECTION(&world.load.builder, 1, 1, 0x5E, 0x7F, 1);

    assert_int_equal(instantiate(&world), STATUS_NO_MEMORY);

    assert_true(strncmp(world.report.text, "no room for a GC heap of ", 25) == 0);
    end(&world);
}

TEST_MAIN(T(random_graphs_give_the_same_with_few_collections_and_with_all),
          T(frames_below_a_host_function_keep_what_they_hold),
          T(frames_below_an_instantiation_keep_what_they_hold),
          T(array_operators_cost_one_an_element), T(filling_and_copying_cost_one_an_element),
          T(fuel_that_does_not_reach_an_array_leaves_it_unmade),
          T(null_has_no_fields_and_no_elements), T(an_index_at_the_end_of_an_array_is_refused),
          T(a_cast_to_another_type_is_refused), T(i31_keeps_31_bits),
          T(references_live_wherever_they_are_while_others_are_made),
          T(references_live_in_frames_wider_than_a_u16),
          T(a_heap_without_room_is_a_fault_and_the_store_is_dead),
          T(what_is_held_fills_the_heap_to_its_end),
          T(a_constant_expression_that_exhausts_the_heap_is_refused_by_name),
          T(behind_an_exhausted_heap_no_constant_expression_is_evaluated),
          T(a_module_without_objects_has_no_heap),
          T(a_heap_that_the_arena_has_no_room_for_is_refused_by_name))

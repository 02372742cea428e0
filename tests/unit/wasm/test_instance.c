/*
 * Instances: linking, caps, segments, start, refusals, and arenas that are too small.
 */
#include "tests/support/engine_trial.h"
#include "tests/support/test.h"

/* One type []->[], and imports as given. */
static void build_importer(struct engine_trial *trial, struct bytes imports)
{
    struct wasm_builder *b = &trial->load.builder;
    BUILD_SECTION(b, 1, 2, 0x60, 0, 0, 0x60, 1, 0x7F, 0);
    build_section(b, 2);
    build_bytes(b, imports);
    build_close(b);
}

TEST(a_missing_import_is_named)
{
    struct engine_trial trial;
    engine_begin(&trial);
    build_importer(&trial, CODE(1, 1, 'm', 1, 'g', 0, 0));

    enum status status = engine_create(&trial);

    assert_int_equal(status, STATUS_UNLINKABLE);
    assert_string_equal(trial.report.text, "import \"m\".\"g\" is not offered");
    assert_null(trial.instance);
    assert_int_equal(trial.arena.used, trial.store_bytes);
    engine_end(&trial);
}

TEST(an_import_of_another_type_is_named)
{
    struct engine_trial trial;
    engine_begin(&trial);
    build_importer(&trial, CODE(1, 1, 'm', 1, 'f', 0, 1));

    enum status status = engine_create(&trial);

    assert_int_equal(status, STATUS_UNLINKABLE);
    assert_string_equal(trial.report.text, "import \"m\".\"f\" is offered with another type");
    engine_end(&trial);
}

TEST(imports_that_are_not_functions_are_refused)
{
    struct engine_trial trial;
    engine_begin(&trial);
    build_importer(&trial, CODE(1, 1, 'm', 1, 'f', 2, 0, 1));

    enum status status = engine_create(&trial);

    assert_int_equal(status, STATUS_UNLINKABLE);
    assert_string_equal(trial.report.text,
                        "import \"m\".\"f\" is not a function: hosts offer only functions");
    engine_end(&trial);
}

TEST(memory_over_its_cap_is_told_both_sizes)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.memory_bytes = 100000;
    BUILD_SECTION(&trial.load.builder, 5, 1, 0, 2);

    enum status status = engine_create(&trial);

    assert_int_equal(status, STATUS_LIMIT);
    assert_string_equal(trial.report.text, "memory needs 131072 bytes, 100000 are allowed");
    engine_end(&trial);
}

TEST(memory_is_reserved_up_to_the_smaller_of_type_and_cap)
{
    struct engine_trial trial;
    engine_begin(&trial);
    BUILD_SECTION(&trial.load.builder, 5, 1, 1, 1, 3);
    assert_int_equal(engine_create(&trial), STATUS_OK);
    assert_int_equal(trial.reserved_bytes, 3 << 16);
    engine_end(&trial);

    engine_begin(&trial);
    trial.caps.memory_bytes = 150000;
    BUILD_SECTION(&trial.load.builder, 5, 1, 0, 1);
    assert_int_equal(engine_create(&trial), STATUS_OK);
    assert_int_equal(trial.reserved_bytes, 2 << 16);
    engine_end(&trial);
}

TEST(a_host_without_room_for_memory_is_a_refusal)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.memory_bytes = (uint64_t)64 << 16;
    BUILD_SECTION(&trial.load.builder, 5, 1, 0, 8);

    enum status status = engine_create(&trial);

    assert_int_equal(status, STATUS_NO_MEMORY);
    assert_string_equal(trial.report.text, "the host has no memory of 4194304 bytes");
    engine_end(&trial);
}

TEST(tables_over_their_cap_are_told_both_sizes)
{
    struct engine_trial trial;
    engine_begin(&trial);
    BUILD_SECTION(&trial.load.builder, 4, 2, 0x70, 0, 60, 0x6F, 0, 5);

    enum status status = engine_create(&trial);

    assert_int_equal(status, STATUS_LIMIT);
    assert_string_equal(trial.report.text, "tables need 65 elements, 64 are allowed");
    engine_end(&trial);
}

TEST(tables_share_one_cap_when_they_grow)
{
    /* Two tables of one element, 64 allowed: 62 more fit, then nothing. */
    struct bytes body =
        CODE(0, 0xD0, 0x70, 0x20, 0, 0xFC, 0x0F, 0, 0xD0, 0x6F, 0x41, 1, 0xFC, 0x0F, 1, 0x6A, 0x0B);
    body_returns("i:i", body, ARGS(61), 2);
    body_returns("i:i", body, ARGS(62), 0);
    body_returns("i:i", body, ARGS(63), 0);
}

static enum status create_with_data(struct engine_trial *trial, uint8_t data_at, uint8_t elem_at)
{
    engine_begin(trial);
    trial->caps.memory_bytes = 1 << 16;
    struct wasm_builder *b = &trial->load.builder;
    BUILD_SECTION(b, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 4, 1, 0x70, 0, 2);
    BUILD_SECTION(b, 5, 1, 0, 1);
    BUILD_SECTION(b, 9, 1, 0, 0x41, elem_at, 0x0B, 1, 0);
    BUILD_SECTION(b, 10, 1, 2, 0, 0x0B);
    BUILD_SECTION(b, 11, 2, 0, 0x41, 5, 0x0B, 2, 'a', 'b', 0, 0x41, data_at, 0x0B, 1, 'c');
    return engine_create(trial);
}

TEST(active_segments_are_written_in_order)
{
    struct engine_trial trial;

    assert_int_equal(create_with_data(&trial, 6, 1), STATUS_OK);

    assert_memory_equal(trial.guest_memory + 4, "\0ac\0", 4);
    engine_end(&trial);
}

TEST(a_segment_that_does_not_fit_is_a_trap)
{
    struct engine_trial trial;

    assert_int_equal(create_with_data(&trial, 0x7F, 1), STATUS_TRAP);
    assert_int_equal(trial.outcome.trap, WASM_TRAP_MEMORY_OUT_OF_BOUNDS);
    assert_non_null(trial.instance);
    assert_memory_equal(trial.guest_memory + 4, "\0ab\0", 4);
    engine_end(&trial);

    assert_int_equal(create_with_data(&trial, 6, 2), STATUS_TRAP);
    assert_int_equal(trial.outcome.trap, WASM_TRAP_TABLE_OUT_OF_BOUNDS);
    assert_int_equal(trial.guest_memory[5], 0);
    engine_end(&trial);
}

/* Start function: burns 1 and what its body says. */
static enum status create_with_start(struct engine_trial *trial, struct bytes body)
{
    engine_begin(trial);
    trial->caps.fuel = 100;
    struct wasm_builder *b = &trial->load.builder;
    BUILD_SECTION(b, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 8, 0);
    build_section(b, 10);
    build_byte(b, 1);
    build_open(b);
    build_bytes(b, body);
    build_close(b);
    build_close(b);
    return engine_create(trial);
}

TEST(the_start_function_shares_the_budget)
{
    struct engine_trial trial;

    assert_int_equal(create_with_start(&trial, CODE(0, 0x41, 1, 0x1A, 0x0B)), STATUS_OK);

    assert_int_equal(wasm_store_fuel_used(trial.store), 2);
    engine_end(&trial);
}

TEST(a_start_function_that_traps_leaves_a_dead_instance_that_knows_its_fuel)
{
    struct engine_trial trial;

    assert_int_equal(create_with_start(&trial, CODE(0, 0x41, 1, 0x1A, 0x00, 0x0B)), STATUS_TRAP);

    assert_int_equal(trial.outcome.trap, WASM_TRAP_UNREACHABLE);
    assert_int_equal(trial.outcome.func, 0);
    assert_int_equal(wasm_store_fuel_used(trial.store), 2);
    assert_int_equal(wasm_call(trial.instance, 0, trial.slots, &trial.outcome), STATUS_DENIED);
    engine_end(&trial);
}

TEST(a_trapped_instance_refuses_further_calls)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, ":", CODE(0, 0x00, 0x0B));
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_UNREACHABLE);

    enum status status = wasm_call(trial.instance, ENGINE_BODY_FUNC, trial.slots, &trial.outcome);

    assert_int_equal(status, STATUS_DENIED);
    engine_end(&trial);
}

TEST(calls_of_no_function_are_refused)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, ":", CODE(0, 0x0B));

    assert_int_equal(wasm_call(trial.instance, 4, trial.slots, &trial.outcome), STATUS_NOT_FOUND);
    assert_int_equal(engine_call(&trial, 0), WASM_TRAP_NONE);
    assert_int_equal(trial.host_calls, 1);
    engine_end(&trial);
}

TEST(globals_and_memory_can_be_read)
{
    struct engine_trial trial;
    uint8_t *base;
    uint64_t len, value[2] = {5, 5};
    engine_begin(&trial);
    engine_body(&trial, ":", CODE(0, 0x42, 7, 0x24, 1, 0x41, 1, 0x40, 0, 0x1A, 0x0B));
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);

    assert_int_equal(wasm_instance_global(trial.instance, 1, value), STATUS_OK);
    assert_int_equal(value[0], 7);
    assert_int_equal(wasm_instance_global(trial.instance, 2, value), STATUS_OK);
    assert_int_equal(value[0], 0);
    assert_int_equal(wasm_instance_global(trial.instance, 3, value), STATUS_NOT_FOUND);
    assert_int_equal(wasm_instance_memory(trial.instance, 0, &base, &len), STATUS_OK);
    assert_ptr_equal(base, trial.guest_memory);
    assert_int_equal(len, 2 << 16);
    assert_int_equal(wasm_instance_memory(trial.instance, 1, &base, &len), STATUS_NOT_FOUND);
    engine_end(&trial);
}

TEST(an_arena_that_is_too_small_is_told_a_size_that_does_in_the_end)
{
    struct engine_trial trial;
    size_t cap = 64;
    for (unsigned round = 0; round < 100; round++) {
        engine_begin(&trial);
        trial.arena_cap = cap;
        trial_build_around(&trial.load, "i:i", CODE(0, 0x20, 0, 0x0B));
        enum status status = engine_create(&trial);
        size_t wanted = trial.arena.wanted;
        if (status == STATUS_OK) {
            engine_end(&trial);
            return;
        }
        assert_int_equal(status, STATUS_NO_MEMORY);
        assert_true(trial.report.is_set);
        assert_in_range(wanted, cap + 1, SIZE_MAX);
        cap = wanted;
        engine_end(&trial);
    }
    fail();
}

TEST(every_refused_allocation_is_a_clean_refusal)
{
    struct engine_trial trial;
    for (uint64_t n = 1; n < 200; n++) {
        engine_begin(&trial);
        trial_build_around(&trial.load, "i:i", CODE(0, 0x20, 0, 0x02, 0x40, 0x0B, 0x0B));
        trial.refuse_at = n;
        enum status status = engine_create(&trial);
        if (status == STATUS_OK) {
            assert_in_range(n, 10, 200);
            engine_end(&trial);
            return;
        }
        assert_int_equal(status, STATUS_NO_MEMORY);
        assert_true(trial.store != NULL || trial.arena.used == 0);
        if (trial.store != NULL)
            assert_int_equal(engine_instantiate(&trial), STATUS_OK);
        engine_end(&trial);
    }
    fail();
}

TEST_MAIN(T(a_missing_import_is_named), T(an_import_of_another_type_is_named),
          T(imports_that_are_not_functions_are_refused), T(memory_over_its_cap_is_told_both_sizes),
          T(memory_is_reserved_up_to_the_smaller_of_type_and_cap),
          T(a_host_without_room_for_memory_is_a_refusal),
          T(tables_over_their_cap_are_told_both_sizes), T(tables_share_one_cap_when_they_grow),
          T(active_segments_are_written_in_order), T(a_segment_that_does_not_fit_is_a_trap),
          T(the_start_function_shares_the_budget),
          T(a_start_function_that_traps_leaves_a_dead_instance_that_knows_its_fuel),
          T(a_trapped_instance_refuses_further_calls), T(calls_of_no_function_are_refused),
          T(globals_and_memory_can_be_read),
          T(an_arena_that_is_too_small_is_told_a_size_that_does_in_the_end),
          T(every_refused_allocation_is_a_clean_refusal))

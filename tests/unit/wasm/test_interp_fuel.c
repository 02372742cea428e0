/*
 * Fuel, schedule 1 (semantics.md 2): the figures of that page, and where fuel runs out.
 */
#include "tests/support/engine_trial.h"
#include "tests/support/test.h"

TEST(an_empty_function_burns_1)
{
    body_burns(":", CODE(0, 0x0B), ARGS(0), 1);
}

TEST(const_and_drop_burn_2_with_the_entry)
{
    body_burns(":", CODE(0, 0x41, 7, 0x1A, 0x0B), ARGS(0), 2);
}

TEST(if_with_its_condition_burns_3_with_the_entry)
{
    body_burns("i:", CODE(0, 0x20, 0, 0x04, 0x40, 0x0B, 0x0B), ARGS(1), 3);
}

TEST(a_call_of_an_empty_function_burns_3)
{
    body_burns(":", CODE(0, 0x10, 3, 0x0B), ARGS(0), 3);
}

TEST(a_call_of_the_host_burns_the_call_alone)
{
    body_burns(":", CODE(0, 0x10, 0, 0x0B), ARGS(0), 2);
}

TEST(memory_fill_of_1000_burns_1005)
{
    body_burns(":", CODE(0, 0x41, 0, 0x41, 1, 0x41, 0xE8, 0x07, 0xFC, 0x0B, 0, 0x0B), ARGS(0),
               1005);
}

TEST(growth_that_works_burns_a_page_each)
{
    body_burns(":", CODE(0, 0x41, 3, 0x40, 0, 0x1A, 0x0B), ARGS(0), 6);
}

TEST(growth_that_fails_burns_nothing_more)
{
    body_burns(":", CODE(0, 0x41, 10, 0x40, 0, 0x1A, 0x0B), ARGS(0), 3);
}

TEST(table_grow_burns_an_element_each)
{
    body_burns(":", CODE(0, 0xD0, 0x70, 0x41, 10, 0xFC, 0x0F, 0, 0x1A, 0x0B), ARGS(0), 14);
}

TEST(a_loop_burns_its_body_each_time)
{
    /* entry 1; each round: get, const, sub, tee, br_if. */
    struct bytes body = CODE(0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x0B);

    body_burns("i:", body, ARGS(1), 6);
    body_burns("i:", body, ARGS(100), 501);
}

TEST(the_arm_not_taken_burns_nothing)
{
    struct bytes body =
        CODE(0, 0x20, 0, 0x04, 0x40, 0x41, 1, 0x1A, 0x41, 1, 0x1A, 0x05, 0x41, 1, 0x1A, 0x0B, 0x0B);

    body_burns("i:", body, ARGS(1), 5);
    body_burns("i:", body, ARGS(0), 4);
}

TEST(operators_behind_a_branch_burn_nothing)
{
    body_burns(":", CODE(0, 0x02, 0x40, 0x0C, 0, 0x41, 1, 0x1A, 0x0B, 0x0B), ARGS(0), 2);
}

static void run_dry(struct engine_trial *trial, uint64_t fuel, struct bytes body, uint64_t arg)
{
    engine_begin(trial);
    trial->caps.fuel = fuel;
    engine_body(trial, "i:i", body);
    trial->slots[0] = arg;
    assert_int_equal(engine_call(trial, ENGINE_BODY_FUNC), WASM_TRAP_OUT_OF_FUEL);
    assert_int_equal(trial->outcome.func, ENGINE_BODY_FUNC);
}

TEST(too_little_for_the_first_block_traps_at_its_first_operator_and_takes_nothing)
{
    struct engine_trial trial;

    run_dry(&trial, 3, CODE(0, 0x20, 0, 0x20, 0, 0x6A, 0x0B), 5);

    assert_int_equal(trial.outcome.offset, trial.load.body_offset + 1);
    assert_int_equal(wasm_store_fuel_used(trial.store), 0);
    engine_end(&trial);
}

TEST(exactly_enough_fuel_is_enough)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.fuel = 4;
    engine_body(&trial, "i:i", CODE(0, 0x20, 0, 0x20, 0, 0x6A, 0x0B));
    trial.slots[0] = 21;

    enum wasm_trap trap = engine_call(&trial, ENGINE_BODY_FUNC);

    assert_int_equal(trap, WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], 42);
    assert_int_equal(wasm_store_fuel_used(trial.store), 4);
    engine_end(&trial);
}

TEST(a_loop_runs_dry_at_its_first_operator)
{
    struct engine_trial trial;

    run_dry(&trial, 17,
            CODE(0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x20, 0, 0x0B),
            100);

    assert_int_equal(trial.outcome.offset, trial.load.body_offset + 3);
    assert_int_equal(wasm_store_fuel_used(trial.store), 16);
    engine_end(&trial);
}

TEST(what_follows_a_branch_not_taken_runs_dry_there)
{
    struct engine_trial trial;

    run_dry(&trial, 3, CODE(0, 0x02, 0x40, 0x20, 0, 0x0D, 0, 0x0B, 0x41, 9, 0x0B), 0);

    /* The br_if's own block is 3; the `end` behind it costs nothing and hands on to the const. */
    assert_int_equal(trial.outcome.offset, trial.load.body_offset + 8);
    assert_int_equal(wasm_store_fuel_used(trial.store), 3);
    engine_end(&trial);
}

TEST(what_follows_a_call_runs_dry_there)
{
    struct engine_trial trial;

    run_dry(&trial, 3, CODE(0, 0x10, 3, 0x41, 9, 0x0B), 0);

    assert_int_equal(trial.outcome.offset, trial.load.body_offset + 3);
    assert_int_equal(wasm_store_fuel_used(trial.store), 3);
    engine_end(&trial);
}

TEST(a_callee_that_can_not_be_paid_runs_dry_in_itself)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.fuel = 2;
    engine_body(&trial, ":", CODE(0, 0x10, 3, 0x0B));

    enum wasm_trap trap = engine_call(&trial, ENGINE_BODY_FUNC);

    assert_int_equal(trap, WASM_TRAP_OUT_OF_FUEL);
    assert_int_equal(trial.outcome.func, 3);
    assert_int_equal(wasm_store_fuel_used(trial.store), 2);
    engine_end(&trial);
}

TEST(bulk_operators_run_dry_before_their_effect)
{
    struct engine_trial trial;

    run_dry(&trial, 100, CODE(0, 0x41, 0, 0x41, 1, 0x41, 0xE8, 0x07, 0xFC, 0x0B, 0, 0x41, 0, 0x0B),
            0);

    assert_int_equal(trial.outcome.offset, trial.load.body_offset + 8);
    assert_int_equal(wasm_store_fuel_used(trial.store), 6);
    assert_int_equal(trial.guest_memory[0], 0);
    engine_end(&trial);
}

TEST(bounds_are_checked_before_dynamic_fuel)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.fuel = 100;
    engine_body(&trial, ":",
                CODE(0, 0x41, 0, 0x41, 1, 0x41, 0xC0, 0x84, 0x3D, 0xFC, 0x0B, 0, 0x0B));

    enum wasm_trap trap = engine_call(&trial, ENGINE_BODY_FUNC);

    assert_int_equal(trap, WASM_TRAP_MEMORY_OUT_OF_BOUNDS);
    assert_int_equal(wasm_store_fuel_used(trial.store), 5);
    engine_end(&trial);
}

TEST(a_trap_keeps_the_whole_blocks_charge)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, ":", CODE(0, 0x00, 0x0B));

    enum wasm_trap trap = engine_call(&trial, ENGINE_BODY_FUNC);

    assert_int_equal(trap, WASM_TRAP_UNREACHABLE);
    assert_int_equal(wasm_store_fuel_used(trial.store), 1);
    engine_end(&trial);
}

TEST(calls_of_one_instance_share_one_budget)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.fuel = 5;
    engine_body(&trial, ":", CODE(0, 0x41, 7, 0x1A, 0x0B));

    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_OUT_OF_FUEL);
    assert_int_equal(wasm_store_fuel_used(trial.store), 4);
    engine_end(&trial);
}

TEST_MAIN(T(an_empty_function_burns_1), T(const_and_drop_burn_2_with_the_entry),
          T(if_with_its_condition_burns_3_with_the_entry), T(a_call_of_an_empty_function_burns_3),
          T(a_call_of_the_host_burns_the_call_alone), T(memory_fill_of_1000_burns_1005),
          T(growth_that_works_burns_a_page_each), T(growth_that_fails_burns_nothing_more),
          T(table_grow_burns_an_element_each), T(a_loop_burns_its_body_each_time),
          T(the_arm_not_taken_burns_nothing), T(operators_behind_a_branch_burn_nothing),
          T(too_little_for_the_first_block_traps_at_its_first_operator_and_takes_nothing),
          T(exactly_enough_fuel_is_enough), T(a_loop_runs_dry_at_its_first_operator),
          T(what_follows_a_branch_not_taken_runs_dry_there), T(what_follows_a_call_runs_dry_there),
          T(a_callee_that_can_not_be_paid_runs_dry_in_itself),
          T(bulk_operators_run_dry_before_their_effect), T(bounds_are_checked_before_dynamic_fuel),
          T(a_trap_keeps_the_whole_blocks_charge), T(calls_of_one_instance_share_one_budget))

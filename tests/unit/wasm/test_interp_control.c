/*
 * Blocks, branches, variables, calls and tables (WASM 3.0 §4.6.8 to §4.6.11).
 */
#include "tests/support/engine_trial.h"
#include "tests/support/test.h"

TEST(br_table_takes_its_target_or_the_default)
{
    /* block block block get0; br_table 0 1 2 end 10 return end 11 return end 12 */
    struct bytes body = CODE(0, 0x02, 0x40, 0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0E, 2, 0, 1, 2, 0x0B,
                             0x41, 10, 0x0F, 0x0B, 0x41, 11, 0x0F, 0x0B, 0x41, 12, 0x0B);
    body_returns("i:i", body, ARGS(0), 10);
    body_returns("i:i", body, ARGS(1), 11);
    body_returns("i:i", body, ARGS(2), 12);
    body_returns("i:i", body, ARGS(0xFFFFFFFF), 12);
}

TEST(br_table_carries_a_value_to_each_target)
{
    /* 100 + (block (block 7 get0 br_table 0 1) +1): the value lands at different heights. */
    struct bytes body = CODE(0, 0x41, 0xE4, 0, 0x02, 0x7F, 0x41, 5, 0x02, 0x7F, 0x41, 7, 0x20, 0,
                             0x0E, 1, 0, 1, 0x0B, 0x6A, 0x0B, 0x6A, 0x0B);
    body_returns("i:i", body, ARGS(0), 112);
    body_returns("i:i", body, ARGS(1), 107);
}

TEST(br_table_to_the_function_returns)
{
    struct bytes body = CODE(0, 0x41, 3, 0x20, 0, 0x0E, 0, 0, 0x0B);
    body_returns("i:i", body, ARGS(0), 3);
}

TEST(br_if_carries_its_value_and_leaves_it_when_not_taken)
{
    /* block: 1, 7, get0, br_if 0 (value 7, from above its place), drop, drop, 9. */
    struct bytes body =
        CODE(0, 0x02, 0x7F, 0x41, 1, 0x41, 7, 0x20, 0, 0x0D, 0, 0x1A, 0x1A, 0x41, 9, 0x0B, 0x0B);
    body_returns("i:i", body, ARGS(1), 7);
    body_returns("i:i", body, ARGS(0), 9);
    body_burns("i:i", body, ARGS(1), 5);
    body_burns("i:i", body, ARGS(0), 6);
}

TEST(br_if_to_the_function_returns_its_value)
{
    struct bytes body = CODE(0, 0x41, 1, 0x41, 7, 0x20, 0, 0x0D, 0, 0x6A, 0x0B);
    body_returns("i:i", body, ARGS(1), 7);
    body_returns("i:i", body, ARGS(0), 8);
}

/* A branch has 16 bits for a constant; others go through a slot. */
TEST(a_branch_compares_with_any_constant)
{
    /* block get0 C i32.ne br_if 0; 1 return end 2 */
    static const struct {
        uint8_t leb[5];
        uint32_t value;
    } rows[] = {
        {{0x80, 0x80, 0x80, 0x80, 0x78}, 0x80000000}, {{0x80, 0x80, 0x82, 0x80, 0x00}, 0x8000},
        {{0xFF, 0xFF, 0xFD, 0xFF, 0x7F}, 0xFFFF7FFF}, {{0xFF, 0xFF, 0xFF, 0xFF, 0x07}, 0x7FFFFFFF},
        {{0xFF, 0xFF, 0x81, 0x80, 0x00}, 0x7FFF},     {{0x80, 0x80, 0xFE, 0xFF, 0x7F}, 0xFFFF8000},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const uint8_t *c = rows[i].leb;
        struct bytes body = CODE(0, 0x02, 0x40, 0x20, 0, 0x41, c[0], c[1], c[2], c[3], c[4], 0x47,
                                 0x0D, 0, 0x41, 1, 0x0F, 0x0B, 0x41, 2, 0x0B);
        body_returns("i:i", body, ARGS(rows[i].value), 1);
        body_returns("i:i", body, ARGS(0), 2);
        body_returns("i:i", body, ARGS((uint16_t)rows[i].value),
                     rows[i].value == 0x8000 || rows[i].value == 0x7FFF ? 1 : 2);
    }
}

TEST(a_branch_out_of_nested_blocks_drops_what_lies_between)
{
    struct bytes body = CODE(0, 0x41, 40, 0x02, 0x7F, 0x41, 1, 0x02, 0x7F, 0x41, 2, 0x41, 3, 0x02,
                             0x40, 0x41, 2, 0x0C, 2, 0x0B, 0x0C, 0, 0x0B, 0x6A, 0x0B, 0x6A, 0x0B);
    body_returns(":i", body, ARGS(0), 42);
}

TEST(a_loop_takes_params_round_and_round)
{
    /* 1, n, loop (type ii->i in multi-value): here with locals instead: acc *= n; n -= 1. */
    struct bytes body = CODE(1, 1, 0x7F, 0x41, 1, 0x21, 1, 0x03, 0x40, 0x20, 1, 0x20, 0, 0x6C, 0x21,
                             1, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x20, 1, 0x0B);
    body_returns("i:i", body, ARGS(5), 120);
    body_returns("i:i", body, ARGS(1), 1);
}

TEST(a_loop_with_a_param_carries_it)
{
    /* Type 4 is [i32]->[i32]: loop (param i32) (result i32): x+x, until bit 8 is set. */
    struct bytes body = CODE(1, 1, 0x7F, 0x20, 0, 0x03, 4, 0x22, 1, 0x20, 1, 0x6A, 0x22, 1, 0x20, 1,
                             0x41, 0x80, 2, 0x49, 0x0D, 0, 0x0B, 0x0B);
    body_returns("i:i", body, ARGS(3), 384);
}

TEST(multiple_results_come_in_order)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, "iI:fFi", CODE(0, 0x20, 0, 0xB2, 0x20, 1, 0xB9, 0x20, 0, 0x0B));
    trial.slots[0] = 2;
    trial.slots[1] = 3;

    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);

    assert_int_equal(trial.slots[0], 0x40000000);
    assert_int_equal(trial.slots[1], 0x4008000000000000);
    assert_int_equal(trial.slots[2], 2);
    engine_end(&trial);
}

TEST(a_local_keeps_its_old_value_for_who_read_it_before)
{
    /* get0, (get0 + 1 set0), get0, sub */
    body_returns("i:i", CODE(0, 0x20, 0, 0x20, 0, 0x41, 1, 0x6A, 0x21, 0, 0x20, 0, 0x6B, 0x0B),
                 ARGS(9), 0xFFFFFFFF);
    /* get0 get0, 5 tee0, mul, add: 3 + 3 * 5 */
    body_returns("i:i", CODE(0, 0x20, 0, 0x20, 0, 0x41, 5, 0x22, 0, 0x6C, 0x6A, 0x0B), ARGS(3), 18);
    /* across a block that writes it */
    body_returns("i:i", CODE(0, 0x20, 0, 0x02, 0x40, 0x41, 1, 0x21, 0, 0x0B, 0x20, 0, 0x6B, 0x0B),
                 ARGS(9), 8);
}

TEST(tee_of_a_tee_reaches_both_locals)
{
    body_returns("ii:i",
                 CODE(2, 1, 0x7F, 1, 0x7F, 0x20, 0, 0x20, 1, 0x6A, 0x22, 2, 0x22, 3, 0x20, 2, 0x6A,
                      0x20, 3, 0x6A, 0x0B),
                 ARGS(2, 3), 15);
}

TEST(float_locals_follow_their_writes)
{
    /* (a + b) tee2, 2 * it + local 2 */
    struct bytes body =
        CODE(1, 1, 0x7C, 0x20, 0, 0x20, 1, 0xA0, 0x22, 2, 0x20, 2, 0xA2, 0x20, 2, 0xA0, 0x0B);
    body_returns("FF:F", body, ARGS(0x3FF0000000000000, 0x4000000000000000), 0x4028000000000000);
}

TEST(locals_start_at_zero_in_every_call)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, ":i",
                CODE(1, 2, 0x7F, 0x20, 1, 0x20, 0, 0x6A, 0x41, 7, 0x22, 0, 0x21, 1, 0x0B));

    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], 0);
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], 0);
    engine_end(&trial);
}

/* Locals 1 and 3 of five are read, then all are 7. */
TEST(locals_that_are_read_start_at_zero_among_others)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, ":i",
                CODE(1, 5, 0x7F, 0x20, 1, 0x20, 3, 0x6A, 0x41, 7, 0x22, 0, 0x22, 1, 0x22, 2, 0x22,
                     3, 0x21, 4, 0x0B));

    for (int call = 0; call < 2; call++) {
        assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
        assert_int_equal(trial.slots[0], 0);
    }
    engine_end(&trial);
}

TEST(select_takes_the_first_if_the_condition_is_not_zero)
{
    struct bytes body = CODE(0, 0x20, 0, 0x20, 1, 0x20, 2, 0x1B, 0x0B);
    body_returns("IIi:I", body, ARGS(11, 22, 1), 11);
    body_returns("IIi:I", body, ARGS(11, 22, 0), 22);
    body_returns("FFi:F", body, ARGS(0xFFF0000000000123, 22, 4), 0xFFF0000000000123);
    body_returns(
        "iii:i",
        CODE(0, 0x20, 0, 0x41, 1, 0x6A, 0x20, 1, 0x41, 1, 0x6A, 0x20, 2, 0x41, 0, 0x47, 0x1B, 0x0B),
        ARGS(11, 22, 3), 12);
}

TEST(globals_keep_what_is_set)
{
    body_returns("I:I", CODE(0, 0x20, 0, 0x24, 1, 0x23, 1, 0x23, 1, 0x7C, 0x0B), ARGS(21), 42);
}

TEST(direct_calls_pass_arguments_and_results)
{
    /* fac(n) = n < 2 ? 1 : n * fac(n - 1) */
    struct bytes body = CODE(0, 0x20, 0, 0x42, 2, 0x53, 0x04, 0x7E, 0x42, 1, 0x05, 0x20, 0, 0x20, 0,
                             0x42, 1, 0x7D, 0x10, 1, 0x7E, 0x0B, 0x0B);
    body_returns("I:I", body, ARGS(20), 2432902008176640000u);
}

TEST(values_below_the_arguments_outlive_a_call)
{
    /* (get0 + 1), 5.0 + 0.5 as bits, call 3, all still there */
    struct bytes body = CODE(0, 0x20, 0, 0x41, 1, 0x6A, 0x43, 0, 0, 0xA0, 0x40, 0x43, 0, 0, 0, 0x3F,
                             0x92, 0x10, 3, 0xA8, 0x6A, 0x0B);
    body_returns("i:i", body, ARGS(36), 42);
}

TEST(indirect_calls_check_index_null_and_type)
{
    /* Table 0 has one null; function 2 is of type 2. */
    struct bytes typed = CODE(0, 0x41, 0, 0xD2, 2, 0x26, 0, 0x41, 0, 0x11, 1, 0, 0x0B);
    body_traps(":", CODE(0, 0x41, 0, 0x11, 1, 0, 0x0B), ARGS(0), WASM_TRAP_NULL_REFERENCE, 3);
    body_traps(":", CODE(0, 0x41, 1, 0x11, 1, 0, 0x0B), ARGS(0), WASM_TRAP_UNDEFINED_ELEMENT, 3);
    body_traps(":", CODE(0, 0x41, 0x7F, 0x11, 1, 0, 0x0B), ARGS(0), WASM_TRAP_UNDEFINED_ELEMENT, 3);
    body_traps(":", typed, ARGS(0), WASM_TRAP_INDIRECT_CALL_TYPE, 9);
}

TEST(an_indirect_call_reaches_its_function)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, "i:fF",
                CODE(0, 0x41, 0, 0xD2, 2, 0x26, 0, 0x20, 0, 0x42, 1, 0x20, 0, 0x41, 1, 0x6B, 0x11,
                     2, 0, 0x0B));
    trial.slots[0] = 1;

    enum wasm_trap trap = engine_call(&trial, ENGINE_BODY_FUNC);

    assert_int_equal(trap, WASM_TRAP_UNREACHABLE); /* function 2's whole body */
    assert_int_equal(trial.outcome.func, 2);
    engine_end(&trial);
}

TEST(host_functions_are_called_and_their_refusal_is_the_calls)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, ":", CODE(0, 0x10, 0, 0x10, 0, 0x0B));
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(trial.host_calls, 2);

    trial.host_trap = WASM_TRAP_HOST_REFUSED;
    trial.host_reason = 4;
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_HOST_REFUSED);

    assert_int_equal(trial.host_calls, 3);
    assert_int_equal(trial.outcome.reason, 4);
    assert_int_equal(trial.outcome.func, ENGINE_BODY_FUNC);
    assert_int_equal(trial.outcome.offset, trial.load.body_offset + 1);
    engine_end(&trial);
}

TEST(the_stack_is_exhausted_exactly_when_its_units_are)
{
    /* Each frame: 1 + param + 3 operands (the compare's constant, n, n - 1's constant) = 5. */
    struct bytes body = CODE(0, 0x20, 0, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x10, 1, 0x0B, 0x0B);
    struct engine_trial trial;
    for (uint64_t units = 16; units < 24; units++) {
        engine_begin(&trial);
        trial.caps.stack_units = units;
        engine_body(&trial, "i:", body);
        trial.slots[0] = 4; /* five frames of 4 units */
        bool fits = units >= 20;
        assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC),
                         fits ? WASM_TRAP_NONE : WASM_TRAP_STACK_EXHAUSTED);
        if (!fits)
            assert_int_equal(trial.outcome.offset, trial.load.body_offset + 10);
        engine_end(&trial);
    }
}

TEST(endless_recursion_ends_at_the_call)
{
    body_traps(":", CODE(0, 0x10, 1, 0x0B), ARGS(0), WASM_TRAP_STACK_EXHAUSTED, 1);
}

TEST(unreachable_traps_where_it_stands)
{
    body_traps("i:i", CODE(0, 0x20, 0, 0x04, 0x40, 0x00, 0x0B, 0x41, 1, 0x0B), ARGS(1),
               WASM_TRAP_UNREACHABLE, 5);
}

TEST(tables_are_read_written_copied_and_filled)
{
    /* grow by 3 of null, set 1 to func 2, copy 1..2 over 0, get 0 is not null, get 2 is. */
    body_returns(":i",
                 CODE(0, 0xD0, 0x70, 0x41, 3, 0xFC, 0x0F, 0, 0x1A, 0x41, 1, 0xD2, 2, 0x26, 0, 0x41,
                      0, 0x41, 1, 0x41, 2, 0xFC, 0x0E, 0, 0, 0x41, 0, 0x25, 0, 0xD1, 0x41, 1, 0x25,
                      0, 0xD1, 0x41, 1, 0x74, 0x72, 0xFC, 0x10, 0, 0x41, 4, 0x74, 0x72, 0x0B),
                 ARGS(0), 0x42);
    body_traps(":", CODE(0, 0x41, 1, 0x25, 0, 0x1A, 0x0B), ARGS(0), WASM_TRAP_TABLE_OUT_OF_BOUNDS,
               3);
    body_traps(":", CODE(0, 0x41, 1, 0xD0, 0x70, 0x26, 0, 0x0B), ARGS(0),
               WASM_TRAP_TABLE_OUT_OF_BOUNDS, 5);
    body_traps(":", CODE(0, 0x41, 0, 0xD0, 0x70, 0x41, 2, 0xFC, 0x11, 0, 0x0B), ARGS(0),
               WASM_TRAP_TABLE_OUT_OF_BOUNDS, 7);
    body_traps(":", CODE(0, 0x41, 0, 0x41, 0, 0x41, 2, 0xFC, 0x0C, 0, 0, 0x0B), ARGS(0),
               WASM_TRAP_TABLE_OUT_OF_BOUNDS, 7);
}

TEST_MAIN(T(br_table_takes_its_target_or_the_default), T(br_table_carries_a_value_to_each_target),
          T(br_table_to_the_function_returns),
          T(br_if_carries_its_value_and_leaves_it_when_not_taken),
          T(br_if_to_the_function_returns_its_value), T(a_branch_compares_with_any_constant),
          T(a_branch_out_of_nested_blocks_drops_what_lies_between),
          T(a_loop_takes_params_round_and_round), T(a_loop_with_a_param_carries_it),
          T(multiple_results_come_in_order), T(a_local_keeps_its_old_value_for_who_read_it_before),
          T(tee_of_a_tee_reaches_both_locals), T(float_locals_follow_their_writes),
          T(locals_start_at_zero_in_every_call), T(locals_that_are_read_start_at_zero_among_others),
          T(select_takes_the_first_if_the_condition_is_not_zero), T(globals_keep_what_is_set),
          T(direct_calls_pass_arguments_and_results), T(values_below_the_arguments_outlive_a_call),
          T(indirect_calls_check_index_null_and_type), T(an_indirect_call_reaches_its_function),
          T(host_functions_are_called_and_their_refusal_is_the_calls),
          T(the_stack_is_exhausted_exactly_when_its_units_are),
          T(endless_recursion_ends_at_the_call), T(unreachable_traps_where_it_stands),
          T(tables_are_read_written_copied_and_filled))

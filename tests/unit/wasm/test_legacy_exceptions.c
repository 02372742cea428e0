/*
 * tests/unit/wasm/test_legacy_exceptions.c: try, catch, catch_all, delegate and rethrow, which
 * shipped modules hold.
 */
#include "tests/support/control_trial.h"
#include "tests/support/test.h"

#define UNREACHABLE 0x00
#define BLOCK       0x02
#define LOOP        0x03
#define IF          0x04
#define TRY         0x06
#define CATCH       0x07
#define THROW       0x08
#define RETHROW     0x09
#define END         0x0B
#define BR          0x0C
#define BR_IF       0x0D
#define RETURN      0x0F
#define CALL        0x10
#define DELEGATE    0x18
#define CATCH_ALL   0x19
#define DROP        0x1A
#define TRY_TABLE   0x1F
#define GET         0x20
#define SET         0x21
#define TEE         0x22
#define I32         0x41
#define I64         0x42
#define I32_EQZ     0x45
#define I32_ADD     0x6A
#define I32_SUB     0x6B
#define WRAP        0xA7
#define EMPTY       0x40
#define T_I32       0x7F

static void returns(uint8_t type, struct bytes body, uint64_t argument, uint64_t result)
{
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {type, body});
    control_returns(&trial, 0, argument, result);
    control_end(&trial);
}

TEST(a_try_without_a_throw_gives_its_bodys_result)
{
    (void)state;
    returns(1, CODE(0, TRY, T_I32, I32, 5, END, END), 0, 5);
    returns(1, CODE(0, TRY, T_I32, I32, 5, CATCH, 1, END, END), 0, 5);
    returns(1, CODE(0, TRY, T_I32, I32, 5, CATCH_ALL, I32, 6, END, END), 0, 5);
    returns(1, CODE(0, TRY, T_I32, I32, 5, DELEGATE, 0, END), 0, 5);
}

TEST(a_catch_gets_the_payload_and_gives_the_trys_result)
{
    (void)state;
    returns(1, CODE(0, TRY, T_I32, I32, 5, THROW, 1, CATCH, 1, I32, 1, I32_ADD, END, END), 0, 6);
    returns(1,
            CODE(0, I32, 30, TRY, T_I32, THROW, 0, CATCH, 0, I32, 2, CATCH_ALL, I32, 3, END,
                 I32_ADD, END),
            0, 32);
    returns(1,
            CODE(0, I32, 30, TRY, T_I32, I32, 1, THROW, 1, CATCH, 0, I32, 2, CATCH_ALL, I32, 3, END,
                 I32_ADD, END),
            0, 33);
    /* two values go through, both to their places */
    returns(2,
            CODE(0, TRY, 8, I64, 7, I32, 8, THROW, 2, CATCH, 2, I32, 1, I32_ADD, END, SET, 0, WRAP,
                 GET, 0, I32_SUB, END),
            0, 0xFFFFFFFE);
}

TEST(values_below_a_try_survive)
{
    (void)state;
    returns(2,
            CODE(0, GET, 0, I32, 60, I32_ADD, TRY, T_I32, I32, 50, TEE, 0, THROW, 1, CATCH, 1, END,
                 I32_ADD, GET, 0, I32_ADD, END),
            1, 61 + 50 + 50);
}

TEST(a_rethrow_names_the_catch_whose_exception_it_throws)
{
    (void)state;
    /* 7 is caught outside, 1 inside of its catch: rethrow 1 is 7, rethrow 0 is 1. */
    for (uint8_t depth = 0; depth <= 1; depth++)
        returns(1,
                CODE(0, TRY, T_I32, TRY, EMPTY, I32, 7, THROW, 1, CATCH, 1, DROP, TRY, EMPTY, I32,
                     1, THROW, 1, CATCH, 1, DROP, RETHROW, depth, END, END, I32, 0, CATCH, 1, END,
                     END),
                0, depth == 1 ? 7 : 1);
    /* through blocks, from a catch_all */
    returns(1,
            CODE(0, TRY, T_I32, TRY, EMPTY, I32, 9, THROW, 1, CATCH_ALL, BLOCK, EMPTY, LOOP, EMPTY,
                 RETHROW, 2, END, END, END, I32, 0, CATCH, 1, END, END),
            0, 9);
}

/* The catch allocates others in between: what is rethrown is kept by the catch alone. */
TEST(a_catch_keeps_its_exception_over_collections)
{
    (void)state;
    returns(2,
            CODE(0, TRY, T_I32, TRY, EMPTY, I32, 9, THROW, 1, CATCH, 1, DROP, LOOP, EMPTY, TRY,
                 EMPTY, I32, 1, THROW, 1, CATCH_ALL, END, GET, 0, I32, 1, I32_SUB, TEE, 0, BR_IF, 0,
                 END, RETHROW, 0, END, I32, 0, CATCH, 1, END, END),
            10000, 9);
}

TEST(a_throw_in_a_catch_is_not_its_own_trys)
{
    (void)state;
    returns(1,
            CODE(0, TRY, T_I32, TRY, EMPTY, THROW, 0, CATCH, 0, I32, 4, THROW, 1, CATCH_ALL, END,
                 I32, 0, CATCH, 1, END, END),
            0, 4);
}

TEST(delegate_passes_over_the_tries_in_between)
{
    (void)state;
    /* Label 0 is the try with 2, label 1 the one with 1. */
    for (uint8_t depth = 0; depth <= 1; depth++)
        returns(1,
                CODE(0, TRY, T_I32, TRY, T_I32, TRY, EMPTY, THROW, 0, DELEGATE, depth, I32, 0,
                     CATCH_ALL, I32, 2, END, CATCH_ALL, I32, 1, END, END),
                0, depth == 1 ? 1 : 2);
}

TEST(delegate_to_the_function_goes_to_its_caller)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial,
                   {1, CODE(0, TRY, T_I32, TRY, EMPTY, I32, 5, THROW, 1, DELEGATE, 1, I32, 0,
                            CATCH_ALL, I32, 1, END, END)},
                   {1, CODE(0, TRY, T_I32, CALL, 0, CATCH, 1, I32, 10, I32_ADD, END, END)});
    control_returns(&trial, 1, 0, 15);
    control_traps(&trial, 0, 0, WASM_TRAP_UNCAUGHT_EXCEPTION, 0, 7);
    control_end(&trial);
}

TEST(delegate_to_a_block_or_a_catch_asks_the_try_around_it)
{
    (void)state;
    returns(1,
            CODE(0, TRY, T_I32, BLOCK, EMPTY, TRY, EMPTY, THROW, 0, DELEGATE, 0, END, I32, 0,
                 CATCH_ALL, I32, 3, END, END),
            0, 3);
    returns(1,
            CODE(0, TRY, T_I32, TRY, EMPTY, THROW, 0, CATCH_ALL, TRY, EMPTY, I32, 6, THROW, 1,
                 DELEGATE, 0, END, I32, 0, CATCH, 1, END, END),
            0, 6);
}

TEST(calls_in_a_delegated_try_are_delegated)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {0, CODE(0, THROW, 0, END)},
                   {1, CODE(0, TRY, T_I32, TRY, T_I32, TRY, EMPTY, CALL, 0, DELEGATE, 1, I32, 0,
                            CATCH_ALL, I32, 2, END, CATCH_ALL, I32, 1, END, END)});
    control_returns(&trial, 1, 0, 1);
    control_end(&trial);
}

TEST(branches_leave_tries_and_catches)
{
    (void)state;
    returns(1,
            CODE(0, BLOCK, T_I32, TRY, EMPTY, THROW, 0, CATCH_ALL, I32, 7, BR, 1, END, I32, 0, END,
                 END),
            0, 7);
    returns(1, CODE(0, TRY, T_I32, I32, 8, BR, 0, CATCH_ALL, I32, 0, END, END), 0, 8);
    returns(1, CODE(0, TRY, T_I32, THROW, 0, CATCH_ALL, I32, 9, BR, 0, END, END), 0, 9);
    returns(1, CODE(0, TRY, T_I32, THROW, 0, CATCH_ALL, I32, 9, RETURN, END, END), 0, 9);
    /* behind the try its catches are not asked */
    returns(1,
            CODE(0, TRY, T_I32, TRY, EMPTY, BR, 0, CATCH_ALL, UNREACHABLE, END, I32, 4, THROW, 1,
                 CATCH, 1, END, END),
            0, 4);
}

TEST(both_kinds_of_try_nest)
{
    (void)state;
    returns(
        1,
        CODE(0, TRY, T_I32, TRY_TABLE, EMPTY, 0, I32, 4, THROW, 1, END, I32, 0, CATCH, 1, END, END),
        0, 4);
    returns(1,
            CODE(0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, 0, 1, 0, TRY, EMPTY, I32, 5, THROW, 1, CATCH,
                 0, END, END, UNREACHABLE, END, END),
            0, 5);
    /* delegate to a try_table */
    returns(1,
            CODE(0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, 0, 1, 0, TRY, EMPTY, TRY, EMPTY, I32, 5,
                 THROW, 1, DELEGATE, 1, CATCH_ALL, END, END, UNREACHABLE, END, END),
            0, 5);
}

/* try and throw cost 1 like try_table and throw, catch, catch_all and delegate nothing like else
 * and end; a catch starts a block. */
TEST(legacy_instructions_burn_like_their_successors)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial,
                   {0, CODE(0, TRY, EMPTY, THROW, 0, CATCH, 0, I32, 1, DROP, CATCH_ALL, END, END)});
    assert_int_equal(control_call(&trial, 0), WASM_TRAP_NONE);
    assert_int_equal(wasm_store_fuel_used(trial.store), 4);
    control_end(&trial);
}

TEST(a_catch_in_dead_code_is_dead)
{
    (void)state;
    returns(1,
            CODE(0, I32, 3, RETURN, TRY, T_I32, I32, 1, THROW, 1, CATCH, 1, CATCH_ALL, I32, 2, END,
                 END),
            0, 3);
    returns(1,
            CODE(0, I32, 3, RETURN, TRY, EMPTY, TRY, EMPTY, DELEGATE, 0, CATCH_ALL, RETHROW, 0, END,
                 END),
            0, 3);
}

TEST_MAIN(T(a_try_without_a_throw_gives_its_bodys_result),
          T(a_catch_gets_the_payload_and_gives_the_trys_result), T(values_below_a_try_survive),
          T(a_rethrow_names_the_catch_whose_exception_it_throws),
          T(a_catch_keeps_its_exception_over_collections),
          T(a_throw_in_a_catch_is_not_its_own_trys), T(delegate_passes_over_the_tries_in_between),
          T(delegate_to_the_function_goes_to_its_caller),
          T(delegate_to_a_block_or_a_catch_asks_the_try_around_it),
          T(calls_in_a_delegated_try_are_delegated), T(branches_leave_tries_and_catches),
          T(both_kinds_of_try_nest), T(legacy_instructions_burn_like_their_successors),
          T(a_catch_in_dead_code_is_dead))

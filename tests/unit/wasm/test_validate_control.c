/*
 * tests/unit/wasm/test_validate_control.c: blocks, branches, calls; valid forms and each refusal.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define UNREACHABLE   0x00
#define NOP           0x01
#define BLOCK         0x02
#define LOOP          0x03
#define IF            0x04
#define ELSE          0x05
#define END           0x0B
#define BR            0x0C
#define BR_IF         0x0D
#define BR_TABLE      0x0E
#define RETURN        0x0F
#define CALL          0x10
#define CALL_INDIRECT 0x11
#define DROP          0x1A
#define GET           0x20
#define I32           0x41
#define I64           0x42
#define EMPTY         0x40
#define T_I32         0x7F
#define T_I64         0x7E

TEST(a_function_gives_its_results)
{
    (void)state;
    body_is_valid(":", CODE(0, END));
    body_is_valid(":iI", CODE(0, I32, 0, I64, 0, END));
    body_is_refused(":i", CODE(0, END), STATUS_INVALID, 1,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":i", CODE(0, I64, 0, END), STATUS_INVALID, 3,
                    "type mismatch: \"i32\" expected, \"i64\" found");
    body_is_refused(":", CODE(0, I32, 0, END), STATUS_INVALID, 3,
                    "type mismatch: 1 values too many at the end of a block");
    body_is_refused(":Ii", CODE(0, I32, 0, END), STATUS_INVALID, 3,
                    "type mismatch: \"i64\" expected, the stack of the block is empty");
}

TEST(a_block_has_one_of_three_kinds_of_type)
{
    (void)state;
    body_is_valid(":", CODE(0, BLOCK, EMPTY, END, END));
    body_is_valid(":i", CODE(0, BLOCK, T_I32, I32, 0, END, END));
    body_is_valid(":r", CODE(0, BLOCK, 0x70, 0xD0, 0x70, END, END));
    body_is_valid(":ii", CODE(0, BLOCK, 3, I32, 0, I32, 0, END, END));
    body_is_valid(":i", CODE(0, I32, 0, BLOCK, 4, END, END));
    body_is_valid(":i", CODE(0, I32, 0, LOOP, 0x84, 0x00, END, END));
}

TEST(a_block_of_no_known_type_is_refused)
{
    (void)state;
    body_is_refused(":", CODE(0, BLOCK, 5, END, END), STATUS_INVALID, 1, "unknown type 5");
    body_is_refused(":", CODE(0, BLOCK, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, END, END), STATUS_INVALID, 1,
                    "unknown type 4294967295");
    body_is_refused(":", CODE(0, BLOCK, 0xC0, 0x7F, END, END), STATUS_MALFORMED, 1,
                    "a block's type is no type");
    body_is_refused(":", CODE(0, BLOCK, 0x41, END, END), STATUS_MALFORMED, 2,
                    "65 is no value type");
    body_is_refused(":", CODE(0, BLOCK), STATUS_MALFORMED, 2,
                    "a block's type is missing at the end");
    body_is_refused(":", CODE(0, BLOCK, 0x80), STATUS_MALFORMED, 2, "an integer runs past the end");
}

TEST(a_block_takes_its_params_from_the_stack)
{
    (void)state;
    body_is_refused(":", CODE(0, BLOCK, 4, DROP, END, END), STATUS_INVALID, 1,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, I64, 0, BLOCK, 4, DROP, END, END), STATUS_INVALID, 3,
                    "type mismatch: \"i32\" expected, \"i64\" found");
}

TEST(a_block_can_not_reach_below_its_start)
{
    (void)state;
    body_is_refused(":", CODE(0, I32, 0, BLOCK, EMPTY, DROP, END, END), STATUS_INVALID, 5,
                    "type mismatch: an operand expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, I32, 0, I32, 0, BLOCK, EMPTY, 0x6A, DROP, END, END),
                    STATUS_INVALID, 7,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":i", CODE(0, I32, 0, BLOCK, T_I32, END, END), STATUS_INVALID, 5,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
}

TEST(an_if_takes_an_i32_and_both_arms_give_its_results)
{
    (void)state;
    body_is_valid(":i", CODE(0, I32, 0, IF, T_I32, I32, 1, ELSE, I32, 2, END, END));
    body_is_valid(":", CODE(0, I32, 0, IF, EMPTY, END, END));
    body_is_valid(":i", CODE(0, I32, 0, I32, 0, IF, 4, END, END));
    body_is_refused(":", CODE(0, IF, EMPTY, END, END), STATUS_INVALID, 1,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, I32, 0, IF, T_I32, ELSE, I32, 2, END, DROP, END), STATUS_INVALID,
                    5, "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, I32, 0, IF, T_I32, I32, 0, ELSE, END, DROP, END), STATUS_INVALID,
                    8, "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, I32, 0, IF, EMPTY, I32, 0, ELSE, END, END), STATUS_INVALID, 7,
                    "type mismatch: 1 values too many at the end of a block");
}

TEST(an_if_without_else_gives_what_it_takes)
{
    (void)state;
    body_is_refused(":i", CODE(0, I32, 0, IF, T_I32, I32, 0, END, END), STATUS_INVALID, 7,
                    "type mismatch: an if without else has to give what it takes");
    /* [i32 i64]->[f32 f64]: as many, but others */
    body_is_refused(":fF", CODE(0, I32, 0, I64, 0, I32, 0, IF, 2, UNREACHABLE, END, END),
                    STATUS_INVALID, 10,
                    "type mismatch: an if without else has to give what it takes");
}

TEST(an_else_belongs_to_an_if)
{
    (void)state;
    body_is_refused(":", CODE(0, ELSE, END), STATUS_MALFORMED, 1, "else without an if");
    body_is_refused(":", CODE(0, BLOCK, EMPTY, ELSE, END, END), STATUS_MALFORMED, 3,
                    "else without an if");
    body_is_refused(":", CODE(0, I32, 0, IF, EMPTY, ELSE, ELSE, END, END), STATUS_MALFORMED, 6,
                    "else without an if");
}

TEST(blocks_and_ends_are_as_many)
{
    (void)state;
    body_is_refused(":", CODE(0, BLOCK, EMPTY, END), STATUS_MALFORMED, 4,
                    "a function body ends without its end");
    body_is_refused(":", CODE(0, END, END), STATUS_MALFORMED, 2,
                    "bytes follow the end of a function body");
}

TEST(a_branch_carries_its_labels_values)
{
    (void)state;
    body_is_valid(":i", CODE(0, BLOCK, T_I32, I32, 0, BR, 0, END, END));
    body_is_valid(":i", CODE(0, I32, 0, BR, 0, END));
    body_is_valid(":", CODE(0, I32, 0, LOOP, 4, BR, 0, END, DROP, END));
    body_is_valid(":i", CODE(0, BLOCK, T_I32, I32, 0, I32, 1, BR_IF, 0, END, END));
    body_is_refused(":", CODE(0, BLOCK, T_I32, BR, 0, END, DROP, END), STATUS_INVALID, 3,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, LOOP, 4, BR, 0, END, DROP, END), STATUS_INVALID, 1,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":i", CODE(0, BLOCK, T_I32, I64, 0, I32, 1, BR_IF, 0, END, END), STATUS_INVALID,
                    7, "type mismatch: \"i32\" expected, \"i64\" found");
    body_is_refused(":", CODE(0, BLOCK, EMPTY, BR_IF, 0, END, END), STATUS_INVALID, 3,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
}

TEST(a_label_has_to_exist)
{
    (void)state;
    body_is_refused(":", CODE(0, BR, 1, END), STATUS_INVALID, 1, "unknown label 1");
    body_is_refused(":", CODE(0, I32, 0, BR_IF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, END), STATUS_INVALID,
                    3, "unknown label 4294967295");
    body_is_refused(":", CODE(0, I32, 0, BR_TABLE, 1, 0, 1, END), STATUS_INVALID, 3,
                    "unknown label 1");
}

TEST(labels_of_a_br_table_take_the_same_values)
{
    (void)state;
    body_is_valid(":", CODE(0, BLOCK, EMPTY, I32, 0, BR_TABLE, 2, 0, 1, 0, END, END));
    body_is_valid(":i", CODE(0, BLOCK, T_I32, I32, 7, I32, 0, BR_TABLE, 1, 0, 1, END, END));
    body_is_refused(
        ":i", CODE(0, BLOCK, EMPTY, I32, 7, I32, 0, BR_TABLE, 1, 0, 1, END, I32, 0, END),
        STATUS_INVALID, 7, "type mismatch: label 1 takes another number of values than the first");
    body_is_refused(
        ":I", CODE(0, BLOCK, T_I32, I32, 7, I32, 0, BR_TABLE, 1, 0, 1, END, DROP, I64, 0, END),
        STATUS_INVALID, 7, "type mismatch: \"i64\" expected, \"i32\" found");
    body_is_refused(":", CODE(0, BR_TABLE, 0, 0, END), STATUS_INVALID, 1,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
}

TEST(a_br_table_has_no_more_labels_than_bytes)
{
    (void)state;
    body_is_refused(":", CODE(0, I32, 0, BR_TABLE, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, END),
                    STATUS_MALFORMED, 4, "a count of 4294967295 does not fit the 2 bytes left");
    body_is_refused(":", CODE(0, I32, 0, BR_TABLE, 0xFC, 0xFF, 0xFF, 0xFF, 0x0F, 0, END),
                    STATUS_MALFORMED, 4, "a count of 4294967292 does not fit the 2 bytes left");
    body_is_refused(":", CODE(0, I32, 0, BR_TABLE, 1, 0x80), STATUS_MALFORMED, 5,
                    "an integer runs past the end");
}

TEST(a_return_gives_the_functions_results)
{
    (void)state;
    body_is_valid(":i", CODE(0, BLOCK, EMPTY, I32, 0, RETURN, END, I32, 1, END));
    body_is_refused(":i", CODE(0, RETURN, END), STATUS_INVALID, 1,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
}

TEST(a_call_takes_params_and_gives_results)
{
    (void)state;
    body_is_valid(":fF", CODE(0, I32, 0, I64, 0, CALL, 2, END));
    body_is_valid(":", CODE(0, CALL, 0, CALL, 1, END));
    body_is_refused(":", CODE(0, CALL, 4, END), STATUS_INVALID, 1, "unknown function 4");
    body_is_refused(":", CODE(0, CALL, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, END), STATUS_INVALID, 1,
                    "unknown function 4294967295");
    body_is_refused(":", CODE(0, I64, 0, CALL, 2, DROP, DROP, END), STATUS_INVALID, 3,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, CALL), STATUS_MALFORMED, 2, "an integer runs past the end");
}

TEST(an_indirect_call_names_a_type_and_a_table_of_functions)
{
    (void)state;
    body_is_valid(":fF", CODE(0, I32, 0, I64, 0, I32, 0, CALL_INDIRECT, 2, 0, END));
    body_is_refused(":", CODE(0, I32, 0, CALL_INDIRECT, 5, 0, END), STATUS_INVALID, 3,
                    "unknown type 5");
    body_is_refused(":", CODE(0, I32, 0, CALL_INDIRECT, 1, 2, END), STATUS_INVALID, 3,
                    "unknown table 2");
    body_is_refused(":", CODE(0, I32, 0, CALL_INDIRECT, 1, 1, END), STATUS_INVALID, 3,
                    "type mismatch: table 1 holds no functions");
    body_is_refused(":", CODE(0, CALL_INDIRECT, 1, 0, END), STATUS_INVALID, 1,
                    "type mismatch: \"i32\" expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, I32, 0, CALL_INDIRECT, 1), STATUS_MALFORMED, 5,
                    "an integer runs past the end");
    body_is_refused(":", CODE(0, I32, 0, CALL_INDIRECT, 0x80), STATUS_MALFORMED, 4,
                    "an integer runs past the end");
}

TEST(dead_code_has_operands_of_every_type)
{
    (void)state;
    body_is_valid(":i", CODE(0, UNREACHABLE, 0x6A, END));
    body_is_valid(":iI", CODE(0, UNREACHABLE, END));
    body_is_valid(":", CODE(0, UNREACHABLE, DROP, DROP, 0x36, 2, 0, END));
    body_is_valid(":", CODE(0, BLOCK, EMPTY, BR, 0, BLOCK, 4, DROP, I32, 0, END, DROP, END, END));
    body_is_valid(":i", CODE(0, UNREACHABLE, I32, 0, BR_IF, 0, END));
    body_is_valid(":i", CODE(0, UNREACHABLE, BR_TABLE, 1, 0, 0, END));
}

TEST(dead_code_is_still_checked)
{
    (void)state;
    body_is_refused(":i", CODE(0, UNREACHABLE, I64, 0, END), STATUS_INVALID, 4,
                    "type mismatch: \"i32\" expected, \"i64\" found");
    body_is_refused(":", CODE(0, UNREACHABLE, I64, 0, I64, 0, 0x6A, DROP, END), STATUS_INVALID, 6,
                    "type mismatch: \"i32\" expected, \"i64\" found");
    body_is_refused(":", CODE(0, UNREACHABLE, I32, 0, END), STATUS_INVALID, 4,
                    "type mismatch: 1 values too many at the end of a block");
    body_is_refused(":", CODE(0, UNREACHABLE, BLOCK, EMPTY, DROP, END, END), STATUS_INVALID, 4,
                    "type mismatch: an operand expected, the stack of the block is empty");
    body_is_refused(":i", CODE(0, UNREACHABLE, BLOCK, T_I64, I64, 0, END, END), STATUS_INVALID, 7,
                    "type mismatch: \"i32\" expected, \"i64\" found");
}

TEST(a_br_if_in_dead_code_types_what_it_leaves)
{
    (void)state;
    body_is_refused(
        ":", CODE(0, BLOCK, T_I32, UNREACHABLE, BR_IF, 0, 0x7B, DROP, I32, 0, END, DROP, END),
        STATUS_INVALID, 6, "type mismatch: \"i64\" expected, \"i32\" found");
}

TEST(an_else_after_dead_code_is_alive_again)
{
    (void)state;
    body_is_refused(":", CODE(0, I32, 0, IF, EMPTY, UNREACHABLE, ELSE, DROP, END, END),
                    STATUS_INVALID, 7,
                    "type mismatch: an operand expected, the stack of the block is empty");
}

TEST_MAIN(T(a_function_gives_its_results), T(a_block_has_one_of_three_kinds_of_type),
          T(a_block_of_no_known_type_is_refused), T(a_block_takes_its_params_from_the_stack),
          T(a_block_can_not_reach_below_its_start),
          T(an_if_takes_an_i32_and_both_arms_give_its_results),
          T(an_if_without_else_gives_what_it_takes), T(an_else_belongs_to_an_if),
          T(blocks_and_ends_are_as_many), T(a_branch_carries_its_labels_values),
          T(a_label_has_to_exist), T(labels_of_a_br_table_take_the_same_values),
          T(a_br_table_has_no_more_labels_than_bytes), T(a_return_gives_the_functions_results),
          T(a_call_takes_params_and_gives_results),
          T(an_indirect_call_names_a_type_and_a_table_of_functions),
          T(dead_code_has_operands_of_every_type), T(dead_code_is_still_checked),
          T(a_br_if_in_dead_code_types_what_it_leaves), T(an_else_after_dead_code_is_alive_again))

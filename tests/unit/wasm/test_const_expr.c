/*
 * tests/unit/wasm/test_const_expr.c: constant expressions, validated and read again.
 */
#include "core/wasm/const_expr.h"

#include "core/wasm/optable.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* Imported: a function []->[], globals i32, i64 and a mutable i32; then one global of `type`. */
static void build_global(struct wasm_trial *trial, uint8_t type, struct bytes expr)
{
    trial_begin(trial);
    BUILD_SECTION(&trial->builder, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(&trial->builder, 2, 4, 0, 0, 0, 0, 0, 0, 3, 0x7F, 0, 0, 0, 3, 0x7E, 0, 0, 0, 3,
                  0x7F, 1);
    build_section(&trial->builder, 6);
    BUILD(&trial->builder, 1, type, 0);
    build_bytes(&trial->builder, expr);
    build_close(&trial->builder);
}

static void is_valid(uint8_t type, struct bytes expr)
{
    struct wasm_trial trial;
    build_global(&trial, type, expr);
    trial_is_valid(&trial);
    assert_true(bytes_equal(trial.module->globals[3].init.code, expr));
    trial_end(&trial);
}

/* `offset` counts in `expr`. */
static void is_refused(uint8_t type, struct bytes expr, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    build_global(&trial, type, expr);
    trial_is_refused(&trial, status, trial.builder.len - expr.len + offset, sentence);
    trial_end(&trial);
}

TEST(each_kind_of_constant_is_valid)
{
    (void)state;
    is_valid(0x7F, CODE(0x41, 0x7F, 0x0B));
    is_valid(0x7E, CODE(0x42, 0x80, 0x7F, 0x0B));
    is_valid(0x7D, CODE(0x43, 1, 2, 3, 4, 0x0B));
    is_valid(0x7C, CODE(0x44, 1, 2, 3, 4, 5, 6, 7, 8, 0x0B));
    is_valid(0x7B, CODE(0xFD, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x0B));
    is_valid(0x7F, CODE(0x23, 0, 0x0B));
    is_valid(0x70, CODE(0xD0, 0x70, 0x0B));
    is_valid(0x6F, CODE(0xD0, 0x6F, 0x0B));
    is_valid(0x70, CODE(0xD2, 0, 0x0B));
}

TEST(sums_and_products_of_constants_are_valid)
{
    (void)state;
    is_valid(0x7F, CODE(0x23, 0, 0x41, 5, 0x6A, 0x41, 6, 0x6B, 0x41, 7, 0x6C, 0x0B));
    is_valid(0x7E, CODE(0x23, 1, 0x42, 5, 0x7C, 0x42, 6, 0x7D, 0x42, 7, 0x7E, 0x0B));
}

TEST(operands_of_sums_are_checked)
{
    (void)state;
    is_refused(0x7F, CODE(0x41, 1, 0x6A, 0x0B), STATUS_INVALID, 2,
               "type mismatch: \"i32\" expected, the stack of the block is empty");
    is_refused(0x7F, CODE(0x41, 1, 0x42, 1, 0x6A, 0x0B), STATUS_INVALID, 4,
               "type mismatch: \"i32\" expected, \"i64\" found");
    is_refused(0x7F, CODE(0x42, 1, 0x41, 1, 0x6A, 0x0B), STATUS_INVALID, 4,
               "type mismatch: \"i32\" expected, \"i64\" found");
}

TEST(exactly_one_value_of_the_right_type_is_left)
{
    (void)state;
    is_refused(0x7F, CODE(0x0B, 0x0B), STATUS_INVALID, 0,
               "type mismatch: a constant expression gives 0 values instead of one");
    is_refused(0x7F, CODE(0x41, 0, 0x41, 0, 0x0B), STATUS_INVALID, 0,
               "type mismatch: a constant expression gives 2 values instead of one");
    is_refused(0x7E, CODE(0x41, 0, 0x0B), STATUS_INVALID, 0,
               "type mismatch: a constant expression of \"i64\" expected, \"i32\" found");
}

TEST(other_operators_are_not_constant)
{
    (void)state;
    is_refused(0x7F, CODE(0x41, 0, 0x45, 0x0B), STATUS_INVALID, 2,
               "a constant expression is required here");
    is_refused(0x7F, CODE(0x01, 0x0B), STATUS_INVALID, 0, "a constant expression is required here");
    is_refused(0x7F, CODE(0xFC, 0, 0x0B), STATUS_INVALID, 0,
               "a constant expression is required here");
}

TEST(types_have_to_exist)
{
    (void)state;
    is_refused(0x7F, CODE(0xFB, 0, 50, 0x0B), STATUS_INVALID, 0, "unknown type 50");
    is_refused(0x70, CODE(0xD0, 50, 0x0B), STATUS_INVALID, 1, "unknown type 50");
}

TEST(what_is_no_operator_is_malformed)
{
    (void)state;
    is_refused(0x7F, CODE(0x27, 0x0B), STATUS_MALFORMED, 0, "39 is no operator");
    is_refused(0x7F, CODE(0xFF, 0x0B), STATUS_MALFORMED, 0, "255 is no operator");
}

TEST(globals_and_functions_have_to_exist_and_globals_be_immutable)
{
    (void)state;
    is_refused(0x7F, CODE(0x23, 3, 0x0B), STATUS_INVALID, 0, "unknown global 3");
    is_refused(0x7F, CODE(0x23, 2, 0x0B), STATUS_INVALID, 0,
               "a constant expression is required here, the global is mutable");
    is_refused(0x70, CODE(0xD2, 1, 0x0B), STATUS_INVALID, 0, "unknown function 1");
}

TEST(an_expression_cut_off_is_malformed)
{
    (void)state;
    is_refused(0x7F, CODE(0x41, 0), STATUS_MALFORMED, 2,
               "a constant expression ends without its end");
    is_refused(0x7F, CODE(0x41, 0x80), STATUS_MALFORMED, 1, "an integer runs past the end");
    is_refused(0x7E, CODE(0x42, 0x80), STATUS_MALFORMED, 1, "an integer runs past the end");
    is_refused(0x7D, CODE(0x43, 0, 0, 0), STATUS_MALFORMED, 1,
               "4 bytes are announced where 3 are left");
    is_refused(0x7C, CODE(0x44, 0, 0, 0, 0, 0, 0, 0), STATUS_MALFORMED, 1,
               "8 bytes are announced where 7 are left");
    is_refused(0x7F, CODE(0x23, 0x80), STATUS_MALFORMED, 1, "an integer runs past the end");
    is_refused(0x70, CODE(0xD0, 0x80), STATUS_MALFORMED, 1, "an integer runs past the end");
}

static void build_deep(struct wasm_trial *trial, uint32_t depth)
{
    struct wasm_builder expr;
    build_begin_empty(&expr);
    for (uint32_t i = 0; i < depth; i++)
        BUILD(&expr, 0x41, 0);
    build_fill(&expr, 0x6A, depth - 1);
    build_byte(&expr, 0x0B);
    build_global(trial, 0x7F, build_result(&expr));
    build_free(&expr);
}

TEST(fifty_thousand_values_are_the_limit)
{
    (void)state;
    struct wasm_trial trial;
    build_deep(&trial, 50000);
    trial_is_valid(&trial);
    trial_end(&trial);

    build_deep(&trial, 50001);
    trial_is_refused(&trial, STATUS_LIMIT, trial.builder.len - 50003,
                     "a constant expression has more than 50000 values on its stack");
    trial_end(&trial);
}

TEST(twenty_thousand_operators_are_read)
{
    (void)state;
    struct wasm_builder expr;
    build_begin_empty(&expr);
    BUILD(&expr, 0x41, 0);
    for (uint32_t i = 0; i < 10000; i++)
        BUILD(&expr, 0x41, 1, 0x6A);
    build_byte(&expr, 0x0B);

    is_valid(0x7F, build_result(&expr));

    build_free(&expr);
}

TEST(a_validated_expression_is_read_again_operator_by_operator)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_const_reader reader;
    struct wasm_const_op op;
    build_global(&trial, 0x7E, CODE(0x23, 1, 0x42, 0x7F, 0x7C, 0x0B));
    trial_is_valid(&trial);
    const struct wasm_const_expr *init = &trial.module->globals[3].init;

    wasm_const_open(trial.module, init, &reader);

    assert_true(wasm_const_read(&reader, &op));
    assert_int_equal(op.code, WASM_OP_GLOBAL_GET);
    assert_int_equal(op.index, 1);
    assert_int_equal(op.type, WASM_TYPE_I64);
    assert_int_equal(op.offset, init->offset);
    assert_true(wasm_const_read(&reader, &op));
    assert_int_equal(op.code, WASM_OP_I64_CONST);
    assert_true(op.bits == UINT64_MAX);
    assert_true(wasm_const_read(&reader, &op));
    assert_int_equal(op.code, WASM_OP_I64_ADD);
    assert_false(wasm_const_read(&reader, &op));
    trial_end(&trial);
}

TEST(constants_keep_their_bits)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_const_reader reader;
    struct wasm_const_op op;
    build_global(&trial, 0x7D, CODE(0x43, 0x01, 0x00, 0xA0, 0x7F, 0x0B));
    trial_is_valid(&trial);
    wasm_const_open(trial.module, &trial.module->globals[3].init, &reader);
    assert_true(wasm_const_read(&reader, &op));
    assert_true(op.bits == 0x7FA00001);
    trial_end(&trial);

    build_global(&trial, 0x7F, CODE(0x41, 0x7F, 0x0B));
    trial_is_valid(&trial);
    wasm_const_open(trial.module, &trial.module->globals[3].init, &reader);
    assert_true(wasm_const_read(&reader, &op));
    assert_true(op.bits == 0xFFFFFFFF);
    trial_end(&trial);
}

TEST_MAIN(T(each_kind_of_constant_is_valid), T(sums_and_products_of_constants_are_valid),
          T(operands_of_sums_are_checked), T(exactly_one_value_of_the_right_type_is_left),
          T(other_operators_are_not_constant), T(types_have_to_exist),
          T(what_is_no_operator_is_malformed),
          T(globals_and_functions_have_to_exist_and_globals_be_immutable),
          T(an_expression_cut_off_is_malformed), T(fifty_thousand_values_are_the_limit),
          T(twenty_thousand_operators_are_read),
          T(a_validated_expression_is_read_again_operator_by_operator),
          T(constants_keep_their_bits))

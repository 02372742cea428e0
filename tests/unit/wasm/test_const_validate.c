/*
 * tests/unit/wasm/test_const_validate.c: constant expressions that make objects.
 */
#include "core/wasm/const_expr.h"
#include "core/wasm/optable.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define END 0x0B
#define FB  0xFB

/* Types: 0 struct of i32 and i8; 1 array of i64; 2 array of (ref null 0); 3 []->[]; 4 sub of 3.
 * Function 0 is of type 4. Global 0 is imported, immutable, an i32; global 1 is mutable; global 2
 * has the expression. */
static void build(struct wasm_trial *trial, struct bytes type, struct bytes expr)
{
    struct wasm_builder *b = &trial->builder;
    trial_begin(trial);
    BUILD_SECTION(b, 1, 5, 0x5F, 2, 0x7F, 0, 0x78, 1, 0x5E, 0x7E, 0, 0x5E, 0x63, 0, 0, 0x50, 0,
                  0x60, 0, 0, 0x50, 1, 3, 0x60, 0, 0);
    BUILD_SECTION(b, 2, 1, 1, 'm', 1, 'g', 3, 0x7F, 0);
    BUILD_SECTION(b, 3, 1, 4);
    build_section(b, 6);
    BUILD(b, 2, 0x7F, 1, 0x41, 0, END);
    build_bytes(b, type);
    build_byte(b, 0);
    build_bytes(b, expr);
    build_close(b);
    trial->body_offset = b->len - expr.len;
    BUILD_SECTION(b, 10, 1, 2, 0, END);
}

static void is_valid(struct bytes type, struct bytes expr, uint32_t height)
{
    struct wasm_trial trial;
    build(&trial, type, expr);
    trial_is_valid(&trial);
    assert_true(bytes_equal(trial.module->globals[2].init.code, expr));
    assert_int_equal(trial.module->const_height, height);
    trial_end(&trial);
}

static void is_refused(struct bytes type, struct bytes expr, uint64_t offset, const char *sentence)
{
    struct wasm_trial trial;
    build(&trial, type, expr);
    trial_is_refused(&trial, STATUS_INVALID, trial.body_offset + offset, sentence);
    trial_end(&trial);
}

#define REF(x)      CODE(0x64, (x))
#define NULLABLE(x) CODE(0x63, (x))

TEST(objects_are_made_of_constants)
{
    (void)state;
    is_valid(REF(0), CODE(0x23, 0, 0x41, 7, FB, 0, 0, END), 2);
    is_valid(NULLABLE(0), CODE(FB, 1, 0, END), 1);
    is_valid(REF(1), CODE(0x42, 0, 0x41, 3, FB, 6, 1, END), 2);
    is_valid(REF(1), CODE(0x41, 3, FB, 7, 1, END), 1);
    is_valid(REF(2), CODE(FB, 1, 0, 0xD0, 0, 0xD0, 0x71, FB, 8, 2, 3, END), 3);
    is_valid(CODE(0x64, 0x6C), CODE(0x41, 3, FB, 28, END), 1);
    is_valid(CODE(0x6E), CODE(0xD0, 0x6F, FB, 26, END), 1);
    is_valid(CODE(0x64, 0x6F), CODE(0x41, 3, FB, 28, FB, 27, END), 1);
    is_valid(REF(3), CODE(0xD2, 0, END), 1); /* a function of a subtype */
    is_valid(REF(4), CODE(0xD2, 0, END), 1);
}

TEST(objects_are_typed_as_in_bodies)
{
    (void)state;
    is_refused(REF(0), CODE(0x41, 7, FB, 0, 0, END), 2,
               "type mismatch: \"i32\" expected, the stack of the block is empty");
    is_refused(REF(0), CODE(0x41, 7, 0x42, 7, FB, 0, 0, END), 4,
               "type mismatch: \"i32\" expected, \"i64\" found");
    is_refused(REF(2), CODE(0x41, 7, FB, 7, 1, END), 0,
               "type mismatch: a constant expression of \"(ref 2)\" expected, \"(ref 1)\" found");
    is_refused(REF(2), CODE(FB, 1, 9, END), 0, "unknown type 9");
    is_refused(CODE(0x6E), CODE(0xD0, 0x70, FB, 26, END), 2,
               "type mismatch: \"externref\" expected, \"funcref\" found");
    is_refused(CODE(0x70), CODE(0xD2, 1, END), 0, "unknown function 1");
}

TEST(what_reads_objects_is_not_constant)
{
    (void)state;
    static const uint8_t numbers[] = {2, 5, 9, 10, 11, 14, 15, 16, 17, 20, 22, 24, 29};
    for (size_t i = 0; i < sizeof numbers; i++)
        is_refused(CODE(0x7F), CODE(FB, numbers[i], 0, 0, END), 0,
                   "a constant expression is required here");
    is_refused(CODE(0x7F), CODE(0x23, 1, END), 0,
               "a constant expression is required here, the global is mutable");
    is_refused(CODE(0x7F), CODE(0x23, 2, END), 0, "unknown global 2");
}

static void is_malformed(struct bytes expr, uint64_t offset, const char *sentence)
{
    struct wasm_trial trial;
    build(&trial, CODE(0x7F), expr);
    trial_is_refused(&trial, STATUS_MALFORMED, trial.body_offset + offset, sentence);
    trial_end(&trial);
}

TEST(a_number_behind_a_prefix_has_to_be_an_operator)
{
    (void)state;
    is_malformed(CODE(FB, 31, END), 0, "251 31 is no operator");
    is_malformed(CODE(FB), 1, "an integer runs past the end");
    is_malformed(CODE(FB, 8, 1), 3, "an integer runs past the end");
}

TEST(constants_that_do_not_fit_the_scratch_memory_are_refused)
{
    (void)state;
    for (uint64_t n = 1; n <= 3; n++) {
        struct wasm_trial trial;
        build(&trial, REF(0), CODE(FB, 1, 0, END));
        trial.scratch.refuse_at = n;
        assert_int_equal(trial_load(&trial), STATUS_NO_MEMORY);
        assert_int_equal(trial.scratch.used, 0);
        assert_true(trial.report.is_set);
        trial_end(&trial);
    }
}

TEST(both_indices_are_read_again)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_const_reader reader;
    struct wasm_const_op op;
    build(&trial, REF(1), CODE(0x42, 5, FB, 8, 1, 1, END));
    trial_is_valid(&trial);

    wasm_const_open(trial.module, &trial.module->globals[2].init, &reader);
    assert_true(wasm_const_read(&reader, &op));
    assert_int_equal(op.bits, 5);
    assert_true(wasm_const_read(&reader, &op));
    assert_int_equal(op.code, WASM_OP_ARRAY_NEW_FIXED);
    assert_int_equal(op.index, 1);
    assert_int_equal(op.index2, 1);
    assert_false(wasm_const_read(&reader, &op));
    trial_end(&trial);
}

TEST_MAIN(T(a_number_behind_a_prefix_has_to_be_an_operator),
          T(constants_that_do_not_fit_the_scratch_memory_are_refused),
          T(objects_are_made_of_constants), T(objects_are_typed_as_in_bodies),
          T(what_reads_objects_is_not_constant), T(both_indices_are_read_again))

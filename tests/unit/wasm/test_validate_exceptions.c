/*
 * tests/unit/wasm/test_validate_exceptions.c: throws, try_table, tail calls, calls of references
 * and the legacy instructions: valid forms and each refusal.
 */
#include "core/wasm/limits.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define UNREACHABLE          0x00
#define BLOCK                0x02
#define TRY                  0x06
#define CATCH                0x07
#define THROW                0x08
#define RETHROW              0x09
#define THROW_REF            0x0A
#define END                  0x0B
#define BR                   0x0C
#define RETURN_CALL          0x12
#define RETURN_CALL_INDIRECT 0x13
#define CALL_REF             0x14
#define RETURN_CALL_REF      0x15
#define DELEGATE             0x18
#define CATCH_ALL            0x19
#define DROP                 0x1A
#define TRY_TABLE            0x1F
#define I32                  0x41
#define I64                  0x42
#define REF_NULL             0xD0
#define REF_FUNC             0xD2
#define EMPTY                0x40
#define T_I32                0x7F
#define T_EXN                0x69

/* Types 0 []->[] 1 [i32]->[] 2 []->[i32] 3 []->[i32 (ref null exn)] 4 []->[exnref] 5 a struct
 * 6 [i32]->[i32] 7 []->[i32 (ref exn)]; tags 0 of type 0, 1 of type 1. Function 0 is the body's,
 * 1 of type 2, 2 of type 6; table 0 of functions, 1 of externs. */
static void build(struct wasm_trial *trial, uint8_t type, struct bytes body)
{
    struct wasm_builder *b = &trial->builder;
    trial_begin(trial);
    trial->features.legacy_exceptions = true;
    build_section(b, 1);
    BUILD(b, 8, 0x60, 0, 0, 0x60, 1, T_I32, 0, 0x60, 0, 1, T_I32, 0x60, 0, 2, T_I32, T_EXN, 0x60, 0,
          1, T_EXN, 0x5F, 0, 0x60, 1, T_I32, 1, T_I32, 0x60, 0, 2, T_I32, 0x64, T_EXN);
    build_close(b);
    BUILD_SECTION(b, 3, 3, type, 2, 6);
    BUILD_SECTION(b, 4, 2, 0x70, 0, 1, 0x6F, 0, 1);
    BUILD_SECTION(b, 13, 2, 0, 0, 0, 1);
    BUILD_SECTION(b, 9, 1, 3, 0, 1, 1);
    build_section(b, 10);
    build_byte(b, 3);
    build_open(b);
    build_bytes(b, body);
    build_close(b);
    BUILD(b, 4, 0, I32, 0, END, 4, 0, I32, 0, END);
    build_close(b);
    trial->body_offset = b->len - body.len - 10;
}

static void is_valid(uint8_t type, struct bytes body)
{
    struct wasm_trial trial;
    build(&trial, type, body);
    trial_is_valid(&trial);
    trial_end(&trial);
}

static void is_refused(uint8_t type, struct bytes body, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    build(&trial, type, body);
    trial_is_refused(&trial, status, trial.body_offset + offset, sentence);
    trial_end(&trial);
}

#define CARRIES_OTHERS "type mismatch: a catch carries other values than its label takes"

TEST(a_throw_takes_what_its_tag_carries_and_does_not_go_on)
{
    (void)state;
    is_valid(2, CODE(0, THROW, 0, END));
    is_valid(2, CODE(0, I32, 1, THROW, 1, I64, 0, DROP, END));
    is_refused(0, CODE(0, THROW, 2, END), STATUS_INVALID, 1, "unknown tag 2");
    is_refused(0, CODE(0, THROW, 1, END), STATUS_INVALID, 1,
               "type mismatch: \"i32\" expected, the stack of the block is empty");
    is_refused(0, CODE(0, I64, 0, THROW, 1, END), STATUS_INVALID, 3,
               "type mismatch: \"i32\" expected, \"i64\" found");
}

TEST(a_throw_ref_takes_an_exception)
{
    (void)state;
    is_valid(2, CODE(0, REF_NULL, T_EXN, THROW_REF, END));
    is_valid(2, CODE(0, REF_NULL, 0x74, THROW_REF, END));
    is_valid(2, CODE(0, UNREACHABLE, THROW_REF, END));
    is_refused(0, CODE(0, REF_NULL, 0x6F, THROW_REF, END), STATUS_INVALID, 3,
               "type mismatch: \"exnref\" expected, \"externref\" found");
}

TEST(a_try_table_is_a_block)
{
    (void)state;
    is_valid(2, CODE(0, TRY_TABLE, T_I32, 0, I32, 0, END, END));
    is_valid(6, CODE(0, 0x20, 0, TRY_TABLE, 6, 0, END, END));
    is_valid(2, CODE(0, TRY_TABLE, T_I32, 0, I32, 0, BR, 0, END, END));
    is_refused(0, CODE(0, TRY_TABLE, T_I32, 0, END, DROP, END), STATUS_INVALID, 4,
               "type mismatch: \"i32\" expected, the stack of the block is empty");
}

TEST(a_clause_carries_what_its_label_takes)
{
    (void)state;
    is_valid(0, CODE(0, TRY_TABLE, EMPTY, 2, 0, 0, 0, 2, 0, END, END));
    is_valid(2, CODE(0, TRY_TABLE, EMPTY, 1, 0, 1, 0, END, I32, 0, END));
    is_valid(3, CODE(0, TRY_TABLE, EMPTY, 1, 1, 1, 0, END, UNREACHABLE, END));
    is_valid(7, CODE(0, TRY_TABLE, EMPTY, 1, 1, 1, 0, END, UNREACHABLE, END));
    is_valid(4, CODE(0, TRY_TABLE, EMPTY, 2, 1, 0, 0, 3, 0, END, UNREACHABLE, END));
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 1, 0, 1, 0, END, END), STATUS_INVALID, 1,
               CARRIES_OTHERS);
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 1, 1, 0, 0, END, END), STATUS_INVALID, 1,
               CARRIES_OTHERS);
    is_refused(4, CODE(0, TRY_TABLE, EMPTY, 1, 2, 0, END, UNREACHABLE, END), STATUS_INVALID, 1,
               CARRIES_OTHERS);
    is_refused(2, CODE(0, TRY_TABLE, EMPTY, 1, 3, 0, END, UNREACHABLE, END), STATUS_INVALID, 1,
               CARRIES_OTHERS);
}

/* A clause is outside of its block: label 0 is what is around the try_table. */
TEST(a_clause_does_not_see_its_own_block)
{
    (void)state;
    is_valid(0, CODE(0, TRY_TABLE, T_I32, 1, 2, 0, I32, 0, END, DROP, END));
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 1, 2, 1, END, END), STATUS_INVALID, 1,
               "unknown label 1");
}

TEST(clauses_are_of_four_kinds)
{
    (void)state;
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 1, 4, 0, END, END), STATUS_MALFORMED, 1,
               "4 is no kind of catch");
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 1, 0, 9, 0, END, END), STATUS_INVALID, 1,
               "unknown tag 9");
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 9, 0), STATUS_MALFORMED, 3,
               "a count of 9 does not fit the 1 bytes left");
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 1, 0, 0x80), STATUS_MALFORMED, 5,
               "an integer runs past the end");
}

TEST(a_try_table_has_a_limit_of_clauses)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        struct wasm_builder b;
        build_begin_empty(&b);
        BUILD(&b, 0, TRY_TABLE, EMPTY);
        build_u32(&b, WASM_LIMIT_CATCHES + over);
        for (uint32_t i = 0; i < WASM_LIMIT_CATCHES + over; i++)
            BUILD(&b, 2, 0);
        BUILD(&b, END, END);
        build(&trial, 0, build_result(&b));
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, trial.body_offset + 3,
                             "a try_table has more than 10000 catches");
        trial_end(&trial);
        build_free(&b);
    }
}

TEST(clauses_of_nested_tries_are_not_added_up)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_builder b;
    build_begin_empty(&b);
    BUILD(&b, 0);
    for (uint32_t i = 0; i < WASM_LIMIT_CATCHES; i++)
        BUILD(&b, TRY_TABLE, EMPTY, 2, 2, 0, 2, 0);
    build_fill(&b, END, WASM_LIMIT_CATCHES + 1);
    build(&trial, 0, build_result(&b));
    trial_is_valid(&trial);
    trial_end(&trial);
    build_free(&b);
}

TEST(a_tail_call_gives_what_its_function_gives)
{
    (void)state;
    is_valid(2, CODE(0, RETURN_CALL, 1, END));
    is_valid(2, CODE(0, I32, 0, RETURN_CALL, 2, I64, 0, DROP, END));
    is_valid(2, CODE(0, I32, 0, RETURN_CALL_INDIRECT, 2, 0, END));
    is_valid(2, CODE(0, REF_FUNC, 1, RETURN_CALL_REF, 2, END));
    is_refused(0, CODE(0, RETURN_CALL, 1, END), STATUS_INVALID, 1,
               "type mismatch: a tail call to a function of other results");
    is_refused(2, CODE(0, RETURN_CALL, 0x09, END), STATUS_INVALID, 1, "unknown function 9");
    is_refused(2, CODE(0, I32, 0, RETURN_CALL_INDIRECT, 0, 0, END), STATUS_INVALID, 3,
               "type mismatch: a tail call to a function of other results");
    is_refused(2, CODE(0, I32, 0, RETURN_CALL_INDIRECT, 2, 1, END), STATUS_INVALID, 3,
               "type mismatch: table 1 holds no functions");
    is_refused(2, CODE(0, RETURN_CALL, 2, END), STATUS_INVALID, 1,
               "type mismatch: \"i32\" expected, the stack of the block is empty");
}

TEST(a_reference_is_called_with_its_own_type)
{
    (void)state;
    is_valid(2, CODE(0, REF_FUNC, 1, CALL_REF, 2, END));
    is_valid(2, CODE(0, UNREACHABLE, CALL_REF, 2, END));
    is_refused(2, CODE(0, REF_NULL, 0x70, CALL_REF, 2, END), STATUS_INVALID, 3,
               "type mismatch: \"(ref null 2)\" expected, \"funcref\" found");
    is_refused(2, CODE(0, UNREACHABLE, CALL_REF, 5, END), STATUS_INVALID, 2,
               "type 5 is no function type");
    is_refused(2, CODE(0, UNREACHABLE, CALL_REF, 8, END), STATUS_INVALID, 2, "unknown type 8");
}

TEST(legacy_tries_are_blocks_with_catches)
{
    (void)state;
    is_valid(2,
             CODE(0, TRY, T_I32, I32, 0, CATCH, 1, CATCH, 0, I32, 1, CATCH_ALL, I32, 2, END, END));
    is_valid(0, CODE(0, TRY, EMPTY, END, END));
    is_valid(0, CODE(0, TRY, EMPTY, TRY, EMPTY, DELEGATE, 1, END, END));
    is_refused(2, CODE(0, TRY, T_I32, I32, 0, CATCH, 0, END, END), STATUS_INVALID, 7,
               "type mismatch: \"i32\" expected, the stack of the block is empty");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH, 1, END, END), STATUS_INVALID, 5,
               "type mismatch: 1 values too many at the end of a block");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH, 2, END, END), STATUS_INVALID, 3, "unknown tag 2");
    is_refused(0, CODE(0, TRY, EMPTY, I32, 0, CATCH_ALL, END, END), STATUS_INVALID, 5,
               "type mismatch: 1 values too many at the end of a block");
}

/* The exception that a catch holds is out of its operands' reach, in blocks within it, too. */
TEST(a_catch_can_not_take_its_exception)
{
    (void)state;
    is_refused(0, CODE(0, TRY, EMPTY, CATCH_ALL, DROP, END, END), STATUS_INVALID, 4,
               "type mismatch: an operand expected, the stack of the block is empty");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH_ALL, BLOCK, EMPTY, END, DROP, END, END), STATUS_INVALID,
               7, "type mismatch: an operand expected, the stack of the block is empty");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH_ALL, TRY, EMPTY, DELEGATE, 0, DROP, END, END),
               STATUS_INVALID, 8,
               "type mismatch: an operand expected, the stack of the block is empty");
}

TEST(catches_stand_in_a_try_and_end_with_catch_all)
{
    (void)state;
    is_refused(0, CODE(0, CATCH, 0, END), STATUS_MALFORMED, 1, "catch without a try");
    is_refused(0, CODE(0, TRY, EMPTY, BLOCK, EMPTY, CATCH_ALL, END, END, END), STATUS_MALFORMED, 5,
               "catch without a try");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH_ALL, CATCH, 0, END, END), STATUS_MALFORMED, 4,
               "catch without a try");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH_ALL, CATCH_ALL, END, END), STATUS_MALFORMED, 4,
               "catch without a try");
    is_refused(0, CODE(0, TRY_TABLE, EMPTY, 0, CATCH_ALL, END, END), STATUS_MALFORMED, 4,
               "catch without a try");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH_ALL, DELEGATE, 0, END), STATUS_MALFORMED, 4,
               "delegate without a try");
    is_refused(0, CODE(0, BLOCK, EMPTY, DELEGATE, 0, END), STATUS_MALFORMED, 3,
               "delegate without a try");
    is_refused(0, CODE(0, DELEGATE, 0), STATUS_MALFORMED, 1, "delegate without a try");
}

TEST(delegate_names_a_label_around_its_try)
{
    (void)state;
    is_valid(0, CODE(0, TRY, EMPTY, DELEGATE, 0, END));
    is_refused(0, CODE(0, TRY, EMPTY, DELEGATE, 1, END), STATUS_INVALID, 3, "unknown label 1");
}

TEST(rethrow_names_a_catch)
{
    (void)state;
    is_valid(0, CODE(0, TRY, EMPTY, CATCH_ALL, BLOCK, EMPTY, RETHROW, 1, END, END, END));
    is_refused(0, CODE(0, RETHROW, 0, END), STATUS_INVALID, 1,
               "invalid rethrow label 0: it is no catch");
    is_refused(0, CODE(0, TRY, EMPTY, RETHROW, 0, CATCH_ALL, END, END), STATUS_INVALID, 3,
               "invalid rethrow label 0: it is no catch");
    is_refused(0, CODE(0, TRY, EMPTY, CATCH_ALL, RETHROW, 2, END, END), STATUS_INVALID, 4,
               "unknown label 2");
}

TEST(legacy_instructions_have_to_be_asked_for)
{
    (void)state;
    static const uint8_t codes[] = {TRY, CATCH, RETHROW, DELEGATE, CATCH_ALL};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        struct wasm_trial trial;
        build(&trial, 0, CODE(0, codes[i], EMPTY, END, END));
        trial.features.legacy_exceptions = false;
        trial_is_refused(&trial, STATUS_UNSUPPORTED, trial.body_offset + 1,
                         "legacy exception handling instructions are not enabled");
        trial_end(&trial);
    }
}

TEST_MAIN(T(a_throw_takes_what_its_tag_carries_and_does_not_go_on),
          T(a_throw_ref_takes_an_exception), T(a_try_table_is_a_block),
          T(a_clause_carries_what_its_label_takes), T(a_clause_does_not_see_its_own_block),
          T(clauses_are_of_four_kinds), T(a_try_table_has_a_limit_of_clauses),
          T(clauses_of_nested_tries_are_not_added_up), T(a_tail_call_gives_what_its_function_gives),
          T(a_reference_is_called_with_its_own_type), T(legacy_tries_are_blocks_with_catches),
          T(a_catch_can_not_take_its_exception), T(catches_stand_in_a_try_and_end_with_catch_all),
          T(delegate_names_a_label_around_its_try), T(rethrow_names_a_catch),
          T(legacy_instructions_have_to_be_asked_for))

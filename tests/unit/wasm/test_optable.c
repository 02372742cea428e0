/*
 * tests/unit/wasm/test_optable.c: the tables that the list of operators unfolds into.
 */
#include "core/wasm/optable.h"

#include "tests/support/test.h"

TEST(each_row_of_the_list_is_found_by_its_code)
{
    (void)state;
#define X(code, name, name_text, sig, imm, cost)                                                   \
    assert_string_equal(wasm_op_info(code)->text, name_text);                                      \
    assert_string_equal(wasm_op_info(code)->signature, sig);                                       \
    assert_int_equal(wasm_op_info(code)->immediate, WASM_IMM_##imm);                               \
    assert_int_equal(wasm_op_info(code)->fuel, cost);
    WASM_OP_LIST(X)
#undef X
}

TEST(other_codes_have_no_row)
{
    (void)state;
    static const uint32_t codes[] = {0x16,  0x27,  0xC5,  0xFF,  0x11F,
                                     0x1FF, 0x212, 0x414, 0x54F, 0x5FF};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        assert_null(wasm_op_info(codes[i])->text);
}

TEST(the_validators_row_is_the_signature_taken_apart)
{
    (void)state;
    const struct wasm_op_row *store = &wasm_op_rows[WASM_OP_F64_STORE];
    assert_int_equal(store->rule, WASM_OP_RULE_ACCESS);
    assert_int_equal(store->pop_count, 2);
    assert_int_equal(store->pops[0], WASM_TYPE_BOTTOM); /* the address: of its memory */
    assert_int_equal(store->pops[1], WASM_TYPE_F64);
    assert_int_equal(store->push, WASM_TYPE_BOTTOM);
    const struct wasm_op_row *wrap = &wasm_op_rows[WASM_OP_I32_WRAP_I64];
    assert_int_equal(wrap->pop_count, 1);
    assert_int_equal(wrap->pops[0], WASM_TYPE_I64);
    assert_int_equal(wrap->push, WASM_TYPE_I32);
    const struct wasm_op_row *constant = &wasm_op_rows[WASM_OP_F32_CONST];
    assert_int_equal(constant->pop_count, 0);
    assert_int_equal(constant->push, WASM_TYPE_F32);
    assert_int_equal(wasm_op_rows[WASM_OP_CALL].rule, WASM_OP_RULE_OWN);
    assert_int_equal(wasm_op_rows[0x27].rule, WASM_OP_RULE_NONE);
}

TEST(every_code_has_a_row_of_its_own_or_none)
{
    (void)state;
    uint8_t seen[WASM_OP_ROWS] = {0};
    for (uint32_t code = 0; code < WASM_OP_CODE_END; code++) {
        uint32_t row = wasm_op_row_of(code);
        assert_in_range(row, 0, WASM_OP_ROW_NONE);
        assert_int_equal(row == WASM_OP_ROW_NONE ? 0 : seen[row], 0);
        seen[row] = 1;
    }
    assert_int_equal(wasm_op_row_of(WASM_PREFIX_FD + 0x113), WASM_OP_FE_ROWS - 1);
    assert_int_equal(wasm_op_rows[WASM_OP_ROW_NONE].rule, WASM_OP_RULE_NONE);
}

TEST(a_prefixed_number_is_a_code_while_there_is_room)
{
    (void)state;
    assert_int_equal(wasm_op_prefixed_code(0xFB, 0x1E), WASM_PREFIX_FB + 0x1E);
    assert_int_equal(wasm_op_prefixed_code(0xFD, 0x113), WASM_PREFIX_FD + 0x113);
    assert_int_equal(wasm_op_prefixed_code(0xFD, 0x114), WASM_OP_CODE_END);
    assert_int_equal(wasm_op_prefixed_code(0xFE, UINT32_MAX), WASM_OP_CODE_END);
}

TEST_MAIN(T(every_code_has_a_row_of_its_own_or_none),
          T(a_prefixed_number_is_a_code_while_there_is_room),
          T(each_row_of_the_list_is_found_by_its_code), T(other_codes_have_no_row),
          T(the_validators_row_is_the_signature_taken_apart))

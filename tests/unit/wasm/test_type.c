/*
 * tests/unit/wasm/test_type.c: names of value types.
 */
#include "core/wasm/type.h"

#include "tests/support/test.h"

TEST(each_type_has_the_name_of_the_text_format)
{
    (void)state;
    assert_string_equal(wasm_type_name(WASM_TYPE_I32), "i32");
    assert_string_equal(wasm_type_name(WASM_TYPE_I64), "i64");
    assert_string_equal(wasm_type_name(WASM_TYPE_F32), "f32");
    assert_string_equal(wasm_type_name(WASM_TYPE_F64), "f64");
    assert_string_equal(wasm_type_name(WASM_TYPE_V128), "v128");
    assert_string_equal(wasm_type_name(WASM_TYPE_FUNCREF), "funcref");
    assert_string_equal(wasm_type_name(WASM_TYPE_EXTERNREF), "externref");
    assert_string_equal(wasm_type_name(WASM_TYPE_BOTTOM), "bottom");
    assert_string_equal(wasm_type_name(WASM_TYPE_REF_BIT | 5), "ref");
}

TEST(only_v128_takes_two_slots)
{
    (void)state;
    assert_int_equal(wasm_type_slots(WASM_TYPE_V128), 2);
    assert_int_equal(wasm_type_slots(WASM_TYPE_F64), 1);
    assert_int_equal(wasm_type_slots(WASM_TYPE_EXTERNREF), 1);
}

TEST_MAIN(T(each_type_has_the_name_of_the_text_format), T(only_v128_takes_two_slots))

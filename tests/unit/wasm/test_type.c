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
    assert_string_equal(wasm_type_name(WASM_TYPE_I8), "i8");
    assert_string_equal(wasm_type_name(WASM_TYPE_I16), "i16");
    assert_string_equal(wasm_type_name(WASM_TYPE_EXNREF), "exnref");
    assert_string_equal(wasm_type_name(WASM_TYPE_ANYREF), "anyref");
    assert_string_equal(wasm_type_name(WASM_TYPE_REF_NULL(WASM_HEAP_NOEXN)), "nullexnref");
    assert_string_equal(wasm_type_name(WASM_TYPE_REF(5)), "ref");
}

static void is_written(uint32_t type, const char *expected)
{
    char room[WASM_TYPE_TEXT_MAX];
    struct bytes text = wasm_type_write(type, room);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data, expected, text.len);
}

TEST(a_reference_is_spelled_out)
{
    (void)state;
    is_written(WASM_TYPE_I32, "i32");
    is_written(WASM_TYPE_STRUCTREF, "structref");
    is_written(WASM_TYPE_REF(WASM_HEAP_ARRAY), "(ref array)");
    is_written(WASM_TYPE_REF(WASM_HEAP_BOTTOM), "(ref bottom)");
    is_written(WASM_TYPE_REF_NULL(0), "(ref null 0)");
    is_written(WASM_TYPE_REF_NULL(WASM_HEAP_ABSTRACT - 1), "(ref null 1073741567)");
    is_written(WASM_TYPE_REF(1020), "(ref 1020)");
}

TEST(only_v128_takes_two_slots)
{
    (void)state;
    assert_int_equal(wasm_type_slots(WASM_TYPE_V128), 2);
    assert_int_equal(wasm_type_slots(WASM_TYPE_F64), 1);
    assert_int_equal(wasm_type_slots(WASM_TYPE_EXTERNREF), 1);
}

TEST_MAIN(T(each_type_has_the_name_of_the_text_format), T(a_reference_is_spelled_out),
          T(only_v128_takes_two_slots))

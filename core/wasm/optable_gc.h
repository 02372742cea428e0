/*
 * core/wasm/optable_gc.h: rows of optable.h's list: typed references and prefix FB (WASM 3.0
 * §5.4.5).
 */
#ifndef AETHER_WASM_OPTABLE_GC_H
#define AETHER_WASM_OPTABLE_GC_H

/* clang-format off */
#define WASM_OP_LIST_GC(X) \
    X(0xD3, REF_EQ, "ref.eq", "*", NONE, 1) \
    X(0xD4, REF_AS_NON_NULL, "ref.as_non_null", "*", NONE, 1) \
    X(0xD5, BR_ON_NULL, "br_on_null", "*", LABEL, 1) \
    X(0xD6, BR_ON_NON_NULL, "br_on_non_null", "*", LABEL, 1) \
    X(WASM_PREFIX_FB + 0, STRUCT_NEW, "struct.new", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 1, STRUCT_NEW_DEFAULT, "struct.new_default", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 2, STRUCT_GET, "struct.get", "*", FIELD, 1) \
    X(WASM_PREFIX_FB + 3, STRUCT_GET_S, "struct.get_s", "*", FIELD, 1) \
    X(WASM_PREFIX_FB + 4, STRUCT_GET_U, "struct.get_u", "*", FIELD, 1) \
    X(WASM_PREFIX_FB + 5, STRUCT_SET, "struct.set", "*", FIELD, 1) \
    X(WASM_PREFIX_FB + 6, ARRAY_NEW, "array.new", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 7, ARRAY_NEW_DEFAULT, "array.new_default", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 8, ARRAY_NEW_FIXED, "array.new_fixed", "*", ARRAY_FIXED, 1) \
    X(WASM_PREFIX_FB + 9, ARRAY_NEW_DATA, "array.new_data", "*", ARRAY_SEGMENT, 1) \
    X(WASM_PREFIX_FB + 10, ARRAY_NEW_ELEM, "array.new_elem", "*", ARRAY_SEGMENT, 1) \
    X(WASM_PREFIX_FB + 11, ARRAY_GET, "array.get", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 12, ARRAY_GET_S, "array.get_s", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 13, ARRAY_GET_U, "array.get_u", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 14, ARRAY_SET, "array.set", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 15, ARRAY_LEN, "array.len", "*", NONE, 1) \
    X(WASM_PREFIX_FB + 16, ARRAY_FILL, "array.fill", "*", TYPE, 1) \
    X(WASM_PREFIX_FB + 17, ARRAY_COPY, "array.copy", "*", ARRAY_COPY, 1) \
    X(WASM_PREFIX_FB + 18, ARRAY_INIT_DATA, "array.init_data", "*", ARRAY_SEGMENT, 1) \
    X(WASM_PREFIX_FB + 19, ARRAY_INIT_ELEM, "array.init_elem", "*", ARRAY_SEGMENT, 1) \
    X(WASM_PREFIX_FB + 20, REF_TEST, "ref.test", "*", CAST, 1) \
    X(WASM_PREFIX_FB + 21, REF_TEST_NULL, "ref.test null", "*", CAST_NULL, 1) \
    X(WASM_PREFIX_FB + 22, REF_CAST, "ref.cast", "*", CAST, 1) \
    X(WASM_PREFIX_FB + 23, REF_CAST_NULL, "ref.cast null", "*", CAST_NULL, 1) \
    X(WASM_PREFIX_FB + 24, BR_ON_CAST, "br_on_cast", "*", BR_ON_CAST, 1) \
    X(WASM_PREFIX_FB + 25, BR_ON_CAST_FAIL, "br_on_cast_fail", "*", BR_ON_CAST, 1) \
    X(WASM_PREFIX_FB + 26, ANY_CONVERT_EXTERN, "any.convert_extern", "*", NONE, 1) \
    X(WASM_PREFIX_FB + 27, EXTERN_CONVERT_ANY, "extern.convert_any", "*", NONE, 1) \
    X(WASM_PREFIX_FB + 28, REF_I31, "ref.i31", "*", NONE, 1) \
    X(WASM_PREFIX_FB + 29, I31_GET_S, "i31.get_s", "*", NONE, 1) \
    X(WASM_PREFIX_FB + 30, I31_GET_U, "i31.get_u", "*", NONE, 1)
/* clang-format on */

#endif

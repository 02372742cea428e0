/*
 * core/wasm/interp_simd_float.c: handlers of vector operators on floats.
 */
#include "core/wasm/interp_simd.h"

CODE_LIST_SIMD_FLOAT_UNARY(DEFINE_VECTOR_UNARY)

CODE_LIST_SIMD_FLOAT_BINARY(DEFINE_VECTOR_BINARY)

CODE_LIST_SIMD_FLOAT_TERNARY(DEFINE_VECTOR_TERNARY)

/*
 * core/wasm/interp_i32.c: handlers of 32-bit integer arithmetic and compares.
 */
#include "core/wasm/interp_int.h"

#define X(family, ...) DEFINE_##family(family, __VA_ARGS__)
CODE_LIST_BINARY_32(X)
CODE_LIST_COMPARE_32(X)
#undef X

/*
 * core/wasm/interp_i64.c: handlers of 64-bit integer arithmetic and compares.
 */
#include "core/wasm/interp_int.h"

#define X(family, ...) DEFINE_##family(family, __VA_ARGS__)
CODE_LIST_BINARY_64(X)
CODE_LIST_COMPARE_64(X)
#undef X

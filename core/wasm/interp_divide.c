/*
 * core/wasm/interp_divide.c: handlers of division, remainder, and integer operators of one operand.
 */
#include "core/wasm/interp_int.h"

#define X(family, ...) DEFINE_##family(family, __VA_ARGS__)
CODE_LIST_DIVIDE(X)
CODE_LIST_UNARY(X)
#undef X

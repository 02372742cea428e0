/*
 * core/wasm/interp_branch.c: handlers of fused integer compare-and-branch.
 */
#include "core/wasm/interp_int.h"

ALWAYS_INLINE bool eval_BR_ZERO(uint32_t a)
{
    return a == 0;
}

ALWAYS_INLINE bool eval_BR_NONZERO(uint32_t a)
{
    return a != 0;
}

#define EVAL_BRANCH(family, name, type)                                                            \
    ALWAYS_INLINE bool eval_BR_##name(type a, type b)                                              \
    {                                                                                              \
        return eval_##name(a, b);                                                                  \
    }
CODE_LIST_COMPARE_32(EVAL_BRANCH)
CODE_LIST_COMPARE_64(EVAL_BRANCH)

#define X(family, ...) DEFINE_##family(family, __VA_ARGS__)
CODE_LIST_BRANCH_32(X)
CODE_LIST_BRANCH_64(X)
CODE_LIST_TEST(X)
#undef X

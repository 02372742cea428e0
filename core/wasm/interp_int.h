/*
 * core/wasm/interp_int.h: the shapes of integer handlers, one macro a family. For interp_*.c only.
 *
 * DEFINE_<FAMILY>(family, NAME, type...) defines all variants of one code of code_ops.h.
 */
#ifndef AETHER_WASM_INTERP_INT_H
#define AETHER_WASM_INTERP_INT_H

#include "core/wasm/eval_int.h"
#include "core/wasm/handlers.h"

#define DEFINE_BINARY(family, name, type)    CLASS_PAIR_LIST(DEFINE_BINARY_PAIR, name, type)
#define DEFINE_BINARY_PAIR(l, r, name, type) CLASS_RESULT_LIST(DEFINE_BINARY_ONE, l, r, name, type)
#define DEFINE_BINARY_ONE(d, l, r, name, type)                                                     \
    HANDLER(op_##name##_##l##r##d)                                                                 \
    {                                                                                              \
        CELL(value);                                                                               \
        type result = eval_##name((type)OPERAND_A_##l, (type)OPERAND_B_##r);                       \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

#define DEFINE_DIVIDE(family, name, type)    CLASS_PAIR_LIST(DEFINE_DIVIDE_PAIR, name, type)
#define DEFINE_DIVIDE_PAIR(l, r, name, type) CLASS_FLAG_LIST(DEFINE_DIVIDE_ONE, l, r, name, type)
#define DEFINE_DIVIDE_ONE(d, l, r, name, type)                                                     \
    HANDLER(op_##name##_##l##r##d)                                                                 \
    {                                                                                              \
        CELL(value);                                                                               \
        type a = (type)OPERAND_A_##l;                                                              \
        type b = (type)OPERAND_B_##r;                                                              \
        if (UNLIKELY(b == 0))                                                                      \
            TRAP(DIVIDE_BY_ZERO);                                                                  \
        if (UNLIKELY(eval_overflows_##name(a, b)))                                                 \
            TRAP(INTEGER_OVERFLOW);                                                                \
        type result = eval_##name(a, b);                                                           \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

#define DEFINE_COMPARE(family, name, type)    CLASS_PAIR_LIST(DEFINE_COMPARE_PAIR, name, type)
#define DEFINE_COMPARE_PAIR(l, r, name, type) CLASS_FLAG_LIST(DEFINE_BINARY_FLAG, l, r, name, type)
#define DEFINE_BINARY_FLAG(d, l, r, name, type)                                                    \
    HANDLER(op_##name##_##l##r##d)                                                                 \
    {                                                                                              \
        CELL(value);                                                                               \
        uint64_t result = eval_##name((type)OPERAND_A_##l, (type)OPERAND_B_##r);                   \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

/* `name` carries BR_ in front: eval_branch_name is mapped below. */
#define DEFINE_BRANCH(family, name, type) CLASS_PAIR_LIST(DEFINE_BRANCH_ONE, name, type)
#define DEFINE_BRANCH_ONE(l, r, name, type)                                                        \
    HANDLER(op_##name##_##l##r)                                                                    \
    {                                                                                              \
        CELL(branch);                                                                              \
        if (eval_##name((type)OPERAND_A_##l, (type)OPERAND_BS_##r))                                \
            GO_CHARGED(TARGET(cell->target));                                                      \
        GO_CHARGED(pc + sizeof *cell);                                                             \
    }

#define DEFINE_TEST(family, name, type) CLASS_SOURCE_LIST(DEFINE_TEST_ONE, name, type)
#define DEFINE_TEST_ONE(l, name, type)                                                             \
    HANDLER(op_##name##_##l)                                                                       \
    {                                                                                              \
        CELL(branch);                                                                              \
        if (eval_##name((type)OPERAND_A_##l))                                                      \
            GO_CHARGED(TARGET(cell->target));                                                      \
        GO_CHARGED(pc + sizeof *cell);                                                             \
    }

#define DEFINE_UNARY(family, name, type)   CLASS_SOURCE_LIST(DEFINE_UNARY_SOURCE, name, type)
#define DEFINE_UNARY_SOURCE(l, name, type) CLASS_RESULT_LIST(DEFINE_UNARY_ONE, l, name, type)
#define DEFINE_UNARY_ONE(d, l, name, type)                                                         \
    HANDLER(op_##name##_##l##d)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        uint64_t result = eval_##name((type)OPERAND_A_##l);                                        \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

#endif

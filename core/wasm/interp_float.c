/*
 * core/wasm/interp_float.c: handlers of float arithmetic, compares, branches and conversions.
 */
#include "core/wasm/eval_float.h"
#include "core/wasm/handlers.h"

#define DEFINE_FLOAT_BINARY(name, type) CLASS_FLOAT_PAIR_LIST(DEFINE_FLOAT_BINARY_PAIR, name, type)
#define DEFINE_FLOAT_BINARY_PAIR(l, r, name, type)                                                 \
    CLASS_FLOAT_RESULT_LIST(DEFINE_FLOAT_BINARY_ONE, l, r, name, type)
#define DEFINE_FLOAT_BINARY_ONE(d, l, r, name, type)                                               \
    HANDLER(op_##name##_##l##r##d)                                                                 \
    {                                                                                              \
        CELL(value);                                                                               \
        type result = eval_##name(FLOAT_A_##l(type), FLOAT_B_##r(type));                           \
        FLOAT_TO_##d(type, result);                                                                \
        NEXT();                                                                                    \
    }

#define DEFINE_FLOAT_COMPARE(name, type)                                                           \
    CLASS_FLOAT_PAIR_LIST(DEFINE_FLOAT_COMPARE_PAIR, name, type)
#define DEFINE_FLOAT_COMPARE_PAIR(l, r, name, type)                                                \
    CLASS_FLAG_LIST(DEFINE_FLOAT_COMPARE_ONE, l, r, name, type)
#define DEFINE_FLOAT_COMPARE_ONE(d, l, r, name, type)                                              \
    HANDLER(op_##name##_##l##r##d)                                                                 \
    {                                                                                              \
        CELL(value);                                                                               \
        uint64_t result = eval_##name(FLOAT_A_##l(type), FLOAT_B_##r(type));                       \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

/* Sense T branches if the compare holds, N if it does not (a NaN makes it not hold). */
#define DEFINE_FLOAT_BRANCH(name, type) CLASS_FLOAT_PAIR_LIST(DEFINE_FLOAT_BRANCH_PAIR, name, type)
#define DEFINE_FLOAT_BRANCH_PAIR(l, r, name, type)                                                 \
    DEFINE_FLOAT_BRANCH_ONE(T, , l, r, name, type) DEFINE_FLOAT_BRANCH_ONE(N, !, l, r, name, type)
#define DEFINE_FLOAT_BRANCH_ONE(sense, negation, l, r, name, type)                                 \
    HANDLER(op_##name##_##l##r##sense)                                                             \
    {                                                                                              \
        CELL(branch);                                                                              \
        if (negation eval_##name(FLOAT_A_##l(type), FLOAT_B_##r(type)))                            \
            GO_CHARGED(TARGET(cell->target));                                                      \
        GO_CHARGED(pc + sizeof *cell);                                                             \
    }
#define EVAL_BRANCH(family, name, type)                                                            \
    ALWAYS_INLINE bool eval_BR_##name(type a, type b)                                              \
    {                                                                                              \
        return eval_##name(a, b);                                                                  \
    }
CODE_LIST_FLOAT_COMPARE(EVAL_BRANCH)

#define DEFINE_FLOAT_UNARY(name, type, result)                                                     \
    CLASS_FLOAT_SOURCE_LIST(DEFINE_FLOAT_UNARY_SOURCE, name, type, result)
#define DEFINE_FLOAT_UNARY_SOURCE(l, name, type, result)                                           \
    CLASS_FLOAT_RESULT_LIST(DEFINE_FLOAT_UNARY_ONE, l, name, type, result)
#define DEFINE_FLOAT_UNARY_ONE(d, l, name, type, result_type)                                      \
    HANDLER(op_##name##_##l##d)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        result_type result = eval_##name(FLOAT_A_##l(type));                                       \
        FLOAT_TO_##d(result_type, result);                                                         \
        NEXT();                                                                                    \
    }

#define X(family, ...) DEFINE_##family(__VA_ARGS__)
CODE_LIST_FLOAT_BINARY(X)
CODE_LIST_FLOAT_COMPARE(X)
CODE_LIST_FLOAT_BRANCH(X)
CODE_LIST_FLOAT_UNARY(X)
#undef X

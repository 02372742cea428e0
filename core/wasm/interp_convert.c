/*
 * core/wasm/interp_convert.c: handlers of conversions between integers and floats.
 */
#include "core/wasm/eval_float.h"
#include "core/wasm/handlers.h"

#define DEFINE_TRUNC(name, type, meaning)                                                          \
    CLASS_FLOAT_SOURCE_LIST(DEFINE_TRUNC_SOURCE, name, type, meaning)
#define DEFINE_TRUNC_SOURCE(l, name, type, meaning)                                                \
    CLASS_FLAG_LIST(DEFINE_TRUNC_ONE, l, name, type, meaning)
#define DEFINE_TRUNC_ONE(d, l, name, type, meaning)                                                \
    HANDLER(op_##name##_##l##d)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        type a = FLOAT_A_##l(type);                                                                \
        if (UNLIKELY(!eval_fits_##meaning(a))) {                                                   \
            if (a != a)                                                                            \
                TRAP(INVALID_CONVERSION);                                                          \
            TRAP(INTEGER_OVERFLOW);                                                                \
        }                                                                                          \
        uint64_t result = eval_cast_##meaning(a);                                                  \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

#define DEFINE_TRUNC_SAT(name, type, meaning)                                                      \
    CLASS_FLOAT_SOURCE_LIST(DEFINE_TRUNC_SAT_SOURCE, name, type, meaning)
#define DEFINE_TRUNC_SAT_SOURCE(l, name, type, meaning)                                            \
    CLASS_FLAG_LIST(DEFINE_TRUNC_SAT_ONE, l, name, type, meaning)
#define DEFINE_TRUNC_SAT_ONE(d, l, name, type, meaning)                                            \
    HANDLER(op_##name##_##l##d)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        uint64_t result = eval_saturate_##meaning(FLOAT_A_##l(type));                              \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

#define DEFINE_INT_TO_FLOAT(name, type, result)                                                    \
    CLASS_SOURCE_LIST(DEFINE_INT_TO_FLOAT_SOURCE, name, type, result)
#define DEFINE_INT_TO_FLOAT_SOURCE(l, name, type, result)                                          \
    CLASS_FLOAT_RESULT_LIST(DEFINE_INT_TO_FLOAT_ONE, l, name, type, result)
#define DEFINE_INT_TO_FLOAT_ONE(d, l, name, type, result_type)                                     \
    HANDLER(op_##name##_##l##d)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        result_type result = eval_##name((type)OPERAND_A_##l);                                     \
        FLOAT_TO_##d(result_type, result);                                                         \
        NEXT();                                                                                    \
    }

#define X(family, ...) DEFINE_TRUNC(__VA_ARGS__)
CODE_LIST_TRUNC(X)
#undef X
#define X(family, ...) DEFINE_TRUNC_SAT(__VA_ARGS__)
CODE_LIST_TRUNC_SAT(X)
#undef X
#define X(family, ...) DEFINE_INT_TO_FLOAT(__VA_ARGS__)
CODE_LIST_INT_TO_FLOAT(X)
#undef X

/*
 * core/wasm/handler_table.c: the handler of every code, and the list of codes as data.
 */
#include "core/wasm/handler_table.h"

#include "core/wasm/handlers.h"

/* All variants of one code: WITH_<FAMILY>(name) says ENTRY(handler) for each, in code.h's order. */
#define WITH_PLAIN(name, ...)          ENTRY(op_##name)
#define WITH_COLD(name, ...)           ENTRY(slow_##name)
#define WITH_BINARY(name, ...)         CLASS_PAIR_LIST(PAIR_RESULTS, name)
#define PAIR_RESULTS(l, r, name)       CLASS_RESULT_LIST(PAIR_RESULT, l, r, name)
#define PAIR_RESULT(d, l, r, name)     ENTRY(op_##name##_##l##r##d)
#define WITH_DIVIDE(name, ...)         CLASS_PAIR_LIST(PAIR_FLAGS, name)
#define WITH_COMPARE(name, ...)        CLASS_PAIR_LIST(PAIR_FLAGS, name)
#define PAIR_FLAGS(l, r, name)         CLASS_FLAG_LIST(PAIR_RESULT, l, r, name)
#define WITH_BRANCH(name, ...)         CLASS_PAIR_LIST(PAIR_ALONE, name)
#define PAIR_ALONE(l, r, name)         ENTRY(op_##name##_##l##r)
#define WITH_TEST(name, ...)           CLASS_SOURCE_LIST(SOURCE_ALONE, name)
#define SOURCE_ALONE(l, name)          ENTRY(op_##name##_##l)
#define WITH_UNARY(name, ...)          CLASS_SOURCE_LIST(SOURCE_RESULTS, name)
#define WITH_LOAD(name, ...)           CLASS_ADDRESS_LIST(SOURCE_RESULTS, name)
#define WITH_SELECT(name, ...)         CLASS_SOURCE_LIST(SOURCE_RESULTS, name)
#define SOURCE_RESULTS(l, name)        CLASS_RESULT_LIST(SOURCE_RESULT, l, name)
#define SOURCE_RESULT(d, l, name)      ENTRY(op_##name##_##l##d)
#define WITH_STORE(name, ...)          CLASS_ADDRESS_LIST(SOURCE_STORED, name)
#define SOURCE_STORED(l, name)         CLASS_STORED_LIST(STORED_SOURCE, l, name)
#define STORED_SOURCE(r, l, name)      ENTRY(op_##name##_##l##r)
#define WITH_FLOAT_LOAD(name, ...)     CLASS_ADDRESS_LIST(SOURCE_FLOAT_RESULTS, name)
#define WITH_INT_TO_FLOAT(name, ...)   CLASS_SOURCE_LIST(SOURCE_FLOAT_RESULTS, name)
#define SOURCE_FLOAT_RESULTS(l, name)  CLASS_FLOAT_RESULT_LIST(SOURCE_RESULT, l, name)
#define WITH_FLOAT_STORE(name, ...)    CLASS_ADDRESS_LIST(SOURCE_ALONE, name)
#define WITH_FLOAT_BINARY(name, ...)   CLASS_FLOAT_PAIR_LIST(FLOAT_PAIR_RESULTS, name)
#define FLOAT_PAIR_RESULTS(l, r, name) CLASS_FLOAT_RESULT_LIST(PAIR_RESULT, l, r, name)
#define WITH_FLOAT_COMPARE(name, ...)  CLASS_FLOAT_PAIR_LIST(PAIR_FLAGS, name)
#define WITH_FLOAT_BRANCH(name, ...)   CLASS_FLOAT_PAIR_LIST(PAIR_SENSES, name)
#define PAIR_SENSES(l, r, name)        ENTRY(op_##name##_##l##r##T) ENTRY(op_##name##_##l##r##N)
#define WITH_FLOAT_UNARY(name, ...)    CLASS_FLOAT_SOURCE_LIST(SOURCE_FLOAT_RESULTS, name)
#define WITH_FLOAT_TO_INT(name, ...)   CLASS_FLOAT_SOURCE_LIST(SOURCE_FLAGS, name)
#define SOURCE_FLAGS(l, name)          CLASS_FLAG_LIST(SOURCE_RESULT, l, name)
#define WITH_GET(name, ...)            CLASS_RESULT_LIST(RESULT_ALONE, name)
#define RESULT_ALONE(d, name)          ENTRY(op_##name##_##d)
#define WITH_SET(name, ...)            CLASS_SOURCE_LIST(SOURCE_ALONE, name)
#define WITH_SIMD(name, ...)           ENTRY(op_##name)
#define WITH_SIMD_BITS(name, ...)      ENTRY(op_##name)
#define WITH_SIMD_MEMORY(name, ...)    ENTRY(op_##name)
#define MOVE_ENTRY(from, to, ...)      ENTRY(op_MOVE_##from##to)

#define X(family, name, ...) WITH_##family(name, 0)
#define ENTRY(name)          handler_fn wasm_##name;
CODE_LIST(X)
CLASS_MOVE_LIST(MOVE_ENTRY, 0)
#undef ENTRY

#define ENTRY(name) wasm_##name,
static handler_fn *const handlers[] = {CODE_LIST(X) CLASS_MOVE_LIST(MOVE_ENTRY, 0)};
#undef ENTRY
#undef X

_Static_assert(ARRAY_LEN(handlers) == CODE_COUNT, "a handler for every code");

struct code_head wasm_handler_head(uint32_t code)
{
    ASSERT(code < CODE_COUNT);
    return (struct code_head){(uintptr_t)handlers[code]};
}

uint32_t wasm_handler_code(struct code_head head)
{
    for (uint32_t code = 0; code < CODE_COUNT; code++)
        if ((uintptr_t)handlers[code] == head.handler)
            return code;
    return CODE_COUNT;
}

/*
 * core/wasm/interp_memory.c: handlers of loads and stores. Every access is checked explicitly.
 */
#include "core/wasm/handlers.h"

#define DEFINE_LOAD(name, type, result) CLASS_ADDRESS_LIST(DEFINE_LOAD_SOURCE, name, type, result)
#define DEFINE_LOAD_SOURCE(l, name, type, result)                                                  \
    CLASS_RESULT_LIST(DEFINE_LOAD_ONE, l, name, type, result)
#define DEFINE_LOAD_ONE(d, l, name, type, result_type)                                             \
    HANDLER(op_##name##_##l##d)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        uint64_t address = EFFECTIVE_ADDRESS(l);                                                   \
        CHECK_ACCESS(address, sizeof(type));                                                       \
        uint64_t result = (result_type) * (const MEMORY_TYPE(type) *)(memory + address);           \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }

#define DEFINE_STORE(name, type)           CLASS_ADDRESS_LIST(DEFINE_STORE_SOURCE, name, type)
#define DEFINE_STORE_SOURCE(l, name, type) CLASS_STORED_LIST(DEFINE_STORE_ONE, l, name, type)
#define DEFINE_STORE_ONE(r, l, name, type)                                                         \
    HANDLER(op_##name##_##l##r)                                                                    \
    {                                                                                              \
        CELL(store);                                                                               \
        uint64_t address = EFFECTIVE_ADDRESS(l);                                                   \
        CHECK_ACCESS(address, sizeof(type));                                                       \
        *(MEMORY_TYPE(type) *)(memory + address) = (type)OPERAND_BS_##r;                           \
        NEXT();                                                                                    \
    }

#define DEFINE_FLOAT_LOAD(name, type) CLASS_ADDRESS_LIST(DEFINE_FLOAT_LOAD_SOURCE, name, type)
#define DEFINE_FLOAT_LOAD_SOURCE(l, name, type)                                                    \
    CLASS_FLOAT_RESULT_LIST(DEFINE_FLOAT_LOAD_ONE, l, name, type)
#define DEFINE_FLOAT_LOAD_ONE(d, l, name, type)                                                    \
    HANDLER(op_##name##_##l##d)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        uint64_t address = EFFECTIVE_ADDRESS(l);                                                   \
        CHECK_ACCESS(address, sizeof(type));                                                       \
        type result = *(const MEMORY_TYPE(type) *)(memory + address);                              \
        FLOAT_TO_##d(type, result);                                                                \
        NEXT();                                                                                    \
    }

#define DEFINE_FLOAT_STORE(name, type) CLASS_ADDRESS_LIST(DEFINE_FLOAT_STORE_ONE, name, type)
#define DEFINE_FLOAT_STORE_ONE(l, name, type)                                                      \
    HANDLER(op_##name##_##l)                                                                       \
    {                                                                                              \
        CELL(store);                                                                               \
        uint64_t address = EFFECTIVE_ADDRESS(l);                                                   \
        CHECK_ACCESS(address, sizeof(type));                                                       \
        *(MEMORY_TYPE(type) *)(memory + address) = FLOAT_A_F(type);                                \
        NEXT();                                                                                    \
    }

#define X(family, ...) DEFINE_##family(__VA_ARGS__)
CODE_LIST_LOAD(X)
CODE_LIST_STORE(X)
CODE_LIST_FLOAT_MEMORY(X)
#undef X

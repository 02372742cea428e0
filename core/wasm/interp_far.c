/*
 * core/wasm/interp_far.c: loads and stores of other memories than memory 0, and of 64-bit ones.
 */
#include "core/wasm/far.h"

#define DEFINE_LOAD(family, name, type, result)                                                    \
    HANDLER(slow_##name)                                                                           \
    {                                                                                              \
        CELL(far);                                                                                 \
        const uint8_t *place = FAR_PLACE(sizeof(type));                                            \
        if (UNLIKELY(place == NULL))                                                               \
            TRAP(MEMORY_OUT_OF_BOUNDS);                                                            \
        frame[cell->d] = (result) * (const MEMORY_TYPE(type) *)place;                              \
        NEXT();                                                                                    \
    }
CODE_LIST_FAR_LOAD(DEFINE_LOAD)

#define DEFINE_STORE(family, name, type)                                                           \
    HANDLER(slow_##name)                                                                           \
    {                                                                                              \
        CELL(far);                                                                                 \
        uint8_t *place = FAR_PLACE(sizeof(type));                                                  \
        if (UNLIKELY(place == NULL))                                                               \
            TRAP(MEMORY_OUT_OF_BOUNDS);                                                            \
        *(MEMORY_TYPE(type) *)place = (type)frame[cell->b];                                        \
        NEXT();                                                                                    \
    }
CODE_LIST_FAR_STORE(DEFINE_STORE)

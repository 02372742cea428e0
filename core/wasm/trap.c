/*
 * core/wasm/trap.c: words for trap kinds.
 */
#include "core/wasm/trap.h"

const char *wasm_trap_text(enum wasm_trap trap)
{
    static const char *const texts[] = {
#define X(number, name, text) [number] = text,
        OUTCOME_TRAP_LIST(X)
#undef X
    };
    return (size_t)trap < ARRAY_LEN(texts) ? texts[trap] : "unknown trap";
}

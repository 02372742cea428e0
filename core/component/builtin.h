/*
 * core/component/builtin.h: the canonical functions of WASI 0.3 (Binary.md "Canonical
 * Definitions"): those for asynchronous functions, streams, futures, error contexts and threads.
 *
 * All of them decode and validate if the component is loaded with links_async. Those that need
 * nobody to wait run; the others check what they must and then trap by name (builtin.c).
 */
#ifndef AETHER_COMPONENT_BUILTIN_H
#define AETHER_COMPONENT_BUILTIN_H

#include "core/component/component.h"

enum component_builtin_opcode {
    COMPONENT_BUILTIN_TASK_RETURN = 0x09,
    COMPONENT_BUILTIN_CONTEXT_GET = 0x0A,
    COMPONENT_BUILTIN_CONTEXT_SET = 0x0B,
    COMPONENT_BUILTIN_STREAM_FIRST = 0x0E, /* new */
    COMPONENT_BUILTIN_STREAM_READ = 0x0F,
    COMPONENT_BUILTIN_STREAM_LAST = 0x14,
    COMPONENT_BUILTIN_FUTURE_READ = 0x16,
    COMPONENT_BUILTIN_ERROR_NEW = 0x1C,
    COMPONENT_BUILTIN_ERROR_MESSAGE = 0x1D,
    COMPONENT_BUILTIN_BACKPRESSURE_INC = 0x24,
    COMPONENT_BUILTIN_BACKPRESSURE_DEC = 0x25,
};

struct component_builtin {
    uint8_t opcode;
    const char *sentence; /* "unsupported: canon task.return" */
    const char *operands; /* decode_canon_table.c */
    /* Core params, ':' and results: i is i32, I i64. NULL: refused by name even with links_async
     * (it takes shared functions). Of task.return: the params are those of its result. */
    const char *core;
};

/* `result`: of task.return. */
void component_builtin_signature(const struct component_builtin *builtin,
                                 const struct component_type *result,
                                 struct component_core_signature *out_signature);

#endif

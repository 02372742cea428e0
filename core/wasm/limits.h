/*
 * core/wasm/limits.h: what a module may have at most. Over one of these is STATUS_LIMIT.
 *
 * The numbers are those that other engines agreed on, so that a module that loads elsewhere loads
 * here. They bound counts, not memory: memory is bounded by the arenas (module.h says how much a
 * load may take for each byte of input). Ours alone: nesting, operand height and the stack of
 * constant expressions, which bound the tables of one body (a small machine's arena says no before:
 * 128 bytes for a level of nesting); catches, pairs and carried values, which keep loads and throws
 * linear in the input; and the depth of calls by hosts.
 */
#ifndef AETHER_WASM_LIMITS_H
#define AETHER_WASM_LIMITS_H

#include <stdint.h>

enum {
    WASM_LIMIT_MODULE_BYTES = 0x40000000,
    WASM_LIMIT_TYPES = 1000000,
    WASM_LIMIT_SUBTYPE_DEPTH = 63, /* supertypes above a type */
    WASM_LIMIT_FIELDS = 10000,     /* of a struct type; values of array.new_fixed */
    WASM_LIMIT_FUNCS = 1000000,    /* imported and defined together; so for the next four */
    WASM_LIMIT_GLOBALS = 1000000,
    WASM_LIMIT_TAGS = 1000000,
    WASM_LIMIT_TABLES = 100,
    WASM_LIMIT_MEMORIES = 100,
    WASM_LIMIT_IMPORTS = 1000000,
    WASM_LIMIT_EXPORTS = 1000000,
    WASM_LIMIT_ELEMS = 100000,
    WASM_LIMIT_ELEM_ITEMS = 10000000,
    WASM_LIMIT_DATAS = 100000,
    WASM_LIMIT_NAME_BYTES = 100000,
    WASM_LIMIT_BODY_BYTES = 7654321,
    WASM_LIMIT_LOCALS = 50000, /* params included */
    WASM_LIMIT_PARAMS = 1000,
    WASM_LIMIT_RESULTS = 1000,
    WASM_LIMIT_CATCHES = 10000,   /* clauses of a try_table */
    WASM_LIMIT_NESTING = 65536,   /* open blocks of a body, the function's own frame included */
    WASM_LIMIT_OPERANDS = 100000, /* operand stack of a body, in values */
    WASM_LIMIT_PAIRS = 8388608,   /* of types compared for subtyping, and the next for each byte */
    WASM_LIMIT_PAIRS_PER_BYTE = 8,
    WASM_LIMIT_CARRIED = 67108864,  /* values, by operators of many and as locals: see below */
    WASM_LIMIT_CONST_STACK = 50000, /* operand stack of a constant expression */
    WASM_LIMIT_HOST_DEPTH = 64,     /* calls of the host into guests, one within the other */
};

/* A type is written once and used by two bytes, so a small module could have a billion values
 * checked and translated. Operators that take or give more than WASM_CARRIED_FREE values, and
 * functions with more locals than that, may have WASM_LIMIT_CARRIED and WASM_CARRIED_PER_BYTE
 * values for each byte of the module, together. Code that makes each of its values itself never
 * comes near. */
#define WASM_CARRIED_FREE     32u
#define WASM_CARRIED_PER_BYTE 4u

/* The most items that a table with 32-bit indices can have: a rule of the format, not a limit of
 * ours. How much a run may have is the job's cap (engine.h). */
#define WASM_TABLE32_ITEMS_MAX UINT32_MAX

#endif

/*
 * core/wasm/optable.c: the tables that the list of operators unfolds into.
 *
 * The texts stand in a table of their own, so that a program that never prints an operator does not
 * carry them.
 */
#include "core/wasm/optable.h"

#define TYPE_OF(c)                                                                                 \
    (uint8_t)((c) == 'i'   ? WASM_TYPE_I32                                                         \
              : (c) == 'I' ? WASM_TYPE_I64                                                         \
              : (c) == 'f' ? WASM_TYPE_F32                                                         \
              : (c) == 'F' ? WASM_TYPE_F64                                                         \
              : (c) == 'V' ? WASM_TYPE_V128                                                        \
                           : WASM_TYPE_BOTTOM)

/* A letter of a signature, which may be shorter. */
#define AT(s, i) ((s "  ")[(i)])

/* Where the colon stands: the count of operands (0 to 3). */
#define HAS_NONE(s) (AT(s, 0) == ':' || AT(s, 0) == '*')
#define POPS(s)     (uint8_t)(HAS_NONE(s) ? 0 : AT(s, 1) == ':' ? 1 : AT(s, 2) == ':' ? 2 : 3)
#define POP(s, i)   (POPS(s) > (i) ? TYPE_OF(AT(s, i)) : (uint8_t)WASM_TYPE_BOTTOM)
#define LAST(s)     TYPE_OF((s)[sizeof(s) - 2]) /* a colon there is no result: BOTTOM */
#define RULE(s)                                                                                    \
    (uint8_t)((s)[0] == '*'   ? WASM_OP_RULE_OWN                                                   \
              : (s)[0] == 'a' ? WASM_OP_RULE_ACCESS                                                \
                              : WASM_OP_RULE_SIGNATURE)

const struct wasm_op_row wasm_op_rows[WASM_OP_ROWS] = {
#define X(code, name, text, signature, imm, cost)                                                  \
    [WASM_OP_ROW_OF(code)] = {.rule = RULE(signature),                                             \
                              .immediate = WASM_IMM_##imm,                                         \
                              .fuel = (cost),                                                      \
                              .pop_count = POPS(signature),                                        \
                              .pops = {POP(signature, 0), POP(signature, 1), POP(signature, 2)},   \
                              .push = LAST(signature)},
    WASM_OP_LIST(X)
#undef X
};

static const struct wasm_op_info infos[WASM_OP_ROWS] = {
#define X(code, name, name_text, sig, imm, cost)                                                   \
    [WASM_OP_ROW_OF(code)] = {                                                                     \
        .text = (name_text), .signature = (sig), .immediate = WASM_IMM_##imm, .fuel = (cost)},
    WASM_OP_LIST(X)
#undef X
};

const struct wasm_op_info *wasm_op_info(uint32_t code)
{
    return &infos[wasm_op_row_of(code)];
}

/* Atomic loads, stores and each read-modify-write come in the same seven widths. */
static uint32_t atomic_access_log2(uint32_t code)
{
    static const uint8_t widths[] = {2, 3, 0, 1, 0, 1, 2};
    if (code >= WASM_OP_I32_ATOMIC_LOAD)
        return widths[(code - WASM_OP_I32_ATOMIC_LOAD) % sizeof widths];
    return code == WASM_OP_MEMORY_ATOMIC_WAIT64 ? 3 : 2;
}

uint32_t wasm_op_access_log2(uint32_t code)
{
    static const uint8_t access_log2[] = {
        2, 3, 2, 3,                /* i32.load i64.load f32.load f64.load */
        0, 0, 1, 1,                /* i32.load8_s .. i32.load16_u */
        0, 0, 1, 1, 2, 2,          /* i64.load8_s .. i64.load32_u */
        2, 3, 2, 3, 0, 1, 0, 1, 2, /* i32.store .. i64.store32 */
    };
    static const uint8_t vector_log2[] = {
        4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4, /* v128.load .. v128.store */
    };
    static const uint8_t lane_log2[] = {
        0, 1, 2, 3, 0, 1, 2, 3, 2, 3, /* v128.load8_lane .. v128.load64_zero */
    };
    if (code >= WASM_OP_V128_LOAD8_LANE && code <= WASM_OP_V128_LOAD64_ZERO)
        return lane_log2[code - WASM_OP_V128_LOAD8_LANE];
    if (code >= WASM_OP_V128_LOAD && code <= WASM_OP_V128_STORE)
        return vector_log2[code - WASM_OP_V128_LOAD];
    if (code >= WASM_PREFIX_FE)
        return atomic_access_log2(code);
    ASSERT(code >= WASM_OP_I32_LOAD && code - WASM_OP_I32_LOAD < ARRAY_LEN(access_log2));
    return access_log2[code - WASM_OP_I32_LOAD];
}

uint32_t wasm_op_lane_count(uint32_t code)
{
    static const uint8_t lanes[] = {
        16, 16, 16, 8, 8, 8, 4,
        4,  2,  2,  4, 4, 2, 2, /* i8x16.extract_lane_s .. f64x2.replace_lane */
    };
    if (code >= WASM_OP_V128_LOAD8_LANE)
        return 16u >> wasm_op_access_log2(code);
    ASSERT(code - WASM_OP_I8X16_EXTRACT_LANE_S < ARRAY_LEN(lanes));
    return lanes[code - WASM_OP_I8X16_EXTRACT_LANE_S];
}

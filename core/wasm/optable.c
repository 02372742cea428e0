/*
 * core/wasm/optable.c: the tables that the list of operators unfolds into.
 *
 * Rows are dense: the one-byte operators first, those of prefix FC behind them. The texts stand in
 * a table of their own, so that a program that never prints an operator does not carry them.
 */
#include "core/wasm/optable.h"

#define ROW_COUNT    (0x100u + WASM_OP_FC_COUNT)
#define ROW_OF(code) ((code) < 0x100u ? (code) : (code) - WASM_PREFIX_FC + 0x100u)

#define TYPE_OF(c)                                                                                 \
    (uint8_t)((c) == 'i'   ? WASM_TYPE_I32                                                         \
              : (c) == 'I' ? WASM_TYPE_I64                                                         \
              : (c) == 'f' ? WASM_TYPE_F32                                                         \
              : (c) == 'F' ? WASM_TYPE_F64                                                         \
                           : WASM_TYPE_BOTTOM)

/* Where the colon of a signature stands: its count of operands (0, 1 or 2). */
#define POPS(s) (uint8_t)((s)[0] == ':' || (s)[0] == '*' ? 0 : (s)[1] == ':' ? 1 : 2)
#define LAST(s) TYPE_OF((s)[sizeof(s) - 2]) /* a colon there is no result: BOTTOM */
#define RULE(s) (uint8_t)((s)[0] == '*' ? WASM_OP_RULE_OWN : WASM_OP_RULE_SIGNATURE)

const struct wasm_op_row wasm_op_rows[ROW_COUNT] = {
#define X(code, name, text, signature, imm, cost)                                                  \
    [ROW_OF(code)] = {.rule = RULE(signature),                                                     \
                      .immediate = WASM_IMM_##imm,                                                 \
                      .fuel = (cost),                                                              \
                      .pop_count = POPS(signature),                                                \
                      .pops = {TYPE_OF((signature)[0]), TYPE_OF((signature)[1])},                  \
                      .push = LAST(signature)},
    WASM_OP_LIST(X)
#undef X
};

static const struct wasm_op_info infos[ROW_COUNT] = {
#define X(code, name, name_text, sig, imm, cost)                                                   \
    [ROW_OF(code)] = {                                                                             \
        .text = (name_text), .signature = (sig), .immediate = WASM_IMM_##imm, .fuel = (cost)},
    WASM_OP_LIST(X)
#undef X
};

const struct wasm_op_info *wasm_op_info(uint32_t code)
{
    static const struct wasm_op_info none;
    bool has_row =
        code < 0x100u || (code >= WASM_PREFIX_FC && code < WASM_PREFIX_FC + WASM_OP_FC_COUNT);
    return has_row ? &infos[ROW_OF(code)] : &none;
}

uint32_t wasm_op_access_log2(uint32_t code)
{
    static const uint8_t access_log2[] = {
        2, 3, 2, 3,                /* i32.load i64.load f32.load f64.load */
        0, 0, 1, 1,                /* i32.load8_s .. i32.load16_u */
        0, 0, 1, 1, 2, 2,          /* i64.load8_s .. i64.load32_u */
        2, 3, 2, 3, 0, 1, 0, 1, 2, /* i32.store .. i64.store32 */
    };
    ASSERT(code >= WASM_OP_I32_LOAD && code - WASM_OP_I32_LOAD < ARRAY_LEN(access_log2));
    return access_log2[code - WASM_OP_I32_LOAD];
}

const char *wasm_op_feature(uint32_t code)
{
    switch (code) {
    case 0x06:
    case 0x07:
    case 0x08:
    case 0x09:
    case 0x0A:
    case 0x18:
    case 0x19:
    case 0x1F:
        return "exception handling instructions are not supported";
    case 0x12:
    case 0x13:
        return "tail calls are not supported";
    case 0x14:
    case 0x15:
    case 0xD4:
    case 0xD5:
    case 0xD6:
        return "typed function reference instructions are not supported";
    case 0xD3:
    case 0xFB:
        return "garbage collection instructions are not supported";
    case 0xFD:
        return "SIMD instructions are not supported";
    case 0xFE:
        return "thread instructions are not supported";
    default:
        return NULL;
    }
}

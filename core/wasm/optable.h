/*
 * core/wasm/optable.h: the one table of operators (WASM 3.0 §5.4, appendix "Index of
 * Instructions").
 *
 * X(code, NAME, text, signature, immediate, fuel)
 *   code       the opcode byte; prefixed operators add WASM_PREFIX_* of sink.h
 *   text       the text format's name
 *   signature  "operands:results" with i i32, I i64, f f32, F f64, V v128, a (as the first operand)
 *              an address of the memory that the access names; "*" = the validator has a rule of
 *              its own for it
 *   immediate  WASM_IMM_*, how the bytes behind the opcode read
 *   fuel       schedule 1's static cost (semantics.md 2); dynamic parts are the handler's
 *
 * An instruction is added here, with a handler in the interpreter's tables; the decoder of bodies,
 * the validator, the translator and the disassembler are all driven by this list.
 */
#ifndef AETHER_WASM_OPTABLE_H
#define AETHER_WASM_OPTABLE_H

#include "core/wasm/optable_gc.h"
#include "core/wasm/optable_simd.h"
#include "core/wasm/sink.h"

enum wasm_immediate {
    WASM_IMM_NONE,
    WASM_IMM_BLOCK,
    WASM_IMM_LABEL,
    WASM_IMM_BR_TABLE,
    WASM_IMM_FUNC,
    WASM_IMM_CALL_INDIRECT,
    WASM_IMM_SELECT_T,
    WASM_IMM_LOCAL,
    WASM_IMM_GLOBAL,
    WASM_IMM_TABLE,
    WASM_IMM_MEMARG,
    WASM_IMM_MEMARG_LANE,
    WASM_IMM_LANE,
    WASM_IMM_SHUFFLE,
    WASM_IMM_V128,
    WASM_IMM_MEMORY,
    WASM_IMM_I32,
    WASM_IMM_I64,
    WASM_IMM_F32,
    WASM_IMM_F64,
    WASM_IMM_REF_NULL,
    WASM_IMM_MEMORY_INIT,
    WASM_IMM_DATA,
    WASM_IMM_MEMORY_COPY,
    WASM_IMM_TABLE_INIT,
    WASM_IMM_ELEM,
    WASM_IMM_TABLE_COPY,
    WASM_IMM_ZERO, /* a reserved byte */
    WASM_IMM_TYPE,
    WASM_IMM_TAG,
    /* Of the older exception handling: refused unless the module may have it. */
    WASM_IMM_LEGACY_NONE,
    WASM_IMM_LEGACY_BLOCK,
    WASM_IMM_LEGACY_TAG,
    WASM_IMM_LEGACY_LABEL,
    WASM_IMM_FIELD,         /* struct type, field */
    WASM_IMM_ARRAY_FIXED,   /* array type, count */
    WASM_IMM_ARRAY_SEGMENT, /* array type, data or element segment */
    WASM_IMM_ARRAY_COPY,    /* array types: to, from */
    WASM_IMM_CAST,          /* heap type: a reference that is not null */
    WASM_IMM_CAST_NULL,     /* heap type: a reference or null */
    WASM_IMM_BR_ON_CAST,    /* flags, label, two heap types */
};

/* clang-format off */
#define WASM_OP_LIST(X) \
    X(0x00, UNREACHABLE, "unreachable", "*", NONE, 0) \
    X(0x01, NOP, "nop", "*", NONE, 0) \
    X(0x02, BLOCK, "block", "*", BLOCK, 0) \
    X(0x03, LOOP, "loop", "*", BLOCK, 0) \
    X(0x04, IF, "if", "*", BLOCK, 1) \
    X(0x05, ELSE, "else", "*", NONE, 0) \
    X(0x06, TRY, "try", "*", LEGACY_BLOCK, 1) \
    X(0x07, CATCH, "catch", "*", LEGACY_TAG, 0) \
    X(0x08, THROW, "throw", "*", TAG, 1) \
    X(0x09, RETHROW, "rethrow", "*", LEGACY_LABEL, 1) \
    X(0x0A, THROW_REF, "throw_ref", "*", NONE, 1) \
    X(0x0B, END, "end", "*", NONE, 0) \
    X(0x0C, BR, "br", "*", LABEL, 1) \
    X(0x0D, BR_IF, "br_if", "*", LABEL, 1) \
    X(0x0E, BR_TABLE, "br_table", "*", BR_TABLE, 1) \
    X(0x0F, RETURN, "return", "*", NONE, 0) \
    X(0x10, CALL, "call", "*", FUNC, 1) \
    X(0x11, CALL_INDIRECT, "call_indirect", "*", CALL_INDIRECT, 1) \
    X(0x12, RETURN_CALL, "return_call", "*", FUNC, 1) \
    X(0x13, RETURN_CALL_INDIRECT, "return_call_indirect", "*", CALL_INDIRECT, 1) \
    X(0x14, CALL_REF, "call_ref", "*", TYPE, 1) \
    X(0x15, RETURN_CALL_REF, "return_call_ref", "*", TYPE, 1) \
    X(0x18, DELEGATE, "delegate", "*", LEGACY_LABEL, 0) \
    X(0x19, CATCH_ALL, "catch_all", "*", LEGACY_NONE, 0) \
    X(0x1A, DROP, "drop", "*", NONE, 0) \
    X(0x1B, SELECT, "select", "*", NONE, 1) \
    X(0x1C, SELECT_T, "select", "*", SELECT_T, 1) \
    X(0x1F, TRY_TABLE, "try_table", "*", BLOCK, 1) \
    X(0x20, LOCAL_GET, "local.get", "*", LOCAL, 1) \
    X(0x21, LOCAL_SET, "local.set", "*", LOCAL, 1) \
    X(0x22, LOCAL_TEE, "local.tee", "*", LOCAL, 1) \
    X(0x23, GLOBAL_GET, "global.get", "*", GLOBAL, 1) \
    X(0x24, GLOBAL_SET, "global.set", "*", GLOBAL, 1) \
    X(0x25, TABLE_GET, "table.get", "*", TABLE, 1) \
    X(0x26, TABLE_SET, "table.set", "*", TABLE, 1) \
    X(0x28, I32_LOAD, "i32.load", "a:i", MEMARG, 1) \
    X(0x29, I64_LOAD, "i64.load", "a:I", MEMARG, 1) \
    X(0x2A, F32_LOAD, "f32.load", "a:f", MEMARG, 1) \
    X(0x2B, F64_LOAD, "f64.load", "a:F", MEMARG, 1) \
    X(0x2C, I32_LOAD8_S, "i32.load8_s", "a:i", MEMARG, 1) \
    X(0x2D, I32_LOAD8_U, "i32.load8_u", "a:i", MEMARG, 1) \
    X(0x2E, I32_LOAD16_S, "i32.load16_s", "a:i", MEMARG, 1) \
    X(0x2F, I32_LOAD16_U, "i32.load16_u", "a:i", MEMARG, 1) \
    X(0x30, I64_LOAD8_S, "i64.load8_s", "a:I", MEMARG, 1) \
    X(0x31, I64_LOAD8_U, "i64.load8_u", "a:I", MEMARG, 1) \
    X(0x32, I64_LOAD16_S, "i64.load16_s", "a:I", MEMARG, 1) \
    X(0x33, I64_LOAD16_U, "i64.load16_u", "a:I", MEMARG, 1) \
    X(0x34, I64_LOAD32_S, "i64.load32_s", "a:I", MEMARG, 1) \
    X(0x35, I64_LOAD32_U, "i64.load32_u", "a:I", MEMARG, 1) \
    X(0x36, I32_STORE, "i32.store", "ai:", MEMARG, 1) \
    X(0x37, I64_STORE, "i64.store", "aI:", MEMARG, 1) \
    X(0x38, F32_STORE, "f32.store", "af:", MEMARG, 1) \
    X(0x39, F64_STORE, "f64.store", "aF:", MEMARG, 1) \
    X(0x3A, I32_STORE8, "i32.store8", "ai:", MEMARG, 1) \
    X(0x3B, I32_STORE16, "i32.store16", "ai:", MEMARG, 1) \
    X(0x3C, I64_STORE8, "i64.store8", "aI:", MEMARG, 1) \
    X(0x3D, I64_STORE16, "i64.store16", "aI:", MEMARG, 1) \
    X(0x3E, I64_STORE32, "i64.store32", "aI:", MEMARG, 1) \
    X(0x3F, MEMORY_SIZE, "memory.size", "*", MEMORY, 1) \
    X(0x40, MEMORY_GROW, "memory.grow", "*", MEMORY, 1) \
    X(0x41, I32_CONST, "i32.const", ":i", I32, 1) \
    X(0x42, I64_CONST, "i64.const", ":I", I64, 1) \
    X(0x43, F32_CONST, "f32.const", ":f", F32, 1) \
    X(0x44, F64_CONST, "f64.const", ":F", F64, 1) \
    X(0x45, I32_EQZ, "i32.eqz", "i:i", NONE, 1) \
    X(0x46, I32_EQ, "i32.eq", "ii:i", NONE, 1) \
    X(0x47, I32_NE, "i32.ne", "ii:i", NONE, 1) \
    X(0x48, I32_LT_S, "i32.lt_s", "ii:i", NONE, 1) \
    X(0x49, I32_LT_U, "i32.lt_u", "ii:i", NONE, 1) \
    X(0x4A, I32_GT_S, "i32.gt_s", "ii:i", NONE, 1) \
    X(0x4B, I32_GT_U, "i32.gt_u", "ii:i", NONE, 1) \
    X(0x4C, I32_LE_S, "i32.le_s", "ii:i", NONE, 1) \
    X(0x4D, I32_LE_U, "i32.le_u", "ii:i", NONE, 1) \
    X(0x4E, I32_GE_S, "i32.ge_s", "ii:i", NONE, 1) \
    X(0x4F, I32_GE_U, "i32.ge_u", "ii:i", NONE, 1) \
    X(0x50, I64_EQZ, "i64.eqz", "I:i", NONE, 1) \
    X(0x51, I64_EQ, "i64.eq", "II:i", NONE, 1) \
    X(0x52, I64_NE, "i64.ne", "II:i", NONE, 1) \
    X(0x53, I64_LT_S, "i64.lt_s", "II:i", NONE, 1) \
    X(0x54, I64_LT_U, "i64.lt_u", "II:i", NONE, 1) \
    X(0x55, I64_GT_S, "i64.gt_s", "II:i", NONE, 1) \
    X(0x56, I64_GT_U, "i64.gt_u", "II:i", NONE, 1) \
    X(0x57, I64_LE_S, "i64.le_s", "II:i", NONE, 1) \
    X(0x58, I64_LE_U, "i64.le_u", "II:i", NONE, 1) \
    X(0x59, I64_GE_S, "i64.ge_s", "II:i", NONE, 1) \
    X(0x5A, I64_GE_U, "i64.ge_u", "II:i", NONE, 1) \
    X(0x5B, F32_EQ, "f32.eq", "ff:i", NONE, 1) \
    X(0x5C, F32_NE, "f32.ne", "ff:i", NONE, 1) \
    X(0x5D, F32_LT, "f32.lt", "ff:i", NONE, 1) \
    X(0x5E, F32_GT, "f32.gt", "ff:i", NONE, 1) \
    X(0x5F, F32_LE, "f32.le", "ff:i", NONE, 1) \
    X(0x60, F32_GE, "f32.ge", "ff:i", NONE, 1) \
    X(0x61, F64_EQ, "f64.eq", "FF:i", NONE, 1) \
    X(0x62, F64_NE, "f64.ne", "FF:i", NONE, 1) \
    X(0x63, F64_LT, "f64.lt", "FF:i", NONE, 1) \
    X(0x64, F64_GT, "f64.gt", "FF:i", NONE, 1) \
    X(0x65, F64_LE, "f64.le", "FF:i", NONE, 1) \
    X(0x66, F64_GE, "f64.ge", "FF:i", NONE, 1) \
    X(0x67, I32_CLZ, "i32.clz", "i:i", NONE, 1) \
    X(0x68, I32_CTZ, "i32.ctz", "i:i", NONE, 1) \
    X(0x69, I32_POPCNT, "i32.popcnt", "i:i", NONE, 1) \
    X(0x6A, I32_ADD, "i32.add", "ii:i", NONE, 1) \
    X(0x6B, I32_SUB, "i32.sub", "ii:i", NONE, 1) \
    X(0x6C, I32_MUL, "i32.mul", "ii:i", NONE, 1) \
    X(0x6D, I32_DIV_S, "i32.div_s", "ii:i", NONE, 1) \
    X(0x6E, I32_DIV_U, "i32.div_u", "ii:i", NONE, 1) \
    X(0x6F, I32_REM_S, "i32.rem_s", "ii:i", NONE, 1) \
    X(0x70, I32_REM_U, "i32.rem_u", "ii:i", NONE, 1) \
    X(0x71, I32_AND, "i32.and", "ii:i", NONE, 1) \
    X(0x72, I32_OR, "i32.or", "ii:i", NONE, 1) \
    X(0x73, I32_XOR, "i32.xor", "ii:i", NONE, 1) \
    X(0x74, I32_SHL, "i32.shl", "ii:i", NONE, 1) \
    X(0x75, I32_SHR_S, "i32.shr_s", "ii:i", NONE, 1) \
    X(0x76, I32_SHR_U, "i32.shr_u", "ii:i", NONE, 1) \
    X(0x77, I32_ROTL, "i32.rotl", "ii:i", NONE, 1) \
    X(0x78, I32_ROTR, "i32.rotr", "ii:i", NONE, 1) \
    X(0x79, I64_CLZ, "i64.clz", "I:I", NONE, 1) \
    X(0x7A, I64_CTZ, "i64.ctz", "I:I", NONE, 1) \
    X(0x7B, I64_POPCNT, "i64.popcnt", "I:I", NONE, 1) \
    X(0x7C, I64_ADD, "i64.add", "II:I", NONE, 1) \
    X(0x7D, I64_SUB, "i64.sub", "II:I", NONE, 1) \
    X(0x7E, I64_MUL, "i64.mul", "II:I", NONE, 1) \
    X(0x7F, I64_DIV_S, "i64.div_s", "II:I", NONE, 1) \
    X(0x80, I64_DIV_U, "i64.div_u", "II:I", NONE, 1) \
    X(0x81, I64_REM_S, "i64.rem_s", "II:I", NONE, 1) \
    X(0x82, I64_REM_U, "i64.rem_u", "II:I", NONE, 1) \
    X(0x83, I64_AND, "i64.and", "II:I", NONE, 1) \
    X(0x84, I64_OR, "i64.or", "II:I", NONE, 1) \
    X(0x85, I64_XOR, "i64.xor", "II:I", NONE, 1) \
    X(0x86, I64_SHL, "i64.shl", "II:I", NONE, 1) \
    X(0x87, I64_SHR_S, "i64.shr_s", "II:I", NONE, 1) \
    X(0x88, I64_SHR_U, "i64.shr_u", "II:I", NONE, 1) \
    X(0x89, I64_ROTL, "i64.rotl", "II:I", NONE, 1) \
    X(0x8A, I64_ROTR, "i64.rotr", "II:I", NONE, 1) \
    X(0x8B, F32_ABS, "f32.abs", "f:f", NONE, 1) \
    X(0x8C, F32_NEG, "f32.neg", "f:f", NONE, 1) \
    X(0x8D, F32_CEIL, "f32.ceil", "f:f", NONE, 1) \
    X(0x8E, F32_FLOOR, "f32.floor", "f:f", NONE, 1) \
    X(0x8F, F32_TRUNC, "f32.trunc", "f:f", NONE, 1) \
    X(0x90, F32_NEAREST, "f32.nearest", "f:f", NONE, 1) \
    X(0x91, F32_SQRT, "f32.sqrt", "f:f", NONE, 1) \
    X(0x92, F32_ADD, "f32.add", "ff:f", NONE, 1) \
    X(0x93, F32_SUB, "f32.sub", "ff:f", NONE, 1) \
    X(0x94, F32_MUL, "f32.mul", "ff:f", NONE, 1) \
    X(0x95, F32_DIV, "f32.div", "ff:f", NONE, 1) \
    X(0x96, F32_MIN, "f32.min", "ff:f", NONE, 1) \
    X(0x97, F32_MAX, "f32.max", "ff:f", NONE, 1) \
    X(0x98, F32_COPYSIGN, "f32.copysign", "ff:f", NONE, 1) \
    X(0x99, F64_ABS, "f64.abs", "F:F", NONE, 1) \
    X(0x9A, F64_NEG, "f64.neg", "F:F", NONE, 1) \
    X(0x9B, F64_CEIL, "f64.ceil", "F:F", NONE, 1) \
    X(0x9C, F64_FLOOR, "f64.floor", "F:F", NONE, 1) \
    X(0x9D, F64_TRUNC, "f64.trunc", "F:F", NONE, 1) \
    X(0x9E, F64_NEAREST, "f64.nearest", "F:F", NONE, 1) \
    X(0x9F, F64_SQRT, "f64.sqrt", "F:F", NONE, 1) \
    X(0xA0, F64_ADD, "f64.add", "FF:F", NONE, 1) \
    X(0xA1, F64_SUB, "f64.sub", "FF:F", NONE, 1) \
    X(0xA2, F64_MUL, "f64.mul", "FF:F", NONE, 1) \
    X(0xA3, F64_DIV, "f64.div", "FF:F", NONE, 1) \
    X(0xA4, F64_MIN, "f64.min", "FF:F", NONE, 1) \
    X(0xA5, F64_MAX, "f64.max", "FF:F", NONE, 1) \
    X(0xA6, F64_COPYSIGN, "f64.copysign", "FF:F", NONE, 1) \
    X(0xA7, I32_WRAP_I64, "i32.wrap_i64", "I:i", NONE, 1) \
    X(0xA8, I32_TRUNC_F32_S, "i32.trunc_f32_s", "f:i", NONE, 1) \
    X(0xA9, I32_TRUNC_F32_U, "i32.trunc_f32_u", "f:i", NONE, 1) \
    X(0xAA, I32_TRUNC_F64_S, "i32.trunc_f64_s", "F:i", NONE, 1) \
    X(0xAB, I32_TRUNC_F64_U, "i32.trunc_f64_u", "F:i", NONE, 1) \
    X(0xAC, I64_EXTEND_I32_S, "i64.extend_i32_s", "i:I", NONE, 1) \
    X(0xAD, I64_EXTEND_I32_U, "i64.extend_i32_u", "i:I", NONE, 1) \
    X(0xAE, I64_TRUNC_F32_S, "i64.trunc_f32_s", "f:I", NONE, 1) \
    X(0xAF, I64_TRUNC_F32_U, "i64.trunc_f32_u", "f:I", NONE, 1) \
    X(0xB0, I64_TRUNC_F64_S, "i64.trunc_f64_s", "F:I", NONE, 1) \
    X(0xB1, I64_TRUNC_F64_U, "i64.trunc_f64_u", "F:I", NONE, 1) \
    X(0xB2, F32_CONVERT_I32_S, "f32.convert_i32_s", "i:f", NONE, 1) \
    X(0xB3, F32_CONVERT_I32_U, "f32.convert_i32_u", "i:f", NONE, 1) \
    X(0xB4, F32_CONVERT_I64_S, "f32.convert_i64_s", "I:f", NONE, 1) \
    X(0xB5, F32_CONVERT_I64_U, "f32.convert_i64_u", "I:f", NONE, 1) \
    X(0xB6, F32_DEMOTE_F64, "f32.demote_f64", "F:f", NONE, 1) \
    X(0xB7, F64_CONVERT_I32_S, "f64.convert_i32_s", "i:F", NONE, 1) \
    X(0xB8, F64_CONVERT_I32_U, "f64.convert_i32_u", "i:F", NONE, 1) \
    X(0xB9, F64_CONVERT_I64_S, "f64.convert_i64_s", "I:F", NONE, 1) \
    X(0xBA, F64_CONVERT_I64_U, "f64.convert_i64_u", "I:F", NONE, 1) \
    X(0xBB, F64_PROMOTE_F32, "f64.promote_f32", "f:F", NONE, 1) \
    X(0xBC, I32_REINTERPRET_F32, "i32.reinterpret_f32", "f:i", NONE, 1) \
    X(0xBD, I64_REINTERPRET_F64, "i64.reinterpret_f64", "F:I", NONE, 1) \
    X(0xBE, F32_REINTERPRET_I32, "f32.reinterpret_i32", "i:f", NONE, 1) \
    X(0xBF, F64_REINTERPRET_I64, "f64.reinterpret_i64", "I:F", NONE, 1) \
    X(0xC0, I32_EXTEND8_S, "i32.extend8_s", "i:i", NONE, 1) \
    X(0xC1, I32_EXTEND16_S, "i32.extend16_s", "i:i", NONE, 1) \
    X(0xC2, I64_EXTEND8_S, "i64.extend8_s", "I:I", NONE, 1) \
    X(0xC3, I64_EXTEND16_S, "i64.extend16_s", "I:I", NONE, 1) \
    X(0xC4, I64_EXTEND32_S, "i64.extend32_s", "I:I", NONE, 1) \
    X(0xD0, REF_NULL, "ref.null", "*", REF_NULL, 1) \
    X(0xD1, REF_IS_NULL, "ref.is_null", "*", NONE, 1) \
    X(0xD2, REF_FUNC, "ref.func", "*", FUNC, 1) \
    X(WASM_PREFIX_FC + 0, I32_TRUNC_SAT_F32_S, "i32.trunc_sat_f32_s", "f:i", NONE, 1) \
    X(WASM_PREFIX_FC + 1, I32_TRUNC_SAT_F32_U, "i32.trunc_sat_f32_u", "f:i", NONE, 1) \
    X(WASM_PREFIX_FC + 2, I32_TRUNC_SAT_F64_S, "i32.trunc_sat_f64_s", "F:i", NONE, 1) \
    X(WASM_PREFIX_FC + 3, I32_TRUNC_SAT_F64_U, "i32.trunc_sat_f64_u", "F:i", NONE, 1) \
    X(WASM_PREFIX_FC + 4, I64_TRUNC_SAT_F32_S, "i64.trunc_sat_f32_s", "f:I", NONE, 1) \
    X(WASM_PREFIX_FC + 5, I64_TRUNC_SAT_F32_U, "i64.trunc_sat_f32_u", "f:I", NONE, 1) \
    X(WASM_PREFIX_FC + 6, I64_TRUNC_SAT_F64_S, "i64.trunc_sat_f64_s", "F:I", NONE, 1) \
    X(WASM_PREFIX_FC + 7, I64_TRUNC_SAT_F64_U, "i64.trunc_sat_f64_u", "F:I", NONE, 1) \
    X(WASM_PREFIX_FC + 8, MEMORY_INIT, "memory.init", "*", MEMORY_INIT, 1) \
    X(WASM_PREFIX_FC + 9, DATA_DROP, "data.drop", "*", DATA, 1) \
    X(WASM_PREFIX_FC + 10, MEMORY_COPY, "memory.copy", "*", MEMORY_COPY, 1) \
    X(WASM_PREFIX_FC + 11, MEMORY_FILL, "memory.fill", "*", MEMORY, 1) \
    X(WASM_PREFIX_FC + 12, TABLE_INIT, "table.init", "*", TABLE_INIT, 1) \
    X(WASM_PREFIX_FC + 13, ELEM_DROP, "elem.drop", "*", ELEM, 1) \
    X(WASM_PREFIX_FC + 14, TABLE_COPY, "table.copy", "*", TABLE_COPY, 1) \
    X(WASM_PREFIX_FC + 15, TABLE_GROW, "table.grow", "*", TABLE, 1) \
    X(WASM_PREFIX_FC + 16, TABLE_SIZE, "table.size", "*", TABLE, 1) \
    X(WASM_PREFIX_FC + 17, TABLE_FILL, "table.fill", "*", TABLE, 1) \
    WASM_OP_LIST_SIMD(X) \
    WASM_OP_LIST_FE(X)

/* Atomics: threads. */
#define WASM_OP_LIST_FE(X) \
    X(WASM_PREFIX_FE + 0x00, MEMORY_ATOMIC_NOTIFY, "memory.atomic.notify", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x01, MEMORY_ATOMIC_WAIT32, "memory.atomic.wait32", "aiI:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x02, MEMORY_ATOMIC_WAIT64, "memory.atomic.wait64", "aII:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x03, ATOMIC_FENCE, "atomic.fence", ":", ZERO, 1) \
    X(WASM_PREFIX_FE + 0x10, I32_ATOMIC_LOAD, "i32.atomic.load", "a:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x11, I64_ATOMIC_LOAD, "i64.atomic.load", "a:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x12, I32_ATOMIC_LOAD8_U, "i32.atomic.load8_u", "a:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x13, I32_ATOMIC_LOAD16_U, "i32.atomic.load16_u", "a:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x14, I64_ATOMIC_LOAD8_U, "i64.atomic.load8_u", "a:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x15, I64_ATOMIC_LOAD16_U, "i64.atomic.load16_u", "a:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x16, I64_ATOMIC_LOAD32_U, "i64.atomic.load32_u", "a:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x17, I32_ATOMIC_STORE, "i32.atomic.store", "ai:", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x18, I64_ATOMIC_STORE, "i64.atomic.store", "aI:", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x19, I32_ATOMIC_STORE8, "i32.atomic.store8", "ai:", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x1A, I32_ATOMIC_STORE16, "i32.atomic.store16", "ai:", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x1B, I64_ATOMIC_STORE8, "i64.atomic.store8", "aI:", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x1C, I64_ATOMIC_STORE16, "i64.atomic.store16", "aI:", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x1D, I64_ATOMIC_STORE32, "i64.atomic.store32", "aI:", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x1E, I32_ATOMIC_RMW_ADD, "i32.atomic.rmw.add", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x1F, I64_ATOMIC_RMW_ADD, "i64.atomic.rmw.add", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x20, I32_ATOMIC_RMW8_ADD_U, "i32.atomic.rmw8.add_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x21, I32_ATOMIC_RMW16_ADD_U, "i32.atomic.rmw16.add_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x22, I64_ATOMIC_RMW8_ADD_U, "i64.atomic.rmw8.add_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x23, I64_ATOMIC_RMW16_ADD_U, "i64.atomic.rmw16.add_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x24, I64_ATOMIC_RMW32_ADD_U, "i64.atomic.rmw32.add_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x25, I32_ATOMIC_RMW_SUB, "i32.atomic.rmw.sub", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x26, I64_ATOMIC_RMW_SUB, "i64.atomic.rmw.sub", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x27, I32_ATOMIC_RMW8_SUB_U, "i32.atomic.rmw8.sub_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x28, I32_ATOMIC_RMW16_SUB_U, "i32.atomic.rmw16.sub_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x29, I64_ATOMIC_RMW8_SUB_U, "i64.atomic.rmw8.sub_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x2A, I64_ATOMIC_RMW16_SUB_U, "i64.atomic.rmw16.sub_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x2B, I64_ATOMIC_RMW32_SUB_U, "i64.atomic.rmw32.sub_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x2C, I32_ATOMIC_RMW_AND, "i32.atomic.rmw.and", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x2D, I64_ATOMIC_RMW_AND, "i64.atomic.rmw.and", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x2E, I32_ATOMIC_RMW8_AND_U, "i32.atomic.rmw8.and_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x2F, I32_ATOMIC_RMW16_AND_U, "i32.atomic.rmw16.and_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x30, I64_ATOMIC_RMW8_AND_U, "i64.atomic.rmw8.and_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x31, I64_ATOMIC_RMW16_AND_U, "i64.atomic.rmw16.and_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x32, I64_ATOMIC_RMW32_AND_U, "i64.atomic.rmw32.and_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x33, I32_ATOMIC_RMW_OR, "i32.atomic.rmw.or", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x34, I64_ATOMIC_RMW_OR, "i64.atomic.rmw.or", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x35, I32_ATOMIC_RMW8_OR_U, "i32.atomic.rmw8.or_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x36, I32_ATOMIC_RMW16_OR_U, "i32.atomic.rmw16.or_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x37, I64_ATOMIC_RMW8_OR_U, "i64.atomic.rmw8.or_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x38, I64_ATOMIC_RMW16_OR_U, "i64.atomic.rmw16.or_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x39, I64_ATOMIC_RMW32_OR_U, "i64.atomic.rmw32.or_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x3A, I32_ATOMIC_RMW_XOR, "i32.atomic.rmw.xor", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x3B, I64_ATOMIC_RMW_XOR, "i64.atomic.rmw.xor", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x3C, I32_ATOMIC_RMW8_XOR_U, "i32.atomic.rmw8.xor_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x3D, I32_ATOMIC_RMW16_XOR_U, "i32.atomic.rmw16.xor_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x3E, I64_ATOMIC_RMW8_XOR_U, "i64.atomic.rmw8.xor_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x3F, I64_ATOMIC_RMW16_XOR_U, "i64.atomic.rmw16.xor_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x40, I64_ATOMIC_RMW32_XOR_U, "i64.atomic.rmw32.xor_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x41, I32_ATOMIC_RMW_XCHG, "i32.atomic.rmw.xchg", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x42, I64_ATOMIC_RMW_XCHG, "i64.atomic.rmw.xchg", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x43, I32_ATOMIC_RMW8_XCHG_U, "i32.atomic.rmw8.xchg_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x44, I32_ATOMIC_RMW16_XCHG_U, "i32.atomic.rmw16.xchg_u", "ai:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x45, I64_ATOMIC_RMW8_XCHG_U, "i64.atomic.rmw8.xchg_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x46, I64_ATOMIC_RMW16_XCHG_U, "i64.atomic.rmw16.xchg_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x47, I64_ATOMIC_RMW32_XCHG_U, "i64.atomic.rmw32.xchg_u", "aI:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x48, I32_ATOMIC_RMW_CMPXCHG, "i32.atomic.rmw.cmpxchg", "aii:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x49, I64_ATOMIC_RMW_CMPXCHG, "i64.atomic.rmw.cmpxchg", "aII:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x4A, I32_ATOMIC_RMW8_CMPXCHG_U, "i32.atomic.rmw8.cmpxchg_u", "aii:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x4B, I32_ATOMIC_RMW16_CMPXCHG_U, "i32.atomic.rmw16.cmpxchg_u", "aii:i", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x4C, I64_ATOMIC_RMW8_CMPXCHG_U, "i64.atomic.rmw8.cmpxchg_u", "aII:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x4D, I64_ATOMIC_RMW16_CMPXCHG_U, "i64.atomic.rmw16.cmpxchg_u", "aII:I", MEMARG, 1) \
    X(WASM_PREFIX_FE + 0x4E, I64_ATOMIC_RMW32_CMPXCHG_U, "i64.atomic.rmw32.cmpxchg_u", "aII:I", MEMARG, 1) \
    WASM_OP_LIST_GC(X)
/* clang-format on */

enum wasm_op_code {
#define X(code, name, text, signature, immediate, fuel) WASM_OP_##name = code,
    WASM_OP_LIST(X)
#undef X
};

struct wasm_op_info {
    const char *text; /* NULL: no such operator */
    const char *signature;
    uint8_t immediate; /* enum wasm_immediate */
    uint8_t fuel;
};

/* The row of `code` (< WASM_OP_CODE_END); its text is NULL where there is no operator. */
const struct wasm_op_info *wasm_op_info(uint32_t code);

enum wasm_op_rule {
    WASM_OP_RULE_NONE, /* no such operator */
    WASM_OP_RULE_SIGNATURE,
    WASM_OP_RULE_ACCESS, /* a signature whose first operand is an address */
    WASM_OP_RULE_OWN,
};

/* The same row as the validator wants it: eight bytes, the signature taken apart. */
struct wasm_op_row {
    uint8_t rule;      /* enum wasm_op_rule */
    uint8_t immediate; /* enum wasm_immediate */
    uint8_t fuel;
    uint8_t pop_count;
    uint8_t pops[3]; /* value types, the first operand first */
    uint8_t push;    /* value type; WASM_TYPE_BOTTOM: none */
};

/* Rows are dense: the one-byte operators by their byte, then each prefix's. */
#define WASM_OP_FC_COUNT 0x12u
#define WASM_OP_FB_COUNT 0x1Fu
#define WASM_OP_FD_COUNT 0x114u
#define WASM_OP_FE_COUNT 0x4Fu
#define WASM_OP_FC_ROWS  0x100u
#define WASM_OP_FB_ROWS  (WASM_OP_FC_ROWS + WASM_OP_FC_COUNT)
#define WASM_OP_FD_ROWS  (WASM_OP_FB_ROWS + WASM_OP_FB_COUNT)
#define WASM_OP_FE_ROWS  (WASM_OP_FD_ROWS + WASM_OP_FD_COUNT)
#define WASM_OP_ROW_NONE (WASM_OP_FE_ROWS + WASM_OP_FE_COUNT) /* of codes that have no place */
#define WASM_OP_ROWS     (WASM_OP_ROW_NONE + 1u)
extern const struct wasm_op_row wasm_op_rows[WASM_OP_ROWS];

/* A prefix's codes from `first`, its rows from `rows`. */
#define WASM_OP_ROW_IN(code, first, rows, count)                                                   \
    ((code) - (first) < (count) ? (code) - (first) + (rows) : WASM_OP_ROW_NONE)

/* The row of any code; a constant of a constant. */
#define WASM_OP_ROW_OF(code)                                                                       \
    ((code) < 0x100u ? (code)                                                                      \
     : (code) < WASM_PREFIX_FC                                                                     \
         ? WASM_OP_ROW_IN(code, WASM_PREFIX_FB, WASM_OP_FB_ROWS, WASM_OP_FB_COUNT)                 \
     : (code) < WASM_PREFIX_FD                                                                     \
         ? WASM_OP_ROW_IN(code, WASM_PREFIX_FC, WASM_OP_FC_ROWS, WASM_OP_FC_COUNT)                 \
     : (code) < WASM_PREFIX_FE                                                                     \
         ? WASM_OP_ROW_IN(code, WASM_PREFIX_FD, WASM_OP_FD_ROWS, WASM_OP_FD_COUNT)                 \
         : WASM_OP_ROW_IN(code, WASM_PREFIX_FE, WASM_OP_FE_ROWS, WASM_OP_FE_COUNT))

ALWAYS_INLINE uint32_t wasm_op_row_of(uint32_t code)
{
    return WASM_OP_ROW_OF(code);
}

/* The code of operator `number` of a prefix byte (FB to FE); WASM_OP_CODE_END: it has no row. */
ALWAYS_INLINE uint32_t wasm_op_prefixed_code(uint32_t prefix, uint32_t number)
{
    static const struct {
        uint16_t first, count;
    } prefixes[] = {{WASM_PREFIX_FB, WASM_OP_FB_COUNT},
                    {WASM_PREFIX_FC, WASM_OP_FC_COUNT},
                    {WASM_PREFIX_FD, WASM_OP_FD_COUNT},
                    {WASM_PREFIX_FE, WASM_OP_FE_COUNT}};
    ASSERT(prefix - 0xFB < ARRAY_LEN(prefixes));
    return number < prefixes[prefix - 0xFB].count ? prefixes[prefix - 0xFB].first + number
                                                  : WASM_OP_CODE_END;
}

/* log2 of the bytes that a load or store (its immediate is MEMARG or MEMARG_LANE) touches. */
uint32_t wasm_op_access_log2(uint32_t code);

/* How many lanes the lane immediate of an operator chooses from. */
uint32_t wasm_op_lane_count(uint32_t code);

#endif

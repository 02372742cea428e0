/*
 * core/wasm/type.c: names of types, for reports and tools.
 */
#include "core/wasm/type.h"

const char *wasm_type_name(uint32_t type)
{
    switch (type) {
    case WASM_TYPE_BOTTOM:
        return "bottom";
    case WASM_TYPE_I32:
        return "i32";
    case WASM_TYPE_I64:
        return "i64";
    case WASM_TYPE_F32:
        return "f32";
    case WASM_TYPE_F64:
        return "f64";
    case WASM_TYPE_V128:
        return "v128";
    case WASM_TYPE_FUNCREF:
        return "funcref";
    case WASM_TYPE_EXTERNREF:
        return "externref";
    default:
        return "ref";
    }
}

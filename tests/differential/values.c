/*
 * tests/differential/values.c: arguments and hashes that both sides share (differential.h).
 */
#include "tests/differential/differential.h"

char diff_hierarchy(const struct wasm_module *module, uint32_t type)
{
    uint32_t heap = type & WASM_TYPE_HEAP_MASK;
    if ((heap & WASM_HEAP_ABSTRACT) != WASM_HEAP_ABSTRACT)
        return module->types[heap].kind == WASM_KIND_FUNC ? 'f' : 'a';
    switch (heap & 0xFF) {
    case 0x70:
    case 0x73:
        return 'f';
    case 0x6F:
    case 0x72:
        return 'e';
    case 0x69:
    case 0x74:
        return 'x';
    default:
        return 'a';
    }
}

static bool reference(uint32_t type, uint32_t index, struct diff_value *out)
{
    uint32_t heap = type & WASM_TYPE_HEAP_MASK;
    bool may_be_i31 = heap == (WASM_HEAP_ABSTRACT | 0x6Eu) ||
                      heap == (WASM_HEAP_ABSTRACT | 0x6Du) || heap == (WASM_HEAP_ABSTRACT | 0x6Cu);
    bool may_be_null = (type & WASM_TYPE_NULL_BIT) != 0;
    if (may_be_i31 && (!may_be_null || index % 2 == 0)) {
        *out = (struct diff_value){'3', 0x7FFFFFF0u + 3u * index, 0};
        out->low &= 0x7FFFFFFFu;
        return true;
    }
    *out = (struct diff_value){'0', 0, 0};
    return may_be_null;
}

bool diff_argument(uint32_t type, uint32_t index, struct diff_value *out)
{
    switch (type) {
    case WASM_TYPE_I32:
        *out = (struct diff_value){'i', 7 + 3 * (uint64_t)index, 0};
        return true;
    case WASM_TYPE_I64:
        *out = (struct diff_value){'I', 0x100000007u * ((uint64_t)index + 1), 0};
        return true;
    case WASM_TYPE_F32:
        *out = (struct diff_value){'f', 0x3FC00000u + ((uint64_t)index << 16), 0};
        return true;
    case WASM_TYPE_F64:
        *out = (struct diff_value){'F', 0x4004000000000000u + ((uint64_t)index << 40), 0};
        return true;
    case WASM_TYPE_V128:
        *out = (struct diff_value){'v', 0x8040201008040201u * ((uint64_t)index + 3),
                                   0xFF7F00807FC00000u ^ ((uint64_t)index << 52)};
        return true;
    default:
        return reference(type, index, out);
    }
}

uint64_t diff_mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value ^ (hash >> 29)) * 0x9E3779B97F4A7C15u + 0x632BE59BD9B4E019u;
}

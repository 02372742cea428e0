/*
 * core/wasm/type.c: sizes of lists of types; names, for reports and tools.
 */
#include "core/wasm/type.h"

uint32_t wasm_types_slots(const uint32_t *types, uint32_t count)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < count; i++)
        slots += wasm_type_slots(types[i]);
    return slots;
}

/* Of an abstract heap type; NULL for others. */
static const char *heap_name(uint32_t heap)
{
    static const char *const names[] = {"exn",    "array", "struct", "i31",      "eq",     "any",
                                        "extern", "func",  "none",   "noextern", "nofunc", "noexn"};
    if (heap == WASM_HEAP_BOTTOM)
        return "bottom";
    return heap >= WASM_HEAP_EXN && heap - WASM_HEAP_EXN < ARRAY_LEN(names)
               ? names[heap - WASM_HEAP_EXN]
               : NULL;
}

/* The short name of a nullable reference to an abstract heap type; NULL for others. */
static const char *short_name(uint32_t type)
{
    static const char *const names[] = {"exnref",  "arrayref",      "structref",   "i31ref",
                                        "eqref",   "anyref",        "externref",   "funcref",
                                        "nullref", "nullexternref", "nullfuncref", "nullexnref"};
    uint32_t which = type - WASM_TYPE_EXNREF;
    return which < ARRAY_LEN(names) ? names[which] : NULL;
}

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
    case WASM_TYPE_I8:
        return "i8";
    case WASM_TYPE_I16:
        return "i16";
    default:
        return short_name(type) != NULL ? short_name(type) : "ref";
    }
}

static size_t append(char *text, size_t len, const char *more)
{
    while (*more != '\0')
        text[len++] = *more++;
    return len;
}

static size_t append_number(char *text, size_t len, uint32_t number)
{
    uint32_t unit = 1;
    while (number / unit >= 10)
        unit *= 10;
    for (; unit != 0; unit /= 10)
        text[len++] = (char)('0' + number / unit % 10);
    return len;
}

struct bytes wasm_type_write(uint32_t type, char out_text[static WASM_TYPE_TEXT_MAX])
{
    if (!wasm_type_is_ref(type) || short_name(type) != NULL) {
        const char *name = wasm_type_name(type);
        return bytes_of(name, strlen(name));
    }
    size_t len = append(out_text, 0, wasm_type_is_nullable(type) ? "(ref null " : "(ref ");
    uint32_t heap = wasm_type_heap(type);
    const char *abstract = heap_name(heap);
    len = abstract != NULL ? append(out_text, len, abstract) : append_number(out_text, len, heap);
    len = append(out_text, len, ")");
    return bytes_of(out_text, len);
}

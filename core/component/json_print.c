/*
 * core/component/json_print.c: a value of a type as JSON, in one line without spaces.
 */
#include "core/base/float_text.h"
#include "core/base/utf8.h"
#include "core/component/json.h"
#include "core/component/value_build.h"

static void print(struct value_text *out, const struct component_value *value,
                  const struct component_type *type);

static void print_float(struct value_text *out, const struct component_value *value)
{
    char text[FLOAT_TEXT_MAX];
    enum float_width width = value->kind == COMPONENT_F32 ? FLOAT_F32 : FLOAT_F64;
    uint64_t bits = width == FLOAT_F32 ? value->f32 : value->f64;
    if (!float_is_finite(bits, width)) {
        VALUE_PUT(out, "null");
        return;
    }
    value_put(out, bytes_of(text, float_text_print(bits, width, text)));
}

/* Runs of bytes that need no escape go out as they are. */
static void print_string(struct value_text *out, struct bytes text)
{
    static const char hex[] = "0123456789abcdef";
    size_t start = 0;
    value_put_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F)
            continue;
        value_put(out, bytes_of(text.data + start, i - start));
        start = i + 1;
        value_put_char(out, '\\');
        if (c == '"' || c == '\\') {
            value_put_char(out, (char)c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            value_put_char(out, "tn__r"[c - '\t']); /* \t is 9, \n 10, \r 13 */
        } else {
            VALUE_PUT(out, "u00");
            value_put_char(out, hex[c >> 4]);
            value_put_char(out, hex[c & 15]);
        }
    }
    if (start < text.len) /* an empty string may have no address */
        value_put(out, bytes_of(text.data + start, text.len - start));
    value_put_char(out, '"');
}

static void print_char(struct value_text *out, uint32_t code)
{
    uint8_t utf8[4];
    print_string(out, bytes_of(utf8, utf8_put(utf8, code)));
}

static void print_list(struct value_text *out, const struct component_items *list,
                       const struct component_type *element)
{
    bool is_packed = component_type_is_packed(element);
    value_put_char(out, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        if (i != 0)
            value_put_char(out, ',');
        struct component_value item =
            is_packed ? value_of_packed(list, element->kind, i) : list->items[i];
        print(out, &item, element);
    }
    value_put_char(out, ']');
}

static void print_fields(struct value_text *out, const struct component_items *items,
                         const struct component_type *type)
{
    bool is_record = type->kind == COMPONENT_RECORD;
    value_put_char(out, is_record ? '{' : '[');
    for (uint32_t i = 0; i < items->count; i++) {
        if (i != 0)
            value_put_char(out, ',');
        if (is_record) {
            print_string(out, type->fields[i].name);
            value_put_char(out, ':');
        }
        print(out, &items->items[i], type->fields[i].type);
    }
    value_put_char(out, is_record ? '}' : ']');
}

static void print_flags(struct value_text *out, uint32_t flags, const struct component_type *type)
{
    bool is_first = true;
    value_put_char(out, '[');
    for (uint32_t i = 0; i < type->count; i++) {
        if ((flags >> i & 1) == 0)
            continue;
        if (!is_first)
            value_put_char(out, ',');
        is_first = false;
        print_string(out, type->fields[i].name);
    }
    value_put_char(out, ']');
}

static void print_case(struct value_text *out, const struct component_case *variant,
                       const struct component_type *type)
{
    const struct component_type *payload = component_case_type(type, variant->index);
    value_put_char(out, '{');
    print_string(out, value_case_name(type, variant->index));
    value_put_char(out, ':');
    if (payload == NULL)
        VALUE_PUT(out, "null");
    else
        print(out, variant->payload, payload);
    value_put_char(out, '}');
}

static void print_option(struct value_text *out, const struct component_case *option,
                         const struct component_type *type)
{
    bool is_nested = type->element->kind == COMPONENT_OPTION;
    if (option->index == 0) {
        VALUE_PUT(out, "null");
        return;
    }
    if (is_nested)
        value_put_char(out, '[');
    print(out, option->payload, type->element);
    if (is_nested)
        value_put_char(out, ']');
}

static void print(struct value_text *out, const struct component_value *value,
                  const struct component_type *type)
{
    switch (type->kind) {
    case COMPONENT_BOOL:
        value_put(out, value->boolean ? BYTES_LITERAL("true") : BYTES_LITERAL("false"));
        break;
    case COMPONENT_F32:
    case COMPONENT_F64:
        print_float(out, value);
        break;
    case COMPONENT_CHAR:
        print_char(out, (uint32_t)value->u);
        break;
    case COMPONENT_STRING:
        print_string(out, bytes_of(value->string.data, value->string.len));
        break;
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
        print_list(out, &value->items, type->element);
        break;
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        print_fields(out, &value->items, type);
        break;
    case COMPONENT_FLAGS:
        print_flags(out, value->flags, type);
        break;
    case COMPONENT_ENUM:
        print_string(out, type->fields[value->variant.index].name);
        break;
    case COMPONENT_VARIANT:
    case COMPONENT_RESULT:
        print_case(out, &value->variant, type);
        break;
    case COMPONENT_OPTION:
        print_option(out, &value->variant, type);
        break;
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        value_put_unsigned(out, value->handle.rep);
        break;
    default:
        value_put_integer(out, value);
    }
}

/* The word that a printed value is tagged with. */
static struct bytes tag_of(const struct component_value *value, const struct component_type *type)
{
    switch (type->kind) {
    case COMPONENT_S8:
    case COMPONENT_S16:
        return BYTES_LITERAL("s32");
    case COMPONENT_U8:
    case COMPONENT_U16:
        return BYTES_LITERAL("u32");
    case COMPONENT_CHAR:
        return BYTES_LITERAL("string");
    case COMPONENT_MAP:
        return BYTES_LITERAL("list");
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
        return type->element->kind == COMPONENT_U8 || value->items.count == 0
                   ? BYTES_LITERAL("bytes")
                   : BYTES_LITERAL("list");
    default:
        return type->kind <= COMPONENT_STRING ? component_kind_name(type->kind)
                                              : BYTES_LITERAL("record");
    }
}

static void print_form(struct value_text *out, const struct component_value *value,
                       const struct component_type *type, enum component_json_form form)
{
    if (form == COMPONENT_JSON_TAGGED) {
        VALUE_PUT(out, "{\"type\":\"");
        value_put(out, tag_of(value, type));
        VALUE_PUT(out, "\",\"value\":");
    }
    print(out, value, type);
    if (form == COMPONENT_JSON_TAGGED)
        value_put_char(out, '}');
}

enum status component_json_print(const struct component_value *value,
                                 const struct component_type *type, enum component_json_form form,
                                 struct arena *arena, struct bytes *out_text)
{
    struct value_text out = {NULL, 0};
    print_form(&out, value, type, form);
    uint8_t *data = arena_alloc(arena, out.len, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    out = (struct value_text){data, 0};
    print_form(&out, value, type, form);
    *out_text = bytes_of(out.data, out.len);
    return STATUS_OK;
}

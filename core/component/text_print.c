/*
 * core/component/text_print.c: a value of a type as WAVE, in one line.
 */
#include "core/base/float_text.h"
#include "core/base/utf8.h"
#include "core/component/text.h"
#include "core/component/wave_reader.h"

static void print(struct value_text *out, const struct component_value *value,
                  const struct component_type *type);

static void print_label(struct value_text *out, struct bytes label)
{
    if (wave_is_keyword(label))
        value_put_char(out, '%');
    value_put(out, label);
}

static void print_float(struct value_text *out, const struct component_value *value)
{
    char text[FLOAT_TEXT_MAX];
    size_t len = value->kind == COMPONENT_F32 ? float_text_print(value->f32, FLOAT_F32, text)
                                              : float_text_print(value->f64, FLOAT_F64, text);
    value_put(out, bytes_of(text, len));
}

/* What ends a line for some reader, or turns the direction of what is written behind it. */
static bool is_hidden(uint32_t code)
{
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/* Controls and what is hidden are escaped; the rest is as it is. */
static void print_character(struct value_text *out, uint32_t code, char quote)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t utf8[4];
    const char *letter = code == '\n' ? "n" : code == '\r' ? "r" : code == '\t' ? "t" : NULL;
    if (letter != NULL || code == (uint8_t)quote || code == '\\') {
        utf8[0] = (uint8_t)code;
        value_put_char(out, '\\');
        value_put(out, bytes_of(letter != NULL ? (const void *)letter : utf8, 1));
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || is_hidden(code)) {
        VALUE_PUT(out, "\\u{");
        for (uint32_t shift = code > 0xFF ? 12 : 4; shift != 0; shift -= 4)
            value_put_char(out, hex[code >> shift & 15]);
        value_put_char(out, hex[code & 15]);
        value_put_char(out, '}');
    } else {
        value_put(out, bytes_of(utf8, utf8_put(utf8, code)));
    }
}

static void print_string(struct value_text *out, const struct component_string *string)
{
    struct bytes rest = bytes_of(string->data, string->len);
    value_put_char(out, '"');
    while (rest.len != 0) {
        uint32_t code;
        utf8_next(&rest, &code);
        print_character(out, code, '"');
    }
    value_put_char(out, '"');
}

static void print_list(struct value_text *out, const struct component_items *list,
                       const struct component_type *element)
{
    bool is_packed = component_type_is_packed(element);
    value_put_char(out, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        if (i != 0)
            VALUE_PUT(out, ", ");
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
    value_put_char(out, is_record ? '{' : '(');
    for (uint32_t i = 0; i < items->count; i++) {
        if (i != 0)
            VALUE_PUT(out, ", ");
        if (is_record) {
            print_label(out, type->fields[i].name);
            VALUE_PUT(out, ": ");
        }
        print(out, &items->items[i], type->fields[i].type);
    }
    value_put_char(out, is_record ? '}' : ')');
}

static void print_flags(struct value_text *out, uint32_t flags, const struct component_type *type)
{
    bool is_first = true;
    value_put_char(out, '{');
    for (uint32_t i = 0; i < type->count; i++) {
        if ((flags >> i & 1) == 0)
            continue;
        if (!is_first)
            VALUE_PUT(out, ", ");
        is_first = false;
        print_label(out, type->fields[i].name);
    }
    value_put_char(out, '}');
}

static void print_case(struct value_text *out, const struct component_case *variant,
                       const struct component_type *type)
{
    const struct component_type *payload = component_case_type(type, variant->index);
    struct bytes name = value_case_name(type, variant->index);
    if (type->kind == COMPONENT_OPTION || type->kind == COMPONENT_RESULT)
        value_put(out, name);
    else
        print_label(out, name);
    if (payload == NULL)
        return;
    value_put_char(out, '(');
    print(out, variant->payload, payload);
    value_put_char(out, ')');
}

static void print_handle(struct value_text *out, const struct component_handle *handle)
{
    VALUE_PUT(out, "<handle ");
    value_put_unsigned(out, handle->rep);
    value_put_char(out, '>');
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
        value_put_char(out, '\'');
        print_character(out, (uint32_t)value->u, '\'');
        value_put_char(out, '\'');
        break;
    case COMPONENT_STRING:
        print_string(out, &value->string);
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
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        print_case(out, &value->variant, type);
        break;
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        print_handle(out, &value->handle);
        break;
    default:
        value_put_integer(out, value);
    }
}

enum status component_text_print(const struct component_value *value,
                                 const struct component_type *type, struct arena *arena,
                                 struct bytes *out_text)
{
    struct value_text out = {NULL, 0};
    print(&out, value, type);
    uint8_t *data = arena_alloc(arena, out.len, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    out = (struct value_text){data, 0};
    print(&out, value, type);
    *out_text = bytes_of(out.data, out.len);
    return STATUS_OK;
}

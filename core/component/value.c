/*
 * core/component/value.c: does a value have the form of a type? Asked of what hosts make, before it
 * is lowered: the ABI takes its values at their word.
 */
#include "core/component/value.h"

#include "core/base/utf8.h"
#include "core/component/abi.h"
#include "core/component/graph.h"

static const struct bytes no_name = {NULL, 0};

static enum status check(const struct component_value *value, const struct component_type *type,
                         struct report *report);

static enum status refuse(struct report *report, const char *sentence, struct bytes name)
{
    return report_fail_name(report, STATUS_INVALID, REPORT_NO_OFFSET, sentence, name);
}

bool component_type_is_packed(const struct component_type *element)
{
    return (element->kind >= COMPONENT_S8 && element->kind <= COMPONENT_F64);
}

uint32_t component_packed_size(enum component_kind kind)
{
    return component_type_primitive(kind)->size;
}

uint32_t component_case_count(const struct component_type *type)
{
    return type->kind == COMPONENT_OPTION || type->kind == COMPONENT_RESULT ? 2 : type->count;
}

const struct component_type *component_case_type(const struct component_type *type, uint32_t index)
{
    switch (type->kind) {
    case COMPONENT_OPTION:
        return index == 1 ? type->element : NULL;
    case COMPONENT_RESULT:
        return index == 0 ? type->element : type->error;
    case COMPONENT_VARIANT:
        return type->fields[index].type;
    default:
        return NULL;
    }
}

/* As many units as the source is said to have had, and in Latin-1 nothing that it lacks. */
static bool units_are_right(const struct component_string *string)
{
    bool is_wide = string->source == COMPONENT_UTF16 || string->is_utf16;
    struct bytes text = bytes_of(string->data, string->len);
    uint64_t units = 0;
    uint32_t code;
    if (string->source == COMPONENT_UTF8)
        return string->units == string->len;
    while (text.len != 0) {
        utf8_next(&text, &code);
        if (!is_wide && code > 0xFF)
            return false;
        units += code >= 0x10000 ? 2 : 1;
    }
    return units == string->units && units * (is_wide ? 2 : 1) <= COMPONENT_MAX_BYTES;
}

static enum status check_string(const struct component_string *string, struct report *report)
{
    if (string->len > COMPONENT_MAX_BYTES && string->source == COMPONENT_UTF8)
        return refuse(report, "string of more than 2^28 bytes", no_name);
    if (!utf8_is_valid(bytes_of(string->data, string->len)))
        return refuse(report, "string is not UTF-8", no_name);
    if (!units_are_right(string))
        return refuse(report, "string's count of units is wrong", no_name);
    return STATUS_OK;
}

static enum status check_list(const struct component_items *list, const struct component_type *type,
                              struct report *report)
{
    bool is_packed = component_type_is_packed(type->element);
    if (list->count > COMPONENT_MAX_BYTES)
        return refuse(report, "list of more than 2^28 bytes", no_name);
    if (type->kind == COMPONENT_FIXED_LIST && list->count != type->length)
        return report_fail_u64(report, STATUS_INVALID, REPORT_NO_OFFSET,
                               "list of a wrong length where % items belong", type->length);
    if (list->count != 0 && (is_packed ? list->packed == NULL : list->items == NULL))
        return refuse(report, "list of % is not given as it must be",
                      component_kind_name(type->element->kind));
    for (uint32_t i = 0; i < list->count && !is_packed; i++) {
        enum status status = check(&list->items[i], type->element, report);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status check_fields(const struct component_items *record,
                                const struct component_type *type, struct report *report)
{
    if (record->count != type->count)
        return refuse(report, "% with a wrong number of fields", component_kind_name(type->kind));
    for (uint32_t i = 0; i < type->count; i++) {
        enum status status = check(&record->items[i], type->fields[i].type, report);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status check_case(const struct component_case *variant,
                              const struct component_type *type, struct report *report)
{
    uint32_t count = component_case_count(type);
    if (variant->index >= count)
        return refuse(report, "% without such a case", component_kind_name(type->kind));
    const struct component_type *payload = component_case_type(type, variant->index);
    if ((payload != NULL) != (variant->payload != NULL))
        return refuse(report, "case of a % whose payload is missing or too much",
                      component_kind_name(type->kind));
    return payload == NULL ? STATUS_OK : check(variant->payload, payload, report);
}

static bool number_fits(const struct component_value *value)
{
    switch (value->kind) {
    case COMPONENT_S8:
        return value->s >= INT8_MIN && value->s <= INT8_MAX;
    case COMPONENT_S16:
        return value->s >= INT16_MIN && value->s <= INT16_MAX;
    case COMPONENT_S32:
        return value->s >= INT32_MIN && value->s <= INT32_MAX;
    case COMPONENT_U8:
        return value->u <= UINT8_MAX;
    case COMPONENT_U16:
        return value->u <= UINT16_MAX;
    case COMPONENT_U32:
        return value->u <= UINT32_MAX;
    case COMPONENT_CHAR:
        return value->u < 0xD800 || (value->u > 0xDFFF && value->u < 0x110000);
    default:
        return true;
    }
}

static enum status check(const struct component_value *value, const struct component_type *type,
                         struct report *report)
{
    if (value->kind != type->kind)
        return report_fail_names(report, STATUS_INVALID, REPORT_NO_OFFSET, "% where a % belongs",
                                 component_kind_name(value->kind), component_kind_name(type->kind));
    switch (type->kind) {
    case COMPONENT_STRING:
        return check_string(&value->string, report);
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
        return check_list(&value->items, type, report);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return check_fields(&value->items, type, report);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return check_case(&value->variant, type, report);
    case COMPONENT_FLAGS:
        return type->count >= 32 || value->flags >> type->count == 0
                   ? STATUS_OK
                   : refuse(report, "flags without a label", no_name);
    case COMPONENT_STREAM:
    case COMPONENT_FUTURE:
    case COMPONENT_ERROR_CONTEXT:
        return refuse(report, "value of type %, which has none", component_kind_name(type->kind));
    default:
        return number_fits(value)
                   ? STATUS_OK
                   : refuse(report, "number that is no %", component_kind_name(type->kind));
    }
}

enum status component_value_check(const struct component_value *value,
                                  const struct component_type *type, struct report *report)
{
    return check(value, type, report);
}

/*
 * core/component/decode_value_type.c: value types and function types (Binary.md "Type
 * Definitions").
 *
 * A value type is a primitive or the index of a type that stands before it, so reading one never
 * recurses. Types of gated features are read to their end, checked as far as they can be, and then
 * UNSUPPORTED by name.
 */
#include "core/component/decode.h"

#define FORM_ERROR_CONTEXT 0x64u

/* False: `byte` is no primitive. */
static bool primitive_kind(uint8_t byte, enum component_kind *out_kind)
{
    static const enum component_kind kinds[] = {
        COMPONENT_STRING, COMPONENT_CHAR, COMPONENT_F64,  COMPONENT_F32, COMPONENT_U64,
        COMPONENT_S64,    COMPONENT_U32,  COMPONENT_S32,  COMPONENT_U16, COMPONENT_S16,
        COMPONENT_U8,     COMPONENT_S8,   COMPONENT_BOOL,
    };
    if (byte < 0x73 || byte > 0x7F)
        return false;
    *out_kind = kinds[byte - 0x73];
    return true;
}

static enum status make_error_context(struct component_decoder *decoder, uint64_t offset,
                                      const struct component_type **out_type)
{
    static const struct component_type shape = {.kind = COMPONENT_ERROR_CONTEXT};
    return decoder->features.links_async
               ? component_types_intern(&decoder->types, &shape, out_type)
               : component_refuse_feature(decoder, offset, "unsupported: error-context type");
}

enum status component_read_value_type(struct component_decoder *decoder,
                                      const struct component_scope *scope,
                                      struct wasm_cursor *cursor,
                                      const struct component_type **out_type)
{
    enum component_kind kind;
    if (cursor->at < cursor->end && primitive_kind(*cursor->at, &kind)) {
        cursor->at++;
        *out_type = component_type_primitive(kind);
        return STATUS_OK;
    }
    uint64_t offset = wasm_cursor_offset(cursor);
    if (cursor->at < cursor->end && *cursor->at == FORM_ERROR_CONTEXT) {
        cursor->at++;
        return make_error_context(decoder, offset, out_type);
    }
    struct wasm_cursor ahead = *cursor;
    int64_t index;
    enum status status = wasm_read_s33(&ahead, &index);
    if (status != STATUS_OK)
        return status;
    if (index < 0)
        return wasm_cursor_fail(cursor, STATUS_MALFORMED,
                                "invalid leading byte for a value type: a negative index");
    struct component_any_type any;
    *cursor = ahead;
    struct component_definition found;
    status =
        component_scope_get(decoder, scope, COMPONENT_SORT_TYPE, (uint32_t)index, offset, &found);
    if (status != STATUS_OK)
        return status;
    any = found.type;
    if (any.kind != COMPONENT_ANY_VALUE)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset,
                               "type index % is not a defined type", (uint64_t)index);
    *out_type = any.value;
    return STATUS_OK;
}

/* 0x00, or 0x01 and a type; *out_type NULL: none. */
static enum status read_optional_type(struct component_decoder *decoder,
                                      const struct component_scope *scope,
                                      struct wasm_cursor *cursor,
                                      const struct component_type **out_type)
{
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    if (form > 0x01)
        return component_refuse_byte(cursor, form, "invalid leading byte % for optional type");
    *out_type = NULL;
    return form == 0x01 ? component_read_value_type(decoder, scope, cursor, out_type) : STATUS_OK;
}

/* What a list of fields is made of. */
enum field_form {
    FIELD_LABEL,      /* label */
    FIELD_TYPE,       /* type */
    FIELD_LABEL_TYPE, /* label, type */
    FIELD_CASE,       /* label, optional type, 0x00 */
};

static enum status read_field(struct component_decoder *decoder,
                              const struct component_scope *scope, struct wasm_cursor *cursor,
                              enum field_form form, struct component_field *field)
{
    enum status status = STATUS_OK;
    if (form != FIELD_TYPE)
        status = wasm_read_name(cursor, &field->name);
    if (status != STATUS_OK)
        return status;
    switch (form) {
    case FIELD_LABEL:
        return STATUS_OK;
    case FIELD_TYPE:
    case FIELD_LABEL_TYPE:
        return component_read_value_type(decoder, scope, cursor, &field->type);
    case FIELD_CASE:
        break;
    }
    status = read_optional_type(decoder, scope, cursor, &field->type);
    if (status != STATUS_OK)
        return status;
    return component_read_exact(cursor, 0x00, "invalid leading byte % for zero byte required");
}

/* A vector of fields, in the scratch arena. */
static enum status read_fields(struct component_decoder *decoder,
                               const struct component_scope *scope, struct wasm_cursor *cursor,
                               enum field_form form, uint32_t limit, const char *limit_sentence,
                               struct component_field **out_fields, uint32_t *out_count)
{
    uint32_t count;
    void *room = NULL;
    enum status status = wasm_read_count(cursor, 1, limit, limit_sentence, &count);
    if (status == STATUS_OK)
        status = component_decoder_scratch(decoder, count, sizeof(struct component_field), &room);
    struct component_field *fields = room;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_field(decoder, scope, cursor, form, &fields[i]);
    if (status != STATUS_OK)
        return status;
    *out_fields = fields;
    *out_count = count;
    return STATUS_OK;
}

static enum status read_aggregate(struct component_decoder *decoder,
                                  const struct component_scope *scope, struct wasm_cursor *cursor,
                                  enum component_kind kind, enum field_form form,
                                  const struct component_type **out_type)
{
    struct component_type shape = {.kind = kind};
    struct component_field *fields = NULL;
    size_t mark = arena_mark(decoder->scratch);
    enum status status = read_fields(decoder, scope, cursor, form, COMPONENT_LIMIT_FIELDS,
                                     "a type has more than % fields", &fields, &shape.count);
    shape.fields = fields;
    if (status == STATUS_OK)
        status = component_types_intern(&decoder->types, &shape, out_type);
    if (decoder->scratch != decoder->arena)
        arena_rewind(decoder->scratch, mark);
    return status;
}

static enum status read_wrapper(struct component_decoder *decoder,
                                const struct component_scope *scope, struct wasm_cursor *cursor,
                                enum component_kind kind, const struct component_type **out_type)
{
    struct component_type shape = {.kind = kind};
    enum status status = kind == COMPONENT_RESULT
                             ? read_optional_type(decoder, scope, cursor, &shape.element)
                             : component_read_value_type(decoder, scope, cursor, &shape.element);
    if (status == STATUS_OK && kind == COMPONENT_RESULT)
        status = read_optional_type(decoder, scope, cursor, &shape.error);
    return status == STATUS_OK ? component_types_intern(&decoder->types, &shape, out_type) : status;
}

static enum status read_handle(struct component_decoder *decoder,
                               const struct component_scope *scope, struct wasm_cursor *cursor,
                               enum component_kind kind, const struct component_type **out_type)
{
    struct component_any_type resource;
    enum status status =
        component_scope_read_type(decoder, scope, cursor, COMPONENT_ANY_RESOURCE, &resource);
    if (status != STATUS_OK)
        return status;
    const struct component_type shape = {.kind = kind, .resource = resource.resource};
    return component_types_intern(&decoder->types, &shape, out_type);
}

/* stream and future */
static enum status read_async(struct component_decoder *decoder,
                              const struct component_scope *scope, struct wasm_cursor *cursor,
                              bool is_stream, const struct component_type **out_type)
{
    uint64_t offset = wasm_cursor_offset(cursor) - 1;
    const struct component_type *element = NULL;
    enum status status = read_optional_type(decoder, scope, cursor, &element);
    if (status != STATUS_OK)
        return status;
    if (element != NULL && element->has_borrow)
        return report_fail(decoder->report, STATUS_INVALID, offset,
                           "a stream or future cannot contain a `borrow` type");
    if (is_stream && element != NULL && element->kind == COMPONENT_CHAR)
        return report_fail(decoder->report, STATUS_INVALID, offset,
                           "`stream<char>` is not valid at this time");
    if (!decoder->features.links_async)
        return component_refuse_feature(
            decoder, offset, is_stream ? "unsupported: stream type" : "unsupported: future type");
    const struct component_type shape = {.kind = is_stream ? COMPONENT_STREAM : COMPONENT_FUTURE,
                                         .element = element};
    return component_types_intern(&decoder->types, &shape, out_type);
}

static enum status read_fixed_list(struct component_decoder *decoder,
                                   const struct component_scope *scope, struct wasm_cursor *cursor,
                                   const struct component_type **out_type)
{
    struct component_type shape = {.kind = COMPONENT_FIXED_LIST};
    enum status status = component_read_value_type(decoder, scope, cursor, &shape.element);
    if (status == STATUS_OK)
        status = wasm_read_u32(cursor, &shape.length);
    return status == STATUS_OK ? component_types_intern(&decoder->types, &shape, out_type) : status;
}

static enum status read_map(struct component_decoder *decoder, const struct component_scope *scope,
                            struct wasm_cursor *cursor, const struct component_type **out_type)
{
    const struct component_type *key = NULL, *value = NULL;
    enum status status = component_read_value_type(decoder, scope, cursor, &key);
    if (status == STATUS_OK)
        status = component_read_value_type(decoder, scope, cursor, &value);
    return status == STATUS_OK ? component_types_map(&decoder->types, key, value, out_type)
                               : status;
}

enum status component_read_defined_type(struct component_decoder *decoder,
                                        const struct component_scope *scope,
                                        struct wasm_cursor *cursor, uint8_t opcode,
                                        const struct component_type **out_type)
{
    enum component_kind kind;
    if (primitive_kind(opcode, &kind)) {
        *out_type = component_type_primitive(kind);
        return STATUS_OK;
    }
    switch (opcode) {
    case 0x72:
        return read_aggregate(decoder, scope, cursor, COMPONENT_RECORD, FIELD_LABEL_TYPE, out_type);
    case 0x71:
        return read_aggregate(decoder, scope, cursor, COMPONENT_VARIANT, FIELD_CASE, out_type);
    case 0x70:
        return read_wrapper(decoder, scope, cursor, COMPONENT_LIST, out_type);
    case 0x6F:
        return read_aggregate(decoder, scope, cursor, COMPONENT_TUPLE, FIELD_TYPE, out_type);
    case 0x6E:
        return read_aggregate(decoder, scope, cursor, COMPONENT_FLAGS, FIELD_LABEL, out_type);
    case 0x6D:
        return read_aggregate(decoder, scope, cursor, COMPONENT_ENUM, FIELD_LABEL, out_type);
    case 0x6B:
        return read_wrapper(decoder, scope, cursor, COMPONENT_OPTION, out_type);
    case 0x6A:
        return read_wrapper(decoder, scope, cursor, COMPONENT_RESULT, out_type);
    case 0x69:
        return read_handle(decoder, scope, cursor, COMPONENT_OWN, out_type);
    case 0x68:
        return read_handle(decoder, scope, cursor, COMPONENT_BORROW, out_type);
    case 0x67:
        return read_fixed_list(decoder, scope, cursor, out_type);
    case 0x66:
    case 0x65:
        return read_async(decoder, scope, cursor, opcode == 0x66, out_type);
    case FORM_ERROR_CONTEXT:
        return make_error_context(decoder, wasm_cursor_offset(cursor) - 1, out_type);
    case 0x63:
        return read_map(decoder, scope, cursor, out_type);
    default:
        return component_refuse_byte(cursor, opcode,
                                     "invalid leading byte % for component defined type");
    }
}

enum status component_read_result(struct component_decoder *decoder,
                                  const struct component_scope *scope, struct wasm_cursor *cursor,
                                  const struct component_type **out_type)
{
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    *out_type = NULL;
    switch (form) {
    case 0x00:
        return component_read_value_type(decoder, scope, cursor, out_type);
    case 0x01:
        return component_read_exact(cursor, 0x00, "invalid leading byte % for number of results");
    default:
        return component_refuse_byte(cursor, form,
                                     "invalid leading byte % for component function results");
    }
}

enum status component_read_func_type(struct component_decoder *decoder,
                                     const struct component_scope *scope,
                                     struct wasm_cursor *cursor, bool is_async,
                                     const struct component_func_type **out_type)
{
    struct component_field *params = NULL;
    uint32_t count = 0;
    const struct component_type *result = NULL;
    size_t mark = arena_mark(decoder->scratch);
    enum status status =
        read_fields(decoder, scope, cursor, FIELD_LABEL_TYPE, COMPONENT_LIMIT_PARAMS,
                    "a function type has more than % params", &params, &count);
    if (status == STATUS_OK)
        status = component_read_result(decoder, scope, cursor, &result);
    if (status == STATUS_OK)
        status = (is_async ? component_types_async_func : component_types_func)(
            &decoder->types, params, count, result, out_type);
    if (decoder->scratch != decoder->arena)
        arena_rewind(decoder->scratch, mark);
    return status;
}

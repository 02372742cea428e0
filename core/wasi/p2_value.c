/*
 * core/wasi/p2_value.c: values that host functions of WASI 0.2 answer with, in the call's arena.
 */
#include "core/base/utf8.h"
#include "core/wasi/p2_internal.h"

#define NS_PER_SECOND 1000000000u

struct component_value *p2_values(struct component_call *call, uint32_t count)
{
    return arena_alloc(call->arena, count != 0 ? count : 1, sizeof(struct component_value));
}

struct component_value p2_bool(bool value)
{
    return (struct component_value){.kind = COMPONENT_BOOL, .boolean = value};
}

struct component_value p2_u32(uint32_t value)
{
    return (struct component_value){.kind = COMPONENT_U32, .u = value};
}

struct component_value p2_u64(uint64_t value)
{
    return (struct component_value){.kind = COMPONENT_U64, .u = value};
}

struct component_value p2_enum(uint32_t index)
{
    return (struct component_value){.kind = COMPONENT_ENUM, .variant = {.index = index}};
}

struct component_value p2_flags(uint32_t flags)
{
    return (struct component_value){.kind = COMPONENT_FLAGS, .flags = flags};
}

struct component_value p2_none(void)
{
    return (struct component_value){.kind = COMPONENT_OPTION, .variant = {.index = 0}};
}

struct component_value p2_bytes(struct bytes data)
{
    ASSERT(data.len <= UINT32_MAX);
    return (struct component_value){.kind = COMPONENT_LIST,
                                    .items = {.count = (uint32_t)data.len, .packed = data.data}};
}

struct component_value p2_string(struct bytes text)
{
    ASSERT(text.len <= UINT32_MAX);
    return (struct component_value){
        .kind = COMPONENT_STRING,
        .string = {.data = text.data, .len = (uint32_t)text.len, .units = (uint32_t)text.len}};
}

struct component_value p2_items(enum component_kind kind, const struct component_value *items,
                                uint32_t count)
{
    return (struct component_value){.kind = kind, .items = {.count = count, .items = items}};
}

enum status p2_case(struct component_call *call, enum component_kind kind, uint32_t index,
                    struct component_value payload, struct component_value *out)
{
    struct component_value *copy = p2_values(call, 1);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    *copy = payload;
    *out = (struct component_value){.kind = kind, .variant = {.index = index, .payload = copy}};
    return STATUS_OK;
}

enum status p2_ok(struct component_call *call, struct component_value payload,
                  struct component_value *out)
{
    return p2_case(call, COMPONENT_RESULT, 0, payload, out);
}

enum status p2_some(struct component_call *call, struct component_value payload,
                    struct component_value *out)
{
    return p2_case(call, COMPONENT_OPTION, 1, payload, out);
}

struct component_value p2_ok_bare(void)
{
    return (struct component_value){.kind = COMPONENT_RESULT, .variant = {.index = 0}};
}

struct component_value p2_error_bare(void)
{
    return (struct component_value){.kind = COMPONENT_RESULT, .variant = {.index = 1}};
}

enum status p2_error_case(struct component_call *call, enum component_kind kind, uint32_t index,
                          struct component_value *out)
{
    struct component_value payload = {.kind = kind, .variant = {.index = index}};
    return p2_case(call, COMPONENT_RESULT, 1, payload, out);
}

/* The gate's errors are the error codes of wasi:filesystem in their order, and two more. */
uint32_t p2_file_code(enum gate_error error)
{
    if (error == GATE_ERROR_CLOSED)
        return GATE_ERROR_PIPE;
    if (error == GATE_ERROR_TOO_MANY_HANDLES)
        return GATE_ERROR_QUOTA;
    ASSERT(error <= GATE_ERROR_CROSS_DEVICE);
    return error;
}

enum status p2_error_code(struct component_call *call, enum gate_error error,
                          struct component_value *out)
{
    return p2_error_case(call, COMPONENT_ENUM, p2_file_code(error), out);
}

enum status p2_done(struct component_call *call, enum gate_error error, struct component_value *out)
{
    if (error != WASI_OK)
        return p2_error_code(call, error, out);
    *out = p2_ok_bare();
    return STATUS_OK;
}

enum status p2_datetime(struct component_call *call, uint64_t ns, struct component_value *out)
{
    struct component_value *fields = p2_values(call, 2);
    if (fields == NULL)
        return STATUS_NO_MEMORY;
    fields[0] = p2_u64(ns / NS_PER_SECOND);
    fields[1] = p2_u32((uint32_t)(ns % NS_PER_SECOND));
    *out = p2_items(COMPONENT_RECORD, fields, 2);
    return STATUS_OK;
}

enum status p2_gate_trap(struct component_call *call, enum gate_error error)
{
    report_write_names(call->report, REPORT_NO_OFFSET, "the gate answered %",
                       bytes_of(wasi_error_name(error), strlen(wasi_error_name(error))),
                       bytes_of("", 0));
    return component_call_trap(call, REFUSAL_NOT_GRANTED, "the gate refused");
}

struct bytes p2_text(const struct component_value *string)
{
    return bytes_of(string->string.data, string->string.len);
}

void p2_make_utf8(uint8_t *text, size_t len)
{
    if (utf8_is_valid(bytes_of(text, len)))
        return;
    for (size_t i = 0; i < len; i++) {
        if (text[i] >= 0x80)
            text[i] = '?';
    }
}

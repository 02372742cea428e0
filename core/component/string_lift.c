/*
 * core/component/string_lift.c: strings out of guest memory, from three encodings into UTF-8.
 *
 * Every byte is read twice at most: once to measure and check, once to write.
 */
#include "core/base/utf8.h"
#include "core/component/abi_memory.h"

/* One character of well-formed UTF-16; *at is behind it. False: half a surrogate pair. */
static bool next_utf16(const uint8_t *data, uint32_t units, uint32_t *at, uint32_t *out_code)
{
    uint32_t unit = load_le16(data + (size_t)*at * 2);
    *at += 1;
    *out_code = unit;
    if (unit < 0xD800 || unit > 0xDFFF)
        return true;
    if (unit > 0xDBFF || *at == units)
        return false;
    uint32_t low = load_le16(data + (size_t)*at * 2);
    if (low < 0xDC00 || low > 0xDFFF)
        return false;
    *at += 1;
    *out_code = 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF));
    return true;
}

static enum status keep(struct component_abi *abi, uint64_t len, uint8_t **out_data,
                        struct component_string *string)
{
    uint8_t *data = arena_alloc(abi->arena, (size_t)len, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    string->data = *out_data = data;
    string->len = (uint32_t)len;
    return STATUS_OK;
}

static enum status from_utf8(struct component_abi *abi, const uint8_t *source,
                             struct component_string *string)
{
    uint8_t *data;
    if (!utf8_is_valid(bytes_of(source, string->units)))
        return component_abi_trap(abi, "invalid utf-8");
    enum status status = keep(abi, string->units, &data, string);
    if (status == STATUS_OK)
        memcpy(data, source, string->units);
    return status;
}

static enum status from_utf16(struct component_abi *abi, const uint8_t *source,
                              struct component_string *string)
{
    uint64_t len = 0;
    uint32_t code;
    uint8_t *data;
    for (uint32_t at = 0; at < string->units; len += utf8_size(code))
        if (!next_utf16(source, string->units, &at, &code))
            return component_abi_trap(abi, "unpaired surrogate in utf-16");
    enum status status = keep(abi, len, &data, string);
    if (status != STATUS_OK)
        return status;
    for (uint32_t at = 0; at < string->units; data += utf8_put(data, code))
        (void)next_utf16(source, string->units, &at, &code); /* checked above */
    return STATUS_OK;
}

static enum status from_latin1(struct component_abi *abi, const uint8_t *source,
                               struct component_string *string)
{
    uint64_t len = string->units;
    uint8_t *data;
    for (uint32_t i = 0; i < string->units; i++)
        len += source[i] >> 7;
    enum status status = keep(abi, len, &data, string);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < string->units; i++)
        data += utf8_put(data, source[i]);
    return STATUS_OK;
}

enum status abi_load_string(struct component_abi *abi, uint32_t address, uint32_t tagged,
                            struct component_string *out_string)
{
    bool has_tag = abi->encoding == COMPONENT_LATIN1_UTF16;
    bool is_utf16 = has_tag && (tagged & ABI_UTF16_TAG) != 0;
    bool is_wide = is_utf16 || abi->encoding == COMPONENT_UTF16;
    struct component_string string = {.units = is_utf16 ? tagged ^ ABI_UTF16_TAG : tagged,
                                      .source = abi->encoding,
                                      .is_utf16 = is_utf16};
    uint64_t len = (uint64_t)string.units * (is_wide ? 2 : 1);
    struct abi_view view = abi_view(abi);
    if (len > COMPONENT_MAX_BYTES)
        return component_abi_trap(abi, "string pointer/length out of bounds of memory");
    if (abi->encoding != COMPONENT_UTF8 && (address & 1) != 0)
        return component_abi_trap(abi, "unaligned pointer");
    if (!abi_range_fits(view, address, len))
        return component_abi_trap(abi, "string pointer/length out of bounds of memory");
    enum status status = STATUS_OK;
    if (len != 0 && is_wide)
        status = from_utf16(abi, view.base + address, &string);
    else if (len != 0)
        status = has_tag ? from_latin1(abi, view.base + address, &string)
                         : from_utf8(abi, view.base + address, &string);
    if (status == STATUS_OK)
        *out_string = string;
    return status;
}

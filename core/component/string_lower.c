/*
 * core/component/string_lower.c: strings into guest memory, with the very calls of realloc that
 * CanonicalABI.md has (store_string_into_range): what a guest sees of its allocator is part of the
 * ABI. So a string that may turn out longer asks twice, and one that turned out shorter shrinks.
 *
 * Strings come as UTF-8; the code units that the source had decide what is asked for.
 */
#include "core/base/utf8.h"
#include "core/component/abi_memory.h"

enum simple_encoding { SIMPLE_UTF8, SIMPLE_UTF16, SIMPLE_LATIN1 };

static const struct abi_room no_room = {0, 0};

static enum simple_encoding simple_encoding(const struct component_string *string)
{
    if (string->source == COMPONENT_LATIN1_UTF16)
        return string->is_utf16 ? SIMPLE_UTF16 : SIMPLE_LATIN1;
    return string->source == COMPONENT_UTF8 ? SIMPLE_UTF8 : SIMPLE_UTF16;
}

static void put_le16(uint8_t *at, uint32_t unit)
{
    at[0] = (uint8_t)unit;
    at[1] = (uint8_t)(unit >> 8);
}

/* How many units `text` has in UTF-16; the caller compares with the room before it writes. */
static uint64_t utf16_units(struct bytes text)
{
    uint64_t units = 0;
    uint32_t code;
    while (text.len != 0) {
        utf8_next(&text, &code);
        units += code >= 0x10000 ? 2 : 1;
    }
    return units;
}

static void write_utf16(uint8_t *at, struct bytes text)
{
    uint32_t code;
    while (text.len != 0) {
        utf8_next(&text, &code);
        if (code >= 0x10000) {
            put_le16(at, 0xD800 + ((code - 0x10000) >> 10));
            at += 2;
            code = 0xDC00 + ((code - 0x10000) & 0x3FF);
        }
        put_le16(at, code);
        at += 2;
    }
}

/* Writes what of the text is below U+0100, at most `max` bytes; how many that were. `*text` is
 * what is left. */
static uint32_t write_latin1(uint8_t *at, uint32_t max, struct bytes *text)
{
    uint32_t count = 0, code;
    while (text->len != 0) {
        struct bytes rest = *text;
        utf8_next(&rest, &code);
        if (code > 0xFF)
            break;
        ASSERT(count < max);
        at[count++] = (uint8_t)code;
        *text = rest;
    }
    return count;
}

static enum status shrink(struct component_abi *abi, uint32_t alignment, uint64_t len,
                          struct abi_room *room)
{
    return len < room->len ? abi_realloc(abi, *room, alignment, len, room) : STATUS_OK;
}

/* store_string_copy, of one byte a unit: UTF-8, or Latin-1 (whose alignment is 2). */
static enum status copy_bytes(struct component_abi *abi, const struct component_string *string,
                              bool is_latin1, uint32_t *out_address, uint32_t *out_tagged)
{
    struct abi_room room;
    struct bytes text = bytes_of(string->data, string->len);
    enum status status = abi_realloc(abi, no_room, is_latin1 ? 2 : 1, string->units, &room);
    if (status != STATUS_OK)
        return status;
    if (text.len != 0 && is_latin1)
        (void)write_latin1(abi_at(abi, room.address), room.len, &text); /* all of it */
    else if (text.len != 0)
        memcpy(abi_at(abi, room.address), text.data, text.len);
    *out_address = room.address;
    *out_tagged = string->units;
    return STATUS_OK;
}

/* store_string_copy of two bytes a unit; of Latin-1 as well, which has as many units. */
static enum status copy_utf16(struct component_abi *abi, const struct component_string *string,
                              uint32_t *out_address, uint32_t *out_tagged)
{
    struct abi_room room;
    struct bytes text = bytes_of(string->data, string->len);
    enum status status = abi_realloc(abi, no_room, 2, (uint64_t)string->units * 2, &room);
    if (status != STATUS_OK)
        return status;
    if (text.len != 0)
        write_utf16(abi_at(abi, room.address), text);
    *out_address = room.address;
    *out_tagged = string->units;
    return STATUS_OK;
}

/* store_string_to_utf8: ASCII until there is something else, then room for the worst case. */
static enum status to_utf8(struct component_abi *abi, const struct component_string *string,
                           uint32_t unit_max, uint32_t *out_address, uint32_t *out_tagged)
{
    struct abi_room room;
    uint32_t ascii = 0;
    enum status status = abi_realloc(abi, no_room, 1, string->units, &room);
    if (status != STATUS_OK)
        return status;
    while (ascii < string->len && string->data[ascii] < 0x80)
        ascii++;
    if (ascii != 0)
        memcpy(abi_at(abi, room.address), string->data, ascii);
    if (ascii < string->len) {
        status = abi_realloc(abi, room, 1, (uint64_t)string->units * unit_max, &room);
        if (status != STATUS_OK)
            return status;
        ASSERT(string->len <= room.len);
        memcpy(abi_at(abi, room.address) + ascii, string->data + ascii, string->len - ascii);
        if ((status = shrink(abi, 1, string->len, &room)) != STATUS_OK)
            return status;
    }
    *out_address = room.address;
    *out_tagged = string->len;
    return STATUS_OK;
}

/* store_utf8_to_utf16. */
static enum status utf8_to_utf16(struct component_abi *abi, const struct component_string *string,
                                 uint32_t *out_address, uint32_t *out_tagged)
{
    struct abi_room room;
    struct bytes text = bytes_of(string->data, string->len);
    uint64_t units = utf16_units(text);
    enum status status = abi_realloc(abi, no_room, 2, (uint64_t)string->units * 2, &room);
    if (status != STATUS_OK)
        return status;
    ASSERT(units * 2 <= room.len);
    if (text.len != 0)
        write_utf16(abi_at(abi, room.address), text);
    if ((status = shrink(abi, 2, units * 2, &room)) != STATUS_OK)
        return status;
    *out_address = room.address;
    *out_tagged = (uint32_t)units;
    return STATUS_OK;
}

/* The second half of to_latin1_or_utf16: `done` bytes of Latin-1 are written, more is not. */
static enum status widen(struct component_abi *abi, const struct component_string *string,
                         struct abi_room room, uint32_t done, struct bytes rest,
                         uint32_t *out_address, uint32_t *out_tagged)
{
    uint64_t units = done + utf16_units(rest);
    enum status status = abi_realloc(abi, room, 2, (uint64_t)string->units * 2, &room);
    if (status != STATUS_OK)
        return status;
    ASSERT(units * 2 <= room.len);
    uint8_t *at = abi_at(abi, room.address);
    for (uint32_t i = done; i-- > 0;)
        put_le16(at + (size_t)i * 2, at[i]);
    write_utf16(at + (size_t)done * 2, rest);
    if ((status = shrink(abi, 2, units * 2, &room)) != STATUS_OK)
        return status;
    *out_address = room.address;
    *out_tagged = (uint32_t)units | ABI_UTF16_TAG;
    return STATUS_OK;
}

/* store_string_to_latin1_or_utf16: Latin-1 until there is something else. */
static enum status to_latin1_or_utf16(struct component_abi *abi,
                                      const struct component_string *string, uint32_t *out_address,
                                      uint32_t *out_tagged)
{
    struct abi_room room;
    struct bytes rest = bytes_of(string->data, string->len);
    uint32_t done = 0;
    enum status status = abi_realloc(abi, no_room, 2, string->units, &room);
    if (status != STATUS_OK)
        return status;
    if (rest.len != 0)
        done = write_latin1(abi_at(abi, room.address), room.len, &rest);
    if (rest.len != 0)
        return widen(abi, string, room, done, rest, out_address, out_tagged);
    if ((status = shrink(abi, 2, done, &room)) != STATUS_OK)
        return status;
    *out_address = room.address;
    *out_tagged = done;
    return STATUS_OK;
}

/* store_probably_utf16_to_latin1_or_utf16: written wide, narrowed when nothing needs it. */
static enum status probably_utf16(struct component_abi *abi, const struct component_string *string,
                                  uint32_t *out_address, uint32_t *out_tagged)
{
    struct abi_room room;
    uint32_t units = string->units;
    bool is_latin1 = true;
    enum status status = copy_utf16(abi, string, &room.address, out_tagged);
    if (status != STATUS_OK)
        return status;
    room.len = units * 2;
    uint8_t *at = units == 0 ? NULL : abi_at(abi, room.address);
    for (uint32_t i = 0; i < units && is_latin1; i++)
        is_latin1 = at[(size_t)i * 2 + 1] == 0;
    if (is_latin1) {
        for (uint32_t i = 0; i < units; i++)
            at[i] = at[(size_t)i * 2];
        if ((status = abi_realloc(abi, room, 1, units, &room)) != STATUS_OK)
            return status;
    }
    *out_address = room.address;
    *out_tagged = is_latin1 ? units : units | ABI_UTF16_TAG;
    return STATUS_OK;
}

enum status abi_store_string(struct component_abi *abi, const struct component_string *string,
                             uint32_t *out_address, uint32_t *out_tagged)
{
    enum simple_encoding source = simple_encoding(string);
    switch (abi->encoding) {
    case COMPONENT_UTF8:
        if (source == SIMPLE_UTF8)
            return copy_bytes(abi, string, false, out_address, out_tagged);
        return to_utf8(abi, string, source == SIMPLE_UTF16 ? 3 : 2, out_address, out_tagged);
    case COMPONENT_UTF16:
        return source == SIMPLE_UTF8 ? utf8_to_utf16(abi, string, out_address, out_tagged)
                                     : copy_utf16(abi, string, out_address, out_tagged);
    default:
        if (string->source != COMPONENT_LATIN1_UTF16)
            return to_latin1_or_utf16(abi, string, out_address, out_tagged);
        return source == SIMPLE_LATIN1 ? copy_bytes(abi, string, true, out_address, out_tagged)
                                       : probably_utf16(abi, string, out_address, out_tagged);
    }
}

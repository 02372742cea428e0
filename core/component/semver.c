/*
 * core/component/semver.c: Semantic Versioning 2.0.0, its grammar alone.
 */
#include "core/component/semver.h"

#define NUMBER_MAX (UINT32_MAX - 2)

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_identifier_byte(uint8_t c)
{
    return is_digit(c) || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits without a zero in front, taken off `text`. */
static bool take_number(struct bytes *text, uint32_t *out_number)
{
    size_t len = 0;
    uint64_t number = 0;
    while (len < text->len && is_digit(text->data[len])) {
        number = number * 10 + (uint64_t)(text->data[len++] - '0');
        if (number > NUMBER_MAX)
            number = NUMBER_MAX;
    }
    if (len == 0 || (len > 1 && text->data[0] == '0'))
        return false;
    *text = bytes_of(text->data + len, text->len - len);
    *out_number = (uint32_t)number;
    return true;
}

static bool take_byte(struct bytes *text, uint8_t byte)
{
    if (text->len == 0 || text->data[0] != byte)
        return false;
    *text = bytes_of(text->data + 1, text->len - 1);
    return true;
}

/* Identifiers joined by dots; one that is a number has no zero in front if `is_prerelease`. */
static bool take_identifiers(struct bytes *text, bool is_prerelease, struct bytes *out_all)
{
    struct bytes start = *text;
    do {
        size_t len = 0;
        bool is_number = true;
        while (len < text->len && is_identifier_byte(text->data[len]))
            is_number = is_digit(text->data[len++]) && is_number;
        if (len == 0 || (is_prerelease && is_number && len > 1 && text->data[0] == '0'))
            return false;
        *text = bytes_of(text->data + len, text->len - len);
    } while (take_byte(text, '.'));
    *out_all = bytes_of(start.data, start.len - text->len);
    return true;
}

bool component_semver_parse(struct bytes text, struct component_semver *out_version)
{
    struct component_semver version = {0};
    struct bytes build;
    if (!take_number(&text, &version.major))
        return false;
    bool has_minor = take_byte(&text, '.');
    if (has_minor && !take_number(&text, &version.minor))
        return false;
    bool has_patch = has_minor && take_byte(&text, '.');
    if (has_patch && !take_number(&text, &version.patch))
        return false;
    /* "1" and "0.2" are canonical versions, "1.2" and "0" are none. */
    if (!has_patch && (has_minor ? version.major != 0 || version.minor == 0 : version.major == 0))
        return false;
    if (has_patch && take_byte(&text, '-') && !take_identifiers(&text, true, &version.prerelease))
        return false;
    if (has_patch && take_byte(&text, '+') && !take_identifiers(&text, false, &build))
        return false;
    if (text.len != 0)
        return false;
    *out_version = version;
    return true;
}

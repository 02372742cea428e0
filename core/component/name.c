/*
 * core/component/name.c: the names of imports, exports, fields and cases (Explainer.md "Import and
 * Export Definitions", "Name Uniqueness").
 */
#include "core/component/intern.h"
#include "core/component/semver.h"

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static uint8_t lower(uint8_t c)
{
    return is_upper(c) ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* The bytes before the first `separator`, which is taken off `rest` with them. Without one: all. */
static bool cut(struct bytes *rest, uint8_t separator, struct bytes *out_head)
{
    for (size_t i = 0; i < rest->len; i++) {
        if (rest->data[i] != separator)
            continue;
        *out_head = bytes_of(rest->data, i);
        *rest = bytes_of(rest->data + i + 1, rest->len - i - 1);
        return true;
    }
    *out_head = *rest;
    *rest = bytes_of("", 0);
    return false;
}

/* A fragment: all lower or all upper case, not empty; the first one begins with a letter. */
static bool is_fragment(struct bytes text, bool is_first)
{
    bool has_lower = false, has_upper = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (!is_lower(c) && !is_upper(c) && !is_digit(c))
            return false;
        has_lower = has_lower || is_lower(c);
        has_upper = has_upper || is_upper(c);
    }
    return text.len != 0 && !(has_lower && has_upper) && !(is_first && is_digit(text.data[0]));
}

bool component_label_is_valid(struct bytes label)
{
    for (bool is_first = true, has_more = true; has_more; is_first = false) {
        struct bytes fragment;
        has_more = cut(&label, '-', &fragment);
        if (!is_fragment(fragment, is_first))
            return false;
    }
    return true;
}

/* A label without upper case: of namespaces and packages. */
static bool are_words(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_upper(text.data[i]))
            return false;
    return component_label_is_valid(text);
}

int component_label_compare(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    for (size_t i = 0; i < a.len; i++) {
        uint8_t x = lower(a.data[i]), y = lower(b.data[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static bool take_prefix(struct bytes *text, struct bytes prefix)
{
    if (text->len < prefix.len || memcmp(text->data, prefix.data, prefix.len) != 0)
        return false;
    *text = bytes_of(text->data + prefix.len, text->len - prefix.len);
    return true;
}

static bool parse_annotated(struct bytes rest, enum component_name_kind kind,
                            struct component_name *out_name)
{
    struct component_name name = {.kind = kind};
    if (!cut(&rest, '.', &name.resource))
        return false;
    name.label = rest;
    if (!component_label_is_valid(name.resource) || !component_label_is_valid(name.label))
        return false;
    *out_name = name;
    return true;
}

static bool parse_interface(struct bytes whole, struct component_name *out_name)
{
    struct component_name name = {.kind = COMPONENT_NAME_INTERFACE};
    struct bytes rest = whole, namespace, package;
    bool has_version = cut(&rest, '@', &name.base);
    if (has_version && !component_semver_is_valid(rest))
        return false;
    name.version = rest;
    rest = name.base;
    if (!cut(&rest, ':', &namespace) || !cut(&rest, '/', &package))
        return false;
    if (!are_words(namespace) || !are_words(package) || !component_label_is_valid(rest))
        return false;
    *out_name = name;
    return true;
}

bool component_name_parse(struct bytes name, struct component_name *out_name)
{
    struct bytes rest = name;
    if (take_prefix(&rest, BYTES_LITERAL("[method]")))
        return parse_annotated(rest, COMPONENT_NAME_METHOD, out_name);
    if (take_prefix(&rest, BYTES_LITERAL("[static]")))
        return parse_annotated(rest, COMPONENT_NAME_STATIC, out_name);
    if (take_prefix(&rest, BYTES_LITERAL("[constructor]"))) {
        if (!component_label_is_valid(rest))
            return false;
        *out_name = (struct component_name){.kind = COMPONENT_NAME_CONSTRUCTOR, .resource = rest};
        return true;
    }
    if (component_label_is_valid(name)) {
        *out_name = (struct component_name){.kind = COMPONENT_NAME_LABEL, .label = name};
        return true;
    }
    return parse_interface(name, out_name);
}

struct component_track component_name_track(struct bytes name)
{
    struct component_track track = {name, UINT32_MAX, UINT32_MAX};
    struct bytes rest = name, base;
    struct component_semver version;
    if (!cut(&rest, '@', &base) || !component_semver_parse(rest, &version))
        return track;
    track.major = version.major;
    if (version.prerelease.len != 0 || (version.major == 0 && version.minor == 0)) {
        track.minor = UINT32_MAX - 1;
        return track;
    }
    track.base = base;
    if (version.major == 0)
        track.minor = version.minor;
    return track;
}

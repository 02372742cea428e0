/*
 * node/config/file.c: lines of `key = value` under `[section]`: the configuration file and the
 * policy file.
 *
 * Invariant: what goes wrong is said as name:line:column, counted from 1 in bytes, and nothing
 * behind it is looked at.
 */
#include <stdio.h>

#include "node/config/config.h"

#define SECTION_MAX 80u

struct place {
    const char *name;
    uint32_t line;
    const uint8_t *line_start;
    char section[SECTION_MAX];
    struct bytes section_tail; /* "[egress APP]": APP, in section */
};

typedef enum status take_fn(struct config *config, const struct place *place, struct bytes key,
                            struct bytes value, struct report *report);

static enum status MUST_CHECK fail_at(const struct place *place, const uint8_t *at,
                                      const char *sentence, struct report *report)
{
    char line[REPORT_TEXT_MAX];
    (void)snprintf(line, sizeof line, "%.60s:%u:%u: %s", place->name, place->line,
                   (unsigned)(at - place->line_start) + 1, sentence);
    for (char *c = line; *c != '\0'; c++) /* no holes of a report */
        if (*c == '%')
            *c = '?';
    return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, line);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes trim(struct bytes text)
{
    while (text.len != 0 && is_space(text.data[0]))
        text = bytes_of(text.data + 1, text.len - 1);
    while (text.len != 0 && is_space(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* "[name]" or "[name tail]" */
static enum status MUST_CHECK read_section(struct place *place, struct bytes line,
                                           struct report *report)
{
    if (line.data[line.len - 1] != ']' || line.len - 2 >= SECTION_MAX)
        return fail_at(place, line.data + line.len - 1, "a section ends in ']'", report);
    struct bytes name = trim(bytes_of(line.data + 1, line.len - 2));
    memcpy(place->section, name.data, name.len);
    place->section[name.len] = '\0';
    place->section_tail = bytes_of("", 0);
    char *space = memchr(place->section, ' ', name.len);
    if (space != NULL) {
        *space = '\0';
        place->section_tail = trim(bytes_of(space + 1, strlen(space + 1)));
    }
    return STATUS_OK;
}

static struct bytes cut_comment(struct bytes line)
{
    const uint8_t *sign = line.len != 0 ? memchr(line.data, '#', line.len) : NULL;
    return sign == NULL ? line : bytes_of(line.data, (size_t)(sign - line.data));
}

static enum status MUST_CHECK read_line(struct config *config, struct place *place,
                                        struct bytes line, take_fn *take, struct report *report)
{
    struct report inner;
    line = trim(cut_comment(line));
    if (line.len == 0)
        return STATUS_OK;
    if (memchr(line.data, 0, line.len) != NULL)
        return fail_at(place, line.data, "a line has a NUL in it", report);
    if (line.data[0] == '[')
        return read_section(place, line, report);
    const uint8_t *equals = memchr(line.data, '=', line.len);
    if (equals == NULL)
        return fail_at(place, line.data, "`key = value` or `[section]` was expected", report);
    size_t key_len = (size_t)(equals - line.data);
    struct bytes key = trim(bytes_of(line.data, key_len));
    struct bytes value = trim(bytes_of(equals + 1, line.len - key_len - 1));
    if (key.len == 0)
        return fail_at(place, equals, "a key was expected before '='", report);
    if (place->section[0] == '\0')
        return fail_at(place, line.data, "a `[section]` was expected before the first key", report);
    if (value.len == 0)
        return fail_at(place, equals + 1, "a value was expected behind '='", report);
    report_init(&inner);
    enum status status = take(config, place, key, value, &inner);
    if (status == STATUS_OK)
        return status;
    if (status == STATUS_NOT_FOUND)
        return fail_at(place, key.data, inner.text, report);
    uint64_t offset = inner.offset <= value.len ? inner.offset : 0;
    return fail_at(place, value.data + offset, inner.text, report);
}

static enum status MUST_CHECK read_lines(struct config *config, const char *name, struct bytes text,
                                         take_fn *take, struct report *report)
{
    struct place place = {.name = name};
    enum status status = STATUS_OK;
    while (text.len != 0 && status == STATUS_OK) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.data) : text.len;
        place.line++;
        place.line_start = text.data;
        status = read_line(config, &place, bytes_of(text.data, len), take, report);
        len += end != NULL;
        text = bytes_of(text.data + len, text.len - len);
    }
    return status;
}

static enum status take_config(struct config *config, const struct place *place, struct bytes key,
                               struct bytes value, struct report *report)
{
    if (strcmp(place->section, "service") != 0 && strcmp(place->section, "limits") != 0) {
        report_write(report, 0, "its section is neither [service] nor [limits]");
        return STATUS_NOT_FOUND;
    }
    enum status status = config_set(config, place->section, key, value, report);
    if (status == STATUS_NOT_FOUND)
        report_write_names(report, 0, "there is no key % in section %", key,
                           bytes_of(place->section, strlen(place->section)));
    return status;
}

static bool is_word(struct bytes text, const char *word)
{
    return bytes_equal(text, bytes_of(word, strlen(word)));
}

static enum status take_policy(struct config *config, const struct place *place, struct bytes key,
                               struct bytes value, struct report *report)
{
    const bool is_operators = strcmp(place->section, "operators") == 0;
    const bool is_egress = strcmp(place->section, "egress") == 0 && place->section_tail.len != 0;
    if (is_operators && is_word(key, "operator"))
        return config_add_operator(config, value, report);
    if (is_egress && is_word(key, "allow"))
        return config_add_grant(config, place->section_tail, value, false, report);
    if (is_egress && is_word(key, "allow_private"))
        return config_add_grant(config, place->section_tail, value, true, report);
    if (is_operators)
        report_write(report, 0, "`operator` is the only key of [operators]");
    else if (is_egress)
        report_write(report, 0, "`allow` and `allow_private` are the keys of [egress APP]");
    else
        report_write(report, 0, "its section is neither [operators] nor [egress APP]");
    return STATUS_NOT_FOUND;
}

enum status config_read(struct config *config, const char *name, struct bytes text,
                        struct report *report)
{
    return read_lines(config, name, text, take_config, report);
}

enum status config_read_policy(struct config *config, const char *name, struct bytes text,
                               struct report *report)
{
    return read_lines(config, name, text, take_policy, report);
}

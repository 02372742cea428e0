/*
 * tests/support/config_check.c: see config_check.h.
 */
#include "tests/support/config_check.h"

#include <stdlib.h>

#include "node/config/config.h"

#define NAME        "x.conf"
#define ENCODED_MAX ((size_t)1 << 20) /* as the supervisor has it */

/* Large: made once. */
static struct config config;
static struct settings settings;
static uint8_t first[ENCODED_MAX], second[ENCODED_MAX];

static void must(bool holds)
{
    ASSERT(holds);
}

static struct bytes encode(const struct settings *from, uint8_t *memory)
{
    struct buffer out = {.data = memory, .cap = ENCODED_MAX};
    must(settings_encode(from, &out) == STATUS_OK);
    return buffer_bytes(&out);
}

/* Every limit within its bounds, every count within its table. */
static void check_bounds(const struct settings *of)
{
    must(of->operator_count <= SETTINGS_OPERATORS_MAX && of->grant_count <= SETTINGS_GRANTS_MAX &&
         of->resolve_count <= SETTINGS_RESOLVES_MAX && of->pcr_mask >> SETTINGS_PCRS_MAX == 0);
    for (size_t i = 0; i < SETTINGS_LIMIT_COUNT; i++) {
        const struct settings_limit *limit = &settings_limits[i];
        const uint64_t value = settings_limit_get(of, limit);
        must(value >= limit->least && value <= limit->most);
    }
}

/* As a role would get them. */
static void check_settings(const struct settings *of)
{
    struct report report;
    report_init(&report);
    check_bounds(of);
    const struct bytes told = encode(of, first);
    must(settings_decode(told, &settings, &report) == STATUS_OK);
    must(bytes_equal(encode(&settings, second), told));
}

static enum status check_decoded(struct bytes input, struct report *report)
{
    const enum status status = settings_decode(input, &settings, report);
    if (status != STATUS_OK)
        return status;
    check_bounds(&settings);
    must(bytes_equal(encode(&settings, first), input));
    return STATUS_OK;
}

static size_t take_number(const char **text)
{
    char *end;
    const size_t number = strtoul(*text, &end, 10);
    must(end != *text && *end == ':');
    *text = end + 1;
    return number;
}

/* "x.conf:LINE:COLUMN: sentence", a place that there is. */
static void check_place(struct bytes file, const struct report *report)
{
    const char *text = report->text + sizeof NAME - 1;
    must(report->is_set && memcmp(report->text, NAME, sizeof NAME - 1) == 0 && *text++ == ':');
    size_t line = take_number(&text), column = take_number(&text);
    must(line != 0 && column != 0 && text[0] == ' ' && text[1] != '\0');
    for (const char *c = text; *c != '\0'; c++)
        must(*c >= ' ' && *c <= '~');
    while (--line != 0) {
        const uint8_t *end = memchr(file.data, '\n', file.len);
        must(end != NULL);
        file = bytes_of(end + 1, file.len - (size_t)(end + 1 - file.data));
    }
    const uint8_t *end = memchr(file.data, '\n', file.len);
    must(column <= (end != NULL ? (size_t)(end - file.data) : file.len) + 1);
}

enum status config_check(struct bytes input, struct report *report)
{
    struct bytes mode;
    report_init(report);
    if (bytes_take(&input, 1, &mode) != STATUS_OK)
        return STATUS_TRUNCATED;
    if (mode.data[0] % 3 == 2)
        return check_decoded(input, report);
    config_defaults(&config);
    const enum status status = mode.data[0] % 3 == 0
                                   ? config_read(&config, NAME, input, report)
                                   : config_read_policy(&config, NAME, input, report);
    if (status == STATUS_OK)
        check_settings(&config.settings);
    else
        check_place(input, report);
    return status;
}

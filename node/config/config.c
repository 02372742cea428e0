/*
 * node/config/config.c: keys and their values. See config.h.
 */
#include "node/config/config.h"

#include <stddef.h>

#include "core/base/utf8.h"

void config_defaults(struct config *out_config)
{
    memset(out_config, 0, sizeof *out_config);
    settings_defaults(&out_config->settings);
}

static bool is_word(struct bytes text, const char *word)
{
    return bytes_equal(text, bytes_of(word, strlen(word)));
}

static enum status MUST_CHECK set_bool(struct bytes value, bool *out_bool, struct report *report)
{
    bool is_yes = is_word(value, "yes") || is_word(value, "true");
    if (!is_yes && !is_word(value, "no") && !is_word(value, "false"))
        return report_fail_name(report, STATUS_INVALID, 0, "% is neither yes nor no", value);
    *out_bool = is_yes;
    return STATUS_OK;
}

static enum status MUST_CHECK set_text(struct bytes value, char *out_text, size_t room,
                                       struct report *report)
{
    if (value.len == 0 || value.len >= room || memchr(value.data, 0, value.len) != NULL)
        return report_fail_u64(report, STATUS_INVALID, 0, "a text of 1 to % bytes was expected",
                               room - 1);
    if (!utf8_is_valid(value))
        return report_fail(report, STATUS_INVALID, 0, "a text in UTF-8 was expected");
    memcpy(out_text, value.data, value.len);
    out_text[value.len] = '\0';
    return STATUS_OK;
}

static enum status MUST_CHECK set_listen(struct config *config, struct bytes value,
                                         struct report *report)
{
    struct settings *settings = &config->settings;
    return config_read_endpoint(value, 8443, settings->listen_address,
                                sizeof settings->listen_address, &settings->listen_port, report);
}

/* "0,2,4,7,11" */
static enum status MUST_CHECK set_pcrs(struct config *config, struct bytes value,
                                       struct report *report)
{
    uint32_t mask = 0, number = 0, digits = 0;
    for (size_t i = 0; i <= value.len; i++) {
        bool is_end = i == value.len || value.data[i] == ',';
        if (is_end && digits != 0 && number < SETTINGS_PCRS_MAX) {
            mask |= 1u << number;
            number = digits = 0;
        } else if (!is_end && value.data[i] >= '0' && value.data[i] <= '9' && digits < 2) {
            number = number * 10 + (uint32_t)(value.data[i] - '0');
            digits++;
        } else if (!(!is_end && value.data[i] == ' ' && digits == 0)) {
            return report_fail(report, STATUS_INVALID, i,
                               "numbers of PCRs from 0 to 23 were expected, as 0,2,4,7,11");
        }
    }
    config->settings.pcr_mask = mask;
    return STATUS_OK;
}

static const struct {
    const char *suffix;
    unsigned shift;
} units[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};

static bool read_unit(struct bytes suffix, unsigned *out_shift)
{
    while (suffix.len != 0 && suffix.data[0] == ' ')
        suffix = bytes_of(suffix.data + 1, suffix.len - 1);
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (is_word(suffix, units[i].suffix)) {
            *out_shift = units[i].shift;
            return true;
        }
    return false;
}

/* Digits with '_' between them, and a unit. */
static bool read_size(struct bytes value, uint64_t *out_size)
{
    uint64_t size = 0;
    unsigned shift = 0;
    size_t i = 0;
    for (; i < value.len &&
           ((value.data[i] >= '0' && value.data[i] <= '9') || (i != 0 && value.data[i] == '_'));
         i++)
        if (value.data[i] != '_' &&
            (__builtin_mul_overflow(size, 10, &size) ||
             __builtin_add_overflow(size, (uint64_t)(value.data[i] - '0'), &size)))
            return false;
    if (i == 0 || !read_unit(bytes_of(value.data + i, value.len - i), &shift) ||
        size > UINT64_MAX >> shift)
        return false;
    *out_size = size << shift;
    return true;
}

static enum status MUST_CHECK set_limit(struct config *config, const struct settings_limit *limit,
                                        struct bytes value, struct report *report)
{
    uint64_t size = 0;
    if (!read_size(value, &size))
        return report_fail_name(report, STATUS_INVALID, 0,
                                "% is not a number, as 1000 or 16 MiB (KiB, MiB, GiB)", value);
    if (size < limit->least || size > limit->most)
        return report_fail_u64x2(report, STATUS_INVALID, 0, "a number from % to % was expected",
                                 limit->least, limit->most);
    settings_limit_set(&config->settings, limit, size);
    return STATUS_OK;
}

static enum status MUST_CHECK set_in_limits(struct config *config, struct bytes key,
                                            struct bytes value, struct report *report)
{
    for (size_t i = 0; i < SETTINGS_LIMIT_COUNT; i++)
        if (is_word(key, settings_limits[i].name))
            return set_limit(config, &settings_limits[i], value, report);
    return STATUS_NOT_FOUND;
}

static enum status MUST_CHECK set_in_service(struct config *config, struct bytes key,
                                             struct bytes value, struct report *report)
{
    const struct {
        const char *key;
        char *text;
        size_t room;
    } texts[] = {
        {"state", config->state, sizeof config->state},
        {"cell", config->cell, sizeof config->cell},
        {"egress_ca", config->egress_ca, sizeof config->egress_ca},
        {"policy", config->policy, sizeof config->policy},
        {"user", config->user, sizeof config->user},
        {"tpm", config->settings.tpm, sizeof config->settings.tpm},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (is_word(key, texts[i].key))
            return set_text(value, texts[i].text, texts[i].room, report);
    if (is_word(key, "listen"))
        return set_listen(config, value, report);
    if (is_word(key, "pcrs"))
        return set_pcrs(config, value, report);
    if (is_word(key, "require_isolation"))
        return set_bool(value, &config->requires_isolation, report);
    return STATUS_NOT_FOUND;
}

enum status config_set(struct config *config, const char *section, struct bytes key,
                       struct bytes value, struct report *report)
{
    if (strcmp(section, "service") == 0)
        return set_in_service(config, key, value, report);
    if (strcmp(section, "limits") == 0)
        return set_in_limits(config, key, value, report);
    return STATUS_NOT_FOUND;
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum status config_add_operator(struct config *config, struct bytes hex, struct report *report)
{
    struct settings *settings = &config->settings;
    uint8_t hash[32];
    for (size_t i = 0; i < hex.len; i++)
        if (digit_of(hex.data[i]) < 0)
            return report_fail(report, STATUS_INVALID, i, "a hexadecimal digit was expected");
    if (hex.len != 2 * sizeof hash)
        return report_fail_u64(
            report, STATUS_INVALID, 0,
            "64 hexadecimal digits were expected (aetherd --enroll CERT.pem), there are %",
            hex.len);
    for (size_t i = 0; i < sizeof hash; i++)
        hash[i] = (uint8_t)(digit_of(hex.data[2 * i]) << 4 | digit_of(hex.data[2 * i + 1]));
    if (settings->operator_count == SETTINGS_OPERATORS_MAX)
        return report_fail_u64(report, STATUS_LIMIT, 0, "more than % operators",
                               SETTINGS_OPERATORS_MAX);
    memcpy(settings->operators[settings->operator_count++], hash, sizeof hash);
    return STATUS_OK;
}

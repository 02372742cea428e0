/*
 * node/main/policy.c: see policy.h.
 */
#include "node/main/policy.h"

#define NAME_MAX_BYTES     64u
#define HOSTNAME_MAX_BYTES 253u

enum status policy_operator(const struct settings *settings, struct bytes client,
                            struct report *report)
{
    if (settings->is_dev)
        return STATUS_OK;
    if (client.len == 0)
        return report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET,
                           "this needs the client certificate of an enrolled operator");
    for (uint32_t i = 0; i < settings->operator_count; i++)
        if (bytes_equal(client, bytes_of(settings->operators[i], 32)))
            return STATUS_OK;
    return report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET,
                       "this client certificate is not an enrolled operator's");
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(struct bytes name, size_t most)
{
    if (name.len == 0 || name.len > most || !is_alphanumeric(name.data[0]))
        return false;
    for (size_t i = 1; i < name.len; i++)
        if (!is_alphanumeric(name.data[i]) && name.data[i] != '.' && name.data[i] != '_' &&
            name.data[i] != '-')
            return false;
    return true;
}

enum status policy_app_name(struct bytes name, struct report *report)
{
    if (is_name(name, NAME_MAX_BYTES))
        return STATUS_OK;
    return report_fail_name(report, STATUS_INVALID, REPORT_NO_OFFSET,
                            "app name %: 1 to 64 letters, digits, '.', '_', '-' are wanted, "
                            "a letter or digit first",
                            name);
}

enum status policy_hostname(struct bytes hostname, struct report *report)
{
    if (is_name(hostname, HOSTNAME_MAX_BYTES))
        return STATUS_OK;
    return report_fail_name(report, STATUS_INVALID, REPORT_NO_OFFSET,
                            "hostname %: 1 to 253 letters, digits, '.', '_', '-' are wanted, "
                            "a letter or digit first",
                            hostname);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool policy_hostname_equal(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

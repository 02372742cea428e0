/*
 * node/config/endpoint.c: hosts with ports, and what is made of them: grants and --resolve.
 */
#include "core/base/utf8.h"
#include "node/config/config.h"

/* Where the last colon is, or text.len; a colon inside of brackets is none. */
static size_t find_port(struct bytes text)
{
    for (size_t i = text.len; i != 0; i--) {
        if (text.data[i - 1] == ']')
            return text.len;
        if (text.data[i - 1] == ':')
            return i - 1;
    }
    return text.len;
}

static bool read_port(struct bytes digits, uint16_t *out_port)
{
    uint32_t port = 0;
    if (digits.len == 0 || digits.len > 5)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        port = port * 10 + (uint32_t)(digits.data[i] - '0');
    }
    *out_port = (uint16_t)port;
    return port <= UINT16_MAX;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

enum status config_read_endpoint(struct bytes text, uint16_t normal_port, char *out_host,
                                 size_t room, uint16_t *out_port, struct report *report)
{
    size_t colon = find_port(text);
    uint16_t port = normal_port;
    struct bytes host = bytes_of(text.data, colon);
    if (colon != text.len &&
        !read_port(bytes_of(text.data + colon + 1, text.len - colon - 1), &port))
        return report_fail_name(report, STATUS_INVALID, colon + 1,
                                "% does not end in a port from 0 to 65535", text);
    if (colon == text.len && normal_port == 0)
        return report_fail_name(report, STATUS_INVALID, text.len,
                                "% has no port: HOST:PORT was expected", text);
    if (host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
        host = bytes_of(host.data + 1, host.len - 2);
    if (host.len == 0 || host.len >= room)
        return report_fail_name(report, STATUS_INVALID, 0,
                                "% has no host, or too long a one: HOST:PORT was expected", text);
    if (!utf8_is_valid(host))
        return report_fail_name(report, STATUS_INVALID, 0, "% is not in UTF-8", text);
    for (size_t i = 0; i < host.len; i++)
        out_host[i] = (char)lower(host.data[i]);
    out_host[host.len] = '\0';
    *out_port = port;
    return STATUS_OK;
}

static bool host_is_valid(const char *host, bool may_be_pattern)
{
    size_t star = may_be_pattern && host[0] == '*' && host[1] == '.' ? 2 : 0;
    return settings_host_is_valid(bytes_of(host + star, strlen(host + star)));
}

enum status config_add_grant(struct config *config, struct bytes app, struct bytes endpoint,
                             bool allows_private, struct report *report)
{
    struct settings *settings = &config->settings;
    struct settings_grant grant = {.allows_private = allows_private};
    if (settings->grant_count == SETTINGS_GRANTS_MAX)
        return report_fail_u64(report, STATUS_LIMIT, 0, "more than % grants of egress",
                               SETTINGS_GRANTS_MAX);
    if (app.len >= sizeof grant.app)
        return report_fail_name(report, STATUS_INVALID, 0, "% is too long for an app's name", app);
    if (!utf8_is_valid(app))
        return report_fail_name(report, STATUS_INVALID, 0, "the app's name % is not in UTF-8", app);
    enum status status =
        config_read_endpoint(endpoint, 443, grant.host, sizeof grant.host, &grant.port, report);
    if (status == STATUS_OK && (!host_is_valid(grant.host, true) || grant.port == 0))
        status = report_fail_name(report, STATUS_INVALID, 0,
                                  "% is not HOST[:PORT], as example.org or *.example.org:8443",
                                  endpoint);
    if (status != STATUS_OK)
        return status;
    memcpy(grant.app, app.data, app.len);
    settings->grants[settings->grant_count++] = grant;
    return STATUS_OK;
}

/* Splits HOST:PORT:ADDRESS:PORT behind the second colon. */
static size_t find_second_half(struct bytes text)
{
    unsigned colons = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == ':' && ++colons == 2)
            return i;
    return text.len;
}

enum status config_add_resolve(struct config *config, struct bytes text, struct report *report)
{
    struct settings *settings = &config->settings;
    struct settings_resolve resolve = {.port = 0};
    size_t middle = find_second_half(text);
    if (settings->resolve_count == SETTINGS_RESOLVES_MAX)
        return report_fail_u64(report, STATUS_LIMIT, 0, "more than % of --resolve",
                               SETTINGS_RESOLVES_MAX);
    if (middle == text.len)
        return report_fail_name(report, STATUS_INVALID, 0, "% is not HOST:PORT:ADDRESS:PORT", text);
    enum status status = config_read_endpoint(bytes_of(text.data, middle), 0, resolve.host,
                                              sizeof resolve.host, &resolve.port, report);
    if (status == STATUS_OK)
        status =
            config_read_endpoint(bytes_of(text.data + middle + 1, text.len - middle - 1), 0,
                                 resolve.address, sizeof resolve.address, &resolve.to_port, report);
    if (status == STATUS_OK &&
        (!host_is_valid(resolve.host, false) || resolve.port == 0 || resolve.to_port == 0))
        status =
            report_fail_name(report, STATUS_INVALID, 0, "% is not HOST:PORT:ADDRESS:PORT", text);
    if (status == STATUS_OK)
        settings->resolves[settings->resolve_count++] = resolve;
    return status;
}

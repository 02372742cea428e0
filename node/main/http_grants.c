/*
 * node/main/http_grants.c: see http_grants.h.
 */
#include "node/main/http_grants.h"

#include <arpa/inet.h>
#include <stdio.h>

#define LABEL_MAX 63u

static char lower(uint8_t c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_label_char(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

/* What other programs would read as an IPv4 address: the last label is a number, also a hexadecimal
 * one. */
static bool ends_in_number(const struct http_host *host)
{
    size_t from = host->len;
    while (from != 0 && host->text[from - 1] != '.')
        from--;
    const char *label = host->text + from;
    if (label[0] == '0' && label[1] == 'x')
        return strspn(label + 2, "0123456789abcdef") == strlen(label + 2);
    return strspn(label, "0123456789") == strlen(label);
}

static enum status check_name(const struct http_host *host, struct report *report)
{
    size_t label = 0;
    for (size_t i = 0; i <= host->len; i++) {
        char c = host->text[i];
        if (c == '.' || c == '\0') {
            if (label == 0 || label > LABEL_MAX || host->text[i - 1] == '-' ||
                host->text[i - label] == '-')
                return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                   "the host's name has a label that is not one");
            label = 0;
        } else if (is_label_char(c)) {
            label++;
        } else {
            return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                               "the host's name has a character that no name has");
        }
    }
    return STATUS_OK;
}

/* Addresses in their usual form, and nothing else that is one. */
static enum status read_address(struct http_host *host, struct report *report)
{
    uint8_t address[16];
    char text[INET6_ADDRSTRLEN];
    int family = memchr(host->text, ':', host->len) != NULL ? AF_INET6 : AF_INET;
    if (inet_pton(family, host->text, address) != 1)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the host is an address in a form that is not the usual one");
    if (inet_ntop(family, address, text, sizeof text) == NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "no such address");
    host->is_address = true;
    host->len = strlen(text);
    memcpy(host->text, text, host->len + 1);
    return STATUS_OK;
}

enum status http_host_read(struct bytes text, struct http_host *out_host, struct report *report)
{
    struct http_host host = {0};
    if (text.len != 0 && text.data[text.len - 1] == '.')
        text.len--;
    if (text.len == 0 || text.len > SETTINGS_HOST_MAX)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "a host's name has 1 to 253 bytes");
    for (size_t i = 0; i < text.len; i++)
        host.text[i] = lower(text.data[i]);
    host.len = text.len;
    enum status status;
    if (memchr(host.text, '\0', host.len) != NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "a host's name has a NUL");
    if (memchr(host.text, ':', host.len) != NULL || ends_in_number(&host))
        status = read_address(&host, report);
    else
        status = check_name(&host, report);
    if (status == STATUS_OK)
        *out_host = host;
    return status;
}

static bool is_beneath(const struct http_host *host, const char *suffix)
{
    size_t len = strlen(suffix); /* ".example.com" */
    if (host->is_address || host->len <= len)
        return false;
    if (strncmp(host->text, "xn--", 4) == 0 || strstr(host->text, ".xn--") != NULL)
        return false;
    return memcmp(host->text + host->len - len, suffix, len) == 0;
}

static bool covers(const struct settings_grant *grant, const struct http_host *host)
{
    struct http_host granted;
    bool is_wild = grant->host[0] == '*' && grant->host[1] == '.';
    const char *name = grant->host + (is_wild ? 2 : 0);
    if (http_host_read(bytes_of(name, strnlen(name, SETTINGS_HOST_MAX)), &granted, NULL) !=
        STATUS_OK)
        return false;
    if (!is_wild)
        return granted.is_address == host->is_address && granted.len == host->len &&
               memcmp(granted.text, host->text, host->len) == 0;
    char suffix[SETTINGS_HOST_MAX + 2];
    (void)snprintf(suffix, sizeof suffix, ".%s", granted.text);
    return !granted.is_address && is_beneath(host, suffix);
}

const struct settings_grant *http_grant_find(const struct settings *settings, struct bytes app,
                                             const struct http_host *host, uint64_t port)
{
    const struct settings_grant *found = NULL;
    for (uint32_t i = 0; i < settings->grant_count; i++) {
        const struct settings_grant *grant = &settings->grants[i];
        struct bytes granted = bytes_of(grant->app, strnlen(grant->app, sizeof grant->app));
        if (granted.len != 0 && !bytes_equal(granted, app))
            continue;
        if (grant->port != port || !covers(grant, host))
            continue;
        if (found == NULL || grant->allows_private)
            found = grant;
    }
    return found;
}

/*
 * node/egress/url.c: see url.h.
 */
#include "node/egress/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define HTTPS_PORT 443u

static enum status refuse(struct report *report, const char *sentence)
{
    return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, sentence);
}

static enum status check_bytes(const char *text, size_t len, struct report *report)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= 0x20 || c >= 0x7F || c == '\\' || c == '"' || c == '<' || c == '>' || c == '^' ||
            c == '`')
            return refuse(report, "bad URL: a byte that no URL has; percent-encode it");
    }
    return STATUS_OK;
}

/* Where the scheme's colon is; NULL: there is none. */
static const char *find_colon(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    return len != 0 && text[len] == ':' ? text + len : NULL;
}

/* What stands between "//" and the path, where there is one. */
static enum status check_authority(const char *text, bool is_relative, struct report *report)
{
    const char *colon = find_colon(text);
    const char *rest = colon == NULL ? text : colon + 1;
    if (colon == NULL && !is_relative)
        return refuse(report, "only https:// URLs are supported");
    if (colon != NULL && (colon - text != 5 || strncasecmp(text, "https", 5) != 0))
        return refuse(report, "only https:// URLs are supported");
    if (strncmp(rest, "//", 2) != 0)
        return colon == NULL ? STATUS_OK : refuse(report, "only https:// URLs are supported");
    rest += 2;
    size_t len = strcspn(rest, "/?#");
    if (len == 0)
        return refuse(report, "bad URL: no host");
    if (memchr(rest, '@', len) != NULL)
        return refuse(report, "bad URL: a user or password in it");
    if (memchr(rest, '%', len) != NULL)
        return refuse(report, "bad URL: percent-encoding or a zone in the host");
    return STATUS_OK;
}

static enum status take_port(struct egress_url *url, struct report *report)
{
    char *text = NULL;
    if (curl_url_get(url->handle, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return refuse(report, "bad URL: its port");
    unsigned long port = strtoul(text, NULL, 10);
    curl_free(text);
    if (port == 0 || port > UINT16_MAX)
        return refuse(report, "bad URL: its port");
    url->port = (uint16_t)port;
    return STATUS_OK;
}

/* Sets the host in lower case and without a dot at its end. */
static enum status set_host(CURLU *handle, struct report *report)
{
    char *text = NULL;
    if (curl_url_get(handle, CURLUPART_HOST, &text, 0) != CURLUE_OK)
        return refuse(report, "bad URL: no host");
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] - 'A' + 'a');
    if (len > 1 && text[len - 1] == '.')
        text[--len] = '\0';
    bool has_empty_label =
        len == 0 || text[0] == '.' || text[len - 1] == '.' || strstr(text, "..") != NULL;
    bool is_set = !has_empty_label && curl_url_set(handle, CURLUPART_HOST, text, 0) == CURLUE_OK;
    curl_free(text);
    return is_set ? STATUS_OK : refuse(report, "bad URL: its host");
}

/* Once more, whole: a host that has become an address ("127.1." was none) gets an address's form.
 */
static enum status read_again(CURLU *handle, struct report *report)
{
    char *text = NULL;
    if (curl_url_get(handle, CURLUPART_URL, &text, 0) != CURLUE_OK)
        return refuse(report, "bad URL");
    bool is_read = curl_url_set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER) == CURLUE_OK;
    curl_free(text);
    return is_read ? STATUS_OK : refuse(report, "bad URL: its host");
}

static enum status take_host(struct egress_url *url, struct report *report)
{
    char *text = NULL;
    enum status status = set_host(url->handle, report);
    if (status == STATUS_OK)
        status = read_again(url->handle, report);
    if (status != STATUS_OK)
        return status;
    if (curl_url_get(url->handle, CURLUPART_HOST, &text, 0) != CURLUE_OK)
        return refuse(report, "bad URL: no host");
    size_t len = strlen(text);
    bool is_six = len > 2 && text[0] == '[' && text[len - 1] == ']';
    size_t skip = is_six ? 1 : 0;
    bool fits = len - 2 * skip <= EGRESS_HOST_MAX;
    if (fits)
        (void)snprintf(url->host, sizeof url->host, "%.*s", (int)(len - 2 * skip), text + skip);
    curl_free(text);
    return fits ? STATUS_OK : refuse(report, "bad URL: its host");
}

static enum status check_whole(struct egress_url *url, struct report *report)
{
    char *text = NULL;
    if (curl_url_get(url->handle, CURLUPART_SCHEME, &text, 0) != CURLUE_OK)
        return refuse(report, "only https:// URLs are supported");
    bool is_https = strcasecmp(text, "https") == 0;
    curl_free(text);
    if (!is_https)
        return refuse(report, "only https:// URLs are supported");
    static const CURLUPart none[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                     CURLUPART_ZONEID};
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        if (curl_url_get(url->handle, none[i], &text, 0) != CURLUE_OK)
            continue;
        curl_free(text);
        return refuse(report, "bad URL: a user, a password or a zone in it");
    }
    if (curl_url_set(url->handle, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK)
        return STATUS_NO_MEMORY;
    enum status status = take_port(url, report);
    return status == STATUS_OK ? take_host(url, report) : status;
}

enum status egress_url_read(struct bytes text, const struct egress_url *base,
                            struct egress_url *out_url, struct report *report)
{
    struct egress_url url = {0};
    char copy[EGRESS_URL_MAX + 1];
    if (text.len == 0 || text.len > EGRESS_URL_MAX)
        return report_fail(report, text.len == 0 ? STATUS_INVALID : STATUS_LIMIT, REPORT_NO_OFFSET,
                           "bad URL: it has 1 to 8,192 bytes");
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    enum status status = check_bytes(copy, text.len, report);
    if (status == STATUS_OK)
        status = check_authority(copy, base != NULL, report);
    if (status != STATUS_OK)
        return status;
    url.handle = base == NULL ? curl_url() : curl_url_dup(base->handle);
    if (url.handle == NULL)
        return STATUS_NO_MEMORY;
    if (curl_url_set(url.handle, CURLUPART_URL, copy, CURLU_DISALLOW_USER) != CURLUE_OK)
        status = refuse(report, "bad URL");
    if (status == STATUS_OK)
        status = check_whole(&url, report);
    if (status == STATUS_OK)
        *out_url = url;
    else
        egress_url_fini(&url);
    return status;
}

void egress_url_fini(struct egress_url *url)
{
    curl_url_cleanup(url->handle);
    url->handle = NULL;
}

bool egress_url_same_origin(const struct egress_url *a, const struct egress_url *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0;
}

void egress_url_authority(const struct egress_url *url, char out_text[EGRESS_HOST_MAX + 16])
{
    bool is_six = strchr(url->host, ':') != NULL;
    const char *open = is_six ? "[" : "";
    const char *close = is_six ? "]" : "";
    if (url->port == HTTPS_PORT)
        (void)snprintf(out_text, EGRESS_HOST_MAX + 16, "%s%s%s", open, url->host, close);
    else
        (void)snprintf(out_text, EGRESS_HOST_MAX + 16, "%s%s%s:%u", open, url->host, close,
                       url->port);
}

/*
 * node/egress/request.c: see request.h.
 */
#include "node/egress/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "core/base/cbor.h"

bool egress_is_token(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = (char)name.data[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c == '\0' || (!is_alnum && strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return name.len != 0;
}

static bool is_value(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((value.data[i] < 0x20 && value.data[i] != '\t') || value.data[i] == 0x7F)
            return false;
    return true;
}

static bool is_name(struct bytes name, const char *word)
{
    return name.len == strlen(word) && strncasecmp((const char *)name.data, word, name.len) == 0;
}

static bool is_one_of(struct bytes name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_name(name, words[i]))
            return true;
    return false;
}

/* Of the connection, or of the message's framing. */
static bool is_forbidden(struct bytes name)
{
    static const char *const words[] = {
        "connection",        "expect",   "http2-settings", "keep-alive", "host",
        "content-length",    "te",       "trailer",        "upgrade",    "proxy-connection",
        "transfer-encoding", "alt-used", "early-data",
    };
    return is_one_of(name, words, ARRAY_LEN(words)) ||
           (name.len >= 6 && strncasecmp((const char *)name.data, "proxy-", 6) == 0);
}

/* A header that says what egress says anyway is left out. */
static bool is_right(const struct egress_header *header, const struct egress_url *url,
                     size_t body_len)
{
    char text[EGRESS_HOST_MAX + 16];
    if (is_name(header->name, "connection"))
        return is_name(header->value, "close");
    if (is_name(header->name, "content-length")) {
        (void)snprintf(text, sizeof text, "%zu", body_len);
        return bytes_equal(header->value, bytes_of(text, strlen(text)));
    }
    egress_url_authority(url, text);
    return is_name(header->name, "host") && is_name(header->value, text);
}

static enum status check_header(const struct egress_header *header, const struct egress_url *url,
                                size_t body_len, bool *out_is_kept, struct report *report)
{
    if (!egress_is_token(header->name))
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "bad header: a name that is no token");
    if (!is_value(header->value))
        return report_fail_name(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                "bad header: a control character in the value of %", header->name);
    *out_is_kept = !is_forbidden(header->name);
    if (!*out_is_kept && !is_right(header, url, body_len))
        return report_fail_name(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                "bad header: % is not the guest's to set", header->name);
    return STATUS_OK;
}

static enum status read_header(struct cbor_reader *reader, struct egress_header *out_header)
{
    uint64_t two = 0;
    enum status status = cbor_read_array(reader, &two);
    if (status == STATUS_OK && two != 2)
        status = STATUS_MALFORMED;
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &out_header->name);
    if (status == STATUS_OK)
        status = cbor_read_bytes(reader, &out_header->value);
    return status;
}

static enum status check_headers(struct egress_request *request, const struct egress_url *url,
                                 struct report *report)
{
    uint32_t kept = 0;
    size_t sum = 0;
    for (uint32_t i = 0; i < request->header_count; i++) {
        bool is_kept = false;
        enum status status =
            check_header(&request->headers[i], url, request->body.len, &is_kept, report);
        if (status != STATUS_OK)
            return status;
        sum += request->headers[i].name.len + request->headers[i].value.len;
        if (is_kept)
            request->headers[kept++] = request->headers[i];
    }
    request->header_count = kept;
    return sum <= GATE_HTTP_HEADER_MAX
               ? STATUS_OK
               : report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                             "too large: the headers have more than 65,536 bytes");
}

enum status egress_request_read(uint64_t method, struct bytes fields, const struct egress_url *url,
                                struct egress_request *out_request, struct report *report)
{
    struct cbor_reader reader;
    uint64_t count = 0;
    if (method >= GATE_HTTP_METHODS)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "there is no such method");
    out_request->method = (enum gate_http_method_of)method;
    cbor_reader_init(&reader, fields, 0, report);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count != 2)
        status = STATUS_MALFORMED;
    if (status == STATUS_OK)
        status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count > GATE_HTTP_HEADERS_MAX)
        status = report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET, "more than 128 headers");
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_header(&reader, &out_request->headers[i]);
    if (status == STATUS_OK)
        status = cbor_read_bytes(&reader, &out_request->body);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status != STATUS_OK)
        return status;
    out_request->header_count = (uint32_t)count;
    if (out_request->method == GATE_HTTP_HEAD && out_request->body.len != 0)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "HEAD has no body");
    return check_headers(out_request, url, report);
}

static void drop_headers(struct egress_request *request, const char *const *words, size_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < request->header_count; i++)
        if (!is_one_of(request->headers[i].name, words, count))
            request->headers[kept++] = request->headers[i];
    request->header_count = kept;
}

void egress_request_redirect(struct egress_request *request, long status, bool is_same_origin)
{
    static const char *const of_origin[] = {"authorization", "cookie", "cookie2"};
    static const char *const of_body[] = {
        "content-type", "content-encoding", "content-language", "content-location",
        "digest",       "content-digest",   "last-modified"};
    bool becomes_get = (status == 303 && request->method != GATE_HTTP_HEAD) ||
                       ((status == 301 || status == 302) && request->method == GATE_HTTP_POST);
    if (becomes_get) {
        request->method = GATE_HTTP_GET;
        request->body = bytes_of("", 0);
        drop_headers(request, of_body, ARRAY_LEN(of_body));
    }
    if (!is_same_origin)
        drop_headers(request, of_origin, ARRAY_LEN(of_origin));
}

/* False: no room; the list stays. */
static bool put_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer != NULL)
        *list = longer;
    return longer != NULL;
}

static bool is_blank(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] != ' ' && value.data[i] != '\t')
            return false;
    return true;
}

static bool put_header(struct curl_slist **list, const struct egress_header *header)
{
    size_t room = header->name.len + header->value.len + 3;
    char *line = malloc(room);
    if (line == NULL)
        return false;
    /* libcurl's way to say "without a value" is a semicolon; of white space alone it makes no line,
     * where HTTP has no value. */
    if (is_blank(header->value))
        (void)snprintf(line, room, "%.*s;", (int)header->name.len, (const char *)header->name.data);
    else
        (void)snprintf(line, room, "%.*s: %.*s", (int)header->name.len,
                       (const char *)header->name.data, (int)header->value.len,
                       (const char *)header->value.data);
    bool is_put = put_line(list, line);
    memory_wipe(line, room);
    free(line);
    return is_put;
}

struct curl_slist *egress_request_lines(const struct egress_request *request)
{
    struct curl_slist *list = NULL;
    bool has_type = false;
    bool is_put = put_line(&list, "Connection: close") && put_line(&list, "Expect:");
    for (uint32_t i = 0; i < request->header_count && is_put; i++) {
        has_type = has_type || is_name(request->headers[i].name, "content-type");
        is_put = put_header(&list, &request->headers[i]);
    }
    if (is_put && !has_type)
        is_put = put_line(&list, "Content-Type:");
    if (!is_put) {
        curl_slist_free_all(list);
        return NULL;
    }
    return list;
}

const char *egress_method_name(enum gate_http_method_of method)
{
    static const char *const names[GATE_HTTP_METHODS] = {
        [GATE_HTTP_GET] = "GET",         [GATE_HTTP_POST] = "POST",   [GATE_HTTP_PUT] = "PUT",
        [GATE_HTTP_DELETE] = "DELETE",   [GATE_HTTP_PATCH] = "PATCH", [GATE_HTTP_HEAD] = "HEAD",
        [GATE_HTTP_OPTIONS] = "OPTIONS",
    };
    return names[method];
}

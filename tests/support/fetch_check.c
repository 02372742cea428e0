/*
 * tests/support/fetch_check.c: see fetch_check.h.
 */
#include "tests/support/fetch_check.h"

#include <stdlib.h>

#include "node/egress/request.h"
#include "node/main/http_grants.h"
#include "node/main/http_internal.h"

/* As it is known everywhere: no test library here, fuzzers use it, too. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_url(const struct egress_url *url)
{
    char *whole = NULL;
    struct egress_url again = {0};
    struct report report;
    report_init(&report);
    must(url->port != 0 && url->host[0] != '\0');
    for (const char *c = url->host; *c != '\0'; c++)
        must(*c > 0x20 && *c < 0x7F && !(*c >= 'A' && *c <= 'Z') &&
             strchr("@/?#\\%[]", *c) == NULL);
    must(curl_url_get(url->handle, CURLUPART_URL, &whole, 0) == CURLUE_OK);
    must(strncmp(whole, "https://", 8) == 0 && strchr(whole, '#') == NULL);
    /* What is longer written out than it was is refused the second time. */
    enum status status = egress_url_read(bytes_of(whole, strlen(whole)), NULL, &again, &report);
    must(status == STATUS_OK || strlen(whole) > EGRESS_URL_MAX);
    if (status == STATUS_OK) {
        must(egress_url_same_origin(url, &again));
        egress_url_fini(&again);
    }
    curl_free(whole);
}

static enum status read_url(struct bytes text, const char *base_text, struct report *report)
{
    struct egress_url base = {0};
    struct egress_url url = {0};
    if (base_text != NULL)
        must(egress_url_read(bytes_of(base_text, strlen(base_text)), NULL, &base, report) ==
             STATUS_OK);
    enum status status = egress_url_read(text, base_text == NULL ? NULL : &base, &url, report);
    must(status == STATUS_OK || status == STATUS_NO_MEMORY || report->is_set);
    if (status == STATUS_OK) {
        check_url(&url);
        egress_url_fini(&url);
    }
    egress_url_fini(&base);
    return status;
}

static void check_lines(const struct egress_request *request)
{
    struct curl_slist *lines = egress_request_lines(request);
    must(lines != NULL);
    for (const struct curl_slist *line = lines; line != NULL; line = line->next)
        must(strpbrk(line->data, "\r\n") == NULL);
    curl_slist_free_all(lines);
}

static enum status read_fields(const struct http_request *sent, struct report *report)
{
    static const char text[] = "https://a.example/";
    struct egress_url url = {0};
    struct egress_request *request = calloc(1, sizeof *request);
    must(request != NULL);
    must(egress_url_read(bytes_of(text, sizeof text - 1), NULL, &url, report) == STATUS_OK);
    enum status status = egress_request_read(sent->method, sent->fields, &url, request, report);
    if (status == STATUS_OK) {
        must(request->header_count <= GATE_HTTP_HEADERS_MAX);
        check_lines(request);
        egress_request_redirect(request, 303, false);
        must(request->method == GATE_HTTP_GET || request->method == GATE_HTTP_HEAD);
        check_lines(request);
    }
    egress_url_fini(&url);
    free(request);
    return status;
}

static enum status read_request(struct bytes sent, struct report *report)
{
    struct http_session *session = calloc(1, sizeof *session);
    struct http_request request = {0};
    uint64_t bytes = 0;
    must(session != NULL && http_room_put(&session->request, sent, HTTP_REQUEST_MAX));
    enum status status = http_request_read(session, &request, report);
    if (status == STATUS_OK) {
        must(request.bytes <= sent.len);
        must(http_fields_check(request.fields, GATE_HTTP_BODY_MAX, &bytes, report) == STATUS_OK);
        must(bytes + request.url.len == request.bytes);
        status = read_fields(&request, report);
    }
    http_room_free(&session->request);
    free(session);
    return status;
}

static enum status read_host(struct bytes text, struct report *report)
{
    static struct settings settings = {.grant_count = 1,
                                       .grants = {{.host = "*.example", .port = 443}}};
    struct http_host host = {0};
    struct http_host again = {0};
    enum status status = http_host_read(text, &host, report);
    must(status == STATUS_OK || report->is_set);
    if (status != STATUS_OK)
        return status;
    must(host.len == strlen(host.text) && host.len <= SETTINGS_HOST_MAX);
    must(http_host_read(bytes_of(host.text, host.len), &again, NULL) == STATUS_OK);
    must(again.len == host.len && memcmp(again.text, host.text, host.len) == 0 &&
         again.is_address == host.is_address);
    if (http_grant_find(&settings, BYTES_LITERAL("app"), &host, 443) != NULL)
        must(!host.is_address && host.len > 8 &&
             memcmp(host.text + host.len - 8, ".example", 8) == 0);
    return status;
}

enum status fetch_check(struct bytes input, struct report *report)
{
    report_init(report);
    if (input.len == 0 || input.len > 65536)
        return STATUS_INVALID;
    struct bytes rest = bytes_of(input.data + 1, input.len - 1);
    switch (input.data[0] % 4) {
    case 0:
        return read_url(rest, NULL, report);
    case 1:
        return read_url(rest, "https://a.example:8443/x/y?z", report);
    case 2:
        return read_request(rest, report);
    default:
        return read_host(rest, report);
    }
}

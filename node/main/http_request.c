/*
 * node/main/http_request.c: what a cell sent, and what egress answered, held against the bounds of
 * gate_http.h. Both are hostile here; neither URL nor headers are understood, that is egress's.
 */
#include <stdlib.h>

#include "core/base/cbor.h"
#include "node/main/http_internal.h"

#define ARRAY_OF_TWO 0x82u
#define ROOM_LEAST   4096u

bool http_room_put(struct http_room *room, struct bytes data, size_t most)
{
    if (data.len > most - room->len)
        return false;
    if (data.len > room->cap - room->len) {
        size_t cap = room->cap < ROOM_LEAST ? ROOM_LEAST : room->cap;
        while (cap < room->len + data.len)
            cap *= 2;
        cap = cap < most ? cap : most;
        uint8_t *grown = malloc(cap);
        if (grown == NULL)
            return false;
        if (room->len != 0)
            memcpy(grown, room->data, room->len);
        struct http_room outgrown = *room;
        room->data = grown;
        room->cap = cap;
        http_room_free(&outgrown);
    }
    if (data.len != 0)
        memcpy(room->data + room->len, data.data, data.len);
    room->len += data.len;
    return true;
}

void http_room_free(struct http_room *room)
{
    if (room->data != NULL)
        memory_wipe(room->data, room->len);
    free(room->data);
    *room = (struct http_room){0};
}

static enum status check_headers(struct cbor_reader *reader, uint64_t *out_bytes)
{
    uint64_t count = 0;
    uint64_t sum = 0;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count > GATE_HTTP_HEADERS_MAX)
        return report_fail(reader->report, STATUS_LIMIT, REPORT_NO_OFFSET, "more than 128 headers");
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        struct bytes name = {0};
        struct bytes value = {0};
        uint64_t two = 0;
        status = cbor_read_array(reader, &two);
        if (status == STATUS_OK && two != 2)
            status = STATUS_MALFORMED;
        if (status == STATUS_OK)
            status = cbor_read_text(reader, &name);
        if (status == STATUS_OK)
            status = cbor_read_bytes(reader, &value);
        sum += name.len + value.len;
    }
    if (status == STATUS_OK && sum > GATE_HTTP_HEADER_MAX)
        status = report_fail(reader->report, STATUS_LIMIT, REPORT_NO_OFFSET,
                             "the headers have more than 65,536 bytes");
    *out_bytes += sum;
    return status;
}

static enum status check_rest(struct cbor_reader *reader, uint64_t body_most, uint64_t *out_bytes)
{
    struct bytes body = {0};
    enum status status = check_headers(reader, out_bytes);
    if (status == STATUS_OK)
        status = cbor_read_bytes(reader, &body);
    if (status == STATUS_OK)
        status = cbor_reader_end(reader);
    if (status == STATUS_OK && body.len > body_most)
        status = report_fail_u64(reader->report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                 "the body has more than % bytes", body_most);
    *out_bytes += body.len;
    return status;
}

enum status http_fields_check(struct bytes fields, uint64_t body_most, uint64_t *out_bytes,
                              struct report *report)
{
    struct cbor_reader reader;
    uint64_t count = 0;
    cbor_reader_init(&reader, fields, 0, report);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count != 2)
        status = report_fail(report, STATUS_MALFORMED, 0, "not headers and a body");
    return status == STATUS_OK ? check_rest(&reader, body_most, out_bytes) : status;
}

enum status http_request_read(struct http_session *session, struct http_request *out_request,
                              struct report *report)
{
    struct http_request request = {0};
    struct cbor_reader reader;
    uint64_t count = 0;
    uint64_t method = 0;
    if (session->is_too_long)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET, "the request is too large");
    cbor_reader_init(&reader, bytes_of(session->request.data, session->request.len), 0, report);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count != 4)
        status = report_fail(report, STATUS_MALFORMED, 0, "not a request");
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &method);
    if (status == STATUS_OK && method >= GATE_HTTP_METHODS)
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "there is no such method");
    if (status == STATUS_OK)
        status = cbor_read_text(&reader, &request.url);
    if (status == STATUS_OK && (request.url.len == 0 || request.url.len > GATE_HTTP_URL_MAX))
        status =
            report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "a URL has 1 to 8,192 bytes");
    if (status != STATUS_OK)
        return status;
    request.method = (enum gate_http_method_of)method;
    request.bytes = request.url.len;
    /* The URL gets a copy, and its last byte becomes the head of what is left: [headers, body]. */
    memcpy(session->url, request.url.data, request.url.len);
    request.url.data = session->url;
    size_t head = session->request.len - reader.rest.len - 1;
    session->request.data[head] = ARRAY_OF_TWO;
    request.fields = bytes_of(session->request.data + head, reader.rest.len + 1);
    status = check_rest(&reader, GATE_HTTP_BODY_MAX, &request.bytes);
    if (status == STATUS_OK)
        *out_request = request;
    return status;
}

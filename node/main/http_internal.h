/*
 * node/main/http_internal.h: one call's GATE_HTTP from inside; of http.c and http_fetch.c.
 */
#ifndef AETHER_NODE_MAIN_HTTP_INTERNAL_H
#define AETHER_NODE_MAIN_HTTP_INTERNAL_H

#include <stdatomic.h>

#include "aether/gate_http.h"
#include "node/config/settings.h"
#include "node/main/http.h"
#include "node/main/http_link.h"

#define HTTP_WHY_MAX  512u
#define HTTP_HOPS_MAX 6u /* the URL and five redirects */
/* The most that a well-formed request has: [method, url, headers, body]. */
#define HTTP_REQUEST_MAX                                                                           \
    (GATE_HTTP_URL_MAX + GATE_HTTP_HEADER_MAX + 16 * GATE_HTTP_HEADERS_MAX + GATE_HTTP_BODY_MAX +  \
     64u)

struct http {
    const struct settings *settings;
    http_log_fn *log;
    void *log_context;
    struct http_link *egress, *net;
    atomic_uint_fast64_t last_fetch, last_connection;
};

/* Wiped when it is freed or outgrown. */
struct http_room {
    uint8_t *data;
    size_t len, cap;
};

struct http_session {
    struct http *http;
    struct http_wait fetch_wait, net_wait;
    struct http_room request;
    bool is_too_long; /* more was sent than a request has */
    uint8_t url[GATE_HTTP_URL_MAX];
    struct http_room response; /* CBOR: [status, headers, body] */
    size_t app_len;
    uint8_t app[65];
};

/* A request, checked; it points into the session. */
struct http_request {
    enum gate_http_method_of method;
    struct bytes url;
    struct bytes fields; /* CBOR: [headers, body] */
    uint64_t bytes;      /* of URL, headers, body */
};

/* How a fetch ended: 0, and session->response; or why not. */
struct http_end {
    unsigned error; /* enum gate_http_error; 0: there is a response */
    uint32_t status;
    size_t address_len;
    char address[65];
    size_t why_len;
    char why[HTTP_WHY_MAX];
};

void http_end_fail(struct http_end *end, enum gate_http_error error, struct bytes why);

/* Splits what was sent; spoils session->request for a second time. INVALID, LIMIT. */
enum status MUST_CHECK http_request_read(struct http_session *session,
                                         struct http_request *out_request, struct report *report);

/* [[[name, value] ...], body] within the bounds of gate_http.h and `body_most`. Adds the bytes of
 * names, values and body to `*out_bytes`. */
enum status MUST_CHECK http_fields_check(struct bytes fields, uint64_t body_most,
                                         uint64_t *out_bytes, struct report *report);

/* Appends; false: no room, or more than `most` in all. */
bool http_room_put(struct http_room *room, struct bytes data, size_t most);
void http_room_free(struct http_room *room);

/* All of it, with its lines in the log. */
void http_fetch(struct http_session *session, const struct http_request *request,
                struct http_end *out_end);

#endif

/*
 * node/egress/request.h: a guest's request, checked as what goes on the wire.
 *
 * Header names are tokens, values have no control but a tab; what belongs to the connection
 * (RFC 9110 7.6.1) or decides where a message ends is refused: nobody but egress sets it. Host,
 * Content-Length and "Connection: close" may be there when they say what will be sent anyway.
 */
#ifndef AETHER_NODE_EGRESS_REQUEST_H
#define AETHER_NODE_EGRESS_REQUEST_H

#include "aether/gate_http.h"
#include "node/egress/url.h"

struct egress_header {
    struct bytes name;
    struct bytes value;
};

/* Points into what it was read from. */
struct egress_request {
    enum gate_http_method_of method;
    uint32_t header_count;
    struct egress_header headers[GATE_HTTP_HEADERS_MAX];
    struct bytes body;
};

/* `fields`: CBOR, [[[name, value] ...], body]. */
enum status MUST_CHECK egress_request_read(uint64_t method, struct bytes fields,
                                           const struct egress_url *url,
                                           struct egress_request *out_request,
                                           struct report *report);

/* What it becomes behind a redirect of this status (RFC 9110 15.4): the method GET without a body,
 * or as it is. On another origin without what was for the first one alone. */
void egress_request_redirect(struct egress_request *request, long status, bool is_same_origin);

/* What curl_slist takes, with what libcurl would add taken away; NULL: no room. */
struct curl_slist *egress_request_lines(const struct egress_request *request);

const char *egress_method_name(enum gate_http_method_of method);

bool egress_is_token(struct bytes name);

#endif

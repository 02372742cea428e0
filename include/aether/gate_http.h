/*
 * aether/gate_http.h: what a guest asks of other machines by HTTPS: GATE_HTTP (GATE_FEATURE_HTTP).
 *
 * One request, one response, both whole; nothing is open in between. The gate decides by the host's
 * name before anything is resolved, and again at every redirect. What is denied, or does not work,
 * is GATE_FAILED with enum gate_http_error in values[0] and a sentence (UTF-8, no secret) in out.
 */
#ifndef AETHER_GATE_HTTP_H
#define AETHER_GATE_HTTP_H

#include "aether/gate.h"

#define GATE_HTTP_URL_MAX     8192u
#define GATE_HTTP_HEADERS_MAX 128u
#define GATE_HTTP_HEADER_MAX  65536u /* bytes of all names and values */
#define GATE_HTTP_BODY_MAX    (16u << 20)

enum gate_http_method_of {
    GATE_HTTP_GET = 0,
    GATE_HTTP_POST = 1,
    GATE_HTTP_PUT = 2,
    GATE_HTTP_DELETE = 3,
    GATE_HTTP_PATCH = 4,
    GATE_HTTP_HEAD = 5,
    GATE_HTTP_OPTIONS = 6,
    GATE_HTTP_METHODS = 7,
};

enum gate_http_method {
    /* in = the next bytes of the request, deterministic CBOR: [method, url, [[name, value] ...],
     * body]; names and url are text, values and body bytes. They are put behind what was sent since
     * the last FETCH. args[0] = 1: these bytes are the first ones. */
    GATE_HTTP_SEND = 0,
    /* Does the request that was sent. values[1] = bytes of the response, deterministic CBOR:
     * [status, [[name, value] ...], body]. */
    GATE_HTTP_FETCH = 1,
    /* args[0] = from which byte of the response on; out = where to. */
    GATE_HTTP_RECEIVE = 2,
    GATE_HTTP_METHOD_COUNT = 3,
};

enum gate_http_error {
    GATE_HTTP_DENIED = 1,      /* policy does not grant it */
    GATE_HTTP_INVALID = 2,     /* not https, CR or LF in a header, a bad URL, too long */
    GATE_HTTP_UNREACHABLE = 3, /* name, connection, TLS */
    GATE_HTTP_TOO_LARGE = 4,
    GATE_HTTP_TIMEOUT = 5,
    GATE_HTTP_UNAVAILABLE = 6, /* the role that does it is away */
};

#endif

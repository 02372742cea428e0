/*
 * core/wasi/https.h: one request by HTTPS, over GATE_HTTP (gate_http.h). For what imports it.
 *
 * The request goes to the gate in pieces, without a copy of it; the response comes whole. What the
 * gate says is believed in its form: one that is no gate_http.h is a panic.
 */
#ifndef AETHER_WASI_HTTPS_H
#define AETHER_WASI_HTTPS_H

#include "aether/gate_http.h"
#include "core/base/arena.h"
#include "core/wasi/gate.h"

/* `headers`: list<tuple<string, string>>, as lifted. */
struct component_value;
struct wasi_https_request {
    uint64_t method; /* enum gate_http_method_of, unchecked */
    struct bytes url;
    const struct component_value *headers;
    struct bytes body;
};

struct wasi_https_header {
    struct bytes name;
    struct bytes value;
};

/* Texts are UTF-8: bytes of a header that is not have '?' in the place of what is not ASCII. */
struct wasi_https_response {
    uint16_t status;
    uint32_t header_count;
    const struct wasi_https_header *headers;
    struct bytes body;
};

#define WASI_HTTPS_WHY_MAX 1024u

/* In `arena`. DENIED: `*out_why` is a sentence for the guest, nothing else was written; the caller
 * asks only when gate->has_http. */
enum status MUST_CHECK wasi_https_fetch(const struct wasi_gate *gate,
                                        const struct wasi_https_request *request,
                                        struct arena *arena,
                                        struct wasi_https_response *out_response,
                                        struct bytes *out_why);

#endif

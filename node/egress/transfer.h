/*
 * node/egress/transfer.h: one hop: a request over one carried connection, by one libcurl handle
 * that lives for it alone. Nothing is kept between two: no session, cookie or connection.
 */
#ifndef AETHER_NODE_EGRESS_TRANSFER_H
#define AETHER_NODE_EGRESS_TRANSFER_H

#include <openssl/x509.h>

#include "node/egress/request.h"
#include "node/message/types.h"

#define EGRESS_INTERIM_MAX 8u /* answers of 1xx before the real one */

/* Why it failed: a code for main and a sentence. */
struct egress_failure {
    enum message_failure code;
    char text[512];
};

struct egress_response {
    long status;
    uint32_t header_count;
    struct egress_header headers[GATE_HTTP_HEADERS_MAX]; /* into header_room */
    size_t header_len;
    char header_room[GATE_HTTP_HEADER_MAX];
    uint8_t *body; /* body_len bytes; freed by egress_response_fini */
    size_t body_len, body_cap;
};

void egress_response_fini(struct egress_response *response);

struct egress_transfer {
    X509_STORE *roots;
    const struct egress_url *url;
    const struct egress_request *request;
    uint64_t body_most;
    uint64_t timeout_ms; /* not 0 */
    /* The connection; closed through `close_socket`, which whoever may cut it meanwhile gives. */
    int socket;
    void (*close_socket)(void *context, int socket);
    void *context;
};

/* False: `*out_failure`. `*out_response` needs fini in any case. Takes the socket over. */
bool MUST_CHECK egress_transfer_run(const struct egress_transfer *transfer,
                                    struct egress_response *out_response,
                                    struct egress_failure *out_failure);

#endif

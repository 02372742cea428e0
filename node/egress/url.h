/*
 * node/egress/url.h: a URL that a guest, or a server's Location, gave: read by libcurl's own
 * parser, so that what was checked is what is asked for.
 *
 * Refused before that parser sees it: bytes that no URL has (controls, spaces, not ASCII, '\'), and
 * what readers of URLs disagree about: userinfo, '%' in a host, "https:/host", "https:///host".
 */
#ifndef AETHER_NODE_EGRESS_URL_H
#define AETHER_NODE_EGRESS_URL_H

#include <curl/curl.h>

#include "core/base/report.h"

#define EGRESS_URL_MAX  8192u
#define EGRESS_HOST_MAX 253u

struct egress_url {
    CURLU *handle; /* https, no userinfo, no fragment, host in lower case and without a last dot */
    uint16_t port;
    char host[EGRESS_HOST_MAX + 1]; /* an IPv6 address without its brackets */
};

/* `base`: what a relative one is relative to; NULL: it has to be whole. INVALID, LIMIT, NO_MEMORY
 * with a sentence. */
enum status MUST_CHECK egress_url_read(struct bytes text, const struct egress_url *base,
                                       struct egress_url *out_url, struct report *report);
void egress_url_fini(struct egress_url *url);

bool egress_url_same_origin(const struct egress_url *a, const struct egress_url *b);

/* "example.com", "example.com:8443": as Host has it. */
void egress_url_authority(const struct egress_url *url, char out_text[EGRESS_HOST_MAX + 16]);

#endif

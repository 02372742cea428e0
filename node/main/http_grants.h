/*
 * node/main/http_grants.h: which hosts an app may ask. Pure functions over what egress and the
 * operator wrote.
 *
 * A host is a name of labels (a to z, 0 to 9, '-', '_'; at most 63 each, 253 in all), or an
 * address. It is compared without regard to case and to one dot at its end. A grant is for one
 * host, or, with
 * "*." in front, for everything beneath it: never for the name itself, an address, or a name with
 * an "xn--" label. Those are granted by their full name alone.
 */
#ifndef AETHER_NODE_MAIN_HTTP_GRANTS_H
#define AETHER_NODE_MAIN_HTTP_GRANTS_H

#include "node/config/settings.h"

struct http_host {
    bool is_address;
    size_t len;
    char text[SETTINGS_HOST_MAX + 1]; /* lower case, no dot at the end, an address as it is usual */
};

/* INVALID: no name that could be asked for, an address in a form that is not the usual one among
 * them ("0x7f.1", "2130706433", "127.1"); `report` says why. */
enum status MUST_CHECK http_host_read(struct bytes text, struct http_host *out_host,
                                      struct report *report);

/* The grant that lets `app` ask this host and port; NULL: there is none. Of several the one that
 * allows the most. */
const struct settings_grant *http_grant_find(const struct settings *settings, struct bytes app,
                                             const struct http_host *host, uint64_t port);

#endif

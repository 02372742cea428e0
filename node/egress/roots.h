/*
 * node/egress/roots.h: whom egress trusts: the system's certificates and the operator's, read once,
 * before the role shuts itself in.
 */
#ifndef AETHER_NODE_EGRESS_ROOTS_H
#define AETHER_NODE_EGRESS_ROOTS_H

#include <openssl/x509.h>

#include "core/base/report.h"

#define EGRESS_ROOTS_BYTES_MAX (4u << 20) /* of one file */
#define EGRESS_ROOTS_MAX       4096u      /* certificates of one file */

/* `ca_fd`: a PEM bundle of the operator's, or -1; `ca_hash`: its SHA-256 as the settings have it,
 * all zero: none expected. `with_system`: the system's bundle, too, where there is one.
 * `*out_count` = certificates of both. INVALID: the operator's bundle is none, or has another hash.
 */
enum status MUST_CHECK egress_roots_load(int ca_fd, const uint8_t ca_hash[static 32],
                                         bool with_system, X509_STORE **out_store,
                                         uint32_t *out_count, struct report *report);

#endif

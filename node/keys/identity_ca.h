/*
 * node/keys/identity_ca.h: where the intermediate comes from at the first start.
 */
#ifndef AETHER_NODE_KEYS_IDENTITY_CA_H
#define AETHER_NODE_KEYS_IDENTITY_CA_H

#include <openssl/x509.h>

#include "core/base/report.h"

/* ca.crt and ca.key (PEM) of the directory, or a new one that signs itself, for ten years. INVALID:
 * they do not belong together, are not P-256, or the certificate may not issue. */
enum status MUST_CHECK identity_ca_get(int directory, X509 **out_cert, EVP_PKEY **out_key,
                                       struct report *report);

/* When the key is sealed: ca.key goes, the certificate stays as ca.crt for clients to pin. */
enum status MUST_CHECK identity_ca_keep(int directory, X509 *cert, struct report *report);

#endif

/*
 * node/attest/oid.h: object identifiers of what stands in a leaf, as dotted text and as DER.
 *
 * P is the arc of the service that we are compatible with; OURS is a branch of it that the service
 * does not use. Every number stays below 2^31: an arc under 2.25 (a UUID) makes python-cryptography
 * 38 of Debian 12, and Go's crypto/x509, refuse the whole certificate.
 * docs/attestation.md says what each extension holds.
 */
#ifndef AETHER_NODE_ATTEST_OID_H
#define AETHER_NODE_ATTEST_OID_H

#include "core/base/bytes.h"

#define ATTEST_OID_P       "1.3.6.1.4.1.65230"
#define ATTEST_OID_OURS    ATTEST_OID_P ".60000"
#define ATTEST_OID_CMW     "1.3.6.1.5.5.7.1.35" /* id-pe-cmw: evidence of a TPM */
#define ATTEST_OID_SGX     "1.2.840.113741.1.13.1.0"
#define ATTEST_OID_TDX     "1.2.840.113741.1.5.5.1.6"
#define ATTEST_OID_SEV_SNP ATTEST_OID_P ".4.1"
#define ATTEST_OID_NVIDIA  ATTEST_OID_P ".5.1"

#define ATTEST_OID_CONFIG_ROOT   ATTEST_OID_P ".1.1"
#define ATTEST_OID_EGRESS_CA     ATTEST_OID_P ".2.1"
#define ATTEST_OID_APPS          ATTEST_OID_P ".2.3"
#define ATTEST_OID_WORKLOADS     ATTEST_OID_P ".2.5"
#define ATTEST_OID_SERVERS       ATTEST_OID_P ".2.7"
#define ATTEST_OID_APP_ROOT      ATTEST_OID_P ".3.1"
#define ATTEST_OID_APP_CODE      ATTEST_OID_P ".3.2"
#define ATTEST_OID_APP_KEY       ATTEST_OID_P ".3.4"
#define ATTEST_OID_APP_CONFIG    ATTEST_OID_P ".3.5"
#define ATTEST_OID_EVIDENCE_KIND ATTEST_OID_OURS ".1" /* text: "tpm", "none"; keys alone */
#define ATTEST_OID_RECEIPT_KEY   ATTEST_OID_OURS ".2" /* SPKI that signs receipts; keys alone */
#define ATTEST_OID_DEV           ATTEST_OID_OURS ".3" /* text "dev": --dev; main */
#define ATTEST_OID_TREE          ATTEST_OID_OURS ".4" /* root with names hashed, 32 bytes; main */

#define ATTEST_OID_TEXT_MAX 128u
#define ATTEST_OID_DER_MAX  64u

/* The content bytes of an OBJECT IDENTIFIER (X.690 8.19), without tag and length. INVALID: not
 * dotted decimal of two arcs at least, 0 to 2 and (under 0 and 1) 0 to 39 first, no leading zeros;
 * LIMIT: too long. */
enum status MUST_CHECK attest_oid_encode(struct bytes dotted, struct buffer *out);

#endif

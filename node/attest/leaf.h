/*
 * node/attest/leaf.h: a leaf certificate, made (docs/attestation.md section 1).
 *
 * Who may be in it is decided elsewhere; here is checked what would make the certificate lie about
 * itself: a claim under an identifier that says evidence, one twice, a key that is not P-256.
 */
#ifndef AETHER_NODE_ATTEST_LEAF_H
#define AETHER_NODE_ATTEST_LEAF_H

#include <openssl/x509.h>

#include "core/base/report.h"

#define ATTEST_LEAF_CLAIMS_MAX 64u
#define ATTEST_LEAF_SECONDS    86400u
#define ATTEST_SPKI_LEN        91u

struct attest_leaf {
    struct bytes common_name;
    struct bytes spki;        /* P-256, DER; attest_spki_is_p256 */
    uint64_t not_before;      /* seconds; a whole minute */
    struct bytes kind;        /* of evidence: "tpm", "none" */
    struct bytes evidence;    /* the record (evidence.h); empty: none */
    struct bytes claims;      /* CBOR, [[dotted oid, value] ...] */
    struct bytes receipt_key; /* SPKI */
};

/* The one encoding of a P-256 SubjectPublicKeyInfo that we take: uncompressed, named curve. The
 * point itself is checked when it is used. */
bool attest_spki_is_p256(struct bytes spki);

/* INVALID: a claim or the key is wrong; LIMIT: too many claims, or no room in `out`; NO_MEMORY.
 * `issuer` and `key` may be in use elsewhere at the same time. */
enum status MUST_CHECK attest_leaf_issue(const struct attest_leaf *leaf, X509 *issuer,
                                         EVP_PKEY *key, struct buffer *out, struct report *report);

#endif

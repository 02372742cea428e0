/*
 * node/attest/verify_internal.h: between the files of the verifier.
 */
#ifndef AETHER_NODE_ATTEST_VERIFY_INTERNAL_H
#define AETHER_NODE_ATTEST_VERIFY_INTERNAL_H

#include <openssl/x509.h>

#include "node/attest/verify.h"

struct verify {
    const struct attest_policy *policy;
    struct attest_verdict *verdict;
    struct report *report;
    uint8_t report_data[64]; /* what the evidence must be bound to */
};

/* The check is over. */
enum status MUST_CHECK verify_hold(struct verify *verify, enum attest_check check);
/* Writes "word: sentence" and marks it; INVALID. */
enum status MUST_CHECK verify_fail(struct verify *verify, enum attest_check check,
                                   const char *sentence);

/* verify_chain.c */
/* One certificate, all of `der`; NULL: it is none. */
X509 *verify_certificate(struct bytes der);
/* How a path from `leaf` over `others` to one of the certificates in `anchors` (PEM) fares: 0, an
 * X509_V_ERR, or -1: memory, or nothing usable in `anchors`. */
int verify_path(X509 *leaf, const struct bytes *others, size_t other_count, struct bytes anchors,
                uint64_t now);
/* The same for a chain in PEM, the leaf first; *out_leaf is the caller's (X509_free), NULL unless
 * it could be read. */
int verify_path_pem(struct bytes chain, struct bytes anchors, uint64_t now, X509 **out_leaf);
bool verify_is_date_error(int error);
/* ECDSA by P-256 with SHA-256 over `message`; point: x | y, signature: r | s, 64 bytes each. */
bool verify_ecdsa(const uint8_t point[static 64], const uint8_t signature[static 64],
                  struct bytes message);
/* The point of a certificate's P-256 key; false: it has another one. */
bool verify_point(X509 *certificate, uint8_t out_point[static 64]);
/* The raw content of an extension; false: it is not there. */
bool verify_extension(X509 *certificate, const char *oid, struct bytes *out_value);

/* `record`: the CMW record. */
enum status MUST_CHECK verify_tpm(struct verify *verify, struct bytes record);
enum status MUST_CHECK verify_sgx(struct verify *verify, struct bytes quote);

#endif

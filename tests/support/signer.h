/*
 * tests/support/signer.h: keys and bundles for tests, the same in every run.
 *
 * Signing is BearSSL's deterministic ECDSA, so a bundle is a function of its arguments. What is
 * wrong is asked for by field: everything else stays right.
 */
#ifndef AETHER_TESTS_SIGNER_H
#define AETHER_TESTS_SIGNER_H

#include "core/proof/bundle.h"

#define SIGNER_BUNDLE_MAX 8192

/* A key pair made from a small number. */
struct signer {
    uint8_t secret[32];
    struct bundle_key key;
};

void signer_init(struct signer *signer, uint8_t number);
void signer_sign(const struct signer *signer, const uint8_t digest[static 32],
                 uint8_t out_signature[static 64]);

/* A bundle being described. Zero is a good one: unsigned, default manifest, empty payload. */
struct signer_plan {
    const struct manifest *manifest; /* NULL: manifest_init and the payload's hash */
    struct bytes manifest_bytes;     /* instead of a manifest, when there are any */
    struct bytes payload;
    const struct signer *signers[10];
    size_t signer_count;
    int64_t algorithm;    /* 0: -7 */
    bool flip_signature;  /* of the last signer */
    bool no_body;         /* an integer where the manifest should be */
    uint64_t tag;         /* 0: 98 */
    uint64_t version;     /* 0: 1 */
    const char *name;     /* NULL: aether-bundle */
    struct bytes trailer; /* after the bundle */
};

/* The bundle's bytes in `memory`, of SIGNER_BUNDLE_MAX. */
struct bytes signer_bundle(const struct signer_plan *plan, uint8_t *memory);

#endif

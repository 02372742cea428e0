/*
 * core/crypto/sha256.h: SHA-256 (FIPS 180-4), a typed front over BearSSL.
 */
#ifndef AETHER_CRYPTO_SHA256_H
#define AETHER_CRYPTO_SHA256_H

#include <bearssl/bearssl_hash.h>

#include "core/base/bytes.h"

struct sha256 {
    br_sha256_context context;
};

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, struct bytes data);
/* Writes the digest and wipes the state. */
void sha256_final(struct sha256 *sha, uint8_t out_digest[static 32]);

/* All at once. */
void sha256_digest(struct bytes data, uint8_t out_digest[static 32]);

#endif

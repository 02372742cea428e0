/*
 * core/crypto/p256.h: ECDSA over P-256 with SHA-256 (FIPS 186-4), verification only, over BearSSL.
 */
#ifndef AETHER_CRYPTO_P256_H
#define AETHER_CRYPTO_P256_H

#include "core/base/bytes.h"

/* `point`: x | y, 32 bytes each, big-endian. `signature`: r | s likewise. False for a bad point,
 * too. */
bool p256_verify(const uint8_t point[static 64], const uint8_t digest[static 32],
                 const uint8_t signature[static 64]);

#endif

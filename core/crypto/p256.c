/*
 * core/crypto/p256.c: ECDSA verification by BearSSL's 31-bit code: no 128-bit arithmetic, no tables
 * of its own beyond 10 KB, links freestanding. Public data only, so nothing is wiped here.
 *
 * High and low s are both accepted (FIPS 186-4 knows no other rule). Nothing we hash or chain
 * contains a signature, so a second valid form of one changes nothing.
 */
#include "core/crypto/p256.h"

#include <bearssl/bearssl_ec.h>

bool p256_verify(const uint8_t point[static 64], const uint8_t digest[static 32],
                 const uint8_t signature[static 64])
{
    /* 1 <= r, s; BearSSL checks s and both upper bounds, but not r. */
    if (bytes_are_zero(bytes_of(signature, 32)) || bytes_are_zero(bytes_of(signature + 32, 32)))
        return false;
    uint8_t encoded[65];
    encoded[0] = 0x04;
    memcpy(encoded + 1, point, 64);
    br_ec_public_key key = {.curve = BR_EC_secp256r1, .q = encoded, .qlen = sizeof encoded};
    return br_ecdsa_i31_vrfy_raw(&br_ec_p256_m31, digest, 32, &key, signature, 64) == 1;
}

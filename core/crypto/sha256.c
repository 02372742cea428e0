/*
 * core/crypto/sha256.c: SHA-256 by BearSSL. It uses XMM registers and, in Debian's build, reads a
 * stack canary at %fs:0x28: both must be there before the first call (docs/dependencies.md).
 */
#include "core/crypto/sha256.h"

void sha256_init(struct sha256 *sha)
{
    br_sha256_init(&sha->context);
}

void sha256_update(struct sha256 *sha, struct bytes data)
{
    br_sha256_update(&sha->context, data.data, data.len);
}

void sha256_final(struct sha256 *sha, uint8_t out_digest[static 32])
{
    br_sha256_out(&sha->context, out_digest);
    memory_wipe(sha, sizeof *sha);
}

void sha256_digest(struct bytes data, uint8_t out_digest[static 32])
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_update(&sha, data);
    sha256_final(&sha, out_digest);
}

/*
 * cli/key.h: P-256 keys by OpenSSL: made, kept as PEM, used to sign. Only the CLI signs; everything
 * that verifies uses core/crypto.
 */
#ifndef AETHER_CLI_KEY_H
#define AETHER_CLI_KEY_H

#include "core/proof/bundle.h"

struct key_pair; /* private, of OpenSSL */

/* NULL: it could not be made (said why). */
struct key_pair *key_generate(void);
/* A private key in PEM; NULL: not one of P-256 (said why). */
struct key_pair *key_read_private(const char *path);
void key_destroy(struct key_pair *pair);

/* The public half, with its kid. */
bool MUST_CHECK key_public(const struct key_pair *pair, struct bundle_key *out_key);
/* From a file with a public key in PEM. */
bool MUST_CHECK key_read_public(const char *path, struct bundle_key *out_key);

bool MUST_CHECK key_write_private(const struct key_pair *pair, const char *path);
bool MUST_CHECK key_write_public(const struct key_pair *pair, const char *path);

/* ES256: r | s over a SHA-256 digest. */
bool MUST_CHECK key_sign(const struct key_pair *pair, const uint8_t digest[static 32],
                         uint8_t out_signature[static 64]);

#endif

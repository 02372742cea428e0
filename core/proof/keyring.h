/*
 * core/proof/keyring.h: reading and writing the keys of an image (aether/abi/keyring.h).
 */
#ifndef AETHER_PROOF_KEYRING_H
#define AETHER_PROOF_KEYRING_H

#include "aether/abi/keyring.h"
#include "core/proof/bundle.h"

/* The keys point into `input`. MALFORMED, TRUNCATED or LIMIT: then there are no keys, and the image
 * must run nothing. Every kid is checked against its point. */
enum status MUST_CHECK keyring_open(struct bytes input, const struct bundle_key **out_keys,
                                    size_t *out_count, bool *out_bench, struct report *report);

/* Sorts `keys` by kid and appends the keyring's bytes. INVALID: a key twice, or a kid that is not
 * its point's; LIMIT: too many; NO_MEMORY: the buffer is full. */
enum status MUST_CHECK keyring_write(struct bundle_key *keys, size_t count, bool bench,
                                     struct buffer *buffer);

/* Sets the kid of a key whose point is set. */
void keyring_name(struct bundle_key *key);

#endif

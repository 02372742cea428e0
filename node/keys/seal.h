/*
 * node/keys/seal.h: one record, encrypted and bound to its place.
 *
 *   sealed = salt (24 random bytes) | AES-256-GCM(K, nonce 0, plain, place) | tag (16)
 *   K      = HMAC-SHA-256(values key, "aether record key 1" | salt)
 *   place  = "aether record 1" | for app, table, record: length (4 bytes, big-endian), bytes | then
 *            the version, 8 bytes, big-endian
 *
 * GCM breaks when a nonce comes twice under one key, and 96 random bits come twice after some 2^32
 * records, which a given key that lives for years may see; a counter would have to survive every
 * restored disk. So every record has a key of its own from 192 random bits: a repetition is not to
 * be expected before 2^96 records, and each key encrypts one thing.
 */
#ifndef AETHER_NODE_KEYS_SEAL_H
#define AETHER_NODE_KEYS_SEAL_H

#include "core/base/bytes.h"

#define SEAL_SALT_LEN 24u
#define SEAL_TAG_LEN  16u
#define SEAL_MORE     (SEAL_SALT_LEN + SEAL_TAG_LEN) /* a sealed record is so much longer */

struct seal_place {
    struct bytes app, table, record; /* 64 bytes each at most */
    uint64_t version;
};

/* LIMIT: no room in `out` for plain.len + SEAL_MORE, or a part of the place is too long;
 * NO_MEMORY. */
enum status MUST_CHECK seal_record(const uint8_t values_key[static 32],
                                   const struct seal_place *place, struct bytes plain,
                                   struct buffer *out);

/* TAMPERED: it is not what was sealed for this place under this key. */
enum status MUST_CHECK seal_open(const uint8_t values_key[static 32],
                                 const struct seal_place *place, struct bytes sealed,
                                 struct buffer *out);

#endif

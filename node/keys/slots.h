/*
 * node/keys/slots.h: the keys that apps have, each in a slot.
 *
 * A slot's number is never given twice while the process lives. From one secret come two keys: one
 * names records, one encrypts them. Lives in secret memory as part of struct keys.
 */
#ifndef AETHER_NODE_KEYS_SLOTS_H
#define AETHER_NODE_KEYS_SLOTS_H

#include "core/base/bytes.h"

#define SLOTS_MAX     1024u
#define SLOTS_APP_MAX 64u

struct slot {
    uint64_t number; /* 0 and not the first: free */
    uint8_t app_len;
    uint8_t app[SLOTS_APP_MAX];
    uint8_t names_key[32];
    uint8_t values_key[32];
};

/* slot[0] is the service's own; it is there from the start and can not be dropped. */
struct slots {
    uint64_t given; /* how many numbers were */
    struct slot slot[SLOTS_MAX];
};

void slots_init(struct slots *slots, const uint8_t own_secret[static 32]);

/* The secret is copied into derived keys; the caller wipes his. LIMIT: all are taken, or the app's
 * name is too long. */
enum status MUST_CHECK slots_add(struct slots *slots, struct bytes app,
                                 const uint8_t secret[static 32], uint64_t *out_number);

/* NULL: there is none, or no more. */
const struct slot *slots_find(const struct slots *slots, uint64_t number);

/* Wipes it. NOT_FOUND; DENIED: the service's own. */
enum status MUST_CHECK slots_drop(struct slots *slots, uint64_t number);

#endif

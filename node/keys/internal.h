/*
 * node/keys/internal.h: what the state of keys is made of.
 */
#ifndef AETHER_NODE_KEYS_INTERNAL_H
#define AETHER_NODE_KEYS_INTERNAL_H

#include <stdatomic.h>

#include "node/keys/identity.h"
#include "node/keys/keys.h"
#include "node/keys/secret.h"

struct tpm;

/* In secret memory. */
struct keys_secrets {
    uint8_t master[32]; /* zero once the others are made of it */
    uint8_t image[32];  /* given keys are bound to the image by this */
    uint8_t counter_auth[32];
    uint8_t base_key[32]; /* of the MAC over counter_base */
    struct slots slots;
};

struct keys {
    bool is_dev;
    int directory;
    struct keys_secrets *secrets;
    enum secret_kind secret_kind;
    struct identity identity;
    struct tpm *tpm;          /* NULL: evidence "none"; the slow thread's */
    _Atomic uint64_t counter; /* as last read */
    uint64_t counter_base;    /* where a TPM's stood when this identity was made: 0 here */
    bool is_new;              /* no master secret was there: this start made one */
    char notice[512];
};

/* master.c: the master secret, from the state directory or new; then everything made of it. */
enum status MUST_CHECK keys_master_open(struct keys *keys, struct report *report);

/* counter.c */
enum status MUST_CHECK keys_counter_open(struct keys *keys, struct report *report);
/* LIMIT: further than COUNTER_STEPS_MAX ahead. */
enum status MUST_CHECK keys_counter_advance(struct keys *keys, uint64_t at_least,
                                            uint64_t *out_value, struct report *report);
#define COUNTER_STEPS_MAX 16u

/* issue.c: answers to the slow ones. */
enum status MUST_CHECK keys_issue(struct keys *keys, const struct message_issue *request,
                                  struct keys_answer *answer, struct report *report);
enum status MUST_CHECK keys_quote(struct keys *keys, const struct message_quote *request,
                                  struct keys_answer *answer, struct report *report);

#endif

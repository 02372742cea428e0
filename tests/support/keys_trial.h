/*
 * tests/support/keys_trial.h: the keys of a service, asked as role main asks them.
 */
#ifndef AETHER_TESTS_KEYS_TRIAL_H
#define AETHER_TESTS_KEYS_TRIAL_H

#include "node/keys/keys.h"

struct keys_trial {
    struct settings *settings;
    struct keys *keys;
    struct keys_answer answer;
    struct report report;
};

/* --dev without a TPM; -1: in memory. What can not be had fails the test. */
void keys_trial_open(struct keys_trial *trial, int directory);
/* With settings of the test's own: what keys_open says. */
enum status keys_trial_settings(struct keys_trial *trial, const struct settings *settings,
                                int directory);
void keys_trial_close(struct keys_trial *trial);

/* Asks; the answer has `expected` as its type, or the test fails with what it said. */
const union message_any *keys_trial_ask(struct keys_trial *trial, enum message_type type,
                                        const union message_any *request,
                                        enum message_type expected);
/* Asks, and it fails with this code. */
void keys_trial_refused(struct keys_trial *trial, enum message_type type,
                        const union message_any *request, enum message_failure code);

/* The SubjectPublicKeyInfo of a new P-256 key. */
void keys_trial_spki(uint8_t out_spki[static 91]);

#endif

/*
 * node/keys/keys.h: every key of the service, and the questions that are answered with them.
 *
 * Requests are types 60 to 79 of node/message/types.h. Slow ones (keys_is_slow) belong to one
 * thread, the others to another: those two may run at the same time, nothing else may.
 * No key, and nothing that was sealed, is in any answer's text.
 */
#ifndef AETHER_NODE_KEYS_KEYS_H
#define AETHER_NODE_KEYS_KEYS_H

#include "node/config/settings.h"
#include "node/message/message.h"

struct keys;

/* `directory`: the state directory, or -1: nothing is kept (tests). Talks to the TPM that the
 * settings name, over `tpm_fd` if it is open already (else -1); without one it wants --dev.
 * Refusals say what the operator can do. */
enum status MUST_CHECK keys_open(const struct settings *settings, int directory, int tpm_fd,
                                 struct keys **out_keys, struct report *report);
/* Wipes what it knew. */
void keys_close(struct keys *keys);

/* What a person should know when it starts; "" for nothing. */
const char *keys_notice(const struct keys *keys);

/* Issues, quotes and counts: it may have to wait for a TPM. */
bool keys_is_slow(enum message_type type);

/* An answer and the memory that it points into. Made once for each thread. */
struct keys_answer {
    enum message_type type;
    union message_any any; /* id is the request's */
    char text[REPORT_TEXT_MAX];
    struct buffer body; /* room for a record, MESSAGE_RECORD_MAX */
    struct buffer more; /* room for a certificate, MESSAGE_CERT_MAX */
};

enum status MUST_CHECK keys_answer_init(struct keys_answer *answer);
void keys_answer_fini(struct keys_answer *answer);

/* Every request gets an answer; FAILED with a sentence for what does not go. */
void keys_answer(struct keys *keys, enum message_type type, const union message_any *request,
                 struct keys_answer *answer);
/* Wipes what the answer pointed to, when it was sent. */
void keys_answer_wipe(struct keys_answer *answer);

#endif

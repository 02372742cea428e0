/*
 * node/keys/slow.h: the thread for what may have to wait for a TPM, and what waits for it.
 *
 * Questions for the counter go first: acknowledged writes wait for them, leaves can be late.
 */
#ifndef AETHER_NODE_KEYS_SLOW_H
#define AETHER_NODE_KEYS_SLOW_H

#include "node/keys/keys.h"

#define SLOW_WAITING_MAX 256u

struct slow;

/* Answers over `link`, which stays the caller's. From then on slow_stop closes the keys. */
enum status MUST_CHECK slow_start(struct keys *keys, int link, struct slow **out_slow);

/* Takes `in` over when it says true; false: too many wait. */
bool slow_put(struct slow *slow, struct message_in *in);

/* Waits for the question that is being answered, and closes the keys, for which the TPM is asked,
 * too: a few seconds at most for both. False: it hangs, and the process must end without it. */
bool slow_stop(struct slow *slow);

#endif

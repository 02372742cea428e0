/*
 * node/keys/state.h: small files in the state directory, replaced whole or not at all.
 *
 * A directory of -1 keeps nothing: nothing is found there, what is written is gone. For tests.
 */
#ifndef AETHER_NODE_KEYS_STATE_H
#define AETHER_NODE_KEYS_STATE_H

#include "core/base/report.h"

#define STATE_FILE_MAX 65536u

/* Appends the file to `out`. NOT_FOUND; LIMIT: longer than the room; UNAVAILABLE: not readable. */
enum status MUST_CHECK state_read(int directory, const char *name, struct buffer *out,
                                  struct report *report);

/* Durable when it returns OK: written beside, synced, renamed, the directory synced. Mode 0600. */
enum status MUST_CHECK state_write(int directory, const char *name, struct bytes content,
                                   struct report *report);

/* Nothing there is fine. */
enum status MUST_CHECK state_remove(int directory, const char *name, struct report *report);

#endif

/*
 * tests/support/record_check.h: any bytes as what a hostile io answers when the store asks.
 */
#ifndef AETHER_TESTS_RECORD_CHECK_H
#define AETHER_TESTS_RECORD_CHECK_H

#include "node/message/caller.h"
#include "tests/support/store_trial.h"

/* Opens a store whose io has been at its records in the way that `input` says, reads all files
 * through a call, writes, and closes it. Asserts that nothing is shown that was not stored. OK: all
 * was as it was; else what the store said. */
enum status record_check(struct bytes input, struct report *report);

/* A store whose io is honest and whose keys are real, once in a process; whoever asked closes it.
 */
#define RECORD_APP_BYTES (256u << 10)
struct store *record_honest_store(struct store_keys **out_keys);
/* io has what it had at first, and nothing more. */
bool record_honest_is_empty(void);

/* A fuzzer's caller has no link: questions to `socket` are answered by a call (caller_direct.c). In
 * tests there is no such function, and threads answer on links. */
typedef enum message_type record_answer_fn(void *context, enum message_type type,
                                           const void *question, union message_any *out_answer);
__attribute__((weak)) void caller_direct_serve(int socket, record_answer_fn *answer, void *context);

#endif

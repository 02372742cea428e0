/*
 * tests/drill/drill.h: malicious builds in the place of api, egress and io.
 *
 * Each is started by aetherd as the real one is (`--role-program api=...`), shuts itself in as the
 * real one does, and then tries what an attacker who took the real one over would try. What came of
 * it is a line on stderr, "drill: NAME: OUTCOME"; tests/enclave/test_drills.py knows what each must
 * be. --limit queue_max=N chooses what is tried: 1 and up, each file says what.
 */
#ifndef AETHER_TESTS_DRILL_H
#define AETHER_TESTS_DRILL_H

#include "node/message/message.h"
#include "node/role/confine.h"
#include "node/role/role.h"

void PRINTF_LIKE(2, 3) drill_say(const char *name, const char *format, ...);

/* The start of a role, confined and ready; ends the process where that fails. What is to be tried:
 * what ends a process was tried already. */
uint32_t drill_begin(enum role_name name, struct role *role);

/* Everything outside of its descriptors, one after the other. */
void drill_reach_out(const struct role *role);

/* What ends a process: scenarios 1 to DRILL_FATAL_MOST; says so if it comes back. */
#define DRILL_FATAL_MOST 10u
void drill_reach_out_fatally(uint32_t which);

/* How long an answer is waited for; main may still be starting. Ten seconds. */
extern uint32_t drill_patience_ms;

/* Sends and says what comes back. */
void drill_ask(const char *name, int link, enum message_type type, const void *message);
/* The same with bytes that are what they are; fds -1: none. */
void drill_ask_raw(const char *name, int link, struct bytes packet, int fd, unsigned fd_count);
void drill_hear(const char *name, int link);

/* Packets that no honest role sends: scenarios 20 to 26 for any link. False: not one of them. */
bool drill_garble(uint32_t which, int link);

/* All was tried: says so, and is there until STOP. */
NORETURN void drill_end(struct role *role);
NORETURN void drill_idle(struct role *role);

#endif

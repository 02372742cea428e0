/*
 * tests/unit/cli/reply_check.h: any bytes as what a server answers to aether-enclave.
 */
#ifndef AETHER_TESTS_UNIT_CLI_REPLY_CHECK_H
#define AETHER_TESTS_UNIT_CLI_REPLY_CHECK_H

#include "core/base/report.h"

/* The first byte says what the rest is. 0 and 1: a reply's frame, shown for people or as JSON: what
 * is printed does no harm to a terminal, and with --json each line of it is JSON again. 2: bytes
 * that are wrapped, and are the same when they are unwrapped. 3: the answer to --attest-v2. */
enum status reply_check(struct bytes input, struct report *report);

#endif

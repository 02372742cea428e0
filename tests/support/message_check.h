/*
 * tests/support/message_check.h: any bytes as packets between roles, and as questions to keys.
 */
#ifndef AETHER_TESTS_MESSAGE_CHECK_H
#define AETHER_TESTS_MESSAGE_CHECK_H

#include "core/base/report.h"

/* Packets, each with two bytes of length before it. What can be decoded is encoded again to the
 * same bytes; then keys answers it, whatever its type, and the answer can be encoded. The status is
 * the last packet's. */
enum status message_check(struct bytes input, struct report *report);

#endif

/*
 * tests/support/record_check.h: any bytes as what a hostile io answers when the store asks.
 */
#ifndef AETHER_TESTS_RECORD_CHECK_H
#define AETHER_TESTS_RECORD_CHECK_H

#include "core/base/report.h"

/* Opens a store whose io has been at its records in the way that `input` says, reads all files
 * through a call, writes, and closes it. Asserts that nothing is shown that was not stored. OK: all
 * was as it was; else what the store said. */
enum status record_check(struct bytes input, struct report *report);

#endif

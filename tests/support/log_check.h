/*
 * tests/support/log_check.h: any bytes as the log that aetherd left, for who checks it and for an
 * aetherd that goes on with it.
 */
#ifndef AETHER_TESTS_LOG_CHECK_H
#define AETHER_TESTS_LOG_CHECK_H

#include "core/base/report.h"

/* The first byte says what becomes of the rest. 0: it is checked as it is. 1: every line that has
 * the hash of a line before gets the right one first, so that what stands behind it is reached. 2:
 * it is taken up, and a line is written behind it: the file was whole before and is so now, or it
 * was not taken. */
enum status log_file_check(struct bytes input, struct report *report);

#endif

/*
 * tests/support/serve_check.h: any bytes as what a hostile cell says to main beside its requests:
 * what there is to call, what a call returns, why it failed.
 */
#ifndef AETHER_TESTS_SERVE_CHECK_H
#define AETHER_TESTS_SERVE_CHECK_H

#include "core/base/report.h"

/* The first byte says what the rest is. 0: a list of exports, behind a byte for the longest frame.
 * An app that is taken is found by the names of its functions alone, and every reply that lists it
 * fits a frame. 1: what a call returns. 2: why it failed.
 *
 * Whatever a client is told of them is JSON, and of the length that its frame says. */
enum status serve_check(struct bytes input, struct report *report);

#endif

/*
 * tests/support/fetch_check.h: any bytes as what egress and main read of guests and servers, and
 * what must hold of it.
 *
 * The first byte says as what the rest is read: a URL, a Location, a request as a cell sends it, a
 * host. What is taken is of the form that its header promises, and reading it again changes
 * nothing. Checks begin `report` themselves.
 */
#ifndef AETHER_TESTS_FETCH_CHECK_H
#define AETHER_TESTS_FETCH_CHECK_H

#include "core/base/report.h"

enum status fetch_check(struct bytes input, struct report *report);

#endif

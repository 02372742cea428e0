/*
 * tests/support/call_check.h: any bytes as what a hostile cell asks of main in a call: one request
 * after the other, of every interface that a call has.
 *
 * Asserted besides sanitizers' own checks: a reply is well-formed; nothing of the transfer area
 * changes but within the request's `out`; the app takes no more room than it may, and leaves
 * nothing behind when it goes.
 *
 * Bytes of a request: interface, method, handle, length of `in`, `out`, a byte for each argument,
 * then the bytes of `in`.
 */
#ifndef AETHER_TESTS_CALL_CHECK_H
#define AETHER_TESTS_CALL_CHECK_H

#include "core/base/report.h"

/* OK: half of the requests were served, or more. */
enum status call_check(struct bytes input, struct report *report);

#endif

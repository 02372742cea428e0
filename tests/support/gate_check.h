/*
 * tests/support/gate_check.h: any bytes as what a hostile cell asks of the gate, one request after
 * the other, over a world with a folder of files.
 *
 * Asserted besides sanitizers' own checks: a reply is well-formed and says nothing that its status
 * does not have; nothing of the transfer area changes but within the request's `out`; no request
 * waits for ever; outside of the granted folders nothing is changed or read.
 *
 * Bytes: one of options, then requests: interface, method, handle, how `in` and `out` lie, four
 * arguments, then the bytes of `in`; see read_request. Each is short, so that mutation finds them.
 */
#ifndef AETHER_TESTS_GATE_CHECK_H
#define AETHER_TESTS_GATE_CHECK_H

#include "core/base/bytes.h"

/* How many of the requests were served (GATE_OK). */
unsigned gate_check(struct bytes input);

#endif

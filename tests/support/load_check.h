/*
 * tests/support/load_check.h: load any bytes and hold the front half to what its headers promise.
 *
 * Fuzzers and the replay of their corpus share it. A broken promise ends the program (ASSERT).
 */
#ifndef AETHER_TESTS_LOAD_CHECK_H
#define AETHER_TESTS_LOAD_CHECK_H

#include "core/wasm/module.h"

/* Loads `input`; a valid module's bodies are read with a sink that checks the protocol of sink.h,
 * and all that module.h, const_expr.h and name_section.h can tell of it is read. */
enum status load_check(struct bytes input, struct report *report);

#endif

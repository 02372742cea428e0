/*
 * tests/support/component_check.h: load any bytes as a component and hold the loader to what
 * component.h, type.h and graph.h promise.
 *
 * Fuzzers and the replay of their corpus share it. A broken promise ends the program (ASSERT).
 */
#ifndef AETHER_TESTS_COMPONENT_CHECK_H
#define AETHER_TESTS_COMPONENT_CHECK_H

#include "core/component/component.h"

/* Loads `input`, then again with an allocation refused; what is valid is walked over, all steps and
 * all types of what they name. */
enum status component_check(struct bytes input, struct report *report);

#endif

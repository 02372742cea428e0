/*
 * tests/support/linked_check.h: load any bytes as a component, link it to a host that offers
 * nothing (imports trap when they are called), and call what it exports.
 *
 * Fuzzers and the replay of their corpus share it. A valid component is linked and run twice: both
 * runs have to end alike. A refusal has a sentence, a fault is one of room, and what a call returns
 * has the form of its type. A broken promise ends the program (ASSERT).
 */
#ifndef AETHER_TESTS_LINKED_CHECK_H
#define AETHER_TESTS_LINKED_CHECK_H

#include "core/component/instance.h"

enum linked_end { LINKED_REFUSED, LINKED_NOT_STARTED, LINKED_CALLED };

enum linked_end linked_check(struct bytes input);

#endif

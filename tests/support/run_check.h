/*
 * tests/support/run_check.h: load any bytes, run what they export, and hold the engine to its word.
 *
 * Fuzzers and the replay of their corpus share it. The first byte says how: bit 0 legacy exceptions
 * are a feature. A valid module is instantiated twice, once with a collection at every allocation,
 * and each exported function is called with fixed arguments on a little fuel. Both runs have to end
 * alike: a run is a function of its inputs (semantics.md 1). A broken promise ends the program.
 */
#ifndef AETHER_TESTS_RUN_CHECK_H
#define AETHER_TESTS_RUN_CHECK_H

#include "core/wasm/engine.h"

enum run_end { RUN_REFUSED, RUN_NOT_STARTED, RUN_CALLED };

enum run_end run_check(struct bytes input);

#endif

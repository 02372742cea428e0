/*
 * suite/match.h: a suite's values beside the engine's slots.
 */
#ifndef AETHER_SUITE_MATCH_H
#define AETHER_SUITE_MATCH_H

#include "core/wasm/engine.h"
#include "suite/text.h"
#include "suite/value.h"

/* Writes the slots of an argument of type `type`; false: the value is not of that type, or stands
 * for many. `slots` has room for two. */
bool suite_value_slots(const struct suite_value *value, uint32_t type, uint64_t *slots);

/* Whether results of the types `types` are what is expected; otherwise `difference` says how they
 * are not. */
bool suite_match(const struct wasm_store *store, const struct suite_values *expected,
                 const uint32_t *types, uint32_t count, const uint64_t *slots,
                 struct suite_text *difference);

/* Whether a trap is the one that the suite calls `text`. */
bool suite_match_trap(struct bytes text, enum wasm_trap trap);

#endif

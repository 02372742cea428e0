/*
 * tests/support/offers.h: something of the right type for every import of any module.
 */
#ifndef AETHER_TESTS_OFFERS_H
#define AETHER_TESTS_OFFERS_H

#include "core/wasm/engine.h"

struct offers {
    struct wasm_extern *externs; /* one for each import */
    struct wasm_host_func *funcs;
    uint32_t count;
};

/* Room for the module's imports. `call` is what imported functions do. */
void offers_begin(struct offers *offers, const struct wasm_module *module, host_call_fn *call);
void offers_end(struct offers *offers);

/* Makes them in the store. UNLINKABLE where a type is the module's own: no host can offer that. */
enum status MUST_CHECK offers_make(struct offers *offers, const struct wasm_module *module,
                                   struct wasm_store *store, struct report *report);

#endif

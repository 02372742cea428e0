/*
 * tests/support/linked_trial.h: a component of tests/corpus/components, linked to a host that
 * offers test:host/api 0.1 and, at the top, `touch`; and short words to call it.
 *
 * The host's resource `thing` is a number; what the host was asked is counted.
 */
#ifndef AETHER_TESTS_LINKED_TRIAL_H
#define AETHER_TESTS_LINKED_TRIAL_H

#include "core/component/instance.h"

#define LINKED_TRIAL_MEMORIES 256

struct linked_trial {
    struct arena arena, results; /* of the component and store; of results */
    void *arena_memory, *results_memory;
    void *memories[LINKED_TRIAL_MEMORIES];
    uint32_t memory_count;
    uint8_t *input;
    const struct component *component;
    struct wasm_host engine_host;
    struct wasm_store *store;
    struct component_host host;
    struct component_linked *linked;
    struct component_outcome outcome;
    struct report report;
    struct component_value result;

    /* What the host saw. */
    uint32_t touched, dropped, dropped_sum, swallowed_sum;
    struct component_func *called_again; /* `again` calls this */
    enum status again_status;
};

extern const struct component_host_resource linked_trial_thing;

/* The arenas and a store; the component of that name loaded. `arena_bytes` 0: enough. */
void linked_trial_begin(struct linked_trial *trial, const char *name, size_t arena_bytes);
/* Links and instantiates; what came of it. */
enum status linked_trial_link(struct linked_trial *trial);
void linked_trial_end(struct linked_trial *trial);

/* begin and link, which has to succeed. */
void linked_trial_ready(struct linked_trial *trial, const char *name);

/* Calls the export with `count` params; the status, and outcome, report and result in `trial`. */
enum status linked_trial_call(struct linked_trial *trial, const char *name,
                              const struct component_value *params);
/* The same with one u32; returns the u32 that it has to return. */
uint32_t linked_trial_u32(struct linked_trial *trial, const char *name, uint32_t param);
/* The call has to end in a refusal. */
void linked_trial_refused(struct linked_trial *trial, const char *name,
                          const struct component_value *params, uint32_t refusal,
                          const char *sentence);

struct component_value linked_trial_number(uint32_t number);
struct component_value linked_trial_string(const char *text);

#endif

/*
 * suite/runner_internal.h: what the parts of the runner share.
 */
#ifndef AETHER_SUITE_RUNNER_INTERNAL_H
#define AETHER_SUITE_RUNNER_INTERNAL_H

#include "suite/runner.h"
#include "suite/spectest.h"
#include "suite/text.h"

/* A module under an id, a definition, or an instance registered for imports. Newest first. */
struct suite_entry {
    struct bytes name;
    const struct wasm_module *module;
    struct wasm_instance *instance; /* NULL: a definition */
    struct suite_entry *next;
};

struct suite_run {
    const struct suite_host *host;
    struct wasm_store *store;
    struct suite_spectest spectest;
    struct suite_entry *ids;             /* by $id */
    struct suite_entry *definitions;     /* by $id, the latest of all first */
    struct suite_entry *registered;      /* by the name that imports use */
    struct suite_components *components; /* suite/component_run.c; NULL: none so far */
    struct wasm_instance *current;       /* NULL: the latest module did not make it */
    uint64_t *slots;                     /* arguments and results of an action */
    struct suite_text text;              /* why the command failed or was skipped */
};

/* How far a module came. */
enum suite_stage { SUITE_STAGE_LOAD, SUITE_STAGE_LINK, SUITE_STAGE_START, SUITE_STAGE_READY };

struct suite_made {
    enum suite_stage stage; /* where it ended */
    enum status status;
    const struct wasm_module *module;
    struct wasm_instance *instance;
    struct wasm_outcome outcome;
    struct report report;
};

/* suite/modules.c: loads; then links and instantiates. */
void suite_load(struct suite_run *run, struct bytes binary, struct suite_made *out_made);
void suite_instantiate(struct suite_run *run, struct suite_made *made);
/* Says into run->text how it ended. */
void suite_describe(struct suite_run *run, const struct suite_made *made);
/* Puts an entry in front; false: no room. */
bool suite_remember(struct suite_run *run, struct suite_entry **list, struct bytes name,
                    const struct wasm_module *module, struct wasm_instance *instance);
/* The newest of that name; an empty name is the newest of all. NULL: there is none. */
const struct suite_entry *suite_recall(const struct suite_entry *list, struct bytes name);

/* suite/plan.c: bytes that all memories of the file would reserve, each up to `cap_bytes`. */
uint64_t suite_plan_memory(const struct suite_host *host, const struct suite_file *file,
                           uint64_t cap_bytes);

/* suite/actions.c: an action or an assertion about one. */
enum suite_result suite_act(struct suite_run *run, const struct suite_command *command);

#endif

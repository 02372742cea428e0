/*
 * suite/runner.h: runs a packed suite file and says of each command whether it went as it should.
 *
 * One store for each file; modules, instances and the host's own things live in the file's arena,
 * which is rewound after it. Uses the engine by engine.h alone, so it runs wherever the engine
 * does: hosted (aether wast) and in ring 3 (a cell of tests only; never the product's).
 *
 * Counted as passed or failed are assertions; a module, a registration or an action that does not
 * go well is a failure, too, and so is each command that needed it. Skipped: assertions about the
 * text format (this engine reads binaries), what needs a second agent, and components that use what
 * is refused by name (asynchronous functions) with all commands that need them.
 *
 * Time is bounded by the fuel for each command, room by the arenas and the caps.
 */
#ifndef AETHER_SUITE_RUNNER_H
#define AETHER_SUITE_RUNNER_H

#include "core/base/arena.h"
#include "core/wasm/engine.h"
#include "suite/pack.h"

enum suite_result { SUITE_PASSED, SUITE_FAILED, SUITE_SKIPPED };

struct suite_counts {
    uint64_t passed, failed, skipped;
};

/* One for each command that failed or was skipped; `text` says why. */
typedef void suite_tell_fn(void *context, const struct suite_file *file,
                           const struct suite_command *command, enum suite_result result,
                           const char *text);

struct suite_run;
typedef enum suite_result suite_component_fn(struct suite_run *run,
                                             const struct suite_command *command);

struct suite_host {
    void *context;
    struct wasm_caps caps; /* `fuel`: for each command */
    /* As in struct wasm_host; what it gave is taken back by memory_release, after each file. */
    enum status (*memory_reserve)(void *context, uint64_t cap_bytes, uint8_t **out_base);
    void (*memory_release)(void *context);
    suite_tell_fn *tell;
    struct arena *arena;   /* modules and instances */
    struct arena *scratch; /* of the validator */
    /* Commands about components; NULL: they are skipped (ring 3 has no component model). */
    suite_component_fn *components;
    bool legacy_exceptions;
    bool links_async;     /* components may have asynchronous functions (component.h) */
    bool collects_always; /* the garbage collector, at every allocation */
};

/* suite/component_run.c: what `components` is where there is a component model. */
suite_component_fn suite_component_obey;

/* Adds to `counts`. */
void suite_run_file(const struct suite_host *host, const struct suite_file *file,
                    struct suite_counts *counts);

#endif

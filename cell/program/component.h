/*
 * cell/program/component.h: one run of a component; of cell/program/component_*.c.
 */
#ifndef AETHER_CELL_PROGRAM_COMPONENT_H
#define AETHER_CELL_PROGRAM_COMPONENT_H

#include "cell/program/program_internal.h"
#include "core/component/instance.h"
#include "core/wasi/p2.h"

struct component_run {
    struct program *program;
    const struct component *component;
    struct wasi_p2 *p2;
    struct component_linked *linked; /* of this call */
    uint64_t unknown_count;
    bool is_checked; /* its imports are known */
};

/* component_call.c: the call that the job asks for: arguments of its text, the result as text. */
void component_run_call(struct component_run *run);

/* component_json.c: the same with GATE_JOB_JSON, or a description. */
void component_run_json(struct component_run *run);

/* component_run.c: a call or the instantiation trapped; or the program ended itself. */
void component_run_end(struct component_run *run, const struct component_outcome *outcome);

/* component_explain.c: which functions there are to call; where it trapped. */
void component_explain_exports(struct component_run *run);
void component_explain_frames(struct component_run *run, const struct component_outcome *outcome);

#endif

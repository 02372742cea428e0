/*
 * tests/support/hostile.h: a gate that runs cases of tests/hostile_cell and notes what it saw.
 */
#ifndef AETHER_TESTS_HOSTILE_H
#define AETHER_TESTS_HOSTILE_H

#include "node/gate/cell.h"

struct hostile_run {
    enum gate_cell_end end;
    int detail;
    int32_t status;         /* with GATE_CELL_FINISHED */
    uint64_t call_count;    /* requests that the gate saw */
    uint64_t refused_count; /* of them, in any way */
    uint64_t clock_count;   /* GATE_WORLD_CLOCK that were served */
    char first_line[160];   /* of the log; empty: nothing was refused */
    char end_line[GATE_CELL_END_LINE_MAX];
};

/* The options of a cell that runs the program build/bin/hostile-cell. */
void hostile_options(struct gate_cell_options *out_options);

/* Runs one case to its end in `cell`, which is destroyed. `limit_ns`: from now on; 0: none. */
void hostile_run_in(struct gate_cell *cell, const char *name, uint64_t limit_ns,
                    struct hostile_run *out_run);

#endif

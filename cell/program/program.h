/*
 * cell/program/program.h: a cell's life under a gate that has GATE_WORLD: take a job, see what the
 * payload is, run it, answer.
 *
 *   component                 its export wasi:cli/run: 0 or 1 by its result, or the code of exit
 *   component, GATE_JOB_CALL  the function of the call's text; the result as text (WAVE)
 *   module of preview 1       _start, or the function that the call names
 *   module without imports    _start, its only function, or the one that the call names
 *
 * cell/cell.h is the same for the metal gate and receipts; both use cell/binding.h.
 */
#ifndef AETHER_CELL_PROGRAM_PROGRAM_H
#define AETHER_CELL_PROGRAM_PROGRAM_H

#include "cell/binding.h"

/* Comes back only where the doorbell does after FINISH. */
void program_run(struct gate_port *port);

#endif

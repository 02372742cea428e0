/*
 * cell/program/program.h: a cell's life under a gate that has GATE_WORLD: take a job, see what the
 * payload is, run it, answer.
 *
 *   component, no call        its wasi:cli/run export           0 or 1 by its result, or exit's
 * code component, GATE_JOB_CALL  the function of the call text, WAVE arguments, result as text
 *   module of preview 1       _start (imports wasi_snapshot_preview1), or a call as below
 *   module without imports    _start, the only function, or the call
 *
 * cell/cell.h is the same for the metal gate and receipts; both use cell/binding.h.
 */
#ifndef AETHER_CELL_PROGRAM_PROGRAM_H
#define AETHER_CELL_PROGRAM_PROGRAM_H

#include "cell/binding.h"

/* Comes back only where the doorbell does after FINISH. */
void program_run(struct gate_port *port);

#endif

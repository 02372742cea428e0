/*
 * node/gate/log.h: a refused request as a line for people. Nothing of it is the cell's own text.
 */
#ifndef AETHER_NODE_GATE_LOG_H
#define AETHER_NODE_GATE_LOG_H

#include "aether/gate.h"

#define GATE_LOG_LINE_MAX 160u

/* "FILE.OPEN: refused: not granted"; cut at the end of `out_line`. */
void gate_log_line(const struct gate_request *copy, enum gate_status status, uint32_t reason,
                   char out_line[GATE_LOG_LINE_MAX]);

#endif

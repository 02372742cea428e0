/*
 * node/main/ending.h: how a run in a cell ended, in words and for the record.
 */
#ifndef AETHER_NODE_MAIN_ENDING_H
#define AETHER_NODE_MAIN_ENDING_H

#include "node/gate/cell.h"
#include "node/message/types.h"

/* "all fuel consumed". Borrowed, or written to `memory`. */
const char *ending_text(enum gate_cell_end end, int detail, const struct gate_outcome *outcome,
                        char memory[static GATE_CELL_END_LINE_MAX]);

/* `before`, and behind it what the cell explains, as people get to see it (node/message/shown.h);
 * where it did not finish, or explains nothing, `why`. Cut where it is too long. */
void ending_sentence(const char *before, enum gate_cell_end end, struct bytes explanation,
                     const char *why, char out_text[static MESSAGE_TEXT_MAX + 1]);

/* What the gate itself found is a fault of the record. */
struct gate_outcome ending_outcome(enum gate_cell_end end, const struct gate_outcome *outcome);

#endif

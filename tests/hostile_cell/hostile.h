/*
 * tests/hostile_cell/hostile.h: hostile native code in a cell's place: what `program_run` is in the
 * product, linked behind the same box. The payload is the name of a case.
 */
#ifndef AETHER_TESTS_HOSTILE_CELL_HOSTILE_H
#define AETHER_TESTS_HOSTILE_CELL_HOSTILE_H

#include "aether/abi/outcome.h"
#include "cell/linux/linux.h"
#include "cell/linux/syscall.h"

struct hostile_case {
    const char *name;
    void (*attempt)(struct gate_port *port);
};

extern const struct hostile_case hostile_calls[];
extern const size_t hostile_call_count;
extern const struct hostile_case hostile_messages[];
extern const size_t hostile_message_count;
extern const struct hostile_case hostile_files[];
extern const size_t hostile_file_count;
extern const struct hostile_case hostile_rests[];
extern const size_t hostile_rest_count;

/* The status of the reply. */
uint32_t hostile_ask(struct gate_port *port, struct gate_request request);

/* FINISH with a result: how a case says what it saw. Comes back, should the gate let it. */
void hostile_say(struct gate_port *port, int32_t status);

#endif

/*
 * bench/cell/rounds.c: what a cell runs when the gate is measured: hello, then the clock again and
 * again. Linked behind the box in the place of cell/program.
 */
#include "aether/abi/outcome.h"
#include "aether/gate_world.h"
#include "cell/program/program.h"

#define ROUNDS 20000

static void ask(struct gate_port *port, struct gate_request request)
{
    struct gate_reply reply;
    gate_port_ring(port, &request, &reply);
}

void program_run(struct gate_port *port)
{
    const struct gate_outcome outcome = {.kind = OUTCOME_RESULT};
    struct cell_areas areas;
    gate_port_areas(port, &areas);
    ask(port, (struct gate_request){.method = GATE_CORE_HELLO, .args = {GATE_VERSION}});
    ask(port, (struct gate_request){.method = GATE_CORE_STARTED});
    for (int i = 0; i < ROUNDS; i++)
        ask(port, (struct gate_request){.interface = GATE_WORLD, .method = GATE_WORLD_CLOCK});
    memcpy(areas.transfer, &outcome, sizeof outcome);
    ask(port, (struct gate_request){.method = GATE_CORE_FINISH, .in = {0, sizeof outcome}});
}

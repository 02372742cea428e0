/*
 * tests/hostile_cell/main.c: finds the case that the payload names, after an orderly hello. A case
 * that comes back says 0: nothing happened to it.
 */
#include "tests/hostile_cell/hostile.h"

#include "cell/program/program.h"

#define NO_SUCH_CASE 99

uint32_t hostile_ask(struct gate_port *port, struct gate_request request)
{
    struct gate_reply reply;
    gate_port_ring(port, &request, &reply);
    return reply.status;
}

void hostile_say(struct gate_port *port, int32_t status)
{
    const struct gate_outcome outcome = {.kind = OUTCOME_RESULT, .status = status};
    memcpy(port->areas.transfer, &outcome, sizeof outcome);
    (void)hostile_ask(port,
                      (struct gate_request){.method = GATE_CORE_FINISH, .in = {0, sizeof outcome}});
}

static bool try_case(struct gate_port *port, const struct hostile_case *cases, size_t count)
{
    const char *wanted = (const char *)port->areas.payload;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(cases[i].name);
        if (memcmp(wanted, cases[i].name, len) == 0 && wanted[len] == '\0') {
            cases[i].attempt(port);
            return true;
        }
    }
    return false;
}

void program_run(struct gate_port *port)
{
    (void)hostile_ask(port,
                      (struct gate_request){.method = GATE_CORE_HELLO, .args = {GATE_VERSION}});
    (void)hostile_ask(port, (struct gate_request){.method = GATE_CORE_STARTED});
    bool is_known = try_case(port, hostile_calls, hostile_call_count) ||
                    try_case(port, hostile_messages, hostile_message_count) ||
                    try_case(port, hostile_files, hostile_file_count) ||
                    try_case(port, hostile_rests, hostile_rest_count);
    hostile_say(port, is_known ? 0 : NO_SUCH_CASE);
}

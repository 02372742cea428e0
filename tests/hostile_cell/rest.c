/*
 * tests/hostile_cell/rest.c: a cell that serves, and does not sleep between two calls.
 */
#include <linux/futex.h>

#include "tests/hostile_cell/hostile.h"

/* [["spin", 0, 0]]: no parameter, no result. */
static const uint8_t exports[] = {0x81, 0x83, 0x64, 's', 'p', 'i', 'n', 0x00, 0x00};

/* FINISH, without waiting for the answer. */
static void finish(struct gate_port *port)
{
    const struct gate_outcome outcome = {.kind = OUTCOME_RESULT};
    const struct gate_request request = {.method = GATE_CORE_FINISH, .in = {0, sizeof outcome}};
    memcpy(port->areas.transfer, &outcome, sizeof outcome);
    memcpy(port->page->request, &request, sizeof request);
    (void)__atomic_fetch_add(&port->page->rung, 1, __ATOMIC_SEQ_CST);
    (void)syscall6(__NR_futex, (long)&port->page->rung, FUTEX_WAKE, 1, 0, 0, 0);
}

/* Says what there is to call, like an honest one, and then burns its processor for ever. */
static void spin_at_rest(struct gate_port *port)
{
    memcpy(port->areas.transfer, exports, sizeof exports);
    (void)hostile_ask(port,
                      (struct gate_request){.method = GATE_CORE_RESULT, .in = {0, sizeof exports}});
    finish(port);
    for (;;)
        __builtin_ia32_pause();
}

const struct hostile_case hostile_rests[] = {
    {"spin_at_rest", spin_at_rest},
};

const size_t hostile_rest_count = ARRAY_LEN(hostile_rests);

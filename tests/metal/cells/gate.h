/*
 * tests/metal/cells/gate.h: what a hostile cell needs to talk to the gate, or to talk badly.
 */
#ifndef AETHER_TESTS_CELLS_GATE_H
#define AETHER_TESTS_CELLS_GATE_H

#include "aether/abi/cell.h"
#include "aether/abi/outcome.h"
#include "aether/gate_device.h"
#include "core/base/compiler.h"

#define REQUEST ((volatile struct gate_request *)(CELL_GATE_PAGE + GATE_REQUEST_OFFSET))
#define REPLY   ((const volatile struct gate_reply *)(CELL_GATE_PAGE + GATE_REPLY_OFFSET))

/* The doorbell: everything the contract says it may change, and no more. */
ALWAYS_INLINE void ring(void)
{
    __asm__ volatile("syscall"
                     :
                     :
                     : "rax", "rcx", "r11", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                       "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                       "xmm14", "xmm15");
}

/* Sends a request with nothing but these; returns the gate's status. */
ALWAYS_INLINE uint32_t ask(uint16_t interface, uint16_t method, uint32_t handle,
                           struct gate_region in, uint64_t arg0)
{
    REQUEST->interface = interface;
    REQUEST->method = method;
    REQUEST->handle = handle;
    REQUEST->token = 0;
    REQUEST->in.offset = in.offset;
    REQUEST->in.len = in.len;
    REQUEST->out.offset = 0;
    REQUEST->out.len = 0;
    REQUEST->args[0] = arg0;
    REQUEST->args[1] = 0;
    REQUEST->args[2] = 0;
    REQUEST->args[3] = 0;
    ring();
    return REPLY->status;
}

/* Greets, says that the entry starts. */
ALWAYS_INLINE void greet(void)
{
    (void)ask(GATE_CORE, GATE_CORE_HELLO, 0, (struct gate_region){0, 0}, GATE_VERSION);
    (void)ask(GATE_CORE, GATE_CORE_STARTED, 0, (struct gate_region){0, 0}, 0);
}

/* Ends as a well-behaved cell whose entry returned `status`. */
ALWAYS_INLINE void finish(uint32_t status)
{
    volatile struct gate_outcome *outcome = (volatile struct gate_outcome *)(CELL_TRANSFER + 512);
    outcome->kind = OUTCOME_RESULT;
    outcome->reason = 0;
    outcome->refusal = 0;
    outcome->function = 0;
    outcome->offset = 0;
    outcome->fuel_used = 0;
    outcome->status = (int32_t)status;
    outcome->reserved = 0;
    outcome->wanted = 0;
    outcome->reserved2 = 0;
    (void)ask(GATE_CORE, GATE_CORE_FINISH, 0,
              (struct gate_region){512, sizeof(struct gate_outcome)}, 0);
}

ALWAYS_INLINE const struct gate_job *job(void)
{
    return (const struct gate_job *)(uintptr_t)(CELL_TRANSFER + REPLY->out.offset);
}

#endif

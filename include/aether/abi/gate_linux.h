/*
 * aether/abi/gate_linux.h: what a cell process and its gate share besides gate.h. Version 1.
 *
 * Two memory files, handed to the cell as descriptors 0 and 1:
 *   0  GATE_LINUX_PAGE bytes of struct gate_linux_page, then the transfer area; both write it.
 *   1  the payload; sealed, so that the cell can map it for reading only.
 * Descriptor 2 is a pidfd of the gate's process: readable once that is dead. With
 * GATE_LINUX_NETWORK descriptor 3 is a pidfd of a process in the network namespace that is made for
 * this cell; `network` says when it is there, and is a futex until then. The cell closes all before
 * it takes its first job.
 *
 * The doorbell. `rung` counts the cell's requests, `answered` the gate's replies; both start at 0.
 *   cell: request at 0, rung + 1, wake `rung` if gate_sleeps; wait until answered == rung
 *   gate: sees rung change, copies the request, serves, reply at 64, answered + 1, wake `answered`
 * Who waits spins a while, says so in its own *_sleeps word, looks once more and sleeps in a futex
 * (shared, not private). The first ring is no request: it says that the cell is boxed; its answer
 * says that there is a job. The gate believes none of these words: it counts for itself.
 */
#ifndef AETHER_ABI_GATE_LINUX_H
#define AETHER_ABI_GATE_LINUX_H

#include <stddef.h>
#include <stdint.h>

#define GATE_LINUX_VERSION 1u
#define GATE_LINUX_PAGE    4096u

#define GATE_LINUX_FD_SHARED  0
#define GATE_LINUX_FD_PAYLOAD 1
#define GATE_LINUX_FD_GATE    2
#define GATE_LINUX_FD_NETWORK 3

/* What the gate asks the cell to do with itself; written before the cell starts. */
struct gate_linux_plan {
    uint32_t version; /* GATE_LINUX_VERSION */
    uint32_t flags;   /* enum gate_linux_flag */
    uint64_t transfer_bytes;
    uint64_t payload_bytes;
    uint64_t arena_bytes;
    uint64_t memory_bytes;
    uint32_t identity;  /* user and group to become with GATE_LINUX_BECOME */
    uint32_t spin_most; /* cycles to look at a word before sleeping; 0: one processor, never */
};

enum gate_linux_flag {
    GATE_LINUX_EMPTY_ROOT = 1 << 0, /* in a mount namespace of its own: leave every file system */
    GATE_LINUX_BECOME = 1 << 1,     /* started by root: become `identity` */
    GATE_LINUX_USER_NS = 1 << 2,    /* ... and enter a user namespace of its own after that */
    GATE_LINUX_NETWORK = 1 << 3,    /* join the network namespace of descriptor 3 once it is made */
};

enum gate_linux_network {
    GATE_LINUX_NETWORK_AWAITED = 0,
    GATE_LINUX_NETWORK_READY = 1,
    GATE_LINUX_NETWORK_FAILED = 2,
    GATE_LINUX_NETWORK_TAKEN = 3, /* the cell has it, or can not */
};

/* How far the cell came, for the sentence of a failed start. */
enum gate_linux_step {
    GATE_LINUX_STEP_NONE = 0,
    GATE_LINUX_STEP_PLAN = 1,     /* version, sizes */
    GATE_LINUX_STEP_MAP = 2,      /* areas */
    GATE_LINUX_STEP_ORPHAN = 3,   /* the gate died meanwhile */
    GATE_LINUX_STEP_IDENTITY = 4, /* could not become nobody, or shed a capability */
    GATE_LINUX_STEP_CLOSE = 5,    /* a descriptor stayed open */
    GATE_LINUX_STEP_LIMITS = 6,
    GATE_LINUX_STEP_FILTER = 7,
    GATE_LINUX_STEP_BOXED = 8, /* all of it done */
};

struct gate_linux_page {
    uint8_t request[64];
    uint8_t reply[64];
    uint32_t rung;
    uint32_t gate_sleeps;
    uint8_t pad1[56]; /* what each side writes is on a cache line of its own */
    uint32_t answered;
    uint32_t cell_sleeps;
    uint8_t pad2[56];
    struct gate_linux_plan plan;
    uint8_t pad3[16];
    uint32_t step;      /* enum gate_linux_step */
    uint32_t error;     /* errno of the step that failed, 0 when none did */
    uint32_t isolation; /* enum gate_isolation (node/gate/cell.h), what the cell did itself */
    uint32_t network;   /* enum gate_linux_network; a futex of the gate's helper and the cell */
};

_Static_assert(sizeof(struct gate_linux_plan) == 48, "plan is 48 bytes");
_Static_assert(offsetof(struct gate_linux_page, rung) == 128, "page.rung");
_Static_assert(offsetof(struct gate_linux_page, answered) == 192, "page.answered");
_Static_assert(offsetof(struct gate_linux_page, plan) == 256, "page.plan");
_Static_assert(offsetof(struct gate_linux_page, step) == 320, "page.step");
_Static_assert(sizeof(struct gate_linux_page) <= GATE_LINUX_PAGE, "one page");

/* Bits of page.isolation: the same numbers as enum gate_isolation. */
#define GATE_LINUX_DID_SECCOMP      (1u << 0)
#define GATE_LINUX_DID_NO_NEW_PRIVS (1u << 1)
#define GATE_LINUX_DID_LANDLOCK     (1u << 2)
#define GATE_LINUX_DID_USER_NS      (1u << 3)
#define GATE_LINUX_DID_NET_NS       (1u << 4)
#define GATE_LINUX_DID_EMPTY_ROOT   (1u << 6)
#define GATE_LINUX_DID_RLIMITS      (1u << 9)

#endif

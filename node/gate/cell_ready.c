/*
 * node/gate/cell_ready.c: what a cell's box has, once it is in it, or why it is not. See cell.h.
 *
 * Invariant (2) of cell.c is kept here.
 */
#include "node/gate/cell_internal.h"

#define START_NS UINT64_C(20000000000) /* most that boxing may take on a busy machine */
#define LOOK_NS  UINT64_C(2000000)     /* ... and how often we look whether it died of it */

#define CELLS_OWN                                                                                  \
    (GATE_ISOLATION_SECCOMP | GATE_ISOLATION_NO_NEW_PRIVS | GATE_ISOLATION_LANDLOCK |              \
     GATE_ISOLATION_USER_NS | GATE_ISOLATION_NET_NS | GATE_ISOLATION_MOUNT_NS |                    \
     GATE_ISOLATION_RLIMITS)

_Static_assert(GATE_LINUX_DID_SECCOMP == GATE_ISOLATION_SECCOMP, "one numbering");
_Static_assert(GATE_LINUX_DID_NO_NEW_PRIVS == GATE_ISOLATION_NO_NEW_PRIVS, "one numbering");
_Static_assert(GATE_LINUX_DID_LANDLOCK == GATE_ISOLATION_LANDLOCK, "one numbering");
_Static_assert(GATE_LINUX_DID_USER_NS == GATE_ISOLATION_USER_NS, "one numbering");
_Static_assert(GATE_LINUX_DID_NET_NS == GATE_ISOLATION_NET_NS, "one numbering");
_Static_assert(GATE_LINUX_DID_EMPTY_ROOT == GATE_ISOLATION_MOUNT_NS, "one numbering");
_Static_assert(GATE_LINUX_DID_RLIMITS == GATE_ISOLATION_RLIMITS, "one numbering");

static enum status tell_failed_start(struct gate_cell *cell, struct report *report)
{
    static const char *const sentences[] = {
        [GATE_LINUX_STEP_NONE] = "the cell died before it was boxed",
        [GATE_LINUX_STEP_PLAN] = "the cell refuses its plan (errno %)",
        [GATE_LINUX_STEP_MAP] = "the cell's areas can not be mapped (errno %)",
        [GATE_LINUX_STEP_ORPHAN] = "the cell can not follow its gate (errno %)",
        [GATE_LINUX_STEP_IDENTITY] = "the cell can not give up its privileges (errno %)",
        [GATE_LINUX_STEP_CLOSE] = "the cell can not close its descriptors (errno %)",
        [GATE_LINUX_STEP_LIMITS] = "the cell can not set its limits (errno %)",
        [GATE_LINUX_STEP_FILTER] = "the cell can not install its filter (errno %)",
        [GATE_LINUX_STEP_BOXED] = "the cell was boxed and did not say so",
    };
    uint32_t step = cell->page->step;
    uint32_t error = cell->page->error;
    const char *sentence = sentences[step < ARRAY_LEN(sentences) ? step : 0];
    return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, sentence, error);
}

/* Invariant (2). */
static void read_isolation(struct gate_cell *cell)
{
    uint32_t own = __atomic_load_n(&cell->page->isolation, __ATOMIC_ACQUIRE) & CELLS_OWN;
    uint32_t spaces = cell->process.namespaces & ~(uint32_t)GATE_ISOLATION_MOUNT_NS;
    cell->isolation |= own | spaces;
    cell->is_boxed = true;
}

enum gate_ring gate_cell_wait_unwatched(struct gate_cell *cell, uint64_t deadline_ns)
{
    for (;;) {
        bool is_dead = gate_process_is_dead(&cell->process);
        uint64_t now = gate_watch_now_ns();
        enum gate_ring ring = gate_doorbell_wait(&cell->bell, now + LOOK_NS);
        if (ring != GATE_RING_LATE || (deadline_ns != 0 && now >= deadline_ns))
            return ring;
        if (is_dead)
            return GATE_RING_ENDED;
    }
}

enum status gate_cell_ready(struct gate_cell *cell, struct report *report)
{
    char line[GATE_ISOLATION_LINE_MAX];
    if (!cell->is_boxed) {
        enum gate_ring ring = gate_cell_wait_unwatched(cell, gate_watch_now_ns() + START_NS);
        if (ring == GATE_RING_LATE)
            return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "the cell was not boxed in time");
        if (ring == GATE_RING_ENDED || cell->page->step != GATE_LINUX_STEP_BOXED)
            return tell_failed_start(cell, report);
        read_isolation(cell);
        cell->bell.spin = cell->bell.spin_most; /* boxing taught it nothing about requests */
    }
    uint32_t missing = cell->options.required & ~cell->isolation;
    if (missing == 0)
        return STATUS_OK;
    gate_isolation_lack_line(missing, line);
    return report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET, line);
}

enum status gate_cell_spawn(const struct gate_cell_options *options, struct gate_cell **out_cell,
                            struct report *report)
{
    struct gate_cell *cell;
    enum status status = gate_cell_begin(options, &cell, report);
    if (status != STATUS_OK)
        return status;
    status = gate_cell_ready(cell, report);
    if (status == STATUS_OK) {
        gate_netns_end(&cell->netns); /* nothing of it waits on a shelf */
        *out_cell = cell;
    } else {
        gate_cell_destroy(cell);
    }
    return status;
}

uint32_t gate_cell_isolation(const struct gate_cell *cell)
{
    return cell->isolation;
}

int gate_cell_pid(const struct gate_cell *cell)
{
    return cell->process.pid;
}

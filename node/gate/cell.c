/*
 * node/gate/cell.c: a cell as a process: its calls and its end. See cell.h.
 *
 *   begin: shared files -> process                  cell_begin.c; the cell boxes itself meanwhile
 *   ready: first ring -> what the box has           cell_ready.c; what is required and missing
 *   run:   payload -> answer -> watch -> requests ... end -> kill, wait
 *                                           FINISHED, and serves -> rests, still watched
 *   again: answer of FINISH -> requests ... and so on
 *
 * Invariants:
 *   (1) The files are sealed against shrinking before the cell has them: no access of the gate to
 *       the shared page, transfer area or payload can fail.
 *   (2) What the cell says about its box is read once, at its first ring: up to there it runs our
 *       code and has seen nothing of a tenant.
 *   (3) A cell that was run and does not rest is killed before we come back. It is waited for when
 *       it is destroyed: the kernel takes some 0.1 ms to take it down, and nobody has to stand by.
 *   (4) A cell that rests has no session: what it asks for without being asked waits for the next
 *       call and is its own tenant's affair. It sleeps in its futex; one that does not is found by
 *       its clock (rest.h).
 */
#include "node/gate/cell_internal.h"

#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

static void tell_end(struct gate_cell *cell)
{
    const struct gate_session *session = __atomic_load_n(&cell->session, __ATOMIC_ACQUIRE);
    if (session != NULL)
        gate_session_cancel(session);
}

void gate_cell_died(void *context)
{
    struct gate_cell *cell = context;
    gate_doorbell_end(&cell->bell);
    tell_end(cell);
}

void gate_cell_late(void *context)
{
    struct gate_cell *cell = context;
    __atomic_store_n(&cell->is_late, true, __ATOMIC_RELEASE);
    tell_end(cell);
}

/* Once the cell has its first answer, and looks at its job: to start the watching thread takes 0.1
 * ms. No request before hello makes the gate wait (session.c), so nothing has to be cancelled yet.
 * The helper, which is dead, is waited for at the same time. */
static bool watch_process(struct gate_cell *cell, uint64_t deadline_ns)
{
    struct report report;
    report_init(&report);
    cell->watch.deadline_ns = deadline_ns;
    cell->is_watched = gate_watch_add(&cell->watch, &report) == STATUS_OK;
    if (cell->is_watched && __atomic_load_n(&cell->is_killed, __ATOMIC_SEQ_CST))
        gate_watch_kill(&cell->watch);
    gate_netns_end(&cell->netns);
    return cell->is_watched;
}

static void hand_over(struct gate_cell *cell, struct bytes payload)
{
    if (payload.len != 0)
        memcpy(cell->payload, payload.data, payload.len);
    gate_doorbell_answer(&cell->bell, NULL);
}

static struct gate_transfer transfer_of(const struct gate_cell *cell)
{
    return (struct gate_transfer){(uint8_t *)cell->page + GATE_LINUX_PAGE,
                                  cell->options.transfer_bytes};
}

static enum gate_cell_end serve(struct gate_cell *cell, struct gate_session *session,
                                uint64_t deadline_ns)
{
    const struct gate_transfer transfer = transfer_of(cell);
    struct gate_request copy;
    struct gate_reply reply;
    for (;;) {
        enum gate_ring ring = cell->is_watched ? gate_doorbell_wait(&cell->bell, deadline_ns)
                                               : gate_cell_wait_unwatched(cell, deadline_ns);
        if (ring == GATE_RING_LATE || __atomic_load_n(&cell->is_late, __ATOMIC_ACQUIRE))
            return GATE_CELL_DEADLINE;
        if (ring == GATE_RING_ENDED)
            return GATE_CELL_DIED;
        gate_doorbell_take(&cell->bell, &copy);
        switch (gate_session_call(session, &copy, transfer, &reply)) {
        case GATE_SESSION_FINISHED:
            cell->finish_reply = reply;
            return GATE_CELL_FINISHED;
        case GATE_SESSION_BAD:
            return GATE_CELL_BAD;
        case GATE_SESSION_CONTINUE:
            gate_doorbell_answer(&cell->bell, &reply);
        }
        if (!cell->is_watched && !watch_process(cell, deadline_ns))
            return GATE_CELL_UNWATCHED;
    }
}

static void stop_watching(struct gate_cell *cell)
{
    if (cell->is_watched)
        gate_watch_remove(&cell->watch);
    cell->is_watched = false;
}

/* Invariant (3). */
static int end_process(struct gate_cell *cell)
{
    stop_watching(cell);
    int detail = gate_process_end(&cell->process);
    gate_netns_end(&cell->netns);
    gate_cgroup_leave(&cell->cgroup);
    return detail;
}

/* Nobody cancels the session any more when this comes back: it is the caller's again. */
static void let_rest(struct gate_cell *cell, const struct gate_session *session)
{
    __atomic_store_n(&cell->session, NULL, __ATOMIC_RELEASE);
    gate_watch_rearm(&cell->watch, 0);
    cell->payload_version = session->payload_version;
    cell->job = session->setup.job;
    gate_rest_begin(&cell->rest, cell->process.pid, session->setup.job.memory_bytes);
    cell->is_resting = true;
}

static enum gate_cell_end conclude(struct gate_cell *cell, enum gate_cell_end end,
                                   const struct gate_session *session, int *out_detail)
{
    int detail = 0;
    if (end == GATE_CELL_FINISHED && !session->is_last && cell->is_watched) {
        let_rest(cell, session);
    } else {
        stop_watching(cell);
        if (end == GATE_CELL_DIED)
            detail = end_process(cell);
        else
            gate_process_kill(&cell->process);
    }
    if (out_detail != NULL)
        *out_detail = detail;
    return end;
}

enum gate_cell_end gate_cell_run(struct gate_cell *cell, struct bytes payload,
                                 struct gate_session *session, uint64_t deadline_ns,
                                 int *out_detail)
{
    const struct gate_job *job = &session->setup.job;
    ASSERT(cell->is_boxed && !cell->is_watched && payload.len <= cell->payload_len &&
           job->payload_len == payload.len && job->arena_bytes <= cell->options.arena_bytes &&
           job->memory_bytes <= cell->options.memory_bytes);
    __atomic_store_n(&cell->session, session, __ATOMIC_RELEASE);
    hand_over(cell, payload);
    return conclude(cell, serve(cell, session, deadline_ns), session, out_detail);
}

enum gate_cell_end gate_cell_again(struct gate_cell *cell, struct gate_session *session,
                                   uint64_t deadline_ns, int *out_detail)
{
    ASSERT(cell->is_resting && memcmp(&session->setup.job, &cell->job, sizeof cell->job) == 0);
    cell->is_resting = false;
    gate_session_resume(session, cell->payload_version, transfer_of(cell), &cell->finish_reply);
    __atomic_store_n(&cell->is_late, false, __ATOMIC_RELEASE);
    __atomic_store_n(&cell->session, session, __ATOMIC_RELEASE);
    gate_watch_rearm(&cell->watch, deadline_ns);
    gate_doorbell_answer(&cell->bell, &cell->finish_reply);
    return conclude(cell, serve(cell, session, deadline_ns), session, out_detail);
}

bool gate_cell_can_serve(struct gate_cell *cell)
{
    return cell->is_resting && !gate_watch_is_dead(&cell->watch) && gate_rest_is_kept(&cell->rest);
}

bool gate_cell_was_restless(const struct gate_cell *cell)
{
    return cell->rest.is_over;
}

void gate_cell_kill(struct gate_cell *cell)
{
    __atomic_store_n(&cell->is_killed, true, __ATOMIC_SEQ_CST);
    gate_watch_kill(&cell->watch);
}

void gate_cell_destroy(struct gate_cell *cell)
{
    if (cell == NULL)
        return;
    (void)end_process(cell);
    if (cell->page != NULL)
        (void)munmap(cell->page, cell->shared_len);
    if (cell->payload != NULL)
        (void)munmap(cell->payload, cell->payload_len);
    free(cell);
}

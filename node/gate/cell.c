/*
 * node/gate/cell.c: a cell as a process, from its start to its end. See cell.h.
 *
 *   begin: shared files -> process                  the cell boxes itself meanwhile
 *   ready: first ring -> what the box has           what is required and missing: DENIED
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
#include "node/gate/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/syscall.h>

#include "node/gate/cgroup.h"
#include "node/gate/doorbell.h"
#include "node/gate/netns.h"
#include "node/gate/process.h"
#include "node/gate/rest.h"
#include "node/gate/watch.h"

#define START_NS      UINT64_C(20000000000) /* most that boxing may take on a busy machine */
#define LOOK_NS       UINT64_C(2000000)     /* ... and how often we look whether it died of it */
#define NOBODY        65534u
#define CGROUP_BESIDE (UINT64_C(32) << 20) /* program, stack, page tables */

#ifndef F_SEAL_FUTURE_WRITE
#error "the kernel headers are too old"
#endif

#define CELLS_OWN                                                                                  \
    (GATE_ISOLATION_SECCOMP | GATE_ISOLATION_NO_NEW_PRIVS | GATE_ISOLATION_LANDLOCK |              \
     GATE_ISOLATION_USER_NS | GATE_ISOLATION_NET_NS | GATE_ISOLATION_MOUNT_NS |                    \
     GATE_ISOLATION_RLIMITS)

struct gate_cell {
    struct gate_cell_options options;
    struct gate_process process;
    struct gate_watch watch;
    struct gate_doorbell bell;
    struct gate_cgroup cgroup;
    struct gate_netns netns;
    struct gate_rest rest;
    struct gate_linux_page *page;
    uint8_t *payload;
    size_t shared_len, payload_len;
    bool is_watched, is_boxed, is_resting;
    bool is_late;                   /* set by the watching thread */
    bool is_killed;                 /* set by any */
    struct gate_job job;            /* of the first call; all have the same */
    struct gate_reply finish_reply; /* what it rests for */
    uint64_t payload_version;
    uint32_t isolation;
    const struct gate_session
        *session; /* what to cancel; NULL outside of run. Under the watch's lock */
};

_Static_assert(GATE_LINUX_DID_SECCOMP == GATE_ISOLATION_SECCOMP, "one numbering");
_Static_assert(GATE_LINUX_DID_NO_NEW_PRIVS == GATE_ISOLATION_NO_NEW_PRIVS, "one numbering");
_Static_assert(GATE_LINUX_DID_LANDLOCK == GATE_ISOLATION_LANDLOCK, "one numbering");
_Static_assert(GATE_LINUX_DID_USER_NS == GATE_ISOLATION_USER_NS, "one numbering");
_Static_assert(GATE_LINUX_DID_NET_NS == GATE_ISOLATION_NET_NS, "one numbering");
_Static_assert(GATE_LINUX_DID_EMPTY_ROOT == GATE_ISOLATION_MOUNT_NS, "one numbering");
_Static_assert(GATE_LINUX_DID_RLIMITS == GATE_ISOLATION_RLIMITS, "one numbering");

static void tell_end(struct gate_cell *cell)
{
    const struct gate_session *session = __atomic_load_n(&cell->session, __ATOMIC_ACQUIRE);
    if (session != NULL)
        gate_session_cancel(session);
}

static void cell_died(void *context)
{
    struct gate_cell *cell = context;
    gate_doorbell_end(&cell->bell);
    tell_end(cell);
}

static void cell_late(void *context)
{
    struct gate_cell *cell = context;
    __atomic_store_n(&cell->is_late, true, __ATOMIC_RELEASE);
    tell_end(cell);
}

/* The same above the numbers that descriptors have in the cell. */
static int lift(int low)
{
    if (low < 0 || low > GATE_LINUX_FD_NETWORK)
        return low;
    int fd = fcntl(low, F_DUPFD_CLOEXEC, GATE_LINUX_FD_NETWORK + 1);
    (void)close(low);
    return fd;
}

/* A memory file, mapped; both sides see it at its full size for ever. */
static int make_file(const char *name, size_t len, int seals, void **out_base)
{
    int fd = lift(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    void *base = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, (off_t)len) == 0)
        base = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base != MAP_FAILED &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | seals) == 0) {
        *out_base = base;
        return fd;
    }
    if (base != MAP_FAILED)
        (void)munmap(base, len);
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int open_own_pidfd(void)
{
    return lift((int)syscall(SYS_pidfd_open, getpid(), 0));
}

static size_t whole_pages(uint64_t bytes)
{
    return ((size_t)bytes + 0xFFF) & ~(size_t)0xFFF;
}

static void write_plan(struct gate_cell *cell)
{
    cell->page->plan = (struct gate_linux_plan){
        .version = GATE_LINUX_VERSION,
        .transfer_bytes = cell->options.transfer_bytes,
        .payload_bytes = cell->payload_len,
        .arena_bytes = cell->options.arena_bytes,
        .memory_bytes = cell->options.memory_bytes,
        .identity = NOBODY,
        .spin_most = cell->bell.spin_most,
    };
}

static enum status open_program(const struct gate_cell_options *options, int *out_fd,
                                struct report *report)
{
    if (options->program_fd == 0)
        return gate_process_open(options->program, out_fd, report);
    *out_fd = fcntl(options->program_fd, F_DUPFD_CLOEXEC, GATE_LINUX_FD_NETWORK + 1);
    if (*out_fd >= 0)
        return STATUS_OK;
    return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                       "no descriptor for the cell's program");
}

static enum status start_process(struct gate_cell *cell, const int fds[4], struct report *report)
{
    int program_fd = -1;
    if (fds[0] < 0 || fds[1] < 0 || fds[2] < 0)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                           "no memory file or descriptor for a cell");
    enum status status = open_program(&cell->options, &program_fd, report);
    if (status != STATUS_OK)
        return status;
    program_fd = lift(program_fd);
    gate_doorbell_init(&cell->bell, cell->page);
    write_plan(cell);
    status = gate_process_start(program_fd, fds, cell->options.skipped, &cell->page->plan,
                                &cell->process, report);
    (void)close(program_fd);
    return status;
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

static void enter_cgroup(struct gate_cell *cell)
{
    const uint64_t most = cell->options.memory_bytes + cell->options.arena_bytes +
                          cell->payload_len + cell->shared_len + CGROUP_BESIDE;
    if ((cell->options.skipped & GATE_ISOLATION_CGROUP) == 0 &&
        gate_cgroup_enter(&cell->cgroup, cell->process.pid, most))
        cell->isolation |= GATE_ISOLATION_CGROUP;
}

/* Only root's cell may take it over; for others it comes with the user namespace (process.c). */
static int begin_network(struct gate_cell *cell)
{
    if ((cell->options.skipped & GATE_ISOLATION_NET_NS) != 0 || geteuid() != 0 ||
        !gate_netns_begin(&cell->netns, &cell->page->network))
        return -1;
    return fcntl(cell->netns.pidfd, F_DUPFD_CLOEXEC, GATE_LINUX_FD_NETWORK + 1);
}

enum status gate_cell_begin(const struct gate_cell_options *options, struct gate_cell **out_cell,
                            struct report *report)
{
    struct gate_cell *cell = calloc(1, sizeof *cell);
    void *base = NULL;
    if (cell == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a cell");
    cell->options = *options;
    cell->process.pidfd = cell->netns.pidfd = -1;
    if (options->transfer_bytes == 0)
        cell->options.transfer_bytes = GATE_TRANSFER_DEFAULT;
    cell->options.transfer_bytes = (uint32_t)whole_pages(cell->options.transfer_bytes);
    cell->shared_len = GATE_LINUX_PAGE + (size_t)cell->options.transfer_bytes;
    cell->payload_len = whole_pages(options->payload_bytes != 0 ? options->payload_bytes : 1);
    int fds[4] = {-1, -1, -1, -1};
    fds[0] = make_file("aether-gate", cell->shared_len, 0, &base);
    cell->page = base;
    if (fds[0] >= 0)
        fds[GATE_LINUX_FD_NETWORK] = begin_network(cell);
    if (fds[0] >= 0)
        fds[1] = make_file("aether-payload", cell->payload_len, F_SEAL_FUTURE_WRITE, &base);
    cell->payload = fds[1] >= 0 ? base : NULL;
    fds[2] = open_own_pidfd();
    enum status status = start_process(cell, fds, report);
    for (int i = 0; i < 4; i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
    if (status == STATUS_OK) {
        cell->watch = (struct gate_watch){
            .pidfd = cell->process.pidfd, .context = cell, .died = cell_died, .late = cell_late};
        enter_cgroup(cell);
        *out_cell = cell;
    } else {
        gate_cell_destroy(cell);
    }
    return status;
}

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

/* Until somebody watches it we look now and then whether it lives. `deadline_ns` as everywhere. */
static enum gate_ring wait_unwatched(struct gate_cell *cell, uint64_t deadline_ns)
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
        enum gate_ring ring = wait_unwatched(cell, gate_watch_now_ns() + START_NS);
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
                                               : wait_unwatched(cell, deadline_ns);
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
    gate_rest_begin(&cell->rest, cell->process.pid);
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

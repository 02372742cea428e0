/*
 * node/gate/cell_begin.c: a cell's shared files, its plan and its process. See cell.h.
 *
 * Invariant (1) of cell.c is made here.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/syscall.h>

#include "node/gate/cell_internal.h"

#define NOBODY        65534u
#define CGROUP_BESIDE (UINT64_C(32) << 20) /* program, stack, page tables */

#ifndef F_SEAL_FUTURE_WRITE
#error "the kernel headers are too old"
#endif

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
        cell->watch = (struct gate_watch){.pidfd = cell->process.pidfd,
                                          .context = cell,
                                          .died = gate_cell_died,
                                          .late = gate_cell_late};
        enter_cgroup(cell);
        *out_cell = cell;
    } else {
        gate_cell_destroy(cell);
    }
    return status;
}

/*
 * node/gate/process.c: clone, exec, kill, wait. See process.h.
 *
 * Invariants:
 *   (1) The child shares this process's memory until it executes, and the calling thread stands
 *       still so long; no handler of a signal runs in the child. It touches nothing but its own
 *       stack and struct child.
 *   (2) The child sends no signal when it ends, so SIGCHLD and wait() of the program are
 * undisturbed.
 */
#include "node/gate/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "node/gate/cell.h"

#define STACK_BYTES 16384
#define WAIT_PIDFD  3 /* P_PIDFD */
#define PATH_BYTES  4096

struct child {
    int program_fd;
    const int *fds;
    int error;
    bool keeps_privileges;
};

/* In a user namespace where no user is named, exec drops what privileges the child has there; the
 * cell needs three of them until its box is closed. */
static void keep_privileges(void)
{
    static const unsigned kept[] = {CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SETPCAP};
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0)
        return;
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        data[0].inheritable |= 1u << kept[i];
    if (syscall(SYS_capset, &header, data) != 0)
        return;
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0);
}

/* Invariant (1). What fails in the box is the cell's to report; what fails here is exec. */
static int child_main(void *context)
{
    static const char name[] = "aether-cell";
    struct child *child = context;
    char *const arguments[] = {(char *)(uintptr_t)name, NULL};
    char *const environment[] = {NULL};
    for (int i = 0; i < GATE_LINUX_FD_NETWORK; i++)
        if (dup2(child->fds[i], i) < 0)
            goto fail;
    bool has_network = child->fds[GATE_LINUX_FD_NETWORK] >= 0;
    if (has_network && dup2(child->fds[GATE_LINUX_FD_NETWORK], GATE_LINUX_FD_NETWORK) < 0)
        goto fail;
    unsigned rest = has_network ? GATE_LINUX_FD_NETWORK + 1 : GATE_LINUX_FD_NETWORK;
    if (syscall(SYS_close_range, rest, ~0u, CLOSE_RANGE_CLOEXEC) != 0)
        goto fail;
    if (child->keeps_privileges)
        keep_privileges();
    (void)syscall(SYS_execveat, child->program_fd, "", arguments, environment, AT_EMPTY_PATH);
fail:
    child->error = errno;
    _exit(127);
}

/* In this order: as root without a user namespace (the cell enters one when it is nobody, and a
 * network namespace that is made meanwhile), and as anyone with one; the network namespace may be
 * forbidden alone. Last: none at all. */
static const struct {
    int flags;
    uint32_t isolation;
    bool is_roots;
} attempts[] = {
#define OTHERS_FLAGS (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define OTHERS       (GATE_ISOLATION_PID_NS | GATE_ISOLATION_MOUNT_NS | GATE_ISOLATION_IPC_NS)
    {OTHERS_FLAGS, OTHERS, true},
    {OTHERS_FLAGS | CLONE_NEWNET | CLONE_NEWUSER,
     OTHERS | GATE_ISOLATION_NET_NS | GATE_ISOLATION_USER_NS, false},
    {OTHERS_FLAGS | CLONE_NEWUSER, OTHERS | GATE_ISOLATION_USER_NS, false},
    {CLONE_NEWUSER, GATE_ISOLATION_USER_NS, false},
    {0, 0, false},
};

static uint32_t plan_flags(uint32_t namespaces, bool has_network)
{
    uint32_t flags = (namespaces & GATE_ISOLATION_MOUNT_NS) != 0 ? GATE_LINUX_EMPTY_ROOT : 0;
    if (geteuid() == 0 && (namespaces & GATE_ISOLATION_USER_NS) == 0)
        flags |= GATE_LINUX_BECOME | GATE_LINUX_USER_NS | (has_network ? GATE_LINUX_NETWORK : 0);
    return flags;
}

/* 0, or what clone said; where exec failed, child->error says why. */
static int clone_child(size_t attempt, struct child *child, struct gate_linux_plan *plan,
                       struct gate_process *process)
{
    uint8_t stack[STACK_BYTES] ALIGNED(16);
    const int flags = attempts[attempt].flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD;
    child->keeps_privileges = (flags & CLONE_NEWUSER) != 0;
    child->error = 0;
    plan->flags = plan_flags(attempts[attempt].isolation, child->fds[GATE_LINUX_FD_NETWORK] >= 0);
    process->pid = clone(child_main, stack + sizeof stack, flags, child, &process->pidfd);
    process->namespaces = attempts[attempt].isolation;
    return process->pid < 0 ? errno : 0;
}

enum status gate_process_start(int program_fd, const int fds[4], uint32_t skipped,
                               struct gate_linux_plan *plan, struct gate_process *out_process,
                               struct report *report)
{
    struct child child = {.program_fd = program_fd, .fds = fds};
    struct gate_process process = {.pid = -1, .pidfd = -1};
    sigset_t all, before;
    int error = EPERM;
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "signals can not be held");
    for (size_t i = 0; i < ARRAY_LEN(attempts) && error != 0; i++)
        if ((attempts[i].isolation & skipped) == 0 && (!attempts[i].is_roots || geteuid() == 0))
            error = clone_child(i, &child, plan, &process);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "no process for a cell (errno %)", (uint64_t)error);
    if (child.error != 0) {
        (void)gate_process_end(&process);
        return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "the cell's program can not be executed (errno %)",
                               (uint64_t)child.error);
    }
    *out_process = process;
    return STATUS_OK;
}

void gate_process_kill(const struct gate_process *process)
{
    (void)syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0);
}

bool gate_process_is_dead(const struct gate_process *process)
{
    struct pollfd end = {.fd = process->pidfd, .events = POLLIN};
    return poll(&end, 1, 0) == 1;
}

int gate_process_end(struct gate_process *process)
{
    siginfo_t info = {.si_code = 0};
    int status = 0;
    if (process->pidfd < 0)
        return 0;
    gate_process_kill(process);
    while (waitid((idtype_t)WAIT_PIDFD, (id_t)process->pidfd, &info, WEXITED | __WALL) != 0 &&
           errno == EINTR)
        continue;
    if (info.si_code == CLD_EXITED)
        status = info.si_status << 8;
    else
        status = info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
    (void)close(process->pidfd);
    *process = (struct gate_process){.pid = -1, .pidfd = -1};
    return status;
}

static int open_relative(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len <= 0)
        return -1;
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    size_t room = sizeof path - (size_t)(slash + 1 - path);
    if (slash == NULL || (size_t)snprintf(slash + 1, room, "%s%s", folder, name) >= room)
        return -1;
    return open(path, O_PATH | O_CLOEXEC);
}

int gate_process_open_beside(const char *name)
{
    int fd = open_relative("", name);
    return fd >= 0 ? fd : open_relative("../libexec/aether/", name);
}

enum status gate_process_open(const char *path, int *out_fd, struct report *report)
{
    int fd =
        path != NULL ? open(path, O_PATH | O_CLOEXEC) : gate_process_open_beside("aether-cell");
    if (fd < 0)
        return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "the cell's program aether-cell can not be opened (errno %)",
                               (uint64_t)errno);
    *out_fd = fd;
    return STATUS_OK;
}

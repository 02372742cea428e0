/*
 * node/supervisor/spawn.c: a role as a process.
 *
 * Invariants:
 *   (1) The supervisor has one thread, so the child may do between clone and exec what it likes.
 *   (2) A role dies with the supervisor: by the parent-death signal, and by the end of its control
 *       socket should the kernel have forgotten the signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "node/supervisor/supervisor.h"

#define CONTROL_FD 3
#define HIGH_FD    10 /* above what the child arranges */
#define WAIT_PIDFD 3  /* P_PIDFD */

/* Descriptors 0 to 3 are arranged, the others closed by exec. False: errno. */
static bool arrange_descriptors(int control)
{
    int high = fcntl(control, F_DUPFD_CLOEXEC, HIGH_FD);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    return high >= 0 && null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
           dup2(null, STDOUT_FILENO) >= 0 && dup2(high, CONTROL_FD) >= 0 &&
           syscall(SYS_close_range, CONTROL_FD + 1, ~0u, 1 << 2 /* CLOEXEC */) == 0;
}

static void arrange_signals(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    sigset_t none;
    for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
        (void)signal(ignored[i], SIG_IGN);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

struct start {
    enum role_name name;
    int program, control;
    const char *path;
};

static void become_role(void *context)
{
    const struct start *start = context;
    char own[] = "aetherd", flag[] = "--role", word[16];
    char *const arguments[] = {own, flag, word, NULL};
    char *const environment[] = {NULL};
    (void)snprintf(word, sizeof word, "%s", role_word(start->name));
    int high = fcntl(start->program, F_DUPFD_CLOEXEC, HIGH_FD);
    if (!arrange_descriptors(start->control))
        return;
    arrange_signals();
    if (start->path != NULL)
        (void)execve(start->path, arguments, environment);
    else
        (void)syscall(SYS_execveat, high, "", arguments, environment, AT_EMPTY_PATH);
}

static bool write_file(pid_t pid, const char *name, const char *text)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    (void)close(fd);
    return is_written;
}

/* Root in there is the plan's user out here, and nobody else is anyone. */
static bool write_maps(pid_t pid, const struct plan *plan)
{
    char users[32], groups[32];
    (void)snprintf(users, sizeof users, "0 %u 1\n", plan->uid);
    (void)snprintf(groups, sizeof groups, "0 %u 1\n", plan->gid);
    if (geteuid() != 0 && !write_file(pid, "setgroups", "deny"))
        return false;
    return write_file(pid, "uid_map", users) && write_file(pid, "gid_map", groups);
}

/* In the child, once the maps are there. A group list may be forbidden to shed, and then holds
 * nothing that counts in there. */
static bool become_root_inside(int go)
{
    char byte;
    if (read(go, &byte, 1) != 1)
        return false;
    (void)syscall(SYS_setgroups, 0, NULL);
    return syscall(SYS_setresgid, 0, 0, 0) == 0 && syscall(SYS_setresuid, 0, 0, 0) == 0;
}

_Noreturn static void run_child(const struct plan *plan, const struct spawn_run *run, int go)
{
    const bool has_users = (plan->flags & CLONE_NEWUSER) != 0;
    if ((!has_users || become_root_inside(go)) && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)
        run->run(run->context);
    _exit(127);
}

enum status spawn_process(const struct plan *plan, const struct spawn_run *run, pid_t *out_pid,
                          int *out_pidfd, struct report *report)
{
    int go[2], pidfd = -1;
    siginfo_t info;
    if (pipe2(go, O_CLOEXEC) != 0)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no pipe to be had");
    const long flags = plan->flags | CLONE_PIDFD | SIGCHLD;
    pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, &pidfd, NULL, NULL);
    int error = errno;
    if (pid == 0) {
        (void)close(go[1]); /* or the supervisor's end would not be seen */
        run_child(plan, run, go[0]);
    }
    bool is_mapped = pid > 0 && ((plan->flags & CLONE_NEWUSER) == 0 || write_maps(pid, plan));
    if (is_mapped)
        (void)!write(go[1], "", 1); /* a child that is dead by now is found out */
    (void)close(go[0]);
    (void)close(go[1]);
    if (pid > 0 && !is_mapped) {
        error = EPERM;
        (void)kill(pid, SIGKILL);
        (void)waitid(P_PID, (id_t)pid, &info, WEXITED);
        (void)close(pidfd);
    }
    if (!is_mapped)
        return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "no process to be had (errno %)", (uint64_t)error);
    *out_pid = pid;
    *out_pidfd = pidfd;
    return STATUS_OK;
}

enum status spawn_role(const struct plan *plan, enum role_name name, int program, const char *path,
                       struct spawned *out_spawned, struct report *report)
{
    int pair[2];
    enum status status = message_pair(pair, report);
    if (status != STATUS_OK)
        return status;
    struct start start = {name, program, pair[1], path};
    const struct spawn_run run = {become_role, &start};
    struct spawned spawned = {.control = pair[0]};
    status = spawn_process(plan, &run, &spawned.pid, &spawned.pidfd, report);
    (void)close(pair[1]);
    if (status != STATUS_OK) {
        (void)close(pair[0]);
        return status;
    }
    *out_spawned = spawned;
    return STATUS_OK;
}

void spawn_kill(const struct spawned *spawned)
{
    if (spawned->pid >= 0)
        (void)syscall(SYS_pidfd_send_signal, spawned->pidfd, SIGKILL, NULL, 0);
}

bool spawn_ended_well(const struct spawned *spawned)
{
    siginfo_t info = {.si_code = 0};
    return waitid((idtype_t)WAIT_PIDFD, (id_t)spawned->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) ==
               0 &&
           info.si_code == CLD_EXITED && info.si_status == 0;
}

int spawn_reap(struct spawned *spawned)
{
    siginfo_t info = {.si_code = 0};
    while (waitid((idtype_t)WAIT_PIDFD, (id_t)spawned->pidfd, &info, WEXITED) != 0 &&
           errno == EINTR)
        continue;
    (void)close(spawned->pidfd);
    (void)close(spawned->control);
    *spawned = (struct spawned){.pid = -1, .pidfd = -1, .control = -1};
    return info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
}

void spawn_end_line(int status, char out_line[SPAWN_END_MAX])
{
    if (WIFSIGNALED(status))
        (void)snprintf(out_line, SPAWN_END_MAX, "killed by signal %d (%s)", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) == 127)
        (void)snprintf(out_line, SPAWN_END_MAX, "its program could not be executed");
    else if (WEXITSTATUS(status) == ROLE_EXIT_CUT)
        (void)snprintf(out_line, SPAWN_END_MAX,
                       "a page of the store's file is not there: it was cut, or its disk fails");
    else
        (void)snprintf(out_line, SPAWN_END_MAX, "ended with status %d", WEXITSTATUS(status));
}

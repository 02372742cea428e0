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

_Noreturn static void become_role(enum role_name name, int program, const char *path, int control)
{
    char own[] = "aetherd", flag[] = "--role", word[16];
    char *const arguments[] = {own, flag, word, NULL};
    char *const environment[] = {NULL};
    (void)snprintf(word, sizeof word, "%s", role_word(name));
    int high = fcntl(program, F_DUPFD_CLOEXEC, HIGH_FD);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && arrange_descriptors(control)) {
        arrange_signals();
        if (path != NULL)
            (void)execve(path, arguments, environment);
        else
            (void)syscall(SYS_execveat, high, "", arguments, environment, AT_EMPTY_PATH);
    }
    _exit(127);
}

enum status spawn_role(enum role_name name, int program, const char *path,
                       struct spawned *out_spawned, struct report *report)
{
    int pair[2];
    enum status status = message_pair(pair, report);
    if (status != STATUS_OK)
        return status;
    int pidfd = -1;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, NULL);
    if (pid == 0)
        become_role(name, program, path, pair[1]);
    int error = errno;
    (void)close(pair[1]);
    if (pid < 0) {
        (void)close(pair[0]);
        return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "no process to be had (errno %)", (uint64_t)error);
    }
    *out_spawned = (struct spawned){.pid = pid, .pidfd = pidfd, .control = pair[0]};
    return STATUS_OK;
}

void spawn_kill(const struct spawned *spawned)
{
    if (spawned->pid >= 0)
        (void)syscall(SYS_pidfd_send_signal, spawned->pidfd, SIGKILL, NULL, 0);
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
    else
        (void)snprintf(out_line, SPAWN_END_MAX, "ended with status %d", WEXITSTATUS(status));
}

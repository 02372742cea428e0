/*
 * board/child.c: spawn, look, stop. Only the pid that was started here is ever signalled.
 */
#include "board/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOLE     "{socket}"
#define GRACE_MS 1000

/* A copy of `argument` with its holes filled; lives until the process is replaced. */
static char *fill_holes(const char *argument, const char *socket_path)
{
    size_t holes = 0;

    for (const char *at = argument; (at = strstr(at, HOLE)) != NULL; at += strlen(HOLE))
        holes++;

    size_t room = strlen(argument) + holes * strlen(socket_path) + 1;
    char *filled = calloc(room, 1);
    char *end = filled;

    if (filled == NULL)
        return NULL;
    for (const char *at; (at = strstr(argument, HOLE)) != NULL; argument = at + strlen(HOLE)) {
        end = mempcpy(end, argument, (size_t)(at - argument));
        end = mempcpy(end, socket_path, strlen(socket_path));
    }
    memcpy(end, argument, strlen(argument) + 1);
    return filled;
}

/* In the child: never returns. */
static _Noreturn void become(char *const *arguments, const char *socket_path, pid_t parent)
{
    size_t count = 0;

    while (arguments[count] != NULL)
        count++;

    char **filled = calloc(count + 1, sizeof *filled);
    int null_fd = open("/dev/null", O_RDONLY);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || filled == NULL || null_fd < 0 || count == 0)
        _exit(127);
    (void)dup2(null_fd, STDIN_FILENO); /* at worst it reads what we would have read */
    for (size_t i = 0; i < count; i++) {
        filled[i] = fill_holes(arguments[i], socket_path);
        if (filled[i] == NULL)
            _exit(127);
    }
    (void)execvp(filled[0], filled);
    fprintf(stderr, "aether-board: can not start %s: %s\n", filled[0], strerror(errno));
    _exit(127);
}

bool child_start(struct child *child, char *const *arguments, const char *socket_path)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0)
        become(arguments, socket_path, parent);
    if (pid < 0) {
        fprintf(stderr, "aether-board: can not fork: %s\n", strerror(errno));
        return false;
    }
    *child = (struct child){.pid = pid, .pid_fd = (int)syscall(SYS_pidfd_open, pid, 0)};
    return true;
}

void child_look(struct child *child)
{
    int status;

    if (child->pid == 0 || child->is_ended || waitpid(child->pid, &status, WNOHANG) != child->pid)
        return;
    child->is_ended = true;
    child->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void wait_for_end(struct child *child)
{
    struct pollfd fd = {.fd = child->pid_fd, .events = POLLIN};

    if (child->pid_fd < 0)
        (void)usleep(GRACE_MS * 1000); /* a kernel without pidfd: just give it the time */
    else
        (void)poll(&fd, 1, GRACE_MS);
    child_look(child);
}

void child_stop(struct child *child)
{
    child_look(child);
    if (child->pid != 0 && !child->is_ended) {
        (void)kill(child->pid, SIGTERM);
        wait_for_end(child);
    }
    if (child->pid != 0 && !child->is_ended) {
        (void)kill(child->pid, SIGKILL);
        wait_for_end(child);
    }
    if (child->pid_fd > 0)
        (void)close(child->pid_fd);
    child->pid_fd = -1;
}

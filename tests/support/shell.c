/*
 * tests/support/shell.c: see shell.h.
 */
#include "tests/support/shell.h"

#include <stdio.h>
#include <unistd.h>

#include <sys/wait.h>

bool shell_runs(const char *line)
{
    const pid_t pid = fork();
    int status;
    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

bool shell_has(const char *program)
{
    char line[128];
    (void)snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", program);
    return shell_runs(line);
}

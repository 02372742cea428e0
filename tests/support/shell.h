/*
 * tests/support/shell.h: a line for the shell, where a test needs other programs.
 */
#ifndef AETHER_TESTS_SHELL_H
#define AETHER_TESTS_SHELL_H

#include <stdbool.h>

/* Whether it ended with status 0. */
bool shell_runs(const char *line);

/* Whether there is such a program. */
bool shell_has(const char *program);

#endif

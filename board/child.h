/*
 * board/child.h: the machine as a child process: QEMU with our socket in its command line.
 */
#ifndef AETHER_BOARD_CHILD_H
#define AETHER_BOARD_CHILD_H

#include <sys/types.h>

#include "core/base/compiler.h"

struct child {
    pid_t pid; /* 0: none */
    int pid_fd;
    int exit_code; /* valid once is_ended; 128 + n: killed by signal n */
    bool is_ended;
};

/* Starts `arguments` (NULL-terminated) with every `{socket}` in them replaced. It dies with us. */
bool MUST_CHECK child_start(struct child *child, char *const *arguments, const char *socket_path);

/* Sees whether it has ended, without waiting. */
void child_look(struct child *child);

/* Ends it: asked first, after a second by force. */
void child_stop(struct child *child);

#endif

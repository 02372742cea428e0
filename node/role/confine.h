/*
 * node/role/confine.h: a role shuts itself in.
 *
 * The supervisor starts roles in namespaces of their own as far as the machine lets it, having
 * tried it once (role_probe); what this machine lacks is in settings->isolation_lacks. A role that
 * then does not get what the trial got ends: it does not serve with less than was said.
 *
 *   io      no other files than the store's directory and the resolver's in /etc; the only network
 *   keys    no other files than its state directory; no network once the TPM is connected
 *   main    starts cells, so it keeps what a cell's box is made with: mounts and namespaces of its
 *           own; no file but /proc/self and control groups; no network
 *   api     nothing      egress   the system's certificates, to read
 */
#ifndef AETHER_NODE_ROLE_CONFINE_H
#define AETHER_NODE_ROLE_CONFINE_H

#include "node/role/role.h"

#define ROLE_ISOLATION_LIST(X)                                                                     \
    X(0, SECCOMP, "seccomp")                                                                       \
    X(1, LANDLOCK, "landlock")                                                                     \
    X(2, USER_NS, "user-namespace")                                                                \
    X(3, PID_NS, "pid-namespace")                                                                  \
    X(4, IPC_NS, "ipc-namespace")                                                                  \
    X(5, NET_NS, "net-namespace")                                                                  \
    X(6, EMPTY_ROOT, "empty-root")                                                                 \
    X(7, OWN_USER, "unprivileged-user")

enum role_isolation {
#define X(bit, name, word) ROLE_ISOLATION_##name = 1 << (bit),
    ROLE_ISOLATION_LIST(X)
#undef X
};

#define ROLE_ISOLATION_ALL      0xFFu
#define ROLE_ISOLATION_LINE_MAX 256u

/* "roles: seccomp, ...; without: landlock" */
void role_isolation_line(uint32_t lacks, char out_line[ROLE_ISOLATION_LINE_MAX]);

/* Gives up what this role does not need for the rest of its life. Once what it opens by name is
 * open (a TPM's connection, the system's certificates), and before its first thread. Calling it
 * again does nothing. */
enum status MUST_CHECK role_confine(struct role *role, struct report *report);

/* Tries all that role_confine does by itself, in a process that is there for nothing else: enum
 * role_isolation: SECCOMP, LANDLOCK, NET_NS, EMPTY_ROOT, as far as they can be had. */
uint32_t role_probe(void);

#endif

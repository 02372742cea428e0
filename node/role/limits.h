/*
 * node/role/limits.h: how much of the machine a role may take.
 *
 * What a role allocates has named limits of its own; these are for one that was taken over, so they
 * stand well above what an honest one ever needs. They can be lowered by it and not raised. main
 * has none: cells inherit them, and set their own (cell/linux/box.c).
 */
#ifndef AETHER_NODE_ROLE_LIMITS_H
#define AETHER_NODE_ROLE_LIMITS_H

#include "node/role/role.h"

#define ROLE_LIMIT_NONE UINT64_MAX

/* AddressSanitizer's shadow takes address space without measure: then memory has no limit here. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ROLE_IS_SANITIZED true
#endif
#endif
#ifndef ROLE_IS_SANITIZED
#define ROLE_IS_SANITIZED false
#endif

/* RLIMIT_DATA: what it can write to and shares with nobody: heap, stacks of threads. RLIMIT_AS:
 * that, programs, what it reads in bodies of messages, and the map of the store's file. */
struct role_limits {
    uint64_t data_bytes, space_bytes;
    uint64_t file_bytes; /* of any file; bodies of messages are files in memory */
    uint64_t descriptors;
    uint64_t processes; /* 0: not even a thread. Else of its user, so nothing to go by: NONE */
};

struct role_limits role_limits_of(enum role_name name, const struct settings *settings);

/* False: the kernel refused. One that is lower already stays. */
bool role_limits_enter(enum role_name name, const struct settings *settings);

#endif

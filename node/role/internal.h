/*
 * node/role/internal.h: the parts of role_confine.
 */
#ifndef AETHER_NODE_ROLE_INTERNAL_H
#define AETHER_NODE_ROLE_INTERNAL_H

#include "node/role/confine.h"

/* root.c: a mount namespace whose root is empty but for /proc/self and what the role may see. */
bool root_enter(enum role_name name);

/* landlock.c: no file but beneath `writable` (-1: none) and `readable` (NULL-terminated paths that
 * may be missing), no TCP but what `has_network` lets connect, no signals to others. */
bool landlock_enter(int writable, const char *const *readable, bool has_network);
/* What of /etc and /usr a role may read: NULL-terminated, never NULL. */
const char *const *root_readable(enum role_name name);

/* filter.c: the system calls of filter_table.c for this role. */
bool filter_enter(enum role_name name);

/* filter_table.c */
enum filter_kind {
    FILTER_ALLOW,
    FILTER_KILL,        /* the process: nothing of ours ever calls it */
    FILTER_ABSENT,      /* ENOSYS: the C library has another way */
    FILTER_ALLOW_HAS,   /* the argument has one of these bits */
    FILTER_ALLOW_LACKS, /* it has none of them */
    FILTER_ALLOW_EQUAL, /* its lower half is this */
    FILTER_ALLOW_SELF,  /* it is this process */
};
struct filter_rule {
    uint16_t number;
    uint8_t kind, argument;
    uint32_t value;
};
#define FILTER_SETS_MAX 4
struct filter_set {
    const struct filter_rule *rules;
    size_t count;
};
/* The first rule that fits decides; what no rule names is EPERM. */
size_t filter_sets(enum role_name name, struct filter_set out_sets[FILTER_SETS_MAX]);

#endif

/*
 * node/role/landlock.c: no files but these, in the kernel's second opinion.
 *
 * Numbers by hand: the headers of the oldest system that we build on know version 2 alone.
 */
#include <fcntl.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/syscall.h>

#include "node/role/internal.h"

#define RULE_PATH_BENEATH 1
#define READ_FILE         (1u << 2)
#define READ_DIRECTORY    (1u << 3)
#define BIND_TCP          (1u << 0)
#define CONNECT_TCP       (1u << 1)
#define SCOPES            3u /* abstract Unix sockets, signals */

/* Each version's rights on files; 1 has no rename between directories, 2 no truncate, ... */
static const uint64_t rights[] = {0, 0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF};
/* What a writable directory gives: all but executing and making devices. */
#define WRITABLE                                                                                   \
    ((uint64_t)0x7FFF & ~((uint64_t)1 | (uint64_t)1 << 6 | (uint64_t)1 << 11 | (uint64_t)1 << 12))

struct ruleset {
    uint64_t files, network, scopes;
};
struct path_rule {
    uint64_t allowed;
    int32_t fd;
} PACKED;

static bool add_path(int ruleset, int fd, uint64_t allowed)
{
    const struct path_rule rule = {.allowed = allowed, .fd = fd};
    return syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
}

static bool add_readable(int ruleset, const char *const *readable)
{
    bool is_added = true;
    for (size_t i = 0; is_added && readable[i] != NULL; i++) {
        int fd = open(readable[i], O_PATH | O_CLOEXEC);
        if (fd < 0)
            continue;
        /* A directory's right can not be given to a file; one of the two fits. */
        is_added =
            add_path(ruleset, fd, READ_FILE | READ_DIRECTORY) || add_path(ruleset, fd, READ_FILE);
        (void)close(fd);
    }
    return is_added;
}

bool landlock_enter(int writable, const char *const *readable, bool has_network)
{
    struct ruleset rules = {0, 0, 0};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    if (version < 1)
        return false;
    rules.files = rights[version < 5 ? version : 5];
    if (version >= 4)
        rules.network = has_network ? BIND_TCP : BIND_TCP | CONNECT_TCP;
    rules.scopes = version >= 6 ? SCOPES : 0;
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0)
        return false;
    bool is_entered = (writable < 0 || add_path(ruleset, writable, WRITABLE & rules.files)) &&
                      add_readable(ruleset, readable) &&
                      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                      syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    (void)close(ruleset);
    return is_entered;
}

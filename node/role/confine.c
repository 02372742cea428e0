/*
 * node/role/confine.c: see confine.h.
 *
 * Order: the network and the root while there are privileges for them (in the role's own user
 * namespace), then Landlock, then the privileges go, then the filter.
 */
#include "node/role/confine.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "node/config/settings.h"
#include "node/role/internal.h"
#include "node/role/limits.h"

#define CAPABILITIES 64

/* What the start of a cell takes in the user namespace of main; the last two: to join the network
 * that its helper made, and to write to control groups of root's. */
#define CELL_CAPABILITIES                                                                          \
    (1u << CAP_SYS_ADMIN | 1u << CAP_SYS_CHROOT | 1u << CAP_SETPCAP | 1u << CAP_SETUID |           \
     1u << CAP_SETGID | 1u << CAP_SYS_PTRACE | 1u << CAP_DAC_OVERRIDE)

static const struct {
    uint32_t bit;
    const char *word;
} parts[] = {
#define X(bit, name, word) {ROLE_ISOLATION_##name, word},
    ROLE_ISOLATION_LIST(X)
#undef X
};

static size_t add_parts(char *line, size_t len, const char *before, uint32_t which)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if ((which & parts[i].bit) != 0 && len < ROLE_ISOLATION_LINE_MAX) {
            int more =
                snprintf(line + len, ROLE_ISOLATION_LINE_MAX - len, "%s%s", before, parts[i].word);
            len += more > 0 ? (size_t)more : 0;
            before = ", ";
        }
    return len;
}

void role_isolation_line(uint32_t lacks, char out_line[ROLE_ISOLATION_LINE_MAX])
{
    size_t len = add_parts(out_line, 0, "roles: ", ROLE_ISOLATION_ALL & ~lacks);
    (void)add_parts(out_line, len, len != 0 ? "; without: " : "roles without: ", lacks);
}

static bool set_limits(void)
{
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_MSGQUEUE, &none) == 0 &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/* Those of `kept` stay, also for programs that are executed; without a namespace of users main
 * keeps what it has. */
static bool shed_capabilities(uint32_t kept)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{kept, kept, 0}, {0, 0, 0}};
    for (unsigned i = 0; i < CAPABILITIES; i++)
        if (i >= 32 || (kept & 1u << i) == 0)
            (void)prctl(PR_CAPBSET_DROP, i, 0, 0,
                        0); /* of a process that has none of them: EPERM */
    return syscall(SYS_capset, &header, data) == 0;
}

static uint32_t leave(enum role_name name, uint32_t wanted)
{
    uint32_t had = 0;
    if ((wanted & ROLE_ISOLATION_NET_NS) != 0 && name != ROLE_IO && unshare(CLONE_NEWNET) == 0)
        had |= ROLE_ISOLATION_NET_NS;
    if ((wanted & ROLE_ISOLATION_EMPTY_ROOT) != 0 && root_enter(name))
        had |= ROLE_ISOLATION_EMPTY_ROOT;
    return had;
}

static int writable_of(const struct role *role)
{
    if (role->name == ROLE_IO)
        return role->files[ROLE_FILE_STORE];
    return role->name == ROLE_KEYS ? role->files[ROLE_FILE_STATE] : -1;
}

/* Landlock would keep cells from making their root: main has its empty one instead. */
static uint32_t parts_of(enum role_name name)
{
    uint32_t own = ROLE_ISOLATION_NET_NS | ROLE_ISOLATION_EMPTY_ROOT | ROLE_ISOLATION_LANDLOCK |
                   ROLE_ISOLATION_SECCOMP;
    if (name == ROLE_IO)
        own &= ~(uint32_t)ROLE_ISOLATION_NET_NS;
    if (name == ROLE_MAIN)
        own &= ~(uint32_t)ROLE_ISOLATION_LANDLOCK;
    return own;
}

enum status role_confine(struct role *role, struct report *report)
{
    const uint32_t lacks = role->settings->isolation_lacks;
    const uint32_t wanted = parts_of(role->name) & ~lacks;
    const bool has_users = (lacks & ROLE_ISOLATION_USER_NS) == 0;
    if (role->is_confined)
        return STATUS_OK;
    /* What a thread's end needs would be loaded then, from a root that is empty. */
    (void)dlopen("libgcc_s.so.1", RTLD_NOW);
    uint32_t had = leave(role->name, wanted);
    bool is_in = set_limits() && role_limits_enter(role->name, role->settings);
    if ((wanted & ROLE_ISOLATION_LANDLOCK) != 0 &&
        landlock_enter(writable_of(role), root_readable(role->name), role->name == ROLE_IO))
        had |= ROLE_ISOLATION_LANDLOCK;
    if (role->name != ROLE_MAIN || has_users)
        is_in = is_in && shed_capabilities(role->name == ROLE_MAIN ? CELL_CAPABILITIES : 0);
    is_in = is_in && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    if ((wanted & ROLE_ISOLATION_SECCOMP) != 0 && is_in && filter_enter(role->name))
        had |= ROLE_ISOLATION_SECCOMP;
    if (!is_in || had != wanted) {
        char line[ROLE_ISOLATION_LINE_MAX];
        role_isolation_line(wanted & ~had, line);
        report_write_names(report, REPORT_NO_OFFSET, "the role can not be confined: %",
                           bytes_of(line, strlen(line)), bytes_of("", 0));
        return STATUS_DENIED;
    }
    role->is_confined = true;
    return STATUS_OK;
}

uint32_t role_probe(void)
{
    static const char *const nothing[] = {NULL};
    const uint32_t action = SECCOMP_RET_KILL_PROCESS;
    uint32_t had = leave(ROLE_MAIN, ROLE_ISOLATION_ALL);
    if (landlock_enter(-1, nothing, false))
        had |= ROLE_ISOLATION_LANDLOCK;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
        had |= ROLE_ISOLATION_SECCOMP;
    return had;
}

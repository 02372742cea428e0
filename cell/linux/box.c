/*
 * cell/linux/box.c: what a cell gives up before it takes a job. docs/sandbox.md has the table.
 *
 * The order matters: leaving the file systems needs privileges, becoming nobody sheds them, closing
 * the descriptors comes when nothing is left to be mapped, and the filter (filter.c) ends it all.
 * Invariant: what a machine may lack (namespaces, Landlock) is reported; what every machine has is
 * a failed start when it fails, and is asked for again at the end.
 */
#include <asm/errno.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <linux/signal.h>
#include <linux/time_types.h>

#include "cell/linux/linux.h"
#include "cell/linux/syscall.h"

#define SECURE_ALL        (SECURE_ALL_BITS | SECURE_ALL_LOCKS)
#define ROOM_BESIDE_AREAS ((uint64_t)24 << 20) /* program, stack, page */
#define STACK_BYTES       ((uint64_t)8 << 20)

static long prctl(long option, long value)
{
    return syscall6(__NR_prctl, option, value, 0, 0, 0, 0);
}

/* Should the gate die, so does the cell; it may have done so before this could be arranged. */
static long follow_the_gate(void)
{
    struct pollfd gate = {.fd = GATE_LINUX_FD_GATE, .events = POLLIN};
    long error = prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (error != 0)
        return error;
    return syscall3(__NR_poll, (long)&gate, 1, 0) == 0 ? 0 : -ESRCH;
}

/* An empty, read-only file system; the next step makes it the root. The others stay in this mount
 * namespace, out of reach: no descriptor, directory or privilege is left to get there with. To
 * unmount them as well (pivot_root, umount) costs a grace period of the kernel, 0.1 to 0.6 ms of a
 * start (2026-11). */
static bool enter_empty_directory(void)
{
    static const char directory[] = "/tmp";
    const long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
    return syscall6(__NR_mount, 0, (long)"/", 0, MS_REC | MS_PRIVATE, 0, 0) == 0 &&
           syscall6(__NR_mount, (long)"none", (long)directory, (long)"tmpfs", flags,
                    (long)"size=4k,nr_inodes=1,mode=555", 0) == 0 &&
           syscall3(__NR_chdir, (long)directory, 0, 0) == 0;
}

/* The gate's helper makes it meanwhile, or fails at once; it comes out last, so we look before we
 * sleep. */
static bool join_network(struct gate_linux_page *page)
{
    const uint64_t start = __builtin_ia32_rdtsc();
    uint32_t state;
    while ((state = __atomic_load_n(&page->network, __ATOMIC_ACQUIRE)) ==
           GATE_LINUX_NETWORK_AWAITED)
        if (__builtin_ia32_rdtsc() - start >= page->plan.spin_most)
            (void)syscall6(__NR_futex, (long)&page->network, FUTEX_WAIT, GATE_LINUX_NETWORK_AWAITED,
                           0, 0, 0);
    if (state != GATE_LINUX_NETWORK_READY)
        return false;
    bool is_joined = syscall3(__NR_setns, GATE_LINUX_FD_NETWORK, CLONE_NEWNET, 0) == 0;
    __atomic_store_n(&page->network, GATE_LINUX_NETWORK_TAKEN, __ATOMIC_SEQ_CST);
    (void)syscall6(__NR_futex, (long)&page->network, FUTEX_WAKE, 1, 0, 0, 0);
    return is_joined;
}

/* Its privileges stay: the root has to change after a user namespace was entered, which nobody may
 * do in a changed root. A root that may not become nobody is one of a container, an ordinary user
 * outside of it, and stays that; its capabilities go in any case. */
static void become(uint32_t identity)
{
    (void)prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP);
    (void)syscall3(__NR_setgroups, 0, 0, 0);
    (void)syscall3(__NR_setresgid, identity, identity, identity);
    (void)syscall3(__NR_setresuid, identity, identity, identity);
}

static long shed_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}, {0}};
    (void)syscall6(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0, 0);
    (void)prctl(PR_SET_SECUREBITS, SECURE_ALL); /* a privilege that a user of its own may have */
    long error = syscall3(__NR_capset, (long)&header, (long)data, 0);
    if (error == 0)
        error = syscall3(__NR_capget, (long)&header, (long)data, 0);
    if (error != 0)
        return error;
    return (data[0].effective | data[0].permitted | data[0].inheritable | data[1].effective |
            data[1].permitted | data[1].inheritable) == 0
               ? 0
               : -EPERM;
}

/* What each version of Landlock handles, none of it allowed. */
static bool forbid_by_landlock(void)
{
    static const uint64_t files[] = {0, 0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF};
    struct {
        uint64_t files, network, scopes;
    } rules = {0, 0, 0};
    long version = syscall3(__NR_landlock_create_ruleset, 0, 0, 1);
    if (version < 1)
        return false;
    rules.files = files[version < 5 ? version : 5];
    rules.network = version >= 4 ? 3 : 0;
    rules.scopes = version >= 6 ? 3 : 0;
    long size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    long ruleset = syscall3(__NR_landlock_create_ruleset, (long)&rules, size, 0);
    return ruleset >= 0 && syscall3(__NR_landlock_restrict_self, ruleset, 0, 0) == 0;
}

static long set_limits(const struct gate_linux_plan *plan)
{
    const uint64_t room = GATE_LINUX_PAGE + plan->transfer_bytes + plan->payload_bytes +
                          plan->arena_bytes + plan->memory_bytes + ROOM_BESIDE_AREAS;
    const struct {
        long which;
        uint64_t most;
    } limits[] = {
        {RLIMIT_AS, room},    {RLIMIT_STACK, STACK_BYTES}, {RLIMIT_FSIZE, 0},   {RLIMIT_CORE, 0},
        {RLIMIT_NOFILE, 0},   {RLIMIT_NPROC, 0},           {RLIMIT_MEMLOCK, 0}, {RLIMIT_LOCKS, 0},
        {RLIMIT_MSGQUEUE, 0}, {RLIMIT_SIGPENDING, 0},      {RLIMIT_NICE, 0},    {RLIMIT_RTPRIO, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        struct rlimit64 limit = {~0ull, ~0ull};
        long error = syscall6(__NR_prlimit64, 0, limits[i].which, 0, (long)&limit, 0, 0);
        /* One of ours that is lower already can not be raised, and need not be. */
        if (limit.rlim_max > limits[i].most)
            limit.rlim_max = limits[i].most;
        limit.rlim_cur = limit.rlim_max;
        if (error == 0)
            error = syscall6(__NR_prlimit64, 0, limits[i].which, (long)&limit, 0, 0, 0);
        if (error != 0)
            return error;
    }
    return 0;
}

static long close_descriptors(void)
{
    long error = syscall3(__NR_close_range, 0, ~0u, 0);
    for (long fd = 0; error != 0 && fd < 1024; fd++)
        (void)syscall3(__NR_close, fd, 0, 0);
    for (long fd = 0; fd <= GATE_LINUX_FD_NETWORK; fd++)
        if (syscall3(__NR_fcntl, fd, 1, 0) != -EBADF)
            return -EBUSY;
    return 0;
}

static long change_identity(struct gate_linux_page *page, const struct gate_linux_plan *plan,
                            uint32_t *isolation)
{
    bool is_directory_empty = (plan->flags & GATE_LINUX_EMPTY_ROOT) != 0 && enter_empty_directory();
    if ((plan->flags & GATE_LINUX_NETWORK) != 0 && join_network(page))
        *isolation |= GATE_LINUX_DID_NET_NS;
    if ((plan->flags & GATE_LINUX_BECOME) != 0)
        become(plan->identity);
    if ((plan->flags & GATE_LINUX_USER_NS) != 0 && syscall3(__NR_unshare, CLONE_NEWUSER, 0, 0) == 0)
        *isolation |= GATE_LINUX_DID_USER_NS;
    if (is_directory_empty && syscall3(__NR_chroot, (long)".", 0, 0) == 0)
        *isolation |= GATE_LINUX_DID_EMPTY_ROOT;
    return shed_capabilities();
}

static long forbid_new_privileges(uint32_t *isolation)
{
    long error = prctl(PR_SET_NO_NEW_PRIVS, 1);
    if (error == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0) == 1)
        *isolation |= GATE_LINUX_DID_NO_NEW_PRIVS;
    return error;
}

enum gate_linux_step cell_linux_box(const struct gate_port *port, uint32_t *out_isolation,
                                    long *out_error)
{
    const struct gate_linux_plan plan = port->page->plan;
    uint32_t isolation = 0;
    *out_error = change_identity(port->page, &plan, &isolation);
    if (*out_error == 0)
        *out_error = forbid_new_privileges(&isolation);
    if (*out_error != 0)
        return GATE_LINUX_STEP_IDENTITY;
    *out_error = prctl(PR_SET_DUMPABLE, 0);
    if (*out_error == 0)
        *out_error = follow_the_gate(); /* a change of identity forgets it, so not before */
    if (*out_error != 0)
        return GATE_LINUX_STEP_ORPHAN;
    if (forbid_by_landlock())
        isolation |= GATE_LINUX_DID_LANDLOCK;
    *out_error = close_descriptors();
    if (*out_error != 0)
        return GATE_LINUX_STEP_CLOSE;
    *out_error = set_limits(&plan);
    if (*out_error != 0)
        return GATE_LINUX_STEP_LIMITS;
    *out_isolation = isolation | GATE_LINUX_DID_RLIMITS;
    return GATE_LINUX_STEP_BOXED;
}

/*
 * node/supervisor/plan.c: which namespaces roles can have here, found out by a process that tries.
 *
 * Invariant: nothing is assumed of the machine; what the trial got is what every role has to get,
 * or it ends (role_confine).
 */
#include <errno.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/wait.h>

#include "node/role/confine.h"
#include "node/supervisor/supervisor.h"

#define OTHERS     (CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS)
#define OTHERS_HAD (ROLE_ISOLATION_PID_NS | ROLE_ISOLATION_IPC_NS)
#define TRIED      (1u << 31)

/* In this order; the one with the most parts is taken, the first of those. */
static const struct {
    int flags;
    uint32_t had;
} attempts[] = {
    {OTHERS | CLONE_NEWUSER, OTHERS_HAD | ROLE_ISOLATION_USER_NS},
    {OTHERS, OTHERS_HAD},
    {CLONE_NEWUSER, ROLE_ISOLATION_USER_NS},
    {0, 0},
};

static void try_it(void *context)
{
    uint32_t *result = context;
    __atomic_store_n(result, role_probe() | TRIED, __ATOMIC_SEQ_CST);
    _exit(0);
}

/* 0: no such process can be had. */
static uint32_t attempt(const struct plan *plan, uint32_t *shared)
{
    const struct spawn_run run = {try_it, shared};
    siginfo_t info;
    pid_t pid = -1;
    int pidfd = -1;
    *shared = 0;
    if (spawn_process(plan, &run, &pid, &pidfd, NULL) != STATUS_OK)
        return 0;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED) != 0 && errno == EINTR)
        continue;
    (void)close(pidfd);
    return __atomic_load_n(shared, __ATOMIC_SEQ_CST);
}

static enum status MUST_CHECK find_user(const struct config *config, struct plan *plan,
                                        struct report *report)
{
    char *end = NULL;
    plan->uid = geteuid();
    plan->gid = getegid();
    if (config->user[0] == '\0' || plan->uid != 0)
        return STATUS_OK;
    const unsigned long number = strtoul(config->user, &end, 10);
    const bool is_number = *end == '\0' && number < UINT32_MAX;
    const struct passwd *user = is_number ? getpwuid((uid_t)number) : getpwnam(config->user);
    if (user == NULL)
        return report_fail_name(report, STATUS_NOT_FOUND, REPORT_NO_OFFSET,
                                "user: there is no user %",
                                bytes_of(config->user, strlen(config->user)));
    plan->uid = user->pw_uid;
    plan->gid = user->pw_gid;
    return STATUS_OK;
}

enum status plan_make(const struct config *config, struct plan *out_plan, uint32_t *out_lacks,
                      struct report *report)
{
    struct plan plan = {.flags = 0};
    uint32_t best = 0;
    enum status status = find_user(config, &plan, report);
    if (status != STATUS_OK)
        return status;
    uint32_t *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no memory for a trial");
    for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
        plan.flags = attempts[i].flags;
        uint32_t had = attempt(&plan, shared);
        const bool is_root = plan.uid == 0 || (geteuid() == 0 && (plan.flags & CLONE_NEWUSER) == 0);
        if (had == 0)
            continue;
        had = (had & ~TRIED) | attempts[i].had | (is_root ? 0 : ROLE_ISOLATION_OWN_USER);
        if (best != 0 && __builtin_popcount(had) <= __builtin_popcount(best & ~TRIED))
            continue;
        best = had | TRIED;
        *out_plan = plan;
    }
    (void)munmap(shared, sizeof *shared);
    if (best == 0)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no process for a trial");
    *out_lacks = ROLE_ISOLATION_ALL & ~best;
    return STATUS_OK;
}

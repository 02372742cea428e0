/*
 * node/role/confine.c: see confine.h.
 */
#include "node/role/confine.h"

#include <errno.h>

#include <sys/prctl.h>
#include <sys/resource.h>

enum status role_confine(struct role *role, struct report *report)
{
    const struct rlimit none = {0, 0};
    if (role->is_confined)
        return STATUS_OK;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        setrlimit(RLIMIT_CORE, &none) != 0)
        return report_fail_u64(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                               "the role can not be confined (errno %)", (uint64_t)errno);
    role->is_confined = true;
    return STATUS_OK;
}

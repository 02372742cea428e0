/*
 * tests/unit/role/test_limits.c: what a role that was taken over can not take.
 */
#include "node/role/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "node/api/memory.h"
#include "node/config/settings.h"
#include "node/egress/egress_internal.h"
#include "node/io/net_internal.h"
#include "node/io/store_table.h"
#include "tests/support/test.h"

#define LITTLE (16u << 20)
#define KEPT   (100u << 10) /* of TLS, for one connection */

static struct settings settings;

static bool can_map(uint64_t bytes, int protection)
{
    void *base = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base != MAP_FAILED && munmap(base, bytes) == 0;
}

static bool can_raise(int which)
{
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)which, &limit) != 0)
        return true;
    const rlim_t before = limit.rlim_max;
    limit.rlim_cur = limit.rlim_max = before + 1;
    return setrlimit((__rlimit_resource_t)which, &limit) == 0 && before != RLIM_INFINITY;
}

/* In a process of its own: 0, or which of the things that have to fail did not. */
static int try_all(enum role_name name)
{
    const struct role_limits limits = role_limits_of(name, &settings);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (!role_limits_enter(name, &settings))
        return 1;
    if (!ROLE_IS_SANITIZED && can_map(limits.data_bytes, PROT_READ | PROT_WRITE))
        return 2;
    if (!ROLE_IS_SANITIZED && can_map(limits.space_bytes, PROT_READ))
        return 3;
    if (!can_map(LITTLE, PROT_READ | PROT_WRITE))
        return 4;
    int file = memfd_create("role", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)limits.file_bytes) != 0)
        return 5;
    if (ftruncate(file, (off_t)limits.file_bytes + 1) == 0 || errno != EFBIG)
        return 6;
    if (fcntl(file, F_DUPFD, (int)limits.descriptors) >= 0)
        return 7;
    if (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)
        return 0; /* not root: what it may raise it could before */
    return can_raise(RLIMIT_NOFILE) || can_raise(RLIMIT_FSIZE) ? 8 : 0;
}

TEST(each_role_but_main_has_an_end_of_memory_files_and_descriptors)
{
    static const enum role_name names[] = {ROLE_IO, ROLE_API, ROLE_KEYS, ROLE_EGRESS};
    settings_defaults(&settings);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        int status = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(try_all(names[i]));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

TEST(api_can_not_make_another_process)
{
    settings_defaults(&settings);
    assert_int_equal(role_limits_of(ROLE_API, &settings).processes, 0);
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const bool is_other =
            setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0;
        if (!role_limits_enter(ROLE_API, &settings))
            _exit(1);
        pid_t more = fork();
        if (more == 0)
            _exit(0);
        _exit(more < 0 || !is_other ? 0 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Cells inherit what main has, and their memory is what the operator says. */
TEST(main_has_none)
{
    settings_defaults(&settings);
    const struct role_limits limits = role_limits_of(ROLE_MAIN, &settings);
    assert_int_equal(limits.data_bytes, ROLE_LIMIT_NONE);
    assert_int_equal(limits.space_bytes, ROLE_LIMIT_NONE);
    assert_int_equal(limits.file_bytes, ROLE_LIMIT_NONE);
    assert_int_equal(limits.descriptors, ROLE_LIMIT_NONE);
    assert_int_equal(limits.processes, ROLE_LIMIT_NONE);
}

TEST(what_roles_have_limits_of_their_own_for_fits)
{
    settings_defaults(&settings);
    const struct role_limits io = role_limits_of(ROLE_IO, &settings);
    const struct role_limits api = role_limits_of(ROLE_API, &settings);
    const struct role_limits egress = role_limits_of(ROLE_EGRESS, &settings);
    assert_true(io.file_bytes >= STORE_MAP_MAX && io.space_bytes > STORE_MAP_MAX + io.data_bytes);
    assert_true(io.descriptors >= 2 * (settings.connections_max + NET_CONNECTIONS_MAX));
    assert_true(api.data_bytes > API_BUDGET_MAX + (uint64_t)settings.connections_max * KEPT);
    assert_true(api.descriptors > settings.connections_max);
    assert_true(egress.data_bytes >
                EGRESS_JOBS_MAX * (settings.fetch_bytes + (uint64_t)MESSAGE_PAYLOAD_MAX));
    assert_true(egress.descriptors > EGRESS_JOBS_MAX);
}

TEST_MAIN(T(each_role_but_main_has_an_end_of_memory_files_and_descriptors),
          T(api_can_not_make_another_process), T(main_has_none),
          T(what_roles_have_limits_of_their_own_for_fits))

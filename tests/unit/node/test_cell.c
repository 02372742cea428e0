/*
 * tests/unit/node/test_cell.c: hostile native code in boxed cells, and a gate that goes on serving.
 * The cases themselves are in tests/hostile_cell.
 */
#include "node/gate/cell.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/hostile.h"
#include "tests/support/test.h"

#define SECOND_NS      UINT64_C(1000000000)
#define MILLISECOND_NS UINT64_C(1000000)
#define KILLS          200

/* Each of these is a system call: SIGSYS, and the gate has seen hello and STARTED alone. */
static const char *const forbidden_calls[] = {
    "open",
    "openat",
    "openat2",
    "read_proc",
    "stat",
    "getdents",
    "socket_unix",
    "socket_inet",
    "socket_inet6",
    "socket_netlink",
    "socket_packet",
    "socket_vsock",
    "socketpair",
    "connect",
    "execve",
    "execveat",
    "fork",
    "vfork",
    "clone",
    "clone_thread",
    "clone3",
    "ptrace_parent",
    "ptrace_me",
    "process_vm_readv",
    "process_vm_writev",
    "kill_all",
    "kill_parent",
    "tgkill",
    "pidfd_open",
    "pidfd_getfd",
    "memfd_create",
    "memfd_secret",
    "ftruncate",
    "add_seals",
    "io_uring_setup",
    "mmap_executable",
    "mmap_more",
    "mprotect_executable",
    "mprotect_payload",
    "mremap",
    "brk",
    "munmap",
    "madvise",
    "perf_event_open",
    "bpf",
    "userfaultfd",
    "keyctl",
    "add_key",
    "mount",
    "umount",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "setuid",
    "setresuid",
    "capset",
    "prctl_dumpable",
    "prctl_death_signal",
    "arch_prctl",
    "seccomp",
    "landlock",
    "personality",
    "shmget",
    "msgget",
    "mq_open",
    "signalfd",
    "sigaction",
    "sigreturn",
    "timer_create",
    "timerfd_create",
    "nanosleep",
    "clock_settime",
    "sched_setaffinity",
    "sched_setscheduler",
    "setrlimit",
    "prlimit_parent",
    "uname",
    "getpid",
    "getrandom",
    "inotify",
    "name_to_handle",
    "open_by_handle",
    "pipe",
    "eventfd",
    "init_module",
    "kexec_load",
    "reboot",
    "syslog",
    "modify_ldt",
    "iopl",
    "exit_thread",
    "futex_requeue",
    "futex_private",
    "futex_lock",
    "futex_elsewhere",
    "futex_wait_rung",
    "futex_far",
    "robust_list",
    "x32_getpid",
    "no_such_call",
    "negative_call",
    "write_everywhere",
};

/* Memory that is not the cell's, or not for that. */
static const char *const forbidden_accesses[] = {
    "exhaust_memory",  "exhaust_stack", "write_payload",    "write_code",
    "write_constants", "execute_data",  "execute_transfer", "jump_to_null",
};

/* The gate refuses each and names it; the case comes back. */
static const char *const refused_requests[] = {
    "bad_regions",   "unknown_methods", "second_hello",
    "flood_results", "explain_twice",   "guess_handles",
};

static const char *const bad_ends[] = {
    "finish_short",          "finish_outside",           "finish_unknown_kind",
    "finish_with_more_fuel", "finish_with_kernel_fault", "finish_with_reserved",
};

static const char *const endless[] = {
    "flood",        "ring_without_request", "race_request",  "lie_about_sleep",
    "never_answer", "spin_for_ever",        "wait_for_ever",
};

static struct gate_pool *pool;

static struct gate_cell *take(void)
{
    struct gate_cell *cell = NULL;
    struct report report;
    report_init(&report);
    if (pool == NULL) {
        struct gate_cell_options options;
        hostile_options(&options);
        assert_int_equal(gate_pool_create(&options, 2, &pool, &report), STATUS_OK);
    }
    enum status status = gate_pool_take(pool, &cell, &report);
    if (status != STATUS_OK)
        fail_msg("%s", report.text);
    return cell;
}

static void run(const char *name, uint64_t limit_ns, struct hostile_run *out_run)
{
    hostile_run_in(take(), name, limit_ns, out_run);
}

/* After whatever happened: the same gate, another cell. */
static void assert_gate_serves(void)
{
    struct hostile_run after;
    run("honest", 10 * SECOND_NS, &after);
    if (after.end != GATE_CELL_FINISHED || after.status != 0)
        fail_msg("the next call: %s, status %d", after.end_line, after.status);
}

static void say(const char *name, const struct hostile_run *run)
{
    (void)printf("    %s: %s%s%s\n", name, run->end_line, run->first_line[0] != '\0' ? "; " : "",
                 run->first_line);
}

TEST(a_system_call_kills_the_cell_and_is_named)
{
    for (size_t i = 0; i < ARRAY_LEN(forbidden_calls); i++) {
        struct hostile_run got;
        run(forbidden_calls[i], 10 * SECOND_NS, &got);
        say(forbidden_calls[i], &got);
        assert_int_equal(got.end, GATE_CELL_DIED);
        assert_true(WIFSIGNALED(got.detail));
        assert_int_equal(WTERMSIG(got.detail), SIGSYS);
        assert_int_equal(got.call_count, 2);
        assert_non_null(strstr(got.end_line, "system call that its box forbids"));
    }
    assert_gate_serves();
}

TEST(the_32_bit_door_is_shut_as_well)
{
    struct hostile_run got;

    run("int80", 10 * SECOND_NS, &got);

    assert_int_equal(got.end, GATE_CELL_DIED);
    assert_true(WTERMSIG(got.detail) == SIGSYS || WTERMSIG(got.detail) == SIGSEGV);
}

TEST(memory_of_others_and_code_of_its_own_making_kill_the_cell)
{
    for (size_t i = 0; i < ARRAY_LEN(forbidden_accesses); i++) {
        struct hostile_run got;
        run(forbidden_accesses[i], 20 * SECOND_NS, &got);
        say(forbidden_accesses[i], &got);
        assert_int_equal(got.end, GATE_CELL_DIED);
        assert_int_equal(WTERMSIG(got.detail), SIGSEGV);
        assert_gate_serves();
    }
}

TEST(requests_against_the_rules_are_refused_and_named)
{
    for (size_t i = 0; i < ARRAY_LEN(refused_requests); i++) {
        struct hostile_run got;
        run(refused_requests[i], 20 * SECOND_NS, &got);
        say(refused_requests[i], &got);
        assert_int_equal(got.end, GATE_CELL_FINISHED);
        assert_int_equal(got.status, 0);
        assert_true(got.refused_count > 0);
        assert_non_null(strstr(got.first_line, ": refused: "));
    }
    assert_gate_serves();
}

TEST(an_end_against_the_rules_is_bad_and_named)
{
    for (size_t i = 0; i < ARRAY_LEN(bad_ends); i++) {
        struct hostile_run got;
        run(bad_ends[i], 10 * SECOND_NS, &got);
        say(bad_ends[i], &got);
        assert_int_equal(got.end, GATE_CELL_BAD);
        assert_memory_equal(got.first_line, "CORE.FINISH: refused: ", 22);
    }
    assert_gate_serves();
}

TEST(the_first_finish_counts_and_a_forged_reply_moves_nobody)
{
    struct hostile_run got;
    run("finish_twice", 10 * SECOND_NS, &got);
    assert_int_equal(got.end, GATE_CELL_FINISHED);
    assert_int_equal(got.status, 42);

    run("forge_reply", 10 * SECOND_NS, &got);
    assert_int_equal(got.end, GATE_CELL_FINISHED);
    assert_int_equal(got.status, 0);
}

TEST(what_never_ends_ends_at_the_deadline)
{
    for (size_t i = 0; i < ARRAY_LEN(endless); i++) {
        struct hostile_run got;
        run(endless[i], 150 * MILLISECOND_NS, &got);
        say(endless[i], &got);
        assert_int_equal(got.end, GATE_CELL_DEADLINE);
        assert_gate_serves();
    }
}

TEST(a_cell_that_leaves_is_told_from_one_that_is_killed)
{
    struct hostile_run got;

    run("leave_early", 10 * SECOND_NS, &got);

    assert_int_equal(got.end, GATE_CELL_DIED);
    assert_true(WIFEXITED(got.detail));
    assert_int_equal(WEXITSTATUS(got.detail), 5);
}

struct killer {
    pid_t pid;
    long wait_ns;
};

static void *kill_later(void *context)
{
    const struct killer *killer = context;
    const struct timespec wait = {0, killer->wait_ns};
    (void)nanosleep(&wait, NULL);
    (void)kill(killer->pid, SIGKILL);
    return NULL;
}

/* Moments of the run, of its end and of what comes before: by a seed that is printed. */
TEST(a_cell_killed_at_any_moment_leaves_the_gate_serving)
{
    const char *seed_text = getenv("SEED");
    uint64_t seed = seed_text != NULL ? strtoull(seed_text, NULL, 10) : 1;
    unsigned killed = 0;
    (void)printf("    seed %llu\n", (unsigned long long)seed);
    for (int i = 0; i < KILLS; i++) {
        struct gate_cell *cell = take();
        struct hostile_run got;
        pthread_t thread;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        struct killer killer = {gate_cell_pid(cell), (long)(seed >> 33) % 2000000};
        assert_int_equal(pthread_create(&thread, NULL, kill_later, &killer), 0);
        hostile_run_in(cell, i % 2 == 0 ? "honest_rounds" : "wait_for_ever", 20 * SECOND_NS, &got);
        (void)pthread_join(thread, NULL);
        if (got.end == GATE_CELL_DIED) {
            killed++;
            assert_int_equal(WTERMSIG(got.detail), SIGKILL);
        } else {
            assert_int_equal(got.end, GATE_CELL_FINISHED);
            assert_int_equal(got.clock_count, 20000);
        }
    }
    (void)printf("    %u of %d cells were killed on the way\n", killed, KILLS);
    assert_true(killed >= KILLS / 2);
    assert_gate_serves();
}

TEST(a_cell_that_died_while_it_waited_for_a_job_is_found_dead)
{
    struct gate_cell *cell = take();
    struct hostile_run got;
    (void)kill(gate_cell_pid(cell), SIGKILL);

    hostile_run_in(cell, "honest", 10 * SECOND_NS, &got);

    assert_int_equal(got.end, GATE_CELL_DIED);
    assert_int_equal(got.call_count, 0);
    assert_gate_serves();
}

/* The line of /proc/PID/status that begins with `name`, without it and the blanks behind. */
static void read_status(pid_t pid, const char *name, char *out_value, size_t room)
{
    char path[64], line[256];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    out_value[0] = '\0';
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            const char *value = line + strlen(name);
            value += strspn(value, ": \t");
            (void)snprintf(out_value, room, "%.*s", (int)strcspn(value, "\n"), value);
        }
    (void)fclose(file);
}

TEST(the_kernel_says_the_same_of_the_box_as_the_cell)
{
    static const struct {
        const char *name, *value;
    } wanted[] = {{"NoNewPrivs", "1"},
                  {"Seccomp", "2"},
                  {"Threads", "1"},
                  {"CapInh", "0000000000000000"},
                  {"CapPrm", "0000000000000000"},
                  {"CapEff", "0000000000000000"},
                  {"CapAmb", "0000000000000000"},
                  {"SigCgt", "0000000000000000"}};
    struct gate_cell *cell = take();
    char value[128], line[GATE_ISOLATION_LINE_MAX];
    uint32_t isolation = gate_cell_isolation(cell);
    gate_isolation_line(isolation, line);
    (void)printf("    %s\n", line);

    assert_true((isolation & GATE_ISOLATION_SECCOMP) != 0);
    assert_true((isolation & GATE_ISOLATION_NO_NEW_PRIVS) != 0);
    assert_true((isolation & GATE_ISOLATION_RLIMITS) != 0);
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        read_status(gate_cell_pid(cell), wanted[i].name, value, sizeof value);
        assert_string_equal(value, wanted[i].value);
    }
    read_status(gate_cell_pid(cell), "NSpid", value, sizeof value);
    assert_int_equal(strchr(value, '\t') != NULL, (isolation & GATE_ISOLATION_PID_NS) != 0);
    read_status(gate_cell_pid(cell), "Uid", value, sizeof value);
    assert_true(value[0] != '0');
    gate_cell_destroy(cell);
}

static ino_t network_of(const char *process)
{
    char path[64];
    struct stat file;
    (void)snprintf(path, sizeof path, "/proc/%s/ns/net", process);
    assert_int_equal(stat(path, &file), 0);
    return file.st_ino;
}

TEST(a_cell_is_in_a_network_of_its_own_where_it_says_so)
{
    struct gate_cell_options options;
    struct gate_cell *cell = NULL;
    char pid[16];
    siginfo_t ended = {.si_pid = 0};
    struct report report;
    report_init(&report);
    hostile_options(&options);

    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_OK);

    (void)snprintf(pid, sizeof pid, "%d", gate_cell_pid(cell));
    assert_int_equal((gate_cell_isolation(cell) & GATE_ISOLATION_NET_NS) != 0,
                     network_of(pid) != network_of("self"));
    gate_cell_destroy(cell);
    (void)waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT | __WALL);
    assert_int_equal(ended.si_pid, 0); /* nobody who helped is left */
}

TEST(what_is_required_and_missing_is_refused_by_name)
{
    struct gate_cell_options options;
    struct gate_cell *cell = NULL;
    struct report report;
    report_init(&report);
    hostile_options(&options);
    options.skipped = GATE_ISOLATION_NET_NS | GATE_ISOLATION_CGROUP;
    options.required = GATE_ISOLATION_NET_NS | GATE_ISOLATION_SECCOMP;

    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_DENIED);

    assert_string_equal(report.text, "required of the box and not to be had: net-namespace");
    assert_null(cell);
}

TEST(a_program_that_is_not_there_or_is_no_cell_is_told)
{
    struct gate_cell_options options;
    struct gate_cell *cell = NULL;
    struct report report;
    hostile_options(&options);

    report_init(&report);
    options.program = "build/no-such-program";
    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_UNAVAILABLE);
    assert_non_null(strstr(report.text, "can not be opened"));
    report_init(&report);
    options.program = "Makefile";
    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_UNAVAILABLE);
    assert_non_null(strstr(report.text, "can not be executed"));
    report_init(&report);
    options.program = "/bin/true";
    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_UNAVAILABLE);
    assert_non_null(strstr(report.text, "died before it was boxed"));
    assert_null(cell);
}

TEST(areas_that_the_kernel_does_not_give_are_told)
{
    struct gate_cell_options options;
    struct gate_cell *cell = NULL;
    struct report report;
    report_init(&report);
    hostile_options(&options);
    options.memory_bytes = (uint64_t)1 << 60;

    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_UNAVAILABLE);

    assert_non_null(strstr(report.text, "areas can not be mapped"));
}

/* Does a line of /proc/PID/cgroup name the group that was made for this cell? */
static bool is_in_group_of_its_own(pid_t pid)
{
    char path[64], line[512], name[64];
    bool is_named = false;
    (void)snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
    struct stat is;
    assert_int_equal(stat("/proc/self/ns/pid", &is), 0);
    (void)snprintf(name, sizeof name, "/aether-cell-%llu-%d\n", (unsigned long long)is.st_ino,
                   (int)pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        is_named = is_named || strstr(line, name) != NULL;
    (void)fclose(file);
    return is_named;
}

TEST(a_cell_is_in_a_cgroup_of_its_own_where_it_says_so)
{
    struct gate_cell_options options;
    struct gate_cell *cell = NULL;
    struct hostile_run got;
    struct report report;
    report_init(&report);
    hostile_options(&options);
    options.skipped = 0;

    assert_int_equal(gate_cell_spawn(&options, &cell, &report), STATUS_OK);
    assert_int_equal((gate_cell_isolation(cell) & GATE_ISOLATION_CGROUP) != 0,
                     is_in_group_of_its_own(gate_cell_pid(cell)));
    hostile_run_in(cell, "exhaust_memory", 20 * SECOND_NS, &got);

    assert_int_equal(got.end, GATE_CELL_DIED);
    assert_int_equal(WTERMSIG(got.detail), SIGSEGV);
}

TEST(pools_end_with_cells_on_their_shelf)
{
    assert_gate_serves();
    gate_pool_destroy(pool);
    pool = NULL;
    gate_pool_destroy(NULL);
}

TEST_MAIN(T(a_system_call_kills_the_cell_and_is_named), T(the_32_bit_door_is_shut_as_well),
          T(memory_of_others_and_code_of_its_own_making_kill_the_cell),
          T(requests_against_the_rules_are_refused_and_named),
          T(an_end_against_the_rules_is_bad_and_named),
          T(the_first_finish_counts_and_a_forged_reply_moves_nobody),
          T(what_never_ends_ends_at_the_deadline),
          T(a_cell_that_leaves_is_told_from_one_that_is_killed),
          T(a_cell_killed_at_any_moment_leaves_the_gate_serving),
          T(a_cell_that_died_while_it_waited_for_a_job_is_found_dead),
          T(the_kernel_says_the_same_of_the_box_as_the_cell),
          T(a_cell_is_in_a_network_of_its_own_where_it_says_so),
          T(what_is_required_and_missing_is_refused_by_name),
          T(a_program_that_is_not_there_or_is_no_cell_is_told),
          T(areas_that_the_kernel_does_not_give_are_told),
          T(a_cell_is_in_a_cgroup_of_its_own_where_it_says_so),
          T(pools_end_with_cells_on_their_shelf))

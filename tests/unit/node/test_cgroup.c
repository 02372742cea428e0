/*
 * tests/unit/node/test_cgroup.c: control groups that gates which were killed have left.
 */
#include "node/gate/cgroup.h"

#include <signal.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/test.h"

#define MEMORY ((uint64_t)64 << 20)

/* What a gate of a test tells. */
struct gate {
    pid_t pid;
    pid_t cell;
    struct gate_cgroup group; /* its paths; its lock is a number of another process */
};

static pid_t start_sleeper(void)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        for (;;)
            (void)pause();
    return pid;
}

static void end_process(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* A gate with one cell that is in its group. False: no groups can be had on this machine. */
static bool start_gate(struct gate *gate)
{
    int said[2];
    assert_int_equal(pipe(said), 0);
    gate->cell = start_sleeper();
    gate->pid = fork();
    assert_true(gate->pid >= 0);
    if (gate->pid == 0) {
        struct gate_cgroup group;
        const bool is_in = gate_cgroup_enter(&group, gate->cell, MEMORY);
        if (!is_in)
            group.count = 0;
        if (write(said[1], &group, sizeof group) != sizeof group)
            _exit(1);
        for (;;)
            (void)pause();
    }
    assert_int_equal(read(said[0], &gate->group, sizeof gate->group), sizeof gate->group);
    (void)close(said[0]);
    (void)close(said[1]);
    return gate->group.count != 0;
}

static bool is_there(const struct gate *gate)
{
    bool is_found = false;
    struct stat is;
    for (unsigned i = 0; i < gate->group.count; i++)
        is_found = is_found || stat(gate->group.paths[i], &is) == 0;
    return is_found;
}

TEST(a_gate_removes_the_empty_groups_of_gates_that_were_killed_and_no_others)
{
    struct gate killed, living, next;
    if (!start_gate(&killed)) {
        end_process(killed.pid);
        end_process(killed.cell);
        skip();
    }
    assert_true(start_gate(&living));
    end_process(killed.pid);
    end_process(killed.cell);
    end_process(living.cell); /* its group is empty, and still its own */

    assert_true(start_gate(&next));

    assert_false(is_there(&killed));
    assert_true(is_there(&living));
    assert_true(is_there(&next));

    /* With a process in it a group stays, whoever made it. */
    struct gate last;
    end_process(living.pid);
    end_process(next.pid);
    assert_true(start_gate(&last));
    assert_false(is_there(&living));
    assert_true(is_there(&next));

    end_process(next.cell);
    end_process(last.cell);
    end_process(last.pid);
    for (unsigned i = 0; i < next.group.count; i++) {
        (void)rmdir(next.group.paths[i]); /* unless a gate of somebody else's has done it */
        (void)rmdir(last.group.paths[i]);
    }
}

TEST_MAIN(T(a_gate_removes_the_empty_groups_of_gates_that_were_killed_and_no_others))

/*
 * cell/linux/main.c: a cell as a process: map, box, wait for a job, run it, end.
 *
 * Nothing that comes from a tenant is looked at before the box is closed; up to there this program
 * is as trusted as the gate that started it. Afterwards nothing of it is.
 */
#include "cell/linux/linux.h"
#include "cell/linux/syscall.h"
#include "cell/program/program.h"

NORETURN void cell_linux_main(void);

void cell_linux_exit(int code)
{
    for (;;)
        (void)syscall3(__NR_exit_group, code, 0, 0);
}

static NORETURN void give_up(struct gate_port *port, enum gate_linux_step step, long error)
{
    if (port->page != NULL) {
        port->page->error = (uint32_t)-error;
        __atomic_store_n(&port->page->step, (uint32_t)step, __ATOMIC_RELEASE);
    }
    cell_linux_exit((int)step);
}

static void enter_box(struct gate_port *port)
{
    uint32_t isolation = 0;
    long error = 0;
    enum gate_linux_step step = cell_linux_box(port, &isolation, &error);
    if (step != GATE_LINUX_STEP_BOXED)
        give_up(port, step, error);
    port->page->isolation = isolation | GATE_LINUX_DID_SECCOMP;
    error = cell_linux_filter(port->page);
    if (error != 0)
        give_up(port, GATE_LINUX_STEP_FILTER, error);
    __atomic_store_n(&port->page->step, GATE_LINUX_STEP_BOXED, __ATOMIC_RELEASE);
}

void cell_linux_main(void)
{
    struct gate_port port = {.page = NULL};
    cell_linux_relocate();
    long error = cell_linux_map(&port);
    if (error != 0)
        give_up(&port, GATE_LINUX_STEP_MAP, error);
    enter_box(&port);
    cell_linux_wait_for_job(&port);
    program_run(&port);
    cell_linux_exit(0);
}

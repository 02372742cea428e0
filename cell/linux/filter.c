/*
 * cell/linux/filter.c: the system calls that a boxed cell may make. This is the whole list:
 *
 *   futex       wait on page.answered, wake on page.rung, shared, at these two addresses alone
 *   exit_group
 *
 * Anything else, in any ABI of the machine, ends the process with SIGSYS. Memory needs no call: all
 * areas were mapped before, and pages come by faults. No signal has a handler, so nothing returns
 * from one.
 */
#include <asm/errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "cell/linux/linux.h"
#include "cell/linux/syscall.h"

#define LOW(field)  ((uint32_t)offsetof(struct seccomp_data, field))
#define HIGH(field) ((uint32_t)offsetof(struct seccomp_data, field) + 4)

#define LOAD(offset)          BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define RETURN(action)        BPF_STMT(BPF_RET | BPF_K, (action))

static uint32_t low_of(const void *address)
{
    return (uint32_t)(uintptr_t)address;
}

static uint32_t high_of(const void *address)
{
    return (uint32_t)((uint64_t)(uintptr_t)address >> 32);
}

long cell_linux_filter(const struct gate_linux_page *page)
{
    struct sock_filter code[] = {
        LOAD(LOW(arch)),
        EQUAL(AUDIT_ARCH_X86_64, 1, 0),
        RETURN(SECCOMP_RET_KILL_PROCESS),
        LOAD(LOW(nr)),
        EQUAL(__NR_futex, 2, 0),
        EQUAL(__NR_exit_group, 0, 11),
        RETURN(SECCOMP_RET_ALLOW),
        /* futex: both words are on one page, so the upper half of the address is one number */
        LOAD(HIGH(args[0])),
        EQUAL(high_of(page), 0, 8),
        LOAD(LOW(args[1])),
        EQUAL(FUTEX_WAKE, 3, 0),
        EQUAL(FUTEX_WAIT, 0, 5),
        LOAD(LOW(args[0])),
        EQUAL(low_of(&page->answered), 2, 3),
        LOAD(LOW(args[0])),
        EQUAL(low_of(&page->rung), 0, 1),
        RETURN(SECCOMP_RET_ALLOW),
        RETURN(SECCOMP_RET_KILL_PROCESS),
    };
    const struct sock_fprog program = {.len = ARRAY_LEN(code), .filter = code};
    return syscall3(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program);
}

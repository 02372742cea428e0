/*
 * node/gate/netns.c: see netns.h.
 *
 * Invariants:
 *   (1) The helper shares memory, descriptors and even the thread pointer with the thread that made
 *       it. It runs beside that one, so it calls nothing of libc, not even what sets errno.
 *   (2) It blocks all signals, dies with the gate, and sends no signal when it ends.
 */
#include "node/gate/netns.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "aether/abi/gate_linux.h"

#define WAIT_PIDFD 3 /* P_PIDFD */

/* Invariant (1). No time limit of a futex. */
ALWAYS_INLINE long call(long number, long a, long b, long c)
{
    long result;
    register long none __asm__("r10") = 0;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(none)
                     : "rcx", "r11", "memory");
    return result;
}

ALWAYS_INLINE void tell(uint32_t *word, uint32_t state)
{
    __atomic_store_n(word, state, __ATOMIC_SEQ_CST);
    (void)call(SYS_futex, (long)word, FUTEX_WAKE, 1);
}

__attribute__((no_sanitize("address", "undefined"))) static int help(void *context)
{
    const struct gate_netns *netns = context;
    (void)call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0);
    bool is_orphan = call(SYS_getppid, 0, 0, 0) != netns->gate;
    if (!is_orphan && call(SYS_unshare, CLONE_NEWNET, 0, 0) == 0) {
        tell(netns->word, GATE_LINUX_NETWORK_READY);
        while (__atomic_load_n(netns->word, __ATOMIC_SEQ_CST) == GATE_LINUX_NETWORK_READY)
            (void)call(SYS_futex, (long)netns->word, FUTEX_WAIT, GATE_LINUX_NETWORK_READY);
    } else {
        tell(netns->word, GATE_LINUX_NETWORK_FAILED);
    }
    return 0; /* clone ends the process, by nothing but a system call */
}

bool gate_netns_begin(struct gate_netns *netns, uint32_t *word)
{
    const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_PIDFD;
    sigset_t all, before;
    netns->word = word;
    netns->gate = getpid();
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    if (clone(help, netns->stack + sizeof netns->stack, flags, netns, &netns->pidfd) < 0)
        netns->pidfd = -1;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return netns->pidfd >= 0;
}

void gate_netns_end(struct gate_netns *netns)
{
    siginfo_t info;
    if (netns->pidfd < 0)
        return;
    (void)syscall(SYS_pidfd_send_signal, netns->pidfd, SIGKILL, NULL, 0);
    while (waitid((idtype_t)WAIT_PIDFD, (id_t)netns->pidfd, &info, WEXITED | __WALL) != 0 &&
           errno == EINTR)
        continue;
    (void)close(netns->pidfd);
    netns->pidfd = -1;
}

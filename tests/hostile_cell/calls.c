/*
 * tests/hostile_cell/calls.c: system calls that a cell has no use for. Whatever comes back from one
 * is said as a result: none may.
 */
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>

#include "tests/hostile_cell/hostile.h"

static uint8_t scratch[4096];
static const char root[] = "/";
static const char passwords[] = "/etc/passwd";
static const char memory_file[] = "/proc/self/mem";

#define P(pointer) ((long)(pointer))

/* X(name, number, six arguments) */
#define CALL_LIST(X)                                                                               \
    X(open, __NR_open, P(passwords), 0, 0, 0, 0, 0)                                                \
    X(openat, __NR_openat, -100, P(passwords), 0, 0, 0, 0)                                         \
    X(openat2, __NR_openat2, -100, P(passwords), P(scratch), 24, 0, 0)                             \
    X(read_proc, __NR_openat, -100, P(memory_file), 2, 0, 0, 0)                                    \
    X(stat, __NR_stat, P(root), P(scratch), 0, 0, 0, 0)                                            \
    X(getdents, __NR_getdents64, 0, P(scratch), 4096, 0, 0, 0)                                     \
    X(socket_unix, __NR_socket, 1, 1, 0, 0, 0, 0)                                                  \
    X(socket_inet, __NR_socket, 2, 1, 0, 0, 0, 0)                                                  \
    X(socket_inet6, __NR_socket, 10, 1, 0, 0, 0, 0)                                                \
    X(socket_netlink, __NR_socket, 16, 3, 0, 0, 0, 0)                                              \
    X(socket_packet, __NR_socket, 17, 3, 0, 0, 0, 0)                                               \
    X(socket_vsock, __NR_socket, 40, 1, 0, 0, 0, 0)                                                \
    X(socketpair, __NR_socketpair, 1, 1, 0, P(scratch), 0, 0)                                      \
    X(connect, __NR_connect, 0, P(scratch), 16, 0, 0, 0)                                           \
    X(execve, __NR_execve, P("/bin/sh"), 0, 0, 0, 0, 0)                                            \
    X(execveat, __NR_execveat, 0, P(""), 0, 0, 0x1000, 0)                                          \
    X(fork, __NR_fork, 0, 0, 0, 0, 0, 0)                                                           \
    X(vfork, __NR_vfork, 0, 0, 0, 0, 0, 0)                                                         \
    X(clone, __NR_clone, SIGCHLD, 0, 0, 0, 0, 0)                                                   \
    X(clone_thread, __NR_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, P(scratch + 4096), 0, 0,  \
      0, 0)                                                                                        \
    X(clone3, __NR_clone3, P(scratch), 88, 0, 0, 0, 0)                                             \
    X(ptrace_parent, __NR_ptrace, 16, 1, 0, 0, 0, 0)                                               \
    X(ptrace_me, __NR_ptrace, 0, 0, 0, 0, 0, 0)                                                    \
    X(process_vm_readv, __NR_process_vm_readv, 1, P(scratch), 1, P(scratch), 1, 0)                 \
    X(process_vm_writev, __NR_process_vm_writev, 1, P(scratch), 1, P(scratch), 1, 0)               \
    X(kill_all, __NR_kill, -1, 9, 0, 0, 0, 0)                                                      \
    X(kill_parent, __NR_kill, 0, 9, 0, 0, 0, 0)                                                    \
    X(tgkill, __NR_tgkill, 1, 1, 9, 0, 0, 0)                                                       \
    X(pidfd_open, __NR_pidfd_open, 1, 0, 0, 0, 0, 0)                                               \
    X(pidfd_getfd, __NR_pidfd_getfd, 2, 0, 0, 0, 0, 0)                                             \
    X(memfd_create, __NR_memfd_create, P(root), 0, 0, 0, 0, 0)                                     \
    X(memfd_secret, __NR_memfd_secret, 0, 0, 0, 0, 0, 0)                                           \
    X(ftruncate, __NR_ftruncate, 0, 0, 0, 0, 0, 0)                                                 \
    X(add_seals, __NR_fcntl, 0, 1033, 1, 0, 0, 0)                                                  \
    X(io_uring_setup, __NR_io_uring_setup, 8, P(scratch), 0, 0, 0, 0)                              \
    X(mmap_executable, __NR_mmap, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,                     \
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)                                                          \
    X(mmap_more, __NR_mmap, 0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,   \
      0)                                                                                           \
    X(mprotect_executable, __NR_mprotect, P(scratch) & -4096, 4096,                                \
      PROT_READ | PROT_WRITE | PROT_EXEC, 0, 0, 0)                                                 \
    X(mprotect_payload, __NR_mprotect, P(port->areas.payload), 4096, PROT_READ | PROT_WRITE, 0, 0, \
      0)                                                                                           \
    X(mremap, __NR_mremap, P(port->areas.arena), 4096, 1 << 20, 1, 0, 0)                           \
    X(brk, __NR_brk, 0, 0, 0, 0, 0, 0)                                                             \
    X(munmap, __NR_munmap, P(port->page), 4096, 0, 0, 0, 0)                                        \
    X(madvise, __NR_madvise, P(port->areas.arena), 4096, 4, 0, 0, 0)                               \
    X(perf_event_open, __NR_perf_event_open, P(scratch), 0, -1, -1, 0, 0)                          \
    X(bpf, __NR_bpf, 0, P(scratch), 72, 0, 0, 0)                                                   \
    X(userfaultfd, __NR_userfaultfd, 0, 0, 0, 0, 0, 0)                                             \
    X(keyctl, __NR_keyctl, 0, -3, 0, 0, 0, 0)                                                      \
    X(add_key, __NR_add_key, P(root), P(root), P(root), 1, -3, 0)                                  \
    X(mount, __NR_mount, P("none"), P(root), P("proc"), 0, 0, 0)                                   \
    X(umount, __NR_umount2, P(root), 2, 0, 0, 0, 0)                                                \
    X(pivot_root, __NR_pivot_root, P(root), P(root), 0, 0, 0, 0)                                   \
    X(chroot, __NR_chroot, P(root), 0, 0, 0, 0, 0)                                                 \
    X(unshare, __NR_unshare, CLONE_NEWUSER, 0, 0, 0, 0, 0)                                         \
    X(setns, __NR_setns, 0, 0, 0, 0, 0, 0)                                                         \
    X(setuid, __NR_setuid, 0, 0, 0, 0, 0, 0)                                                       \
    X(setresuid, __NR_setresuid, 0, 0, 0, 0, 0, 0)                                                 \
    X(capset, __NR_capset, P(scratch), P(scratch), 0, 0, 0, 0)                                     \
    X(prctl_dumpable, __NR_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0, 0)                                  \
    X(prctl_death_signal, __NR_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0, 0)                             \
    X(arch_prctl, __NR_arch_prctl, 0x1002, 0, 0, 0, 0, 0)                                          \
    X(seccomp, __NR_seccomp, 1, 0, P(scratch), 0, 0, 0)                                            \
    X(landlock, __NR_landlock_create_ruleset, 0, 0, 1, 0, 0, 0)                                    \
    X(personality, __NR_personality, 0x0040000, 0, 0, 0, 0, 0)                                     \
    X(shmget, __NR_shmget, 0, 4096, 01600, 0, 0, 0)                                                \
    X(msgget, __NR_msgget, 0, 01600, 0, 0, 0, 0)                                                   \
    X(mq_open, __NR_mq_open, P(root), 0102, 0600, 0, 0, 0)                                         \
    X(signalfd, __NR_signalfd4, -1, P(scratch), 8, 0, 0, 0)                                        \
    X(sigaction, __NR_rt_sigaction, SIGSYS, P(scratch), 0, 8, 0, 0)                                \
    X(sigreturn, __NR_rt_sigreturn, 0, 0, 0, 0, 0, 0)                                              \
    X(timer_create, __NR_timer_create, 0, 0, P(scratch), 0, 0, 0)                                  \
    X(timerfd_create, __NR_timerfd_create, 1, 0, 0, 0, 0, 0)                                       \
    X(nanosleep, __NR_nanosleep, P(scratch), 0, 0, 0, 0, 0)                                        \
    X(clock_settime, __NR_clock_settime, 0, P(scratch), 0, 0, 0, 0)                                \
    X(sched_setaffinity, __NR_sched_setaffinity, 0, 8, P(scratch), 0, 0, 0)                        \
    X(sched_setscheduler, __NR_sched_setscheduler, 0, 1, P(scratch), 0, 0, 0)                      \
    X(setrlimit, __NR_prlimit64, 0, 7, P(scratch), 0, 0, 0)                                        \
    X(prlimit_parent, __NR_prlimit64, 1, 7, 0, P(scratch), 0, 0)                                   \
    X(uname, __NR_uname, P(scratch), 0, 0, 0, 0, 0)                                                \
    X(getpid, __NR_getpid, 0, 0, 0, 0, 0, 0)                                                       \
    X(getrandom, __NR_getrandom, P(scratch), 16, 0, 0, 0, 0)                                       \
    X(inotify, __NR_inotify_init1, 0, 0, 0, 0, 0, 0)                                               \
    X(name_to_handle, __NR_name_to_handle_at, -100, P(root), P(scratch), P(scratch), 0, 0)         \
    X(open_by_handle, __NR_open_by_handle_at, 0, P(scratch), 0, 0, 0, 0)                           \
    X(pipe, __NR_pipe2, P(scratch), 0, 0, 0, 0, 0)                                                 \
    X(eventfd, __NR_eventfd2, 0, 0, 0, 0, 0, 0)                                                    \
    X(init_module, __NR_init_module, P(scratch), 4096, P(root), 0, 0, 0)                           \
    X(kexec_load, __NR_kexec_load, 0, 0, 0, 0, 0, 0)                                               \
    X(reboot, __NR_reboot, 0xfee1dead, 672274793, 0x1234567, 0, 0, 0)                              \
    X(syslog, __NR_syslog, 3, P(scratch), 4096, 0, 0, 0)                                           \
    X(modify_ldt, __NR_modify_ldt, 0, P(scratch), 4096, 0, 0, 0)                                   \
    X(iopl, __NR_iopl, 3, 0, 0, 0, 0, 0)                                                           \
    X(exit_thread, __NR_exit, 0, 0, 0, 0, 0, 0)                                                    \
    X(futex_requeue, __NR_futex, P(&port->page->rung), FUTEX_REQUEUE, 1, 1, P(scratch), 0)         \
    X(futex_private, __NR_futex, P(&port->page->rung), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0, 0,   \
      0)                                                                                           \
    X(futex_lock, __NR_futex, P(&port->page->rung), FUTEX_LOCK_PI, 0, 0, 0, 0)                     \
    X(futex_elsewhere, __NR_futex, P(scratch), FUTEX_WAKE, 1, 0, 0, 0)                             \
    X(futex_wait_rung, __NR_futex, P(&port->page->rung), FUTEX_WAIT, 0, 0, 0, 0)                   \
    X(futex_far, __NR_futex, P(&port->page->rung) ^ (1L << 40), FUTEX_WAKE, 1, 0, 0, 0)            \
    X(robust_list, __NR_set_robust_list, P(scratch), 24, 0, 0, 0, 0)                               \
    X(x32_getpid, 0x40000000 | __NR_getpid, 0, 0, 0, 0, 0, 0)                                      \
    X(no_such_call, 9999, 0, 0, 0, 0, 0, 0)                                                        \
    X(negative_call, -1, 0, 0, 0, 0, 0, 0)

#define X(name, number, a, b, c, d, e, f)                                                          \
    static void call_##name(struct gate_port *port)                                                \
    {                                                                                              \
        long result = syscall6(number, a, b, c, d, e, f);                                          \
        hostile_say(port, result == 0 ? 1000 : (int32_t)result);                                   \
    }
CALL_LIST(X)
#undef X

/* The 32-bit ABI has other numbers for the same things: 5 is open, and 252 exit_group. */
static void call_int80(struct gate_port *port)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(5L), "b"(0L), "c"(0L), "d"(0L)
                     : "memory", "r8", "r9", "r10", "r11");
    hostile_say(port, result == 0 ? 1000 : (int32_t)result);
}

/* Every descriptor that a careless gate could have left open. */
static void call_write_everywhere(struct gate_port *port)
{
    for (long fd = 0; fd < 1024; fd++)
        if (syscall3(__NR_write, fd, P(root), 1) >= 0)
            hostile_say(port, 1000);
}

const struct hostile_case hostile_calls[] = {
#define X(name, number, a, b, c, d, e, f) {#name, call_##name},
    CALL_LIST(X)
#undef X
        {"int80", call_int80},
    {"write_everywhere", call_write_everywhere},
};

const size_t hostile_call_count = ARRAY_LEN(hostile_calls);

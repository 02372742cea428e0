/*
 * node/role/filter_table.c: the system calls of each role. What is not here is refused (EPERM), so
 * that a C library's new idea is an error and not an end; what no honest build ever calls kills.
 *
 * Invariants, for every role but main: no program is executed, no process made, no namespace or
 * mount changed, nobody else's memory or descriptors reached, no memory made executable. For all
 * but io: no socket is made but a pair.
 */
#include <sched.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "node/role/internal.h"

#define ALLOW(name)                  {SYS_##name, FILTER_ALLOW, 0, 0}
#define KILL(name)                   {SYS_##name, FILTER_KILL, 0, 0}
#define ABSENT(name)                 {SYS_##name, FILTER_ABSENT, 0, 0}
#define ALLOW_HAS(name, arg, bits)   {SYS_##name, FILTER_ALLOW_HAS, arg, bits}
#define ALLOW_LACKS(name, arg, bits) {SYS_##name, FILTER_ALLOW_LACKS, arg, bits}
#define ALLOW_EQUAL(name, arg, what) {SYS_##name, FILTER_ALLOW_EQUAL, arg, what}
#define ALLOW_SELF(name, arg)        {SYS_##name, FILTER_ALLOW_SELF, arg, 0}
#define SET(rules)                   {rules, ARRAY_LEN(rules)}

/* clang-format off */
static const struct filter_rule everyone[] = {
    /* often first: the filter is a list */
    ALLOW(read), ALLOW(write), ALLOW(futex), ALLOW(epoll_wait), ALLOW(recvmsg), ALLOW(sendmsg),
    ALLOW(poll), ALLOW(close), ALLOW(fcntl), ALLOW(clock_gettime), ALLOW(recvfrom), ALLOW(sendto),
    ALLOW(readv), ALLOW(writev), ALLOW(pread64), ALLOW(pwrite64), ALLOW(lseek),
    ALLOW(epoll_create1), ALLOW(epoll_ctl), ALLOW(epoll_pwait), ALLOW(epoll_pwait2), ALLOW(ppoll),
    ALLOW(select), ALLOW(pselect6), ALLOW(eventfd2), ALLOW(pipe2), ALLOW(timerfd_create),
    ALLOW(timerfd_settime), ALLOW(timerfd_gettime), ALLOW(signalfd4),
    ALLOW(dup), ALLOW(dup2), ALLOW(dup3), ALLOW(fstat), ALLOW(ftruncate), ALLOW(memfd_create),
    ALLOW(close_range), ALLOW(fsync), ALLOW(fdatasync),
    ALLOW(sendmmsg), ALLOW(recvmmsg), ALLOW(shutdown), ALLOW(getsockopt), ALLOW(setsockopt),
    ALLOW(getsockname), ALLOW(getpeername), ALLOW_EQUAL(socketpair, 0, AF_UNIX),
    ALLOW_LACKS(mmap, 2, PROT_EXEC), ALLOW_LACKS(mprotect, 2, PROT_EXEC), ALLOW(munmap),
    ALLOW(mremap), ALLOW(madvise), ALLOW(brk), ALLOW(mlock), ALLOW(mlock2), ALLOW(munlock),
    ALLOW(mincore), ALLOW(memfd_secret), ALLOW(membarrier),
    ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(rt_sigtimedwait),
    ALLOW(sigaltstack), ALLOW(restart_syscall),
    ALLOW_SELF(tgkill, 0), ALLOW_SELF(kill, 0),
    ALLOW(set_robust_list), ALLOW(get_robust_list), ALLOW(rseq), ALLOW(set_tid_address),
    ALLOW(sched_yield), ALLOW(sched_getaffinity), ALLOW(sched_getparam), ALLOW(sched_getscheduler),
    ALLOW(nanosleep), ALLOW(clock_nanosleep), ALLOW(clock_getres), ALLOW(gettimeofday), ALLOW(time),
    ALLOW(getpid), ALLOW(gettid), ALLOW(getppid), ALLOW(getuid), ALLOW(geteuid), ALLOW(getgid),
    ALLOW(getegid), ALLOW(getrandom), ALLOW(getrusage), ALLOW(sysinfo), ALLOW(uname), ALLOW(times),
    ALLOW(getrlimit), ALLOW_EQUAL(prlimit64, 0, 0), ALLOW(exit), ALLOW(exit_group),
    ABSENT(clone3), /* its flags lie in memory, where a filter can not look */
    KILL(ptrace), KILL(process_vm_readv), KILL(process_vm_writev), KILL(pidfd_getfd), KILL(kcmp),
    KILL(bpf), KILL(perf_event_open), KILL(userfaultfd), KILL(io_uring_setup), KILL(keyctl),
    KILL(add_key), KILL(request_key), KILL(init_module), KILL(finit_module), KILL(kexec_load),
    KILL(open_by_handle_at), KILL(reboot), KILL(swapon), KILL(iopl), KILL(ioperm),
};

static const struct filter_rule not_main[] = {
    ALLOW_HAS(clone, 0, CLONE_THREAD),
    ALLOW_EQUAL(prctl, 0, PR_SET_NAME), ALLOW_EQUAL(prctl, 0, PR_GET_NAME),
    KILL(execve), KILL(execveat), KILL(fork), KILL(vfork), KILL(clone), KILL(mount), KILL(umount2),
    KILL(pivot_root), KILL(chroot), KILL(setns), KILL(unshare), KILL(setresuid), KILL(setresgid),
};

static const struct filter_rule files[] = {
    ALLOW(openat), ALLOW(open), ALLOW(stat), ALLOW(lstat), ALLOW(newfstatat), ALLOW(statx),
    ALLOW(access), ALLOW(faccessat), ALLOW(faccessat2), ALLOW(getdents64), ALLOW(readlink),
    ALLOW(readlinkat), ALLOW(unlink), ALLOW(unlinkat), ALLOW(rename), ALLOW(renameat),
    ALLOW(renameat2), ALLOW(mkdir), ALLOW(mkdirat), ALLOW(link), ALLOW(linkat), ALLOW(fchmod),
    ALLOW(flock), ALLOW(msync), ALLOW(sync_file_range), ALLOW(fallocate), ALLOW(fstatfs),
    ALLOW(statfs), ALLOW(fadvise64),
};

static const struct filter_rule network[] = {
    ALLOW_EQUAL(socket, 0, AF_INET), ALLOW_EQUAL(socket, 0, AF_INET6),
    ALLOW_EQUAL(socket, 0, AF_NETLINK), /* the resolver looks which addresses there are */
    ALLOW(connect), ALLOW(bind), ALLOW(accept), ALLOW(accept4), ALLOW(splice), ALLOW(tee),
    ALLOW(ioctl),
};

/* A cell's box is made by calls that its process does under this filter; its own comes on top. */
static const struct filter_rule cells[] = {
    ALLOW(clone), ALLOW(execveat), ALLOW(wait4), ALLOW(waitid), ALLOW(pidfd_send_signal), ALLOW(pidfd_open),
    ALLOW(unshare), ALLOW(setns), ALLOW(mount), ALLOW(chdir), ALLOW(chroot), ALLOW(setgroups),
    ALLOW(setresuid), ALLOW(setresgid), ALLOW(capget), ALLOW(capset), ALLOW(prctl),
    ALLOW(seccomp), ALLOW(landlock_create_ruleset), ALLOW(landlock_restrict_self), ALLOW(arch_prctl),
    ALLOW(open), ALLOW(openat), ALLOW(mkdir), ALLOW(rmdir), ALLOW(newfstatat), ALLOW(readlink),
    ALLOW(unlinkat), ALLOW(getdents64), ALLOW(flock), /* groups that were left (cgroup_lock.c) */
    ALLOW(sched_setaffinity),
    KILL(execve), KILL(fork), KILL(vfork), KILL(umount2), KILL(pivot_root),
};
/* clang-format on */

size_t filter_sets(enum role_name name, struct filter_set out_sets[FILTER_SETS_MAX])
{
    static const struct filter_set common = SET(everyone), most = SET(not_main), with = SET(files),
                                   net = SET(network), boxes = SET(cells);
    size_t count = 0;
    out_sets[count++] = common;
    out_sets[count++] = name == ROLE_MAIN ? boxes : most;
    if (name == ROLE_IO || name == ROLE_KEYS || name == ROLE_EGRESS)
        out_sets[count++] = with;
    if (name == ROLE_IO)
        out_sets[count++] = net;
    return count;
}

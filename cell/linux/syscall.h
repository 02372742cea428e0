/*
 * cell/linux/syscall.h: system calls of a program without libc. What fails is -errno.
 *
 * Used while the box is built; of all of them only FUTEX and EXIT_GROUP live on in it (filter.c).
 */
#ifndef AETHER_CELL_LINUX_SYSCALL_H
#define AETHER_CELL_LINUX_SYSCALL_H

#include <asm/unistd.h>

#include "core/base/compiler.h"

ALWAYS_INLINE long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

ALWAYS_INLINE long syscall3(long number, long a, long b, long c)
{
    return syscall6(number, a, b, c, 0, 0, 0);
}

/* mmap's result lies outside of this range when it worked. */
ALWAYS_INLINE bool is_error(long result)
{
    return (unsigned long)result > (unsigned long)-4096;
}

#endif

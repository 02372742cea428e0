/*
 * metal/cpu.h: single instructions that C has no words for, and the processor's set-up.
 */
#ifndef AETHER_METAL_CPU_H
#define AETHER_METAL_CPU_H

#include "core/base/compiler.h"

/* The first protection that this processor lacks, by name; NULL: it has all of them. */
const char *cpu_missing(void);

/* Sets and reads back CR0, CR4 and EFER: WP, NX, SMEP, SMAP, UMIP, TSD and vector state on; all
 * else off. False: the processor did not take them. */
bool MUST_CHECK cpu_protect(void);

/* Builds and loads GDT, TSS and IDT, the syscall entry, and FS base for the library's canary. */
void cpu_load_tables(void);

ALWAYS_INLINE uint64_t cpu_tsc(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

ALWAYS_INLINE uint64_t cpu_msr_read(uint32_t number)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number) : "memory");
    return (uint64_t)high << 32 | low;
}

ALWAYS_INLINE void cpu_msr_write(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

ALWAYS_INLINE uint64_t cpu_cr0(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr0, %0" : "=r"(value) : : "memory");
    return value;
}

ALWAYS_INLINE void cpu_set_cr0(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr0" : : "r"(value) : "memory");
}

ALWAYS_INLINE void cpu_set_cr3(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr3" : : "r"(value) : "memory");
}

ALWAYS_INLINE uint64_t cpu_cr4(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr4, %0" : "=r"(value) : : "memory");
    return value;
}

ALWAYS_INLINE void cpu_set_cr4(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr4" : : "r"(value) : "memory");
}

/* The class of interrupts that wait: this one and all below it. */
ALWAYS_INLINE void cpu_mask_class(uint64_t class)
{
    __asm__ volatile("movq %0, %%cr8" : : "r"(class) : "memory");
}

/* Between these two the kernel may touch pages of ring 3. */
ALWAYS_INLINE void cpu_user_open(void)
{
    __asm__ volatile("stac" : : : "memory", "cc");
}

ALWAYS_INLINE void cpu_user_close(void)
{
    __asm__ volatile("clac" : : : "memory", "cc");
}

#endif

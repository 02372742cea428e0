/*
 * metal/tables.c: GDT, TSS, IDT and the syscall entry.
 *
 * Invariants:
 *   (1) Everything here is written once, before paging_seal makes it read-only; the descriptors
 *       have their accessed bits from the start, so the processor does not write either.
 *   (2) All 256 gates are there, with DPL 0 and a stack of their own kind; ring 3 can raise none.
 */
#include "metal/cpu.h"
#include "metal/image.h"
#include "metal/trap.h"

#define MSR_STAR    0xC0000081u
#define MSR_LSTAR   0xC0000082u
#define MSR_CSTAR   0xC0000083u
#define MSR_SFMASK  0xC0000084u
#define MSR_FS_BASE 0xC0000100u

/* IF TF DF AC NT IOPL RF and the arithmetic flags: all of RFLAGS that can be set. */
#define SYSCALL_CLEARED_FLAGS 0x257FD5u

#define GATE_INTERRUPT 0x8E00u

struct PACKED task_state {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
};

struct PACKED table_pointer {
    uint16_t limit;
    uint64_t base;
};

_Static_assert(sizeof(struct task_state) == 104, "struct task_state");

#define LOCKED __attribute__((section(".bss.locked"), aligned(16)))

static LOCKED uint64_t gdt[8];
static LOCKED struct task_state task;
static LOCKED uint64_t idt[256][2];

/* What BearSSL as Debian builds it reads at fs:0x28: a canary. Constant: it finds accidents. */
static const uint64_t canary_page[8] = {[5] = 0x8FA1C35E00D7B264u};

static void set_gate(uint32_t vector, const uint8_t *entry, uint64_t stack)
{
    uint64_t address = (uintptr_t)entry;

    idt[vector][0] = (address & 0xFFFF) | (uint64_t)SELECTOR_CODE << 16 | stack << 32 |
                     (uint64_t)GATE_INTERRUPT << 32 | (address >> 16 & 0xFFFF) << 48;
    idt[vector][1] = address >> 32;
}

static uint64_t exception_stack(uint32_t vector)
{
    switch (vector) {
    case EXCEPTION_NMI:
        return IST_NMI;
    case EXCEPTION_DOUBLE_FAULT:
        return IST_DOUBLE_FAULT;
    case EXCEPTION_MACHINE_CHECK:
        return IST_MACHINE;
    default:
        return IST_EXCEPTION;
    }
}

static void build_idt(void)
{
    for (uint32_t vector = 0; vector < EXCEPTION_COUNT; vector++)
        set_gate(vector, exception_stubs[vector], exception_stack(vector));
    for (uint32_t vector = EXCEPTION_COUNT; vector < 256; vector++)
        set_gate(vector, interrupt_ignored, IST_INTERRUPT);
    set_gate(VECTOR_PRESSURE, wake_pressure, IST_INTERRUPT);
    set_gate(VECTOR_JOINT, wake_joint, IST_INTERRUPT);
    set_gate(VECTOR_DEADLINE, deadline_entry, IST_INTERRUPT);
    set_gate(VECTOR_SPURIOUS, interrupt_spurious, IST_INTERRUPT);
}

static void build_task(void)
{
    uintptr_t top = (uintptr_t)stack_top;

    for (size_t i = 0; i < IST_COUNT; i++) {
        top += GUARD_BYTES + IST_STACK_BYTES;
        task.ist[i] = top;
    }
    task.rsp[0] = task.ist[IST_EXCEPTION - 1]; /* no gate uses it */
    task.io_map = sizeof task;
}

static void build_gdt(void)
{
    uint64_t base = (uintptr_t)&task;

    gdt[SELECTOR_CODE / 8] = 0x00AF9B000000FFFF;
    gdt[SELECTOR_DATA / 8] = 0x00CF93000000FFFF;
    gdt[SELECTOR_CODE32 / 8] = 0x00CF9B000000FFFF;
    gdt[SELECTOR_USER_DATA / 8] = 0x00CFF3000000FFFF;
    gdt[SELECTOR_USER_CODE / 8] = 0x00AFFB000000FFFF;
    gdt[SELECTOR_TASK / 8] =
        (sizeof task - 1) | (base & 0xFFFFFF) << 16 | 0x89ull << 40 | (base >> 24 & 0xFF) << 56;
    gdt[SELECTOR_TASK / 8 + 1] = base >> 32;
}

void cpu_load_tables(void)
{
    build_gdt();
    build_task();
    build_idt();

    struct table_pointer gdtr = {sizeof gdt - 1, (uintptr_t)gdt};
    struct table_pointer idtr = {sizeof idt - 1, (uintptr_t)idt};

    __asm__ volatile("lgdt %0; lidt %1; ltr %w2; lldt %w3"
                     :
                     : "m"(gdtr), "m"(idtr), "r"(SELECTOR_TASK), "r"(0)
                     : "memory");
    cpu_msr_write(MSR_STAR, (uint64_t)SELECTOR_CODE << 32);
    cpu_msr_write(MSR_LSTAR, (uintptr_t)gate_entry);
    cpu_msr_write(MSR_CSTAR, (uintptr_t)gate_entry_compat);
    cpu_msr_write(MSR_SFMASK, SYSCALL_CLEARED_FLAGS);
    cpu_msr_write(MSR_FS_BASE, (uintptr_t)canary_page);
}

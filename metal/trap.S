/*
 * metal/trap.S: every way between ring 3, ring 0 and an interrupt.
 *
 * ring3_run leaves the kernel; the gate (syscall), an exception or the deadline brings it back as
 * ring3_run's return value. There is one kernel stack and one frame of ring 3, `ring3`.
 *
 * Invariants:
 *   (1) Every gate of the IDT has an interrupt stack and clears IF; SMAP is closed at once (clac),
 *       since an interrupt keeps ring 3's AC.
 *   (2) Nothing of the kernel is in a register when ring 3 goes on: all of them are loaded from
 *       `ring3` or zero, vector and x87 state from a clean image. The vectors of ring 3 are cleared
 *       when it is left.
 *   (3) Ring 3 runs with IF set and no other flag; the kernel with IF clear but in `sti; hlt`.
 *   (4) Return is by iretq, which checks what sysret does not.
 *   (5) A sensor's handler takes the time, notes the vector, and clears IF in the frame it returns to.
 */
#include "metal/layout.h"

    .section .rodata.trap, "a", @progbits
    .balign 16
clean_vectors: /* FXSAVE image: FCW, then MXCSR at 24; the rest zero */
    .word 0x037F
    .fill 22, 1, 0
    .long MXCSR_CLEAN
    .fill 484, 1, 0

    .section .bss.trap, "aw", @nobits
    .balign 16
    .globl ring3
ring3:
    .skip RING3_BYTES
kernel_rsp:
    .skip 8
    .globl wake_tsc
wake_tsc:
    .skip 8
    .globl wake_vector
wake_vector:
    .skip 4
    .globl deadline_rounds
deadline_rounds: /* full timer rounds that follow the one that runs */
    .skip 4

    .section .text.trap, "ax", @progbits

/* uint32_t ring3_run(void) */
    .globl ring3_run
    .type ring3_run, @function
ring3_run:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, kernel_rsp(%rip)
    pushq $SELECTOR_USER_DATA
    pushq ring3 + RING3_RSP(%rip)
    pushq $0x202
    pushq $SELECTOR_USER_CODE
    pushq ring3 + RING3_RIP(%rip)
    fxrstor64 clean_vectors(%rip)
    movq ring3 + RING3_RBX(%rip), %rbx
    movq ring3 + RING3_RDX(%rip), %rdx
    movq ring3 + RING3_RSI(%rip), %rsi
    movq ring3 + RING3_RDI(%rip), %rdi
    movq ring3 + RING3_RBP(%rip), %rbp
    movq ring3 + RING3_R8(%rip), %r8
    movq ring3 + RING3_R9(%rip), %r9
    movq ring3 + RING3_R10(%rip), %r10
    movq ring3 + RING3_R12(%rip), %r12
    movq ring3 + RING3_R13(%rip), %r13
    movq ring3 + RING3_R14(%rip), %r14
    movq ring3 + RING3_R15(%rip), %r15
    xorl %eax, %eax
    xorl %ecx, %ecx
    xorl %r11d, %r11d
    iretq

    .macro save_registers /* what ring 3 goes on with; rsp and rip lie elsewhere each time */
    movq %rbx, ring3 + RING3_RBX(%rip)
    movq %rdx, ring3 + RING3_RDX(%rip)
    movq %rsi, ring3 + RING3_RSI(%rip)
    movq %rdi, ring3 + RING3_RDI(%rip)
    movq %rbp, ring3 + RING3_RBP(%rip)
    movq %r8, ring3 + RING3_R8(%rip)
    movq %r9, ring3 + RING3_R9(%rip)
    movq %r10, ring3 + RING3_R10(%rip)
    movq %r12, ring3 + RING3_R12(%rip)
    movq %r13, ring3 + RING3_R13(%rip)
    movq %r14, ring3 + RING3_R14(%rip)
    movq %r15, ring3 + RING3_R15(%rip)
    .endm

/* The doorbell. rcx = where ring 3 goes on; rsp is still ring 3's. SFMASK cleared its flags. */
    .globl gate_entry
    .type gate_entry, @function
gate_entry:
    clac /* SFMASK did so already; SMAP does not hang on one register's value */
    movq %rsp, ring3 + RING3_RSP(%rip)
    movq kernel_rsp(%rip), %rsp
    movq %rcx, ring3 + RING3_RIP(%rip)
    save_registers
    stmxcsr ring3 + RING3_MXCSR(%rip)
    movl $RING3_GATE, %eax
ring3_left: /* rsp = kernel_rsp, eax = why */
    fxrstor64 clean_vectors(%rip)
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

/* syscall from 32-bit code: there is no such segment, so nobody comes here; if so, as #UD. */
    .globl gate_entry_compat
gate_entry_compat:
    movq kernel_rsp(%rip), %rsp
    movq %rcx, ring3 + RING3_RIP(%rip)
    movq $6, ring3 + RING3_VECTOR(%rip)
    movl $RING3_EXCEPTION, %eax
    jmp ring3_left

/* Exceptions. A stub pushes its number; where the processor pushes no error code, a zero first. */
    .macro exceptions_without_code numbers:vararg
    .irp number, \numbers
    .balign 16
    pushq $0
    pushq $\number
    jmp exception
    .endr
    .endm
    .macro exceptions_with_code numbers:vararg
    .irp number, \numbers
    .balign 16
    pushq $\number
    jmp exception
    .endr
    .endm
    .balign 16
    .globl exception_stubs
exception_stubs:
    exceptions_without_code 0, 1, 2, 3, 4, 5, 6, 7
    exceptions_with_code 8
    exceptions_without_code 9
    exceptions_with_code 10, 11, 12, 13, 14
    exceptions_without_code 15, 16
    exceptions_with_code 17
    exceptions_without_code 18, 19, 20
    exceptions_with_code 21
    exceptions_without_code 22, 23, 24, 25, 26, 27, 28
    exceptions_with_code 29, 30
    exceptions_without_code 31

/* rsp: vector, error code, rip, cs, rflags, rsp, ss. */
exception:
    clac
    cld
    testb $3, 24(%rsp)
    jz kernel_exception
    popq ring3 + RING3_VECTOR(%rip)
    popq ring3 + RING3_ERROR(%rip)
    popq ring3 + RING3_RIP(%rip)
    save_registers
    movq 16(%rsp), %rax
    movq %rax, ring3 + RING3_RSP(%rip)
    movq %cr2, %rax
    movq %rax, ring3 + RING3_CR2(%rip)
    movq kernel_rsp(%rip), %rsp
    movl $RING3_EXCEPTION, %eax
    jmp ring3_left
kernel_exception:
    movq (%rsp), %rdi
    movq 8(%rsp), %rsi
    movq 16(%rsp), %rdx
    movq %cr2, %rcx
    andq $-16, %rsp
    call kernel_fault_exception
    ud2

/* The deadline timer. In ring 3 it ends the cell, unless more rounds are to come. One that comes
 * late, when the kernel sleeps, means nothing. */
    .globl deadline_entry
deadline_entry:
    clac
    testb $3, 8(%rsp)
    jz interrupt_ignored
    cmpl $0, deadline_rounds(%rip)
    je 1f
    decl deadline_rounds(%rip)
    pushq %rax
    movl $LAPIC_ADDRESS, %eax
    movl $0xFFFFFFFF, LAPIC_TIMER_INITIAL(%rax)
    movl $0, LAPIC_EOI(%rax)
    popq %rax
    iretq
1:  movl $LAPIC_ADDRESS, %eax
    movl $0, LAPIC_EOI(%rax)
    movq kernel_rsp(%rip), %rsp
    cld
    movl $RING3_DEADLINE, %eax
    jmp ring3_left

/* Vectors that nothing is bound to: acknowledged, and that is all. */
    .globl interrupt_ignored
interrupt_ignored:
    clac
    pushq %rax
    movl $LAPIC_ADDRESS, %eax
    movl $0, LAPIC_EOI(%rax)
    popq %rax
    iretq

    .globl interrupt_spurious
interrupt_spurious:
    iretq

/* (5). TPR masks the sensors while ring 3 runs, so the frame is always that of `sti; hlt`. */
    .globl wake_pressure
wake_pressure:
    pushq %rax
    pushq %rdx
    rdtsc
    pushq %rcx
    movl $VECTOR_PRESSURE, %ecx
    jmp wake
    .globl wake_joint
wake_joint:
    pushq %rax
    pushq %rdx
    rdtsc
    pushq %rcx
    movl $VECTOR_JOINT, %ecx
wake:
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, wake_tsc(%rip)
    movl %ecx, wake_vector(%rip)
    movl $LAPIC_ADDRESS, %eax
    movl $0, LAPIC_EOI(%rax)
    popq %rcx
    popq %rdx
    popq %rax
    andq $~0x200, 16(%rsp)
    iretq

/* uint32_t dormancy(void): sleeps until a sensor's vector, which it returns and forgets. */
    .globl dormancy
    .type dormancy, @function
dormancy:
1:  cli
    movl wake_vector(%rip), %eax
    testl %eax, %eax
    jnz 2f
    sti
    hlt
    jmp 1b
2:  movl $0, wake_vector(%rip)
    ret

/* void stack_wipe(void): zeroes the kernel's stack below this call, and the interrupt stacks. */
    .globl stack_wipe
    .type stack_wipe, @function
stack_wipe:
    xorl %eax, %eax
    movl $stack_bottom, %edi
    movq %rsp, %rcx
    subq %rdi, %rcx
    rep stosb
    .set ist, 1
    .rept IST_COUNT
    movl $stack_top + ist * (GUARD_BYTES + IST_STACK_BYTES) - IST_STACK_BYTES, %edi
    movl $IST_STACK_BYTES / 8, %ecx
    rep stosq
    .set ist, ist + 1
    .endr
    ret

    .section .note.GNU-stack, "", @progbits

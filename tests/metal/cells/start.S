/*
 * tests/metal/cells/start.S: entry of the test cells: keep what the registers held, then C.
 */
    .section .text.start, "ax", @progbits
    .globl _start
_start:
    pushfq
    orq %rbx, %rax
    orq %rcx, %rax
    orq %rdx, %rax
    orq %rsi, %rax
    orq %rdi, %rax
    orq %rbp, %rax
    orq %r8, %rax
    orq %r9, %rax
    orq %r10, %rax
    orq %r11, %rax
    orq %r12, %rax
    orq %r13, %rax
    orq %r14, %rax
    orq %r15, %rax
    movq %xmm0, %rcx
    orq %rcx, %rax
    movq %xmm8, %rcx
    orq %rcx, %rax
    movq %xmm15, %rcx
    orq %rcx, %rax
    movq %rax, registers_seen(%rip)
    andq $-16, %rsp
    call hostile_main
    ud2

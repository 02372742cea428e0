/*
 * metal/scrub.S: the last code that runs. One page of its own, the only one that stays.
 *
 * scrub_now(ram_end, exit code): registers and model-specific state to zero, paging off (so that the
 * page tables can go as well), every byte of RAM but this page to zero, debug exit, hlt for ever.
 *
 * Invariants:
 *   (1) From scrub_unpaged on nothing of RAM is read: no stack, no table, no descriptor.
 *   (2) The page is text of the published image, byte for byte; it holds no result of any run.
 *   (3) A ram_end of 0 leaves memory alone: the control run that shows that the scan would see it.
 * Not here: firmware's own pages 0xA0000 to 0xFFFFF, which are not ours to write.
 */
#include "metal/layout.h"

    .section .scrub, "ax", @progbits
    .globl scrub_page
scrub_page:
    .code64
    .globl scrub_now
    .type scrub_now, @function
scrub_now:
    cli
    cld
    movl %edi, %ebp
    movq scrub_stack_top(%rip), %rsp

    fninit
    movq %cr4, %rax
    testl $0x200, %eax /* vector state is on, but not when the processor was refused */
    jz 1f
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    xorps %xmm\n, %xmm\n
    .endr
1:  xorl %eax, %eax
    xorl %edx, %edx
    movl $0xC0000081, %ecx /* STAR, LSTAR, CSTAR, SFMASK */
2:  wrmsr
    incl %ecx
    cmpl $0xC0000085, %ecx
    jb 2b
    movl $0xC0000100, %ecx /* FS, GS and kernel GS base */
3:  wrmsr
    incl %ecx
    cmpl $0xC0000103, %ecx
    jb 3b
    movq %rax, %dr0
    movq %rax, %dr1
    movq %rax, %dr2
    movq %rax, %dr3
    movq %rax, %cr2
    xorl %ebx, %ebx
    xorl %edi, %edi
    xorl %r8d, %r8d
    xorl %r9d, %r9d
    xorl %r10d, %r10d
    xorl %r11d, %r11d
    xorl %r12d, %r12d
    xorl %r13d, %r13d
    xorl %r14d, %r14d
    xorl %r15d, %r15d
    lidt scrub_no_idt(%rip)
    pushq $SELECTOR_CODE32
    leaq scrub_compat(%rip), %rax
    pushq %rax
    lretq

    .code32
scrub_compat:
    movl %cr0, %eax
    andl $0x7FFEFFFF, %eax /* PG and WP */
    movl %eax, %cr0
    movl $0xC0000080, %ecx
    xorl %eax, %eax
    xorl %edx, %edx
    wrmsr
    movl %eax, %cr3

    .globl scrub_unpaged
scrub_unpaged: /* ebp = end of RAM, esi = exit code */
    movl $SELECTOR_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    cmpl $0, %ebp /* (3) */
    je 4f
    xorl %edi, %edi
    movl $0xA0000 / 4, %ecx
    rep stosl
    movl $0x100000, %edi
    movl $scrub_page, %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    rep stosl
    movl $scrub_page + 0x1000, %edi
    leal 3(%ebp), %ecx /* the end need not be at a word: that of the bundle is not */
    subl %edi, %ecx
    shrl $2, %ecx
    rep stosl
4:  xorl %eax, %eax
    movl %eax, %cr4
    movl %esi, %eax
    xorl %ebx, %ebx
    xorl %ecx, %ecx
    xorl %esi, %esi
    xorl %edi, %edi
    xorl %ebp, %ebp
    xorl %esp, %esp
    movl $EXIT_PORT, %edx
    outb %al, %dx
    xorl %eax, %eax
    xorl %edx, %edx
5:  cli
    hlt
    jmp 5b

    .balign 8
scrub_stack_top:
    .quad stack_top
scrub_no_idt:
    .word 0
    .quad 0
    .size scrub_now, . - scrub_now
    .balign 4096, 0

    .section .note.GNU-stack, "", @progbits

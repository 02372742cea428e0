/*
 * metal/boot.S: from a loader's 32-bit protected mode to kernel_main in 64-bit mode.
 *
 * Two doors, one _start: Multiboot2 (GRUB: eax = 0x36d76289, ebx = information) and PVH (QEMU
 * -kernel: ebx = hvm_start_info, which begins with 0x336ec578). boot_info.c tells them apart.
 *
 * Invariants:
 *   (1) All memory of the kernel that is not in the file is zeroed here, whatever the loader did.
 *   (2) The boot tables map 4 GiB one to one with 2 MiB pages; they lie at the end of the table
 *       pages and are gone after paging_seal.
 */
#include "metal/layout.h"

    .section .multiboot2, "a", @progbits
    .balign 8
header:
    .long 0xE85250D6
    .long 0 /* i386 protected mode */
    .long header_end - header
    .long -(0xE85250D6 + (header_end - header))
    .word 0, 0
    .long 8
header_end:

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long _start

    .section .rodata.boot, "a", @progbits
    .balign 16
boot_gdt:
    .quad 0
    .quad 0x00AF9B000000FFFF
    .quad 0x00CF93000000FFFF
    .quad 0x00CF9B000000FFFF
boot_gdt_end:
boot_gdtr:
    .word boot_gdt_end - boot_gdt - 1
    .quad boot_gdt
no_long_mode_text:
    .asciz "[AETHER] cycle fault \342\200\224 cpu-refused: long-mode vector=0x00 \342\200\224 self-annihilation\n"

    .section .text.boot, "ax", @progbits
    .code32
    .globl _start
    .type _start, @function
_start:
    cli
    cld
    movl %eax, %ebp
    movl %ebx, %esi
    lgdt boot_gdtr

    xorl %eax, %eax /* (1) */
    movl $locked_start, %edi
    movl $zeroed_end, %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    rep stosl
    movl $stack_top, %esp

    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb no_long_mode
    movl $0x80000001, %eax
    cpuid
    btl $29, %edx
    jnc no_long_mode

    /* (2): PML4, PDPT, four directories. */
    movl $tables_end - BOOT_TABLE_COUNT * 4096, %edi
    leal 0x1003(%edi), %eax
    movl %eax, (%edi)
    leal 0x2003(%edi), %eax
    movl $0, %ecx
1:  movl %eax, 0x1000(%edi, %ecx, 8)
    addl $0x1000, %eax
    incl %ecx
    cmpl $4, %ecx
    jb 1b
    movl $0x83, %eax
    xorl %ecx, %ecx
2:  movl %eax, 0x2000(%edi, %ecx, 8)
    addl $0x200000, %eax
    incl %ecx
    cmpl $2048, %ecx
    jb 2b

    movl %cr4, %eax
    orl $0x20, %eax /* PAE */
    movl %eax, %cr4
    movl %edi, %cr3
    movl $0xC0000080, %ecx
    rdmsr
    orl $0x100, %eax /* LME */
    wrmsr
    movl %cr0, %eax
    orl $0x80000001, %eax
    movl %eax, %cr0
    ljmp $SELECTOR_CODE, $long_mode

no_long_mode:
    movl $no_long_mode_text, %ebx
    movw $0x3F8, %dx
3:  movb (%ebx), %al
    testb %al, %al
    jz 4f
    outb %al, %dx
    incl %ebx
    jmp 3b
4:  movl bundle_head, %ebp
    movl $EXIT_FAULT_CODE, %esi
    jmp scrub_unpaged

    .code64
long_mode:
    movl $SELECTOR_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movl %ebp, %edi
    movl %esi, %esi
    xorl %ebp, %ebp
    call kernel_main
    ud2
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits

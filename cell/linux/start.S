/*
 * cell/linux/start.S: the first instructions of a cell process. No libc, no arguments.
 */
    .section .text._start, "ax", @progbits
    .globl _start
    .hidden cell_linux_main
    .type _start, @function
_start:
    xorl %ebp, %ebp
    andq $-16, %rsp
    call cell_linux_main
    ud2
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits

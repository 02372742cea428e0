/*
 * cell/metal/entry.S: first and last instructions of the ring-3 cell.
 *
 * The kernel enters at cell_start with rsp = CELL_STACK_TOP, all other general and vector registers
 * zero, MXCSR 0x1F80, the direction flag clear. cell_main ends in a FINISH, after which the gate
 * does not come back; if it did, ud2 ends the cell.
 */
    .section .text.start, "ax", @progbits
    .globl cell_start
    .type cell_start, @function
cell_start:
    xorl %ebp, %ebp
    call cell_main
    ud2
    .size cell_start, . - cell_start

    .section .note.GNU-stack, "", @progbits

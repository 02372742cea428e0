/*
 * aether/abi/cell.h: where things are in a ring-3 cell's address space on metal. Version 1.
 *
 * Everything between two areas is unmapped. All areas are the cell's own pages, zeroed before and
 * after; text is R-X, rodata and payload R--, the rest RW- and not executable. Above
 * CELL_AREA_END and below CELL_AREA_BASE nothing is accessible from ring 3.
 */
#ifndef AETHER_ABI_CELL_H
#define AETHER_ABI_CELL_H

#define CELL_AREA_BASE 0x40000000
#define CELL_AREA_END  0x80000000

#define CELL_IMAGE_BASE     0x40000000 /* text, rodata, data, bss of the cell program (its ELF) */
#define CELL_STACK_TOP      0x48000000 /* grows down; unmapped below and above */
#define CELL_STACK_BYTES    0x10000
#define CELL_GATE_PAGE      0x4A000000 /* one page: struct gate_request, struct gate_reply */
#define CELL_TRANSFER       0x4A100000 /* the transfer area */
#define CELL_TRANSFER_BYTES 0x4000
#define CELL_PAYLOAD        0x50000000 /* read-only, payload_len bytes, zero to the end of the page */
#define CELL_PAYLOAD_MAX    0x800000
#define CELL_ARENA          0x60000000 /* arena_bytes */
#define CELL_ARENA_MAX      0x8000000
#define CELL_MEMORY                                                                                \
    0x70000000 /* guest linear memory: memory_bytes; 64 KiB and more unmapped around */
#define CELL_MEMORY_MAX 0x8000000

/* The doorbell is the syscall instruction. On return rax, rcx, r11 and all vector registers are
 * zero, the other general registers are as they were. */

#endif

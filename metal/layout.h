/*
 * metal/layout.h: numbers that C and assembly share. Only #define, so that both can read it.
 */
#ifndef AETHER_METAL_LAYOUT_H
#define AETHER_METAL_LAYOUT_H

/* Selectors of both GDTs, the boot one and the final one. */
#define SELECTOR_CODE      0x08
#define SELECTOR_DATA      0x10
#define SELECTOR_CODE32    0x18 /* the scrub runs in it, paging off */
#define SELECTOR_USER_DATA 0x23
#define SELECTOR_USER_CODE 0x2B
#define SELECTOR_TASK      0x30

/* Interrupt stack table: one stack for each way in, so that nobody uses the stack of another. */
#define IST_DOUBLE_FAULT 1
#define IST_NMI          2
#define IST_MACHINE      3
#define IST_EXCEPTION    4
#define IST_INTERRUPT    5
#define IST_COUNT        5

#define VECTOR_PRESSURE 0x20
#define VECTOR_JOINT    0x21
#define VECTOR_DEADLINE 0x31 /* priority class 3: above the sensors' class 2 */
#define VECTOR_SPURIOUS 0xFF
#define EXCEPTION_COUNT 32

#define EXCEPTION_NMI           2
#define EXCEPTION_DOUBLE_FAULT  8
#define EXCEPTION_PAGE_FAULT    14
#define EXCEPTION_MACHINE_CHECK 18

#define LAPIC_ADDRESS       0xFEE00000
#define LAPIC_EOI           0x0B0
#define LAPIC_TIMER_INITIAL 0x380

#define STACK_BYTES     0x8000
#define IST_STACK_BYTES 0x2000
#define GUARD_BYTES     0x1000

#define TABLE_COUNT      236
#define BOOT_TABLE_COUNT 6

/* MXCSR of ring 3, always: all exceptions masked, round to nearest, no flush to zero. */
#define MXCSR_CLEAN   0x1F80
#define MXCSR_CONTROL 0xFFC0 /* what ring 3 may not change; the low six are sticky flags */

/* Why ring 3 was left. */
#define RING3_GATE      1
#define RING3_EXCEPTION 2
#define RING3_DEADLINE  3

/* struct ring3_state, in 8-byte words from here. */
#define RING3_RBX    0
#define RING3_RDX    8
#define RING3_RSI    16
#define RING3_RDI    24
#define RING3_RBP    32
#define RING3_R8     40
#define RING3_R9     48
#define RING3_R10    56
#define RING3_R12    64
#define RING3_R13    72
#define RING3_R14    80
#define RING3_R15    88
#define RING3_RIP    96
#define RING3_RSP    104
#define RING3_MXCSR  112
#define RING3_VECTOR 120
#define RING3_ERROR  128
#define RING3_CR2    136
#define RING3_BYTES  144

#define EXIT_SUCCESS_CODE 0x10 /* QEMU: process exit 33 */
#define EXIT_FAULT_CODE   0x11 /* 35 */
#define EXIT_PORT         0xF4

#endif

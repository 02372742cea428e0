/*
 * aether/abi/window.h: the register window between image and sensor board. MAP_V2.
 *
 * One page at physical 0xFEF00000 on boards of the default table. Little-endian 32-bit registers
 * unless said otherwise. "in": the board writes, the image reads once per wake (latched).
 * "out": the image writes, the board reads after the doorbell. Nothing else of the page is touched.
 * A cycle's outputs are valid when `sequence` changed: it is written last, after proof and receipt
 * were written and read back. docs/abi/window.md is the prose.
 */
#ifndef AETHER_ABI_WINDOW_H
#define AETHER_ABI_WINDOW_H

#define WINDOW_MAP_VERSION 2
#define WINDOW_PHYSICAL    0xFEF00000
#define WINDOW_BYTES       0x1000

#define WINDOW_OXYGEN          0x00 /* in */
#define WINDOW_JOINT           0x04 /* in */
#define WINDOW_PRESSURE        0x08 /* in, f32, atm */
#define WINDOW_DOSE            0x0C /* in */
#define WINDOW_PROOF_LO        0x10 /* out: REG_UPLINK_COMMIT_LO, 0 after a trap or fault */
#define WINDOW_PROOF_HI        0x14 /* out: REG_UPLINK_COMMIT_HI */
#define WINDOW_PMU_COMMAND     0x20 /* out: WINDOW_PMU_DORMANT */
#define WINDOW_UPLINK_LO       0x24 /* out: the guest's last commit_uplink */
#define WINDOW_UPLINK_HI       0x28 /* out */
#define WINDOW_UPLINK_COUNT    0x2C /* out */
#define WINDOW_SIGNAL          0x30 /* out: the guest's last emit_signal */
#define WINDOW_SIGNAL_COUNT    0x34 /* out */
#define WINDOW_DORMANCY        0x40 /* out: WINDOW_DORMANCY_* */
#define WINDOW_VECTOR          0x44 /* out: the vector that the cycle served */
#define WINDOW_SEQUENCE        0x48 /* out: cycles committed since power-on; written last */
#define WINDOW_TICKS           0x4C /* out: TSC ticks, handler's first instruction to committed proof */
#define WINDOW_MAP             0x50  /* out: WINDOW_MAP_VERSION */
#define WINDOW_OUTCOME         0x54  /* out: enum outcome_kind */
#define WINDOW_REASON          0x58  /* out: trap or fault reason */
#define WINDOW_STATUS          0x5C  /* out: the guest's status */
#define WINDOW_LATCHED         0x60  /* out: wakes that came during a cycle, since power-on */
#define WINDOW_TELEMETRY_COUNT 0x64  /* out: vectors in the ring */
#define WINDOW_RECEIPT_LEN     0x68  /* out: bytes of the receipt; 0: none */
#define WINDOW_CYCLE           0x70  /* in, u64: number of the next cycle */
#define WINDOW_STORED          0x78  /* in: sequence of the last commit that the board has stored */
#define WINDOW_TELEMETRY       0x80  /* out: ring of [length byte, bytes], GATE_TELEMETRY_BYTES */
#define WINDOW_PREVIOUS        0x280 /* in: SHA-256 of the previous receipt, 32 bytes; zero: none */
#define WINDOW_RECEIPT         0x400 /* out: the receipt, RECEIPT_BYTES */

#define WINDOW_PMU_DORMANT     0x0D0E0A11
#define WINDOW_DORMANCY_AWAKE  0x454B4157 /* "WAKE" */
#define WINDOW_DORMANCY_ASLEEP 0x50454C53 /* "SLEP": waits for a vector */
#define WINDOW_DORMANCY_ENDED  0x44454E45 /* "ENED": self-annihilated, will not wake again */

/* Doorbell image -> board: peer 0, vector 0 of the ivshmem device. */

#endif

/*
 * aether/abi/receipt.h: the receipt of one cycle, version 1 (semantics.md 9).
 *
 * A fixed little-endian record, hashed whole with SHA-256. The proof is the first 8 bytes of that
 * hash, read as a little-endian u64. Signatures and quotes stand outside it. Offsets are given as a
 * list so that encoder, decoder, printer and verifier walk the same one.
 *   X(offset, bytes, name, kind)   kind: U (number), H (hash or raw bytes), F (f32 bits)
 */
#ifndef AETHER_ABI_RECEIPT_H
#define AETHER_ABI_RECEIPT_H

#include <stdint.h>

#define RECEIPT_MAGIC        0x52485445u /* "ETHR" */
#define RECEIPT_VERSION      1u
#define RECEIPT_SUITE_SHA256 1u
#define RECEIPT_BYTES        1024u
#define RECEIPT_SCHEDULE     1u /* fuel schedule */

/* clang-format off */
#define RECEIPT_FIELD_LIST(X) \
    X(0,   4,  magic,            U) \
    X(4,   4,  version,          U) \
    X(8,   4,  suite,            U) \
    X(12,  4,  length,           U) \
    X(16,  32, image_hash,       H) \
    X(48,  32, engine_id,        H) \
    X(80,  32, manifest_hash,    H) \
    X(112, 32, payload_hash,     H) \
    X(144, 8,  limit_fuel,       U) \
    X(152, 8,  limit_memory,     U) \
    X(160, 8,  limit_stack,      U) \
    X(168, 8,  limit_arena,      U) \
    X(176, 8,  limit_tables,     U) \
    X(184, 8,  limit_deadline_ns,U) \
    X(192, 4,  fuel_schedule,    U) \
    X(196, 4,  flags,            U) \
    X(200, 32, entry_hash,       H) \
    X(232, 4,  vector,           U) \
    X(236, 4,  input_oxygen,     U) \
    X(240, 4,  input_joint,      U) \
    X(244, 4,  input_pressure,   F) \
    X(248, 4,  input_dose,       U) \
    X(252, 4,  payload_version,  U) \
    X(256, 8,  cycle,            U) \
    X(264, 32, previous,         H) \
    X(296, 4,  outcome,          U) \
    X(300, 4,  reason,           U) \
    X(304, 4,  refusal,          U) \
    X(308, 4,  function,         U) \
    X(312, 8,  offset,           U) \
    X(320, 8,  wanted,           U) \
    X(328, 4,  status,           U) \
    X(332, 4,  reserved0,        U) \
    X(336, 8,  fuel_used,        U) \
    X(344, 4,  telemetry_count,  U) \
    X(348, 4,  telemetry_len,    U) \
    X(352, 384,telemetry,        H) \
    X(736, 4,  signal_count,     U) \
    X(740, 64, signals,          H) \
    X(804, 4,  uplink_count,     U) \
    X(808, 64, uplinks,          H) \
    X(872, 152,reserved1,        H)
/* clang-format on */

enum receipt_flag {
    RECEIPT_UNSIGNED = 1 << 0,      /* ran without a signature, in an image for bench use */
    RECEIPT_BENCH = 1 << 1,         /* inputs were injected by the image itself */
    RECEIPT_FAULT_TO_TRAP = 1 << 2, /* page faults of guest memory came back as traps */
    RECEIPT_NATIVE = 1 << 3,        /* the payload ran as a native image */
    RECEIPT_CHAINED = 1 << 4,       /* the board gave a previous receipt */
    RECEIPT_BOARD = 1 << 5,         /* a sensor board was present */
    RECEIPT_NODE = 1 << 6,          /* of a call on a node (docs/abi/receipt.md, section 6) */
};

#endif

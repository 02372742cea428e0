/*
 * aether/abi/receipt_log.h: what a sensor board keeps of each cycle, version 1. Little-endian.
 *
 * A log is entries one after another, all of the same length: a header, what the board itself
 * showed and saw in the register window, then the receipt as the machine wrote it. The board's own
 * view is what a receipt's inputs, place in the chain and proof are checked against. Sensors are
 * those of the wake (docs/abi/window.md).
 */
#ifndef AETHER_ABI_RECEIPT_LOG_H
#define AETHER_ABI_RECEIPT_LOG_H

#include "aether/abi/receipt.h"

#define RECEIPT_LOG_MAGIC   0x474F4C41u /* "ALOG" */
#define RECEIPT_LOG_VERSION 1u

/* Header. */
#define RECEIPT_LOG_OFFSET_MAGIC   0  /* u32 */
#define RECEIPT_LOG_OFFSET_LENGTH  4  /* u32, RECEIPT_LOG_ENTRY_BYTES */
#define RECEIPT_LOG_OFFSET_VERSION 8  /* u32 */
#define RECEIPT_LOG_OFFSET_REASON  12 /* u32, the reason that the board found committed */
#define RECEIPT_LOG_OFFSET_VECTOR  16 /* u32, the vector that it found committed */
/* What the board showed at the wake. */
#define RECEIPT_LOG_OFFSET_OXYGEN   20 /* u32 */
#define RECEIPT_LOG_OFFSET_JOINT    24 /* u32 */
#define RECEIPT_LOG_OFFSET_PRESSURE 28 /* f32 bits */
#define RECEIPT_LOG_OFFSET_DOSE     32 /* u32 */
/* What it found committed. */
#define RECEIPT_LOG_OFFSET_OUTCOME 36 /* u32, enum outcome_kind */
/* What it showed again. */
#define RECEIPT_LOG_OFFSET_CYCLE    40 /* u64 */
#define RECEIPT_LOG_OFFSET_PREVIOUS 48 /* 32 bytes */
/* What it found committed again. */
#define RECEIPT_LOG_OFFSET_PROOF_LO 80  /* u32 */
#define RECEIPT_LOG_OFFSET_PROOF_HI 84  /* u32 */
#define RECEIPT_LOG_OFFSET_SEQUENCE 88  /* u32 */
#define RECEIPT_LOG_OFFSET_TICKS    92  /* u32 */
#define RECEIPT_LOG_OFFSET_HASH     96  /* 32 bytes, SHA-256 of the record when it was stored */
#define RECEIPT_LOG_OFFSET_RECORD   128 /* RECEIPT_BYTES */

#define RECEIPT_LOG_ENTRY_BYTES (RECEIPT_LOG_OFFSET_RECORD + RECEIPT_BYTES)

#endif

/*
 * core/proof/receipt.h: writing and reading receipts (semantics.md 9; aether/abi/receipt.h).
 */
#ifndef AETHER_PROOF_RECEIPT_H
#define AETHER_PROOF_RECEIPT_H

#include "aether/abi/receipt.h"
#include "core/proof/bundle.h"
#include "core/proof/journal.h"

/* Everything a receipt is made of. Before a bundle was opened `bundle` is NULL and its fields are
 * zero in the record. */
struct receipt_source {
    const uint8_t *image_hash; /* 32 bytes */
    const uint8_t *engine_id;  /* 32 bytes */
    const struct bundle *bundle;
    const struct journal *journal; /* inputs and what the guest did */
    uint32_t flags;                /* enum receipt_flag */
    uint32_t payload_version;
    struct gate_outcome outcome;
};

/* GATE_STATUS_BOARD, _BENCH and _CHAINED as found by the wake, plus what follows from the bundle
 * (NULL: none): the status_bits of journal_inputs. Kernel and verifier both ask here. */
uint32_t receipt_status_bits(uint32_t presence, const struct bundle *bundle);

/* The receipt's flags: they follow from the status bits and the bundle (NULL: none). */
uint32_t receipt_flags(uint32_t status_bits, const struct bundle *bundle);

/* Writes all RECEIPT_BYTES and returns the 64-bit proof: first 8 bytes of SHA-256 of the record,
 * little-endian. For a fault the proof to commit is 0, whatever this returns. */
uint64_t receipt_write(const struct receipt_source *source,
                       uint8_t out_record[static RECEIPT_BYTES], uint8_t out_hash[static 32]);

/* SHA-256 over the engine's name and the revision of its semantics: same for every build of it. */
void receipt_engine_id(uint8_t out_id[static 32]);

struct receipt_field {
    const char *name;
    uint16_t offset;
    uint16_t len;
    char kind; /* 'U', 'H', 'F' */
};
enum receipt_field_id {
#define X(offset, len, name, kind) RECEIPT_FIELD_##name,
    RECEIPT_FIELD_LIST(X)
#undef X
        RECEIPT_FIELD_COUNT
};
extern const struct receipt_field receipt_fields[RECEIPT_FIELD_COUNT];

/* A number field's value (kind U or F, 4 or 8 bytes). */
uint64_t receipt_number(const uint8_t record[static RECEIPT_BYTES], enum receipt_field_id field);

/* Only a result is committed with its proof; a trap and a fault with 0 (decision 0003). */
ALWAYS_INLINE bool receipt_has_proof(uint64_t outcome)
{
    return outcome == OUTCOME_RESULT;
}

/* First 8 bytes of SHA-256 of the record, little-endian; the hash itself when asked for. */
uint64_t receipt_proof(const uint8_t record[static RECEIPT_BYTES], uint8_t out_hash[static 32]);

/* Index of the first field in which two records differ, or -1. */
int receipt_first_difference(const uint8_t a[static RECEIPT_BYTES],
                             const uint8_t b[static RECEIPT_BYTES]);

#endif

/*
 * core/proof/receipt_log.h: one entry of a receipt log (aether/abi/receipt_log.h), and whether a
 * sequence of them is a chain.
 */
#ifndef AETHER_PROOF_RECEIPT_LOG_H
#define AETHER_PROOF_RECEIPT_LOG_H

#include "aether/abi/receipt_log.h"
#include "core/proof/receipt.h"

struct receipt_log_entry {
    uint32_t vector;
    uint32_t oxygen;
    uint32_t joint;
    uint32_t pressure_bits;
    uint32_t dose;
    uint32_t outcome;
    uint32_t reason;
    uint64_t cycle;
    uint8_t previous[32];
    uint64_t proof;
    uint32_t sequence;
    uint32_t ticks;
    uint8_t hash[32]; /* SHA-256 of the record when it came (receipt_proof) */
    uint8_t record[RECEIPT_BYTES];
};

void receipt_log_write(const struct receipt_log_entry *entry,
                       uint8_t out_bytes[static RECEIPT_LOG_ENTRY_BYTES]);

/* Splits the first entry off `*input`, whose first byte is `offset` for the report. Says nothing
 * about the record. TRUNCATED, MALFORMED: neither argument changes. */
enum status MUST_CHECK receipt_log_take(struct bytes *input, uint64_t offset,
                                        struct receipt_log_entry *out_entry, struct report *report);

/* Where the next entry of a log must fit on. */
struct receipt_chain {
    bool has_last;
    uint64_t cycle;   /* of the last entry */
    uint8_t hash[32]; /* SHA-256 of its record */
};

/* NULL and *chain moves on, or the name of what does not fit: a field of the receipt ("cycle",
 * "previous", "outcome", ...), "proof" or "record_hash". Nothing is run. */
const char *receipt_chain_add(struct receipt_chain *chain, const struct receipt_log_entry *entry);

#endif

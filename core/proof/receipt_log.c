/*
 * core/proof/receipt_log.c: entries of a receipt log, as bytes and back; the chain they make.
 */
#include "core/proof/receipt_log.h"

void receipt_log_write(const struct receipt_log_entry *entry,
                       uint8_t out_bytes[static RECEIPT_LOG_ENTRY_BYTES])
{
    memset(out_bytes, 0, RECEIPT_LOG_ENTRY_BYTES);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_MAGIC, RECEIPT_LOG_MAGIC);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_LENGTH, RECEIPT_LOG_ENTRY_BYTES);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_VERSION, RECEIPT_LOG_VERSION);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_VECTOR, entry->vector);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_OXYGEN, entry->oxygen);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_JOINT, entry->joint);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_PRESSURE, entry->pressure_bits);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_DOSE, entry->dose);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_OUTCOME, entry->outcome);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_REASON, entry->reason);
    store_le64(out_bytes + RECEIPT_LOG_OFFSET_CYCLE, entry->cycle);
    memcpy(out_bytes + RECEIPT_LOG_OFFSET_PREVIOUS, entry->previous, sizeof entry->previous);
    store_le64(out_bytes + RECEIPT_LOG_OFFSET_PROOF_LO, entry->proof);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_SEQUENCE, entry->sequence);
    store_le32(out_bytes + RECEIPT_LOG_OFFSET_TICKS, entry->ticks);
    memcpy(out_bytes + RECEIPT_LOG_OFFSET_RECORD, entry->record, RECEIPT_BYTES);
    memcpy(out_bytes + RECEIPT_LOG_OFFSET_HASH, entry->hash, sizeof entry->hash);
}

static enum status check_entry(struct bytes input, uint64_t offset, struct report *report)
{
    const uint8_t *p = input.data;
    if (input.len < RECEIPT_LOG_ENTRY_BYTES)
        return report_fail(report, STATUS_TRUNCATED, offset, "log ends inside of an entry");
    if (load_le32(p + RECEIPT_LOG_OFFSET_MAGIC) != RECEIPT_LOG_MAGIC)
        return report_fail(report, STATUS_MALFORMED, offset, "not an entry of a receipt log");
    if (load_le32(p + RECEIPT_LOG_OFFSET_VERSION) != RECEIPT_LOG_VERSION)
        return report_fail(report, STATUS_MALFORMED, offset + RECEIPT_LOG_OFFSET_VERSION,
                           "version of the entry is not 1");
    if (load_le32(p + RECEIPT_LOG_OFFSET_LENGTH) != RECEIPT_LOG_ENTRY_BYTES)
        return report_fail(report, STATUS_MALFORMED, offset + RECEIPT_LOG_OFFSET_LENGTH,
                           "length of the entry is wrong");
    return STATUS_OK;
}

enum status receipt_log_take(struct bytes *input, uint64_t offset,
                             struct receipt_log_entry *out_entry, struct report *report)
{
    struct bytes entry;
    enum status status = check_entry(*input, offset, report);
    if (status == STATUS_OK)
        status = bytes_take(input, RECEIPT_LOG_ENTRY_BYTES, &entry);
    if (status != STATUS_OK)
        return status;
    const uint8_t *p = entry.data;
    out_entry->vector = load_le32(p + RECEIPT_LOG_OFFSET_VECTOR);
    out_entry->oxygen = load_le32(p + RECEIPT_LOG_OFFSET_OXYGEN);
    out_entry->joint = load_le32(p + RECEIPT_LOG_OFFSET_JOINT);
    out_entry->pressure_bits = load_le32(p + RECEIPT_LOG_OFFSET_PRESSURE);
    out_entry->dose = load_le32(p + RECEIPT_LOG_OFFSET_DOSE);
    out_entry->outcome = load_le32(p + RECEIPT_LOG_OFFSET_OUTCOME);
    out_entry->reason = load_le32(p + RECEIPT_LOG_OFFSET_REASON);
    out_entry->cycle = load_le64(p + RECEIPT_LOG_OFFSET_CYCLE);
    memcpy(out_entry->previous, p + RECEIPT_LOG_OFFSET_PREVIOUS, sizeof out_entry->previous);
    out_entry->proof = load_le64(p + RECEIPT_LOG_OFFSET_PROOF_LO);
    out_entry->sequence = load_le32(p + RECEIPT_LOG_OFFSET_SEQUENCE);
    out_entry->ticks = load_le32(p + RECEIPT_LOG_OFFSET_TICKS);
    memcpy(out_entry->hash, p + RECEIPT_LOG_OFFSET_HASH, sizeof out_entry->hash);
    memcpy(out_entry->record, p + RECEIPT_LOG_OFFSET_RECORD, RECEIPT_BYTES);
    return STATUS_OK;
}

const char *receipt_chain_add(struct receipt_chain *chain, const struct receipt_log_entry *entry)
{
    const uint8_t *record = entry->record;
    const uint8_t *previous = record + receipt_fields[RECEIPT_FIELD_previous].offset;
    uint64_t cycle = receipt_number(record, RECEIPT_FIELD_cycle);
    uint64_t outcome = receipt_number(record, RECEIPT_FIELD_outcome);
    uint8_t hash[32];
    uint64_t proof = receipt_proof(record, hash);
    if (receipt_number(record, RECEIPT_FIELD_magic) != RECEIPT_MAGIC)
        return "magic";
    if (receipt_number(record, RECEIPT_FIELD_version) != RECEIPT_VERSION)
        return "version";
    if (cycle != entry->cycle || (chain->has_last && cycle != chain->cycle + 1))
        return "cycle";
    if (memcmp(previous, entry->previous, 32) != 0 ||
        (chain->has_last && memcmp(previous, chain->hash, 32) != 0))
        return "previous";
    if (outcome != entry->outcome || outcome < OUTCOME_RESULT || outcome > OUTCOME_FAULT)
        return "outcome";
    if (receipt_number(record, RECEIPT_FIELD_reason) != entry->reason)
        return "reason";
    if (entry->proof != (receipt_has_proof(outcome) ? proof : 0))
        return "proof";
    if (memcmp(entry->hash, hash, sizeof hash) != 0)
        return "record_hash";
    chain->has_last = true;
    chain->cycle = cycle;
    memcpy(chain->hash, hash, sizeof chain->hash);
    return NULL;
}

/*
 * cli/verdict.c: makes the receipt that should be, and compares.
 */
#include "cli/verdict.h"

#include "cell/fake/fake.h"
#include "core/crypto/sha256.h"

/* Without keys a bundle is believed to be signed when it says so; the caller tells the person. */
static enum outcome_fault open_unchecked(struct bytes file, struct bundle *out_bundle,
                                         struct report *report)
{
    struct bundle_parts parts;
    struct bundle bundle = {0};
    uint8_t hash[32];
    enum outcome_fault fault = bundle_split(file, &parts, report);
    if (fault != FAULT_NONE)
        return fault;
    if (manifest_read(parts.manifest, parts.manifest_offset, &bundle.manifest, report) != STATUS_OK)
        return FAULT_BAD_BUNDLE;
    sha256_digest(parts.payload, hash);
    if (memcmp(hash, bundle.manifest.payload_hash, sizeof hash) != 0)
        return FAULT_PAYLOAD_HASH;
    sha256_digest(parts.manifest, bundle.manifest_hash);
    bundle.is_signed = parts.is_signed;
    bundle.payload = parts.payload;
    *out_bundle = bundle;
    return FAULT_NONE;
}

void verdict_basis_open(struct verdict_basis *basis, struct bytes bundle_file)
{
    report_init(&basis->report);
    if (basis->has_keys)
        basis->bundle_fault = bundle_open(bundle_file, basis->keys, basis->key_count,
                                          basis->allow_unsigned, &basis->bundle, &basis->report);
    else
        basis->bundle_fault = open_unchecked(bundle_file, &basis->bundle, &basis->report);
}

static bool is_signature_fault(uint64_t reason)
{
    return reason == FAULT_UNSIGNED || reason == FAULT_UNKNOWN_KEY || reason == FAULT_BAD_SIGNATURE;
}

/* Faults of machine and time: no second run shows them. */
static bool is_beyond_a_second_run(uint64_t reason)
{
    switch (reason) {
    case FAULT_KERNEL:
    case FAULT_CPU:
    case FAULT_NO_BOARD:
    case FAULT_DEADLINE:
    case FAULT_PAGE_FAULT:
    case FAULT_EXCEPTION:
    case FAULT_BAD_GATE:
    case FAULT_COMMIT:
    case FAULT_CELL_PANIC:
    case FAULT_NO_MACHINE:
        return true;
    default:
        return false;
    }
}

/* A copy of the payload that went wrong in the machine, of a bundle that is right here. */
static bool is_copy_fault(uint64_t reason, bool has_bundle)
{
    return reason == FAULT_PAYLOAD_HASH && has_bundle;
}

/* Of these, the ones that may come before a bundle was opened. */
static bool is_possible_without_bundle(uint64_t reason)
{
    return reason == FAULT_KERNEL || reason == FAULT_CPU || reason == FAULT_NO_BOARD ||
           reason == FAULT_COMMIT || reason == FAULT_NO_MACHINE;
}

/* Telemetry as [length, bytes]... of exactly `count` vectors in `len` bytes. */
static bool is_telemetry_whole(const uint8_t *telemetry, uint64_t len, uint64_t count)
{
    uint64_t at = 0;
    while (at < len && telemetry[at] <= GATE_TELEMETRY_MAX && count != 0) {
        at += 1 + (uint64_t)telemetry[at];
        count--;
    }
    return at == len && count == 0;
}

/* What the record says that the guest did, when it is well-formed; else nothing, which differs. */
static void journal_from_record(const uint8_t *record, struct journal *journal)
{
    const uint8_t *telemetry = record + receipt_fields[RECEIPT_FIELD_telemetry].offset;
    const uint8_t *signals = record + receipt_fields[RECEIPT_FIELD_signals].offset;
    const uint8_t *uplinks = record + receipt_fields[RECEIPT_FIELD_uplinks].offset;
    uint64_t len = receipt_number(record, RECEIPT_FIELD_telemetry_len);
    uint64_t vectors = receipt_number(record, RECEIPT_FIELD_telemetry_count);
    uint64_t signal_count = receipt_number(record, RECEIPT_FIELD_signal_count);
    uint64_t uplink_count = receipt_number(record, RECEIPT_FIELD_uplink_count);
    if (len <= GATE_TELEMETRY_BYTES && vectors <= GATE_TELEMETRY_BUDGET &&
        is_telemetry_whole(telemetry, len, vectors)) {
        journal->telemetry_count = (uint32_t)vectors;
        journal->telemetry_len = (uint32_t)len;
        memcpy(journal->telemetry, telemetry, len);
    }
    if (signal_count <= GATE_SIGNAL_BUDGET) {
        journal->signal_count = (uint32_t)signal_count;
        for (size_t i = 0; i < signal_count; i++)
            journal->signals[i] = load_le32(signals + 4 * i);
    }
    if (uplink_count <= GATE_UPLINK_BUDGET) {
        journal->uplink_count = (uint32_t)uplink_count;
        for (size_t i = 0; i < uplink_count; i++) {
            journal->uplinks[i][0] = load_le32(uplinks + 8 * i);
            journal->uplinks[i][1] = load_le32(uplinks + 8 * i + 4);
        }
    }
}

static void inputs_of(const struct verdict_basis *basis, const struct receipt_log_entry *entry,
                      const struct bundle *bundle, struct journal_inputs *out_inputs)
{
    uint32_t presence = basis->is_bench ? GATE_STATUS_BENCH : GATE_STATUS_BOARD;
    if (!bytes_are_zero(bytes_of(entry->previous, sizeof entry->previous)))
        presence |= GATE_STATUS_CHAINED;
    *out_inputs = (struct journal_inputs){
        .vector = entry->vector,
        .oxygen = entry->oxygen,
        .joint = entry->joint,
        .pressure_bits = entry->pressure_bits,
        .dose = entry->dose,
        .status_bits = receipt_status_bits(presence, bundle),
        .cycle = entry->cycle,
    };
    memcpy(out_inputs->previous, entry->previous, sizeof out_inputs->previous);
}

/* Everything the expected receipt is made of. */
struct expectation {
    const struct bundle *bundle;
    struct fake_result run; /* outcome, journal, payload_version */
    bool is_unproven; /* what led to the fault can not be shown; the board saw which one it was */
};

static bool expect_run(const struct verdict_basis *basis, const struct receipt_log_entry *entry,
                       struct expectation *e, struct report *report)
{
    struct fake_job job = {.payload = basis->bundle.payload, .manifest = &basis->bundle.manifest};
    inputs_of(basis, entry, &basis->bundle, &job.inputs);
    return fake_run(&job, &e->run, report) == STATUS_OK;
}

static void expect_fault(struct expectation *e, enum outcome_fault fault)
{
    e->run.outcome = (struct gate_outcome){.kind = OUTCOME_FAULT, .reason = (uint32_t)fault};
}

/* A fault that is taken from the board's word. The gate that makes one leaves the numbers of the
 * run at zero and keeps what the guest had done by then. */
static void expect_unproven(const struct receipt_log_entry *entry, struct expectation *e)
{
    expect_fault(e, (enum outcome_fault)entry->reason);
    e->is_unproven = true;
    if (e->bundle == NULL)
        return;
    journal_from_record(entry->record, &e->run.journal);
    e->run.payload_version = (uint32_t)receipt_number(entry->record, RECEIPT_FIELD_payload_version);
}

/* False: the second run could not be made. */
static bool expect(const struct verdict_basis *basis, const struct receipt_log_entry *entry,
                   struct expectation *e, struct report *report)
{
    const uint8_t *manifest_hash =
        entry->record + receipt_fields[RECEIPT_FIELD_manifest_hash].offset;
    bool names_bundle = !bytes_are_zero(bytes_of(manifest_hash, 32));
    bool is_fault = entry->outcome == OUTCOME_FAULT;
    uint32_t reason = entry->reason;
    if (is_fault && !basis->has_keys && is_signature_fault(reason)) {
        expect_unproven(entry, e);
        return true;
    }
    e->bundle = basis->bundle_fault == FAULT_NONE ? &basis->bundle : NULL;
    if (is_fault && (is_beyond_a_second_run(reason) || is_copy_fault(reason, names_bundle))) {
        if (is_possible_without_bundle(reason) && !names_bundle)
            e->bundle = NULL;
        expect_unproven(entry, e);
        return true;
    }
    enum outcome_fault fault = basis->bundle_fault;
    if (fault == FAULT_NONE)
        fault = bundle_admit(&basis->bundle, entry->vector);
    if (fault == FAULT_NONE)
        return expect_run(basis, entry, e, report);
    expect_fault(e, fault);
    return true;
}

static void write_expected(const struct verdict_basis *basis, const struct receipt_log_entry *entry,
                           struct expectation *e, uint8_t out_expected[static RECEIPT_BYTES])
{
    static const uint8_t no_hash[32];
    uint8_t engine_id[32], hash[32];
    struct journal_inputs *inputs = &e->run.journal.inputs;
    inputs_of(basis, entry, e->bundle, inputs);
    receipt_engine_id(engine_id);
    const struct receipt_source source = {
        .image_hash = basis->image_hash != NULL ? basis->image_hash : no_hash,
        .engine_id = engine_id,
        .bundle = e->bundle,
        .journal = &e->run.journal,
        .flags = receipt_flags(inputs->status_bits, e->bundle),
        .payload_version = e->run.payload_version,
        .outcome = e->run.outcome,
    };
    (void)receipt_write(&source, out_expected, hash); /* the proof is taken from the record */
    if (basis->image_hash == NULL)                    /* not checked: as the receipt has it */
        memcpy(out_expected + receipt_fields[RECEIPT_FIELD_image_hash].offset,
               entry->record + receipt_fields[RECEIPT_FIELD_image_hash].offset, 32);
}

static const char *source_of(enum receipt_field_id field)
{
    switch (field) {
    case RECEIPT_FIELD_image_hash:
        return "image";
    case RECEIPT_FIELD_manifest_hash:
    case RECEIPT_FIELD_payload_hash:
    case RECEIPT_FIELD_limit_fuel:
    case RECEIPT_FIELD_limit_memory:
    case RECEIPT_FIELD_limit_stack:
    case RECEIPT_FIELD_limit_arena:
    case RECEIPT_FIELD_limit_tables:
    case RECEIPT_FIELD_limit_deadline_ns:
    case RECEIPT_FIELD_entry_hash:
        return "bundle";
    case RECEIPT_FIELD_flags:
        return "bundle and board";
    case RECEIPT_FIELD_vector:
    case RECEIPT_FIELD_input_oxygen:
    case RECEIPT_FIELD_input_joint:
    case RECEIPT_FIELD_input_pressure:
    case RECEIPT_FIELD_input_dose:
    case RECEIPT_FIELD_cycle:
    case RECEIPT_FIELD_previous:
        return "board";
    case RECEIPT_FIELD_magic:
    case RECEIPT_FIELD_version:
    case RECEIPT_FIELD_suite:
    case RECEIPT_FIELD_length:
    case RECEIPT_FIELD_engine_id:
    case RECEIPT_FIELD_fuel_schedule:
    case RECEIPT_FIELD_reserved0:
    case RECEIPT_FIELD_reserved1:
        return "format";
    default:
        return "second run";
    }
}

static void differ(struct verdict *verdict, int field, const char *expected_by)
{
    verdict->kind = VERDICT_MISMATCH;
    verdict->field = field;
    if (field == VERDICT_PROOF)
        verdict->field_name = "proof";
    else if (field == VERDICT_HASH)
        verdict->field_name = "record_hash";
    else
        verdict->field_name = receipt_fields[field].name;
    verdict->expected_by = expected_by;
}

/* The link to the entry before. */
static void compare_chain(const struct receipt_log_entry *entry,
                          const struct receipt_log_entry *last, struct verdict *verdict)
{
    uint8_t hash[32];
    uint64_t cycle = receipt_number(last->record, RECEIPT_FIELD_cycle) + 1;
    uint8_t *expected_cycle = verdict->expected + receipt_fields[RECEIPT_FIELD_cycle].offset;
    uint8_t *expected_previous = verdict->expected + receipt_fields[RECEIPT_FIELD_previous].offset;
    (void)receipt_proof(last->record, hash);
    store_le64(expected_cycle, cycle);
    memcpy(expected_previous, hash, sizeof hash);
    if (entry->cycle != cycle)
        differ(verdict, RECEIPT_FIELD_cycle, "chain");
    else if (memcmp(entry->previous, hash, sizeof hash) != 0)
        differ(verdict, RECEIPT_FIELD_previous, "chain");
}

/* The end as the board saw it in the window. */
static bool compare_end(const struct receipt_log_entry *entry, struct verdict *verdict)
{
    static const enum receipt_field_id fields[] = {RECEIPT_FIELD_outcome, RECEIPT_FIELD_reason};
    const uint32_t seen[] = {entry->outcome, entry->reason};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (receipt_number(entry->record, fields[i]) == seen[i])
            continue;
        store_le32(verdict->expected + receipt_fields[fields[i]].offset, seen[i]);
        differ(verdict, (int)fields[i], "board");
        return false;
    }
    return true;
}

static void compare(const struct receipt_log_entry *entry, const struct receipt_log_entry *last,
                    struct verdict *verdict)
{
    int field = receipt_first_difference(entry->record, verdict->expected);
    if (field >= 0) {
        differ(verdict, field, source_of((enum receipt_field_id)field));
        return;
    }
    if (!compare_end(entry, verdict))
        return;
    uint64_t proof = receipt_proof(entry->record, verdict->hash);
    bool has_proof = receipt_has_proof(receipt_number(entry->record, RECEIPT_FIELD_outcome));
    verdict->expected_proof = has_proof ? proof : 0;
    if (entry->proof != verdict->expected_proof)
        differ(verdict, VERDICT_PROOF, "hash of the receipt");
    else if (memcmp(entry->hash, verdict->hash, sizeof verdict->hash) != 0)
        differ(verdict, VERDICT_HASH, "board");
    else if (last != NULL)
        compare_chain(entry, last, verdict);
}

void verdict_find(const struct verdict_basis *basis, const struct receipt_log_entry *entry,
                  const struct receipt_log_entry *last, struct verdict *out_verdict)
{
    struct expectation e = {0};
    memset(out_verdict, 0, sizeof *out_verdict);
    report_init(&out_verdict->report);
    report_init(&e.run.report);
    if (!expect(basis, entry, &e, &out_verdict->report)) {
        out_verdict->kind = VERDICT_FAILED;
        return;
    }
    out_verdict->report = e.run.report;
    out_verdict->kind = e.is_unproven ? VERDICT_UNPROVEN : VERDICT_MATCH;
    write_expected(basis, entry, &e, out_verdict->expected);
    compare(entry, last, out_verdict);
}

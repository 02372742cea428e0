/*
 * core/proof/receipt.c: the record, written by name so that the layout stands in one list only.
 */
#include "core/proof/receipt.h"

#include "core/crypto/sha256.h"

/* The engine's semantics, not its build: two builds that must give the same receipts have one id.
 * The number goes up when fuel, traps or numbers of any run change (semantics.md 2 to 5). */
#define ENGINE_NAME "aether engine, semantics 1, fuel schedule 1"

const struct receipt_field receipt_fields[RECEIPT_FIELD_COUNT] = {
#define X(field_offset, field_len, field_name, field_kind)                                         \
    {#field_name, field_offset, field_len, #field_kind[0]},
    RECEIPT_FIELD_LIST(X)
#undef X
};

/* Every field starts where the one before it ends, and the last one ends the record. */
enum {
    FIELD_BYTES_SUM = 0
#define X(offset, len, name, kind) +len
    RECEIPT_FIELD_LIST(X)
#undef X
};
_Static_assert(FIELD_BYTES_SUM == RECEIPT_BYTES, "fields fill the record");
_Static_assert(RECEIPT_FIELD_COUNT == 42, "a field more or less is a new receipt version");

static uint8_t *at(uint8_t *record, enum receipt_field_id field)
{
    return record + receipt_fields[field].offset;
}

static void put_number(uint8_t *record, enum receipt_field_id field, uint64_t value)
{
    if (receipt_fields[field].len == 8)
        store_le64(at(record, field), value);
    else
        store_le32(at(record, field), (uint32_t)value);
}

static void put_bytes(uint8_t *record, enum receipt_field_id field, const void *data, size_t len)
{
    ASSERT(len <= receipt_fields[field].len);
    memcpy(at(record, field), data, len);
}

static void put_bundle(uint8_t *record, const struct bundle *bundle)
{
    const struct manifest_limits *limits = &bundle->manifest.limits;
    uint8_t entry_hash[32];
    manifest_entry_hash(&bundle->manifest, entry_hash);
    put_bytes(record, RECEIPT_FIELD_manifest_hash, bundle->manifest_hash, 32);
    put_bytes(record, RECEIPT_FIELD_payload_hash, bundle->manifest.payload_hash, 32);
    put_number(record, RECEIPT_FIELD_limit_fuel, limits->fuel);
    put_number(record, RECEIPT_FIELD_limit_memory, limits->memory_bytes);
    put_number(record, RECEIPT_FIELD_limit_stack, limits->stack_units);
    put_number(record, RECEIPT_FIELD_limit_arena, limits->arena_bytes);
    put_number(record, RECEIPT_FIELD_limit_tables, limits->table_elements);
    put_number(record, RECEIPT_FIELD_limit_deadline_ns, limits->deadline_ns);
    put_bytes(record, RECEIPT_FIELD_entry_hash, entry_hash, 32);
}

static void put_inputs(uint8_t *record, const struct journal_inputs *inputs)
{
    put_number(record, RECEIPT_FIELD_vector, inputs->vector);
    put_number(record, RECEIPT_FIELD_input_oxygen, inputs->oxygen);
    put_number(record, RECEIPT_FIELD_input_joint, inputs->joint);
    put_number(record, RECEIPT_FIELD_input_pressure, inputs->pressure_bits);
    put_number(record, RECEIPT_FIELD_input_dose, inputs->dose);
    put_number(record, RECEIPT_FIELD_cycle, inputs->cycle);
    put_bytes(record, RECEIPT_FIELD_previous, inputs->previous, 32);
}

static void put_outcome(uint8_t *record, const struct gate_outcome *outcome)
{
    put_number(record, RECEIPT_FIELD_outcome, outcome->kind);
    put_number(record, RECEIPT_FIELD_reason, outcome->reason);
    put_number(record, RECEIPT_FIELD_refusal, outcome->refusal);
    put_number(record, RECEIPT_FIELD_function, outcome->function);
    put_number(record, RECEIPT_FIELD_offset, outcome->offset);
    put_number(record, RECEIPT_FIELD_wanted, outcome->wanted);
    put_number(record, RECEIPT_FIELD_status, (uint32_t)outcome->status);
    put_number(record, RECEIPT_FIELD_fuel_used, outcome->fuel_used);
}

static void put_journal(uint8_t *record, const struct journal *journal)
{
    ASSERT(journal->telemetry_len <= GATE_TELEMETRY_BYTES);
    ASSERT(journal->signal_count <= GATE_SIGNAL_BUDGET);
    ASSERT(journal->uplink_count <= GATE_UPLINK_BUDGET);
    put_number(record, RECEIPT_FIELD_telemetry_count, journal->telemetry_count);
    put_number(record, RECEIPT_FIELD_telemetry_len, journal->telemetry_len);
    put_bytes(record, RECEIPT_FIELD_telemetry, journal->telemetry, journal->telemetry_len);
    put_number(record, RECEIPT_FIELD_signal_count, journal->signal_count);
    uint8_t *signals = at(record, RECEIPT_FIELD_signals);
    for (uint32_t i = 0; i < journal->signal_count; i++)
        store_le32(signals + (size_t)4 * i, journal->signals[i]);
    put_number(record, RECEIPT_FIELD_uplink_count, journal->uplink_count);
    uint8_t *uplinks = at(record, RECEIPT_FIELD_uplinks);
    for (uint32_t i = 0; i < journal->uplink_count; i++) {
        store_le32(uplinks + (size_t)8 * i, journal->uplinks[i][0]);
        store_le32(uplinks + (size_t)8 * i + 4, journal->uplinks[i][1]);
    }
}

uint64_t receipt_write(const struct receipt_source *source,
                       uint8_t out_record[static RECEIPT_BYTES], uint8_t out_hash[static 32])
{
    memset(out_record, 0, RECEIPT_BYTES);
    put_number(out_record, RECEIPT_FIELD_magic, RECEIPT_MAGIC);
    put_number(out_record, RECEIPT_FIELD_version, RECEIPT_VERSION);
    put_number(out_record, RECEIPT_FIELD_suite, RECEIPT_SUITE_SHA256);
    put_number(out_record, RECEIPT_FIELD_length, RECEIPT_BYTES);
    put_bytes(out_record, RECEIPT_FIELD_image_hash, source->image_hash, 32);
    put_bytes(out_record, RECEIPT_FIELD_engine_id, source->engine_id, 32);
    if (source->bundle != NULL)
        put_bundle(out_record, source->bundle);
    put_number(out_record, RECEIPT_FIELD_fuel_schedule, RECEIPT_SCHEDULE);
    put_number(out_record, RECEIPT_FIELD_flags, source->flags);
    put_inputs(out_record, &source->journal->inputs);
    put_number(out_record, RECEIPT_FIELD_payload_version, source->payload_version);
    put_outcome(out_record, &source->outcome);
    put_journal(out_record, source->journal);
    return receipt_proof(out_record, out_hash);
}

uint64_t receipt_proof(const uint8_t record[static RECEIPT_BYTES], uint8_t out_hash[static 32])
{
    sha256_digest(bytes_of(record, RECEIPT_BYTES), out_hash);
    return load_le64(out_hash);
}

void receipt_engine_id(uint8_t out_id[static 32])
{
    sha256_digest(BYTES_LITERAL(ENGINE_NAME), out_id);
}

uint32_t receipt_status_bits(uint32_t presence, const struct bundle *bundle)
{
    uint32_t bits = presence & (GATE_STATUS_BOARD | GATE_STATUS_BENCH | GATE_STATUS_CHAINED |
                                GATE_STATUS_FAULT_TO_TRAP);
    bits |= GATE_STATUS_METERED | GATE_STATUS_DEADLINE | GATE_STATUS_MEMORY_CAP;
    if (bundle == NULL)
        return bits;
    if (bundle->is_signed)
        bits |= GATE_STATUS_SIGNED;
    if ((bundle->manifest.flags & MANIFEST_FAULT_TO_TRAP) != 0)
        bits |= GATE_STATUS_FAULT_TO_TRAP;
    return bits;
}

uint32_t receipt_flags(uint32_t status_bits, const struct bundle *bundle)
{
    uint32_t flags = 0;
    flags |= (status_bits & GATE_STATUS_BOARD) != 0 ? (uint32_t)RECEIPT_BOARD : 0;
    flags |= (status_bits & GATE_STATUS_BENCH) != 0 ? (uint32_t)RECEIPT_BENCH : 0;
    flags |= (status_bits & GATE_STATUS_CHAINED) != 0 ? (uint32_t)RECEIPT_CHAINED : 0;
    flags |= (status_bits & GATE_STATUS_FAULT_TO_TRAP) != 0 ? (uint32_t)RECEIPT_FAULT_TO_TRAP : 0;
    if (bundle == NULL)
        return flags;
    flags |= bundle->is_signed ? 0 : (uint32_t)RECEIPT_UNSIGNED;
    flags |= bundle->manifest.kind == MANIFEST_KIND_IMAGE ? (uint32_t)RECEIPT_NATIVE : 0;
    if ((bundle->manifest.flags & MANIFEST_FAULT_TO_TRAP) != 0)
        flags |= RECEIPT_FAULT_TO_TRAP;
    return flags;
}

uint64_t receipt_number(const uint8_t record[static RECEIPT_BYTES], enum receipt_field_id field)
{
    const uint8_t *p = record + receipt_fields[field].offset;
    return receipt_fields[field].len == 8 ? load_le64(p) : load_le32(p);
}

int receipt_first_difference(const uint8_t a[static RECEIPT_BYTES],
                             const uint8_t b[static RECEIPT_BYTES])
{
    for (int i = 0; i < (int)RECEIPT_FIELD_COUNT; i++) {
        const struct receipt_field *field = &receipt_fields[i];
        if (memcmp(a + field->offset, b + field->offset, field->len) != 0)
            return i;
    }
    return -1;
}

/*
 * tests/unit/proof/test_receipt.c: every field has its place, and the proof is of all of them.
 */
#include "core/proof/receipt.h"

#include "core/crypto/sha256.h"
#include "tests/support/test.h"

static uint8_t image_hash[32], engine_id[32];
static struct bundle bundle;
static struct journal journal;

static struct receipt_source a_source(void)
{
    memset(image_hash, 0x11, sizeof image_hash);
    memset(engine_id, 0x22, sizeof engine_id);
    manifest_init(&bundle.manifest);
    memset(bundle.manifest_hash, 0x33, sizeof bundle.manifest_hash);
    memset(bundle.manifest.payload_hash, 0x44, sizeof bundle.manifest.payload_hash);
    bundle.manifest.limits = (struct manifest_limits){1001, 1002, 1003, 1004, 1005, 1006};
    memset(&journal, 0, sizeof journal);
    journal.inputs = (struct journal_inputs){.vector = 0x21,
                                             .oxygen = 2001,
                                             .joint = 2002,
                                             .pressure_bits = 0x3DF5C28F,
                                             .dose = 2004,
                                             .cycle = 0x123456789A};
    memset(journal.inputs.previous, 0x55, 32);
    journal.telemetry_count = 1;
    journal.telemetry_len = 4;
    memcpy(journal.telemetry, "\3abc", 4);
    journal.signal_count = 2;
    journal.signals[0] = 0xA1;
    journal.signals[1] = 0xA2;
    journal.uplink_count = 1;
    journal.uplinks[0][0] = 0xB1;
    journal.uplinks[0][1] = 0xB2;
    return (struct receipt_source){.image_hash = image_hash,
                                   .engine_id = engine_id,
                                   .bundle = &bundle,
                                   .journal = &journal,
                                   .flags = RECEIPT_BOARD | RECEIPT_CHAINED,
                                   .payload_version = 0xA17E0001,
                                   .outcome = {.kind = OUTCOME_RESULT,
                                               .reason = 3001,
                                               .refusal = 3002,
                                               .function = 3003,
                                               .offset = 3004,
                                               .fuel_used = 3005,
                                               .status = -2,
                                               .wanted = 3006}};
}

static bool all_bytes_are(const uint8_t *bytes, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

TEST(every_number_stands_where_the_list_says)
{
    static const struct {
        enum receipt_field_id field;
        uint64_t value;
    } wanted[] = {
        {RECEIPT_FIELD_magic, 0x52485445},
        {RECEIPT_FIELD_version, 1},
        {RECEIPT_FIELD_suite, 1},
        {RECEIPT_FIELD_length, 1024},
        {RECEIPT_FIELD_limit_fuel, 1001},
        {RECEIPT_FIELD_limit_memory, 1002},
        {RECEIPT_FIELD_limit_stack, 1003},
        {RECEIPT_FIELD_limit_arena, 1004},
        {RECEIPT_FIELD_limit_tables, 1005},
        {RECEIPT_FIELD_limit_deadline_ns, 1006},
        {RECEIPT_FIELD_fuel_schedule, 1},
        {RECEIPT_FIELD_flags, RECEIPT_BOARD | RECEIPT_CHAINED},
        {RECEIPT_FIELD_vector, 0x21},
        {RECEIPT_FIELD_input_oxygen, 2001},
        {RECEIPT_FIELD_input_joint, 2002},
        {RECEIPT_FIELD_input_pressure, 0x3DF5C28F},
        {RECEIPT_FIELD_input_dose, 2004},
        {RECEIPT_FIELD_payload_version, 0xA17E0001},
        {RECEIPT_FIELD_cycle, 0x123456789A},
        {RECEIPT_FIELD_outcome, OUTCOME_RESULT},
        {RECEIPT_FIELD_reason, 3001},
        {RECEIPT_FIELD_refusal, 3002},
        {RECEIPT_FIELD_function, 3003},
        {RECEIPT_FIELD_offset, 3004},
        {RECEIPT_FIELD_wanted, 3006},
        {RECEIPT_FIELD_status, 0xFFFFFFFE},
        {RECEIPT_FIELD_fuel_used, 3005},
        {RECEIPT_FIELD_telemetry_count, 1},
        {RECEIPT_FIELD_telemetry_len, 4},
        {RECEIPT_FIELD_signal_count, 2},
        {RECEIPT_FIELD_uplink_count, 1},
        {RECEIPT_FIELD_reserved0, 0},
    };
    struct receipt_source source = a_source();
    uint8_t record[RECEIPT_BYTES], hash[32];
    memset(record, 0xEE, sizeof record);

    (void)receipt_write(&source, record, hash); /* the record is what is looked at */

    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        assert_true(receipt_number(record, wanted[i].field) == wanted[i].value);
}

TEST(hashes_and_lists_stand_where_the_list_says_and_the_rest_is_zero)
{
    struct receipt_source source = a_source();
    uint8_t record[RECEIPT_BYTES], hash[32];
    memset(record, 0xEE, sizeof record);

    (void)receipt_write(&source, record, hash); /* the record is what is looked at */

    assert_true(all_bytes_are(record + 16, 32, 0x11));
    assert_true(all_bytes_are(record + 48, 32, 0x22));
    assert_true(all_bytes_are(record + 80, 32, 0x33));
    assert_true(all_bytes_are(record + 112, 32, 0x44));
    assert_true(all_bytes_are(record + 264, 32, 0x55));
    manifest_entry_hash(&bundle.manifest, hash);
    assert_memory_equal(record + 200, hash, 32);
    assert_memory_equal(record + 352, "\3abc\0", 5);
    assert_true(all_bytes_are(record + 356, 380, 0));
    assert_memory_equal(record + 740, "\xA1\0\0\0\xA2\0\0\0\0", 9);
    assert_memory_equal(record + 808, "\xB1\0\0\0\xB2\0\0\0\0", 9);
    assert_true(all_bytes_are(record + 872, 152, 0));
}

TEST(fields_follow_each_other_without_gaps)
{
    size_t at = 0;
    for (size_t i = 0; i < RECEIPT_FIELD_COUNT; i++) {
        assert_int_equal(receipt_fields[i].offset, at);
        at += receipt_fields[i].len;
        assert_non_null(strchr("UHF", receipt_fields[i].kind));
    }
    assert_int_equal(at, RECEIPT_BYTES);
}

TEST(without_a_bundle_its_fields_are_zero)
{
    struct receipt_source source = a_source();
    uint8_t record[RECEIPT_BYTES], hash[32];
    source.bundle = NULL;

    (void)receipt_write(&source, record, hash); /* the record is what is looked at */

    assert_true(all_bytes_are(record + 80, 112, 0));
    assert_true(all_bytes_are(record + 200, 32, 0));
    assert_int_equal(receipt_number(record, RECEIPT_FIELD_fuel_schedule), 1);
}

TEST(the_proof_is_the_start_of_the_hash)
{
    struct receipt_source source = a_source();
    uint8_t record[RECEIPT_BYTES], hash[32], wanted[32];

    uint64_t proof = receipt_write(&source, record, hash);

    sha256_digest(bytes_of(record, sizeof record), wanted);
    assert_memory_equal(hash, wanted, 32);
    assert_true(proof == load_le64(wanted));
    assert_true(receipt_proof(record, hash) == proof);
}

TEST(a_difference_is_found_in_every_field)
{
    struct receipt_source source = a_source();
    uint8_t record[RECEIPT_BYTES], other[RECEIPT_BYTES], hash[32];
    (void)receipt_write(&source, record, hash); /* the record is what is looked at */
    assert_int_equal(receipt_first_difference(record, record), -1);

    for (int i = 0; i < (int)RECEIPT_FIELD_COUNT; i++) {
        memcpy(other, record, sizeof other);
        other[receipt_fields[i].offset + receipt_fields[i].len - 1] ^= 0x80;
        assert_int_equal(receipt_first_difference(record, other), i);
    }
}

TEST(the_engine_id_is_the_published_one)
{
    uint8_t id[32], wanted[32];

    receipt_engine_id(id);

    sha256_digest(BYTES_LITERAL("aether engine, semantics 1, fuel schedule 1"), wanted);
    assert_memory_equal(id, wanted, 32);
}

TEST(status_bits_and_flags_follow_from_board_and_bundle)
{
    struct bundle b = {0};
    uint32_t always = GATE_STATUS_METERED | GATE_STATUS_DEADLINE | GATE_STATUS_MEMORY_CAP;
    manifest_init(&b.manifest);

    assert_int_equal(receipt_status_bits(GATE_STATUS_BOARD | 0x20, NULL),
                     always | GATE_STATUS_BOARD);
    assert_int_equal(receipt_status_bits(0, &b), always);
    assert_int_equal(receipt_flags(GATE_STATUS_BENCH, NULL), RECEIPT_BENCH);
    assert_int_equal(receipt_flags(GATE_STATUS_BOARD | GATE_STATUS_CHAINED, &b),
                     RECEIPT_BOARD | RECEIPT_CHAINED | RECEIPT_UNSIGNED);
    assert_int_equal(receipt_status_bits(GATE_STATUS_FAULT_TO_TRAP, &b),
                     always | GATE_STATUS_FAULT_TO_TRAP);
    assert_int_equal(receipt_flags(GATE_STATUS_FAULT_TO_TRAP, NULL), RECEIPT_FAULT_TO_TRAP);

    b.is_signed = true;
    b.manifest.flags = MANIFEST_FAULT_TO_TRAP;
    b.manifest.kind = MANIFEST_KIND_IMAGE;
    assert_int_equal(receipt_status_bits(0, &b),
                     always | GATE_STATUS_SIGNED | GATE_STATUS_FAULT_TO_TRAP);
    assert_int_equal(receipt_flags(0, &b), RECEIPT_NATIVE | RECEIPT_FAULT_TO_TRAP);
}

TEST_MAIN(T(every_number_stands_where_the_list_says),
          T(hashes_and_lists_stand_where_the_list_says_and_the_rest_is_zero),
          T(fields_follow_each_other_without_gaps), T(without_a_bundle_its_fields_are_zero),
          T(the_proof_is_the_start_of_the_hash), T(a_difference_is_found_in_every_field),
          T(the_engine_id_is_the_published_one),
          T(status_bits_and_flags_follow_from_board_and_bundle))

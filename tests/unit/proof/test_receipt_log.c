/*
 * tests/unit/proof/test_receipt_log.c: entries as bytes and back, and where a chain breaks.
 */
#include "core/proof/receipt_log.h"

#include "tests/support/test.h"

static uint8_t *field(struct receipt_log_entry *entry, enum receipt_field_id id)
{
    return entry->record + receipt_fields[id].offset;
}

/* An entry that follows `last` (NULL: the first). */
static struct receipt_log_entry an_entry(const struct receipt_log_entry *last,
                                         enum outcome_kind outcome)
{
    struct receipt_log_entry entry = {.vector = 0x20,
                                      .oxygen = 1,
                                      .joint = 2,
                                      .pressure_bits = 3,
                                      .dose = 4,
                                      .outcome = (uint32_t)outcome,
                                      .reason = 8,
                                      .cycle = last == NULL ? 5 : last->cycle + 1,
                                      .sequence = 6,
                                      .ticks = 7};
    if (last != NULL)
        (void)receipt_proof(last->record, entry.previous); /* wanted: the hash */
    store_le32(field(&entry, RECEIPT_FIELD_magic), RECEIPT_MAGIC);
    store_le32(field(&entry, RECEIPT_FIELD_version), RECEIPT_VERSION);
    store_le64(field(&entry, RECEIPT_FIELD_cycle), entry.cycle);
    memcpy(field(&entry, RECEIPT_FIELD_previous), entry.previous, 32);
    store_le32(field(&entry, RECEIPT_FIELD_outcome), (uint32_t)outcome);
    store_le32(field(&entry, RECEIPT_FIELD_reason), 8);
    entry.proof = receipt_proof(entry.record, entry.hash);
    if (outcome != OUTCOME_RESULT)
        entry.proof = 0;
    return entry;
}

TEST(what_is_written_is_taken_back)
{
    struct receipt_log_entry entry = an_entry(NULL, OUTCOME_TRAP), again;
    uint8_t bytes[2 * RECEIPT_LOG_ENTRY_BYTES];
    memset(entry.previous, 9, 32);
    receipt_log_write(&entry, bytes);
    receipt_log_write(&entry, bytes + RECEIPT_LOG_ENTRY_BYTES);
    struct bytes input = bytes_of(bytes, sizeof bytes);

    assert_int_equal(receipt_log_take(&input, 0, &again, NULL), STATUS_OK);

    assert_int_equal(input.len, RECEIPT_LOG_ENTRY_BYTES);
    assert_int_equal(again.vector, 0x20);
    assert_int_equal(again.oxygen, 1);
    assert_int_equal(again.joint, 2);
    assert_int_equal(again.pressure_bits, 3);
    assert_int_equal(again.dose, 4);
    assert_int_equal(again.outcome, OUTCOME_TRAP);
    assert_int_equal(again.reason, 8);
    assert_memory_equal(again.hash, entry.hash, 32);
    assert_int_equal(again.cycle, 5);
    assert_memory_equal(again.previous, entry.previous, 32);
    assert_true(again.proof == entry.proof);
    assert_int_equal(again.sequence, 6);
    assert_int_equal(again.ticks, 7);
    assert_memory_equal(again.record, entry.record, RECEIPT_BYTES);
    assert_int_equal(receipt_log_take(&input, 0, &again, NULL), STATUS_OK);
    assert_int_equal(input.len, 0);
}

TEST(half_an_entry_is_truncated)
{
    struct receipt_log_entry entry = an_entry(NULL, OUTCOME_TRAP), again;
    uint8_t bytes[RECEIPT_LOG_ENTRY_BYTES];
    struct report report;
    receipt_log_write(&entry, bytes);
    report_init(&report);
    struct bytes input = bytes_of(bytes, sizeof bytes - 1);

    assert_int_equal(receipt_log_take(&input, 500, &again, &report), STATUS_TRUNCATED);

    assert_int_equal(input.len, sizeof bytes - 1);
    assert_int_equal(report.offset, 500);
}

TEST(a_header_byte_that_is_wrong_is_refused)
{
    static const size_t places[] = {0, 3, 4, 7, 8, 11};
    struct receipt_log_entry entry = an_entry(NULL, OUTCOME_TRAP), again;
    uint8_t bytes[RECEIPT_LOG_ENTRY_BYTES];
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        receipt_log_write(&entry, bytes);
        bytes[places[i]] ^= 0x40;
        struct bytes input = bytes_of(bytes, sizeof bytes);

        assert_int_equal(receipt_log_take(&input, 0, &again, NULL), STATUS_MALFORMED);
        assert_int_equal(input.len, sizeof bytes);
    }
}

TEST(a_chain_of_results_traps_and_faults_fits)
{
    struct receipt_chain chain = {0};
    struct receipt_log_entry a = an_entry(NULL, OUTCOME_RESULT);
    struct receipt_log_entry b = an_entry(&a, OUTCOME_FAULT);
    struct receipt_log_entry c = an_entry(&b, OUTCOME_TRAP);

    assert_null(receipt_chain_add(&chain, &a));
    assert_null(receipt_chain_add(&chain, &b));
    assert_null(receipt_chain_add(&chain, &c));

    assert_int_equal(chain.cycle, 7);
}

TEST(a_missing_entry_is_a_break_in_the_cycle)
{
    struct receipt_chain chain = {0};
    struct receipt_log_entry a = an_entry(NULL, OUTCOME_RESULT);
    struct receipt_log_entry b = an_entry(&a, OUTCOME_RESULT);
    struct receipt_log_entry c = an_entry(&b, OUTCOME_RESULT);
    assert_null(receipt_chain_add(&chain, &a));

    assert_string_equal(receipt_chain_add(&chain, &c), "cycle");

    assert_int_equal(chain.cycle, a.cycle);
}

TEST(an_entry_of_another_history_is_a_break_in_previous)
{
    struct receipt_chain chain = {0};
    struct receipt_log_entry a = an_entry(NULL, OUTCOME_RESULT);
    struct receipt_log_entry other = an_entry(NULL, OUTCOME_TRAP);
    struct receipt_log_entry b = an_entry(&other, OUTCOME_RESULT);
    assert_null(receipt_chain_add(&chain, &a));

    assert_string_equal(receipt_chain_add(&chain, &b), "previous");
}

TEST(what_the_board_did_not_show_is_a_break)
{
    struct receipt_chain chain = {0};
    struct receipt_log_entry entry = an_entry(NULL, OUTCOME_RESULT);
    entry.cycle++;
    assert_string_equal(receipt_chain_add(&chain, &entry), "cycle");

    entry = an_entry(NULL, OUTCOME_RESULT);
    entry.previous[0]++;
    assert_string_equal(receipt_chain_add(&chain, &entry), "previous");

    entry = an_entry(NULL, OUTCOME_RESULT);
    entry.outcome = OUTCOME_TRAP;
    assert_string_equal(receipt_chain_add(&chain, &entry), "outcome");

    entry = an_entry(NULL, OUTCOME_FAULT);
    entry.reason = 9;
    assert_string_equal(receipt_chain_add(&chain, &entry), "reason");

    entry = an_entry(NULL, (enum outcome_kind)4);
    assert_string_equal(receipt_chain_add(&chain, &entry), "outcome");
}

TEST(another_proof_than_the_hash_is_a_break)
{
    struct receipt_chain chain = {0};
    struct receipt_log_entry entry = an_entry(NULL, OUTCOME_RESULT);
    entry.proof = 0;
    assert_string_equal(receipt_chain_add(&chain, &entry), "proof");

    uint8_t hash[32];
    entry = an_entry(NULL, OUTCOME_TRAP);
    entry.proof = receipt_proof(entry.record, hash);
    assert_string_equal(receipt_chain_add(&chain, &entry), "proof");

    entry = an_entry(NULL, OUTCOME_FAULT);
    entry.proof = receipt_proof(entry.record, hash);
    assert_string_equal(receipt_chain_add(&chain, &entry), "proof");

    entry = an_entry(NULL, OUTCOME_RESULT);
    entry.record[900] ^= 1;
    assert_string_equal(receipt_chain_add(&chain, &entry), "proof");

    entry = an_entry(NULL, OUTCOME_FAULT);
    entry.record[900] ^= 1;
    assert_string_equal(receipt_chain_add(&chain, &entry), "record_hash");
    assert_false(chain.has_last);
}

TEST(what_is_no_receipt_is_a_break)
{
    struct receipt_chain chain = {0};
    struct receipt_log_entry entry = an_entry(NULL, OUTCOME_RESULT);
    entry.record[0] ^= 1;
    assert_string_equal(receipt_chain_add(&chain, &entry), "magic");

    entry = an_entry(NULL, OUTCOME_RESULT);
    entry.record[4] ^= 2;
    assert_string_equal(receipt_chain_add(&chain, &entry), "version");
}

TEST_MAIN(T(what_is_written_is_taken_back), T(half_an_entry_is_truncated),
          T(a_header_byte_that_is_wrong_is_refused), T(a_chain_of_results_traps_and_faults_fits),
          T(a_missing_entry_is_a_break_in_the_cycle),
          T(an_entry_of_another_history_is_a_break_in_previous),
          T(what_the_board_did_not_show_is_a_break), T(another_proof_than_the_hash_is_a_break),
          T(what_is_no_receipt_is_a_break))

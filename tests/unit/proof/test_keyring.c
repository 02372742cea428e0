/*
 * tests/unit/proof/test_keyring.c: an image's keys: one form, every kid checked.
 */
#include "core/proof/keyring.h"

#include "tests/support/signer.h"
#include "tests/support/test.h"

static uint8_t memory[KEYRING_BYTES_MAX + 1];

static struct bytes ring(size_t count, bool bench)
{
    struct bundle_key keys[KEYRING_KEYS_MAX];
    struct buffer buffer = {.data = memory, .cap = sizeof memory};
    for (size_t i = 0; i < count; i++) {
        struct signer signer;
        signer_init(&signer, (uint8_t)(count - i));
        keys[i] = signer.key;
    }
    assert_int_equal(keyring_write(keys, count, bench, &buffer), STATUS_OK);
    return buffer_bytes(&buffer);
}

static void refused(struct bytes input, enum status wanted, const char *text)
{
    const struct bundle_key *keys = NULL;
    size_t count = 77;
    bool bench = false;
    struct report report;
    report_init(&report);

    assert_int_equal(keyring_open(input, &keys, &count, &bench, &report), wanted);
    assert_non_null(strstr(report.text, text));
    assert_null(keys);
    assert_int_equal(count, 77);
}

TEST(what_is_written_opens_in_the_order_of_the_key_ids)
{
    struct bytes bytes = ring(4, false);
    const struct bundle_key *keys;
    size_t count;
    bool bench = true;

    assert_int_equal(keyring_open(bytes, &keys, &count, &bench, NULL), STATUS_OK);

    assert_int_equal(count, 4);
    assert_false(bench);
    for (size_t i = 1; i < count; i++)
        assert_true(memcmp(keys[i - 1].kid, keys[i].kid, 8) < 0);
}

TEST(a_key_ring_may_be_empty_full_and_for_bench_use)
{
    const struct bundle_key *keys;
    size_t count;
    bool bench = false;

    assert_int_equal(keyring_open(ring(0, true), &keys, &count, &bench, NULL), STATUS_OK);
    assert_int_equal(count, 0);
    assert_true(bench);
    assert_int_equal(keyring_open(ring(16, true), &keys, &count, &bench, NULL), STATUS_OK);
    assert_int_equal(count, 16);
}

TEST(a_length_that_does_not_fit_is_refused)
{
    struct bytes bytes = ring(2, false);

    for (size_t len = 0; len < bytes.len; len++)
        refused(bytes_of(memory, len), len < 16 ? STATUS_TRUNCATED : STATUS_MALFORMED, "keyring");
    refused(bytes_of(memory, bytes.len + 1), STATUS_MALFORMED, "length does not fit");
}

TEST(any_changed_bit_but_the_bench_flag_is_refused)
{
    struct bytes bytes = ring(2, false);
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        const struct bundle_key *keys;
        size_t count;
        bool bench = false;
        memory[bit / 8] ^= (uint8_t)(1u << bit % 8);

        enum status status = keyring_open(bytes, &keys, &count, &bench, NULL);

        assert_true((status == STATUS_OK) == (bit == (size_t)8 * KEYRING_OFFSET_FLAGS));
        memory[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

TEST(keys_out_of_order_are_refused)
{
    uint8_t swap[KEYRING_ENTRY_BYTES];
    struct bytes bytes = ring(2, false);
    memcpy(swap, memory + 16, 72);
    memcpy(memory + 16, memory + 16 + 72, 72);
    memcpy(memory + 16 + 72, swap, 72);

    refused(bytes, STATUS_MALFORMED, "ascend");
}

TEST(a_key_twice_or_too_many_are_not_written)
{
    struct bundle_key keys[17];
    struct buffer buffer = {.data = memory, .cap = sizeof memory};
    struct signer signer;
    signer_init(&signer, 1);
    for (size_t i = 0; i < 17; i++)
        keys[i] = signer.key;

    assert_int_equal(keyring_write(keys, 2, false, &buffer), STATUS_INVALID);
    assert_int_equal(keyring_write(keys, 17, false, &buffer), STATUS_LIMIT);
    keys[0].kid[0] ^= 1;
    assert_int_equal(keyring_write(keys, 1, false, &buffer), STATUS_INVALID);
    buffer.cap = 87;
    assert_int_equal(keyring_write(keys + 1, 1, false, &buffer), STATUS_NO_MEMORY);
    assert_int_equal(buffer.len, 0);
}

TEST_MAIN(T(what_is_written_opens_in_the_order_of_the_key_ids),
          T(a_key_ring_may_be_empty_full_and_for_bench_use),
          T(a_length_that_does_not_fit_is_refused),
          T(any_changed_bit_but_the_bench_flag_is_refused), T(keys_out_of_order_are_refused),
          T(a_key_twice_or_too_many_are_not_written))

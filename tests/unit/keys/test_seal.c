/*
 * tests/unit/keys/test_seal.c: records come back in their place alone, keys are one app's, and what
 * was dropped is gone.
 */
#include "node/keys/seal.h"
#include "tests/support/keys_trial.h"
#include "tests/support/test.h"

static uint64_t new_key(struct keys_trial *trial, const char *app)
{
    const union message_any request = {.key_new = {.id = 5, .app = bytes_of(app, strlen(app))}};
    const union message_any *answer =
        keys_trial_ask(trial, MESSAGE_KEY_NEW, &request, MESSAGE_KEY_IS);
    assert_int_equal(answer->key_is.fingerprint.len, 0);
    return answer->key_is.slot;
}

static uint64_t given_key(struct keys_trial *trial, const char *app, uint8_t byte)
{
    uint8_t key[32];
    memset(key, byte, sizeof key);
    const union message_any request = {
        .key_given = {.id = 6, .app = bytes_of(app, strlen(app)), .key = bytes_of(key, 32)}};
    return keys_trial_ask(trial, MESSAGE_KEY_GIVEN, &request, MESSAGE_KEY_IS)->key_is.slot;
}

/* "value" in table files, record r, version 7; a copy for the caller. */
static struct bytes seal_value(struct keys_trial *trial, uint64_t slot, uint8_t memory[static 64])
{
    const union message_any request = {.seal = {.id = 1,
                                                .slot = slot,
                                                .table = BYTES_LITERAL("files"),
                                                .record = BYTES_LITERAL("r"),
                                                .version = 7,
                                                .plain = BYTES_LITERAL("value")}};
    const struct bytes sealed =
        keys_trial_ask(trial, MESSAGE_SEAL, &request, MESSAGE_SEALED)->sealed.sealed;
    assert_int_equal(sealed.len, 5 + SEAL_MORE);
    memcpy(memory, sealed.data, sealed.len);
    return bytes_of(memory, sealed.len);
}

static union message_any unseal_value(uint64_t slot, struct bytes sealed)
{
    return (union message_any){.unseal = {.id = 2,
                                          .slot = slot,
                                          .table = BYTES_LITERAL("files"),
                                          .record = BYTES_LITERAL("r"),
                                          .version = 7,
                                          .sealed = sealed}};
}

static void assert_opens(struct keys_trial *trial, const union message_any *request)
{
    const union message_any *answer =
        keys_trial_ask(trial, MESSAGE_UNSEAL, request, MESSAGE_UNSEALED);
    assert_true(bytes_equal(answer->unsealed.plain, BYTES_LITERAL("value")));
}

TEST(a_record_comes_back_in_its_place_alone)
{
    struct keys_trial trial;
    uint8_t memory[64];
    keys_trial_open(&trial, -1);
    const uint64_t slot = new_key(&trial, "app"), other = new_key(&trial, "app");
    const struct bytes sealed = seal_value(&trial, slot, memory);
    const union message_any right = unseal_value(slot, sealed);
    assert_opens(&trial, &right);

    union message_any wrong = right;
    wrong.unseal.table = BYTES_LITERAL("file");
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &wrong, MESSAGE_FAILURE_TAMPERED);
    wrong = right;
    wrong.unseal.record = BYTES_LITERAL("s");
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &wrong, MESSAGE_FAILURE_TAMPERED);
    wrong = right;
    wrong.unseal.version = 6;
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &wrong, MESSAGE_FAILURE_TAMPERED);
    wrong = right;
    wrong.unseal.slot = other;
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &wrong, MESSAGE_FAILURE_TAMPERED);
    wrong.unseal.slot = 0;
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &wrong, MESSAGE_FAILURE_TAMPERED);
    /* Parts do not run into each other. */
    wrong = right;
    wrong.unseal.table = BYTES_LITERAL("filesr");
    wrong.unseal.record = BYTES_LITERAL("");
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &wrong, MESSAGE_FAILURE_TAMPERED);
    keys_trial_close(&trial);
}

TEST(every_flipped_bit_and_every_cut_is_seen)
{
    struct keys_trial trial;
    uint8_t memory[64];
    keys_trial_open(&trial, -1);
    const uint64_t slot = new_key(&trial, "app");
    const struct bytes sealed = seal_value(&trial, slot, memory);
    const union message_any request = unseal_value(slot, sealed);

    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        memory[bit / 8] ^= (uint8_t)(1u << bit % 8);
        keys_trial_refused(&trial, MESSAGE_UNSEAL, &request, MESSAGE_FAILURE_TAMPERED);
        memory[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < sealed.len; len++) {
        const union message_any cut = unseal_value(slot, bytes_of(memory, len));
        keys_trial_refused(&trial, MESSAGE_UNSEAL, &cut, MESSAGE_FAILURE_TAMPERED);
    }
    assert_opens(&trial, &request);
    keys_trial_close(&trial);
}

TEST(the_same_record_never_looks_the_same)
{
    struct keys_trial trial;
    uint8_t first[64], second[64];
    keys_trial_open(&trial, -1);

    const struct bytes a = seal_value(&trial, 0, first), b = seal_value(&trial, 0, second);

    assert_memory_not_equal(a.data, b.data, SEAL_SALT_LEN);
    assert_memory_not_equal(a.data + SEAL_SALT_LEN, b.data + SEAL_SALT_LEN, 5);
    keys_trial_close(&trial);
}

TEST(names_of_records_are_keyed)
{
    struct keys_trial trial;
    uint8_t first[32];
    keys_trial_open(&trial, -1);
    union message_any request = {
        .record = {.id = 3, .slot = new_key(&trial, "app"), .name = BYTES_LITERAL("fs:/greeting")}};
    const union message_any *answer =
        keys_trial_ask(&trial, MESSAGE_RECORD, &request, MESSAGE_RECORD_IS);
    memcpy(first, answer->record_is.record.data, 32);

    answer = keys_trial_ask(&trial, MESSAGE_RECORD, &request, MESSAGE_RECORD_IS);
    assert_memory_equal(answer->record_is.record.data, first, 32);
    request.record.slot = new_key(&trial, "app");
    answer = keys_trial_ask(&trial, MESSAGE_RECORD, &request, MESSAGE_RECORD_IS);
    assert_memory_not_equal(answer->record_is.record.data, first, 32);
    keys_trial_close(&trial);
}

TEST(a_given_key_opens_its_data_again_for_its_app_alone)
{
    struct keys_trial trial;
    uint8_t memory[64];
    keys_trial_open(&trial, -1);
    const uint64_t slot = given_key(&trial, "app", 1);
    const struct bytes sealed = seal_value(&trial, slot, memory);
    const union message_any drop = {.key_drop = {.id = 4, .slot = slot}};
    (void)keys_trial_ask(&trial, MESSAGE_KEY_DROP, &drop, MESSAGE_DONE);

    union message_any request = unseal_value(given_key(&trial, "app", 1), sealed);
    assert_opens(&trial, &request);
    request.unseal.slot = given_key(&trial, "app", 2);
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &request, MESSAGE_FAILURE_TAMPERED);
    request.unseal.slot = given_key(&trial, "App", 1);
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &request, MESSAGE_FAILURE_TAMPERED);
    keys_trial_close(&trial);
}

TEST(a_given_key_has_its_fingerprint)
{
    static const uint8_t expected[] = {0x72, 0xcd, 0x6e, 0x84, 0x22, 0xc4, 0x07, 0xfb};
    struct keys_trial trial;
    uint8_t key[32];
    memset(key, 1, sizeof key);
    keys_trial_open(&trial, -1);
    const union message_any request = {
        .key_given = {.id = 6, .app = BYTES_LITERAL("app"), .key = bytes_of(key, 32)}};
    const union message_any *answer =
        keys_trial_ask(&trial, MESSAGE_KEY_GIVEN, &request, MESSAGE_KEY_IS);

    assert_int_equal(answer->key_is.fingerprint.len, 32);
    assert_memory_equal(answer->key_is.fingerprint.data, expected, sizeof expected);
    keys_trial_close(&trial);
}

TEST(a_given_key_is_bound_to_the_service_that_took_it)
{
    struct keys_trial one, two;
    uint8_t memory[64];
    keys_trial_open(&one, -1);
    keys_trial_open(&two, -1);
    const struct bytes sealed = seal_value(&one, given_key(&one, "app", 1), memory);

    const union message_any request = unseal_value(given_key(&two, "app", 1), sealed);
    keys_trial_refused(&two, MESSAGE_UNSEAL, &request, MESSAGE_FAILURE_TAMPERED);
    keys_trial_close(&one);
    keys_trial_close(&two);
}

TEST(a_dropped_slot_is_gone_and_its_number_is_not_given_again)
{
    struct keys_trial trial;
    uint8_t memory[64];
    keys_trial_open(&trial, -1);
    const uint64_t slot = new_key(&trial, "app");
    const struct bytes sealed = seal_value(&trial, slot, memory);
    const union message_any drop = {.key_drop = {.id = 4, .slot = slot}};
    const union message_any request = unseal_value(slot, sealed);

    (void)keys_trial_ask(&trial, MESSAGE_KEY_DROP, &drop, MESSAGE_DONE);

    assert_int_not_equal(new_key(&trial, "app"), slot);
    keys_trial_refused(&trial, MESSAGE_UNSEAL, &request, MESSAGE_FAILURE_NOT_FOUND);
    keys_trial_refused(&trial, MESSAGE_KEY_DROP, &drop, MESSAGE_FAILURE_NOT_FOUND);
    keys_trial_close(&trial);
}

TEST(the_services_own_key_stays)
{
    struct keys_trial trial;
    const union message_any drop = {.key_drop = {.id = 4, .slot = 0}};
    keys_trial_open(&trial, -1);
    keys_trial_refused(&trial, MESSAGE_KEY_DROP, &drop, MESSAGE_FAILURE_DENIED);
    keys_trial_close(&trial);
}

TEST(slots_end_with_a_named_refusal)
{
    struct keys_trial trial;
    const union message_any request = {.key_new = {.id = 1, .app = BYTES_LITERAL("app")}};
    keys_trial_open(&trial, -1);
    for (int i = 1; i < 1024; i++)
        (void)new_key(&trial, "app");
    keys_trial_refused(&trial, MESSAGE_KEY_NEW, &request, MESSAGE_FAILURE_LIMIT);
    keys_trial_close(&trial);
}

TEST(the_longest_record_fits_and_one_more_byte_does_not)
{
    struct keys_trial trial;
    uint8_t *plain = calloc(1, MESSAGE_RECORD_MAX);
    union message_any request = {.seal = {.id = 1,
                                          .table = BYTES_LITERAL("files"),
                                          .record = BYTES_LITERAL("r"),
                                          .plain = {plain, MESSAGE_RECORD_MAX - SEAL_MORE}}};
    assert_non_null(plain);
    keys_trial_open(&trial, -1);
    (void)keys_trial_ask(&trial, MESSAGE_SEAL, &request, MESSAGE_SEALED);
    request.seal.plain.len++;
    keys_trial_refused(&trial, MESSAGE_SEAL, &request, MESSAGE_FAILURE_LIMIT);
    free(plain);
    keys_trial_close(&trial);
}

TEST_MAIN(T(a_record_comes_back_in_its_place_alone), T(every_flipped_bit_and_every_cut_is_seen),
          T(the_same_record_never_looks_the_same), T(names_of_records_are_keyed),
          T(a_given_key_opens_its_data_again_for_its_app_alone), T(a_given_key_has_its_fingerprint),
          T(a_given_key_is_bound_to_the_service_that_took_it),
          T(a_dropped_slot_is_gone_and_its_number_is_not_given_again),
          T(the_services_own_key_stays), T(slots_end_with_a_named_refusal),
          T(the_longest_record_fits_and_one_more_byte_does_not))

/*
 * tests/unit/proof/test_journal.c: devices answer from what was latched, and remember what was
 * done.
 */
#include "core/proof/journal.h"

#include "tests/support/test.h"

static const struct journal_inputs inputs = {.vector = 0x20,
                                             .oxygen = 21,
                                             .joint = 0xFFFFFFFF,
                                             .pressure_bits = 0x3DF5C28F,
                                             .dose = 1250,
                                             .status_bits = GATE_STATUS_BOARD | GATE_STATUS_METERED,
                                             .cycle = 9};
static const uint32_t all = (1u << GATE_RIGHT_COUNT) - 1;
static uint8_t transfer[256];

static struct gate_reply call(struct journal *journal, uint16_t method, uint32_t handle,
                              struct gate_region in, uint64_t first, uint64_t second)
{
    struct gate_request request = {.interface = GATE_DEVICE,
                                   .method = method,
                                   .handle = handle,
                                   .token = 0xABCD,
                                   .in = in,
                                   .args = {first, second}};
    struct gate_reply reply;
    memset(&reply, 0xEE, sizeof reply);
    journal_call(journal, &request, bytes_of(transfer, sizeof transfer), &reply);
    assert_int_equal(reply.token, 0xABCD);
    assert_int_equal(reply.reserved, 0);
    assert_int_equal(reply.values[3], 0);
    return reply;
}

static struct gate_reply telemetry(struct journal *journal, uint32_t offset, uint32_t len)
{
    return call(journal, GATE_DEVICE_COMMIT_TELEMETRY, journal->handles[GATE_RIGHT_TELEMETRY],
                (struct gate_region){offset, len}, 0, 0);
}

static struct gate_reply simple(struct journal *journal, uint16_t method, uint32_t right)
{
    return call(journal, method, right == GATE_RIGHT_COUNT ? 0 : journal->handles[right],
                (struct gate_region){0, 0}, 7, 8);
}

TEST(sensors_answer_what_was_latched)
{
    struct journal journal;
    journal_init(&journal, &inputs, all, 3);

    assert_int_equal(simple(&journal, GATE_DEVICE_READ_PRESSURE, GATE_RIGHT_PRESSURE).values[0],
                     0x3DF5C28F);
    assert_int_equal(simple(&journal, GATE_DEVICE_READ_DOSE, GATE_RIGHT_DOSE).values[0], 1250);
    assert_int_equal(simple(&journal, GATE_DEVICE_READ_OXYGEN, GATE_RIGHT_OXYGEN).values[0], 21);
    assert_int_equal(simple(&journal, GATE_DEVICE_READ_JOINT, GATE_RIGHT_JOINT).values[0],
                     0xFFFFFFFF);
}

TEST(status_has_the_vector_and_needs_no_handle)
{
    struct journal journal;
    journal_init(&journal, &inputs, 0, 3);

    struct gate_reply reply = simple(&journal, GATE_DEVICE_GET_STATUS, GATE_RIGHT_COUNT);

    assert_int_equal(reply.status, GATE_OK);
    assert_int_equal(reply.values[0], 0x20 | GATE_STATUS_BOARD | GATE_STATUS_METERED);
}

TEST(only_granted_rights_have_handles_and_no_two_share_one)
{
    struct journal journal;
    journal_init(&journal, &inputs, all & ~(1u << GATE_RIGHT_UPLINK), 3);

    for (uint32_t i = 0; i < GATE_RIGHT_COUNT; i++) {
        assert_true((journal.handles[i] == 0) == (i == GATE_RIGHT_UPLINK));
        for (uint32_t j = 0; j < i; j++)
            assert_int_not_equal(journal.handles[i], journal.handles[j]);
    }
}

TEST(each_method_wants_the_handle_of_its_own_right)
{
    static const uint8_t rights[GATE_DEVICE_METHOD_COUNT] = {
        GATE_RIGHT_PRESSURE, GATE_RIGHT_DOSE,   GATE_RIGHT_OXYGEN,
        GATE_RIGHT_JOINT,    GATE_RIGHT_COUNT,  GATE_RIGHT_TELEMETRY,
        GATE_RIGHT_UPLINK,   GATE_RIGHT_SIGNAL, GATE_RIGHT_COUNT};
    for (uint16_t method = 0; method < GATE_DEVICE_SHRED; method++) {
        for (uint32_t right = 0; right < GATE_RIGHT_COUNT; right++) {
            struct journal journal;
            journal_init(&journal, &inputs, all, 3);

            struct gate_reply reply = simple(&journal, method, right);

            bool is_right = right == rights[method] || rights[method] == GATE_RIGHT_COUNT;
            assert_int_equal(reply.status, is_right ? GATE_OK : GATE_BAD_HANDLE);
        }
    }
}

TEST(a_handle_of_another_generation_or_zero_is_refused)
{
    struct journal old, journal;
    journal_init(&old, &inputs, all, 3);
    journal_init(&journal, &inputs, all, 4);
    struct gate_region none = {0, 0};

    assert_int_equal(
        call(&journal, GATE_DEVICE_READ_DOSE, old.handles[GATE_RIGHT_DOSE], none, 0, 0).status,
        GATE_BAD_HANDLE);
    assert_int_equal(call(&journal, GATE_DEVICE_READ_DOSE, 0, none, 0, 0).status, GATE_BAD_HANDLE);

    journal_init(&journal, &inputs, 0, 4);
    assert_int_equal(call(&journal, GATE_DEVICE_READ_DOSE, 0, none, 0, 0).status, GATE_BAD_HANDLE);
}

TEST(telemetry_is_kept_with_its_length)
{
    struct journal journal;
    journal_init(&journal, &inputs, all, 1);
    memcpy(transfer + 10, "abc", 3);

    assert_int_equal(telemetry(&journal, 10, 3).status, GATE_OK);
    assert_int_equal(telemetry(&journal, 0, 0).status, GATE_OK);
    assert_int_equal(telemetry(&journal, 12, 1).status, GATE_OK);

    assert_int_equal(journal.telemetry_count, 3);
    assert_int_equal(journal.telemetry_len, 7);
    assert_memory_equal(journal.telemetry, "\3abc\0\1c", 7);
}

TEST(telemetry_of_64_bytes_fits_and_65_does_not)
{
    struct journal journal;
    journal_init(&journal, &inputs, all, 1);

    assert_int_equal(telemetry(&journal, sizeof transfer - 64, 64).status, GATE_OK);
    struct gate_reply reply = telemetry(&journal, 0, 65);

    assert_int_equal(reply.status, GATE_REFUSED);
    assert_int_equal(reply.reason, REFUSAL_TOO_LONG);
    assert_int_equal(journal.telemetry_count, 1);
}

TEST(telemetry_outside_of_the_transfer_area_is_a_bad_region)
{
    static const struct gate_region regions[] = {
        {sizeof transfer, 1}, {sizeof transfer - 1, 2}, {UINT32_MAX, 1},
        {UINT32_MAX - 1, 64}, {sizeof transfer + 1, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
        struct journal journal;
        journal_init(&journal, &inputs, all, 1);

        assert_int_equal(telemetry(&journal, regions[i].offset, regions[i].len).status,
                         GATE_BAD_REGION);
        assert_int_equal(journal.telemetry_count, 0);
    }
}

TEST(sixteen_telemetry_vectors_are_the_budget)
{
    struct journal journal;
    journal_init(&journal, &inputs, all, 1);
    for (uint32_t i = 0; i < GATE_TELEMETRY_BUDGET; i++)
        assert_int_equal(telemetry(&journal, 0, 1).status, GATE_OK);

    struct gate_reply reply = telemetry(&journal, 0, 1);

    assert_int_equal(reply.status, GATE_REFUSED);
    assert_int_equal(reply.reason, REFUSAL_BUDGET);
    assert_int_equal(journal.telemetry_count, GATE_TELEMETRY_BUDGET);
}

TEST(telemetry_bytes_have_a_budget_of_their_own)
{
    struct journal journal;
    journal_init(&journal, &inputs, all, 1);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(telemetry(&journal, 0, 64).status, GATE_OK);
    assert_int_equal(journal.telemetry_len, 325);

    assert_int_equal(telemetry(&journal, 0, 59).reason, REFUSAL_BUDGET);
    assert_int_equal(telemetry(&journal, 0, 58).status, GATE_OK);
    assert_int_equal(telemetry(&journal, 0, 0).reason, REFUSAL_BUDGET);

    assert_int_equal(journal.telemetry_len, GATE_TELEMETRY_BYTES);
}

TEST(signals_are_kept_in_order_up_to_their_budget)
{
    struct journal journal;
    struct gate_region none = {0, 0};
    journal_init(&journal, &inputs, all, 1);
    uint32_t handle = journal.handles[GATE_RIGHT_SIGNAL];
    for (uint32_t i = 0; i < GATE_SIGNAL_BUDGET; i++)
        assert_int_equal(call(&journal, GATE_DEVICE_EMIT_SIGNAL, handle, none, i, 0).status,
                         GATE_OK);

    struct gate_reply reply = call(&journal, GATE_DEVICE_EMIT_SIGNAL, handle, none, 99, 0);

    assert_int_equal(reply.reason, REFUSAL_BUDGET);
    assert_int_equal(journal.signal_count, GATE_SIGNAL_BUDGET);
    for (uint32_t i = 0; i < GATE_SIGNAL_BUDGET; i++)
        assert_int_equal(journal.signals[i], i);
}

TEST(uplinks_are_kept_in_order_up_to_their_budget)
{
    struct journal journal;
    struct gate_region none = {0, 0};
    journal_init(&journal, &inputs, all, 1);
    uint32_t handle = journal.handles[GATE_RIGHT_UPLINK];
    for (uint32_t i = 0; i < GATE_UPLINK_BUDGET; i++)
        assert_int_equal(call(&journal, GATE_DEVICE_COMMIT_UPLINK, handle, none, i, 100 + i).status,
                         GATE_OK);

    struct gate_reply reply = call(&journal, GATE_DEVICE_COMMIT_UPLINK, handle, none, 9, 9);

    assert_int_equal(reply.reason, REFUSAL_BUDGET);
    assert_int_equal(journal.uplink_count, GATE_UPLINK_BUDGET);
    assert_int_equal(journal.uplinks[7][0], 7);
    assert_int_equal(journal.uplinks[7][1], 107);
}

TEST(after_shred_nothing_is_answered_any_more)
{
    struct journal journal;
    journal_init(&journal, &inputs, all, 1);
    assert_int_equal(simple(&journal, GATE_DEVICE_SHRED, GATE_RIGHT_COUNT).status, GATE_OK);
    assert_true(journal.is_shredded);

    struct gate_reply reply = simple(&journal, GATE_DEVICE_READ_DOSE, GATE_RIGHT_DOSE);

    assert_int_equal(reply.status, GATE_BAD_STATE);
    assert_int_equal(reply.values[0], 0);
    assert_int_equal(telemetry(&journal, 0, 1).status, GATE_BAD_STATE);
    assert_int_equal(journal.telemetry_count, 0);
}

TEST(unknown_interfaces_and_methods_change_nothing)
{
    struct journal journal, before;
    journal_init(&journal, &inputs, all, 1);
    before = journal;
    for (uint32_t interface = 0; interface < 65536; interface += 257) {
        for (uint32_t method = 0; method < 65536; method += 4099) {
            struct gate_request request = {
                .interface = (uint16_t)interface,
                .method = (uint16_t)(interface == GATE_DEVICE ? method + 9 : method)};
            struct gate_reply reply;

            journal_call(&journal, &request, bytes_of(transfer, sizeof transfer), &reply);

            assert_int_equal(reply.status, GATE_UNKNOWN);
        }
    }
    assert_memory_equal(&journal, &before, sizeof journal);
}

TEST_MAIN(T(sensors_answer_what_was_latched), T(status_has_the_vector_and_needs_no_handle),
          T(only_granted_rights_have_handles_and_no_two_share_one),
          T(each_method_wants_the_handle_of_its_own_right),
          T(a_handle_of_another_generation_or_zero_is_refused),
          T(telemetry_is_kept_with_its_length), T(telemetry_of_64_bytes_fits_and_65_does_not),
          T(telemetry_outside_of_the_transfer_area_is_a_bad_region),
          T(sixteen_telemetry_vectors_are_the_budget),
          T(telemetry_bytes_have_a_budget_of_their_own),
          T(signals_are_kept_in_order_up_to_their_budget),
          T(uplinks_are_kept_in_order_up_to_their_budget),
          T(after_shred_nothing_is_answered_any_more),
          T(unknown_interfaces_and_methods_change_nothing))

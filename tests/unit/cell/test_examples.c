/*
 * tests/unit/cell/test_examples.c: the example guests of sdk/examples, as clang built them, through
 * the real engine and gate.
 */
#include <stdio.h>

#include "cell/fake/fake.h"
#include "tests/support/built.h"
#include "tests/support/test.h"

static struct fake_result result;
static uint8_t payload[65536];

static void run(const char *name, const char *entry, const struct journal_inputs *inputs)
{
    char file[64];
    struct manifest manifest;
    struct report report;
    (void)snprintf(file, sizeof file, "guest/%s.wasm", name);

    manifest_init(&manifest);
    manifest.entry_len = (uint32_t)strlen(entry);
    memcpy(manifest.entry, entry, strlen(entry));
    const struct fake_job job = {.payload = built_read(file, payload, sizeof payload),
                                 .manifest = &manifest,
                                 .inputs = *inputs};
    report_init(&report);
    assert_int_equal(fake_run(&job, &result, &report), STATUS_OK);
    assert_int_equal(result.outcome.kind, OUTCOME_RESULT);
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

TEST(aerospace_answers_3_to_the_stock_bench_inputs)
{
    const struct journal_inputs inputs = {
        .vector = 0x20, .pressure_bits = bits_of(0.12f), .dose = 1250};
    uint8_t vector[13] = {12};
    (void)state;
    store_le32(vector + 1, inputs.pressure_bits);
    store_le32(vector + 5, 1250);
    store_le32(vector + 9, 3);

    run("aerospace", "", &inputs);

    assert_int_equal(result.outcome.status, 3);
    assert_int_equal(result.payload_version, 0xA17E0001);
    assert_int_equal(result.journal.telemetry_count, 1);
    assert_int_equal(result.journal.telemetry_len, sizeof vector);
    assert_memory_equal(result.journal.telemetry, vector, sizeof vector);
    assert_int_equal(result.journal.uplink_count, 1);
    assert_int_equal(result.journal.uplinks[0][0], 3);
    assert_int_equal(result.journal.uplinks[0][1], 1250);
}

TEST(aerospace_limits_are_0_15_atm_and_1000)
{
    static const struct {
        float pressure;
        uint32_t dose;
        int32_t status;
    } cases[] = {
        {0.15f, 1000, 0}, {0.149f, 1000, 1},     {0.15f, 1001, 2},           {-1.0f, 5000, 3},
        {1.0f, 0, 0},     {1.0f, 0x80000000, 0}, {__builtin_nanf(""), 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct journal_inputs inputs = {
            .vector = 0x20, .pressure_bits = bits_of(cases[i].pressure), .dose = cases[i].dose};
        run("aerospace", "", &inputs);
        assert_int_equal(result.outcome.status, cases[i].status);
    }
}

TEST(aerospace_diagnostic_sends_nothing)
{
    const struct journal_inputs inputs = {
        .vector = 0x20, .pressure_bits = bits_of(0.12f), .dose = 1250};
    (void)state;

    run("aerospace", "diagnostic", &inputs);

    assert_int_equal(result.outcome.status, 3);
    assert_int_equal(result.journal.telemetry_count + result.journal.uplink_count, 0);
}

TEST(joint_slows_in_the_heat_and_stops_beyond_all_limits)
{
    static const struct {
        uint32_t load, heat;
        int32_t status;
        uint32_t speed, signals;
    } cases[] = {
        {50, 20, 0, 100, 0},  {100, 80, 0, 100, 0}, {101, 20, 1, 25, 0}, {50, 100, 2, 50, 0},
        {101, 100, 3, 12, 0}, {126, 20, 5, 0, 1},   {50, 120, 6, 0, 1},  {200, 0xFFFF, 7, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct journal_inputs inputs = {.vector = 0x21,
                                              .joint = cases[i].heat << 16 | cases[i].load};
        run("joint", "", &inputs);
        assert_int_equal(result.outcome.status, cases[i].status);
        assert_int_equal(result.journal.uplinks[0][1], cases[i].speed);
        assert_int_equal(result.journal.signal_count, cases[i].signals);
        assert_int_equal(result.journal.telemetry_len, 17);
        assert_int_equal(result.payload_version, 0xA17E0002);
    }
}

TEST(joint_says_when_another_sensor_woke_it)
{
    const struct journal_inputs inputs = {.vector = 0x20, .joint = 50};
    (void)state;

    run("joint", "diagnostic", &inputs);

    assert_int_equal(result.outcome.status, 8);
    assert_int_equal(result.journal.telemetry_count, 0);
}

TEST_MAIN(T(aerospace_answers_3_to_the_stock_bench_inputs),
          T(aerospace_limits_are_0_15_atm_and_1000), T(aerospace_diagnostic_sends_nothing),
          T(joint_slows_in_the_heat_and_stops_beyond_all_limits),
          T(joint_says_when_another_sensor_woke_it))

/*
 * tests/unit/cell/test_host.c: the import module `aether`: what each function does and refuses.
 */
#include "cell/fake/fake.h"
#include "tests/support/guest.h"
#include "tests/support/test.h"

#define TRAP_HOST_REFUSED 15

static struct guest guest;
static struct manifest manifest;
static struct fake_result result;
static struct journal_inputs inputs;

static const struct {
    const char *name, *params, *results;
    uint32_t right; /* GATE_RIGHT_COUNT: none needed */
} functions[] = {
    {"read_atmospheric_pressure", "", "f", GATE_RIGHT_PRESSURE},
    {"read_radiation_dosimeter", "", "i", GATE_RIGHT_DOSE},
    {"read_oxygen", "", "i", GATE_RIGHT_OXYGEN},
    {"read_kinetic_joint", "", "i", GATE_RIGHT_JOINT},
    {"get_status", "", "i", GATE_RIGHT_COUNT},
    {"commit_telemetry_vector", "ii", "", GATE_RIGHT_TELEMETRY},
    {"commit_uplink", "ii", "", GATE_RIGHT_UPLINK},
    {"emit_signal", "i", "", GATE_RIGHT_SIGNAL},
    {"shred_self", "", "", GATE_RIGHT_COUNT},
};

enum { PRESSURE, DOSE, OXYGEN, JOINT, STATUS, TELEMETRY, UPLINK, SIGNAL, SHRED };

/* All nine functions imported, in the order of `functions`; one page of memory. */
static void begin(void)
{
    guest_init(&guest);
    manifest_init(&manifest);
    inputs = (struct journal_inputs){.vector = 0x21,
                                     .oxygen = 21,
                                     .joint = 0xFFFFFFFE,
                                     .pressure_bits = 0x3DF5C28F,
                                     .dose = 1250,
                                     .status_bits = GATE_STATUS_BENCH | GATE_STATUS_METERED};
    for (uint32_t i = 0; i < ARRAY_LEN(functions); i++)
        guest_import(&guest, "aether", functions[i].name,
                     guest_type(&guest, functions[i].params, functions[i].results));
}

static void run(const char *results, struct bytes code)
{
    const struct fake_job job = {.manifest = &manifest, .inputs = inputs};
    struct fake_job whole = job;
    struct report report;
    uint32_t entry = guest_func(&guest, guest_type(&guest, "", results), code);
    guest_export(&guest, "evaluate_limits", 0, entry);
    whole.payload = guest_bytes(&guest);
    report_init(&report);
    assert_int_equal(fake_run(&whole, &result, &report), STATUS_OK);
}

static void assert_result(int32_t status)
{
    assert_int_equal(result.outcome.kind, OUTCOME_RESULT);
    assert_int_equal(result.outcome.status, status);
}

static void assert_refused(enum outcome_refusal refusal)
{
    assert_int_equal(result.outcome.kind, OUTCOME_TRAP);
    assert_int_equal(result.outcome.reason, TRAP_HOST_REFUSED);
    assert_int_equal(result.outcome.refusal, refusal);
    assert_int_equal(result.outcome.function, ARRAY_LEN(functions));
    assert_int_equal(guest.out[result.outcome.offset], 0x10); /* the call */
}

TEST(sensors_read_what_was_latched)
{
    static const struct {
        uint8_t function;
        int32_t value;
    } cases[] = {{DOSE, 1250}, {OXYGEN, 21}, {JOINT, -2}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        begin();
        run("i", CODE(0x10, cases[i].function));
        assert_result(cases[i].value);
    }
}

TEST(pressure_comes_through_bit_for_bit)
{
    static const uint32_t bits[] = {0x3DF5C28F, 0x7FA12345, 0xFFC00001, 0x80000000, 0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
        begin();
        inputs.pressure_bits = bits[i];
        run("i", CODE(0x10, PRESSURE, 0xBC)); /* i32.reinterpret_f32 */
        assert_result((int32_t)bits[i]);
    }
}

TEST(status_has_the_vector_and_needs_no_grant)
{
    (void)state;
    begin();
    manifest.grants = 0;

    run("i", CODE(0x10, STATUS));

    assert_result(GATE_STATUS_BENCH | GATE_STATUS_METERED | 0x21);
}

TEST(every_right_is_needed_by_its_function_alone)
{
    (void)state;
    for (uint32_t i = 0; i < ARRAY_LEN(functions); i++) {
        uint8_t code[8];
        uint8_t len = 0;
        if (functions[i].right == GATE_RIGHT_COUNT)
            continue;
        for (size_t param = 0; param < strlen(functions[i].params); param++) {
            code[len++] = 0x41;
            code[len++] = 0;
        }
        code[len++] = 0x10;
        code[len++] = (uint8_t)i;
        begin();
        guest_memory(&guest, 1);
        manifest.grants &= ~(1u << functions[i].right);
        run(functions[i].results[0] == 'f' ? "f" : functions[i].results, bytes_of(code, len));
        if (functions[i].results[0] == 'f') {
            /* An entry may not return f32: the same call, its value dropped. */
            assert_int_equal(result.outcome.reason, FAULT_MISSING_EXPORT);
            code[len++] = 0x1A;
            begin();
            manifest.grants &= ~(1u << functions[i].right);
            run("", bytes_of(code, len));
        }
        assert_refused(REFUSAL_NOT_GRANTED);

        begin();
        guest_memory(&guest, 1);
        manifest.grants = 1u << functions[i].right;
        run(functions[i].results[0] == 'f' ? "" : functions[i].results, bytes_of(code, len));
        assert_int_equal(result.outcome.kind, OUTCOME_RESULT);
    }
}

TEST(a_telemetry_vector_is_copied_out_of_guest_memory)
{
    (void)state;
    begin();
    guest_memory(&guest, 1);
    guest_data(&guest, 0xFFFD, CODE('a', 'b', 'c'));

    run("", CODE(0x41, 0xFD, 0xFF, 0x03, 0x41, 3, 0x10, TELEMETRY));

    assert_result(0);
    assert_int_equal(result.journal.telemetry_count, 1);
    assert_int_equal(result.journal.telemetry_len, 4);
    assert_memory_equal(result.journal.telemetry, "\3abc", 4);
}

TEST(a_telemetry_vector_of_64_bytes_goes_and_of_65_does_not)
{
    (void)state;
    begin();
    guest_memory(&guest, 1);
    run("", CODE(0x41, 0, 0x41, 0xC0, 0x00, 0x10, TELEMETRY));
    assert_result(0);
    assert_int_equal(result.journal.telemetry_len, 65);

    begin();
    guest_memory(&guest, 1);
    run("", CODE(0x41, 0, 0x41, 0xC1, 0x00, 0x10, TELEMETRY));
    assert_refused(REFUSAL_TOO_LONG);
    assert_int_equal(result.journal.telemetry_count, 0);

    begin();
    guest_memory(&guest, 1);
    run("", CODE(0x41, 0, 0x41, 0x7F, 0x10, TELEMETRY)); /* len -1 */
    assert_refused(REFUSAL_TOO_LONG);
}

TEST(a_telemetry_vector_outside_of_memory_is_refused)
{
    (void)state;
    begin();
    guest_memory(&guest, 1);
    run("", CODE(0x41, 0xFE, 0xFF, 0x03, 0x41, 3, 0x10, TELEMETRY)); /* 0xFFFE, 3 */
    assert_refused(REFUSAL_BAD_RANGE);

    begin();
    guest_memory(&guest, 1);
    run("", CODE(0x41, 0x7F, 0x41, 1, 0x10, TELEMETRY)); /* -1, 1 */
    assert_refused(REFUSAL_BAD_RANGE);

    begin();
    guest_memory(&guest, 1);
    run("", CODE(0x41, 0x7F, 0x41, 0, 0x10, TELEMETRY)); /* -1, 0 */
    assert_refused(REFUSAL_BAD_RANGE);

    begin();
    guest_memory(&guest, 0);
    run("", CODE(0x41, 0, 0x41, 1, 0x10, TELEMETRY));
    assert_refused(REFUSAL_BAD_RANGE);
    assert_int_equal(result.journal.telemetry_count, 0);
}

TEST(an_empty_vector_at_the_end_of_memory_goes)
{
    (void)state;
    begin();
    guest_memory(&guest, 1);

    run("", CODE(0x41, 0x80, 0x80, 0x04, 0x41, 0, 0x10, TELEMETRY)); /* 0x10000, 0 */

    assert_result(0);
    assert_int_equal(result.journal.telemetry_count, 1);
    assert_int_equal(result.journal.telemetry_len, 1);
}

TEST(telemetry_without_a_memory_is_refused)
{
    (void)state;
    begin();

    run("", CODE(0x41, 0, 0x41, 0, 0x10, TELEMETRY));

    assert_refused(REFUSAL_NO_MEMORY_EXPORT);
}

TEST(telemetry_reaches_pages_that_were_grown)
{
    (void)state;
    begin();
    guest_memory(&guest, 0);

    run("", CODE(0x41, 1, 0x40, 0, 0x1A, 0x41, 0, 0x41, 0xC0, 0x00, 0x10, TELEMETRY));

    assert_result(0);
}

/* `count` times the code, in one function. */
static void run_repeated(uint32_t count, struct bytes code)
{
    static uint8_t body[1024];
    for (uint32_t i = 0; i < count; i++)
        memcpy(body + i * code.len, code.data, code.len);
    run("", bytes_of(body, count * code.len));
}

TEST(budgets_are_exact_and_what_went_before_is_kept)
{
    static const struct {
        uint8_t code[8];
        uint8_t len;
        uint32_t budget;
    } cases[] = {
        {{0x41, 0, 0x41, 2, 0x10, TELEMETRY}, 6, GATE_TELEMETRY_BUDGET},
        {{0x41, 0, 0x41, 0xC0, 0, 0x10, TELEMETRY}, 7, GATE_TELEMETRY_BYTES / 65},
        {{0x41, 1, 0x41, 2, 0x10, UPLINK}, 6, GATE_UPLINK_BUDGET},
        {{0x41, 1, 0x10, SIGNAL}, 4, GATE_SIGNAL_BUDGET},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct bytes code = bytes_of(cases[i].code, cases[i].len);
        begin();
        guest_memory(&guest, 1);
        run_repeated(cases[i].budget, code);
        assert_result(0);

        begin();
        guest_memory(&guest, 1);
        run_repeated(cases[i].budget + 1, code);
        assert_refused(REFUSAL_BUDGET);
        assert_int_equal(result.journal.telemetry_count + result.journal.uplink_count +
                             result.journal.signal_count,
                         cases[i].budget);
    }
}

TEST(uplink_and_signal_are_recorded_in_order)
{
    (void)state;
    begin();

    run("",
        CODE(0x41, 1, 0x41, 0x7F, 0x10, UPLINK, 0x41, 3, 0x10, SIGNAL, 0x41, 0x7C, 0x10, SIGNAL));

    assert_result(0);
    assert_int_equal(result.journal.uplinks[0][0], 1);
    assert_int_equal(result.journal.uplinks[0][1], 0xFFFFFFFF);
    assert_int_equal(result.journal.signals[0], 3);
    assert_int_equal(result.journal.signals[1], 0xFFFFFFFC);
}

TEST(shred_ends_the_run_and_nothing_follows)
{
    (void)state;
    begin();

    run("i", CODE(0x41, 3, 0x10, SIGNAL, 0x10, SHRED, 0x41, 4, 0x10, SIGNAL, 0x41, 1));

    assert_int_equal(result.outcome.kind, OUTCOME_FAULT);
    assert_int_equal(result.outcome.reason, FAULT_SHREDDED);
    assert_int_equal(result.outcome.fuel_used, 0);
    assert_int_equal(result.journal.signal_count, 1);
    assert_true(result.journal.is_shredded);
}

TEST(shred_in_the_start_function_ends_the_run)
{
    (void)state;
    begin();
    uint32_t start = guest_func(&guest, guest_type(&guest, "", ""), CODE(0x10, SHRED));
    guest_start(&guest, start);

    run("", CODE(0x41, 4, 0x10, SIGNAL));

    assert_int_equal(result.outcome.reason, FAULT_SHREDDED);
    assert_int_equal(result.journal.signal_count, 0);
}

TEST(a_host_call_costs_its_call)
{
    (void)state;
    begin();

    run("i", CODE(0x10, DOSE));

    assert_result(1250);
    assert_int_equal(result.outcome.fuel_used, 2);
}

TEST_MAIN(T(sensors_read_what_was_latched), T(pressure_comes_through_bit_for_bit),
          T(status_has_the_vector_and_needs_no_grant),
          T(every_right_is_needed_by_its_function_alone),
          T(a_telemetry_vector_is_copied_out_of_guest_memory),
          T(a_telemetry_vector_of_64_bytes_goes_and_of_65_does_not),
          T(a_telemetry_vector_outside_of_memory_is_refused),
          T(an_empty_vector_at_the_end_of_memory_goes), T(telemetry_without_a_memory_is_refused),
          T(telemetry_reaches_pages_that_were_grown),
          T(budgets_are_exact_and_what_went_before_is_kept),
          T(uplink_and_signal_are_recorded_in_order), T(shred_ends_the_run_and_nothing_follows),
          T(shred_in_the_start_function_ends_the_run), T(a_host_call_costs_its_call))

/*
 * tests/unit/cell/test_outcome.c: what FINISH says, and that the gate takes all of it.
 */
#include "cell/cell.h"
#include "core/proof/session.h"
#include "tests/support/test.h"

TEST(every_status_of_load_has_its_fault)
{
    static const struct {
        enum status status;
        enum outcome_fault fault;
    } cases[] = {
        {STATUS_MALFORMED, FAULT_MALFORMED},
        {STATUS_TRUNCATED, FAULT_MALFORMED},
        {STATUS_INVALID, FAULT_INVALID},
        {STATUS_UNSUPPORTED, FAULT_UNSUPPORTED},
        {STATUS_UNLINKABLE, FAULT_MISSING_IMPORT},
        {STATUS_NO_MEMORY, FAULT_NO_MEMORY},
        {STATUS_LIMIT, FAULT_LIMIT},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(cell_fault_of(cases[i].status), cases[i].fault);
}

TEST(faults_carry_the_offset_of_the_report_and_what_is_wanted)
{
    struct cell cell;
    struct gate_outcome outcome;
    (void)state;
    cell_init(&cell, NULL);
    (void)report_fail(&cell.report, STATUS_NO_MEMORY, 0x123, "x");

    cell_outcome_fault(&cell, FAULT_NO_MEMORY, 0x5000, &outcome);

    assert_int_equal(outcome.kind, OUTCOME_FAULT);
    assert_int_equal(outcome.reason, FAULT_NO_MEMORY);
    assert_int_equal(outcome.offset, 0x123);
    assert_int_equal(outcome.wanted, 0x5000);
    assert_true(session_outcome_is_well_formed(&outcome, false, 0));
}

TEST(a_report_without_an_offset_gives_offset_zero)
{
    struct cell cell;
    struct gate_outcome outcome;
    (void)state;
    cell_init(&cell, NULL);
    (void)report_fail(&cell.report, STATUS_UNLINKABLE, REPORT_NO_OFFSET, "x");

    cell_outcome_fault(&cell, FAULT_MISSING_EXPORT, 0, &outcome);

    assert_int_equal(outcome.offset, 0);
}

TEST(only_a_refused_trap_carries_a_reason)
{
    struct cell cell;
    struct gate_outcome outcome;
    (void)state;
    cell_init(&cell, NULL);

    for (uint32_t kind = 1; kind <= WASM_TRAP_ENDLESS_WAIT; kind++) {
        const struct wasm_outcome trap = {
            .trap = (enum wasm_trap)kind, .reason = REFUSAL_BUDGET, .func = 3, .offset = 44};
        cell_outcome_trap(&cell, &trap, &outcome);
        assert_int_equal(outcome.reason, kind);
        assert_int_equal(outcome.function, 3);
        assert_int_equal(outcome.offset, 44);
        assert_int_equal(outcome.refusal, kind == WASM_TRAP_HOST_REFUSED ? REFUSAL_BUDGET : 0);
        assert_true(session_outcome_is_well_formed(&outcome, false, 0));
    }
}

TEST(memory_minimum_sums_and_does_not_wrap)
{
    struct wasm_memory_type memories[2] = {{.limits = {.min = 2}, .page_log2 = 16},
                                           {.limits = {.min = 3}, .page_log2 = 0}};
    struct wasm_module module = {.memory_count = 2, .memories = memories};
    (void)state;

    assert_int_equal(cell_memory_minimum(&module), 2 * 65536 + 3);
    memories[0].limits.min = (uint64_t)1 << 48;
    assert_true(cell_memory_minimum(&module) == UINT64_MAX);
    memories[0].limits.min = ((uint64_t)1 << 48) - 1;
    memories[1].limits.min = 65536;
    assert_true(cell_memory_minimum(&module) == UINT64_MAX);
    module.memory_count = 0;
    assert_int_equal(cell_memory_minimum(&module), 0);
}

TEST_MAIN(T(every_status_of_load_has_its_fault),
          T(faults_carry_the_offset_of_the_report_and_what_is_wanted),
          T(a_report_without_an_offset_gives_offset_zero), T(only_a_refused_trap_carries_a_reason),
          T(memory_minimum_sums_and_does_not_wrap))

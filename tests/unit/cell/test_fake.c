/*
 * tests/unit/cell/test_fake.c: the hosted gate: what it refuses before a run, and its own order.
 */
#include "aether/abi/cell.h"
#include "cell/fake/fake.h"
#include "tests/support/guest.h"
#include "tests/support/test.h"

static struct guest guest;
static struct fake_result result;

static struct bytes module_with(struct bytes code)
{
    guest_init(&guest);
    uint32_t type = guest_type(&guest, "", "i");
    guest_memory(&guest, 1);
    guest_export(&guest, "evaluate_limits", 0, guest_func(&guest, type, code));
    return guest_bytes(&guest);
}

static enum status run(struct bytes payload, const struct manifest *manifest)
{
    const struct fake_job job = {.payload = payload, .manifest = manifest};
    struct report report;
    report_init(&report);
    enum status status = fake_run(&job, &result, &report);
    assert_int_equal(report.is_set, status != STATUS_OK);
    return status;
}

TEST(limits_over_the_room_of_any_cell_are_refused)
{
    struct bytes payload = module_with(CODE(0x41, 1));
    struct manifest manifest;
    (void)state;

    manifest_init(&manifest);
    manifest.limits.memory_bytes = (uint64_t)CELL_MEMORY_MAX + 1;
    assert_int_equal(run(payload, &manifest), STATUS_LIMIT);

    manifest_init(&manifest);
    manifest.limits.arena_bytes = UINT64_MAX;
    assert_int_equal(run(payload, &manifest), STATUS_LIMIT);

    manifest_init(&manifest);
    manifest.limits.arena_bytes = CELL_ARENA_MAX + manifest.limits.memory_bytes + 1;
    assert_int_equal(run(payload, &manifest), STATUS_LIMIT);

    manifest_init(&manifest);
    assert_int_equal(run(bytes_of(payload.data, (size_t)CELL_PAYLOAD_MAX + 1), &manifest),
                     STATUS_LIMIT);
}

TEST(the_largest_cell_runs)
{
    struct bytes payload = module_with(CODE(0x3F, 0));
    struct manifest manifest;
    (void)state;
    manifest_init(&manifest);
    manifest.limits.memory_bytes = CELL_MEMORY_MAX;
    manifest.limits.arena_bytes = (uint64_t)CELL_ARENA_MAX + CELL_MEMORY_MAX;

    assert_int_equal(run(payload, &manifest), STATUS_OK);

    assert_int_equal(result.outcome.kind, OUTCOME_RESULT);
    assert_int_equal(result.outcome.status, 1);
}

TEST(an_arena_smaller_than_guest_memory_is_a_fault_of_the_cell)
{
    struct bytes payload = module_with(CODE(0x41, 1));
    struct manifest manifest;
    (void)state;
    manifest_init(&manifest);
    manifest.limits.arena_bytes = 0x1000;

    assert_int_equal(run(payload, &manifest), STATUS_OK);

    assert_int_equal(result.outcome.kind, OUTCOME_FAULT);
    assert_int_equal(result.outcome.reason, FAULT_NO_MEMORY);
    assert_true(result.outcome.wanted > manifest.limits.memory_bytes);
}

TEST(no_memory_at_all_is_enough_for_a_module_without_one)
{
    struct manifest manifest;
    (void)state;
    guest_init(&guest);
    uint32_t type = guest_type(&guest, "", "i");
    guest_export(&guest, "_start", 0, guest_func(&guest, type, CODE(0x41, 1)));
    manifest_init(&manifest);
    manifest.limits.memory_bytes = 0;

    assert_int_equal(run(guest_bytes(&guest), &manifest), STATUS_OK);

    assert_int_equal(result.outcome.kind, OUTCOME_RESULT);
}

TEST(the_arena_peak_is_within_the_arena_and_would_do)
{
    struct bytes payload = module_with(CODE(0x41, 1));
    struct manifest manifest;
    (void)state;
    manifest_init(&manifest);
    assert_int_equal(run(payload, &manifest), STATUS_OK);
    uint64_t peak = result.arena_peak;
    assert_in_range(peak, 1, MANIFEST_ARENA_DEFAULT - MANIFEST_MEMORY_DEFAULT);

    /* Twice the peak: while it is read, a module has half of the arena. */
    manifest.limits.arena_bytes = manifest.limits.memory_bytes + 2 * peak;
    assert_int_equal(run(payload, &manifest), STATUS_OK);

    assert_int_equal(result.outcome.kind, OUTCOME_RESULT);
}

TEST_MAIN(T(limits_over_the_room_of_any_cell_are_refused), T(the_largest_cell_runs),
          T(an_arena_smaller_than_guest_memory_is_a_fault_of_the_cell),
          T(no_memory_at_all_is_enough_for_a_module_without_one),
          T(the_arena_peak_is_within_the_arena_and_would_do))

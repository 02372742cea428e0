/*
 * tests/unit/cell/test_run.c: the life of a cell: every way it can end, and in which order things
 * are refused. All through cell/fake, that is: through the gate's own code.
 */
#include "cell/fake/fake.h"
#include "tests/support/guest.h"
#include "tests/support/test.h"

#define PAGE 65536u

static struct guest guest;
static struct manifest manifest;
static struct fake_result result;

static uint32_t to_i32, to_none;

static void begin(void)
{
    guest_init(&guest);
    manifest_init(&manifest);
    to_i32 = guest_type(&guest, "", "i");
    to_none = guest_type(&guest, "", "");
}

static void run_bytes(struct bytes payload, uint64_t refuse_at)
{
    const struct fake_job job = {.payload = payload,
                                 .manifest = &manifest,
                                 .inputs = {.vector = 0x20},
                                 .refuse_at = refuse_at};
    struct report report;
    report_init(&report);
    assert_int_equal(fake_run(&job, &result, &report), STATUS_OK);
}

static void run(void)
{
    run_bytes(guest_bytes(&guest), 0);
}

static void add_entry(uint32_t type, struct bytes code)
{
    guest_export(&guest, "evaluate_limits", 0, guest_func(&guest, type, code));
}

static void assert_fault(enum outcome_fault fault)
{
    assert_int_equal(result.outcome.kind, OUTCOME_FAULT);
    assert_int_equal(result.outcome.reason, fault);
    assert_int_equal(result.outcome.fuel_used, 0);
    assert_int_equal(result.payload_version, 0);
}

static void assert_trap(uint32_t reason)
{
    assert_int_equal(result.outcome.kind, OUTCOME_TRAP);
    assert_int_equal(result.outcome.reason, reason);
}

static void assert_result(int32_t status)
{
    assert_int_equal(result.outcome.kind, OUTCOME_RESULT);
    assert_int_equal(result.outcome.status, status);
}

enum {
#define X(number, name, text) TRAP_##name = number,
    OUTCOME_TRAP_LIST(X)
#undef X
};

TEST(status_is_what_the_entry_returns)
{
    (void)state;
    begin();
    add_entry(to_i32, CODE(0x41, 0x7D)); /* i32.const -3 */

    run();

    assert_result(-3);
    assert_int_equal(result.outcome.fuel_used, 2);
    assert_int_equal(result.payload_version, 0);
}

TEST(an_entry_without_a_result_has_status_zero)
{
    (void)state;
    begin();
    add_entry(to_none, CODE(0x01));

    run();

    assert_result(0);
    assert_int_equal(result.outcome.fuel_used, 1);
}

TEST(the_manifest_names_the_entry)
{
    (void)state;
    begin();
    add_entry(to_i32, CODE(0x41, 1));
    guest_export(&guest, "other", 0, guest_func(&guest, to_i32, CODE(0x41, 2)));
    manifest.entry_len = 5;
    memcpy(manifest.entry, "other", 5);

    run();

    assert_result(2);
}

TEST(version_runs_first_on_the_same_fuel)
{
    (void)state;
    begin();
    guest_global(&guest, 0x7F, CODE(0x41, 5));
    add_entry(to_i32, CODE(0x41, 1));
    guest_export(&guest, "payload_version", 0, guest_func(&guest, to_i32, CODE(0x23, 0)));

    run();

    assert_result(1);
    assert_int_equal(result.payload_version, 5);
    assert_int_equal(result.outcome.fuel_used, 4);
}

TEST(fuel_that_just_suffices_suffices_and_one_less_does_not)
{
    (void)state;
    begin();
    guest_start(&guest, guest_func(&guest, to_none, CODE(0x41, 0, 0x1A)));
    guest_export(&guest, "payload_version", 0, guest_func(&guest, to_i32, CODE(0x41, 9)));
    add_entry(to_i32, CODE(0x41, 1));

    manifest.limits.fuel = 6;
    run();
    assert_result(1);
    assert_int_equal(result.outcome.fuel_used, 6);

    manifest.limits.fuel = 5;
    run();
    assert_trap(TRAP_OUT_OF_FUEL);
    assert_int_equal(result.outcome.function, 2);
    assert_int_equal(result.outcome.fuel_used, 4);
    assert_int_equal(result.payload_version, 9);

    manifest.limits.fuel = 3;
    run();
    assert_trap(TRAP_OUT_OF_FUEL);
    assert_int_equal(result.outcome.function, 1);
    assert_int_equal(result.payload_version, 0);

    manifest.limits.fuel = 1;
    run();
    assert_trap(TRAP_OUT_OF_FUEL);
    assert_int_equal(result.outcome.function, 0);
    assert_int_equal(result.outcome.fuel_used, 0);
}

TEST(an_endless_loop_ends_with_its_fuel)
{
    (void)state;
    begin();
    add_entry(to_none, CODE(0x03, 0x40, 0x0C, 0x00, 0x0B));

    run();

    assert_trap(TRAP_OUT_OF_FUEL);
    assert_int_equal(result.outcome.fuel_used, MANIFEST_FUEL_DEFAULT);
}

TEST(endless_recursion_ends_with_its_stack)
{
    (void)state;
    begin();
    add_entry(to_none, CODE(0x10, 0));
    manifest.limits.stack_units = 100;

    run();

    assert_trap(TRAP_STACK_EXHAUSTED);
    /* 1 + no params, locals or operands a frame: 100 frames, each burnt its 1 and its call. */
    assert_int_equal(result.outcome.fuel_used, 200);
}

TEST(traps_name_kind_function_and_offset)
{
    static const struct {
        uint8_t code[8];
        uint8_t len;
        uint8_t at; /* of the operator that traps */
        uint32_t reason;
    } cases[] = {
        {{0x01, 0x00}, 2, 1, TRAP_UNREACHABLE},
        {{0x41, 1, 0x41, 0, 0x6D, 0x1A}, 6, 4, TRAP_DIVIDE_BY_ZERO},
        {{0x41, 0x7F, 0x28, 2, 0, 0x1A}, 6, 2, TRAP_MEMORY_OUT_OF_BOUNDS},
        {{0x41, 4, 0x25, 0, 0x1A}, 5, 2, TRAP_TABLE_OUT_OF_BOUNDS},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        begin();
        guest_memory(&guest, 1);
        guest_table(&guest, 4);
        guest_func(&guest, to_none, CODE(0x01));
        add_entry(to_none, bytes_of(cases[i].code, cases[i].len));

        run();

        assert_trap(cases[i].reason);
        assert_int_equal(result.outcome.function, 1);
        /* The entry's body ends the payload: code, then `end`. */
        assert_int_equal(result.outcome.offset,
                         guest_bytes(&guest).len - 1 - cases[i].len + cases[i].at);
        assert_int_equal(result.outcome.wanted, 0);
    }
}

TEST(a_trap_in_the_start_function_comes_before_started)
{
    (void)state;
    begin();
    add_entry(to_i32, CODE(0x41, 1));
    guest_export(&guest, "payload_version", 0, guest_func(&guest, to_i32, CODE(0x41, 9)));
    guest_start(&guest, guest_func(&guest, to_none, CODE(0x41, 0, 0x1A, 0x00)));

    run();

    assert_trap(TRAP_UNREACHABLE);
    assert_int_equal(result.outcome.function, 2);
    assert_int_equal(result.outcome.fuel_used, 2);
    assert_int_equal(result.payload_version, 0);
}

TEST(a_trap_in_payload_version_keeps_the_entry_from_running)
{
    (void)state;
    begin();
    uint32_t signal = guest_type(&guest, "i", "");
    uint32_t emit = guest_import(&guest, "aether", "emit_signal", signal);
    add_entry(to_none, CODE(0x41, 1, 0x10, (uint8_t)emit));
    guest_export(&guest, "payload_version", 0, guest_func(&guest, to_i32, CODE(0x00)));

    run();

    assert_trap(TRAP_UNREACHABLE);
    assert_int_equal(result.payload_version, 0);
    assert_int_equal(result.journal.signal_count, 0);
}

TEST(a_segment_out_of_bounds_is_a_trap_without_fuel)
{
    (void)state;
    begin();
    guest_memory(&guest, 1);
    add_entry(to_i32, CODE(0x41, 1));
    guest_data(&guest, PAGE - 1, CODE(1, 2));

    run();

    assert_trap(TRAP_MEMORY_OUT_OF_BOUNDS);
    assert_int_equal(result.outcome.fuel_used, 0);
}

TEST(bytes_that_are_no_module_are_malformed)
{
    (void)state;
    begin();
    add_entry(to_i32, CODE(0x41, 1));
    struct bytes whole = guest_bytes(&guest);

    run_bytes(bytes_of("hello, world", 12), 0);
    assert_fault(FAULT_MALFORMED);
    run_bytes(bytes_of("", 0), 0);
    assert_fault(FAULT_MALFORMED);
    for (size_t len = 1; len < whole.len; len++) {
        run_bytes(bytes_of(whole.data, len), 0);
        assert_int_equal(result.outcome.kind, OUTCOME_FAULT);
        assert_in_range(result.outcome.reason, FAULT_MALFORMED, FAULT_MISSING_EXPORT);
        assert_true(result.report.is_set);
    }
}

TEST(a_type_mismatch_is_invalid_and_says_where)
{
    (void)state;
    begin();
    add_entry(to_i32, CODE(0x42, 1)); /* i64.const */

    run();

    assert_fault(FAULT_INVALID);
    assert_in_range(result.outcome.offset, guest_bytes(&guest).len - 3,
                    guest_bytes(&guest).len - 1);
}

TEST(an_import_of_ours_with_another_type_is_missing)
{
    static const struct {
        const char *module, *name, *params, *results;
    } cases[] = {
        {"env", "get_status", "", "i"},       {"aether", "get_statu", "", "i"},
        {"aether", "get_status", "", "I"},    {"aether", "get_status", "i", "i"},
        {"aether", "get_status", "", ""},     {"aether", "", "", "i"},
        {"aether", "commit_uplink", "i", ""}, {"aether", "emit_signal", "f", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        begin();
        uint32_t type = guest_type(&guest, cases[i].params, cases[i].results);
        guest_import(&guest, cases[i].module, cases[i].name, type);
        add_entry(to_i32, CODE(0x41, 1));

        run();

        assert_fault(FAULT_MISSING_IMPORT);
        assert_true(result.report.is_set);
    }
}

TEST(no_entry_is_a_missing_export)
{
    (void)state;
    begin();
    guest_export(&guest, "main", 0, guest_func(&guest, to_i32, CODE(0x41, 1)));
    run();
    assert_fault(FAULT_MISSING_EXPORT);

    begin();
    add_entry(guest_type(&guest, "", "I"), CODE(0x42, 1));
    run();
    assert_fault(FAULT_MISSING_EXPORT);
}

TEST(memory_at_the_cap_runs_and_one_page_more_is_told_what_would_do)
{
    (void)state;
    begin();
    guest_memory(&guest, 32);
    add_entry(to_i32, CODE(0x3F, 0)); /* memory.size */
    run();
    assert_result(32);

    begin();
    guest_memory(&guest, 33);
    add_entry(to_i32, CODE(0x3F, 0));
    run();
    assert_fault(FAULT_MEMORY_CAP);
    assert_int_equal(result.outcome.wanted, 33 * PAGE);

    manifest.limits.memory_bytes = result.outcome.wanted;
    run();
    assert_result(33);
}

TEST(memory_grows_to_the_cap_and_not_beyond)
{
    (void)state;
    begin();
    guest_memory(&guest, 1);
    add_entry(to_i32, CODE(0x41, 31, 0x40, 0, 0x1A, 0x41, 1, 0x40, 0)); /* grow 31, then 1 */

    run();

    assert_result(-1);
    manifest.limits.memory_bytes += PAGE;
    run();
    assert_result(32);
}

/* memory 0 of 1 to 2 pages; memory 1 of 64-bit addresses and 3 to 4 pages; memory 2 of 100 to 200
 * bytes. Fills memory 1 to its end, then memory 2, and reads a byte in front of memory 2. */
TEST(several_memories_with_maxima_that_fit_lie_apart)
{
    (void)state;
    begin();
    guest_memory_of(&guest, CODE(1, 1, 2));
    guest_memory_of(&guest, CODE(5, 3, 4));
    guest_memory_of(&guest, CODE(9, 0xE4, 0, 0xC8, 1, 0));
    add_entry(to_i32,
              CODE(0x42, 0, 0x41, 7, 0x42, 0x80, 0x80, 0x0C, 0xFC, 11, 1, /* fill 1 with 7 */
                   0x41, 0, 0x41, 1, 0x41, 0xE4, 0, 0xFC, 11, 2,          /* fill 2 with 1 */
                   0x42, 0xFF, 0xFF, 0x0B, 0x2D, 0x40, 1, 0,              /* the last of 1 */
                   0x41, 0xE3, 0, 0x2D, 0x40, 2, 0, 0x6A,                 /* the last of 2 */
                   0x41, 0xFF, 0xFF, 3, 0x2D, 0, 0, 0x6A));               /* the last of 0 */

    run();

    assert_result(8);
    manifest.limits.memory_bytes = 6 * PAGE + 200;
    run();
    assert_result(8);
    manifest.limits.memory_bytes -= 65; /* what memory 2 begins behind is 64-aligned */
    run();
    assert_fault(FAULT_LIMIT);
}

TEST(a_second_memory_wants_a_maximum_of_the_first)
{
    (void)state;
    begin();
    guest_memory_of(&guest, CODE(0, 1));
    guest_memory_of(&guest, CODE(1, 1, 1));
    add_entry(to_i32, CODE(0x41, 1));

    run();

    assert_fault(FAULT_LIMIT);
}

TEST(all_memories_count_for_the_cap)
{
    (void)state;
    begin();
    guest_memory_of(&guest, CODE(1, 16, 16));
    guest_memory_of(&guest, CODE(1, 17, 17));
    add_entry(to_i32, CODE(0x41, 1));

    run();

    assert_fault(FAULT_MEMORY_CAP);
    assert_int_equal(result.outcome.wanted, 33 * PAGE);
    manifest.limits.memory_bytes = result.outcome.wanted;
    run();
    assert_result(1);
}

TEST(tables_over_their_cap_are_a_limit)
{
    (void)state;
    begin();
    guest_table(&guest, MANIFEST_TABLES_DEFAULT + 1);
    add_entry(to_i32, CODE(0x41, 1));

    run();

    assert_fault(FAULT_LIMIT);
}

TEST(an_arena_too_small_is_told_what_would_do_until_it_does)
{
    (void)state;
    begin();
    add_entry(to_i32, CODE(0x41, 1));
    manifest.limits.arena_bytes = manifest.limits.memory_bytes;

    for (int i = 0; i < 64; i++) {
        run();
        if (result.outcome.kind == OUTCOME_RESULT)
            break;
        assert_fault(FAULT_NO_MEMORY);
        assert_true(result.outcome.wanted > manifest.limits.arena_bytes);
        manifest.limits.arena_bytes = result.outcome.wanted;
    }

    assert_result(1);
}

TEST(every_refused_allocation_is_a_fault_and_nothing_else)
{
    (void)state;
    begin();
    guest_memory(&guest, 1);
    guest_table(&guest, 1);
    guest_export(&guest, "payload_version", 0, guest_func(&guest, to_i32, CODE(0x41, 9)));
    add_entry(to_i32, CODE(0x41, 1));

    uint64_t refused = 0;
    for (;; refused++) {
        run_bytes(guest_bytes(&guest), refused + 1);
        if (result.outcome.kind == OUTCOME_RESULT)
            break;
        assert_fault(FAULT_NO_MEMORY);
    }

    assert_result(1);
    assert_in_range(refused, 5, 1000);
}

TEST(the_version_is_recorded_before_the_entry_traps)
{
    (void)state;
    begin();
    guest_export(&guest, "payload_version", 0, guest_func(&guest, to_i32, CODE(0x41, 9)));
    add_entry(to_none, CODE(0x00));

    run();

    assert_trap(TRAP_UNREACHABLE);
    assert_int_equal(result.payload_version, 9);
}

TEST(the_entry_is_missed_before_memory_and_imports_are)
{
    (void)state;
    begin();
    guest_import(&guest, "env", "nothing", to_none);
    guest_memory(&guest, 33);
    run();
    assert_fault(FAULT_MISSING_EXPORT);

    begin();
    guest_import(&guest, "env", "nothing", to_none);
    guest_memory(&guest, 33);
    add_entry(to_i32, CODE(0x41, 1));
    run();
    assert_fault(FAULT_MEMORY_CAP);
}

/* An array of as many references as the argument says; its length is the status. */
static void build_array_guest(struct wasm_builder *builder, uint32_t length)
{
    build_begin(builder);
    BUILD_SECTION(builder, 1, 2, 0x5E, 0x6E, 1, 0x60, 0, 1, 0x7F);
    BUILD_SECTION(builder, 3, 1, 1);
    build_section(builder, 7);
    BUILD(builder, 1);
    build_name(builder, "evaluate_limits");
    BUILD(builder, 0, 0);
    build_close(builder);
    build_section(builder, 10);
    BUILD(builder, 1);
    build_open(builder);
    BUILD(builder, 0, 0x41);
    build_s64(builder, length);
    BUILD(builder, 0xFB, 7, 0, 0xFB, 15, 0x0B);
    build_close(builder);
    build_close(builder);
}

TEST(objects_have_a_quarter_of_the_arena_and_over_it_is_a_fault)
{
    (void)state;
    begin();
    uint64_t heap_bytes = (manifest.limits.arena_bytes - manifest.limits.memory_bytes) / 4;
    uint32_t most = (uint32_t)(heap_bytes - 8 - 12) / 4;
    for (uint32_t more = 0; more < 2; more++) {
        struct wasm_builder builder;
        build_array_guest(&builder, most + more * 2);

        run_bytes(build_result(&builder), 0);

        build_free(&builder);
        if (more == 0) {
            assert_result((int32_t)most);
            continue;
        }
        assert_int_equal(result.outcome.kind, OUTCOME_FAULT);
        assert_int_equal(result.outcome.reason, FAULT_NO_MEMORY);
        assert_int_equal(result.outcome.fuel_used, 1 + 3 + most + 2);
        assert_true(result.outcome.wanted > manifest.limits.arena_bytes);
    }
}

TEST(two_runs_of_one_job_leave_the_same)
{
    static struct fake_result first;
    (void)state;
    begin();
    guest_memory(&guest, 2);
    add_entry(to_i32, CODE(0x41, 8, 0x41, 3, 0x36, 2, 0, 0x41, 8, 0x28, 2, 0));

    run();
    first = result;
    run();

    assert_result(3);
    assert_memory_equal(&first.outcome, &result.outcome, sizeof first.outcome);
    assert_memory_equal(&first.journal, &result.journal, sizeof first.journal);
    assert_int_equal(first.arena_peak, result.arena_peak);
}

TEST_MAIN(T(status_is_what_the_entry_returns), T(an_entry_without_a_result_has_status_zero),
          T(the_manifest_names_the_entry), T(version_runs_first_on_the_same_fuel),
          T(fuel_that_just_suffices_suffices_and_one_less_does_not),
          T(an_endless_loop_ends_with_its_fuel), T(endless_recursion_ends_with_its_stack),
          T(traps_name_kind_function_and_offset),
          T(a_trap_in_the_start_function_comes_before_started),
          T(a_trap_in_payload_version_keeps_the_entry_from_running),
          T(a_segment_out_of_bounds_is_a_trap_without_fuel),
          T(bytes_that_are_no_module_are_malformed), T(a_type_mismatch_is_invalid_and_says_where),
          T(an_import_of_ours_with_another_type_is_missing), T(no_entry_is_a_missing_export),
          T(memory_at_the_cap_runs_and_one_page_more_is_told_what_would_do),
          T(memory_grows_to_the_cap_and_not_beyond),
          T(several_memories_with_maxima_that_fit_lie_apart),
          T(a_second_memory_wants_a_maximum_of_the_first), T(all_memories_count_for_the_cap),
          T(tables_over_their_cap_are_a_limit),
          T(an_arena_too_small_is_told_what_would_do_until_it_does),
          T(every_refused_allocation_is_a_fault_and_nothing_else),
          T(the_version_is_recorded_before_the_entry_traps),
          T(the_entry_is_missed_before_memory_and_imports_are),
          T(objects_have_a_quarter_of_the_arena_and_over_it_is_a_fault),
          T(two_runs_of_one_job_leave_the_same))

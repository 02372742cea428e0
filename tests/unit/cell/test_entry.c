/*
 * tests/unit/cell/test_entry.c: which function of the guest is run.
 */
#include "cell/cell.h"
#include "tests/support/guest.h"
#include "tests/support/test.h"

struct bench {
    struct guest guest;
    struct wasm_module *module;
    struct report report;
    uint8_t room[0x20000] ALIGNED(16);
};

static void load(struct bench *bench)
{
    struct arena arena;
    struct arena scratch;
    size_t half = sizeof bench->room / 2;
    memset(bench->room, 0, sizeof bench->room);
    arena_init(&arena, bench->room, half);
    arena_init(&scratch, bench->room + half, half);
    report_init(&bench->report);
    assert_int_equal(wasm_module_load(guest_bytes(&bench->guest), &arena, &scratch, &bench->module,
                                      &bench->report),
                     STATUS_OK);
}

/* A module with functions of all shapes: 0 () -> i32, 1 () -> (), 2 i32 -> i32, 3 () -> i64. */
static void shapes_init(struct guest *guest)
{
    guest_init(guest);
    uint32_t to_i32 = guest_type(guest, "", "i");
    uint32_t to_none = guest_type(guest, "", "");
    uint32_t i32_to_i32 = guest_type(guest, "i", "i");
    uint32_t to_i64 = guest_type(guest, "", "I");
    guest_func(guest, to_i32, CODE(0x41, 7));
    guest_func(guest, to_none, CODE(0x01));
    guest_func(guest, i32_to_i32, CODE(0x41, 7));
    guest_func(guest, to_i64, CODE(0x42, 7));
    guest_memory(guest, 1);
}

static enum status find(struct bench *bench, const char *name, uint32_t *out_func)
{
    load(bench);
    return cell_entry_find(bench->module, bytes_of(name, strlen(name)), out_func, &bench->report);
}

TEST(evaluate_limits_is_before_diagnostic_is_before_start)
{
    static const char *const names[] = {"_start", "diagnostic", "evaluate_limits"};
    static struct bench bench;
    (void)state;
    shapes_init(&bench.guest);
    for (uint32_t i = 0; i < ARRAY_LEN(names); i++) {
        uint32_t func = 99;
        guest_export(&bench.guest, names[i], 0, i % 2);
        assert_int_equal(find(&bench, "", &func), STATUS_OK);
        assert_int_equal(func, i % 2);
    }
}

TEST(a_named_entry_is_taken_though_defaults_exist)
{
    static struct bench bench;
    uint32_t func = 99;
    (void)state;
    shapes_init(&bench.guest);
    guest_export(&bench.guest, "evaluate_limits", 0, 0);
    guest_export(&bench.guest, "other", 0, 1);

    assert_int_equal(find(&bench, "other", &func), STATUS_OK);

    assert_int_equal(func, 1);
}

TEST(a_named_entry_that_is_missing_is_not_replaced_by_a_default)
{
    static struct bench bench;
    uint32_t func = 99;
    (void)state;
    shapes_init(&bench.guest);
    guest_export(&bench.guest, "evaluate_limits", 0, 0);

    assert_int_equal(find(&bench, "other", &func), STATUS_UNLINKABLE);

    assert_int_equal(func, 99);
    assert_non_null(strstr(bench.report.text, "other"));
}

TEST(no_default_is_missing)
{
    static struct bench bench;
    uint32_t func = 99;
    (void)state;
    shapes_init(&bench.guest);
    guest_export(&bench.guest, "main", 0, 0);

    assert_int_equal(find(&bench, "", &func), STATUS_UNLINKABLE);
    assert_int_equal(func, 99);
}

TEST(a_default_of_a_wrong_type_hides_the_next)
{
    static struct bench bench;
    uint32_t func = 99;
    (void)state;
    for (uint32_t wrong = 2; wrong <= 3; wrong++) {
        shapes_init(&bench.guest);
        guest_export(&bench.guest, "evaluate_limits", 0, wrong);
        guest_export(&bench.guest, "_start", 0, 0);

        assert_int_equal(find(&bench, "", &func), STATUS_UNLINKABLE);
        assert_int_equal(func, 99);
    }
}

TEST(an_entry_that_is_a_memory_is_refused)
{
    static struct bench bench;
    uint32_t func = 99;
    (void)state;
    shapes_init(&bench.guest);
    guest_export(&bench.guest, "evaluate_limits", 2, 0);

    assert_int_equal(find(&bench, "", &func), STATUS_UNLINKABLE);
    assert_int_equal(func, 99);
}

TEST(payload_version_counts_only_as_a_function_to_i32)
{
    static struct bench bench;
    uint32_t func = 99;
    (void)state;
    shapes_init(&bench.guest);
    load(&bench);
    assert_int_equal(cell_version_find(bench.module, &func), STATUS_NOT_FOUND);

    for (uint32_t shape = 0; shape < 4; shape++) {
        shapes_init(&bench.guest);
        guest_export(&bench.guest, "payload_version", 0, shape);
        load(&bench);
        assert_int_equal(cell_version_find(bench.module, &func),
                         shape == 0 ? STATUS_OK : STATUS_NOT_FOUND);
    }
    assert_int_equal(func, 0);

    shapes_init(&bench.guest);
    guest_export(&bench.guest, "payload_version", 2, 0);
    load(&bench);
    assert_int_equal(cell_version_find(bench.module, &func), STATUS_NOT_FOUND);
}

TEST_MAIN(T(evaluate_limits_is_before_diagnostic_is_before_start),
          T(a_named_entry_is_taken_though_defaults_exist),
          T(a_named_entry_that_is_missing_is_not_replaced_by_a_default), T(no_default_is_missing),
          T(a_default_of_a_wrong_type_hides_the_next), T(an_entry_that_is_a_memory_is_refused),
          T(payload_version_counts_only_as_a_function_to_i32))

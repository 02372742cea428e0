/*
 * tests/unit/wasm/test_decode_exports.c: exports and the start function.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* Two imported functions, []->[] and [i32]->[]; the next section's contents are at offset 32. */
#define NEXT 32u
static void begin(struct wasm_trial *trial)
{
    trial_begin(trial);
    BUILD_SECTION(&trial->builder, 1, 2, 0x60, 0, 0, 0x60, 1, 0x7F, 0);
    BUILD_SECTION(&trial->builder, 2, 2, 0, 1, 'f', 0, 0, 0, 0, 0, 1);
    assert_int_equal(trial->builder.len, NEXT - 2);
}

static void is_refused(uint8_t id, struct bytes section, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    begin(&trial);
    build_section(&trial.builder, id);
    build_bytes(&trial.builder, section);
    build_close(&trial.builder);
    trial_is_refused(&trial, status, NEXT + offset, sentence);
    trial_end(&trial);
}

TEST(an_export_is_found_by_its_name)
{
    (void)state;
    struct wasm_trial trial;
    begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 3, 1, 'a', 0, 1, 0, 0, 0, 2, 'a', 0, 0, 0);

    trial_is_valid(&trial);

    const struct wasm_module *m = trial.module;
    assert_int_equal(m->export_count, 3);
    assert_ptr_equal(wasm_module_find_export(m, BYTES_LITERAL("a")), &m->exports[0]);
    assert_ptr_equal(wasm_module_find_export(m, BYTES_LITERAL("")), &m->exports[1]);
    assert_ptr_equal(wasm_module_find_export(m, CODE('a', 0)), &m->exports[2]);
    assert_null(wasm_module_find_export(m, BYTES_LITERAL("b")));
    assert_int_equal(m->exports[0].index, 1);
    assert_int_equal(m->exports[0].offset, NEXT + 1);
    assert_true(m->funcs[0].is_declared && m->funcs[1].is_declared);
    trial_end(&trial);
}

TEST(a_name_exported_twice_is_invalid_at_the_second)
{
    (void)state;
    is_refused(7, CODE(3, 1, 'a', 0, 1, 1, 'b', 0, 0, 1, 'a', 0, 0), STATUS_INVALID, 9,
               "duplicate export name \"a\"");
    is_refused(7, CODE(2, 0, 0, 0, 0, 0, 1), STATUS_INVALID, 4, "duplicate export name \"\"");
}

TEST(what_is_exported_has_to_exist)
{
    (void)state;
    is_refused(7, CODE(1, 0, 0, 2), STATUS_INVALID, 2, "unknown function 2");
    is_refused(7, CODE(1, 0, 1, 0), STATUS_INVALID, 2, "unknown table 0");
    is_refused(7, CODE(1, 0, 2, 0), STATUS_INVALID, 2, "unknown memory 0");
    is_refused(7, CODE(1, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), STATUS_INVALID, 2,
               "unknown global 4294967295");
}

TEST(an_unknown_kind_of_export_is_malformed)
{
    (void)state;
    is_refused(7, CODE(1, 0, 5, 0), STATUS_MALFORMED, 2, "5 is no kind of export");
}

TEST(an_export_cut_off_is_malformed)
{
    (void)state;
    is_refused(7, CODE(1, 1, 'a', 0), STATUS_MALFORMED, 4, "an integer runs past the end");
    is_refused(7, CODE(1, 2, 'a', 'b'), STATUS_MALFORMED, 4, "a byte is missing at the end");
    is_refused(7, CODE(1, 3, 'a', 'b'), STATUS_MALFORMED, 2,
               "3 bytes are announced where 2 are left");
    is_refused(7, CODE(1, 1, 0xC0, 0, 0), STATUS_MALFORMED, 1, "the name \"\\c0\" is not UTF-8");
}

TEST(exports_that_do_not_fit_an_arena_are_refused)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin_sized(&trial, sizeof(struct wasm_module) + 64, 4096);
    BUILD_SECTION(&trial.builder, 5, 1, 0, 0);
    BUILD_SECTION(&trial.builder, 7, 3, 1, 'a', 2, 0, 1, 'b', 2, 0, 1, 'c', 2, 0);
    assert_int_equal(trial_load(&trial), STATUS_NO_MEMORY);
    assert_int_equal(trial.report.offset, 16);
    assert_int_equal(trial.module_arena.used, 0);
    trial_end(&trial);

    trial_begin_sized(&trial, 4096, 64);
    BUILD_SECTION(&trial.builder, 5, 1, 0, 0);
    build_section(&trial.builder, 7);
    build_byte(&trial.builder, 9);
    for (uint8_t i = 0; i < 9; i++)
        BUILD(&trial.builder, 1, 'a' + i, 2, 0);
    build_close(&trial.builder);
    trial_is_refused(&trial, STATUS_NO_MEMORY, trial.builder.len,
                     "comparing 9 exports does not fit the scratch memory");
    trial_end(&trial);
}

/* Four letters make each name another. */
static void build_many_exports(struct wasm_builder *builder, uint32_t count)
{
    build_section(builder, 7);
    build_u32(builder, count);
    for (uint32_t i = 0; i < count; i++)
        BUILD(builder, 4, (uint8_t)('a' + i % 26), (uint8_t)('a' + i / 26 % 26),
              (uint8_t)('a' + i / 676 % 26), (uint8_t)('0' + i / 17576), 0, 0);
    build_close(builder);
}

TEST(a_million_exports_are_the_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin_sized(&trial, (size_t)60 << 20, (size_t)16 << 20);
        BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
        BUILD_SECTION(&trial.builder, 2, 1, 0, 0, 0, 0);
        build_many_exports(&trial.builder, 1000000 + over);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 26, "a module has more than 1000000 exports");
        trial_end(&trial);
    }
}

TEST(a_start_function_takes_and_gives_nothing)
{
    (void)state;
    struct wasm_trial trial;
    begin(&trial);
    BUILD_SECTION(&trial.builder, 8, 0);
    trial_is_valid(&trial);
    assert_true(trial.module->has_start);
    assert_int_equal(trial.module->start, 0);
    assert_false(trial.module->funcs[0].is_declared);
    trial_end(&trial);

    is_refused(8, CODE(1), STATUS_INVALID, 0, "the start function 1 takes or gives values");
    is_refused(8, CODE(2), STATUS_INVALID, 0, "unknown function 2");
    is_refused(8, CODE(0, 0), STATUS_MALFORMED, 1, "a section has 1 bytes more than its contents");
}

TEST_MAIN(T(an_export_is_found_by_its_name), T(a_name_exported_twice_is_invalid_at_the_second),
          T(what_is_exported_has_to_exist), T(an_unknown_kind_of_export_is_malformed),
          T(an_export_cut_off_is_malformed), T(exports_that_do_not_fit_an_arena_are_refused),
          T(a_million_exports_are_the_limit), T(a_start_function_takes_and_gives_nothing))

/*
 * tests/unit/wasm/test_decode.c: wasm_module_load as a whole: arenas, memory, refusals in between.
 */
#include "core/wasm/limits.h"
#include "tests/support/load_check.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define END 0x0B

/* Something of everything. */
static void build_rich(struct wasm_trial *trial)
{
    trial_build_around(
        trial, "ii:i",
        CODE(1, 2, 0x7E, 0x02, 0x7F, 0x20, 0, 0x20, 1, 0x0E, 2, 0, 1, 0, END, 0x41, 1, 0x6A, END));
}

TEST(a_refused_allocation_leaves_nothing_behind)
{
    (void)state;
    for (int scratch = 0; scratch <= 1; scratch++) {
        uint64_t refused = 0;
        for (uint64_t nth = 1;; nth++) {
            struct wasm_trial trial;
            trial_begin(&trial);
            build_rich(&trial);
            (scratch ? &trial.scratch : &trial.module_arena)->refuse_at = nth;

            enum status status = trial_load(&trial);

            if (status == STATUS_OK) {
                trial_end(&trial);
                break;
            }
            refused++;
            assert_int_equal(status, STATUS_NO_MEMORY);
            assert_true(trial.report.is_set && trial.report.len != 0);
            assert_null(trial.module);
            assert_int_equal(trial.scratch.used, 0);
            assert_int_equal(trial.module_arena.used, 0);
            trial_end(&trial);
        }
        assert_in_range(refused, 4, 100);
    }
}

TEST(one_arena_may_serve_for_both)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_module *module = NULL;
    trial_begin(&trial);
    build_rich(&trial);

    enum status status = wasm_module_load(build_result(&trial.builder), &trial.module_arena,
                                          &trial.module_arena, &module, &trial.report);

    assert_int_equal(status, STATUS_OK);
    assert_int_equal(module->funcs[1].op_count, 8);
    assert_int_equal(trial.scratch.peak, 0);
    trial_end(&trial);
}

TEST(a_report_is_optional)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD(&trial.builder, 14, 0);

    enum status status = wasm_module_load(build_result(&trial.builder), &trial.module_arena,
                                          &trial.scratch, &trial.module, NULL);

    assert_int_equal(status, STATUS_MALFORMED);
    trial_end(&trial);
}

TEST(a_module_cut_off_inside_a_section_is_truncated)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    build_rich(&trial);
    size_t whole = trial.builder.len, at = 8;
    while (at < whole) {
        size_t end = at + 2 + trial.builder.data[at + 1]; /* each section here is short */
        for (size_t len = at + 1; len < end; len++) {
            trial.builder.len = len;
            assert_int_equal(trial_load(&trial), STATUS_TRUNCATED);
            assert_in_range(trial.report.offset, at + 1, len);
        }
        at = end;
    }
    assert_int_equal(at, whole);
    trial_end(&trial);
}

/* How much of both arenas a load of this module took, whatever came of it. */
static void stays_in_bounds(struct wasm_builder *builder)
{
    struct wasm_trial trial;
    trial_begin_sized(&trial, (size_t)64 << 20, (size_t)16 << 20);
    build_bytes(&trial.builder, build_result(builder));
    (void)trial_load(&trial); /* valid or not: the bound holds for both */
    size_t len = trial.builder.len;
    assert_in_range(trial.module_arena.peak, 1, 24 * len + 1024);
    assert_in_range(trial.scratch.peak, 0, 8 * len + 65536 + ((size_t)9 << 20));
    trial_end(&trial);
    build_free(builder);
}

static void begin_repeated(struct wasm_builder *builder, uint8_t section, uint32_t count,
                           struct bytes item)
{
    build_section(builder, section);
    build_u32(builder, count);
    for (uint32_t i = 0; i < count; i++)
        build_bytes(builder, item);
    build_close(builder);
}

TEST(a_load_takes_at_most_24_bytes_for_a_byte_of_input)
{
    (void)state;
    struct wasm_builder b;
    build_begin_empty(&b);
    BUILD_SECTION(&b, 1, 1, 0x60, 0, 0);
    begin_repeated(&b, 2, 100000, CODE(0, 0, 0, 0));
    stays_in_bounds(&b);

    build_begin_empty(&b);
    begin_repeated(&b, 1, 100000, CODE(0x60, 1, 0x7F, 0));
    stays_in_bounds(&b);

    build_begin_empty(&b);
    BUILD_SECTION(&b, 1, 1, 0x60, 0, 0);
    begin_repeated(&b, 3, 100000, CODE(0));
    begin_repeated(&b, 10, 100000, CODE(2, 0, END));
    stays_in_bounds(&b);

    build_begin_empty(&b);
    begin_repeated(&b, 3, 100000, CODE(0)); /* bodies are missing */
    stays_in_bounds(&b);

    build_begin_empty(&b);
    begin_repeated(&b, 6, 100000, CODE(0x7F, 0, END)); /* not valid, but as small as they come */
    stays_in_bounds(&b);

    build_begin_empty(&b);
    begin_repeated(&b, 9, 100000, CODE(1, 0, 0));
    stays_in_bounds(&b);

    build_begin_empty(&b);
    begin_repeated(&b, 11, 100000, CODE(1, 0));
    stays_in_bounds(&b);
}

TEST(a_body_as_deep_and_high_as_the_limits_fits_9_mib)
{
    (void)state;
    struct wasm_builder b;
    build_begin_empty(&b);
    BUILD_SECTION(&b, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(&b, 3, 1, 0);
    build_section(&b, 10);
    build_byte(&b, 1);
    build_open(&b);
    build_byte(&b, 0);
    for (uint32_t i = 0; i + 1 < WASM_LIMIT_NESTING; i++) {
        BUILD(&b, 0x02, 0x40);
        for (uint32_t k = 0; k < 1; k++)
            BUILD(&b, 0x41, 0);
    }
    BUILD(&b, 0x00);
    build_fill(&b, END, WASM_LIMIT_NESTING);
    build_close(&b);
    build_close(&b);
    stays_in_bounds(&b);
}

TEST(the_sink_protocol_holds_for_a_module_of_everything)
{
    (void)state;
    struct wasm_trial trial;
    struct report report;
    trial_begin(&trial);
    build_rich(&trial);

    assert_int_equal(load_check(build_result(&trial.builder), &report), STATUS_OK);

    trial_end(&trial);
}

TEST_MAIN(T(a_refused_allocation_leaves_nothing_behind), T(one_arena_may_serve_for_both),
          T(a_report_is_optional), T(a_module_cut_off_inside_a_section_is_truncated),
          T(a_load_takes_at_most_24_bytes_for_a_byte_of_input),
          T(a_body_as_deep_and_high_as_the_limits_fits_9_mib),
          T(the_sink_protocol_holds_for_a_module_of_everything))

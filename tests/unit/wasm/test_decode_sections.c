/*
 * tests/unit/wasm/test_decode_sections.c: header, frames, order, custom sections.
 */
#include <sys/mman.h>

#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

static void is_refused(struct bytes input, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    trial.builder.len = 0;
    build_bytes(&trial.builder, input);
    trial_is_refused(&trial, status, offset, sentence);
    trial_end(&trial);
}

/* The header, then these bytes. */
static void rest_is_refused(struct bytes rest, enum status status, uint64_t offset,
                            const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_bytes(&trial.builder, rest);
    trial_is_refused(&trial, status, offset, sentence);
    trial_end(&trial);
}

TEST(a_header_alone_is_a_valid_module)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);

    trial_is_valid(&trial);

    assert_int_equal(trial.module->func_count, 0);
    assert_ptr_equal(trial.module->input.data, trial.builder.data);
    trial_end(&trial);
}

TEST(a_short_header_is_truncated_at_its_length)
{
    (void)state;
    is_refused(bytes_of("", 0), STATUS_TRUNCATED, 0,
               "the header of a module has 8 bytes, here are 0");
    is_refused(CODE(0x00, 0x61), STATUS_TRUNCATED, 2,
               "the header of a module has 8 bytes, here are 2");
    is_refused(CODE(0x00, 0x61, 0x73, 0x6D, 1, 0, 0), STATUS_TRUNCATED, 7,
               "the header of a module has 8 bytes, here are 7");
}

TEST(other_file_formats_are_no_module)
{
    (void)state;
    is_refused(BYTES_LITERAL("(module)"), STATUS_MALFORMED, 0,
               "not a WebAssembly module: it begins with \"(mod\"");
    is_refused(BYTES_LITERAL("\x7F"
                             "ELF\x02\x01\x01"),
               STATUS_MALFORMED, 0, "not a WebAssembly module: it begins with \"\\7fELF\"");
    is_refused(CODE(0, 0, 0, 0, 0, 0, 0, 0, 0), STATUS_MALFORMED, 0,
               "not a WebAssembly module: it begins with \"\\00\\00\\00\\00\"");
    is_refused(CODE('x'), STATUS_MALFORMED, 0, "not a WebAssembly module: it begins with \"x\"");
}

TEST(a_module_has_at_most_1_gib)
{
    (void)state;
    const size_t limit = (size_t)1 << 30;
    struct report report;
    struct wasm_trial trial;
    uint8_t *input =
        mmap(NULL, limit + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(input != MAP_FAILED);
    trial_begin(&trial);

    report_init(&report);
    enum status over = wasm_module_load(bytes_of(input, limit + 1), &trial.module_arena,
                                        &trial.scratch, &trial.module, &report);
    enum status at = wasm_module_load(bytes_of(input, limit), &trial.module_arena, &trial.scratch,
                                      &trial.module, NULL);

    assert_int_equal(over, STATUS_LIMIT);
    assert_string_equal(report.text, "a module has more than 1073741824 bytes");
    assert_int_equal(report.offset, 0);
    assert_int_equal(at, STATUS_MALFORMED); /* all zeros */
    trial_end(&trial);
    assert_int_equal(munmap(input, limit + 1), 0);
}

TEST(another_version_is_named)
{
    (void)state;
    is_refused(CODE(0x00, 0x61, 0x73, 0x6D, 2, 0, 0, 0), STATUS_MALFORMED, 4,
               "unknown version 2 of the binary format");
}

TEST(a_component_is_unsupported_by_name)
{
    (void)state;
    is_refused(CODE(0x00, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0), STATUS_UNSUPPORTED, 4,
               "components are not supported, only core modules are");
}

TEST(a_section_cut_off_is_truncated)
{
    (void)state;
    rest_is_refused(CODE(1), STATUS_TRUNCATED, 9, "the size of a section is cut off");
    rest_is_refused(CODE(1, 0x80), STATUS_TRUNCATED, 9, "the size of a section is cut off");
    rest_is_refused(CODE(1, 2, 0), STATUS_TRUNCATED, 10,
                    "a section announces 2 bytes where 1 are left");
    rest_is_refused(CODE(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0), STATUS_TRUNCATED, 14,
                    "a section announces 4294967295 bytes where 1 are left");
}

TEST(a_section_size_that_is_no_u32_is_malformed)
{
    (void)state;
    rest_is_refused(CODE(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0), STATUS_MALFORMED, 9,
                    "an integer has more bytes than its type allows");
}

TEST(an_unknown_section_is_malformed)
{
    (void)state;
    rest_is_refused(CODE(14, 0), STATUS_MALFORMED, 8, "14 is no section of a module");
    rest_is_refused(CODE(0xFF, 0), STATUS_MALFORMED, 8, "255 is no section of a module");
}

TEST(a_section_twice_is_malformed)
{
    (void)state;
    rest_is_refused(CODE(1, 1, 0, 1, 1, 0), STATUS_MALFORMED, 11, "section 1 occurs twice");
}

TEST(sections_out_of_order_are_malformed)
{
    (void)state;
    rest_is_refused(CODE(2, 1, 0, 1, 1, 0), STATUS_MALFORMED, 11,
                    "section 1 stands behind one that has to follow it");
    rest_is_refused(CODE(10, 1, 0, 12, 1, 0), STATUS_MALFORMED, 11,
                    "section 12 stands behind one that has to follow it");
    rest_is_refused(CODE(13, 1, 0, 5, 1, 0), STATUS_MALFORMED, 11,
                    "section 5 stands behind one that has to follow it");
    rest_is_refused(CODE(6, 1, 0, 13, 1, 0), STATUS_MALFORMED, 11,
                    "section 13 stands behind one that has to follow it");
}

TEST(a_section_longer_than_its_contents_is_malformed)
{
    (void)state;
    for (uint8_t id = 1; id <= 12; id++) {
        if (id == 8 || id == 12)
            continue; /* no count begins these */
        struct wasm_trial trial;
        trial_begin(&trial);
        BUILD_SECTION(&trial.builder, id, 0, 0, 0);
        trial_is_refused(&trial, STATUS_MALFORMED, 11,
                         "a section has 2 bytes more than its contents");
        trial_end(&trial);
    }
    rest_is_refused(CODE(12, 2, 0, 0), STATUS_MALFORMED, 11,
                    "a section has 1 bytes more than its contents");
}

TEST(an_empty_section_lacks_its_count)
{
    (void)state;
    for (uint8_t id = 1; id <= 12; id++) {
        struct wasm_trial trial;
        trial_begin(&trial);
        BUILD(&trial.builder, id, 0);
        trial_is_refused(&trial, STATUS_MALFORMED, 10, "an integer runs past the end");
        trial_end(&trial);
    }
}

TEST(a_count_without_bytes_behind_it_allocates_nothing)
{
    (void)state;
    static const uint8_t counted[] = {1, 2, 3, 4, 5, 6, 7, 9, 10, 11};
    for (size_t i = 0; i < sizeof counted; i++) {
        struct wasm_trial trial;
        trial_begin(&trial);
        BUILD_SECTION(&trial.builder, counted[i], 0xFF, 0xFF, 0xFF, 0xFF, 0x0F);
        trial_is_refused(&trial, STATUS_MALFORMED, 10,
                         "a count of 4294967295 does not fit the 0 bytes left");
        assert_in_range(trial.module_arena.peak, 0, 1024);
        trial_end(&trial);
    }
}

TEST(custom_sections_may_stand_anywhere_and_often)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    for (int i = 0; i < 10000; i++)
        BUILD_SECTION(&trial.builder, 0, 1, 'c', 0xFF);
    BUILD_SECTION(&trial.builder, 1, 0);
    BUILD_SECTION(&trial.builder, 0, 1, 'c');
    BUILD_SECTION(&trial.builder, 3, 0);

    trial_is_valid(&trial);

    assert_null(trial.module->name_section.data);
    trial_end(&trial);
}

TEST(a_custom_section_needs_a_name)
{
    (void)state;
    rest_is_refused(CODE(0, 0), STATUS_MALFORMED, 10, "an integer runs past the end");
    rest_is_refused(CODE(0, 1, 5), STATUS_MALFORMED, 11, "5 bytes are announced where 0 are left");
    rest_is_refused(CODE(0, 2, 1, 0xC0), STATUS_MALFORMED, 10, "the name \"\\c0\" is not UTF-8");
}

TEST(a_name_over_the_limit_is_refused)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin(&trial);
        build_section(&trial.builder, 0);
        build_u32(&trial.builder, 100000 + over);
        build_fill(&trial.builder, 'n', 100000 + over);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 12,
                             "a name has 100001 bytes, the limit is 100000");
        trial_end(&trial);
    }
}

TEST(the_first_name_section_is_kept_whatever_is_in_it)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 0, 4, 'n', 'a', 'm', 'e', 1, 0xFF);
    BUILD_SECTION(&trial.builder, 0, 4, 'n', 'a', 'm', 'e');

    trial_is_valid(&trial);

    assert_int_equal(trial.module->name_section.len, 2);
    assert_int_equal(trial.module->name_section.data[1], 0xFF);
    trial_end(&trial);
}

TEST_MAIN(T(a_header_alone_is_a_valid_module), T(a_short_header_is_truncated_at_its_length),
          T(other_file_formats_are_no_module), T(a_module_has_at_most_1_gib),
          T(another_version_is_named), T(a_component_is_unsupported_by_name),
          T(a_section_cut_off_is_truncated), T(a_section_size_that_is_no_u32_is_malformed),
          T(an_unknown_section_is_malformed), T(a_section_twice_is_malformed),
          T(sections_out_of_order_are_malformed),
          T(a_section_longer_than_its_contents_is_malformed), T(an_empty_section_lacks_its_count),
          T(a_count_without_bytes_behind_it_allocates_nothing),
          T(custom_sections_may_stand_anywhere_and_often), T(a_custom_section_needs_a_name),
          T(a_name_over_the_limit_is_refused), T(the_first_name_section_is_kept_whatever_is_in_it))

/*
 * tests/unit/wasm/test_decode_tags.c: the tag section, and tags as imports and exports.
 */
#include "core/wasm/limits.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* Types 0 [i32 i64]->[], 1 []->[i32]; then the section of tags. */
static void build_tags(struct wasm_trial *trial, struct bytes tags)
{
    trial_begin(trial);
    BUILD_SECTION(&trial->builder, 1, 2, 0x60, 2, 0x7F, 0x7E, 0, 0x60, 0, 1, 0x7F);
    build_section(&trial->builder, 13);
    build_bytes(&trial->builder, tags);
    build_close(&trial->builder);
}

static void is_refused(struct bytes tags, enum status status, uint64_t offset, const char *sentence)
{
    struct wasm_trial trial;
    build_tags(&trial, tags);
    trial_is_refused(&trial, status, trial.builder.len - tags.len + offset, sentence);
    trial_end(&trial);
}

TEST(a_tag_has_a_function_type_without_results)
{
    (void)state;
    struct wasm_trial trial;
    build_tags(&trial, CODE(2, 0, 0, 0, 0));
    trial_is_valid(&trial);
    assert_int_equal(trial.module->tag_count, 2);
    assert_int_equal(wasm_module_tag_type(trial.module, 1)->param_count, 2);
    assert_false(trial.module->tags[0].is_import);
    trial_end(&trial);
    is_refused(CODE(1, 0, 1), STATUS_INVALID, 2, "type 1 of a tag has results");
    is_refused(CODE(1, 0, 2), STATUS_INVALID, 2, "unknown type 2");
}

TEST(a_tag_is_an_exception)
{
    (void)state;
    is_refused(CODE(1, 1, 0), STATUS_MALFORMED, 1, "1 is no attribute of a tag");
    is_refused(CODE(1, 0xFF, 0), STATUS_MALFORMED, 1, "255 is no attribute of a tag");
}

TEST(a_tag_section_cut_off_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 0), STATUS_MALFORMED, 0, "a count of 1 does not fit the 1 bytes left");
    is_refused(CODE(1, 0, 0x80), STATUS_MALFORMED, 2, "an integer runs past the end");
    is_refused(CODE(1, 0, 0, 0), STATUS_MALFORMED, 3,
               "a section has 1 bytes more than its contents");
}

TEST(imported_tags_come_first_and_can_be_exported)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 2, 0x60, 1, 0x7F, 0, 0x60, 0, 0);
    BUILD_SECTION(&trial.builder, 2, 1, 1, 'm', 1, 't', 4, 0, 0);
    BUILD_SECTION(&trial.builder, 13, 1, 0, 1);
    BUILD_SECTION(&trial.builder, 7, 2, 1, 'a', 4, 0, 1, 'b', 4, 1);
    trial_is_valid(&trial);
    assert_int_equal(trial.module->import_tag_count, 1);
    assert_true(trial.module->tags[0].is_import);
    assert_int_equal(wasm_module_tag_type(trial.module, 0)->param_count, 1);
    assert_int_equal(trial.module->exports[1].kind, WASM_EXTERN_TAG);
    trial_end(&trial);
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(&trial.builder, 13, 1, 0, 0);
    BUILD_SECTION(&trial.builder, 7, 1, 1, 'a', 4, 1);
    trial_is_refused(&trial, STATUS_INVALID, trial.builder.len - 2, "unknown tag 1");
    trial_end(&trial);
}

TEST(a_million_tags_are_the_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin_sized(&trial, (size_t)32 << 20, (size_t)4 << 20);
        BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
        build_section(&trial.builder, 13);
        build_u32(&trial.builder, WASM_LIMIT_TAGS + over);
        build_fill(&trial.builder, 0, (size_t)2 * (WASM_LIMIT_TAGS + over));
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 18, "a module has more than 1000000 tags");
        trial_end(&trial);
    }
}

TEST_MAIN(T(a_tag_has_a_function_type_without_results), T(a_tag_is_an_exception),
          T(a_tag_section_cut_off_is_malformed), T(imported_tags_come_first_and_can_be_exported),
          T(a_million_tags_are_the_limit))

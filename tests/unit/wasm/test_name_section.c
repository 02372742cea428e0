/*
 * tests/unit/wasm/test_name_section.c: names, from sections right and broken.
 */
#include "core/wasm/name_section.h"

#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* A valid module whose name section holds `contents`. */
static void begin(struct wasm_trial *trial, struct bytes contents)
{
    trial_begin(trial);
    build_section(&trial->builder, 0);
    build_name(&trial->builder, "name");
    build_bytes(&trial->builder, contents);
    build_close(&trial->builder);
    trial_is_valid(trial);
}

/* The name of function `func` when the name section holds `contents`; the module stays valid. */
static void has_name(struct bytes contents, uint32_t func, const char *name)
{
    struct wasm_trial trial;
    begin(&trial, contents);

    struct bytes found = wasm_func_name(trial.module, func);

    assert_true(bytes_equal(found, bytes_of(name, strlen(name))));
    trial_end(&trial);
}

TEST(a_function_has_the_name_that_its_map_gives)
{
    (void)state;
    struct bytes contents = CODE(0, 2, 1, 'm', 1, 9, 2, 0, 2, 'a', 'b', 5, 2, 'c', 'd', 2, 1, 0);
    has_name(contents, 0, "ab");
    has_name(contents, 5, "cd");
    has_name(contents, 1, "");
}

TEST(a_section_without_function_names_names_nothing)
{
    (void)state;
    has_name(bytes_of("", 0), 0, "");
    has_name(CODE(0, 2, 1, 'm'), 0, "");
}

TEST(a_broken_section_names_what_stands_before_the_break)
{
    (void)state;
    has_name(CODE(1, 6, 2, 0, 1, 'a', 1, 9), 0, "a");
    has_name(CODE(1, 6, 2, 0, 1, 'a', 1, 9), 1, "");
    has_name(CODE(1, 4, 2, 0, 1, 0xFF), 0, "");
    has_name(CODE(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), 0, "");
    has_name(CODE(1), 0, "");
    has_name(CODE(1, 1, 0xFF), 0, "");
    has_name(CODE(1, 3, 1, 0x80, 0x80), 0, "");
    has_name(CODE(0, 9, 1), 0, "");
}

TEST(a_module_without_the_section_names_nothing)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    trial_is_valid(&trial);
    assert_int_equal(wasm_func_name(trial.module, 0).len, 0);
    trial_end(&trial);
}

TEST(a_module_has_its_own_name)
{
    (void)state;
    struct wasm_trial trial;
    begin(&trial, CODE(0, 3, 2, 'm', 'n', 1, 4, 1, 0, 1, 'f'));

    struct bytes found = wasm_module_name(trial.module);

    assert_true(bytes_equal(found, BYTES_LITERAL("mn")));
    trial_end(&trial);
}

TEST(a_map_gives_its_names_in_order_and_ends)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_name_map map;
    uint32_t index = 0;
    struct bytes name = {0};
    begin(&trial, CODE(7, 7, 2, 3, 1, 'a', 9, 1, 'b'));

    assert_true(wasm_names_open(trial.module, WASM_NAMES_GLOBALS, &map));

    assert_true(wasm_names_next(&map, &index, &name));
    assert_int_equal(index, 3);
    assert_true(bytes_equal(name, BYTES_LITERAL("a")));
    assert_true(wasm_names_next(&map, &index, &name));
    assert_int_equal(index, 9);
    assert_true(bytes_equal(name, BYTES_LITERAL("b")));
    assert_false(wasm_names_next(&map, &index, &name));
    assert_int_equal(index, 9);
    assert_false(wasm_names_open(trial.module, WASM_NAMES_TABLES, &map));
    trial_end(&trial);
}

/* Locals of functions 1 (0 "x", 2 "y") and 4 (0 "z"). */
static const uint8_t locals[] = {2, 14, 2, 1, 2, 0, 1, 'x', 2, 1, 'y', 4, 1, 0, 1, 'z'};

TEST(the_locals_of_a_function_have_a_map_of_their_own)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_name_map map;
    uint32_t index = 9;
    struct bytes name = {0};
    begin(&trial, bytes_of(locals, sizeof locals));

    assert_true(wasm_names_open_of(trial.module, WASM_NAMES_LOCALS, 4, &map));

    assert_true(wasm_names_next(&map, &index, &name));
    assert_int_equal(index, 0);
    assert_true(bytes_equal(name, BYTES_LITERAL("z")));
    assert_false(wasm_names_next(&map, &index, &name));
    assert_true(wasm_names_open_of(trial.module, WASM_NAMES_LOCALS, 1, &map));
    assert_int_equal(map.left, 2);
    assert_false(wasm_names_open_of(trial.module, WASM_NAMES_LOCALS, 2, &map));
    assert_false(wasm_names_open_of(trial.module, WASM_NAMES_LABELS, 1, &map));
    trial_end(&trial);
}

TEST(a_cut_map_of_locals_names_what_stands_before_the_cut)
{
    (void)state;
    for (size_t len = 0; len < sizeof locals; len++) {
        struct wasm_trial trial;
        struct wasm_name_map map;
        uint8_t cut[sizeof locals];
        memcpy(cut, locals, len);
        if (len >= 2)
            cut[1] = (uint8_t)(len - 2);
        begin(&trial, bytes_of(cut, len));

        bool has_first = wasm_names_open_of(trial.module, WASM_NAMES_LOCALS, 1, &map);
        bool has_second = wasm_names_open_of(trial.module, WASM_NAMES_LOCALS, 4, &map);

        assert_int_equal(has_first, len >= 5);
        assert_int_equal(has_second, len >= 13);
        trial_end(&trial);
    }
}

static void section_is_whole(struct bytes contents)
{
    struct wasm_trial trial;
    begin(&trial, contents);
    assert_int_equal(wasm_name_section_check(trial.module, &trial.report), STATUS_OK);
    assert_false(trial.report.is_set);
    trial_end(&trial);
}

/* `at`: offset within the contents, where the break is. */
static void section_is_broken(struct bytes contents, uint64_t at, const char *sentence)
{
    struct wasm_trial trial;
    begin(&trial, contents);
    uint64_t start = (uint64_t)(trial.module->name_section.data - trial.module->input.data);

    enum status status = wasm_name_section_check(trial.module, &trial.report);

    assert_int_equal(status, STATUS_MALFORMED);
    assert_string_equal(trial.report.text, sentence);
    assert_int_equal(trial.report.offset, start + at);
    trial_end(&trial);
}

TEST(a_whole_section_passes_the_check)
{
    (void)state;
    section_is_whole(bytes_of("", 0));
    section_is_whole(bytes_of(locals, sizeof locals));
    section_is_whole(CODE(0, 2, 1, 'm', 1, 4, 1, 0, 1, 'f', 4, 1, 0, 11, 1, 0));
    section_is_whole(CODE(12, 2, 0xFF, 0xFF));
}

TEST(the_check_says_what_is_broken_and_where)
{
    (void)state;
    section_is_broken(CODE(1), 1, "an integer runs past the end");
    section_is_broken(CODE(1, 9, 0), 2, "9 bytes are announced where 1 are left");
    section_is_broken(CODE(1, 7, 2, 3, 1, 'a', 3, 1, 'b'), 6,
                      "the names are not in order: index 3 stands behind 3");
    section_is_broken(CODE(1, 4, 1, 0, 1, 0xFF), 4, "the name \"\\ff\" is not UTF-8");
    section_is_broken(CODE(1, 5, 1, 0, 1, 'a', 0), 6, "names end 1 bytes before their subsection");
    section_is_broken(CODE(1, 1, 0, 0, 2, 1, 'm'), 3,
                      "subsection 0 of names stands behind subsection 1");
    section_is_broken(CODE(1, 1, 0, 1, 1, 0), 3,
                      "subsection 1 of names stands behind subsection 1");
    section_is_broken(CODE(2, 5, 2, 1, 0, 0, 0), 5,
                      "the names are not in order: index 0 stands behind 1");
}

TEST_MAIN(T(a_function_has_the_name_that_its_map_gives),
          T(a_section_without_function_names_names_nothing),
          T(a_broken_section_names_what_stands_before_the_break),
          T(a_module_without_the_section_names_nothing), T(a_module_has_its_own_name),
          T(a_map_gives_its_names_in_order_and_ends),
          T(the_locals_of_a_function_have_a_map_of_their_own),
          T(a_cut_map_of_locals_names_what_stands_before_the_cut),
          T(a_whole_section_passes_the_check), T(the_check_says_what_is_broken_and_where))

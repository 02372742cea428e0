/*
 * tests/unit/wasm/test_names.c: function names, from sections right and broken.
 */
#include "core/wasm/names.h"

#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* The name of function `func` when the name section holds `contents`; the module stays valid. */
static void has_name(struct bytes contents, uint32_t func, const char *name)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_section(&trial.builder, 0);
    build_name(&trial.builder, "name");
    build_bytes(&trial.builder, contents);
    build_close(&trial.builder);
    trial_is_valid(&trial);

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

TEST_MAIN(T(a_function_has_the_name_that_its_map_gives),
          T(a_section_without_function_names_names_nothing),
          T(a_broken_section_names_what_stands_before_the_break),
          T(a_module_without_the_section_names_nothing))

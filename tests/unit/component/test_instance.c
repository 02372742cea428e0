/*
 * tests/unit/component/test_instance.c: what is found in a linked component; the corpus replayed.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/linked_check.h"
#include "tests/support/linked_trial.h"
#include "tests/support/test.h"

TEST(functions_are_found_by_name_and_in_no_interface_that_is_not_there)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");
    struct component_func *func =
        component_find_func(trial.linked, bytes_of("", 0), BYTES_LITERAL("value"));

    assert_non_null(func);
    assert_int_equal(component_func_type(func)->param_count, 1);
    assert_int_equal(component_func_type(func)->params[0].type->kind, COMPONENT_BORROW);
    assert_null(component_find_func(trial.linked, bytes_of("", 0), BYTES_LITERAL("r")));
    assert_null(component_find_func(trial.linked, bytes_of("", 0), BYTES_LITERAL("valu")));
    assert_null(component_find_func(trial.linked, BYTES_LITERAL("a:b/c"), BYTES_LITERAL("value")));
    linked_trial_end(&trial);
}

TEST(functions_of_an_exported_interface_are_found_by_its_track)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "interface");
    static const struct {
        const char *name;
        bool is_there;
    } names[] = {{"test:guest/api@0.3.1", true},  {"test:guest/api@0.3.9", true},
                 {"test:guest/api@0.2.1", false}, {"test:guest/api", false},
                 {"test:guest/api@1.0.0", false}, {"plain", true}};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct component_func *func = component_find_func(
            trial.linked, bytes_of(names[i].name, strlen(names[i].name)), BYTES_LITERAL("f"));
        assert_int_equal(func != NULL, names[i].is_there);
    }
    linked_trial_end(&trial);
}

TEST(the_corpus_ends_as_it_should)
{
    static uint8_t content[1 << 16];
    DIR *folder = opendir("tests/corpus/components");
    uint32_t called = 0, refused = 0;
    assert_non_null(folder);
    for (const struct dirent *each = readdir(folder); each != NULL; each = readdir(folder)) {
        char path[512];
        if (each->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "tests/corpus/components/%s", each->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(content, 1, sizeof content, file);
        assert_int_equal(fclose(file), 0);
        enum linked_end end = linked_check(bytes_of(content, len));
        called += end == LINKED_CALLED ? 1 : 0;
        refused += end == LINKED_REFUSED ? 1 : 0;
    }
    assert_int_equal(closedir(folder), 0);

    assert_true(called >= 6);
    assert_true(refused >= 9); /* the texts beside them */
}

TEST_MAIN(T(functions_are_found_by_name_and_in_no_interface_that_is_not_there),
          T(functions_of_an_exported_interface_are_found_by_its_track),
          T(the_corpus_ends_as_it_should))

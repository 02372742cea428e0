/*
 * tests/support/test.h: what every cmocka binary starts with.
 *
 * TEST(name) declares a test named by the sentence that is true; TEST_MAIN lists them. ONLY='u32_*'
 * in the environment filters by name; a filter that matches nothing is a failure (tests/run.py).
 */
#ifndef AETHER_TESTS_TEST_H
#define AETHER_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEST(name) static void name(__attribute__((unused)) void **state)
#define T(name)    cmocka_unit_test(name)
#define TEST_MAIN(...)                                                                             \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        const char *only = getenv("ONLY");                                                         \
        if (only != NULL && only[0] != '\0')                                                       \
            cmocka_set_test_filter(only);                                                          \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }

#endif

/*
 * tests/unit/component/test_semver.c: versions.
 */
#include "core/component/semver.h"

#include "tests/support/test.h"

static bool is_valid(const char *version)
{
    return component_semver_is_valid(bytes_of(version, strlen(version)));
}

TEST(versions_of_three_numbers_are_taken_apart)
{
    struct component_semver version;
    const char text[] = "1.20.300-rc.1+build.5";

    assert_true(component_semver_parse(bytes_of(text, sizeof text - 1), &version));

    assert_int_equal(version.major, 1);
    assert_int_equal(version.minor, 20);
    assert_int_equal(version.patch, 300);
    assert_int_equal(version.prerelease.len, 4);
    assert_memory_equal(version.prerelease.data, "rc.1", 4);
}

TEST(what_semantic_versioning_allows_is_valid)
{
    static const char *const good[] = {"0.0.0",          "123456.7890.488", "0.0.0+abcd-efg",
                                       "0.0.0-abcd+efg", "1.0.0-0.x.92",    "1.0.0--",
                                       "1.0.0-0a.00a",   "1.0.0+001",       "99999999999999.0.0"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(is_valid(good[i]));
}

TEST(canonical_prefixes_are_valid)
{
    assert_true(is_valid("1"));
    assert_true(is_valid("0.2"));
    assert_false(is_valid("0"));
    assert_false(is_valid("1.2"));
    assert_false(is_valid("0.0"));
}

TEST(everything_else_is_refused)
{
    static const char *const bad[] = {"",       ".",         "1.",       "a.2",
                                      "2.b",    "2.0x0",     "2.0.0+",   "2.0.0-",
                                      "01.0.0", "1.01.0",    "1.0.0-01", "1.0.0-a..b",
                                      "1.0.0 ", "1.0.0+a+b", "-1.0.0",   "1.0.0-\xc3\xa9",
                                      "1.0.0.0"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(is_valid(bad[i]));
}

TEST_MAIN(T(versions_of_three_numbers_are_taken_apart), T(what_semantic_versioning_allows_is_valid),
          T(canonical_prefixes_are_valid), T(everything_else_is_refused))

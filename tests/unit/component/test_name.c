/*
 * tests/unit/component/test_name.c: names of imports and exports, labels, tracks.
 */
#include "core/component/graph.h"

#include "tests/support/type_trial.h"

static bool is_label(const char *label)
{
    return component_label_is_valid(text(label));
}

static bool is_name(const char *name)
{
    struct component_name parsed;
    return component_name_parse(text(name), &parsed);
}

static void assert_bytes(struct bytes bytes, const char *expected)
{
    assert_int_equal(bytes.len, strlen(expected));
    assert_memory_equal(bytes.data, expected, bytes.len);
}

TEST(labels_are_words_and_acronyms_joined_by_hyphens)
{
    static const char *const good[] = {"a",      "a-b-c",     "a1-2-3",         "A",     "A-B-C",
                                       "A1-2-3", "a11-w0rds", "m1x3d-4CR0NYMS", "is-XML"};
    static const char *const bad[] = {"",   "-",  "a-",  "-a",  "a--b", "1",        "1-2-3",
                                      "aB", "Ab", "a_b", "a.b", "a b",  "\xc3\xa9", "a-bC"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(is_label(good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(is_label(bad[i]));
}

TEST(an_annotated_name_is_taken_apart)
{
    struct component_name name;

    assert_true(component_name_parse(text("[method]input-stream.read"), &name));
    assert_int_equal(name.kind, COMPONENT_NAME_METHOD);
    assert_bytes(name.resource, "input-stream");
    assert_bytes(name.label, "read");

    assert_true(component_name_parse(text("[constructor]a"), &name));
    assert_int_equal(name.kind, COMPONENT_NAME_CONSTRUCTOR);
    assert_bytes(name.resource, "a");
}

TEST(an_interface_name_is_taken_apart)
{
    struct component_name name;

    assert_true(component_name_parse(text("wasi:io/streams@0.2.3"), &name));

    assert_int_equal(name.kind, COMPONENT_NAME_INTERFACE);
    assert_bytes(name.base, "wasi:io/streams");
    assert_bytes(name.version, "0.2.3");
}

TEST(what_is_no_name_is_refused)
{
    static const char *const bad[] = {"",
                                      "a:b",
                                      "a:b/",
                                      ":b/c",
                                      "a:/c",
                                      "A:b/c",
                                      "a:B/c",
                                      "foo:bar:baz/qux",
                                      "foo:bar/baz/qux",
                                      "a:b/c@",
                                      "a@1.0.0",
                                      "[method]a",
                                      "[method]a.",
                                      "[method].a",
                                      "[method]a.b.c",
                                      "[static]a",
                                      "[constructor]",
                                      "[constructor]a.b",
                                      "[other]a",
                                      "url=<a>"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(is_name(bad[i]));
    assert_true(is_name("foo:bar/BAZ"));
}

TEST(versions_of_one_track_have_the_same_base_and_numbers)
{
    struct component_track a = component_name_track(text("wasi:io/streams@0.2.3"));
    struct component_track b = component_name_track(text("wasi:io/streams@0.2.12"));
    struct component_track c = component_name_track(text("a:b/c@3.4.5"));
    struct component_track none = component_name_track(text("a:b/c"));

    assert_bytes(a.base, "wasi:io/streams");
    assert_int_equal(a.major, 0);
    assert_int_equal(a.minor, 2);
    assert_int_equal(b.minor, 2);
    assert_int_equal(c.major, 3);
    assert_int_equal(c.minor, UINT32_MAX);
    assert_int_equal(none.major, UINT32_MAX);
    assert_bytes(none.base, "a:b/c");
}

TEST(a_prerelease_is_its_own_track)
{
    struct component_track early = component_name_track(text("a:b/c@0.2.0-rc"));
    struct component_track zero = component_name_track(text("a:b/c@0.0.7"));

    assert_bytes(early.base, "a:b/c@0.2.0-rc");
    assert_bytes(zero.base, "a:b/c@0.0.7");
    assert_int_equal(zero.minor, UINT32_MAX - 1);
}

TEST_MAIN(T(labels_are_words_and_acronyms_joined_by_hyphens), T(an_annotated_name_is_taken_apart),
          T(an_interface_name_is_taken_apart), T(what_is_no_name_is_refused),
          T(versions_of_one_track_have_the_same_base_and_numbers), T(a_prerelease_is_its_own_track))

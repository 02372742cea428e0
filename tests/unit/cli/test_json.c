/*
 * tests/unit/cli/test_json.c: JSON that is right, and every way to be wrong.
 */
#include "cli/json.h"

#include "tests/support/test.h"

#define ROOM (1 << 16)

static ALIGNED(16) uint8_t room[ROOM];
static struct report report;

static enum status read(const char *text, const struct json **out_value)
{
    struct arena arena;
    memset(room, 0, sizeof room);
    arena_init(&arena, room, sizeof room);
    report_init(&report);
    *out_value = NULL;
    return json_read(bytes_of(text, strlen(text)), &arena, out_value, &report);
}

static bool is_text(const struct json *value, const char *words)
{
    struct bytes text;
    return json_text(value, &text) && bytes_equal(text, bytes_of(words, strlen(words)));
}

TEST(objects_are_found_by_key)
{
    const struct json *value;

    assert_int_equal(read(" {\"a\": 12, \"b\" :[true,false , null] ,\"c\":\"x\"}\n", &value),
                     STATUS_OK);

    uint64_t number = 0;
    assert_true(json_number(json_find(value, "a"), &number));
    assert_int_equal(number, 12);
    const struct json *list = json_find(value, "b");
    assert_int_equal(list->count, 3);
    assert_int_equal(list->first->kind, JSON_TRUE);
    assert_int_equal(list->first->next->kind, JSON_FALSE);
    assert_int_equal(list->first->next->next->kind, JSON_NULL);
    assert_null(list->first->next->next->next);
    assert_true(is_text(json_find(value, "c"), "x"));
    assert_null(json_find(value, "d"));
    assert_null(json_find(list, "a"));
    assert_null(json_find(NULL, "a"));
}

TEST(escapes_are_decoded)
{
    const struct json *value;

    assert_int_equal(
        read("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"", &value),
        STATUS_OK);

    assert_true(is_text(value, "a\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
}

TEST(a_key_may_be_escaped)
{
    const struct json *value;

    assert_int_equal(read("{\"\\u0061b\": \"c\"}", &value), STATUS_OK);

    assert_true(is_text(json_find(value, "ab"), "c"));
}

TEST(numbers_stay_text)
{
    const struct json *value;
    uint64_t number = 0;

    assert_int_equal(read("[0, -0.5e+10, 1E5, 123456789012345678901234567890]", &value), STATUS_OK);

    assert_true(bytes_equal(value->first->next->text, BYTES_LITERAL("-0.5e+10")));
    assert_true(json_number(value->first, &number));
    assert_false(json_number(value->first->next, &number));
    assert_false(json_number(value->first->next->next, &number));
    assert_false(json_number(value->first->next->next->next, &number));
    assert_false(json_number(value, &number));
}

TEST(what_is_not_json_is_refused)
{
    static const char *const broken[] = {
        "",
        " ",
        "{",
        "[",
        "}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "nul",
        "tru",
        "01",
        "1.",
        ".5",
        "-",
        "+1",
        "1e",
        "1e+",
        "0x10",
        "\"",
        "\"\\",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\u0041\"",
        "\"\n\"",
        "1 1",
        "{} x",
        "'a'",
        "[1}",
        "{\"a\":1]",
        "\"\xff\"",
        "NaN",
    };
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        const struct json *value;
        assert_int_equal(read(broken[i], &value), STATUS_MALFORMED);
        assert_null(value);
        assert_true(report.is_set);
    }
}

TEST(a_key_that_comes_twice_is_refused)
{
    const struct json *value;

    assert_int_equal(read("{\"a\":1,\"\\u0061\":2}", &value), STATUS_MALFORMED);

    assert_string_equal(report.text, "a key that comes twice");
}

TEST(levels_are_limited_to_32)
{
    char text[2 * JSON_DEPTH_MAX + 3] = {0};
    const struct json *value;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);

    assert_int_equal(read(text, &value), STATUS_OK);
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);

    assert_int_equal(read(text, &value), STATUS_LIMIT);
}

TEST(keys_are_limited_to_64)
{
    char text[1024] = "{";
    const struct json *value;
    size_t len = 1;
    for (unsigned i = 0; i < JSON_KEYS_MAX; i++) {
        const char key[] = {'"', (char)('0' + i / 10), (char)('0' + i % 10), '"', ':', '1', ','};
        memcpy(text + len, key, sizeof key);
        len += sizeof key;
    }
    text[len - 1] = '}';

    assert_int_equal(read(text, &value), STATUS_OK);
    text[len - 1] = ',';
    memcpy(text + len, "\"x\":1}", 6);

    assert_int_equal(read(text, &value), STATUS_LIMIT);
}

TEST(a_full_arena_is_no_crash)
{
    static const char text[] = "{\"a\": [1, \"\\n\", {}], \"b\": [[]]}";
    for (size_t cap = 0;; cap += 16) {
        struct arena arena;
        const struct json *value = NULL;
        memset(room, 0, sizeof room);
        arena_init(&arena, room, cap);
        enum status status = json_read(BYTES_LITERAL(text), &arena, &value, NULL);
        if (status == STATUS_OK)
            break;
        assert_int_equal(status, STATUS_NO_MEMORY);
        assert_true(cap < ROOM);
    }
}

TEST_MAIN(T(objects_are_found_by_key), T(escapes_are_decoded), T(a_key_may_be_escaped),
          T(numbers_stay_text), T(what_is_not_json_is_refused),
          T(a_key_that_comes_twice_is_refused), T(levels_are_limited_to_32),
          T(keys_are_limited_to_64), T(a_full_arena_is_no_crash))

/*
 * tests/unit/api/test_json.c: the streaming reader: what it says, what it refuses and where.
 */
#include <stdio.h>

#include "node/api/json.h"
#include "tests/support/test.h"

#define SAID_MAX 8192u

struct bench {
    char said[SAID_MAX];
    size_t len;
    bool wants_bytes;
    uint32_t copy_depth; /* of arrays that are copied */
    struct api_budget budget;
    struct api_memory copy;
    struct report report;
    enum status status;
};

static void say(struct bench *bench, const char *word, struct bytes text)
{
    bench->len += (size_t)snprintf(bench->said + bench->len, SAID_MAX - bench->len, "%s%.*s", word,
                                   (int)text.len, (const char *)text.data);
    assert_true(bench->len < SAID_MAX);
}

static enum status take(void *context, struct api_json *json, enum api_json_event event,
                        struct bytes text)
{
    static const char *const words[] = {"{", "}", "[",   "]",     " k:",    " '",
                                        "",  "'", " n:", " true", " false", " null"};
    struct bench *bench = context;
    if (event == API_JSON_BYTES) {
        for (size_t i = 0; i < text.len; i++) {
            char number[8];
            int len = snprintf(number, sizeof number, " %u", text.data[i]);
            say(bench, "", bytes_of(number, (size_t)len));
        }
        return STATUS_OK;
    }
    say(bench, words[event], text);
    if (event == API_JSON_ARRAY && bench->wants_bytes)
        api_json_want_bytes(json);
    if (event == API_JSON_ARRAY && json->depth == bench->copy_depth)
        api_json_copy(json, &bench->copy);
    return STATUS_OK;
}

/* One byte at a time: every state is left and entered again. */
static void read_text(struct bench *bench, const char *text, size_t len)
{
    struct api_json json;
    report_init(&bench->report);
    bench->budget = (struct api_budget){0, 1u << 20};
    api_memory_init(&bench->copy, 1u << 20, &bench->budget);
    api_json_init(&json, take, bench, &bench->report);
    bench->status = STATUS_OK;
    for (size_t i = 0; i < len && bench->status == STATUS_OK; i++)
        bench->status = api_json_feed(&json, bytes_of(text + i, 1));
    if (bench->status == STATUS_OK)
        bench->status = api_json_finish(&json);
}

static void assert_said(const char *text, const char *said)
{
    struct bench bench = {0};
    read_text(&bench, text, strlen(text));
    assert_int_equal(bench.status, STATUS_OK);
    assert_string_equal(bench.said, said);
}

static void assert_refused(const char *text, uint64_t offset, const char *sentence)
{
    struct bench bench = {0};
    read_text(&bench, text, strlen(text));
    assert_int_not_equal(bench.status, STATUS_OK);
    assert_string_equal(bench.report.text, sentence);
    assert_int_equal(bench.report.offset, offset);
}

TEST(values_are_told_in_their_order)
{
    assert_said("null", " null");
    assert_said(" { \"a\" : [ true , false, null ] , \"b\":-1.5e+3 } ",
                "{ k:a[ true false null] k:b n:-1.5e+3}");
    assert_said("[[],{},\"\",0]", "[[]{} '' n:0]");
    assert_said("12", " n:12");
}

TEST(escapes_are_decoded)
{
    assert_said("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", " '\"\\/\b\f\n\r\t'");
    assert_said("\"\\u0041\\u00e9\\u2603\\ud834\\udd1e\"",
                " 'A\xC3\xA9\xE2\x98\x83\xF0\x9D\x84\x9E'");
    assert_said("{\"\\u0061\":1}", "{ k:a n:1}");
}

TEST(what_is_not_json_is_refused_where_it_stands)
{
    assert_refused("", 0, "the text ends before its value does");
    assert_refused("[1,", 3, "the text ends before its value does");
    assert_refused("\"abc", 4, "the text ends before its value does");
    assert_refused("[1 2]", 3, "a comma or the closing bracket is expected");
    assert_refused("[1,]", 3, "a value is expected");
    assert_refused("{1:2}", 1, "a key is expected");
    assert_refused("{\"a\" 1}", 5, "a colon is expected");
    assert_refused("[}", 1, "a value is expected");
    assert_refused("[1}", 2, "a bracket that closes nothing");
    assert_refused("1 1", 2, "something stands behind the value");
    assert_refused("nul!", 3, "a word that JSON does not have");
    assert_refused("[01]", 2, "a comma or the closing bracket is expected");
    assert_refused("[-]", 2, "a number without its digits");
    assert_refused("[1.]", 3, "a number without its digits");
    assert_refused("[1e]", 3, "a number without its digits");
    assert_refused("\"\\x\"", 2, "an escape that JSON does not have");
    assert_refused("\"\\u00g0\"", 5, "\\u without four hexadecimal digits");
    assert_refused("\"\\ud800x\"", 7, "half a surrogate pair");
    assert_refused("\"\\udc00\"", 6, "half a surrogate pair");
    assert_refused("\"a\nb\"", 2, "a control character in a string");
    assert_refused("\"a\xFF\"", 2, "text that is not UTF-8");
    assert_refused("\"\xE0\x80\x80\"", 2, "text that is not UTF-8");
    assert_refused("\"\xE2\x82\"", 3, "text that is not UTF-8");
    assert_refused("{\"a\":1,\"\\u0061\":2}", 14, "a key that is in its object already");
}

TEST(the_same_key_may_be_in_two_objects)
{
    assert_said("[{\"a\":{\"a\":1}},{\"a\":2}]", "[{ k:a{ k:a n:1}}{ k:a n:2}]");
}

TEST(arrays_of_numbers_become_bytes_where_that_is_asked)
{
    struct bench bench = {.wants_bytes = true};
    read_text(&bench, " [ 0,255 , 7\n] ", 15);
    assert_int_equal(bench.status, STATUS_OK);
    assert_string_equal(bench.said, "[ 0 255 7]");

    bench = (struct bench){.wants_bytes = true};
    read_text(&bench, "[]", 2);
    assert_int_equal(bench.status, STATUS_OK);
    assert_string_equal(bench.said, "[]");
}

TEST(bytes_are_whole_numbers_up_to_255)
{
    static const char *const texts[] = {"[256]",  "[-1]",  "[1.0]",        "[00]",    "[01]",
                                        "[1,]",   "[,1]",  "[1 2]",        "[\"a\"]", "[[1]]",
                                        "[null]", "[1e1]", "[99999999999]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bench bench = {.wants_bytes = true};
        read_text(&bench, texts[i], strlen(texts[i]));
        assert_int_equal(bench.status, STATUS_MALFORMED);
    }
}

TEST(an_array_is_copied_as_it_stood)
{
    static const char text[] = "{\"x\":1,\"p\":[ {\"a\" : [1]} ,\"\\u0041]\" ] , \"q\":[]}";
    struct bench bench = {.copy_depth = 2};
    read_text(&bench, text, sizeof text - 8); /* up to the comma behind it: not whole */
    assert_int_equal(bench.status, STATUS_MALFORMED);
    assert_int_equal(bench.copy.len, strlen("[ {\"a\" : [1]} ,\"\\u0041]\" ]"));
    assert_memory_equal(bench.copy.data, "[ {\"a\" : [1]} ,\"\\u0041]\" ]", bench.copy.len);
    api_memory_fini(&bench.copy);
}

TEST(depth_has_a_limit)
{
    char text[2 * (API_JSON_DEPTH_MAX + 1)];
    struct bench bench = {0};
    memset(text, '[', API_JSON_DEPTH_MAX);
    memset(text + API_JSON_DEPTH_MAX, ']', API_JSON_DEPTH_MAX);
    read_text(&bench, text, 2 * API_JSON_DEPTH_MAX);
    assert_int_equal(bench.status, STATUS_OK);

    bench = (struct bench){0};
    memset(text, '[', API_JSON_DEPTH_MAX + 1);
    read_text(&bench, text, sizeof text);
    assert_int_equal(bench.status, STATUS_LIMIT);
    assert_string_equal(bench.report.text, "more than 64 arrays and objects in each other");
    assert_int_equal(bench.report.offset, API_JSON_DEPTH_MAX);
}

TEST(keys_and_numbers_have_limits)
{
    char text[4096];
    struct bench bench = {0};
    size_t len = 0;
    text[len++] = '{';
    for (unsigned i = 0; i <= API_JSON_KEYS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s\"k%u\":0", i == 0 ? "" : ",", i);
    text[len++] = '}';
    read_text(&bench, text, len);
    assert_int_equal(bench.status, STATUS_LIMIT);

    bench = (struct bench){0};
    memset(text, '1', API_JSON_TOKEN_MAX + 1);
    read_text(&bench, text, API_JSON_TOKEN_MAX);
    assert_int_equal(bench.status, STATUS_OK);
    bench = (struct bench){0};
    read_text(&bench, text, API_JSON_TOKEN_MAX + 1);
    assert_int_equal(bench.status, STATUS_LIMIT);

    bench = (struct bench){0};
    memcpy(text, "{\"", 2);
    memset(text + 2, 'k', API_JSON_TOKEN_MAX + 1);
    read_text(&bench, text, API_JSON_TOKEN_MAX + 3);
    assert_int_equal(bench.status, STATUS_LIMIT);
    assert_int_equal(bench.report.offset, API_JSON_TOKEN_MAX + 2);
}

TEST_MAIN(T(values_are_told_in_their_order), T(escapes_are_decoded),
          T(what_is_not_json_is_refused_where_it_stands), T(the_same_key_may_be_in_two_objects),
          T(arrays_of_numbers_become_bytes_where_that_is_asked),
          T(bytes_are_whole_numbers_up_to_255), T(an_array_is_copied_as_it_stood),
          T(depth_has_a_limit), T(keys_and_numbers_have_limits))

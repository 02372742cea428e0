/*
 * tests/unit/component/test_json.c: values as JSON, plain and tagged.
 */
#include "core/component/json.h"

#include <stdio.h>

#include "tests/support/test.h"
#include "tests/support/value_types.h"

static ALIGNED(16) uint8_t memory[1 << 20];
static struct arena arena;
static struct report report;

static enum status parse(const char *text, const struct component_type *type,
                         enum component_json_form form, struct component_value *out_value)
{
    arena_init(&arena, memory, sizeof memory);
    report_init(&report);
    return component_json_parse(bytes_of(text, strlen(text)), type, form, &arena, out_value,
                                &report);
}

static void prints_as(const char *text, enum component_json_form from,
                      const struct component_type *type, enum component_json_form to,
                      const char *expected)
{
    struct component_value value;
    struct bytes printed;
    enum status status = parse(text, type, from, &value);
    if (status != STATUS_OK)
        print_message("%s: at %d: %s\n", text, (int)report.offset, report.text);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(component_value_check(&value, type, &report), STATUS_OK);
    assert_int_equal(component_json_print(&value, type, to, &arena, &printed), STATUS_OK);
    assert_int_equal(printed.len, strlen(expected));
    assert_memory_equal(printed.data, expected, printed.len);
    arena_fini(&arena);
}

static void prints(const char *text, const struct component_type *type, const char *expected)
{
    prints_as(text, COMPONENT_JSON_PLAIN, type, COMPONENT_JSON_PLAIN, expected);
}

static void stays(const char *text, const struct component_type *type)
{
    prints(text, type, text);
}

/* Read as tagged, the value is the plain one. */
static void tagged(const char *text, const struct component_type *type, const char *expected)
{
    prints_as(text, COMPONENT_JSON_TAGGED, type, COMPONENT_JSON_PLAIN, expected);
}

static void returns(const char *text, const struct component_type *type, const char *expected)
{
    prints_as(text, COMPONENT_JSON_PLAIN, type, COMPONENT_JSON_TAGGED, expected);
}

static void refused_form(const char *text, enum component_json_form form,
                         const struct component_type *type, uint64_t offset, const char *sentence)
{
    struct component_value value = {.kind = COMPONENT_OWN};
    assert_int_equal(parse(text, type, form, &value), STATUS_MALFORMED);
    assert_string_equal(report.text, sentence);
    assert_int_equal(report.offset, offset);
    assert_int_equal(value.kind, COMPONENT_OWN);
    arena_fini(&arena);
}

static void refused(const char *text, const struct component_type *type, uint64_t offset,
                    const char *sentence)
{
    refused_form(text, COMPONENT_JSON_PLAIN, type, offset, sentence);
}

TEST(scalars_are_what_json_has_for_them)
{
    stays("true", PRIM(BOOL));
    stays("255", PRIM(U8));
    stays("-9223372036854775808", PRIM(S64));
    stays("18446744073709551615", PRIM(U64));
    stays("0.1", PRIM(F32));
    stays("1e+21", PRIM(F64));
    prints(" 1E2 ", PRIM(F64), "100");
    prints("\"inf\"", PRIM(F64), "null");
    stays("null", PRIM(F32));
    prints("\"\\u00e9\"", PRIM(CHAR), "\"\xC3\xA9\"");
    prints("\"\\ud83d\\ude00\"", PRIM(CHAR), "\"\xF0\x9F\x98\x80\"");
    prints("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\"", PRIM(STRING),
           "\"a\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0000\"");
    refused("256", PRIM(U8), 0, "the number does not fit its type");
    refused("1.0", PRIM(U8), 0, "expected an integer, without fraction and exponent");
    refused("01", PRIM(U8), 0, "expected a number");
    refused(" \"1\"", PRIM(U8), 1, "expected a number of type \"u8\"");
    refused("1e999", PRIM(F64), 0, "the number does not fit its type");
    refused("tru", PRIM(BOOL), 0, "expected true or false");
    refused("\"ab\"", PRIM(CHAR), 0, "expected a string of one character");
    refused("\"\"", PRIM(CHAR), 0, "expected a string of one character");
    refused("1 2", PRIM(U8), 2, "expected the end of the text");
}

TEST(strings_that_are_none_of_json_are_refused)
{
    refused("\"a", PRIM(STRING), 1, "the string has no end");
    refused("\"a\\", PRIM(STRING), 1, "the string has no end");
    refused("\"a\n\"", PRIM(STRING), 2, "a control character in a string has to be an escape");
    refused("\"\\x\"", PRIM(STRING), 2, "expected an escape as \\n or \\u0041");
    refused("\"\\u12g4\"", PRIM(STRING), 3, "expected four hexadecimal digits");
    refused("\"\\ud800\"", PRIM(STRING), 7, "expected the other half of a surrogate pair");
    refused("\"\\udc00\\ud800\"", PRIM(STRING), 7, "expected the other half of a surrogate pair");
    refused("\"\\ud800\\ud800\"", PRIM(STRING), 13, "expected the other half of a surrogate pair");
    refused("\"\xFF\"", PRIM(STRING), 0, "the text is not UTF-8");
}

TEST(plain_composites_are_arrays_and_objects)
{
    const struct component_type *record =
        OF_FIELDS(RECORD, FIELD("a", PRIM(U8)), FIELD("b", OPTION(PRIM(STRING))));
    const struct component_type *variant =
        OF_FIELDS(VARIANT, FIELD("x", NULL), FIELD("y", PRIM(U32)));
    stays("[1,2]", LIST(PRIM(U16)));
    prints("\"hi\"", LIST(PRIM(U8)), "[104,105]");
    stays("[\"a\",[]]", OF_FIELDS(TUPLE, {.type = PRIM(STRING)}, {.type = LIST(PRIM(U8))}));
    stays("{\"a\":1,\"b\":\"x\"}", record);
    prints("{\"b\":null, \"a\":1}", record, "{\"a\":1,\"b\":null}");
    prints("{\"a\":1}", record, "{\"a\":1,\"b\":null}");
    refused("{}", record, 2, "the record lacks field \"a\"");
    refused("{\"a\":1,\"a\":1}", record, 11, "field \"a\" comes twice");
    refused("{\"c\":1}", record, 5, "the record has no field \"c\"");
    refused("[1,2", LIST(PRIM(U16)), 4, "expected ',' or ']'");
    stays("{\"y\":7}", variant);
    stays("{\"x\":null}", variant);
    prints("\"x\"", variant, "{\"x\":null}");
    refused("\"y\"", variant, 3, "the case has a payload: expected {\"case\": ..}");
    refused("{\"x\":1}", variant, 5, "expected null: the case has no payload");
    refused("{\"y\":1,\"x\":null}", variant, 6, "expected '}' after the payload");
    refused("{\"z\":1}", variant, 5, "there is no case \"z\"");
    stays("\"b\"", OF_FIELDS(ENUM, FIELD("a", NULL), FIELD("b", NULL)));
    stays("[\"b\"]", OF_FIELDS(FLAGS, FIELD("a", NULL), FIELD("b", NULL)));
    refused("[\"b\",\"b\"]", OF_FIELDS(FLAGS, FIELD("a", NULL), FIELD("b", NULL)), 8,
            "the flag comes twice");
}

TEST(options_of_options_and_results_keep_their_shape)
{
    stays("null", OPTION(PRIM(U8)));
    stays("3", OPTION(PRIM(U8)));
    stays("[null]", OPTION(OPTION(PRIM(U8))));
    stays("[3]", OPTION(OPTION(PRIM(U8))));
    stays("null", OPTION(OPTION(PRIM(U8))));
    stays("{\"ok\":3}", RESULT(PRIM(U8), NULL));
    stays("{\"err\":null}", RESULT(PRIM(U8), NULL));
    stays("{\"err\":\"no\"}", RESULT(NULL, PRIM(STRING)));
    refused("\"ok\"", RESULT(NULL, NULL), 4, "expected {\"ok\": ..} or {\"err\": ..}");
    refused("{\"no\":1}", RESULT(NULL, NULL), 6, "expected ok or err");
}

TEST(tagged_values_say_their_type_and_may_say_a_wider_one)
{
    tagged("{\"type\":\"u8\",\"value\":7}", PRIM(U8), "7");
    tagged("{\"value\":7,\"type\":\"s64\"}", PRIM(U8), "7");
    tagged("{\"type\":\"f64\",\"value\":0.5}", PRIM(F32), "0.5");
    tagged("{\"type\":\"string\",\"value\":\"x\"}", PRIM(CHAR), "\"x\"");
    tagged("{\"type\":\"bytes\",\"value\":[1,2]}", LIST(PRIM(U8)), "[1,2]");
    tagged("{\"type\":\"list\",\"value\":[{\"type\":\"u8\",\"value\":1}]}", LIST(PRIM(U8)), "[1]");
    tagged("{\"type\":\"tuple\",\"value\":[{\"type\":\"bool\",\"value\":true}]}",
           OF_FIELDS(TUPLE, {.type = PRIM(BOOL)}), "[true]");
    tagged("{\"type\":\"record\",\"value\":[[\"a\",{\"type\":\"u32\",\"value\":1}]]}",
           OF_FIELDS(RECORD, FIELD("a", PRIM(U8)), FIELD("b", OPTION(PRIM(U8)))),
           "{\"a\":1,\"b\":null}");
    tagged("{\"type\":\"enum\",\"value\":\"a\"}", OF_FIELDS(ENUM, FIELD("a", NULL)), "\"a\"");
    tagged("{\"type\":\"flags\",\"value\":[\"a\"]}", OF_FIELDS(FLAGS, FIELD("a", NULL)), "[\"a\"]");
    tagged("{\"type\":\"option\",\"value\":null}", OPTION(PRIM(U8)), "null");
    tagged("{\"type\":\"option\",\"value\":{\"type\":\"u8\",\"value\":1}}", OPTION(PRIM(U8)), "1");
    tagged("{\"type\":\"variant\",\"value\":[\"x\",null]}", OF_FIELDS(VARIANT, FIELD("x", NULL)),
           "{\"x\":null}");
    tagged("{\"value\":[\"y\",{\"value\":3,\"type\":\"u8\"}],\"type\":\"variant\"}",
           OF_FIELDS(VARIANT, FIELD("y", PRIM(U8))), "{\"y\":3}");
    tagged("{\"type\":\"result\",\"value\":[\"err\",null]}", RESULT(PRIM(U8), NULL),
           "{\"err\":null}");
}

TEST(tagged_values_that_do_not_agree_with_the_type_are_refused)
{
    refused_form("{\"type\":\"u9\",\"value\":7}", COMPONENT_JSON_TAGGED, PRIM(U8), 12,
                 "\"u9\" where the type is \"u8\"");
    refused_form("{\"type\":\"bytes\",\"value\":[]}", COMPONENT_JSON_TAGGED, LIST(PRIM(U16)), 15,
                 "\"bytes\" where the type is \"list\"");
    refused_form("{\"type\":\"u32\",\"value\":256}", COMPONENT_JSON_TAGGED, PRIM(U8), 22,
                 "the number does not fit its type");
    refused_form("{\"type\":\"u8\"}", COMPONENT_JSON_TAGGED, PRIM(U8), 13,
                 "expected both \"type\" and \"value\"");
    refused_form("{\"type\":\"u8\",\"type\":\"u8\"}", COMPONENT_JSON_TAGGED, PRIM(U8), 20,
                 "\"type\" comes twice");
    refused_form("{\"x\":1}", COMPONENT_JSON_TAGGED, PRIM(U8), 5,
                 "expected \"type\" or \"value\", not \"x\"");
    refused_form("{\"value\":[[[[{\"a\":[]}, 1]", COMPONENT_JSON_TAGGED, PRIM(U8), 25,
                 "expected ',' or ']'");
}

TEST(results_are_tagged_as_the_enclave_service_does)
{
    returns("-3", PRIM(S8), "{\"type\":\"s32\",\"value\":-3}");
    returns("3", PRIM(U16), "{\"type\":\"u32\",\"value\":3}");
    returns("3", PRIM(U64), "{\"type\":\"u64\",\"value\":3}");
    returns("\"x\"", PRIM(CHAR), "{\"type\":\"string\",\"value\":\"x\"}");
    returns("[1,2]", LIST(PRIM(U8)), "{\"type\":\"bytes\",\"value\":[1,2]}");
    returns("[]", LIST(PRIM(STRING)), "{\"type\":\"bytes\",\"value\":[]}");
    returns("[\"a\"]", LIST(PRIM(STRING)), "{\"type\":\"list\",\"value\":[\"a\"]}");
    returns("{\"ok\":1}", RESULT(PRIM(U8), NULL), "{\"type\":\"record\",\"value\":{\"ok\":1}}");
}

TEST(passing_over_a_value_is_bounded_in_depth)
{
    static char text[2000];
    size_t len = 0;
    len += (size_t)snprintf(text, sizeof text, "{\"value\":");
    memset(text + len, '[', 300);
    refused_form(text, COMPONENT_JSON_TAGGED, PRIM(U8), len + 257, "the value is too deep");
}

TEST(a_handle_has_no_json)
{
    struct component_value value;
    assert_int_equal(parse("5", PRIM(OWN), COMPONENT_JSON_PLAIN, &value), STATUS_INVALID);
    arena_fini(&arena);
}

TEST(a_list_of_a_fixed_length_is_an_array_and_a_map_is_one_of_pairs)
{
    const struct component_type *map = MAP(PRIM(U32), PRIM(STRING));
    const struct component_type *three = FIXED_LIST(PRIM(U8), 3);
    stays("[1,2,3]", three);
    prints("\"abc\"", three, "[97,98,99]");
    refused("\"ab\"", three, 3, "expected a list of 3 items");
    refused("[1,2,3,4]", three, 8, "expected a list of 3 items");
    tagged("{\"type\":\"bytes\",\"value\":[1,2,3]}", three, "[1,2,3]");
    tagged("{\"type\":\"list\",\"value\":[{\"type\":\"bool\",\"value\":true}]}",
           FIXED_LIST(PRIM(BOOL), 1), "[true]");
    returns("[1,2,3]", three, "{\"type\":\"bytes\",\"value\":[1,2,3]}");
    stays("[]", map);
    stays("[[2,\"b\"],[1,\"a\"],[2,\"c\"]]", map);
    refused("{\"2\":\"b\"}", map, 0, "expected an array");
    refused("[[2]]", map, 3, "expected ',' and more items of the tuple");
    tagged("{\"type\":\"map\",\"value\":[[{\"type\":\"u32\",\"value\":1},"
           "{\"type\":\"string\",\"value\":\"a\"}]]}",
           map, "[[1,\"a\"]]");
    returns("[[1,\"a\"]]", map, "{\"type\":\"list\",\"value\":[[1,\"a\"]]}");
    refused_form("{\"type\":\"list\",\"value\":[]}", COMPONENT_JSON_TAGGED, map, 14,
                 "\"list\" where the type is \"map\"");
}

TEST_MAIN(T(scalars_are_what_json_has_for_them), T(strings_that_are_none_of_json_are_refused),
          T(plain_composites_are_arrays_and_objects),
          T(options_of_options_and_results_keep_their_shape),
          T(tagged_values_say_their_type_and_may_say_a_wider_one),
          T(tagged_values_that_do_not_agree_with_the_type_are_refused),
          T(results_are_tagged_as_the_enclave_service_does),
          T(passing_over_a_value_is_bounded_in_depth), T(a_handle_has_no_json),
          T(a_list_of_a_fixed_length_is_an_array_and_a_map_is_one_of_pairs))

/*
 * tests/unit/component/test_text.c: values and calls as WAVE text.
 */
#include "core/component/text.h"

#include <stdio.h>

#include "tests/support/test.h"
#include "tests/support/value_types.h"

static ALIGNED(16) uint8_t memory[1 << 20];
static struct arena arena;
static struct report report;

static enum status parse(const char *text, const struct component_type *type,
                         struct component_value *out_value)
{
    arena_init(&arena, memory, sizeof memory);
    report_init(&report);
    return component_text_parse(bytes_of(text, strlen(text)), type, &arena, out_value, &report);
}

/* `text` is a value of the type and prints as `expected`. */
static void prints(const char *text, const struct component_type *type, const char *expected)
{
    struct component_value value;
    struct bytes printed;
    enum status status = parse(text, type, &value);
    if (status != STATUS_OK)
        print_message("%s: at %d: %s\n", text, (int)report.offset, report.text);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(component_value_check(&value, type, &report), STATUS_OK);
    assert_int_equal(component_text_print(&value, type, &arena, &printed), STATUS_OK);
    assert_int_equal(printed.len, strlen(expected));
    assert_memory_equal(printed.data, expected, printed.len);
    arena_fini(&arena);
}

static void stays(const char *text, const struct component_type *type)
{
    prints(text, type, text);
}

static void refused(const char *text, const struct component_type *type, uint64_t offset,
                    const char *sentence)
{
    struct component_value value = {.kind = COMPONENT_OWN};
    assert_int_equal(parse(text, type, &value), STATUS_MALFORMED);
    assert_string_equal(report.text, sentence);
    assert_int_equal(report.offset, offset);
    assert_int_equal(value.kind, COMPONENT_OWN);
    arena_fini(&arena);
}

TEST(integers_are_read_up_to_the_edges_of_their_type)
{
    stays("255", PRIM(U8));
    stays("-128", PRIM(S8));
    stays("-32768", PRIM(S16));
    stays("4294967295", PRIM(U32));
    stays("-9223372036854775808", PRIM(S64));
    stays("18446744073709551615", PRIM(U64));
    prints(" -0 ", PRIM(U8), "0");
    prints("7 // the best", PRIM(S32), "7");
    refused("256", PRIM(U8), 0, "the number does not fit its type");
    refused("-1", PRIM(U16), 0, "the number does not fit its type");
    refused("-129", PRIM(S8), 0, "the number does not fit its type");
    refused("128", PRIM(S8), 0, "the number does not fit its type");
    refused("18446744073709551616", PRIM(U64), 0, "the number does not fit its type");
    refused("1.5", PRIM(U8), 0, "expected an integer, without fraction and exponent");
    refused(" x", PRIM(U8), 1, "expected a number of type \"u8\"");
    refused("1 2", PRIM(U8), 2, "expected the end of the text");
}

TEST(floats_keep_their_bits)
{
    stays("0.1", PRIM(F64));
    stays("0.1", PRIM(F32));
    stays("5e-324", PRIM(F64));
    stays("1.7976931348623157e+308", PRIM(F64));
    stays("-inf", PRIM(F32));
    stays("inf", PRIM(F64));
    stays("nan", PRIM(F64));
    stays("-0", PRIM(F64));
    prints("16777217", PRIM(F32), "16777216");
    prints("1E2", PRIM(F64), "100");
    refused("1e400", PRIM(F64), 0, "the number does not fit its type");
    refused("1.", PRIM(F64), 0, "expected a number of type \"f64\", as 1.5, -2e10, inf or nan");
    refused("%inf", PRIM(F64), 0, "expected a number of type \"f64\", as 1.5, -2e10, inf or nan");
}

TEST(characters_and_strings_have_escapes)
{
    stays("'x'", PRIM(CHAR));
    stays("'\\''", PRIM(CHAR));
    stays("'\"'", PRIM(CHAR));
    prints("'\\u{1F600}'", PRIM(CHAR), "'\xF0\x9F\x98\x80'");
    stays("\"\"", PRIM(STRING));
    stays("\"a'b\\\"\\\\\\n\\t\\r\"", PRIM(STRING));
    stays("\"\\u{00}\\u{1f}\\u{2028}\"", PRIM(STRING));
    stays("\"\\u{061c}\\u{200e}\\u{202a}\\u{202e}\\u{2066}\\u{2069}\"", PRIM(STRING));
    prints("\"\\u{e9}\\'\"", PRIM(STRING), "\"\xC3\xA9'\"");
    refused("\"abc", PRIM(STRING), 1, "the quotation has no end");
    refused("\"\\x\"", PRIM(STRING), 2, "expected an escape: \\\\ \\' \\\" \\t \\n \\r \\u{...}");
    refused("\"\\u{d800}\"", PRIM(STRING), 8, "expected the number of a character");
    refused("\"\\u{1234567}\"", PRIM(STRING), 10, "expected up to six hexadecimal digits and '}'");
    refused("''", PRIM(CHAR), 1, "expected a character between the quotes");
    refused("'ab'", PRIM(CHAR), 2, "expected the closing \"'\" after one character");
    refused("\"\xFF\"", PRIM(STRING), 0, "the text is not UTF-8");
}

TEST(a_string_of_several_lines_loses_the_indentation_of_its_end)
{
    prints("\"\"\"\n  one\n    \"two\"\n\n  \"\"\"", PRIM(STRING), "\"one\\n  \\\"two\\\"\\n\"");
    prints("\"\"\"\n\"\"\"", PRIM(STRING), "\"\"");
    prints("\"\"\"\na\\tb\n\"\"\"", PRIM(STRING), "\"a\\tb\"");
    refused("\"\"\"x\"\"\"", PRIM(STRING), 3, "expected a new line after \"\"\"");
    refused("\"\"\"\nx\"\"\"", PRIM(STRING), 5, "expected the closing \"\"\" on a line of its own");
    refused("\"\"\"\nx\n  \"\"\"", PRIM(STRING), 4,
            "expected the indentation of the closing quotes");
}

TEST(lists_and_tuples_may_end_with_a_comma)
{
    stays("[]", LIST(PRIM(U8)));
    stays("[1, 2, 255]", LIST(PRIM(U8)));
    stays("[-1, 2]", LIST(PRIM(S64)));
    stays("[0.5, nan]", LIST(PRIM(F32)));
    prints("[ \"a\" , \"b\" , ]", LIST(PRIM(STRING)), "[\"a\", \"b\"]");
    stays("[[], [true]]", LIST(LIST(PRIM(BOOL))));
    stays("(1, \"x\")", OF_FIELDS(TUPLE, {.type = PRIM(U8)}, {.type = PRIM(STRING)}));
    prints("(1,)", OF_FIELDS(TUPLE, {.type = PRIM(U8)}), "(1)");
    refused("[1 2]", LIST(PRIM(U8)), 3, "expected ',' or ']' in a list");
    refused("[1,,2]", LIST(PRIM(U8)), 3, "expected a number of type \"u8\"");
    refused("(1)", OF_FIELDS(TUPLE, {.type = PRIM(U8)}, {.type = PRIM(U8)}), 2,
            "expected ',' and more items of the tuple");
    refused("(1, 2)", OF_FIELDS(TUPLE, {.type = PRIM(U8)}), 4,
            "expected ')' after the last item of the tuple");
}

TEST(a_record_has_its_fields_in_any_order_and_may_lack_options)
{
    const struct component_type *type = OF_FIELDS(
        RECORD, FIELD("a", PRIM(U8)), FIELD("b-c", OPTION(PRIM(STRING))), FIELD("ok", PRIM(BOOL)));
    stays("{a: 1, b-c: some(\"x\"), %ok: true}", type);
    prints("{ok: false, a: 3}", type, "{a: 3, b-c: none, %ok: false}");
    refused("{a: 1}", type, 5, "the record lacks field \"ok\"");
    refused("{a: 1, a: 2}", type, 8, "field \"a\" comes twice");
    refused("{d: 1}", type, 1, "the record has no field \"d\"");
    refused("{a 1}", type, 3, "expected ':' after the name of a field");
    prints("{:}", OF_FIELDS(RECORD, FIELD("a", OPTION(PRIM(U8)))), "{a: none}");
}

TEST(cases_are_named_and_options_and_results_may_be_bare)
{
    const struct component_type *variant =
        OF_FIELDS(VARIANT, FIELD("none", NULL), FIELD("days", PRIM(U32)));
    stays("days(30)", variant);
    stays("%none", variant);
    prints("none", variant, "%none");
    refused("days", variant, 4, "expected '(' and the payload of the case");
    refused("weeks(1)", variant, 0, "there is no case \"weeks\"");
    stays("b", OF_FIELDS(ENUM, FIELD("a", NULL), FIELD("b", NULL)));
    stays("none", OPTION(PRIM(U8)));
    prints("7", OPTION(PRIM(U8)), "some(7)");
    stays("some(none)", OPTION(OPTION(PRIM(U8))));
    refused("7", OPTION(OPTION(PRIM(U8))), 0, "expected some(...) or none");
    stays("ok(1)", RESULT(PRIM(U8), PRIM(STRING)));
    prints("1", RESULT(PRIM(U8), PRIM(STRING)), "ok(1)");
    stays("err", RESULT(NULL, NULL));
    stays("err(\"no\")", RESULT(NULL, PRIM(STRING)));
    prints("%some", OPTION(OF_FIELDS(ENUM, FIELD("some", NULL))), "some(%some)");
    stays("{}", OF_FIELDS(FLAGS, FIELD("a", NULL), FIELD("b", NULL)));
    prints("{b, a}", OF_FIELDS(FLAGS, FIELD("a", NULL), FIELD("b", NULL)), "{a, b}");
    refused("{a, a}", OF_FIELDS(FLAGS, FIELD("a", NULL)), 5, "the flag comes twice");
}

TEST(a_handle_has_no_text)
{
    struct component_value value = {.kind = COMPONENT_OWN, .handle = {NULL, 5}};
    struct bytes printed;
    assert_int_equal(parse("5", PRIM(OWN), &value), STATUS_INVALID);
    assert_int_equal(component_text_print(&value, PRIM(OWN), &arena, &printed), STATUS_OK);
    assert_true(bytes_equal(printed, BYTES_LITERAL("<handle 5>")));
    arena_fini(&arena);
}

TEST(many_labels_are_found_whatever_their_order)
{
    static struct component_field fields[500];
    static char names[500][8];
    static char text[10000];
    static const struct component_type option = {.kind = COMPONENT_BOOL};
    struct component_type type = {.kind = COMPONENT_RECORD, .count = 500, .fields = fields};
    struct component_value value;
    size_t len = 0;
    for (int i = 0; i < 500; i++) {
        int name_len = snprintf(names[i], sizeof names[i], "n%d", i);
        fields[i] = (struct component_field){bytes_of(names[i], (size_t)name_len), &option};
    }
    for (int i = 499; i >= 0; i--)
        len += (size_t)snprintf(text + len, sizeof text - len, "%sn%d: %s", i == 499 ? "{" : ", ",
                                i, i % 3 == 0 ? "true" : "false");
    text[len++] = '}';

    assert_int_equal(parse(text, &type, &value), STATUS_OK);

    for (uint32_t i = 0; i < 500; i++)
        assert_int_equal(value.items.items[i].boolean, i % 3 == 0);
    arena_fini(&arena);
}

static void splits(const char *text, const char *interface, const char *func)
{
    struct component_text_call call;
    assert_int_equal(component_text_call_split(bytes_of(text, strlen(text)), &call, &report),
                     STATUS_OK);
    assert_true(bytes_equal(call.interface, bytes_of(interface, strlen(interface))));
    assert_true(bytes_equal(call.func, bytes_of(func, strlen(func))));
}

TEST(a_call_names_a_function_with_or_without_its_interface)
{
    splits("f(1)", "", "f");
    splits(" f ( 1 )", "", "f");
    splits("f", "", "f");
    splits("iface#f()", "iface", "f");
    splits("iface.f()", "iface", "f");
    splits("ns:pkg/iface@1.0.2#f(1, \"(x)\")", "ns:pkg/iface@1.0.2", "f");
    splits("ns:pkg/iface@1.0.f(1)", "ns:pkg/iface@1.0", "f");
    splits("[method]a.b(1)", "", "[method]a.b");
    splits("i#[method]a.b(1)", "i", "[method]a.b");
    splits("i.[method]a.b(1)", "i", "[method]a.b");
    struct component_text_call call;
    report_init(&report);
    assert_int_equal(component_text_call_split(BYTES_LITERAL("(1)"), &call, &report),
                     STATUS_MALFORMED);
    assert_string_equal(report.text, "expected the name of a function, as f(1, 2)");
}

static const char *call(const char *text, const struct component_func_type *type)
{
    struct component_text_call split;
    struct component_value *params;
    static char out[100];
    size_t len = 0;
    arena_init(&arena, memory, sizeof memory);
    report_init(&report);
    assert_int_equal(component_text_call_split(bytes_of(text, strlen(text)), &split, &report),
                     STATUS_OK);
    enum status status = component_text_call_params(&split, type, &arena, &params, &report);
    for (uint32_t i = 0; status == STATUS_OK && i < type->param_count; i++) {
        struct bytes printed;
        assert_int_equal(component_text_print(&params[i], type->params[i].type, &arena, &printed),
                         STATUS_OK);
        len += (size_t)snprintf(out + len, sizeof out - len, "%.*s;", (int)printed.len,
                                (const char *)printed.data);
    }
    out[len] = '\0';
    arena_fini(&arena);
    return status == STATUS_OK ? out : report.text;
}

TEST(arguments_are_as_many_as_parameters_but_options_at_the_end)
{
    const struct component_field params[] = {FIELD("n", PRIM(U8)), FIELD("s", PRIM(STRING)),
                                             FIELD("o", OPTION(PRIM(U8)))};
    const struct component_func_type type = {.param_count = 3, .params = params};
    const struct component_func_type none = {.param_count = 0};
    assert_string_equal(call("f(1, \"x\", 3)", &type), "1;\"x\";some(3);");
    assert_string_equal(call("f(1, \"x\",)", &type), "1;\"x\";none;");
    assert_string_equal(call("f(1)", &type), "expected an argument for parameter \"s\"");
    assert_string_equal(call("f(1, \"x\", none, 4)", &type),
                        "expected ')': the function has no more parameters");
    assert_string_equal(call("f(1 \"x\")", &type), "expected ',' or ')' after an argument");
    assert_string_equal(call("f(1, \"x\") y", &type), "expected the end of the text");
    assert_string_equal(call("f()", &none), "");
    assert_string_equal(call("f", &none), "");
    assert_string_equal(call("f(", &none), "expected ')': the function has no more parameters");
}

TEST(a_full_arena_is_no_value)
{
    struct component_value value;
    arena_init(&arena, memory, 64);
    report_init(&report);
    assert_int_equal(component_text_parse(BYTES_LITERAL("[1,2,3,4,5,6,7,8,9,10,11,12,13,14]"),
                                          LIST(PRIM(U64)), &arena, &value, &report),
                     STATUS_NO_MEMORY);
    arena_fini(&arena);
}

TEST(a_list_of_a_fixed_length_is_a_list_and_a_map_is_one_of_pairs)
{
    const struct component_type *map = MAP(PRIM(STRING), LIST(PRIM(U8)));
    stays("[1, 2, 3]", FIXED_LIST(PRIM(U8), 3));
    stays("[true, false]", FIXED_LIST(PRIM(BOOL), 2));
    refused("[1, 2]", FIXED_LIST(PRIM(U8), 3), 5, "expected a list of 3 items");
    refused("[1, 2, 3]", FIXED_LIST(PRIM(U8), 2), 8, "expected a list of 2 items");
    refused("[]", FIXED_LIST(PRIM(U8), 1), 1, "expected a list of 1 items");
    stays("[]", map);
    stays("[(\"b\", [1]), (\"a\", []), (\"b\", [2])]", map);
    prints("[(\"a\",[1],),]", map, "[(\"a\", [1])]");
    refused("[\"a\"]", map, 1, "expected a tuple, as (1, 2)");
    refused("[(\"a\")]", map, 5, "expected ',' and more items of the tuple");
}

TEST_MAIN(T(integers_are_read_up_to_the_edges_of_their_type), T(floats_keep_their_bits),
          T(characters_and_strings_have_escapes),
          T(a_string_of_several_lines_loses_the_indentation_of_its_end),
          T(lists_and_tuples_may_end_with_a_comma),
          T(a_record_has_its_fields_in_any_order_and_may_lack_options),
          T(cases_are_named_and_options_and_results_may_be_bare), T(a_handle_has_no_text),
          T(many_labels_are_found_whatever_their_order),
          T(a_call_names_a_function_with_or_without_its_interface),
          T(arguments_are_as_many_as_parameters_but_options_at_the_end),
          T(a_full_arena_is_no_value),
          T(a_list_of_a_fixed_length_is_a_list_and_a_map_is_one_of_pairs))

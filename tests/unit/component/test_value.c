/*
 * tests/unit/component/test_value.c: which values have the form of a type.
 */
#include "core/component/value.h"

#include "tests/support/test.h"
#include "tests/support/value_types.h"

static struct report report;

static void fits(const struct component_value *value, const struct component_type *type)
{
    report_init(&report);
    assert_int_equal(component_value_check(value, type, &report), STATUS_OK);
}

static void refused(const struct component_value *value, const struct component_type *type,
                    const char *sentence)
{
    report_init(&report);
    assert_int_equal(component_value_check(value, type, &report), STATUS_INVALID);
    assert_string_equal(report.text, sentence);
}

#define VALUE(k, ...) (&(const struct component_value){.kind = COMPONENT_##k, __VA_ARGS__})

TEST(a_number_fits_its_kind)
{
    fits(VALUE(S8, .s = -128), PRIM(S8));
    refused(VALUE(S8, .s = -129), PRIM(S8), "number that is no \"s8\"");
    refused(VALUE(U16, .u = 65536), PRIM(U16), "number that is no \"u16\"");
    fits(VALUE(U64, .u = UINT64_MAX), PRIM(U64));
    fits(VALUE(CHAR, .u = 0x10FFFF), PRIM(CHAR));
    refused(VALUE(CHAR, .u = 0xD800), PRIM(CHAR), "number that is no \"char\"");
    refused(VALUE(U8, .u = 1), PRIM(S8), "\"u8\" where a \"s8\" belongs");
}

TEST(a_string_is_utf8_of_as_many_units_as_it_says)
{
    struct component_value value =
        component_string_value(BYTES_LITERAL("\xC3\xA9\xF0\x9F\x98\x80"));
    fits(&value, PRIM(STRING));
    value.string.units = 3;
    refused(&value, PRIM(STRING), "string's count of units is wrong");
    value.string.source = COMPONENT_UTF16;
    fits(&value, PRIM(STRING));
    value.string.source = COMPONENT_LATIN1_UTF16;
    refused(&value, PRIM(STRING), "string's count of units is wrong");
    value.string.is_utf16 = true;
    fits(&value, PRIM(STRING));
    value = component_string_value(BYTES_LITERAL("\xFF"));
    refused(&value, PRIM(STRING), "string is not UTF-8");
}

TEST(a_list_of_numbers_is_packed_and_others_are_not)
{
    const struct component_value item = {.kind = COMPONENT_U8, .u = 1};
    const struct component_value flag = {.kind = COMPONENT_BOOL};
    fits(VALUE(LIST, .items = {.count = 1, .packed = (const uint8_t *)"a"}), LIST(PRIM(U8)));
    fits(VALUE(LIST, .items = {.count = 0}), LIST(PRIM(U8)));
    refused(VALUE(LIST, .items = {.count = 1, .items = &item}), LIST(PRIM(U8)),
            "list of \"u8\" is not given as it must be");
    fits(VALUE(LIST, .items = {.count = 1, .items = &flag}), LIST(PRIM(BOOL)));
    refused(VALUE(LIST, .items = {.count = 1, .packed = (const uint8_t *)"a"}), LIST(PRIM(BOOL)),
            "list of \"bool\" is not given as it must be");
    refused(VALUE(LIST, .items = {.count = 1, .items = &item}), LIST(PRIM(BOOL)),
            "\"u8\" where a \"bool\" belongs");
}

TEST(records_and_cases_have_what_their_type_says)
{
    const struct component_type *record =
        OF_FIELDS(RECORD, FIELD("a", PRIM(U8)), FIELD("b", PRIM(BOOL)));
    const struct component_value items[2] = {{.kind = COMPONENT_U8}, {.kind = COMPONENT_BOOL}};
    fits(VALUE(RECORD, .items = {.count = 2, .items = items}), record);
    refused(VALUE(RECORD, .items = {.count = 1, .items = items}), record,
            "\"record\" with a wrong number of fields");
    fits(VALUE(OPTION, .variant = {.index = 1, .payload = items}), OPTION(PRIM(U8)));
    refused(VALUE(OPTION, .variant = {.index = 0, .payload = items}), OPTION(PRIM(U8)),
            "case of a \"option\" whose payload is missing or too much");
    refused(VALUE(OPTION, .variant = {.index = 1}), OPTION(PRIM(U8)),
            "case of a \"option\" whose payload is missing or too much");
    refused(VALUE(RESULT, .variant = {.index = 2}), RESULT(NULL, NULL),
            "\"result\" without such a case");
    fits(VALUE(FLAGS, .flags = 1), OF_FIELDS(FLAGS, FIELD("a", NULL)));
    refused(VALUE(FLAGS, .flags = 2), OF_FIELDS(FLAGS, FIELD("a", NULL)), "flags without a label");
}

TEST(a_list_of_a_fixed_length_has_that_length_and_a_map_has_pairs)
{
    const struct component_value pair[2] = {{.kind = COMPONENT_CHAR, .u = 'x'},
                                            {.kind = COMPONENT_U8}};
    const struct component_value tuples[2] = {
        {.kind = COMPONENT_TUPLE, .items = {.count = 2, .items = pair}},
        {.kind = COMPONENT_TUPLE, .items = {.count = 2, .items = pair}}};
    const uint8_t *bytes = (const uint8_t *)"abc";
    fits(VALUE(FIXED_LIST, .items = {.count = 3, .packed = bytes}), FIXED_LIST(PRIM(U8), 3));
    refused(VALUE(FIXED_LIST, .items = {.count = 3, .packed = bytes}), FIXED_LIST(PRIM(U8), 4),
            "list of a wrong length where 4 items belong");
    refused(VALUE(FIXED_LIST, .items = {.count = 0}), FIXED_LIST(PRIM(U8), 1),
            "list of a wrong length where 1 items belong");
    refused(VALUE(FIXED_LIST, .items = {.count = 2, .items = pair}), FIXED_LIST(PRIM(CHAR), 2),
            "\"u8\" where a \"char\" belongs");
    fits(VALUE(MAP, .items = {.count = 2, .items = tuples}), MAP(PRIM(CHAR), PRIM(U8)));
    fits(VALUE(MAP, .items = {.count = 0}), MAP(PRIM(CHAR), PRIM(U8)));
    refused(VALUE(MAP, .items = {.count = 2, .items = pair}), MAP(PRIM(CHAR), PRIM(U8)),
            "\"char\" where a \"tuple\" belongs");
    refused(VALUE(MAP, .items = {.count = 2, .items = tuples}), MAP(PRIM(CHAR), PRIM(S8)),
            "\"u8\" where a \"s8\" belongs");
}

TEST_MAIN(T(a_number_fits_its_kind), T(a_string_is_utf8_of_as_many_units_as_it_says),
          T(a_list_of_numbers_is_packed_and_others_are_not),
          T(records_and_cases_have_what_their_type_says),
          T(a_list_of_a_fixed_length_has_that_length_and_a_map_has_pairs))

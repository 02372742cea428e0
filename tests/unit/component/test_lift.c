/*
 * tests/unit/component/test_lift.c: what is refused in a guest's memory, by its sentence. Which
 * values come out is the definitions' affair: test_abi_vectors.c.
 */
#include "aether/abi/outcome.h"
#include "tests/support/abi_guest.h"
#include "tests/support/test.h"

static struct abi_guest guest;
static struct component_value value;

static const struct component_type *type_of(const uint8_t *bytes, size_t len)
{
    struct bytes input = bytes_of(bytes, len);
    const struct component_type *type = abi_guest_type(&guest.types, &input);
    assert_non_null(type);
    assert_int_equal(input.len, 0);
    return type;
}

#define TYPE(...) type_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void begin(enum component_encoding encoding)
{
    abi_guest_begin(&guest, 0, encoding);
    abi_guest_setup(&guest, 1024, ABI_GUEST_MOVES, 1);
}

static void put(uint32_t address, struct bytes bytes)
{
    memcpy(abi_guest_at(&guest, address), bytes.data, bytes.len);
}

static enum status lift(const struct component_type *type, uint64_t first, uint64_t second)
{
    const struct component_field field = {.type = type};
    const uint64_t slots[2] = {first, second};
    report_init(&guest.report);
    return component_lift_values(&guest.abi, &field, 1, COMPONENT_MAX_FLAT_PARAMS, slots, &value);
}

static void refused(const struct component_type *type, uint64_t first, uint64_t second,
                    const char *sentence)
{
    value.kind = COMPONENT_BORROW;
    assert_int_equal(lift(type, first, second), STATUS_TRAP);
    assert_string_equal(guest.report.text, sentence);
    assert_int_equal(guest.abi.refusal, REFUSAL_CANONICAL_ABI);
    assert_int_equal(value.kind, COMPONENT_BORROW);
}

TEST(numbers_are_wrapped_to_their_width_and_any_bool_but_zero_is_true)
{
    begin(COMPONENT_UTF8);
    assert_int_equal(lift(TYPE(COMPONENT_U8), 0x1FF, 0), STATUS_OK);
    assert_int_equal(value.u, 0xFF);
    assert_int_equal(lift(TYPE(COMPONENT_S16), 0xFFFF8000, 0), STATUS_OK);
    assert_int_equal(value.s, -32768);
    assert_int_equal(lift(TYPE(COMPONENT_BOOL), 0x100, 0), STATUS_OK);
    assert_true(value.boolean);
    assert_int_equal(lift(TYPE(COMPONENT_F32), 0xFFC12345, 0), STATUS_OK);
    assert_int_equal(value.f32, 0x7FC00000);
    assert_int_equal(lift(TYPE(COMPONENT_FLAGS, 3), 0xFF, 0), STATUS_OK);
    assert_int_equal(value.flags, 7);
    abi_guest_end(&guest);
}

TEST(surrogates_and_numbers_past_the_last_character_are_no_chars)
{
    begin(COMPONENT_UTF8);
    const struct component_type *type = TYPE(COMPONENT_CHAR);
    assert_int_equal(lift(type, 0x10FFFF, 0), STATUS_OK);
    assert_int_equal(lift(type, 0xD7FF, 0), STATUS_OK);
    assert_int_equal(lift(type, 0xE000, 0), STATUS_OK);
    refused(type, 0xD800, 0, "invalid `char` bit pattern");
    refused(type, 0xDFFF, 0, "invalid `char` bit pattern");
    refused(type, 0x110000, 0, "invalid `char` bit pattern");
    abi_guest_end(&guest);
}

TEST(lists_and_strings_end_where_the_memory_does)
{
    begin(COMPONENT_UTF8);
    const struct component_type *list = TYPE(COMPONENT_LIST, COMPONENT_U32);
    const struct component_type *string = TYPE(COMPONENT_STRING);
    assert_int_equal(lift(list, 65532, 1), STATUS_OK);
    assert_int_equal(lift(list, 65536, 0), STATUS_OK);
    refused(list, 65532, 2, "list content out-of-bounds");
    refused(list, 65540, 0, "list content out-of-bounds");
    refused(list, 65534, 0, "unaligned pointer");
    refused(list, 0, 1u << 26, "list content out-of-bounds");
    refused(list, 4, UINT32_MAX, "list content out-of-bounds");
    assert_int_equal(lift(string, 65535, 1), STATUS_OK);
    assert_int_equal(lift(string, 65536, 0), STATUS_OK);
    refused(string, 65536, 1, "string pointer/length out of bounds of memory");
    refused(string, 0, 1u << 28, "string pointer/length out of bounds of memory");
    abi_guest_end(&guest);
}

TEST(strings_that_are_none_of_their_encoding_are_refused)
{
    begin(COMPONENT_UTF8);
    put(16, BYTES_LITERAL("a\xC0\x80"));
    refused(TYPE(COMPONENT_STRING), 16, 3, "invalid utf-8");
    abi_guest_end(&guest);
    begin(COMPONENT_UTF16);
    put(16, BYTES_LITERAL("\x3D\xD8\x00\xDE\x3D\xD8"));
    assert_int_equal(lift(TYPE(COMPONENT_STRING), 16, 2), STATUS_OK);
    assert_int_equal(value.string.len, 4);
    refused(TYPE(COMPONENT_STRING), 16, 1, "unpaired surrogate in utf-16");
    refused(TYPE(COMPONENT_STRING), 16, 3, "unpaired surrogate in utf-16");
    refused(TYPE(COMPONENT_STRING), 18, 1, "unpaired surrogate in utf-16");
    refused(TYPE(COMPONENT_STRING), 17, 0, "unaligned pointer");
    abi_guest_end(&guest);
    begin(COMPONENT_LATIN1_UTF16);
    put(16, BYTES_LITERAL("\xE9\x01"));
    assert_int_equal(lift(TYPE(COMPONENT_STRING), 16, 2), STATUS_OK);
    assert_memory_equal(value.string.data, "\xC3\xA9\x01", 3);
    assert_int_equal(lift(TYPE(COMPONENT_STRING), 16, 0x80000001), STATUS_OK);
    assert_memory_equal(value.string.data, "\xC7\xA9", 2);
    assert_true(value.string.is_utf16);
    abi_guest_end(&guest);
}

TEST(cases_that_the_type_lacks_are_refused)
{
    begin(COMPONENT_UTF8);
    refused(TYPE(COMPONENT_ENUM, 3), 3, 0, "invalid variant discriminant");
    refused(TYPE(COMPONENT_OPTION, COMPONENT_U8), 2, 0, "invalid variant discriminant");
    refused(TYPE(COMPONENT_RESULT, 0, 0), UINT32_MAX, 0, "invalid variant discriminant");
    put(16, BYTES_LITERAL("\x00\x01"));
    refused(TYPE(COMPONENT_LIST, COMPONENT_ENUM, 0xAC, 2), 17, 1, "unaligned pointer");
    abi_guest_end(&guest);
}

TEST(values_that_do_not_fit_flat_are_read_from_an_aligned_pointer_inside)
{
    begin(COMPONENT_UTF8);
    struct component_field fields[17];
    struct component_value values[17];
    uint64_t slot = 65536 - 17 * 8;
    for (uint32_t i = 0; i < 17; i++)
        fields[i] = (struct component_field){.type = TYPE(COMPONENT_U64)};
    put((uint32_t)slot + 16 * 8, BYTES_LITERAL("\x2A"));
    assert_int_equal(component_lift_values(&guest.abi, fields, 17, 16, &slot, values), STATUS_OK);
    assert_int_equal(values[16].u, 42);
    slot += 8;
    assert_int_equal(component_lift_values(&guest.abi, fields, 17, 16, &slot, values), STATUS_TRAP);
    assert_string_equal(guest.report.text, "pointer out of bounds of memory");
    slot = 4;
    report_init(&guest.report);
    assert_int_equal(component_lift_values(&guest.abi, fields, 17, 16, &slot, values), STATUS_TRAP);
    assert_string_equal(guest.report.text, "unaligned pointer");
    abi_guest_end(&guest);
}

TEST(one_value_is_loaded_from_an_address_that_is_checked)
{
    begin(COMPONENT_UTF8);
    const struct component_type *type = TYPE(COMPONENT_U32);
    put(65532, BYTES_LITERAL("\x01\x02\x03\x04"));
    assert_int_equal(component_load_value(&guest.abi, type, 65532, &value), STATUS_OK);
    assert_int_equal(value.u, 0x04030201);
    assert_int_equal(component_load_value(&guest.abi, type, 65536, &value), STATUS_TRAP);
    report_init(&guest.report);
    assert_int_equal(component_load_value(&guest.abi, type, 65530, &value), STATUS_TRAP);
    assert_string_equal(guest.report.text, "unaligned pointer");
    abi_guest_end(&guest);
}

TEST(lists_that_name_the_same_bytes_again_end_with_the_arena)
{
    begin(COMPONENT_UTF8);
    for (uint32_t i = 0; i < 4096; i++) { /* each: 32 KiB from 32768 on */
        store_le32(abi_guest_at(&guest, i * 8), 32768);
        store_le32(abi_guest_at(&guest, i * 8 + 4), 32768);
    }
    assert_int_equal(lift(TYPE(COMPONENT_LIST, COMPONENT_LIST, COMPONENT_U8), 0, 4096),
                     STATUS_NO_MEMORY);
    abi_guest_end(&guest);
}

TEST(without_a_memory_nothing_is_inside_of_it)
{
    begin(COMPONENT_UTF8);
    guest.abi.memory = NULL;
    assert_int_equal(lift(TYPE(COMPONENT_STRING), 0, 0), STATUS_OK);
    assert_int_equal(value.string.len, 0);
    refused(TYPE(COMPONENT_STRING), 0, 1, "string pointer/length out of bounds of memory");
    guest.abi.memory = NULL;
    abi_guest_end(&guest);
}

TEST(a_list_of_a_fixed_length_is_read_where_its_type_stands)
{
    begin(COMPONENT_UTF8);
    const struct component_type *three = TYPE(COMPONENT_FIXED_LIST, 3, COMPONENT_S16);
    const struct component_type *many = TYPE(COMPONENT_FIXED_LIST, 17, COMPONENT_U16);
    const struct component_type *flags = TYPE(COMPONENT_FIXED_LIST, 2, COMPONENT_BOOL);
    const struct component_field field = {.type = three};
    const uint64_t slots[3] = {0xFFFF, 0x18000, 7};
    assert_int_equal(component_lift_values(&guest.abi, &field, 1, 16, slots, &value), STATUS_OK);
    assert_int_equal(value.kind, COMPONENT_FIXED_LIST);
    assert_int_equal(value.items.count, 3);
    assert_memory_equal(value.items.packed, "\xFF\xFF\x00\x80\x07\x00", 6);
    assert_int_equal(lift(flags, 0, 5), STATUS_OK);
    assert_false(value.items.items[0].boolean);
    assert_true(value.items.items[1].boolean);
    put(65536 - 34, BYTES_LITERAL("\x01\x02"));
    assert_int_equal(lift(many, 65536 - 34, 0), STATUS_OK);
    assert_int_equal(value.items.count, 17);
    assert_int_equal(load_le16(value.items.packed), 0x0201);
    refused(many, 65536 - 32, 0, "pointer out of bounds of memory");
    refused(many, 1, 0, "unaligned pointer");
    abi_guest_end(&guest);
}

TEST(lists_as_long_as_they_may_be_need_the_memory_they_say)
{
    begin(COMPONENT_UTF8);
    const struct component_type *most =
        TYPE(COMPONENT_FIXED_LIST, 0xFF, 0xFF, 0xFF, 0x7F, COMPONENT_BOOL);
    const struct component_type *map = TYPE(COMPONENT_MAP, COMPONENT_STRING, COMPONENT_FIXED_LIST,
                                            0xFF, 0xFF, 0xFF, 0x7F, COMPONENT_U8);
    refused(most, 0, 0, "pointer out of bounds of memory");
    assert_int_equal(lift(map, 0, 0), STATUS_OK);
    refused(map, 0, 1, "list content out-of-bounds");
    refused(map, 0, UINT32_MAX, "list content out-of-bounds");
    abi_guest_end(&guest);
}

TEST(a_map_is_read_as_a_list_of_pairs)
{
    begin(COMPONENT_UTF8);
    put(16, BYTES_LITERAL("\x05\xFF\x01\x02\x05\xFF\x03\x04"));
    assert_int_equal(lift(TYPE(COMPONENT_MAP, COMPONENT_U8, COMPONENT_U16), 16, 2), STATUS_OK);
    assert_int_equal(value.kind, COMPONENT_MAP);
    assert_int_equal(value.items.count, 2);
    assert_int_equal(value.items.items[1].kind, COMPONENT_TUPLE);
    assert_int_equal(value.items.items[1].items.items[0].u, 5);
    assert_int_equal(value.items.items[1].items.items[1].u, 0x0403);
    refused(TYPE(COMPONENT_MAP, COMPONENT_U8, COMPONENT_U16), 17, 1, "unaligned pointer");
    abi_guest_end(&guest);
}

TEST_MAIN(T(numbers_are_wrapped_to_their_width_and_any_bool_but_zero_is_true),
          T(surrogates_and_numbers_past_the_last_character_are_no_chars),
          T(lists_and_strings_end_where_the_memory_does),
          T(strings_that_are_none_of_their_encoding_are_refused),
          T(cases_that_the_type_lacks_are_refused),
          T(values_that_do_not_fit_flat_are_read_from_an_aligned_pointer_inside),
          T(one_value_is_loaded_from_an_address_that_is_checked),
          T(lists_that_name_the_same_bytes_again_end_with_the_arena),
          T(without_a_memory_nothing_is_inside_of_it),
          T(a_list_of_a_fixed_length_is_read_where_its_type_stands),
          T(lists_as_long_as_they_may_be_need_the_memory_they_say),
          T(a_map_is_read_as_a_list_of_pairs))

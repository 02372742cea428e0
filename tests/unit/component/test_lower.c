/*
 * tests/unit/component/test_lower.c: what a guest's realloc may answer, and what it sees; values
 * that have no business in guest memory. The rest is the definitions' affair: test_abi_vectors.c.
 */
#include "aether/abi/outcome.h"
#include "tests/support/abi_guest.h"
#include "tests/support/test.h"

static struct abi_guest guest;
static uint64_t slots[COMPONENT_MAX_FLAT_PARAMS + 1];

static const struct component_type *type_of(const uint8_t *bytes, size_t len)
{
    struct bytes input = bytes_of(bytes, len);
    const struct component_type *type = abi_guest_type(&guest.types, &input);
    assert_non_null(type);
    return type;
}

#define TYPE(...) type_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void begin(enum abi_guest_mode mode)
{
    abi_guest_begin(&guest, 0, COMPONENT_UTF8);
    abi_guest_setup(&guest, 1024, mode, 1);
}

static enum status lower(const struct component_type *type, const struct component_value *value)
{
    const struct component_field field = {.type = type};
    memset(slots, 0xFF, sizeof slots);
    return component_lower_values(&guest.abi, &field, 1, COMPONENT_MAX_FLAT_PARAMS, value, NULL,
                                  slots);
}

/* Call `index` of realloc: old, old length, alignment, length, answer. */
static void asked(uint32_t index, uint32_t alignment, uint32_t len, uint32_t answer)
{
    struct bytes log = abi_guest_log(&guest);
    assert_true(log.len >= ((size_t)index + 1) * 20);
    assert_int_equal(load_le32(log.data + (size_t)index * 20 + 8), alignment);
    assert_int_equal(load_le32(log.data + (size_t)index * 20 + 12), len);
    assert_int_equal(load_le32(log.data + (size_t)index * 20 + 16), answer);
}

static const struct component_value empty_list = {.kind = COMPONENT_LIST};

TEST(an_empty_list_asks_for_no_bytes_with_its_true_alignment)
{
    begin(ABI_GUEST_MOVES);
    assert_int_equal(lower(TYPE(COMPONENT_LIST, COMPONENT_U64), &empty_list), STATUS_OK);
    assert_int_equal(slots[0], 1024);
    assert_int_equal(slots[1], 0);
    assert_int_equal(abi_guest_log(&guest).len, 20);
    asked(0, 8, 0, 1024);
    abi_guest_end(&guest);
}

TEST(memory_that_grows_in_realloc_is_written_where_it_is_then)
{
    static uint8_t bytes[200000];
    begin(ABI_GUEST_MOVES);
    memset(bytes, 0x77, sizeof bytes);
    const struct component_value list = {.kind = COMPONENT_LIST,
                                         .items = {.count = sizeof bytes, .packed = bytes}};
    assert_int_equal(lower(TYPE(COMPONENT_LIST, COMPONENT_U8), &list), STATUS_OK);
    assert_int_equal(abi_guest_memory(&guest).len, 4 * 65536);
    assert_memory_equal(abi_guest_at(&guest, 1024), bytes, sizeof bytes);
    assert_int_equal(*abi_guest_at(&guest, 1024 + (uint32_t)sizeof bytes), 0);
    abi_guest_end(&guest);
}

TEST(the_instance_may_not_leave_while_realloc_runs_and_may_afterwards)
{
    begin(ABI_GUEST_MOVES);
    assert_int_equal(lower(TYPE(COMPONENT_LIST, COMPONENT_U8), &empty_list), STATUS_OK);
    assert_true(guest.instance.may_leave);
    abi_guest_end(&guest);
    begin(ABI_GUEST_TRAPS);
    assert_int_equal(lower(TYPE(COMPONENT_LIST, COMPONENT_U8), &empty_list), STATUS_TRAP);
    assert_false(guest.instance.may_leave); /* it never came back */
    assert_int_equal(guest.abi.outcome.trap, WASM_TRAP_UNREACHABLE);
    assert_int_equal(guest.abi.refusal, REFUSAL_NONE);
    abi_guest_end(&guest);
}

TEST(rooms_that_are_not_aligned_or_not_inside_are_refused)
{
    begin(ABI_GUEST_MISALIGNS);
    assert_int_equal(lower(TYPE(COMPONENT_LIST, COMPONENT_U16), &empty_list), STATUS_TRAP);
    assert_string_equal(guest.report.text, "realloc return: result not aligned");
    assert_int_equal(guest.abi.refusal, REFUSAL_CANONICAL_ABI);
    abi_guest_end(&guest);
    begin(ABI_GUEST_OUT_OF_BOUNDS);
    assert_int_equal(lower(TYPE(COMPONENT_LIST, COMPONENT_U16), &empty_list), STATUS_TRAP);
    assert_string_equal(guest.report.text, "realloc return: beyond end of memory");
    abi_guest_end(&guest);
}

TEST(without_a_realloc_there_is_no_room)
{
    begin(ABI_GUEST_MOVES);
    guest.abi.realloc = 0;
    assert_int_equal(lower(TYPE(COMPONENT_LIST, COMPONENT_U8), &empty_list), STATUS_TRAP);
    assert_string_equal(guest.report.text, "no realloc was given");
    abi_guest_end(&guest);
}

TEST(a_string_that_turns_out_longer_asks_twice_and_gives_the_rest_back)
{
    begin(ABI_GUEST_MOVES);
    struct component_value value = component_string_value(BYTES_LITERAL("ab\xC3\xA9"));
    value.string.source = COMPONENT_UTF16;
    value.string.units = 3;
    assert_int_equal(lower(TYPE(COMPONENT_STRING), &value), STATUS_OK);
    assert_int_equal(abi_guest_log(&guest).len, 60);
    asked(0, 1, 3, 1024);
    asked(1, 1, 9, 1027);
    asked(2, 1, 4, 1036);
    assert_int_equal(slots[0], 1036);
    assert_int_equal(slots[1], 4);
    assert_memory_equal(abi_guest_at(&guest, 1036), "ab\xC3\xA9", 4);
    abi_guest_end(&guest);
}

TEST(a_result_goes_where_the_caller_says_if_that_is_aligned_and_inside)
{
    begin(ABI_GUEST_MOVES);
    const struct component_field field = {
        .type = TYPE(COMPONENT_TUPLE, 2, COMPONENT_U8, COMPONENT_U32)};
    const struct component_value items[2] = {{.kind = COMPONENT_U8, .u = 7},
                                             {.kind = COMPONENT_U32, .u = 0x01020304}};
    const struct component_value tuple = {.kind = COMPONENT_TUPLE,
                                          .items = {.count = 2, .items = items}};
    uint64_t pointer = 65528;
    assert_int_equal(component_lower_values(&guest.abi, &field, 1, 1, &tuple, &pointer, slots),
                     STATUS_OK);
    assert_memory_equal(abi_guest_at(&guest, 65528), "\x07\0\0\0\x04\x03\x02\x01", 8);
    assert_int_equal(abi_guest_log(&guest).len, 0);
    pointer = 65532;
    assert_int_equal(component_lower_values(&guest.abi, &field, 1, 1, &tuple, &pointer, slots),
                     STATUS_TRAP);
    assert_string_equal(guest.report.text, "pointer out of bounds of memory");
    pointer = 2;
    report_init(&guest.report);
    assert_int_equal(component_store_value(&guest.abi, field.type, &tuple, 2), STATUS_TRAP);
    assert_string_equal(guest.report.text, "unaligned pointer");
    abi_guest_end(&guest);
}

TEST(nan_goes_in_as_the_one_of_semantics_and_flags_and_cases_as_numbers)
{
    begin(ABI_GUEST_MOVES);
    const struct component_value nan = {.kind = COMPONENT_F64, .f64 = 0xFFF0000000000001};
    const struct component_value payload = {.kind = COMPONENT_S8, .s = -1};
    const struct component_value some = {.kind = COMPONENT_OPTION,
                                         .variant = {.index = 1, .payload = &payload}};
    const struct component_value none = {.kind = COMPONENT_OPTION};
    assert_int_equal(lower(TYPE(COMPONENT_F64), &nan), STATUS_OK);
    assert_int_equal(slots[0], 0x7FF8000000000000);
    assert_int_equal(lower(TYPE(COMPONENT_OPTION, COMPONENT_S8), &some), STATUS_OK);
    assert_int_equal(slots[0], 1);
    assert_int_equal(slots[1], 0xFFFFFFFF);
    assert_int_equal(lower(TYPE(COMPONENT_OPTION, COMPONENT_S8), &none), STATUS_OK);
    assert_int_equal(slots[0], 0);
    assert_int_equal(slots[1], 0);
    abi_guest_end(&guest);
}

TEST(a_list_of_a_fixed_length_asks_for_no_room_of_its_own)
{
    static const uint8_t bytes[24] = {1, 0, 0, 0, 2, 0, 0, 0, 3};
    begin(ABI_GUEST_MOVES);
    const struct component_value list = {.kind = COMPONENT_FIXED_LIST,
                                         .items = {.count = 3, .packed = bytes}};
    const struct component_value long_list = {.kind = COMPONENT_FIXED_LIST,
                                              .items = {.count = 24, .packed = bytes}};
    assert_int_equal(lower(TYPE(COMPONENT_FIXED_LIST, 3, COMPONENT_U32), &list), STATUS_OK);
    assert_int_equal(slots[0], 1);
    assert_int_equal(slots[1], 2);
    assert_int_equal(slots[2], 3);
    assert_int_equal(abi_guest_log(&guest).len, 0);
    assert_int_equal(lower(TYPE(COMPONENT_FIXED_LIST, 24, COMPONENT_U8), &long_list), STATUS_OK);
    assert_int_equal(abi_guest_log(&guest).len, 20); /* the room of all parameters */
    asked(0, 1, 24, 1024);
    assert_memory_equal(abi_guest_at(&guest, 1024), bytes, sizeof bytes);
    abi_guest_end(&guest);
}

TEST(nan_in_a_list_of_a_fixed_length_is_the_one_of_semantics)
{
    static const uint8_t nan[4] = {1, 0, 0xC0, 0xFF};
    begin(ABI_GUEST_MOVES);
    const struct component_type *type = TYPE(COMPONENT_FIXED_LIST, 1, COMPONENT_F32);
    const struct component_value list = {.kind = COMPONENT_FIXED_LIST,
                                         .items = {.count = 1, .packed = nan}};
    assert_int_equal(lower(type, &list), STATUS_OK);
    assert_int_equal(slots[0], 0x7FC00000);
    assert_int_equal(component_store_value(&guest.abi, type, &list, 64), STATUS_OK);
    assert_int_equal(load_le32(abi_guest_at(&guest, 64)), 0x7FC00000);
    abi_guest_end(&guest);
}

TEST(a_map_is_written_as_a_list_of_pairs)
{
    begin(ABI_GUEST_MOVES);
    const struct component_value pair[2] = {{.kind = COMPONENT_U8, .u = 5},
                                            {.kind = COMPONENT_U16, .u = 0x0403}};
    const struct component_value tuple = {.kind = COMPONENT_TUPLE,
                                          .items = {.count = 2, .items = pair}};
    const struct component_value map = {.kind = COMPONENT_MAP,
                                        .items = {.count = 1, .items = &tuple}};
    assert_int_equal(lower(TYPE(COMPONENT_MAP, COMPONENT_U8, COMPONENT_U16), &map), STATUS_OK);
    assert_int_equal(slots[0], 1024);
    assert_int_equal(slots[1], 1);
    asked(0, 2, 4, 1024);
    assert_memory_equal(abi_guest_at(&guest, 1024), "\x05\x00\x03\x04", 4);
    abi_guest_end(&guest);
}

TEST_MAIN(T(an_empty_list_asks_for_no_bytes_with_its_true_alignment),
          T(memory_that_grows_in_realloc_is_written_where_it_is_then),
          T(the_instance_may_not_leave_while_realloc_runs_and_may_afterwards),
          T(rooms_that_are_not_aligned_or_not_inside_are_refused),
          T(without_a_realloc_there_is_no_room),
          T(a_string_that_turns_out_longer_asks_twice_and_gives_the_rest_back),
          T(a_result_goes_where_the_caller_says_if_that_is_aligned_and_inside),
          T(nan_goes_in_as_the_one_of_semantics_and_flags_and_cases_as_numbers),
          T(a_list_of_a_fixed_length_asks_for_no_room_of_its_own),
          T(nan_in_a_list_of_a_fixed_length_is_the_one_of_semantics),
          T(a_map_is_written_as_a_list_of_pairs))

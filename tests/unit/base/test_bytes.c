/*
 * tests/unit/base/test_bytes.c: runs of bytes, numbers in them, comparing and wiping.
 */
#include "core/base/bytes.h"

#include "tests/support/test.h"

TEST(take_splits_the_head_off)
{
    struct bytes input = BYTES_LITERAL("abcdef"), head;

    assert_int_equal(bytes_take(&input, 2, &head), STATUS_OK);

    assert_true(bytes_equal(head, BYTES_LITERAL("ab")));
    assert_true(bytes_equal(input, BYTES_LITERAL("cdef")));
}

TEST(take_of_everything_leaves_nothing)
{
    struct bytes input = BYTES_LITERAL("ab"), head;

    assert_int_equal(bytes_take(&input, 2, &head), STATUS_OK);

    assert_int_equal(input.len, 0);
}

TEST(take_past_the_end_changes_nothing)
{
    struct bytes input = BYTES_LITERAL("ab"), before = input, head = {NULL, 7};

    assert_int_equal(bytes_take(&input, 3, &head), STATUS_TRUNCATED);
    assert_int_equal(bytes_take(&input, SIZE_MAX, &head), STATUS_TRUNCATED);

    assert_ptr_equal(input.data, before.data);
    assert_int_equal(input.len, before.len);
    assert_null(head.data);
    assert_int_equal(head.len, 7);
}

TEST(empty_runs_are_equal_whatever_they_point_to)
{
    assert_true(bytes_equal(bytes_of(NULL, 0), BYTES_LITERAL("")));
    assert_false(bytes_equal(BYTES_LITERAL("a"), BYTES_LITERAL("b")));
    assert_false(bytes_equal(BYTES_LITERAL("a"), BYTES_LITERAL("ab")));
}

TEST(append_fills_up_to_the_cap_and_then_changes_nothing)
{
    uint8_t memory[4] = {9, 9, 9, 9};
    struct buffer buffer = {.data = memory, .cap = 3};

    assert_int_equal(buffer_append(&buffer, BYTES_LITERAL("ab")), STATUS_OK);
    assert_int_equal(buffer_append(&buffer, BYTES_LITERAL("cd")), STATUS_NO_MEMORY);
    assert_int_equal(buffer.len, 2);
    assert_int_equal(buffer_append(&buffer, BYTES_LITERAL("c")), STATUS_OK);
    assert_int_equal(buffer_append(&buffer, bytes_of(NULL, 0)), STATUS_OK);

    assert_true(bytes_equal(buffer_bytes(&buffer), BYTES_LITERAL("abc")));
    assert_int_equal(memory[3], 9);
}

TEST(numbers_are_little_endian_and_may_stand_anywhere)
{
    uint8_t memory[9] = {0};

    store_le64(memory + 1, 0x0807060504030201);

    for (uint8_t i = 0; i < 9; i++)
        assert_int_equal(memory[i], i);
    assert_int_equal(load_le16(memory + 1), 0x0201);
    assert_int_equal(load_le32(memory + 3), 0x06050403);
    assert_true(load_le64(memory + 1) == 0x0807060504030201);
    store_le32(memory + 2, 0xDEADBEEF);
    assert_int_equal(load_le32(memory + 2), 0xDEADBEEF);
    assert_int_equal(memory[6], 6);
}

TEST(wiping_zeroes_just_what_was_named)
{
    uint8_t memory[4] = {1, 2, 3, 4};

    memory_wipe(memory + 1, 2);
    memory_wipe(NULL, 0);

    assert_memory_equal(memory, ((uint8_t[]){1, 0, 0, 4}), 4);
}

TEST(a_single_bit_makes_a_run_other_than_zero)
{
    uint8_t memory[32] = {0};
    assert_true(bytes_are_zero(bytes_of(memory, sizeof memory)));
    assert_true(bytes_are_zero(bytes_of(NULL, 0)));

    for (size_t bit = 0; bit < 256; bit++) {
        memory[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(bytes_are_zero(bytes_of(memory, sizeof memory)));
        memory[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

TEST(every_status_has_a_sentence)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        assert_true(strlen(status_text((enum status)i)) > 3);
    assert_string_equal(status_text(STATUS_COUNT), "unknown status");
}

TEST_MAIN(T(take_splits_the_head_off), T(take_of_everything_leaves_nothing),
          T(take_past_the_end_changes_nothing), T(empty_runs_are_equal_whatever_they_point_to),
          T(append_fills_up_to_the_cap_and_then_changes_nothing),
          T(numbers_are_little_endian_and_may_stand_anywhere), T(wiping_zeroes_just_what_was_named),
          T(a_single_bit_makes_a_run_other_than_zero), T(every_status_has_a_sentence))

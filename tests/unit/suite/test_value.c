/*
 * tests/unit/suite/test_value.c: values of suites as bytes.
 */
#include "suite/value.h"

#include "tests/support/test.h"

static const struct suite_value samples[] = {
    {.kind = SUITE_VALUE_I32, .bits = {0x80000001}},
    {.kind = SUITE_VALUE_I64, .bits = {0x8000000000000001}},
    {.kind = SUITE_VALUE_F32, .bits = {0x7F800000}},
    {.kind = SUITE_VALUE_F64, .bits = {0x7FF0000000000000}},
    {.kind = SUITE_VALUE_F32_NAN, .nan = {SUITE_NAN_CANONICAL}},
    {.kind = SUITE_VALUE_F64_NAN, .nan = {SUITE_NAN_ARITHMETIC}},
    {.kind = SUITE_VALUE_V128, .bits = {1, 2}},
    {.kind = SUITE_VALUE_V128_F32,
     .bits = {3, 4},
     .nan = {SUITE_NAN_NONE, SUITE_NAN_CANONICAL, SUITE_NAN_ARITHMETIC, SUITE_NAN_NONE}},
    {.kind = SUITE_VALUE_V128_F64, .bits = {5, 6}, .nan = {SUITE_NAN_ARITHMETIC}},
    {.kind = SUITE_VALUE_REF_NULL},
    {.kind = SUITE_VALUE_REF_EXTERN, .bits = {7}},
    {.kind = SUITE_VALUE_REF_HOST, .bits = {8}},
    {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_EXN},
    {.kind = SUITE_VALUE_EITHER, .alternatives = 2},
};

static size_t write_one(const struct suite_value *value, uint8_t room[static 64])
{
    struct buffer buffer = {.data = room, .cap = 64};
    assert_int_equal(suite_value_write(&buffer, value), STATUS_OK);
    return buffer.len;
}

TEST(each_kind_comes_back_as_it_was)
{
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        uint8_t room[64];
        struct suite_value value;
        struct bytes rest = bytes_of(room, write_one(&samples[i], room));

        assert_int_equal(suite_value_read(&rest, &value), STATUS_OK);

        assert_int_equal(rest.len, 0);
        assert_memory_equal(&value, &samples[i], sizeof value);
    }
}

TEST(a_value_that_is_cut_is_refused)
{
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        uint8_t room[64];
        size_t len = write_one(&samples[i], room);
        for (size_t cut = 0; cut < len; cut++) {
            struct suite_value value;
            struct bytes rest = bytes_of(room, cut);
            assert_int_equal(suite_value_read(&rest, &value), STATUS_TRUNCATED);
        }
    }
}

TEST(unknown_kinds_and_classes_are_refused)
{
    static const uint8_t broken[][2] = {{0, 0},
                                        {15, 0},
                                        {255, 0},
                                        {SUITE_VALUE_F32_NAN, 0},
                                        {SUITE_VALUE_F64_NAN, 3},
                                        {SUITE_VALUE_REF_SOME, 0},
                                        {SUITE_VALUE_REF_SOME, 9},
                                        {SUITE_VALUE_EITHER, 0}};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        struct suite_value value;
        struct bytes rest = bytes_of(broken[i], 2);
        assert_int_equal(suite_value_read(&rest, &value), STATUS_MALFORMED);
    }
}

TEST(a_lane_has_a_class_that_is_known)
{
    uint8_t room[64];
    struct suite_value value;
    size_t len = write_one(&samples[7], room);
    room[len - 1] = 3;
    struct bytes rest = bytes_of(room, len);

    assert_int_equal(suite_value_read(&rest, &value), STATUS_MALFORMED);
}

TEST(what_does_not_fit_is_not_written)
{
    uint8_t room[4];
    struct buffer buffer = {.data = room, .cap = sizeof room};

    assert_int_equal(suite_value_write(&buffer, &samples[0]), STATUS_NO_MEMORY);

    assert_int_equal(buffer.len, 0);
}

TEST_MAIN(T(each_kind_comes_back_as_it_was), T(a_value_that_is_cut_is_refused),
          T(unknown_kinds_and_classes_are_refused), T(a_lane_has_a_class_that_is_known),
          T(what_does_not_fit_is_not_written))

/*
 * tests/unit/wasm/test_leb128.c: every width at its edges (WASM 3.0 §5.2.2).
 */
#include "core/wasm/leb128.h"
#include "tests/support/test.h"
#include "tests/support/wasm_builder.h"

#define READER(name, type)                                                                         \
    static enum wasm_leb read_##name(struct bytes bytes, type *out, size_t *out_len)               \
    {                                                                                              \
        const uint8_t *at = bytes.data;                                                            \
        enum wasm_leb result = wasm_leb_##name(&at, bytes.data + bytes.len, out);                  \
        *out_len = (size_t)(at - bytes.data);                                                      \
        return result;                                                                             \
    }
READER(u32, uint32_t)
READER(u64, uint64_t)
READER(s32, int32_t)
READER(s33, int64_t)
READER(s64, int64_t)

/* The bytes read whole to the value; or are refused, and neither place nor value changes. */
#define GIVES(name, type, value, ...)                                                              \
    do {                                                                                           \
        type out = 1;                                                                              \
        size_t len = 0;                                                                            \
        assert_int_equal(read_##name(CODE(__VA_ARGS__), &out, &len), WASM_LEB_OK);                 \
        assert_true(out == (value));                                                               \
        assert_int_equal(len, CODE(__VA_ARGS__).len);                                              \
    } while (0)
#define REFUSES(name, type, why, ...)                                                              \
    do {                                                                                           \
        type out = 77;                                                                             \
        size_t len = 99;                                                                           \
        assert_int_equal(read_##name(CODE(__VA_ARGS__), &out, &len), why);                         \
        assert_true(out == 77);                                                                    \
        assert_int_equal(len, 0);                                                                  \
    } while (0)

TEST(u32_reads_up_to_five_bytes)
{
    (void)state;
    GIVES(u32, uint32_t, 0, 0x00);
    GIVES(u32, uint32_t, 127, 0x7F);
    GIVES(u32, uint32_t, 128, 0x80, 0x01);
    GIVES(u32, uint32_t, 3, 0x83, 0x80, 0x80, 0x80, 0x00);
    GIVES(u32, uint32_t, UINT32_MAX, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F);
}

TEST(u32_rejects_a_sixth_byte)
{
    (void)state;
    REFUSES(u32, uint32_t, WASM_LEB_TOO_LONG, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00);
}

TEST(u32_rejects_bits_past_the_32nd)
{
    (void)state;
    REFUSES(u32, uint32_t, WASM_LEB_TOO_LARGE, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F);
    REFUSES(u32, uint32_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x40);
}

TEST(u64_reads_up_to_ten_bytes)
{
    (void)state;
    GIVES(u64, uint64_t, UINT64_MAX, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01);
    GIVES(u64, uint64_t, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00);
    REFUSES(u64, uint64_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
            0x02);
    REFUSES(u64, uint64_t, WASM_LEB_TOO_LONG, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
            0x80, 0x00);
}

TEST(s32_extends_the_sign)
{
    (void)state;
    GIVES(s32, int32_t, -1, 0x7F);
    GIVES(s32, int32_t, 63, 0x3F);
    GIVES(s32, int32_t, -64, 0x40);
    GIVES(s32, int32_t, 64, 0xC0, 0x00);
    GIVES(s32, int32_t, -1, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F);
    GIVES(s32, int32_t, INT32_MIN, 0x80, 0x80, 0x80, 0x80, 0x78);
    GIVES(s32, int32_t, INT32_MAX, 0xFF, 0xFF, 0xFF, 0xFF, 0x07);
}

TEST(s32_rejects_a_last_byte_that_is_no_sign)
{
    (void)state;
    REFUSES(s32, int32_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x08);
    REFUSES(s32, int32_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x70);
    REFUSES(s32, int32_t, WASM_LEB_TOO_LARGE, 0xFF, 0xFF, 0xFF, 0xFF, 0x4F);
    REFUSES(s32, int32_t, WASM_LEB_TOO_LONG, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F);
}

TEST(s33_holds_every_u32_and_every_s32)
{
    (void)state;
    GIVES(s33, int64_t, (int64_t)UINT32_MAX, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F);
    GIVES(s33, int64_t, INT32_MIN, 0x80, 0x80, 0x80, 0x80, 0x78);
    GIVES(s33, int64_t, -((int64_t)1 << 32), 0x80, 0x80, 0x80, 0x80, 0x70);
    REFUSES(s33, int64_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x10);
    REFUSES(s33, int64_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x60);
    REFUSES(s33, int64_t, WASM_LEB_TOO_LONG, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00);
}

TEST(s64_uses_one_bit_of_its_tenth_byte)
{
    (void)state;
    GIVES(s64, int64_t, INT64_MIN, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F);
    GIVES(s64, int64_t, INT64_MAX, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00);
    GIVES(s64, int64_t, -((int64_t)1 << 62), 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40);
    REFUSES(s64, int64_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
            0x01);
    REFUSES(s64, int64_t, WASM_LEB_TOO_LARGE, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
            0x7E);
    REFUSES(s64, int64_t, WASM_LEB_TOO_LONG, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
            0x80, 0x00);
}

TEST(an_integer_cut_off_is_truncated_at_every_byte)
{
    (void)state;
    static const uint8_t bytes[] = {0x80, 0x80, 0x80, 0x80};
    for (size_t len = 0; len <= sizeof bytes; len++) {
        uint32_t u32 = 77;
        int64_t s64 = 77;
        size_t moved;
        assert_int_equal(read_u32(bytes_of(bytes, len), &u32, &moved), WASM_LEB_TRUNCATED);
        assert_int_equal(moved, 0);
        assert_int_equal(read_s64(bytes_of(bytes, len), &s64, &moved), WASM_LEB_TRUNCATED);
        assert_int_equal(moved, 0);
        assert_true(u32 == 77 && s64 == 77);
    }
}

TEST(every_result_but_ok_has_a_sentence)
{
    (void)state;
    assert_null(wasm_leb_text(WASM_LEB_OK));
    assert_string_equal(wasm_leb_text(WASM_LEB_TRUNCATED), "an integer runs past the end");
    assert_string_equal(wasm_leb_text(WASM_LEB_TOO_LONG),
                        "an integer has more bytes than its type allows");
    assert_string_equal(wasm_leb_text(WASM_LEB_TOO_LARGE), "an integer does not fit its type");
}

TEST_MAIN(T(u32_reads_up_to_five_bytes), T(u32_rejects_a_sixth_byte),
          T(u32_rejects_bits_past_the_32nd), T(u64_reads_up_to_ten_bytes), T(s32_extends_the_sign),
          T(s32_rejects_a_last_byte_that_is_no_sign), T(s33_holds_every_u32_and_every_s32),
          T(s64_uses_one_bit_of_its_tenth_byte), T(an_integer_cut_off_is_truncated_at_every_byte),
          T(every_result_but_ok_has_a_sentence))

/*
 * tests/unit/wasm/test_validate_memory.c: operators of several memories and tables, some of them
 * with 64-bit addresses.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

enum { END = 0x0B, DROP = 0x1A, I32 = 0x41, I64 = 0x42, NULL_REF = 0xD0 };

/* memories 0 32-bit, 1 64-bit, 2 64-bit; tables 0 32-bit, 1 64-bit, 2 64-bit, of functions; elem 0
 * and data 0 passive. `body` begins with its locals; its offset is 53. */
#define BODY_OFFSET 53
static void build(struct wasm_trial *trial, struct bytes body)
{
    struct wasm_builder *builder = &trial->builder;
    trial_begin(trial);
    BUILD_SECTION(builder, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(builder, 3, 1, 0);
    BUILD_SECTION(builder, 4, 3, 0x70, 0, 1, 0x70, 4, 1, 0x70, 4, 1);
    BUILD_SECTION(builder, 5, 3, 0, 1, 4, 1, 4, 1);
    BUILD_SECTION(builder, 9, 1, 1, 0, 1, 0);
    BUILD_SECTION(builder, 12, 1);
    build_section(builder, 10);
    build_byte(builder, 1);
    build_open(builder);
    build_bytes(builder, body);
    build_close(builder);
    build_close(builder);
    BUILD_SECTION(builder, 11, 1, 1, 0);
}

static void is_valid(struct bytes body)
{
    struct wasm_trial trial;
    build(&trial, body);
    trial_is_valid(&trial);
    trial_end(&trial);
}

static void is_refused(struct bytes body, uint64_t offset, const char *sentence)
{
    struct wasm_trial trial;
    build(&trial, body);
    trial_is_refused(&trial, STATUS_INVALID, BODY_OFFSET + offset, sentence);
    trial_end(&trial);
}

#define NOT_I32 "type mismatch: \"i32\" expected, \"i64\" found"
#define NOT_I64 "type mismatch: \"i64\" expected, \"i32\" found"

TEST(an_access_takes_an_address_of_its_memory)
{
    (void)state;
    is_valid(CODE(0, I64, 0, 0x28, 0x42, 1, 0, DROP, END));
    is_valid(CODE(0, I64, 0, I32, 0, 0x36, 0x42, 1, 0, END));
    is_valid(CODE(0, I32, 0, 0x28, 0x42, 0, 0, DROP, END));
    is_refused(CODE(0, I32, 0, 0x28, 0x42, 1, 0, DROP, END), 3, NOT_I64);
    is_refused(CODE(0, I64, 0, 0x28, 2, 0, DROP, END), 3, NOT_I32);
    is_refused(CODE(0, I32, 0, I64, 0, 0x37, 0x43, 2, 0, END), 5, NOT_I64);
}

TEST(an_offset_is_as_wide_as_its_memory)
{
    (void)state;
    is_valid(CODE(0, I64, 0, 0x28, 0x42, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                  0x01, DROP, END));
    is_refused(CODE(0, I32, 0, 0x28, 0x42, 0, 0x80, 0x80, 0x80, 0x80, 0x10, DROP, END), 3,
               "offset 4294967296 is out of a 32-bit memory's range");
}

TEST(size_and_grow_count_in_the_type_of_addresses)
{
    (void)state;
    is_valid(CODE(0, 0x3F, 1, 0x40, 1, 0x40, 2, 0x50, DROP, END));
    is_refused(CODE(0, 0x3F, 1, 0x40, 0, DROP, END), 3, NOT_I32);
    is_refused(CODE(0, 0x3F, 0, 0x40, 1, DROP, END), 3, NOT_I64);
    is_valid(CODE(0, NULL_REF, 0x70, 0xFC, 16, 1, 0xFC, 15, 1, 0x50, DROP, END));
    is_refused(CODE(0, NULL_REF, 0x70, 0xFC, 16, 0, 0xFC, 15, 1, DROP, END), 6, NOT_I64);
}

TEST(a_fill_and_an_init_take_the_type_of_addresses)
{
    (void)state;
    is_valid(CODE(0, I64, 0, I32, 0, I64, 0, 0xFC, 11, 1, END));
    is_refused(CODE(0, I64, 0, I32, 0, I32, 0, 0xFC, 11, 1, END), 7, NOT_I64);
    is_valid(CODE(0, I64, 0, I32, 0, I32, 0, 0xFC, 8, 0, 1, END));
    is_refused(CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 8, 0, 1, END), 7, NOT_I64);
    is_valid(CODE(0, I64, 0, NULL_REF, 0x70, I64, 0, 0xFC, 17, 1, END));
    is_valid(CODE(0, I64, 0, I32, 0, I32, 0, 0xFC, 12, 0, 1, END));
    is_refused(CODE(0, I64, 0, I64, 0, I32, 0, 0xFC, 12, 0, 1, END), 7, NOT_I32);
}

TEST(a_copy_counts_in_the_narrower_type)
{
    (void)state;
    is_valid(CODE(0, I64, 0, I64, 0, I64, 0, 0xFC, 10, 1, 2, END));
    is_valid(CODE(0, I64, 0, I32, 0, I32, 0, 0xFC, 10, 1, 0, END));
    is_valid(CODE(0, I32, 0, I64, 0, I32, 0, 0xFC, 10, 0, 1, END));
    is_refused(CODE(0, I64, 0, I32, 0, I64, 0, 0xFC, 10, 1, 0, END), 7, NOT_I32);
    is_refused(CODE(0, I32, 0, I64, 0, I32, 0, 0xFC, 10, 1, 0, END), 7, NOT_I32);
    is_valid(CODE(0, I64, 0, I64, 0, I64, 0, 0xFC, 14, 1, 2, END));
    is_valid(CODE(0, I32, 0, I64, 0, I32, 0, 0xFC, 14, 0, 1, END));
    is_refused(CODE(0, I32, 0, I64, 0, I64, 0, 0xFC, 14, 0, 1, END), 7, NOT_I32);
}

TEST(tables_are_indexed_in_their_own_type)
{
    (void)state;
    is_valid(CODE(0, I64, 0, I64, 0, 0x25, 1, 0x26, 2, END));
    is_refused(CODE(0, I32, 0, 0x25, 1, DROP, END), 3, NOT_I64);
    is_valid(CODE(0, I64, 0, 0x11, 0, 1, END));
    is_refused(CODE(0, I32, 0, 0x11, 0, 1, END), 3, NOT_I64);
    is_refused(CODE(0, I64, 0, 0x11, 0, 0, END), 3, NOT_I32);
}

TEST(active_segments_start_at_an_address_of_their_memory_or_table)
{
    (void)state;
    static const struct {
        uint8_t section[7];
        uint8_t len;
        bool is_valid;
    } cases[] = {
        {{1, 2, 0, I32, 0, END, 0}, 7, true},
        {{1, 2, 0, I64, 0, END, 0}, 7, false},
        {{1, 2, 1, I64, 0, END, 0}, 7, true},
        {{1, 2, 1, I32, 0, END, 0}, 7, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wasm_trial trial;
        trial_begin(&trial);
        BUILD_SECTION(&trial.builder, 5, 2, 0, 1, 4, 1);
        build_section(&trial.builder, 11);
        build_bytes(&trial.builder, bytes_of(cases[i].section, cases[i].len));
        build_close(&trial.builder);
        assert_int_equal(trial_load(&trial), cases[i].is_valid ? STATUS_OK : STATUS_INVALID);
        trial_end(&trial);

        trial_begin(&trial);
        BUILD_SECTION(&trial.builder, 4, 2, 0x70, 0, 1, 0x70, 4, 1);
        build_section(&trial.builder, 9);
        build_bytes(&trial.builder, bytes_of(cases[i].section, 6));
        build_bytes(&trial.builder, CODE(0, 0)); /* kind, no items */
        build_close(&trial.builder);
        assert_int_equal(trial_load(&trial), cases[i].is_valid ? STATUS_OK : STATUS_INVALID);
        trial_end(&trial);
    }
}

TEST_MAIN(T(an_access_takes_an_address_of_its_memory), T(an_offset_is_as_wide_as_its_memory),
          T(size_and_grow_count_in_the_type_of_addresses),
          T(a_fill_and_an_init_take_the_type_of_addresses), T(a_copy_counts_in_the_narrower_type),
          T(tables_are_indexed_in_their_own_type),
          T(active_segments_start_at_an_address_of_their_memory_or_table))

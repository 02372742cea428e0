/*
 * tests/unit/wasm/test_decode_tables.c: tables, memories, limits.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* `offset` counts in the section's contents. */
static void is_refused(uint8_t id, struct bytes section, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_section(&trial.builder, id);
    build_bytes(&trial.builder, section);
    build_close(&trial.builder);
    trial_is_refused(&trial, status, 10 + offset, sentence);
    trial_end(&trial);
}

static void is_valid(uint8_t id, struct bytes section)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_section(&trial.builder, id);
    build_bytes(&trial.builder, section);
    build_close(&trial.builder);
    trial_is_valid(&trial);
    trial_end(&trial);
}

TEST(a_memory_may_have_4_gib_and_no_more)
{
    (void)state;
    is_valid(5, CODE(1, 0, 0x80, 0x80, 0x04));
    is_valid(5, CODE(1, 1, 0, 0x80, 0x80, 0x04));
    is_refused(5, CODE(1, 0, 0x81, 0x80, 0x04), STATUS_INVALID, 1,
               "a memory has more than 65536 pages");
    is_refused(5, CODE(1, 1, 0, 0x81, 0x80, 0x04), STATUS_INVALID, 1,
               "a memory has more than 65536 pages");
    is_refused(5, CODE(1, 0, 0x80, 0x80, 0x80, 0x80, 0x10), STATUS_INVALID, 1,
               "a memory has more than 65536 pages");
}

TEST(a_table_may_have_as_many_items_as_32_bits_count)
{
    (void)state;
    is_valid(4, CODE(1, 0x70, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F));
    is_refused(4, CODE(1, 0x70, 0, 0x80, 0x80, 0x80, 0x80, 0x10), STATUS_INVALID, 2,
               "a table has more than 4294967295 items");
    is_refused(4, CODE(1, 0x6F, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x10), STATUS_INVALID, 2,
               "a table has more than 4294967295 items");
}

TEST(a_minimum_over_the_maximum_is_invalid)
{
    (void)state;
    is_valid(5, CODE(1, 1, 3, 3));
    is_refused(5, CODE(1, 1, 4, 3), STATUS_INVALID, 1,
               "the minimum 4 is greater than the maximum 3");
    is_refused(4, CODE(1, 0x70, 1, 4, 3), STATUS_INVALID, 2,
               "the minimum 4 is greater than the maximum 3");
}

TEST(memories_and_tables_may_have_64_bit_addresses)
{
    (void)state;
    is_valid(5, CODE(1, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40));
    is_valid(5, CODE(1, 5, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40));
    is_refused(5, CODE(1, 4, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40), STATUS_INVALID, 1,
               "a memory has more than 281474976710656 pages");
    is_refused(5, CODE(1, 5, 0, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40), STATUS_INVALID, 1,
               "a memory has more than 281474976710656 pages");
    is_valid(4, CODE(1, 0x70, 4, 0x80, 0x80, 0x80, 0x80, 0x10));
    is_valid(4, CODE(1, 0x70, 5, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01));
}

TEST(pages_have_one_byte_or_64_kib)
{
    (void)state;
    is_valid(5, CODE(1, 8, 0x80, 0x80, 0x04, 16));
    is_refused(5, CODE(1, 8, 0x81, 0x80, 0x04, 16), STATUS_INVALID, 1,
               "a memory has more than 65536 pages");
    is_valid(5, CODE(1, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0));
    is_refused(5, CODE(1, 8, 0x80, 0x80, 0x80, 0x80, 0x10, 0), STATUS_INVALID, 1,
               "a memory has more than 4294967295 pages");
    is_valid(5, CODE(1, 12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0));
    is_valid(5, CODE(1, 15, 1, 2, 0));
    is_refused(5, CODE(1, 8, 0, 1), STATUS_INVALID, 3,
               "invalid custom page size 2**1: 1 and 65536 are allowed");
    is_refused(5, CODE(1, 9, 0, 0, 63), STATUS_INVALID, 4,
               "invalid custom page size 2**63: 1 and 65536 are allowed");
    is_refused(5, CODE(1, 8, 0, 64), STATUS_MALFORMED, 3, "invalid custom page size 2**64");
    is_refused(5, CODE(1, 8, 0), STATUS_MALFORMED, 3, "an integer runs past the end");
}

TEST(a_shared_memory_has_a_maximum)
{
    (void)state;
    is_valid(5, CODE(1, 3, 1, 1));
    is_valid(5, CODE(1, 7, 1, 1));
    is_refused(5, CODE(1, 2, 1), STATUS_INVALID, 1, "a shared memory must have a maximum");
}

TEST(unknown_flags_are_malformed)
{
    (void)state;
    is_refused(5, CODE(1, 0x10, 1), STATUS_MALFORMED, 1, "16 are no flags of limits");
    is_refused(5, CODE(1, 0xFF, 1), STATUS_MALFORMED, 1, "255 are no flags of limits");
    is_refused(4, CODE(1, 0x70, 2, 1), STATUS_MALFORMED, 2, "2 are no flags of limits");
    is_refused(4, CODE(1, 0x70, 8, 1, 0), STATUS_MALFORMED, 2, "8 are no flags of limits");
}

TEST(limits_cut_off_are_malformed)
{
    (void)state;
    is_refused(5, CODE(1, 0, 0x80), STATUS_MALFORMED, 2, "an integer runs past the end");
    is_refused(5, CODE(1, 1, 0), STATUS_MALFORMED, 3, "an integer runs past the end");
    is_refused(4, CODE(1, 0x70, 0x00, 0x80), STATUS_MALFORMED, 3, "an integer runs past the end");
    is_refused(4, CODE(2, 0x70, 0, 1, 0x70, 0x01, 0x00), STATUS_MALFORMED, 7,
               "an integer runs past the end");
    is_refused(4, CODE(2, 0x70, 1, 1, 2, 0x70, 0), STATUS_MALFORMED, 7,
               "an integer runs past the end");
    is_refused(4, CODE(2, 0x70, 1, 0x81, 0x00, 2, 0x70), STATUS_MALFORMED, 7,
               "a byte is missing at the end");
    is_refused(4, CODE(2, 0x70, 1, 0x81, 0x00, 0x82, 0x00), STATUS_MALFORMED, 7,
               "a value type is missing at the end");
}

TEST(a_table_may_have_an_initial_value)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 4, 2, 0x40, 0, 0x70, 0, 3, 0xD0, 0x70, 0x0B, 0x70, 0, 1);

    trial_is_valid(&trial);

    assert_true(trial.module->tables[0].has_init);
    assert_true(bytes_equal(trial.module->tables[0].init.code, CODE(0xD0, 0x70, 0x0B)));
    assert_false(trial.module->tables[1].has_init);
    trial_end(&trial);
}

TEST(an_initial_value_is_of_the_tables_type)
{
    (void)state;
    is_refused(4, CODE(1, 0x40, 1, 0x70, 0, 0, 0xD0, 0x70, 0x0B), STATUS_MALFORMED, 2,
               "the reserved byte of a table is 1 instead of 0");
    is_refused(4, CODE(1, 0x40, 0, 0x70, 0, 0, 0xD0, 0x6F, 0x0B), STATUS_INVALID, 6,
               "type mismatch: a constant expression of \"funcref\" expected, \"externref\" "
               "found");
    is_refused(4, CODE(1, 0x40, 0, 0x70, 0, 0, 0x23, 0, 0x0B), STATUS_INVALID, 6,
               "unknown global 0");
    is_refused(4, CODE(1, 0x64, 0x70, 0, 0), STATUS_INVALID, 1,
               "type mismatch: a table without an initial value holds no null");
}

TEST(a_table_of_numbers_is_malformed)
{
    (void)state;
    is_refused(4, CODE(1, 0x7F, 0, 0), STATUS_MALFORMED, 1, "a reference type is expected here");
}

TEST(several_memories_may_differ_in_everything)
{
    (void)state;
    is_valid(5, CODE(3, 0, 0, 12, 1, 0, 3, 0, 1));
}

TEST(a_hundred_memories_and_tables_are_the_limit)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    build_section(&trial.builder, 5);
    build_u32(&trial.builder, 101);
    build_fill(&trial.builder, 0, 202);
    build_close(&trial.builder);
    trial_is_refused(&trial, STATUS_LIMIT, 11, "a module has more than 100 memories");
    trial_end(&trial);
}

TEST_MAIN(T(a_memory_may_have_4_gib_and_no_more),
          T(a_table_may_have_as_many_items_as_32_bits_count),
          T(a_minimum_over_the_maximum_is_invalid),
          T(memories_and_tables_may_have_64_bit_addresses), T(pages_have_one_byte_or_64_kib),
          T(a_shared_memory_has_a_maximum), T(unknown_flags_are_malformed),
          T(limits_cut_off_are_malformed), T(a_table_may_have_an_initial_value),
          T(an_initial_value_is_of_the_tables_type), T(a_table_of_numbers_is_malformed),
          T(several_memories_may_differ_in_everything),
          T(a_hundred_memories_and_tables_are_the_limit))

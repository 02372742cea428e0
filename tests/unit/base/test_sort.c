/*
 * tests/unit/base/test_sort.c: order, stability, every count up to a few merges.
 */
#include "core/base/sort.h"
#include "tests/support/test.h"

#define COUNT_MAX 67u

static int by_key(const void *context, uint32_t a, uint32_t b)
{
    const uint8_t *keys = context;
    return (int)keys[a] - (int)keys[b];
}

TEST(sorted_items_rise_and_equal_ones_keep_their_order)
{
    (void)state;
    uint8_t keys[COUNT_MAX];
    for (uint32_t i = 0; i < COUNT_MAX; i++)
        keys[i] = (uint8_t)(i * 37 % 11);
    for (uint32_t count = 0; count <= COUNT_MAX; count++) {
        uint32_t items[COUNT_MAX], spare[COUNT_MAX];
        uint64_t seen[2] = {0};
        for (uint32_t i = 0; i < count; i++)
            items[i] = i;

        sort_indices(items, spare, count, by_key, keys);

        for (uint32_t i = 1; i < count; i++) {
            assert_true(keys[items[i - 1]] <= keys[items[i]]);
            if (keys[items[i - 1]] == keys[items[i]])
                assert_true(items[i - 1] < items[i]);
        }
        for (uint32_t i = 0; i < count; i++)
            seen[items[i] / 64] |= (uint64_t)1 << items[i] % 64;
        assert_int_equal(__builtin_popcountll(seen[0]) + __builtin_popcountll(seen[1]), count);
    }
}

TEST(nothing_beyond_the_count_is_touched)
{
    (void)state;
    const uint8_t keys[] = {2, 1, 0};
    uint32_t items[] = {0, 1, 77}, spare[] = {0, 0, 88};

    sort_indices(items, spare, 2, by_key, keys);

    assert_int_equal(items[0], 1);
    assert_int_equal(items[1], 0);
    assert_int_equal(items[2], 77);
    assert_int_equal(spare[2], 88);
}

TEST_MAIN(T(sorted_items_rise_and_equal_ones_keep_their_order),
          T(nothing_beyond_the_count_is_touched))

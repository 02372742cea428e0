/*
 * tests/unit/base/test_arena.c: bump allocation, its cap, its wiping.
 */
#include "core/base/arena.h"

#include "tests/support/test.h"

static ALIGNED(16) uint8_t memory[256];

static void fresh(struct arena *arena)
{
    memset(memory, 0, sizeof memory);
    arena_init(arena, memory, sizeof memory);
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

TEST(allocations_are_aligned_and_zero)
{
    struct arena arena;
    fresh(&arena);

    uint8_t *first = arena_alloc(&arena, 3, 1);
    uint8_t *second = arena_alloc(&arena, 2, 8);

    assert_ptr_equal(first, memory);
    assert_ptr_equal(second, memory + 16);
    assert_true(is_zero(second, 16));
    assert_int_equal(arena.used, 32);
}

TEST(the_cap_is_reached_exactly_and_not_passed)
{
    struct arena arena;
    fresh(&arena);

    assert_non_null(arena_alloc(&arena, 256, 1));
    assert_null(arena_alloc(&arena, 1, 1));
    assert_non_null(arena_alloc(&arena, 0, 8));

    assert_int_equal(arena.used, 256);
    assert_int_equal(arena.peak, 256);
}

TEST(a_refused_request_says_what_would_have_served)
{
    struct arena arena;
    fresh(&arena);
    assert_non_null(arena_alloc(&arena, 10, 1));

    assert_null(arena_alloc(&arena, 300, 1));

    assert_int_equal(arena.wanted, 316);
    assert_int_equal(arena.used, 10);
}

TEST(a_product_that_overflows_is_refused)
{
    struct arena arena;
    fresh(&arena);

    assert_null(arena_alloc(&arena, SIZE_MAX / 2, 3));
    assert_int_equal(arena.wanted, SIZE_MAX);
    assert_null(arena_alloc(&arena, SIZE_MAX, 1));
    assert_int_equal(arena.used, 0);
}

TEST(a_sum_that_overflows_is_refused)
{
    struct arena arena;
    fresh(&arena);
    assert_non_null(arena_alloc(&arena, 16, 1));

    assert_null(arena_alloc(&arena, SIZE_MAX - 8, 1));

    assert_int_equal(arena.wanted, SIZE_MAX);
    assert_int_equal(arena.used, 16);
}

TEST(alignment_can_be_asked_for)
{
    struct arena arena;
    fresh(&arena);
    assert_non_null(arena_alloc(&arena, 1, 1));

    void *place = arena_alloc_aligned(&arena, 1, 4, 4);

    assert_ptr_equal(place, memory + 4);
}

TEST(rewinding_wipes_what_it_gives_back)
{
    struct arena arena;
    fresh(&arena);
    uint8_t *kept = arena_alloc(&arena, 16, 1);
    size_t mark = arena_mark(&arena);
    uint8_t *lost = arena_alloc(&arena, 64, 1);
    memset(kept, 0xAA, 16);
    memset(lost, 0xBB, 64);

    arena_rewind(&arena, mark);

    assert_int_equal(kept[15], 0xAA);
    assert_true(is_zero(memory + 16, sizeof memory - 16));
    assert_int_equal(arena.used, 16);
    assert_int_equal(arena.peak, 80);
}

TEST(finishing_wipes_everything)
{
    struct arena arena;
    fresh(&arena);
    uint8_t *place = arena_alloc(&arena, 100, 1);
    memset(place, 0xCC, 100);

    arena_fini(&arena);

    assert_true(is_zero(memory, sizeof memory));
    assert_int_equal(arena.cap, 0);
    assert_null(arena_alloc(&arena, 1, 1));
}

TEST(the_allocation_asked_for_is_refused_once)
{
    struct arena arena;
    fresh(&arena);
    arena.refuse_at = 2;

    assert_non_null(arena_alloc(&arena, 1, 1));
    assert_null(arena_alloc(&arena, 1, 1));
    assert_non_null(arena_alloc(&arena, 1, 1));
}

TEST_MAIN(T(allocations_are_aligned_and_zero), T(the_cap_is_reached_exactly_and_not_passed),
          T(a_refused_request_says_what_would_have_served), T(a_product_that_overflows_is_refused),
          T(a_sum_that_overflows_is_refused), T(alignment_can_be_asked_for),
          T(rewinding_wipes_what_it_gives_back), T(finishing_wipes_everything),
          T(the_allocation_asked_for_is_refused_once))

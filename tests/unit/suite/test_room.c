/*
 * tests/unit/suite/test_room.c: room for linear memories, in two parts.
 */
#include "suite/room.h"

#include "tests/support/test.h"

static uint8_t first[100], second[50];

static struct suite_room fresh(void)
{
    return (struct suite_room){
        .parts = {{.base = first, .cap = sizeof first}, {.base = second, .cap = sizeof second}}};
}

TEST(what_fits_nowhere_is_refused)
{
    struct suite_room room = fresh();
    uint8_t *base = NULL;

    assert_int_equal(suite_room_reserve(&room, 101, &base), STATUS_NO_MEMORY);
    assert_int_equal(suite_room_reserve(&room, UINT64_MAX, &base), STATUS_NO_MEMORY);

    assert_null(base);
    assert_int_equal(room.parts[0].used, 0);
}

TEST(the_second_part_takes_what_the_first_can_not)
{
    struct suite_room room = fresh();
    uint8_t *base = NULL;

    assert_int_equal(suite_room_reserve(&room, 80, &base), STATUS_OK);
    assert_ptr_equal(base, first);
    assert_int_equal(suite_room_reserve(&room, 30, &base), STATUS_OK);
    assert_ptr_equal(base, second);
    assert_int_equal(suite_room_reserve(&room, 20, &base), STATUS_OK);
    assert_ptr_equal(base, first + 80);
    assert_int_equal(suite_room_reserve(&room, 20, &base), STATUS_OK);
    assert_ptr_equal(base, second + 30);
    assert_int_equal(suite_room_reserve(&room, 1, &base), STATUS_NO_MEMORY);
    assert_int_equal(suite_room_reserve(&room, 0, &base), STATUS_OK);
}

TEST_MAIN(T(what_fits_nowhere_is_refused), T(the_second_part_takes_what_the_first_can_not))

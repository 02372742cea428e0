/*
 * tests/unit/message/test_clock.c: waits go by the clock of deadlines, whatever clock a condition
 * was made with.
 */
#include "node/message/clock.h"

#include "tests/support/test.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER; /* by itself it goes by the time of day */

TEST(nanoseconds_and_milliseconds_are_of_one_clock)
{
    const uint64_t before = message_now_ns() / NS_PER_MS;
    const uint64_t now = message_now_ms();
    const uint64_t after = message_now_ns() / NS_PER_MS;

    assert_true(before <= now && now <= after);
}

TEST(nobody_wakes_before_the_time_but_by_a_signal)
{
    (void)pthread_mutex_lock(&lock);
    const uint64_t until = message_now_ns() + 5 * NS_PER_MS;

    while (message_wait_until(&cond, &lock, until))
        ; /* a wakening that nobody made is allowed */

    assert_true(message_now_ns() >= until);
    (void)pthread_mutex_unlock(&lock);
}

TEST(a_time_that_is_over_is_not_waited_for)
{
    (void)pthread_mutex_lock(&lock);

    assert_false(message_wait_until(&cond, &lock, message_now_ns()));

    (void)pthread_mutex_unlock(&lock);
}

TEST_MAIN(T(nanoseconds_and_milliseconds_are_of_one_clock),
          T(nobody_wakes_before_the_time_but_by_a_signal), T(a_time_that_is_over_is_not_waited_for))

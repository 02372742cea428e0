/*
 * tests/unit/store/test_flip.c: any bit of the store's file turned over is found, or without
 * effect on what is read.
 *
 * Each trial is a process of its own, with the keys and the counter as they were, and io in
 * another: LMDB may fall over a file that is not one, and that ends io alone.
 *
 * STORE_FLIP_STEP in the environment: how many bits further each time (full-store-flip: 1), SEED:
 * where it begins.
 */
#include <stdio.h>

#include "tests/support/store_judge.h"
#include "tests/support/test.h"

#define STEP_SHORT 997u  /* bits; a prime, so all places in bytes come by */
#define TELL_EACH  8192u /* trials: about a line a minute */

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

TEST(a_bit_that_is_turned_over_is_found_or_without_effect)
{
    struct store_base base;
    char sentence[REPORT_TEXT_MAX];
    uint64_t counts[2] = {0};
    uint64_t step = number_of("STORE_FLIP_STEP", STEP_SHORT);
    if (step == 0)
        step = 1;
    store_base_create(&base);
    assert_int_equal(store_judge_apart(&base, sentence), STORE_SAME);

    for (uint64_t bit = number_of("SEED", 1) % step; bit < (uint64_t)base.len * 8; bit += step) {
        base.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        store_base_restore(&base, NULL, 0);
        enum store_verdict verdict = store_judge_apart(&base, sentence);
        base.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (verdict != STORE_SAME && verdict != STORE_NAMED)
            fail_msg("bit %llu: verdict %d, %s", (unsigned long long)bit, (int)verdict, sentence);
        counts[verdict]++;
        if ((counts[0] + counts[1]) % TELL_EACH == 0)
            print_message("bit %llu of %llu\n", (unsigned long long)bit,
                          (unsigned long long)base.len * 8);
        if (getenv("STORE_FLIP_TELL") != NULL)
            print_message("%llu %s\n", (unsigned long long)bit, sentence);
    }
    print_message("%zu bytes: %llu bits found by name, %llu without effect\n", base.len,
                  (unsigned long long)counts[STORE_NAMED], (unsigned long long)counts[STORE_SAME]);
    assert_true(counts[STORE_NAMED] != 0);
    store_base_remove(&base);
}

TEST_MAIN(T(a_bit_that_is_turned_over_is_found_or_without_effect))

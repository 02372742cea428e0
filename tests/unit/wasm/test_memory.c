/*
 * tests/unit/wasm/test_memory.c: sizes of linear memories by their type.
 */
#include "core/wasm/memory.h"

#include "tests/support/test.h"

static struct wasm_memory_type type_of(uint64_t max, bool is_64, uint8_t page_log2)
{
    return (struct wasm_memory_type){
        .limits = {.max = max, .has_max = max != UINT64_MAX, .is_64 = is_64},
        .page_log2 = page_log2};
}

TEST(pages_are_as_many_as_addresses_and_counts_can_name)
{
    (void)state;
    const struct wasm_memory_type types[] = {
        type_of(UINT64_MAX, false, 16), type_of(UINT64_MAX, true, 16),
        type_of(UINT64_MAX, false, 0), type_of(UINT64_MAX, true, 0)};
    const uint64_t most[] = {65536, UINT64_C(1) << 48, UINT32_MAX, UINT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        assert_int_equal(wasm_memory_type_pages_max(&types[i]), most[i]);
}

TEST(bytes_that_do_not_fit_are_saturated)
{
    (void)state;
    const struct wasm_memory_type large = type_of(UINT64_MAX, true, 16);
    const struct wasm_memory_type small = type_of(UINT64_MAX, true, 0);
    assert_int_equal(wasm_memory_type_bytes(&large, 3), 3 * 65536);
    assert_int_equal(wasm_memory_type_bytes(&large, (UINT64_C(1) << 48) - 1), UINT64_MAX << 16);
    assert_int_equal(wasm_memory_type_bytes(&large, UINT64_C(1) << 48), UINT64_MAX);
    assert_int_equal(wasm_memory_type_bytes(&small, UINT64_MAX), UINT64_MAX);
}

TEST(a_memory_grows_in_whole_pages_to_its_maximum_or_the_cap)
{
    (void)state;
    const struct wasm_memory_type bounded = type_of(3, false, 16);
    const struct wasm_memory_type open = type_of(UINT64_MAX, false, 16);
    const struct wasm_memory_type wide = type_of(UINT64_MAX, true, 16);
    const struct wasm_memory_type small = type_of(100, true, 0);
    assert_int_equal(wasm_memory_type_cap(&bounded, UINT64_MAX), 3 * 65536);
    assert_int_equal(wasm_memory_type_cap(&bounded, 2 * 65536 + 65535), 2 * 65536);
    assert_int_equal(wasm_memory_type_cap(&open, UINT64_MAX), UINT64_C(1) << 32);
    assert_int_equal(wasm_memory_type_cap(&wide, UINT64_MAX), UINT64_MAX << 16);
    assert_int_equal(wasm_memory_type_cap(&small, 7), 7);
    assert_int_equal(wasm_memory_type_cap(&small, 1000), 100);
    assert_int_equal(wasm_memory_type_cap(&open, 65535), 0);
}

TEST(a_copy_counts_as_its_narrower_side_does)
{
    (void)state;
    const struct wasm_limits narrow = {.is_64 = false}, wide = {.is_64 = true};
    assert_int_equal(wasm_address_type(&narrow), WASM_TYPE_I32);
    assert_int_equal(wasm_address_type(&wide), WASM_TYPE_I64);
    assert_int_equal(wasm_address_type_least(&wide, &wide), WASM_TYPE_I64);
    assert_int_equal(wasm_address_type_least(&narrow, &wide), WASM_TYPE_I32);
    assert_int_equal(wasm_address_type_least(&wide, &narrow), WASM_TYPE_I32);
}

TEST_MAIN(T(pages_are_as_many_as_addresses_and_counts_can_name),
          T(bytes_that_do_not_fit_are_saturated),
          T(a_memory_grows_in_whole_pages_to_its_maximum_or_the_cap),
          T(a_copy_counts_as_its_narrower_side_does))

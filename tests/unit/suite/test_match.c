/*
 * tests/unit/suite/test_match.c: slots beside what a suite expects.
 */
#include "core/wasm/heap.h"
#include "core/wasm/instance.h"
#include "suite/match.h"

#include "tests/support/test.h"

/* A store with a heap of nothing yet: i31s and host numbers need no more. */
static struct wasm_store store;
static struct suite_text difference;

static bool matches(const struct suite_value *values, uint32_t count, uint32_t value_count,
                    uint32_t type, const uint64_t *slots)
{
    uint8_t room[128];
    struct buffer buffer = {.data = room, .cap = sizeof room};
    for (uint32_t i = 0; i < value_count; i++)
        assert_int_equal(suite_value_write(&buffer, &values[i]), STATUS_OK);
    const struct suite_values expected = {.count = count, .packed = buffer_bytes(&buffer)};
    suite_text_reset(&difference);
    return suite_match(&store, &expected, &type, 1, slots, &difference);
}

static bool one(struct suite_value value, uint32_t type, uint64_t slot)
{
    return matches(&value, 1, 1, type, (const uint64_t[]){slot, 0});
}

TEST(numbers_match_bit_for_bit)
{
    const struct suite_value i32 = {.kind = SUITE_VALUE_I32, .bits = {5}};
    const struct suite_value f64 = {.kind = SUITE_VALUE_F64, .bits = {0x8000000000000000}};

    assert_true(one(i32, WASM_TYPE_I32, 5));
    assert_false(one(i32, WASM_TYPE_I32, 6));
    assert_true(one(f64, WASM_TYPE_F64, 0x8000000000000000));
    assert_false(one(f64, WASM_TYPE_F64, 0));
}

TEST(a_difference_is_said)
{
    assert_false(
        one((struct suite_value){.kind = SUITE_VALUE_I32, .bits = {5}}, WASM_TYPE_I32, 16));

    assert_string_equal(difference.text, "result 0 is i32 0x10, expected i32 0x5");
}

TEST(a_value_of_another_type_does_not_match)
{
    assert_false(one((struct suite_value){.kind = SUITE_VALUE_I32, .bits = {5}}, WASM_TYPE_I64, 5));
    assert_false(one((struct suite_value){.kind = SUITE_VALUE_REF_NULL}, WASM_TYPE_I32, 0));
}

TEST(another_number_of_results_does_not_match)
{
    const struct suite_value two[] = {{.kind = SUITE_VALUE_I32}, {.kind = SUITE_VALUE_I32}};

    assert_false(matches(two, 2, 2, WASM_TYPE_I32, (const uint64_t[]){0}));

    assert_string_equal(difference.text, "1 results, expected 2");
}

TEST(a_nan_class_is_the_positive_canonical_nan)
{
    const struct suite_value f32 = {.kind = SUITE_VALUE_F32_NAN, .nan = {SUITE_NAN_CANONICAL}};
    const struct suite_value f64 = {.kind = SUITE_VALUE_F64_NAN, .nan = {SUITE_NAN_ARITHMETIC}};

    assert_true(one(f32, WASM_TYPE_F32, 0x7FC00000));
    assert_false(one(f32, WASM_TYPE_F32, 0xFFC00000));
    assert_false(one(f32, WASM_TYPE_F32, 0x7FC00001));
    assert_true(one(f64, WASM_TYPE_F64, 0x7FF8000000000000));
    assert_false(one(f64, WASM_TYPE_F64, 0x7FF8000000000001));
}

TEST(every_lane_of_a_vector_counts)
{
    const struct suite_value exact = {.kind = SUITE_VALUE_V128, .bits = {1, 2}};
    const struct suite_value f32 = {.kind = SUITE_VALUE_V128_F32,
                                    .bits = {0x0000000100000002, 0x0000000300000004},
                                    .nan = {SUITE_NAN_NONE, SUITE_NAN_CANONICAL}};
    const struct suite_value f64 = {.kind = SUITE_VALUE_V128_F64,
                                    .bits = {9, 0},
                                    .nan = {SUITE_NAN_NONE, SUITE_NAN_ARITHMETIC}};

    assert_true(matches(&exact, 1, 1, WASM_TYPE_V128, (const uint64_t[]){1, 2}));
    assert_false(matches(&exact, 1, 1, WASM_TYPE_V128, (const uint64_t[]){1, 3}));
    assert_false(matches(&exact, 1, 1, WASM_TYPE_V128, (const uint64_t[]){0, 2}));
    assert_true(matches(&f32, 1, 1, WASM_TYPE_V128,
                        (const uint64_t[]){0x7FC0000000000002, 0x0000000300000004}));
    assert_false(matches(&f32, 1, 1, WASM_TYPE_V128,
                         (const uint64_t[]){0x0000000100000002, 0x0000000300000004}));
    assert_false(matches(&f32, 1, 1, WASM_TYPE_V128,
                         (const uint64_t[]){0x7FC0000000000002, 0x0000000500000004}));
    assert_true(matches(&f32, 1, 1, WASM_TYPE_V128,
                        (const uint64_t[]){0xFFC0000000000002, 0x0000000300000004}));
    assert_true(matches(&f64, 1, 1, WASM_TYPE_V128, (const uint64_t[]){9, 0x7FF8000000000000}));
    assert_false(matches(&f64, 1, 1, WASM_TYPE_V128, (const uint64_t[]){9, 0xFFF8000000000000}));
    assert_false(matches(&f64, 1, 1, WASM_TYPE_V128, (const uint64_t[]){9, 0}));
}

TEST(references_match_by_what_they_are)
{
    const struct suite_value null = {.kind = SUITE_VALUE_REF_NULL};
    const struct suite_value third = {.kind = SUITE_VALUE_REF_EXTERN, .bits = {3}};
    const struct suite_value func = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_FUNC};
    const struct suite_value i31 = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_I31};
    const struct suite_value eq = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_EQ};

    assert_true(one(null, WASM_TYPE_FUNCREF, 0));
    assert_false(one(null, WASM_TYPE_FUNCREF, 1));
    assert_true(one(third, WASM_TYPE_EXTERNREF, wasm_extern_ref(3)));
    assert_false(one(third, WASM_TYPE_EXTERNREF, wasm_extern_ref(4)));
    assert_true(one(func, WASM_TYPE_FUNCREF, 1));
    assert_false(one(func, WASM_TYPE_FUNCREF, 0));
    assert_true(one(i31, WASM_TYPE_EXTERNREF, 7));
    assert_false(one(i31, WASM_TYPE_EXTERNREF, wasm_extern_ref(3)));
    assert_true(one(eq, WASM_TYPE_EXTERNREF, 7));
    assert_false(one(eq, WASM_TYPE_EXTERNREF, wasm_extern_ref(3)));
}

TEST(objects_match_by_their_kind)
{
    static ALIGNED(16) uint8_t room[1 << 16];
    static const struct wasm_heap_layout layouts[] = {{.bytes = 16},
                                                      {.bytes = 8, .element_bytes = 4}};
    struct wasm_type types[] = {{.kind = WASM_KIND_STRUCT}, {.kind = WASM_KIND_ARRAY}};
    const struct suite_value is_struct = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_STRUCT};
    const struct suite_value is_array = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_ARRAY};
    const struct suite_value is_eq = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_EQ};
    const struct suite_value is_exn = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_EXN};
    struct arena arena;
    arena_init(&arena, room, sizeof room);
    assert_int_equal(wasm_heap_create(&arena, 1 << 12, &store.heap), STATUS_OK);
    store.heap->layouts = layouts;
    store.types = types;
    store.type_count = 2;
    uint32_t structure = wasm_heap_alloc(store.heap, 0, 0);
    uint32_t array = wasm_heap_alloc(store.heap, 1, 3);

    assert_true(one(is_struct, WASM_TYPE_EXTERNREF, structure));
    assert_false(one(is_struct, WASM_TYPE_EXTERNREF, array));
    assert_true(one(is_array, WASM_TYPE_EXTERNREF, array));
    assert_false(one(is_array, WASM_TYPE_EXTERNREF, structure));
    assert_true(one(is_eq, WASM_TYPE_EXTERNREF, array));
    assert_false(one(is_exn, WASM_TYPE_EXTERNREF, array));
    assert_false(one(is_array, WASM_TYPE_EXTERNREF, 7));
    store = (struct wasm_store){0};
}

TEST(either_matches_one_of_its_values)
{
    const struct suite_value values[] = {{.kind = SUITE_VALUE_EITHER, .alternatives = 2},
                                         {.kind = SUITE_VALUE_I32, .bits = {1}},
                                         {.kind = SUITE_VALUE_I32, .bits = {2}}};

    assert_true(matches(values, 1, 3, WASM_TYPE_I32, (const uint64_t[]){1}));
    assert_true(matches(values, 1, 3, WASM_TYPE_I32, (const uint64_t[]){2}));
    assert_false(matches(values, 1, 3, WASM_TYPE_I32, (const uint64_t[]){3}));
}

TEST(only_one_value_can_be_an_argument)
{
    uint64_t slots[2] = {9, 9};
    const struct suite_value nan = {.kind = SUITE_VALUE_F32_NAN, .nan = {SUITE_NAN_CANONICAL}};
    const struct suite_value some = {.kind = SUITE_VALUE_REF_SOME, .some = SUITE_SOME_FUNC};
    const struct suite_value huge = {.kind = SUITE_VALUE_REF_EXTERN, .bits = {0xFFFFFFFF}};
    const struct suite_value v128 = {.kind = SUITE_VALUE_V128, .bits = {1, 2}};

    assert_false(suite_value_slots(&nan, WASM_TYPE_F32, slots));
    assert_false(suite_value_slots(&some, WASM_TYPE_FUNCREF, slots));
    assert_false(suite_value_slots(&huge, WASM_TYPE_EXTERNREF, slots));
    assert_false(suite_value_slots(&v128, WASM_TYPE_I64, slots));
    assert_true(suite_value_slots(&v128, WASM_TYPE_V128, slots));
    assert_int_equal(slots[0], 1);
    assert_int_equal(slots[1], 2);
}

TEST(a_trap_is_matched_by_the_suites_words)
{
    assert_true(suite_match_trap(BYTES_LITERAL("unreachable"), WASM_TRAP_UNREACHABLE));
    assert_false(suite_match_trap(BYTES_LITERAL("unreachable"), WASM_TRAP_CAST_FAILURE));
    assert_false(suite_match_trap(BYTES_LITERAL("unreachable"), WASM_TRAP_NONE));
    assert_true(
        suite_match_trap(BYTES_LITERAL("uninitialized element 2"), WASM_TRAP_NULL_REFERENCE));
    assert_true(
        suite_match_trap(BYTES_LITERAL("null structure reference"), WASM_TRAP_NULL_REFERENCE));
    assert_false(suite_match_trap(BYTES_LITERAL("undefined element"), WASM_TRAP_NULL_REFERENCE));
    assert_false(suite_match_trap(BYTES_LITERAL(""), WASM_TRAP_UNREACHABLE));
    assert_false(suite_match_trap(BYTES_LITERAL("none"), WASM_TRAP_NONE));
}

TEST_MAIN(T(numbers_match_bit_for_bit), T(a_difference_is_said),
          T(a_value_of_another_type_does_not_match), T(another_number_of_results_does_not_match),
          T(a_nan_class_is_the_positive_canonical_nan), T(every_lane_of_a_vector_counts),
          T(references_match_by_what_they_are), T(objects_match_by_their_kind),
          T(either_matches_one_of_its_values), T(only_one_value_can_be_an_argument),
          T(a_trap_is_matched_by_the_suites_words))

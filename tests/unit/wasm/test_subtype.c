/*
 * tests/unit/wasm/test_subtype.c: which type may stand for which.
 */
#include "core/wasm/subtype.h"

#include "core/wasm/limits.h"
#include "tests/support/test.h"

/* 0 func; 1 struct; 2 struct, sub of 1; 3 array; 4 struct, sub of 2; 5 func, sub of 0 */
static const struct wasm_type family[] = {
    {.kind = WASM_KIND_FUNC, .canonical = 0, .supertype = WASM_NO_SUPERTYPE, .jump = 0},
    {.kind = WASM_KIND_STRUCT, .canonical = 1, .supertype = WASM_NO_SUPERTYPE, .jump = 1},
    {.kind = WASM_KIND_STRUCT, .depth = 1, .canonical = 2, .supertype = 1, .jump = 1},
    {.kind = WASM_KIND_ARRAY, .canonical = 3, .supertype = WASM_NO_SUPERTYPE, .jump = 3},
    {.kind = WASM_KIND_STRUCT, .depth = 2, .canonical = 4, .supertype = 2, .jump = 2},
    {.kind = WASM_KIND_FUNC, .depth = 1, .canonical = 5, .supertype = 0, .jump = 0},
};

static const uint32_t heaps[] = {
    WASM_HEAP_ANY,
    WASM_HEAP_EQ,
    WASM_HEAP_I31,
    WASM_HEAP_STRUCT,
    WASM_HEAP_ARRAY,
    WASM_HEAP_NONE,
    WASM_HEAP_FUNC,
    WASM_HEAP_NOFUNC,
    WASM_HEAP_EXTERN,
    WASM_HEAP_NOEXTERN,
    WASM_HEAP_EXN,
    WASM_HEAP_NOEXN,
    WASM_HEAP_BOTTOM,
    0,
    1,
    2,
    3,
    4,
    5,
};

/* Row: the subtype, in the order above; column: the supertype. */
static const char *const answers[] = {
    "1000000000000000000", /* any */
    "1100000000000000000", /* eq */
    "1110000000000000000", /* i31 */
    "1101000000000000000", /* struct */
    "1100100000000000000", /* array */
    "1111110000000011110", /* none */
    "0000001000000000000", /* func */
    "0000001100000100001", /* nofunc */
    "0000000010000000000", /* extern */
    "0000000011000000000", /* noextern */
    "0000000000100000000", /* exn */
    "0000000000110000000", /* noexn */
    "1111111111111111111", /* bottom */
    "0000001000000100000", /* 0 func */
    "1101000000000010000", /* 1 struct */
    "1101000000000011000", /* 2 sub of 1 */
    "1100100000000000100", /* 3 array */
    "1101000000000011010", /* 4 sub of 2 */
    "0000001000000100001", /* 5 sub of 0 */
};

TEST(heap_types_form_four_hierarchies)
{
    (void)state;
    for (size_t sub = 0; sub < ARRAY_LEN(heaps); sub++)
        for (size_t super = 0; super < ARRAY_LEN(heaps); super++)
            if (wasm_heap_is_subtype(family, heaps[sub], heaps[super]) !=
                (answers[sub][super] == '1'))
                fail_msg("%zu below %zu", sub, super);
}

TEST(each_heap_type_has_the_top_of_its_hierarchy)
{
    (void)state;
    static const uint32_t tops[] = {
        WASM_HEAP_ANY, WASM_HEAP_ANY,  WASM_HEAP_ANY,    WASM_HEAP_ANY,    WASM_HEAP_ANY,
        WASM_HEAP_ANY, WASM_HEAP_FUNC, WASM_HEAP_FUNC,   WASM_HEAP_EXTERN, WASM_HEAP_EXTERN,
        WASM_HEAP_EXN, WASM_HEAP_EXN,  WASM_HEAP_BOTTOM, WASM_HEAP_FUNC,   WASM_HEAP_ANY,
        WASM_HEAP_ANY, WASM_HEAP_ANY,  WASM_HEAP_ANY,    WASM_HEAP_FUNC,
    };
    for (size_t i = 0; i < ARRAY_LEN(heaps); i++)
        assert_int_equal(wasm_heap_top(family, heaps[i]), tops[i]);
}

TEST(null_is_not_for_those_that_take_none)
{
    (void)state;
    assert_true(wasm_type_is_subtype(family, WASM_TYPE_REF(2), WASM_TYPE_REF_NULL(1)));
    assert_true(wasm_type_is_subtype(family, WASM_TYPE_REF(2), WASM_TYPE_REF(1)));
    assert_true(wasm_type_is_subtype(family, WASM_TYPE_REF_NULL(2), WASM_TYPE_REF_NULL(1)));
    assert_false(wasm_type_is_subtype(family, WASM_TYPE_REF_NULL(2), WASM_TYPE_REF(1)));
    assert_false(wasm_type_is_subtype(family, WASM_TYPE_REF_NULL(1), WASM_TYPE_REF(1)));
}

TEST(numbers_match_themselves_alone)
{
    (void)state;
    assert_true(wasm_type_is_subtype(family, WASM_TYPE_I32, WASM_TYPE_I32));
    assert_false(wasm_type_is_subtype(family, WASM_TYPE_I32, WASM_TYPE_I64));
    assert_false(wasm_type_is_subtype(family, WASM_TYPE_I32, WASM_TYPE_ANYREF));
    assert_false(wasm_type_is_subtype(family, WASM_TYPE_ANYREF, WASM_TYPE_I32));
    assert_true(wasm_type_is_subtype(family, WASM_TYPE_BOTTOM, WASM_TYPE_I32));
    assert_true(wasm_type_is_subtype(family, WASM_TYPE_BOTTOM, WASM_TYPE_REF(1)));
    assert_false(wasm_type_is_subtype(family, WASM_TYPE_REF(WASM_HEAP_BOTTOM), WASM_TYPE_I32));
}

TEST(a_chain_is_searched_in_few_steps_at_any_depth)
{
    (void)state;
    struct wasm_type chain[2 * (WASM_LIMIT_SUBTYPE_DEPTH + 1)];
    uint32_t length = WASM_LIMIT_SUBTYPE_DEPTH + 1;
    for (uint32_t i = 0; i < 2 * length; i++)
        chain[i] = (struct wasm_type){.kind = WASM_KIND_STRUCT,
                                      .canonical = i,
                                      .supertype = i % length == 0 ? WASM_NO_SUPERTYPE : i - 1};
    assert_true(wasm_types_link(chain, 0, 2 * length));

    for (uint32_t sub = 0; sub < 2 * length; sub++) {
        assert_int_equal(chain[sub].depth, sub % length);
        for (uint32_t super = 0; super < 2 * length; super++)
            assert_int_equal(wasm_defined_is_subtype(chain, sub, super),
                             sub / length == super / length && super <= sub);
        unsigned steps = 0;
        for (uint32_t at = sub; chain[at].depth != 0; steps++)
            at = chain[at].jump;
        assert_in_range(steps, 0, 11);
    }
}

TEST(a_chain_deeper_than_63_is_refused)
{
    (void)state;
    struct wasm_type chain[WASM_LIMIT_SUBTYPE_DEPTH + 2];
    for (uint32_t i = 0; i < ARRAY_LEN(chain); i++)
        chain[i] = (struct wasm_type){
            .kind = WASM_KIND_STRUCT, .canonical = i, .supertype = i == 0 ? UINT32_MAX : i - 1};
    assert_true(wasm_types_link(chain, 0, WASM_LIMIT_SUBTYPE_DEPTH + 1));
    assert_false(wasm_types_link(chain, WASM_LIMIT_SUBTYPE_DEPTH + 1, 1));
}

static bool can_extend(const struct wasm_type *sub, const struct wasm_type *super)
{
    return wasm_type_can_extend(family, sub, super);
}

TEST(a_function_takes_more_and_gives_less)
{
    (void)state;
    const uint32_t wide[] = {WASM_TYPE_REF_NULL(1)}, narrow[] = {WASM_TYPE_REF(2)};
    const struct wasm_type super = {
        .kind = WASM_KIND_FUNC,
        .func = {.param_count = 1, .params = narrow, .result_count = 1, .results = wide}};
    struct wasm_type sub = super;
    sub.func.params = wide;
    sub.func.results = narrow;
    assert_true(can_extend(&sub, &super));
    assert_false(can_extend(&super, &sub));
    sub.func.params = narrow;
    assert_true(can_extend(&sub, &super));
    sub.func.result_count = 0;
    assert_false(can_extend(&sub, &super));
    sub = super;
    sub.func.param_count = 0;
    assert_false(can_extend(&sub, &super));
}

TEST(a_struct_adds_fields_and_narrows_what_is_only_read)
{
    (void)state;
    const struct wasm_field read_wide[] = {{.type = WASM_TYPE_REF_NULL(1)}};
    const struct wasm_field read_narrow[] = {{.type = WASM_TYPE_REF(2)}, {.type = WASM_TYPE_I8}};
    const struct wasm_field written_wide[] = {{.type = WASM_TYPE_REF_NULL(1), .is_mutable = true}};
    const struct wasm_field written_narrow[] = {{.type = WASM_TYPE_REF(2), .is_mutable = true}};
    const struct wasm_type empty = {.kind = WASM_KIND_STRUCT};
    struct wasm_type super = {.kind = WASM_KIND_STRUCT,
                              .fields = {.field_count = 1, .fields = read_wide}};
    struct wasm_type sub = {.kind = WASM_KIND_STRUCT,
                            .fields = {.field_count = 2, .fields = read_narrow}};
    assert_true(can_extend(&sub, &super));
    assert_true(can_extend(&sub, &empty));
    assert_false(can_extend(&super, &sub));
    assert_false(can_extend(&empty, &super));
    super.fields.fields = written_wide;
    assert_false(can_extend(&sub, &super)); /* one is written, the other is not */
    sub = (struct wasm_type){.kind = WASM_KIND_STRUCT,
                             .fields = {.field_count = 1, .fields = written_narrow}};
    assert_false(can_extend(&sub, &super));
    sub.fields.fields = written_wide;
    assert_true(can_extend(&sub, &super));
}

TEST(an_array_is_as_its_element)
{
    (void)state;
    const struct wasm_type bytes = {.kind = WASM_KIND_ARRAY, .element = {.type = WASM_TYPE_I8}};
    const struct wasm_type words = {.kind = WASM_KIND_ARRAY, .element = {.type = WASM_TYPE_I16}};
    const struct wasm_type empty = {.kind = WASM_KIND_STRUCT};
    assert_true(can_extend(&bytes, &bytes));
    assert_false(can_extend(&bytes, &words));
    assert_false(can_extend(&bytes, &empty));
}

TEST_MAIN(T(heap_types_form_four_hierarchies), T(each_heap_type_has_the_top_of_its_hierarchy),
          T(null_is_not_for_those_that_take_none), T(numbers_match_themselves_alone),
          T(a_chain_is_searched_in_few_steps_at_any_depth), T(a_chain_deeper_than_63_is_refused),
          T(a_function_takes_more_and_gives_less),
          T(a_struct_adds_fields_and_narrows_what_is_only_read), T(an_array_is_as_its_element))

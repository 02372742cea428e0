/*
 * tests/unit/wasm/test_decode_elems.c: the eight forms of element segments.
 */
#include "core/wasm/const_expr.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* Two imported functions, tables 0 funcref and 1 externref; the section's contents are at NEXT. */
#define NEXT 36u
static void begin(struct wasm_trial *trial)
{
    trial_begin(trial);
    BUILD_SECTION(&trial->builder, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(&trial->builder, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0);
    BUILD_SECTION(&trial->builder, 4, 2, 0x70, 0, 9, 0x6F, 0, 9);
    assert_int_equal(trial->builder.len, NEXT - 2);
}

static void build_elems(struct wasm_trial *trial, struct bytes section)
{
    begin(trial);
    build_section(&trial->builder, 9);
    build_bytes(&trial->builder, section);
    build_close(&trial->builder);
}

static void is_refused(struct bytes section, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    build_elems(&trial, section);
    trial_is_refused(&trial, status, NEXT + offset, sentence);
    trial_end(&trial);
}

struct form {
    struct bytes section;
    enum wasm_segment_mode mode;
    uint32_t type, table;
    bool is_exprs;
};

static void has_form(struct form form)
{
    struct wasm_trial trial;
    build_elems(&trial, form.section);

    trial_is_valid(&trial);

    const struct wasm_elem *elem = &trial.module->elems[0];
    assert_int_equal(trial.module->elem_count, 1);
    assert_int_equal(elem->mode, form.mode);
    assert_int_equal(elem->type, form.type);
    assert_int_equal(elem->table, form.table);
    assert_int_equal(elem->is_exprs, form.is_exprs);
    assert_int_equal(elem->count, 1);
    assert_int_equal(elem->start.code.len, form.mode == WASM_SEGMENT_ACTIVE ? 3 : 0);
    assert_ptr_equal(elem->items.data, trial.builder.data + elem->items_offset);
    assert_ptr_equal(elem->items.data + elem->items.len, trial.builder.data + trial.builder.len);
    trial_end(&trial);
}

TEST(all_eight_forms_are_read)
{
    (void)state;
    const uint32_t func = WASM_TYPE_FUNCREF, any = WASM_TYPE_EXTERNREF;
    const uint32_t index = WASM_TYPE_REF(WASM_HEAP_FUNC); /* an index is never null */
    has_form((struct form){CODE(1, 0, 0x41, 0, 0x0B, 1, 1), WASM_SEGMENT_ACTIVE, index, 0, false});
    has_form((struct form){CODE(1, 1, 0, 1, 1), WASM_SEGMENT_PASSIVE, index, 0, false});
    has_form(
        (struct form){CODE(1, 2, 0, 0x41, 0, 0x0B, 0, 1, 1), WASM_SEGMENT_ACTIVE, index, 0, false});
    has_form((struct form){CODE(1, 3, 0, 1, 1), WASM_SEGMENT_DECLARED, index, 0, false});
    has_form((struct form){CODE(1, 4, 0x41, 0, 0x0B, 1, 0xD2, 0, 0x0B), WASM_SEGMENT_ACTIVE, func,
                           0, true});
    has_form(
        (struct form){CODE(1, 5, 0x6F, 1, 0xD0, 0x6F, 0x0B), WASM_SEGMENT_PASSIVE, any, 0, true});
    has_form((struct form){CODE(1, 6, 1, 0x41, 0, 0x0B, 0x6F, 1, 0xD0, 0x6F, 0x0B),
                           WASM_SEGMENT_ACTIVE, any, 1, true});
    has_form(
        (struct form){CODE(1, 7, 0x70, 1, 0xD2, 0, 0x0B), WASM_SEGMENT_DECLARED, func, 0, true});
}

TEST(items_are_read_again_in_order)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_elem_reader reader;
    struct wasm_const_expr expr;
    uint32_t func = 9;
    build_elems(&trial, CODE(2, 1, 0, 2, 1, 0, 5, 0x70, 2, 0xD2, 1, 0x0B, 0xD0, 0x70, 0x0B));

    trial_is_valid(&trial);

    wasm_elem_open(trial.module, &trial.module->elems[0], &reader);
    assert_true(wasm_elem_read(&reader, &expr, &func));
    assert_int_equal(func, 1);
    assert_true(wasm_elem_read(&reader, &expr, &func));
    assert_int_equal(func, 0);
    assert_false(wasm_elem_read(&reader, &expr, &func));
    wasm_elem_open(trial.module, &trial.module->elems[1], &reader);
    assert_true(wasm_elem_read(&reader, &expr, &func));
    assert_true(bytes_equal(expr.code, CODE(0xD2, 1, 0x0B)));
    assert_true(wasm_elem_read(&reader, &expr, &func));
    assert_true(bytes_equal(expr.code, CODE(0xD0, 0x70, 0x0B)));
    assert_int_equal(expr.offset, trial.builder.len - 3);
    assert_false(wasm_elem_read(&reader, &expr, &func));
    trial_end(&trial);
}

TEST(functions_in_segments_are_declared)
{
    (void)state;
    struct wasm_trial trial;
    build_elems(&trial, CODE(1, 7, 0x70, 1, 0xD2, 1, 0x0B));
    trial_is_valid(&trial);
    assert_false(trial.module->funcs[0].is_declared);
    assert_true(trial.module->funcs[1].is_declared);
    trial_end(&trial);
}

TEST(an_unknown_form_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 8, 0, 0), STATUS_MALFORMED, 1, "8 is no form of an element segment");
    is_refused(CODE(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), STATUS_MALFORMED, 1,
               "4294967295 is no form of an element segment");
}

TEST(an_unknown_kind_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 1, 1, 0), STATUS_MALFORMED, 2, "1 is no kind of element");
    is_refused(CODE(1, 5, 0x7F, 0), STATUS_MALFORMED, 2, "a reference type is expected here");
}

TEST(tables_and_functions_have_to_exist)
{
    (void)state;
    is_refused(CODE(1, 2, 2, 0x41, 0, 0x0B, 0, 0), STATUS_INVALID, 2, "unknown table 2");
    is_refused(CODE(1, 1, 0, 2, 0, 2), STATUS_INVALID, 5, "unknown function 2");
    is_refused(CODE(1, 5, 0x70, 1, 0xD2, 2, 0x0B), STATUS_INVALID, 4, "unknown function 2");
}

TEST(an_active_segment_is_of_its_tables_type)
{
    (void)state;
    is_refused(CODE(1, 6, 0, 0x41, 0, 0x0B, 0x6F, 0), STATUS_INVALID, 1,
               "type mismatch: an element segment is not of the type of table 0");
    is_refused(CODE(1, 2, 1, 0x41, 0, 0x0B, 0, 0), STATUS_INVALID, 1,
               "type mismatch: an element segment is not of the type of table 1");
}

TEST(items_are_of_the_segments_type)
{
    (void)state;
    is_refused(CODE(1, 5, 0x6F, 1, 0xD2, 0, 0x0B), STATUS_INVALID, 4,
               "type mismatch: a constant expression of \"externref\" expected, \"(ref 0)\" found");
}

TEST(a_place_is_a_constant_i32)
{
    (void)state;
    is_refused(CODE(1, 0, 0x42, 0, 0x0B, 0), STATUS_INVALID, 2,
               "type mismatch: a constant expression of \"i32\" expected, \"i64\" found");
}

TEST(a_segment_cut_off_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 1, 0, 2, 0), STATUS_MALFORMED, 3,
               "a count of 2 does not fit the 1 bytes left");
    is_refused(CODE(1, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), STATUS_MALFORMED, 3,
               "a count of 4294967295 does not fit the 0 bytes left");
    is_refused(CODE(1, 1, 0, 1, 0x80), STATUS_MALFORMED, 4, "an integer runs past the end");
    is_refused(CODE(1, 0x80, 0x80, 0x80), STATUS_MALFORMED, 1, "an integer runs past the end");
    is_refused(CODE(1, 0x82, 0x00, 0x80), STATUS_MALFORMED, 3, "an integer runs past the end");
    is_refused(CODE(1, 0x81, 0x80, 0x00), STATUS_MALFORMED, 4, "a byte is missing at the end");
}

TEST(a_hundred_thousand_segments_are_the_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin_sized(&trial, (size_t)16 << 20, 4096);
        build_section(&trial.builder, 9);
        build_u32(&trial.builder, 100000 + over);
        for (uint32_t i = 0; i < 100000 + over; i++)
            BUILD(&trial.builder, 1, 0, 0);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 12,
                             "a module has more than 100000 element segments");
        trial_end(&trial);
    }
}

TEST(ten_million_items_are_the_limit_of_a_segment)
{
    (void)state;
    struct wasm_trial trial;
    begin(&trial);
    build_section(&trial.builder, 9);
    BUILD(&trial.builder, 1, 1, 0);
    build_u32(&trial.builder, 10000001);
    build_fill(&trial.builder, 0, 10000001);
    build_close(&trial.builder);
    trial_is_refused(&trial, STATUS_LIMIT, NEXT + 6,
                     "an element segment has more than 10000000 items");
    trial_end(&trial);
}

TEST_MAIN(T(all_eight_forms_are_read), T(items_are_read_again_in_order),
          T(functions_in_segments_are_declared), T(an_unknown_form_is_malformed),
          T(an_unknown_kind_is_malformed), T(tables_and_functions_have_to_exist),
          T(an_active_segment_is_of_its_tables_type), T(items_are_of_the_segments_type),
          T(a_place_is_a_constant_i32), T(a_segment_cut_off_is_malformed),
          T(a_hundred_thousand_segments_are_the_limit),
          T(ten_million_items_are_the_limit_of_a_segment))

/*
 * tests/unit/wasm/test_validate_gc.c: structs, arrays, casts and null checks in bodies, locals
 * without a default value, and what a sink is told of them.
 */
#include "core/wasm/limits.h"
#include "core/wasm/optable.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define UNREACHABLE 0x00
#define BLOCK       0x02
#define LOOP        0x03
#define IF          0x04
#define ELSE        0x05
#define END         0x0B
#define BR          0x0C
#define CALL        0x10
#define DROP        0x1A
#define GET         0x20
#define SET         0x21
#define TEE         0x22
#define I32         0x41
#define NULL_OF     0xD0
#define FB          0xFB
#define EMPTY       0x40
#define REF(x)      0x64, (x)
#define NULLABLE(x) 0x63, (x)

/* Types: 0 struct of mutable i32, i8, f64 that is only read; 1 sub of 0 with a (ref null 0) more;
 * 2 array of mutable i16; 3 array of mutable (ref null 0); 4 array of i64, only read; 5 struct with
 * a (ref 0), which has no default; 6 []->[]; 7 [structref]->[structref]; 8 array of mutable anyref.
 * The function under test is of the last type, given by its params and results. */
#define TYPES                                                                                      \
    0x50, 0, 0x5F, 3, 0x7F, 1, 0x78, 1, 0x7C, 0, 0x50, 1, 0, 0x5F, 4, 0x7F, 1, 0x78, 1, 0x7C, 0,   \
        0x63, 0, 1, 0x5E, 0x77, 1, 0x5E, 0x63, 0, 1, 0x5E, 0x7E, 0, 0x5F, 1, 0x64, 0, 0, 0x60, 0,  \
        0, 0x60, 1, 0x6B, 1, 0x6B, 0x5E, 0x6E, 1

static void build_around(struct wasm_trial *trial, struct bytes signature, struct bytes body)
{
    struct wasm_builder *b = &trial->builder;
    build_section(b, 1);
    BUILD(b, 10, TYPES, 0x60);
    build_bytes(b, signature);
    build_close(b);
    BUILD_SECTION(b, 3, 1, 9);
    /* elements: 0 funcref, 1 (ref null 1) */
    BUILD_SECTION(b, 9, 2, 5, 0x70, 0, 5, 0x63, 1, 0);
    BUILD_SECTION(b, 12, 1);
    build_section(b, 10);
    build_byte(b, 1);
    build_open(b);
    build_bytes(b, body);
    build_close(b);
    build_close(b);
    trial->body_offset = b->len - body.len;
    BUILD_SECTION(b, 11, 1, 1, 1, 'x');
}

static void is_valid(struct bytes signature, struct bytes body)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_around(&trial, signature, body);
    trial_is_valid(&trial);
    trial_end(&trial);
}

static void is_refused(struct bytes signature, struct bytes body, enum status status,
                       uint64_t offset, const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    build_around(&trial, signature, body);
    trial_is_refused(&trial, status, trial.body_offset + offset, sentence);
    trial_end(&trial);
}

#define NOTHING CODE(0, 0)

TEST(a_struct_is_made_of_its_fields)
{
    (void)state;
    is_valid(CODE(0, 1, REF(0)),
             CODE(0, I32, 1, I32, 2, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, FB, 0, 0, END));
    is_valid(CODE(0, 1, REF(0)), CODE(0, FB, 1, 0, END));
    is_valid(CODE(0, 1, REF(0)), CODE(0, FB, 1, 1, END)); /* a subtype */
    is_refused(CODE(0, 1, REF(1)), CODE(0, FB, 1, 0, END), STATUS_INVALID, 4,
               "type mismatch: \"(ref 1)\" expected, \"(ref 0)\" found");
    is_refused(NOTHING, CODE(0, I32, 1, I32, 2, FB, 0, 0, DROP, END), STATUS_INVALID, 5,
               "type mismatch: \"f64\" expected, \"i32\" found");
    is_refused(NOTHING, CODE(0, FB, 1, 5, DROP, END), STATUS_INVALID, 1,
               "type mismatch: a field of type 5 has no default value");
    is_refused(NOTHING, CODE(0, FB, 1, 2, DROP, END), STATUS_INVALID, 1,
               "type mismatch: type 2 is no struct type");
    is_refused(NOTHING, CODE(0, FB, 1, 11, DROP, END), STATUS_INVALID, 1, "unknown type 11");
}

TEST(fields_are_read_by_their_kind_and_written_if_mutable)
{
    (void)state;
    is_valid(CODE(1, NULLABLE(0), 1, 0x7F), CODE(0, GET, 0, FB, 2, 0, 0, END));
    is_valid(CODE(1, NULLABLE(1), 1, 0x7F), CODE(0, GET, 0, FB, 3, 0, 1, END));
    is_valid(CODE(1, REF(1), 1, NULLABLE(0)), CODE(0, GET, 0, FB, 2, 1, 3, END));
    is_valid(CODE(1, REF(0), 0), CODE(0, GET, 0, I32, 0, FB, 5, 0, 1, END));
    is_refused(CODE(1, REF(0), 0), CODE(0, GET, 0, FB, 2, 0, 1, DROP, END), STATUS_INVALID, 3,
               "type mismatch: a packed field is read by get_s or get_u, not by get");
    is_refused(CODE(1, REF(0), 0), CODE(0, GET, 0, FB, 4, 0, 0, DROP, END), STATUS_INVALID, 3,
               "type mismatch: only a packed field is read by get_s or get_u");
    is_refused(CODE(1, REF(0), 0), CODE(0, GET, 0, FB, 2, 0, 3, DROP, END), STATUS_INVALID, 3,
               "unknown field 3");
    is_refused(CODE(1, REF(0), 0), CODE(0, GET, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, FB, 5, 0, 2, END),
               STATUS_INVALID, 12, "field 2 is immutable");
    is_refused(CODE(1, REF(0), 0), CODE(0, GET, 0, FB, 2, 1, 3, DROP, END), STATUS_INVALID, 3,
               "type mismatch: \"(ref null 1)\" expected, \"(ref 0)\" found");
}

TEST(an_array_is_made_of_its_elements)
{
    (void)state;
    is_valid(CODE(0, 1, REF(2)), CODE(0, I32, 7, I32, 3, FB, 6, 2, END));
    is_valid(CODE(0, 1, REF(2)), CODE(0, I32, 3, FB, 7, 2, END));
    is_valid(CODE(0, 1, REF(2)), CODE(0, I32, 3, I32, 4, FB, 8, 2, 2, END));
    is_valid(CODE(0, 1, REF(2)), CODE(0, FB, 8, 2, 0, END));
    is_valid(CODE(1, NULLABLE(1), 1, REF(3)),
             CODE(0, GET, 0, NULL_OF, 0, FB, 8, 3, 2, END)); /* subtypes of the element's type */
    is_valid(NOTHING, CODE(0, UNREACHABLE, I32, 0, FB, 8, 2, 3, DROP, END));
    is_refused(NOTHING, CODE(0, I32, 3, 0x42, 4, FB, 8, 2, 2, DROP, END), STATUS_INVALID, 5,
               "type mismatch: \"i32\" expected, \"i64\" found");
    is_refused(NOTHING, CODE(0, I32, 3, FB, 8, 2, 2, DROP, END), STATUS_INVALID, 3,
               "type mismatch: \"i32\" expected, the stack of the block is empty");
    is_refused(NOTHING, CODE(0, FB, 8, 2, 0x91, 0xCE, 0, DROP, END), STATUS_LIMIT, 1,
               "array.new_fixed takes more than 10000 values");
    is_refused(NOTHING, CODE(0, I32, 3, FB, 7, 9, DROP, END), STATUS_INVALID, 3,
               "type mismatch: type 9 is no array type");
    is_refused(NOTHING, CODE(0, I32, 3, FB, 7, 0, DROP, END), STATUS_INVALID, 3,
               "type mismatch: type 0 is no array type");
}

TEST(elements_are_read_and_written_as_fields_are)
{
    (void)state;
    is_valid(CODE(1, REF(2), 1, 0x7F), CODE(0, GET, 0, I32, 0, FB, 12, 2, END));
    is_valid(CODE(1, REF(4), 1, 0x7E), CODE(0, GET, 0, I32, 0, FB, 11, 4, END));
    is_valid(CODE(1, REF(2), 0), CODE(0, GET, 0, I32, 0, I32, 1, FB, 14, 2, END));
    is_valid(CODE(1, REF(2), 0), CODE(0, GET, 0, I32, 0, I32, 1, I32, 2, FB, 16, 2, END));
    is_valid(CODE(1, REF(4), 1, 0x7F), CODE(0, GET, 0, FB, 15, END));
    is_refused(CODE(1, REF(2), 0), CODE(0, GET, 0, I32, 0, FB, 11, 2, DROP, END), STATUS_INVALID, 5,
               "type mismatch: a packed field is read by get_s or get_u, not by get");
    is_refused(CODE(1, REF(4), 0), CODE(0, GET, 0, I32, 0, 0x42, 1, FB, 14, 4, END), STATUS_INVALID,
               7, "immutable array: the elements of type 4 can not be written");
    is_refused(CODE(1, REF(0), 0), CODE(0, GET, 0, FB, 15, DROP, END), STATUS_INVALID, 3,
               "type mismatch: \"arrayref\" expected, \"(ref 0)\" found");
}

TEST(arrays_are_copied_to_wider_ones)
{
    (void)state;
    is_valid(CODE(2, REF(8), REF(3), 0),
             CODE(0, GET, 0, I32, 0, GET, 1, I32, 0, I32, 1, FB, 17, 8, 3, END));
    is_refused(CODE(2, REF(8), REF(3), 0),
               CODE(0, GET, 1, I32, 0, GET, 0, I32, 0, I32, 1, FB, 17, 3, 8, END), STATUS_INVALID,
               11, "type mismatch: \"(ref null 0)\" expected, \"anyref\" found");
    is_refused(CODE(2, REF(4), REF(4), 0),
               CODE(0, GET, 0, I32, 0, GET, 1, I32, 0, I32, 1, FB, 17, 4, 4, END), STATUS_INVALID,
               11, "immutable array: the elements of type 4 can not be written");
}

TEST(segments_fit_the_elements)
{
    (void)state;
    is_valid(CODE(0, 1, REF(2)), CODE(0, I32, 0, I32, 1, FB, 9, 2, 0, END));
    is_valid(CODE(0, 1, REF(3)), CODE(0, I32, 0, I32, 0, FB, 10, 3, 1, END));
    is_valid(CODE(1, REF(2), 0), CODE(0, GET, 0, I32, 0, I32, 0, I32, 1, FB, 18, 2, 0, END));
    is_valid(CODE(1, REF(8), 0), CODE(0, GET, 0, I32, 0, I32, 0, I32, 0, FB, 19, 8, 1, END));
    is_refused(NOTHING, CODE(0, I32, 0, I32, 1, FB, 9, 3, 0, DROP, END), STATUS_INVALID, 5,
               "type mismatch: data can not be elements of type 3, which are references");
    is_refused(NOTHING, CODE(0, I32, 0, I32, 1, FB, 9, 2, 1, DROP, END), STATUS_INVALID, 5,
               "unknown data segment 1");
    is_refused(NOTHING, CODE(0, I32, 0, I32, 0, FB, 10, 3, 0, DROP, END), STATUS_INVALID, 5,
               "type mismatch: \"(ref null 0)\" expected, \"funcref\" found");
    is_refused(NOTHING, CODE(0, I32, 0, I32, 0, FB, 10, 3, 2, DROP, END), STATUS_INVALID, 5,
               "unknown elem segment 2");
}

TEST(casts_stay_in_their_hierarchy)
{
    (void)state;
    is_valid(CODE(1, 0x6E, 1, 0x7F), CODE(0, GET, 0, FB, 20, 1, END));
    is_valid(CODE(1, 0x6E, 1, NULLABLE(1)), CODE(0, GET, 0, FB, 23, 1, END));
    is_valid(CODE(1, 0x6E, 1, REF(0x6C)), CODE(0, GET, 0, FB, 22, 0x6C, END));
    is_valid(CODE(1, 0x71, 1, 0x7F), CODE(0, GET, 0, FB, 21, 0x6E, END));
    is_refused(CODE(1, 0x70, 0), CODE(0, GET, 0, FB, 20, 1, DROP, END), STATUS_INVALID, 3,
               "type mismatch: \"anyref\" expected, \"funcref\" found");
    is_refused(CODE(1, 0x6E, 0), CODE(0, GET, 0, FB, 22, 0x6F, DROP, END), STATUS_INVALID, 3,
               "type mismatch: \"externref\" expected, \"anyref\" found");
    is_refused(CODE(1, 0x7F, 0), CODE(0, GET, 0, FB, 20, 1, DROP, END), STATUS_INVALID, 3,
               "type mismatch: a reference expected, \"i32\" found");
}

TEST(a_branch_on_a_cast_carries_what_it_tested)
{
    (void)state;
    /* to the label (ref 1); what is left is structref, null included */
    is_valid(CODE(1, 0x6B, 1, 0x6B),
             CODE(0, BLOCK, REF(1), GET, 0, FB, 24, 1, 0, 0x6B, 1, 0x0F, END, END));
    /* null goes with the branch: what is left is not null */
    is_valid(CODE(1, 0x6B, 1, REF(0x6B)), CODE(0, BLOCK, NULLABLE(1), GET, 0, FB, 24, 3, 0, 0x6B, 1,
                                               0x0F, END, UNREACHABLE, END));
    is_valid(CODE(1, 0x6B, 1, REF(1)),
             CODE(0, BLOCK, 0x6B, GET, 0, FB, 25, 1, 0, 0x6B, 1, 0x0F, END, UNREACHABLE, END));
    is_refused(CODE(1, 0x6B, 1, 0x6B), CODE(0, GET, 0, FB, 24, 1, 0, 1, 0x6B, END), STATUS_INVALID,
               3, "type mismatch: \"(ref null 1)\" expected, \"(ref struct)\" found");
    is_refused(CODE(1, 0x6B, 1, 0x6B),
               CODE(0, BLOCK, REF(2), GET, 0, FB, 24, 1, 0, 0x6B, 1, 0x0F, END, END),
               STATUS_INVALID, 6,
               "type mismatch: the reference is none of those that label 0 takes");
    is_refused(CODE(1, 0x6B, 0), CODE(0, GET, 0, FB, 24, 1, 0, 0x6B, 1, DROP, END), STATUS_INVALID,
               3, "type mismatch: the reference is none of those that label 0 takes");
    is_refused(CODE(1, 0x6B, 0), CODE(0, GET, 0, FB, 24, 4, 0, 0x6B, 1, DROP, END),
               STATUS_MALFORMED, 3, "4 are no flags of a cast");
    is_refused(CODE(1, 0x6B, 0), CODE(0, GET, 0, FB, 24, 1, 7, 0x6B, 1, DROP, END), STATUS_INVALID,
               3, "unknown label 7");
}

TEST(null_checks_give_what_is_not_null)
{
    (void)state;
    is_valid(CODE(1, NULLABLE(0), 1, REF(0)), CODE(0, GET, 0, 0xD4, END));
    is_valid(CODE(1, NULLABLE(0), 1, REF(0)),
             CODE(0, BLOCK, EMPTY, GET, 0, 0xD5, 0, 0x0F, END, UNREACHABLE, END));
    is_valid(CODE(1, NULLABLE(0), 1, REF(0)),
             CODE(0, BLOCK, REF(0), GET, 0, 0xD6, 0, UNREACHABLE, END, END));
    is_valid(CODE(2, 0x6D, REF(2), 1, 0x7F), CODE(0, GET, 0, GET, 1, 0xD3, END));
    is_refused(CODE(1, 0x7F, 0), CODE(0, GET, 0, 0xD4, DROP, END), STATUS_INVALID, 3,
               "type mismatch: a reference expected, \"i32\" found");
    is_refused(CODE(1, NULLABLE(0), 0), CODE(0, GET, 0, 0xD6, 0, END), STATUS_INVALID, 3,
               "type mismatch: the reference is none of those that label 0 takes");
    is_refused(CODE(2, 0x6E, 0x6D, 0), CODE(0, GET, 0, GET, 1, 0xD3, DROP, END), STATUS_INVALID, 5,
               "type mismatch: \"eqref\" expected, \"anyref\" found");
}

TEST(conversions_keep_null_as_it_is)
{
    (void)state;
    is_valid(CODE(1, 0x6F, 1, 0x6E), CODE(0, GET, 0, FB, 26, END));
    is_valid(CODE(1, REF(0x6F), 1, REF(0x6E)), CODE(0, GET, 0, FB, 26, END));
    is_valid(CODE(1, REF(0), 1, REF(0x6F)), CODE(0, GET, 0, FB, 27, END));
    is_valid(CODE(1, 0x7F, 1, 0x7F), CODE(0, GET, 0, FB, 28, FB, 29, END));
    is_valid(CODE(1, 0x6C, 1, 0x7F), CODE(0, GET, 0, FB, 30, END));
    is_refused(CODE(1, 0x6F, 1, REF(0x6E)), CODE(0, GET, 0, FB, 26, END), STATUS_INVALID, 5,
               "type mismatch: \"(ref any)\" expected, \"anyref\" found");
    is_refused(CODE(1, 0x70, 0), CODE(0, GET, 0, FB, 27, DROP, END), STATUS_INVALID, 3,
               "type mismatch: \"anyref\" expected, \"funcref\" found");
    is_refused(CODE(1, 0x6E, 0), CODE(0, GET, 0, FB, 29, DROP, END), STATUS_INVALID, 3,
               "type mismatch: \"i31ref\" expected, \"anyref\" found");
}

TEST(in_dead_code_a_missing_reference_is_any_reference)
{
    (void)state;
    is_valid(CODE(0, 1, REF(0)), CODE(0, UNREACHABLE, 0xD4, END));
    is_valid(CODE(0, 1, 0x7F), CODE(0, UNREACHABLE, FB, 20, 1, END));
    is_valid(CODE(0, 1, REF(0x6E)), CODE(0, UNREACHABLE, FB, 26, END));
    is_valid(NOTHING, CODE(0, UNREACHABLE, 0xD5, 0, DROP, END));
    is_valid(NOTHING, CODE(0, BLOCK, REF(0), UNREACHABLE, 0xD6, 0, END, DROP, END));
    is_valid(CODE(0, 1, REF(0)), CODE(0, UNREACHABLE, FB, 0, 0, END));
    is_refused(CODE(0, 1, 0x7F), CODE(0, UNREACHABLE, 0xD4, END), STATUS_INVALID, 3,
               "type mismatch: \"i32\" expected, \"(ref bottom)\" found");
}

TEST(a_local_without_a_default_is_read_once_it_is_set)
{
    (void)state;
    is_valid(CODE(1, REF(0), 1, REF(0)), CODE(0, GET, 0, END)); /* params are set */
    is_valid(CODE(0, 1, REF(0)), CODE(1, 1, REF(0), FB, 1, 0, SET, 0, GET, 0, END));
    is_valid(CODE(0, 1, REF(0)), CODE(1, 1, REF(0), FB, 1, 0, TEE, 0, DROP, GET, 0, END));
    is_valid(CODE(0, 1, REF(0)),
             CODE(1, 1, REF(0), FB, 1, 0, SET, 0, BLOCK, EMPTY, GET, 0, DROP, END, GET, 0, END));
    is_refused(NOTHING, CODE(1, 1, REF(0), GET, 0, DROP, END), STATUS_INVALID, 4,
               "uninitialized local 0");
    is_refused(NOTHING, CODE(1, 1, REF(0), UNREACHABLE, GET, 0, DROP, END), STATUS_INVALID, 5,
               "uninitialized local 0");
}

TEST(what_a_block_set_is_forgotten_at_its_end)
{
    (void)state;
    is_refused(NOTHING, CODE(1, 1, REF(0), BLOCK, EMPTY, FB, 1, 0, SET, 0, END, GET, 0, DROP, END),
               STATUS_INVALID, 12, "uninitialized local 0");
    is_refused(
        NOTHING,
        CODE(1, 1, REF(0), I32, 0, IF, EMPTY, FB, 1, 0, SET, 0, ELSE, GET, 0, DROP, END, END),
        STATUS_INVALID, 14, "uninitialized local 0");
    is_valid(NOTHING, CODE(1, 2, REF(0), FB, 1, 0, SET, 1, LOOP, EMPTY, FB, 1, 0, SET, 0, GET, 1,
                           SET, 1, GET, 0, DROP, END, GET, 1, DROP, END));
}

TEST(locals_that_are_set_need_scratch_memory)
{
    (void)state;
    struct wasm_trial trial;
    struct report report;
    size_t used = SIZE_MAX;
    trial_begin(&trial);
    build_around(&trial, NOTHING, CODE(1, 0x90, 0x4E, REF(0), FB, 1, 0, SET, 0, GET, 0, DROP, END));
    trial_is_valid(&trial);
    for (uint64_t n = 1; used == SIZE_MAX; n++) {
        trial.scratch.refuse_at = n;
        report_init(&report);
        enum status status = wasm_body_read(trial.module, 0, NULL, NULL, &trial.scratch, &report);
        if (status == STATUS_OK)
            used = n;
        else
            assert_int_equal(status, STATUS_NO_MEMORY);
        assert_int_equal(trial.scratch.used, 0);
    }
    assert_in_range(used, 5, 10); /* runs, sets, frames, operands, the log of sets */
    trial_end(&trial);
}

/* Function 0 gives a thousand (ref 1), function 1 takes a thousand (ref 0): `calls` of both. */
static void build_calls(struct wasm_trial *trial, uint32_t calls)
{
    struct wasm_builder *b = &trial->builder;
    trial_begin(trial);
    build_section(b, 1);
    BUILD(b, 5, 0x50, 0, 0x5F, 0, 0x50, 1, 0, 0x5F, 0, 0x60, 0);
    build_u32(b, 1000);
    for (uint32_t i = 0; i < 1000; i++)
        BUILD(b, REF(1));
    build_byte(b, 0x60);
    build_u32(b, 1000);
    for (uint32_t i = 0; i < 1000; i++)
        BUILD(b, REF(0));
    BUILD(b, 0, 0x60, 0, 0);
    build_close(b);
    BUILD_SECTION(b, 2, 2, 1, 'm', 1, 'f', 0, 2, 1, 'm', 1, 'g', 0, 3);
    BUILD_SECTION(b, 3, 1, 4);
    build_section(b, 10);
    build_byte(b, 1);
    build_open(b);
    build_byte(b, 0);
    for (uint32_t i = 0; i < calls; i++)
        BUILD(b, CALL, 0, CALL, 1);
    build_byte(b, END);
    build_close(b);
    build_close(b);
}

TEST(comparisons_of_passed_values_have_a_budget)
{
    (void)state;
    struct wasm_trial trial;
    build_calls(&trial, 8388);
    trial_is_valid(&trial);
    trial_end(&trial);

    build_calls(&trial, 9000);
    /* WASM_LIMIT_PAIRS and 8 for each byte: the call behind those that are paid for */
    uint32_t paid = (uint32_t)(WASM_LIMIT_PAIRS + 8 * trial.builder.len) / 1000;
    trial_is_refused(&trial, STATUS_LIMIT, trial.builder.len - 1 - (9000 - paid) * 4 + 2,
                     "the values that operators pass need too many comparisons of types");
    trial_end(&trial);
}

/* The operator in front of the function's `end`. */
struct watch {
    struct wasm_op last, before;
};

static enum status on_begin(void *context, uint32_t func, const uint32_t *types, uint32_t count)
{
    (void)context, (void)func, (void)types, (void)count;
    return STATUS_OK;
}

static enum status on_block(void *context, uint64_t offset)
{
    (void)context, (void)offset;
    return STATUS_OK;
}

static enum status on_cost(void *context, uint32_t cost)
{
    (void)context, (void)cost;
    return STATUS_OK;
}

static enum status on_op(void *context, const struct wasm_op *op)
{
    struct watch *watch = context;
    watch->before = watch->last;
    watch->last = *op;
    return STATUS_OK;
}

static enum status on_end(void *context)
{
    (void)context;
    return STATUS_OK;
}

static struct wasm_op last_op(struct bytes signature, struct bytes body)
{
    struct wasm_trial trial;
    struct watch watch = {0};
    const struct wasm_sink sink = {&watch, on_begin, on_block, on_cost, on_op, on_end};
    trial_begin(&trial);
    build_around(&trial, signature, body);
    trial_is_valid(&trial);
    assert_int_equal(wasm_body_read(trial.module, 0, &sink, NULL, &trial.scratch, NULL), STATUS_OK);
    trial_end(&trial);
    return watch.before;
}

TEST(a_sink_is_told_types_fields_and_segments)
{
    (void)state;
    struct wasm_op op = last_op(CODE(1, REF(1), 1, NULLABLE(0)), CODE(0, GET, 0, FB, 2, 1, 3, END));
    assert_int_equal(op.code, WASM_OP_STRUCT_GET);
    assert_int_equal(op.index, 1);
    assert_int_equal(op.index2, 3);
    assert_int_equal(op.type, WASM_TYPE_REF_NULL(0));
    op = last_op(CODE(1, REF(2), 1, 0x7F), CODE(0, GET, 0, I32, 0, FB, 12, 2, END));
    assert_int_equal(op.index, 2);
    assert_int_equal(op.type, WASM_TYPE_I16);
    op = last_op(CODE(0, 1, REF(2)), CODE(0, I32, 0, I32, 1, FB, 9, 2, 0, END));
    assert_int_equal(op.index2, 0);
    op = last_op(CODE(0, 1, REF(2)), CODE(0, I32, 0, I32, 1, FB, 8, 2, 2, END));
    assert_int_equal(op.index2, 2);
    op = last_op(CODE(2, REF(8), REF(3), 0),
                 CODE(0, GET, 0, I32, 0, GET, 1, I32, 0, I32, 1, FB, 17, 8, 3, END));
    assert_int_equal(op.index, 8);
    assert_int_equal(op.index2, 3);
}

TEST(a_sink_is_told_both_types_of_a_cast)
{
    (void)state;
    struct wasm_op op = last_op(CODE(1, 0x6E, 1, NULLABLE(1)), CODE(0, GET, 0, FB, 23, 1, END));
    assert_int_equal(op.type, WASM_TYPE_REF_NULL(1));
    assert_int_equal(op.type2, WASM_TYPE_ANYREF);
    op = last_op(CODE(1, 0x6B, 1, 0x7F), CODE(0, GET, 0, FB, 20, 1, END));
    assert_int_equal(op.type, WASM_TYPE_REF(1));
    assert_int_equal(op.type2, WASM_TYPE_STRUCTREF);
    op = last_op(CODE(1, REF(1), 1, 0x6B), CODE(0, GET, 0, FB, 25, 1, 0, 0x6B, 0, END));
    assert_int_equal(op.code, WASM_OP_BR_ON_CAST_FAIL);
    assert_int_equal(op.index, 0);
    assert_int_equal(op.type, WASM_TYPE_REF(0));
    assert_int_equal(op.type2, WASM_TYPE_STRUCTREF);
    assert_non_null(op.control);
    op = last_op(CODE(1, REF(1), 1, REF(0)), CODE(0, GET, 0, 0xD4, END));
    assert_int_equal(op.type, WASM_TYPE_REF(1));
}

TEST_MAIN(T(locals_that_are_set_need_scratch_memory), T(a_struct_is_made_of_its_fields),
          T(fields_are_read_by_their_kind_and_written_if_mutable),
          T(an_array_is_made_of_its_elements), T(elements_are_read_and_written_as_fields_are),
          T(arrays_are_copied_to_wider_ones), T(segments_fit_the_elements),
          T(casts_stay_in_their_hierarchy), T(a_branch_on_a_cast_carries_what_it_tested),
          T(null_checks_give_what_is_not_null), T(conversions_keep_null_as_it_is),
          T(in_dead_code_a_missing_reference_is_any_reference),
          T(a_local_without_a_default_is_read_once_it_is_set),
          T(what_a_block_set_is_forgotten_at_its_end),
          T(comparisons_of_passed_values_have_a_budget),
          T(a_sink_is_told_types_fields_and_segments), T(a_sink_is_told_both_types_of_a_cast))

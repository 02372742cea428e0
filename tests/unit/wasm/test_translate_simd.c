/*
 * Values of two slots through everything that moves values: locals, calls, branches, selects,
 * globals, frames too wide for a u16, and what disassembly shows of them.
 */
#include "core/wasm/disasm.h"
#include "tests/support/engine_trial.h"
#include "tests/support/test.h"

#define A UINT64_C(0x1111111122222222), UINT64_C(0x3333333344444444)
#define B UINT64_C(0x5555555566666666), UINT64_C(0x7777777788888888)

#define V128        0x7B
#define I32         0x7F
#define GET(local)  0x20, local
#define SET(local)  0x21, local
#define TEE(local)  0x22, local
#define CONST(n)    0x41, n
#define ADD         0x6A
#define NOT         0xFD, 0x4D
#define OR          0xFD, 0x50
#define I64X2_ADD   0xFD, 0xCE, 0x01
#define I64X2_LOW   0xFD, 0x1D, 0
#define I64X2_HIGH  0xFD, 0x1D, 1
#define I32X4_SPLAT 0xFD, 0x11
#define DROP        0x1A
#define END         0x0B

static void returns_two(const char *signature, struct bytes body, const uint64_t args[8],
                        uint64_t low, uint64_t high)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, signature, body);
    memcpy(trial.slots, args, 8 * sizeof args[0]);
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], low);
    assert_int_equal(trial.slots[1], high);
    engine_end(&trial);
}

TEST(params_and_results_take_two_slots)
{
    (void)state;
    returns_two("iVIV:V", CODE(0, GET(1), END), ARGS(9, A, 7, B), A);
    returns_two("iVIV:V", CODE(0, GET(3), END), ARGS(9, A, 7, B), B);
    returns_two("iVIV:VI", CODE(0, GET(3), GET(2), END), ARGS(9, A, 7, B), B);
    body_returns("iVIV:I", CODE(0, GET(2), END), ARGS(9, A, 7, B), 7);
    body_returns("V:I", CODE(0, GET(0), I64X2_HIGH, END), ARGS(A), UINT64_C(0x3333333344444444));
}

TEST(locals_start_as_zero_and_keep_both_halves)
{
    (void)state;
    returns_two("V:V", CODE(2, 1, I32, 2, V128, GET(3), END), ARGS(A), 0, 0);
    returns_two("V:V", CODE(2, 1, I32, 2, V128, GET(0), SET(3), CONST(5), SET(1), GET(3), END),
                ARGS(A), A);
    returns_two("V:V", CODE(1, 1, V128, GET(0), TEE(1), DROP, GET(1), END), ARGS(A), A);
}

/* The value on the stack is the local's as it was when it was read. */
TEST(a_local_that_changes_leaves_what_was_read)
{
    (void)state;
    returns_two("VV:V", CODE(0, GET(0), GET(1), SET(0), END), ARGS(A, B), A);
    returns_two("VV:V", CODE(0, GET(0), GET(0), GET(1), SET(0), DROP, END), ARGS(A, B), A);
    returns_two("VV:V", CODE(0, GET(0), GET(0), NOT, SET(0), END), ARGS(A, B), A);
}

TEST(operands_between_scalars_keep_their_places)
{
    (void)state;
    /* i32 + low half of (A + B) as i64x2, with scalars above and below */
    body_returns("VVi:i",
                 CODE(0, GET(2), CONST(1), ADD, GET(0), GET(1), I64X2_ADD, GET(2), CONST(2), ADD,
                      SET(2), I64X2_LOW, 0xA7, ADD, GET(2), ADD, END),
                 ARGS(A, B, 100), (uint32_t)(101 + 0x88888888 + 102));
}

TEST(a_select_takes_both_halves_of_one)
{
    (void)state;
    for (uint64_t condition = 0; condition < 2; condition++) {
        uint64_t low = condition ? UINT64_C(0x1111111122222222) : UINT64_C(0x5555555566666666);
        uint64_t high = condition ? UINT64_C(0x3333333344444444) : UINT64_C(0x7777777788888888);
        returns_two("VVi:V", CODE(0, GET(0), GET(1), GET(2), 0x1B, END), ARGS(A, B, condition), low,
                    high);
        returns_two("VVi:V", CODE(0, GET(0), GET(1), GET(2), 0x1C, 1, V128, END),
                    ARGS(A, B, condition), low, high);
        returns_two("VVi:V", CODE(0, GET(0), GET(1), GET(2), 0x45, 0x45, 0x1B, END),
                    ARGS(A, B, condition), low, high);
    }
}

/* block (result v128) i32 A [br 0] end: the i32 below is left behind. */
TEST(a_branch_carries_both_halves_down)
{
    (void)state;
    returns_two("V:V", CODE(0, 0x02, V128, CONST(1), CONST(2), GET(0), 0x0C, 0, END, END), ARGS(A),
                A);
    returns_two("V:V", CODE(0, 0x02, V128, CONST(1), GET(0), NOT, NOT, 0x0C, 0, END, END), ARGS(A),
                A);
}

TEST(a_conditional_branch_carries_or_leaves_both_halves)
{
    (void)state;
    /* block (result v128) 1 A cond br_if 0 drop drop B end */
    for (uint64_t taken = 0; taken < 2; taken++)
        returns_two(
            "VVi:V",
            CODE(0, 0x02, V128, CONST(1), GET(0), GET(2), 0x0D, 0, DROP, DROP, GET(1), END, END),
            ARGS(A, B, taken), taken ? UINT64_C(0x1111111122222222) : UINT64_C(0x5555555566666666),
            taken ? UINT64_C(0x3333333344444444) : UINT64_C(0x7777777788888888));
}

TEST(a_br_table_carries_both_halves_to_each_label)
{
    (void)state;
    /* block (v128) block (v128) 7 A index br_table 0 1 end not end */
    struct bytes body = CODE(0, 0x02, V128, CONST(3), 0x02, V128, CONST(7), GET(0), GET(1), 0x0E, 1,
                             0, 1, END, NOT, 0x0C, 0, END, END);
    returns_two("Vi:V", body, ARGS(A, 1), A);
    returns_two("Vi:V", body, ARGS(A, 0), ~UINT64_C(0x1111111122222222),
                ~UINT64_C(0x3333333344444444));
}

TEST(an_if_gives_a_vector_from_either_arm)
{
    (void)state;
    struct bytes body = CODE(0, CONST(9), GET(2), 0x04, V128, GET(0), 0x05, GET(1), END, NOT,
                             SET(0), DROP, GET(0), NOT, END);
    returns_two("VVi:V", body, ARGS(A, B, 1), A);
    returns_two("VVi:V", body, ARGS(A, B, 0), B);
}

/* loop (v128 -> v128): the block's type is the function's own. */
TEST(a_loop_takes_a_vector_around)
{
    (void)state;
    struct wasm_builder body;
    build_begin_empty(&body);
    /* sum += 1 in each lane, ten times */
    BUILD(&body, 1, 1, I32, GET(0), 0x03, 0x00, CONST(1), I32X4_SPLAT, 0xFD, 0xAE, 0x01, GET(1),
          CONST(1), ADD, TEE(1), CONST(10), 0x48, 0x0D, 0, END, END);
    returns_two("V:V", build_result(&body), ARGS(0, 0), UINT64_C(0x0000000A0000000A),
                UINT64_C(0x0000000A0000000A));
    build_free(&body);
}

/* Function 1 calls itself with swapped params until the count is 0; then in tail position. */
TEST(calls_pass_and_return_vectors)
{
    (void)state;
    struct bytes calls = CODE(0, GET(1), 0x45, 0x04, V128, GET(0), 0x05, GET(2), GET(1), CONST(1),
                              0x6B, GET(0), 0x10, 1, END, END);
    struct bytes tails = CODE(0, GET(1), 0x45, 0x04, V128, GET(0), 0x05, GET(2), GET(1), CONST(1),
                              0x6B, GET(0), 0x12, 1, END, END);
    returns_two("ViV:V", calls, ARGS(A, 4, B), A);
    returns_two("ViV:V", calls, ARGS(A, 5, B), B);
    returns_two("ViV:V", tails, ARGS(A, 400, B), A);
    returns_two("ViV:V", tails, ARGS(A, 401, B), B);
}

TEST(a_frame_takes_two_units_for_each_vector)
{
    (void)state;
    for (uint64_t units = 12; units <= 13; units++) {
        struct engine_trial trial;
        engine_begin(&trial);
        trial.caps.stack_units = units;
        /* 1 + param 2 + local i32 1 + locals v128 4 + height of two and a scalar 5 */
        engine_body(&trial, "V:V",
                    CODE(2, 1, I32, 2, V128, GET(0), GET(2), CONST(0), DROP, OR, END));
        assert_int_equal(trial.load.module->funcs[1].local_count, 4);
        assert_int_equal(trial.load.module->funcs[1].local_slots, 7);
        assert_int_equal(trial.load.module->funcs[1].max_height, 5);
        assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC),
                         units == 13 ? WASM_TRAP_NONE : WASM_TRAP_STACK_EXHAUSTED);
        engine_end(&trial);
    }
}

/* Globals: i32, v128 of a constant, v128 of the one before, i64. */
static void build_globals(struct engine_trial *trial)
{
    struct wasm_builder *b = &trial->load.builder;
    BUILD_SECTION(b, 1, 2, 0x60, 0, 2, V128, 0x7E, 0x60, 1, V128, 1, V128);
    BUILD_SECTION(b, 3, 2, 0, 1);
    BUILD_SECTION(b, 6, 4, I32, 0, 0x41, 5, END, V128, 0, 0xFD, 0x0C, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
                  11, 12, 13, 14, 15, 16, END, V128, 1, 0x23, 1, END, 0x7E, 1, 0x42, 44, END);
    build_section(b, 10);
    BUILD(b, 2, 6, 0, 0x23, 2, 0x23, 3, END);
    BUILD(b, 14, 0, GET(0), 0x24, 2, 0x42, 7, 0x24, 3, 0x23, 2, NOT, END);
    build_close(b);
}

TEST(globals_are_read_and_written_whole)
{
    (void)state;
    struct engine_trial trial;
    uint64_t value[2];
    engine_begin(&trial);
    build_globals(&trial);
    assert_int_equal(engine_create(&trial), STATUS_OK);

    assert_int_equal(engine_call(&trial, 0), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], UINT64_C(0x0807060504030201));
    assert_int_equal(trial.slots[1], UINT64_C(0x100F0E0D0C0B0A09));
    assert_int_equal(trial.slots[2], 44);

    memcpy(trial.slots, (const uint64_t[]){A}, 16);
    assert_int_equal(engine_call(&trial, 1), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[1], ~UINT64_C(0x3333333344444444));
    assert_int_equal(wasm_instance_global(trial.instance, 2, value), STATUS_OK);
    assert_memory_equal(value, ((const uint64_t[]){A}), sizeof value);
    assert_int_equal(wasm_instance_global(trial.instance, 3, value), STATUS_OK);
    assert_int_equal(value[0], 7);
    assert_int_equal(wasm_instance_global(trial.instance, 0, value), STATUS_OK);
    assert_int_equal(value[0], 5);
    engine_end(&trial);
}

/* 40,000 locals of v128: most of them, and all operands, have no u16 name. */
static void wide_returns(const char *signature, struct wasm_builder *body, const uint64_t args[8],
                         uint64_t low, uint64_t high)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.stack_units = 300000;
    trial.arena_cap = (size_t)32 << 20;
    trial_end(&trial.load);
    trial_begin_sized(&trial.load, (size_t)4 << 20, (size_t)8 << 20);
    engine_body(&trial, signature, build_result(body));
    memcpy(trial.slots, args, 8 * sizeof args[0]);
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], low);
    assert_int_equal(trial.slots[1], high);
    engine_end(&trial);
    build_free(body);
}

#define LAST 0xBF, 0xB8, 0x02 /* local 39,999 */

static void build_wide(struct wasm_builder *body, uint32_t params)
{
    build_begin_empty(body);
    build_byte(body, 1);
    build_u32(body, 40000 - params);
    build_byte(body, V128);
}

TEST(wide_frames_have_vectors_beyond_a_u16)
{
    struct wasm_builder body;
    (void)state;
    build_wide(&body, 2);
    BUILD(&body, GET(0), 0x21, LAST, 0x20, LAST, GET(1), OR, NOT, NOT, 0x22, LAST, DROP, 0x20, LAST,
          END);
    wide_returns("VV:V", &body, ARGS(A, B),
                 UINT64_C(0x1111111122222222) | UINT64_C(0x5555555566666666),
                 UINT64_C(0x3333333344444444) | UINT64_C(0x7777777788888888));
}

TEST(wide_frames_move_vectors_as_others_do)
{
    struct wasm_builder body;
    (void)state;
    build_wide(&body, 3);
    /* A far local; select of it and a param; a block's value beyond scalars; a shuffle; lanes */
    BUILD(&body, GET(0), 0x21, LAST);
    BUILD(&body, 0x02, V128, CONST(1), CONST(2), 0x20, LAST, GET(2), 0x0D, 0, DROP, DROP, DROP,
          GET(1), END);
    BUILD(&body, 0x20, LAST, GET(2), 0x45, 0x1B, 0x21, LAST);
    BUILD(&body, 0x20, LAST, GET(1), 0xFD, 0x0D, 16, 17, 18, 19, 20, 21, 22, 23, 8, 9, 10, 11, 12,
          13, 14, 15, 0x42, 42, 0xFD, 0x1E, 1);
    BUILD(&body, END);
    struct wasm_builder again = body;
    again.data = malloc(body.cap);
    memcpy(again.data, body.data, body.len);
    wide_returns("VVi:V", &body, ARGS(A, B, 1), UINT64_C(0x5555555566666666), 42);
    wide_returns("VVi:V", &again, ARGS(A, B, 0), UINT64_C(0x5555555566666666), 42);
}

TEST(wide_frames_load_store_and_call_with_vectors)
{
    struct wasm_builder body;
    (void)state;
    build_wide(&body, 2);
    /* if (count == 0) { far = param; mem[8] = far; load; lane 3 of it to mem[0], back; splat } */
    BUILD(&body, GET(1), 0x45, 0x04, V128, GET(0), 0x21, LAST, CONST(8), 0x20, LAST, 0xFD, 0x0B, 0,
          0, CONST(0), 0x20, LAST, 0xFD, 0x5A, 0, 0, 3, CONST(8), 0xFD, 0x00, 0, 0, 0x21, LAST,
          CONST(0), 0x20, LAST, 0xFD, 0x56, 0, 0, 0, 0x05);
    BUILD(&body, GET(0), CONST(0), 0x10, 1, END, END);
    wide_returns("Vi:V", &body, ARGS(A, 1), UINT64_C(0x1111111133333333),
                 UINT64_C(0x3333333344444444));
}

struct listing {
    char text[2048];
    size_t len;
};

static void add_line(void *context, const char *line)
{
    struct listing *listing = context;
    size_t len = strlen(line);
    assert_in_range(len, 1, sizeof listing->text - listing->len - 2);
    memcpy(listing->text + listing->len, line, len);
    listing->len += len;
    listing->text[listing->len++] = '\n';
}

TEST(the_listing_names_vector_cells)
{
    (void)state;
    static const char *const expected[] = {"V128_CONST", "V128_LOAD16_LANE", "lane=5",
                                           "offset=9",   "I64X2_ADD",        "high=6"};
    struct engine_trial trial;
    struct listing listing = {.len = 0};
    engine_begin(&trial);
    engine_body(&trial, ":V",
                CODE(0, CONST(1), 0xFD, 0x0C, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0xFD,
                     0x55, 0, 9, 5, 0xFD, 0x0C, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
                     I64X2_ADD, END));
    wasm_disasm(trial.instance, add_line, &listing);
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        assert_non_null(strstr(listing.text, expected[i]));
    engine_end(&trial);
}

TEST(a_set_is_folded_into_the_cell_that_made_the_vector)
{
    (void)state;
    struct engine_trial trial;
    struct listing listing = {.len = 0};
    engine_begin(&trial);
    engine_body(&trial, "VV:V", CODE(0, GET(0), GET(1), OR, SET(0), GET(0), NOT, TEE(1), END));
    wasm_disasm(trial.instance, add_line, &listing);
    assert_null(strstr(listing.text, "MOVE"));
    engine_end(&trial);
    returns_two("VV:V", CODE(0, GET(0), GET(1), OR, SET(0), GET(0), NOT, TEE(1), END),
                ARGS(0, 1, 2, 3), ~UINT64_C(2), ~UINT64_C(3));
    /* the newest vector is dropped, the one below is set */
    returns_two("VV:V", CODE(0, GET(0), NOT, GET(1), NOT, DROP, SET(1), GET(1), NOT, END),
                ARGS(A, B), A);
    /* the stack still has the old value */
    returns_two("VV:V", CODE(0, GET(0), GET(1), NOT, SET(0), END), ARGS(A, B), A);
}

TEST(vector_operators_cost_one)
{
    (void)state;
    body_burns("VV:V", CODE(0, GET(0), GET(1), I64X2_ADD, NOT, END), ARGS(A, B), 1 + 4);
    body_burns("V:V", CODE(0, GET(0), DROP, CONST(3), I32X4_SPLAT, END), ARGS(A), 1 + 3);
}

TEST_MAIN(T(params_and_results_take_two_slots), T(locals_start_as_zero_and_keep_both_halves),
          T(a_local_that_changes_leaves_what_was_read),
          T(operands_between_scalars_keep_their_places), T(a_select_takes_both_halves_of_one),
          T(a_branch_carries_both_halves_down),
          T(a_conditional_branch_carries_or_leaves_both_halves),
          T(a_br_table_carries_both_halves_to_each_label), T(an_if_gives_a_vector_from_either_arm),
          T(a_loop_takes_a_vector_around), T(calls_pass_and_return_vectors),
          T(a_frame_takes_two_units_for_each_vector), T(globals_are_read_and_written_whole),
          T(wide_frames_have_vectors_beyond_a_u16), T(wide_frames_move_vectors_as_others_do),
          T(wide_frames_load_store_and_call_with_vectors), T(the_listing_names_vector_cells),
          T(a_set_is_folded_into_the_cell_that_made_the_vector), T(vector_operators_cost_one))

/*
 * The translator: wide frames, branches far and near, what the listing of the code shows.
 */
#include "core/wasm/disasm.h"
#include "tests/support/engine_trial.h"
#include "tests/support/test.h"

/* Locals of a type, so that they are 50,000 with the params. */
static void build_wide(struct wasm_builder *body, uint32_t params, uint8_t type)
{
    build_begin_empty(body);
    build_byte(body, 1);
    build_u32(body, 50000 - params);
    build_byte(body, type);
}

static void wide_returns(const char *signature, struct wasm_builder *body, uint64_t arg,
                         uint64_t result)
{
    struct engine_trial trial;
    engine_begin(&trial);
    trial.caps.stack_units = 300000;
    trial.arena_cap = (size_t)32 << 20;
    trial_end(&trial.load);
    trial_begin_sized(&trial.load, (size_t)4 << 20, (size_t)8 << 20);
    engine_body(&trial, signature, build_result(body));
    trial.slots[0] = arg;
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], result);
    engine_end(&trial);
    build_free(body);
}

TEST(the_last_of_50000_locals_can_be_used)
{
    struct wasm_builder body;
    build_wide(&body, 1, 0x7F);
    /* last = param + 1; param * last */
    BUILD(&body, 0x20, 0, 0x41, 1, 0x6A, 0x21, 0xCF, 0x86, 0x03, 0x20, 0, 0x20, 0xCF, 0x86, 0x03,
          0x6C, 0x0B);
    wide_returns("i:i", &body, 6, 42);
}

/* Pushes 20,000 copies of the last local, so that operands are beyond slot 65,535. */
static void push_many(struct wasm_builder *body)
{
    for (int i = 0; i < 20000; i++)
        BUILD(body, 0x20, 0xCF, 0x86, 0x03);
}

TEST(operands_beyond_a_u16_are_reached)
{
    struct wasm_builder body;
    build_wide(&body, 1, 0x7F);
    BUILD(&body, 0x20, 0, 0x21, 0xCF, 0x86, 0x03);
    push_many(&body);
    BUILD(&body, 0x41, 0, 0x21, 0xCF, 0x86, 0x03); /* all of them are copied now */
    for (int i = 0; i < 19999; i++)
        build_byte(&body, 0x6A);
    build_byte(&body, 0x0B);
    wide_returns("i:i", &body, 3, 60000);
}

TEST(floats_selects_and_memory_work_in_wide_frames)
{
    struct wasm_builder body;
    build_wide(&body, 1, 0x7C);
    push_many(&body);
    BUILD(&body, 0x1A);
    BUILD(&body, 0x20, 0, 0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0xA0, 0x22, 0xCF, 0x86,
          0x03);                                                        /* x+1 */
    BUILD(&body, 0x20, 0xCF, 0x86, 0x03, 0x20, 0, 0x41, 1, 0x1B, 0xA2); /* * (x+1) */
    BUILD(&body, 0x21, 0, 0x41, 8, 0x20, 0, 0x39, 3, 0, 0x41, 8, 0x2B, 3, 0, 0x21, 0);
    for (int i = 0; i < 19999; i++)
        build_byte(&body, 0x1A);
    BUILD(&body, 0x20, 0, 0x0B);
    wide_returns("F:F", &body, 0x4000000000000000, 0x4022000000000000);
}

TEST(branches_and_calls_work_in_wide_frames)
{
    struct wasm_builder body;
    build_wide(&body, 1, 0x7F);
    push_many(&body);
    /* block (result i32) 1 2 (get0 < 5) br_if 0 add end; call 3; then all dropped but this */
    BUILD(&body, 0x02, 0x7F, 0x41, 1, 0x41, 2, 0x20, 0, 0x41, 5, 0x48, 0x0D, 0, 0x6A, 0x0B, 0x10, 3,
          0x21, 0);
    for (int i = 0; i < 20000; i++)
        build_byte(&body, 0x1A);
    BUILD(&body, 0x20, 0, 0x0B);
    struct wasm_builder again = body;
    again.data = malloc(body.cap);
    memcpy(again.data, body.data, body.len);
    wide_returns("i:i", &body, 4, 2);
    wide_returns("i:i", &again, 6, 3);
}

TEST(a_wide_frame_without_params_is_wide_all_the_same)
{
    struct wasm_builder body;
    build_wide(&body, 0, 0x7F);
    push_many(&body);
    /* A block's value, beyond the u16, goes to local 0, which is used often enough to be pinned. */
    BUILD(&body, 0x02, 0x7F, 0x41, 7, 0x0B, 0x21, 0);
    for (int i = 0; i < 20000; i++)
        build_byte(&body, 0x1A);
    BUILD(&body, 0x20, 0, 0x20, 0, 0x6A, 0x20, 0, 0x6A, 0x0B);
    wide_returns(":i", &body, 0, 21);
}

TEST(a_br_table_of_many_targets_reaches_each)
{
    struct wasm_builder body;
    build_begin_empty(&body);
    BUILD(&body, 0, 0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0E);
    build_u32(&body, 3000);
    for (int i = 0; i < 3000; i++)
        build_byte(&body, (uint8_t)(i % 2));
    BUILD(&body, 1, 0x0B, 0x41, 10, 0x0F, 0x0B, 0x41, 20, 0x0B);
    body_returns("i:i", build_result(&body), ARGS(2998), 10);
    body_returns("i:i", build_result(&body), ARGS(2999), 20);
    body_returns("i:i", build_result(&body), ARGS(3000), 20);
    build_free(&body);
}

struct listing {
    char text[8192];
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

static void list(struct listing *listing, const char *signature, struct bytes body)
{
    struct engine_trial trial;
    memset(listing, 0, sizeof *listing);
    engine_begin(&trial);
    engine_body(&trial, signature, body);
    wasm_disasm(trial.instance, add_line, listing);
    engine_end(&trial);
}

static void shows(const struct listing *listing, const char *text)
{
    if (strstr(listing->text, text) == NULL)
        print_message("no %s in\n%s", text, listing->text);
    assert_non_null(strstr(listing->text, text));
}

static void hides(const struct listing *listing, const char *text)
{
    if (strstr(listing->text, text) != NULL)
        print_message("%s in\n%s", text, listing->text);
    assert_null(strstr(listing->text, text));
}

TEST(a_set_is_folded_into_the_producer)
{
    struct listing listing;

    list(&listing, "ii:", CODE(0, 0x20, 0, 0x20, 1, 0x6A, 0x21, 1, 0x0B));

    shows(&listing, "I32_ADD_SS");
    hides(&listing, "MOVE");
}

TEST(compare_and_branch_are_one_cell)
{
    struct listing listing;

    list(&listing, "i:", CODE(0, 0x02, 0x40, 0x20, 0, 0x41, 5, 0x48, 0x0D, 0, 0x0B, 0x0B));

    shows(&listing, "BR_I32_LT_S_SI");
    hides(&listing, "\tI32_LT_S");
}

TEST(eqz_turns_the_branch_around)
{
    struct listing listing;

    list(&listing, "i:", CODE(0, 0x20, 0, 0x45, 0x04, 0x40, 0x01, 0x0B, 0x0B));

    shows(&listing, "BR_NONZERO_S");
    hides(&listing, "EQ");
}

TEST(a_constant_address_joins_the_offset)
{
    struct listing listing;

    list(&listing, ":i", CODE(0, 0x41, 0xE4, 0, 0x28, 2, 8, 0x0B));

    shows(&listing, "LOAD_32_IA");
    shows(&listing, "108");
}

TEST(every_shape_of_cell_is_listed)
{
    struct listing listing;

    list(&listing, "ii:ii",
         CODE(0, 0x03, 0x40, 0x10, 0, 0x20, 0, 0x0D, 0, 0x0B, 0x20, 0, 0x20, 1, 0x20, 0, 0x0E, 0, 0,
              0x0B));
    shows(&listing, "CHARGE cost=");
    shows(&listing, "CALL func=0");
    shows(&listing, "RESUME cost=");
    shows(&listing, "BR_TABLE_MOVE");
    shows(&listing, "RETURN_N");
}

TEST_MAIN(T(the_last_of_50000_locals_can_be_used), T(operands_beyond_a_u16_are_reached),
          T(floats_selects_and_memory_work_in_wide_frames),
          T(branches_and_calls_work_in_wide_frames),
          T(a_wide_frame_without_params_is_wide_all_the_same),
          T(a_br_table_of_many_targets_reaches_each), T(a_set_is_folded_into_the_producer),
          T(compare_and_branch_are_one_cell), T(eqz_turns_the_branch_around),
          T(a_constant_address_joins_the_offset), T(every_shape_of_cell_is_listed))

/*
 * Vector operators before they run: their immediates, their types, their heights in slots.
 */
#include "core/wasm/optable.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define END  0x0B
#define DROP 0x1A
#define FD   0xFD

TEST(a_lane_is_one_of_the_shapes)
{
    (void)state;
    for (uint32_t number = 0x15; number <= 0x22; number++) {
        uint32_t code = WASM_PREFIX_FD + number;
        uint8_t lanes = (uint8_t)wasm_op_lane_count(code);
        const char *signature = wasm_op_info(code)->signature;
        bool is_replace = strchr(signature, ':') - signature == 2;
        for (uint8_t lane = 0; lane <= lanes; lane++) {
            struct bytes one = CODE(0, 0x20, 0, FD, (uint8_t)number, lane, END);
            struct bytes two = CODE(0, 0x20, 0, 0x20, 1, FD, (uint8_t)number, lane, END);
            struct bytes body = is_replace ? two : one;
            char sentence[] = "invalid lane index 16";
            if (lanes < 10)
                memcpy(sentence + 19, (const char[]){(char)('0' + lanes), '\0'}, 2);
            if (lane < lanes)
                body_is_valid(signature, body);
            else
                body_is_refused(signature, body, STATUS_INVALID, is_replace ? 5 : 3, sentence);
        }
    }
}

TEST(a_lane_of_an_access_is_one_of_its_width)
{
    (void)state;
    for (uint8_t i = 0; i < 4; i++) {
        uint8_t load = (uint8_t)(0x54 + i), store = (uint8_t)(0x58 + i);
        uint8_t last = (uint8_t)((16 >> i) - 1);
        body_is_valid("iV:V", CODE(0, 0x20, 0, 0x20, 1, FD, load, i, 0, last, END));
        body_is_valid("iV:", CODE(0, 0x20, 0, 0x20, 1, FD, store, i, 0, last, END));
        body_is_refused("iV:V", CODE(0, 0x20, 0, 0x20, 1, FD, load, 0, 0, (uint8_t)(last + 1), END),
                        STATUS_INVALID, 5,
                        i == 0   ? "invalid lane index 16"
                        : i == 1 ? "invalid lane index 8"
                        : i == 2 ? "invalid lane index 4"
                                 : "invalid lane index 2");
        body_is_refused("iV:", CODE(0, 0x20, 0, 0x20, 1, FD, store, 0, 0, 255, END), STATUS_INVALID,
                        5, "invalid lane index 255");
    }
}

TEST(lanes_of_a_shuffle_are_below_32)
{
    (void)state;
    body_is_refused("VV:V",
                    CODE(0, 0x20, 0, 0x20, 1, FD, 0x0D, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                         13, 14, 32, END),
                    STATUS_INVALID, 5, "invalid lane index 32");
    body_is_refused("VV:V",
                    CODE(0, 0x20, 0, 0x20, 1, FD, 0x0D, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                         13, 14, 15, END),
                    STATUS_INVALID, 5, "invalid lane index 255");
}

TEST(immediates_cut_off_are_malformed)
{
    (void)state;
    body_is_refused(":V", CODE(0, FD, 0x0C, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, END),
                    STATUS_MALFORMED, 3, "16 bytes are announced where 15 are left");
    body_is_refused("V:i", CODE(0, 0x20, 0, FD, 0x15), STATUS_MALFORMED, 5,
                    "a byte is missing at the end");
    body_is_refused("iV:V", CODE(0, 0x20, 0, 0x20, 1, FD, 0x54, 0, 0), STATUS_MALFORMED, 9,
                    "a byte is missing at the end");
    body_is_refused(":", CODE(0, FD), STATUS_MALFORMED, 2, "an integer runs past the end");
}

TEST(numbers_between_the_operators_are_no_operators)
{
    (void)state;
    static const uint16_t holes[] = {0x9A, 0xA2, 0xA5, 0xA6, 0xAF, 0xB0, 0xB2, 0xB3, 0xB4, 0xBB,
                                     0xC2, 0xC5, 0xC6, 0xCF, 0xD0, 0xD2, 0xD3, 0xD4, 0xE2, 0xEE};
    for (size_t i = 0; i < ARRAY_LEN(holes); i++) {
        assert_null(wasm_op_info(WASM_PREFIX_FD + holes[i])->text);
        struct wasm_trial trial;
        trial_begin(&trial);
        trial_build_around(&trial, ":", CODE(0, FD, (uint8_t)(holes[i] & 0x7F) | 0x80, 1, END));
        assert_int_equal(trial_load(&trial), STATUS_MALFORMED);
        trial_end(&trial);
    }
    body_is_refused(":", CODE(0, FD, 0x94, 2, END), STATUS_MALFORMED, 1, "253 276 is no operator");
    body_is_refused(":", CODE(0, FD, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, END), STATUS_MALFORMED, 1,
                    "253 4294967295 is no operator");
}

TEST(the_alignment_of_a_vector_access_is_at_most_its_bytes)
{
    (void)state;
    static const struct {
        uint8_t number, log2;
    } rows[] = {{0x00, 4}, {0x01, 3}, {0x06, 3}, {0x07, 0}, {0x08, 1},
                {0x09, 2}, {0x0A, 3}, {0x5C, 2}, {0x5D, 3}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        body_is_valid("i:V", CODE(0, 0x20, 0, FD, rows[i].number, rows[i].log2, 0, END));
        struct wasm_trial trial;
        trial_begin(&trial);
        trial_build_around(
            &trial, "i:V",
            CODE(0, 0x20, 0, FD, rows[i].number, (uint8_t)(rows[i].log2 + 1), 0, END));
        assert_int_equal(trial_load(&trial), STATUS_INVALID);
        trial_end(&trial);
    }
    body_is_refused("iV:", CODE(0, 0x20, 0, 0x20, 1, FD, 0x0B, 5, 0, END), STATUS_INVALID, 5,
                    "alignment 2**5 is larger than natural");
}

TEST(a_vector_is_no_number)
{
    (void)state;
    body_is_refused("i:V", CODE(0, 0x20, 0, END), STATUS_INVALID, 3,
                    "type mismatch: \"v128\" expected, \"i32\" found");
    body_is_refused("V:i", CODE(0, 0x20, 0, 0x45, END), STATUS_INVALID, 3,
                    "type mismatch: \"i32\" expected, \"v128\" found");
    body_is_refused("Vi:V", CODE(0, 0x20, 1, 0x20, 0, 0x20, 0, FD, 0x52, END), STATUS_INVALID, 7,
                    "type mismatch: \"v128\" expected, \"i32\" found");
    body_is_refused("VI:V", CODE(0, 0x20, 0, 0x20, 1, FD, 0x6B, END), STATUS_INVALID, 5,
                    "type mismatch: \"i32\" expected, \"i64\" found");
}

struct heights {
    uint32_t slots[16];
    uint32_t count;
    uint32_t block_slots, label_slots;
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
    struct heights *heights = context;
    heights->slots[heights->count++] = op->height_slots;
    if (op->code == WASM_OP_BLOCK) {
        heights->block_slots = op->control->height_slots;
        heights->label_slots = op->control->label_slots;
    }
    return STATUS_OK;
}

static enum status on_end(void *context)
{
    (void)context;
    return STATUS_OK;
}

/* local.get, i32.const, block, local.get twice, unreachable, end, any_true, add, drop, drop... */
TEST(heights_are_counted_in_slots)
{
    (void)state;
    static const uint32_t expected[] = {0, 2, 3, 3, 5, 7, 3, 5, 4, 3, 2};
    struct heights heights = {.count = 0};
    struct wasm_sink sink = {&heights, on_begin, on_block, on_cost, on_op, on_end};
    struct wasm_trial trial;
    trial_begin(&trial);
    trial_build_around(&trial, "V:V",
                       CODE(0, 0x20, 0, 0x41, 1, 0x02, 0x7B, 0x20, 0, 0x20, 0, 0x00, END, FD, 0x53,
                            0x6A, DROP, END));
    trial_is_valid(&trial);

    enum status status = wasm_body_read(trial.module, 1, &sink, NULL, &trial.scratch, NULL);

    assert_int_equal(status, STATUS_OK);
    assert_int_equal(heights.count, ARRAY_LEN(expected));
    assert_memory_equal(heights.slots, expected, sizeof expected);
    assert_int_equal(heights.block_slots, 3);
    assert_int_equal(heights.label_slots, 2);
    assert_int_equal(trial.module->funcs[1].max_height, 7);
    trial_end(&trial);
}

TEST_MAIN(T(a_lane_is_one_of_the_shapes), T(a_lane_of_an_access_is_one_of_its_width),
          T(lanes_of_a_shuffle_are_below_32), T(immediates_cut_off_are_malformed),
          T(numbers_between_the_operators_are_no_operators),
          T(the_alignment_of_a_vector_access_is_at_most_its_bytes), T(a_vector_is_no_number),
          T(heights_are_counted_in_slots))

/*
 * Vector operators on integers: each against arithmetic on single lanes, over corner values.
 */
#include "tests/support/simd_trial.h"
#include "tests/support/test.h"

typedef __int128 wide;

static wide clamp(wide value, wide low, wide high)
{
    return value < low ? low : value > high ? high : value;
}

static int64_t low_s(uint32_t bits)
{
    return lane_signed(bits, (uint64_t)1 << (bits - 1));
}

static int64_t high_s(uint32_t bits)
{
    return -(low_s(bits) + 1);
}

static uint64_t high_u(uint32_t bits)
{
    return UINT64_MAX >> (64 - bits);
}

#define LANE(name, expression)                                                                     \
    static uint64_t name(uint32_t bits, uint64_t a, uint64_t b)                                    \
    {                                                                                              \
        wide x = lane_signed(bits, a), y = lane_signed(bits, b);                                   \
        (void)x, (void)y;                                                                          \
        return (uint64_t)(expression);                                                             \
    }
LANE(add, a + b)
LANE(sub, a - b)
LANE(mul, a *b)
LANE(neg, 0 - a)
LANE(absolute, x < 0 ? 0 - a : a)
LANE(add_sat_s, clamp(x + y, low_s(bits), high_s(bits)))
LANE(add_sat_u, clamp((wide)a + b, 0, high_u(bits)))
LANE(sub_sat_s, clamp(x - y, low_s(bits), high_s(bits)))
LANE(sub_sat_u, clamp((wide)a - b, 0, high_u(bits)))
LANE(min_s, x < y ? a : b)
LANE(min_u, a < b ? a : b)
LANE(max_s, x > y ? a : b)
LANE(max_u, a > b ? a : b)
LANE(avgr_u, (a + b + 1) / 2)
LANE(q15, clamp((x * y + 0x4000) >> 15, -32768, 32767))
LANE(popcnt, __builtin_popcountll(a))
LANE(eq, a == b ? UINT64_MAX : 0)
LANE(ne, a != b ? UINT64_MAX : 0)
LANE(lt_s, x < y ? UINT64_MAX : 0)
LANE(lt_u, a < b ? UINT64_MAX : 0)
LANE(gt_s, x > y ? UINT64_MAX : 0)
LANE(gt_u, a > b ? UINT64_MAX : 0)
LANE(le_s, x <= y ? UINT64_MAX : 0)
LANE(le_u, a <= b ? UINT64_MAX : 0)
LANE(ge_s, x >= y ? UINT64_MAX : 0)
LANE(ge_u, a >= b ? UINT64_MAX : 0)
LANE(and, a &b)
LANE(and_not, a & ~b)
LANE(or, a | b)
LANE(exclusive_or, a ^ b)
LANE(not, ~a)

/* Corner values of all widths. */
static const uint64_t corners[] = {0,
                                   1,
                                   0x7F,
                                   0x80,
                                   0xFF,
                                   0x7FFF,
                                   0x8000,
                                   0xFFFF,
                                   0x7FFFFFFF,
                                   0x80000000,
                                   0xFFFFFFFF,
                                   INT64_MAX,
                                   (uint64_t)INT64_MIN,
                                   UINT64_MAX,
                                   0x55,
                                   0x12345678,
                                   0xFEDCBA98};

static union vector corner_vector(uint32_t bits, uint32_t seed, uint32_t step)
{
    union vector v = {.slots = {0}};
    for (uint32_t lane = 0; lane < 128 / bits; lane++)
        vector_set_lane(&v, bits, lane, corners[(seed + lane * step) % ARRAY_LEN(corners)]);
    return v;
}

struct lane_row {
    uint16_t number;
    uint8_t bits;
    uint8_t operands;
    uint64_t (*lane)(uint32_t bits, uint64_t a, uint64_t b);
};

static void check_lanes(const struct lane_row *row)
{
    struct simd_trial trial;
    simd_begin(&trial, row->number, row->operands == 1 ? "V:V" : "VV:V", (struct bytes){0});
    for (uint32_t i = 0; i < ARRAY_LEN(corners); i++) {
        for (uint32_t j = 0; j < ARRAY_LEN(corners); j++) {
            union vector operands[2] = {corner_vector(row->bits, i, 1),
                                        corner_vector(row->bits, j, 3)};
            union vector expected = operands[0];
            for (uint32_t lane = 0; lane < 128u / row->bits; lane++)
                vector_set_lane(&expected, row->bits, lane,
                                row->lane(row->bits, vector_lane(operands[0], row->bits, lane),
                                          vector_lane(operands[1], row->bits, lane)));
            simd_equal(&trial, simd_call(&trial, operands, row->operands), expected);
        }
    }
    simd_end(&trial);
}

static void check_rows(const struct lane_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_lanes(&rows[i]);
}

TEST(arithmetic_is_that_of_each_lane)
{
    (void)state;
    static const struct lane_row rows[] = {
        {0x6E, 8, 2, add},        {0x71, 8, 2, sub},        {0x8E, 16, 2, add},
        {0x91, 16, 2, sub},       {0xAE, 32, 2, add},       {0xB1, 32, 2, sub},
        {0xCE, 64, 2, add},       {0xD1, 64, 2, sub},       {0x95, 16, 2, mul},
        {0xB5, 32, 2, mul},       {0xD5, 64, 2, mul},       {0x61, 8, 1, neg},
        {0x81, 16, 1, neg},       {0xA1, 32, 1, neg},       {0xC1, 64, 1, neg},
        {0x60, 8, 1, absolute},   {0x80, 16, 1, absolute},  {0xA0, 32, 1, absolute},
        {0xC0, 64, 1, absolute},  {0x6F, 8, 2, add_sat_s},  {0x70, 8, 2, add_sat_u},
        {0x72, 8, 2, sub_sat_s},  {0x73, 8, 2, sub_sat_u},  {0x8F, 16, 2, add_sat_s},
        {0x90, 16, 2, add_sat_u}, {0x92, 16, 2, sub_sat_s}, {0x93, 16, 2, sub_sat_u},
        {0x76, 8, 2, min_s},      {0x77, 8, 2, min_u},      {0x78, 8, 2, max_s},
        {0x79, 8, 2, max_u},      {0x96, 16, 2, min_s},     {0x97, 16, 2, min_u},
        {0x98, 16, 2, max_s},     {0x99, 16, 2, max_u},     {0xB6, 32, 2, min_s},
        {0xB7, 32, 2, min_u},     {0xB8, 32, 2, max_s},     {0xB9, 32, 2, max_u},
        {0x7B, 8, 2, avgr_u},     {0x9B, 16, 2, avgr_u},    {0x82, 16, 2, q15},
        {0x111, 16, 2, q15},      {0x62, 8, 1, popcnt},
    };
    check_rows(rows, ARRAY_LEN(rows));
}

TEST(compares_set_all_bits_of_a_lane)
{
    (void)state;
    static uint64_t (*const lanes[])(uint32_t, uint64_t, uint64_t) = {eq,   ne,   lt_s, lt_u, gt_s,
                                                                      gt_u, le_s, le_u, ge_s, ge_u};
    for (uint16_t i = 0; i < ARRAY_LEN(lanes); i++) {
        check_lanes(&(struct lane_row){(uint16_t)(0x23 + i), 8, 2, lanes[i]});
        check_lanes(&(struct lane_row){(uint16_t)(0x2D + i), 16, 2, lanes[i]});
        check_lanes(&(struct lane_row){(uint16_t)(0x37 + i), 32, 2, lanes[i]});
    }
    static const struct lane_row rows[] = {{0xD6, 64, 2, eq},   {0xD7, 64, 2, ne},
                                           {0xD8, 64, 2, lt_s}, {0xD9, 64, 2, gt_s},
                                           {0xDA, 64, 2, le_s}, {0xDB, 64, 2, ge_s}};
    check_rows(rows, ARRAY_LEN(rows));
}

TEST(bits_are_combined)
{
    (void)state;
    static const struct lane_row rows[] = {{0x4D, 64, 1, not},
                                           {0x4E, 64, 2, and},
                                           {0x4F, 64, 2, and_not},
                                           {0x50, 64, 2, or },
                                           {0x51, 64, 2, exclusive_or}};
    check_rows(rows, ARRAY_LEN(rows));
}

TEST(bitselect_and_the_relaxed_lane_selects_choose_bit_by_bit)
{
    (void)state;
    static const uint16_t numbers[] = {0x52, 0x109, 0x10A, 0x10B, 0x10C};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct simd_trial trial;
        union vector operands[3] = {{.slots = {0x0123456789ABCDEF, 0xFEDCBA9876543210}},
                                    {.slots = {0xAAAAAAAAAAAAAAAA, 0x5555555555555555}},
                                    {.slots = {0xFF00F0F0CCCC0001, 0x8000000000000000}}};
        union vector expected;
        for (size_t k = 0; k < 2; k++)
            expected.slots[k] = (operands[0].slots[k] & operands[2].slots[k]) |
                                (operands[1].slots[k] & ~operands[2].slots[k]);

        simd_begin(&trial, numbers[i], "VVV:V", (struct bytes){0});

        simd_equal(&trial, simd_call(&trial, operands, 3), expected);
        simd_end(&trial);
    }
}

TEST(counts_of_shifts_are_taken_modulo_the_width)
{
    (void)state;
    static const struct {
        uint16_t number;
        uint8_t bits;
    } rows[] = {{0x6B, 8}, {0x8B, 16}, {0xAB, 32}, {0xCB, 64}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (uint32_t kind = 0; kind < 3; kind++) {
            struct simd_trial trial;
            uint32_t bits = rows[i].bits;
            simd_begin(&trial, rows[i].number + kind, "Vi:V", (struct bytes){0});
            for (uint32_t count = 0; count < 2 * bits + 2; count++) {
                union vector a = corner_vector(bits, count, 1), expected = a;
                uint32_t n = count % bits;
                for (uint32_t lane = 0; lane < 128 / bits; lane++) {
                    uint64_t x = vector_lane(a, bits, lane);
                    uint64_t result = kind == 0   ? x << n
                                      : kind == 1 ? (uint64_t)(lane_signed(bits, x) >> n)
                                                  : x >> n;
                    vector_set_lane(&expected, bits, lane, result);
                }
                simd_equal(&trial, simd_call_scalar(&trial, a, count), expected);
            }
            simd_end(&trial);
        }
    }
}

/* Operators from lanes of `bits` to lanes twice as wide, for both halves and both signs. */
struct wider_row {
    uint16_t number;
    uint8_t bits;
    bool is_product;
};

static uint64_t extended(uint32_t bits, uint64_t lane, bool is_signed)
{
    return is_signed ? (uint64_t)lane_signed(bits, lane) : lane;
}

static void check_wider(const struct wider_row *row, bool is_high, bool is_signed)
{
    struct simd_trial trial;
    uint32_t bits = row->bits, lanes = 64 / bits;
    uint32_t number = row->number + is_high + (is_signed ? 0u : 2u);
    simd_begin(&trial, number, row->is_product ? "VV:V" : "V:V", (struct bytes){0});
    for (uint32_t i = 0; i < ARRAY_LEN(corners); i++) {
        union vector operands[2] = {corner_vector(bits, i, 1), corner_vector(bits, i, 5)};
        union vector expected = {.slots = {0}};
        for (uint32_t lane = 0; lane < lanes; lane++) {
            uint32_t from = lane + (is_high ? lanes : 0);
            uint64_t a = extended(bits, vector_lane(operands[0], bits, from), is_signed);
            uint64_t b = extended(bits, vector_lane(operands[1], bits, from), is_signed);
            vector_set_lane(&expected, 2 * bits, lane, row->is_product ? a * b : a);
        }
        simd_equal(&trial, simd_call(&trial, operands, row->is_product ? 2 : 1), expected);
    }
    simd_end(&trial);
}

TEST(lanes_are_extended_and_multiplied_wider)
{
    (void)state;
    static const struct wider_row rows[] = {{0x87, 8, false}, {0x9C, 8, true},   {0xA7, 16, false},
                                            {0xBC, 16, true}, {0xC7, 32, false}, {0xDC, 32, true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (uint32_t kind = 0; kind < 4; kind++)
            check_wider(&rows[i], (kind & 1) != 0, (kind & 2) != 0);
}

/* Sums of neighbours, extended; of products of neighbours if there are two operands. */
static void check_pairs(uint16_t number, uint32_t bits, bool is_signed, bool is_dot, bool saturates)
{
    struct simd_trial trial;
    simd_begin(&trial, number, is_dot ? "VV:V" : "V:V", (struct bytes){0});
    for (uint32_t i = 0; i < ARRAY_LEN(corners); i++) {
        union vector operands[2] = {corner_vector(bits, i, 1), corner_vector(bits, i, 4)};
        union vector expected = {.slots = {0}};
        for (uint32_t lane = 0; lane < 64 / bits; lane++) {
            wide sum = 0;
            for (uint32_t k = 0; k < 2; k++) {
                uint64_t a =
                    extended(bits, vector_lane(operands[0], bits, 2 * lane + k), is_signed);
                uint64_t b =
                    extended(bits, vector_lane(operands[1], bits, 2 * lane + k), is_signed);
                sum += (wide)(int64_t)a * (is_dot ? (int64_t)b : 1);
            }
            if (saturates)
                sum = clamp(sum, low_s(2 * bits), high_s(2 * bits));
            vector_set_lane(&expected, 2 * bits, lane, (uint64_t)sum);
        }
        simd_equal(&trial, simd_call(&trial, operands, is_dot ? 2 : 1), expected);
    }
    simd_end(&trial);
}

TEST(neighbours_are_added)
{
    (void)state;
    check_pairs(0x7C, 8, true, false, false);
    check_pairs(0x7D, 8, false, false, false);
    check_pairs(0x7E, 16, true, false, false);
    check_pairs(0x7F, 16, false, false, false);
    check_pairs(0xBA, 16, true, true, false);
}

TEST(the_relaxed_dot_product_is_signed_and_saturates)
{
    (void)state;
    check_pairs(0x112, 8, true, true, true);

    struct simd_trial trial;
    union vector operands[3];
    union vector expected;
    for (uint32_t lane = 0; lane < 16; lane++) {
        operands[0].bytes[lane] = lane < 4 ? 0x80 : (uint8_t)lane;
        operands[1].bytes[lane] = lane < 4 ? 0x80 : (uint8_t)(0 - lane);
    }
    for (uint32_t lane = 0; lane < 4; lane++)
        operands[2].words[lane] = 0x7FFFFFF0 + lane;
    expected.words[0] = 0x7FFFFFF0u + 2u * 32767u; /* each pair saturates, the sum wraps */
    expected.words[1] = 0x7FFFFFF1 - (16 + 25 + 36 + 49);
    expected.words[2] = 0x7FFFFFF2 - (64 + 81 + 100 + 121);
    expected.words[3] = 0x7FFFFFF3 - (144 + 169 + 196 + 225);
    simd_begin(&trial, 0x113, "VVV:V", (struct bytes){0});
    simd_equal(&trial, simd_call(&trial, operands, 3), expected);
    simd_end(&trial);
}

static void check_narrow(uint16_t number, uint32_t bits, bool is_signed)
{
    struct simd_trial trial;
    uint32_t lanes = 128 / bits;
    simd_begin(&trial, number, "VV:V", (struct bytes){0});
    for (uint32_t i = 0; i < ARRAY_LEN(corners); i++) {
        union vector operands[2] = {corner_vector(bits, i, 1), corner_vector(bits, i, 7)};
        union vector expected = {.slots = {0}};
        for (uint32_t lane = 0; lane < 2 * lanes; lane++) {
            int64_t x = lane_signed(bits, vector_lane(operands[lane / lanes], bits, lane % lanes));
            wide result = is_signed ? clamp(x, low_s(bits / 2), high_s(bits / 2))
                                    : clamp(x, 0, high_u(bits / 2));
            vector_set_lane(&expected, bits / 2, lane, (uint64_t)result);
        }
        simd_equal(&trial, simd_call(&trial, operands, 2), expected);
    }
    simd_end(&trial);
}

TEST(narrower_lanes_saturate)
{
    (void)state;
    check_narrow(0x65, 16, true);
    check_narrow(0x66, 16, false);
    check_narrow(0x85, 32, true);
    check_narrow(0x86, 32, false);
}

TEST(a_swizzle_past_the_lanes_is_zero_the_relaxed_one_too)
{
    (void)state;
    static const uint16_t numbers[] = {0x0E, 0x100};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct simd_trial trial;
        simd_begin(&trial, numbers[i], "VV:V", (struct bytes){0});
        for (uint32_t index = 0; index < 256; index++) {
            union vector operands[2], expected;
            for (uint32_t lane = 0; lane < 16; lane++) {
                uint8_t at = (uint8_t)(index + lane);
                operands[0].bytes[lane] = (uint8_t)(0xA0 + lane);
                operands[1].bytes[lane] = at;
                expected.bytes[lane] = at < 16 ? (uint8_t)(0xA0 + at) : 0;
            }
            simd_equal(&trial, simd_call(&trial, operands, 2), expected);
        }
        simd_end(&trial);
    }
}

TEST(a_shuffle_takes_lanes_of_both)
{
    (void)state;
    struct simd_trial trial;
    union vector operands[2], expected;
    uint8_t lanes[16];
    for (uint32_t i = 0; i < 16; i++) {
        lanes[i] = (uint8_t)(i * 11 % 32);
        operands[0].bytes[i] = (uint8_t)(0x10 + i);
        operands[1].bytes[i] = (uint8_t)(0xC0 + i);
    }
    for (uint32_t i = 0; i < 16; i++)
        expected.bytes[i] =
            lanes[i] < 16 ? operands[0].bytes[lanes[i]] : operands[1].bytes[lanes[i] - 16];
    simd_begin(&trial, 0x0D, "VV:V", bytes_of(lanes, sizeof lanes));
    simd_equal(&trial, simd_call(&trial, operands, 2), expected);
    simd_end(&trial);
}

TEST(lanes_are_splatted_extracted_and_replaced)
{
    (void)state;
    static const struct {
        uint8_t splat, extract, extract_u, replace, bits;
        char type;
    } rows[] = {{0x0F, 0x15, 0x16, 0x17, 8, 'i'}, {0x10, 0x18, 0x19, 0x1A, 16, 'i'},
                {0x11, 0, 0x1B, 0x1C, 32, 'i'},   {0x12, 0, 0x1D, 0x1E, 64, 'I'},
                {0x13, 0, 0x1F, 0x20, 32, 'f'},   {0x14, 0, 0x21, 0x22, 64, 'F'}};
    const uint64_t scalar = 0x8182838485868788;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t bits = rows[i].bits;
        uint64_t mask = UINT64_MAX >> (64 - bits);
        const char splat[] = {rows[i].type, ':', 'V', '\0'};
        const char extract[] = {'V', ':', rows[i].type, '\0'};
        const char replace[] = {'V', rows[i].type, ':', 'V', '\0'};
        struct simd_trial trial;
        union vector all = {.slots = {0}}, v;

        for (uint32_t lane = 0; lane < 128 / bits; lane++)
            vector_set_lane(&all, bits, lane, scalar);
        simd_begin(&trial, rows[i].splat, splat, (struct bytes){0});
        trial.engine.slots[0] = bits == 64 ? scalar : (uint32_t)scalar;
        assert_int_equal(engine_call(&trial.engine, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
        simd_equal(&trial, (union vector){.slots = {trial.engine.slots[0], trial.engine.slots[1]}},
                   all);
        simd_end(&trial);

        for (uint8_t lane = 0; lane < 128 / bits; lane++) {
            for (uint32_t k = 0; k < 16; k++)
                v.bytes[k] = (uint8_t)(0x79 + 3 * k);
            uint64_t at = vector_lane(v, bits, lane);
            simd_begin(&trial, rows[i].extract_u, extract, CODE(lane));
            assert_int_equal(simd_call(&trial, &v, 1).slots[0], at);
            simd_end(&trial);
            if (rows[i].extract != 0) {
                simd_begin(&trial, rows[i].extract, extract, CODE(lane));
                assert_int_equal(simd_call(&trial, &v, 1).slots[0],
                                 (uint32_t)lane_signed(bits, at));
                simd_end(&trial);
            }
            simd_begin(&trial, rows[i].replace, replace, CODE(lane));
            union vector got = simd_call_scalar(&trial, v, scalar & mask);
            vector_set_lane(&v, bits, lane, scalar);
            simd_equal(&trial, got, v);
            simd_end(&trial);
        }
    }
}

TEST(vectors_are_tested)
{
    (void)state;
    static const struct {
        uint8_t all_true, bitmask, bits;
    } rows[] = {{0x63, 0x64, 8}, {0x83, 0x84, 16}, {0xA3, 0xA4, 32}, {0xC3, 0xC4, 64}};
    struct simd_trial trial;
    simd_begin(&trial, 0x53, "V:i", (struct bytes){0});
    assert_int_equal(simd_call(&trial, &(union vector){.slots = {0, 0}}, 1).slots[0], 0);
    assert_int_equal(simd_call(&trial, &(union vector){.slots = {0, 1}}, 1).slots[0], 1);
    assert_int_equal(simd_call(&trial, &(union vector){.slots = {1ull << 63, 0}}, 1).slots[0], 1);
    simd_end(&trial);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (uint32_t seed = 0; seed < 3 * ARRAY_LEN(corners); seed++) {
            uint32_t bits = rows[i].bits;
            union vector v = corner_vector(bits, seed, seed / (uint32_t)ARRAY_LEN(corners));
            uint32_t mask = 0;
            bool all = true;
            for (uint32_t lane = 0; lane < 128 / bits; lane++) {
                mask |= (uint32_t)(lane_signed(bits, vector_lane(v, bits, lane)) < 0) << lane;
                all &= vector_lane(v, bits, lane) != 0;
            }
            simd_begin(&trial, rows[i].all_true, "V:i", (struct bytes){0});
            assert_int_equal(simd_call(&trial, &v, 1).slots[0], all);
            simd_end(&trial);
            simd_begin(&trial, rows[i].bitmask, "V:i", (struct bytes){0});
            assert_int_equal(simd_call(&trial, &v, 1).slots[0], mask);
            simd_end(&trial);
        }
    }
}

TEST_MAIN(T(arithmetic_is_that_of_each_lane), T(compares_set_all_bits_of_a_lane),
          T(bits_are_combined), T(bitselect_and_the_relaxed_lane_selects_choose_bit_by_bit),
          T(counts_of_shifts_are_taken_modulo_the_width),
          T(lanes_are_extended_and_multiplied_wider), T(neighbours_are_added),
          T(the_relaxed_dot_product_is_signed_and_saturates), T(narrower_lanes_saturate),
          T(a_swizzle_past_the_lanes_is_zero_the_relaxed_one_too), T(a_shuffle_takes_lanes_of_both),
          T(lanes_are_splatted_extracted_and_replaced), T(vectors_are_tested))

/*
 * tests/unit/wasm/test_interp_far.c: several memories, 64-bit addresses, pages of one byte, and
 * atomics of one agent.
 */
#include "core/wasm/disasm.h"
#include "tests/support/engine_trial.h"
#include "tests/support/test.h"

enum { END = 0x0B, DROP = 0x1A, GET = 0x20, I32 = 0x41, I64 = 0x42, NULL_REF = 0xD0 };

#define OUT_OF_BOUNDS       WASM_TRAP_MEMORY_OUT_OF_BOUNDS
#define TABLE_OUT_OF_BOUNDS WASM_TRAP_TABLE_OUT_OF_BOUNDS
#define UNALIGNED           WASM_TRAP_UNALIGNED_ATOMIC
#define PAGE                65536u

/* memories 0 32-bit 1 to 3 pages, 1 64-bit 1 to 2 pages, 2 64-bit with pages of one byte,
 * 10 to 30, 3 shared 1 page; tables 0 and 1 of functions, 1 64-bit 2 to 5 elements; data 0 "abcde"
 * and elem 0 (function 0) passive. Function 0 is [i64 i64 i64] -> [i64] with this body. */
static void build(struct engine_trial *trial, struct bytes body)
{
    struct wasm_builder *builder = &trial->load.builder;
    BUILD_SECTION(builder, 1, 1, 0x60, 3, 0x7E, 0x7E, 0x7E, 1, 0x7E);
    BUILD_SECTION(builder, 3, 1, 0);
    BUILD_SECTION(builder, 4, 2, 0x70, 0, 1, 0x70, 5, 2, 5);
    BUILD_SECTION(builder, 5, 4, 1, 1, 3, 5, 1, 2, 13, 10, 30, 0, 3, 1, 1);
    BUILD_SECTION(builder, 9, 1, 1, 0, 1, 0);
    BUILD_SECTION(builder, 12, 1);
    build_section(builder, 10);
    build_byte(builder, 1);
    build_open(builder);
    trial->load.body_offset = builder->len + 2; /* both sizes are put in front */
    build_bytes(builder, body);
    build_close(builder);
    build_close(builder);
    BUILD_SECTION(builder, 11, 1, 1, 5, 'a', 'b', 'c', 'd', 'e');
}

static enum wasm_trap run(struct engine_trial *trial, struct bytes body, const uint64_t args[8])
{
    engine_begin(trial);
    trial->caps.memory_bytes = 4 * PAGE + 30;
    build(trial, body);
    assert_int_equal(engine_create(trial), STATUS_OK);
    memcpy(trial->slots, args, 8 * sizeof args[0]);
    return engine_call(trial, 0);
}

static void returns(struct bytes body, const uint64_t args[8], uint64_t result)
{
    struct engine_trial trial;
    assert_int_equal(run(&trial, body, args), WASM_TRAP_NONE);
    assert_int_equal(trial.slots[0], result);
    engine_end(&trial);
}

static void burns(struct bytes body, const uint64_t args[8], uint64_t fuel)
{
    struct engine_trial trial;
    assert_int_equal(run(&trial, body, args), WASM_TRAP_NONE);
    assert_int_equal(wasm_store_fuel_used(trial.store), fuel);
    engine_end(&trial);
}

/* `offset` counts in the body; memory 1 holds no byte but zero afterwards. */
static void traps(struct bytes body, const uint64_t args[8], enum wasm_trap kind, uint64_t offset)
{
    struct engine_trial trial;
    uint8_t *base;
    uint64_t len;
    assert_int_equal(run(&trial, body, args), kind);
    assert_int_equal(trial.outcome.offset - trial.load.body_offset, offset);
    assert_int_equal(wasm_instance_memory(trial.instance, 1, &base, &len), STATUS_OK);
    for (uint64_t i = 0; i < len; i++)
        assert_int_equal(base[i], 0);
    engine_end(&trial);
}

#define A0             GET, 0
#define A1             GET, 1
#define A2             GET, 2
#define MEMORY1(align) (0x40 | (align)), 1
#define WRAP           0xA7
#define EXTEND         0xAD /* i64.extend_i32_u */

TEST(a_64_bit_address_reaches_every_byte_and_no_other)
{
    (void)state;
    struct bytes load = CODE(0, A0, 0x31, MEMORY1(0), 0, END); /* i64.load8_u */
    struct bytes load64 = CODE(0, A0, 0x29, MEMORY1(0), 0, END);
    returns(load, ARGS(PAGE - 1), 0);
    traps(load, ARGS(PAGE), OUT_OF_BOUNDS, 3);
    traps(load, ARGS(UINT64_C(1) << 32), OUT_OF_BOUNDS, 3);
    traps(load, ARGS(UINT64_MAX), OUT_OF_BOUNDS, 3);
    returns(load64, ARGS(PAGE - 8), 0);
    traps(load64, ARGS(PAGE - 7), OUT_OF_BOUNDS, 3);
    traps(load64, ARGS(UINT64_MAX - 3), OUT_OF_BOUNDS, 3);
}

TEST(an_effective_address_over_64_bits_is_out_of_bounds)
{
    (void)state;
    struct bytes at_max = CODE(0, A0, 0x31, MEMORY1(0), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                               0xFF, 0xFF, 0x01, END);
    struct bytes store_at_max = CODE(0, A0, A1, 0x3C, MEMORY1(0), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                     0xFF, 0xFF, 0xFF, 0xFF, 0x01, A0, END);
    traps(at_max, ARGS(1), OUT_OF_BOUNDS, 3);
    traps(at_max, ARGS(2), OUT_OF_BOUNDS, 3);
    traps(at_max, ARGS(UINT64_MAX), OUT_OF_BOUNDS, 3);
    traps(store_at_max, ARGS(1, 7), OUT_OF_BOUNDS, 5);
}

TEST(every_load_and_store_keeps_its_width_and_sign)
{
    (void)state;
    static const struct {
        uint8_t store, load, convert;
        uint64_t value, result;
    } rows[] = {
        {0x37, 0x29, 0, 0x8182838485868788, 0x8182838485868788},
        {0x3E, 0x34, 0, 0x8182838485868788, 0xFFFFFFFF85868788},
        {0x3E, 0x35, 0, 0x8182838485868788, 0x85868788},
        {0x3D, 0x32, 0, 0x8182838485868788, 0xFFFFFFFFFFFF8788},
        {0x3D, 0x33, 0, 0x8182838485868788, 0x8788},
        {0x3C, 0x30, 0, 0x8182838485868788, 0xFFFFFFFFFFFFFF88},
        {0x3C, 0x31, 0, 0x8182838485868788, 0x88},
        {0x37, 0x28, EXTEND, 0x8182838485868788, 0x85868788},
        {0x37, 0x2C, EXTEND, 0x8182838485868788, 0xFFFFFF88},
        {0x37, 0x2D, EXTEND, 0x8182838485868788, 0x88},
        {0x37, 0x2E, EXTEND, 0x8182838485868788, 0xFFFF8788},
        {0x37, 0x2F, EXTEND, 0x8182838485868788, 0x8788},
        {0x37, 0x2B, 0xBD, 0x7FF0000000000001, 0x7FF0000000000001}, /* f64: bits are kept */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t convert = rows[i].convert != 0 ? rows[i].convert : 0x01; /* nop */
        returns(CODE(0, A0, A1, rows[i].store, MEMORY1(0), 3, A0, rows[i].load, MEMORY1(0), 3,
                     convert, END),
                ARGS(100, rows[i].value), rows[i].result);
    }
    /* i32.store, 8 and 16; f32 both ways */
    returns(CODE(0, A0, A1, WRAP, 0x36, MEMORY1(0), 0, A0, A2, WRAP, 0x3A, MEMORY1(0), 1, A0, A2,
                 WRAP, 0x3B, MEMORY1(0), 2, A0, 0x29, MEMORY1(0), 0, END),
            ARGS(8, 0xFFFFFFFF11223344, 0xAABB), 0xAABBBB44);
    returns(CODE(0, A0, A1, WRAP, 0xBE, 0x38, MEMORY1(0), 0, A0, 0x2A, MEMORY1(0), 0, 0xBC, EXTEND,
                 END),
            ARGS(8, 0x7F800001), 0x7F800001);
}

TEST(memories_do_not_see_each_other)
{
    (void)state;
    returns(CODE(0, A0, A1, 0x37, MEMORY1(3), 0, A0, WRAP, 0x29, 3, 0, END), ARGS(0, 5), 0);
    returns(CODE(0, I32, 0, A1, 0x37, 3, 0, A0, 0x29, MEMORY1(3), 0, END), ARGS(0, 5), 0);
    returns(CODE(0, I32, 0, A1, 0x37, 3, 0, I32, 0, 0x29, 0x43, 0, 0, END), ARGS(0, 5), 5);
}

TEST(growth_is_bounded_by_type_and_cap)
{
    (void)state;
    struct bytes grow1 = CODE(0, A0, 0x40, 1, DROP, 0x3F, 1, END);
    struct bytes grow1_result = CODE(0, A0, 0x40, 1, END);
    returns(grow1, ARGS(1), 2);
    returns(grow1_result, ARGS(1), 1);
    returns(grow1_result, ARGS(2), UINT64_MAX);
    returns(grow1_result, ARGS(UINT64_MAX), UINT64_MAX);
    /* 3 pages and 10 bytes are there, the cap is 4 pages and 30 bytes */
    returns(CODE(0, A0, 0x40, 1, DROP, A0, WRAP, 0x40, 0, EXTEND, END), ARGS(1), 0xFFFFFFFF);
    returns(CODE(0, A0, WRAP, 0x40, 0, EXTEND, END), ARGS(1), 1);
    returns(CODE(0, A0, WRAP, 0x40, 0, EXTEND, END), ARGS(2), 0xFFFFFFFF);
    returns(CODE(0, I64, 0, 0x40, 1, DROP, A0, WRAP, 0x40, 0, EXTEND, END), ARGS(0), 1);
}

TEST(pages_of_one_byte_are_counted_and_checked_singly)
{
    (void)state;
    returns(CODE(0, A0, 0x40, 2, A1, 0x31, 0x40, 2, 0, 0x7C, END), ARGS(20, 29), 10);
    returns(CODE(0, A0, 0x40, 2, END), ARGS(21), UINT64_MAX);
    returns(CODE(0, 0x3F, 2, END), ARGS(0), 10);
    traps(CODE(0, A0, 0x31, 0x40, 2, 0, END), ARGS(10), OUT_OF_BOUNDS, 3);
    traps(CODE(0, A0, 0x29, 0x40, 2, 0, END), ARGS(3), OUT_OF_BOUNDS, 3);
}

TEST(bulk_operators_work_between_any_two_memories)
{
    (void)state;
    /* init memory 1 from data, copy into memory 2, read there */
    returns(CODE(0, A0, I32, 1, I32, 4, 0xFC, 8, 0, 1, A1, A0, I64, 4, 0xFC, 10, 2, 1, A1, 0x35,
                 0x40, 2, 0, END),
            ARGS(1000, 6), 0x65646362);
    /* 64-bit to 32-bit: the length is an i32 */
    returns(CODE(0, A0, I32, 0x2A, I64, 3, 0xFC, 11, 1, I32, 8, A0, I32, 3, 0xFC, 10, 0, 1, I32, 8,
                 0x35, 0, 0, END),
            ARGS(5), 0x2A2A2A);
    traps(CODE(0, A0, I32, 1, A1, 0xFC, 11, 1, A0, END), ARGS(PAGE, 1), OUT_OF_BOUNDS, 7);
    traps(CODE(0, A0, I32, 1, A1, 0xFC, 11, 1, A0, END), ARGS(2, UINT64_MAX), OUT_OF_BOUNDS, 7);
    traps(CODE(0, A0, A1, I64, 1, 0xFC, 10, 1, 2, A0, END), ARGS(0, 10), OUT_OF_BOUNDS, 7);
    traps(CODE(0, A0, A1, I64, 2, 0xFC, 10, 2, 1, A0, END), ARGS(9, 0), OUT_OF_BOUNDS, 7);
    traps(CODE(0, A0, I32, 0, I32, 1, 0xFC, 8, 0, 1, A0, END), ARGS(UINT64_C(1) << 32),
          OUT_OF_BOUNDS, 7);
}

TEST(a_64_bit_table_is_indexed_by_64_bits)
{
    (void)state;
    returns(CODE(0, A0, 0xD2, 0, 0x26, 1, A0, 0x25, 1, 0xD1, EXTEND, END), ARGS(1), 0);
    traps(CODE(0, A0, 0x25, 1, DROP, A0, END), ARGS(UINT64_C(1) << 32), TABLE_OUT_OF_BOUNDS, 3);
    traps(CODE(0, A0, NULL_REF, 0x70, 0x26, 1, A0, END), ARGS(2), TABLE_OUT_OF_BOUNDS, 5);
    returns(CODE(0, NULL_REF, 0x70, A0, 0xFC, 15, 1, END), ARGS(3), 2);
    returns(CODE(0, NULL_REF, 0x70, A0, 0xFC, 15, 1, END), ARGS(4), UINT64_MAX);
    returns(CODE(0, NULL_REF, 0x70, A0, 0xFC, 15, 1, DROP, 0xFC, 16, 1, END), ARGS(2), 4);
    traps(CODE(0, A0, NULL_REF, 0x70, A1, 0xFC, 17, 1, A0, END), ARGS(1, UINT64_MAX),
          TABLE_OUT_OF_BOUNDS, 7);
    traps(CODE(0, A0, I32, 0, A1, WRAP, 0xFC, 14, 1, 0, A0, END), ARGS(2, 1), TABLE_OUT_OF_BOUNDS,
          8);
    traps(CODE(0, A0, I32, 0, I32, 1, 0xFC, 12, 0, 1, A0, END), ARGS(UINT64_C(1) << 33),
          TABLE_OUT_OF_BOUNDS, 7);
    traps(CODE(0, A0, A0, A0, A0, 0x11, 0, 1, END), ARGS(UINT64_C(1) << 32),
          WASM_TRAP_UNDEFINED_ELEMENT, 9);
    traps(CODE(0, A0, A0, A0, A0, 0x11, 0, 1, END), ARGS(1), WASM_TRAP_NULL_REFERENCE, 9);
    traps(CODE(0, A0, A0, A0, A0, 0x13, 0, 1, END), ARGS(UINT64_C(1) << 32),
          WASM_TRAP_UNDEFINED_ELEMENT, 9);
}

TEST(fuel_of_far_bulk_operators_is_a_unit_for_each_byte_page_and_element)
{
    (void)state;
    burns(CODE(0, A0, I32, 1, I64, 0xE8, 0x07, 0xFC, 11, 1, A0, END), ARGS(0), 6 + 1000);
    burns(CODE(0, A0, A1, I64, 7, 0xFC, 10, 1, 2, A0, END), ARGS(0), 6 + 7);
    burns(CODE(0, A0, I32, 0, I32, 5, 0xFC, 8, 0, 1, A0, END), ARGS(0), 6 + 5);
    burns(CODE(0, A0, 0x40, 1, END), ARGS(1), 3 + 1);
    burns(CODE(0, A0, 0x40, 1, END), ARGS(2), 3);
    burns(CODE(0, A0, 0x40, 2, END), ARGS(12), 3 + 12);
    burns(CODE(0, NULL_REF, 0x70, A0, 0xFC, 15, 1, END), ARGS(3), 4 + 3);
    burns(CODE(0, NULL_REF, 0x70, A0, 0xFC, 15, 1, END), ARGS(9), 4);
    burns(CODE(0, A0, 0xFE, 0x11, 0x43, 1, 0, END), ARGS(8), 3);
}

/* prefix FE with memory 3 (shared) */
#define ATOMIC(code, align, memory) 0xFE, code, (0x40 | (align)), memory, 0

TEST(an_atomic_modification_returns_what_was_there)
{
    (void)state;
    static const struct {
        uint8_t first; /* i32.atomic.rmw.x */
        uint64_t stored;
    } rows[] = {{0x1E, 0xF0F0F0F0F0F0F0F0 + 0x1818181818181818},
                {0x25, 0xF0F0F0F0F0F0F0F0 - 0x1818181818181818},
                {0x2C, 0x1010101010101010},
                {0x33, 0xF8F8F8F8F8F8F8F8},
                {0x3A, 0xE8E8E8E8E8E8E8E8},
                {0x41, 0x1818181818181818}};
    static const uint8_t widths[] = {2, 3, 0, 1, 0, 1, 2};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (uint8_t j = 0; j < sizeof widths; j++) {
            uint64_t mask = UINT64_MAX >> (64 - (8u << widths[j]));
            bool is_32 = j == 0 || j == 2 || j == 3;
            uint8_t narrow = is_32 ? WRAP : 0x01, widen = is_32 ? EXTEND : 0x01;
            uint8_t code = (uint8_t)(rows[i].first + j);
            struct bytes body =
                CODE(0, I32, 8, A0, 0x37, 0x43, 3, 0, I32, 8, A1, narrow,
                     ATOMIC(code, widths[j], 3), widen, 0x22, 2, DROP, I32, 8, 0x29, 0x43, 3, 0, A2,
                     0x85, END); /* what is stored now, xor what the operator gave */
            uint64_t old = 0xF0F0F0F0F0F0F0F0;
            uint64_t now = (old & ~mask) | (rows[i].stored & mask);
            returns(body, ARGS(old, 0x1818181818181818), now ^ (old & mask));
        }
    }
}

TEST(a_compare_exchange_compares_in_the_width_of_the_access)
{
    (void)state;
    /* i64.atomic.rmw16.cmpxchg_u */
    struct bytes body = CODE(0, I32, 8, I64, 0xB5, 0xC4, 0x00, 0x37, 0x43, 3, 0, I32, 8, A0, A1,
                             ATOMIC(0x4D, 1, 3), DROP, I32, 8, 0x29, 0x43, 3, 0, END);
    returns(body, ARGS(0x2235, 0x12345), 0x2345);
    returns(body, ARGS(0xAAAA2235, 0x12345), 0x2345);
    returns(body, ARGS(0x2236, 0x12345), 0x2235);
}

TEST(an_unaligned_atomic_traps_before_it_is_out_of_bounds)
{
    (void)state;
    struct bytes load = CODE(0, A0, WRAP, ATOMIC(0x11, 3, 3), END);
    traps(load, ARGS(4), UNALIGNED, 4);
    traps(load, ARGS(PAGE - 1), UNALIGNED, 4);
    traps(load, ARGS(PAGE), OUT_OF_BOUNDS, 4);
    traps(CODE(0, A0, WRAP, A1, ATOMIC(0x18, 3, 3), A0, END), ARGS(4), UNALIGNED, 6);
    traps(CODE(0, A0, WRAP, A1, ATOMIC(0x18, 3, 3), A0, END), ARGS(PAGE), OUT_OF_BOUNDS, 6);
    traps(CODE(0, A0, WRAP, A1, ATOMIC(0x1F, 3, 3), END), ARGS(4), UNALIGNED, 6);
    traps(CODE(0, A0, WRAP, A1, ATOMIC(0x1F, 3, 3), END), ARGS(PAGE), OUT_OF_BOUNDS, 6);
    /* the static offset counts; memory 1: over 64 bits, but aligned */
    traps(CODE(0, A0, WRAP, 0xFE, 0x11, 0x43, 3, 4, END), ARGS(8), UNALIGNED, 4);
    returns(CODE(0, A0, WRAP, 0xFE, 0x11, 0x43, 3, 4, END), ARGS(4), 0);
    traps(CODE(0, A0, 0xFE, 0x11, 0x43, 1, 8, END), ARGS(UINT64_MAX - 7), OUT_OF_BOUNDS, 3);
}

TEST(nobody_is_notified)
{
    (void)state;
    returns(CODE(0, A0, A1, WRAP, ATOMIC(0x00, 2, 1), EXTEND, END), ARGS(4, 7), 0);
    returns(CODE(0, A0, WRAP, A1, WRAP, ATOMIC(0x00, 2, 3), EXTEND, END), ARGS(4, 7), 0);
    traps(CODE(0, A0, A1, WRAP, ATOMIC(0x00, 2, 1), EXTEND, END), ARGS(2, 7), UNALIGNED, 6);
    traps(CODE(0, A0, A1, WRAP, ATOMIC(0x00, 2, 1), EXTEND, END), ARGS(PAGE, 7), OUT_OF_BOUNDS, 6);
}

TEST(a_wait_ends_at_once_or_never)
{
    (void)state;
    struct bytes wait32 = CODE(0, I32, 8, A0, WRAP, A1, ATOMIC(0x01, 2, 3), EXTEND, END);
    struct bytes wait64 = CODE(0, I32, 8, A0, A1, ATOMIC(0x02, 3, 3), EXTEND, END);
    returns(wait32, ARGS(1, UINT64_MAX), 1);
    returns(wait32, ARGS(0, 0), 2);
    returns(wait32, ARGS(0, INT64_MAX), 2);
    traps(wait32, ARGS(0, UINT64_MAX), WASM_TRAP_ENDLESS_WAIT, 8);
    returns(wait64, ARGS(UINT64_C(1) << 32, UINT64_MAX), 1);
    returns(wait64, ARGS(0, 1000), 2);
    traps(wait64, ARGS(0, (uint64_t)1 << 63), WASM_TRAP_ENDLESS_WAIT, 7);
}

TEST(a_wait_wants_a_shared_memory)
{
    (void)state;
    struct bytes wait = CODE(0, A0, I32, 0, A1, ATOMIC(0x01, 2, 1), EXTEND, END);
    traps(wait, ARGS(0, 0), WASM_TRAP_EXPECTED_SHARED_MEMORY, 7);
    traps(wait, ARGS(1, 0), UNALIGNED, 7);
    traps(wait, ARGS(PAGE, 0), WASM_TRAP_EXPECTED_SHARED_MEMORY, 7);
}

/* One memory of a host, imported twice: [i32 i32] -> [i32] stores the second param where the first
 * says through memory 0 after memory 1 has grown, and loads it through memory 1. */
TEST(a_memory_under_two_indices_is_one_memory)
{
    (void)state;
    struct engine_trial trial;
    const struct wasm_memory_type type = {.limits = {.min = 1, .max = 3, .has_max = true},
                                          .page_log2 = 16};
    struct wasm_extern imports[2];
    engine_begin(&trial);
    assert_int_equal(engine_create(&trial), STATUS_OK); /* an empty module */
    trial_end(&trial.load);
    trial_begin(&trial.load);
    struct wasm_builder *builder = &trial.load.builder;
    BUILD_SECTION(builder, 1, 1, 0x60, 2, 0x7F, 0x7F, 1, 0x7F);
    BUILD_SECTION(builder, 2, 2, 1, 'm', 1, 'a', 2, 0, 1, 1, 'm', 1, 'a', 2, 1, 1, 3);
    BUILD_SECTION(builder, 3, 1, 0);
    BUILD_SECTION(builder, 10, 1, 23, 0, I32, 1, 0x40, 1, DROP, A0, A1, 0x36, 0, 0, A0, 0x28, 0x40,
                  1, 0, 0x3F, 0, 0x6A, END);
    trial_is_valid(&trial.load);
    assert_int_equal(wasm_store_memory(trial.store, &type, &imports[0], &trial.report), STATUS_OK);
    imports[1] = imports[0];

    assert_int_equal(wasm_instance_create(trial.store, trial.load.module, imports, &trial.instance,
                                          &trial.outcome, &trial.report),
                     STATUS_OK);
    trial.slots[0] = 2 * PAGE - 4;
    trial.slots[1] = 1000;
    assert_int_equal(engine_call(&trial, 0), WASM_TRAP_NONE);

    assert_int_equal(trial.slots[0], 1002);
    engine_end(&trial);
}

/* 20,000 operands above 49,000 locals, then a store, a modification and a load in memory 1. */
TEST(far_cells_name_slots_beyond_16_bits)
{
    (void)state;
    enum { OPERANDS = 20000 };
    struct engine_trial trial;
    struct wasm_builder body;
    build_begin_empty(&body);
    BUILD(&body, 1, 0xE8, 0xFE, 2, 0x7E);
    for (int i = 0; i < OPERANDS; i++)
        BUILD(&body, I64, 1);
    BUILD(&body, A0, A1, I64, 1, 0x7C, 0x37, MEMORY1(3), 0); /* store a1 + 1 */
    BUILD(&body, A0, A2, ATOMIC(0x1F, 3, 1));                /* add a2 */
    BUILD(&body, A0, 0x29, MEMORY1(3), 0, 0x7C);             /* load, add what was there */
    for (int i = 0; i < OPERANDS; i++)
        BUILD(&body, 0x7C);
    BUILD(&body, END);
    engine_begin(&trial);
    trial_end(&trial.load);
    trial_begin(&trial.load);
    trial.arena_cap = (size_t)32 << 20;
    trial.caps.stack_units = 100000;
    build(&trial, build_result(&body));
    assert_int_equal(engine_create(&trial), STATUS_OK);
    memcpy(trial.slots, ARGS(64, 1000, 5), 3 * sizeof trial.slots[0]);

    assert_int_equal(engine_call(&trial, 0), WASM_TRAP_NONE);

    assert_int_equal(trial.slots[0], OPERANDS + 1001 + 1006);
    engine_end(&trial);
    build_free(&body);
}

static void find_far(void *context, const char *line)
{
    unsigned *count = context;
    *count += strstr(line, "FAR_LOAD_64 a=0 b=0 c=0 d=4 memory=1 log2=0 rmw=0 offset=3") != NULL;
    *count += strstr(line, "ATOMIC_LOAD a=4 b=0 c=0 d=4 memory=1 log2=3 rmw=0 offset=0") != NULL;
}

TEST(far_cells_disassemble)
{
    (void)state;
    struct engine_trial trial;
    unsigned count = 0;
    (void)run(&trial, CODE(0, A0, 0x29, MEMORY1(0), 3, 0xFE, 3, 0, ATOMIC(0x11, 3, 1), END),
              ARGS(0));

    wasm_disasm(trial.instance, find_far, &count);

    assert_int_equal(count, 2);
    engine_end(&trial);
}

TEST_MAIN(T(a_64_bit_address_reaches_every_byte_and_no_other),
          T(an_effective_address_over_64_bits_is_out_of_bounds),
          T(every_load_and_store_keeps_its_width_and_sign), T(memories_do_not_see_each_other),
          T(growth_is_bounded_by_type_and_cap), T(pages_of_one_byte_are_counted_and_checked_singly),
          T(bulk_operators_work_between_any_two_memories), T(a_64_bit_table_is_indexed_by_64_bits),
          T(fuel_of_far_bulk_operators_is_a_unit_for_each_byte_page_and_element),
          T(an_atomic_modification_returns_what_was_there),
          T(a_compare_exchange_compares_in_the_width_of_the_access),
          T(an_unaligned_atomic_traps_before_it_is_out_of_bounds), T(nobody_is_notified),
          T(a_wait_ends_at_once_or_never), T(a_wait_wants_a_shared_memory),
          T(a_memory_under_two_indices_is_one_memory), T(far_cells_name_slots_beyond_16_bits),
          T(far_cells_disassemble))

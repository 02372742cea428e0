/*
 * Loads, stores and whole-memory operators (WASM 3.0 §4.6.7): values, bounds, what faults where.
 */
#include "tests/support/engine_trial.h"
#include "tests/support/test.h"

#define PAGE 65536u

#define BITS 0x819A4C49389888F0u

/* Stores the param at 16 and loads from there by `opcode`. */
static void load_gives(uint8_t opcode, const char *signature, uint64_t result)
{
    struct bytes body = CODE(0, 0x41, 16, 0x20, 0, 0x37, 3, 0, 0x41, 15, opcode, 0, 1, 0x0B);
    body_returns(signature, body, ARGS(BITS), result);
}

TEST(loads_extend_as_they_say)
{
    load_gives(0x28, "I:i", (uint32_t)BITS);
    load_gives(0x29, "I:I", BITS);
    load_gives(0x2A, "I:f", (uint32_t)BITS);
    load_gives(0x2B, "I:F", BITS);
    load_gives(0x2C, "I:i", 0xFFFFFFF0);
    load_gives(0x2D, "I:i", 0xF0);
    load_gives(0x2E, "I:i", 0xFFFF88F0);
    load_gives(0x2F, "I:i", 0x88F0);
    load_gives(0x30, "I:I", 0xFFFFFFFFFFFFFFF0);
    load_gives(0x31, "I:I", 0xF0);
    load_gives(0x32, "I:I", 0xFFFFFFFFFFFF88F0);
    load_gives(0x33, "I:I", 0x88F0);
    load_gives(0x34, "I:I", 0x389888F0);
    load_gives(0x35, "I:I", 0x389888F0);
}

/* The address comes from a param, an accumulator, or is constant; the value likewise. */
static void store_leaves(uint8_t opcode, char type, uint64_t value, uint64_t left)
{
    const char signature[] = {'i', type, ':', '\0'};
    struct bytes bodies[] = {
        CODE(0, 0x20, 0, 0x20, 1, opcode, 0, 2, 0x0B),
        CODE(0, 0x20, 0, 0x41, 0, 0x6A, 0x20, 1, opcode, 0, 2, 0x0B),
        CODE(0, 0x41, 6, 0x20, 1, opcode, 0, 2, 0x0B),
        CODE(0, 0x20, 0, 0x20, 0, 0x20, 0, 0x20, 0, 0x1A, 0x1A, 0x1A, 0x20, 1, opcode, 0, 2, 0x0B),
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct engine_trial trial;
        engine_begin(&trial);
        engine_body(&trial, signature, bodies[i]);
        memset(trial.guest_memory, 0x55, 24);
        trial.slots[0] = 6;
        trial.slots[1] = value;
        assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
        assert_int_equal(load_le64(trial.guest_memory + 8), left);
        assert_int_equal(load_le64(trial.guest_memory), 0x5555555555555555);
        engine_end(&trial);
    }
}

TEST(stores_write_their_width_and_no_more)
{
    store_leaves(0x36, 'i', 0x12345678, 0x5555555512345678);
    store_leaves(0x37, 'I', 0x123456789ABCDEF0, 0x123456789ABCDEF0);
    store_leaves(0x38, 'f', 0xFF812345, 0x55555555FF812345);
    store_leaves(0x39, 'F', 0xFFF0000000000123, 0xFFF0000000000123);
    store_leaves(0x3A, 'i', 0x12345678, 0x5555555555555578);
    store_leaves(0x3B, 'i', 0x12345678, 0x5555555555555678);
    store_leaves(0x3C, 'I', 0x123456789ABCDEF0, 0x55555555555555F0);
    store_leaves(0x3D, 'I', 0x123456789ABCDEF0, 0x555555555555DEF0);
    store_leaves(0x3E, 'I', 0x123456789ABCDEF0, 0x555555559ABCDEF0);
}

TEST(constants_are_stored)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, "i:",
                CODE(0, 0x20, 0, 0x41, 0x7F, 0x36, 2, 0, 0x20, 0, 0x42, 0x80, 0x80, 0x80, 0x80,
                     0x10, 0x37, 3, 8, 0x0B));
    trial.slots[0] = 8;

    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);

    assert_int_equal(load_le64(trial.guest_memory + 8), 0xFFFFFFFF);
    assert_int_equal(load_le64(trial.guest_memory + 16), 0x100000000);
    engine_end(&trial);
}

TEST(the_last_bytes_of_memory_can_be_read)
{
    body_returns("i:i", CODE(0, 0x20, 0, 0x28, 0, 0, 0x0B), ARGS(PAGE - 4), 0);
    body_returns("i:I", CODE(0, 0x20, 0, 0x29, 0, 0, 0x0B), ARGS(PAGE - 8), 0);
    body_returns("i:i", CODE(0, 0x20, 0, 0x2D, 0, 0, 0x0B), ARGS(PAGE - 1), 0);
}

TEST(one_byte_further_traps_at_the_load)
{
    enum wasm_trap trap = WASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    body_traps("i:i", CODE(0, 0x20, 0, 0x28, 0, 0, 0x0B), ARGS(PAGE - 3), trap, 3);
    body_traps("i:I", CODE(0, 0x20, 0, 0x29, 0, 0, 0x0B), ARGS(PAGE - 7), trap, 3);
    body_traps("i:i", CODE(0, 0x20, 0, 0x2D, 0, 0, 0x0B), ARGS(PAGE), trap, 3);
    body_traps("i:f", CODE(0, 0x20, 0, 0x2A, 0, 0, 0x0B), ARGS(PAGE - 3), trap, 3);
    body_traps("i:i", CODE(0, 0x20, 0, 0x28, 0, 0xFC, 0xFF, 0x03, 0x0B), ARGS(1), trap, 3);
}

TEST(address_and_offset_do_not_wrap)
{
    enum wasm_trap trap = WASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    struct bytes top = CODE(0, 0x20, 0, 0x28, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x0B);
    struct bytes constant = CODE(0, 0x41, 0x7F, 0x28, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x0B);
    body_traps("i:i", top, ARGS(1), trap, 3);
    body_traps("i:i", top, ARGS(0xFFFFFFFF), trap, 3);
    body_traps(":i", constant, ARGS(0), trap, 3);
}

TEST(a_load_traps_though_its_value_is_dropped)
{
    body_traps("i:", CODE(0, 0x20, 0, 0x28, 0, 0, 0x1A, 0x0B), ARGS(PAGE),
               WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 3);
    body_traps(":", CODE(0, 0x41, 0x7F, 0x2B, 0, 0, 0x1A, 0x0B), ARGS(0),
               WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 3);
}

TEST(a_load_that_feeds_an_operator_is_the_one_reported)
{
    body_traps("i:i", CODE(0, 0x41, 1, 0x20, 0, 0x28, 0, 0, 0x6A, 0x41, 1, 0x6A, 0x0B), ARGS(PAGE),
               WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 5);
}

TEST(a_store_out_of_bounds_writes_nothing)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, "i:", CODE(0, 0x20, 0, 0x42, 0x7F, 0x37, 0, 0, 0x0B));
    trial.slots[0] = PAGE - 7;

    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_MEMORY_OUT_OF_BOUNDS);

    assert_int_equal(trial.guest_memory[PAGE - 7], 0);
    engine_end(&trial);
}

TEST(memory_grows_up_to_its_cap_and_then_refuses)
{
    body_returns(":i", CODE(0, 0x3F, 0, 0x0B), ARGS(0), 1);
    body_returns(":i", CODE(0, 0x41, 3, 0x40, 0, 0x0B), ARGS(0), 1);
    body_returns(":i", CODE(0, 0x41, 4, 0x40, 0, 0x0B), ARGS(0), 0xFFFFFFFF);
    body_returns(":i", CODE(0, 0x41, 0x7F, 0x40, 0, 0x0B), ARGS(0), 0xFFFFFFFF);
    body_returns(":i", CODE(0, 0x41, 0, 0x40, 0, 0x0B), ARGS(0), 1);
}

TEST(grown_memory_can_be_used_at_once)
{
    body_returns(
        "i:i",
        CODE(0, 0x41, 1, 0x40, 0, 0x1A, 0x20, 0, 0x41, 9, 0x36, 0, 0, 0x20, 0, 0x28, 0, 0, 0x0B),
        ARGS(2 * PAGE - 4), 9);
}

TEST(fill_copy_and_init_accept_nothing_at_the_end_and_refuse_beyond)
{
    /* Destination (and source) the param, length the second. */
    struct bytes fill = CODE(0, 0x20, 0, 0x41, 1, 0x20, 1, 0xFC, 0x0B, 0, 0x0B);
    struct bytes copy = CODE(0, 0x20, 0, 0x20, 0, 0x20, 1, 0xFC, 0x0A, 0, 0, 0x0B);
    struct bytes init = CODE(0, 0x20, 0, 0x41, 0, 0x20, 1, 0xFC, 0x08, 0, 0, 0x0B);
    body_burns("ii:", fill, ARGS(PAGE, 0), 5);
    body_burns("ii:", copy, ARGS(PAGE, 0), 5);
    body_burns("ii:", init, ARGS(PAGE, 0), 5);
    body_traps("ii:", fill, ARGS(PAGE + 1, 0), WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 7);
    body_traps("ii:", copy, ARGS(PAGE + 1, 0), WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 7);
    body_traps("ii:", init, ARGS(PAGE + 1, 0), WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 7);
    body_traps("ii:", fill, ARGS(2, PAGE - 1), WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 7);
    body_traps("ii:", fill, ARGS(1, 0xFFFFFFFF), WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 7);
    body_traps("ii:", init, ARGS(0, 2), WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 7);
}

TEST(copy_moves_overlapping_bytes_as_if_through_a_buffer)
{
    static const uint8_t up[8] = {1, 2, 1, 2, 3, 4, 5, 6};
    static const uint8_t down[8] = {3, 4, 5, 6, 7, 8, 7, 8};
    for (int i = 0; i < 2; i++) {
        struct engine_trial trial;
        engine_begin(&trial);
        engine_body(&trial, "ii:", CODE(0, 0x20, 0, 0x20, 1, 0x41, 6, 0xFC, 0x0A, 0, 0, 0x0B));
        for (uint8_t at = 0; at < 8; at++)
            trial.guest_memory[at] = (uint8_t)(at + 1);
        trial.slots[0] = i == 0 ? 2 : 0;
        trial.slots[1] = i == 0 ? 0 : 2;
        assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
        assert_memory_equal(trial.guest_memory, i == 0 ? up : down, 8);
        engine_end(&trial);
    }
}

TEST(a_dropped_segment_is_empty)
{
    struct bytes body = CODE(0, 0xFC, 0x09, 0, 0x41, 0, 0x41, 0, 0x20, 0, 0xFC, 0x08, 0, 0, 0x0B);
    body_burns("i:", body, ARGS(0), 6);
    body_traps("i:", body, ARGS(1), WASM_TRAP_MEMORY_OUT_OF_BOUNDS, 10);
}

TEST(init_copies_from_the_segment)
{
    body_returns(":i",
                 CODE(0, 0x41, 5, 0x41, 0, 0x41, 1, 0xFC, 0x08, 0, 0, 0x41, 5, 0x2D, 0, 0, 0x0B),
                 ARGS(0), 'x');
}

TEST_MAIN(T(loads_extend_as_they_say), T(stores_write_their_width_and_no_more),
          T(constants_are_stored), T(the_last_bytes_of_memory_can_be_read),
          T(one_byte_further_traps_at_the_load), T(address_and_offset_do_not_wrap),
          T(a_load_traps_though_its_value_is_dropped),
          T(a_load_that_feeds_an_operator_is_the_one_reported),
          T(a_store_out_of_bounds_writes_nothing), T(memory_grows_up_to_its_cap_and_then_refuses),
          T(grown_memory_can_be_used_at_once),
          T(fill_copy_and_init_accept_nothing_at_the_end_and_refuse_beyond),
          T(copy_moves_overlapping_bytes_as_if_through_a_buffer), T(a_dropped_segment_is_empty),
          T(init_copies_from_the_segment))

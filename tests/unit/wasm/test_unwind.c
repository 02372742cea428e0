/*
 * tests/unit/wasm/test_unwind.c: exceptions thrown and caught: which clause, with what, at what
 * price, over which frames.
 */
#include "tests/support/control_trial.h"
#include "tests/support/test.h"

#define UNREACHABLE 0x00
#define BLOCK       0x02
#define LOOP        0x03
#define IF          0x04
#define ELSE        0x05
#define THROW       0x08
#define THROW_REF   0x0A
#define END         0x0B
#define BR          0x0C
#define BR_IF       0x0D
#define RETURN      0x0F
#define CALL        0x10
#define DROP        0x1A
#define TRY_TABLE   0x1F
#define GET         0x20
#define SET         0x21
#define TEE         0x22
#define I32         0x41
#define I64         0x42
#define I32_EQZ     0x45
#define I32_ADD     0x6A
#define I32_SUB     0x6B
#define I32_MUL     0x6C
#define WRAP        0xA7
#define REF_NULL    0xD0
#define EMPTY       0x40
#define T_I32       0x7F
#define T_EXN       0x69

#define C_TAG     0
#define C_REF     1
#define C_ALL     2
#define C_ALL_REF 3

static void returns(uint8_t type, struct bytes body, uint64_t argument, uint64_t result)
{
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {type, body});
    control_returns(&trial, 0, argument, result);
    control_end(&trial);
}

static void burns(const struct control_func *funcs, uint32_t count, uint64_t fuel)
{
    struct control_trial trial;
    control_begin(&trial);
    control_module_with(&trial, bytes_of(NULL, 0), 0, NULL, funcs, count);
    assert_int_equal(control_call(&trial, 0), WASM_TRAP_NONE);
    assert_int_equal(wasm_store_fuel_used(trial.store), fuel);
    control_end(&trial);
}

TEST(a_throw_caught_in_the_same_function_burns_3)
{
    (void)state;
    const struct control_func funcs[] = {
        {0, CODE(0, TRY_TABLE, EMPTY, 1, C_TAG, 0, 0, THROW, 0, END, END)}};
    burns(funcs, 1, 3);
}

TEST(a_call_that_throws_caught_burns_5)
{
    (void)state;
    const struct control_func funcs[] = {
        {0, CODE(0, TRY_TABLE, EMPTY, 1, C_ALL, 0, CALL, 1, END, END)},
        {0, CODE(0, THROW, 0, END)}};
    burns(funcs, 2, 5);
}

TEST(a_try_table_starts_no_fuel_block)
{
    (void)state;
    const struct control_func funcs[] = {
        {0, CODE(0, I32, 1, DROP, TRY_TABLE, EMPTY, 0, I32, 1, DROP, END, I32, 1, DROP, END)}};
    burns(funcs, 1, 5);
}

TEST(a_clause_gets_the_payload)
{
    (void)state;
    returns(1,
            CODE(0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, I32, 42, THROW, 1, END,
                 UNREACHABLE, END, END),
            0, 42);
    returns(2,
            CODE(0, BLOCK, 8, TRY_TABLE, EMPTY, 1, C_TAG, 2, 0, I64, 5, I32, 6, THROW, 2, END,
                 UNREACHABLE, END, SET, 0, WRAP, GET, 0, I32, 10, I32_MUL, I32_ADD, END),
            0, 65);
}

/* Throws tag 0, tag 1 with 7, tag 2 by its param; catch 0, catch_ref 1, catch_all. */
TEST(each_kind_of_clause_goes_to_its_label)
{
    (void)state;
    static const uint8_t body[] = {
        0,       BLOCK,  EMPTY,       BLOCK, 6,   BLOCK, EMPTY,  TRY_TABLE, EMPTY,   3,       C_TAG,
        0,       0,      C_REF,       1,     1,   C_ALL, 2,      GET,       0,       I32_EQZ, IF,
        EMPTY,   THROW,  0,           END,   GET, 0,     I32,    1,         I32_SUB, I32_EQZ, IF,
        EMPTY,   I32,    7,           THROW, 1,   END,   I64,    1,         I32,     1,       THROW,
        2,       END,    UNREACHABLE, END,   I32, 33,    RETURN, END,       DROP,    I32,     20,
        I32_ADD, RETURN, END,         I32,   44,  END};
    returns(2, bytes_of(body, sizeof body), 0, 33);
    returns(2, bytes_of(body, sizeof body), 1, 27);
    returns(2, bytes_of(body, sizeof body), 2, 44);
}

TEST(an_exception_can_be_kept_and_thrown_again)
{
    (void)state;
    returns(1,
            CODE(1, 1, T_EXN, BLOCK, T_EXN, TRY_TABLE, EMPTY, 1, C_ALL_REF, 0, I32, 9, THROW, 1,
                 END, UNREACHABLE, END, SET, 0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, GET,
                 0, THROW_REF, END, UNREACHABLE, END, END),
            0, 9);
}

TEST(no_exception_can_not_be_thrown)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(
        &trial, {0, CODE(0, TRY_TABLE, EMPTY, 1, C_ALL, 0, REF_NULL, T_EXN, THROW_REF, END, END)});
    control_traps(&trial, 0, 0, WASM_TRAP_NULL_REFERENCE, 0, 8);
    control_end(&trial);
}

TEST(the_first_clause_that_fits_wins)
{
    (void)state;
    returns(1,
            CODE(0, BLOCK, T_I32, BLOCK, T_I32, TRY_TABLE, EMPTY, 2, C_TAG, 1, 0, C_TAG, 1, 1, I32,
                 1, THROW, 1, END, UNREACHABLE, END, I32, 10, I32_ADD, END, END),
            0, 11);
}

TEST(a_clause_is_found_in_any_order_of_tags)
{
    (void)state;
    for (uint8_t order = 0; order < 6; order++) {
        static const uint8_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                            {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        static const uint8_t labels[] = {2, 1, 0}; /* by tag */
        static const uint64_t results[] = {50, 17, 30};
        const uint8_t *tag = orders[order];
        for (uint64_t thrown = 0; thrown < 3; thrown++)
            returns(2,
                    CODE(0, BLOCK, EMPTY, BLOCK, T_I32, BLOCK, 8, TRY_TABLE, EMPTY, 4, C_TAG,
                         tag[0], labels[tag[0]], C_TAG, tag[1], labels[tag[1]], C_TAG, tag[2],
                         labels[tag[2]], C_ALL, 2, GET, 0, I32_EQZ, IF, EMPTY, THROW, 0, END, GET,
                         0, I32, 1, I32_SUB, I32_EQZ, IF, EMPTY, I32, 17, THROW, 1, END, I64, 5,
                         I32, 30, THROW, 2, END, UNREACHABLE, END, SET, 0, DROP, GET, 0, RETURN,
                         END, RETURN, END, I32, 50, END),
                    thrown, results[thrown]);
    }
}

TEST(a_clause_behind_one_that_takes_all_is_not_asked)
{
    (void)state;
    returns(1,
            CODE(0, BLOCK, T_I32, BLOCK, EMPTY, TRY_TABLE, EMPTY, 2, C_ALL, 0, C_TAG, 1, 1, I32, 17,
                 THROW, 1, END, UNREACHABLE, END, I32, 42, END, END),
            0, 42);
}

TEST(a_clause_of_another_tag_is_passed)
{
    (void)state;
    returns(1,
            CODE(0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, BLOCK, EMPTY, TRY_TABLE, EMPTY,
                 1, C_TAG, 0, 0, I32, 3, THROW, 1, END, END, I32, 8, THROW, 1, END, UNREACHABLE,
                 END, END),
            0, 3);
}

TEST(what_a_handler_throws_goes_outwards)
{
    (void)state;
    returns(1,
            CODE(0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, BLOCK, T_I32, TRY_TABLE, EMPTY,
                 1, C_TAG, 1, 0, I32, 3, THROW, 1, END, UNREACHABLE, END, I32, 1, I32_ADD, THROW, 1,
                 END, UNREACHABLE, END, END),
            0, 4);
}

TEST(a_throw_behind_the_end_of_a_try_is_not_in_it)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {0, CODE(0, TRY_TABLE, EMPTY, 1, C_ALL, 0, END, THROW, 0, END)},
                   {0, CODE(0, TRY_TABLE, EMPTY, 1, C_ALL, 0, END, CALL, 0, END)},
                   {0, CODE(0, CALL, 0, TRY_TABLE, EMPTY, 1, C_ALL, 0, END, END)});
    control_traps(&trial, 0, 0, WASM_TRAP_UNCAUGHT_EXCEPTION, 0, 7);
    control_traps(&trial, 1, 0, WASM_TRAP_UNCAUGHT_EXCEPTION, 0, 7);
    control_traps(&trial, 2, 0, WASM_TRAP_UNCAUGHT_EXCEPTION, 0, 7);
    control_end(&trial);
}

/* param + 5, 11, and a value that is the param while the try changes it. */
TEST(values_below_the_label_survive)
{
    (void)state;
    returns(2,
            CODE(0, GET, 0, I32, 5, I32_ADD, I32, 11, GET, 0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1,
                 C_TAG, 1, 0, I32, 20, TEE, 0, THROW, 1, END, UNREACHABLE, END, I32_ADD, I32_ADD,
                 I32_ADD, GET, 0, I32_ADD, END),
            1, 6 + 11 + 1 + 20 + 20);
}

TEST(a_loop_throws_and_catches)
{
    (void)state;
    returns(2,
            CODE(1, 1, T_I32, LOOP, EMPTY, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, GET, 0,
                 THROW, 1, END, UNREACHABLE, END, GET, 1, I32_ADD, SET, 1, GET, 0, I32, 1, I32_SUB,
                 TEE, 0, BR_IF, 0, END, GET, 1, END),
            50000, 50000u * 50001u / 2);
}

/* Counts in a local to 100 by twos, then throws: the handler sees what was counted. */
TEST(locals_are_as_the_throw_left_them)
{
    (void)state;
    returns(2,
            CODE(1, 1, T_I32, BLOCK, EMPTY, TRY_TABLE, EMPTY, 1, C_TAG, 0, 0, LOOP, EMPTY, GET, 1,
                 I32, 2, I32_ADD, SET, 1, GET, 1, GET, 0, I32_SUB, BR_IF, 0, END, THROW, 0, END,
                 END, GET, 1, GET, 0, I32_ADD, END),
            100, 200);
}

TEST(a_loop_can_be_a_clauses_label)
{
    (void)state;
    /* The loop takes what was thrown: 3, 2, 1, and then ends. */
    returns(1,
            CODE(1, 1, T_I32, I32, 3, LOOP, 2, TEE, 0, TRY_TABLE, 2, 1, C_TAG, 1, 0, DROP, GET, 0,
                 I32_EQZ, IF, EMPTY, I32, 50, RETURN, END, GET, 0, I32, 1, I32_SUB, THROW, 1, END,
                 END, END),
            0, 50);
}

static const struct control_func deep[] = {
    {2, CODE(0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, GET, 0, CALL, 1, DROP, END,
             UNREACHABLE, END, END)},
    {2, CODE(0, GET, 0, I32_EQZ, IF, EMPTY, I32, 42, THROW, 1, END, GET, 0, I32, 1, I32_SUB, CALL,
             1, I32, 1, I32_ADD, END)},
};

TEST(an_exception_drops_ten_thousand_frames_and_gives_their_units_back)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    trial.caps.stack_units = 4 * 10001 + 4;
    control_module_with(&trial, bytes_of(NULL, 0), 0, NULL, deep, 2);
    for (uint32_t i = 0; i < 20; i++)
        control_returns(&trial, 0, 10000, 42);
    trial.slots[0] = 10001;
    assert_int_equal(control_call(&trial, 0), WASM_TRAP_STACK_EXHAUSTED);
    control_end(&trial);
}

TEST(a_trap_is_no_exception)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {0, CODE(0, TRY_TABLE, EMPTY, 1, C_ALL, 0, UNREACHABLE, END, END)});
    control_traps(&trial, 0, 0, WASM_TRAP_UNREACHABLE, 0, 6);
    control_end(&trial);
}

TEST(an_uncaught_exception_traps_at_its_throw)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial,
                   {1, CODE(0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, CALL, 1, END, I32, 0,
                            END, END)},
                   {0, CODE(0, I32, 0, DROP, THROW, 0, END)}, {0, CODE(0, CALL, 0, DROP, END)});
    for (uint32_t i = 0; i < 3; i++) {
        control_traps(&trial, 0, 0, WASM_TRAP_UNCAUGHT_EXCEPTION, 1, 4);
        control_traps(&trial, 1, 0, WASM_TRAP_UNCAUGHT_EXCEPTION, 1, 4);
        control_traps(&trial, 2, 0, WASM_TRAP_UNCAUGHT_EXCEPTION, 1, 4);
    }
    control_end(&trial);
}

/* The host's function calls f0, which throws; f1 would catch everything. */
TEST(an_exception_does_not_pass_a_host_function)
{
    (void)state;
    static const uint8_t imports[] = {1, 1, 'h', 4, 'c', 'a', 'l', 'l', 0, 2};
    const struct control_func funcs[] = {
        {2, CODE(0, GET, 0, IF, EMPTY, THROW, 0, END, I32, 5, END)},
        {2, CODE(0, BLOCK, EMPTY, TRY_TABLE, EMPTY, 1, C_ALL, 0, GET, 0, CALL, 0, RETURN, END, END,
                 I32, 9, END)},
    };
    struct control_trial trial;
    control_begin(&trial);
    control_module_with(&trial, bytes_of(imports, sizeof imports), 1, NULL, funcs, 2);
    control_returns(&trial, 1, 0, 5);
    trial.slots[0] = 1;
    assert_int_equal(control_call(&trial, 1), WASM_TRAP_UNCAUGHT_EXCEPTION);
    control_returns(&trial, 1, 0, 5);
    control_end(&trial);
}

/* The second instance imports tag 1 of the first (its own tags are 1 to 4) and a function of it
 * that throws. */
TEST(exceptions_cross_instances_and_tags_are_told_apart)
{
    (void)state;
    static const uint8_t imports[] = {2, 1, 'a', 1, 'f', 0, 2, 1, 'a', 1, 't', 4, 0, 3};
    const struct control_func funcs[] = {
        {2, CODE(0, BLOCK, T_I32, BLOCK, T_I32, TRY_TABLE, EMPTY, 2, C_TAG, 2, 0, C_TAG, 0, 1, GET,
                 0, CALL, 0, RETURN, END, UNREACHABLE, END, I32, 50, I32_ADD, END, I32, 1, I32_ADD,
                 END)}};
    struct control_trial trial;
    control_begin(&trial);
    trial.caps.stack_units = 60;
    CONTROL_MODULE(&trial, {2, CODE(0, GET, 0, THROW, 1, END)});
    const struct wasm_extern given[] = {control_export(trial.instance, "f0"),
                                        control_export(trial.instance, "t1")};
    control_module_with(&trial, bytes_of(imports, sizeof imports), 1, given, funcs, 1);
    for (uint32_t i = 0; i < 100; i++)
        control_returns(&trial, 0, i, i + 1);
    control_end(&trial);
}

TEST(a_label_that_can_not_be_paid_is_out_of_fuel)
{
    (void)state;
    for (uint64_t lack = 0; lack <= 1; lack++) {
        struct control_trial trial;
        control_begin(&trial);
        trial.caps.fuel = 5 - lack;
        CONTROL_MODULE(&trial, {1, CODE(0, BLOCK, EMPTY, TRY_TABLE, EMPTY, 1, C_ALL, 0, THROW, 0,
                                        END, END, I32, 1, I32, 2, DROP, END)});
        if (lack == 0)
            control_returns(&trial, 0, 0, 1);
        else
            control_traps(&trial, 0, 0, WASM_TRAP_OUT_OF_FUEL, 0, 12);
        control_end(&trial);
    }
}

TEST(an_exception_carries_a_thousand_values)
{
    (void)state;
    struct wasm_builder b;
    build_begin_empty(&b);
    BUILD(&b, 0, BLOCK, 11, TRY_TABLE, EMPTY, 1, C_TAG, 3, 0);
    for (uint32_t i = 0; i < 1000; i++)
        BUILD(&b, I32, (uint8_t)(i & 0x3F));
    BUILD(&b, THROW, 3, END, UNREACHABLE, END);
    build_fill(&b, I32_ADD, 999);
    build_byte(&b, END);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < 1000; i++)
        sum += i & 0x3F;
    returns(1, build_result(&b), 0, sum);
    build_free(&b);
}

/* A vector takes two slots of the payload, and of the label. */
TEST(a_vector_is_carried_whole)
{
    (void)state;
    returns(2,
            CODE(0, BLOCK, 13, TRY_TABLE, EMPTY, 1, C_TAG, 4, 0, 0xFD, 0x0C, 1, 0, 0, 0, 2, 0, 0, 0,
                 3, 0, 0, 0, 4, 0, 0, 0, I32, 50, THROW, 4, END, UNREACHABLE, END, SET, 0, 0xFD,
                 0x1B, 3, GET, 0, I32_ADD, END),
            0, 54);
}

/* All but the outermost want tag 0. */
TEST(a_thousand_nested_tries_are_asked_from_the_inside)
{
    (void)state;
    struct wasm_builder b;
    build_begin_empty(&b);
    BUILD(&b, 0, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0);
    for (uint32_t i = 0; i < 1000; i++)
        BUILD(&b, BLOCK, EMPTY, TRY_TABLE, EMPTY, 1, C_TAG, 0, 0);
    BUILD(&b, I32, 17, THROW, 1);
    build_fill(&b, END, 2000);
    BUILD(&b, END, UNREACHABLE, END, END);
    returns(1, build_result(&b), 0, 17);
    build_free(&b);
}

/* 50,000 locals and 16,000 operands: the payload's slot has no 16-bit name. */
TEST(a_wide_frame_catches)
{
    (void)state;
    struct wasm_builder b;
    build_begin_empty(&b);
    BUILD(&b, 1);
    build_u32(&b, 49999);
    BUILD(&b, T_I32);
    for (uint32_t i = 0; i < 16000; i++)
        BUILD(&b, I32, 1);
    BUILD(&b, BLOCK, T_I32, TRY_TABLE, EMPTY, 1, C_TAG, 1, 0, GET, 0, THROW, 1, END, UNREACHABLE,
          END);
    build_fill(&b, I32_ADD, 16000);
    build_byte(&b, END);
    returns(2, build_result(&b), 5, 16005);
    build_free(&b);
}

/* The same module in arenas of all sizes: what does not fit is refused, what fits runs. */
TEST(an_arena_of_any_size_gives_code_or_a_clean_refusal)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    control_module_with(&trial, bytes_of(NULL, 0), 0, NULL, deep, 2);
    const struct wasm_module *module = wasm_instance_module(trial.instance);
    struct wasm_caps caps = trial.caps;
    caps.stack_units = 100;
    caps.heap_bytes = 1024;
    bool has_run = false;
    for (size_t cap = 4096; !has_run || cap % 1024 != 0; cap += 56) {
        struct wasm_store *store;
        struct wasm_instance *instance = NULL;
        struct report report;
        struct arena arena;
        uint8_t *memory = calloc(1, cap);
        assert_non_null(memory);
        arena_init(&arena, memory, cap);
        report_init(&report);
        enum status status = wasm_store_create(&trial.host, &caps, &arena, &store, &report);
        if (status == STATUS_OK)
            status = wasm_instance_create(store, module, NULL, &instance, &trial.outcome, &report);
        if (status == STATUS_OK) {
            uint64_t slots[2] = {5};
            assert_int_equal(wasm_call(instance, 0, slots, &trial.outcome), STATUS_OK);
            assert_int_equal(trial.outcome.trap, WASM_TRAP_NONE);
            assert_int_equal(slots[0], 42);
            has_run = true;
        } else {
            assert_int_equal(status, STATUS_NO_MEMORY);
            assert_false(has_run);
        }
        free(memory);
        assert_in_range(cap, 0, (size_t)1 << 20);
    }
    control_end(&trial);
}

TEST_MAIN(T(a_throw_caught_in_the_same_function_burns_3), T(a_call_that_throws_caught_burns_5),
          T(a_try_table_starts_no_fuel_block), T(a_clause_gets_the_payload),
          T(each_kind_of_clause_goes_to_its_label), T(an_exception_can_be_kept_and_thrown_again),
          T(no_exception_can_not_be_thrown), T(the_first_clause_that_fits_wins),
          T(a_clause_is_found_in_any_order_of_tags),
          T(a_clause_behind_one_that_takes_all_is_not_asked), T(a_clause_of_another_tag_is_passed),
          T(what_a_handler_throws_goes_outwards), T(a_throw_behind_the_end_of_a_try_is_not_in_it),
          T(values_below_the_label_survive), T(a_loop_throws_and_catches),
          T(locals_are_as_the_throw_left_them), T(a_loop_can_be_a_clauses_label),
          T(an_exception_drops_ten_thousand_frames_and_gives_their_units_back),
          T(a_trap_is_no_exception), T(an_uncaught_exception_traps_at_its_throw),
          T(an_exception_does_not_pass_a_host_function),
          T(exceptions_cross_instances_and_tags_are_told_apart),
          T(a_label_that_can_not_be_paid_is_out_of_fuel), T(an_exception_carries_a_thousand_values),
          T(a_vector_is_carried_whole), T(a_thousand_nested_tries_are_asked_from_the_inside),
          T(a_wide_frame_catches), T(an_arena_of_any_size_gives_code_or_a_clean_refusal))

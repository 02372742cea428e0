/*
 * tests/unit/wasm/test_interp_tail.c: tail calls, and calls of references.
 */
#include "tests/support/control_trial.h"
#include "tests/support/test.h"

#define IF                   0x04
#define ELSE                 0x05
#define END                  0x0B
#define CALL                 0x10
#define RETURN_CALL          0x12
#define RETURN_CALL_INDIRECT 0x13
#define CALL_REF             0x14
#define RETURN_CALL_REF      0x15
#define DROP                 0x1A
#define GET                  0x20
#define I32                  0x41
#define I32_EQZ              0x45
#define RETURN               0x0F
#define I32_ADD              0x6A
#define I32_SUB              0x6B
#define REF_NULL             0xD0
#define REF_FUNC             0xD2
#define EMPTY                0x40

static const uint64_t million = 1000000;

/* Two functions that call each other n times in the end: even gives 1, odd 0. */
#define EVEN_ODD(answer, ...)                                                                      \
    CODE(0, GET, 0, 0x45, IF, EMPTY, I32, (answer), 0x0F, END, GET, 0, I32, 1, I32_SUB,            \
         __VA_ARGS__, END)

TEST(a_million_tail_calls_take_one_frame)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    trial.caps.stack_units = 4; /* 1 + param + 2 operands */
    CONTROL_MODULE(&trial, {2, EVEN_ODD(1, RETURN_CALL, 1)}, {2, EVEN_ODD(0, RETURN_CALL, 0)});
    control_returns(&trial, 0, million, 1);
    control_returns(&trial, 0, million + 1, 0);
    control_end(&trial);
}

TEST(a_million_indirect_tail_calls_take_one_frame)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    trial.caps.stack_units = 4;
    CONTROL_MODULE(&trial, {2, EVEN_ODD(1, I32, 1, RETURN_CALL_INDIRECT, 2, 0)},
                   {2, EVEN_ODD(0, I32, 0, RETURN_CALL_INDIRECT, 2, 0)});
    control_returns(&trial, 0, million, 1);
    control_returns(&trial, 1, million, 0);
    control_end(&trial);
}

TEST(a_million_tail_calls_of_references_take_one_frame)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    trial.caps.stack_units = 4;
    CONTROL_MODULE(&trial, {2, EVEN_ODD(1, REF_FUNC, 1, RETURN_CALL_REF, 2)},
                   {2, EVEN_ODD(0, REF_FUNC, 0, RETURN_CALL_REF, 2)});
    control_returns(&trial, 0, million, 1);
    control_returns(&trial, 1, million, 0);
    control_end(&trial);
}

TEST(a_tail_call_burns_what_a_call_burns)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {0, CODE(0, RETURN_CALL, 1, END)}, {0, CODE(0, END)});
    assert_int_equal(control_call(&trial, 0), WASM_TRAP_NONE);
    assert_int_equal(wasm_store_fuel_used(trial.store), 3); /* two entries, one operator */
    control_end(&trial);
}

TEST(what_is_no_callee_traps_at_the_tail_call)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {2, CODE(0, GET, 0, I32, 7, RETURN_CALL_INDIRECT, 2, 0, END)},
                   {2, CODE(0, GET, 0, I32, 16, RETURN_CALL_INDIRECT, 2, 0, END)},
                   {0, CODE(0, I32, 0, RETURN_CALL_INDIRECT, 0, 0, END)},
                   {2, CODE(0, GET, 0, REF_NULL, 2, RETURN_CALL_REF, 2, END)},
                   {2, CODE(0, GET, 0, REF_NULL, 2, CALL_REF, 2, END)});
    control_traps(&trial, 0, 0, WASM_TRAP_NULL_REFERENCE, 0, 5);
    control_traps(&trial, 1, 0, WASM_TRAP_UNDEFINED_ELEMENT, 1, 5);
    control_traps(&trial, 2, 0, WASM_TRAP_INDIRECT_CALL_TYPE, 2, 3);
    control_traps(&trial, 3, 0, WASM_TRAP_NULL_REFERENCE, 3, 5);
    control_traps(&trial, 4, 0, WASM_TRAP_NULL_REFERENCE, 4, 5);
    control_end(&trial);
}

TEST(a_reference_is_called_from_a_slot_and_from_an_accumulator)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(&trial, {2, CODE(0, GET, 0, I32, 5, I32_ADD, END)},
                   {2, CODE(0, GET, 0, REF_FUNC, 0, CALL_REF, 2, REF_FUNC, 0, CALL_REF, 2, END)},
                   /* the reference is a call's result */
                   {2, CODE(1, 1, 0x64, 2, REF_FUNC, 0, 0x21, 1, GET, 0, GET, 1, CALL_REF, 2, GET,
                            1, CALL_REF, 2, END)});
    control_returns(&trial, 1, 10, 20);
    control_returns(&trial, 2, 20, 30);
    control_end(&trial);
}

/* The callee has 100 locals: its frame takes 1 + 1 + 100 + 1 units, the caller's 3. */
TEST(the_callees_frame_is_checked_at_the_tail_call_with_the_callers_given_back)
{
    (void)state;
    for (uint32_t lack = 0; lack <= 1; lack++) {
        struct control_trial trial;
        control_begin(&trial);
        trial.caps.stack_units = 103 - lack;
        CONTROL_MODULE(&trial, {2, CODE(0, GET, 0, RETURN_CALL, 1, END)},
                       {2, CODE(1, 100, 0x7F, GET, 0, END)});
        if (lack == 0)
            control_returns(&trial, 0, 9, 9);
        else
            control_traps(&trial, 0, 9, WASM_TRAP_STACK_EXHAUSTED, 0, 3);
        control_end(&trial);
    }
}

TEST(locals_of_a_tail_called_function_start_at_zero)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    CONTROL_MODULE(
        &trial,
        {2, CODE(1, 4, 0x7F, I32, 9, 0x21, 1, I32, 9, 0x21, 2, I32, 9, 0x21, 3, I32, 0, RETURN_CALL,
                 1, END)},
        {2, CODE(1, 4, 0x7F, GET, 1, GET, 2, I32_ADD, GET, 3, I32_ADD, GET, 4, I32_ADD, END)});
    control_returns(&trial, 0, 1, 0);
    control_end(&trial);
}

TEST(arguments_may_be_exchanged)
{
    (void)state;
    struct control_trial trial;
    control_begin(&trial);
    /* f0(n) = f1(n, 3); f1(a, b) = f2(b, a); f2(a, b) = a - b */
    CONTROL_MODULE(&trial, {2, CODE(0, GET, 0, I32, 3, RETURN_CALL, 1, END)},
                   {9, CODE(0, GET, 1, GET, 0, RETURN_CALL, 2, END)},
                   {9, CODE(0, GET, 0, GET, 1, I32_SUB, END)});
    control_returns(&trial, 0, 1, 2);
    control_end(&trial);
}

TEST(a_host_function_may_be_tail_called)
{
    (void)state;
    static const uint8_t imports[] = {2, 1,   'h', 4,   'c', 'a', 'l', 'l', 0, 2,
                                      1, 'h', 5,   's', 'e', 'v', 'e', 'n', 0, 1};
    const struct control_func funcs[] = {
        {2, CODE(0, GET, 0, I32, 9, I32_SUB, 0x45, IF, EMPTY, 0x00, END, GET, 0, I32, 1, I32_ADD,
                 END)},
        {1, CODE(0, RETURN_CALL, 1, END)},
        {2, CODE(0, GET, 0, RETURN_CALL, 0, END)},
        {1, CODE(0, I32, 1, RETURN_CALL_INDIRECT, 1, 0, END)},
    };
    struct control_trial trial;
    control_begin(&trial);
    control_module_with(&trial, bytes_of(imports, sizeof imports), 2, NULL, funcs, 4);
    control_returns(&trial, 1, 0, 7);
    control_returns(&trial, 2, 41, 42);
    /* the host's trap is the tail call's */
    control_traps(&trial, 2, 9, WASM_TRAP_UNREACHABLE, 2, 3);
    control_returns(&trial, 3, 0, 7);
    control_end(&trial);
}

/* 50,000 locals and 16,000 operands: the argument's slot has no 16-bit name. */
TEST(a_wide_frame_ends_in_a_tail_call)
{
    (void)state;
    struct control_trial trial;
    struct wasm_builder b;
    build_begin_empty(&b);
    BUILD(&b, 1);
    build_u32(&b, 49999);
    BUILD(&b, 0x7F);
    for (uint32_t i = 0; i < 16000; i++)
        BUILD(&b, I32, 1);
    BUILD(&b, GET, 0, RETURN_CALL, 1, END);
    control_begin(&trial);
    trial.caps.stack_units = 70000;
    CONTROL_MODULE(&trial, {2, build_result(&b)},
                   {2, CODE(0, GET, 0, I32_EQZ, IF, EMPTY, I32, 3, RETURN, END, GET, 0, I32, 1,
                            I32_SUB, RETURN_CALL, 0, END)});
    control_returns(&trial, 0, 100, 3);
    control_end(&trial);
    build_free(&b);
}

/* Throws the sum of its other params when the first one is 0; else takes 1 off the first, which
 * becomes the last one, too. */
TEST(a_thousand_arguments_are_passed_in_the_end)
{
    (void)state;
    struct control_trial trial;
    struct wasm_builder first, second;
    build_begin_empty(&first);
    build_begin_empty(&second);
    BUILD(&first, 0, GET, 0);
    for (uint32_t i = 1; i < 1000; i++)
        BUILD(&first, I32, 5);
    BUILD(&first, RETURN_CALL, 1, END);
    BUILD(&second, 0, GET, 0, IF, EMPTY);
    for (uint32_t i = 0; i < 1000; i++) {
        build_byte(&second, GET);
        build_u32(&second, (i + 1) % 1000 == 0 ? 0 : i);
        BUILD(&second, I32, i == 0, I32_SUB);
    }
    BUILD(&second, RETURN_CALL, 1, END, GET, 1);
    for (uint32_t i = 2; i < 1000; i++) {
        build_byte(&second, GET);
        build_u32(&second, i);
        build_byte(&second, I32_ADD);
    }
    BUILD(&second, 0x08, 1, END);
    control_begin(&trial);
    CONTROL_MODULE(
        &trial, {3, build_result(&first)}, {10, build_result(&second)},
        {2, CODE(0, 0x02, 0x7F, 0x1F, EMPTY, 1, 0, 1, 0, GET, 0, CALL, 0, END, 0x00, END, END)});
    control_returns(&trial, 2, 100, 998 * 5 + 1);
    control_end(&trial);
    build_free(&first);
    build_free(&second);
}

/* Two instances share the first one's table; its function 1 is the second one's by then. */
TEST(tail_calls_between_instances_take_no_stack)
{
    (void)state;
    static const uint8_t imports[] = {2, 1, 'a', 1, 'f', 0, 2, 1, 'a', 1, 'T', 1, 0x70, 0, 16};
    const struct control_func second[] = {{2, EVEN_ODD(6, RETURN_CALL, 0)}};
    struct control_trial trial;
    control_begin(&trial);
    trial.caps.stack_units = 8; /* a frame and a crossing */
    CONTROL_MODULE(&trial, {2, EVEN_ODD(5, I32, 1, RETURN_CALL_INDIRECT, 2, 0)});
    const struct wasm_extern given[] = {control_export(trial.instance, "f0"),
                                        control_export(trial.instance, "T")};
    control_module_with(&trial, bytes_of(imports, sizeof imports), 1, given, second, 1);
    control_returns(&trial, 0, million, 6);
    control_returns(&trial, 0, million + 1, 5);
    assert_int_equal(wasm_call_ref(trial.store, given[0].func, trial.slots, &trial.outcome),
                     STATUS_OK);
    assert_int_equal(trial.outcome.trap, WASM_TRAP_NONE);
    control_end(&trial);
}

TEST_MAIN(T(a_million_tail_calls_take_one_frame), T(a_million_indirect_tail_calls_take_one_frame),
          T(a_million_tail_calls_of_references_take_one_frame),
          T(a_tail_call_burns_what_a_call_burns), T(what_is_no_callee_traps_at_the_tail_call),
          T(a_reference_is_called_from_a_slot_and_from_an_accumulator),
          T(the_callees_frame_is_checked_at_the_tail_call_with_the_callers_given_back),
          T(locals_of_a_tail_called_function_start_at_zero), T(arguments_may_be_exchanged),
          T(a_host_function_may_be_tail_called), T(a_wide_frame_ends_in_a_tail_call),
          T(a_thousand_arguments_are_passed_in_the_end),
          T(tail_calls_between_instances_take_no_stack))

/*
 * tests/unit/component/test_instantiate.c: graphs of instances: deep, many, and with too little
 * room.
 */
#include "aether/abi/outcome.h"
#include "tests/support/linked_trial.h"
#include "tests/support/test.h"

TEST(components_call_each_other_sixty_deep)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "chain");

    assert_int_equal(linked_trial_u32(&trial, "shallow", 100), 160);
    linked_trial_end(&trial);
}

TEST(deeper_calls_exhaust_the_stack_and_nothing_else)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "chain");
    const struct component_value number = linked_trial_number(100);

    assert_int_equal(linked_trial_call(&trial, "deep", &number), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_STACK_EXHAUSTED);
    assert_string_equal(trial.report.text, wasm_trap_text(WASM_TRAP_STACK_EXHAUSTED));
    linked_trial_end(&trial);
}

TEST(functions_that_are_only_lifted_and_lowered_are_calls_as_well)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "relift");

    assert_int_equal(linked_trial_call(&trial, "few", NULL), STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.touched, 1);
    assert_int_equal(linked_trial_call(&trial, "many", NULL), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_STACK_EXHAUSTED);
    assert_int_equal(trial.touched, 1);
    linked_trial_end(&trial);
}

TEST(a_few_lines_that_ask_for_many_instances_meet_the_limit)
{
    struct linked_trial trial;
    linked_trial_begin(&trial, "multiply", 0);

    assert_int_equal(linked_trial_link(&trial), STATUS_LIMIT);

    assert_string_equal(trial.report.text, "over 10000 instances");
    linked_trial_end(&trial);
}

TEST(a_start_function_may_call_the_host)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "start");

    assert_int_equal(trial.touched, 1);
    assert_int_equal(linked_trial_u32(&trial, "f", 0), 1);
    linked_trial_end(&trial);
}

TEST(a_start_function_that_is_refused_is_a_trap_of_instantiation)
{
    struct linked_trial trial;
    linked_trial_begin(&trial, "start", 0);
    trial.host = (struct component_host){.traps_unknown = true};

    assert_int_equal(linked_trial_link(&trial), STATUS_TRAP);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_HOST_REFUSED);
    assert_int_equal(trial.outcome.wasm.reason, REFUSAL_UNKNOWN_IMPORT);
    assert_string_equal(trial.report.text, "import \"touch\", which nobody offers, was called");
    linked_trial_end(&trial);
}

/* Every allocation refused in turn: a status and a sentence, never a crash. */
static void refuse_each(const char *name)
{
    bool is_linked = false;
    for (uint64_t n = 1; !is_linked; n++) {
        struct linked_trial trial;
        linked_trial_begin(&trial, name, (size_t)4 << 20);
        trial.arena.refuse_at = n;
        enum status status = linked_trial_link(&trial);
        is_linked = status == STATUS_OK;
        if (!is_linked) {
            assert_int_equal(status, STATUS_NO_MEMORY);
            assert_true(trial.report.is_set);
        }
        linked_trial_end(&trial);
    }
}

TEST(every_allocation_of_instantiation_may_be_refused)
{
    refuse_each("host");
    refuse_each("resource");
    refuse_each("reenter");
}

TEST_MAIN(T(components_call_each_other_sixty_deep),
          T(deeper_calls_exhaust_the_stack_and_nothing_else),
          T(functions_that_are_only_lifted_and_lowered_are_calls_as_well),
          T(a_few_lines_that_ask_for_many_instances_meet_the_limit),
          T(a_start_function_may_call_the_host),
          T(a_start_function_that_is_refused_is_a_trap_of_instantiation),
          T(every_allocation_of_instantiation_may_be_refused))

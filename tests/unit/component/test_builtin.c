/*
 * tests/unit/component/test_builtin.c: asynchronous functions that complete at once, the rules of
 * task.return, and built-ins that this engine lacks.
 */
#include "aether/abi/outcome.h"
#include "tests/support/linked_trial.h"
#include "tests/support/test.h"

static void is_refused(const char *name, const struct component_value *params, uint32_t refusal,
                       const char *sentence)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "builtins");
    linked_trial_refused(&trial, name, params, refusal, sentence);
    linked_trial_end(&trial);
}

static void returns(struct linked_trial *trial, const char *name, uint32_t number)
{
    assert_int_equal(linked_trial_call(trial, name, NULL), STATUS_OK);
    assert_int_equal(trial->outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial->result.u, number);
}

TEST(an_async_function_gives_its_result_by_task_return)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "builtins");

    returns(&trial, "answer", 42);
    returns(&trial, "answer", 42);
    assert_int_equal(linked_trial_call(&trial, "nothing", NULL), STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(linked_trial_call(&trial, "text", NULL), STATUS_OK);
    assert_int_equal(trial.result.string.len, 4);
    assert_memory_equal(trial.result.string.data, "text", 4);
    linked_trial_end(&trial);
}

TEST(an_async_function_that_has_completed_is_lowered_either_way)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "builtins");

    returns(&trial, "sync-answer", 42);
    returns(&trial, "async-answer", 42);
    returns(&trial, "async-text", 't');
    returns(&trial, "async-sum", 15);
    linked_trial_end(&trial);
}

TEST(task_return_is_called_exactly_once)
{
    is_refused("twice", NULL, REFUSAL_CANONICAL_ABI, "task.return called more than once");
    is_refused("never", NULL, REFUSAL_CANONICAL_ABI,
               "async function ended without a call of task.return");
}

TEST(task_return_has_the_type_and_options_of_its_function)
{
    is_refused("other", NULL, REFUSAL_CANONICAL_ABI,
               "task.return called with another type of result than the function's");
    is_refused("utf16", NULL, REFUSAL_CANONICAL_ABI,
               "task.return called with other options than the function's");
    is_refused("bad-text", NULL, REFUSAL_CANONICAL_ABI,
               "string pointer/length out of bounds of memory");
}

TEST(task_return_is_for_functions_that_are_lifted_async)
{
    is_refused("sync", NULL, REFUSAL_CANONICAL_ABI,
               "task.return called from a function that is not lifted async");
}

TEST(a_function_with_a_callback_may_only_exit)
{
    struct linked_trial trial;
    const struct component_value yield = linked_trial_number(1), wait = linked_trial_number(2),
                                 none = linked_trial_number(3);
    linked_trial_ready(&trial, "builtins");
    assert_int_equal(linked_trial_u32(&trial, "code", 0), 7);
    linked_trial_end(&trial);
    is_refused("code", &yield, REFUSAL_UNSUPPORTED, "unsupported: async function that yields");
    is_refused("code", &wait, REFUSAL_UNSUPPORTED, "unsupported: async function that waits");
    is_refused("code", &none, REFUSAL_CANONICAL_ABI, "unsupported callback code");
}

TEST(what_this_engine_lacks_traps_by_its_name_when_it_is_called)
{
    is_refused("stream", NULL, REFUSAL_UNSUPPORTED, "unsupported: canon stream.new");
    is_refused("yield", NULL, REFUSAL_UNSUPPORTED, "unsupported: canon thread.yield");
}

TEST(each_call_has_a_context_of_its_own_and_so_has_the_start)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "builtins");

    returns(&trial, "context", 509);
    returns(&trial, "context", 509);
    linked_trial_end(&trial);
}

TEST(backpressure_holds_async_functions_alone)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "builtins");

    assert_int_equal(linked_trial_call(&trial, "more", NULL), STATUS_OK);
    assert_int_equal(linked_trial_call(&trial, "less", NULL), STATUS_OK);
    returns(&trial, "answer", 42);
    assert_int_equal(linked_trial_call(&trial, "more", NULL), STATUS_OK);
    returns(&trial, "context", 509);
    linked_trial_refused(&trial, "answer", NULL, REFUSAL_UNSUPPORTED,
                         "unsupported: waiting for backpressure to end");
    linked_trial_end(&trial);
    is_refused("less", NULL, REFUSAL_CANONICAL_ABI, "backpressure counter overflow");
}

TEST_MAIN(T(an_async_function_gives_its_result_by_task_return),
          T(an_async_function_that_has_completed_is_lowered_either_way),
          T(task_return_is_called_exactly_once),
          T(task_return_has_the_type_and_options_of_its_function),
          T(task_return_is_for_functions_that_are_lifted_async),
          T(a_function_with_a_callback_may_only_exit),
          T(what_this_engine_lacks_traps_by_its_name_when_it_is_called),
          T(each_call_has_a_context_of_its_own_and_so_has_the_start),
          T(backpressure_holds_async_functions_alone))

/*
 * tests/unit/component/test_canon.c: canonical functions where a component may not leave or be
 * entered.
 */
#include "aether/abi/outcome.h"
#include "tests/support/linked_trial.h"
#include "tests/support/test.h"

enum mode { HARMLESS, CALL_IMPORT, NEW, DROP, REP, TRAP };

static void set(struct linked_trial *trial, enum mode mode)
{
    const struct component_value number = linked_trial_number(mode);
    linked_trial_ready(trial, "hostile");
    assert_int_equal(linked_trial_call(trial, "set", &number), STATUS_OK);
    assert_int_equal(trial->outcome.wasm.trap, WASM_TRAP_NONE);
}

TEST(a_realloc_may_not_leave_its_component)
{
    static const enum mode modes[] = {CALL_IMPORT, NEW, DROP};
    const struct component_value text = linked_trial_string("text");
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct linked_trial trial;
        set(&trial, modes[i]);
        linked_trial_refused(&trial, "in-realloc", &text, REFUSAL_CANNOT_LEAVE,
                             "cannot leave component instance");
        assert_int_equal(trial.touched, 0);
        linked_trial_end(&trial);
    }
}

TEST(a_post_return_may_not_leave_its_component)
{
    static const enum mode modes[] = {CALL_IMPORT, NEW, DROP};
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct linked_trial trial;
        set(&trial, modes[i]);
        linked_trial_refused(&trial, "in-post-return", NULL, REFUSAL_CANNOT_LEAVE,
                             "cannot leave component instance");
        assert_int_equal(trial.touched, 0);
        linked_trial_end(&trial);
    }
}

TEST(both_may_ask_for_a_representation)
{
    struct linked_trial trial;
    const struct component_value text = linked_trial_string("text");
    set(&trial, REP);

    assert_int_equal(linked_trial_call(&trial, "in-realloc", &text), STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.result.u, 4);
    assert_int_equal(linked_trial_u32(&trial, "in-post-return", 0), 42);
    linked_trial_end(&trial);
}

TEST(post_return_runs_once_for_each_call_with_the_core_result)
{
    struct linked_trial trial;
    set(&trial, HARMLESS);

    assert_int_equal(linked_trial_u32(&trial, "in-post-return", 0), 42);
    assert_int_equal(linked_trial_u32(&trial, "in-post-return", 0), 42);

    assert_int_equal(linked_trial_u32(&trial, "returned", 0), 2);
    linked_trial_end(&trial);
}

TEST(traps_of_realloc_and_post_return_are_those_of_the_call)
{
    struct linked_trial trial;
    const struct component_value text = linked_trial_string("text");
    set(&trial, TRAP);
    assert_int_equal(linked_trial_call(&trial, "in-realloc", &text), STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_UNREACHABLE);
    assert_non_null(trial.outcome.wasm.instance);
    linked_trial_end(&trial);

    set(&trial, TRAP);
    assert_int_equal(linked_trial_call(&trial, "in-post-return", NULL), STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_UNREACHABLE);
    assert_int_equal(linked_trial_call(&trial, "returned", NULL), STATUS_DENIED);
    linked_trial_end(&trial);
}

TEST(a_parent_is_entered_again_from_its_child_but_the_child_is_not)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "reenter");
    const struct component_value one = linked_trial_number(1);

    assert_int_equal(linked_trial_u32(&trial, "f", 0), 100);

    linked_trial_refused(&trial, "f", &one, REFUSAL_CANNOT_ENTER,
                         "cannot enter component instance");
    assert_int_equal(linked_trial_call(&trial, "f", &one), STATUS_DENIED);
    linked_trial_end(&trial);
}

TEST_MAIN(T(a_realloc_may_not_leave_its_component), T(a_post_return_may_not_leave_its_component),
          T(both_may_ask_for_a_representation),
          T(post_return_runs_once_for_each_call_with_the_core_result),
          T(traps_of_realloc_and_post_return_are_those_of_the_call),
          T(a_parent_is_entered_again_from_its_child_but_the_child_is_not))

/*
 * tests/unit/component/test_handles.c: tables of handles, and resources of guests.
 */
#include "aether/abi/outcome.h"
#include "core/component/limits.h"
#include "tests/support/linked_trial.h"
#include "tests/support/test.h"

static struct component_value make(struct linked_trial *trial, uint32_t number)
{
    const struct component_value param = linked_trial_number(number);
    assert_int_equal(linked_trial_call(trial, "make", &param), STATUS_OK);
    assert_int_equal(trial->outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial->result.kind, COMPONENT_OWN);
    return trial->result;
}

TEST(an_own_handle_of_a_guest_reaches_the_embedder_as_its_representation)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");

    assert_int_equal(make(&trial, 5).handle.rep, 5);

    assert_int_equal(linked_trial_u32(&trial, "dropped", 0), 0);
    linked_trial_end(&trial);
}

TEST(a_borrow_reaches_the_component_that_defines_it_as_its_representation)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");
    struct component_value borrow = make(&trial, 5);
    borrow.kind = COMPONENT_BORROW;

    assert_int_equal(linked_trial_call(&trial, "value", &borrow), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.result.u, 5);
    linked_trial_end(&trial);
}

TEST(an_own_handle_that_comes_back_has_an_index_and_its_destructor_runs)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");
    const struct component_value own = make(&trial, 5);

    assert_int_equal(linked_trial_call(&trial, "consume", &own), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.result.u, 5);
    assert_int_equal(linked_trial_u32(&trial, "dropped", 0), 5);
    linked_trial_end(&trial);
}

TEST(the_embedder_drops_what_it_was_given)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");
    const struct component_value own = make(&trial, 5);

    assert_int_equal(component_handle_drop(trial.linked, own.handle, &trial.outcome), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(linked_trial_u32(&trial, "dropped", 0), 5);
    linked_trial_end(&trial);
}

TEST(a_destructor_that_traps_poisons_its_instance)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");
    const struct component_value own = make(&trial, 666);

    assert_int_equal(component_handle_drop(trial.linked, own.handle, &trial.outcome), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_UNREACHABLE);
    assert_int_equal(linked_trial_call(&trial, "dropped", NULL), STATUS_DENIED);
    linked_trial_end(&trial);
}

TEST(a_table_has_a_greatest_number_of_handles)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");

    linked_trial_refused(&trial, "fill", NULL, REFUSAL_BAD_HANDLE, "too many handles");

    assert_true(wasm_store_fuel_used(trial.store) >= 3 * (uint64_t)COMPONENT_LIMIT_HANDLES);
    linked_trial_end(&trial);
}

TEST(a_table_that_does_not_fit_into_the_arena_is_a_fault)
{
    struct linked_trial trial;
    linked_trial_begin(&trial, "resource", (size_t)2 << 20);
    assert_int_equal(linked_trial_link(&trial), STATUS_OK);

    assert_int_equal(linked_trial_call(&trial, "fill", NULL), STATUS_NO_MEMORY);

    assert_true(trial.report.is_set);
    linked_trial_end(&trial);
}

TEST(a_handle_of_another_resource_is_refused)
{
    struct linked_trial trial, other;
    linked_trial_ready(&trial, "resource");
    linked_trial_ready(&other, "resource");
    const struct component_value own = make(&other, 5);

    linked_trial_refused(&trial, "consume", &own, REFUSAL_BAD_HANDLE,
                         "a handle of another resource");
    linked_trial_end(&trial);
    linked_trial_end(&other);
}

TEST_MAIN(T(an_own_handle_of_a_guest_reaches_the_embedder_as_its_representation),
          T(a_borrow_reaches_the_component_that_defines_it_as_its_representation),
          T(an_own_handle_that_comes_back_has_an_index_and_its_destructor_runs),
          T(the_embedder_drops_what_it_was_given), T(a_destructor_that_traps_poisons_its_instance),
          T(a_table_has_a_greatest_number_of_handles),
          T(a_table_that_does_not_fit_into_the_arena_is_a_fault),
          T(a_handle_of_another_resource_is_refused))

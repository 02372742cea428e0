/*
 * tests/unit/component/test_call.c: graphs of components that hand resources around end as wasmtime
 * says (tests/tools/component_graphs.py made them); stops and their places.
 */
#include <stdio.h>

#include "aether/abi/outcome.h"
#include "tests/support/linked_trial.h"
#include "tests/support/test.h"

/* Runs graph `number` and compares; `verdict` is "value N" or "trap SENTENCE". */
static void check_graph(unsigned number, const char *verdict)
{
    struct linked_trial trial;
    char name[32], got[256];
    (void)snprintf(name, sizeof name, "../graphs/%u", number);
    linked_trial_ready(&trial, name);
    assert_int_equal(linked_trial_call(&trial, "g", NULL), STATUS_OK);
    if (trial.outcome.wasm.trap == WASM_TRAP_NONE) {
        (void)snprintf(got, sizeof got, "value %u", (unsigned)trial.result.u);
    } else {
        assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_HOST_REFUSED);
        assert_int_equal(trial.outcome.wasm.reason, REFUSAL_BAD_HANDLE);
        (void)snprintf(got, sizeof got, "trap %s", trial.report.text);
    }
    assert_string_equal(got, verdict);
    linked_trial_end(&trial);
}

TEST(graphs_of_components_end_as_wasmtime_says)
{
    FILE *file = fopen("tests/corpus/graphs/verdicts.txt", "r");
    char line[256];
    unsigned number = 0, values = 0;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file) != NULL; number++) {
        char *verdict = strchr(line, ' ');
        assert_non_null(verdict);
        verdict[strcspn(verdict, "\n")] = '\0';
        assert_int_equal(strtoul(line, NULL, 10), number);
        values += strncmp(verdict + 1, "value ", 6) == 0 ? 1 : 0;
        check_graph(number, verdict + 1);
    }
    assert_int_equal(fclose(file), 0);
    assert_true(values >= 10 && number - values >= 10);
}

TEST(a_trap_in_a_callee_is_told_at_its_place_and_poisons_all_that_were_entered)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "resource");
    const struct component_value param = linked_trial_number(666);
    assert_int_equal(linked_trial_call(&trial, "make", &param), STATUS_OK);
    const struct component_value own = trial.result;

    assert_int_equal(linked_trial_call(&trial, "consume", &own), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_UNREACHABLE);
    assert_non_null(trial.outcome.wasm.instance);
    assert_int_equal(wasm_instance_module(trial.outcome.wasm.instance)->import_func_count, 3);
    assert_int_equal(trial.outcome.wasm.func, 3); /* the destructor */
    assert_int_equal(linked_trial_call(&trial, "make", &param), STATUS_DENIED);
    linked_trial_end(&trial);
}

TEST(a_string_that_does_not_fit_into_the_arena_is_a_fault)
{
    struct linked_trial trial;
    static char text[600000];
    memset(text, 'a', sizeof text - 1);
    const struct component_value value = linked_trial_string(text);
    linked_trial_begin(&trial, "host", (size_t)1 << 20);
    assert_int_equal(linked_trial_link(&trial), STATUS_OK);

    assert_int_equal(linked_trial_call(&trial, "say", &value), STATUS_NO_MEMORY);
    assert_true(trial.report.is_set);
    linked_trial_end(&trial);

    linked_trial_ready(&trial, "host");
    assert_int_equal(linked_trial_call(&trial, "say", &value), STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.result.string.len, sizeof text - 1);
    linked_trial_end(&trial);
}

TEST_MAIN(T(graphs_of_components_end_as_wasmtime_says),
          T(a_trap_in_a_callee_is_told_at_its_place_and_poisons_all_that_were_entered),
          T(a_string_that_does_not_fit_into_the_arena_is_a_fault))

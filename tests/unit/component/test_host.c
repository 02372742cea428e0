/*
 * tests/unit/component/test_host.c: what a host offers and what components import.
 */
#include "aether/abi/outcome.h"
#include "tests/support/linked_trial.h"
#include "tests/support/test.h"

static struct component_value handle_of(struct linked_trial *trial, enum component_kind kind)
{
    struct component_value value = trial->result;
    value.kind = kind;
    return value;
}

TEST(a_function_of_the_host_is_called_with_lifted_arguments)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value numbers[] = {linked_trial_number(40), linked_trial_number(2)};

    assert_int_equal(linked_trial_call(&trial, "sum", numbers), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.result.kind, COMPONENT_U32);
    assert_int_equal(trial.result.u, 42);
    linked_trial_end(&trial);
}

TEST(strings_go_to_the_host_and_back)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value text = linked_trial_string("gr\xc3\xbc\xc3\x9f dich");

    assert_int_equal(linked_trial_call(&trial, "say", &text), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.result.string.len, text.string.len);
    assert_memory_equal(trial.result.string.data, text.string.data, text.string.len);
    linked_trial_end(&trial);
}

TEST(temporary_values_of_calls_are_given_back)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value text = linked_trial_string("again and again");
    size_t used = trial.arena.used;

    for (unsigned i = 0; i < 1000; i++) {
        size_t mark = arena_mark(&trial.results);
        assert_int_equal(linked_trial_call(&trial, "say", &text), STATUS_OK);
        assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
        arena_rewind(&trial.results, mark);
    }

    assert_int_equal(trial.arena.used, used);
    linked_trial_end(&trial);
}

TEST(what_the_host_refuses_is_a_trap_with_its_sentence_and_place)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");

    linked_trial_refused(&trial, "fail", NULL, REFUSAL_MISUSE, "the test asked for it");

    assert_non_null(trial.outcome.wasm.instance);
    assert_true(trial.outcome.wasm.offset != 0);
    linked_trial_end(&trial);
}

TEST(after_a_trap_the_instance_may_not_be_entered)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value numbers[] = {linked_trial_number(1), linked_trial_number(2)};
    linked_trial_refused(&trial, "fail", NULL, REFUSAL_MISUSE, "the test asked for it");

    assert_int_equal(linked_trial_call(&trial, "sum", numbers), STATUS_DENIED);
    assert_string_equal(trial.report.text, "cannot enter component instance");
    assert_int_equal(linked_trial_call(&trial, "add-of-host", numbers), STATUS_OK);

    assert_int_equal(trial.result.u, 3);
    linked_trial_end(&trial);
}

TEST(a_host_function_may_not_call_the_guest_that_called_it)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    trial.called_again = component_find_func(trial.linked, bytes_of("", 0), BYTES_LITERAL("sum"));

    assert_int_equal(linked_trial_call(&trial, "again", NULL), STATUS_OK);

    assert_int_equal(trial.again_status, STATUS_DENIED);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_HOST_REFUSED);
    linked_trial_end(&trial);
}

TEST(a_host_function_may_call_what_runs_no_guest_code)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    trial.called_again =
        component_find_func(trial.linked, bytes_of("", 0), BYTES_LITERAL("add-of-host"));

    assert_int_equal(linked_trial_call(&trial, "again", NULL), STATUS_OK);

    assert_int_equal(trial.again_status, STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    linked_trial_end(&trial);
}

TEST(a_resource_of_the_host_is_dropped_by_the_host)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");

    assert_int_equal(linked_trial_u32(&trial, "make-and-drop", 77), 77);

    assert_int_equal(trial.dropped, 1);
    assert_int_equal(trial.dropped_sum, 77);
    linked_trial_end(&trial);
}

TEST(handles_go_out_and_in_again)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value number = linked_trial_number(9);
    assert_int_equal(linked_trial_call(&trial, "give", &number), STATUS_OK);
    const struct component_value own = handle_of(&trial, COMPONENT_OWN);
    const struct component_value borrow = handle_of(&trial, COMPONENT_BORROW);
    assert_int_equal(own.handle.rep, 9);

    assert_int_equal(linked_trial_call(&trial, "look", &borrow), STATUS_OK);
    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.result.u, 9);
    assert_int_equal(linked_trial_call(&trial, "take", &own), STATUS_OK);

    assert_int_equal(trial.outcome.wasm.trap, WASM_TRAP_NONE);
    assert_int_equal(trial.swallowed_sum, 9);
    assert_int_equal(trial.dropped, 0);
    linked_trial_end(&trial);
}

TEST(a_borrowed_handle_that_is_kept_is_a_trap)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value number = linked_trial_number(9);
    assert_int_equal(linked_trial_call(&trial, "give", &number), STATUS_OK);
    const struct component_value borrow = handle_of(&trial, COMPONENT_BORROW);

    linked_trial_refused(&trial, "look-and-keep", &borrow, REFUSAL_BAD_HANDLE,
                         "borrow handles still remain at the end of the call");
    linked_trial_end(&trial);
}

TEST(a_borrowed_handle_is_no_own_one)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value number = linked_trial_number(9);
    assert_int_equal(linked_trial_call(&trial, "give", &number), STATUS_OK);
    const struct component_value borrow = handle_of(&trial, COMPONENT_BORROW);

    linked_trial_refused(&trial, "swallow-borrowed", &borrow, REFUSAL_BAD_HANDLE,
                         "cannot lift own resource from a borrow");
    assert_int_equal(trial.swallowed_sum, 0);
    linked_trial_end(&trial);
}

TEST(arguments_of_another_form_are_refused_before_anything_runs)
{
    struct linked_trial trial;
    linked_trial_ready(&trial, "host");
    const struct component_value numbers[] = {linked_trial_number(1), linked_trial_string("2")};

    assert_int_equal(linked_trial_call(&trial, "sum", numbers), STATUS_INVALID);

    assert_true(trial.report.is_set);
    assert_int_equal(linked_trial_u32(&trial, "make-and-drop", 3), 3);
    linked_trial_end(&trial);
}

/* ---- what does not link ---- */

struct told {
    uint32_t count;
    struct bytes interface, func;
};

static void tell(void *context, struct bytes interface, struct bytes func)
{
    struct told *told = context;
    told->count++;
    told->interface = interface;
    told->func = func;
}

TEST(an_interface_of_another_version_is_not_the_one)
{
    struct linked_trial trial;
    static const struct component_host_interface other = {
        .name = BYTES_LITERAL("test:host/api"), .major = 0, .minor = 2};
    static const struct component_host_interface *const others[] = {&other};
    linked_trial_begin(&trial, "host", 0);
    trial.host.interfaces = others;
    trial.host.interface_count = 1;
    struct told told = {0};

    component_each_unknown(trial.component, &trial.host, tell, &told);
    assert_int_equal(linked_trial_link(&trial), STATUS_UNLINKABLE);

    assert_int_equal(told.count, 1);
    assert_true(bytes_equal(told.interface, BYTES_LITERAL("test:host/api@0.1.3")));
    assert_int_equal(told.func.len, 0);
    assert_string_equal(trial.report.text,
                        "import \"test:host/api@0.1.3\"#\"thing\" is not offered");
    linked_trial_end(&trial);
}

/* The trial's own interface with fewer functions, or with one of another type. */
static void link_partly(struct linked_trial *trial, uint32_t func_count,
                        const struct component_func_type *add_type)
{
    static struct component_host_func funcs[16];
    static struct component_host_interface part;
    static const struct component_host_interface *const parts[] = {&part};
    linked_trial_begin(trial, "host", 0);
    part = *trial->host.interfaces[1];
    memcpy(funcs, part.funcs, part.func_count * sizeof *funcs);
    if (add_type != NULL)
        funcs[0].type = add_type;
    part.funcs = funcs;
    part.func_count = func_count;
    trial->host.interfaces = parts;
    trial->host.interface_count = 1;
}

TEST(a_function_that_is_not_there_is_named)
{
    struct linked_trial trial;
    struct told told = {0};
    link_partly(&trial, 6, NULL);

    component_each_unknown(trial.component, &trial.host, tell, &told);
    assert_int_equal(linked_trial_link(&trial), STATUS_UNLINKABLE);

    assert_int_equal(told.count, 1);
    assert_true(bytes_equal(told.func, BYTES_LITERAL("swallow")));
    assert_string_equal(trial.report.text,
                        "import \"test:host/api@0.1.3\"#\"swallow\" is not offered");
    linked_trial_end(&trial);
}

TEST(a_function_of_another_type_does_not_link)
{
    struct linked_trial trial;
    static const struct component_func_type type = {0};
    link_partly(&trial, 7, &type);

    assert_int_equal(linked_trial_link(&trial), STATUS_UNLINKABLE);

    assert_string_equal(trial.report.text,
                        "import \"test:host/api@0.1.3\"#\"add\" is offered with another type");
    linked_trial_end(&trial);
}

TEST(an_interface_of_types_alone_needs_nobody)
{
    struct linked_trial trial;
    struct told told = {0};
    linked_trial_begin(&trial, "types", 0);
    trial.host = (struct component_host){0};

    component_each_unknown(trial.component, &trial.host, tell, &told);
    assert_int_equal(linked_trial_link(&trial), STATUS_OK);

    assert_int_equal(told.count, 0);
    assert_int_equal(linked_trial_call(&trial, "f", NULL), STATUS_OK);
    assert_int_equal(trial.result.kind, COMPONENT_RECORD);
    linked_trial_end(&trial);
}

TEST(unknown_imports_may_be_traps_when_they_are_called)
{
    struct linked_trial trial;
    link_partly(&trial, 6, NULL);
    trial.host.traps_unknown = true;
    assert_int_equal(linked_trial_link(&trial), STATUS_OK);
    assert_int_equal(linked_trial_u32(&trial, "make-and-drop", 5), 5);
    const struct component_value number = linked_trial_number(9);
    assert_int_equal(linked_trial_call(&trial, "give", &number), STATUS_OK);
    const struct component_value own = handle_of(&trial, COMPONENT_OWN);

    linked_trial_refused(
        &trial, "take", &own, REFUSAL_UNKNOWN_IMPORT,
        "import \"test:host/api@0.1.3\"#\"swallow\", which nobody offers, was called");
    linked_trial_end(&trial);
}

TEST(a_component_links_to_a_host_that_offers_nothing)
{
    struct linked_trial trial;
    linked_trial_begin(&trial, "host", 0);
    trial.host = (struct component_host){.traps_unknown = true};
    assert_int_equal(linked_trial_link(&trial), STATUS_OK);
    const struct component_value number = linked_trial_number(9);

    linked_trial_refused(&trial, "make-and-drop", &number, REFUSAL_UNKNOWN_IMPORT,
                         "import \"test:host/api@0.1.3\"#\"[constructor]thing\", which nobody "
                         "offers, was called");
    linked_trial_end(&trial);
}

TEST_MAIN(T(a_function_of_the_host_is_called_with_lifted_arguments),
          T(strings_go_to_the_host_and_back), T(temporary_values_of_calls_are_given_back),
          T(what_the_host_refuses_is_a_trap_with_its_sentence_and_place),
          T(after_a_trap_the_instance_may_not_be_entered),
          T(a_host_function_may_not_call_the_guest_that_called_it),
          T(a_host_function_may_call_what_runs_no_guest_code),
          T(a_resource_of_the_host_is_dropped_by_the_host), T(handles_go_out_and_in_again),
          T(a_borrowed_handle_that_is_kept_is_a_trap), T(a_borrowed_handle_is_no_own_one),
          T(arguments_of_another_form_are_refused_before_anything_runs),
          T(an_interface_of_another_version_is_not_the_one),
          T(a_function_that_is_not_there_is_named), T(a_function_of_another_type_does_not_link),
          T(an_interface_of_types_alone_needs_nobody),
          T(unknown_imports_may_be_traps_when_they_are_called),
          T(a_component_links_to_a_host_that_offers_nothing))

/*
 * cell/program/component_call.c: GATE_JOB_CALL of a component: `f(1, "x")` or `interface#f(...)`
 * in, the result's text out (core/component/text.h).
 */
#include "cell/program/component.h"

#include "core/component/text.h"

/* A name without interface that no function of the component has may be one of an interface that it
 * exports, when only one has it. */
struct search {
    struct component_run *run;
    struct bytes func;
    struct component_func *found;
    uint32_t count;
};

static void search_interfaces(struct search *search)
{
    const struct component_interface *type = search->run->component->type;
    for (uint32_t i = 0; i < type->export_count; i++) {
        if (type->exports[i].type.sort != COMPONENT_SORT_INSTANCE)
            continue;
        struct component_func *func =
            component_find_func(search->run->linked, type->exports[i].name, search->func);
        if (func == NULL)
            continue;
        search->found = func;
        search->count++;
    }
}

static struct component_func *find(struct component_run *run,
                                   const struct component_text_call *call)
{
    struct component_func *func = component_find_func(run->linked, call->interface, call->func);
    if (func != NULL || call->interface.len != 0)
        return func;
    struct search search = {.run = run, .func = call->func};
    search_interfaces(&search);
    if (search.count > 1)
        report_write_names(&run->program->report, REPORT_NO_OFFSET,
                           "% is in several interfaces: say interface#function", call->func,
                           bytes_of("", 0));
    return search.count == 1 ? search.found : NULL;
}

/* The result as one line of text; false: it is too long, and the outcome is made. */
static bool send_result(struct component_run *run, const struct component_func_type *type,
                        const struct component_value *result)
{
    struct bytes text = {0};
    if (type->result == NULL)
        return true;
    enum status status = component_text_print(result, type->result, &run->program->values, &text);
    if (status != STATUS_OK) {
        report_write(&run->program->report, REPORT_NO_OFFSET, "no room for the result's text");
        program_fault_of(run->program, status);
        return false;
    }
    return program_result(run->program, text) && program_result(run->program, BYTES_LITERAL("\n"));
}

static void call_func(struct component_run *run, struct component_func *func,
                      const struct component_value *params)
{
    struct program *program = run->program;
    struct component_value result = {0};
    struct component_outcome outcome = {0};
    enum status status =
        component_call(func, params, &run->program->values, &result, &outcome, &program->report);
    if (status != STATUS_OK)
        program_fault_of(program, status);
    else if (outcome.wasm.trap != WASM_TRAP_NONE)
        component_run_end(run, &outcome);
    else if (send_result(run, component_func_type(func), &result))
        program_done(program, 0);
}

/* The function and its arguments, by the call's text. */
static enum status read_call(struct component_run *run, struct component_func **out_func,
                             struct component_value **out_params)
{
    struct program *program = run->program;
    struct component_text_call call;
    enum status status = component_text_call_split(program->call_text, &call, &program->report);
    if (status != STATUS_OK)
        return status;
    *out_func = find(run, &call);
    if (*out_func == NULL)
        return report_fail_name(&program->report, STATUS_NOT_FOUND, REPORT_NO_OFFSET,
                                "the component has no function %", call.func);
    return component_text_call_params(&call, component_func_type(*out_func), &run->program->values,
                                      out_params, &program->report);
}

void component_run_call(struct component_run *run)
{
    struct component_func *func = NULL;
    struct component_value *params = NULL;
    enum status status = read_call(run, &func, &params);
    if (status == STATUS_OK) {
        call_func(run, func, params);
        return;
    }
    if (status == STATUS_NO_MEMORY) {
        program_fault_of(run->program, status);
        return;
    }
    /* The offset is one in the call's text, which is no place in the payload. */
    program_fault(run->program, FAULT_MISSING_EXPORT, 0);
    run->program->is_spent = false;
    if (status == STATUS_NOT_FOUND)
        component_explain_exports(run);
}

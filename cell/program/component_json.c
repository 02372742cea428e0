/*
 * cell/program/component_json.c: GATE_JOB_JSON of a component: a call by its name, or what
 * functions there are.
 */
#include "cell/program/component.h"

static void call_func(struct component_run *run, struct component_func *func,
                      const struct component_value *params)
{
    struct program *program = run->program;
    const struct component_type *type = component_func_type(func)->result;
    struct component_value result = {0};
    struct component_outcome outcome = {0};
    enum status status =
        component_call(func, params, &program->values, &result, &outcome, &program->report);
    if (status != STATUS_OK)
        program_fault_of(program, status);
    else if (outcome.wasm.trap != WASM_TRAP_NONE)
        component_run_end(run, &outcome);
    else if (program_json_results(program, &type, &result, type != NULL))
        program_done(program, 0);
}

static void describe_export(struct program_description *description, struct bytes interface,
                            const struct component_extern_name *export)
{
    const struct component_func_type *type = export->type.func;
    if (export->type.sort == COMPONENT_SORT_FUNC)
        program_describe_func(description, interface, export->name, type->param_count,
                              type->result != NULL);
}

/* Its own functions, and those of the interfaces that it exports. */
static void describe(struct component_run *run)
{
    const struct component_interface *type = run->component->type;
    struct program_description description;
    program_describe_begin(run->program, &description);
    for (uint32_t i = 0; i < type->export_count && !description.is_full; i++) {
        const struct component_extern_name *export = &type->exports[i];
        describe_export(&description, bytes_of("", 0), export);
        if (export->type.sort != COMPONENT_SORT_INSTANCE)
            continue;
        const struct component_interface *interface = export->type.interface;
        for (uint32_t j = 0; j < interface->export_count && !description.is_full; j++)
            describe_export(&description, export->name, &interface->exports[j]);
    }
    program_describe_end(&description);
}

void component_run_json(struct component_run *run)
{
    struct program_json_call call;
    struct component_value *params = NULL;
    if (!program_json_split(run->program, &call)) {
        describe(run);
        return;
    }
    struct component_func *func = component_find_func(run->linked, call.interface, call.func);
    const struct component_func_type *type = func == NULL ? NULL : component_func_type(func);
    if (program_json_params(run->program, &call, type, &params))
        call_func(run, func, params);
}

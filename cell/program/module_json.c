/*
 * cell/program/module_json.c: GATE_JOB_JSON of a core module: an exported function whose parameters
 * and results are numbers, i32 as s32 and i64 as s64.
 */
#include "cell/program/module_internal.h"
#include "core/component/json.h"

static const struct component_type number_types[] = {
    {.kind = COMPONENT_S32},
    {.kind = COMPONENT_S64},
    {.kind = COMPONENT_F32},
    {.kind = COMPONENT_F64},
};

/* NULL: not a number. */
static const struct component_type *number_type(uint32_t type)
{
    switch (type) {
    case WASM_TYPE_I32:
        return &number_types[0];
    case WASM_TYPE_I64:
        return &number_types[1];
    case WASM_TYPE_F32:
        return &number_types[2];
    case WASM_TYPE_F64:
        return &number_types[3];
    default:
        return NULL;
    }
}

static bool are_numbers(const uint32_t *types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (number_type(types[i]) == NULL)
            return false;
    return true;
}

/* The type of a function that can be called so; NULL: it can not, or is none. */
static const struct wasm_func_type *callable(const struct wasm_module *module,
                                             const struct wasm_export *export)
{
    if (export->kind != WASM_EXTERN_FUNC)
        return NULL;
    const struct wasm_func_type *type = wasm_module_func_type(module, export->index);
    return are_numbers(type->params, type->param_count) &&
                   are_numbers(type->results, type->result_count)
               ? type
               : NULL;
}

void module_describe(struct module_run *run)
{
    const struct wasm_module *module = run->module;
    struct program_description description;
    program_describe_begin(run->program, &description);
    for (uint32_t i = 0; i < module->export_count && !description.is_full; i++) {
        const struct wasm_func_type *type = callable(module, &module->exports[i]);
        if (type != NULL)
            program_describe_func(&description, bytes_of("", 0), module->exports[i].name,
                                  type->param_count, type->result_count);
    }
    program_describe_end(&description);
}

static struct component_func_type *make_type(struct module_run *run)
{
    const uint32_t count = run->type->param_count;
    struct arena *arena = &run->program->values;
    struct component_func_type *type = arena_alloc(arena, 1, sizeof *type);
    struct component_field *params = arena_alloc(arena, count, sizeof *params);
    if (type == NULL || params == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        params[i].type = number_type(run->type->params[i]);
    *type = (struct component_func_type){.param_count = count, .params = params};
    return type;
}

static uint64_t slot_of(const struct component_value *value)
{
    switch (value->kind) {
    case COMPONENT_S32:
        return (uint32_t)value->s;
    case COMPONENT_F32:
        return value->f32;
    case COMPONENT_F64:
        return value->f64;
    default:
        return (uint64_t)value->s;
    }
}

static struct component_value value_of(uint64_t slot, const struct component_type *type)
{
    struct component_value value = {.kind = type->kind};
    switch (type->kind) {
    case COMPONENT_S32:
        value.s = (int32_t)(uint32_t)slot;
        break;
    case COMPONENT_F32:
        value.f32 = (uint32_t)slot;
        break;
    case COMPONENT_F64:
        value.f64 = slot;
        break;
    default:
        value.s = (int64_t)slot;
    }
    return value;
}

static bool no_room(struct module_run *run)
{
    report_write(&run->program->report, REPORT_NO_OFFSET, "no room for the call");
    program_fault_of(run->program, STATUS_NO_MEMORY);
    return false;
}

/* The whole name: a module's exports are named as they like. */
static bool find(struct module_run *run, const struct program_json_call *call)
{
    const struct wasm_export *found = wasm_module_find_export(run->module, call->name);
    run->type = found == NULL ? NULL : callable(run->module, found);
    run->entry = run->type == NULL ? NULL : found;
    if (run->type != NULL || found == NULL || found->kind != WASM_EXTERN_FUNC)
        return true;
    struct text_sink out = program_explain(run->program);
    text_escaped(out, call->name);
    text_word(out, ": only numbers of 32 and 64 bits can be passed to functions of a core module "
                   "and come back\n");
    program_refuse_call(run->program);
    return false;
}

bool module_choose_json(struct module_run *run)
{
    struct program *program = run->program;
    struct program_json_call call;
    struct component_value *params = NULL;
    struct component_func_type *type = NULL;
    run->describes = !program_json_split(program, &call);
    if (run->describes)
        return true;
    if (!find(run, &call))
        return false;
    if (run->type != NULL && (type = make_type(run)) == NULL)
        return no_room(run);
    if (!program_json_params(program, &call, type, &params))
        return false;
    ASSERT(run->type != NULL);
    const size_t slots = (size_t)run->type->param_slots + run->type->result_slots;
    run->slots = arena_alloc(&program->values, slots, sizeof *run->slots);
    if (run->slots == NULL)
        return no_room(run);
    for (uint32_t i = 0; i < run->type->param_count; i++)
        run->slots[i] = slot_of(&params[i]);
    return true;
}

void module_send_json(struct module_run *run)
{
    const uint32_t count = run->type->result_count;
    struct arena *arena = &run->program->values;
    const struct component_type **types = arena_alloc(arena, count, sizeof *types);
    struct component_value *values = arena_alloc(arena, count, sizeof *values);
    if (types == NULL || values == NULL) {
        (void)no_room(run);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        types[i] = number_type(run->type->results[i]);
        values[i] = value_of(run->slots[i], types[i]);
    }
    if (program_json_results(run->program, types, values, count))
        program_done(run->program, 0);
}

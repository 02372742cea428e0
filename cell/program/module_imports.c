/*
 * cell/program/module_imports.c: what a module imports, found or named.
 */
#include "cell/program/module_internal.h"
#include "core/wasm/type_text.h"

#define NAMES_SHOWN 32u

bool module_imports_p1(const struct wasm_module *module)
{
    for (uint32_t i = 0; i < module->import_count; i++)
        if (bytes_equal(module->imports[i].module, BYTES_LITERAL(WASI_P1_MODULE)))
            return true;
    return false;
}

static const struct wasm_host_func *find_p1(const struct module_run *run,
                                            const struct wasm_import *import)
{
    if (run->p1 == NULL || import->kind != WASM_EXTERN_FUNC ||
        !bytes_equal(import->module, BYTES_LITERAL(WASI_P1_MODULE)))
        return NULL;
    const struct wasm_host_func *funcs = wasi_p1_funcs(run->p1);
    for (uint32_t i = 0; i < WASI_P1_FUNC_COUNT; i++)
        if (bytes_equal(funcs[i].name, import->name))
            return &funcs[i];
    return NULL;
}

/* The context is the import. */
static enum wasm_trap call_unknown(void *context, struct wasm_instance *caller, uint64_t *slots,
                                   uint32_t *out_reason)
{
    (void)context;
    (void)caller;
    (void)slots;
    *out_reason = REFUSAL_UNKNOWN_IMPORT;
    return WASM_TRAP_HOST_REFUSED;
}

static bool has_defined(const uint32_t *types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (wasm_type_has_defined(types[i]))
            return true;
    return false;
}

/* A function of the type that is wanted, which traps. NULL: that can not be made. */
static const struct wasm_host_func *make_unknown(struct module_run *run,
                                                 const struct wasm_import *import)
{
    const struct wasm_func_type *type;
    if ((run->program->job.flags & GATE_JOB_TRAP_UNKNOWN) == 0 || import->kind != WASM_EXTERN_FUNC)
        return NULL;
    type = wasm_module_func_type(run->module, import->index);
    if (has_defined(type->params, type->param_count) ||
        has_defined(type->results, type->result_count))
        return NULL;
    struct wasm_host_func *func = arena_alloc(&run->program->arena, 1, sizeof *func);
    if (func == NULL)
        return NULL;
    *func = (struct wasm_host_func){
        .module = import->module,
        .name = import->name,
        .param_count = type->param_count,
        .result_count = type->result_count,
        .params = type->params,
        .results = type->results,
        .call = call_unknown,
    };
    return func;
}

static void explain_import(struct text_sink out, const struct wasm_module *module,
                           const struct wasm_import *import)
{
    text_word(out, "    ");
    text_word(out, wasm_text_kind(import->kind));
    text_char(out, ' ');
    text_name(out, import->module);
    text_char(out, ' ');
    text_name(out, import->name);
    text_char(out, ' ');
    wasm_text_extern_type(out, module, import->kind, import->index);
    text_char(out, '\n');
}

static enum status refuse(struct module_run *run, uint32_t missing)
{
    struct report *report = &run->program->report;
    const bool is_served = (run->program->job.flags & GATE_JOB_JSON) != 0;
    if (run->kind == PROGRAM_PREVIEW_1)
        return report_fail_u64(report, STATUS_UNLINKABLE, REPORT_NO_OFFSET,
                               is_served ? "nobody offers % of its imports"
                                         : "nobody offers % of its imports (--trap-unknown-imports "
                                           "links functions that trap when they are called)",
                               missing);
    return report_fail_u64(report, STATUS_UNLINKABLE, REPORT_NO_OFFSET,
                           "nobody offers its % imports: it is neither a component nor of "
                           "wasi_snapshot_preview1",
                           missing);
}

void module_explain_missing(struct module_run *run)
{
    struct text_sink out = program_explain(run->program);
    uint32_t shown = 0, missing = run->missing;
    for (uint32_t i = 0; missing != 0 && i < run->module->import_count && shown < NAMES_SHOWN;
         i++) {
        if (run->imports[i].func == 0) {
            explain_import(out, run->module, &run->module->imports[i]);
            shown++;
        }
    }
    if (missing > shown) {
        text_word(out, "    and ");
        text_number(out, missing - shown);
        text_word(out, " more\n");
    }
}

enum status module_link(struct module_run *run)
{
    struct program *program = run->program;
    const struct wasm_module *module = run->module;
    uint32_t missing = 0;
    run->imports = arena_alloc(&program->arena, module->import_count, sizeof *run->imports);
    if (run->imports == NULL)
        return report_fail(&program->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the imports");
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_host_func *func = find_p1(run, &module->imports[i]);
        if (func == NULL)
            func = make_unknown(run, &module->imports[i]);
        run->imports[i] = (struct wasm_extern){.kind = WASM_EXTERN_FUNC};
        if (func == NULL) {
            missing++;
            continue;
        }
        enum status status =
            wasm_store_func(program->store, func, &run->imports[i], &program->report);
        if (status != STATUS_OK)
            return status;
    }
    if (missing == 0)
        return STATUS_OK;
    run->missing = missing;
    return refuse(run, missing);
}

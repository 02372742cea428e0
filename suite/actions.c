/*
 * suite/actions.c: calls and reads of globals, and what is asserted of them.
 */
#include "suite/match.h"
#include "suite/runner_internal.h"

/* What an action left. */
struct result {
    const uint32_t *types;
    uint32_t count;
    uint32_t global_type; /* `types` of a global */
    enum wasm_trap trap;
};

static bool say(struct suite_run *run, const char *words)
{
    suite_text_add(&run->text, words);
    return false;
}

static struct wasm_instance *find_instance(const struct suite_run *run, struct bytes id)
{
    if (id.len == 0)
        return run->current;
    const struct suite_entry *entry = suite_recall(run->ids, id);
    return entry == NULL ? NULL : entry->instance;
}

static bool put_arguments(struct suite_run *run, const struct suite_values *args,
                          const struct wasm_func_type *type)
{
    if (args->count != type->param_count)
        return say(run, "number of arguments is not that of the parameters");
    struct bytes rest = args->packed;
    uint64_t *slots = run->slots;
    for (uint32_t i = 0; i < args->count; i++) {
        struct suite_value value;
        enum status status = suite_value_read(&rest, &value);
        ASSERT(status == STATUS_OK); /* suite_pack_open has read it */
        if (!suite_value_slots(&value, type->params[i], slots))
            return say(run, "an argument is not of its parameter's type");
        slots += wasm_type_slots(type->params[i]);
    }
    return true;
}

static bool invoke(struct suite_run *run, const struct suite_command *command,
                   struct wasm_instance *instance, uint32_t func, struct result *out_result)
{
    const struct wasm_func_type *type = wasm_module_func_type(wasm_instance_module(instance), func);
    if (!put_arguments(run, &command->args, type))
        return false;
    struct wasm_outcome outcome = {0};
    wasm_store_set_fuel(run->store, run->host->caps.fuel);
    enum status status = wasm_call(instance, func, run->slots, &outcome);
    if (status != STATUS_OK) {
        suite_text_add(&run->text, "the call was refused: ");
        return say(run, status_text(status));
    }
    *out_result =
        (struct result){.types = type->results, .count = type->result_count, .trap = outcome.trap};
    return true;
}

static bool get(struct suite_run *run, const struct wasm_instance *instance, uint32_t global,
                struct result *out_result)
{
    if (wasm_instance_global(instance, global, run->slots) != STATUS_OK)
        return say(run, "the global can not be read");
    *out_result = (struct result){
        .count = 1, .global_type = wasm_instance_module(instance)->globals[global].type};
    return true;
}

/* False: there is no such action; run->text says why. */
static bool perform(struct suite_run *run, const struct suite_command *command,
                    struct result *out_result)
{
    struct wasm_instance *instance = find_instance(run, command->id);
    if (instance == NULL)
        return say(run, "its module was not instantiated");
    const struct wasm_export *export =
        wasm_module_find_export(wasm_instance_module(instance), command->name);
    enum wasm_extern_kind kind = command->is_get ? WASM_EXTERN_GLOBAL : WASM_EXTERN_FUNC;
    if (export == NULL || export->kind != kind) {
        suite_text_add(&run->text, "no export ");
        suite_text_add_name(&run->text, command->name);
        return false;
    }
    return command->is_get ? get(run, instance, export->index, out_result)
                           : invoke(run, command, instance, export->index, out_result);
}

static bool expect_trap(struct suite_run *run, const struct suite_command *command,
                        enum wasm_trap trap)
{
    bool is_right = command->kind == SUITE_COMMAND_EXCEPTION ? trap == WASM_TRAP_UNCAUGHT_EXCEPTION
                    : command->kind == SUITE_COMMAND_EXHAUSTION
                        ? trap == WASM_TRAP_STACK_EXHAUSTED
                        : suite_match_trap(command->text, trap);
    if (!is_right) {
        suite_text_add(&run->text, trap == WASM_TRAP_NONE ? "returned" : "trapped: ");
        suite_text_add(&run->text, trap == WASM_TRAP_NONE ? "" : wasm_trap_text(trap));
        suite_text_add(&run->text, ", expected ");
        suite_text_add_name(&run->text, command->kind == SUITE_COMMAND_EXCEPTION
                                            ? BYTES_LITERAL("uncaught exception")
                                            : command->text);
    }
    return is_right;
}

static bool expect_return(struct suite_run *run, const struct suite_command *command,
                          const struct result *result)
{
    if (result->trap != WASM_TRAP_NONE) {
        suite_text_add(&run->text, "trapped: ");
        return say(run, wasm_trap_text(result->trap));
    }
    return command->kind == SUITE_COMMAND_ACTION ||
           suite_match(run->store, &command->expected,
                       result->types == NULL ? &result->global_type : result->types, result->count,
                       run->slots, &run->text);
}

enum suite_result suite_act(struct suite_run *run, const struct suite_command *command)
{
    struct result result = {0};
    if (!perform(run, command, &result))
        return SUITE_FAILED;
    bool is_right = command->kind == SUITE_COMMAND_ACTION || command->kind == SUITE_COMMAND_RETURN
                        ? expect_return(run, command, &result)
                        : expect_trap(run, command, result.trap);
    return is_right ? SUITE_PASSED : SUITE_FAILED;
}

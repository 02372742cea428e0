/*
 * suite/runner.c: the commands of a file, one after another.
 */
#include "core/wasm/limits.h"
#include "suite/limits.h"
#include "suite/match.h"
#include "suite/runner_internal.h"

/* Parameters or results of a call; a v128 takes two slots. */
#define SLOTS_MAX ((size_t)2 * WASM_LIMIT_PARAMS)
_Static_assert((int)WASM_LIMIT_RESULTS <= (int)WASM_LIMIT_PARAMS, "results fit as well");

static bool keep_instance(struct suite_run *run, struct bytes id, const struct suite_made *made)
{
    run->current = NULL;
    if (made->stage != SUITE_STAGE_READY) {
        suite_describe(run, made);
        return false;
    }
    if (!suite_remember(run, &run->ids, id, made->module, made->instance))
        return false;
    run->current = made->instance;
    return true;
}

static bool do_module(struct suite_run *run, const struct suite_command *command)
{
    struct suite_made made;
    suite_load(run, command->module, &made);
    if (made.status == STATUS_OK)
        suite_instantiate(run, &made);
    return keep_instance(run, command->id, &made);
}

static bool do_definition(struct suite_run *run, const struct suite_command *command)
{
    struct suite_made made;
    suite_load(run, command->module, &made);
    if (made.status != STATUS_OK) {
        suite_describe(run, &made);
        return false;
    }
    return suite_remember(run, &run->definitions, command->id, made.module, NULL);
}

static bool do_instance(struct suite_run *run, const struct suite_command *command)
{
    const struct suite_entry *definition = suite_recall(run->definitions, command->name);
    if (definition == NULL) {
        suite_text_add(&run->text, "there is no such definition");
        return false;
    }
    struct suite_made made = {.module = definition->module};
    report_init(&made.report);
    suite_instantiate(run, &made);
    return keep_instance(run, command->id, &made);
}

static bool do_register(struct suite_run *run, const struct suite_command *command)
{
    const struct suite_entry *entry = suite_recall(run->ids, command->id);
    if (entry == NULL || (command->id.len == 0 && entry->instance != run->current)) {
        suite_text_add(&run->text, "its module was not instantiated");
        return false;
    }
    return suite_remember(run, &run->registered, command->name, entry->module, entry->instance);
}

/* What the validator refuses: nothing of it stays. */
static bool expect_refusal(struct suite_run *run, const struct suite_command *command)
{
    struct suite_made made;
    size_t mark = arena_mark(run->host->arena);
    suite_load(run, command->module, &made);
    bool is_malformed = made.status == STATUS_MALFORMED || made.status == STATUS_TRUNCATED;
    bool is_right =
        command->kind == SUITE_COMMAND_MALFORMED ? is_malformed : made.status == STATUS_INVALID;
    if (!is_right)
        suite_describe(run, &made);
    arena_rewind(run->host->arena, mark);
    return is_right;
}

/* What links not, or traps while it starts. The store may keep what came before that. */
static bool expect_no_instance(struct suite_run *run, const struct suite_command *command)
{
    struct suite_made made;
    suite_load(run, command->module, &made);
    if (made.status == STATUS_OK)
        suite_instantiate(run, &made);
    bool is_right =
        command->kind == SUITE_COMMAND_UNLINKABLE
            ? made.stage == SUITE_STAGE_LINK && made.status == STATUS_UNLINKABLE
            : made.status == STATUS_TRAP && suite_match_trap(command->text, made.outcome.trap);
    if (!is_right)
        suite_describe(run, &made);
    return is_right;
}

static enum suite_result obey(struct suite_run *run, const struct suite_command *command)
{
    bool is_right;
    switch (command->kind) {
    case SUITE_COMMAND_MODULE:
        is_right = do_module(run, command);
        break;
    case SUITE_COMMAND_DEFINITION:
        is_right = do_definition(run, command);
        break;
    case SUITE_COMMAND_INSTANCE:
        is_right = do_instance(run, command);
        break;
    case SUITE_COMMAND_REGISTER:
        is_right = do_register(run, command);
        break;
    case SUITE_COMMAND_INVALID:
    case SUITE_COMMAND_MALFORMED:
        is_right = expect_refusal(run, command);
        break;
    case SUITE_COMMAND_UNLINKABLE:
    case SUITE_COMMAND_UNINSTANTIABLE:
        is_right = expect_no_instance(run, command);
        break;
    case SUITE_COMMAND_COMPONENT:
    case SUITE_COMMAND_COMPONENT_DEFINITION:
    case SUITE_COMMAND_COMPONENT_INSTANCE:
    case SUITE_COMMAND_COMPONENT_ACTION:
    case SUITE_COMMAND_COMPONENT_RETURN:
    case SUITE_COMMAND_COMPONENT_TRAP:
    case SUITE_COMMAND_COMPONENT_INVALID:
    case SUITE_COMMAND_COMPONENT_MALFORMED:
    case SUITE_COMMAND_COMPONENT_UNLINKABLE:
    case SUITE_COMMAND_COMPONENT_UNINSTANTIABLE:
        if (run->host->components != NULL)
            return run->host->components(run, command);
        suite_text_add(&run->text, "component");
        return SUITE_SKIPPED;
    case SUITE_COMMAND_TEXT:
        suite_text_add(&run->text, "text format");
        return SUITE_SKIPPED;
    case SUITE_COMMAND_AGENT:
        suite_text_add(&run->text, "second agent");
        return SUITE_SKIPPED;
    case SUITE_COMMAND_ACTION:
    case SUITE_COMMAND_RETURN:
    case SUITE_COMMAND_TRAP:
    case SUITE_COMMAND_EXHAUSTION:
    case SUITE_COMMAND_EXCEPTION:
    default:
        return suite_act(run, command);
    }
    return is_right ? SUITE_PASSED : SUITE_FAILED;
}

static void run_commands(struct suite_run *run, const struct suite_file *file,
                         struct suite_counts *counts)
{
    struct suite_file rest = *file;
    struct suite_command command;
    while (suite_file_next(&rest, &command)) {
        suite_text_reset(&run->text);
        enum suite_result result = obey(run, &command);
        if (result == SUITE_PASSED)
            counts->passed += suite_command_is_counted(command.kind) ? 1 : 0;
        else if (result == SUITE_FAILED)
            counts->failed++;
        else
            counts->skipped += suite_command_is_counted(command.kind) ? 1 : 0;
        if (result != SUITE_PASSED)
            run->host->tell(run->host->context, file, &command, result, run->text.text);
    }
}

static enum status prepare(struct suite_run *run, const struct suite_file *file,
                           struct report *report)
{
    const struct suite_host *host = run->host;
    const struct wasm_host engine_host = {.context = host->context,
                                          .memory_reserve = host->memory_reserve,
                                          .survives_traps = true,
                                          .collects_always = host->collects_always};
    run->slots = arena_alloc(host->arena, SLOTS_MAX, sizeof *run->slots);
    if (run->slots == NULL)
        return STATUS_NO_MEMORY;
    struct wasm_caps caps = host->caps;
    if (suite_plan_memory(host, file, caps.memory_bytes) > SUITE_MEMORY_SUM)
        caps.memory_bytes = SUITE_MEMORY_SLIM;
    enum status status = wasm_store_create(&engine_host, &caps, host->arena, &run->store, report);
    return status == STATUS_OK ? suite_spectest_init(&run->spectest, run->store, report) : status;
}

void suite_run_file(const struct suite_host *host, const struct suite_file *file,
                    struct suite_counts *counts)
{
    struct suite_run run = {.host = host};
    struct report report;
    size_t mark = arena_mark(host->arena);
    report_init(&report);
    enum status status = prepare(&run, file, &report);
    if (status == STATUS_OK) {
        run_commands(&run, file, counts);
    } else {
        const struct suite_command none = {.kind = SUITE_COMMAND_MODULE};
        counts->failed++;
        host->tell(host->context, file, &none, SUITE_FAILED,
                   report.is_set ? report.text : status_text(status));
    }
    arena_rewind(host->arena, mark);
    host->memory_release(host->context);
}

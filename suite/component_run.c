/*
 * suite/component_run.c: commands about components.
 *
 * Each instance has a store of its own, so that a trap in one is nobody else's. What a component
 * uses that is refused by name (asynchronous functions) makes it UNSUPPORTED: it and all commands
 * that need it are skipped, with the name. The host offers nothing: the suite's components import
 * nothing but at definitions that are never instantiated.
 */
#include "aether/abi/outcome.h"
#include "suite/component_internal.h"
#include "suite/limits.h"
#include "suite/match.h"

#define STACK_UNITS ((uint64_t)1 << 13)

/* A definition, or an instance. Newest first. */
struct entry {
    struct bytes name;
    const struct component *component;
    struct component_linked *linked; /* NULL: a definition */
    bool is_refused;                 /* UNSUPPORTED, and so is what needs it */
    struct entry *next;
};

struct suite_components {
    struct entry *definitions;
    struct entry *instances;
};

static const struct component_host host = {0};

static enum suite_result fail(struct suite_run *run, const char *words)
{
    suite_text_add(&run->text, words);
    return SUITE_FAILED;
}

static enum suite_result skip_unsupported(struct suite_run *run, const struct report *report)
{
    suite_text_add(&run->text, "unsupported: ");
    suite_text_add(&run->text, report == NULL ? "its component" : report->text);
    return SUITE_SKIPPED;
}

/* The newest of that name; an empty name is the newest of all. NULL: there is none. */
static struct entry *find(struct entry *entry, struct bytes name)
{
    while (entry != NULL && name.len != 0 && !bytes_equal(entry->name, name))
        entry = entry->next;
    return entry;
}

static struct entry *add(struct suite_run *run, struct entry **list, struct bytes name)
{
    struct entry *entry = arena_alloc(run->host->arena, 1, sizeof *entry);
    if (entry == NULL)
        return NULL;
    *entry = (struct entry){.name = name, .next = *list};
    *list = entry;
    return entry;
}

static enum status load(struct suite_run *run, struct bytes binary,
                        const struct component **out_component, struct report *report)
{
    report_init(report);
    return component_load_with(binary,
                               (struct component_features){.links_async = run->host->links_async},
                               run->host->arena, run->host->scratch, out_component, report);
}

static enum suite_result describe(struct suite_run *run, enum status status,
                                  const struct report *report)
{
    suite_text_add(&run->text, status_text(status));
    if (report->is_set) {
        suite_text_add(&run->text, ": ");
        suite_text_add(&run->text, report->text);
    }
    if (report->is_set && report->offset != REPORT_NO_OFFSET) {
        suite_text_add(&run->text, " (at byte ");
        suite_text_add_number(&run->text, report->offset);
        suite_text_add(&run->text, ")");
    }
    return SUITE_FAILED;
}

/* ---- components ---- */

static enum status instantiate(struct suite_run *run, const struct component *component,
                               struct component_linked **out_linked,
                               struct component_outcome *out_outcome, struct report *report)
{
    const struct wasm_host engine_host = {.context = run->host->context,
                                          .memory_reserve = run->host->memory_reserve,
                                          .survives_traps = true,
                                          .collects_always = run->host->collects_always};
    struct wasm_caps caps = run->host->caps;
    struct wasm_store *store = NULL;
    caps.memory_bytes = SUITE_MEMORY_SLIM;
    caps.stack_units = STACK_UNITS;
    enum status status = wasm_store_create(&engine_host, &caps, run->host->arena, &store, report);
    return status != STATUS_OK ? status
                               : component_instantiate(component, &host, store, run->host->arena,
                                                       out_linked, out_outcome, report);
}

/* `refusal`: why the definition was refused, if it was and it is known; or NULL. */
static enum suite_result keep_instance(struct suite_run *run, struct bytes id,
                                       const struct entry *definition, const struct report *refusal)
{
    struct entry *entry = add(run, &run->components->instances, id);
    struct component_outcome outcome;
    struct report report;
    if (entry == NULL)
        return fail(run, "no room in the file's arena");
    entry->is_refused = definition->is_refused;
    if (definition->is_refused)
        return skip_unsupported(run, refusal);
    report_init(&report);
    enum status status = instantiate(run, definition->component, &entry->linked, &outcome, &report);
    return status == STATUS_OK ? SUITE_PASSED : describe(run, status, &report);
}

static enum suite_result do_component(struct suite_run *run, const struct suite_command *command)
{
    const struct component *component = NULL;
    struct report report = {.text = "text format"};
    enum status status = command->module.len == 0 ? STATUS_UNSUPPORTED
                                                  : load(run, command->module, &component, &report);
    if (status != STATUS_OK && status != STATUS_UNSUPPORTED) {
        (void)add(run, &run->components->instances, command->id); /* none is none, too */
        return describe(run, status, &report);
    }
    struct entry *definition = add(run, &run->components->definitions, command->id);
    if (definition == NULL)
        return fail(run, "no room in the file's arena");
    definition->component = component;
    definition->is_refused = status == STATUS_UNSUPPORTED;
    if (command->kind == SUITE_COMMAND_COMPONENT)
        return keep_instance(run, command->id, definition, &report);
    return definition->is_refused ? skip_unsupported(run, &report) : SUITE_PASSED;
}

static enum suite_result do_instance(struct suite_run *run, const struct suite_command *command)
{
    const struct entry *definition = find(run->components->definitions, command->name);
    if (definition == NULL)
        return fail(run, "there is no such definition");
    return keep_instance(run, command->id, definition, NULL);
}

/* ---- assertions about components ---- */

static enum suite_result expect_refusal(struct suite_run *run, const struct suite_command *command)
{
    const struct component *component = NULL;
    struct report report;
    size_t mark = arena_mark(run->host->arena);
    enum status status = load(run, command->module, &component, &report);
    arena_rewind(run->host->arena, mark);
    bool is_malformed = status == STATUS_MALFORMED || status == STATUS_TRUNCATED;
    bool is_right =
        command->kind == SUITE_COMMAND_COMPONENT_MALFORMED
            ? is_malformed || status == STATUS_INVALID
            : status == STATUS_INVALID || status == STATUS_MALFORMED || status == STATUS_LIMIT;
    if (is_right)
        return SUITE_PASSED;
    return status == STATUS_UNSUPPORTED ? skip_unsupported(run, &report)
           : status == STATUS_OK        ? fail(run, "is valid")
                                        : describe(run, status, &report);
}

static enum suite_result expect_no_instance(struct suite_run *run,
                                            const struct suite_command *command)
{
    const struct component *component = NULL;
    struct component_linked *linked = NULL;
    struct component_outcome outcome;
    struct report report;
    enum status status = load(run, command->module, &component, &report);
    if (status == STATUS_OK)
        status = instantiate(run, component, &linked, &outcome, &report);
    bool is_right = command->kind == SUITE_COMMAND_COMPONENT_UNLINKABLE
                        ? status == STATUS_UNLINKABLE
                        : status == STATUS_TRAP;
    return is_right                       ? SUITE_PASSED
           : status == STATUS_UNSUPPORTED ? skip_unsupported(run, &report)
           : status == STATUS_OK          ? fail(run, "instantiated")
                                          : describe(run, status, &report);
}

/* ---- actions ---- */

struct action {
    struct component_func *func;
    const struct component_func_type *type;
    struct component_value result;
    struct component_outcome outcome;
    struct report report;
    enum status status;
};

static bool call(struct suite_run *run, const struct suite_command *command, struct action *action)
{
    struct arena *arena = run->host->arena;
    struct bytes rest = command->args.packed;
    uint32_t count = action->type->param_count;
    struct component_value *params = arena_alloc(arena, count, sizeof *params);
    if (params == NULL || count != command->args.count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!suite_component_value(arena, action->type->params[i].type, &rest, &params[i]))
            return false;
    report_init(&action->report);
    action->status = component_call(action->func, params, run->host->scratch, &action->result,
                                    &action->outcome, &action->report);
    return true;
}

static enum suite_result expect_return(struct suite_run *run, const struct suite_command *command,
                                       const struct action *action)
{
    const struct component_type *type = action->type->result;
    struct bytes rest = command->expected.packed;
    struct component_value expected = {0};
    if (action->status != STATUS_OK || action->outcome.wasm.trap != WASM_TRAP_NONE)
        return describe(run, action->status, &action->report);
    if (command->kind == SUITE_COMMAND_COMPONENT_ACTION)
        return SUITE_PASSED;
    if (command->expected.count != (type == NULL ? 0 : 1) ||
        (type != NULL && !suite_component_value(run->host->arena, type, &rest, &expected)))
        return fail(run, "returned a value of another type");
    return suite_component_equal(type, &action->result, &expected)
               ? SUITE_PASSED
               : fail(run, "returned another value");
}

/* The suite's words for refusals that have several there. */
static const struct {
    struct bytes words, ours;
} refusal_words[] = {
    {BYTES_LITERAL("unaligned pointer"), BYTES_LITERAL("realloc return: result not aligned")},
    {BYTES_LITERAL("string content out-of-bounds"),
     BYTES_LITERAL("string pointer/length out of bounds of memory")},
    {BYTES_LITERAL("list content out-of-bounds"),
     BYTES_LITERAL("realloc return: beyond end of memory")},
    {BYTES_LITERAL("incomplete utf-8 byte sequence"), BYTES_LITERAL("invalid utf-8")},
};

static bool is_refusal(struct bytes text, struct bytes said)
{
    for (size_t i = 0; i < ARRAY_LEN(refusal_words); i++)
        if (bytes_equal(text, refusal_words[i].words) && bytes_equal(said, refusal_words[i].ours))
            return true;
    return bytes_equal(said, text);
}

/* What the suite says of traps that the engine has a kind for, and of those of the canonical ABI,
 * which have a sentence. */
static bool is_expected(struct bytes text, const struct action *action)
{
    static const struct bytes prefix = BYTES_LITERAL("wasm trap: ");
    struct bytes said = bytes_of(action->report.text, action->report.len);
    if (text.len > prefix.len && bytes_equal(bytes_of(text.data, prefix.len), prefix))
        text = bytes_of(text.data + prefix.len, text.len - prefix.len);
    if (bytes_equal(text, BYTES_LITERAL("wasm `unreachable` instruction executed")))
        text = BYTES_LITERAL("unreachable");
    if (action->status == STATUS_DENIED)
        return bytes_equal(text, BYTES_LITERAL("cannot enter component instance"));
    if (action->outcome.wasm.trap != WASM_TRAP_HOST_REFUSED)
        return suite_match_trap(text, action->outcome.wasm.trap);
    return is_refusal(text, said);
}

static enum suite_result expect_trap(struct suite_run *run, const struct suite_command *command,
                                     const struct action *action)
{
    bool is_stopped = action->status == STATUS_DENIED ||
                      (action->status == STATUS_OK && action->outcome.wasm.trap != WASM_TRAP_NONE);
    if (is_stopped && is_expected(command->text, action))
        return SUITE_PASSED;
    suite_text_add(&run->text, is_stopped ? "trapped: " : "did not trap: ");
    (void)describe(run, action->status, &action->report);
    suite_text_add(&run->text, ", expected ");
    suite_text_add_name(&run->text, command->text);
    return SUITE_FAILED;
}

static enum suite_result act(struct suite_run *run, const struct suite_command *command)
{
    const struct entry *entry = find(run->components->instances, command->id);
    struct action action = {0};
    if (entry != NULL && entry->is_refused)
        return skip_unsupported(run, NULL);
    if (entry == NULL || entry->linked == NULL)
        return fail(run, "its component was not instantiated");
    action.func = component_find_func(entry->linked, bytes_of("", 0), command->name);
    if (action.func == NULL)
        return fail(run, "no such export");
    action.type = component_func_type(action.func);
    size_t mark = arena_mark(run->host->scratch);
    enum suite_result result;
    if (!call(run, command, &action))
        result = fail(run, "arguments of other types than the function's");
    else if (command->kind == SUITE_COMMAND_COMPONENT_TRAP)
        result = expect_trap(run, command, &action);
    else
        result = expect_return(run, command, &action);
    arena_rewind(run->host->scratch, mark);
    return result;
}

enum suite_result suite_component_obey(struct suite_run *run, const struct suite_command *command)
{
    if (run->components == NULL)
        run->components = arena_alloc(run->host->arena, 1, sizeof *run->components);
    if (run->components == NULL)
        return fail(run, "no room in the file's arena");
    switch (command->kind) {
    case SUITE_COMMAND_COMPONENT:
    case SUITE_COMMAND_COMPONENT_DEFINITION:
        return do_component(run, command);
    case SUITE_COMMAND_COMPONENT_INSTANCE:
        return do_instance(run, command);
    case SUITE_COMMAND_COMPONENT_INVALID:
    case SUITE_COMMAND_COMPONENT_MALFORMED:
        return expect_refusal(run, command);
    case SUITE_COMMAND_COMPONENT_UNLINKABLE:
    case SUITE_COMMAND_COMPONENT_UNINSTANTIABLE:
        return expect_no_instance(run, command);
    default:
        return act(run, command);
    }
}

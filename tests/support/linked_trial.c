/*
 * tests/support/linked_trial.c: see linked_trial.h.
 */
#include "tests/support/linked_trial.h"

#include <stdio.h>

#include "aether/abi/outcome.h"
#include "tests/support/test.h"

#define ARENA_BYTES   ((size_t)160 << 20)
#define RESULTS_BYTES ((size_t)1 << 20)
#define MEMORY_BYTES  ((uint64_t)16 << 20)

/* ---- the host ---- */

static const struct component_type u32_type = {.kind = COMPONENT_U32};
static const struct component_type string_type = {.kind = COMPONENT_STRING};

static enum status drop_thing(void *context, struct component_call *call, uint32_t rep)
{
    struct linked_trial *trial = context;
    (void)call;
    trial->dropped++;
    trial->dropped_sum += rep;
    return STATUS_OK;
}

const struct component_host_resource linked_trial_thing = {.name = BYTES_LITERAL("thing"),
                                                           .drop = drop_thing};
static const struct component_type own_thing = {.kind = COMPONENT_OWN,
                                                .host_resource = &linked_trial_thing};
static const struct component_type borrow_thing = {.kind = COMPONENT_BORROW,
                                                   .host_resource = &linked_trial_thing};

static enum status call_add(void *context, struct component_call *call,
                            const struct component_value *params,
                            struct component_value *out_result)
{
    (void)context;
    (void)call;
    *out_result = linked_trial_number((uint32_t)(params[0].u + params[1].u));
    return STATUS_OK;
}

static enum status call_echo(void *context, struct component_call *call,
                             const struct component_value *params,
                             struct component_value *out_result)
{
    (void)context;
    (void)call;
    *out_result = params[0];
    return STATUS_OK;
}

static enum status call_fail(void *context, struct component_call *call,
                             const struct component_value *params,
                             struct component_value *out_result)
{
    (void)context;
    (void)params;
    (void)out_result;
    return component_call_trap(call, REFUSAL_MISUSE, "the test asked for it");
}

/* A host function that calls the guest that called it. */
static enum status call_again(void *context, struct component_call *call,
                              const struct component_value *params,
                              struct component_value *out_result)
{
    struct linked_trial *trial = context;
    struct component_outcome outcome;
    struct component_value result;
    struct report report;
    const struct component_value arguments[2] = {linked_trial_number(1), linked_trial_number(2)};
    (void)params;
    (void)out_result;
    report_init(&report);
    trial->again_status =
        component_call(trial->called_again, arguments, &trial->results, &result, &outcome, &report);
    return trial->again_status == STATUS_OK
               ? STATUS_OK
               : component_call_trap(call, REFUSAL_MISUSE, "the guest could not be called");
}

static enum status call_new(void *context, struct component_call *call,
                            const struct component_value *params,
                            struct component_value *out_result)
{
    (void)context;
    *out_result =
        component_host_handle(call, &linked_trial_thing, (uint32_t)params[0].u, COMPONENT_OWN);
    return STATUS_OK;
}

static enum status call_value(void *context, struct component_call *call,
                              const struct component_value *params,
                              struct component_value *out_result)
{
    (void)context;
    (void)call;
    *out_result = linked_trial_number(params[0].handle.rep);
    return STATUS_OK;
}

static enum status call_swallow(void *context, struct component_call *call,
                                const struct component_value *params,
                                struct component_value *out_result)
{
    struct linked_trial *trial = context;
    (void)call;
    (void)out_result;
    trial->swallowed_sum += params[0].handle.rep;
    return STATUS_OK;
}

static enum status call_touch(void *context, struct component_call *call,
                              const struct component_value *params,
                              struct component_value *out_result)
{
    struct linked_trial *trial = context;
    (void)call;
    (void)params;
    (void)out_result;
    trial->touched++;
    return STATUS_OK;
}

static const struct component_field two_numbers[] = {{BYTES_LITERAL("a"), &u32_type},
                                                     {BYTES_LITERAL("b"), &u32_type}};
static const struct component_field one_value[] = {{BYTES_LITERAL("value"), &u32_type}};
static const struct component_field one_text[] = {{BYTES_LITERAL("text"), &string_type}};
static const struct component_field one_self[] = {{BYTES_LITERAL("self"), &borrow_thing}};
static const struct component_field one_thing[] = {{BYTES_LITERAL("thing"), &own_thing}};
static const struct component_func_type add_type = {
    .param_count = 2, .params = two_numbers, .result = &u32_type};
static const struct component_func_type echo_type = {
    .param_count = 1, .params = one_text, .result = &string_type};
static const struct component_func_type plain_type = {0};
static const struct component_func_type new_type = {
    .param_count = 1, .params = one_value, .result = &own_thing};
static const struct component_func_type value_type = {
    .param_count = 1, .params = one_self, .result = &u32_type};
static const struct component_func_type swallow_type = {.param_count = 1, .params = one_thing};

static const struct component_host_func api_funcs[] = {
    {BYTES_LITERAL("add"), &add_type, call_add},
    {BYTES_LITERAL("echo"), &echo_type, call_echo},
    {BYTES_LITERAL("fail"), &plain_type, call_fail},
    {BYTES_LITERAL("again"), &plain_type, call_again},
    {BYTES_LITERAL("[constructor]thing"), &new_type, call_new},
    {BYTES_LITERAL("[method]thing.value"), &value_type, call_value},
    {BYTES_LITERAL("swallow"), &swallow_type, call_swallow},
};
static const struct component_host_resource *const api_resources[] = {&linked_trial_thing};
static const struct component_host_interface api = {.name = BYTES_LITERAL("test:host/api"),
                                                    .major = 0,
                                                    .minor = 1,
                                                    .func_count = ARRAY_LEN(api_funcs),
                                                    .funcs = api_funcs,
                                                    .resource_count = 1,
                                                    .resources = api_resources};
static const struct component_host_func top_funcs[] = {
    {BYTES_LITERAL("touch"), &plain_type, call_touch}};
static const struct component_host_interface top = {
    .name = {0}, .major = UINT32_MAX, .minor = UINT32_MAX, .func_count = 1, .funcs = top_funcs};
static const struct component_host_interface *const interfaces[] = {&top, &api};

/* ---- the trial ---- */

static enum status memory_reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct linked_trial *trial = context;
    if (trial->memory_count == LINKED_TRIAL_MEMORIES)
        return STATUS_LIMIT;
    *out_base = calloc(1, (size_t)cap_bytes + 16);
    assert_non_null(*out_base);
    trial->memories[trial->memory_count++] = *out_base;
    return STATUS_OK;
}

static struct bytes read_input(struct linked_trial *trial, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "tests/corpus/components/%s.wasm", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    trial->input = malloc((size_t)1 << 20);
    assert_non_null(trial->input);
    size_t len = fread(trial->input, 1, (size_t)1 << 20, file);
    assert_int_equal(fclose(file), 0);
    return bytes_of(trial->input, len);
}

static void *make_arena(struct arena *arena, size_t cap)
{
    void *memory = calloc(1, cap);
    assert_non_null(memory);
    arena_init(arena, memory, cap);
    return memory;
}

void linked_trial_begin(struct linked_trial *trial, const char *name, size_t arena_bytes)
{
    *trial = (struct linked_trial){
        .host = {.interfaces = interfaces, .interface_count = ARRAY_LEN(interfaces)}};
    trial->host.context = trial;
    trial->engine_host = (struct wasm_host){
        .context = trial, .memory_reserve = memory_reserve, .survives_traps = true};
    const struct wasm_caps caps = {.fuel = 100000000,
                                   .memory_bytes = MEMORY_BYTES,
                                   .table_elements = 1000,
                                   .heap_bytes = 1 << 20,
                                   .stack_units = 1 << 16};
    trial->arena_memory = make_arena(&trial->arena, arena_bytes == 0 ? ARENA_BYTES : arena_bytes);
    trial->results_memory = make_arena(&trial->results, RESULTS_BYTES);
    report_init(&trial->report);
    assert_int_equal(component_load_with(
                         read_input(trial, name), (struct component_features){.links_async = true},
                         &trial->arena, &trial->arena, &trial->component, &trial->report),
                     STATUS_OK);
    assert_int_equal(
        wasm_store_create(&trial->engine_host, &caps, &trial->arena, &trial->store, &trial->report),
        STATUS_OK);
}

enum status linked_trial_link(struct linked_trial *trial)
{
    report_init(&trial->report);
    return component_instantiate(trial->component, &trial->host, trial->store, &trial->arena,
                                 &trial->linked, &trial->outcome, &trial->report);
}

void linked_trial_ready(struct linked_trial *trial, const char *name)
{
    linked_trial_begin(trial, name, 0);
    if (linked_trial_link(trial) != STATUS_OK)
        fail_msg("%s: %s", name, trial->report.text);
}

void linked_trial_end(struct linked_trial *trial)
{
    for (uint32_t i = 0; i < trial->memory_count; i++)
        free(trial->memories[i]);
    free(trial->arena_memory);
    free(trial->results_memory);
    free(trial->input);
}

enum status linked_trial_call(struct linked_trial *trial, const char *name,
                              const struct component_value *params)
{
    struct component_func *func =
        component_find_func(trial->linked, bytes_of("", 0), bytes_of(name, strlen(name)));
    if (func == NULL)
        fail_msg("no export %s", name);
    report_init(&trial->report);
    return component_call(func, params, &trial->results, &trial->result, &trial->outcome,
                          &trial->report);
}

uint32_t linked_trial_u32(struct linked_trial *trial, const char *name, uint32_t param)
{
    const struct component_value number = linked_trial_number(param);
    assert_int_equal(linked_trial_call(trial, name, &number), STATUS_OK);
    if (trial->outcome.wasm.trap != WASM_TRAP_NONE)
        fail_msg("%s trapped: %s", name, trial->report.text);
    return (uint32_t)trial->result.u;
}

void linked_trial_refused(struct linked_trial *trial, const char *name,
                          const struct component_value *params, uint32_t refusal,
                          const char *sentence)
{
    assert_int_equal(linked_trial_call(trial, name, params), STATUS_OK);
    assert_int_equal(trial->outcome.wasm.trap, WASM_TRAP_HOST_REFUSED);
    assert_int_equal(trial->outcome.wasm.reason, refusal);
    assert_string_equal(trial->report.text, sentence);
}

struct component_value linked_trial_number(uint32_t number)
{
    return (struct component_value){.kind = COMPONENT_U32, .u = number};
}

struct component_value linked_trial_string(const char *text)
{
    return (struct component_value){.kind = COMPONENT_STRING,
                                    .string = {.data = (const uint8_t *)text,
                                               .len = (uint32_t)strlen(text),
                                               .units = (uint32_t)strlen(text),
                                               .source = COMPONENT_UTF8}};
}

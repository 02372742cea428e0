/*
 * tests/support/control_trial.c: a store and modules of a few functions that call and throw.
 */
#include "tests/support/control_trial.h"
#include "tests/support/test.h"

#define ARENA_BYTES ((size_t)96 << 20)

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    (void)cap_bytes;
    (void)out_base;
    return STATUS_NO_MEMORY; /* none of these modules has a memory */
}

static enum wasm_trap call_again(void *context, struct wasm_instance *caller, uint64_t *slots,
                                 uint32_t *out_reason)
{
    struct control_trial *trial = context;
    struct wasm_outcome outcome;
    uint64_t again[2] = {slots[0]};
    (void)caller;
    (void)out_reason;
    struct wasm_extern target = control_export(trial->instance, "f0");
    assert_int_equal(wasm_call_ref(trial->store, target.func, again, &outcome), STATUS_OK);
    slots[0] = again[0];
    return outcome.trap;
}

static enum wasm_trap give_seven(void *context, struct wasm_instance *caller, uint64_t *slots,
                                 uint32_t *out_reason)
{
    (void)context;
    (void)caller;
    (void)out_reason;
    slots[0] = 7;
    return WASM_TRAP_NONE;
}

static const uint32_t host_i32[] = {WASM_TYPE_I32};
static const struct wasm_host_func host_funcs[] = {
    {.module = BYTES_LITERAL("h"),
     .name = BYTES_LITERAL("call"),
     .param_count = 1,
     .result_count = 1,
     .params = host_i32,
     .results = host_i32,
     .call = call_again},
    {.module = BYTES_LITERAL("h"),
     .name = BYTES_LITERAL("seven"),
     .result_count = 1,
     .results = host_i32,
     .call = give_seven},
};

void control_begin(struct control_trial *trial)
{
    memset(trial, 0, sizeof *trial);
    trial->memory = calloc(1, ARENA_BYTES);
    assert_non_null(trial->memory);
    arena_init(&trial->arena, trial->memory, ARENA_BYTES);
    trial->host = (struct wasm_host){.context = trial,
                                     .funcs = host_funcs,
                                     .func_count = ARRAY_LEN(host_funcs),
                                     .memory_reserve = reserve,
                                     .survives_traps = true,
                                     .collects_always = true};
    trial->caps = (struct wasm_caps){.fuel = 100000000,
                                     .table_elements = 64,
                                     .heap_bytes = (uint64_t)1 << 16,
                                     .stack_units = 200000};
    report_init(&trial->report);
}

void control_end(struct control_trial *trial)
{
    for (unsigned i = 0; i < trial->builder_count; i++)
        build_free(&trial->builders[i]);
    free(trial->memory);
}

/* 1,000 i32 as params or as results. */
static void build_many(struct wasm_builder *b, bool as_params)
{
    build_byte(b, 0x60);
    build_u32(b, as_params ? 1000 : 0);
    build_fill(b, 0x7F, as_params ? 1000 : 0);
    build_u32(b, as_params ? 0 : 1000);
    build_fill(b, 0x7F, as_params ? 0 : 1000);
}

static void build_types(struct wasm_builder *b)
{
    build_section(b, 1);
    build_u32(b, 14);
    BUILD(b, 0x60, 0, 0);
    BUILD(b, 0x60, 0, 1, 0x7F);
    BUILD(b, 0x60, 1, 0x7F, 1, 0x7F);
    BUILD(b, 0x60, 1, 0x7F, 0);
    BUILD(b, 0x60, 2, 0x7E, 0x7F, 0);
    BUILD(b, 0x60, 0, 1, 0x69);
    BUILD(b, 0x60, 0, 2, 0x7F, 0x69);
    BUILD(b, 0x60, 1, 0x69, 1, 0x7F);
    BUILD(b, 0x60, 0, 2, 0x7E, 0x7F);
    BUILD(b, 0x60, 2, 0x7F, 0x7F, 1, 0x7F);
    build_many(b, true);
    build_many(b, false);
    BUILD(b, 0x60, 2, 0x7B, 0x7F, 0);
    BUILD(b, 0x60, 0, 2, 0x7B, 0x7F);
    build_close(b);
}

static void build_exports(struct wasm_builder *b, uint32_t imported, uint32_t count)
{
    build_section(b, 7);
    build_u32(b, 6 + count);
    BUILD(b, 1, 'T', 1, 0);
    for (uint8_t i = 0; i < 5; i++)
        BUILD(b, 2, 't', (uint8_t)('0' + i), 4, i);
    for (uint32_t i = 0; i < count; i++) {
        BUILD(b, 2, 'f', (uint8_t)('0' + i), 0);
        build_u32(b, imported + i);
    }
    build_close(b);
}

static void build_bodies(struct control_trial *trial, struct wasm_builder *b, uint32_t imported,
                         const struct control_func *funcs, uint32_t count)
{
    build_section(b, 9);
    BUILD(b, 1, 0, 0x41, 0, 0x0B);
    build_u32(b, imported + count);
    for (uint32_t i = 0; i < imported + count; i++)
        build_u32(b, i);
    build_close(b);
    build_section(b, 10);
    build_u32(b, count);
    for (uint32_t i = 0; i < count; i++) {
        build_open(b);
        build_bytes(b, funcs[i].body);
        build_close(b);
        trial->body_offsets[i] = b->len - funcs[i].body.len; /* in the section, for now */
    }
    size_t before = b->len;
    build_close(b);
    for (uint32_t i = 0; i < count; i++)
        trial->body_offsets[i] += b->len - before; /* the section's size came in front */
}

void control_module_with(struct control_trial *trial, struct bytes section, uint32_t imported,
                         const struct wasm_extern *imports, const struct control_func *funcs,
                         uint32_t count)
{
    struct wasm_module *module;
    struct wasm_extern resolved[4];
    struct wasm_builder *b = &trial->builders[trial->builder_count++];
    build_begin(b);
    build_types(b);
    if (section.len != 0) {
        build_section(b, 2);
        build_bytes(b, section);
        build_close(b);
    }
    build_section(b, 3);
    build_u32(b, count);
    for (uint32_t i = 0; i < count; i++)
        build_u32(b, funcs[i].type);
    build_close(b);
    BUILD_SECTION(b, 4, 1, 0x70, 0, 16);
    BUILD_SECTION(b, 13, 5, 0, 0, 0, 3, 0, 4, 0, 10, 0, 12);
    build_exports(b, imported, count);
    build_bodies(trial, b, imported, funcs, count);
    enum status status =
        wasm_module_load_with(build_result(b), (struct wasm_features){.legacy_exceptions = true},
                              &trial->arena, &trial->arena, &module, &trial->report);
    if (status == STATUS_OK && trial->store == NULL)
        status = wasm_store_create(&trial->host, &trial->caps, &trial->arena, &trial->store,
                                   &trial->report);
    if (status == STATUS_OK && imports == NULL)
        status = wasm_store_resolve(trial->store, module, resolved, &trial->report);
    if (status == STATUS_OK)
        status = wasm_instance_create(trial->store, module, imports == NULL ? resolved : imports,
                                      &trial->instance, &trial->outcome, &trial->report);
    if (status != STATUS_OK)
        print_error("at %llu: %s\n", (unsigned long long)trial->report.offset, trial->report.text);
    assert_int_equal(status, STATUS_OK);
}

struct wasm_extern control_export(const struct wasm_instance *instance, const char *name)
{
    struct wasm_extern found;
    const struct wasm_export *export = wasm_module_find_export(
        wasm_instance_module(instance), bytes_of((const uint8_t *)name, strlen(name)));
    assert_non_null(export);
    wasm_instance_export(instance, export, &found);
    return found;
}

enum wasm_trap control_call(struct control_trial *trial, uint32_t func)
{
    const char name[] = {'f', (char)('0' + func), '\0'};
    enum status status = wasm_call_ref(trial->store, control_export(trial->instance, name).func,
                                       trial->slots, &trial->outcome);
    assert_int_equal(status, STATUS_OK);
    return trial->outcome.trap;
}

void control_returns(struct control_trial *trial, uint32_t func, uint64_t argument, uint64_t result)
{
    trial->slots[0] = argument;
    assert_int_equal(control_call(trial, func), WASM_TRAP_NONE);
    assert_int_equal(trial->slots[0], result);
}

void control_traps(struct control_trial *trial, uint32_t func, uint64_t argument,
                   enum wasm_trap trap, uint32_t in_func, uint64_t offset_in_body)
{
    trial->slots[0] = argument;
    assert_int_equal(control_call(trial, func), trap);
    assert_int_equal(trial->outcome.offset, trial->body_offsets[in_func] + offset_in_body);
}

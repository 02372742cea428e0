/*
 * Stores: instances that share functions, memories, tables and globals; hosts that call in again.
 */
#include "core/wasm/engine.h"
#include "tests/support/test.h"
#include "tests/support/wasm_builder.h"

#define ARENA_BYTES ((size_t)4 << 20)
#define GUEST_BYTES ((size_t)8 << 16)

/* A host with room for a few memories. */
struct world {
    uint8_t *arena_memory, *guest;
    size_t guest_used;
    struct arena arena;
    struct wasm_host host;
    struct wasm_caps caps;
    struct wasm_store *store;
    struct wasm_builder builders[4];
    unsigned builder_count;
    struct wasm_outcome outcome;
    struct report report;
    struct wasm_instance *again; /* whom the host function calls, and how deep it got */
    unsigned depth;
    uint64_t slots[4];
};

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct world *world = context;
    if (cap_bytes > GUEST_BYTES - world->guest_used)
        return STATUS_NO_MEMORY;
    *out_base = world->guest + world->guest_used;
    world->guest_used += cap_bytes;
    return STATUS_OK;
}

static void world_begin(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->arena_memory = calloc(1, ARENA_BYTES);
    world->guest = calloc(1, GUEST_BYTES);
    assert_non_null(world->arena_memory);
    assert_non_null(world->guest);
    arena_init(&world->arena, world->arena_memory, ARENA_BYTES);
    world->host =
        (struct wasm_host){.context = world, .memory_reserve = reserve, .survives_traps = true};
    world->caps = (struct wasm_caps){.fuel = 100000,
                                     .memory_bytes = GUEST_BYTES,
                                     .table_elements = 64,
                                     .heap_bytes = 4096,
                                     .stack_units = 1000};
    assert_int_equal(
        wasm_store_create(&world->host, &world->caps, &world->arena, &world->store, &world->report),
        STATUS_OK);
}

static void world_end(struct world *world)
{
    for (unsigned i = 0; i < world->builder_count; i++)
        build_free(&world->builders[i]);
    free(world->arena_memory);
    free(world->guest);
}

static struct wasm_builder *world_module(struct world *world)
{
    struct wasm_builder *builder = &world->builders[world->builder_count++];
    build_begin(builder);
    return builder;
}

static enum status world_load(struct world *world, const struct wasm_builder *builder,
                              const struct wasm_extern *imports, struct wasm_instance **out)
{
    struct wasm_module *module;
    assert_int_equal(wasm_module_load(build_result(builder), &world->arena, &world->arena, &module,
                                      &world->report),
                     STATUS_OK);
    return wasm_instance_create(world->store, module, imports, out, &world->outcome,
                                &world->report);
}

static struct wasm_extern export_of(const struct wasm_instance *instance, const char *name)
{
    struct wasm_extern found;
    const struct wasm_export *export = wasm_module_find_export(
        wasm_instance_module(instance), bytes_of((const uint8_t *)name, strlen(name)));
    assert_non_null(export);
    wasm_instance_export(instance, export, &found);
    return found;
}

static enum wasm_trap call(struct world *world, const struct wasm_instance *instance,
                           const char *name)
{
    enum status status =
        wasm_call_ref(world->store, export_of(instance, name).func, world->slots, &world->outcome);
    assert_int_equal(status, STATUS_OK);
    return world->outcome.trap;
}

/* Types 0 [i32]->[i32], 1 []->[]. Exports load: its memory at the address; trap; a memory with 42
 * in front, a global of 5, a table with load in it. */
static struct wasm_instance *load_exporter(struct world *world)
{
    struct wasm_instance *instance;
    struct wasm_builder *b = world_module(world);
    BUILD_SECTION(b, 1, 2, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 0, 0);
    BUILD_SECTION(b, 3, 2, 0, 1);
    BUILD_SECTION(b, 4, 1, 0x70, 0, 1);
    BUILD_SECTION(b, 5, 1, 1, 1, 2);
    BUILD_SECTION(b, 6, 1, 0x7E, 1, 0x42, 5, 0x0B);
    BUILD_SECTION(b, 7, 5, 1, 'l', 0, 0, 1, 't', 0, 1, 1, 'm', 2, 0, 1, 'g', 3, 0, 1, 'T', 1, 0);
    BUILD_SECTION(b, 9, 1, 0, 0x41, 0, 0x0B, 1, 0);
    BUILD_SECTION(b, 10, 2, 7, 0, 0x20, 0, 0x28, 2, 0, 0x0B, 3, 0, 0x00, 0x0B);
    BUILD_SECTION(b, 11, 1, 0, 0x41, 0, 0x0B, 1, 42);
    assert_int_equal(world_load(world, b, NULL, &instance), STATUS_OK);
    return instance;
}

/* Imports load, trap, global, table; its own memory begins with 7. b: load(x) + own[0]; t calls
 * trap; i adds 1 to the global; c calls through the table. */
static struct wasm_builder *build_importer(struct world *world)
{
    struct wasm_builder *b = world_module(world);
    BUILD_SECTION(b, 1, 2, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 0, 0);
    BUILD_SECTION(b, 2, 4, 1, 'a', 1, 'l', 0, 0, 1, 'a', 1, 't', 0, 1, 1, 'a', 1, 'g', 3, 0x7E, 1,
                  1, 'a', 1, 'T', 1, 0x70, 0, 1);
    BUILD_SECTION(b, 3, 4, 0, 1, 1, 0);
    BUILD_SECTION(b, 5, 1, 1, 1, 1);
    BUILD_SECTION(b, 7, 4, 1, 'b', 0, 2, 1, 't', 0, 3, 1, 'i', 0, 4, 1, 'c', 0, 5);
    BUILD_SECTION(b, 10, 4, 12, 0, 0x20, 0, 0x10, 0, 0x41, 0, 0x28, 2, 0, 0x6A, 0x0B, 4, 0, 0x10, 1,
                  0x0B, 9, 0, 0x23, 0, 0x42, 1, 0x7C, 0x24, 0, 0x0B, 9, 0, 0x20, 0, 0x41, 0, 0x11,
                  0, 0, 0x0B);
    BUILD_SECTION(b, 11, 1, 0, 0x41, 0, 0x0B, 1, 7);
    return b;
}

static struct wasm_instance *load_importer(struct world *world,
                                           const struct wasm_instance *exporter)
{
    struct wasm_instance *instance;
    const struct wasm_extern imports[] = {export_of(exporter, "l"), export_of(exporter, "t"),
                                          export_of(exporter, "g"), export_of(exporter, "T")};
    struct wasm_builder *b = build_importer(world);
    assert_int_equal(world_load(world, b, imports, &instance), STATUS_OK);
    return instance;
}

TEST(a_call_into_another_instance_sees_that_ones_memory)
{
    struct world world;
    world_begin(&world);
    struct wasm_instance *importer = load_importer(&world, load_exporter(&world));

    world.slots[0] = 0;
    assert_int_equal(call(&world, importer, "b"), WASM_TRAP_NONE);
    assert_int_equal(world.slots[0], 42 + 7);

    world.slots[0] = 0;
    assert_int_equal(call(&world, importer, "c"), WASM_TRAP_NONE);
    assert_int_equal(world.slots[0], 42);
    world_end(&world);
}

TEST(a_mutable_global_is_one_for_all_who_import_it)
{
    struct world world;
    uint64_t value[2];
    world_begin(&world);
    struct wasm_instance *exporter = load_exporter(&world);
    struct wasm_instance *importer = load_importer(&world, exporter);

    assert_int_equal(call(&world, importer, "i"), WASM_TRAP_NONE);

    wasm_global_value(export_of(exporter, "g").global, value);
    assert_int_equal(value[0], 6);
    world_end(&world);
}

TEST(fuel_is_one_budget_for_all_instances)
{
    struct world world;
    world_begin(&world);
    struct wasm_instance *importer = load_importer(&world, load_exporter(&world));

    world.slots[0] = 0;
    (void)call(&world, importer, "b");

    /* b: 1, get, call | const, load, add; load: 1, get, load */
    assert_int_equal(wasm_store_fuel_used(world.store), 9);
    wasm_store_set_fuel(world.store, 5);
    assert_int_equal(call(&world, importer, "b"), WASM_TRAP_OUT_OF_FUEL);
    assert_int_equal(wasm_store_fuel_used(world.store), 3);
    world_end(&world);
}

TEST(a_trap_in_another_instance_has_a_trace_of_both)
{
    struct world world;
    struct wasm_trace_entry trace[4];
    world_begin(&world);
    struct wasm_instance *exporter = load_exporter(&world);
    struct wasm_instance *importer = load_importer(&world, exporter);

    assert_int_equal(call(&world, importer, "t"), WASM_TRAP_UNREACHABLE);

    assert_ptr_equal(world.outcome.instance, exporter);
    assert_int_equal(world.outcome.func, 1);
    assert_int_equal(wasm_store_trace(world.store, trace, 4), 2);
    assert_ptr_equal(trace[0].instance, exporter);
    assert_int_equal(trace[0].offset, world.outcome.offset);
    assert_ptr_equal(trace[1].instance, importer);
    assert_int_equal(trace[1].func, 3);
    const struct wasm_module *module = wasm_instance_module(importer);
    assert_int_equal(trace[1].offset, module->funcs[3].body_offset + 1);
    assert_int_equal(wasm_store_trace(world.store, trace, 1), 1);
    world_end(&world);
}

TEST(imports_of_another_kind_or_type_are_refused_and_the_store_stays_usable)
{
    struct world world;
    struct wasm_instance *instance;
    world_begin(&world);
    struct wasm_instance *exporter = load_exporter(&world);
    struct wasm_extern good[] = {export_of(exporter, "l"), export_of(exporter, "t"),
                                 export_of(exporter, "g"), export_of(exporter, "T")};
    static const struct {
        unsigned at;
        const char *instead, *sentence;
    } wrong[] = {
        {0, "t", "import \"a\".\"l\" is offered with another type"},
        {1, "m", "import \"a\".\"t\" is offered with another type"},
        {2, "T", "import \"a\".\"g\" is offered with another type"},
        {3, "l", "import \"a\".\"T\" is offered with another type"},
    };
    struct wasm_builder *b = build_importer(&world);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct wasm_extern imports[4];
        memcpy(imports, good, sizeof imports);
        imports[wrong[i].at] = export_of(exporter, wrong[i].instead);
        report_init(&world.report);
        assert_int_equal(world_load(&world, b, imports, &instance), STATUS_UNLINKABLE);
        assert_string_equal(world.report.text, wrong[i].sentence);
    }
    assert_int_equal(world_load(&world, b, good, &instance), STATUS_OK);
    world.slots[0] = 0;
    assert_int_equal(call(&world, instance, "b"), WASM_TRAP_NONE);
    world_end(&world);
}

/* Imports a table; puts a function at `own` of it that calls the one at `other`. */
static struct wasm_instance *load_half(struct world *world, const struct wasm_extern *table,
                                       uint8_t own, uint8_t other)
{
    struct wasm_instance *instance;
    struct wasm_builder *b = world_module(world);
    BUILD_SECTION(b, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(b, 2, 1, 1, 'h', 1, 'T', 1, 0x70, 0, 2);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 7, 1, 1, 'f', 0, 0);
    BUILD_SECTION(b, 9, 1, 0, 0x41, own, 0x0B, 1, 0);
    BUILD_SECTION(b, 10, 1, 7, 0, 0x41, other, 0x11, 0, 0, 0x0B);
    assert_int_equal(world_load(world, b, table, &instance), STATUS_OK);
    return instance;
}

TEST(recursion_between_instances_ends_at_the_stack_budget)
{
    struct world world;
    struct wasm_extern table;
    struct wasm_trace_entry trace[400];
    const struct wasm_table type = {.type = WASM_TYPE_FUNCREF,
                                    .limits = {.min = 2, .max = UINT64_MAX}};
    world_begin(&world);
    assert_int_equal(wasm_store_table(world.store, &type, &table, &world.report), STATUS_OK);
    struct wasm_instance *first = load_half(&world, &table, 0, 1);
    struct wasm_instance *second = load_half(&world, &table, 1, 0);

    assert_int_equal(call(&world, first, "f"), WASM_TRAP_STACK_EXHAUSTED);

    /* A frame takes 2 units, a crossing 4: 1,000 are enough for 167 frames. */
    size_t frames = wasm_store_trace(world.store, trace, ARRAY_LEN(trace));
    assert_int_equal(frames, 167);
    for (size_t i = 0; i < frames; i++)
        assert_ptr_equal(trace[frames - 1 - i].instance, i % 2 == 0 ? first : second);
    assert_int_equal(call(&world, second, "f"), WASM_TRAP_STACK_EXHAUSTED);
    world_end(&world);
}

/* Calls export f of `again` until it does not return. */
static enum wasm_trap call_again(void *context, struct wasm_instance *caller, uint64_t *slots,
                                 uint32_t *out_reason)
{
    struct world *world = context;
    struct wasm_outcome outcome;
    (void)caller, (void)slots, (void)out_reason;
    world->depth++;
    assert_int_equal(wasm_call(world->again, 1, NULL, &outcome), STATUS_OK);
    return outcome.trap;
}

static enum wasm_trap call_once(void *context, struct wasm_instance *caller, uint64_t *slots,
                                uint32_t *out_reason)
{
    struct world *world = context;
    struct wasm_outcome outcome;
    (void)caller, (void)out_reason;
    world->depth++;
    if (world->depth > 3)
        return WASM_TRAP_NONE;
    uint64_t own[1] = {slots[0] + 1};
    assert_int_equal(wasm_call(world->again, 1, own, &outcome), STATUS_OK);
    slots[0] = own[0];
    return outcome.trap;
}

static const uint32_t type_i32[] = {WASM_TYPE_I32};

TEST(a_host_function_may_call_in_again)
{
    struct world world;
    struct wasm_extern host;
    static const struct wasm_host_func func = {.param_count = 1,
                                               .result_count = 1,
                                               .params = type_i32,
                                               .results = type_i32,
                                               .call = call_once};
    world_begin(&world);
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 1, 0x60, 1, 0x7F, 1, 0x7F);
    BUILD_SECTION(b, 2, 1, 1, 'h', 1, 'h', 0, 0);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 7, 1, 1, 'f', 0, 1);
    BUILD_SECTION(b, 10, 1, 9, 0, 0x20, 0, 0x20, 0, 0x10, 0, 0x6A, 0x0B); /* x + h(x) */
    assert_int_equal(wasm_store_func(world.store, &func, &host, &world.report), STATUS_OK);
    assert_int_equal(world_load(&world, b, &host, &world.again), STATUS_OK);

    world.slots[0] = 10;
    assert_int_equal(call(&world, world.again, "f"), WASM_TRAP_NONE);

    assert_int_equal(world.slots[0], 10 + 11 + 12 + 13 + 13);
    assert_int_equal(world.depth, 4);
    assert_int_equal(wasm_store_fuel_used(world.store), 4 * 5);
    world_end(&world);
}

static enum wasm_trap add_own(void *context, struct wasm_instance *caller, uint64_t *slots,
                              uint32_t *out_reason)
{
    const uint32_t *own = context;
    (void)caller;
    (void)out_reason;
    slots[0] += *own;
    return WASM_TRAP_NONE;
}

TEST(a_host_function_with_a_context_of_its_own_is_given_that)
{
    struct world world;
    struct wasm_extern host;
    uint32_t seven = 7;
    const struct wasm_host_func func = {.param_count = 1,
                                        .result_count = 1,
                                        .params = type_i32,
                                        .results = type_i32,
                                        .call = add_own,
                                        .context = &seven};
    world_begin(&world);
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 1, 0x60, 1, 0x7F, 1, 0x7F);
    BUILD_SECTION(b, 2, 1, 1, 'h', 1, 'h', 0, 0);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 7, 1, 1, 'f', 0, 1);
    BUILD_SECTION(b, 10, 1, 6, 0, 0x20, 0, 0x10, 0, 0x0B);
    assert_int_equal(wasm_store_func(world.store, &func, &host, &world.report), STATUS_OK);
    assert_int_equal(world_load(&world, b, &host, &world.again), STATUS_OK);

    world.slots[0] = 10;
    assert_int_equal(call(&world, world.again, "f"), WASM_TRAP_NONE);

    assert_int_equal(world.slots[0], 17);
    assert_ptr_equal(wasm_store_host_func(world.store, host.func), &func);
    assert_null(wasm_store_host_func(world.store, export_of(world.again, "f").func));
    assert_null(wasm_store_host_func(world.store, 0));
    assert_null(wasm_store_host_func(world.store, UINT32_MAX));
    world_end(&world);
}

TEST(hosts_and_guests_that_call_each_other_for_ever_end_in_a_trap)
{
    struct world world;
    struct wasm_extern host;
    static const struct wasm_host_func func = {.call = call_again};
    world_begin(&world);
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(b, 2, 1, 1, 'h', 1, 'h', 0, 0);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 7, 1, 1, 'f', 0, 1);
    BUILD_SECTION(b, 10, 1, 4, 0, 0x10, 0, 0x0B);
    assert_int_equal(wasm_store_func(world.store, &func, &host, &world.report), STATUS_OK);
    assert_int_equal(world_load(&world, b, &host, &world.again), STATUS_OK);

    assert_int_equal(call(&world, world.again, "f"), WASM_TRAP_STACK_EXHAUSTED);

    assert_int_equal(world.depth, 64);
    world_end(&world);
}

TEST(memory_that_another_instance_grows_is_seen_behind_the_call)
{
    struct world world;
    struct wasm_instance *grower, *user;
    world_begin(&world);
    struct wasm_instance *exporter = load_exporter(&world);
    struct wasm_extern imports[2] = {export_of(exporter, "m")};
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(b, 2, 1, 1, 'a', 1, 'm', 2, 1, 1, 2);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 7, 1, 1, 'g', 0, 0);
    BUILD_SECTION(b, 10, 1, 7, 0, 0x41, 1, 0x40, 0, 0x1A, 0x0B);
    assert_int_equal(world_load(&world, b, imports, &grower), STATUS_OK);
    imports[1] = export_of(grower, "g");
    b = world_module(&world);
    BUILD_SECTION(b, 1, 2, 0x60, 0, 0, 0x60, 0, 1, 0x7F);
    BUILD_SECTION(b, 2, 2, 1, 'a', 1, 'm', 2, 1, 1, 2, 1, 'a', 1, 'g', 0, 0);
    BUILD_SECTION(b, 3, 1, 1);
    BUILD_SECTION(b, 7, 1, 1, 's', 0, 1);
    BUILD_SECTION(b, 10, 1, 6, 0, 0x10, 0, 0x3F, 0, 0x0B); /* grow; memory.size */
    assert_int_equal(world_load(&world, b, imports, &user), STATUS_OK);

    assert_int_equal(call(&world, user, "s"), WASM_TRAP_NONE);

    assert_int_equal(world.slots[0], 2);
    world_end(&world);
}

TEST(an_instance_older_than_the_heap_sees_the_objects_of_a_younger_one)
{
    struct world world;
    struct wasm_instance *older, *younger;
    world_begin(&world);
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 1, 0x60, 1, 0x6E, 1, 0x7F); /* (anyref) -> i32 */
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 7, 1, 1, 'n', 0, 0);
    BUILD_SECTION(b, 10, 1, 9, 0, 0x20, 0, 0xFB, 22, 0x6A, 0xFB, 15, 0x0B); /* ref.cast, len */
    assert_int_equal(world_load(&world, b, NULL, &older), STATUS_OK);
    b = world_module(&world);
    BUILD_SECTION(b, 1, 2, 0x5E, 0x78, 1, 0x60, 0, 1, 0x6E); /* (array (mut i8)) */
    BUILD_SECTION(b, 3, 1, 1);
    BUILD_SECTION(b, 7, 1, 1, 'a', 0, 0);
    BUILD_SECTION(b, 10, 1, 7, 0, 0x41, 5, 0xFB, 7, 0, 0x0B); /* array.new_default of five */
    assert_int_equal(world_load(&world, b, NULL, &younger), STATUS_OK);
    assert_int_equal(call(&world, younger, "a"), WASM_TRAP_NONE);

    assert_int_equal(call(&world, older, "n"), WASM_TRAP_NONE);

    assert_int_equal(world.slots[0], 5);
    world_end(&world);
}

TEST(a_reference_to_nothing_or_to_a_hosts_function_is_not_called)
{
    struct world world;
    struct wasm_extern host;
    static const struct wasm_host_func func = {.call = call_again};
    world_begin(&world);
    assert_int_equal(wasm_store_func(world.store, &func, &host, &world.report), STATUS_OK);
    const uint32_t refs[] = {0, host.func, host.func + 1, UINT32_MAX};

    for (size_t i = 0; i < ARRAY_LEN(refs); i++)
        assert_int_equal(wasm_call_ref(world.store, refs[i], world.slots, &world.outcome),
                         STATUS_NOT_FOUND);

    assert_int_equal(world.depth, 0);
    assert_int_equal(call(&world, load_exporter(&world), "l"), WASM_TRAP_NONE);
    assert_int_equal(world.slots[0], 42);
    world_end(&world);
}

TEST(a_hosts_number_comes_back_out_of_its_reference)
{
    static const uint32_t numbers[] = {0, 1, 7, WASM_EXTERN_REF_MAX};
    struct world world;
    world_begin(&world);

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        uint32_t ref = wasm_extern_ref(numbers[i]);

        assert_int_equal(wasm_extern_number(ref), numbers[i]);
        assert_int_equal(wasm_store_ref_kind(world.store, ref), WASM_REF_HOST);
    }
    world_end(&world);
}

TEST_MAIN(T(a_call_into_another_instance_sees_that_ones_memory),
          T(a_mutable_global_is_one_for_all_who_import_it), T(fuel_is_one_budget_for_all_instances),
          T(a_trap_in_another_instance_has_a_trace_of_both),
          T(imports_of_another_kind_or_type_are_refused_and_the_store_stays_usable),
          T(recursion_between_instances_ends_at_the_stack_budget),
          T(a_host_function_may_call_in_again),
          T(a_host_function_with_a_context_of_its_own_is_given_that),
          T(hosts_and_guests_that_call_each_other_for_ever_end_in_a_trap),
          T(memory_that_another_instance_grows_is_seen_behind_the_call),
          T(a_reference_to_nothing_or_to_a_hosts_function_is_not_called),
          T(a_hosts_number_comes_back_out_of_its_reference),
          T(an_instance_older_than_the_heap_sees_the_objects_of_a_younger_one))

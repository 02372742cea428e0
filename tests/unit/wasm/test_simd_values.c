/*
 * Vectors out of one function's sight: through host functions, other instances, globals of other
 * instances, exceptions and objects of the heap.
 */
#include "core/wasm/engine.h"
#include "tests/support/test.h"
#include "tests/support/wasm_builder.h"

#define ARENA_BYTES ((size_t)4 << 20)

#define I32  0x7F
#define I64  0x7E
#define V128 0x7B
#define NOT  0xFD, 0x4D
#define END  0x0B

static const uint64_t vector[2] = {UINT64_C(0x1111111122222222), UINT64_C(0x3333333344444444)};

struct world {
    uint8_t *memory;
    struct arena arena;
    struct wasm_store *store;
    struct wasm_builder builders[2];
    unsigned builder_count;
    struct wasm_extern imports[2];
    struct wasm_outcome outcome;
    struct report report;
    uint64_t slots[8];
};

/* (v128 i64) -> (i64 v128): turned around, the vector's bits, too. */
static enum wasm_trap turn_around(void *context, struct wasm_instance *caller, uint64_t *slots,
                                  uint32_t *out_reason)
{
    (void)context, (void)caller, (void)out_reason;
    uint64_t low = slots[0], high = slots[1], number = slots[2];
    slots[0] = number + 1;
    slots[1] = ~low;
    slots[2] = ~high;
    return WASM_TRAP_NONE;
}

static const uint32_t params[] = {WASM_TYPE_V128, WASM_TYPE_I64};
static const uint32_t results[] = {WASM_TYPE_I64, WASM_TYPE_V128};
static const struct wasm_host_func host_func = {.module = BYTES_LITERAL("h"),
                                                .name = BYTES_LITERAL("f"),
                                                .param_count = 2,
                                                .result_count = 2,
                                                .params = params,
                                                .results = results,
                                                .call = turn_around};

static void world_begin(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->memory = calloc(1, ARENA_BYTES);
    assert_non_null(world->memory);
    arena_init(&world->arena, world->memory, ARENA_BYTES);
    struct wasm_host host = {.funcs = &host_func, .func_count = 1, .collects_always = true};
    struct wasm_caps caps = {.fuel = 100000, .heap_bytes = 4096, .stack_units = 100};
    enum status status =
        wasm_store_create(&host, &caps, &world->arena, &world->store, &world->report);
    assert_int_equal(status, STATUS_OK);
}

static void world_end(struct world *world)
{
    for (unsigned i = 0; i < world->builder_count; i++)
        build_free(&world->builders[i]);
    free(world->memory);
}

static struct wasm_builder *world_module(struct world *world)
{
    struct wasm_builder *builder = &world->builders[world->builder_count++];
    build_begin(builder);
    return builder;
}

/* `imports` NULL: the host's. */
static struct wasm_instance *instantiate(struct world *world, const struct wasm_builder *builder,
                                         const struct wasm_extern *imports)
{
    struct wasm_module *module = NULL;
    struct wasm_instance *instance = NULL;
    enum status status = wasm_module_load(build_result(builder), &world->arena, &world->arena,
                                          &module, &world->report);
    if (status == STATUS_OK && imports == NULL)
        status = wasm_store_resolve(world->store, module, world->imports, &world->report);
    if (status == STATUS_OK)
        status =
            wasm_instance_create(world->store, module, imports == NULL ? world->imports : imports,
                                 &instance, &world->outcome, &world->report);
    if (status != STATUS_OK)
        print_message("%s at %llu\n", world->report.text, (unsigned long long)world->report.offset);
    assert_int_equal(status, STATUS_OK);
    return instance;
}

static void call(struct world *world, struct wasm_instance *instance, uint32_t func)
{
    assert_int_equal(wasm_call(instance, func, world->slots, &world->outcome), STATUS_OK);
    assert_int_equal(world->outcome.trap, WASM_TRAP_NONE);
}

TEST(a_host_function_gets_and_gives_two_slots)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 2, 0x60, 2, V128, I64, 2, I64, V128, 0x60, 1, V128, 2, I64, V128);
    BUILD_SECTION(b, 2, 1, 1, 'h', 1, 'f', 0, 0);
    BUILD_SECTION(b, 3, 1, 1);
    BUILD_SECTION(b, 10, 1, 10, 0, 0x20, 0, NOT, 0x42, 7, 0x10, 0, END);
    struct wasm_instance *instance = instantiate(&world, b, NULL);

    memcpy(world.slots, vector, sizeof vector);
    call(&world, instance, 1);

    assert_int_equal(world.slots[0], 8);
    assert_memory_equal(world.slots + 1, vector, sizeof vector);
    world_end(&world);
}

/* Of another instance: an immutable global, a mutable one, a function. */
static void build_giver(struct wasm_builder *b)
{
    BUILD_SECTION(b, 1, 1, 0x60, 2, I32, V128, 2, V128, I32);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 6, 3, I32, 0, 0x41, 1, END, V128, 0, 0xFD, 0x0C, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0,
                  0, 0, 0, 0, 0, 0, END, V128, 1, 0x23, 1, END);
    BUILD_SECTION(b, 7, 3, 1, 'i', 3, 1, 1, 'm', 3, 2, 1, 'f', 0, 0);
    BUILD_SECTION(b, 10, 1, 8, 0, 0x20, 1, NOT, 0x20, 0, END);
}

static struct wasm_extern export_of(const struct wasm_instance *instance, const char *name)
{
    struct wasm_extern found;
    const struct wasm_export *export =
        wasm_module_find_export(wasm_instance_module(instance), bytes_of(name, 1));
    assert_non_null(export);
    wasm_instance_export(instance, export, &found);
    return found;
}

TEST(instances_share_vectors)
{
    (void)state;
    struct world world;
    uint64_t value[2];
    world_begin(&world);
    struct wasm_builder *giver = world_module(&world), *taker = world_module(&world);
    build_giver(giver);
    BUILD_SECTION(taker, 1, 2, 0x60, 2, I32, V128, 2, V128, I32, 0x60, 1, V128, 2, V128, V128);
    BUILD_SECTION(taker, 2, 3, 0, 1, 'f', 0, 0, 0, 1, 'i', 3, V128, 0, 0, 1, 'm', 3, V128, 1);
    BUILD_SECTION(taker, 3, 1, 1);
    BUILD_SECTION(taker, 6, 1, V128, 0, 0x23, 0, END);
    /* m = i64x2.add m, the param; f(5, m)'s vector, drop its i32; the own global */
    BUILD_SECTION(taker, 10, 1, 20, 0, 0x23, 1, 0x20, 0, 0xFD, 0xCE, 1, 0x24, 1, 0x41, 5, 0x23, 1,
                  0x10, 0, 0x1A, 0x23, 2, END);
    struct wasm_instance *from = instantiate(&world, giver, world.imports);
    const struct wasm_extern imports[] = {export_of(from, "f"), export_of(from, "i"),
                                          export_of(from, "m")};
    struct wasm_instance *to = instantiate(&world, taker, imports);

    memcpy(world.slots, vector, sizeof vector);
    call(&world, to, 1);

    assert_int_equal(world.slots[0], ~(vector[0] + 1));
    assert_int_equal(world.slots[1], ~(vector[1] + 2));
    assert_int_equal(world.slots[2], 1);
    assert_int_equal(world.slots[3], 2);
    assert_int_equal(wasm_instance_global(from, 2, value), STATUS_OK);
    assert_int_equal(value[0], vector[0] + 1);
    assert_int_equal(value[1], vector[1] + 2);
    world_end(&world);
}

/* Thrown with numbers around it, from a function that is called, caught over an operand. */
TEST(an_exception_carries_a_vector)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 4, 0x60, 3, I32, V128, I64, 0, 0x60, 1, V128, 0, 0x60, 1, V128, 2, V128,
                  I32, 0x60, 0, 3, I32, V128, I64);
    BUILD_SECTION(b, 3, 2, 1, 2);
    BUILD_SECTION(b, 13, 1, 0, 0);
    build_section(b, 10);
    BUILD(b, 2, 10, 0, 0x41, 5, 0x20, 0, 0x42, 9, 0x08, 0, END);
    build_open(b);
    BUILD(b, 2, 1, I32, 1, I64, 0x41, 60, 0x02, 3, 0x1F, 0x40, 1, 0, 0, 0, 0x20, 0, NOT, 0x10, 0,
          END, 0x00, END);
    BUILD(b, 0x21, 2, 0x21, 0, 0x6A, 0x20, 2, 0xA7, 0x6A, 0x21, 1, 0x20, 0, 0x20, 1, END);
    build_close(b);
    build_close(b);
    struct wasm_instance *instance = instantiate(&world, b, NULL);

    memcpy(world.slots, vector, sizeof vector);
    call(&world, instance, 1);

    assert_int_equal(world.slots[0], ~vector[0]);
    assert_int_equal(world.slots[1], ~vector[1]);
    assert_int_equal(world.slots[2], 60 + 5 + 9);
    world_end(&world);
}

/* A struct of i8, v128 and i64 made by a constant expression and one made at run time, kept on the
 * stack with a vector below while the heap is collected. */
TEST(an_object_keeps_a_vector)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct wasm_builder *b = world_module(&world);
    BUILD_SECTION(b, 1, 2, 0x5F, 3, 0x78, 0, V128, 1, I64, 0, 0x60, 1, V128, 2, V128, I64);
    BUILD_SECTION(b, 3, 1, 1);
    BUILD_SECTION(b, 6, 1, 0x64, 0, 0, 0x41, 1, 0xFD, 0x0C, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0,
                  0, 0, 0, 0x42, 5, 0xFB, 0, 0, END);
    build_section(b, 10);
    build_byte(b, 1);
    build_open(b);
    /* param, [new(1, param, 6)].1, new(...) again for the collector: added to the global's */
    BUILD(b, 1, 1, 0x63, 0, 0x41, 1, 0x20, 0, 0x42, 6, 0xFB, 0, 0, 0x20, 0, NOT, 0x41, 1, 0x20, 0,
          0x42, 6, 0xFB, 0, 0, 0x21, 1, 0x21, 0, 0xFB, 2, 0, 1, 0x23, 0, 0xFB, 2, 0, 1, 0xFD, 0xCE,
          1, 0x20, 1, 0xFB, 2, 0, 2, END);
    build_close(b);
    build_close(b);
    struct wasm_instance *instance = instantiate(&world, b, NULL);

    memcpy(world.slots, vector, sizeof vector);
    call(&world, instance, 0);

    assert_int_equal(world.slots[0], vector[0] + 3);
    assert_int_equal(world.slots[1], vector[1] + 4);
    assert_int_equal(world.slots[2], 6);
    world_end(&world);
}

TEST_MAIN(T(a_host_function_gets_and_gives_two_slots), T(instances_share_vectors),
          T(an_exception_carries_a_vector), T(an_object_keeps_a_vector))

/*
 * tests/metal/cells/suite/fault_cell.c: a ring-3 program of tests only: it tells the engine that
 * memory is there which is not, and calls every exported function of its payload, in their order.
 *
 * The manifest's entry picks what is wrong (WRONGS); "cold" is for payloads whose operator has no
 * hot handler. Telemetry: one vector with the gate's answer
 * to the upcall (u32), before anything runs; then, four to a vector, of each call:
 *   u32 trap | u32 function | u32 offset | u32 result
 * All of these calls use one store, so a trap that left it half done shows in the next.
 */
#include "core/wasm/engine.h"
#include "tests/metal/cells/suite/upcall.h"

#define SCRATCH_BYTES ((size_t)128 << 10)
#define TOLD_BYTES    16u
#define TOLD_MAX      20u
#define SLOTS_MAX     4u

/* X(entry of the manifest, where the engine is told that linear memory starts) */
#define WRONGS(X)                                                                                  \
    X("memory", CELL_MEMORY)                                                                       \
    X("null", 0)                                                                                   \
    X("kernel", 0x100000)                                                                          \
    X("text", CELL_IMAGE_BASE)                                                                     \
    X("below", CELL_MEMORY - 0x10000)                                                              \
    X("cold", CELL_MEMORY)                                                                         \
    X("data-entry", CELL_MEMORY)                                                                   \
    X("wild-entry", CELL_MEMORY)                                                                   \
    X("itself", CELL_MEMORY)                                                                       \
    X("endless", CELL_MEMORY)

static struct {
    struct gate_job job;
    struct arena arena, scratch;
    struct wasm_module *module;
    struct wasm_store *store;
    struct wasm_instance *instance;
    uint8_t told[TOLD_MAX * TOLD_BYTES];
    uint32_t told_len;
} cell;

void cell_main(void);

void base_panic(const char *file, int line, const char *condition)
{
    (void)file;
    (void)line;
    (void)condition;
    __builtin_trap();
}

/* Reads behind guest memory until it is stopped. */
extern const uint8_t endless_start[];
extern const uint8_t endless_end[];
__asm__(".text\n"
        "endless_start:\n"
        "    movb 0x78000000, %al\n"
        "    jmp endless_start\n"
        "endless_end:\n");
_Static_assert(CELL_MEMORY + CELL_MEMORY_MAX == 0x78000000, "endless_start");

static bool is_wrong(const char *name, size_t len)
{
    return cell.job.entry_len == len && memcmp(cell.job.entry, name, len) == 0;
}

#define IS_WRONG(name) is_wrong(name, sizeof(name) - 1)

static enum status memory_reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    (void)cap_bytes;
#define X(name, base)                                                                              \
    if (IS_WRONG(name))                                                                            \
        *out_base = (uint8_t *)(uintptr_t)(base);
    WRONGS(X)
#undef X
    return STATUS_OK;
}

static uint32_t offer(void)
{
    uintptr_t start = (uintptr_t)memory_handlers_start;
    uintptr_t end = (uintptr_t)memory_handlers_end;
    if (IS_WRONG("data-entry"))
        return ask_upcall(start, end, (uintptr_t)&cell);
    if (IS_WRONG("wild-entry"))
        return ask_upcall(start, end, (uintptr_t)1 << 63);
    if (IS_WRONG("endless"))
        return ask_upcall((uintptr_t)endless_start, (uintptr_t)endless_end,
                          (uintptr_t)endless_start);
    return ask_memory_traps();
}

static void send(const void *data, uint32_t len)
{
    memcpy((void *)CELL_TRANSFER, data, len);
    uint32_t status = ask(GATE_DEVICE, GATE_DEVICE_COMMIT_TELEMETRY,
                          cell.job.handles[GATE_RIGHT_TELEMETRY], (struct gate_region){0, len}, 0);
    ASSERT(status == GATE_OK);
}

static void make_instance(void)
{
    const struct wasm_caps caps = {
        .fuel = cell.job.fuel, .memory_bytes = 1 << 20, .stack_units = cell.job.stack_units};
    const struct wasm_host host = {.memory_reserve = memory_reserve, .survives_traps = true};
    struct bytes payload = bytes_of((const void *)CELL_PAYLOAD, (size_t)cell.job.payload_len);
    struct wasm_outcome outcome;
    enum status status = wasm_module_load(payload, &cell.arena, &cell.scratch, &cell.module, NULL);
    ASSERT(status == STATUS_OK);
    status = wasm_store_create(&host, &caps, &cell.arena, &cell.store, NULL);
    ASSERT(status == STATUS_OK);
    status = wasm_instance_create(cell.store, cell.module, NULL, &cell.instance, &outcome, NULL);
    ASSERT(status == STATUS_OK);
}

static void call(uint32_t func)
{
    struct wasm_outcome outcome;
    uint64_t slots[SLOTS_MAX] = {0};
    enum status status = wasm_call(cell.instance, func, slots, &outcome);
    ASSERT(status == STATUS_OK && cell.told_len < sizeof cell.told);
    uint8_t *told = cell.told + cell.told_len;
    store_le32(told, (uint32_t)outcome.trap);
    store_le32(told + 4, outcome.func);
    store_le32(told + 8, (uint32_t)outcome.offset);
    store_le32(told + 12, (uint32_t)slots[0]);
    cell.told_len += TOLD_BYTES;
}

void cell_main(void)
{
    uint8_t *arena = (uint8_t *)CELL_ARENA;
    greet();
    memcpy(&cell.job, job(), sizeof cell.job);
    uint32_t answer = offer();
    send(&answer, sizeof answer);
    if (IS_WRONG("endless"))
        ((void (*)(void))(uintptr_t)endless_start)();
    if (IS_WRONG("itself")) /* guest memory, but no handler */
        (void)*(volatile uint8_t *)(CELL_MEMORY + cell.job.memory_bytes);
    ASSERT(cell.job.arena_bytes > 2 * SCRATCH_BYTES);
    arena_init(&cell.scratch, arena, SCRATCH_BYTES);
    arena_init(&cell.arena, arena + SCRATCH_BYTES, (size_t)cell.job.arena_bytes - SCRATCH_BYTES);
    make_instance();
    for (uint32_t i = 0; i < cell.module->export_count; i++)
        call(cell.module->exports[i].index);
    for (uint32_t at = 0; at < cell.told_len; at += GATE_TELEMETRY_MAX)
        send(cell.told + at,
             cell.told_len - at < GATE_TELEMETRY_MAX ? cell.told_len - at : GATE_TELEMETRY_MAX);
    finish(0);
}

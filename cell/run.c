/*
 * cell/run.c: the life of a cell, top to bottom. See cell.h for the story and its invariants.
 */
#include "cell/cell.h"
#include "core/base/ckd.h"

/* What part of the arena the heap of garbage-collected objects is, in modules that have any. */
#define HEAP_SHARE 4u

void cell_init(struct cell *cell, struct gate_port *port)
{
    *cell = (struct cell){.port = port};
    report_init(&cell->report);
}

static void take_job(struct cell *cell)
{
    struct gate_request request = {
        .interface = GATE_CORE, .method = GATE_CORE_HELLO, .args = {GATE_VERSION}};
    struct gate_reply reply;
    gate_port_areas(cell->port, &cell->areas);
    gate_port_ring(cell->port, &request, &reply);
    ASSERT(reply.status == GATE_OK && reply.values[0] == GATE_VERSION);
    ASSERT(reply.out.len == sizeof cell->job && reply.out.len <= cell->areas.transfer_bytes);
    ASSERT(reply.out.offset <= cell->areas.transfer_bytes - reply.out.len);
    memcpy(&cell->job, cell->areas.transfer + reply.out.offset, sizeof cell->job);
    ASSERT(cell->job.version == GATE_VERSION && cell->job.entry_len <= GATE_ENTRY_MAX);
}

static void say_started(struct cell *cell, uint32_t payload_version)
{
    struct gate_request request = {
        .interface = GATE_CORE, .method = GATE_CORE_STARTED, .args = {payload_version}};
    struct gate_reply reply;
    gate_port_ring(cell->port, &request, &reply);
}

static void say_finish(struct cell *cell, const struct gate_outcome *outcome)
{
    struct gate_request request = {
        .interface = GATE_CORE, .method = GATE_CORE_FINISH, .in = {0, sizeof *outcome}};
    struct gate_reply reply;
    memcpy(cell->areas.transfer, outcome, sizeof *outcome);
    gate_port_ring(cell->port, &request, &reply);
}

/* The manifest's arena_bytes counts guest memory in, so what is told does, too. */
static uint64_t arena_wanted(const struct cell *cell, uint64_t engine_bytes)
{
    const uint64_t page = 0x1000;
    uint64_t wanted;
    if (ckd_add(&wanted, engine_bytes, cell->job.memory_bytes) || wanted > UINT64_MAX - page)
        return UINT64_MAX;
    return (wanted + page - 1) & ~(page - 1);
}

/* The heap is exhausted, and what it would have grown to is not known: twice as much. */
static uint64_t heap_wanted(const struct cell *cell)
{
    return arena_wanted(cell, 2 * cell->job.arena_bytes);
}

/* The arena's upper half is the validator's scratch while the module is read. Rewound it is zero
 * again, so the arena may then grow over it: arena.h (1) holds. */
static enum status load_module(struct cell *cell, uint64_t *out_wanted)
{
    size_t half = (size_t)(cell->job.arena_bytes / 2) & ~(size_t)15;
    struct bytes payload = bytes_of(cell->areas.payload, (size_t)cell->job.payload_len);
    struct arena scratch;
    arena_init(&cell->arena, cell->areas.arena, half);
    arena_init(&scratch, cell->areas.arena + half, half);
    cell->arena.refuse_at = cell->refuse_at;

    enum status status =
        wasm_module_load(payload, &cell->arena, &scratch, &cell->module, &cell->report);
    if (status == STATUS_NO_MEMORY) {
        size_t more = cell->arena.wanted > scratch.wanted ? cell->arena.wanted : scratch.wanted;
        *out_wanted = more > SIZE_MAX / 2 ? UINT64_MAX : arena_wanted(cell, 2 * more);
    }
    arena_fini(&scratch);
    cell->arena.cap = (size_t)cell->job.arena_bytes;
    return status;
}

static enum status link_and_create(struct cell *cell, struct wasm_outcome *out_trap)
{
    struct wasm_extern *imports =
        arena_alloc(&cell->arena, cell->module->import_count, sizeof *imports);
    if (imports == NULL)
        return report_fail(&cell->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the imports");
    enum status status = wasm_store_resolve(cell->store, cell->module, imports, &cell->report);
    if (status != STATUS_OK)
        return status;
    return wasm_instance_create(cell->store, cell->module, imports, &cell->instance, out_trap,
                                &cell->report);
}

static enum status make_instance(struct cell *cell, struct wasm_outcome *out_trap,
                                 uint64_t *out_wanted)
{
    const struct wasm_caps caps = {
        .fuel = cell->job.fuel,
        .memory_bytes = cell->job.memory_bytes,
        .table_elements = cell->job.table_elements,
        .heap_bytes = cell->job.arena_bytes / HEAP_SHARE,
        .stack_units = cell->job.stack_units,
    };
    struct wasm_host host;
    cell_host_init(cell, &host);
    enum status status = wasm_store_create(&host, &caps, &cell->arena, &cell->store, &cell->report);
    if (status == STATUS_OK)
        status = link_and_create(cell, out_trap);
    if (status == STATUS_NO_MEMORY)
        *out_wanted =
            cell->arena.wanted == 0 ? heap_wanted(cell) : arena_wanted(cell, cell->arena.wanted);
    return status;
}

/* Invariant (3): everything that can be refused without running the guest is refused here. */
static bool prepare(struct cell *cell, uint32_t *out_entry, struct gate_outcome *out_outcome)
{
    struct bytes entry_name = bytes_of(cell->job.entry, cell->job.entry_len);
    struct wasm_outcome trap = {0};
    uint64_t wanted = 0;
    enum status status = load_module(cell, &wanted);
    if (status != STATUS_OK) {
        cell_outcome_fault(cell, cell_fault_of(status), wanted, out_outcome);
        return false;
    }
    status = cell_entry_find(cell->module, entry_name, out_entry, &cell->report);
    if (status != STATUS_OK) {
        cell_outcome_fault(cell, FAULT_MISSING_EXPORT, 0, out_outcome);
        return false;
    }
    wanted = cell_memory_minimum(cell->module);
    if (wanted > cell->job.memory_bytes) {
        report_write_u64x2(&cell->report, REPORT_NO_OFFSET, "memory of % bytes needed, cap is %",
                           wanted, cell->job.memory_bytes);
        cell_outcome_fault(cell, FAULT_MEMORY_CAP, wanted, out_outcome);
        return false;
    }
    wanted = 0;
    status = make_instance(cell, &trap, &wanted);
    if (status == STATUS_TRAP)
        cell_outcome_trap(cell, &trap, out_outcome);
    else if (status != STATUS_OK)
        cell_outcome_fault(cell, cell_fault_of(status), wanted, out_outcome);
    return status == STATUS_OK;
}

/* Calls a function without parameters and with at most one i32 result; false: it trapped. */
static bool call(struct cell *cell, uint32_t func, uint64_t *slots,
                 struct gate_outcome *out_outcome)
{
    struct wasm_outcome trap;
    enum status status = wasm_call(cell->instance, func, slots, &trap);
    if (status == STATUS_NO_MEMORY) {
        cell_outcome_fault(cell, FAULT_NO_MEMORY, heap_wanted(cell), out_outcome);
        return false;
    }
    ASSERT(status == STATUS_OK);
    if (trap.trap == WASM_TRAP_NONE)
        return true;
    cell_outcome_trap(cell, &trap, out_outcome);
    return false;
}

static void execute(struct cell *cell, uint32_t entry, struct gate_outcome *out_outcome)
{
    uint64_t version[1] = {0};
    uint64_t result[1] = {0};
    uint32_t version_func;
    if (cell_version_find(cell->module, &version_func) == STATUS_OK &&
        !call(cell, version_func, version, out_outcome))
        return;
    say_started(cell, (uint32_t)version[0]);
    if (!call(cell, entry, result, out_outcome))
        return;
    if (wasm_module_func_type(cell->module, entry)->result_count == 0)
        result[0] = 0;
    cell_outcome_result(cell, (int32_t)(uint32_t)result[0], out_outcome);
}

void cell_run(struct cell *cell)
{
    struct gate_outcome outcome;
    uint32_t entry;
    take_job(cell);
    if (prepare(cell, &entry, &outcome))
        execute(cell, entry, &outcome);
    say_finish(cell, &outcome);
}

/*
 * core/wasm/instance.c: making instances and calling into them (WASM 3.0 §4.7).
 *
 * Order of creation: link, translate everything, reserve memory, tables and stack, apply active
 * segments, run the start function. What can fail for lack of room fails before guest code runs.
 */
#include "core/wasm/instance.h"
#include "core/wasm/handler_table.h"
#include "core/wasm/limits.h"
#include "core/wasm/memory.h"

#define PAGE_LOG2 16
#define NO_FUNC   UINT32_MAX

/* The code under every stack: a host's call returns to RESUME and stops at HALT. */
struct bottom {
    struct code_resume resume;
    struct code_head halt;
};

struct host_body {
    struct code_call call;
};

static enum status no_room(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the instance");
}

static enum status make_entries(struct wasm_instance *instance, struct arena *arena,
                                struct report *report)
{
    const struct wasm_module *module = instance->module;
    uint32_t imports = module->import_func_count;
    struct bottom *bottom = arena_alloc(arena, 1, sizeof *bottom);
    struct host_body *bodies = arena_alloc(arena, imports, sizeof *bodies);
    struct wasm_entry *entries = arena_alloc(arena, module->func_count, sizeof *entries);
    instance->codes = arena_alloc(arena, module->func_count - imports, sizeof *instance->codes);
    if (bottom == NULL || bodies == NULL || entries == NULL || instance->codes == NULL)
        return no_room(report);
    bottom->resume.head = wasm_handler_head(CODE_RESUME);
    bottom->halt = wasm_handler_head(CODE_HALT);
    instance->bottom = (const uint8_t *)bottom;
    for (uint32_t i = 0; i < module->func_count; i++) {
        if (i < imports) {
            bodies[i].call = (struct code_call){.head = wasm_handler_head(CODE_HOST), .func = i};
        } else {
            enum status status = wasm_translate(instance, i, arena, report);
            if (status != STATUS_OK)
                return status;
        }
        entries[i].code =
            i < imports ? (const uint8_t *)&bodies[i] : instance->codes[i - imports].cells;
        entries[i].type = wasm_module_func_type(module, i)->canonical;
    }
    instance->entries = entries;
    return STATUS_OK;
}

static enum status make_memory(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    if (module->memory_count == 0)
        return STATUS_OK;
    if (module->memory_count > 1)
        return report_fail(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                           "more than one memory is not supported");
    const struct wasm_memory_type *type = &module->memories[0];
    if (type->limits.is_64 || type->page_log2 != PAGE_LOG2)
        return report_fail(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                           "64-bit memories and custom page sizes are not supported");
    uint64_t needed = wasm_memory_type_bytes(type, type->limits.min);
    if (needed > instance->caps.memory_bytes)
        return report_fail_u64x2(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                 "memory needs % bytes, % are allowed", needed,
                                 instance->caps.memory_bytes);
    instance->memory.cap = wasm_memory_type_cap(type, instance->caps.memory_bytes);
    instance->memory.len = needed;
    enum status status = instance->host.memory_reserve(instance->host.context, instance->memory.cap,
                                                       &instance->memory.base);
    if (status != STATUS_OK)
        return report_fail_u64(report, status, REPORT_NO_OFFSET,
                               "the host has no memory of % bytes", instance->memory.cap);
    return STATUS_OK;
}

/* A frame takes no more slots than it costs units, but wide frames' scratch slots (code.h). */
static enum status make_stack(struct wasm_instance *instance, struct arena *arena,
                              struct report *report)
{
    uint64_t units = instance->caps.stack_units;
    if (units > SIZE_MAX / 32)
        return report_fail_u64(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                               "a stack of % units is more than this machine can have", units);
    size_t slots =
        (size_t)(units + units / 8192 * CODE_WIDE_SLOTS + UINT64_C(2) * WASM_LIMIT_PARAMS);
    instance->stack = arena_alloc(arena, slots, sizeof *instance->stack);
    if (instance->stack == NULL)
        return report_fail_u64(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                               "no room for a stack of % units", units);
    instance->units = units;
    return STATUS_OK;
}

static enum status build(struct wasm_instance *instance, struct arena *arena, struct report *report)
{
    enum status status = wasm_link(instance, arena, report);
    if (status == STATUS_OK)
        status = make_memory(instance, report);
    if (status == STATUS_OK)
        status = wasm_instance_fill(instance, arena, report);
    if (status == STATUS_OK)
        status = make_stack(instance, arena, report);
    if (status == STATUS_OK)
        status = make_entries(instance, arena, report);
    return status;
}

/* ---- where a run stopped ---- */

/* The defined function whose code `pc` is in: codes lie in order of their index. */
static uint32_t find_func(const struct wasm_instance *instance, const uint8_t *pc)
{
    const struct wasm_module *module = instance->module;
    uint32_t low = 0, high = module->func_count - module->import_func_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if ((uintptr_t)instance->codes[middle].cells <= (uintptr_t)pc)
            low = middle;
        else
            high = middle;
    }
    return low + module->import_func_count;
}

static uint32_t map_number(const uint8_t **at)
{
    uint32_t number = 0;
    uint32_t shift = 0;
    uint8_t byte;
    do {
        byte = *(*at)++;
        number |= (uint32_t)(byte & 0x7F) << shift;
        shift += 7;
    } while ((byte & 0x80) != 0);
    return number;
}

/* Offset in the body of the newest map entry at or (before) in front of `cell`. */
static uint32_t find_offset(const struct wasm_code *code, uint32_t cell, bool is_before)
{
    const uint8_t *at = code->map;
    const uint8_t *end = code->map + code->map_len;
    uint32_t entry_cell = 0, entry_offset = 0, found = 0;
    while (at != end) {
        entry_cell += map_number(&at) * 8;
        entry_offset += map_number(&at);
        if (entry_cell > cell || (is_before && entry_cell == cell))
            break;
        found = entry_offset;
    }
    return found;
}

static bool is_in_bottom(const struct wasm_instance *instance, const uint8_t *pc)
{
    return (uintptr_t)pc - (uintptr_t)instance->bottom < sizeof(struct bottom);
}

/* `called`: the function that the host called, blamed when no guest frame is left. */
static void describe_stop(const struct wasm_instance *instance, uint32_t called,
                          struct wasm_outcome *outcome)
{
    const struct wasm_module *module = instance->module;
    outcome->trap = instance->trap;
    outcome->reason = instance->reason;
    if (instance->trap == WASM_TRAP_NONE)
        return;
    if (is_in_bottom(instance, instance->stop_pc)) {
        outcome->func = called;
        outcome->offset = module->funcs[called].body_offset;
        return;
    }
    uint32_t func = find_func(instance, instance->stop_pc);
    const struct wasm_code *code = &instance->codes[func - module->import_func_count];
    uint32_t cell = (uint32_t)(instance->stop_pc - code->cells);
    outcome->func = func;
    outcome->offset =
        module->funcs[func].body_offset + find_offset(code, cell, instance->is_trap_before_pc);
}

static void run(struct wasm_instance *instance, uint32_t func, struct wasm_outcome *outcome)
{
    instance->trap = WASM_TRAP_NONE;
    instance->reason = 0;
    instance->is_running = true;
    wasm_interp_run(instance, instance->entries[func].code, instance->stack, instance->bottom);
    instance->is_running = false;
    instance->is_dead = instance->trap != WASM_TRAP_NONE;
    describe_stop(instance, func, outcome);
}

static enum status start(struct wasm_instance *instance, struct wasm_outcome *outcome,
                         struct report *report)
{
    instance->trap = wasm_instance_apply_segments(instance, &outcome->offset);
    outcome->trap = instance->trap;
    outcome->func = NO_FUNC;
    if (instance->trap == WASM_TRAP_NONE && instance->module->has_start)
        run(instance, instance->module->start, outcome);
    if (outcome->trap == WASM_TRAP_NONE) {
        *outcome = (struct wasm_outcome){0};
        return STATUS_OK;
    }
    instance->is_dead = true;
    return report_fail(report, STATUS_TRAP, outcome->offset, wasm_trap_text(outcome->trap));
}

enum status wasm_instance_create(const struct wasm_module *module, const struct wasm_host *host,
                                 const struct wasm_caps *caps, struct arena *arena,
                                 struct wasm_instance **out_instance,
                                 struct wasm_outcome *out_outcome, struct report *report)
{
    struct wasm_outcome outcome = {0};
    size_t mark = arena_mark(arena);
    struct wasm_instance *instance = arena_alloc(arena, 1, sizeof *instance);
    if (instance == NULL)
        return no_room(report);
    instance->module = (struct wasm_module *)(uintptr_t)module;
    instance->host = *host;
    instance->caps = *caps;
    instance->fuel = caps->fuel;
    enum status status = build(instance, arena, report);
    if (status != STATUS_OK) {
        arena_rewind(arena, mark);
        return status;
    }
    status = start(instance, &outcome, report);
    *out_instance = instance;
    *out_outcome = outcome;
    return status;
}

enum status wasm_call(struct wasm_instance *instance, uint32_t func, uint64_t *slots,
                      struct wasm_outcome *out_outcome)
{
    const struct wasm_module *module = instance->module;
    if (instance->is_dead || instance->is_running)
        return STATUS_DENIED;
    if (func >= module->func_count)
        return STATUS_NOT_FOUND;
    const struct wasm_func_type *type = wasm_module_func_type(module, func);
    for (uint32_t i = 0; i < type->param_slots; i++)
        instance->stack[i] = slots[i];
    struct wasm_outcome outcome = {0};
    run(instance, func, &outcome);
    if (outcome.trap == WASM_TRAP_NONE)
        for (uint32_t i = 0; i < type->result_slots; i++)
            slots[i] = instance->stack[i];
    *out_outcome = outcome;
    return STATUS_OK;
}

uint64_t wasm_instance_fuel_used(const struct wasm_instance *instance)
{
    return instance->caps.fuel - instance->fuel;
}

enum status wasm_instance_memory(struct wasm_instance *instance, uint32_t index, uint8_t **out_base,
                                 uint64_t *out_len)
{
    if (index >= instance->module->memory_count)
        return STATUS_NOT_FOUND;
    *out_base = instance->memory.base;
    *out_len = instance->memory.len;
    return STATUS_OK;
}

enum status wasm_instance_global(const struct wasm_instance *instance, uint32_t index,
                                 uint64_t *out_value)
{
    const struct wasm_module *module = instance->module;
    if (index >= module->global_count)
        return STATUS_NOT_FOUND;
    uint32_t type = module->globals[index].type;
    if (wasm_type_is_ref(type) || type == WASM_TYPE_V128)
        return STATUS_INVALID;
    *out_value = instance->globals[index];
    return STATUS_OK;
}

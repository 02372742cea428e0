/*
 * tests/differential/ours.c: our engine behind differential.h. One module at a time.
 */
#include "core/wasm/instance.h"
#include "core/wasm/optable.h"
#include "core/wasm/sink.h"
#include "tests/differential/differential.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ARENA_BYTES    ((size_t)512 << 20)
#define MEMORY_BYTES   ((uint64_t)256 << 20)
#define TABLE_ELEMENTS ((uint64_t)1 << 22)
#define STACK_UNITS    ((uint64_t)1 << 18)
#define HEAP_BYTES     ((uint64_t)64 << 20)
#define ROOMS_MAX      128

static struct {
    struct arena module_arena, scratch, instance_arena;
    struct wasm_module *module;
    struct wasm_store *store;
    struct wasm_instance *instance;
    struct {
        uint8_t *base;
        size_t len;
    } rooms[ROOMS_MAX];
    size_t room_count;
    bool is_open, is_over_caps;
} ours;

static bool make_arena(struct arena *arena)
{
    void *room = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return false;
    arena_init(arena, room, ARENA_BYTES);
    return true;
}

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    size_t len = cap_bytes == 0 ? 1 : (size_t)cap_bytes;
    if (ours.room_count == ROOMS_MAX)
        return STATUS_LIMIT;
    void *room =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return STATUS_NO_MEMORY;
    ours.rooms[ours.room_count].base = room;
    ours.rooms[ours.room_count++].len = len;
    *out_base = room;
    return STATUS_OK;
}

static void say(char *message, const struct report *report)
{
    (void)snprintf(message, DIFF_MESSAGE_MAX, "%s at %llu", report->is_set ? report->text : "",
                   (unsigned long long)report->offset);
}

enum status ours_load(struct bytes input, const struct wasm_module **out_module, char *message)
{
    struct report report;
    if (!ours.is_open) {
        ours.is_open = make_arena(&ours.module_arena) && make_arena(&ours.scratch) &&
                       make_arena(&ours.instance_arena);
        if (!ours.is_open)
            return STATUS_NO_MEMORY;
    }
    report_init(&report);
    ours.module = NULL;
    enum status status =
        wasm_module_load(input, &ours.module_arena, &ours.scratch, &ours.module, &report);
    say(message, &report);
    *out_module = ours.module;
    return status;
}

static void take_outcome(const struct wasm_outcome *outcome, struct diff_call *call)
{
    call->end = DIFF_TRAPPED;
    call->trap = outcome->trap;
    call->func = outcome->func;
    call->offset = outcome->offset;
    if (outcome->trap == WASM_TRAP_STACK_EXHAUSTED || outcome->trap == WASM_TRAP_OUT_OF_FUEL)
        call->end = DIFF_EXHAUSTED;
}

enum diff_end ours_start(struct diff_call *out_start, char *message)
{
    static struct wasm_host host = {.memory_reserve = reserve, .survives_traps = true};
    static struct wasm_caps caps = {.fuel = DIFF_FUEL,
                                    .memory_bytes = MEMORY_BYTES,
                                    .table_elements = TABLE_ELEMENTS,
                                    .heap_bytes = HEAP_BYTES,
                                    .stack_units = STACK_UNITS};
    struct wasm_outcome outcome = {0};
    struct report report;
    report_init(&report);
    host.collects_always = getenv("COLLECT") != NULL; /* every missed root is seen, slowly */
    if (host.collects_always)
        caps.heap_bytes = (uint64_t)1 << 20;
    enum status status =
        wasm_store_create(&host, &caps, &ours.instance_arena, &ours.store, &report);
    if (status == STATUS_OK)
        status =
            wasm_instance_create(ours.store, ours.module, NULL, &ours.instance, &outcome, &report);
    say(message, &report);
    ours.is_over_caps = status == STATUS_LIMIT || status == STATUS_NO_MEMORY;
    out_start->end = DIFF_RETURNED;
    if (status == STATUS_TRAP)
        take_outcome(&outcome, out_start);
    else if (status != STATUS_OK)
        out_start->end = DIFF_REFUSED;
    return out_start->end;
}

static uint32_t slots_of(const struct diff_value *value, uint64_t *slots)
{
    slots[0] = value->kind == '3' ? (value->low << 1 & 0xFFFFFFFFu) | 1 : value->low;
    if (value->kind != 'v')
        return 1;
    slots[1] = value->high;
    return 2;
}

static struct diff_value value_of(uint32_t type, const uint64_t *slots)
{
    switch (type) {
    case WASM_TYPE_I32:
        return (struct diff_value){'i', slots[0], 0};
    case WASM_TYPE_I64:
        return (struct diff_value){'I', slots[0], 0};
    case WASM_TYPE_F32:
        return (struct diff_value){'f', slots[0], 0};
    case WASM_TYPE_F64:
        return (struct diff_value){'F', slots[0], 0};
    case WASM_TYPE_V128:
        return (struct diff_value){'v', slots[0], slots[1]};
    default:
        break;
    }
    if (slots[0] == 0)
        return (struct diff_value){'0', 0, 0};
    if (diff_hierarchy(ours.module, type) == 'a' && (slots[0] & 1) != 0)
        return (struct diff_value){'3', slots[0] >> 1, 0};
    return (struct diff_value){'r', 0, 0};
}

void ours_call(uint32_t func, struct diff_call *call)
{
    static uint64_t slots[2 * DIFF_VALUES_MAX];
    const struct wasm_func_type *type = wasm_module_func_type(ours.module, func);
    struct wasm_outcome outcome = {0};
    uint32_t at = 0;
    for (uint32_t i = 0; i < type->param_count; i++)
        at += slots_of(&call->values[i], slots + at);
    wasm_store_set_fuel(ours.store, DIFF_FUEL);
    enum status status = wasm_call(ours.instance, func, slots, &outcome);
    call->fuel = wasm_store_fuel_used(ours.store);
    call->end = DIFF_RETURNED;
    if (status != STATUS_OK) {
        call->end = status == STATUS_NO_MEMORY ? DIFF_EXHAUSTED : DIFF_REFUSED;
        return;
    }
    if (outcome.trap != WASM_TRAP_NONE) {
        take_outcome(&outcome, call);
        return;
    }
    at = 0;
    call->count = type->result_count;
    for (uint32_t i = 0; i < call->count; i++) {
        call->values[i] = value_of(type->results[i], slots + at);
        at += wasm_type_slots(type->results[i]);
    }
}

bool ours_global(uint32_t export, struct diff_value *out)
{
    uint64_t slots[2] = {0};
    uint32_t index = ours.module->exports[export].index;
    if (wasm_instance_global(ours.instance, index, slots) != STATUS_OK)
        return false;
    *out = value_of(ours.module->globals[index].type, slots);
    return true;
}

struct bytes ours_memory(uint32_t export)
{
    uint8_t *base = NULL;
    uint64_t len = 0;
    enum status status =
        wasm_instance_memory(ours.instance, ours.module->exports[export].index, &base, &len);
    return status == STATUS_OK ? bytes_of(base, (size_t)len) : bytes_of(NULL, 0);
}

bool ours_table(uint32_t export, struct diff_table *out)
{
    struct wasm_extern table;
    wasm_instance_export(ours.instance, &ours.module->exports[export], &table);
    *out = (struct diff_table){.len = table.table->len};
    for (uint32_t i = 0; i < table.table->len; i++)
        out->nulls = diff_mix(out->nulls, table.table->elements[i] == 0);
    return true;
}

bool ours_is_over_caps(void)
{
    return ours.is_over_caps;
}

static enum status ignore_begin(void *context, uint32_t func, const uint32_t *types, uint32_t count)
{
    (void)context;
    (void)func;
    (void)types;
    (void)count;
    return STATUS_OK;
}

static enum status ignore_block(void *context, uint64_t offset)
{
    (void)context;
    (void)offset;
    return STATUS_OK;
}

static enum status ignore_cost(void *context, uint32_t cost)
{
    (void)context;
    (void)cost;
    return STATUS_OK;
}

static enum status ignore_end(void *context)
{
    (void)context;
    return STATUS_OK;
}

static enum status look_for_growth(void *context, const struct wasm_op *op)
{
    bool *grows = context;
    *grows |= op->code == WASM_OP_MEMORY_GROW || op->code == WASM_OP_TABLE_GROW;
    return STATUS_OK;
}

bool ours_grows(void)
{
    bool grows = false;
    const struct wasm_sink sink = {.context = &grows,
                                   .function_begin = ignore_begin,
                                   .fuel_block = ignore_block,
                                   .fuel_block_cost = ignore_cost,
                                   .op = look_for_growth,
                                   .function_end = ignore_end};
    for (uint32_t i = ours.module->import_func_count; i < ours.module->func_count; i++)
        if (wasm_body_read(ours.module, i, &sink, NULL, &ours.scratch, NULL) != STATUS_OK)
            return false;
    return grows;
}

void ours_close(void)
{
    for (size_t i = 0; i < ours.room_count; i++)
        (void)munmap(ours.rooms[i].base, ours.rooms[i].len); /* it was mapped */
    ours.room_count = 0;
    arena_rewind(&ours.instance_arena, 0);
    arena_rewind(&ours.module_arena, 0);
    arena_rewind(&ours.scratch, 0);
    ours.instance = NULL;
}

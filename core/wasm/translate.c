/*
 * core/wasm/translate.c: one function's body to register code; the sink, and its room.
 *
 * Room comes from the instance's arena: first the code, as much as it can be at most, then the map,
 * then what only the translation needs. Afterwards the map is moved down to the code and the rest
 * is given back.
 */
#include "core/wasm/translate.h"

#include <stddef.h>

/* No operator makes more: a fused branch with values (16 + 16 + 24 + 16), the CHARGE behind it
 * (16), and the copy of the one value that it pushed (24). Wide frames move operands besides (5
 * times 16). */
#define BYTES_PER_OP       112u
#define BYTES_PER_OP_WIDE  208u
#define BYTES_PER_FUNCTION 256u
#define MAP_BYTES_PER_OP   8u

#define HAS_PINS ((uint32_t)RESULT_COUNT > RESULT_P)

static enum status begin(void *context, uint32_t func, const uint32_t *local_types,
                         uint32_t local_count)
{
    struct translator *t = context;
    (void)func;
    (void)local_types;
    ASSERT(local_count == t->local_count);
    translate_begin(t);
    return STATUS_OK;
}

static enum status fuel_block(void *context, uint64_t offset)
{
    struct translator *t = context;
    translate_fuel_block(t, offset);
    return STATUS_OK;
}

static enum status fuel_block_cost(void *context, uint32_t cost)
{
    translate_fuel_block_cost(context, cost);
    return STATUS_OK;
}

static enum status op(void *context, const struct wasm_op *operator)
{
    struct translator *t = context;
    if (!translate_control_op(t, operator))
        translate_plain_op(t, operator);
    return t->is_full ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status end(void *context)
{
    struct translator *t = context;
    translate_note(t, TRANSLATE_NONE - 1, t->func->body_offset); /* writes the newest entry out */
    return t->is_full ? STATUS_NO_MEMORY : STATUS_OK;
}

static bool is_wide(const struct wasm_func *func)
{
    return (uint64_t)func->local_slots + 1 + func->max_height + CODE_WIDE_SLOTS > CODE_SLOT_MAX;
}

/* Frame layout (code.h), and the two locals that are pinned. */
static void lay_out(struct translator *t, const uint32_t pinned[2])
{
    uint32_t params = t->type->param_slots;
    uint32_t shift = 0;
    if (is_wide(t->func)) {
        t->scratch = params;
        shift = CODE_WIDE_SLOTS;
    }
    for (uint32_t i = 0; i < t->local_count; i++)
        t->locals[i] = (struct local){
            .slot = i < params ? i : i + shift, .head = TRANSLATE_NONE, .pin = CLASS_S};
    t->header = t->func->local_slots + shift;
    t->operands = t->header + 1;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t local = pinned[i];
        if (local == TRANSLATE_NONE || t->locals[local].slot > CODE_SLOT_MAX)
            continue;
        t->locals[local].pin = i == 0 ? CLASS_P : CLASS_Q;
        t->pins[i] = (uint16_t)t->locals[local].slot;
    }
}

static enum status allocate(struct translator *t, struct arena *arena)
{
    const struct wasm_func *func = t->func;
    uint64_t code_bytes =
        (uint64_t)func->op_count * (is_wide(func) ? BYTES_PER_OP_WIDE : BYTES_PER_OP) +
        (uint64_t)func->body.len * sizeof(struct code_table_target) + BYTES_PER_FUNCTION;
    uint64_t map_bytes = ((uint64_t)func->op_count + 2) * MAP_BYTES_PER_OP;
    if (code_bytes > INT32_MAX)
        return STATUS_LIMIT;
    t->cap = (uint32_t)code_bytes;
    t->map_cap = (uint32_t)map_bytes;
    t->code = arena_alloc(arena, t->cap, 1);
    t->map = t->code == NULL ? NULL : arena_alloc(arena, t->map_cap, 1);
    if (t->map == NULL)
        return STATUS_NO_MEMORY;
    t->values = arena_alloc(arena, (size_t)func->max_height + 2, sizeof *t->values);
    t->locals = arena_alloc(arena, (size_t)t->local_count + 1, sizeof *t->locals);
    t->labels = arena_alloc(arena, func->max_nesting, sizeof *t->labels);
    return t->values == NULL || t->locals == NULL || t->labels == NULL ? STATUS_NO_MEMORY
                                                                       : STATUS_OK;
}

/* Gives back all but the code and the map behind it. */
static void keep(struct translator *t, struct arena *arena, size_t mark, struct wasm_code *out_code)
{
    uint8_t *map = t->code + t->at;
    memmove(map, t->map, t->map_at);
    *out_code =
        (struct wasm_code){.cells = t->code, .cells_len = t->at, .map = map, .map_len = t->map_at};
    size_t misfit = (size_t)(t->code - (arena->base + mark));
    arena_rewind(arena, mark + misfit + t->at + t->map_at);
}

enum status wasm_translate(struct wasm_instance *instance, uint32_t func, struct arena *arena,
                           struct report *report)
{
    struct wasm_module *module = instance->module;
    struct translator t = {.instance = instance,
                           .module = module,
                           .func = &module->funcs[func],
                           .type = wasm_module_func_type(module, func),
                           .last = TRANSLATE_NONE,
                           .noted_cell = TRANSLATE_NONE,
                           .cost_at = TRANSLATE_NONE,
                           .charge_at = TRANSLATE_NONE,
                           .resume_at = TRANSLATE_NONE};
    t.local_count = t.func->local_slots;
    uint32_t pinned[2] = {TRANSLATE_NONE, TRANSLATE_NONE};
    size_t mark = arena_mark(arena);
    enum status status = STATUS_OK;
    if (HAS_PINS)
        status = wasm_choose_pins(module, func, arena, pinned, report);
    if (status == STATUS_OK)
        status = allocate(&t, arena);
    if (status == STATUS_OK) {
        lay_out(&t, pinned);
        struct wasm_sink sink = {.context = &t,
                                 .function_begin = begin,
                                 .fuel_block = fuel_block,
                                 .fuel_block_cost = fuel_block_cost,
                                 .op = op,
                                 .function_end = end};
        status = wasm_body_read(module, func, &sink, &t.reader, arena, report);
    }
    if (status != STATUS_OK) {
        arena_rewind(arena, mark);
        return report_fail_u64(report, status, t.func->body_offset,
                               "no room for the code of function %", func);
    }
    keep(&t, arena, mark, &instance->codes[func - module->import_func_count]);
    return STATUS_OK;
}

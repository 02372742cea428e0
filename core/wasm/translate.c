/*
 * core/wasm/translate.c: one function's body to register code; the sink, and its room.
 *
 * Room comes from the instance's arena: first the code, as much as it can be at most, then the map,
 * then what only the translation needs. Afterwards the map is moved down to the code and the rest
 * is given back.
 */
#include "core/wasm/translate.h"
#include "core/wasm/gc.h"

#include <stddef.h>

/* No operator makes more: a fused branch with values (16 + 16 + 24 + 16), the CHARGE behind it
 * (16), and the copy of the one value that it pushed (24). Wide frames move operands besides (5
 * times 16). A value and a safepoint make an entry of a map each (24). */
#define BYTES_PER_OP       160u
#define BYTES_PER_OP_WIDE  256u
#define BYTES_PER_FUNCTION 256u
#define MAP_BYTES_PER_OP   8u

/* What the reader takes of the scratch memory at most, twice over for growth by copying. */
#define READER_BYTES_PER_OPERAND 16u
#define READER_BYTES_PER_LOCAL   16u
#define READER_BYTES_PER_BLOCK   256u
#define READER_BYTES_PER_BYTE    16u
#define READER_BYTES             16384u

#define HAS_PINS ((uint32_t)RESULT_COUNT > RESULT_P)

static bool is_wide(const struct wasm_func *func)
{
    return (uint64_t)func->local_slots + 1 + func->max_height + CODE_WIDE_SLOTS > CODE_SLOT_MAX;
}

/* Frame layout (code.h), and the two locals that are pinned. */
static void lay_out(struct translator *t, const uint32_t *local_types)
{
    uint32_t slot = 0;
    t->is_wide = is_wide(t->func);
    t->scratch = t->type->param_slots;
    for (uint32_t i = 0; i < t->local_count; i++) {
        if (i == t->type->param_count && t->is_wide)
            slot += CODE_WIDE_SLOTS;
        uint32_t slots = wasm_type_slots(local_types[i]);
        t->locals[i] = (struct local){
            .slot = slot, .head = TRANSLATE_NONE, .pin = CLASS_S, .slots = slots & 3};
        slot += slots;
    }
    t->header = t->func->local_slots + (t->is_wide ? CODE_WIDE_SLOTS : 0);
    t->operands = t->header + 1;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t local = t->pinned[i];
        if (local == TRANSLATE_NONE || t->locals[local].slot > CODE_SLOT_MAX)
            continue;
        t->locals[local].pin = i == 0 ? CLASS_P : CLASS_Q;
        t->pins[i] = (uint16_t)t->locals[local].slot;
    }
}

static enum status begin(void *context, uint32_t func, const uint32_t *local_types,
                         uint32_t local_count)
{
    struct translator *t = context;
    (void)func;
    ASSERT(local_count == t->local_count);
    lay_out(t, local_types);
    translate_begin(t);
    translate_root_locals(t, local_types);
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
    translate_root_results(t, operator);
    return t->is_full ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status end(void *context)
{
    struct translator *t = context;
    translate_note(t, TRANSLATE_NONE - 1, t->func->body_offset); /* writes the newest entry out */
    if (t->is_full)
        return STATUS_NO_MEMORY;
    if (t->zero_to != 0) {
        struct code_enter *enter = (void *)t->code;
        enter->zeroed = t->zero_from;
        enter->zeroed_count = t->zero_to - t->zero_from;
    }
    return STATUS_OK;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What the tables of the translation and the reader take at most (module.h says the reader's). */
static uint64_t scratch_bytes(const struct translator *t)
{
    const struct wasm_func *func = t->func;
    return ((uint64_t)func->max_height + 2) * (sizeof *t->values + READER_BYTES_PER_OPERAND) +
           ((uint64_t)t->local_count + 1) * (sizeof *t->locals + READER_BYTES_PER_LOCAL) +
           (uint64_t)func->max_nesting * (sizeof *t->labels + READER_BYTES_PER_BLOCK) +
           (uint64_t)func->body.len * READER_BYTES_PER_BYTE + READER_BYTES;
}

static uint64_t most_code_bytes(const struct wasm_func *func)
{
    return (uint64_t)func->op_count * (is_wide(func) ? BYTES_PER_OP_WIDE : BYTES_PER_OP) +
           (uint64_t)func->body.len * sizeof(struct code_table_target) + BYTES_PER_FUNCTION;
}

/* Room for the points of tries (code.h): at most one an operator. */
static uint64_t point_bytes(const struct wasm_func *func)
{
    return func->has_try ? (uint64_t)func->op_count * sizeof(struct code_try_point) : 0;
}

/* Splits what is left of the arena, without taking it: code from the front, then the map and the
 * points of tries, and all of the rest is scratch. */
static enum status split_arena(struct translator *t, struct arena *arena, struct arena *scratch)
{
    uint64_t most_code = most_code_bytes(t->func);
    uint64_t map = ((uint64_t)t->func->op_count + 2) * MAP_BYTES_PER_OP;
    uint64_t points = point_bytes(t->func);
    uint64_t tables = scratch_bytes(t) + map + points;
    if (most_code > INT32_MAX)
        return STATUS_LIMIT;
    t->code = arena_alloc(arena, 0, 1);
    if (t->code == NULL)
        return STATUS_NO_MEMORY;
    size_t left = arena->cap - arena->used;
    if (tables >= left)
        return STATUS_NO_MEMORY;
    t->cap = (uint32_t)min_u64(most_code, left - tables) / 8 * 8;
    t->map = t->code + t->cap;
    t->map_cap = (uint32_t)map;
    t->points = (void *)(t->map + t->map_cap);
    size_t front = ((size_t)t->cap + t->map_cap + (size_t)points + 15) / 16 * 16;
    arena_init(scratch, t->code + front, left - front);
    t->values = arena_alloc(scratch, (size_t)t->func->max_height + 2, sizeof *t->values);
    t->locals = arena_alloc(scratch, (size_t)t->local_count + 1, sizeof *t->locals);
    t->labels = arena_alloc(scratch, t->func->max_nesting, sizeof *t->labels);
    bool has_tables = t->values != NULL && t->locals != NULL && t->labels != NULL;
    return has_tables ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status read(struct translator *t, uint32_t func, struct arena *scratch,
                        struct report *report)
{
    struct wasm_sink sink = {.context = t,
                             .function_begin = begin,
                             .fuel_block = fuel_block,
                             .fuel_block_cost = fuel_block_cost,
                             .op = op,
                             .function_end = end};
    return wasm_body_read(t->module, func, &sink, &t->reader, scratch, report);
}

/* Moves `len` bytes down and wipes what they leave. */
static uint8_t *move_down(uint8_t *to, uint8_t *from, size_t len)
{
    memmove(to, from, len);
    uint8_t *end = to + len;
    uint8_t *rest = end > from ? end : from;
    if (rest < from + len)
        memory_wipe(rest, (size_t)(from + len - rest));
    return end;
}

/* What stands in front of the map, to the end of the code's room. */
static size_t roots_bytes(const struct translator *t)
{
    return t->roots_count * sizeof(struct code_roots);
}

/* Takes the code out of the arena, and the maps of references and of offsets and the points moved
 * down to it. */
static enum status keep(struct translator *t, struct arena *arena, struct wasm_code *out_code)
{
    size_t points_len = t->point_count * sizeof *t->points;
    size_t roots_len = roots_bytes(t);
    uint8_t *map = t->code + t->at + roots_len;
    uint8_t *points = move_down(t->code + t->at, t->map - roots_len, roots_len + t->map_at);
    points += (8 - ((uintptr_t)points & 7)) & 7;
    if (points_len != 0)
        (void)move_down(points, (uint8_t *)t->points, points_len); /* to the end of it */
    size_t len = t->at + roots_len + t->map_at;
    if (points_len != 0)
        len = (size_t)(points - t->code) + points_len;
    if (arena_alloc(arena, len, 1) == NULL) {
        memory_wipe(t->code, len);
        return STATUS_NO_MEMORY;
    }
    *out_code = (struct wasm_code){.cells = t->code,
                                   .cells_len = t->at,
                                   .roots_end = (const void *)map,
                                   .map = map,
                                   .map_len = t->map_at,
                                   .points = (const void *)points,
                                   .point_count = t->point_count,
                                   .header = t->header,
                                   .units = translate_units(t)};
    return STATUS_OK;
}

/* Wipes what a translation that failed wrote, and says which size of arena would do. */
static void give_up(struct translator *t, struct arena *arena)
{
    uint64_t most = most_code_bytes(t->func) + scratch_bytes(t) +
                    ((uint64_t)t->func->op_count + 2) * MAP_BYTES_PER_OP + point_bytes(t->func) +
                    64;
    if (t->map != NULL) {
        memory_wipe(t->code, t->at);
        memory_wipe(t->map - roots_bytes(t), roots_bytes(t) + t->map_at);
        memory_wipe((uint8_t *)t->points, t->point_count * sizeof *t->points);
    }
    arena->wanted = arena->used + (size_t)most;
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
                           .zero_from = TRANSLATE_NONE,
                           .resume_at = TRANSLATE_NONE,
                           .region = CODE_NO_REGION};
    t.local_count = t.func->local_count;
    t.pinned[0] = t.pinned[1] = TRANSLATE_NONE;
    struct arena scratch = {0};
    enum status status = STATUS_OK;
    if (HAS_PINS)
        status = wasm_choose_pins(module, func, arena, t.pinned, report);
    if (status == STATUS_OK)
        status = split_arena(&t, arena, &scratch);
    if (status == STATUS_OK)
        status = read(&t, func, &scratch, report);
    size_t needed = arena->used + t.at + roots_bytes(&t) + t.map_at +
                    t.point_count * sizeof *t.points + scratch.peak;
    if (arena->peak < needed)
        arena->peak = needed;
    if (scratch.base != NULL)
        arena_fini(&scratch);
    if (status == STATUS_OK)
        status = keep(&t, arena, &instance->codes[func - module->import_func_count]);
    else
        give_up(&t, arena);
    if (status != STATUS_OK)
        return report_fail_u64(report, status, t.func->body_offset,
                               "no room for the code of function %", func);
    return STATUS_OK;
}

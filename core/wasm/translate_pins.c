/*
 * core/wasm/translate_pins.c: which two integer locals of a function are worth a register.
 *
 * A sink of its own, read before the translation in builds that have pins: uses count, each loop
 * around them eightfold. Only speed depends on it.
 */
#include "core/wasm/translate.h"

#define LOOP_WEIGHT_LOG2 3u
#define LOOP_DEPTH_MAX   6u
#define USES_MIN         3u

struct counter {
    uint64_t *uses; /* by local; references, floats and vectors stay 0 */
    const uint32_t *types;
    uint32_t count;
    uint32_t loops; /* open now */
    uint32_t best[2];
};

static enum status begin(void *context, uint32_t func, const uint32_t *local_types,
                         uint32_t local_count)
{
    struct counter *c = context;
    (void)func;
    c->types = local_types;
    ASSERT(local_count == c->count);
    return STATUS_OK;
}

static enum status fuel_block(void *context, uint64_t offset)
{
    (void)context;
    (void)offset;
    return STATUS_OK;
}

static enum status fuel_block_cost(void *context, uint32_t cost)
{
    (void)context;
    (void)cost;
    return STATUS_OK;
}

static enum status op(void *context, const struct wasm_op *operator)
{
    struct counter *c = context;
    uint32_t depth = c->loops < LOOP_DEPTH_MAX ? c->loops : LOOP_DEPTH_MAX;
    switch (operator->code) {
    case WASM_OP_LOOP:
        c->loops++;
        break;
    case WASM_OP_END:
        if (operator->control->code == WASM_OP_LOOP)
            c->loops--;
        break;
    case WASM_OP_LOCAL_GET:
    case WASM_OP_LOCAL_SET:
    case WASM_OP_LOCAL_TEE:
        if (operator->is_reachable)
            c->uses[operator->index] += (uint64_t)1 << (depth * LOOP_WEIGHT_LOG2);
        break;
    default:
        break;
    }
    return STATUS_OK;
}

static bool is_integer(uint32_t type)
{
    return type == WASM_TYPE_I32 || type == WASM_TYPE_I64;
}

static enum status end(void *context)
{
    struct counter *c = context;
    for (uint32_t i = 0; i < c->count; i++) {
        if (!is_integer(c->types[i]) || c->uses[i] < USES_MIN)
            continue;
        if (c->best[0] == TRANSLATE_NONE || c->uses[i] > c->uses[c->best[0]]) {
            c->best[1] = c->best[0];
            c->best[0] = i;
        } else if (c->best[1] == TRANSLATE_NONE || c->uses[i] > c->uses[c->best[1]]) {
            c->best[1] = i;
        }
    }
    return STATUS_OK;
}

enum status wasm_choose_pins(struct wasm_module *module, uint32_t func, struct arena *arena,
                             uint32_t pinned[2], struct report *report)
{
    size_t mark = arena_mark(arena);
    struct counter c = {.count = module->funcs[func].local_count,
                        .best = {TRANSLATE_NONE, TRANSLATE_NONE}};
    c.uses = arena_alloc(arena, (size_t)c.count + 1, sizeof *c.uses);
    if (c.uses == NULL)
        return STATUS_NO_MEMORY;
    struct wasm_sink sink = {.context = &c,
                             .function_begin = begin,
                             .fuel_block = fuel_block,
                             .fuel_block_cost = fuel_block_cost,
                             .op = op,
                             .function_end = end};
    enum status status = wasm_body_read(module, func, &sink, NULL, arena, report);
    arena_rewind(arena, mark);
    if (status != STATUS_OK)
        return status;
    pinned[0] = c.best[0];
    pinned[1] = c.best[1];
    return STATUS_OK;
}

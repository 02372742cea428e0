/*
 * core/wasm/interp_bulk.c: handlers of whole-memory and table operators (WASM 3.0 §4.6.7, §4.6.8).
 *
 * They take their operands from consecutive slots and may call C: none is in a tight loop.
 * Order in each (semantics.md 2): the operator's own bounds checks, then its dynamic fuel, then its
 * effect. Growth that fails costs nothing beyond the operator.
 */
#include "core/wasm/handlers.h"

/* i32 operands lie zero-extended in their slots: both widths of addresses read alike. */
#define OPERAND(n) frame[cell->base + (n)]

/* What a growth that fails gives. */
ALWAYS_INLINE uint64_t no_growth(const struct wasm_limits *limits)
{
    return limits->is_64 ? UINT64_MAX : UINT32_MAX;
}

HANDLER(slow_MEMORY_SIZE)
{
    CELL(stack);
    const struct wasm_memory *of = instance->memories[cell->index];
    OPERAND(0) = of->len >> of->type.page_log2;
    NEXT();
}

HANDLER(slow_MEMORY_GROW)
{
    CELL(stack);
    struct wasm_memory *of = instance->memories[cell->index];
    struct wasm_store *store = instance->store;
    uint32_t log2 = of->type.page_log2;
    uint64_t pages = OPERAND(0);
    if (pages > (of->cap - of->len) >> log2 ||
        pages > (store->caps.memory_bytes - store->memory_bytes) >> log2) {
        OPERAND(0) = no_growth(&of->type.limits);
        NEXT();
    }
    PAY(pages);
    OPERAND(0) = of->len >> log2;
    of->len += pages << log2;
    store->memory_bytes += pages << log2;
    RELOAD_MEMORY(); /* it may be memory 0, under whatever index */
    NEXT();
}

HANDLER(slow_MEMORY_INIT)
{
    CELL(stack);
    struct bytes data = instance->datas[cell->index];
    const struct wasm_memory *to = instance->memories[cell->index2];
    if (!handler_is_in_range(OPERAND(0), OPERAND(2), to->len) ||
        !handler_is_in_range(OPERAND(1), OPERAND(2), data.len))
        TRAP(MEMORY_OUT_OF_BOUNDS);
    PAY(OPERAND(2));
    if (OPERAND(2) != 0)
        memcpy(to->base + OPERAND(0), data.data + OPERAND(1), OPERAND(2));
    NEXT();
}

HANDLER(slow_DATA_DROP)
{
    CELL(stack);
    instance->datas[cell->index].len = 0;
    NEXT();
}

HANDLER(slow_MEMORY_COPY)
{
    CELL(stack);
    const struct wasm_memory *to = instance->memories[cell->index];
    const struct wasm_memory *from = instance->memories[cell->index2];
    if (!handler_is_in_range(OPERAND(0), OPERAND(2), to->len) ||
        !handler_is_in_range(OPERAND(1), OPERAND(2), from->len))
        TRAP(MEMORY_OUT_OF_BOUNDS);
    PAY(OPERAND(2));
    if (OPERAND(2) != 0)
        memmove(to->base + OPERAND(0), from->base + OPERAND(1), OPERAND(2));
    NEXT();
}

HANDLER(slow_MEMORY_FILL)
{
    CELL(stack);
    const struct wasm_memory *of = instance->memories[cell->index];
    if (!handler_is_in_range(OPERAND(0), OPERAND(2), of->len))
        TRAP(MEMORY_OUT_OF_BOUNDS);
    PAY(OPERAND(2));
    if (OPERAND(2) != 0)
        memset(of->base + OPERAND(0), (uint8_t)OPERAND(1), OPERAND(2));
    NEXT();
}

HANDLER(slow_TABLE_GET)
{
    CELL(stack);
    const struct wasm_table_state *table = instance->tables[cell->index];
    if (OPERAND(0) >= table->len)
        TRAP(TABLE_OUT_OF_BOUNDS);
    OPERAND(0) = table->elements[OPERAND(0)];
    NEXT();
}

HANDLER(slow_TABLE_SET)
{
    CELL(stack);
    const struct wasm_table_state *table = instance->tables[cell->index];
    if (OPERAND(0) >= table->len)
        TRAP(TABLE_OUT_OF_BOUNDS);
    table->elements[OPERAND(0)] = (uint32_t)OPERAND(1);
    NEXT();
}

HANDLER(slow_TABLE_INIT)
{
    CELL(stack);
    const struct wasm_table_state *table = instance->tables[cell->index2];
    struct wasm_elem_state elem = instance->elems[cell->index];
    if (!handler_is_in_range(OPERAND(0), OPERAND(2), table->len) ||
        !handler_is_in_range(OPERAND(1), OPERAND(2), elem.len))
        TRAP(TABLE_OUT_OF_BOUNDS);
    PAY(OPERAND(2));
    for (uint64_t i = 0; i < OPERAND(2); i++)
        table->elements[OPERAND(0) + i] = elem.refs[OPERAND(1) + i];
    NEXT();
}

HANDLER(slow_ELEM_DROP)
{
    CELL(stack);
    instance->elems[cell->index].len = 0;
    NEXT();
}

HANDLER(slow_TABLE_COPY)
{
    CELL(stack);
    const struct wasm_table_state *to = instance->tables[cell->index];
    const struct wasm_table_state *from = instance->tables[cell->index2];
    if (!handler_is_in_range(OPERAND(0), OPERAND(2), to->len) ||
        !handler_is_in_range(OPERAND(1), OPERAND(2), from->len))
        TRAP(TABLE_OUT_OF_BOUNDS);
    PAY(OPERAND(2));
    if (OPERAND(2) != 0)
        memmove(to->elements + OPERAND(0), from->elements + OPERAND(1),
                OPERAND(2) * sizeof *to->elements);
    NEXT();
}

/* Operands: the new elements' value, how many. */
HANDLER(slow_TABLE_GROW)
{
    CELL(stack);
    struct wasm_store *store = instance->store;
    struct wasm_table_state *table = instance->tables[cell->index];
    uint64_t count = OPERAND(1);
    if (count > table->cap - table->len ||
        count > store->caps.table_elements - store->table_elements) {
        OPERAND(0) = no_growth(&table->type.limits);
        NEXT();
    }
    PAY(count);
    for (uint64_t i = 0; i < count; i++)
        table->elements[table->len + i] = (uint32_t)OPERAND(0);
    OPERAND(0) = table->len;
    table->len += (uint32_t)count;
    store->table_elements += count;
    NEXT();
}

HANDLER(slow_TABLE_SIZE)
{
    CELL(stack);
    OPERAND(0) = instance->tables[cell->index]->len;
    NEXT();
}

HANDLER(slow_TABLE_FILL)
{
    CELL(stack);
    const struct wasm_table_state *table = instance->tables[cell->index];
    if (!handler_is_in_range(OPERAND(0), OPERAND(2), table->len))
        TRAP(TABLE_OUT_OF_BOUNDS);
    PAY(OPERAND(2));
    for (uint64_t i = 0; i < OPERAND(2); i++)
        table->elements[OPERAND(0) + i] = (uint32_t)OPERAND(1);
    NEXT();
}

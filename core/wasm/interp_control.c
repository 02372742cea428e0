/*
 * core/wasm/interp_control.c: handlers of control, calls, moves and variables.
 *
 * Calls are flat: CALL moves the frame pointer to the arguments, ENTER makes the frame, RETURN_*
 * puts the results where the arguments were and goes to the RESUME cell behind the call. `acc`
 * carries the return address from CALL to ENTER.
 */
#include "core/wasm/handlers.h"

/* The float accumulator as a slot: the bits above an f32 are stale and cleared. */
ALWAYS_INLINE uint64_t float_slot(handler_vector facc, uint64_t is_f64)
{
    return handler_double_slot(handler_acc_double(facc)) & (UINT32_MAX | (0 - is_f64) << 32);
}

HANDLER(op_CHARGE)
{
    uint64_t left;
    CELL(charge);
    if (UNLIKELY(ckd_sub(&left, fuel, cell->cost)))
        TRAP(OUT_OF_FUEL);
    fuel = left;
    NEXT();
}

/* Runs only when a return could not pay: the frame is the caller's already. */
HANDLER(op_RESUME)
{
    TRAP(OUT_OF_FUEL);
}

HANDLER(op_UNREACHABLE)
{
    TRAP(UNREACHABLE);
}

HANDLER(op_JUMP)
{
    CELL(jump);
    GO_CHARGED(TARGET(cell->target));
}

/* Returns to wasm_interp_run. */
HANDLER(op_HALT)
{
    (void)memory, (void)memory_len, (void)units, (void)acc, (void)pin0, (void)pin1, (void)facc;
    (void)frame, (void)pc;
    instance->store->fuel = fuel;
}

HANDLER(op_ENTER)
{
    uint64_t left;
    CELL(enter);
    if (UNLIKELY(units < cell->units))
        MUSTTAIL return wasm_slow_stack_exhausted(HANDLER_ARGS);
    frame[cell->header] = acc;
    if (UNLIKELY(ckd_sub(&left, fuel, cell->cost)))
        TRAP(OUT_OF_FUEL);
    fuel = left;
    units -= cell->units;
    for (uint64_t count = cell->zeroed_count; count != 0; count--) {
        __asm__ volatile("" : "+r"(count)); /* else clang calls memset: it needs a stack */
        frame[cell->zeroed + count - 1] = 0;
    }
    pin0 = frame[cell->pin0];
    pin1 = frame[cell->pin1];
    NEXT();
}

HANDLER(op_CALL)
{
    CELL(call);
    const struct code_resume *resume = (const void *)(pc + sizeof *cell);
    acc = (uintptr_t)resume;
    frame += resume->delta;
    pc = instance->targets[cell->func];
    DISPATCH();
}

#define DEFINE_CALL_INDIRECT(l, index_expression)                                                  \
    HANDLER(op_CALL_INDIRECT_##l)                                                                  \
    {                                                                                              \
        CELL(call_indirect);                                                                       \
        uint64_t index = (index_expression);                                                       \
        const struct wasm_table_state *table = instance->tables[cell->table];                      \
        if (UNLIKELY(index >= table->len))                                                         \
            TRAP(UNDEFINED_ELEMENT);                                                               \
        uint32_t ref = table->elements[index];                                                     \
        if (UNLIKELY(ref == 0))                                                                    \
            TRAP(NULL_REFERENCE);                                                                  \
        const struct wasm_entry *entry = &instance->store->funcs[ref - 1];                         \
        if (UNLIKELY(entry->type != cell->type)) {                                                 \
            pin0 = ref;                                                                            \
            MUSTTAIL return wasm_slow_call_subtype(HANDLER_ARGS);                                  \
        }                                                                                          \
        GO_ENTER(ref, entry);                                                                      \
    }
DEFINE_CALL_INDIRECT(S, frame[cell->index])
DEFINE_CALL_INDIRECT(A, acc)

#define DEFINE_RETURN(l, result_statement)                                                         \
    HANDLER(op_RETURN_##l)                                                                         \
    {                                                                                              \
        CELL(return);                                                                              \
        const uint8_t *back = (const uint8_t *)(uintptr_t)frame[cell->header];                     \
        units += cell->units;                                                                      \
        result_statement;                                                                          \
        GO_RESUME(back);                                                                           \
    }
DEFINE_RETURN(0, )
DEFINE_RETURN(S, frame[0] = frame[cell->source])
DEFINE_RETURN(A, frame[0] = acc)
DEFINE_RETURN(F, frame[0] = float_slot(facc, cell->count))

/* Results lie above where they go. */
HANDLER(slow_RETURN_N)
{
    CELL(return);
    const uint8_t *back = (const uint8_t *)(uintptr_t)frame[cell->header];
    units += cell->units;
    for (uint32_t i = 0; i < cell->count; i++)
        frame[i] = frame[cell->source + i];
    GO_RESUME(back);
}

#define DEFINE_BR_TABLE(l, index_expression)                                                       \
    HANDLER(op_BR_TABLE_##l)                                                                       \
    {                                                                                              \
        CELL(br_table);                                                                            \
        uint32_t index = (uint32_t)(index_expression);                                             \
        index = index < cell->count ? index : cell->count;                                         \
        GO_CHARGED(TARGET(cell->targets[index].target));                                           \
    }
DEFINE_BR_TABLE(S, frame[cell->index])
DEFINE_BR_TABLE(A, acc)

/* The label's values move down, each target has its own place for them. */
HANDLER(slow_BR_TABLE_MOVE)
{
    CELL(br_table);
    uint32_t index = (uint32_t)frame[cell->index];
    index = index < cell->count ? index : cell->count;
    uint32_t destination = cell->targets[index].destination;
    for (uint32_t i = 0; i < cell->moved; i++)
        frame[destination + i] = frame[cell->source + i];
    GO_CHARGED(TARGET(cell->targets[index].target));
}

HANDLER(slow_MOVE_RANGE)
{
    CELL(move_range);
    for (uint32_t i = 0; i < cell->count; i++)
        frame[cell->destination + i] = frame[cell->source + i];
    NEXT();
}

HANDLER(op_WIDE_GET)
{
    CELL(wide);
    frame[cell->narrow] = frame[cell->wide];
    NEXT();
}

HANDLER(op_WIDE_SET)
{
    CELL(wide);
    frame[cell->wide] = frame[cell->narrow];
    NEXT();
}

HANDLER(op_WIDE_SET_A)
{
    CELL(wide);
    frame[cell->wide] = acc;
    NEXT();
}

HANDLER(op_WIDE_SET_F)
{
    CELL(wide);
    frame[cell->wide] = float_slot(facc, cell->is_f64);
    NEXT();
}

#define MOVED_S                    frame[cell->a]
#define MOVED_A                    acc
#define MOVED_I                    (uint64_t)(int64_t)cell->imm
#define MOVED_F                    float_slot(facc, cell->index)
#define DEFINE_MOVE(from, to, ...) DEFINE_MOVE_##from(from, to)
#define DEFINE_MOVE_S(from, to)    DEFINE_MOVE_VALUE(from, to)
#define DEFINE_MOVE_A(from, to)    DEFINE_MOVE_VALUE(from, to)
#define DEFINE_MOVE_I(from, to)    DEFINE_MOVE_VALUE(from, to)
#define DEFINE_MOVE_F(from, to)    DEFINE_MOVE_VALUE(from, to)
#define DEFINE_MOVE_VALUE(from, to)                                                                \
    HANDLER(op_MOVE_##from##to)                                                                    \
    {                                                                                              \
        CELL(value);                                                                               \
        RESULT_TO_##to(MOVED_##from);                                                              \
        NEXT();                                                                                    \
    }
#define DEFINE_MOVE_K(from, to)                                                                    \
    HANDLER(op_MOVE_##from##to)                                                                    \
    {                                                                                              \
        CELL(const64);                                                                             \
        RESULT_TO_##to((uint64_t)cell->high << 32 | cell->low);                                    \
        NEXT();                                                                                    \
    }
CLASS_MOVE_LIST(DEFINE_MOVE, 0)

#define DEFINE_SELECT(l, ...) CLASS_RESULT_LIST(DEFINE_SELECT_ONE, l)
#define SELECTOR_S            frame[cell->c]
#define SELECTOR_A            acc
#define SELECTOR_P            pin0
#define SELECTOR_Q            pin1
#define DEFINE_SELECT_ONE(d, l)                                                                    \
    HANDLER(op_SELECT_##l##d)                                                                      \
    {                                                                                              \
        CELL(value);                                                                               \
        uint64_t result = (uint32_t)SELECTOR_##l != 0 ? frame[cell->a] : frame[cell->b];           \
        RESULT_TO_##d(result);                                                                     \
        NEXT();                                                                                    \
    }
CLASS_SOURCE_LIST(DEFINE_SELECT, 0)

#define DEFINE_GLOBAL_GET(d, ...)                                                                  \
    HANDLER(op_GLOBAL_GET_##d)                                                                     \
    {                                                                                              \
        CELL(value);                                                                               \
        RESULT_TO_##d(instance->globals[cell->index]);                                             \
        NEXT();                                                                                    \
    }
CLASS_RESULT_LIST(DEFINE_GLOBAL_GET, 0)

#define DEFINE_GLOBAL_SET(l, ...)                                                                  \
    HANDLER(op_GLOBAL_SET_##l)                                                                     \
    {                                                                                              \
        CELL(value);                                                                               \
        instance->globals[cell->index] = OPERAND_A_##l;                                            \
        NEXT();                                                                                    \
    }
CLASS_SOURCE_LIST(DEFINE_GLOBAL_SET, 0)

/* An imported mutable global: its slots are another instance's. `index2` counts them. */
HANDLER(slow_GLOBAL_GET_FAR)
{
    CELL(stack);
    const uint64_t *value = instance->global_states[cell->index]->value;
    for (uint32_t i = 0; i < cell->index2; i++)
        frame[cell->base + i] = value[i];
    NEXT();
}

HANDLER(slow_GLOBAL_SET_FAR)
{
    CELL(stack);
    uint64_t *value = instance->global_states[cell->index]->value;
    for (uint32_t i = 0; i < cell->index2; i++)
        value[i] = frame[cell->base + i];
    NEXT();
}

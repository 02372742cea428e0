/*
 * core/wasm/interp_atomic.c: atomic operators for one agent (threads; decision 0008).
 *
 * Nobody else runs while a handler does, so each is a plain access. What is left of atomics is the
 * check of alignment, which comes before the check of bounds, and waiting, which can not be: no
 * other agent will ever notify. One handler serves all widths; none is in a tight loop.
 */
#include "core/wasm/far.h"

#define NOT_EQUAL 1u
#define TIMED_OUT 2u

/* All addresses wrap together, so the low bits are those of the effective address. */
#define CHECK_ALIGNED()                                                                            \
    do {                                                                                           \
        if (UNLIKELY(((frame[cell->a] + cell->offset) & ((UINT64_C(1) << cell->log2) - 1)) != 0))  \
            TRAP(UNALIGNED_ATOMIC);                                                                \
    } while (0)

#define CHECK_PLACE(place)                                                                         \
    do {                                                                                           \
        if (UNLIKELY((place) == NULL))                                                             \
            TRAP(MEMORY_OUT_OF_BOUNDS);                                                            \
    } while (0)

/* Zero-extended. */
static uint64_t read_width(const uint8_t *place, uint32_t log2)
{
    switch (log2) {
    case 0:
        return *place;
    case 1:
        return *(const MEMORY_TYPE(uint16_t) *)place;
    case 2:
        return *(const MEMORY_TYPE(uint32_t) *)place;
    default:
        return *(const MEMORY_TYPE(uint64_t) *)place;
    }
}

static void write_width(uint8_t *place, uint32_t log2, uint64_t value)
{
    switch (log2) {
    case 0:
        *place = (uint8_t)value;
        break;
    case 1:
        *(MEMORY_TYPE(uint16_t) *)place = (uint16_t)value;
        break;
    case 2:
        *(MEMORY_TYPE(uint32_t) *)place = (uint32_t)value;
        break;
    default:
        *(MEMORY_TYPE(uint64_t) *)place = value;
        break;
    }
}

static uint64_t cut_to_width(uint64_t value, uint32_t log2)
{
    return log2 == 3 ? value : value & ((UINT64_C(1) << (8u << log2)) - 1);
}

/* What is stored where `old` was; `operand` is wider than the access may be. */
static uint64_t modified(const struct code_far *cell, uint64_t old, uint64_t operand,
                         uint64_t replacement)
{
    switch (cell->rmw) {
    case CODE_RMW_ADD:
        return old + operand;
    case CODE_RMW_SUB:
        return old - operand;
    case CODE_RMW_AND:
        return old & operand;
    case CODE_RMW_OR:
        return old | operand;
    case CODE_RMW_XOR:
        return old ^ operand;
    case CODE_RMW_EXCHANGE:
        return operand;
    default:
        return old == cut_to_width(operand, cell->log2) ? replacement : old;
    }
}

HANDLER(slow_ATOMIC_LOAD)
{
    CELL(far);
    CHECK_ALIGNED();
    const uint8_t *place = FAR_PLACE(UINT64_C(1) << cell->log2);
    CHECK_PLACE(place);
    frame[cell->d] = read_width(place, cell->log2);
    NEXT();
}

HANDLER(slow_ATOMIC_STORE)
{
    CELL(far);
    CHECK_ALIGNED();
    uint8_t *place = FAR_PLACE(UINT64_C(1) << cell->log2);
    CHECK_PLACE(place);
    write_width(place, cell->log2, frame[cell->b]);
    NEXT();
}

HANDLER(slow_ATOMIC_RMW)
{
    CELL(far);
    CHECK_ALIGNED();
    uint8_t *place = FAR_PLACE(UINT64_C(1) << cell->log2);
    CHECK_PLACE(place);
    uint64_t old = read_width(place, cell->log2);
    write_width(place, cell->log2, modified(cell, old, frame[cell->b], frame[cell->c]));
    frame[cell->d] = old;
    NEXT();
}

HANDLER(slow_ATOMIC_NOTIFY)
{
    CELL(far);
    CHECK_ALIGNED();
    const uint8_t *place = FAR_PLACE(UINT64_C(1) << cell->log2);
    CHECK_PLACE(place);
    frame[cell->d] = 0;
    NEXT();
}

/* There is no clock: a wait that ends by its timeout ends at once. */
HANDLER(slow_ATOMIC_WAIT)
{
    CELL(far);
    CHECK_ALIGNED();
    if (UNLIKELY(!instance->module->memories[cell->memory].limits.is_shared))
        TRAP(EXPECTED_SHARED_MEMORY);
    const uint8_t *place = FAR_PLACE(UINT64_C(1) << cell->log2);
    CHECK_PLACE(place);
    bool is_equal = read_width(place, cell->log2) == cut_to_width(frame[cell->b], cell->log2);
    if (UNLIKELY(is_equal && (int64_t)frame[cell->c] < 0))
        TRAP(ENDLESS_WAIT);
    frame[cell->d] = is_equal ? TIMED_OUT : NOT_EQUAL;
    NEXT();
}

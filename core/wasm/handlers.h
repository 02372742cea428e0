/*
 * core/wasm/handlers.h: what every handler of register code is made of. For interp_*.c only.
 *
 * A handler is a function of its own, entered and left by a tail call. Its state travels in
 * argument registers (preserve_none: ten integers and one vector here):
 *   pc, frame, memory (base) and memory_len (of memory 0), instance, fuel, units (left of the stack
 *   budget), acc (integer accumulator), pin0 and pin1 (pinned locals), facc (float accumulator).
 * The macros name these and some of them return: a handler is a list of such macros, and there is
 * no other way to write the same tail call thousands of times.
 *
 * Invariants:
 *   (1) wasm_op_* touch no stack (tests/tools/check_handlers.sh); what needs one is wasm_slow_*.
 *   (2) pc stays on the handler's own cell until the last thing it does, so that a trap finds it.
 *   (3) instance->memory is always as the registers are; fuel and units are stored in the store
 *       before a call into C that may look at them.
 */
#ifndef AETHER_WASM_HANDLERS_H
#define AETHER_WASM_HANDLERS_H

#include "core/base/ckd.h"
#include "core/wasm/code.h"
#include "core/wasm/instance.h"

/* Room for a v128: scalar and vector handlers share it. */
typedef float handler_vector __attribute__((vector_size(16)));
typedef double handler_vector_f64 __attribute__((vector_size(16)));

#define HANDLER_PARAMS                                                                             \
    const uint8_t *pc, uint64_t *frame, uint8_t *memory, uint64_t memory_len,                      \
        struct wasm_instance *instance, uint64_t fuel, uint64_t units, uint64_t acc,               \
        uint64_t pin0, uint64_t pin1, handler_vector facc
#define HANDLER_ARGS pc, frame, memory, memory_len, instance, fuel, units, acc, pin0, pin1, facc

typedef void handler_fn(HANDLER_PARAMS) PRESERVE_NONE;

#define HANDLER(name)                                                                              \
    PRESERVE_NONE void wasm_##name(HANDLER_PARAMS);                                                \
    PRESERVE_NONE void wasm_##name(HANDLER_PARAMS)

#define CELL(kind) const struct code_##kind *cell = (const void *)pc

/* Runs the cell at pc. */
#define DISPATCH()                                                                                 \
    MUSTTAIL return ((handler_fn *)((const struct code_head *)(const void *)pc)->handler)(         \
        HANDLER_ARGS)

/* Steps over this cell. */
#define NEXT()                                                                                     \
    do {                                                                                           \
        pc += sizeof *cell;                                                                        \
        DISPATCH();                                                                                \
    } while (0)

/* Ends the run at this cell. */
#define TRAP(kind) MUSTTAIL return wasm_slow_trap_##kind(HANDLER_ARGS)

/* Where the field of a branch points to. */
#define TARGET(field) ((const uint8_t *)&(field) + (field))

/* Pays `amount`, or traps at this operator with the fuel unchanged. */
#define PAY(amount)                                                                                \
    do {                                                                                           \
        uint64_t left;                                                                             \
        if (UNLIKELY(ckd_sub(&left, fuel, (uint64_t)(amount))))                                    \
            TRAP(OUT_OF_FUEL);                                                                     \
        fuel = left;                                                                               \
    } while (0)

/* Goes to the CHARGE cell at `target`, pays, and steps over it. */
#define GO_CHARGED(target)                                                                         \
    do {                                                                                           \
        uint64_t left;                                                                             \
        pc = (target);                                                                             \
        const struct code_charge *charge = (const void *)pc;                                       \
        if (UNLIKELY(ckd_sub(&left, fuel, charge->cost)))                                          \
            TRAP(OUT_OF_FUEL);                                                                     \
        fuel = left;                                                                               \
        pc += sizeof *charge;                                                                      \
        DISPATCH();                                                                                \
    } while (0)

/* Back to the caller: `resume` is the RESUME cell behind its call, `frame` the callee's. */
#define GO_RESUME(resume_pc)                                                                       \
    do {                                                                                           \
        uint64_t left;                                                                             \
        pc = (resume_pc);                                                                          \
        const struct code_resume *resume = (const void *)pc;                                       \
        frame -= resume->delta;                                                                    \
        if (UNLIKELY(ckd_sub(&left, fuel, resume->cost)))                                          \
            TRAP(OUT_OF_FUEL);                                                                     \
        fuel = left;                                                                               \
        pin0 = frame[resume->pin0];                                                                \
        pin1 = frame[resume->pin1];                                                                \
        pc += sizeof *resume;                                                                      \
        DISPATCH();                                                                                \
    } while (0)

/* wasm_slow_trap_<KIND>: records where and what, and returns to wasm_interp_run. */
#define X(number, name, text) PRESERVE_NONE void wasm_slow_trap_##name(HANDLER_PARAMS);
OUTCOME_TRAP_LIST(X)
#undef X
PRESERVE_NONE void wasm_slow_stack_exhausted(HANDLER_PARAMS);
/* The run ends here without a result: the GC heap is exhausted. */
PRESERVE_NONE void wasm_slow_fault(HANDLER_PARAMS);

/* interp_cross.c. The function pin0 names is entered from another instance: acc is the return
 * address, frame at the arguments. */
PRESERVE_NONE void wasm_slow_enter_other(HANDLER_PARAMS);
/* At a call_indirect cell: the function pin0 names has not the same type, but maybe a subtype. */
PRESERVE_NONE void wasm_slow_call_subtype(HANDLER_PARAMS);

/* At a call's cell, in front of its RESUME cell: into the function that `ref` names. */
#define GO_ENTER(ref, entry)                                                                       \
    do {                                                                                           \
        const struct code_resume *resume = (const void *)(pc + sizeof *cell);                      \
        acc = (uintptr_t)resume;                                                                   \
        frame += resume->delta;                                                                    \
        if (UNLIKELY((entry)->instance != instance)) {                                             \
            pin0 = (ref);                                                                          \
            MUSTTAIL return wasm_slow_enter_other(HANDLER_ARGS);                                   \
        }                                                                                          \
        pc = (entry)->code;                                                                        \
        DISPATCH();                                                                                \
    } while (0)

/* Memory 0 as it is now: behind whatever may have run other code. */
#define RELOAD_MEMORY()                                                                            \
    do {                                                                                           \
        memory = instance->memory->base;                                                           \
        memory_len = instance->memory->len;                                                        \
    } while (0)

/* What is made from here on may collect: the collector starts at this cell. */
#define SAFEPOINT()                                                                                \
    instance->store->safepoint = (struct wasm_safepoint)                                           \
    {                                                                                              \
        .instance = instance, .frame = frame, .pc = pc, .roots = cell->roots                       \
    }

/* Are `count` items from `first` on among `len`? */
ALWAYS_INLINE bool handler_is_in_range(uint64_t first, uint64_t count, uint64_t len)
{
    return first <= len && count <= len - first;
}

/* Operands `a` and `b` by class. */
#define OPERAND_A_S frame[cell->a]
#define OPERAND_A_A acc
#define OPERAND_A_P pin0
#define OPERAND_A_Q pin1
#define OPERAND_B_S frame[cell->b]
#define OPERAND_B_A acc
#define OPERAND_B_P pin0
#define OPERAND_B_Q pin1
#define OPERAND_B_I (uint64_t)(int64_t)cell->imm
/* Branches and stores have 16-bit immediates. */
#define OPERAND_BS_S frame[cell->b]
#define OPERAND_BS_A acc
#define OPERAND_BS_P pin0
#define OPERAND_BS_Q pin1
#define OPERAND_BS_I (uint64_t)(int64_t)(int16_t)cell->b

/* Where an integer result goes. */
#define RESULT_TO_S(value) frame[cell->d] = (value)
#define RESULT_TO_A(value) acc = (value)
#define RESULT_TO_B(value) frame[cell->d] = acc = (value)
#define RESULT_TO_P(value) frame[cell->d] = pin0 = (value)
#define RESULT_TO_Q(value) frame[cell->d] = pin1 = (value)

/* Floats: bits lie in slots, values in the accumulator's low lane. */
ALWAYS_INLINE float handler_slot_float(uint64_t bits)
{
    union {
        uint32_t bits;
        float value;
    } u = {.bits = (uint32_t)bits};
    return u.value;
}

ALWAYS_INLINE double handler_slot_double(uint64_t bits)
{
    union {
        uint64_t bits;
        double value;
    } u = {.bits = bits};
    return u.value;
}

ALWAYS_INLINE uint64_t handler_float_slot(float value)
{
    union {
        float value;
        uint32_t bits;
    } u = {.value = value};
    return u.bits;
}

ALWAYS_INLINE uint64_t handler_double_slot(double value)
{
    union {
        double value;
        uint64_t bits;
    } u = {.value = value};
    return u.bits;
}

ALWAYS_INLINE float handler_acc_float(handler_vector facc)
{
    return facc[0];
}

ALWAYS_INLINE double handler_acc_double(handler_vector facc)
{
    return ((handler_vector_f64)facc)[0];
}

ALWAYS_INLINE handler_vector handler_float_acc(handler_vector facc, float value)
{
    facc[0] = value;
    return facc;
}

ALWAYS_INLINE handler_vector handler_double_acc(handler_vector facc, double value)
{
    handler_vector_f64 v = (handler_vector_f64)facc;
    v[0] = value;
    return (handler_vector)v;
}

#define FLOAT_A_S(type)         handler_slot_##type(frame[cell->a])
#define FLOAT_A_F(type)         handler_acc_##type(facc)
#define FLOAT_B_S(type)         handler_slot_##type(frame[cell->b])
#define FLOAT_B_F(type)         handler_acc_##type(facc)
#define FLOAT_TO_S(type, value) frame[cell->d] = handler_##type##_slot(value)
#define FLOAT_TO_F(type, value) facc = handler_##type##_acc(facc, value)
#define FLOAT_TO_B(type, value)                                                                    \
    do {                                                                                           \
        FLOAT_TO_F(type, value);                                                                   \
        FLOAT_TO_S(type, FLOAT_A_F(type));                                                         \
    } while (0)

/* Linear memory is read and written unaligned and as any type. */
#define MEMORY_TYPE(type) type##_in_memory
typedef uint8_t uint8_t_in_memory __attribute__((may_alias));
typedef int8_t int8_t_in_memory __attribute__((may_alias));
typedef uint16_t uint16_t_in_memory __attribute__((may_alias, aligned(1)));
typedef int16_t int16_t_in_memory __attribute__((may_alias, aligned(1)));
typedef uint32_t uint32_t_in_memory __attribute__((may_alias, aligned(1)));
typedef int32_t int32_t_in_memory __attribute__((may_alias, aligned(1)));
typedef uint64_t uint64_t_in_memory __attribute__((may_alias, aligned(1)));
typedef float float_in_memory __attribute__((may_alias, aligned(1)));
typedef double double_in_memory __attribute__((may_alias, aligned(1)));

/* Address by class plus offset; two u32 and a width can not wrap a u64. */
#define EFFECTIVE_ADDRESS(source) ((uint64_t)(uint32_t)ADDRESS_##source + cell->offset)
#define ADDRESS_S                 OPERAND_A_S
#define ADDRESS_A                 OPERAND_A_A
#define ADDRESS_P                 OPERAND_A_P
#define ADDRESS_Q                 OPERAND_A_Q
#define ADDRESS_I                 0
#define CHECK_ACCESS(address, width)                                                               \
    do {                                                                                           \
        if (UNLIKELY((address) + (width) > memory_len))                                            \
            TRAP(MEMORY_OUT_OF_BOUNDS);                                                            \
    } while (0)

#endif

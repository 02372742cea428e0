/*
 * core/wasm/const_eval.c: values of constant expressions (WASM 3.0 §4.7.4).
 *
 * They can make objects. If the heap has no room for one the value is null and the store's `fault`
 * says so: the instance is given up in the end, and nothing is evaluated for it any more.
 */
#include "core/wasm/const_expr.h"
#include "core/wasm/gc.h"
#include "core/wasm/optable.h"

struct const_stack {
    struct wasm_instance *instance;
    uint64_t *slots;
    struct wasm_held held; /* says how many slots are in use */
};

static void push(struct const_stack *stack, uint64_t bits)
{
    stack->slots[stack->held.count++] = bits;
}

/* Lets `slots` of them go; what they were is still there. */
static const uint64_t *pop(struct const_stack *stack, uint32_t slots)
{
    ASSERT(stack->held.count >= slots);
    stack->held.count -= slots;
    return stack->slots + stack->held.count;
}

static uint64_t binary(uint32_t code, uint64_t a, uint64_t b)
{
    switch (code) {
    case WASM_OP_I32_ADD:
        return (uint32_t)(a + b);
    case WASM_OP_I32_SUB:
        return (uint32_t)(a - b);
    case WASM_OP_I32_MUL:
        return (uint32_t)(a * b);
    case WASM_OP_I64_ADD:
        return a + b;
    case WASM_OP_I64_SUB:
        return a - b;
    default:
        ASSERT(code == WASM_OP_I64_MUL);
        return a * b;
    }
}

/* The object that the operator makes; its operands are held while it is made, then popped. */
static uint32_t make(struct const_stack *stack, const struct wasm_const_op *op)
{
    struct wasm_store *store = stack->instance->store;
    const struct wasm_type *type = &stack->instance->module->types[op->index];
    uint32_t id = stack->instance->type_ids[op->index];
    uint32_t value_slots = wasm_type_slots(type->element.type); /* of an array */
    uint32_t slots, object;
    const uint64_t *end = stack->slots + stack->held.count;
    switch (op->code) {
    case WASM_OP_STRUCT_NEW:
        slots = wasm_types_slots(wasm_struct_operands(&type->fields), type->fields.field_count);
        object = wasm_gc_struct_new(store, id, end - slots);
        break;
    case WASM_OP_STRUCT_NEW_DEFAULT:
        slots = 0;
        object = wasm_gc_struct_new(store, id, NULL);
        break;
    case WASM_OP_ARRAY_NEW:
        slots = value_slots + 1;
        object = wasm_gc_array_new(store, id, (uint32_t)end[-1], end - slots);
        break;
    case WASM_OP_ARRAY_NEW_DEFAULT:
        slots = 1;
        object = wasm_gc_array_new(store, id, (uint32_t)end[-1], NULL);
        break;
    default:
        ASSERT(op->code == WASM_OP_ARRAY_NEW_FIXED);
        slots = op->index2 * value_slots;
        object = wasm_gc_array_new_fixed(store, id, op->index2, end - slots);
        break;
    }
    (void)pop(stack, slots); /* what they were is in the object */
    if (object == 0)
        store->fault = STATUS_NO_MEMORY;
    return object;
}

static void apply(struct const_stack *stack, const struct wasm_const_op *op)
{
    const uint64_t *values;
    switch (op->code) {
    case WASM_OP_I32_CONST:
    case WASM_OP_F32_CONST:
        push(stack, (uint32_t)op->bits);
        break;
    case WASM_OP_I64_CONST:
    case WASM_OP_F64_CONST:
        push(stack, op->bits);
        break;
    case WASM_OP_V128_CONST:
        push(stack, op->bits);
        push(stack, op->bits_high);
        break;
    case WASM_OP_GLOBAL_GET:
        values = stack->instance->global_states[op->index]->value;
        for (uint32_t i = 0; i < wasm_type_slots(op->type); i++)
            push(stack, values[i]);
        break;
    case WASM_OP_REF_NULL:
        push(stack, 0);
        break;
    case WASM_OP_REF_FUNC:
        push(stack, wasm_instance_funcref(stack->instance, op->index));
        break;
    case WASM_OP_REF_I31:
        values = pop(stack, 1);
        push(stack, (uint32_t)(values[0] << 1 | 1));
        break;
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        break; /* the same number */
    case WASM_OP_STRUCT_NEW:
    case WASM_OP_STRUCT_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW_FIXED:
        push(stack, make(stack, op));
        break;
    default:
        values = pop(stack, 2);
        push(stack, binary(op->code, values[0], values[1]));
        break;
    }
}

void wasm_const_eval_slots(struct wasm_instance *instance, const struct wasm_const_expr *expr,
                           uint64_t *out_slots)
{
    struct wasm_store *store = instance->store;
    struct const_stack stack = {.instance = instance,
                                .slots = instance->const_stack,
                                .held = {.outer = store->held, .slots = instance->const_stack}};
    struct wasm_const_reader reader;
    struct wasm_const_op op;
    store->held = &stack.held;
    store->safepoint = (struct wasm_safepoint){0};
    wasm_const_open(instance->module, expr, &reader);
    while (store->fault == STATUS_OK && wasm_const_read(&reader, &op))
        apply(&stack, &op);
    store->held = stack.held.outer;
    if (store->fault != STATUS_OK) {
        out_slots[0] = 0;
        return;
    }
    ASSERT(stack.held.count == 1 || stack.held.count == 2);
    for (uint32_t i = 0; i < stack.held.count; i++)
        out_slots[i] = stack.slots[i];
}

uint64_t wasm_const_eval(struct wasm_instance *instance, const struct wasm_const_expr *expr)
{
    uint64_t slots[2];
    wasm_const_eval_slots(instance, expr, slots);
    return slots[0];
}

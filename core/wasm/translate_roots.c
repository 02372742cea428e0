/*
 * core/wasm/translate_roots.c: stack maps: which slots hold references where a collection may run
 * (docs/decisions/0007-stack-maps.md).
 *
 * A map is a list of entries that share their tails: one for each reference on the operand stack,
 * or for the values that one operator pushed together, then the locals, then the params. An entry
 * is made when the first safepoint sees its value, and serves until the value is popped: there are
 * at most as many as operators.
 *
 * Entries grow down from the end of the code's room.
 */
#include "core/wasm/gc.h"
#include "core/wasm/translate.h"

static uint32_t add_entry(struct translator *t, uint32_t parent, uint32_t slot, uint32_t count,
                          const uint32_t *types)
{
    if (sizeof(struct code_roots) > t->cap - t->at) {
        t->is_full = true;
        return 0;
    }
    t->cap -= (uint32_t)sizeof(struct code_roots);
    t->roots_count++;
    struct code_roots *entry = (void *)(t->code + t->cap);
    *entry = (struct code_roots){.types = types, .slot = slot, .count = count, .parent = parent};
    return t->roots_count;
}

/* Params and locals are roots as long as the frame is there. */
void translate_root_locals(struct translator *t, const uint32_t *types)
{
    const struct wasm_type *defined = t->module->types;
    uint32_t params = t->type->param_count;
    bool has_traced_param = false;
    for (uint32_t i = 0; i < params && !has_traced_param; i++)
        has_traced_param = wasm_type_is_traced(defined, types[i]);
    if (has_traced_param)
        t->local_roots = add_entry(t, 0, 0, params, t->type->params);
    for (uint32_t i = params; i < t->local_count;) {
        uint32_t first = i;
        while (i < t->local_count && wasm_type_is_traced(defined, types[i]))
            i++;
        if (i == first) {
            i++;
            continue;
        }
        t->local_roots = add_entry(t, t->local_roots, t->locals[first].slot, i - first, NULL);
        translate_need_zero(t, t->locals[first].slot, i - first);
    }
}

/* The topmost `count` values were pushed together. */
static void group(struct translator *t, const uint32_t *types, uint32_t count)
{
    uint32_t first = t->height - count;
    bool is_any = false;
    for (uint32_t i = 0; i < count; i++) {
        struct value *value = &t->values[first + i];
        value->is_traced = wasm_type_is_traced(t->module->types, types[i]);
        is_any |= value->is_traced;
        value->first = first;
        value->group = types;
        value->has_traced_in_group = is_any;
    }
    t->values[first].group_count = count;
}

/* Only these push more than one value. */
static uint32_t pushed_types(const struct translator *t, const struct wasm_op *op,
                             const uint32_t **out_types)
{
    const struct wasm_func_type *type;
    switch (op->code) {
    case WASM_OP_ELSE:
        *out_types = op->control->params;
        return op->control->param_count;
    case WASM_OP_END:
        *out_types = op->control->results;
        return op->control->result_count;
    case WASM_OP_CALL:
        type = wasm_module_func_type(t->module, op->index);
        break;
    case WASM_OP_CATCH: /* the exception lies below */
        type = wasm_module_tag_type(t->module, op->index);
        *out_types = type->params;
        return type->param_count;
    case WASM_OP_CALL_INDIRECT:
    case WASM_OP_CALL_REF:
        type = &t->module->types[op->index].func;
        break;
    default:
        return 0;
    }
    *out_types = type->results;
    return type->result_count;
}

/* Each of the topmost values by what the reader says. */
static void ask(struct translator *t, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        t->values[t->height - 1 - i].is_traced =
            wasm_type_is_traced(t->module->types, wasm_reader_type_at(t->reader, i));
}

void translate_root_results(struct translator *t, const struct wasm_op *op)
{
    const uint32_t *types = NULL;
    if (!t->is_reachable || t->height == 0)
        return;
    uint32_t count = pushed_types(t, op, &types);
    if (op->code == WASM_OP_CATCH)
        ask(t, count + 1);
    else if (op->code == WASM_OP_DELEGATE)
        ask(t, t->labels[t->label_count].results);
    else if (count <= 1)
        ask(t, 1);
    if (count > 1)
        group(t, types, count);
}

/* The end of a group of which only the lower values may be left. */
static uint32_t end_of_group(const struct translator *t, uint32_t first)
{
    const struct value *value = &t->values[first];
    uint32_t left = t->height - first;
    uint32_t low = first + 1;
    uint32_t high = first + (value->group_count < left ? value->group_count : left);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->values[middle].group != NULL && t->values[middle].first == first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Covers one value, or as many of a group as are left; returns where the next begins. */
static uint32_t cover(struct translator *t, uint32_t at, uint32_t below)
{
    struct value *value = &t->values[at];
    uint32_t end = at + 1;
    bool is_any = value->is_traced;
    if (value->group != NULL) {
        end = end_of_group(t, at);
        is_any = t->values[end - 1].has_traced_in_group;
    }
    t->values[end - 1].roots =
        is_any ? add_entry(t, below, value->slot, end - at, value->group) : below;
    t->values[end - 1].is_covered = true;
    return end;
}

/* The map of what is on the stack now; its references go to their slots. */
uint32_t translate_roots(struct translator *t)
{
    for (uint32_t i = t->height; i > t->covered; i--)
        if (t->values[i - 1].is_traced)
            translate_settle_one(t, &t->values[i - 1]);
    uint32_t at = t->covered;
    if (at != 0 && !t->values[at - 1].is_covered)
        at = t->values[at - 1].first; /* a group that lost some of its values */
    while (at < t->height)
        at = cover(t, at, at == 0 ? t->local_roots : t->values[at - 1].roots);
    t->covered = t->height;
    return t->height == 0 ? t->local_roots : t->values[t->height - 1].roots;
}

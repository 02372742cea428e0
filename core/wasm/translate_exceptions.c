/*
 * core/wasm/translate_exceptions.c: tries, their clauses, and throws.
 *
 * A try costs nothing but the step over its TRY cell. Which try a place of the code is in is a list
 * of points (code.h), made on the way; a throw looks there. A clause's label is a branch target
 * like any other: what lies below its values is in slots since its block was opened.
 */
#include <stddef.h>

#include "core/wasm/translate.h"

/* From here on the innermost try is `region`. */
static void add_point(struct translator *t, uint32_t region)
{
    t->region = region;
    t->points[t->point_count++] = (struct code_try_point){.cell = t->at, .region = region};
}

/* A TRY cell with room for clauses; NULL: the room is used up. */
static struct code_try *emit_try(struct translator *t, uint32_t count)
{
    size_t size = sizeof(struct code_try) + count * sizeof(struct code_catch);
    if (t->is_full || size > t->cap - t->at) {
        t->is_full = true;
        return NULL;
    }
    struct code_try *cell = translate_emit(t, CODE_TRY, size);
    cell->count = (uint16_t)count; /* under a limit */
    cell->pin0 = t->pins[0];
    cell->pin1 = t->pins[1];
    return cell;
}

static void set_parent(struct translator *t, uint32_t cell, uint32_t parent)
{
    uint32_t field = cell + (uint32_t)offsetof(struct code_try, parent);
    translate_set_target(t, field, parent == CODE_NO_REGION ? field : parent);
}

/* ---- clauses in the order that a throw searches: until they are linked their place among those
 * written is where the target will be ---- */

/* The store's number; of code that is only shown, the module's. */
static uint32_t number_of(const struct translator *t, const struct code_catch *clause)
{
    const struct wasm_instance *instance = t->instance;
    return instance->tags == NULL ? clause->tag : instance->tags[clause->tag]->id;
}

static bool is_before(const struct translator *t, const struct code_catch *a,
                      const struct code_catch *b)
{
    uint32_t a_tag = number_of(t, a), b_tag = number_of(t, b);
    return a_tag != b_tag ? a_tag < b_tag : a->target < b->target;
}

static void swap_clauses(struct code_catch *a, struct code_catch *b)
{
    struct code_catch swapped = *a;
    *a = *b;
    *b = swapped;
}

/* The clause at `at` goes down to where it is not before those below it. */
static void sift(const struct translator *t, struct code_catch *clauses, uint32_t at,
                 uint32_t count)
{
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && is_before(t, &clauses[child], &clauses[child + 1]))
            child++;
        if (!is_before(t, &clauses[at], &clauses[child]))
            return;
        swap_clauses(&clauses[at], &clauses[child]);
        at = child;
    }
}

static void sort_clauses(const struct translator *t, struct code_catch *clauses, uint32_t count)
{
    for (uint32_t i = count / 2; i-- != 0;)
        sift(t, clauses, i, count);
    for (uint32_t end = count; end > 1; end--) {
        swap_clauses(&clauses[0], &clauses[end - 1]);
        sift(t, clauses, 0, end - 1);
    }
}

/* All but where their labels are. */
static void fill_clauses(const struct translator *t, struct code_try *cell,
                         const struct wasm_op *op)
{
    bool takes_all = false;
    for (uint32_t i = 0; i < op->catch_count; i++) {
        const struct wasm_catch *clause = &op->catches[i];
        takes_all |= clause->kind == WASM_CATCH_ALL || clause->kind == WASM_CATCH_ALL_REF;
        cell->tagged = (uint16_t)(cell->tagged + !takes_all);
        cell->clauses[i] = (struct code_catch){.target = (int32_t)i,
                                               .destination = t->labels[clause->depth].slot,
                                               .tag = clause->tag,
                                               .kind = clause->kind};
    }
    sort_clauses(t, cell->clauses, cell->tagged);
}

static void open_try(struct translator *t, const struct wasm_op *op)
{
    translate_open_block(t, op);
    struct label *label = &t->labels[t->label_count - 1];
    if (op->code == WASM_OP_TRY_TABLE && op->catch_count == 0)
        return; /* a block: a throw need not look here */
    struct code_try *cell = emit_try(t, op->catch_count);
    if (cell == NULL)
        return;
    uint32_t at = t->last;
    fill_clauses(t, cell, op);
    for (uint32_t i = 0; i < op->catch_count; i++)
        translate_link(t, &t->labels[op->catches[cell->clauses[i].target].depth],
                       at + (uint32_t)offsetof(struct code_try, clauses) +
                           i * (uint32_t)sizeof(struct code_catch) +
                           (uint32_t)offsetof(struct code_catch, target));
    set_parent(t, at, label->region);
    label->try_at = label->clauses_at = at;
    add_point(t, at);
    t->last = TRANSLATE_NONE;
}

/* The body of the label's try ends, if it has one and is in it. */
void translate_leave_try(struct translator *t, struct label *label)
{
    if (label->try_at == CODE_NO_REGION)
        return;
    label->try_at = CODE_NO_REGION;
    add_point(t, label->region);
}

/* What a legacy catch holds below its operands. */
static const uint32_t exception_type[] = {WASM_TYPE_REF(WASM_HEAP_EXN)};

/* A legacy catch: its clause's cell, then its code. */
static void open_catch(struct translator *t, const struct wasm_op *op)
{
    struct label *label = &t->labels[t->label_count - 1];
    if (t->is_reachable) {
        translate_finish_body(t, label);
        translate_jump(t, label);
    }
    translate_unwind(t, label->height);
    translate_forget(t);
    translate_leave_try(t, label);
    t->is_reachable = label->is_reachable_at_entry;
    label->code = op->code;
    if (!t->is_reachable)
        return;
    bool is_all = op->code == WASM_OP_CATCH_ALL;
    struct code_try *cell = emit_try(t, 1);
    if (cell != NULL) {
        uint32_t field = t->last + (uint32_t)offsetof(struct code_try, clauses);
        cell->clauses[0].destination = label->slot;
        cell->clauses[0].tag = op->index;
        cell->clauses[0].kind = is_all ? CODE_CATCH_ALL_REF : CODE_CATCH_LEGACY;
        cell->tagged = !is_all;
        translate_set_target(t, field + (uint32_t)offsetof(struct code_catch, target), t->at);
        translate_set_target(t, label->clauses_at + (uint32_t)offsetof(struct code_try, more),
                             t->last);
        label->clauses_at = t->last;
    }
    t->last = TRANSLATE_NONE;
    translate_push_types(t, exception_type, 1);
    if (!is_all) {
        const struct wasm_func_type *type = wasm_module_tag_type(t->module, op->index);
        translate_push_types(t, type->params, type->param_count);
    }
}

static void end_delegate(struct translator *t, const struct wasm_op *op)
{
    const struct label *label = &t->labels[t->label_count - 1];
    const struct label *target = &t->labels[op->control->depth];
    if (label->try_at != CODE_NO_REGION && !t->is_full) {
        uint32_t parent = target->try_at != CODE_NO_REGION ? target->try_at : target->region;
        set_parent(t, label->try_at, parent);
    }
    translate_end_block(t);
}

bool translate_try_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_TRY_TABLE:
    case WASM_OP_TRY:
        if (t->is_reachable) {
            t->is_block_empty = false;
            open_try(t, op);
        } else {
            translate_open_block(t, op);
        }
        return true;
    case WASM_OP_CATCH:
    case WASM_OP_CATCH_ALL:
        open_catch(t, op);
        return true;
    case WASM_OP_DELEGATE:
        end_delegate(t, op);
        return true;
    default:
        return false;
    }
}

static void throw_tag(struct translator *t, const struct wasm_op *op)
{
    uint32_t count = wasm_module_tag_type(t->module, op->index)->param_count;
    translate_settle(t, count);
    translate_flush(t);
    uint32_t roots = translate_roots(t);
    uint32_t base = count == 0 ? 0 : t->values[t->height - count].slot;
    translate_note(t, t->at, op->offset);
    struct code_stack *cell = translate_emit(t, CODE_THROW, sizeof *cell);
    cell->base = base;
    cell->index = op->index;
    cell->roots = roots;
    translate_end_path(t);
}

static void throw_slot(struct translator *t, const struct wasm_op *op, uint32_t slot)
{
    translate_note(t, t->at, op->offset);
    struct code_stack *cell = translate_emit(t, CODE_THROW_REF, sizeof *cell);
    cell->base = slot;
    translate_end_path(t);
}

bool translate_throw_op(struct translator *t, const struct wasm_op *op)
{
    struct value value;
    switch (op->code) {
    case WASM_OP_THROW:
        throw_tag(t, op);
        return true;
    case WASM_OP_THROW_REF:
        value = translate_pop(t);
        throw_slot(t, op, translate_to_slot(t, &value));
        return true;
    case WASM_OP_RETHROW: /* a catch has the exception below its operands */
        throw_slot(t, op, t->labels[op->control->depth].slot);
        return true;
    default:
        return false;
    }
}

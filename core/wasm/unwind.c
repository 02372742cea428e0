/*
 * core/wasm/unwind.c: from a throw to the clause that catches it (WASM 3.0 §4.4.10).
 *
 * Frames are looked at from the throw outwards, and in a frame the tries around the cell that runs,
 * the innermost first. Nothing is written before a clause is found. Host functions are not passed:
 * an exception that nobody above them catches is a trap at its throw.
 *
 * The time is linear in the frames and tries that the exception leaves: of a try's clauses the one
 * is searched for.
 */
#include "core/wasm/unwind.h"

#include "core/wasm/heap.h"
#include "core/wasm/walk.h"

/* The TRY cell of the innermost try around the walk's cell; NULL: none. */
static const struct code_try *innermost_try(const struct wasm_walk *walk)
{
    const struct wasm_code *code = walk->code;
    uint32_t cell = (uint32_t)(walk->pc - code->cells);
    uint32_t low = 0, high = code->point_count;
    while (low != high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->points[middle].cell <= cell)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || code->points[low - 1].region == CODE_NO_REGION)
        return NULL;
    return (const void *)(code->cells + code->points[low - 1].region);
}

static const void *at_distance(const int32_t *field)
{
    return *field == 0 ? NULL : (const uint8_t *)field + *field;
}

static bool has_tag(const struct code_catch *clause)
{
    return clause->kind == CODE_CATCH || clause->kind == CODE_CATCH_REF ||
           clause->kind == CODE_CATCH_LEGACY;
}

static uint32_t tag_of(const struct wasm_instance *instance, const struct code_catch *clause)
{
    return instance->tags[clause->tag]->id;
}

/* The clause of the cell that takes the tag; NULL: none does. */
static const struct code_catch *find_in_cell(const struct wasm_instance *instance,
                                             const struct code_try *cell, uint32_t tag)
{
    uint32_t low = 0, high = cell->tagged;
    while (low != high) {
        uint32_t middle = low + (high - low) / 2;
        if (tag_of(instance, &cell->clauses[middle]) < tag)
            low = middle + 1;
        else
            high = middle;
    }
    if (low != cell->tagged && tag_of(instance, &cell->clauses[low]) == tag)
        return &cell->clauses[low];
    return cell->tagged != cell->count ? &cell->clauses[cell->tagged] : NULL;
}

/* The first clause of the try, or of one around it, that takes the tag. */
static const struct code_catch *find_clause(const struct wasm_instance *instance,
                                            const struct code_try *try, uint32_t tag,
                                            const struct code_try **out_cell)
{
    for (; try != NULL; try = at_distance(&try->parent)) {
        for (const struct code_try *cell = try; cell != NULL; cell = at_distance(&cell->more)) {
            const struct code_catch *clause = find_in_cell(instance, cell, tag);
            if (clause != NULL) {
                *out_cell = cell;
                return clause;
            }
        }
    }
    return NULL;
}

static void write_values(const struct wasm_walk *walk, const struct code_catch *clause,
                         uint32_t exception)
{
    const struct wasm_store *store = walk->instance->store;
    const uint8_t *payload = wasm_heap_at(store->heap, exception) + WASM_HEAP_STRUCT_HEADER;
    uint64_t *to = walk->frame + clause->destination;
    if (clause->kind == CODE_CATCH_LEGACY)
        *to++ = exception;
    if (has_tag(clause)) {
        uint32_t slots = walk->instance->tags[clause->tag]->slots;
        for (uint32_t i = 0; i < slots; i++)
            *to++ = load_le64(payload + (size_t)i * sizeof *to);
    }
    if (clause->kind == CODE_CATCH_REF || clause->kind == CODE_CATCH_ALL_REF)
        *to = exception;
}

bool wasm_unwind(struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                 uint32_t exception)
{
    const struct wasm_store *store = instance->store;
    uint32_t tag = wasm_heap_type(store->heap, exception) & ~WASM_HEAP_EXCEPTION;
    uint64_t units = 0;
    struct wasm_walk walk;
    wasm_walk_begin(&walk, store, instance, pc, frame, false);
    for (;;) {
        const struct code_try *cell = NULL;
        const struct code_catch *clause =
            find_clause(walk.instance, innermost_try(&walk), tag, &cell);
        if (clause != NULL) {
            write_values(&walk, clause, exception);
            instance->store->landing =
                (struct wasm_landing){.instance = walk.instance,
                                      .frame = walk.frame,
                                      .pc = (const uint8_t *)&clause->target + clause->target,
                                      .units = units,
                                      .pin0 = cell->pin0,
                                      .pin1 = cell->pin1};
            return true;
        }
        units += walk.code->units;
        if (!wasm_walk_next(&walk) || walk.crossed_host)
            return false;
        units += walk.crossed_units;
    }
}

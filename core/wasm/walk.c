/*
 * core/wasm/walk.c: from a guest's frame to its caller's.
 */
#include "core/wasm/walk.h"

#include "core/wasm/code.h"

/* The defined function whose code `pc` is in: codes lie in order of their index. */
static void find_func(struct wasm_walk *walk)
{
    const struct wasm_instance *instance = walk->instance;
    const struct wasm_module *module = instance->module;
    uint32_t low = 0, high = module->func_count - module->import_func_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if ((uintptr_t)instance->codes[middle].cells <= (uintptr_t)walk->pc)
            low = middle;
        else
            high = middle;
    }
    walk->func = low + module->import_func_count;
    walk->code = &instance->codes[low];
}

void wasm_walk_begin(struct wasm_walk *walk, const struct wasm_store *store,
                     struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                     bool is_behind)
{
    *walk = (struct wasm_walk){.instance = instance,
                               .frame = frame,
                               .pc = pc,
                               .is_behind = is_behind,
                               .activation = store->activation};
    find_func(walk);
}

bool wasm_walk_is_bottom(const struct wasm_store *store, const uint8_t *pc)
{
    return pc == store->bottom || pc == store->bottom + sizeof(struct code_resume);
}

/* The caller of whoever returns to `back` with its frame at `frame`. */
static bool step(struct wasm_walk *walk, const struct wasm_store *store, const uint8_t *back,
                 uint64_t *frame)
{
    walk->crossed_units = 0;
    walk->crossed_host = false;
    for (;;) {
        frame -= ((const struct code_resume *)(const void *)back)->delta;
        if (back == store->leave) {
            walk->instance = (void *)(uintptr_t)frame[WASM_CROSSING_INSTANCE];
            walk->crossed_units += WASM_CROSSING_UNITS;
            back = (const uint8_t *)(uintptr_t)frame[WASM_CROSSING_BACK];
        } else if (back == store->bottom) {
            const struct wasm_activation *activation = walk->activation;
            if (activation == NULL)
                return false;
            walk->crossed_host = true;
            walk->activation = activation->outer;
            walk->instance = activation->instance;
            back = activation->back;
            frame = activation->frame;
        } else {
            break;
        }
    }
    walk->frame = frame;
    walk->pc = back;
    walk->is_behind = true;
    find_func(walk);
    return true;
}

bool wasm_walk_next(struct wasm_walk *walk)
{
    return step(walk, walk->instance->store,
                (const uint8_t *)(uintptr_t)walk->frame[walk->code->header], walk->frame);
}

bool wasm_walk_begin_outside(struct wasm_walk *walk, const struct wasm_store *store)
{
    *walk = (struct wasm_walk){.activation = store->activation};
    return step(walk, store, store->bottom, store->stack);
}

static uint32_t map_number(const uint8_t **at)
{
    uint32_t number = 0;
    uint32_t shift = 0;
    uint8_t byte;
    do {
        byte = *(*at)++;
        number |= (uint32_t)(byte & 0x7F) << shift;
        shift += 7;
    } while ((byte & 0x80) != 0);
    return number;
}

/* Offset in the body of the newest map entry at or (is_behind) in front of `cell`. */
static uint32_t find_offset(const struct wasm_code *code, uint32_t cell, bool is_behind)
{
    const uint8_t *at = code->map;
    const uint8_t *end = code->map + code->map_len;
    uint32_t entry_cell = 0, entry_offset = 0, found = 0;
    while (at != end) {
        entry_cell += map_number(&at) * 8;
        entry_offset += map_number(&at);
        if (entry_cell > cell || (is_behind && entry_cell == cell))
            break;
        found = entry_offset;
    }
    return found;
}

uint64_t wasm_walk_offset(const struct wasm_walk *walk)
{
    uint32_t cell = (uint32_t)(walk->pc - walk->code->cells);
    return walk->instance->module->funcs[walk->func].body_offset +
           find_offset(walk->code, cell, walk->is_behind);
}

/*
 * cell/program/memory_growth.c: by how much one memory of a module or a component may grow, so that
 * the room of the job suffices for all of them.
 *
 * A memory never moves, so each has to have its room from the start. Those that say how far they
 * grow at most, and that is little, get that; the others have their minimum and share what is left
 * evenly. Where all maxima fit there is nothing to share.
 */
#include "cell/program/program_internal.h"
#include "core/base/ckd.h"
#include "core/component/component.h"
#include "core/component/limits.h"

/* A memory that grows to no more than this part of the whole is one with a small maximum. */
#define SMALL_SHARE 16u

struct demand {
    uint64_t fixed;      /* bytes: maxima of those that are small, minima of the others */
    uint64_t maxima;     /* bytes: of all */
    uint64_t open_count; /* the others */
};

static void add(uint64_t *sum, const struct wasm_memory_type *memory, uint64_t pages)
{
    uint64_t bytes = 0;
    if (ckd_mul(&bytes, pages, (uint64_t)1 << memory->page_log2) || ckd_add(sum, *sum, bytes))
        *sum = UINT64_MAX;
}

static void add_module(const struct wasm_module *module, uint64_t small, struct demand *demand)
{
    for (uint32_t i = module->import_memory_count; i < module->memory_count; i++) {
        const struct wasm_memory_type *memory = &module->memories[i];
        bool is_small = memory->limits.max <= small >> memory->page_log2;
        uint64_t pages = is_small ? memory->limits.max : memory->limits.min;
        add(&demand->fixed, memory, pages);
        add(&demand->maxima, memory, memory->limits.max);
        demand->open_count += !is_small;
    }
}

/* Every module counts once: what a component instantiates more often than it holds it may find
 * without room, and says so. */
static void add_components(const struct component *outermost, uint64_t small, struct demand *demand)
{
    struct {
        const struct component *component;
        uint32_t next;
    } stack[COMPONENT_LIMIT_DEPTH + 1];
    uint32_t depth = 1;
    stack[0].component = outermost;
    stack[0].next = 0;
    while (depth != 0) {
        const struct component *component = stack[depth - 1].component;
        if (stack[depth - 1].next == component->step_count) {
            depth--;
            continue;
        }
        const struct component_step *step = &component->steps[stack[depth - 1].next++];
        if (step->kind == COMPONENT_STEP_CORE_MODULE)
            add_module(step->module, small, demand);
        if (step->kind == COMPONENT_STEP_COMPONENT) {
            ASSERT(depth <= COMPONENT_LIMIT_DEPTH);
            stack[depth].component = step->component;
            stack[depth++].next = 0;
        }
    }
}

static uint64_t share_of(const struct demand *demand, uint64_t memory_bytes)
{
    if (demand->open_count == 0 || demand->maxima <= memory_bytes)
        return 0;
    /* Whole 64 bytes: where one memory ends the next one begins. */
    uint64_t left = demand->fixed < memory_bytes ? memory_bytes - demand->fixed : 0;
    uint64_t share = left / demand->open_count & ~(uint64_t)63;
    return share != 0 ? share : 1; /* not a page: none grows */
}

uint64_t program_memory_growth(const struct component *component, uint64_t memory_bytes)
{
    struct demand demand = {0};
    add_components(component, memory_bytes / SMALL_SHARE, &demand);
    return share_of(&demand, memory_bytes);
}

uint64_t program_module_memory_growth(const struct wasm_module *module, uint64_t memory_bytes)
{
    struct demand demand = {0};
    add_module(module, memory_bytes / SMALL_SHARE, &demand);
    return share_of(&demand, memory_bytes);
}

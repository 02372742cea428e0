/*
 * core/wasm/interp_throw.c: throws, and the way on where one is caught.
 *
 * An exception is an object of the GC heap: the tag in its header, then the payload's slots.
 */
#include "core/wasm/handlers.h"
#include "core/wasm/heap.h"
#include "core/wasm/unwind.h"

/* Runs when a try is entered. */
HANDLER(slow_TRY)
{
    CELL(try);
    pc += sizeof *cell + cell->count * sizeof cell->clauses[0];
    DISPATCH();
}

/* acc is the exception: on to the label of the clause that catches it. */
HANDLER(slow_unwind)
{
    if (!wasm_unwind(instance, pc, frame, (uint32_t)acc))
        TRAP(UNCAUGHT_EXCEPTION);
    const struct wasm_landing *landing = &instance->store->landing;
    instance = landing->instance;
    frame = landing->frame;
    units += landing->units;
    pin0 = frame[landing->pin0];
    pin1 = frame[landing->pin1];
    RELOAD_MEMORY();
    GO_CHARGED(landing->pc);
}

HANDLER(slow_THROW)
{
    CELL(stack);
    struct wasm_store *store = instance->store;
    const struct wasm_tag_state *tag = instance->tags[cell->index];
    SAFEPOINT();
    uint32_t exception = wasm_heap_alloc(store->heap, WASM_HEAP_EXCEPTION | tag->id, 0);
    if (exception == 0)
        MUSTTAIL return wasm_slow_fault(HANDLER_ARGS);
    uint8_t *payload = wasm_heap_at(store->heap, exception) + WASM_HEAP_STRUCT_HEADER;
    for (uint32_t i = 0; i < tag->slots; i++)
        store_le64(payload + (size_t)i * sizeof *frame, frame[cell->base + i]);
    acc = exception;
    MUSTTAIL return wasm_slow_unwind(HANDLER_ARGS);
}

HANDLER(slow_THROW_REF)
{
    CELL(stack);
    acc = (uint32_t)frame[cell->base];
    if (acc == 0)
        TRAP(NULL_REFERENCE);
    MUSTTAIL return wasm_slow_unwind(HANDLER_ARGS);
}

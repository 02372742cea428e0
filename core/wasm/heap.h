/*
 * core/wasm/heap.h: the garbage-collected heap of a store: one capped block, mark and sweep.
 *
 * A reference is a 32-bit number (the any, extern and exn hierarchies share them):
 *   0               null
 *   bit 0 set       i31: the value's 31 bits above it
 *   bits 1..0 = 10  a number of the host's, above them
 *   else            a heap object: its offset in the block, a multiple of 8, never 0
 * Objects never move. An object starts with 8 bytes: its type, and an array's length. A type's
 * layout says how long its objects are and where references lie in them.
 *
 * Room: free blocks in lists by size (two levels, as in "two-level segregated fit"), split when
 * taken; neighbours are joined at the sweep. The block is used from its front, and more of it only
 * when half of that lives or has no room for an object: garbage alone touches few pages. Marking
 * needs no memory besides two bitmaps: objects
 * that wait to be looked at are linked through a word of their own, so depth and breadth do not
 * matter, and time is linear in the heap.
 *
 * Invariants:
 *   (1) Bit n of `starts` is set exactly when an object starts at 8n; what marks an address that is
 *       no object stops the program.
 *   (2) Outside of a collection all marks and all link words are zero.
 *   (3) What is allocated is zero behind its header.
 *   (4) Same calls, same answers: no address and no clock enters.
 *   (5) The sum of all collections is at most linear in what is allocated: a heap that is collected
 *       again and again for nothing counts as exhausted. Roots count as well: a small heap below
 *       large tables does not buy more of them than a large one.
 */
#ifndef AETHER_WASM_HEAP_H
#define AETHER_WASM_HEAP_H

#include "core/base/arena.h"
#include "core/base/bytes.h"

#define WASM_HEAP_CLASSES 232u

/* Bytes in front of what an object holds. Where there are references an array has a word more. */
#define WASM_HEAP_STRUCT_HEADER    8u
#define WASM_HEAP_ARRAY_HEADER     8u
#define WASM_HEAP_REF_ARRAY_HEADER 12u

/* Types of exception objects: layouts of their own, by tag. */
#define WASM_HEAP_EXCEPTION 0x80000000u

struct wasm_heap_layout {
    uint32_t bytes;         /* a whole struct; of an array what is in front of its elements */
    uint32_t element_bytes; /* 0: a struct */
    uint32_t ref_count;     /* of a struct; of an array 1 if its elements are references */
    const uint32_t *refs;   /* of a struct: where they are, from the object's start */
};

struct wasm_heap;

/* Calls wasm_heap_mark for every reference that is alive. */
typedef void wasm_heap_roots_fn(void *context, struct wasm_heap *heap);

struct wasm_heap {
    uint8_t *base;
    uint64_t size; /* at most 4 GiB, a multiple of 8; the first 8 bytes are never used */
    uint64_t end;  /* of what is in use so far: no object lies beyond */
    uint64_t *starts, *marks;

    const struct wasm_heap_layout *layouts;    /* by type */
    const struct wasm_heap_layout *exceptions; /* by tag */
    wasm_heap_roots_fn *roots;
    void *roots_context;
    bool collects_always; /* tests: at every allocation */

    uint32_t free[WASM_HEAP_CLASSES]; /* first block of each class; 0: none */
    uint64_t has_free[(WASM_HEAP_CLASSES + 63) / 64];
    uint32_t pending; /* first object that waits for its references to be marked */
    uint64_t visited; /* roots that the newest collection looked at, null ones too */
    uint64_t debt;    /* of collections, paid by allocation: invariant (5) */
    uint64_t collections;
    uint64_t live_bytes; /* after the newest collection */
};

/* Room of `bytes` and the bitmaps from the arena; NO_MEMORY. Layouts and roots are the caller's to
 * set before anything is allocated. */
enum status MUST_CHECK wasm_heap_create(struct arena *arena, uint64_t bytes,
                                        struct wasm_heap **out_heap);

/* A new object: its type and length are set, the rest is zero. `length` is 0 for structs. May
 * collect. 0: the heap is exhausted. */
uint32_t MUST_CHECK wasm_heap_alloc(struct wasm_heap *heap, uint32_t type, uint32_t length);

void wasm_heap_collect(struct wasm_heap *heap);

/* For roots: the object that `ref` names lives, if it names one. */
void wasm_heap_mark(struct wasm_heap *heap, uint32_t ref);

/* The same where the number may be anything. */
void wasm_heap_mark_suspect(struct wasm_heap *heap, uint64_t number);

ALWAYS_INLINE bool wasm_heap_is_object(uint32_t ref)
{
    return (ref & 7) == 0 && ref != 0;
}

ALWAYS_INLINE uint8_t *wasm_heap_at(const struct wasm_heap *heap, uint32_t ref)
{
    return heap->base + ref;
}

ALWAYS_INLINE uint32_t wasm_heap_type(const struct wasm_heap *heap, uint32_t ref)
{
    return load_le32(heap->base + ref);
}

ALWAYS_INLINE uint32_t wasm_heap_length(const struct wasm_heap *heap, uint32_t ref)
{
    return load_le32(heap->base + ref + 4);
}

#endif

/*
 * core/wasm/heap.c: see heap.h. Sizes of blocks are in granules of 8 bytes.
 *
 * A free block holds its size and the next block of its class. Classes: one for each size below 32
 * granules, then eight between powers of two, so that every block of a higher class serves.
 */
#include "core/wasm/heap.h"

#define EXACT_CLASSES   32u /* 2^5 */
#define EXACT_LOG2      5u
#define STEPS_LOG2      3u
#define SCAN_SHORT      8u /* blocks that may be too small, looked at before a collection */
#define SCAN_ALL        UINT32_MAX
#define FIRST_BYTES     ((uint64_t)4 << 20) /* what a heap uses before its first collection */
#define BYTES_A_ROOT    16u                 /* a heap has so many at least for each of its roots */
#define COLLECTION_COST 32u /* part of the heap that has to be allocated for each collection */
#define ROOTS_A_BYTE    4u  /* besides a byte for so many roots */
#define DEBT_MAX        64u /* collections that may be had in advance */

static uint32_t log2_of(uint32_t n)
{
    return 31u - (uint32_t)__builtin_clz(n);
}

static uint32_t class_of(uint32_t granules)
{
    if (granules < EXACT_CLASSES)
        return granules;
    uint32_t log2 = log2_of(granules);
    uint32_t step = granules >> (log2 - STEPS_LOG2) & ((1u << STEPS_LOG2) - 1);
    return EXACT_CLASSES + ((log2 - EXACT_LOG2) << STEPS_LOG2) + step;
}

/* The lowest class all of whose blocks are large enough. */
static uint32_t serving_class(uint32_t granules)
{
    if (granules < EXACT_CLASSES)
        return granules;
    return class_of(granules + (1u << (log2_of(granules) - STEPS_LOG2)) - 1);
}

static uint32_t block_size(const struct wasm_heap *heap, uint32_t block)
{
    return load_le32(heap->base + block);
}

static uint32_t block_next(const struct wasm_heap *heap, uint32_t block)
{
    return load_le32(heap->base + block + 4);
}

static void add_free(struct wasm_heap *heap, uint32_t block, uint32_t granules)
{
    uint32_t class = class_of(granules);
    store_le32(heap->base + block, granules);
    store_le32(heap->base + block + 4, heap->free[class]);
    heap->free[class] = block;
    heap->has_free[class / 64] |= (uint64_t)1 << class % 64;
}

/* Takes the first block off its class. */
static uint32_t take_first(struct wasm_heap *heap, uint32_t class)
{
    uint32_t block = heap->free[class];
    heap->free[class] = block_next(heap, block);
    if (heap->free[class] == 0)
        heap->has_free[class / 64] &= ~((uint64_t)1 << class % 64);
    return block;
}

/* The lowest class from `class` on that has a block; WASM_HEAP_CLASSES: none. */
static uint32_t next_class(const struct wasm_heap *heap, uint32_t class)
{
    if (class >= WASM_HEAP_CLASSES)
        return WASM_HEAP_CLASSES;
    uint32_t word = class / 64;
    uint64_t bits = heap->has_free[word] & UINT64_MAX << class % 64;
    while (bits == 0) {
        if (++word == ARRAY_LEN(heap->has_free))
            return WASM_HEAP_CLASSES;
        bits = heap->has_free[word];
    }
    return word * 64 + (uint32_t)__builtin_ctzll(bits);
}

/* Looks at `most` blocks of a class that may be too small; 0: none of them fits. */
static uint32_t take_scanned(struct wasm_heap *heap, uint32_t granules, uint32_t most)
{
    uint32_t class = class_of(granules);
    uint32_t before = 0;
    uint32_t block = heap->free[class];
    while (block != 0 && most != 0 && block_size(heap, block) < granules) {
        before = block;
        block = block_next(heap, block);
        most--;
    }
    if (block == 0 || most == 0)
        return 0;
    if (before == 0)
        return take_first(heap, class);
    store_le32(heap->base + before + 4, block_next(heap, block));
    return block;
}

/* A block of exactly so many granules; 0: there is none. */
static uint32_t take(struct wasm_heap *heap, uint32_t granules, uint32_t scan_most)
{
    uint32_t class = next_class(heap, serving_class(granules));
    uint32_t block = class != WASM_HEAP_CLASSES ? take_first(heap, class)
                                                : take_scanned(heap, granules, scan_most);
    if (block == 0)
        return 0;
    uint32_t rest = block_size(heap, block) - granules;
    if (rest != 0)
        add_free(heap, block + granules * 8, rest);
    return block;
}

static const struct wasm_heap_layout *layout_of(const struct wasm_heap *heap, uint32_t type)
{
    return type & WASM_HEAP_EXCEPTION ? &heap->exceptions[type & ~WASM_HEAP_EXCEPTION]
                                      : &heap->layouts[type];
}

/* Of an object; up to 2^36, so a request's length needs no check before. */
static uint64_t granules_of(const struct wasm_heap_layout *layout, uint32_t length)
{
    return (layout->bytes + (uint64_t)length * layout->element_bytes + 7) / 8;
}

/* ---- marking ---- */

static uint8_t *link_word(const struct wasm_heap *heap, uint32_t ref,
                          const struct wasm_heap_layout *layout)
{
    return heap->base + ref + (layout->element_bytes == 0 ? 4 : WASM_HEAP_ARRAY_HEADER);
}

void wasm_heap_mark(struct wasm_heap *heap, uint32_t ref)
{
    heap->visited++;
    if (!wasm_heap_is_object(ref))
        return;
    ASSERT(ref < heap->size);
    size_t word = ref / 8 / 64;
    uint64_t bit = (uint64_t)1 << ref / 8 % 64;
    ASSERT(heap->starts[word] & bit);
    if (heap->marks[word] & bit)
        return;
    heap->marks[word] |= bit;
    const struct wasm_heap_layout *layout = layout_of(heap, wasm_heap_type(heap, ref));
    if (layout->ref_count == 0)
        return;
    store_le32(link_word(heap, ref, layout), heap->pending);
    heap->pending = ref;
}

void wasm_heap_mark_suspect(struct wasm_heap *heap, uint64_t number)
{
    if (number < heap->size && wasm_heap_is_object((uint32_t)number) &&
        heap->starts[number / 8 / 64] >> number / 8 % 64 & 1)
        wasm_heap_mark(heap, (uint32_t)number);
}

static void mark_array(struct wasm_heap *heap, uint32_t ref)
{
    const uint8_t *elements = heap->base + ref + WASM_HEAP_REF_ARRAY_HEADER;
    uint32_t length = wasm_heap_length(heap, ref);
    for (size_t i = 0; i < length; i++)
        wasm_heap_mark(heap, load_le32(elements + i * 4));
}

static void mark_pending(struct wasm_heap *heap)
{
    while (heap->pending != 0) {
        uint32_t ref = heap->pending;
        const struct wasm_heap_layout *layout = layout_of(heap, wasm_heap_type(heap, ref));
        uint8_t *link = link_word(heap, ref, layout);
        heap->pending = load_le32(link);
        store_le32(link, 0);
        if (layout->element_bytes != 0)
            mark_array(heap, ref);
        else
            for (uint32_t i = 0; i < layout->ref_count; i++)
                wasm_heap_mark(heap, load_le32(heap->base + ref + layout->refs[i]));
    }
}

/* ---- sweeping ---- */

static void free_gap(struct wasm_heap *heap, uint64_t from, uint64_t to)
{
    if (from < to)
        add_free(heap, (uint32_t)from, (uint32_t)((to - from) / 8));
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static size_t used_words(const struct wasm_heap *heap)
{
    return (size_t)((heap->end / 8 + 63) / 64);
}

/* What is not marked becomes free blocks, as long as they can be. If it is less than half, more of
 * the heap is taken into use. */
static void sweep(struct wasm_heap *heap)
{
    uint64_t at = 8; /* behind the newest object seen */
    uint64_t live = 0;
    memset(heap->free, 0, sizeof heap->free);
    memset(heap->has_free, 0, sizeof heap->has_free);
    for (size_t word = 0, words = used_words(heap); word < words; word++) {
        for (uint64_t bits = heap->marks[word]; bits != 0; bits &= bits - 1) {
            uint64_t ref = (word * 64 + (uint64_t)__builtin_ctzll(bits)) * 8;
            const uint8_t *object = heap->base + ref;
            const struct wasm_heap_layout *layout = layout_of(heap, load_le32(object));
            uint64_t size = granules_of(layout, load_le32(object + 4)) * 8;
            free_gap(heap, at, ref);
            at = ref + size;
            live += size;
        }
        heap->starts[word] = heap->marks[word];
        heap->marks[word] = 0;
    }
    uint64_t ample = 2 * live + BYTES_A_ROOT * heap->visited;
    if (heap->end < ample)
        heap->end = min_u64(ample, heap->size);
    free_gap(heap, at, heap->end);
    heap->live_bytes = live;
}

void wasm_heap_collect(struct wasm_heap *heap)
{
    heap->visited = 0;
    heap->roots(heap->roots_context, heap);
    uint64_t roots = heap->visited;
    mark_pending(heap);
    heap->visited = roots;
    sweep(heap);
    heap->collections++;
}

/* ---- allocation ---- */

/* Invariant (5). False: enough collections have been had for what was allocated. */
static bool collect_on_account(struct wasm_heap *heap)
{
    uint64_t cost = heap->end / COLLECTION_COST;
    if (heap->debt > cost * DEBT_MAX)
        return false;
    wasm_heap_collect(heap);
    heap->debt += cost + heap->visited / ROOTS_A_BYTE;
    return true;
}

/* Twice as much of the heap is taken into use, or what the object needs. False: it all is. */
static bool grow(struct wasm_heap *heap, uint64_t granules)
{
    if (heap->end == heap->size)
        return false;
    uint64_t more = granules * 8 > heap->end ? granules * 8 : heap->end;
    memcpy(heap->marks, heap->starts, used_words(heap) * sizeof *heap->marks);
    heap->end = min_u64(heap->end + more, heap->size);
    sweep(heap);
    return true;
}

uint32_t wasm_heap_alloc(struct wasm_heap *heap, uint32_t type, uint32_t length)
{
    uint64_t granules = granules_of(layout_of(heap, type), length);
    if (granules >= heap->size / 8)
        return 0;
    if (heap->collects_always)
        wasm_heap_collect(heap);
    uint32_t ref = take(heap, (uint32_t)granules, SCAN_SHORT);
    if (ref == 0 && collect_on_account(heap))
        ref = take(heap, (uint32_t)granules, SCAN_ALL);
    if (ref == 0 && grow(heap, granules))
        ref = take(heap, (uint32_t)granules, SCAN_ALL);
    if (ref == 0)
        return 0;
    uint64_t bytes = granules * 8;
    heap->debt -= bytes < heap->debt ? bytes : heap->debt;
    memset(heap->base + ref, 0, (size_t)bytes);
    store_le32(heap->base + ref, type);
    store_le32(heap->base + ref + 4, length);
    heap->starts[ref / 8 / 64] |= (uint64_t)1 << ref / 8 % 64;
    return ref;
}

enum status wasm_heap_create(struct arena *arena, uint64_t bytes, struct wasm_heap **out_heap)
{
    uint64_t most = (uint64_t)UINT32_MAX + 1;
    uint64_t size = (bytes < most ? bytes : most) / 8 * 8;
    size_t words = (size_t)((size / 8 + 63) / 64);
    size_t mark = arena_mark(arena);
    struct wasm_heap *heap = arena_alloc(arena, 1, sizeof *heap);
    uint64_t *bitmaps = arena_alloc(arena, words, 2 * sizeof *bitmaps);
    uint8_t *base = arena_alloc(arena, (size_t)size, 1);
    if (heap == NULL || bitmaps == NULL || base == NULL) {
        arena_rewind(arena, mark);
        return STATUS_NO_MEMORY;
    }
    heap->base = base;
    heap->size = size;
    heap->starts = bitmaps;
    heap->marks = bitmaps + words;
    heap->end = min_u64(size, FIRST_BYTES);
    free_gap(heap, 8, heap->end);
    *out_heap = heap;
    return STATUS_OK;
}

/*
 * tests/unit/wasm/test_heap.c: allocation, marking and sweeping, by hand and against a model.
 */
#include "core/wasm/heap.h"

#include "tests/support/test.h"

enum { EMPTY, PAIR, BYTES, REFS, TAGGED, BIG, LAYOUT_COUNT };

/* A PAIR has references at 8 and 12; a TAGGED one at 8 and a number at 12. */
static const uint32_t pair_refs[] = {8, 12};
static const struct wasm_heap_layout layouts[LAYOUT_COUNT] = {
    [EMPTY] = {.bytes = 8},
    [PAIR] = {.bytes = 16, .ref_count = 2, .refs = pair_refs},
    [BYTES] = {.bytes = WASM_HEAP_ARRAY_HEADER, .element_bytes = 1},
    [REFS] = {.bytes = WASM_HEAP_REF_ARRAY_HEADER, .element_bytes = 4, .ref_count = 1},
    [TAGGED] = {.bytes = 16, .ref_count = 1, .refs = pair_refs},
    [BIG] = {.bytes = 256},
};
static const struct wasm_heap_layout exceptions[] = {
    {.bytes = 16, .ref_count = 2, .refs = pair_refs},
};

#define ROOTS_MAX 32

struct trial {
    uint8_t *memory;
    size_t memory_cap;
    struct arena arena;
    struct wasm_heap *heap;
    uint32_t roots[ROOTS_MAX];
};

static void visit(void *context, struct wasm_heap *heap)
{
    struct trial *trial = context;
    for (size_t i = 0; i < ROOTS_MAX; i++)
        wasm_heap_mark(heap, trial->roots[i]);
}

static void begin(struct trial *trial, uint64_t bytes)
{
    *trial = (struct trial){.memory_cap = (size_t)bytes * 2 + 8192};
    trial->memory = calloc(trial->memory_cap, 1);
    assert_non_null(trial->memory);
    arena_init(&trial->arena, trial->memory, trial->memory_cap);
    assert_int_equal(wasm_heap_create(&trial->arena, bytes, &trial->heap), STATUS_OK);
    trial->heap->layouts = layouts;
    trial->heap->exceptions = exceptions;
    trial->heap->roots = visit;
    trial->heap->roots_context = trial;
}

static void end(struct trial *trial)
{
    arena_fini(&trial->arena);
    for (size_t i = 0; i < trial->memory_cap; i++)
        assert_int_equal(trial->memory[i], 0);
    free(trial->memory);
}

static uint32_t alloc(struct trial *trial, uint32_t type, uint32_t length)
{
    uint32_t ref = wasm_heap_alloc(trial->heap, type, length);
    assert_int_not_equal(ref, 0);
    return ref;
}

static void set(struct trial *trial, uint32_t ref, uint32_t at, uint32_t value)
{
    store_le32(wasm_heap_at(trial->heap, ref) + at, value);
}

static uint32_t get(const struct trial *trial, uint32_t ref, uint32_t at)
{
    return load_le32(wasm_heap_at(trial->heap, ref) + at);
}

static uint64_t live_after_collection(struct trial *trial)
{
    wasm_heap_collect(trial->heap);
    return trial->heap->live_bytes;
}

TEST(objects_carry_type_and_length_and_are_zero_behind)
{
    struct trial trial;
    begin(&trial, 1024);

    uint32_t first = alloc(&trial, BYTES, 13);
    memset(wasm_heap_at(trial.heap, first) + 8, 0xAB, 13);
    wasm_heap_collect(trial.heap);
    uint32_t again = alloc(&trial, BYTES, 16);

    assert_true(wasm_heap_is_object(again));
    assert_int_equal(wasm_heap_type(trial.heap, again), BYTES);
    assert_int_equal(wasm_heap_length(trial.heap, again), 16);
    for (uint32_t i = 0; i < 16; i++)
        assert_int_equal(wasm_heap_at(trial.heap, again)[8 + i], 0);
    end(&trial);
}

TEST(allocation_goes_on_until_the_last_granule_and_then_is_refused)
{
    struct trial trial;
    begin(&trial, 1024);
    uint32_t list = 0;

    for (unsigned i = 0; i < 63; i++) {
        uint32_t pair = alloc(&trial, PAIR, 0);
        set(&trial, pair, 8, list);
        trial.roots[0] = list = pair;
    }
    trial.roots[1] = alloc(&trial, EMPTY, 0);

    assert_int_equal(wasm_heap_alloc(trial.heap, EMPTY, 0), 0);
    unsigned count = 0;
    for (uint32_t at = list; at != 0; at = get(&trial, at, 8))
        count++;
    assert_int_equal(count, 63);
    end(&trial);
}

TEST(a_request_that_no_heap_of_this_size_serves_is_refused_at_once)
{
    struct trial trial;
    begin(&trial, 1024);

    assert_int_equal(wasm_heap_alloc(trial.heap, BYTES, UINT32_MAX), 0);
    assert_int_equal(wasm_heap_alloc(trial.heap, REFS, UINT32_MAX), 0);
    assert_int_equal(wasm_heap_alloc(trial.heap, BYTES, 1024 - 8), 0);
    assert_int_equal(trial.heap->collections, 0);
    assert_int_equal(alloc(&trial, BYTES, 1024 - 16), 8);
    end(&trial);
}

TEST(a_heap_without_room_refuses_everything)
{
    struct trial trial;

    for (uint64_t bytes = 0; bytes < 16; bytes++) {
        begin(&trial, bytes);
        assert_int_equal(wasm_heap_alloc(trial.heap, EMPTY, 0), 0);
        end(&trial);
    }
    begin(&trial, 16);
    assert_int_equal(alloc(&trial, EMPTY, 0), 8);
    end(&trial);
}

TEST(an_arena_that_is_too_small_is_left_as_it_was)
{
    static ALIGNED(16) uint8_t memory[4096];
    struct arena arena;
    struct wasm_heap *heap = NULL;

    for (uint64_t refused = 1; refused <= 3; refused++) {
        arena_init(&arena, memory, sizeof memory);
        arena.refuse_at = refused;
        assert_int_equal(wasm_heap_create(&arena, 512, &heap), STATUS_NO_MEMORY);
        assert_int_equal(arena.used, 0);
    }
    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(wasm_heap_create(&arena, 1 << 20, &heap), STATUS_NO_MEMORY);
    assert_int_equal(wasm_heap_create(&arena, UINT64_MAX, &heap), STATUS_NO_MEMORY);
    assert_null(heap);
}

TEST(what_roots_reach_lives_and_nothing_else)
{
    struct trial trial;
    begin(&trial, 4096);
    uint32_t kept = alloc(&trial, PAIR, 0);
    uint32_t array = alloc(&trial, REFS, 3);
    uint32_t leaf = alloc(&trial, BYTES, 24);
    uint32_t lost = alloc(&trial, PAIR, 0);
    set(&trial, kept, 12, array);
    set(&trial, array, WASM_HEAP_REF_ARRAY_HEADER + 8, leaf);
    set(&trial, lost, 8, kept); /* looking at what lives does not make one live */
    trial.roots[3] = kept;

    assert_int_equal(live_after_collection(&trial), 16 + 24 + 32);
    assert_int_equal(get(&trial, array, WASM_HEAP_REF_ARRAY_HEADER + 8), leaf);
    assert_int_equal(get(&trial, array, WASM_HEAP_ARRAY_HEADER), 0); /* the link word */
    assert_int_equal(get(&trial, kept, 4), 0);
    end(&trial);
}

TEST(cycles_live_while_they_are_reached_and_die_together)
{
    struct trial trial;
    begin(&trial, 4096);
    uint32_t a = alloc(&trial, PAIR, 0);
    uint32_t b = alloc(&trial, PAIR, 0);
    uint32_t self = alloc(&trial, REFS, 2);
    set(&trial, a, 8, b);
    set(&trial, b, 8, a);
    set(&trial, b, 12, self);
    set(&trial, self, WASM_HEAP_REF_ARRAY_HEADER, self);
    trial.roots[0] = b;

    assert_int_equal(live_after_collection(&trial), 16 + 16 + 24);
    trial.roots[0] = 0;
    assert_int_equal(live_after_collection(&trial), 0);
    end(&trial);
}

TEST(numbers_that_look_like_references_keep_nothing_alive)
{
    struct trial trial;
    begin(&trial, 4096);
    uint32_t tagged = alloc(&trial, TAGGED, 0);
    uint32_t bytes = alloc(&trial, BYTES, 8);
    uint32_t garbage = alloc(&trial, PAIR, 0);
    set(&trial, tagged, 12, garbage);
    set(&trial, bytes, 8, garbage);
    trial.roots[0] = tagged;
    trial.roots[1] = bytes;
    trial.roots[2] = 0x12345679; /* an i31 */
    trial.roots[3] = 0x1234567A; /* a host's number */

    assert_int_equal(live_after_collection(&trial), 16 + 16);
    end(&trial);
}

TEST(exceptions_are_laid_out_by_their_tag)
{
    struct trial trial;
    begin(&trial, 4096);
    uint32_t exception = alloc(&trial, WASM_HEAP_EXCEPTION | 0, 0);
    uint32_t payload = alloc(&trial, BYTES, 1);
    set(&trial, exception, 12, payload);
    trial.roots[0] = exception;

    assert_int_equal(live_after_collection(&trial), 16 + 16);
    assert_int_equal(wasm_heap_type(trial.heap, exception), WASM_HEAP_EXCEPTION);
    end(&trial);
}

TEST(a_list_as_deep_as_the_heap_is_marked)
{
    struct trial trial;
    begin(&trial, (uint64_t)4 << 20);
    uint64_t count = 200000;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t pair = alloc(&trial, PAIR, 0);
        set(&trial, pair, i % 2 == 0 ? 8 : 12, trial.roots[0]);
        trial.roots[0] = pair;
    }

    assert_int_equal(live_after_collection(&trial), count * 16);
    end(&trial);
}

/* Wide arrays, each behind the last element of the one before: whatever keeps a short stack of
 * what to look at would lose the way here. */
TEST(wide_arrays_in_a_chain_are_marked)
{
    struct trial trial;
    begin(&trial, (uint64_t)4 << 20);
    uint32_t width = 3001;
    uint64_t expected = 0;
    for (unsigned i = 0; i < 50; i++) {
        uint32_t array = alloc(&trial, REFS, width);
        set(&trial, array, WASM_HEAP_REF_ARRAY_HEADER + 4 * (width - 1), trial.roots[0]);
        trial.roots[0] = array;
        expected += 12 + 4 * width;
        expected = (expected + 7) / 8 * 8;
        for (uint32_t j = 0; j + 1 < width; j++)
            set(&trial, array, WASM_HEAP_REF_ARRAY_HEADER + 4 * j, alloc(&trial, PAIR, 0));
        expected += 16ull * (width - 1);
    }

    assert_int_equal(live_after_collection(&trial), expected);
    end(&trial);
}

TEST(neighbours_that_died_become_one_block)
{
    struct trial trial;
    begin(&trial, 16 * 65);
    for (unsigned i = 0; i < 64; i++)
        (void)alloc(&trial, PAIR, 0); /* each dead at once */

    uint32_t large = alloc(&trial, BYTES, 64 * 16 - 8);

    assert_int_equal(large, 8);
    assert_int_equal(trial.heap->collections, 1);
    end(&trial);
}

TEST(holes_between_live_objects_serve_what_fits_into_them)
{
    struct trial trial;
    begin(&trial, 16 * 64 + 8);
    uint32_t list = 0;
    for (unsigned i = 0; i < 64; i++) {
        uint32_t pair = alloc(&trial, PAIR, 0);
        if (i % 2 == 0)
            continue;
        set(&trial, pair, 8, list);
        trial.roots[0] = list = pair;
    }

    assert_int_equal(wasm_heap_alloc(trial.heap, BYTES, 9), 0); /* 24 bytes: no hole is as large */
    for (unsigned i = 0; i < 32; i++) {
        uint32_t pair = alloc(&trial, PAIR, 0);
        set(&trial, pair, 8, list);
        trial.roots[0] = list = pair;
    }
    assert_int_equal(wasm_heap_alloc(trial.heap, EMPTY, 0), 0);
    end(&trial);
}

TEST(a_large_hole_of_exactly_the_size_is_found)
{
    struct trial trial;
    begin(&trial, 8 + 8 * 1000);
    trial.roots[0] = alloc(&trial, BYTES, 8 * 300 - 8);
    (void)alloc(&trial, BYTES, 8 * 333 - 8); /* garbage between two that live */
    trial.roots[1] = alloc(&trial, BYTES, 8 * 367 - 8);

    trial.roots[2] = alloc(&trial, BYTES, 8 * 333 - 8);

    assert_int_equal(trial.roots[2], 8 + 8 * 300);
    assert_int_equal(wasm_heap_alloc(trial.heap, EMPTY, 0), 0);
    end(&trial);
}

TEST(a_heap_that_is_collected_for_nothing_is_exhausted_at_last)
{
    struct trial trial;
    begin(&trial, (uint64_t)1 << 16);
    trial.roots[0] = alloc(&trial, BYTES, (1 << 16) - 8 - 8 - 256);
    unsigned count = 0;

    while (wasm_heap_alloc(trial.heap, BIG, 0) != 0 && count < 10000)
        count++;

    assert_in_range(count, 64, 200);
    assert_in_range(trial.heap->collections, 64, 200);
    end(&trial);
}

/* As a table of a million nulls is. */
static void visit_many(void *context, struct wasm_heap *heap)
{
    (void)context;
    for (unsigned i = 0; i < 1000000; i++)
        wasm_heap_mark(heap, 0);
}

TEST(roots_count_for_what_collections_may_cost)
{
    struct trial trial;
    begin(&trial, (uint64_t)1 << 16);
    trial.heap->roots = visit_many;
    unsigned count = 0;

    while (wasm_heap_alloc(trial.heap, PAIR, 0) != 0 && count < 100000)
        count++;

    assert_in_range(count, 4096, 16384);
    assert_in_range(trial.heap->collections, 1, 3);
    end(&trial);
}

#define LARGE_HEAP  ((uint64_t)12 << 20)
#define FIRST_BYTES ((uint64_t)4 << 20)

TEST(garbage_takes_no_more_of_a_large_heap_than_its_beginning)
{
    struct trial trial;
    begin(&trial, LARGE_HEAP);

    for (unsigned i = 0; i < 5000; i++)
        trial.roots[0] = alloc(&trial, BYTES, 10000);

    assert_int_equal(trial.heap->end, FIRST_BYTES);
    assert_in_range(trial.heap->collections, 11, 13);
    end(&trial);
}

TEST(a_heap_has_twice_the_room_of_what_lives)
{
    struct trial trial;
    begin(&trial, LARGE_HEAP);
    trial.roots[0] = alloc(&trial, BYTES, 3 << 20);

    for (unsigned i = 0; i < 500; i++)
        (void)alloc(&trial, BYTES, 10000);

    assert_in_range(trial.heap->end, 6 << 20, (6 << 20) + 1024);
    assert_in_range(trial.heap->collections, 2, 3);
    end(&trial);
}

TEST(an_object_larger_than_what_is_in_use_is_made_at_once)
{
    struct trial trial;
    begin(&trial, LARGE_HEAP);

    trial.roots[0] = alloc(&trial, BYTES, LARGE_HEAP - 8 - 8 - 24);
    trial.roots[1] = alloc(&trial, PAIR, 0);

    assert_int_equal(trial.heap->end, LARGE_HEAP);
    assert_int_equal(wasm_heap_alloc(trial.heap, PAIR, 0), 0);
    end(&trial);
}

/* Live objects with holes between them: what is larger than a hole goes behind them all. */
TEST(a_heap_of_holes_grows_for_what_is_larger_than_they_are)
{
    struct trial trial;
    begin(&trial, LARGE_HEAP);
    uint32_t list = 0;
    for (uint32_t i = 0; i < FIRST_BYTES / 2048 - 1; i++) {
        uint32_t pair = alloc(&trial, PAIR, 0);
        set(&trial, pair, 8, list);
        trial.roots[0] = list = pair;
        (void)alloc(&trial, BYTES, 2048 - 16 - 8);
    }

    trial.roots[1] = alloc(&trial, BYTES, 8192);

    assert_in_range(trial.roots[1], FIRST_BYTES - 8192, FIRST_BYTES);
    assert_int_equal(trial.heap->end, 2 * FIRST_BYTES);
    end(&trial);
}

TEST(garbage_is_collected_for_ever)
{
    struct trial trial;
    begin(&trial, (uint64_t)1 << 16);
    trial.roots[0] = alloc(&trial, BYTES, 40000);

    for (unsigned i = 0; i < 200000; i++)
        (void)alloc(&trial, PAIR, 0);

    assert_in_range(trial.heap->collections, 100, 200);
    end(&trial);
}

/* ---- a model ---- */

#define MODEL_BYTES   (1u << 15)
#define MODEL_REFS    6u
#define NODE_ROOTS    24u
#define MODEL_STEPS   40000u
#define MODEL_LENGTHS 40u

struct model_object {
    uint32_t type, length;
    uint32_t refs[MODEL_REFS]; /* of PAIR, TAGGED and REFS */
    uint8_t fill;              /* of BYTES */
    bool is_reached;
};

struct model {
    struct trial trial;
    struct model_object objects[MODEL_BYTES / 8];
    uint64_t random;
};

static uint32_t pick(struct model *model, uint32_t below)
{
    model->random = model->random * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(model->random >> 33) % below;
}

static uint32_t ref_count(const struct model_object *object)
{
    return object->type == PAIR     ? 2
           : object->type == TAGGED ? 1
           : object->type == REFS   ? object->length
                                    : 0;
}

static uint32_t ref_offset(const struct model_object *object, uint32_t n)
{
    return (object->type == REFS ? WASM_HEAP_REF_ARRAY_HEADER : 8) + 4 * n;
}

static uint64_t bytes_of_object(const struct model_object *object)
{
    const struct wasm_heap_layout *layout = &layouts[object->type];
    return (layout->bytes + (uint64_t)object->length * layout->element_bytes + 7) / 8 * 8;
}

/* Everything that is reached is as the model says; returns how many bytes that is. */
static uint64_t check(struct model *model)
{
    static uint32_t queue[MODEL_BYTES / 8];
    uint32_t count = 0;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < MODEL_BYTES / 8; i++)
        model->objects[i].is_reached = false;
    for (uint32_t i = 0; i < NODE_ROOTS; i++) {
        uint32_t ref = model->trial.roots[i];
        if (ref != 0 && !model->objects[ref / 8].is_reached) {
            model->objects[ref / 8].is_reached = true;
            queue[count++] = ref;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t ref = queue[i];
        struct model_object *object = &model->objects[ref / 8];
        bytes += bytes_of_object(object);
        assert_int_equal(wasm_heap_type(model->trial.heap, ref), object->type);
        assert_int_equal(get(&model->trial, ref, 4), object->length);
        for (uint32_t j = 0; object->type == BYTES && j < object->length; j++)
            assert_int_equal(wasm_heap_at(model->trial.heap, ref)[8 + j], object->fill);
        for (uint32_t j = 0; j < ref_count(object); j++) {
            uint32_t child = get(&model->trial, ref, ref_offset(object, j));
            assert_int_equal(child, object->refs[j]);
            if (child != 0 && !model->objects[child / 8].is_reached) {
                model->objects[child / 8].is_reached = true;
                queue[count++] = child;
            }
        }
    }
    return bytes;
}

static void model_alloc(struct model *model)
{
    static const uint32_t types[] = {EMPTY, PAIR, PAIR, BYTES, REFS, TAGGED};
    uint32_t type = types[pick(model, ARRAY_LEN(types))];
    uint32_t length = type == REFS    ? pick(model, MODEL_REFS + 1)
                      : type == BYTES ? pick(model, MODEL_LENGTHS) * pick(model, MODEL_LENGTHS)
                                      : 0;
    uint32_t root = pick(model, NODE_ROOTS);
    uint32_t ref = wasm_heap_alloc(model->trial.heap, type, length);
    if (ref == 0) { /* full: the model lets go of half of what it holds */
        for (uint32_t i = 0; i < NODE_ROOTS; i += 2)
            model->trial.roots[i] = 0;
        return;
    }
    struct model_object *object = &model->objects[ref / 8];
    *object = (struct model_object){.type = type, .length = length};
    object->fill = (uint8_t)pick(model, 256);
    if (type == BYTES)
        memset(wasm_heap_at(model->trial.heap, ref) + 8, object->fill, length);
    model->trial.roots[root] = ref;
}

static void model_link(struct model *model)
{
    uint32_t from = model->trial.roots[pick(model, NODE_ROOTS)];
    uint32_t to = model->trial.roots[pick(model, NODE_ROOTS)];
    if (from == 0)
        return;
    struct model_object *object = &model->objects[from / 8];
    uint32_t count = ref_count(object);
    if (count == 0)
        return;
    uint32_t n = pick(model, count);
    object->refs[n] = to;
    set(&model->trial, from, ref_offset(object, n), to);
}

static void run_model(uint64_t seed, bool collects_always)
{
    static struct model model;
    memset(&model, 0, sizeof model);
    model.random = seed;
    begin(&model.trial, MODEL_BYTES);
    model.trial.heap->collects_always = collects_always;
    for (uint32_t step = 0; step < MODEL_STEPS; step++) {
        uint32_t what = pick(&model, 8);
        if (what < 3)
            model_alloc(&model);
        else if (what < 7)
            model_link(&model);
        else
            model.trial.roots[pick(&model, NODE_ROOTS)] = 0;
        if (step % 64 == 0) {
            uint64_t expected = check(&model);
            assert_int_equal(live_after_collection(&model.trial), expected);
            assert_int_equal(check(&model), expected);
        }
    }
    end(&model.trial);
}

TEST(random_graphs_are_as_a_model_says)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        print_message("seed %llu\n", (unsigned long long)seed);
        run_model(seed, false);
    }
}

TEST(random_graphs_are_as_a_model_says_when_every_allocation_collects)
{
    run_model(99, true);
}

TEST_MAIN(T(objects_carry_type_and_length_and_are_zero_behind),
          T(allocation_goes_on_until_the_last_granule_and_then_is_refused),
          T(a_request_that_no_heap_of_this_size_serves_is_refused_at_once),
          T(a_heap_without_room_refuses_everything),
          T(an_arena_that_is_too_small_is_left_as_it_was),
          T(what_roots_reach_lives_and_nothing_else),
          T(cycles_live_while_they_are_reached_and_die_together),
          T(numbers_that_look_like_references_keep_nothing_alive),
          T(exceptions_are_laid_out_by_their_tag), T(a_list_as_deep_as_the_heap_is_marked),
          T(wide_arrays_in_a_chain_are_marked), T(neighbours_that_died_become_one_block),
          T(holes_between_live_objects_serve_what_fits_into_them),
          T(a_large_hole_of_exactly_the_size_is_found),
          T(a_heap_that_is_collected_for_nothing_is_exhausted_at_last),
          T(roots_count_for_what_collections_may_cost),
          T(garbage_takes_no_more_of_a_large_heap_than_its_beginning),
          T(a_heap_has_twice_the_room_of_what_lives),
          T(an_object_larger_than_what_is_in_use_is_made_at_once),
          T(a_heap_of_holes_grows_for_what_is_larger_than_they_are),
          T(garbage_is_collected_for_ever), T(random_graphs_are_as_a_model_says),
          T(random_graphs_are_as_a_model_says_when_every_allocation_collects))

/*
 * cell/program/program_snapshot.c: a fresh instance for the price of what the last call wrote.
 *
 * Where instances were made without a word to the gate, making them is a function of payload and
 * job alone (semantics.md 1): those of the next call would be the same, bit for bit. So what they
 * are is kept once and put back after each call. Where a start function asked the gate something,
 * every call makes its own.
 *
 * Invariants:
 *   (1) Runs cover all of the arena between the mark after load and the end of the instances, but
 *       for what is skipped: translated code, which nobody writes to, and the table of resources
 * and the stack, whose used part is wiped; nothing in them is of a fresh instance. They cover every
 * memory. (2) Copies, and the list of runs, lie in the arena behind the instances and are never
 * written again. What a call allocates lies behind them.
 */
#include "cell/program/program_internal.h"

#define PIECE 4096u

/* A part that was all zero (no copy), or was not. */
struct run {
    uint8_t *at;
    size_t len;
    const uint8_t *copy;
};

struct program_snapshot {
    struct run *runs;
    uint32_t run_count;
    uint64_t *memory_lens; /* as they come */
    uint64_t memory_taken;
};

/* The same walk counts runs and then writes them down: `runs` NULL is the first time. */
struct walk {
    struct run *runs;
    uint32_t count;
    struct run open;
    bool is_copied; /* the open one */
};

static bool is_zero(const uint8_t *piece, size_t len)
{
    uint64_t any = 0;
    size_t at = 0;
    for (; len - at >= 8; at += 8)
        any |= load_le64(piece + at);
    for (; at < len; at++)
        any |= piece[at];
    return any == 0;
}

static void close_run(struct walk *walk)
{
    if (walk->open.len == 0)
        return;
    if (walk->runs != NULL) {
        walk->open.copy = walk->is_copied ? walk->open.at : NULL; /* until it is made */
        walk->runs[walk->count] = walk->open;
    }
    walk->count++;
    walk->open = (struct run){0};
}

static void walk_piece(struct walk *walk, uint8_t *at, size_t len)
{
    const bool is_copied = !is_zero(at, len);
    if (walk->open.len != 0 &&
        (walk->open.at + walk->open.len != at || walk->is_copied != is_copied))
        close_run(walk);
    if (walk->open.len == 0)
        walk->open.at = at;
    walk->open.len += len;
    walk->is_copied = is_copied;
}

static void walk_range(struct walk *walk, uint8_t *at, size_t len)
{
    size_t piece = PIECE - ((uintptr_t)at & (PIECE - 1));
    for (; len != 0; at += piece, len -= piece, piece = PIECE) {
        if (piece > len)
            piece = len;
        walk_piece(walk, at, piece);
    }
    close_run(walk);
}

static void walk_memory(void *context, uint8_t *base, uint64_t len)
{
    walk_range(context, base, (size_t)len);
}

/* What is skipped, by ascending address: the table, if there is one, the stack, then code. */
struct skipped {
    struct bytes *items;
    uint32_t count;
};

static void count_translated(void *context, struct bytes translated)
{
    struct skipped *skipped = context;
    (void)translated;
    skipped->count++;
}

/* They descend. */
static void note_translated(void *context, struct bytes translated)
{
    struct skipped *skipped = context;
    skipped->items[--skipped->count] = translated;
}

static enum status find_skipped(struct program *program, struct skipped *out_skipped)
{
    const uint32_t first = program->table.len != 0;
    struct skipped found = {.count = first + 1};
    size_t used;
    wasm_store_translated(program->store, count_translated, &found);
    found.items = arena_alloc(&program->arena, found.count, sizeof *found.items);
    if (found.items == NULL)
        return STATUS_NO_MEMORY;
    *out_skipped = found;
    wasm_store_translated(program->store, note_translated, &found);
    ASSERT(found.count == first + 1);
    found.items[first] = wasm_store_stack(program->store, &used);
    if (first != 0)
        found.items[0] = program->table;
    return STATUS_OK;
}

static void walk_all(const struct program *program, const struct skipped *skipped, size_t from,
                     size_t to, struct walk *walk)
{
    uint8_t *const base = program->arena.base;
    for (uint32_t i = 0; i < skipped->count; i++) {
        const size_t at = (size_t)(skipped->items[i].data - base);
        ASSERT(at >= from && at + skipped->items[i].len <= to);
        walk_range(walk, base + from, at - from);
        from = at + skipped->items[i].len;
    }
    walk_range(walk, base + from, to - from);
    wasm_store_memories(program->store, walk_memory, walk);
}

static enum status make_copies(struct program *program, struct program_snapshot *snapshot)
{
    for (uint32_t i = 0; i < snapshot->run_count; i++) {
        struct run *run = &snapshot->runs[i];
        if (run->copy == NULL)
            continue;
        uint8_t *copy = arena_alloc(&program->arena, run->len, 1);
        if (copy == NULL)
            return STATUS_NO_MEMORY;
        memcpy(copy, run->at, run->len);
        run->copy = copy;
    }
    return STATUS_OK;
}

static void count_memory(void *context, uint8_t *base, uint64_t len)
{
    uint32_t *count = context;
    (void)base;
    (void)len;
    (*count)++;
}

static void note_memory(void *context, uint8_t *base, uint64_t len)
{
    uint64_t **next = context;
    (void)base;
    *(*next)++ = len;
}

static enum status note_lens(struct program *program, struct program_snapshot *snapshot)
{
    uint32_t count = 0;
    wasm_store_memories(program->store, count_memory, &count);
    snapshot->memory_lens = arena_alloc(&program->arena, count, sizeof *snapshot->memory_lens);
    if (snapshot->memory_lens == NULL)
        return STATUS_NO_MEMORY;
    uint64_t *next = snapshot->memory_lens;
    wasm_store_memories(program->store, note_memory, &next);
    return STATUS_OK;
}

/* What start functions left there is no part of a fresh instance either. */
static void wipe_stack(const struct program *program)
{
    size_t used;
    const struct bytes stack = wasm_store_stack(program->store, &used);
    (void)memory_wipe_sparse((uint8_t *)(uintptr_t)stack.data, used);
}

static enum status take(struct program *program, struct program_snapshot **out_snapshot)
{
    const size_t from = program->mark, to = arena_mark(&program->arena);
    wipe_stack(program);
    struct program_snapshot *snapshot = arena_alloc(&program->arena, 1, sizeof *snapshot);
    struct skipped skipped = {0};
    struct walk walk = {0};
    if (snapshot == NULL || find_skipped(program, &skipped) != STATUS_OK ||
        note_lens(program, snapshot) != STATUS_OK)
        return STATUS_NO_MEMORY;
    walk_all(program, &skipped, from, to, &walk);
    snapshot->run_count = walk.count;
    snapshot->runs = arena_alloc(&program->arena, walk.count, sizeof *snapshot->runs);
    if (snapshot->runs == NULL)
        return STATUS_NO_MEMORY;
    walk = (struct walk){.runs = snapshot->runs};
    walk_all(program, &skipped, from, to, &walk);
    ASSERT(walk.count == snapshot->run_count);
    snapshot->memory_taken = program->memory_taken;
    *out_snapshot = snapshot;
    return make_copies(program, snapshot);
}

void program_snapshot_take(struct program *program)
{
    const size_t mark = arena_mark(&program->arena);
    struct program_snapshot *snapshot = NULL;
    if (take(program, &snapshot) == STATUS_OK) {
        program->snapshot = snapshot;
        program->mark = arena_mark(&program->arena);
    } else {
        arena_rewind_sparse(&program->arena, mark);
    }
}

/* Most pieces are as they were: those are read only. */
static void put_back(const struct run *run)
{
    for (size_t done = 0; done < run->len; done += PIECE) {
        const size_t left = run->len - done;
        const size_t len = left < PIECE ? left : PIECE;
        if (memcmp(run->at + done, run->copy + done, len) != 0)
            memcpy(run->at + done, run->copy + done, len);
    }
}

/* What a memory has grown by is wiped. */
static void cut_memory(void *context, uint8_t *base, uint64_t len)
{
    const uint64_t **next = context;
    const uint64_t before = *(*next)++;
    ASSERT(before <= len);
    (void)memory_wipe_sparse(base + before, (size_t)(len - before));
}

void program_snapshot_restore(struct program *program)
{
    const struct program_snapshot *snapshot = program->snapshot;
    const uint64_t *lens = snapshot->memory_lens;
    wipe_stack(program);
    if (program->component != NULL)
        program_component_reset(program);
    wasm_store_memories(program->store, cut_memory, &lens);
    for (uint32_t i = 0; i < snapshot->run_count; i++) {
        const struct run *run = &snapshot->runs[i];
        if (run->copy != NULL)
            put_back(run);
        else
            (void)memory_wipe_sparse(run->at, run->len);
    }
    program->memory_taken = snapshot->memory_taken;
}

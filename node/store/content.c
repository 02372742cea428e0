/*
 * node/store/content.c: what is in files: chunks of 8 KiB, in memory or as io has them.
 *
 * node->chunks[i] is a chunk, a hole, or NULL: then it is as the tree has it: a record of io, or
 * zeros when there is no leaf. The array ends where nothing was looked at yet; that is NULL, too.
 *
 * A record has the chunk up to the file's end; what is missing is zeros. Whatever stands behind the
 * file's end in memory is zeros, so growing shows nothing of before.
 */
#include <stdlib.h>

#include "node/store/internal.h"

struct store_chunk store_hole, store_hole_flight;

uint64_t store_chunks_of(uint64_t size)
{
    return size / STORE_CHUNK_BYTES + (size % STORE_CHUNK_BYTES != 0 ? 1 : 0);
}

static struct store_chunk *chunk_at(const struct store_node *node, uint64_t index)
{
    return index < node->chunk_cap ? node->chunks[index] : NULL;
}

static bool make_room(struct store_node *node, uint64_t index)
{
    uint64_t cap = node->chunk_cap == 0 ? 1 : node->chunk_cap;
    if (index < node->chunk_cap)
        return true;
    while (cap <= index)
        cap *= 2;
    if (cap > UINT32_MAX)
        return false;
    struct store_chunk **chunks =
        reallocarray(node->chunks, (size_t)cap, sizeof(struct store_chunk *));
    if (chunks == NULL)
        return false;
    memset(chunks + node->chunk_cap, 0,
           (size_t)(cap - node->chunk_cap) * sizeof(struct store_chunk *));
    node->chunks = chunks;
    node->chunk_cap = (uint32_t)cap;
    return true;
}

static void unlist(struct store_app *app, struct store_chunk *chunk)
{
    if (chunk->older != NULL)
        chunk->older->newer = chunk->newer;
    else
        app->oldest = chunk->newer;
    if (chunk->newer != NULL)
        chunk->newer->older = chunk->older;
    else
        app->newest = chunk->older;
}

static void list_newest(struct store_app *app, struct store_chunk *chunk)
{
    chunk->older = app->newest;
    chunk->newer = NULL;
    if (app->newest != NULL)
        app->newest->newer = chunk;
    else
        app->oldest = chunk;
    app->newest = chunk;
}

static void free_chunk(struct store_app *app, struct store_chunk *chunk)
{
    unlist(app, chunk);
    app->chunk_count--;
    if (store_is_to_write(chunk))
        app->dirty_bytes -= STORE_CHUNK_BYTES;
    memory_wipe(chunk->data, sizeof chunk->data);
    free(chunk);
}

/* Clean chunks that were not used for longest go; what is not clean stays (internal.h, 3). */
static void make_way(struct store_app *app)
{
    struct store_chunk *chunk = app->oldest;
    while (app->chunk_count >= STORE_CACHE_CHUNKS && chunk != NULL) {
        struct store_chunk *newer = chunk->newer;
        if (chunk->state == STORE_CLEAN) {
            chunk->node->chunks[chunk->index] = NULL;
            free_chunk(app, chunk);
        }
        chunk = newer;
    }
}

static struct store_chunk *new_chunk(struct store_app *app, struct store_node *node, uint64_t index)
{
    make_way(app);
    struct store_chunk *chunk = calloc(1, sizeof *chunk);
    if (chunk == NULL)
        return NULL;
    chunk->node = node;
    chunk->index = (uint32_t)index;
    list_newest(app, chunk);
    app->chunk_count++;
    node->chunks[index] = chunk;
    return chunk;
}

static int refuse_read(struct store_app *app, const struct store_node *node, enum status status)
{
    if (status == STATUS_TAMPERED)
        store_alarm(app, node, "app %: contents of file % are not what was stored");
    else if (!app->is_unread)
        store_alarm(app, node, "app %: contents of file % can not be read");
    app->is_unread = status != STATUS_TAMPERED;
    return GATE_ERROR_IO;
}

/* From io, compared with the tree, and unsealed. */
static int fetch(struct store_app *app, struct store_node *node, const struct tree_leaf *leaf,
                 struct store_chunk *chunk)
{
    struct message_in *in;
    struct bytes plain;
    enum status status = store_fetch(app, leaf, &in, &plain, NULL);
    if (status != STATUS_OK)
        return refuse_read(app, node, status);
    if (plain.len <= STORE_CHUNK_BYTES)
        memcpy(chunk->data, plain.data, plain.len);
    else
        status = STATUS_TAMPERED;
    store_release_keys(app->store, in);
    if (status != STATUS_OK)
        return refuse_read(app, node, status);
    app->is_unread = false;
    return STORE_FINE;
}

/* The chunk in memory; NULL in `*out_chunk`: it is zeros, and nobody wants to write to it. */
static int load(struct store_app *app, struct store_node *node, uint64_t index, bool is_to_change,
                struct store_chunk **out_chunk)
{
    uint8_t name[TREE_NAME_BYTES];
    struct store_chunk *chunk = chunk_at(node, index);
    *out_chunk = NULL;
    if (chunk != NULL && !store_is_hole(chunk)) {
        unlist(app, chunk);
        list_newest(app, chunk);
        *out_chunk = chunk;
        return STORE_FINE;
    }
    const struct tree_leaf *leaf = NULL;
    if (chunk == NULL) {
        store_name_record(app, STORE_KIND_CHUNK, node->id, index, name);
        leaf = store_tree_find(app->table->tree, name);
    }
    if (leaf == NULL && !is_to_change)
        return STORE_FINE;
    bool was_on_its_way = chunk == &store_hole_flight;
    if (!make_room(node, index) || (chunk = new_chunk(app, node, index)) == NULL)
        return GATE_ERROR_INSUFFICIENT_MEMORY;
    if (leaf == NULL) {
        /* The removal on its way is about this chunk, too. */
        chunk->state = was_on_its_way ? STORE_FLIGHT : STORE_CLEAN;
        *out_chunk = chunk;
        return STORE_FINE;
    }
    int error = fetch(app, node, leaf, chunk);
    if (error != STORE_FINE) {
        node->chunks[index] = NULL;
        free_chunk(app, chunk);
        return error;
    }
    *out_chunk = chunk;
    return STORE_FINE;
}

static void make_dirty(struct store_app *app, struct store_chunk *chunk)
{
    if (!store_is_to_write(chunk))
        app->dirty_bytes += STORE_CHUNK_BYTES;
    chunk->state = chunk->state == STORE_FLIGHT || chunk->state == STORE_FLIGHT_DIRTY
                       ? STORE_FLIGHT_DIRTY
                       : STORE_DIRTY;
    store_touch(app, chunk->node);
}

int store_content_read(struct store_app *app, struct store_node *node, uint64_t offset,
                       uint8_t *out, size_t len, size_t *out_len)
{
    *out_len = 0;
    if (offset >= node->size)
        return STORE_FINE;
    if (len > node->size - offset)
        len = (size_t)(node->size - offset);
    while (*out_len < len) {
        uint64_t at = offset + *out_len;
        size_t skip = (size_t)(at % STORE_CHUNK_BYTES);
        size_t part = STORE_CHUNK_BYTES - skip;
        struct store_chunk *chunk;
        part = part < len - *out_len ? part : len - *out_len;
        int error = load(app, node, at / STORE_CHUNK_BYTES, false, &chunk);
        if (error != STORE_FINE)
            return *out_len != 0 ? STORE_FINE : error; /* it comes back where it stands */
        if (chunk != NULL)
            memcpy(out + *out_len, chunk->data + skip, part);
        else
            memset(out + *out_len, 0, part);
        *out_len += part;
    }
    return STORE_FINE;
}

/* A chunk that is about to be written whole needs not be read first. */
static int load_to_write(struct store_app *app, struct store_node *node, uint64_t index,
                         bool is_whole, struct store_chunk **out_chunk)
{
    struct store_chunk *there = chunk_at(node, index);
    if (!is_whole || there != NULL)
        return load(app, node, index, true, out_chunk);
    if (!make_room(node, index) || (*out_chunk = new_chunk(app, node, index)) == NULL)
        return GATE_ERROR_INSUFFICIENT_MEMORY;
    return STORE_FINE;
}

int store_content_write(struct store_app *app, struct store_node *node, uint64_t offset,
                        const uint8_t *data, size_t len, size_t *out_len)
{
    uint64_t room = store_quota_left(app);
    *out_len = 0;
    if (len == 0)
        return STORE_FINE;
    if (offset > INT64_MAX - len)
        return GATE_ERROR_FILE_TOO_LARGE;
    if (offset + len > node->size && offset + len - node->size > room)
        return GATE_ERROR_QUOTA;
    int error = STORE_FINE;
    while (*out_len < len && error == STORE_FINE) {
        uint64_t at = offset + *out_len;
        size_t skip = (size_t)(at % STORE_CHUNK_BYTES);
        size_t part = STORE_CHUNK_BYTES - skip;
        struct store_chunk *chunk;
        part = part < len - *out_len ? part : len - *out_len;
        error = load_to_write(app, node, at / STORE_CHUNK_BYTES, part == STORE_CHUNK_BYTES, &chunk);
        if (error != STORE_FINE)
            break;
        memcpy(chunk->data + skip, data + *out_len, part);
        make_dirty(app, chunk);
        *out_len += part;
    }
    if (offset + *out_len > node->size && *out_len != 0) {
        app->used_bytes += offset + *out_len - node->size;
        node->size = offset + *out_len;
    }
    if (*out_len != 0) {
        node->modified = store_now_ns();
        node->changed = node->modified;
        store_node_changed(app, node);
    }
    return *out_len != 0 ? STORE_FINE : error;
}

/* What is at the end of the new last chunk goes; then all chunks behind it. */
static int cut(struct store_app *app, struct store_node *node, uint64_t size)
{
    size_t rest = (size_t)(size % STORE_CHUNK_BYTES);
    uint64_t first = store_chunks_of(size);
    uint64_t end = store_chunks_of(node->size);
    struct store_chunk *chunk;
    if (end != 0 && !make_room(node, end - 1))
        return GATE_ERROR_INSUFFICIENT_MEMORY;
    if (rest != 0) {
        int error = load(app, node, size / STORE_CHUNK_BYTES, false, &chunk);
        if (error != STORE_FINE)
            return error;
        if (chunk != NULL) {
            memory_wipe(chunk->data + rest, STORE_CHUNK_BYTES - rest);
            make_dirty(app, chunk);
        }
    }
    for (uint64_t i = first; i < end; i++) {
        chunk = node->chunks[i];
        if (chunk != NULL && !store_is_hole(chunk))
            free_chunk(app, chunk);
        node->chunks[i] = &store_hole;
    }
    return STORE_FINE;
}

int store_content_resize(struct store_app *app, struct store_node *node, uint64_t size)
{
    uint64_t room = store_quota_left(app);
    if (size > INT64_MAX)
        return GATE_ERROR_FILE_TOO_LARGE;
    if (size > node->size && size - node->size > room)
        return GATE_ERROR_QUOTA;
    if (size < node->size) {
        int error = cut(app, node, size);
        if (error != STORE_FINE)
            return error;
    }
    app->used_bytes = app->used_bytes - node->size + size;
    node->size = size;
    node->modified = store_now_ns();
    node->changed = node->modified;
    store_node_changed(app, node);
    return STORE_FINE;
}

void store_content_drop(struct store_app *app, struct store_node *node)
{
    for (uint32_t i = 0; i < node->chunk_cap; i++) {
        struct store_chunk *chunk = node->chunks[i];
        if (chunk != NULL && !store_is_hole(chunk))
            free_chunk(app, chunk);
        node->chunks[i] = NULL;
    }
}

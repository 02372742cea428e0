/*
 * node/store/flight.c: chunks into a commit, and what becomes of them after it.
 *
 *            write            collect            settled: done
 *   CLEAN ----------> DIRTY ----------> FLIGHT -------------------> CLEAN
 *                       ^                 | write: FLIGHT_DIRTY       |
 *                       +-----------------+---------------------------+ not done, or written again
 */
#include "node/store/internal.h"

/* Up to the file's end, without zeros behind; at least one byte, for a record has something. */
static struct bytes plain_of(const struct store_chunk *chunk)
{
    uint64_t start = (uint64_t)chunk->index * STORE_CHUNK_BYTES;
    uint64_t left = chunk->node->size > start ? chunk->node->size - start : 1;
    size_t len = left < STORE_CHUNK_BYTES ? (size_t)left : STORE_CHUNK_BYTES;
    return bytes_of(chunk->data, len);
}

enum status store_content_collect(struct store_app *app, struct store_node *node,
                                  struct store_batch *batch, struct report *report)
{
    uint8_t name[TREE_NAME_BYTES];
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < node->chunk_cap && status == STATUS_OK; i++) {
        struct store_chunk *chunk = node->chunks[i];
        if (chunk == NULL ||
            (chunk != &store_hole && (store_is_hole(chunk) || !store_is_to_write(chunk))))
            continue;
        store_name_record(app, STORE_KIND_CHUNK, node->id, i, name);
        if (chunk == &store_hole) {
            node->chunks[i] = &store_hole_flight;
            if (store_tree_find(app->table->tree, name) != NULL)
                status = store_batch_remove(batch, app->table, name);
            continue;
        }
        chunk->state = STORE_FLIGHT;
        app->dirty_bytes -= STORE_CHUNK_BYTES;
        status = store_put(app, batch, STORE_KIND_CHUNK, name, plain_of(chunk), report);
    }
    return status;
}

enum status store_content_remove(struct store_app *app, struct store_node *node,
                                 struct store_batch *batch)
{
    uint8_t name[TREE_NAME_BYTES];
    enum status status = STATUS_OK;
    uint64_t end = store_chunks_of(node->size);
    if (end < node->chunk_cap)
        end = node->chunk_cap;
    for (uint64_t i = 0; i < end && status == STATUS_OK; i++) {
        store_name_record(app, STORE_KIND_CHUNK, node->id, i, name);
        if (store_tree_find(app->table->tree, name) != NULL)
            status = store_batch_remove(batch, app->table, name);
    }
    return status;
}

bool store_content_settle(struct store_app *app, struct store_node *node, bool is_done)
{
    bool any = false;
    for (uint32_t i = 0; i < node->chunk_cap; i++) {
        struct store_chunk *chunk = node->chunks[i];
        if (chunk == &store_hole_flight)
            node->chunks[i] = is_done ? NULL : &store_hole;
        else if (chunk == NULL || store_is_hole(chunk))
            any = any || chunk != NULL;
        else if (chunk->state == STORE_FLIGHT_DIRTY)
            chunk->state = STORE_DIRTY;
        else if (chunk->state == STORE_FLIGHT && is_done)
            chunk->state = STORE_CLEAN;
        else if (chunk->state == STORE_FLIGHT) {
            chunk->state = STORE_DIRTY;
            app->dirty_bytes += STORE_CHUNK_BYTES;
        }
        chunk = node->chunks[i];
        any = any || chunk == &store_hole ||
              (chunk != NULL && !store_is_hole(chunk) && chunk->state == STORE_DIRTY);
    }
    return any;
}

/*
 * node/store/batch.c: changes on their way to io, as the CBOR of STORE_COMMIT, and what trees were
 * like before, to put them back when the changes do not get there.
 */
#include <stdlib.h>

#include "core/base/cbor.h"
#include "core/base/ckd.h"
#include "core/crypto/sha256.h"
#include "node/store/internal.h"

#define HEAD_ROOM 16u /* in front of the changes, for the array's head */

struct before {
    struct store_table *table;
    struct tree_leaf leaf;
    bool was_there;
};

struct store_batch {
    uint64_t version;
    uint64_t count;
    uint8_t *data;
    size_t len, cap;
    struct before *befores;
    size_t before_count, before_cap;
};

struct store_batch *store_batch_create(uint64_t version)
{
    struct store_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return NULL;
    batch->version = version;
    batch->len = HEAD_ROOM;
    return batch;
}

void store_batch_destroy(struct store_batch *batch)
{
    if (batch == NULL)
        return;
    free(batch->data);
    free(batch->befores);
    free(batch);
}

uint64_t store_batch_version(const struct store_batch *batch)
{
    return batch->version;
}

size_t store_batch_len(const struct store_batch *batch)
{
    return batch->len;
}

static bool make_room(struct store_batch *batch, size_t len)
{
    size_t wanted;
    if (ckd_add(&wanted, batch->len, len) || wanted > MESSAGE_CHANGES_MAX)
        return false;
    if (wanted <= batch->cap)
        return true;
    size_t cap = batch->cap == 0 ? 65536 : batch->cap;
    while (cap < wanted)
        cap *= 2;
    uint8_t *data = realloc(batch->data, cap);
    if (data == NULL)
        return false;
    batch->data = data;
    batch->cap = cap;
    return true;
}

/* `value`.data NULL: the record is removed; `record`.len 0: the whole table. */
static enum status add(struct store_batch *batch, const char *table, struct bytes record,
                       struct bytes value)
{
    struct cbor_writer writer;
    struct bytes written;
    if (!make_room(batch, strlen(table) + record.len + value.len + 32))
        return STATUS_NO_MEMORY;
    cbor_writer_init(&writer, batch->data + batch->len, batch->cap - batch->len);
    cbor_write_array(&writer, record.len == 0 ? 1 : value.data == NULL ? 2 : 3);
    cbor_write_text(&writer, bytes_of(table, strlen(table)));
    if (record.len != 0)
        cbor_write_bytes(&writer, record);
    if (value.data != NULL)
        cbor_write_bytes(&writer, value);
    enum status status = cbor_writer_end(&writer, &written);
    if (status != STATUS_OK)
        return status;
    batch->len += written.len;
    batch->count++;
    return STATUS_OK;
}

static bool remember(struct store_batch *batch, struct store_table *table, const uint8_t *name)
{
    if (batch->before_count == batch->before_cap) {
        size_t cap = batch->before_cap == 0 ? 64 : batch->before_cap * 2;
        struct before *befores = reallocarray(batch->befores, cap, sizeof *befores);
        if (befores == NULL)
            return false;
        batch->befores = befores;
        batch->before_cap = cap;
    }
    const struct tree_leaf *leaf = store_tree_find(table->tree, name);
    struct before *before = &batch->befores[batch->before_count++];
    *before = (struct before){.table = table, .was_there = leaf != NULL};
    if (leaf != NULL)
        before->leaf = *leaf;
    else
        memcpy(before->leaf.name, name, TREE_NAME_BYTES);
    return true;
}

enum status store_batch_clear(struct store_batch *batch, const struct store_table *table)
{
    enum status status = add(batch, table->values, bytes_of(NULL, 0), bytes_of(NULL, 0));
    if (status == STATUS_OK)
        status = add(batch, table->index, bytes_of(NULL, 0), bytes_of(NULL, 0));
    return status;
}

enum status store_batch_put(struct store_batch *batch, struct store_table *table,
                            const uint8_t name[static TREE_NAME_BYTES], uint8_t kind,
                            struct bytes sealed)
{
    struct tree_leaf leaf = {.version = batch->version, .kind = kind, .is_marked = true};
    uint8_t entry[STORE_ENTRY_BYTES];
    struct bytes record = bytes_of(name, TREE_NAME_BYTES);
    memcpy(leaf.name, name, TREE_NAME_BYTES);
    sha256_digest(sealed, leaf.hash);
    store_entry_write(&leaf, entry);
    enum status status = add(batch, table->values, record, sealed);
    if (status == STATUS_OK)
        status = add(batch, table->index, record, bytes_of(entry, sizeof entry));
    if (status == STATUS_OK && !remember(batch, table, name))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = store_tree_put(table->tree, &leaf);
    return status;
}

enum status store_batch_remove(struct store_batch *batch, struct store_table *table,
                               const uint8_t name[static TREE_NAME_BYTES])
{
    struct bytes record = bytes_of(name, TREE_NAME_BYTES);
    uint8_t copy[TREE_NAME_BYTES]; /* `name` may stand in the leaf that goes */
    memcpy(copy, name, sizeof copy);
    enum status status = add(batch, table->values, record, bytes_of(NULL, 0));
    if (status == STATUS_OK)
        status = add(batch, table->index, record, bytes_of(NULL, 0));
    if (status == STATUS_OK && !remember(batch, table, copy))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        store_tree_remove(table->tree, copy);
    return status;
}

enum status store_batch_root(struct store_batch *batch, struct bytes value)
{
    return add(batch, STORE_ROOT_TABLE, BYTES_LITERAL(STORE_ROOT_TABLE), value);
}

struct bytes store_batch_changes(struct store_batch *batch)
{
    uint8_t head[HEAD_ROOM];
    struct cbor_writer writer;
    struct bytes written;
    cbor_writer_init(&writer, head, sizeof head);
    cbor_write_array(&writer, batch->count);
    enum status status = cbor_writer_end(&writer, &written);
    ASSERT(status == STATUS_OK && batch->count != 0); /* a head has at most nine bytes */
    uint8_t *from = batch->data + HEAD_ROOM - written.len;
    memcpy(from, head, written.len);
    return bytes_of(from, batch->len - HEAD_ROOM + written.len);
}

bool store_batch_undo(struct store_batch *batch, struct store_table *table)
{
    for (size_t i = batch->before_count; i-- != 0;) {
        const struct before *before = &batch->befores[i];
        if (before->table != table)
            continue;
        if (!before->was_there)
            store_tree_remove(table->tree, before->leaf.name);
        else if (store_tree_put(table->tree, &before->leaf) != STATUS_OK)
            return false;
    }
    return true;
}

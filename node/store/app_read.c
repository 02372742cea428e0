/*
 * node/store/app_read.c: the files of an app from its records.
 *
 * A node's record (little-endian): 1 u8 | type u8 | length of the name u16 | 0 u32 | id u64 |
 * parent's id u64 | size u64 | accessed, modified, changed i64 | name. The root has none; its id
 * is 1.
 *
 * What is read here is what we sealed: it can not be another's. It is checked as if it could.
 */
#include "core/base/utf8.h"
#include "core/crypto/sha256.h"
#include "node/store/internal.h"

#define FORMAT 1u

void store_node_write(const struct store_node *node, uint8_t *out)
{
    memset(out, 0, 8);
    out[0] = FORMAT;
    out[1] = node->type;
    out[2] = (uint8_t)node->name_len;
    out[3] = (uint8_t)(node->name_len >> 8);
    store_le64(out + 8, node->id);
    store_le64(out + 16, node->parent->id);
    store_le64(out + 24, node->size);
    store_le64(out + 32, (uint64_t)node->accessed);
    store_le64(out + 40, (uint64_t)node->modified);
    store_le64(out + 48, (uint64_t)node->changed);
    memcpy(out + STORE_NODE_BYTES, node->name, node->name_len);
}

enum status store_fetch(struct store_app *app, const struct tree_leaf *leaf,
                        struct message_in **out_in, struct bytes *out_plain, struct report *report)
{
    const struct store_sealing sealing = {.slot = app->slot,
                                          .table = app->table->values,
                                          .record = bytes_of(leaf->name, TREE_NAME_BYTES),
                                          .version = leaf->version};
    struct message_in *in;
    struct bytes value;
    uint8_t hash[32];
    enum status status =
        store_get(app->store, app->table->values, sealing.record, &in, &value, report);
    if (status == STATUS_NOT_FOUND)
        return STATUS_TAMPERED;
    if (status != STATUS_OK)
        return status;
    sha256_digest(value, hash);
    if (memcmp(hash, leaf->hash, sizeof hash) != 0)
        status = STATUS_TAMPERED;
    if (status == STATUS_OK)
        status = store_unseal(app->store, &sealing, value, out_in, out_plain, report);
    store_release_io(app->store, in);
    return status;
}

static bool is_name(struct bytes name)
{
    bool is_dots = name.len <= 2 && memcmp(name.data, "..", name.len) == 0;
    return !is_dots && utf8_is_valid(name) && memchr(name.data, '/', name.len) == NULL &&
           memchr(name.data, '\0', name.len) == NULL;
}

/* The node of one record; its name is linked when all are there. */
static enum status take_node(struct store_app *app, const struct tree_leaf *leaf,
                             struct bytes plain)
{
    uint8_t name[TREE_NAME_BYTES];
    if (plain.len <= STORE_NODE_BYTES || plain.data[0] != FORMAT)
        return STATUS_MALFORMED;
    struct bytes text = bytes_of(plain.data + STORE_NODE_BYTES, plain.len - STORE_NODE_BYTES);
    uint8_t type = plain.data[1];
    uint64_t id = load_le64(plain.data + 8);
    uint64_t size = load_le64(plain.data + 24);
    store_name_record(app, STORE_KIND_NODE, id, 0, name);
    if (memcmp(name, leaf->name, sizeof name) != 0 || text.len != load_le16(plain.data + 2) ||
        text.len > STORE_NAME_MAX || !is_name(text) || size > INT64_MAX ||
        (type != GATE_TYPE_DIRECTORY && type != GATE_TYPE_REGULAR_FILE) || id <= app->root.id ||
        (type == GATE_TYPE_DIRECTORY && size != 0) || store_node_by_id(app, id) != NULL)
        return STATUS_MALFORMED;
    struct store_node *node = store_node_new(app, id, type);
    if (node == NULL)
        return STATUS_NO_MEMORY;
    node->parent_id = load_le64(plain.data + 16);
    node->size = size;
    node->accessed = (int64_t)load_le64(plain.data + 32);
    node->modified = (int64_t)load_le64(plain.data + 40);
    node->changed = (int64_t)load_le64(plain.data + 48);
    node->name_len = (uint16_t)text.len;
    memcpy(node->name, text.data, text.len);
    app->used_bytes += size;
    if (id >= app->next_id)
        app->next_id = id + 1;
    return STATUS_OK;
}

static enum status read_nodes(struct store_app *app, struct report *report)
{
    struct tree_walk walk = {0};
    struct tree_leaf *leaf;
    while ((leaf = store_tree_next(app->table->tree, &walk)) != NULL) {
        struct message_in *in;
        struct bytes plain;
        leaf->is_marked = leaf->kind == STORE_KIND_NODE;
        if (leaf->kind != STORE_KIND_NODE)
            continue;
        if (app->node_count >= STORE_NODES_MAX)
            return STATUS_MALFORMED;
        enum status status = store_fetch(app, leaf, &in, &plain, report);
        if (status != STATUS_OK)
            return status;
        status = take_node(app, leaf, plain);
        store_release_keys(app->store, in);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status link_nodes(struct store_app *app)
{
    for (uint32_t i = 0; i < app->node_count; i++) {
        struct store_node *node = app->nodes[i];
        struct store_node *parent = store_node_by_id(app, node->parent_id);
        struct bytes name = bytes_of(node->name, node->name_len);
        if (parent == NULL || parent->type != GATE_TYPE_DIRECTORY || parent == node ||
            store_node_child(app, parent, name) != NULL)
            return STATUS_MALFORMED;
        store_node_link(app, node, parent, name);
    }
    return STATUS_OK;
}

/* Each leads to the root: what was seen on one way up is not gone up again. */
static enum status check_ways(struct store_app *app)
{
    app->root.is_seen = true;
    for (uint32_t i = 0; i < app->node_count; i++) {
        uint32_t steps = 0;
        struct store_node *at = app->nodes[i];
        for (; !at->is_seen; at = at->parent) {
            if (steps++ > app->node_count)
                return STATUS_MALFORMED;
        }
        for (at = app->nodes[i]; !at->is_seen; at = at->parent)
            at->is_seen = true;
    }
    return STATUS_OK;
}

/* Chunks of files that were unlinked but open when we ended have no file any more. */
static void mark_chunks(struct store_app *app)
{
    uint64_t marked = app->node_count;
    uint8_t name[TREE_NAME_BYTES];
    for (uint32_t i = 0; i < app->node_count; i++) {
        uint64_t count = store_chunks_of(app->nodes[i]->size);
        for (uint64_t at = 0; at < count; at++) {
            store_name_record(app, STORE_KIND_CHUNK, app->nodes[i]->id, at, name);
            struct tree_leaf *leaf = store_tree_find(app->table->tree, name);
            if (leaf != NULL && leaf->kind == STORE_KIND_CHUNK) {
                leaf->is_marked = true;
                marked++;
            }
        }
    }
    app->has_strays = marked != store_tree_count(app->table->tree);
}

enum status store_app_read(struct store_app *app, struct report *report)
{
    struct bytes name = bytes_of(app->table->app, strlen(app->table->app));
    enum status status = read_nodes(app, report);
    if (status == STATUS_OK)
        status = link_nodes(app);
    if (status == STATUS_OK)
        status = check_ways(app);
    if (status == STATUS_OK)
        mark_chunks(app);
    if (status == STATUS_TAMPERED || status == STATUS_MALFORMED) {
        status = STATUS_TAMPERED;
        report_write_names(report, REPORT_NO_OFFSET,
                           "app %: the record of a file is not what was stored", name,
                           bytes_of(NULL, 0));
    }
    return status;
}

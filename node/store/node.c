/*
 * node/store/node.c: files and directories of an app, by name and by number.
 *
 * Invariants:
 *   (1) app->nodes has the linked ones by id; ids are given in ascending order and never again.
 *   (2) A linked node is in one chain of app->names; chains are by a keyed hash, so a guest can not
 *       choose names that meet.
 *   (3) A node that is not linked is in the list of what is dirty until a commit is through with
 *       it, or has handles.
 */
#include <stdlib.h>
#include <time.h>

#include "node/store/internal.h"

#define KIND_CHAIN    0xF0u /* of store_name_record: inputs that no record has */
#define KIND_IDENTITY 0xF1u

int64_t store_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* it can not fail with this clock */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void store_name_record(const struct store_app *app, uint8_t kind, uint64_t id, uint64_t index,
                       uint8_t out_name[static TREE_NAME_BYTES])
{
    br_hmac_context hmac;
    uint8_t input[17];
    input[0] = kind;
    store_le64(input + 1, id);
    store_le64(input + 9, index);
    br_hmac_init(&hmac, &app->naming, 0);
    br_hmac_update(&hmac, input, sizeof input);
    (void)br_hmac_out(&hmac, out_name); /* 32 bytes: it is SHA-256's */
}

uint64_t store_node_identity(const struct store_app *app, uint64_t id)
{
    uint8_t hash[32];
    store_name_record(app, KIND_IDENTITY, id, 0, hash);
    return load_le64(hash);
}

uint64_t store_quota_left(const struct store_app *app)
{
    uint64_t all = app->store->setup.app_bytes;
    return all > app->used_bytes ? all - app->used_bytes : 0;
}

static struct store_node **chain_of(struct store_app *app, const struct store_node *parent,
                                    struct bytes name)
{
    br_hmac_context hmac;
    uint8_t head[9];
    uint8_t hash[32];
    head[0] = KIND_CHAIN;
    store_le64(head + 1, parent->id);
    br_hmac_init(&hmac, &app->naming, 0);
    br_hmac_update(&hmac, head, sizeof head);
    br_hmac_update(&hmac, name.data, name.len);
    (void)br_hmac_out(&hmac, hash); /* 32 bytes */
    return &app->names[load_le32(hash) % STORE_NAME_HEADS];
}

static struct bytes name_of(const struct store_node *node)
{
    return bytes_of(node->name, node->name_len);
}

struct store_node *store_node_child(struct store_app *app, const struct store_node *parent,
                                    struct bytes name)
{
    struct store_node *node = *chain_of(app, parent, name);
    while (node != NULL && !(node->parent == parent && bytes_equal(name_of(node), name)))
        node = node->next_name;
    return node;
}

static void chain_remove(struct store_app *app, struct store_node *node)
{
    struct store_node **at = chain_of(app, node->parent, name_of(node));
    while (*at != node)
        at = &(*at)->next_name;
    *at = node->next_name;
    node->next_name = NULL;
}

static void chain_add(struct store_app *app, struct store_node *node, struct store_node *parent,
                      struct bytes name)
{
    struct store_node **head = chain_of(app, parent, name);
    node->parent = parent;
    memcpy(node->name, name.data, name.len);
    node->name_len = (uint16_t)name.len;
    node->next_name = *head;
    *head = node;
    parent->children++;
}

uint32_t store_node_after(const struct store_app *app, uint64_t id)
{
    uint32_t low = 0;
    uint32_t high = app->node_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (app->nodes[middle]->id <= id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct store_node *store_node_by_id(struct store_app *app, uint64_t id)
{
    if (id == app->root.id)
        return &app->root;
    uint32_t at = store_node_after(app, id);
    return at != 0 && app->nodes[at - 1]->id == id ? app->nodes[at - 1] : NULL;
}

struct store_node *store_node_new(struct store_app *app, uint64_t id, uint8_t type)
{
    if (app->node_count == app->node_cap) {
        uint32_t cap = app->node_cap == 0 ? 64 : app->node_cap * 2;
        struct store_node **nodes = reallocarray(app->nodes, cap, sizeof(struct store_node *));
        if (nodes == NULL)
            return NULL;
        app->nodes = nodes;
        app->node_cap = cap;
    }
    struct store_node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->id = id;
    node->type = type;
    uint32_t at = store_node_after(app, id);
    memmove(&app->nodes[at + 1], &app->nodes[at],
            (app->node_count - at) * sizeof(struct store_node *));
    app->nodes[at] = node;
    app->node_count++;
    app->living++;
    app->used_bytes += STORE_NODE_COST;
    return node;
}

void store_node_link(struct store_app *app, struct store_node *node, struct store_node *parent,
                     struct bytes name)
{
    chain_add(app, node, parent, name);
}

static void touch_directory(struct store_app *app, struct store_node *directory)
{
    directory->modified = store_now_ns();
    directory->changed = directory->modified;
    if (directory != &app->root)
        store_node_changed(app, directory);
}

void store_node_changed(struct store_app *app, struct store_node *node)
{
    if (node == &app->root)
        return; /* it has no record */
    node->state = node->state == STORE_CLEAN    ? STORE_DIRTY
                  : node->state == STORE_FLIGHT ? STORE_FLIGHT_DIRTY
                                                : node->state;
    store_touch(app, node);
}

int store_node_create(struct store_app *app, struct store_node *parent, struct bytes name,
                      uint8_t type, struct store_node **out_node)
{
    if (app->living >= STORE_NODES_MAX || store_quota_left(app) < STORE_NODE_COST)
        return GATE_ERROR_QUOTA;
    if (parent->life != STORE_LINKED)
        return GATE_ERROR_NO_ENTRY; /* a directory that was removed meanwhile */
    struct store_node *node = store_node_new(app, app->next_id, type);
    if (node == NULL)
        return GATE_ERROR_INSUFFICIENT_MEMORY;
    app->next_id++;
    chain_add(app, node, parent, name);
    node->modified = store_now_ns();
    node->accessed = node->modified;
    node->changed = node->modified;
    store_node_changed(app, node);
    touch_directory(app, parent);
    *out_node = node;
    return STORE_FINE;
}

static void kill_node(struct store_app *app, struct store_node *node)
{
    node->life = STORE_DEAD;
    app->living--;
    app->used_bytes -= STORE_NODE_COST + node->size;
    store_content_drop(app, node);
    store_node_changed(app, node);
}

void store_node_unlink(struct store_app *app, struct store_node *node)
{
    struct store_node *parent = node->parent;
    uint32_t at = store_node_after(app, node->id) - 1;
    chain_remove(app, node);
    parent->children--;
    app->node_count--;
    memmove(&app->nodes[at], &app->nodes[at + 1],
            (app->node_count - at) * sizeof(struct store_node *));
    node->parent = NULL;
    node->life = STORE_UNLINKED;
    node->changed = store_now_ns();
    store_node_changed(app, node);
    if (node->handles == 0)
        kill_node(app, node);
    touch_directory(app, parent);
}

static bool is_beneath(const struct store_node *node, const struct store_node *directory)
{
    for (; node != NULL; node = node->parent) {
        if (node == directory)
            return true;
    }
    return false;
}

int store_node_rename(struct store_app *app, struct store_node *node, struct store_node *parent,
                      struct bytes name)
{
    struct store_node *there = store_node_child(app, parent, name);
    bool is_directory = node->type == GATE_TYPE_DIRECTORY;
    if (parent->life != STORE_LINKED)
        return GATE_ERROR_NO_ENTRY;
    if (there == node)
        return STORE_FINE;
    if (is_directory && is_beneath(parent, node))
        return GATE_ERROR_INVALID;
    if (there != NULL) {
        if (is_directory && there->type != GATE_TYPE_DIRECTORY)
            return GATE_ERROR_NOT_DIRECTORY;
        if (!is_directory && there->type == GATE_TYPE_DIRECTORY)
            return GATE_ERROR_IS_DIRECTORY;
        if (there->children != 0)
            return GATE_ERROR_NOT_EMPTY;
        store_node_unlink(app, there);
    }
    struct store_node *from = node->parent;
    chain_remove(app, node);
    from->children--;
    chain_add(app, node, parent, name);
    node->changed = store_now_ns();
    store_node_changed(app, node);
    touch_directory(app, from);
    touch_directory(app, parent);
    return STORE_FINE;
}

void store_node_acquire(struct store_node *node)
{
    node->handles++;
}

void store_node_release(struct store_app *app, struct store_node *node)
{
    node->handles--;
    if (node->handles == 0 && node->life == STORE_UNLINKED)
        kill_node(app, node);
}

void store_node_free(struct store_app *app, struct store_node *node)
{
    store_content_drop(app, node);
    free(node->chunks);
    memory_wipe(node->name, sizeof node->name);
    free(node);
}

/*
 * node/store/tree.c: buckets of sorted leaves under a binary tree of hashes. See tree.h.
 *
 * Nodes are numbered as in a heap: 1 is the root, 2n and 2n + 1 are below n, bucket b is
 * TREE_BUCKETS + b. A node is stale when something below it has changed since it was hashed; then
 * so is every node above it.
 */
#include "node/store/tree.h"

#include <stdlib.h>

#include "core/crypto/sha256.h"

struct bucket {
    struct tree_leaf *leaves;
    uint32_t count, cap;
};

struct store_tree {
    uint64_t count;
    struct bucket buckets[TREE_BUCKETS];
    bool is_stale[2 * TREE_BUCKETS];
    uint8_t hashes[2 * TREE_BUCKETS][32];
};

struct store_tree *store_tree_create(void)
{
    struct store_tree *tree = calloc(1, sizeof *tree);
    if (tree != NULL)
        memset(tree->is_stale, true, sizeof tree->is_stale);
    return tree;
}

void store_tree_destroy(struct store_tree *tree)
{
    if (tree == NULL)
        return;
    for (size_t i = 0; i < TREE_BUCKETS; i++)
        free(tree->buckets[i].leaves);
    free(tree);
}

uint64_t store_tree_count(const struct store_tree *tree)
{
    return tree->count;
}

static size_t bucket_of(const uint8_t *name)
{
    return ((size_t)name[0] << 8 | name[1]) >> (16 - TREE_LEVELS);
}

/* Where the name is, or would be. */
static uint32_t place(const struct bucket *bucket, const uint8_t *name, bool *out_is_there)
{
    uint32_t low = 0;
    uint32_t high = bucket->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(bucket->leaves[middle].name, name, TREE_NAME_BYTES);
        if (order == 0) {
            *out_is_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out_is_there = false;
    return low;
}

struct tree_leaf *store_tree_find(const struct store_tree *tree,
                                  const uint8_t name[static TREE_NAME_BYTES])
{
    const struct bucket *bucket = &tree->buckets[bucket_of(name)];
    bool is_there;
    uint32_t at = place(bucket, name, &is_there);
    return is_there ? &bucket->leaves[at] : NULL;
}

static void make_stale(struct store_tree *tree, size_t bucket)
{
    for (size_t node = TREE_BUCKETS + bucket; node != 0 && !tree->is_stale[node]; node /= 2)
        tree->is_stale[node] = true;
}

static bool make_room(struct bucket *bucket)
{
    if (bucket->count < bucket->cap)
        return true;
    uint32_t cap = bucket->cap == 0 ? 4 : bucket->cap * 2;
    struct tree_leaf *leaves = NULL;
    if (cap > bucket->cap)
        leaves = reallocarray(bucket->leaves, cap, sizeof *leaves);
    if (leaves == NULL)
        return false;
    bucket->leaves = leaves;
    bucket->cap = cap;
    return true;
}

enum status store_tree_put(struct store_tree *tree, const struct tree_leaf *leaf)
{
    size_t number = bucket_of(leaf->name);
    struct bucket *bucket = &tree->buckets[number];
    bool is_there;
    uint32_t at = place(bucket, leaf->name, &is_there);
    if (!is_there) {
        if (!make_room(bucket))
            return STATUS_NO_MEMORY;
        memmove(&bucket->leaves[at + 1], &bucket->leaves[at],
                (bucket->count - at) * sizeof *bucket->leaves);
        bucket->count++;
        tree->count++;
    }
    bucket->leaves[at] = *leaf;
    make_stale(tree, number);
    return STATUS_OK;
}

void store_tree_remove(struct store_tree *tree, const uint8_t name[static TREE_NAME_BYTES])
{
    size_t number = bucket_of(name);
    struct bucket *bucket = &tree->buckets[number];
    bool is_there;
    uint32_t at = place(bucket, name, &is_there);
    if (!is_there)
        return;
    bucket->count--;
    tree->count--;
    memmove(&bucket->leaves[at], &bucket->leaves[at + 1],
            (bucket->count - at) * sizeof *bucket->leaves);
    make_stale(tree, number);
}

static void hash_bucket(const struct bucket *bucket, uint8_t *out_hash)
{
    static const uint8_t mark = 0x00;
    struct sha256 sha;
    sha256_init(&sha);
    sha256_update(&sha, bytes_of(&mark, 1));
    for (uint32_t i = 0; i < bucket->count; i++) {
        const struct tree_leaf *leaf = &bucket->leaves[i];
        uint8_t bytes[TREE_LEAF_BYTES];
        memcpy(bytes, leaf->name, TREE_NAME_BYTES);
        store_le64(bytes + TREE_NAME_BYTES, leaf->version);
        bytes[TREE_NAME_BYTES + 8] = leaf->kind;
        memcpy(bytes + TREE_NAME_BYTES + 9, leaf->hash, sizeof leaf->hash);
        sha256_update(&sha, bytes_of(bytes, sizeof bytes));
    }
    sha256_final(&sha, out_hash);
}

static void hash_inner(const uint8_t *pair, uint8_t *out_hash)
{
    static const uint8_t mark = 0x01;
    struct sha256 sha;
    sha256_init(&sha);
    sha256_update(&sha, bytes_of(&mark, 1));
    sha256_update(&sha, bytes_of(pair, 64));
    sha256_final(&sha, out_hash);
}

/* Level by level from below; most of a small table is empty, and equal. */
void store_tree_root(struct store_tree *tree, uint8_t out_root[static 32])
{
    uint8_t empty[32];
    const struct bucket none = {0};
    hash_bucket(&none, empty);
    for (size_t i = 0; i < TREE_BUCKETS; i++) {
        if (!tree->is_stale[TREE_BUCKETS + i])
            continue;
        tree->is_stale[TREE_BUCKETS + i] = false;
        if (tree->buckets[i].count == 0)
            memcpy(tree->hashes[TREE_BUCKETS + i], empty, sizeof empty);
        else
            hash_bucket(&tree->buckets[i], tree->hashes[TREE_BUCKETS + i]);
    }
    for (size_t width = TREE_BUCKETS / 2; width != 0; width /= 2) {
        uint8_t empties[2][32];
        memcpy(empties[0], empty, sizeof empty);
        memcpy(empties[1], empty, sizeof empty);
        hash_inner(empties[0], empty);
        for (size_t node = width; node < 2 * width; node++) {
            if (!tree->is_stale[node])
                continue;
            tree->is_stale[node] = false;
            if (memcmp(tree->hashes[2 * node], empties, sizeof empties) == 0)
                memcpy(tree->hashes[node], empty, sizeof empty);
            else
                hash_inner(tree->hashes[2 * node], tree->hashes[node]);
        }
    }
    memcpy(out_root, tree->hashes[1], 32);
}

struct tree_leaf *store_tree_next(const struct store_tree *tree, struct tree_walk *walk)
{
    while (walk->bucket < TREE_BUCKETS && walk->at >= tree->buckets[walk->bucket].count) {
        walk->bucket++;
        walk->at = 0;
    }
    if (walk->bucket == TREE_BUCKETS)
        return NULL;
    return &tree->buckets[walk->bucket].leaves[walk->at++];
}

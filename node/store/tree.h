/*
 * node/store/tree.h: the records of one table as a Merkle tree: what each must be like.
 *
 * A leaf says version, kind and hash of a sealed record. Leaves stand in 1,024 buckets by the first
 * ten bits of their names, which are keyed hashes and so spread evenly; each bucket is sorted.
 *
 *   bucket  SHA-256(0x00 | name | version u64 le | kind u8 | hash | ... of each leaf)
 *   inner   SHA-256(0x01 | left | right)
 *
 * The root is that of the tree over the buckets. Hashing is lazy: store_tree_root pays for what
 * changed.
 */
#ifndef AETHER_NODE_STORE_TREE_H
#define AETHER_NODE_STORE_TREE_H

#include "core/base/bytes.h"

#define TREE_NAME_BYTES 32u
#define TREE_LEVELS     10u
#define TREE_BUCKETS    (1u << TREE_LEVELS)
#define TREE_LEAF_BYTES (TREE_NAME_BYTES + 8 + 1 + 32)

struct tree_leaf {
    uint8_t name[TREE_NAME_BYTES];
    uint8_t hash[32];
    uint64_t version;
    uint8_t kind;
    bool is_marked; /* the owner's; not hashed */
};

struct store_tree;

/* NULL: no memory. */
struct store_tree *store_tree_create(void);
void store_tree_destroy(struct store_tree *tree);

uint64_t store_tree_count(const struct store_tree *tree);
/* Valid until the next change; NULL: there is none. */
struct tree_leaf *store_tree_find(const struct store_tree *tree,
                                  const uint8_t name[static TREE_NAME_BYTES]);
/* In the place of one of the same name. NO_MEMORY: nothing has changed. */
enum status MUST_CHECK store_tree_put(struct store_tree *tree, const struct tree_leaf *leaf);
/* Nothing when there is none. */
void store_tree_remove(struct store_tree *tree, const uint8_t name[static TREE_NAME_BYTES]);
void store_tree_root(struct store_tree *tree, uint8_t out_root[static 32]);

/* All leaves by name; begin with {0}; NULL at the end. No change in between. */
struct tree_walk {
    size_t bucket, at;
};
struct tree_leaf *store_tree_next(const struct store_tree *tree, struct tree_walk *walk);

#endif

/*
 * core/component/tree.h: sets that hostile contents do not make slow: balanced trees (AA trees).
 *
 * A node is the first member of what it orders, or stands anywhere in it: the comparison says where
 * a key stands relative to a node. n insertions take n log n comparisons whatever is inserted,
 * where a hash table could be driven into one chain. Nodes are never removed.
 */
#ifndef AETHER_COMPONENT_TREE_H
#define AETHER_COMPONENT_TREE_H

#include "core/base/compiler.h"

struct component_tree_node {
    struct component_tree_node *children[2]; /* smaller, greater */
    uint32_t level;
};

/* Zeroed: empty. */
struct component_tree {
    struct component_tree_node *root;
};

/* Negative: the key stands before the node; zero: it is equal. */
typedef int component_tree_compare_fn(const void *key, const struct component_tree_node *node);

/* The equal node, or NULL. */
struct component_tree_node *component_tree_find(const struct component_tree *tree, const void *key,
                                                component_tree_compare_fn *compare);

/* The equal node that is there already, or `node`, which is inserted. */
struct component_tree_node *component_tree_insert(struct component_tree *tree, const void *key,
                                                  component_tree_compare_fn *compare,
                                                  struct component_tree_node *node);

#endif

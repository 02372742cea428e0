/*
 * core/component/tree.c: balanced trees (AA trees: Andersson 1993).
 *
 * Invariants, by node: (1) the smaller child's level is one less, the greater child's is the same
 * or one less; (2) the greater child's greater child is of a lesser level; (3) a node of a level
 * above 1 has two children. An absent child is of level 0. So the height is at most twice the
 * logarithm.
 */
#include "core/component/tree.h"

#define HEIGHT_MAX 80u

static uint32_t level_of(const struct component_tree_node *node)
{
    return node == NULL ? 0 : node->level;
}

/* A smaller child of the same level: turned over to the other side. */
static struct component_tree_node *skew(struct component_tree_node *top)
{
    struct component_tree_node *less = top->children[0];
    if (level_of(less) != top->level)
        return top;
    top->children[0] = less->children[1];
    less->children[1] = top;
    return less;
}

/* Three of a level in a row: the middle one goes up. */
static struct component_tree_node *split(struct component_tree_node *top)
{
    struct component_tree_node *more = top->children[1];
    if (more == NULL || level_of(more->children[1]) != top->level)
        return top;
    top->children[1] = more->children[0];
    more->children[0] = top;
    more->level++;
    return more;
}

struct component_tree_node *component_tree_find(const struct component_tree *tree, const void *key,
                                                component_tree_compare_fn *compare)
{
    struct component_tree_node *node = tree->root;
    while (node != NULL) {
        int order = compare(key, node);
        if (order == 0)
            return node;
        node = node->children[order > 0];
    }
    return NULL;
}

struct component_tree_node *component_tree_insert(struct component_tree *tree, const void *key,
                                                  component_tree_compare_fn *compare,
                                                  struct component_tree_node *node)
{
    struct component_tree_node *path[HEIGHT_MAX];
    uint8_t sides[HEIGHT_MAX];
    uint32_t height = 0;
    for (struct component_tree_node *at = tree->root; at != NULL;) {
        int order = compare(key, at);
        if (order == 0)
            return at;
        ASSERT(height < HEIGHT_MAX);
        path[height] = at;
        sides[height] = order > 0;
        at = at->children[sides[height++]];
    }
    *node = (struct component_tree_node){{NULL, NULL}, 1};
    struct component_tree_node *child = node;
    while (height-- != 0) {
        path[height]->children[sides[height]] = child;
        child = split(skew(path[height]));
    }
    tree->root = child;
    return node;
}

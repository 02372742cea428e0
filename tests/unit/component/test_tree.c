/*
 * tests/unit/component/test_tree.c: balanced trees.
 */
#include "core/component/tree.h"

#include "tests/support/test.h"

#define COUNT 4096u

struct item {
    struct component_tree_node node;
    uint32_t key;
};

static int compare(const void *key, const struct component_tree_node *node)
{
    uint32_t a = *(const uint32_t *)key;
    uint32_t b = ((const struct item *)(const void *)node)->key;
    return a < b ? -1 : a > b;
}

static uint32_t height_of(const struct component_tree_node *node)
{
    if (node == NULL)
        return 0;
    uint32_t less = height_of(node->children[0]), more = height_of(node->children[1]);
    return 1 + (less > more ? less : more);
}

static void fill(struct component_tree *tree, struct item *items, uint32_t step)
{
    for (uint32_t i = 0; i < COUNT; i++) {
        items[i].key = i * step % COUNT;
        assert_ptr_equal(component_tree_insert(tree, &items[i].key, compare, &items[i].node),
                         &items[i].node);
    }
}

TEST(what_was_inserted_is_found_and_nothing_else)
{
    static struct item items[COUNT];
    struct component_tree tree = {NULL};
    fill(&tree, items, 1021);

    for (uint32_t i = 0; i < COUNT; i++)
        assert_ptr_equal(component_tree_find(&tree, &items[i].key, compare), &items[i].node);
    uint32_t absent = COUNT;
    assert_null(component_tree_find(&tree, &absent, compare));
}

TEST(an_equal_key_gives_the_node_that_was_there)
{
    struct item first = {.key = 7}, second = {.key = 7};
    struct component_tree tree = {NULL};
    (void)component_tree_insert(&tree, &first.key, compare, &first.node);

    struct component_tree_node *there =
        component_tree_insert(&tree, &second.key, compare, &second.node);

    assert_ptr_equal(there, &first.node);
}

TEST(ascending_and_descending_keys_stay_twice_as_high_as_the_logarithm_at_most)
{
    static struct item up[COUNT], down[COUNT];
    struct component_tree ascending = {NULL}, descending = {NULL};

    fill(&ascending, up, 1);
    fill(&descending, down, COUNT - 1);

    assert_in_range(height_of(ascending.root), 12, 24);
    assert_in_range(height_of(descending.root), 12, 24);
}

TEST_MAIN(T(what_was_inserted_is_found_and_nothing_else),
          T(an_equal_key_gives_the_node_that_was_there),
          T(ascending_and_descending_keys_stay_twice_as_high_as_the_logarithm_at_most))

/*
 * node/attest/tree.c: see tree.h for the formulas.
 */
#include "node/attest/tree.h"

#define LEAF_PREFIX "aether config leaf v1"
#define ROOT_PREFIX "aether config root v1"

void tree_flat_init(struct tree_flat *tree)
{
    sha256_init(&tree->sha);
}

void tree_flat_add(struct tree_flat *tree, struct bytes data)
{
    uint8_t leaf[32];
    sha256_digest(data, leaf);
    sha256_update(&tree->sha, bytes_of(leaf, sizeof leaf));
}

void tree_flat_add_absent(struct tree_flat *tree)
{
    static const uint8_t zero[32];
    tree_flat_add_leaf(tree, zero);
}

void tree_flat_add_leaf(struct tree_flat *tree, const uint8_t leaf[static 32])
{
    sha256_update(&tree->sha, bytes_of(leaf, 32));
}

void tree_flat_root(struct tree_flat *tree, uint8_t out_root[static 32])
{
    sha256_final(&tree->sha, out_root);
}

void tree_combined_init(struct tree_combined *combined)
{
    sha256_init(&combined->sha);
}

void tree_combined_add(struct tree_combined *combined, struct bytes name,
                       const uint8_t code_hash[static 32])
{
    sha256_update(&combined->sha, name);
    sha256_update(&combined->sha, bytes_of(code_hash, 32));
}

void tree_combined_final(struct tree_combined *combined, uint8_t out_hash[static 32])
{
    sha256_final(&combined->sha, out_hash);
}

void tree_leaf(struct bytes name, struct bytes data, uint8_t out_leaf[static 32])
{
    struct sha256 sha;
    uint8_t number[8];
    sha256_init(&sha);
    sha256_update(&sha, BYTES_LITERAL(LEAF_PREFIX));
    store_le32(number, (uint32_t)name.len);
    sha256_update(&sha, bytes_of(number, 4));
    sha256_update(&sha, name);
    store_le64(number, data.len);
    sha256_update(&sha, bytes_of(number, 8));
    sha256_update(&sha, data);
    sha256_final(&sha, out_leaf);
}

void tree_root(const uint8_t (*leaves)[32], uint32_t count, uint8_t out_root[static 32])
{
    struct sha256 sha;
    uint8_t number[4];
    sha256_init(&sha);
    sha256_update(&sha, BYTES_LITERAL(ROOT_PREFIX));
    store_le32(number, count);
    sha256_update(&sha, bytes_of(number, sizeof number));
    for (uint32_t i = 0; i < count; i++)
        sha256_update(&sha, bytes_of(leaves[i], 32));
    sha256_final(&sha, out_root);
}

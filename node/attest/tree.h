/*
 * node/attest/tree.h: what the service says about itself as hashes: two trees and two flat hashes.
 *
 * The first three are those of the original, byte for byte (enclave-service 2.5): names are not in
 * its tree and nothing says where one datum ends, so they are given for its clients alone. The tree
 * of our own hashes names and lengths; its leaves are what MANIFEST gives.
 *
 *   ours  leaf = SHA-256("aether config leaf v1" | u32 len | name | u64 len | data), all numbers
 *         little-endian; root = SHA-256("aether config root v1" | u32 count | leaf ...)
 */
#ifndef AETHER_NODE_ATTEST_TREE_H
#define AETHER_NODE_ATTEST_TREE_H

#include "core/crypto/sha256.h"

/* Theirs: SHA-256 of the leaves, of which each is SHA-256 of its data; 32 zero bytes for what is
 * not there. */
struct tree_flat {
    struct sha256 sha;
};

void tree_flat_init(struct tree_flat *tree);
void tree_flat_add(struct tree_flat *tree, struct bytes data);
void tree_flat_add_absent(struct tree_flat *tree);
void tree_flat_add_leaf(struct tree_flat *tree, const uint8_t leaf[static 32]);
void tree_flat_root(struct tree_flat *tree, uint8_t out_root[static 32]);

/* Theirs: all apps, name | hash, one behind the other. Add them by name, in the order of bytes. */
struct tree_combined {
    struct sha256 sha;
};

void tree_combined_init(struct tree_combined *combined);
void tree_combined_add(struct tree_combined *combined, struct bytes name,
                       const uint8_t code_hash[static 32]);
void tree_combined_final(struct tree_combined *combined, uint8_t out_hash[static 32]);

/* Ours. */
void tree_leaf(struct bytes name, struct bytes data, uint8_t out_leaf[static 32]);
void tree_root(const uint8_t (*leaves)[32], uint32_t count, uint8_t out_root[static 32]);

#endif

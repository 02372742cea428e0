/* Vectors of enclave-service 2.6, and what our own tree must tell apart. */
#include "node/attest/tree.h"
#include "tests/support/test.h"

static void check_hex(const uint8_t hash[static 32], const char *hex)
{
    char text[65];
    for (size_t i = 0; i < 32; i++) {
        text[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    text[64] = '\0';
    assert_string_equal(text, hex);
}

TEST(combined_hash_is_theirs)
{
    struct tree_combined combined;
    uint8_t a[32], b[32], hash[32];
    sha256_digest(BYTES_LITERAL("A"), a);
    sha256_digest(BYTES_LITERAL("B"), b);

    tree_combined_init(&combined);
    tree_combined_add(&combined, BYTES_LITERAL("app-a"), a);
    tree_combined_add(&combined, BYTES_LITERAL("app-b"), b);
    tree_combined_final(&combined, hash);

    check_hex(hash, "a3edb226bcc65cb3461698a434989273974b9867d33bc07a73c54dd64c286bd2");
}

TEST(flat_root_is_theirs)
{
    struct tree_flat tree;
    uint8_t code[32], root[32];
    sha256_digest(BYTES_LITERAL("A"), code);

    tree_flat_init(&tree);
    tree_flat_add(&tree, BYTES_LITERAL("ca-der"));
    tree_flat_add_absent(&tree);
    tree_flat_add_absent(&tree);
    tree_flat_add(&tree, bytes_of(code, 32));
    tree_flat_add(&tree, BYTES_LITERAL("generated"));
    tree_flat_root(&tree, root);

    check_hex(root, "d8fa90a6fec6c5c75b10d3743f0069f53f702f6dd85f4827b939fd843d8142df");
}

TEST(root_of_an_app_is_theirs)
{
    struct tree_flat tree;
    uint8_t code[32], root[32];
    sha256_digest(BYTES_LITERAL("A"), code);

    tree_flat_init(&tree);
    tree_flat_add(&tree, bytes_of(code, 32));
    tree_flat_add(&tree, BYTES_LITERAL("generated"));
    tree_flat_root(&tree, root);

    check_hex(root, "7009f58fcb3c0c3ceece9c4e7a302cc2b5d11b07b9c90b4243b0a9910747573a");
}

TEST(our_leaf_tells_a_name_from_its_data)
{
    uint8_t a[32], b[32];

    tree_leaf(BYTES_LITERAL("ab"), BYTES_LITERAL("c"), a);
    tree_leaf(BYTES_LITERAL("a"), BYTES_LITERAL("bc"), b);

    assert_memory_not_equal(a, b, 32);
}

TEST(our_root_tells_two_leaves_from_a_root_above_them)
{
    uint8_t leaves[2][32], twice[1][32], a[32], b[32];
    tree_leaf(BYTES_LITERAL("x"), BYTES_LITERAL("1"), leaves[0]);
    tree_leaf(BYTES_LITERAL("y"), BYTES_LITERAL("2"), leaves[1]);

    tree_root(leaves, 2, a);
    memcpy(twice[0], a, 32);
    tree_root(twice, 1, b);

    assert_memory_not_equal(a, b, 32);
    check_hex(a, "8e62eb94a1b47c35f66a22b17fae6fb592f5f5464f480a34f1736f1eae7acb90");
}

TEST_MAIN(T(combined_hash_is_theirs), T(flat_root_is_theirs), T(root_of_an_app_is_theirs),
          T(our_leaf_tells_a_name_from_its_data),
          T(our_root_tells_two_leaves_from_a_root_above_them))

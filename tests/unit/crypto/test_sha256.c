/*
 * tests/unit/crypto/test_sha256.c: FIPS 180-4 examples, and that pieces do not matter.
 */
#include "core/crypto/sha256.h"

#include "tests/support/test.h"

static void digest_is(const uint8_t digest[static 32], const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    char text[65] = {0};
    for (size_t i = 0; i < 32; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    assert_string_equal(text, hex);
}

TEST(the_published_examples_come_out)
{
    uint8_t digest[32];

    sha256_digest(BYTES_LITERAL(""), digest);
    digest_is(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_digest(BYTES_LITERAL("abc"), digest);
    digest_is(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_digest(BYTES_LITERAL("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                  digest);
    digest_is(digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(a_million_letters_in_uneven_pieces_come_out)
{
    static uint8_t letters[1000];
    uint8_t digest[32];
    struct sha256 sha;
    size_t left = 1000000, piece = 1;
    memset(letters, 'a', sizeof letters);
    sha256_init(&sha);

    while (left != 0) {
        size_t now = piece < left ? piece : left;
        sha256_update(&sha, bytes_of(letters, now));
        left -= now;
        piece = piece * 3 % 997 + 1;
    }
    sha256_final(&sha, digest);

    digest_is(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(the_state_is_wiped_at_the_end)
{
    struct sha256 sha;
    uint8_t digest[32], zero[sizeof sha];
    memset(zero, 0, sizeof zero);
    sha256_init(&sha);
    sha256_update(&sha, BYTES_LITERAL("secret"));

    sha256_final(&sha, digest);

    assert_memory_equal(&sha, zero, sizeof sha);
}

TEST(an_empty_piece_may_be_null)
{
    uint8_t digest[32];

    sha256_digest(bytes_of(NULL, 0), digest);

    digest_is(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_MAIN(T(the_published_examples_come_out), T(a_million_letters_in_uneven_pieces_come_out),
          T(the_state_is_wiped_at_the_end), T(an_empty_piece_may_be_null))

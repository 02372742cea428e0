/*
 * tests/unit/attest/test_evidence.c: the container of TPM evidence comes back as it was, and no
 * shortened, lengthened or re-typed one is taken.
 */
#include "node/attest/der.h"
#include "node/attest/evidence.h"
#include "tests/support/test.h"

static const uint8_t cert[] = {DER_SEQUENCE, 0x02, 0x05, 0x00};

static struct attest_evidence sample(uint32_t certs)
{
    static uint8_t big[300];
    struct attest_evidence evidence = {
        .attest = BYTES_LITERAL("attest"),
        .signature = BYTES_LITERAL("signature"),
        .pcr_values = bytes_of(big, sizeof big),
        .ak_public = BYTES_LITERAL("public"),
        .cert_count = certs,
    };
    for (uint32_t i = 0; i < certs; i++)
        evidence.certs[i] = bytes_of(cert, sizeof cert);
    return evidence;
}

TEST(evidence_comes_back_as_it_was)
{
    for (uint32_t certs = 0; certs <= ATTEST_CERTS_MAX; certs++) {
        uint8_t memory[1024];
        struct buffer out = {memory, 0, sizeof memory};
        const struct attest_evidence evidence = sample(certs);
        struct attest_evidence back;

        assert_int_equal(attest_evidence_encode(&evidence, &out), STATUS_OK);
        assert_int_equal(attest_evidence_decode(buffer_bytes(&out), &back, NULL), STATUS_OK);

        assert_true(bytes_equal(back.attest, evidence.attest));
        assert_true(bytes_equal(back.signature, evidence.signature));
        assert_true(bytes_equal(back.pcr_values, evidence.pcr_values));
        assert_true(bytes_equal(back.ak_public, evidence.ak_public));
        assert_int_equal(back.cert_count, certs);
        for (uint32_t i = 0; i < certs; i++)
            assert_true(bytes_equal(back.certs[i], evidence.certs[i]));
    }
}

TEST(the_record_has_its_documented_first_bytes)
{
    uint8_t memory[1024], wrapped[1024];
    struct buffer out = {memory, 0, sizeof memory}, extension = {wrapped, 0, sizeof wrapped};
    const struct attest_evidence evidence = sample(1);
    struct bytes record;

    assert_int_equal(attest_evidence_encode(&evidence, &out), STATUS_OK);
    assert_memory_equal(memory, "\x83\x78\x24" ATTEST_MEDIA_TYPE "\x59", 40);
    assert_int_equal(memory[out.len - 1], 4);

    assert_int_equal(attest_evidence_wrap(buffer_bytes(&out), &extension), STATUS_OK);
    assert_memory_equal(wrapped, "\x04\x82", 2);
    assert_int_equal(attest_evidence_unwrap(buffer_bytes(&extension), &record, NULL), STATUS_OK);
    assert_true(bytes_equal(record, buffer_bytes(&out)));
}

TEST(no_part_of_a_record_is_a_record)
{
    uint8_t memory[1024];
    struct buffer out = {memory, 0, sizeof memory};
    const struct attest_evidence evidence = sample(2);
    struct attest_evidence back = {.cert_count = 77};
    assert_int_equal(attest_evidence_encode(&evidence, &out), STATUS_OK);

    for (size_t len = 0; len < out.len; len++)
        assert_int_not_equal(attest_evidence_decode(bytes_of(memory, len), &back, NULL), STATUS_OK);
    memory[out.len] = 0;
    assert_int_not_equal(attest_evidence_decode(bytes_of(memory, out.len + 1), &back, NULL),
                         STATUS_OK);
    assert_int_equal(back.cert_count, 77);
}

/* Everything before the first statement's content is structure: any other value is refused. */
TEST(another_structure_is_refused)
{
    uint8_t memory[1024];
    struct buffer out = {memory, 0, sizeof memory};
    const struct attest_evidence evidence = sample(1);
    struct attest_evidence back;
    assert_int_equal(attest_evidence_encode(&evidence, &out), STATUS_OK);

    for (size_t at = 0; at < 60; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            memory[at] ^= (uint8_t)(1u << bit);
            assert_int_not_equal(attest_evidence_decode(buffer_bytes(&out), &back, NULL),
                                 STATUS_OK);
            memory[at] ^= (uint8_t)(1u << bit);
        }
    memory[out.len - 1] = 2;
    assert_int_equal(attest_evidence_decode(buffer_bytes(&out), &back, NULL), STATUS_MALFORMED);
}

TEST(evidence_that_does_not_fit_is_not_made)
{
    uint8_t memory[1024];
    const struct attest_evidence evidence = sample(4);
    struct buffer out = {memory, 0, sizeof memory};
    assert_int_equal(attest_evidence_encode(&evidence, &out), STATUS_OK);
    const size_t whole = out.len;

    for (size_t cap = 0; cap < whole; cap++) {
        out = (struct buffer){memory, 0, cap};
        assert_int_equal(attest_evidence_encode(&evidence, &out), STATUS_NO_MEMORY);
        assert_int_equal(out.len, 0);
    }
}

TEST(lengths_are_definite_and_shortest)
{
    static const uint8_t indefinite[] = {0x30, 0x80, 0x00, 0x00}, longer[] = {0x04, 0x81, 0x01, 0},
                         longest[] = {0x04, 0x82, 0x00, 0x80}, huge[] = {0x04, 0x83, 1, 0, 0},
                         cut[] = {0x04, 0x82, 0x01};
    struct bytes content, input = bytes_of(indefinite, sizeof indefinite);
    assert_int_equal(der_take(&input, DER_SEQUENCE, &content, NULL), STATUS_MALFORMED);
    input = bytes_of(longer, sizeof longer);
    assert_int_equal(der_take(&input, DER_OCTET_STRING, &content, NULL), STATUS_MALFORMED);
    input = bytes_of(longest, sizeof longest);
    assert_int_equal(der_take(&input, DER_OCTET_STRING, &content, NULL), STATUS_MALFORMED);
    input = bytes_of(huge, sizeof huge);
    assert_int_equal(der_take(&input, DER_OCTET_STRING, &content, NULL), STATUS_MALFORMED);
    input = bytes_of(cut, sizeof cut);
    assert_int_equal(der_take(&input, DER_OCTET_STRING, &content, NULL), STATUS_TRUNCATED);
    assert_int_equal(input.len, sizeof cut);
}

TEST_MAIN(T(evidence_comes_back_as_it_was), T(the_record_has_its_documented_first_bytes),
          T(no_part_of_a_record_is_a_record), T(another_structure_is_refused),
          T(evidence_that_does_not_fit_is_not_made), T(lengths_are_definite_and_shortest))

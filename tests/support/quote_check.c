/*
 * tests/support/quote_check.c: see quote_check.h. Policies are the loosest, so that little is
 * refused early.
 */
#include "tests/support/quote_check.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "core/crypto/sha256.h"
#include "node/attest/evidence.h"
#include "node/attest/leaf.h"
#include "node/attest/report_data.h"
#include "node/attest/verify.h"
#include "tests/support/chain_check.h"

#define SIGNER_AT  10u /* in TPMS_ATTEST: the hash of qualifiedSigner */
#define BINDING_AT 44u /* extraData */
#define NOW        CHAIN_NOW
#define ATTEST_MAX 1024u
#define CERTS_MAX  4096u

/* A key for this check alone: it is in the repository, and signs nothing else. */
static const uint8_t KEY[] = {
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02,
    0x01, 0x01, 0x04, 0x20, 0xe3, 0x67, 0x47, 0xcd, 0x0a, 0xa4, 0x80, 0xa4, 0x1c, 0x48, 0xb5, 0xfe,
    0xf2, 0x95, 0x2b, 0xc3, 0x3c, 0x56, 0xe7, 0x85, 0xb5, 0x09, 0xa4, 0x21, 0xe7, 0x2e, 0xcc, 0xb0,
    0x63, 0xcb, 0x4a, 0xa8, 0xa1, 0x44, 0x03, 0x42, 0x00, 0x04, 0x83, 0x20, 0x03, 0x6c, 0xe0, 0x2c,
    0xc7, 0xe7, 0x4b, 0xee, 0x48, 0x29, 0xa7, 0xf0, 0xc6, 0x1c, 0xc2, 0x75, 0xb8, 0x9a, 0x29, 0xed,
    0xaa, 0x32, 0x36, 0xc7, 0x06, 0x57, 0xca, 0x29, 0xa1, 0xe8, 0xb3, 0xbd, 0x54, 0x5d, 0xea, 0xeb,
    0x77, 0x91, 0x2e, 0x38, 0x67, 0xb0, 0x7a, 0x1d, 0x8a, 0xaa, 0xc8, 0xc6, 0xbb, 0x6a, 0x09, 0xb1,
    0xc0, 0x75, 0xb7, 0x5c, 0x09, 0x9e, 0xda, 0x0b, 0x7a, 0x88};

static const uint8_t AK_HEAD[] = {0x00, 0x23, 0x00, 0x0b, 0x00, 0x05, 0x04, 0x72, 0x00, 0x00, 0x00,
                                  0x10, 0x00, 0x18, 0x00, 0x0b, 0x00, 0x03, 0x00, 0x10, 0x00, 0x20};

/* Made once. */
static struct {
    EVP_PKEY *key;
    uint8_t spki[ATTEST_SPKI_LEN];
    uint8_t ak[sizeof AK_HEAD + 32 + 2 + 32];
    uint8_t leaf_memory[2048];
    struct bytes leaf;
} own;

static void prepare(void)
{
    const uint8_t *at = KEY;
    uint8_t *spki = own.spki, *ak = own.ak;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, sizeof KEY);
    X509 *issuer = X509_new();
    struct buffer leaf = {own.leaf_memory, 0, sizeof own.leaf_memory};
    ASSERT(info != NULL && issuer != NULL);
    own.key = EVP_PKCS82PKEY(info);
    PKCS8_PRIV_KEY_INFO_free(info);
    ASSERT(own.key != NULL && i2d_PUBKEY(own.key, &spki) == (int)sizeof own.spki);
    memcpy(ak, AK_HEAD, sizeof AK_HEAD);
    memcpy(ak + sizeof AK_HEAD, own.spki + 27, 32);
    memcpy(ak + sizeof AK_HEAD + 32, "\x00\x20", 2);
    memcpy(ak + sizeof AK_HEAD + 34, own.spki + 59, 32);
    const struct attest_leaf fields = {.common_name = BYTES_LITERAL("x"),
                                       .spki = bytes_of(own.spki, sizeof own.spki),
                                       .not_before = NOW - NOW % 60,
                                       .kind = BYTES_LITERAL("tpm"),
                                       .claims = BYTES_LITERAL("\x80"),
                                       .receipt_key = bytes_of(own.spki, sizeof own.spki)};
    const enum status status = attest_leaf_issue(&fields, issuer, own.key, &leaf, NULL);
    ASSERT(status == STATUS_OK);
    own.leaf = buffer_bytes(&leaf);
    X509_free(issuer);
}

static enum status check_leaf(struct bytes leaf, struct report *report)
{
    const struct attest_policy policy = {.now = NOW, .allows_any_chain = true, .allows_none = true};
    const struct attest_chain chain = {.count = 1, .certs = {leaf}};
    struct attest_verdict verdict;
    const enum status status = attest_verify(&policy, &chain, &verdict, report);
    ASSERT((status == STATUS_OK) == (verdict.failed == ATTEST_CHECK_COUNT));
    return status;
}

/* Evidence for a session with our leaf, context and exporter zero, a challenge. */
static enum status check_session(struct bytes record, struct bytes tpm_anchors,
                                 struct report *report)
{
    const struct attest_policy policy = {
        .now = NOW, .allows_any_chain = true, .allows_none = true, .tpm_anchors = tpm_anchors};
    const struct attest_chain chain = {.count = 1, .certs = {own.leaf}};
    const struct attest_answer answer = {
        .kind = BYTES_LITERAL("tpm"), .minute = BYTES_LITERAL(""), .evidence = record};
    struct attest_verdict verdict = {.failed = ATTEST_CHECK_COUNT};
    const enum status status = attest_verify_session(&policy, &chain, &answer, &verdict, report);
    ASSERT((status == STATUS_OK) == (verdict.failed == ATTEST_CHECK_COUNT));
    return status;
}

static enum status check_record(struct bytes record, struct report *report)
{
    uint8_t memory[ATTEST_EVIDENCE_MAX + 64];
    struct buffer again = {memory, 0, sizeof memory};
    struct attest_evidence evidence;
    const enum status status = attest_evidence_decode(record, &evidence, report);
    if (status != STATUS_OK)
        return status;
    const enum status encoded = attest_evidence_encode(&evidence, &again);
    ASSERT(encoded == STATUS_OK && bytes_equal(buffer_bytes(&again), record));
    /* Nobody has signed it with our key, or it is a seed of ours. */
    return check_session(record, bytes_of("", 0), report);
}

static void put_number(const BIGNUM *number, uint8_t *out)
{
    out[0] = 0;
    out[1] = 32;
    const int len = BN_bn2binpad(number, out + 2, 32);
    ASSERT(len == 32);
}

/* TPMT_SIGNATURE. */
static void sign(struct bytes attest, uint8_t out[static 72])
{
    uint8_t der[80];
    size_t len = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ASSERT(context != NULL);
    const bool is_signed = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, own.key) == 1 &&
                           EVP_DigestSign(context, der, &len, attest.data, attest.len) == 1;
    ASSERT(is_signed);
    EVP_MD_CTX_free(context);
    const uint8_t *at = der;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
    ASSERT(pair != NULL);
    memcpy(out, "\x00\x18\x00\x0b", 4);
    put_number(ECDSA_SIG_get0_r(pair), out + 4);
    put_number(ECDSA_SIG_get0_s(pair), out + 38);
    ECDSA_SIG_free(pair);
}

static void bind(uint8_t *attest, size_t len)
{
    static const uint8_t zero[32];
    uint8_t qualified[4 + 34] = {0x40, 0, 0, 0x0b, 0, 0x0b}, data[64];
    if (len < BINDING_AT + 32)
        return;
    sha256_digest(bytes_of(own.ak, sizeof own.ak), qualified + 6);
    sha256_digest(bytes_of(qualified, sizeof qualified), attest + SIGNER_AT);
    attest_report_data_session(bytes_of(own.spki, sizeof own.spki), zero, zero, bytes_of("", 0),
                               data);
    attest_report_data_digest(data, attest + BINDING_AT);
}

/* A TPMS_ATTEST, two bytes of length before it. */
static bool take_attest(struct bytes *input, uint8_t out_attest[static ATTEST_MAX], size_t *out_len)
{
    struct bytes attest;
    if (!chain_take(input, &attest) || attest.len > ATTEST_MAX)
        return false;
    if (attest.len != 0)
        memcpy(out_attest, attest.data, attest.len);
    *out_len = attest.len;
    return true;
}

/* `parts` has values and certificates. */
static enum status check_signed(const struct attest_evidence *parts, uint8_t *attest, size_t len,
                                struct bytes tpm_anchors, struct report *report)
{
    uint8_t signature[72], memory[ATTEST_EVIDENCE_MAX];
    struct buffer record = {memory, 0, sizeof memory};
    bind(attest, len);
    sign(bytes_of(attest, len), signature);
    struct attest_evidence evidence = *parts;
    evidence.attest = bytes_of(attest, len);
    evidence.signature = bytes_of(signature, sizeof signature);
    evidence.ak_public = bytes_of(own.ak, sizeof own.ak);
    const enum status encoded = attest_evidence_encode(&evidence, &record);
    ASSERT(encoded == STATUS_OK);
    const enum status status = check_session(buffer_bytes(&record), tpm_anchors, report);
    if (status == STATUS_OK) {
        uint8_t digest[32];
        sha256_digest(evidence.pcr_values, digest);
        ASSERT(evidence.pcr_values.len % 32 == 0 && len > 32);
        ASSERT(memcmp(attest + len - 32, digest, 32) == 0);
    }
    return status;
}

static enum status check_quote(struct bytes input, struct report *report)
{
    uint8_t attest[ATTEST_MAX];
    size_t len;
    if (!take_attest(&input, attest, &len) || input.len > CERTS_MAX)
        return STATUS_TRUNCATED;
    const struct attest_evidence evidence = {.pcr_values = input};
    return check_signed(&evidence, attest, len, bytes_of("", 0), report);
}

/* Values have two bytes of length before them, too, and so has each certificate. */
static enum status check_certified(struct bytes input, struct report *report)
{
    uint8_t attest[ATTEST_MAX];
    size_t len;
    struct attest_evidence evidence = {.cert_count = 0};
    if (input.len > CERTS_MAX || !take_attest(&input, attest, &len) ||
        !chain_take(&input, &evidence.pcr_values))
        return STATUS_TRUNCATED;
    while (evidence.cert_count < ATTEST_CERTS_MAX &&
           chain_take(&input, &evidence.certs[evidence.cert_count]))
        evidence.cert_count++;
    return check_signed(&evidence, attest, len, chain_root(own.key), report);
}

enum status quote_check(struct bytes input, struct report *report)
{
    struct bytes mode;
    report_init(report);
    if (own.key == NULL)
        prepare();
    if (bytes_take(&input, 1, &mode) != STATUS_OK)
        return STATUS_TRUNCATED;
    switch (mode.data[0] % 6) {
    case 0:
        return check_leaf(input, report);
    case 1:
        return check_record(input, report);
    case 2:
        return check_quote(input, report);
    case 3:
        return check_certified(input, report);
    case 4:
        return chain_check(own.key, input, report);
    default:
        return chain_check_sgx(own.key, input, report);
    }
}

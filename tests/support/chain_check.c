/*
 * tests/support/chain_check.c: see chain_check.h.
 */
#include "tests/support/chain_check.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/crypto/sha256.h"
#include "node/attest/verify_internal.h"

/* In a quote of version 3; node/attest/verify_sgx.c has the layout. */
#define SIGNED_BYTES 432u
#define REPORT_DATA  368u
#define SIGNATURE_AT 436u
#define KEY_AT       500u
#define QE_REPORT_AT 564u
#define QE_BYTES     384u
#define QE_DATA_AT   1012u
#define QUOTE_MAX    8192u

static void must(bool holds)
{
    ASSERT(holds);
}

bool chain_take(struct bytes *input, struct bytes *out_part)
{
    struct bytes head, rest = *input;
    if (bytes_take(&rest, 2, &head) != STATUS_OK ||
        bytes_take(&rest, (size_t)(head.data[0] << 8 | head.data[1]), out_part) != STATUS_OK)
        return false;
    *input = rest;
    return true;
}

static void add_extension(X509 *certificate, int number, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, number, value);
    must(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

static X509 *make_root(EVP_PKEY *key)
{
    X509 *root = X509_new();
    must(root != NULL && X509_set_version(root, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set(X509_get_serialNumber(root), 1) == 1);
    X509_NAME *name = X509_get_subject_name(root);
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"root", 4, -1, 0) ==
             1 &&
         X509_set_issuer_name(root, name) == 1);
    must(ASN1_TIME_set(X509_getm_notBefore(root), CHAIN_NOW - 86400) != NULL &&
         ASN1_TIME_set(X509_getm_notAfter(root), CHAIN_NOW + 86400) != NULL);
    add_extension(root, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_set_pubkey(root, key) == 1 && X509_sign(root, key, EVP_sha256()) > 0);
    return root;
}

struct bytes chain_root(EVP_PKEY *key)
{
    static char memory[2048];
    static int len;
    if (len != 0)
        return bytes_of(memory, (size_t)len);
    X509 *root = make_root(key);
    BIO *bio = BIO_new(BIO_s_mem());
    must(bio != NULL && PEM_write_bio_X509(bio, root) == 1);
    len = BIO_read(bio, memory, sizeof memory);
    must(len > 0);
    BIO_free(bio);
    X509_free(root);
    return bytes_of(memory, (size_t)len);
}

enum status chain_check(EVP_PKEY *key, struct bytes input, struct report *report)
{
    struct attest_chain chain = {.count = 0};
    struct attest_verdict verdict;
    const struct attest_policy policy = {
        .now = CHAIN_NOW, .anchors = chain_root(key), .allows_none = true};
    while (chain.count < ATTEST_CHAIN_MAX && chain_take(&input, &chain.certs[chain.count]))
        chain.count++;
    const enum status status = attest_verify(&policy, &chain, &verdict, report);
    must((status == STATUS_OK) == (verdict.failed == ATTEST_CHECK_COUNT));
    must(status != STATUS_OK || (verdict.results[ATTEST_CHECK_CHAIN] == ATTEST_HELD &&
                                 verdict.results[ATTEST_CHECK_DATES] == ATTEST_HELD));
    must(status == STATUS_OK || report->is_set);
    return status;
}

static void sign(EVP_PKEY *key, const uint8_t *message, size_t message_len, uint8_t out[static 64])
{
    uint8_t der[80];
    size_t len = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
         EVP_DigestSign(context, der, &len, message, message_len) == 1);
    EVP_MD_CTX_free(context);
    const uint8_t *at = der;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
    must(pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32) == 32 &&
         BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32) == 32);
    ECDSA_SIG_free(pair);
}

/* The point of our key, and the quoting enclave's word for it. */
static void take_key(EVP_PKEY *key, uint8_t *quote, size_t len)
{
    uint8_t spki[91], *at = spki;
    struct sha256 sha;
    must(i2d_PUBKEY(key, &at) == (int)sizeof spki);
    memcpy(quote + KEY_AT, spki + 27, 64);
    const size_t most = len - QE_DATA_AT - 2, said = load_le16(quote + QE_DATA_AT);
    sha256_init(&sha);
    sha256_update(&sha, bytes_of(quote + KEY_AT, 64));
    sha256_update(&sha, bytes_of(quote + QE_DATA_AT + 2, said < most ? said : most));
    sha256_final(&sha, quote + QE_REPORT_AT + 320);
    memset(quote + QE_REPORT_AT + 352, 0, 32);
    sign(key, quote, SIGNED_BYTES, quote + SIGNATURE_AT);
}

enum status chain_check_sgx(EVP_PKEY *key, struct bytes input, struct report *report)
{
    static uint8_t quote[QUOTE_MAX];
    struct bytes options;
    struct attest_verdict verdict = {.failed = ATTEST_CHECK_COUNT};
    const struct attest_policy policy = {.now = CHAIN_NOW, .sgx_anchors = chain_root(key)};
    struct verify verify = {.policy = &policy, .verdict = &verdict, .report = report};
    if (bytes_take(&input, 1, &options) != STATUS_OK || input.len > sizeof quote)
        return STATUS_TRUNCATED;
    if (input.len != 0)
        memcpy(quote, input.data, input.len);
    if ((options.data[0] & 2) != 0 && input.len >= QE_DATA_AT + 2)
        take_key(key, quote, input.len);
    if ((options.data[0] & 4) != 0 && input.len >= QE_DATA_AT)
        sign(key, quote + QE_REPORT_AT, QE_BYTES, quote + QE_REPORT_AT + QE_BYTES);
    if ((options.data[0] & 1) != 0 && input.len >= SIGNED_BYTES)
        memcpy(verify.report_data, quote + REPORT_DATA, 64);
    const enum status status = verify_sgx(&verify, bytes_of(quote, input.len));
    must((status == STATUS_OK) == (verdict.failed == ATTEST_CHECK_COUNT));
    must(status != STATUS_OK || (verdict.results[ATTEST_CHECK_ORIGIN] == ATTEST_HELD &&
                                 verdict.results[ATTEST_CHECK_SIGNATURE] == ATTEST_HELD));
    return status;
}

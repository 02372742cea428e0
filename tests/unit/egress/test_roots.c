/*
 * tests/unit/egress/test_roots.c: whom egress trusts: the operator's bundle by its hash.
 */
#include "node/egress/roots.h"

#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/mman.h>

#include "tests/support/test.h"

static const uint8_t no_hash[32];

/* A certificate that signs itself, in PEM, `count` times. */
static BUF_MEM *make_bundle(unsigned count)
{
    BIO *bio = BIO_new(BIO_s_mem());
    BUF_MEM *memory = NULL;
    assert_non_null(bio);
    for (unsigned i = 0; i < count; i++) {
        EVP_PKEY *key = EVP_EC_gen("P-256");
        X509 *certificate = X509_new();
        assert_true(key != NULL && certificate != NULL);
        assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), (long)i + 1), 1);
        assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
        assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
        assert_int_equal(X509_set_pubkey(certificate, key), 1);
        assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
        assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    BIO_get_mem_ptr(bio, &memory);
    assert_int_equal(BIO_set_close(bio, BIO_NOCLOSE), 1);
    BIO_free(bio);
    return memory;
}

static int make_file(const void *data, size_t len)
{
    int fd = memfd_create("roots", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    return fd;
}

static enum status load(int fd, const uint8_t hash[static 32], uint32_t *out_count)
{
    X509_STORE *store = NULL;
    struct report report;
    report_init(&report);
    enum status status = egress_roots_load(fd, hash, false, &store, out_count, &report);
    assert_int_equal(status == STATUS_OK, !report.is_set);
    assert_int_equal(status == STATUS_OK, store != NULL);
    X509_STORE_free(store);
    if (fd >= 0)
        (void)close(fd);
    return status;
}

TEST(every_certificate_of_a_bundle_is_taken)
{
    uint32_t count = 0;
    BUF_MEM *bundle = make_bundle(3);
    assert_int_equal(load(make_file(bundle->data, bundle->length), no_hash, &count), STATUS_OK);
    assert_int_equal(count, 3);
    BUF_MEM_free(bundle);
}

TEST(a_bundle_has_the_hash_that_was_measured_or_is_refused)
{
    uint32_t count = 0;
    uint8_t hash[32];
    BUF_MEM *bundle = make_bundle(1);
    assert_int_equal(EVP_Digest(bundle->data, bundle->length, hash, NULL, EVP_sha256(), NULL), 1);

    assert_int_equal(load(make_file(bundle->data, bundle->length), hash, &count), STATUS_OK);
    assert_int_equal(count, 1);

    bundle->data[bundle->length - 1] = ' ';
    assert_int_equal(load(make_file(bundle->data, bundle->length), hash, &count), STATUS_INVALID);
    hash[31] ^= 1;
    bundle->data[bundle->length - 1] = '\n';
    assert_int_equal(load(make_file(bundle->data, bundle->length), hash, &count), STATUS_INVALID);
    BUF_MEM_free(bundle);
}

TEST(a_bundle_that_was_measured_and_is_not_there_is_refused)
{
    static const uint8_t hash[32] = {1};
    uint32_t count = 0;
    assert_int_equal(load(-1, hash, &count), STATUS_INVALID);
}

TEST(what_is_no_bundle_is_refused)
{
    static const char junk[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    uint32_t count = 0;
    assert_int_equal(load(make_file("", 0), no_hash, &count), STATUS_INVALID);
    assert_int_equal(load(make_file("text", 4), no_hash, &count), STATUS_INVALID);
    assert_int_equal(load(make_file(junk, sizeof junk - 1), no_hash, &count), STATUS_INVALID);
    int large = memfd_create("roots", MFD_CLOEXEC);
    assert_int_equal(ftruncate(large, EGRESS_ROOTS_BYTES_MAX + 1), 0);
    assert_int_equal(load(large, no_hash, &count), STATUS_INVALID);
}

TEST(without_any_nobody_is_trusted)
{
    uint32_t count = 1;
    assert_int_equal(load(-1, no_hash, &count), STATUS_OK);
    assert_int_equal(count, 0);
}

TEST_MAIN(T(every_certificate_of_a_bundle_is_taken),
          T(a_bundle_has_the_hash_that_was_measured_or_is_refused),
          T(a_bundle_that_was_measured_and_is_not_there_is_refused),
          T(what_is_no_bundle_is_refused), T(without_any_nobody_is_trusted))

/*
 * node/egress/roots.c: see roots.h.
 */
#include "node/egress/roots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

/* Where distributions keep the bundle; the first that is there counts. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt", /* Debian, Arch */
    "/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora */
    "/etc/ssl/ca-bundle.pem",             /* openSUSE */
    "/etc/ssl/cert.pem",                  /* Alpine */
};

/* NULL: it can not be read, is empty, or is too long. The caller frees it. */
static uint8_t *read_all(int fd, size_t *out_len)
{
    uint8_t *data = malloc(EGRESS_ROOTS_BYTES_MAX);
    size_t len = 0;
    while (data != NULL && len < EGRESS_ROOTS_BYTES_MAX) {
        ssize_t n = pread(fd, data + len, EGRESS_ROOTS_BYTES_MAX - len, (off_t)len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    if (data == NULL || len == 0 || len == EGRESS_ROOTS_BYTES_MAX) {
        free(data);
        return NULL;
    }
    *out_len = len;
    return data;
}

static uint32_t add_bundle(X509_STORE *store, const uint8_t *data, size_t len)
{
    uint32_t count = 0;
    BIO *bio = BIO_new_mem_buf(data, (int)len);
    if (bio == NULL)
        return 0;
    for (uint32_t i = 0; i < EGRESS_ROOTS_MAX; i++) {
        X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (certificate == NULL)
            break;
        count += X509_STORE_add_cert(store, certificate) == 1;
        X509_free(certificate);
    }
    BIO_free(bio);
    ERR_clear_error(); /* the end of a bundle is an error to the reader */
    return count;
}

static uint32_t add_system(X509_STORE *store)
{
    for (size_t i = 0; i < ARRAY_LEN(bundles); i++) {
        size_t len = 0;
        int fd = open(bundles[i], O_RDONLY | O_CLOEXEC);
        uint8_t *data = fd < 0 ? NULL : read_all(fd, &len);
        if (fd >= 0)
            (void)close(fd);
        if (data == NULL)
            continue;
        uint32_t count = add_bundle(store, data, len);
        free(data);
        return count;
    }
    return 0;
}

static bool has_hash(const uint8_t *data, size_t len, const uint8_t hash[static 32])
{
    uint8_t got[EVP_MAX_MD_SIZE];
    if (bytes_are_zero(bytes_of(hash, 32)))
        return true;
    return EVP_Digest(data, len, got, NULL, EVP_sha256(), NULL) == 1 && memcmp(got, hash, 32) == 0;
}

static enum status add_operators(X509_STORE *store, int fd, const uint8_t hash[static 32],
                                 uint32_t *out_count, struct report *report)
{
    size_t len = 0;
    enum status status = STATUS_OK;
    uint8_t *data = read_all(fd, &len);
    if (data == NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the bundle of egress-ca can not be read, is empty or too long");
    if (!has_hash(data, len, hash))
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "the bundle of egress-ca has changed since it was measured");
    else if ((*out_count = add_bundle(store, data, len)) == 0)
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "the bundle of egress-ca has no certificate in PEM");
    free(data);
    return status;
}

enum status egress_roots_load(int ca_fd, const uint8_t ca_hash[static 32], bool with_system,
                              X509_STORE **out_store, uint32_t *out_count, struct report *report)
{
    uint32_t operators = 0;
    enum status status = STATUS_OK;
    X509_STORE *store = X509_STORE_new();
    if (store == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for certificates");
    if (ca_fd >= 0)
        status = add_operators(store, ca_fd, ca_hash, &operators, report);
    else if (!bytes_are_zero(bytes_of(ca_hash, 32)))
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "the bundle of egress-ca was not handed over");
    if (status != STATUS_OK) {
        X509_STORE_free(store);
        return status;
    }
    *out_count = operators + (with_system ? add_system(store) : 0);
    *out_store = store;
    return STATUS_OK;
}

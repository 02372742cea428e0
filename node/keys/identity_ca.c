/*
 * node/keys/identity_ca.c: see identity_ca.h.
 */
#include "node/keys/identity_ca.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "node/keys/state.h"

#define YEARS_10 (3652L * 86400L)
#define PEM_MAX  16384u

static const struct {
    int nid;
    const char *value;
} EXTENSIONS[] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                  {NID_key_usage, "critical,keyCertSign"},
                  {NID_subject_key_identifier, "hash"}};

static bool add_extensions(X509 *cert)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof EXTENSIONS[0]; i++) {
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, &context, EXTENSIONS[i].nid, EXTENSIONS[i].value);
        const bool is_added = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
        X509_EXTENSION_free(extension);
        if (!is_added)
            return false;
    }
    return true;
}

static bool fill(X509 *cert, EVP_PKEY *key)
{
    uint8_t serial[16];
    const time_t now = time(NULL);
    if (RAND_bytes(serial, sizeof serial) != 1)
        return false;
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
    X509_NAME *name = X509_get_subject_name(cert);
    const bool is_filled = number != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
                           BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL &&
                           X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8,
                                                      (const uint8_t *)"Aether", -1, -1, 0) == 1 &&
                           X509_NAME_add_entry_by_NID(
                               name, NID_commonName, MBSTRING_UTF8,
                               (const uint8_t *)"Aether enclave intermediate", -1, -1, 0) == 1 &&
                           X509_set_issuer_name(cert, name) == 1 &&
                           ASN1_TIME_set(X509_getm_notBefore(cert), now - 60) != NULL &&
                           ASN1_TIME_set(X509_getm_notAfter(cert), now + YEARS_10) != NULL &&
                           X509_set_pubkey(cert, key) == 1 && add_extensions(cert) &&
                           X509_sign(cert, key, EVP_sha256()) != 0;
    BN_free(number);
    return is_filled;
}

static enum status make(X509 **out_cert, EVP_PKEY **out_key)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    if (key == NULL || cert == NULL || !fill(cert, key)) {
        EVP_PKEY_free(key);
        X509_free(cert);
        return STATUS_NO_MEMORY;
    }
    *out_cert = cert;
    *out_key = key;
    return STATUS_OK;
}

static bool is_p256(EVP_PKEY *key)
{
    char group[32] = "";
    size_t len;
    return EVP_PKEY_get_group_name(key, group, sizeof group, &len) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

static int no_passphrase(char *buffer, int size, int is_writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)context;
    return -1; /* never ask at a terminal */
}

static enum status check_given(X509 *cert, EVP_PKEY *key, struct report *report)
{
    if (cert == NULL || key == NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "ca.crt or ca.key in the state directory is not PEM without passphrase");
    if (!is_p256(key))
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "ca.key is not an ECDSA key on P-256");
    if (X509_check_private_key(cert, key) != 1)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "ca.key is not the key of ca.crt");
    if (X509_check_ca(cert) != 1)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "ca.crt may not issue certificates (basic constraints, key usage)");
    return STATUS_OK;
}

static enum status take_given(struct bytes cert_pem, struct bytes key_pem, X509 **out_cert,
                              EVP_PKEY **out_key, struct report *report)
{
    BIO *cert_bio = BIO_new_mem_buf(cert_pem.data, (int)cert_pem.len);
    BIO *key_bio = BIO_new_mem_buf(key_pem.data, (int)key_pem.len);
    X509 *cert = cert_bio == NULL ? NULL : PEM_read_bio_X509(cert_bio, NULL, no_passphrase, NULL);
    EVP_PKEY *key =
        key_bio == NULL ? NULL : PEM_read_bio_PrivateKey(key_bio, NULL, no_passphrase, NULL);
    BIO_free(cert_bio);
    BIO_free(key_bio);
    const enum status status = check_given(cert, key, report);
    if (status == STATUS_OK) {
        *out_cert = cert;
        *out_key = key;
        return STATUS_OK;
    }
    X509_free(cert);
    EVP_PKEY_free(key);
    return status;
}

enum status identity_ca_get(int directory, X509 **out_cert, EVP_PKEY **out_key,
                            struct report *report)
{
    uint8_t cert_memory[PEM_MAX], key_memory[PEM_MAX];
    struct buffer cert = {cert_memory, 0, sizeof cert_memory};
    struct buffer key = {key_memory, 0, sizeof key_memory};
    enum status status = state_read(directory, "ca.key", &key, report);
    if (status == STATUS_NOT_FOUND)
        return make(out_cert, out_key);
    if (status == STATUS_OK)
        status = state_read(directory, "ca.crt", &cert, report);
    if (status == STATUS_NOT_FOUND)
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "the state directory has ca.key but no ca.crt");
    if (status == STATUS_OK)
        status = take_given(buffer_bytes(&cert), buffer_bytes(&key), out_cert, out_key, report);
    memory_wipe(key_memory, sizeof key_memory);
    return status;
}

enum status identity_ca_keep(int directory, X509 *cert, struct report *report)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    enum status status = STATUS_NO_MEMORY;
    if (bio != NULL && PEM_write_bio_X509(bio, cert) == 1) {
        const long len = BIO_get_mem_data(bio, &pem);
        status = state_write(directory, "ca.crt", bytes_of(pem, (size_t)len), report);
    }
    BIO_free(bio);
    return status != STATUS_OK ? status : state_remove(directory, "ca.key", report);
}

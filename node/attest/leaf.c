/*
 * node/attest/leaf.c: see leaf.h. X.509 by OpenSSL.
 */
#include "node/attest/leaf.h"

#include <openssl/rand.h>

#include "core/base/cbor.h"
#include "node/attest/der.h"
#include "node/attest/evidence.h"
#include "node/attest/oid.h"

#define SERIAL_LEN 16

/* Evidence and what keys alone may say: a claim of these would be taken for it. */
static const char *const RESERVED[] = {
    ATTEST_OID_CMW,    ATTEST_OID_SGX,           ATTEST_OID_TDX,        ATTEST_OID_SEV_SNP,
    ATTEST_OID_NVIDIA, ATTEST_OID_EVIDENCE_KIND, ATTEST_OID_RECEIPT_KEY};
#define RESERVED_COUNT (sizeof RESERVED / sizeof RESERVED[0])

/* The identifiers that a leaf has already, as DER. */
struct seen {
    size_t count;
    uint8_t len[ATTEST_LEAF_CLAIMS_MAX + RESERVED_COUNT];
    uint8_t der[ATTEST_LEAF_CLAIMS_MAX + RESERVED_COUNT][ATTEST_OID_DER_MAX];
};

bool attest_spki_is_p256(struct bytes spki)
{
    static const uint8_t prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    return spki.len == ATTEST_SPKI_LEN && memcmp(spki.data, prefix, sizeof prefix) == 0;
}

/* INVALID: it is there already. */
static enum status see(struct seen *seen, struct bytes dotted, struct bytes *out_der)
{
    struct buffer der = {seen->der[seen->count], 0, ATTEST_OID_DER_MAX};
    const enum status status = attest_oid_encode(dotted, &der);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < seen->count; i++)
        if (bytes_equal(buffer_bytes(&der), bytes_of(seen->der[i], seen->len[i])))
            return STATUS_INVALID;
    seen->len[seen->count++] = (uint8_t)der.len;
    *out_der = buffer_bytes(&der);
    return STATUS_OK;
}

/* Raw bytes as extnValue, never critical. */
static enum status add_extension(X509 *cert, struct bytes oid, struct bytes value)
{
    uint8_t memory[ATTEST_OID_DER_MAX + 4];
    struct buffer der = {memory, 0, sizeof memory};
    if (value.len > ATTEST_EVIDENCE_MAX + 4 || der_put(&der, DER_OID, oid) != STATUS_OK)
        return STATUS_LIMIT;
    const uint8_t *at = der.data;
    ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &at, (long)der.len);
    ASN1_OCTET_STRING *content = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;
    enum status status = STATUS_NO_MEMORY;
    if (object != NULL && content != NULL &&
        ASN1_OCTET_STRING_set(content, value.data, (int)value.len) == 1)
        extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, content);
    if (extension != NULL && X509_add_ext(cert, extension, -1) == 1)
        status = STATUS_OK;
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(content);
    ASN1_OBJECT_free(object);
    return status;
}

static enum status add_named(X509 *cert, const char *dotted, struct bytes value)
{
    uint8_t memory[ATTEST_OID_DER_MAX];
    struct buffer der = {memory, 0, sizeof memory};
    const enum status status = attest_oid_encode(bytes_of(dotted, strlen(dotted)), &der);
    return status != STATUS_OK ? status : add_extension(cert, buffer_bytes(&der), value);
}

static enum status add_claim(X509 *cert, struct seen *seen, struct cbor_reader *reader)
{
    struct bytes dotted, value, der;
    uint64_t count;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count != 2)
        return report_fail(reader->report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "a claim is an identifier and a value");
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &dotted);
    if (status == STATUS_OK)
        status = cbor_read_bytes(reader, &value);
    if (status != STATUS_OK)
        return status;
    status = see(seen, dotted, &der);
    if (status != STATUS_OK)
        return report_fail_name(reader->report, status, REPORT_NO_OFFSET,
                                "the claim % is reserved, there twice or no identifier", dotted);
    return add_extension(cert, der, value);
}

static enum status add_claims(X509 *cert, struct bytes claims, struct report *report)
{
    struct seen seen = {.count = 0};
    struct cbor_reader reader;
    struct bytes der;
    uint64_t count;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < RESERVED_COUNT && status == STATUS_OK; i++)
        status = see(&seen, bytes_of(RESERVED[i], strlen(RESERVED[i])), &der);
    cbor_reader_init(&reader, claims, 0, report);
    if (status == STATUS_OK)
        status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count > ATTEST_LEAF_CLAIMS_MAX)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET, "too many claims for a leaf");
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++)
        status = add_claim(cert, &seen, &reader);
    return status != STATUS_OK ? status : cbor_reader_end(&reader);
}

static enum status add_extensions(X509 *cert, const struct attest_leaf *leaf, struct report *report)
{
    enum status status = STATUS_OK;
    if (leaf->evidence.len != 0) {
        uint8_t memory[ATTEST_EVIDENCE_MAX + 4];
        struct buffer wrapped = {memory, 0, sizeof memory};
        status = attest_evidence_wrap(leaf->evidence, &wrapped);
        if (status == STATUS_OK)
            status = add_named(cert, ATTEST_OID_CMW, buffer_bytes(&wrapped));
    }
    if (status == STATUS_OK)
        status = add_claims(cert, leaf->claims, report);
    if (status == STATUS_OK)
        status = add_named(cert, ATTEST_OID_EVIDENCE_KIND, leaf->kind);
    if (status == STATUS_OK)
        status = add_named(cert, ATTEST_OID_RECEIPT_KEY, leaf->receipt_key);
    return status;
}

/* The issuer's place and organisation, then the name. Names of hosts are longer than the 64 bytes
 * that OpenSSL's checks allow, so the text goes in as it is. */
static bool set_subject(X509 *cert, X509 *issuer, struct bytes common_name)
{
    static const int copied[] = {NID_countryName, NID_stateOrProvinceName, NID_localityName,
                                 NID_organizationName, NID_organizationalUnitName};
    const X509_NAME *from = X509_get_subject_name(issuer);
    X509_NAME *name = X509_NAME_new();
    bool is_set = name != NULL;
    for (size_t i = 0; is_set && i < sizeof copied / sizeof copied[0]; i++) {
        const int at = X509_NAME_get_index_by_NID(from, copied[i], -1);
        if (at >= 0)
            is_set = X509_NAME_add_entry(name, X509_NAME_get_entry(from, at), -1, 0) == 1;
    }
    X509_NAME_ENTRY *entry = X509_NAME_ENTRY_create_by_NID(NULL, NID_commonName, V_ASN1_UTF8STRING,
                                                           common_name.data, (int)common_name.len);
    is_set = is_set && entry != NULL && X509_NAME_add_entry(name, entry, -1, 0) == 1 &&
             X509_set_subject_name(cert, name) == 1;
    X509_NAME_ENTRY_free(entry);
    X509_NAME_free(name);
    return is_set;
}

static bool set_serial(X509 *cert)
{
    uint8_t serial[SERIAL_LEN];
    if (RAND_bytes(serial, sizeof serial) != 1)
        return false;
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, and of one length */
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
    const bool is_set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return is_set;
}

static bool set_fields(X509 *cert, const struct attest_leaf *leaf, X509 *issuer, EVP_PKEY *spki)
{
    const time_t begin = (time_t)leaf->not_before;
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
           set_subject(cert, issuer, leaf->common_name) &&
           ASN1_TIME_set(X509_getm_notBefore(cert), begin) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(cert), begin + ATTEST_LEAF_SECONDS) != NULL &&
           X509_set_pubkey(cert, spki) == 1;
}

static enum status sign_into(X509 *cert, EVP_PKEY *key, struct buffer *out, struct report *report)
{
    if (X509_sign(cert, key, EVP_sha256()) == 0)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "the leaf could not be signed");
    const int len = i2d_X509(cert, NULL);
    if (len <= 0 || (size_t)len > out->cap - out->len)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET, "the leaf is too long");
    uint8_t *at = out->data + out->len;
    (void)i2d_X509(cert, &at); /* the length is known */
    out->len += (size_t)len;
    return STATUS_OK;
}

enum status attest_leaf_issue(const struct attest_leaf *leaf, X509 *issuer, EVP_PKEY *key,
                              struct buffer *out, struct report *report)
{
    const uint8_t *at = leaf->spki.data;
    if (!attest_spki_is_p256(leaf->spki))
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the leaf's key is not on P-256, uncompressed");
    EVP_PKEY *spki = d2i_PUBKEY(NULL, &at, (long)leaf->spki.len);
    if (spki == NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the leaf's key is not a point of P-256");
    X509 *cert = X509_new();
    enum status status = STATUS_NO_MEMORY;
    if (cert != NULL && set_fields(cert, leaf, issuer, spki))
        status = add_extensions(cert, leaf, report);
    if (status == STATUS_OK)
        status = sign_into(cert, key, out, report);
    X509_free(cert);
    EVP_PKEY_free(spki);
    return status;
}

/*
 * node/keys/identity.c: see identity.h. The file is one sealed record: CBOR [1, certificate,
 * issuer's key, receipts' key], keys as PKCS #8.
 */
#include "node/keys/identity.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "node/keys/identity_ca.h"
#include "node/keys/seal.h"
#include "node/keys/state.h"

#define FILE_NAME    "identity"
#define FILE_VERSION 1u
#define SIGN_PREFIX  "aether signature 1"

static struct seal_place place(void)
{
    return (struct seal_place){.table = BYTES_LITERAL("state"),
                               .record = BYTES_LITERAL(FILE_NAME),
                               .version = FILE_VERSION};
}

/* The public forms that are asked for again and again. */
static enum status fill_public(struct identity *identity, struct report *report)
{
    uint8_t *at = identity->issuer_der;
    const int cert_len = i2d_X509(identity->issuer, NULL);
    if (cert_len <= 0 || (size_t)cert_len > sizeof identity->issuer_der)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                           "the intermediate certificate is too long");
    identity->issuer_len = (size_t)i2d_X509(identity->issuer, &at);
    at = identity->receipt_spki;
    if (i2d_PUBKEY(identity->receipt_key, NULL) != (int)sizeof identity->receipt_spki)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the key for receipts is not on P-256");
    (void)i2d_PUBKEY(identity->receipt_key, &at); /* the length is known */
    return STATUS_OK;
}

static enum status put_key(struct cbor_writer *writer, EVP_PKEY *key)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    uint8_t *der = NULL;
    const int len = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    PKCS8_PRIV_KEY_INFO_free(info);
    if (len <= 0)
        return STATUS_NO_MEMORY;
    cbor_write_bytes(writer, bytes_of(der, (size_t)len));
    OPENSSL_clear_free(der, (size_t)len);
    return STATUS_OK;
}

static enum status take_key(struct cbor_reader *reader, EVP_PKEY **out_key)
{
    struct bytes der;
    const enum status status = cbor_read_bytes(reader, &der);
    if (status != STATUS_OK)
        return status;
    const uint8_t *at = der.data;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
    EVP_PKEY *key = info == NULL ? NULL : EVP_PKCS82PKEY(info);
    PKCS8_PRIV_KEY_INFO_free(info);
    if (key == NULL)
        return STATUS_MALFORMED;
    *out_key = key;
    return STATUS_OK;
}

static enum status save(const struct identity *identity, int directory, const struct slot *own,
                        struct report *report)
{
    uint8_t plain[IDENTITY_CERT_MAX + 1024], memory[sizeof plain + SEAL_MORE];
    struct buffer sealed = {memory, 0, sizeof memory};
    struct cbor_writer writer;
    struct bytes content;
    const struct seal_place where = place();
    cbor_writer_init(&writer, plain, sizeof plain);
    cbor_write_array(&writer, 4);
    cbor_write_uint(&writer, FILE_VERSION);
    cbor_write_bytes(&writer, bytes_of(identity->issuer_der, identity->issuer_len));
    enum status status = put_key(&writer, identity->issuer_key);
    if (status == STATUS_OK)
        status = put_key(&writer, identity->receipt_key);
    if (status == STATUS_OK)
        status = cbor_writer_end(&writer, &content);
    if (status == STATUS_OK)
        status = seal_record(own->values_key, &where, content, &sealed);
    memory_wipe(plain, sizeof plain);
    return status != STATUS_OK ? status
                               : state_write(directory, FILE_NAME, buffer_bytes(&sealed), report);
}

static enum status decode(struct identity *identity, struct bytes content)
{
    struct cbor_reader reader;
    struct bytes cert;
    uint64_t count, version;
    cbor_reader_init(&reader, content, 0, NULL);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &version);
    if (status == STATUS_OK && (count != 4 || version != FILE_VERSION))
        status = STATUS_UNSUPPORTED;
    if (status == STATUS_OK)
        status = cbor_read_bytes(&reader, &cert);
    if (status == STATUS_OK)
        status = take_key(&reader, &identity->issuer_key);
    if (status == STATUS_OK)
        status = take_key(&reader, &identity->receipt_key);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status != STATUS_OK)
        return status;
    const uint8_t *at = cert.data;
    identity->issuer = d2i_X509(NULL, &at, (long)cert.len);
    return identity->issuer != NULL ? STATUS_OK : STATUS_MALFORMED;
}

static enum status load(struct identity *identity, struct bytes sealed, const struct slot *own,
                        struct report *report)
{
    uint8_t memory[IDENTITY_CERT_MAX + 1024];
    struct buffer plain = {memory, 0, sizeof memory};
    const struct seal_place where = place();
    enum status status = seal_open(own->values_key, &where, sealed, &plain);
    if (status == STATUS_OK)
        status = decode(identity, buffer_bytes(&plain));
    memory_wipe(memory, sizeof memory);
    if (status != STATUS_OK)
        return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                           "`identity` in the state directory is not what this service sealed: "
                           "restore it, or remove the directory's files to begin anew");
    return fill_public(identity, report);
}

/* An intermediate into `identity`, sealed and the operator's key removed. A start that is cut short
 * in between does it again. */
static enum status take_intermediate(struct identity *identity, int directory,
                                     const struct slot *own, struct report *report)
{
    X509 *issuer = NULL;
    EVP_PKEY *key = NULL;
    enum status status = identity_ca_get(directory, &issuer, &key, report);
    if (status != STATUS_OK)
        return status;
    X509_free(identity->issuer);
    EVP_PKEY_free(identity->issuer_key);
    identity->issuer = issuer;
    identity->issuer_key = key;
    identity->is_new = true;
    status = fill_public(identity, report);
    if (status == STATUS_OK)
        status = save(identity, directory, own, report);
    if (status == STATUS_OK)
        status = identity_ca_keep(directory, identity->issuer, report);
    return status;
}

static enum status make(struct identity *identity, int directory, const struct slot *own,
                        struct report *report)
{
    identity->receipt_key = EVP_EC_gen("P-256");
    if (identity->receipt_key == NULL)
        return STATUS_NO_MEMORY;
    return take_intermediate(identity, directory, own, report);
}

static bool has_given_key(int directory)
{
    uint8_t byte;
    struct buffer none = {&byte, 0, 0};
    return state_read(directory, "ca.key", &none, NULL) != STATUS_NOT_FOUND;
}

enum status identity_open(struct identity *identity, int directory, const struct slot *own,
                          struct report *report)
{
    uint8_t memory[IDENTITY_CERT_MAX + 1024 + SEAL_MORE];
    struct buffer sealed = {memory, 0, sizeof memory};
    *identity = (struct identity){.issuer = NULL};
    enum status status = state_read(directory, FILE_NAME, &sealed, report);
    if (status == STATUS_NOT_FOUND)
        status = make(identity, directory, own, report);
    else if (status == STATUS_OK)
        status = load(identity, buffer_bytes(&sealed), own, report);
    if (status == STATUS_OK && has_given_key(directory))
        status = take_intermediate(identity, directory, own, report);
    if (status != STATUS_OK)
        identity_close(identity);
    return status;
}

void identity_close(struct identity *identity)
{
    X509_free(identity->issuer);
    EVP_PKEY_free(identity->issuer_key);
    EVP_PKEY_free(identity->receipt_key);
    *identity = (struct identity){.issuer = NULL};
}

/* DER's two numbers, to 32 bytes each. */
static bool flatten(const uint8_t *der, size_t len, uint8_t out[static 64])
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    const bool is_flat = pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32) == 32 &&
                         BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32) == 32;
    ECDSA_SIG_free(pair);
    return is_flat;
}

enum status identity_sign(const struct identity *identity, uint64_t purpose,
                          const uint8_t digest[static 32], uint8_t out_signature[static 64])
{
    uint8_t message[sizeof SIGN_PREFIX - 1 + 8 + 32], der[80];
    size_t len = sizeof der;
    memcpy(message, SIGN_PREFIX, sizeof SIGN_PREFIX - 1);
    for (unsigned i = 0; i < 8; i++)
        message[sizeof SIGN_PREFIX - 1 + i] = (uint8_t)(purpose >> 8 * (7 - i));
    memcpy(message + sizeof SIGN_PREFIX - 1 + 8, digest, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const bool is_signed =
        context != NULL &&
        EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, identity->receipt_key) == 1 &&
        EVP_DigestSign(context, der, &len, message, sizeof message) == 1 &&
        flatten(der, len, out_signature);
    EVP_MD_CTX_free(context);
    return is_signed ? STATUS_OK : STATUS_NO_MEMORY;
}

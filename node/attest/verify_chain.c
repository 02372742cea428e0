/*
 * node/attest/verify_chain.c: certificates and ECDSA, by OpenSSL.
 *
 * An anchor may be any certificate, a root or an intermediate (PARTIAL_CHAIN): who pins an
 * intermediate trusts that one and nothing above it. No purpose is asked for: leaves of the service
 * have neither names nor key usages.
 */
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "node/attest/oid.h"
#include "node/attest/verify_internal.h"

#define CERTIFICATE_MAX 65536u /* bytes of DER; real ones have 1,000 to 3,000 */

X509 *verify_certificate(struct bytes der)
{
    const uint8_t *p = der.data;
    if (der.len == 0 || der.len > CERTIFICATE_MAX)
        return NULL;
    X509 *certificate = d2i_X509(NULL, &p, (long)der.len);
    if (certificate != NULL && p != der.data + der.len) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

static int no_passphrase(char *buffer, int size, int rwflag, void *user)
{
    (void)buffer;
    (void)size;
    (void)rwflag;
    (void)user;
    return -1;
}

/* All certificates of a PEM text, at most ATTEST_CHAIN_MAX of them; NULL: none, more, or no memory.
 * What stands between them is not looked at. */
static STACK_OF(X509) * read_pem(struct bytes pem)
{
    if (pem.len == 0 || pem.len > 1u << 20)
        return NULL;
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    STACK_OF(X509) *certificates = sk_X509_new_null();
    X509 *certificate = NULL;
    bool is_good = bio != NULL && certificates != NULL;
    while (is_good && (certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL) {
        is_good = sk_X509_num(certificates) < (int)ATTEST_CHAIN_MAX &&
                  sk_X509_push(certificates, certificate) > 0;
        if (!is_good)
            X509_free(certificate);
    }
    BIO_free(bio);
    if (is_good && sk_X509_num(certificates) > 0)
        return certificates;
    sk_X509_pop_free(certificates, X509_free);
    return NULL;
}

static bool fill_store(X509_STORE *store, STACK_OF(X509) * anchors)
{
    for (int i = 0; i < sk_X509_num(anchors); i++)
        if (X509_STORE_add_cert(store, sk_X509_value(anchors, i)) != 1)
            return false;
    return true;
}

static int find_path(X509 *leaf, STACK_OF(X509) * others, struct bytes anchors_pem, uint64_t now)
{
    STACK_OF(X509) *anchors = read_pem(anchors_pem);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int error = -1;
    if (anchors != NULL && store != NULL && context != NULL && fill_store(store, anchors) &&
        X509_STORE_CTX_init(context, store, leaf, others) == 1) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
        (void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
        X509_VERIFY_PARAM_set_time(param, (time_t)now);
        X509_VERIFY_PARAM_set_depth(param, (int)ATTEST_CHAIN_MAX);
        if (X509_verify_cert(context) == 1)
            error = X509_V_OK;
        else
            error = X509_STORE_CTX_get_error(context);
        if (error == X509_V_OK && X509_STORE_CTX_get0_chain(context) == NULL)
            error = -1;
    }
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    sk_X509_pop_free(anchors, X509_free);
    return error;
}

int verify_path(X509 *leaf, const struct bytes *others, size_t other_count, struct bytes anchors,
                uint64_t now)
{
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    int error = untrusted == NULL ? -1 : 0;
    for (size_t i = 0; error == 0 && i < other_count; i++) {
        X509 *certificate = verify_certificate(others[i]);
        if (certificate == NULL || sk_X509_push(untrusted, certificate) <= 0) {
            X509_free(certificate);
            error = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
        }
    }
    if (error == 0)
        error = find_path(leaf, untrusted, anchors, now);
    sk_X509_pop_free(untrusted, X509_free);
    return error;
}

int verify_path_pem(struct bytes chain, struct bytes anchors, uint64_t now, X509 **out_leaf)
{
    STACK_OF(X509) *certificates = read_pem(chain);
    *out_leaf = NULL;
    if (certificates == NULL)
        return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
    X509 *leaf = sk_X509_shift(certificates);
    int error = find_path(leaf, certificates, anchors, now);
    sk_X509_pop_free(certificates, X509_free);
    *out_leaf = leaf;
    return error;
}

bool verify_is_date_error(int error)
{
    return error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
}

bool verify_point(X509 *certificate, uint8_t out_point[static 64])
{
    uint8_t encoded[65];
    char group[32];
    size_t len = 0, group_len = 0;
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    if (key == NULL || EVP_PKEY_is_a(key, "EC") != 1 ||
        EVP_PKEY_get_group_name(key, group, sizeof group, &group_len) != 1 ||
        strcmp(group, "prime256v1") != 0 ||
        EVP_PKEY_get_octet_string_param(key, "pub", encoded, sizeof encoded, &len) != 1 ||
        len != sizeof encoded || encoded[0] != 4)
        return false;
    memcpy(out_point, encoded + 1, 64);
    return true;
}

bool verify_extension(X509 *certificate, const char *oid, struct bytes *out_value)
{
    uint8_t memory[ATTEST_OID_DER_MAX];
    struct buffer encoded = {memory, 0, sizeof memory};
    if (attest_oid_encode(bytes_of(oid, strlen(oid)), &encoded) != STATUS_OK)
        return false;
    for (int i = 0; i < X509_get_ext_count(certificate); i++) {
        X509_EXTENSION *extension = X509_get_ext(certificate, i);
        const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
        const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(extension);
        struct bytes found = bytes_of(OBJ_get0_data(object), OBJ_length(object));
        if (!bytes_equal(found, buffer_bytes(&encoded)))
            continue;
        *out_value = bytes_of(ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data));
        return true;
    }
    return false;
}

/* A SubjectPublicKeyInfo of P-256 is this and the point. */
static const uint8_t spki_prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

/* The points are checked to be on the curve when the key is made. */
static EVP_PKEY *make_key(const uint8_t point[static 64])
{
    uint8_t spki[sizeof spki_prefix + 64];
    const uint8_t *p = spki;
    memcpy(spki, spki_prefix, sizeof spki_prefix);
    memcpy(spki + sizeof spki_prefix, point, 64);
    return d2i_PUBKEY(NULL, &p, sizeof spki);
}

static int encode_signature(const uint8_t raw[static 64], uint8_t **out_der)
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
    int len = 0;
    *out_der = NULL;
    if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(signature, r, s) == 1) {
        r = NULL; /* the signature's now */
        s = NULL;
        len = i2d_ECDSA_SIG(signature, out_der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return len;
}

bool verify_ecdsa(const uint8_t point[static 64], const uint8_t signature[static 64],
                  struct bytes message)
{
    uint8_t *der;
    EVP_PKEY *key = make_key(point);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int len = encode_signature(signature, &der);
    bool is_good = key != NULL && context != NULL && len > 0 &&
                   EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                   EVP_DigestVerify(context, der, (size_t)len, message.data, message.len) == 1;
    OPENSSL_free(der);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return is_good;
}

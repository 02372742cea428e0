/*
 * cli/key.c: P-256 keys by OpenSSL 3.
 */
#include "cli/key.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "cli/cli.h"
#include "core/proof/keyring.h"

#define PEM_BYTES_MAX 65536u

/* struct key_pair is OpenSSL's EVP_PKEY under a name of ours: no other file sees their headers. */
static EVP_PKEY *inside(const struct key_pair *pair)
{
    return (EVP_PKEY *)(uintptr_t)pair;
}

static struct key_pair *outside(EVP_PKEY *key)
{
    return (struct key_pair *)key;
}

static void say_openssl(const char *what)
{
    char text[160];
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    cli_say("%s: %s", what, text);
}

struct key_pair *key_generate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key == NULL)
        say_openssl("no key could be made");
    return outside(key);
}

void key_destroy(struct key_pair *pair)
{
    EVP_PKEY_free(inside(pair));
}

static bool is_p256(EVP_PKEY *key)
{
    char group[32];
    size_t len = 0;
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_group_name(key, group, sizeof group, &len) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

typedef EVP_PKEY *pem_read_fn(BIO *bio, EVP_PKEY **key, pem_password_cb *callback, void *user);

static EVP_PKEY *read_pem(const char *path, pem_read_fn *read, const char *kind)
{
    struct bytes content;
    if (!cli_read(path, PEM_BYTES_MAX, &content))
        return NULL;
    BIO *bio = BIO_new_mem_buf(content.data, (int)content.len);
    EVP_PKEY *key = bio == NULL ? NULL : read(bio, NULL, cli_no_passphrase, NULL);
    BIO_free(bio);
    memory_wipe((void *)(uintptr_t)content.data, content.len);
    cli_free(content);
    if (key != NULL && is_p256(key))
        return key;
    cli_say("%s: not a %s key of P-256 in PEM", path, kind);
    EVP_PKEY_free(key);
    return NULL;
}

struct key_pair *key_read_private(const char *path)
{
    return outside(read_pem(path, PEM_read_bio_PrivateKey, "private"));
}

static bool point_of(EVP_PKEY *key, struct bundle_key *out_key)
{
    uint8_t encoded[65];
    size_t len = 0;
    if (EVP_PKEY_set_utf8_string_param(key, "point-format", "uncompressed") != 1 ||
        EVP_PKEY_get_octet_string_param(key, "pub", encoded, sizeof encoded, &len) != 1 ||
        len != sizeof encoded || encoded[0] != 4) {
        say_openssl("the key has no usable public half");
        return false;
    }
    memcpy(out_key->point, encoded + 1, sizeof out_key->point);
    keyring_name(out_key);
    return true;
}

bool key_public(const struct key_pair *pair, struct bundle_key *out_key)
{
    return point_of(inside(pair), out_key);
}

bool key_read_public(const char *path, struct bundle_key *out_key)
{
    EVP_PKEY *key = read_pem(path, PEM_read_bio_PUBKEY, "public");
    bool is_read = key != NULL && point_of(key, out_key);
    EVP_PKEY_free(key);
    return is_read;
}

static bool write_pem(BIO *bio, bool is_made, const char *path, unsigned mode)
{
    char *data = NULL;
    long len = is_made ? BIO_get_mem_data(bio, &data) : 0;
    if (len <= 0) {
        say_openssl(path);
        return false;
    }
    bool is_written = cli_write(path, bytes_of(data, (size_t)len), mode);
    memory_wipe(data, (size_t)len);
    return is_written;
}

bool key_write_private(const struct key_pair *pair, const char *path)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    bool is_made = bio != NULL &&
                   PEM_write_bio_PKCS8PrivateKey(bio, inside(pair), NULL, NULL, 0, NULL, NULL) == 1;
    bool is_written = write_pem(bio, is_made, path, 0600);
    BIO_free(bio);
    return is_written;
}

bool key_write_public(const struct key_pair *pair, const char *path)
{
    BIO *bio = BIO_new(BIO_s_mem());
    bool is_made = bio != NULL && PEM_write_bio_PUBKEY(bio, inside(pair)) == 1;
    bool is_written = write_pem(bio, is_made, path, 0644);
    BIO_free(bio);
    return is_written;
}

/* DER (SEQUENCE of two INTEGERs) to r | s. */
static bool raw_signature(const uint8_t *der, size_t len, uint8_t out_signature[static 64])
{
    const uint8_t *p = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &p, (long)len);
    bool is_raw = signature != NULL &&
                  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out_signature, 32) == 32 &&
                  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out_signature + 32, 32) == 32;
    ECDSA_SIG_free(signature);
    return is_raw;
}

bool key_sign(const struct key_pair *pair, const uint8_t digest[static 32],
              uint8_t out_signature[static 64])
{
    uint8_t der[128];
    size_t len = sizeof der;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(inside(pair), NULL);
    bool is_signed = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
                     EVP_PKEY_sign(context, der, &len, digest, 32) == 1 &&
                     raw_signature(der, len, out_signature);
    EVP_PKEY_CTX_free(context);
    if (!is_signed)
        say_openssl("signing failed");
    return is_signed;
}

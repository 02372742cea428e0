/*
 * node/keys/seal.c: see seal.h. AES-256-GCM by OpenSSL.
 */
#include "node/keys/seal.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "node/keys/secret.h"

#define KEY_PREFIX   "aether record key 1"
#define PLACE_PREFIX "aether record 1"
#define PART_MAX     64u
#define PLACE_MAX    (sizeof PLACE_PREFIX + (size_t)3 * (4 + PART_MAX) + 8)

static const uint8_t NONCE[12]; /* zero: the key is used once */

static void record_key(const uint8_t values_key[static 32], const uint8_t salt[static 24],
                       uint8_t out_key[static 32])
{
    uint8_t input[sizeof KEY_PREFIX - 1 + SEAL_SALT_LEN];
    memcpy(input, KEY_PREFIX, sizeof KEY_PREFIX - 1);
    memcpy(input + sizeof KEY_PREFIX - 1, salt, SEAL_SALT_LEN);
    secret_mac(values_key, bytes_of(input, sizeof input), out_key);
}

static void put_be(struct buffer *out, uint64_t value, unsigned len)
{
    for (unsigned i = len; i-- > 0;)
        out->data[out->len++] = (uint8_t)(value >> 8 * i);
}

static enum status put_place(const struct seal_place *place, struct buffer *out)
{
    const struct bytes parts[] = {place->app, place->table, place->record};
    memcpy(out->data, PLACE_PREFIX, sizeof PLACE_PREFIX - 1);
    out->len = sizeof PLACE_PREFIX - 1;
    for (size_t i = 0; i < 3; i++) {
        if (parts[i].len > PART_MAX)
            return STATUS_LIMIT;
        put_be(out, parts[i].len, 4);
        const enum status status = buffer_append(out, parts[i]);
        if (status != STATUS_OK)
            return status;
    }
    put_be(out, place->version, 8);
    return STATUS_OK;
}

static bool encrypt(EVP_CIPHER_CTX *gcm, const uint8_t key[static 32], struct bytes place,
                    struct bytes plain, uint8_t *out)
{
    int len = 0, last = 0;
    return EVP_EncryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key, NONCE) == 1 &&
           EVP_EncryptUpdate(gcm, NULL, &len, place.data, (int)place.len) == 1 &&
           EVP_EncryptUpdate(gcm, out, &len, plain.data, (int)plain.len) == 1 &&
           (size_t)len == plain.len && EVP_EncryptFinal_ex(gcm, out + len, &last) == 1 &&
           last == 0 &&
           EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_LEN, out + plain.len) == 1;
}

static bool decrypt(EVP_CIPHER_CTX *gcm, const uint8_t key[static 32], struct bytes place,
                    struct bytes cipher, const uint8_t tag[static 16], uint8_t *out)
{
    uint8_t copy[SEAL_TAG_LEN];
    int len = 0, last = 0;
    memcpy(copy, tag, sizeof copy); /* OpenSSL wants to be able to write to it */
    return EVP_DecryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key, NONCE) == 1 &&
           EVP_DecryptUpdate(gcm, NULL, &len, place.data, (int)place.len) == 1 &&
           EVP_DecryptUpdate(gcm, out, &len, cipher.data, (int)cipher.len) == 1 &&
           (size_t)len == cipher.len &&
           EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_LEN, copy) == 1 &&
           EVP_DecryptFinal_ex(gcm, out + len, &last) == 1 && last == 0;
}

enum status seal_record(const uint8_t values_key[static 32], const struct seal_place *place,
                        struct bytes plain, struct buffer *out)
{
    uint8_t bound[PLACE_MAX], key[32];
    struct buffer aad = {bound, 0, sizeof bound};
    if (plain.len > INT_MAX - SEAL_MORE || out->cap - out->len < plain.len + SEAL_MORE)
        return STATUS_LIMIT;
    const enum status status = put_place(place, &aad);
    if (status != STATUS_OK)
        return status;
    uint8_t *sealed = out->data + out->len;
    EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
    bool is_sealed = gcm != NULL && RAND_bytes(sealed, SEAL_SALT_LEN) == 1;
    if (is_sealed) {
        record_key(values_key, sealed, key);
        is_sealed = encrypt(gcm, key, buffer_bytes(&aad), plain, sealed + SEAL_SALT_LEN);
        memory_wipe(key, sizeof key);
    }
    EVP_CIPHER_CTX_free(gcm);
    if (!is_sealed)
        return STATUS_NO_MEMORY;
    out->len += plain.len + SEAL_MORE;
    return STATUS_OK;
}

enum status seal_open(const uint8_t values_key[static 32], const struct seal_place *place,
                      struct bytes sealed, struct buffer *out)
{
    uint8_t bound[PLACE_MAX], key[32];
    struct buffer aad = {bound, 0, sizeof bound};
    if (sealed.len < SEAL_MORE)
        return STATUS_TAMPERED;
    const size_t len = sealed.len - SEAL_MORE;
    if (len > INT_MAX || out->cap - out->len < len)
        return STATUS_LIMIT;
    const enum status status = put_place(place, &aad);
    if (status != STATUS_OK)
        return status;
    EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
    if (gcm == NULL)
        return STATUS_NO_MEMORY;
    record_key(values_key, sealed.data, key);
    const bool is_open =
        decrypt(gcm, key, buffer_bytes(&aad), bytes_of(sealed.data + SEAL_SALT_LEN, len),
                sealed.data + SEAL_SALT_LEN + len, out->data + out->len);
    memory_wipe(key, sizeof key);
    EVP_CIPHER_CTX_free(gcm);
    if (!is_open) {
        memory_wipe(out->data + out->len, len); /* nobody sees what was not authentic */
        return STATUS_TAMPERED;
    }
    out->len += len;
    return STATUS_OK;
}

/*
 * node/api/leaf.c: leaf keys made here, their certificates asked of main, kept by name.
 *
 * A leaf that is kept serves its name until not_after or the next generation; one for a challenge
 * serves one client. What is being made is bounded, because each may cost main a quote.
 */
#include <stdlib.h>
#include <time.h>

#include <openssl/ec.h>
#include <openssl/x509.h>

#include "node/api/service.h"

#define RENEW_BEFORE_S 300u

/* ---- one leaf ---- */

void api_leaf_release(struct api_leaf *leaf)
{
    if (leaf == NULL || --leaf->references != 0)
        return;
    EVP_PKEY_free(leaf->key);
    X509_free(leaf->leaf);
    X509_free(leaf->issuer);
    free(leaf->nonce);
    free(leaf);
}

static bool make_key(struct api_leaf *leaf)
{
    leaf->key = EVP_EC_gen("P-256");
    if (leaf->key == NULL)
        return false;
    int len = i2d_PUBKEY(leaf->key, NULL);
    uint8_t *at = leaf->spki;
    if (len <= 0 || (size_t)len > sizeof leaf->spki || i2d_PUBKEY(leaf->key, &at) != len)
        return false;
    leaf->spki_len = (uint32_t)len;
    return EVP_Digest(leaf->spki, leaf->spki_len, leaf->spki_hash, NULL, EVP_sha256(), NULL) == 1;
}

static struct api_leaf *make(struct bytes sni, bool is_challenge, struct bytes nonce)
{
    struct api_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return NULL;
    leaf->references = 1;
    leaf->is_challenge = is_challenge;
    leaf->sni_len = (uint32_t)sni.len;
    memcpy(leaf->sni, sni.data, sni.len);
    leaf->nonce = malloc(nonce.len + 1);
    if (leaf->nonce != NULL && nonce.len != 0)
        memcpy(leaf->nonce, nonce.data, nonce.len);
    leaf->nonce_len = (uint32_t)nonce.len;
    if (leaf->nonce != NULL && make_key(leaf))
        return leaf;
    api_leaf_release(leaf);
    return NULL;
}

/* ---- the table ---- */

static void remove_at(struct api *api, uint32_t index)
{
    struct api_leaf *leaf = api->leaves[index];
    if (leaf->state == API_LEAF_ASKED) {
        api->leaf_asked--;
        api->challenges -= leaf->is_challenge;
    }
    api->leaves[index] = api->leaves[--api->leaf_count];
    api_leaf_release(leaf);
}

static bool is_fresh(const struct api *api, const struct api_leaf *leaf)
{
    return leaf->state == API_LEAF_ASKED ||
           (leaf->generation >= api->generation &&
            (uint64_t)time(NULL) + RENEW_BEFORE_S < leaf->not_after);
}

/* One that was asked for before this generation may come out as of the last: it is for those who
 * wait for it alone. */
static bool is_for(const struct api *api, const struct api_leaf *leaf, struct bytes sni)
{
    bool is_of_before = leaf->state == API_LEAF_ASKED && leaf->generation != api->generation;
    return !leaf->is_challenge && !is_of_before &&
           bytes_equal(sni, bytes_of(leaf->sni, leaf->sni_len));
}

/* An index, or leaf_count. */
static uint32_t find_kept(const struct api *api, struct bytes sni)
{
    uint32_t i = 0;
    while (i < api->leaf_count && !is_for(api, api->leaves[i], sni))
        i++;
    return i;
}

/* Room for one more where there is none: one that is kept is made anew when it is wanted. */
static void forget_one(struct api *api)
{
    for (uint32_t i = 0; i < api->leaf_count && api->leaf_count == API_LEAVES_MAX; i++) {
        if (api->leaves[i]->state == API_LEAF_READY)
            remove_at(api, i);
    }
}

/* OK, or UNAVAILABLE: main's socket is full; anything else: it can not be asked. */
static enum status ask(struct api *api, struct api_leaf *leaf)
{
    struct message_leaf message = {
        .id = leaf->id,
        .sni = bytes_of(leaf->sni, leaf->sni_len),
        .spki = bytes_of(leaf->spki, leaf->spki_len),
        .is_challenge = leaf->is_challenge,
        .nonce = bytes_of(leaf->nonce, leaf->nonce_len),
    };
    if (api->main < 0)
        return STATUS_TRUNCATED;
    enum status status = message_send(api->main, MESSAGE_LEAF, &message, -1);
    leaf->is_unsent = status == STATUS_UNAVAILABLE;
    if (leaf->is_unsent)
        api_wants_room(api);
    return status;
}

struct api_leaf *api_leaf_find(struct api *api, struct bytes sni, bool is_challenge,
                               struct bytes nonce)
{
    uint32_t index = is_challenge ? api->leaf_count : find_kept(api, sni);
    if (index < api->leaf_count) {
        struct api_leaf *kept = api->leaves[index];
        if (is_fresh(api, kept)) {
            kept->references++;
            return kept;
        }
        remove_at(api, index);
    }
    forget_one(api);
    if (api->leaf_count == API_LEAVES_MAX || api->leaf_asked == API_LEAVES_ASKED ||
        (is_challenge && api->challenges == API_CHALLENGES_MAX))
        return NULL;
    struct api_leaf *leaf = make(sni, is_challenge, nonce);
    if (leaf == NULL)
        return NULL;
    leaf->generation = api->generation;
    leaf->id = API_LEAF_ID | (++api->leaf_serial & ~API_LEAF_ID);
    enum status status = ask(api, leaf);
    if (status != STATUS_OK && status != STATUS_UNAVAILABLE) {
        api_leaf_release(leaf);
        return NULL;
    }
    api->leaves[api->leaf_count++] = leaf;
    api->leaf_asked++;
    api->challenges += is_challenge;
    leaf->references++;
    return leaf;
}

void api_leaf_send(struct api *api)
{
    for (uint32_t i = 0; i < api->leaf_count; i++) {
        if (api->leaves[i]->is_unsent && ask(api, api->leaves[i]) != STATUS_OK)
            return;
    }
}

/* ---- answers ---- */

static void wake(struct api *api, const struct api_leaf *leaf)
{
    for (uint32_t i = 0; i < api->slot_count; i++) {
        struct api_connection *connection = api->slots[i];
        if (connection != NULL && connection->state == API_LEAF && connection->leaf == leaf) {
            connection->state = API_HANDSHAKE;
            api_connection_step(connection);
        }
    }
}

static X509 *read_certificate(struct bytes der)
{
    const uint8_t *at = der.data;
    X509 *certificate = d2i_X509(NULL, &at, (long)der.len);
    if (certificate != NULL && at == der.data + der.len)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static bool take_certificates(struct api_leaf *leaf, const struct message_leaf_made *made)
{
    leaf->leaf = read_certificate(made->leaf);
    leaf->issuer = read_certificate(made->issuer);
    leaf->generation = made->generation;
    leaf->not_after = made->not_after;
    return leaf->leaf != NULL && leaf->issuer != NULL &&
           X509_check_private_key(leaf->leaf, leaf->key) == 1;
}

/* Its state is final: it leaves the table unless it is to be kept, and those who wait go on. */
static void settle(struct api *api, uint32_t index, enum api_leaf_state state)
{
    struct api_leaf *leaf = api->leaves[index];
    ASSERT(leaf->references != 0); /* the table's */
    leaf->references++;
    api->leaf_asked--;
    api->challenges -= leaf->is_challenge;
    leaf->state = state;
    if (state == API_LEAF_FAILED || leaf->is_challenge || !is_fresh(api, leaf))
        remove_at(api, index);
    wake(api, leaf);
    api_leaf_release(leaf);
}

void api_leaf_answer(struct api *api, struct message_in *in)
{
    uint32_t i = 0;
    while (i < api->leaf_count &&
           (api->leaves[i]->id != in->any.id || api->leaves[i]->state != API_LEAF_ASKED))
        i++;
    if (i == api->leaf_count)
        return; /* nobody asks any more */
    struct api_leaf *leaf = api->leaves[i];
    bool is_made = in->type == MESSAGE_LEAF_MADE && take_certificates(leaf, &in->any.leaf_made);
    leaf->is_unknown = in->type == MESSAGE_FAILED && leaf->sni_len != 0 &&
                       in->any.failed.code == MESSAGE_FAILURE_NOT_FOUND;
    settle(api, i, is_made ? API_LEAF_READY : API_LEAF_FAILED);
}

void api_leaf_generation(struct api *api, uint64_t generation)
{
    api->generation = generation > api->generation ? generation : api->generation;
    for (uint32_t i = api->leaf_count; i > 0; i--) {
        if (!is_fresh(api, api->leaves[i - 1]))
            remove_at(api, i - 1);
    }
}

void api_leaf_fail_all(struct api *api)
{
    for (uint32_t i = api->leaf_count; i > 0; i--) {
        if (i <= api->leaf_count && api->leaves[i - 1]->state == API_LEAF_ASKED)
            settle(api, i - 1, API_LEAF_FAILED);
    }
}

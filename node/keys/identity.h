/*
 * node/keys/identity.h: what the service signs with: the intermediate that issues leaves, and the
 * key for receipts and heads of the log.
 *
 * Made at the first start, or the intermediate taken from ca.crt and ca.key that the operator laid
 * into the state directory (ca.key is removed then), at any later start, too. Kept in the file
 * `identity`, sealed under slot 0. After identity_open everything is read only: any thread may use
 * it.
 */
#ifndef AETHER_NODE_KEYS_IDENTITY_H
#define AETHER_NODE_KEYS_IDENTITY_H

#include <openssl/x509.h>

#include "node/attest/leaf.h"
#include "node/keys/slots.h"

#define IDENTITY_CERT_MAX 4096u

struct identity {
    X509 *issuer;
    EVP_PKEY *issuer_key;
    EVP_PKEY *receipt_key;
    size_t issuer_len;
    uint8_t issuer_der[IDENTITY_CERT_MAX];
    uint8_t receipt_spki[ATTEST_SPKI_LEN];
    bool is_new; /* the intermediate came with this start */
};

/* The one in the directory, or a new one. TAMPERED: the file was not sealed by these keys; INVALID:
 * the operator's certificate or key does not do, and why. */
enum status MUST_CHECK identity_open(struct identity *identity, int directory,
                                     const struct slot *own, struct report *report);
void identity_close(struct identity *identity);

/* ECDSA over SHA-256("aether signature 1" | purpose, 8 bytes, big-endian | digest); r | s. */
enum status MUST_CHECK identity_sign(const struct identity *identity, uint64_t purpose,
                                     const uint8_t digest[static 32],
                                     uint8_t out_signature[static 64]);

#endif

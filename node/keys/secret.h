/*
 * node/keys/secret.h: memory for keys, and keys made of keys.
 *
 * The memory is the kernel's secret memory where there is such (memfd_secret: not even the kernel
 * maps it), else locked; never dumped, not there after fork. Wiped before it goes.
 */
#ifndef AETHER_NODE_KEYS_SECRET_H
#define AETHER_NODE_KEYS_SECRET_H

#include "core/base/report.h"

enum secret_kind {
    SECRET_HIDDEN,   /* memfd_secret */
    SECRET_LOCKED,   /* mlock */
    SECRET_UNLOCKED, /* may be written to a swap device: whoever uses it says so */
};

/* Zeroed. */
enum status MUST_CHECK secret_map(size_t len, void **out_memory, enum secret_kind *out_kind);
void secret_unmap(void *memory, size_t len);

/* Random bytes from the kernel; a kernel that can not give them ends the process. */
void secret_random(uint8_t *out, size_t len);

/* HKDF (RFC 5869) with SHA-256, and HMAC-SHA-256. */
void secret_derive(struct bytes key, struct bytes salt, struct bytes info, uint8_t out[static 32]);
void secret_mac(const uint8_t key[static 32], struct bytes data, uint8_t out[static 32]);

#endif

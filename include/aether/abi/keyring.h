/*
 * aether/abi/keyring.h: the keys that an image believes, version 1; made by `aether keyring`, read
 * by core/proof/keyring.c. Little-endian, no padding:
 *
 *   header: magic, version, flags, count (u32 each), then `count` entries of
 *   kid (8 bytes: the first 8 of SHA-256 of the point), point (64 bytes: x | y, big-endian).
 *
 * Entries ascend by kid, so one set of keys has one form. Nothing follows the last entry.
 */
#ifndef AETHER_ABI_KEYRING_H
#define AETHER_ABI_KEYRING_H

#define KEYRING_MAGIC   0x59454B41u /* "AKEY" */
#define KEYRING_VERSION 1u

#define KEYRING_OFFSET_MAGIC   0
#define KEYRING_OFFSET_VERSION 4
#define KEYRING_OFFSET_FLAGS   8
#define KEYRING_OFFSET_COUNT   12
#define KEYRING_OFFSET_ENTRIES 16

#define KEYRING_ENTRY_BYTES 72
#define KEYRING_KEYS_MAX    16
#define KEYRING_BYTES_MAX   (KEYRING_OFFSET_ENTRIES + KEYRING_KEYS_MAX * KEYRING_ENTRY_BYTES)

enum keyring_flag {
    KEYRING_BENCH = 1 << 0, /* the image is for bench use: it may run what nobody signed */
};

#endif

/*
 * node/keys/secret.c: see secret.h. HKDF and HMAC by BearSSL: constant in time, and they can not
 * fail.
 */
#include "node/keys/secret.h"

#include <bearssl/bearssl_kdf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

static void *map_hidden(size_t len)
{
    const int fd = (int)syscall(SYS_memfd_secret, 1 /* close-on-exec */);
    if (fd < 0)
        return MAP_FAILED;
    void *memory = MAP_FAILED;
    if (ftruncate(fd, (off_t)len) == 0)
        memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd); /* the mapping keeps it */
    return memory;
}

enum status secret_map(size_t len, void **out_memory, enum secret_kind *out_kind)
{
    void *memory = map_hidden(len);
    *out_kind = SECRET_HIDDEN;
    if (memory == MAP_FAILED) {
        memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return STATUS_NO_MEMORY;
        *out_kind = mlock(memory, len) == 0 ? SECRET_LOCKED : SECRET_UNLOCKED;
        (void)madvise(memory, len, MADV_WIPEONFORK); /* nobody forks here; belt and braces */
    }
    (void)madvise(memory, len, MADV_DONTDUMP); /* the process does not dump at all */
    memset(memory, 0, len);
    *out_memory = memory;
    return STATUS_OK;
}

void secret_unmap(void *memory, size_t len)
{
    if (memory == NULL)
        return;
    memory_wipe(memory, len);
    (void)munmap(memory, len);
}

void secret_random(uint8_t *out, size_t len)
{
    while (len != 0) {
        const ssize_t got = getrandom(out, len, 0);
        if (got < 0 && errno != EINTR)
            abort(); /* a key that is not random is worse than none */
        if (got > 0) {
            out += got;
            len -= (size_t)got;
        }
    }
}

void secret_derive(struct bytes key, struct bytes salt, struct bytes info, uint8_t out[static 32])
{
    br_hkdf_context hkdf;
    br_hkdf_init(&hkdf, &br_sha256_vtable, salt.data, salt.len);
    br_hkdf_inject(&hkdf, key.data, key.len);
    br_hkdf_flip(&hkdf);
    (void)br_hkdf_produce(&hkdf, info.data, info.len, out, 32); /* 32 are always there */
    memory_wipe(&hkdf, sizeof hkdf);
}

void secret_mac(const uint8_t key[static 32], struct bytes data, uint8_t out[static 32])
{
    br_hmac_key_context keyed;
    br_hmac_context hmac;
    br_hmac_key_init(&keyed, &br_sha256_vtable, key, 32);
    br_hmac_init(&hmac, &keyed, 0);
    br_hmac_update(&hmac, data.data, data.len);
    (void)br_hmac_out(&hmac, out);
    memory_wipe(&keyed, sizeof keyed);
    memory_wipe(&hmac, sizeof hmac);
}

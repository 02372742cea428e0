/*
 * node/world/random.c: GATE_WORLD_RANDOM, and the hash behind device and node numbers.
 *
 * Bytes are the kernel's. Fixed randomness is ChaCha20 (BearSSL's) under the seed: each request has
 * a nonce of its own, made of its number and of which of the two kinds it asks for.
 */
#include <bearssl/bearssl_block.h>
#include <errno.h>
#include <sys/random.h>

#include "core/crypto/sha256.h"
#include "node/world/internal.h"

static bool fill_from_kernel(uint8_t *data, size_t len)
{
    while (len != 0) {
        ssize_t n = getrandom(data, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* The cell may write to `out` meanwhile; that changes its own bytes alone. */
static void fill_from_seed(struct world *world, uint64_t kind, uint8_t *out, size_t len)
{
    uint8_t nonce[12];
    uint32_t block = 0;
    store_le64(nonce, world->random_count++);
    store_le32(nonce + 8, (uint32_t)kind);
    while (len != 0) {
        uint8_t bytes[256] = {0};
        size_t n = len < sizeof bytes ? len : sizeof bytes;
        block = br_chacha20_ct_run(world->seed, nonce, block, bytes, sizeof bytes);
        memcpy(out, bytes, n);
        out += n;
        len -= n;
    }
}

bool world_random_init(struct world *world, const struct world_setup *setup)
{
    world->has_fixed_random = setup->has_fixed_random;
    memcpy(world->seed, setup->seed, sizeof world->seed);
    if (!world->has_fixed_random)
        return fill_from_kernel(world->identity_key, sizeof world->identity_key);
    sha256_digest(bytes_of(world->seed, sizeof world->seed), world->identity_key);
    return true;
}

enum gate_status world_random(struct world_call *call)
{
    uint64_t kind = call->request->args[0];
    if (kind > 1)
        return world_fail(call, GATE_ERROR_INVALID);
    if (call->world->has_fixed_random)
        fill_from_seed(call->world, kind, call->out, call->request->out.len);
    else if (!fill_from_kernel(call->out, call->request->out.len))
        return world_fail_errno(call, errno);
    call->reply->out.len = call->request->out.len;
    return GATE_OK;
}

uint64_t world_identity(const struct world *world, uint64_t a, uint64_t b)
{
    uint8_t input[32 + 16];
    uint8_t digest[32];
    memcpy(input, world->identity_key, 32);
    store_le64(input + 32, a);
    store_le64(input + 40, b);
    sha256_digest(bytes_of(input, sizeof input), digest);
    return load_le64(digest);
}

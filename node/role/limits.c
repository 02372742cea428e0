/*
 * node/role/limits.c: see limits.h.
 *
 * Measured with 4096 connections allowed, frames of 16 MB and 20 of them at once: api 75 MB of
 * address space and 61 resident; io 289 (64 of them the store's map) and 29, keys 160 and 12,
 * egress 54 and 13.
 */
#include "node/role/limits.h"

#include <sys/resource.h>

#include "node/config/settings.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

#define BODIES      (2 * GIB)   /* of messages, mapped to be read */
#define STORE_MAP   (256 * GIB) /* most that LMDB maps (node/io/store_table.h) */
#define FETCHES     320u        /* at once (node/egress/egress_internal.h) */
#define BODY_MOST   (32 * MIB)  /* of a message, or of a fetch's answer */
#define CONNECTIONS 2048u       /* descriptors of connections out, and what every role has */

struct role_limits role_limits_of(enum role_name name, const struct settings *settings)
{
    const uint64_t connections = settings->connections_max;
    struct role_limits limits = {ROLE_LIMIT_NONE, ROLE_LIMIT_NONE, ROLE_LIMIT_NONE, ROLE_LIMIT_NONE,
                                 ROLE_LIMIT_NONE};
    switch (name) {
    case ROLE_API: /* a budget of 256 MB for large frames; TLS of each connection */
        limits.data_bytes = 768 * MIB + connections * 512 * KIB;
        limits.space_bytes = limits.data_bytes + BODIES;
        limits.file_bytes = BODY_MOST;
        limits.descriptors = 2 * connections + CONNECTIONS;
        limits.processes = 0;
        break;
    case ROLE_IO: /* pages that LMDB has not written yet: 512 MB */
        limits.data_bytes = GIB + connections * 128 * KIB;
        limits.space_bytes = STORE_MAP + limits.data_bytes + BODIES;
        limits.file_bytes = STORE_MAP;
        limits.descriptors = 4 * connections + CONNECTIONS;
        break;
    case ROLE_KEYS:
        limits.data_bytes = 256 * MIB;
        limits.space_bytes = limits.data_bytes + BODIES;
        limits.file_bytes = BODY_MOST;
        limits.descriptors = CONNECTIONS;
        break;
    case ROLE_EGRESS: /* each with a request, and an answer that grows by doubling */
        limits.data_bytes = GIB + FETCHES * (BODY_MOST + 2 * settings->fetch_bytes);
        limits.space_bytes = limits.data_bytes + FETCHES * BODY_MOST;
        limits.file_bytes = BODY_MOST;
        limits.descriptors = CONNECTIONS;
        break;
    default:
        break;
    }
    return limits;
}

static bool lower(int which, uint64_t most)
{
    struct rlimit limit;
    if (most == ROLE_LIMIT_NONE)
        return true;
    if (getrlimit((__rlimit_resource_t)which, &limit) != 0)
        return false;
    if (limit.rlim_max > most)
        limit.rlim_max = most;
    if (limit.rlim_cur > limit.rlim_max)
        limit.rlim_cur = limit.rlim_max;
    return setrlimit((__rlimit_resource_t)which, &limit) == 0;
}

bool role_limits_enter(enum role_name name, const struct settings *settings)
{
    const struct role_limits limits = role_limits_of(name, settings);
    const uint64_t data = ROLE_IS_SANITIZED ? ROLE_LIMIT_NONE : limits.data_bytes;
    const uint64_t space = ROLE_IS_SANITIZED ? ROLE_LIMIT_NONE : limits.space_bytes;
    return lower(RLIMIT_DATA, data) && lower(RLIMIT_AS, space) &&
           lower(RLIMIT_FSIZE, limits.file_bytes) && lower(RLIMIT_NOFILE, limits.descriptors) &&
           lower(RLIMIT_NPROC, limits.processes);
}

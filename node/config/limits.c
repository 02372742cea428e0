/*
 * node/config/limits.c: the limits of settings.h in one table: defaults, codec and configuration
 * file read it, so a new limit is one line here.
 */
#include <stddef.h>

#include "node/config/settings.h"

#define KIB       ((uint64_t)1 << 10)
#define MIB       ((uint64_t)1 << 20)
#define GIB       ((uint64_t)1 << 30)
#define HOUR_MS   3600000u
#define DAY_MS    86400000u
#define FUEL_MOST (UINT64_MAX >> 1)
#define LIMIT(member, normal, least, most)                                                         \
    {#member,                                                                                      \
     (uint32_t)offsetof(struct settings, member),                                                  \
     (uint8_t)sizeof(((struct settings *)NULL)->member),                                           \
     (normal),                                                                                     \
     (least),                                                                                      \
     (most)}

const struct settings_limit settings_limits[SETTINGS_LIMIT_COUNT] = {
    LIMIT(frame_max, 16 * MIB, KIB, 16 * MIB),
    LIMIT(connections_max, 4096, 1, 32767),
    LIMIT(connections_per_peer, 1024, 1, 32767),
    LIMIT(handshake_ms, 10000, 100, HOUR_MS),
    LIMIT(idle_ms, 300000, 100, DAY_MS),
    LIMIT(request_ms, 30000, 100, HOUR_MS),
    LIMIT(apps_max, 256, 1, 1023),
    LIMIT(workers, 0, 0, 1024),
    LIMIT(calls_per_app, 8, 1, 1024),
    LIMIT(queue_max, 1024, 1, 65536),
    LIMIT(fuel, 10000000, 1, FUEL_MOST),
    LIMIT(memory_bytes, 64 * MIB, 64 * KIB, 4 * GIB),
    LIMIT(arena_bytes, 64 * MIB, MIB, 4 * GIB),
    LIMIT(call_ms, 10000, 1, HOUR_MS),
    LIMIT(fetch_ms, 10000, 1, HOUR_MS),
    LIMIT(fetch_bytes, 2 * MIB, KIB, 31 * MIB),
    LIMIT(store_bytes, 64 * MIB, 0, 1024 * GIB),
};

uint64_t settings_limit_get(const struct settings *settings, const struct settings_limit *limit)
{
    const uint8_t *place = (const uint8_t *)settings + limit->offset;
    uint32_t narrow;
    uint64_t wide;
    if (limit->size == sizeof narrow) {
        memcpy(&narrow, place, sizeof narrow);
        return narrow;
    }
    memcpy(&wide, place, sizeof wide);
    return wide;
}

void settings_limit_set(struct settings *settings, const struct settings_limit *limit,
                        uint64_t value)
{
    uint8_t *place = (uint8_t *)settings + limit->offset;
    const uint32_t narrow = (uint32_t)value;
    ASSERT(value >= limit->least && value <= limit->most);
    if (limit->size == sizeof narrow)
        memcpy(place, &narrow, sizeof narrow);
    else
        memcpy(place, &value, sizeof value);
}

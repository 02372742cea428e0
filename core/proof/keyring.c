/*
 * core/proof/keyring.c: the keys of an image, as bytes and back.
 */
#include "core/proof/keyring.h"

#include "core/crypto/sha256.h"

_Static_assert(sizeof(struct bundle_key) == KEYRING_ENTRY_BYTES, "an entry is a struct bundle_key");
_Static_assert(_Alignof(struct bundle_key) == 1, "entries may stand anywhere");
_Static_assert(offsetof(struct bundle_key, point) == 8, "kid, then point");

void keyring_name(struct bundle_key *key)
{
    uint8_t hash[32];
    sha256_digest(bytes_of(key->point, sizeof key->point), hash);
    memcpy(key->kid, hash, sizeof key->kid);
}

static bool is_named_rightly(const struct bundle_key *key)
{
    struct bundle_key named = *key;
    keyring_name(&named);
    return memcmp(named.kid, key->kid, sizeof key->kid) == 0;
}

static enum status check_header(struct bytes input, uint32_t *out_count, struct report *report)
{
    if (input.len < KEYRING_OFFSET_ENTRIES)
        return report_fail(report, STATUS_TRUNCATED, 0, "keyring ends inside of its header");
    if (load_le32(input.data + KEYRING_OFFSET_MAGIC) != KEYRING_MAGIC)
        return report_fail(report, STATUS_MALFORMED, KEYRING_OFFSET_MAGIC, "not a keyring");
    if (load_le32(input.data + KEYRING_OFFSET_VERSION) != KEYRING_VERSION)
        return report_fail(report, STATUS_MALFORMED, KEYRING_OFFSET_VERSION,
                           "keyring version is not 1");
    if ((load_le32(input.data + KEYRING_OFFSET_FLAGS) & ~(uint32_t)KEYRING_BENCH) != 0)
        return report_fail(report, STATUS_MALFORMED, KEYRING_OFFSET_FLAGS, "unknown keyring flags");
    uint32_t count = load_le32(input.data + KEYRING_OFFSET_COUNT);
    if (count > KEYRING_KEYS_MAX)
        return report_fail_u64(report, STATUS_LIMIT, KEYRING_OFFSET_COUNT,
                               "keyring of % keys is over 16", count);
    if (input.len != KEYRING_OFFSET_ENTRIES + (size_t)count * KEYRING_ENTRY_BYTES)
        return report_fail(report, STATUS_MALFORMED, KEYRING_OFFSET_COUNT,
                           "keyring's length does not fit its count");
    *out_count = count;
    return STATUS_OK;
}

enum status keyring_open(struct bytes input, const struct bundle_key **out_keys, size_t *out_count,
                         bool *out_bench, struct report *report)
{
    uint32_t count;
    enum status status = check_header(input, &count, report);
    if (status != STATUS_OK)
        return status;
    const struct bundle_key *keys = (const void *)(input.data + KEYRING_OFFSET_ENTRIES);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t offset = KEYRING_OFFSET_ENTRIES + (uint64_t)i * KEYRING_ENTRY_BYTES;
        if (!is_named_rightly(&keys[i]))
            return report_fail(report, STATUS_MALFORMED, offset, "key id is not the key's");
        if (i != 0 && memcmp(keys[i - 1].kid, keys[i].kid, sizeof keys[i].kid) >= 0)
            return report_fail(report, STATUS_MALFORMED, offset,
                               "keys must ascend, each only once");
    }
    *out_keys = keys;
    *out_count = count;
    *out_bench = (load_le32(input.data + KEYRING_OFFSET_FLAGS) & KEYRING_BENCH) != 0;
    return STATUS_OK;
}

static void sort_by_kid(struct bundle_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct bundle_key key = keys[i];
        size_t at = i;
        for (; at != 0 && memcmp(keys[at - 1].kid, key.kid, sizeof key.kid) > 0; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

enum status keyring_write(struct bundle_key *keys, size_t count, bool bench, struct buffer *buffer)
{
    if (count > KEYRING_KEYS_MAX)
        return STATUS_LIMIT;
    sort_by_kid(keys, count);
    for (size_t i = 0; i < count; i++) {
        bool is_twice = i != 0 && memcmp(keys[i - 1].kid, keys[i].kid, sizeof keys[i].kid) == 0;
        if (is_twice || !is_named_rightly(&keys[i]))
            return STATUS_INVALID;
    }
    uint8_t header[KEYRING_OFFSET_ENTRIES];
    store_le32(header + KEYRING_OFFSET_MAGIC, KEYRING_MAGIC);
    store_le32(header + KEYRING_OFFSET_VERSION, KEYRING_VERSION);
    store_le32(header + KEYRING_OFFSET_FLAGS, bench ? (uint32_t)KEYRING_BENCH : 0);
    store_le32(header + KEYRING_OFFSET_COUNT, (uint32_t)count);
    if (sizeof header + count * KEYRING_ENTRY_BYTES > buffer->cap - buffer->len)
        return STATUS_NO_MEMORY;
    enum status status = buffer_append(buffer, bytes_of(header, sizeof header));
    if (status == STATUS_OK)
        status = buffer_append(buffer, bytes_of(keys, count * KEYRING_ENTRY_BYTES));
    return status;
}

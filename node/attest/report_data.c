/*
 * node/attest/report_data.c: see report_data.h. SHA-512 by BearSSL.
 */
#include "node/attest/report_data.h"

#include <bearssl/bearssl_hash.h>
#include <time.h>

#include "core/crypto/sha256.h"

#define YEAR_10000 UINT64_C(253402300800)

static void put_decimal(uint8_t *out, int value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
}

enum status attest_minute(uint64_t unix_seconds, uint8_t out_minute[static ATTEST_MINUTE_LEN])
{
    struct tm tm;
    if (unix_seconds >= YEAR_10000)
        return STATUS_LIMIT;
    const time_t time = (time_t)unix_seconds;
    if (gmtime_r(&time, &tm) == NULL)
        return STATUS_LIMIT;
    memcpy(out_minute, "0000-00-00T00:00Z", ATTEST_MINUTE_LEN);
    put_decimal(out_minute, tm.tm_year + 1900, 4);
    put_decimal(out_minute + 5, tm.tm_mon + 1, 2);
    put_decimal(out_minute + 8, tm.tm_mday, 2);
    put_decimal(out_minute + 11, tm.tm_hour, 2);
    put_decimal(out_minute + 14, tm.tm_min, 2);
    return STATUS_OK;
}

/* SHA-512 over the key's hash, and what the caller adds before the end. */
static void begin(br_sha512_context *sha, struct bytes key)
{
    uint8_t hash[32];
    sha256_digest(key, hash);
    br_sha512_init(sha);
    br_sha512_update(sha, hash, sizeof hash);
}

void attest_report_data(struct bytes key, struct bytes binding, uint8_t out_data[static 64])
{
    br_sha512_context sha;
    begin(&sha, key);
    br_sha512_update(&sha, binding.data, binding.len);
    br_sha512_out(&sha, out_data);
}

void attest_report_data_session(struct bytes key, const uint8_t context[static 32],
                                const uint8_t exporter[static 32], struct bytes minute,
                                uint8_t out_data[static 64])
{
    br_sha512_context sha;
    begin(&sha, key);
    br_sha512_update(&sha, context, 32);
    br_sha512_update(&sha, exporter, 32);
    br_sha512_update(&sha, minute.data, minute.len);
    br_sha512_out(&sha, out_data);
}

void attest_report_data_digest(const uint8_t data[static 64], uint8_t out_digest[static 32])
{
    sha256_digest(bytes_of(data, 64), out_digest);
}

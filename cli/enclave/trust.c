/*
 * cli/enclave/trust.c: what the command line says is trusted becomes a policy.
 */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <time.h>

#include "cli/enclave/connection.h"
#include "core/crypto/sha256.h"

#define PEM_MAX     (1u << 20)
#define PROGRAM_MAX (256u << 20)

static bool read_hex(const char *text, uint8_t *out, size_t cap, size_t *out_len)
{
    size_t len = strlen(text);
    if (len % 2 != 0 || len / 2 > cap || strspn(text, "0123456789abcdefABCDEF") != len)
        return false;
    for (size_t i = 0; i < len / 2; i++) {
        const char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    *out_len = len / 2;
    return true;
}

/* `text` may be NULL: then *out_set stays as it is. */
static bool read_exact(const char *option, const char *text, uint8_t *out, size_t len,
                       const uint8_t **out_set)
{
    size_t got;
    if (text == NULL)
        return true;
    if (!read_hex(text, out, len, &got) || got != len) {
        cli_say("%s: %s is not %zu bytes in hex", option, text, len);
        return false;
    }
    *out_set = out;
    return true;
}

static bool hash_file(const char *path, uint8_t out_hash[static 32])
{
    struct bytes content;
    if (!cli_read(path, PROGRAM_MAX, &content))
        return false;
    sha256_digest(content, out_hash);
    cli_free(content);
    return true;
}

/* --code-hash takes the hash, or @FILE: the app itself. */
static bool read_code_hash(const struct enclave_options *options, struct enclave_trust *trust)
{
    const char *text = options->code_hash;
    if (text == NULL || text[0] != '@')
        return read_exact("--code-hash", text, trust->code_hash, 32, &trust->policy.code_hash);
    if (!hash_file(text + 1, trust->code_hash))
        return false;
    trust->policy.code_hash = trust->code_hash;
    return true;
}

static bool read_file(const char *path, struct bytes *content, struct bytes *out_view)
{
    if (path == NULL)
        return true;
    if (!cli_read(path, PEM_MAX, content))
        return false;
    *out_view = *content;
    return true;
}

/* OID=HEX */
static bool read_claims(const struct enclave_options *options, struct enclave_trust *trust)
{
    for (size_t i = 0; i < options->oids.count; i++) {
        const char *text = options->oids.items[i];
        const char *equals = strchr(text, '=');
        size_t oid_len = equals == NULL ? 0 : (size_t)(equals - text), len;
        if (i == ATTEST_CLAIMS_MAX || oid_len == 0 || oid_len >= sizeof trust->claim_oids[0] ||
            !read_hex(equals + 1, trust->claim_values[i], sizeof trust->claim_values[0], &len)) {
            cli_say("--oid: %s is not OID=HEX, or it is the %u-th", text, ATTEST_CLAIMS_MAX + 1);
            return false;
        }
        memcpy(trust->claim_oids[i], text, oid_len);
        trust->policy.claims[i] =
            (struct attest_claim){trust->claim_oids[i], bytes_of(trust->claim_values[i], len)};
        trust->policy.claim_count = (uint32_t)i + 1;
    }
    return true;
}

/* N=HEX */
static bool read_pcrs(const struct enclave_options *options, struct attest_policy *policy)
{
    for (size_t i = 0; i < options->pcrs.count; i++) {
        const char *text = options->pcrs.items[i];
        char *end;
        unsigned long index = strtoul(text, &end, 10);
        struct attest_pcr *pcr = &policy->pcrs[policy->pcr_count];
        size_t len;
        if (end == text || *end != '=' || index >= ATTEST_PCRS_MAX ||
            policy->pcr_count == ATTEST_PCRS_MAX - 1 ||
            !read_hex(end + 1, pcr->value, sizeof pcr->value, &len) || len != 32) {
            cli_say("--pcr: %s is not N=HEX, a PCR from 0 to 23 and 32 bytes", text);
            return false;
        }
        pcr->index = (uint32_t)index;
        policy->pcr_count++;
    }
    return true;
}

/* --programs DIR: PCR 23 is what these two give. */
static bool read_programs(const struct enclave_options *options, struct attest_policy *policy)
{
    char path[4096];
    uint8_t aetherd[32], cell[32];
    struct attest_pcr *pcr = &policy->pcrs[policy->pcr_count];
    if (options->programs == NULL)
        return true;
    if (snprintf(path, sizeof path, "%s/aetherd", options->programs) >= (int)sizeof path ||
        !hash_file(path, aetherd))
        return false;
    if (snprintf(path, sizeof path, "%s/aether-cell", options->programs) >= (int)sizeof path ||
        !hash_file(path, cell))
        return false;
    pcr->index = 23;
    attest_programs_pcr(aetherd, cell, pcr->value);
    policy->pcr_count++;
    return true;
}

bool trust_read(const struct enclave_options *options, struct enclave_trust *trust)
{
    struct attest_policy *policy = &trust->policy;
    policy->now = (uint64_t)time(NULL);
    policy->allows_any_chain = options->insecure;
    policy->allows_none = options->allows_none || options->insecure;
    policy->demands_origin = options->demands_origin;
    return read_file(options->ca, &trust->anchors, &policy->anchors) &&
           read_file(options->tpm_ca, &trust->tpm_anchors, &policy->tpm_anchors) &&
           read_file(options->intel_ca, &trust->sgx_anchors, &policy->sgx_anchors) &&
           read_code_hash(options, trust) &&
           read_exact("--ak", options->ak, trust->ak_name, 34, &policy->ak_name) &&
           read_exact("--pcr-digest", options->pcr_digest, trust->pcr_digest, 32,
                      &policy->pcr_digest) &&
           read_exact("--mr-enclave", options->mr_enclave, trust->mr_enclave, 32,
                      &policy->mr_enclave) &&
           read_exact("--mr-signer", options->mr_signer, trust->mr_signer, 32,
                      &policy->mr_signer) &&
           read_claims(options, trust) && read_pcrs(options, policy) &&
           read_programs(options, policy);
}

void trust_free(struct enclave_trust *trust)
{
    cli_free(trust->anchors);
    cli_free(trust->tpm_anchors);
    cli_free(trust->sgx_anchors);
}

/*
 * node/attest/verify_tpm.c: a TPM's quote: TPMS_ATTEST, TPMT_SIGNATURE and TPMT_PUBLIC, taken apart
 * and checked row by row (docs/attestation.md 3; TPM 2.0 Library part 2).
 *
 * Invariants:
 *   (1) Structures are decoded whole: nothing may be left over in any of them.
 *   (2) Of a quote's content only what SIGNATURE covers goes into the verdict, and after it held.
 */
#include <openssl/x509v3.h>

#include "core/crypto/sha256.h"
#include "node/attest/evidence.h"
#include "node/attest/report_data.h"
#include "node/attest/verify_internal.h"

#define TPM_MAGIC          0xFF544347u
#define TPM_ST_QUOTE       0x8018u
#define TPM_ALG_SHA256     0x000Bu
#define TPM_ALG_NULL       0x0010u
#define TPM_ALG_ECDSA      0x0018u
#define TPM_ALG_ECC        0x0023u
#define TPM_CURVE_P256     0x0003u
#define TPM_RH_ENDORSEMENT 0x4000000Bu

/* TPMA_OBJECT */
#define ATTR_FIXED_TPM    (1u << 1)
#define ATTR_FIXED_PARENT (1u << 4)
#define ATTR_DATA_ORIGIN  (1u << 5)
#define ATTR_RESTRICTED   (1u << 16)
#define ATTR_DECRYPT      (1u << 17)
#define ATTR_SIGN         (1u << 18)
#define ATTR_WANTED                                                                                \
    (ATTR_FIXED_TPM | ATTR_FIXED_PARENT | ATTR_DATA_ORIGIN | ATTR_RESTRICTED | ATTR_SIGN)

#define PROGRAMS_PCR 23u /* docs/attestation.md: what the service was started from */

/* Big-endian numbers off the front; after the first that is not there, is_short stays. */
struct reader {
    struct bytes rest;
    bool is_short;
};

static struct bytes take(struct reader *reader, size_t len)
{
    struct bytes head = bytes_of("", 0);
    if (!reader->is_short && bytes_take(&reader->rest, len, &head) != STATUS_OK)
        reader->is_short = true;
    return head;
}

static uint64_t take_number(struct reader *reader, size_t len)
{
    struct bytes bytes = take(reader, len);
    uint64_t number = 0;
    for (size_t i = 0; i < bytes.len; i++)
        number = number << 8 | bytes.data[i];
    return number;
}

/* A TPM2B: two bytes of length and so many bytes. */
static struct bytes take_sized(struct reader *reader)
{
    return take(reader, (size_t)take_number(reader, 2));
}

static bool is_at_end(const struct reader *reader)
{
    return !reader->is_short && reader->rest.len == 0;
}

struct quote {
    struct bytes signer, extra_data, pcr_digest;
    uint64_t clock, firmware;
    uint32_t reset_count, restart_count, pcr_mask;
};

static uint32_t count_bits(uint32_t mask)
{
    uint32_t count = 0;
    for (; mask != 0; mask &= mask - 1)
        count++;
    return count;
}

/* TPML_PCR_SELECTION of exactly one bank, SHA-256. */
static bool take_selection(struct reader *reader, uint32_t *out_mask)
{
    bool is_one = take_number(reader, 4) == 1;
    bool is_sha256 = take_number(reader, 2) == TPM_ALG_SHA256;
    bool is_short = take_number(reader, 1) != 3;
    struct bytes bits = take(reader, 3);
    if (!is_one || !is_sha256 || is_short || bits.len != 3)
        return false;
    *out_mask = bits.data[0] | (uint32_t)bits.data[1] << 8 | (uint32_t)bits.data[2] << 16;
    return true;
}

static enum status read_quote(struct verify *verify, struct bytes attest, struct quote *quote)
{
    struct reader reader = {.rest = attest};
    if (take_number(&reader, 4) != TPM_MAGIC)
        return verify_fail(verify, ATTEST_CHECK_QUOTE, "it is not by a TPM: the magic is wrong");
    if (take_number(&reader, 2) != TPM_ST_QUOTE)
        return verify_fail(verify, ATTEST_CHECK_QUOTE, "the TPM signed something, but not a quote");
    quote->signer = take_sized(&reader);
    quote->extra_data = take_sized(&reader);
    quote->clock = take_number(&reader, 8);
    quote->reset_count = (uint32_t)take_number(&reader, 4);
    quote->restart_count = (uint32_t)take_number(&reader, 4);
    bool is_safe_known = take_number(&reader, 1) <= 1;
    quote->firmware = take_number(&reader, 8);
    if (!take_selection(&reader, &quote->pcr_mask))
        return verify_fail(verify, ATTEST_CHECK_QUOTE,
                           "it is not of PCRs of the SHA-256 bank alone");
    quote->pcr_digest = take_sized(&reader);
    if (!is_at_end(&reader) || !is_safe_known || quote->pcr_digest.len != 32)
        return verify_fail(verify, ATTEST_CHECK_QUOTE, "it is not well-formed");
    return verify_hold(verify, ATTEST_CHECK_QUOTE);
}

static enum status check_binding(struct verify *verify, const struct quote *quote)
{
    uint8_t digest[32];
    attest_report_data_digest(verify->report_data, digest);
    if (!bytes_equal(quote->extra_data, bytes_of(digest, sizeof digest)))
        return verify_fail(verify, ATTEST_CHECK_BINDING,
                           verify->policy->nonce.len != 0
                               ? "the quote is not for this key and this challenge"
                               : "the quote is not for this key and this time");
    return verify_hold(verify, ATTEST_CHECK_BINDING);
}

/* ---- the attestation key ---- */

struct key {
    uint8_t name[34]; /* 000b | SHA-256(TPMT_PUBLIC) */
    uint8_t point[64];
};

/* x or y: no leading zeros need be there. */
static bool take_coordinate(struct reader *reader, uint8_t out[static 32])
{
    struct bytes number = take_sized(reader);
    if (number.len > 32)
        return false;
    memset(out, 0, 32);
    if (number.len != 0)
        memcpy(out + 32 - number.len, number.data, number.len);
    return true;
}

static enum status read_key(struct verify *verify, struct bytes public, struct key *key)
{
    struct reader reader = {.rest = public};
    bool is_ecc = take_number(&reader, 2) == TPM_ALG_ECC;
    bool is_sha256 = take_number(&reader, 2) == TPM_ALG_SHA256;
    uint32_t attributes = (uint32_t)take_number(&reader, 4);
    (void)take_sized(&reader); /* authPolicy: who may use it, not what it may do */
    bool has_no_cipher = take_number(&reader, 2) == TPM_ALG_NULL;
    bool is_ecdsa = take_number(&reader, 2) == TPM_ALG_ECDSA;
    is_ecdsa = take_number(&reader, 2) == TPM_ALG_SHA256 && is_ecdsa;
    bool is_p256 = take_number(&reader, 2) == TPM_CURVE_P256;
    bool has_no_kdf = take_number(&reader, 2) == TPM_ALG_NULL;
    bool has_point =
        take_coordinate(&reader, key->point) && take_coordinate(&reader, key->point + 32);
    if (!is_at_end(&reader) || !is_ecc || !is_sha256 || !has_no_cipher || !is_ecdsa || !is_p256 ||
        !has_no_kdf || !has_point)
        return verify_fail(verify, ATTEST_CHECK_KEY, "it is no P-256 key that signs by ECDSA");
    if ((attributes & ATTR_WANTED) != ATTR_WANTED || (attributes & ATTR_DECRYPT) != 0)
        return verify_fail(verify, ATTEST_CHECK_KEY,
                           "it is not restricted, for signing, made in the TPM and fixed to it");
    key->name[0] = 0;
    key->name[1] = TPM_ALG_SHA256;
    sha256_digest(public, key->name + 2);
    return STATUS_OK;
}

/* The quote names its signer: this key as a primary one of the endorsement hierarchy. */
static enum status check_signer(struct verify *verify, const struct quote *quote,
                                const struct key *key)
{
    uint8_t parent_and_name[4 + sizeof key->name] = {TPM_RH_ENDORSEMENT >> 24, 0, 0,
                                                     TPM_RH_ENDORSEMENT & 0xFF};
    uint8_t qualified[34] = {0, TPM_ALG_SHA256};
    memcpy(parent_and_name + 4, key->name, sizeof key->name);
    sha256_digest(bytes_of(parent_and_name, sizeof parent_and_name), qualified + 2);
    if (!bytes_equal(quote->signer, bytes_of(qualified, sizeof qualified)))
        return verify_fail(verify, ATTEST_CHECK_KEY, "the quote names another key as its signer");
    return verify_hold(verify, ATTEST_CHECK_KEY);
}

static enum status check_signature(struct verify *verify, const struct attest_evidence *evidence,
                                   const struct key *key)
{
    struct reader reader = {.rest = evidence->signature};
    uint8_t raw[64];
    bool is_ecdsa = take_number(&reader, 2) == TPM_ALG_ECDSA;
    bool is_sha256 = take_number(&reader, 2) == TPM_ALG_SHA256;
    bool has_numbers = take_coordinate(&reader, raw) && take_coordinate(&reader, raw + 32);
    if (!is_at_end(&reader) || !is_ecdsa || !is_sha256 || !has_numbers)
        return verify_fail(verify, ATTEST_CHECK_SIGNATURE, "it is no ECDSA with SHA-256");
    if (!verify_ecdsa(key->point, raw, evidence->attest))
        return verify_fail(verify, ATTEST_CHECK_SIGNATURE,
                           "the attestation key did not sign this quote");
    return verify_hold(verify, ATTEST_CHECK_SIGNATURE);
}

/* ---- whose key ---- */

/* TCG: a certificate for attestation keys says so (2.23.133.8.3), so that no other certificate of
 * the same authority, for a key that is in no TPM, passes for one. */
static bool is_for_attestation(X509 *certificate)
{
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    bool is_found = false;
    char text[64];
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++) {
        int len = OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usages, i), 1);
        if (len > 0 && strcmp(text, "2.23.133.8.3") == 0)
            is_found = true;
    }
    sk_ASN1_OBJECT_pop_free(usages, ASN1_OBJECT_free);
    return is_found;
}

static enum status check_ak_chain(struct verify *verify, const struct attest_evidence *evidence,
                                  const struct key *key)
{
    uint8_t point[64];
    if (evidence->cert_count == 0)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "the server has no certificate for its attestation key");
    X509 *certificate = verify_certificate(evidence->certs[0]);
    bool is_its = certificate != NULL && verify_point(certificate, point) &&
                  memcmp(point, key->point, sizeof point) == 0;
    bool is_for_it = is_its && is_for_attestation(certificate);
    int error = is_for_it ? verify_path(certificate, evidence->certs + 1, evidence->cert_count - 1,
                                        verify->policy->tpm_anchors, verify->policy->now)
                          : -1;
    X509_free(certificate);
    if (!is_its)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "the certificate is not for the key that signed the quote");
    if (!is_for_it)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "the certificate is not one for attestation keys");
    if (error < 0)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "nothing in what was given to be trusted is a certificate");
    if (error != X509_V_OK)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN, X509_verify_cert_error_string(error));
    verify->verdict->origin = ATTEST_ORIGIN_CHAIN;
    return verify_hold(verify, ATTEST_CHECK_ORIGIN);
}

static enum status check_origin(struct verify *verify, const struct attest_evidence *evidence,
                                const struct key *key)
{
    const struct attest_policy *policy = verify->policy;
    memcpy(verify->verdict->ak_name, key->name, sizeof key->name);
    if (policy->ak_name != NULL && memcmp(policy->ak_name, key->name, sizeof key->name) != 0)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "it is another attestation key than the one that was given");
    if (policy->tpm_anchors.len != 0)
        return check_ak_chain(verify, evidence, key);
    if (policy->ak_name != NULL) {
        verify->verdict->origin = ATTEST_ORIGIN_PINNED;
        return verify_hold(verify, ATTEST_CHECK_ORIGIN);
    }
    verify->verdict->origin = ATTEST_ORIGIN_ISSUER;
    if (policy->demands_origin)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "nothing was given that says whose attestation key it is");
    return STATUS_OK; /* NOT_ASKED */
}

/* ---- what was measured ---- */

static enum status check_pcrs(struct verify *verify, const struct attest_evidence *evidence,
                              const struct quote *quote)
{
    struct attest_verdict *verdict = verify->verdict;
    uint8_t digest[32];
    struct bytes values = evidence->pcr_values, value;
    if (values.len != 32 * (size_t)count_bits(quote->pcr_mask))
        return verify_fail(verify, ATTEST_CHECK_PCRS,
                           "there are not as many values as PCRs were quoted");
    sha256_digest(values, digest);
    if (!bytes_equal(quote->pcr_digest, bytes_of(digest, sizeof digest)))
        return verify_fail(verify, ATTEST_CHECK_PCRS, "other values were quoted than are there");
    for (uint32_t i = 0; i < ATTEST_PCRS_MAX; i++)
        if ((quote->pcr_mask >> i & 1) != 0 && bytes_take(&values, 32, &value) == STATUS_OK)
            memcpy(verdict->pcr_values[i], value.data, 32);
    if ((quote->pcr_mask >> PROGRAMS_PCR & 1) == 0)
        return verify_fail(verify, ATTEST_CHECK_PCRS,
                           "PCR 23, which measures the service's programs, was not quoted");
    verdict->pcr_mask = quote->pcr_mask;
    memcpy(verdict->pcr_digest, digest, sizeof digest);
    verdict->clock_ms = quote->clock;
    verdict->reset_count = quote->reset_count;
    verdict->restart_count = quote->restart_count;
    verdict->firmware = quote->firmware;
    return verify_hold(verify, ATTEST_CHECK_PCRS);
}

static enum status check_measurement(struct verify *verify)
{
    const struct attest_policy *policy = verify->policy;
    const struct attest_verdict *verdict = verify->verdict;
    if (policy->mr_enclave != NULL || policy->mr_signer != NULL)
        return verify_fail(verify, ATTEST_CHECK_MEASUREMENT,
                           "an enclave of SGX was asked for, and this is a TPM");
    if (policy->pcr_digest != NULL && memcmp(policy->pcr_digest, verdict->pcr_digest, 32) != 0)
        return verify_fail(verify, ATTEST_CHECK_MEASUREMENT,
                           "the digest of the PCRs is not the expected one");
    for (uint32_t i = 0; i < policy->pcr_count; i++) {
        const struct attest_pcr *pcr = &policy->pcrs[i];
        if (pcr->index >= ATTEST_PCRS_MAX || (verdict->pcr_mask >> pcr->index & 1) == 0)
            return verify_fail(verify, ATTEST_CHECK_MEASUREMENT,
                               "a PCR that was asked for is not in the quote");
        if (memcmp(pcr->value, verdict->pcr_values[pcr->index], 32) != 0)
            return verify_fail(verify, ATTEST_CHECK_MEASUREMENT,
                               "a PCR has another value than the expected one");
    }
    if (policy->pcr_digest == NULL && policy->pcr_count == 0)
        return STATUS_OK; /* NOT_ASKED */
    return verify_hold(verify, ATTEST_CHECK_MEASUREMENT);
}

enum status verify_tpm(struct verify *verify, struct bytes record)
{
    struct attest_evidence evidence;
    struct quote quote = {.pcr_mask = 0};
    struct key key = {.name = {0}};
    verify->verdict->kind = ATTEST_EVIDENCE_TPM;
    if (attest_evidence_decode(record, &evidence, NULL) != STATUS_OK)
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "it is no evidence of a TPM in a form that is known");
    enum status status = verify_hold(verify, ATTEST_CHECK_EVIDENCE);
    if (status == STATUS_OK)
        status = read_quote(verify, evidence.attest, &quote);
    if (status == STATUS_OK)
        status = check_binding(verify, &quote);
    if (status == STATUS_OK)
        status = read_key(verify, evidence.ak_public, &key);
    if (status == STATUS_OK)
        status = check_signer(verify, &quote, &key);
    if (status == STATUS_OK)
        status = check_signature(verify, &evidence, &key);
    if (status == STATUS_OK)
        status = check_origin(verify, &evidence, &key);
    if (status == STATUS_OK)
        status = check_pcrs(verify, &evidence, &quote);
    return status != STATUS_OK ? status : check_measurement(verify);
}

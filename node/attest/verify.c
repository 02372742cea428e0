/*
 * node/attest/verify.c: see verify.h.
 */
#include "node/attest/verify.h"

#include "core/crypto/sha256.h"
#include "node/attest/evidence.h"
#include "node/attest/oid.h"
#include "node/attest/report_data.h"
#include "node/attest/verify_internal.h"

static const char *const words[] = {
#define X(NAME, word) word,
    ATTEST_CHECK_LIST(X)
#undef X
};

const char *attest_check_word(enum attest_check check)
{
    return check < ATTEST_CHECK_COUNT ? words[check] : "";
}

enum status verify_hold(struct verify *verify, enum attest_check check)
{
    verify->verdict->results[check] = ATTEST_HELD;
    return STATUS_OK;
}

enum status verify_fail(struct verify *verify, enum attest_check check, const char *sentence)
{
    char text[REPORT_TEXT_MAX];
    size_t len = strlen(words[check]), rest = strlen(sentence);
    verify->verdict->results[check] = ATTEST_FAILED;
    verify->verdict->failed = check;
    if (rest > sizeof text - len - 3)
        rest = sizeof text - len - 3;
    memcpy(text, words[check], len);
    memcpy(text + len, ": ", 2);
    memcpy(text + len + 2, sentence, rest);
    text[len + 2 + rest] = '\0';
    return report_fail(verify->report, STATUS_INVALID, REPORT_NO_OFFSET, text);
}

/* ---- the leaf ---- */

static bool has_extension_twice(X509 *leaf)
{
    int count = X509_get_ext_count(leaf);
    for (int i = 0; i < count && count <= 64; i++) {
        const ASN1_OBJECT *object = X509_EXTENSION_get_object(X509_get_ext(leaf, i));
        if (X509_get_ext_by_OBJ(leaf, object, i) >= 0)
            return true;
    }
    return count > 64;
}

static enum status check_certificate(struct verify *verify, X509 *leaf,
                                     const struct attest_chain *chain)
{
    uint8_t point[64];
    if (leaf == NULL)
        return verify_fail(verify, ATTEST_CHECK_CERTIFICATE,
                           "the server's certificate can not be read");
    if (!verify_point(leaf, point))
        return verify_fail(verify, ATTEST_CHECK_CERTIFICATE, "its key is not of P-256");
    if (has_extension_twice(leaf))
        return verify_fail(verify, ATTEST_CHECK_CERTIFICATE,
                           "an extension is there twice, or there are more than 64");
    if (chain->count > 1)
        sha256_digest(chain->certs[1], verify->verdict->issuer_hash);
    return verify_hold(verify, ATTEST_CHECK_CERTIFICATE);
}

static enum status check_chain(struct verify *verify, X509 *leaf, const struct attest_chain *chain)
{
    const struct attest_policy *policy = verify->policy;
    if (policy->anchors.len == 0) {
        if (policy->allows_any_chain)
            return STATUS_OK; /* NOT_ASKED, and it stays so */
        return verify_fail(verify, ATTEST_CHECK_CHAIN,
                           "no certificate was given that the server's must lead to");
    }
    int error = verify_path(leaf, chain->certs + 1, chain->count - 1, policy->anchors, policy->now);
    if (verify_is_date_error(error)) {
        enum status status = verify_hold(verify, ATTEST_CHECK_CHAIN);
        return status != STATUS_OK ? status
                                   : verify_fail(verify, ATTEST_CHECK_DATES,
                                                 "a certificate is not valid yet, or not any more");
    }
    if (error < 0)
        return verify_fail(verify, ATTEST_CHECK_CHAIN,
                           "nothing in what was given to be trusted is a certificate");
    if (error != X509_V_OK)
        return verify_fail(verify, ATTEST_CHECK_CHAIN, X509_verify_cert_error_string(error));
    return verify_hold(verify, ATTEST_CHECK_CHAIN);
}

static enum status check_dates(struct verify *verify, X509 *leaf)
{
    time_t now = (time_t)verify->policy->now;
    if (X509_cmp_time(X509_get0_notBefore(leaf), &now) >= 0)
        return verify_fail(verify, ATTEST_CHECK_DATES, "the certificate is not valid yet");
    if (X509_cmp_time(X509_get0_notAfter(leaf), &now) <= 0)
        return verify_fail(verify, ATTEST_CHECK_DATES, "the certificate is not valid any more");
    return verify_hold(verify, ATTEST_CHECK_DATES);
}

static enum status check_claims(struct verify *verify, X509 *leaf)
{
    const struct attest_policy *policy = verify->policy;
    struct bytes value;
    for (uint32_t i = 0; i < policy->claim_count; i++) {
        const struct attest_claim *claim = &policy->claims[i];
        if (!verify_extension(leaf, claim->oid, &value))
            return verify_fail(verify, ATTEST_CHECK_CLAIMS,
                               "an extension that was asked for is not there");
        if (!bytes_equal(value, claim->value))
            return verify_fail(verify, ATTEST_CHECK_CLAIMS,
                               "an extension has another value than was asked for");
    }
    return policy->claim_count == 0 ? STATUS_OK : verify_hold(verify, ATTEST_CHECK_CLAIMS);
}

static enum status check_code(struct verify *verify, X509 *leaf)
{
    struct attest_verdict *verdict = verify->verdict;
    struct bytes value;
    if (verify_extension(leaf, ATTEST_OID_APP_CODE, &value)) {
        if (value.len != sizeof verdict->code_hash)
            return verify_fail(verify, ATTEST_CHECK_CODE, "the leaf's code hash has not 32 bytes");
        memcpy(verdict->code_hash, value.data, value.len);
        verdict->has_code_hash = true;
    }
    if (verify->policy->code_hash == NULL)
        return STATUS_OK;
    if (!verdict->has_code_hash)
        return verify_fail(verify, ATTEST_CHECK_CODE,
                           "the leaf has no code hash: it is not an app's (ask by its host name)");
    if (memcmp(verify->policy->code_hash, verdict->code_hash, 32) != 0)
        return verify_fail(verify, ATTEST_CHECK_CODE, "the server runs other code");
    return verify_hold(verify, ATTEST_CHECK_CODE);
}

/* ---- the evidence ---- */

static enum status no_evidence(struct verify *verify)
{
    verify->verdict->kind = ATTEST_EVIDENCE_NONE;
    if (!verify->policy->allows_none)
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "the server shows none: nothing says on what machine it runs, or what");
    const struct attest_policy *policy = verify->policy;
    if (policy->ak_name != NULL || policy->tpm_anchors.len != 0 || policy->pcr_digest != NULL ||
        policy->pcr_count != 0 || policy->demands_origin || policy->mr_enclave != NULL ||
        policy->mr_signer != NULL || policy->nonce.len != 0)
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "the server shows none, but something was asked of it");
    return STATUS_OK;
}

/* Report data of what was asked for: B is the nonce, or the minute of NotBefore. */
static bool make_report_data(struct verify *verify, X509 *leaf)
{
    uint8_t *spki = NULL, minute[ATTEST_MINUTE_LEN];
    struct tm tm;
    struct bytes binding = verify->policy->nonce;
    if (binding.len == 0) {
        if (ASN1_TIME_to_tm(X509_get0_notBefore(leaf), &tm) != 1)
            return false;
        time_t seconds = timegm(&tm);
        if (seconds < 0 || attest_minute((uint64_t)seconds, minute) != STATUS_OK)
            return false;
        binding = bytes_of(minute, sizeof minute);
    }
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &spki);
    if (len > 0)
        attest_report_data(bytes_of(spki, (size_t)len), binding, verify->report_data);
    OPENSSL_free(spki);
    return len > 0;
}

static enum status check_evidence(struct verify *verify, X509 *leaf)
{
    struct bytes kind, extension, record;
    bool says_kind = verify_extension(leaf, ATTEST_OID_EVIDENCE_KIND, &kind);
    bool has_tpm = verify_extension(leaf, ATTEST_OID_CMW, &extension);
    if (!has_tpm && verify_extension(leaf, ATTEST_OID_SGX, &record)) {
        verify->verdict->kind = ATTEST_EVIDENCE_SGX;
        return verify_sgx(verify, record);
    }
    if (!has_tpm && says_kind && !bytes_equal(kind, BYTES_LITERAL("none")))
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "the leaf says that it has evidence, but there is none");
    if (!has_tpm)
        return no_evidence(verify);
    if (says_kind && !bytes_equal(kind, BYTES_LITERAL("tpm")))
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "the leaf has evidence of another kind than it says");
    if (attest_evidence_unwrap(extension, &record, NULL) != STATUS_OK)
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "the evidence's extension is not an OCTET STRING");
    return verify_tpm(verify, record);
}

/* ---- from above ---- */

static enum status check_leaf(struct verify *verify, X509 *leaf, const struct attest_chain *chain)
{
    struct bytes dev;
    enum status status = check_certificate(verify, leaf, chain);
    if (status == STATUS_OK)
        status = check_chain(verify, leaf, chain);
    if (status == STATUS_OK)
        status = check_dates(verify, leaf);
    if (status == STATUS_OK)
        status = check_claims(verify, leaf);
    if (status == STATUS_OK)
        status = check_code(verify, leaf);
    if (status == STATUS_OK)
        verify->verdict->is_dev = verify_extension(leaf, ATTEST_OID_DEV, &dev);
    return status;
}

static void hash_key(X509 *leaf, uint8_t out_hash[static 32])
{
    uint8_t *spki = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &spki);
    if (len > 0)
        sha256_digest(bytes_of(spki, (size_t)len), out_hash);
    OPENSSL_free(spki);
}

enum status attest_verify(const struct attest_policy *policy, const struct attest_chain *chain,
                          struct attest_verdict *out_verdict, struct report *report)
{
    struct verify verify = {.policy = policy, .verdict = out_verdict, .report = report};
    memset(out_verdict, 0, sizeof *out_verdict);
    out_verdict->failed = ATTEST_CHECK_COUNT;
    if (chain->count == 0 || chain->count > ATTEST_CHAIN_MAX)
        return verify_fail(&verify, ATTEST_CHECK_CERTIFICATE,
                           "the server sent none, or more than eight");
    X509 *leaf = verify_certificate(chain->certs[0]);
    enum status status = check_leaf(&verify, leaf, chain);
    if (status == STATUS_OK) {
        hash_key(leaf, out_verdict->spki_hash);
        status = make_report_data(&verify, leaf)
                     ? check_evidence(&verify, leaf)
                     : verify_fail(&verify, ATTEST_CHECK_BINDING,
                                   "the leaf's dates are none that evidence can be bound to");
    }
    X509_free(leaf);
    return status;
}

enum status attest_verify_session(const struct attest_policy *policy,
                                  const struct attest_chain *chain,
                                  const struct attest_answer *answer,
                                  struct attest_verdict *verdict, struct report *report)
{
    struct verify verify = {.policy = policy, .verdict = verdict, .report = report};
    uint8_t *spki = NULL;
    if (chain->count == 0)
        return verify_fail(&verify, ATTEST_CHECK_CERTIFICATE, "the server sent none");
    X509 *leaf = verify_certificate(chain->certs[0]);
    int len = leaf == NULL ? 0 : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &spki);
    if (len > 0)
        attest_report_data_session(bytes_of(spki, (size_t)len), answer->context, answer->exporter,
                                   answer->minute, verify.report_data);
    OPENSSL_free(spki);
    X509_free(leaf);
    if (len <= 0)
        return verify_fail(&verify, ATTEST_CHECK_CERTIFICATE,
                           "the server's certificate can not be read");
    if (bytes_equal(answer->kind, BYTES_LITERAL("none")))
        return no_evidence(&verify);
    if (!bytes_equal(answer->kind, BYTES_LITERAL("tpm")))
        return verify_fail(&verify, ATTEST_CHECK_EVIDENCE,
                           "the server's answer has evidence of a kind that is not known here");
    return verify_tpm(&verify, answer->evidence);
}

void attest_programs_pcr(const uint8_t aetherd[static 32], const uint8_t cell[static 32],
                         uint8_t out_pcr[static 32])
{
    uint8_t both[64] = {0};
    memcpy(both + 32, aetherd, 32);
    sha256_digest(bytes_of(both, sizeof both), both);
    memcpy(both + 32, cell, 32);
    sha256_digest(bytes_of(both, sizeof both), out_pcr);
}

/*
 * tests/unit/keys/test_tpm_quote.c: what a TPM (swtpm) quotes: in leaves, for sessions, as the
 * clients' verifier sees it, and the certificates that go with it.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <time.h>

#include "core/crypto/p256.h"
#include "core/crypto/sha256.h"
#include "node/attest/evidence.h"
#include "node/attest/oid.h"
#include "node/attest/report_data.h"
#include "node/attest/verify.h"
#include "tests/support/test.h"
#include "tests/support/tpm_trial.h"

/* The first extension of a leaf, which must be id-pe-cmw. */
static struct attest_evidence evidence_of(X509 *leaf)
{
    char text[128];
    struct attest_evidence evidence;
    struct bytes record;
    X509_EXTENSION *extension = X509_get_ext(leaf, 0);
    assert_non_null(extension);
    (void)OBJ_obj2txt(text, sizeof text, X509_EXTENSION_get_object(extension), 1);
    assert_string_equal(text, ATTEST_OID_CMW);
    assert_int_equal(X509_EXTENSION_get_critical(extension), 0);
    const ASN1_OCTET_STRING *content = X509_EXTENSION_get_data(extension);
    const struct bytes value =
        bytes_of(ASN1_STRING_get0_data(content), (size_t)ASN1_STRING_length(content));
    assert_int_equal(attest_evidence_unwrap(value, &record, NULL), STATUS_OK);
    assert_int_equal(attest_evidence_decode(record, &evidence, NULL), STATUS_OK);
    return evidence;
}

/* Every row of docs/attestation.md section 3, at its place. */
static void assert_quote(const struct attest_evidence *evidence, const uint8_t digest[static 32],
                         const struct settings *settings)
{
    static const uint8_t head[] = {0xff, 0x54, 0x43, 0x47, 0x80, 0x18, 0x00, 0x22, 0x00, 0x0b};
    static const uint8_t selection[] = {0, 0, 0, 1, 0, 0x0b, 3, 0x81, 0x00, 0x80, 0x00, 0x20};
    uint8_t hash[32], qualified[4 + 34] = {0x40, 0, 0, 0x0b, 0, 0x0b}, pcr[96] = {0};
    const uint8_t *at = evidence->attest.data;
    assert_int_equal(evidence->attest.len, 6 + 36 + 34 + 17 + 8 + 10 + 34);
    assert_memory_equal(at, head, sizeof head);
    sha256_digest(evidence->ak_public, qualified + 6);
    sha256_digest(bytes_of(qualified, sizeof qualified), hash);
    assert_memory_equal(at + 10, hash, 32);
    assert_memory_equal(at + 44, digest, 32);
    assert_memory_equal(at + 101, selection, sizeof selection);
    sha256_digest(evidence->pcr_values, hash);
    assert_memory_equal(at + 113, hash, 32);

    assert_int_equal(evidence->pcr_values.len, 96);
    memcpy(pcr + 32, settings->binary_hash, 32);
    sha256_digest(bytes_of(pcr, 64), pcr);
    memcpy(pcr + 32, settings->cell_hash, 32);
    sha256_digest(bytes_of(pcr, 64), pcr);
    assert_memory_equal(evidence->pcr_values.data + 64, pcr, 32);
}

static void assert_signed(const struct attest_evidence *evidence)
{
    static const uint8_t head[] = {0x00, 0x18, 0x00, 0x0b, 0x00, 0x20};
    const uint8_t *ak = evidence->ak_public.data, *signature = evidence->signature.data;
    uint8_t digest[32], point[64], pair[64];
    assert_memory_equal(ak, "\x00\x23\x00\x0b", 4);
    assert_int_equal(evidence->ak_public.len, 4 + 4 + 2 + 2 + 4 + 2 + 2 + 34 + 34);
    memcpy(point, ak + 22, 32);
    memcpy(point + 32, ak + 56, 32);
    assert_int_equal(evidence->signature.len, 4 + 34 + 34);
    assert_memory_equal(signature, head, sizeof head);
    memcpy(pair, signature + 6, 32);
    memcpy(pair + 32, signature + 40, 32);
    sha256_digest(evidence->attest, digest);
    assert_true(p256_verify(point, digest, pair));
}

/* A leaf for a client that challenged with "a nonce". */
static const struct message_issued *issue(struct tpm_trial *trial, uint8_t spki[static 91])
{
    const union message_any request = {.issue = {.id = 2,
                                                 .common_name = BYTES_LITERAL("x"),
                                                 .spki = {spki, 91},
                                                 .is_challenge = 1,
                                                 .nonce = BYTES_LITERAL("a nonce"),
                                                 .claims = BYTES_LITERAL("\x80")}};
    return &keys_trial_ask(&trial->keys, MESSAGE_ISSUE, &request, MESSAGE_ISSUED)->issued;
}

static const struct message_quoted *quote(struct tpm_trial *trial,
                                          const struct message_quote *question,
                                          struct attest_evidence *out_evidence)
{
    const union message_any request = {.quote = *question};
    const struct message_quoted *quoted =
        &keys_trial_ask(&trial->keys, MESSAGE_QUOTE, &request, MESSAGE_QUOTED)->quoted;
    assert_int_equal(attest_evidence_decode(quoted->evidence, out_evidence, NULL), STATUS_OK);
    return quoted;
}

TEST(a_leaf_carries_a_quote_over_its_report_data)
{
    struct tpm_trial *trial = tpm_trial_create();
    uint8_t spki[91], data[64], digest[32];
    keys_trial_spki(spki);
    tpm_trial_open(trial);
    const struct message_issued *issued = issue(trial, spki);
    const uint8_t *at = issued->leaf.data;
    X509 *leaf = d2i_X509(NULL, &at, (long)issued->leaf.len);
    assert_non_null(leaf);
    const struct attest_evidence evidence = evidence_of(leaf);

    attest_report_data(bytes_of(spki, sizeof spki), BYTES_LITERAL("a nonce"), data);
    attest_report_data_digest(data, digest);
    assert_quote(&evidence, digest, &trial->settings);
    assert_signed(&evidence);
    assert_int_equal(evidence.cert_count, 0);
    X509_free(leaf);
    tpm_trial_destroy(trial);
}

/* The attestation key's name, as the service prints it when it starts. */
static void printed_name(const struct tpm_trial *trial, uint8_t out_name[static 34])
{
    const char *at = strstr(keys_notice(trial->keys.keys), "attestation key ");
    assert_non_null(at);
    for (int i = 0; i < 34; i++) {
        const char digits[3] = {at[16 + 2 * i], at[17 + 2 * i]};
        char *end;
        out_name[i] = (uint8_t)strtoul(digits, &end, 16);
        assert_ptr_equal(end, digits + 2);
    }
}

static void assert_fails(const struct attest_policy *policy, const struct attest_chain *chain,
                         enum attest_check check)
{
    struct attest_verdict verdict;
    assert_int_equal(attest_verify(policy, chain, &verdict, NULL), STATUS_INVALID);
    assert_int_equal(verdict.failed, check);
}

TEST(the_clients_verifier_takes_a_leaf_with_its_quote_and_no_other)
{
    struct tpm_trial *trial = tpm_trial_create();
    uint8_t spki[91], name[34], pcr[32];
    struct attest_verdict verdict;
    struct report report;
    keys_trial_spki(spki);
    tpm_trial_open(trial);
    printed_name(trial, name);
    const struct message_issued *issued = issue(trial, spki);
    const struct attest_chain chain = {.count = 2, .certs = {issued->leaf, issued->issuer}};
    struct attest_policy policy = {.now = (uint64_t)time(NULL),
                                   .allows_any_chain = true,
                                   .nonce = BYTES_LITERAL("a nonce"),
                                   .ak_name = name,
                                   .demands_origin = true,
                                   .pcr_count = 1,
                                   .pcrs = {{.index = 23}}};
    attest_programs_pcr(trial->settings.binary_hash, trial->settings.cell_hash, pcr);
    memcpy(policy.pcrs[0].value, pcr, 32);

    report_init(&report);
    if (attest_verify(&policy, &chain, &verdict, &report) != STATUS_OK)
        fail_msg("%s", report.text);
    assert_int_equal(verdict.kind, ATTEST_EVIDENCE_TPM);
    assert_int_equal(verdict.origin, ATTEST_ORIGIN_PINNED);
    assert_int_equal(verdict.pcr_mask, 1u << 0 | 1u << 7 | 1u << 23);

    policy.nonce = BYTES_LITERAL("another");
    assert_fails(&policy, &chain, ATTEST_CHECK_BINDING);
    policy.nonce = BYTES_LITERAL("a nonce");
    policy.pcrs[0].value[0] ^= 1;
    assert_fails(&policy, &chain, ATTEST_CHECK_MEASUREMENT);
    policy.pcrs[0].value[0] ^= 1;
    name[33] ^= 1;
    assert_fails(&policy, &chain, ATTEST_CHECK_ORIGIN);
    tpm_trial_destroy(trial);
}

/* The evidence is of this session, and of the minute if it is not of a challenge. */
static void assert_session(struct tpm_trial *trial, const struct message_quote *question)
{
    struct attest_evidence evidence;
    uint8_t data[64], digest[32];
    const struct message_quoted *quoted = quote(trial, question, &evidence);

    assert_true(bytes_equal(quoted->evidence_kind, BYTES_LITERAL("tpm")));
    assert_int_equal(quoted->time.len, question->is_challenge ? 0 : ATTEST_MINUTE_LEN);
    attest_report_data_session(question->spki, question->context.data, question->exporter.data,
                               quoted->time, data);
    attest_report_data_digest(data, digest);
    assert_quote(&evidence, digest, &trial->settings);
    assert_signed(&evidence);
}

TEST(a_session_has_its_own_evidence)
{
    struct tpm_trial *trial = tpm_trial_create();
    uint8_t spki[91], context[32] = {1}, exporter[32] = {2};
    struct message_quote question = {
        .id = 2, .spki = {spki, sizeof spki}, .context = {context, 32}, .exporter = {exporter, 32}};
    keys_trial_spki(spki);
    tpm_trial_open(trial);

    assert_session(trial, &question);
    question.is_challenge = 1;
    assert_session(trial, &question);
    tpm_trial_destroy(trial);
}

static void assert_issuer(struct bytes certificate, const char *expected)
{
    char name[128] = "";
    const uint8_t *at = certificate.data;
    X509 *parsed = d2i_X509(NULL, &at, (long)certificate.len);
    assert_non_null(parsed);
    (void)X509_NAME_get_text_by_NID(X509_get_issuer_name(parsed), NID_commonName, name,
                                    sizeof name);
    assert_string_equal(name, expected);
    X509_free(parsed);
}

TEST(certificates_of_attestation_and_endorsement_key_go_with_the_quote)
{
    struct tpm_trial *trial = tpm_trial_create();
    struct attest_evidence evidence;
    uint8_t spki[91];
    const struct message_quote question = {.id = 2,
                                           .spki = {spki, sizeof spki},
                                           .is_challenge = 1,
                                           .context = {spki, 32},
                                           .exporter = {spki, 32}};
    keys_trial_spki(spki);
    swtpm_destroy(&trial->tpm);
    swtpm_create_certified(&trial->tpm);
    tpm_trial_open(trial); /* ak.pem is there now */
    tpm_trial_close(trial);
    tpm_trial_run("cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                  "-nodes -keyout akca.key -out akca.crt -days 30 -subj '/CN=AK CA' "
                  ">openssl.log 2>&1 && openssl req -new -newkey ec -pkeyopt "
                  "ec_paramgen_curve:P-256 -nodes -keyout x.key -subj '/CN=AK' 2>>openssl.log | "
                  "openssl x509 -req -CA akca.crt -CAkey akca.key -force_pubkey ak.pem "
                  "-set_serial 1 -out ak.crt 2>>openssl.log",
                  trial->folder);

    tpm_trial_open(trial);
    (void)quote(trial, &question, &evidence);
    assert_int_equal(evidence.cert_count, 2);
    assert_issuer(evidence.certs[0], "AK CA");
    assert_issuer(evidence.certs[1], "swtpm-localca");

    tpm_trial_run("cd '%s' && cp akca.crt ak.crt", trial->folder);
    tpm_trial_refused(trial, STATUS_INVALID, "not for this TPM's attestation key");
    tpm_trial_destroy(trial);
}

TEST_MAIN(T(a_leaf_carries_a_quote_over_its_report_data),
          T(the_clients_verifier_takes_a_leaf_with_its_quote_and_no_other),
          T(a_session_has_its_own_evidence),
          T(certificates_of_attestation_and_endorsement_key_go_with_the_quote))

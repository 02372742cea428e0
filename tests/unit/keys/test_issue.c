/*
 * tests/unit/keys/test_issue.c: leaves, signatures, the identity over restarts and the counter,
 * without a TPM.
 */
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <time.h>
#include <unistd.h>

#include "core/base/cbor.h"
#include "core/crypto/p256.h"
#include "core/crypto/sha256.h"
#include "node/attest/oid.h"
#include "tests/support/folder.h"
#include "tests/support/keys_trial.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

/* Two claims of a leaf, [[oid, value] ...]. */
static struct bytes claims_of(const char *first, const char *second, uint8_t memory[static 256])
{
    struct cbor_writer writer;
    struct bytes claims;
    cbor_writer_init(&writer, memory, 256);
    cbor_write_array(&writer, 2);
    cbor_write_array(&writer, 2);
    cbor_write_text(&writer, bytes_of(first, strlen(first)));
    cbor_write_bytes(&writer, BYTES_LITERAL("one"));
    cbor_write_array(&writer, 2);
    cbor_write_text(&writer, bytes_of(second, strlen(second)));
    cbor_write_bytes(&writer, BYTES_LITERAL("two"));
    assert_int_equal(cbor_writer_end(&writer, &claims), STATUS_OK);
    return claims;
}

struct request {
    uint8_t spki[91], claims[256];
    union message_any any;
};

static void fill(struct request *request, const char *name)
{
    keys_trial_spki(request->spki);
    request->any = (union message_any){
        .issue = {
            .id = 9,
            .common_name = bytes_of(name, strlen(name)),
            .spki = bytes_of(request->spki, sizeof request->spki),
            .claims = claims_of(ATTEST_OID_CONFIG_ROOT, ATTEST_OID_DEV, request->claims),
        }};
}

static X509 *parse(struct bytes der)
{
    const uint8_t *at = der.data;
    X509 *cert = d2i_X509(NULL, &at, (long)der.len);
    assert_non_null(cert);
    assert_ptr_equal(at, der.data + der.len);
    return cert;
}

static void assert_extension(X509 *cert, int at, const char *dotted, struct bytes value)
{
    char text[128];
    X509_EXTENSION *extension = X509_get_ext(cert, at);
    assert_non_null(extension);
    assert_int_equal(X509_EXTENSION_get_critical(extension), 0);
    (void)OBJ_obj2txt(text, sizeof text, X509_EXTENSION_get_object(extension), 1);
    assert_string_equal(text, dotted);
    const ASN1_OCTET_STRING *content = X509_EXTENSION_get_data(extension);
    assert_int_equal(ASN1_STRING_length(content), value.len);
    assert_memory_equal(ASN1_STRING_get0_data(content), value.data, value.len);
}

TEST(a_leaf_is_what_the_document_says)
{
    struct keys_trial trial;
    struct request request;
    char name[64] = "";
    struct tm begin, end;
    keys_trial_open(&trial, -1);
    fill(&request, "Enclave OS RA-TLS");
    const time_t before = time(NULL);
    const union message_any *answer =
        keys_trial_ask(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_ISSUED);
    X509 *leaf = parse(answer->issued.leaf), *issuer = parse(answer->issued.issuer);

    assert_int_equal(X509_get_version(leaf), X509_VERSION_3);
    assert_int_equal(X509_verify(leaf, X509_get0_pubkey(issuer)), 1);
    assert_int_equal(X509_verify(issuer, X509_get0_pubkey(issuer)), 1);
    assert_int_equal(X509_check_ca(issuer), 1);
    assert_int_equal(X509_NAME_cmp(X509_get_issuer_name(leaf), X509_get_subject_name(issuer)), 0);
    assert_true(X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, name,
                                          sizeof name) > 0);
    assert_string_equal(name, "Enclave OS RA-TLS");
    assert_int_equal(X509_get_signature_nid(leaf), NID_ecdsa_with_SHA256);

    assert_int_equal(ASN1_TIME_to_tm(X509_get0_notBefore(leaf), &begin), 1);
    assert_int_equal(ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &end), 1);
    assert_int_equal(begin.tm_sec, 0);
    assert_true(timegm(&begin) >= before - before % 60 && timegm(&begin) <= time(NULL));
    assert_int_equal(timegm(&end) - timegm(&begin), 86400);
    assert_int_equal(answer->issued.not_after, timegm(&end));

    uint8_t *der = NULL;
    assert_int_equal(i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der), 91);
    assert_memory_equal(der, request.spki, 91);
    OPENSSL_free(der);

    assert_int_equal(X509_get_ext_count(leaf), 4);
    assert_extension(leaf, 0, ATTEST_OID_CONFIG_ROOT, BYTES_LITERAL("one"));
    assert_extension(leaf, 1, ATTEST_OID_DEV, BYTES_LITERAL("two"));
    assert_extension(leaf, 2, ATTEST_OID_EVIDENCE_KIND, BYTES_LITERAL("none"));
    const union message_any identity = {.identity = {.id = 1}};
    X509_EXTENSION *receipt = X509_get_ext(leaf, 3);
    answer = keys_trial_ask(&trial, MESSAGE_IDENTITY, &identity, MESSAGE_IDENTITY_IS);
    assert_true(bytes_equal(answer->identity_is.evidence, BYTES_LITERAL("none")));
    assert_extension(leaf, 3, ATTEST_OID_RECEIPT_KEY, answer->identity_is.receipt_key);
    assert_non_null(receipt);
    X509_free(leaf);
    X509_free(issuer);
    keys_trial_close(&trial);
}

TEST(a_name_of_a_host_may_be_longer_than_64_bytes)
{
    struct keys_trial trial;
    struct request request;
    char name[254];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    keys_trial_open(&trial, -1);
    fill(&request, name);
    const union message_any *answer =
        keys_trial_ask(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_ISSUED);
    X509 *leaf = parse(answer->issued.leaf);
    char text[300];
    assert_int_equal(
        X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, text, sizeof text),
        253);
    assert_string_equal(text, name);
    X509_free(leaf);
    keys_trial_close(&trial);
}

TEST(claims_that_would_pass_for_evidence_are_refused)
{
    static const char *const bad[][2] = {
        {ATTEST_OID_CMW, ATTEST_OID_DEV},
        {ATTEST_OID_DEV, ATTEST_OID_SGX},
        {ATTEST_OID_TDX, ATTEST_OID_DEV},
        {ATTEST_OID_EVIDENCE_KIND, ATTEST_OID_DEV},
        {ATTEST_OID_RECEIPT_KEY, ATTEST_OID_DEV},
        {ATTEST_OID_DEV, ATTEST_OID_DEV},
        {"1.2.", ATTEST_OID_DEV},
    };
    struct keys_trial trial;
    struct request request;
    keys_trial_open(&trial, -1);
    fill(&request, "x");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        request.any.issue.claims = claims_of(bad[i][0], bad[i][1], request.claims);
        keys_trial_refused(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_FAILURE_INVALID);
    }
    request.any.issue.claims.len--;
    keys_trial_refused(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_FAILURE_INVALID);
    keys_trial_close(&trial);
}

TEST(a_key_that_is_no_point_of_p256_has_no_leaf)
{
    struct keys_trial trial;
    struct request request;
    keys_trial_open(&trial, -1);
    fill(&request, "x");
    request.spki[90] ^= 1;
    keys_trial_refused(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_FAILURE_INVALID);
    request.spki[90] ^= 1;
    request.spki[22] ^= 1;
    keys_trial_refused(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_FAILURE_INVALID);
    request.spki[22] ^= 1;
    (void)keys_trial_ask(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_ISSUED);
    keys_trial_close(&trial);
}

/* As a verifier of receipts computes it. */
static bool verifies(struct bytes spki, uint8_t purpose, const uint8_t digest[static 32],
                     struct bytes signature)
{
    uint8_t message[18 + 8 + 32] = "aether signature 1", hash[32];
    message[25] = purpose;
    memcpy(message + 26, digest, 32);
    sha256_digest(bytes_of(message, sizeof message), hash);
    return p256_verify(spki.data + 27, hash, signature.data);
}

TEST(signatures_are_for_their_purpose_by_the_key_of_the_leaf)
{
    struct keys_trial trial;
    uint8_t digest[32] = {7}, spki[91];
    keys_trial_open(&trial, -1);
    union message_any request = {.identity = {.id = 1}};
    memcpy(spki,
           keys_trial_ask(&trial, MESSAGE_IDENTITY, &request, MESSAGE_IDENTITY_IS)
               ->identity_is.receipt_key.data,
           sizeof spki);
    request = (union message_any){.sign = {.id = 2, .purpose = 1, .digest = {digest, 32}}};
    const union message_any *answer =
        keys_trial_ask(&trial, MESSAGE_SIGN, &request, MESSAGE_SIGNATURE);
    const struct bytes signature = answer->signature.signature, key = bytes_of(spki, 91);

    assert_int_equal(signature.len, 64);
    assert_true(verifies(key, 1, digest, signature));
    assert_false(verifies(key, 2, digest, signature));
    digest[0] ^= 1;
    assert_false(verifies(key, 1, digest, signature));
    request.sign.purpose = 3;
    keys_trial_refused(&trial, MESSAGE_SIGN, &request, MESSAGE_FAILURE_INVALID);
    keys_trial_close(&trial);
}

static struct bytes identity_of(struct keys_trial *trial, uint8_t memory[static 4096])
{
    const union message_any request = {.identity = {.id = 1}};
    const struct bytes issuer =
        keys_trial_ask(trial, MESSAGE_IDENTITY, &request, MESSAGE_IDENTITY_IS)->identity_is.issuer;
    assert_true(issuer.len <= 4096);
    memcpy(memory, issuer.data, issuer.len);
    return bytes_of(memory, issuer.len);
}

static int open_folder(const char *folder)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static uint64_t advance(struct keys_trial *trial, uint64_t at_least)
{
    const union message_any request = {.counter = {.id = 1, .at_least = at_least}};
    const union message_any *answer =
        keys_trial_ask(trial, MESSAGE_COUNTER, &request, MESSAGE_COUNTER_IS);
    assert_int_equal(answer->counter_is.is_hardware, 0);
    return answer->counter_is.value;
}

TEST(identity_counter_and_given_keys_outlive_a_restart)
{
    struct keys_trial trial;
    char folder[FOLDER_PATH_MAX];
    uint8_t first[4096], second[4096], key[32] = {3}, sealed[64];
    folder_create("keys", folder);
    const int directory = open_folder(folder);
    const union message_any given = {
        .key_given = {.id = 1, .app = BYTES_LITERAL("a"), .key = {key, 32}}};

    keys_trial_open(&trial, directory);
    const struct bytes before = identity_of(&trial, first);
    assert_int_equal(advance(&trial, 3), 3);
    union message_any seal = {.seal = {.id = 2,
                                       .table = BYTES_LITERAL("t"),
                                       .record = BYTES_LITERAL("r"),
                                       .plain = BYTES_LITERAL("v")}};
    seal.seal.slot = keys_trial_ask(&trial, MESSAGE_KEY_GIVEN, &given, MESSAGE_KEY_IS)->key_is.slot;
    const struct bytes made =
        keys_trial_ask(&trial, MESSAGE_SEAL, &seal, MESSAGE_SEALED)->sealed.sealed;
    memcpy(sealed, made.data, made.len);
    const struct bytes kept = bytes_of(sealed, made.len);
    keys_trial_close(&trial);

    keys_trial_open(&trial, directory);
    assert_true(bytes_equal(identity_of(&trial, second), before));
    assert_int_equal(advance(&trial, 0), 3);
    union message_any unseal = {
        .unseal = {
            .id = 2, .table = BYTES_LITERAL("t"), .record = BYTES_LITERAL("r"), .sealed = kept}};
    unseal.unseal.slot =
        keys_trial_ask(&trial, MESSAGE_KEY_GIVEN, &given, MESSAGE_KEY_IS)->key_is.slot;
    const union message_any *answer =
        keys_trial_ask(&trial, MESSAGE_UNSEAL, &unseal, MESSAGE_UNSEALED);
    assert_true(bytes_equal(answer->unsealed.plain, BYTES_LITERAL("v")));
    keys_trial_close(&trial);
    (void)close(directory);
    folder_remove(folder);
}

TEST(the_counter_goes_on_by_a_few_and_never_back)
{
    struct keys_trial trial;
    const union message_any far = {.counter = {.id = 1, .at_least = 1000}};
    keys_trial_open(&trial, -1);

    assert_int_equal(advance(&trial, 0), 0);
    assert_int_equal(advance(&trial, 2), 2);
    assert_int_equal(advance(&trial, 1), 2);
    keys_trial_refused(&trial, MESSAGE_COUNTER, &far, MESSAGE_FAILURE_LIMIT);
    assert_int_equal(advance(&trial, 0), 2);
    keys_trial_close(&trial);
}

/* At the first start, or at a later one. */
static void check_given(bool is_later)
{
    struct keys_trial trial;
    char folder[FOLDER_PATH_MAX];
    uint8_t given[4096], taken[4096];
    folder_create("keys", folder);
    const int directory = open_folder(folder);
    if (is_later) {
        keys_trial_open(&trial, directory);
        keys_trial_close(&trial);
    }
    /* One that a service made is as good as any. */
    assert_true(shell_has("openssl"));
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                   "-nodes -keyout ca.key -out ca.crt -days 30 -subj '/C=CH/O=Op/CN=Given' "
                   "-addext basicConstraints=critical,CA:TRUE >openssl.log 2>&1 && "
                   "openssl x509 -in ca.crt -outform der -out ca.der",
                   folder);
    assert_true(shell_runs(command));
    const int der = openat(directory, "ca.der", O_RDONLY | O_CLOEXEC);
    const ssize_t len = read(der, given, sizeof given);
    assert_true(len > 0);
    (void)close(der);

    keys_trial_open(&trial, directory);

    const struct bytes issuer = identity_of(&trial, taken);
    assert_true(bytes_equal(issuer, bytes_of(given, (size_t)len)));
    assert_int_equal(faccessat(directory, "ca.key", F_OK, 0), -1);
    struct request request;
    fill(&request, "x");
    X509 *leaf =
        parse(keys_trial_ask(&trial, MESSAGE_ISSUE, &request.any, MESSAGE_ISSUED)->issued.leaf);
    char name[64];
    assert_true(X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_organizationName, name,
                                          sizeof name) > 0);
    assert_string_equal(name, "Op");
    X509_free(leaf);
    keys_trial_close(&trial);
    keys_trial_open(&trial, directory);
    assert_true(bytes_equal(identity_of(&trial, taken), bytes_of(given, (size_t)len)));
    keys_trial_close(&trial);
    (void)close(directory);
    folder_remove(folder);
}

TEST(an_operators_intermediate_is_taken_and_its_key_sealed)
{
    check_given(false);
}

TEST(an_operators_intermediate_replaces_the_one_before)
{
    check_given(true);
}

static void spoil(int directory, const char *name, const char *content)
{
    const int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    (void)close(fd);
}

static void assert_not_opened(int directory, enum status status, const char *part)
{
    struct keys_trial trial;
    struct settings *settings = calloc(1, sizeof *settings);
    assert_non_null(settings);
    settings->is_dev = true;
    assert_int_equal(keys_trial_settings(&trial, settings, directory), status);
    assert_non_null(strstr(trial.report.text, part));
    free(settings);
    keys_trial_close(&trial);
}

TEST(damaged_files_and_wrong_keys_are_refused_by_name)
{
    struct keys_trial trial;
    char folder[FOLDER_PATH_MAX];
    folder_create("keys", folder);
    const int directory = open_folder(folder);
    spoil(directory, "ca.key", "no key");
    assert_not_opened(directory, STATUS_INVALID, "no ca.crt");
    spoil(directory, "ca.crt", "no certificate");
    assert_not_opened(directory, STATUS_INVALID, "not PEM");
    assert_int_equal(unlinkat(directory, "ca.key", 0), 0);
    keys_trial_open(&trial, directory);
    keys_trial_close(&trial);

    spoil(directory, "ca.key", "again");
    assert_not_opened(directory, STATUS_INVALID, "not PEM");
    assert_int_equal(unlinkat(directory, "ca.key", 0), 0);
    spoil(directory, "counter", "no counter");
    assert_not_opened(directory, STATUS_TAMPERED, "counter");
    spoil(directory, "identity", "no identity");
    assert_not_opened(directory, STATUS_TAMPERED, "identity");
    spoil(directory, "master", "no secret");
    assert_not_opened(directory, STATUS_TAMPERED, "master");
    (void)close(directory);
    folder_remove(folder);
}

TEST(without_a_tpm_there_is_only_dev)
{
    struct keys_trial trial;
    struct settings *settings = calloc(1, sizeof *settings);
    assert_non_null(settings);
    assert_int_equal(keys_trial_settings(&trial, settings, -1), STATUS_DENIED);
    assert_non_null(strstr(trial.report.text, "--dev"));
    free(settings);
    keys_trial_close(&trial);
}

TEST(what_is_no_question_for_keys_is_refused)
{
    struct keys_trial trial;
    keys_trial_open(&trial, -1);
    const union message_any request = {.id = 12};
    keys_trial_refused(&trial, MESSAGE_STOP, &request, MESSAGE_FAILURE_INVALID);
    keys_trial_refused(&trial, MESSAGE_SEALED, &request, MESSAGE_FAILURE_INVALID);
    keys_trial_close(&trial);
}

TEST_MAIN(T(a_leaf_is_what_the_document_says), T(a_name_of_a_host_may_be_longer_than_64_bytes),
          T(claims_that_would_pass_for_evidence_are_refused),
          T(a_key_that_is_no_point_of_p256_has_no_leaf),
          T(signatures_are_for_their_purpose_by_the_key_of_the_leaf),
          T(identity_counter_and_given_keys_outlive_a_restart),
          T(the_counter_goes_on_by_a_few_and_never_back),
          T(an_operators_intermediate_is_taken_and_its_key_sealed),
          T(an_operators_intermediate_replaces_the_one_before),
          T(damaged_files_and_wrong_keys_are_refused_by_name), T(without_a_tpm_there_is_only_dev),
          T(what_is_no_question_for_keys_is_refused))

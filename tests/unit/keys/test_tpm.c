/*
 * tests/unit/keys/test_tpm.c: keys with a TPM (swtpm): what is sealed, counted and quoted, over
 * restarts, changed programs, a TPM that goes away and one that was cleared.
 */
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sys/wait.h>

#include "core/crypto/p256.h"
#include "core/crypto/sha256.h"
#include "node/attest/evidence.h"
#include "node/attest/oid.h"
#include "node/attest/report_data.h"
#include "node/attest/verify.h"
#include "node/keys/tpm.h"
#include "tests/support/folder.h"
#include "tests/support/keys_trial.h"
#include "tests/support/shell.h"
#include "tests/support/swtpm.h"
#include "tests/support/test.h"

#define NEEDS_SWTPM()                                                                              \
    do {                                                                                           \
        if (!swtpm_is_installed()) {                                                               \
            print_message("swtpm is not installed\n");                                             \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

/* A service with its TPM and its state directory. */
struct place {
    struct swtpm tpm;
    char folder[FOLDER_PATH_MAX];
    int directory;
    struct settings settings;
    struct keys_trial trial;
};

static struct place *place_create(void)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    swtpm_create(&place->tpm);
    folder_create("keys", place->folder);
    place->directory = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(place->directory >= 0);
    place->settings.pcr_mask = 1u << 0 | 1u << 7;
    memset(place->settings.binary_hash, 0xaa, 32);
    memset(place->settings.cell_hash, 0xbb, 32);
    return place;
}

static enum status begin(struct place *place)
{
    memcpy(place->settings.tpm, place->tpm.tcti, sizeof place->tpm.tcti);
    return keys_trial_settings(&place->trial, &place->settings, place->directory);
}

static void begin_well(struct place *place)
{
    const enum status status = begin(place);
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_text(status), place->trial.report.text);
}

static void begin_badly(struct place *place, enum status status, const char *part)
{
    assert_int_equal(begin(place), status);
    if (strstr(place->trial.report.text, part) == NULL)
        fail_msg("%s", place->trial.report.text);
    keys_trial_close(&place->trial);
}

static void place_destroy(struct place *place)
{
    char command[160];
    (void)close(place->directory);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", place->folder);
    assert_true(shell_runs(command));
    swtpm_destroy(&place->tpm);
    free(place);
}

/* BYOK: sealed in one life, opened in the next. */
static uint64_t given_slot(struct place *place)
{
    uint8_t key[32] = {9};
    const union message_any request = {
        .key_given = {.id = 1, .app = BYTES_LITERAL("app"), .key = {key, 32}}};
    return keys_trial_ask(&place->trial, MESSAGE_KEY_GIVEN, &request, MESSAGE_KEY_IS)->key_is.slot;
}

static struct bytes seal(struct place *place, uint8_t memory[static 64])
{
    const union message_any request = {.seal = {.id = 1,
                                                .slot = given_slot(place),
                                                .table = BYTES_LITERAL("t"),
                                                .record = BYTES_LITERAL("r"),
                                                .version = 1,
                                                .plain = BYTES_LITERAL("kept")}};
    const struct bytes sealed =
        keys_trial_ask(&place->trial, MESSAGE_SEAL, &request, MESSAGE_SEALED)->sealed.sealed;
    memcpy(memory, sealed.data, sealed.len);
    return bytes_of(memory, sealed.len);
}

static void assert_opens(struct place *place, struct bytes sealed)
{
    const union message_any request = {.unseal = {.id = 1,
                                                  .slot = given_slot(place),
                                                  .table = BYTES_LITERAL("t"),
                                                  .record = BYTES_LITERAL("r"),
                                                  .version = 1,
                                                  .sealed = sealed}};
    const union message_any *answer =
        keys_trial_ask(&place->trial, MESSAGE_UNSEAL, &request, MESSAGE_UNSEALED);
    assert_true(bytes_equal(answer->unsealed.plain, BYTES_LITERAL("kept")));
}

static uint64_t count_to(struct place *place, uint64_t at_least)
{
    const union message_any request = {.counter = {.id = 1, .at_least = at_least}};
    const union message_any *answer =
        keys_trial_ask(&place->trial, MESSAGE_COUNTER, &request, MESSAGE_COUNTER_IS);
    assert_int_equal(answer->counter_is.is_hardware, 1);
    return answer->counter_is.value;
}

TEST(what_was_sealed_comes_back_after_restarts_of_service_and_machine)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    uint8_t memory[64];
    begin_well(place);
    const struct bytes sealed = seal(place, memory);
    const uint64_t value = count_to(place, 0);
    assert_int_equal(value, 0);
    assert_int_equal(count_to(place, value + 3), value + 3);
    keys_trial_close(&place->trial);

    begin_well(place);
    assert_opens(place, sealed);
    assert_int_equal(count_to(place, 0), value + 3);
    keys_trial_close(&place->trial);

    swtpm_stop(&place->tpm);
    swtpm_start(&place->tpm);
    begin_well(place);
    assert_opens(place, sealed);
    assert_int_equal(count_to(place, value + 2), value + 3);
    assert_int_equal(count_to(place, value + 4), value + 4);
    keys_trial_close(&place->trial);
    place_destroy(place);
}

TEST(other_programs_do_not_get_the_master_key_and_are_told_why)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    uint8_t memory[64];
    begin_well(place);
    const struct bytes sealed = seal(place, memory);
    keys_trial_close(&place->trial);

    place->settings.cell_hash[0] ^= 1;
    begin_badly(place, STATUS_DENIED, "PCR 23 says other programs");
    place->settings.cell_hash[0] ^= 1;
    place->settings.binary_hash[31] ^= 1;
    begin_badly(place, STATUS_DENIED, "PCR 23 says other programs");
    place->settings.binary_hash[31] ^= 1;
    place->settings.pcr_mask |= 2;
    begin_badly(place, STATUS_INVALID, "other PCRs");
    place->settings.pcr_mask &= ~2u;

    begin_well(place);
    assert_opens(place, sealed);
    keys_trial_close(&place->trial);
    place_destroy(place);
}

static void run(const struct place *place, const char *command)
{
    char whole[512];
    (void)snprintf(whole, sizeof whole, "TPM2TOOLS_TCTI='%s' %s >'%s/tools.log' 2>&1",
                   place->tpm.tcti, command, place->folder);
    assert_true(shell_runs(whole));
}

static bool has_tools(void)
{
    return shell_has("tpm2_pcrextend");
}

TEST(another_boot_does_not_get_the_master_key)
{
    NEEDS_SWTPM();
    if (!has_tools()) {
        print_message("tpm2-tools are not installed\n");
        skip();
    }
    struct place *place = place_create();
    begin_well(place);
    keys_trial_close(&place->trial);

    run(place, "tpm2_pcrextend "
               "7:sha256=0000000000000000000000000000000000000000000000000000000000000001");
    begin_badly(place, STATUS_DENIED, "PCR 7 (firmware, boot or kernel) changed");
    place_destroy(place);
}

TEST(a_counter_that_was_replaced_is_noticed)
{
    NEEDS_SWTPM();
    if (!has_tools()) {
        print_message("tpm2-tools are not installed\n");
        skip();
    }
    struct place *place = place_create();
    begin_well(place);
    keys_trial_close(&place->trial);

    run(place, "tpm2_nvundefine 0x180ae17");
    begin_badly(place, STATUS_TAMPERED, "counter");
    run(place, "tpm2_nvdefine 0x180ae17 -s 8 -a 'authread|authwrite|nt=1'");
    begin_badly(place, STATUS_TAMPERED, "counter");
    place_destroy(place);
}

TEST(a_new_state_directory_begins_at_zero_on_a_tpm_that_has_counted)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    begin_well(place);
    assert_int_equal(count_to(place, 5), 5);
    keys_trial_close(&place->trial);
    assert_int_equal(unlinkat(place->directory, "master", 0), 0);
    assert_int_equal(unlinkat(place->directory, "identity", 0), 0);

    begin_well(place);
    assert_int_equal(count_to(place, 0), 0);
    assert_int_equal(count_to(place, 1), 1);
    keys_trial_close(&place->trial);
    place_destroy(place);
}

TEST(another_tpm_does_not_open_the_master_key)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    struct swtpm other, own = place->tpm;
    begin_well(place);
    keys_trial_close(&place->trial);
    swtpm_create(&other);

    place->tpm = other;
    begin_badly(place, STATUS_DENIED, "another TPM");
    place->tpm = own;
    swtpm_destroy(&other);
    place_destroy(place);
}

TEST(a_directory_of_dev_is_not_taken_with_a_tpm_nor_the_other_way)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    begin_well(place);
    keys_trial_close(&place->trial);

    place->settings.is_dev = true;
    memset(place->settings.tpm, 0, sizeof place->settings.tpm);
    assert_int_equal(keys_trial_settings(&place->trial, &place->settings, place->directory),
                     STATUS_INVALID);
    assert_non_null(strstr(place->trial.report.text, "sealed by a TPM"));
    keys_trial_close(&place->trial);
    place_destroy(place);
}

TEST(processes_that_were_killed_leave_no_tpm_full)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    for (int i = 0; i < 8; i++) {
        const pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            const enum status status = begin(place);
            _exit(status == STATUS_OK ? 0 : 1); /* no close: as killed */
        }
        int ended;
        assert_int_equal(waitpid(pid, &ended, 0), pid);
        assert_int_equal(ended, 0);
    }
    begin_well(place);
    keys_trial_close(&place->trial);
    place_destroy(place);
}

TEST(a_tpm_that_goes_away_fails_what_needs_it_and_nothing_else)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    uint8_t spki[91], memory[64];
    keys_trial_spki(spki);
    begin_well(place);
    const struct bytes sealed = seal(place, memory);

    swtpm_stop(&place->tpm);

    union message_any request = {.counter = {.id = 1, .at_least = 0}};
    const uint64_t value = count_to(place, 0); /* nothing is asked of the TPM */
    request.counter.at_least = value + 1;
    keys_trial_refused(&place->trial, MESSAGE_COUNTER, &request, MESSAGE_FAILURE_UNAVAILABLE);
    request = (union message_any){.issue = {.id = 2,
                                            .common_name = BYTES_LITERAL("x"),
                                            .spki = {spki, sizeof spki},
                                            .claims = BYTES_LITERAL("\x80")}};
    keys_trial_refused(&place->trial, MESSAGE_ISSUE, &request, MESSAGE_FAILURE_UNAVAILABLE);
    assert_non_null(strstr(place->trial.answer.text, "stopped answering"));
    assert_opens(place, sealed);
    request = (union message_any){.identity = {.id = 3}};
    const union message_any *answer =
        keys_trial_ask(&place->trial, MESSAGE_IDENTITY, &request, MESSAGE_IDENTITY_IS);
    assert_true(bytes_equal(answer->identity_is.evidence, BYTES_LITERAL("tpm")));
    keys_trial_close(&place->trial);
    place_destroy(place);
}

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

TEST(a_leaf_carries_a_quote_over_its_report_data)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    uint8_t spki[91], data[64], digest[32];
    keys_trial_spki(spki);
    begin_well(place);
    const union message_any request = {.issue = {.id = 2,
                                                 .common_name = BYTES_LITERAL("x"),
                                                 .spki = {spki, sizeof spki},
                                                 .is_challenge = 1,
                                                 .nonce = BYTES_LITERAL("a nonce"),
                                                 .claims = BYTES_LITERAL("\x80")}};
    const union message_any *answer =
        keys_trial_ask(&place->trial, MESSAGE_ISSUE, &request, MESSAGE_ISSUED);
    const uint8_t *at = answer->issued.leaf.data;
    X509 *leaf = d2i_X509(NULL, &at, (long)answer->issued.leaf.len);
    assert_non_null(leaf);
    const struct attest_evidence evidence = evidence_of(leaf);

    attest_report_data(bytes_of(spki, sizeof spki), BYTES_LITERAL("a nonce"), data);
    attest_report_data_digest(data, digest);
    assert_quote(&evidence, digest, &place->settings);
    assert_signed(&evidence);
    assert_int_equal(evidence.cert_count, 0);
    X509_free(leaf);
    keys_trial_close(&place->trial);
    place_destroy(place);
}

/* The attestation key's name, as the service prints it when it starts. */
static void printed_name(const struct place *place, uint8_t out_name[static 34])
{
    const char *at = strstr(keys_notice(place->trial.keys), "attestation key ");
    assert_non_null(at);
    for (int i = 0; i < 34; i++) {
        const char digits[3] = {at[16 + 2 * i], at[17 + 2 * i]};
        char *end;
        out_name[i] = (uint8_t)strtoul(digits, &end, 16);
        assert_ptr_equal(end, digits + 2);
    }
}

TEST(the_clients_verifier_takes_a_leaf_with_its_quote_and_no_other)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    uint8_t spki[91], name[34], pcr[32], memory[MESSAGE_CERT_MAX];
    struct attest_verdict verdict;
    struct report report;
    keys_trial_spki(spki);
    begin_well(place);
    printed_name(place, name);
    const union message_any request = {.issue = {.id = 2,
                                                 .common_name = BYTES_LITERAL("x"),
                                                 .spki = {spki, sizeof spki},
                                                 .is_challenge = 1,
                                                 .nonce = BYTES_LITERAL("a nonce"),
                                                 .claims = BYTES_LITERAL("\x80")}};
    const union message_any *answer =
        keys_trial_ask(&place->trial, MESSAGE_ISSUE, &request, MESSAGE_ISSUED);
    memcpy(memory, answer->issued.leaf.data, answer->issued.leaf.len);
    const struct attest_chain chain = {
        .count = 2, .certs = {bytes_of(memory, answer->issued.leaf.len), answer->issued.issuer}};
    struct attest_policy policy = {.now = (uint64_t)time(NULL),
                                   .allows_any_chain = true,
                                   .nonce = BYTES_LITERAL("a nonce"),
                                   .ak_name = name,
                                   .demands_origin = true,
                                   .pcr_count = 1,
                                   .pcrs = {{.index = 23}}};
    attest_programs_pcr(place->settings.binary_hash, place->settings.cell_hash, pcr);
    memcpy(policy.pcrs[0].value, pcr, 32);

    report_init(&report);
    if (attest_verify(&policy, &chain, &verdict, &report) != STATUS_OK)
        fail_msg("%s", report.text);
    assert_int_equal(verdict.kind, ATTEST_EVIDENCE_TPM);
    assert_int_equal(verdict.origin, ATTEST_ORIGIN_PINNED);
    assert_int_equal(verdict.pcr_mask, 1u << 0 | 1u << 7 | 1u << 23);

    policy.nonce = BYTES_LITERAL("another");
    assert_int_equal(attest_verify(&policy, &chain, &verdict, NULL), STATUS_INVALID);
    assert_int_equal(verdict.failed, ATTEST_CHECK_BINDING);
    policy.nonce = BYTES_LITERAL("a nonce");
    policy.pcrs[0].value[0] ^= 1;
    assert_int_equal(attest_verify(&policy, &chain, &verdict, NULL), STATUS_INVALID);
    assert_int_equal(verdict.failed, ATTEST_CHECK_MEASUREMENT);
    policy.pcrs[0].value[0] ^= 1;
    name[33] ^= 1;
    assert_int_equal(attest_verify(&policy, &chain, &verdict, NULL), STATUS_INVALID);
    assert_int_equal(verdict.failed, ATTEST_CHECK_ORIGIN);
    keys_trial_close(&place->trial);
    place_destroy(place);
}

TEST(a_session_has_its_own_evidence)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    struct attest_evidence evidence;
    uint8_t spki[91], context[32] = {1}, exporter[32] = {2}, data[64], digest[32];
    keys_trial_spki(spki);
    begin_well(place);
    union message_any request = {.quote = {.id = 2,
                                           .spki = {spki, sizeof spki},
                                           .context = {context, 32},
                                           .exporter = {exporter, 32}}};
    const union message_any *answer =
        keys_trial_ask(&place->trial, MESSAGE_QUOTE, &request, MESSAGE_QUOTED);
    assert_true(bytes_equal(answer->quoted.evidence_kind, BYTES_LITERAL("tpm")));
    assert_int_equal(answer->quoted.time.len, ATTEST_MINUTE_LEN);
    assert_int_equal(attest_evidence_decode(answer->quoted.evidence, &evidence, NULL), STATUS_OK);
    attest_report_data_session(bytes_of(spki, sizeof spki), context, exporter, answer->quoted.time,
                               data);
    attest_report_data_digest(data, digest);
    assert_quote(&evidence, digest, &place->settings);
    assert_signed(&evidence);

    request.quote.is_challenge = 1;
    answer = keys_trial_ask(&place->trial, MESSAGE_QUOTE, &request, MESSAGE_QUOTED);
    assert_int_equal(answer->quoted.time.len, 0);
    assert_int_equal(attest_evidence_decode(answer->quoted.evidence, &evidence, NULL), STATUS_OK);
    attest_report_data_session(bytes_of(spki, sizeof spki), context, exporter, bytes_of("", 0),
                               data);
    attest_report_data_digest(data, digest);
    assert_quote(&evidence, digest, &place->settings);
    keys_trial_close(&place->trial);
    place_destroy(place);
}

TEST(certificates_of_attestation_and_endorsement_key_go_with_the_quote)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    char command[1024];
    swtpm_destroy(&place->tpm);
    swtpm_create_certified(&place->tpm);
    begin_well(place); /* ak.pem is there now */
    keys_trial_close(&place->trial);
    (void)snprintf(command, sizeof command,
                   "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                   "-nodes -keyout akca.key -out akca.crt -days 30 -subj '/CN=AK CA' "
                   ">openssl.log 2>&1 && openssl req -new -newkey ec -pkeyopt "
                   "ec_paramgen_curve:P-256 -nodes -keyout x.key -subj '/CN=AK' 2>>openssl.log | "
                   "openssl x509 -req -CA akca.crt -CAkey akca.key -force_pubkey ak.pem "
                   "-set_serial 1 -out ak.crt 2>>openssl.log",
                   place->folder);
    assert_true(shell_runs(command));

    begin_well(place);
    uint8_t spki[91];
    struct attest_evidence evidence;
    keys_trial_spki(spki);
    const union message_any request = {.quote = {.id = 2,
                                                 .spki = {spki, sizeof spki},
                                                 .is_challenge = 1,
                                                 .context = {spki, 32},
                                                 .exporter = {spki, 32}}};
    const union message_any *answer =
        keys_trial_ask(&place->trial, MESSAGE_QUOTE, &request, MESSAGE_QUOTED);
    assert_int_equal(attest_evidence_decode(answer->quoted.evidence, &evidence, NULL), STATUS_OK);
    assert_int_equal(evidence.cert_count, 2);
    for (int i = 0; i < 2; i++) {
        char name[128] = "";
        const uint8_t *at = evidence.certs[i].data;
        X509 *cert = d2i_X509(NULL, &at, (long)evidence.certs[i].len);
        assert_non_null(cert);
        (void)X509_NAME_get_text_by_NID(X509_get_issuer_name(cert), NID_commonName, name,
                                        sizeof name);
        assert_string_equal(name, i == 0 ? "AK CA" : "swtpm-localca");
        X509_free(cert);
    }
    keys_trial_close(&place->trial);

    (void)snprintf(command, sizeof command, "cd '%s' && cp akca.crt ak.crt", place->folder);
    assert_true(shell_runs(command));
    begin_badly(place, STATUS_INVALID, "not for this TPM's attestation key");
    place_destroy(place);
}

TEST(a_tpm_that_is_not_there_is_named)
{
    NEEDS_SWTPM();
    struct place *place = place_create();
    swtpm_stop(&place->tpm);
    begin_badly(place, STATUS_UNAVAILABLE, "there is no TPM at \"swtpm:");
    place_destroy(place);
}

TEST_MAIN(T(what_was_sealed_comes_back_after_restarts_of_service_and_machine),
          T(other_programs_do_not_get_the_master_key_and_are_told_why),
          T(another_boot_does_not_get_the_master_key), T(a_counter_that_was_replaced_is_noticed),
          T(a_new_state_directory_begins_at_zero_on_a_tpm_that_has_counted),
          T(another_tpm_does_not_open_the_master_key),
          T(a_directory_of_dev_is_not_taken_with_a_tpm_nor_the_other_way),
          T(processes_that_were_killed_leave_no_tpm_full),
          T(a_tpm_that_goes_away_fails_what_needs_it_and_nothing_else),
          T(a_leaf_carries_a_quote_over_its_report_data),
          T(the_clients_verifier_takes_a_leaf_with_its_quote_and_no_other),
          T(a_session_has_its_own_evidence),
          T(certificates_of_attestation_and_endorsement_key_go_with_the_quote),
          T(a_tpm_that_is_not_there_is_named))

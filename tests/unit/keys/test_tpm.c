/*
 * tests/unit/keys/test_tpm.c: keys with a TPM (swtpm): what is sealed and counted, over restarts,
 * changed programs, a TPM that goes away and one that was cleared. Quotes: test_tpm_quote.c.
 */
#include <unistd.h>

#include <sys/wait.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/tpm_trial.h"

/* The state directory was used with the TPM once. */
static struct tpm_trial *create_enrolled(void)
{
    struct tpm_trial *trial = tpm_trial_create();
    tpm_trial_open(trial);
    tpm_trial_close(trial);
    return trial;
}

/* Ends the life; the next one's state directory is new. */
static void forget(struct tpm_trial *trial)
{
    tpm_trial_close(trial);
    assert_int_equal(unlinkat(trial->directory, "master", 0), 0);
    assert_int_equal(unlinkat(trial->directory, "identity", 0), 0);
}

/* BYOK: sealed in one life, opened in the next. */
static uint64_t given_slot(struct tpm_trial *trial)
{
    uint8_t key[32] = {9};
    const union message_any request = {
        .key_given = {.id = 1, .app = BYTES_LITERAL("app"), .key = {key, 32}}};
    return keys_trial_ask(&trial->keys, MESSAGE_KEY_GIVEN, &request, MESSAGE_KEY_IS)->key_is.slot;
}

static struct bytes seal(struct tpm_trial *trial, uint8_t memory[static 64])
{
    const union message_any request = {.seal = {.id = 1,
                                                .slot = given_slot(trial),
                                                .table = BYTES_LITERAL("t"),
                                                .record = BYTES_LITERAL("r"),
                                                .version = 1,
                                                .plain = BYTES_LITERAL("kept")}};
    const struct bytes sealed =
        keys_trial_ask(&trial->keys, MESSAGE_SEAL, &request, MESSAGE_SEALED)->sealed.sealed;
    memcpy(memory, sealed.data, sealed.len);
    return bytes_of(memory, sealed.len);
}

static void assert_opens(struct tpm_trial *trial, struct bytes sealed)
{
    const union message_any request = {.unseal = {.id = 1,
                                                  .slot = given_slot(trial),
                                                  .table = BYTES_LITERAL("t"),
                                                  .record = BYTES_LITERAL("r"),
                                                  .version = 1,
                                                  .sealed = sealed}};
    const union message_any *answer =
        keys_trial_ask(&trial->keys, MESSAGE_UNSEAL, &request, MESSAGE_UNSEALED);
    assert_true(bytes_equal(answer->unsealed.plain, BYTES_LITERAL("kept")));
}

static uint64_t count_to(struct tpm_trial *trial, uint64_t at_least)
{
    const union message_any request = {.counter = {.id = 1, .at_least = at_least}};
    const union message_any *answer =
        keys_trial_ask(&trial->keys, MESSAGE_COUNTER, &request, MESSAGE_COUNTER_IS);
    assert_int_equal(answer->counter_is.is_hardware, 1);
    return answer->counter_is.value;
}

TEST(what_was_sealed_comes_back_after_restarts_of_service_and_machine)
{
    struct tpm_trial *trial = tpm_trial_create();
    uint8_t memory[64];
    tpm_trial_open(trial);
    const struct bytes sealed = seal(trial, memory);
    const uint64_t value = count_to(trial, 0);
    assert_int_equal(value, 0);
    assert_int_equal(count_to(trial, value + 3), value + 3);

    tpm_trial_open(trial);
    assert_opens(trial, sealed);
    assert_int_equal(count_to(trial, 0), value + 3);
    tpm_trial_close(trial);

    swtpm_stop(&trial->tpm);
    swtpm_start(&trial->tpm);
    tpm_trial_open(trial);
    assert_opens(trial, sealed);
    assert_int_equal(count_to(trial, value + 2), value + 3);
    assert_int_equal(count_to(trial, value + 4), value + 4);
    tpm_trial_destroy(trial);
}

TEST(other_programs_do_not_get_the_master_key_and_are_told_why)
{
    struct tpm_trial *trial = tpm_trial_create();
    uint8_t memory[64];
    tpm_trial_open(trial);
    const struct bytes sealed = seal(trial, memory);
    tpm_trial_close(trial);

    trial->settings.cell_hash[0] ^= 1;
    tpm_trial_refused(trial, STATUS_DENIED, "PCR 23 says other programs");
    trial->settings.cell_hash[0] ^= 1;
    trial->settings.binary_hash[31] ^= 1;
    tpm_trial_refused(trial, STATUS_DENIED, "PCR 23 says other programs");
    trial->settings.binary_hash[31] ^= 1;
    trial->settings.pcr_mask |= 2;
    tpm_trial_refused(trial, STATUS_INVALID, "other PCRs");
    trial->settings.pcr_mask &= ~2u;

    tpm_trial_open(trial);
    assert_opens(trial, sealed);
    tpm_trial_destroy(trial);
}

static void run(const struct tpm_trial *trial, const char *command)
{
    tpm_trial_run("TPM2TOOLS_TCTI='%s' %s >'%s/tools.log' 2>&1", trial->tpm.tcti, command,
                  trial->folder);
}

static void need_tools(void)
{
    if (shell_has("tpm2_pcrextend"))
        return;
    print_message("tpm2-tools are not installed\n");
    skip();
}

TEST(another_boot_does_not_get_the_master_key)
{
    need_tools();
    struct tpm_trial *trial = create_enrolled();

    run(trial, "tpm2_pcrextend "
               "7:sha256=0000000000000000000000000000000000000000000000000000000000000001");
    tpm_trial_refused(trial, STATUS_DENIED, "PCR 7 (firmware, boot or kernel) changed");
    tpm_trial_destroy(trial);
}

TEST(a_counter_that_was_replaced_is_noticed)
{
    need_tools();
    struct tpm_trial *trial = create_enrolled();

    run(trial, "tpm2_nvundefine 0x180ae17");
    tpm_trial_refused(trial, STATUS_TAMPERED, "counter");
    run(trial, "tpm2_nvdefine 0x180ae17 -s 8 -a 'authread|authwrite|nt=1'");
    tpm_trial_refused(trial, STATUS_TAMPERED, "counter");
    tpm_trial_destroy(trial);
}

TEST(a_new_state_directory_begins_at_zero_on_a_tpm_that_has_counted)
{
    struct tpm_trial *trial = tpm_trial_create();
    tpm_trial_open(trial);
    assert_int_equal(count_to(trial, 5), 5);
    forget(trial);

    tpm_trial_open(trial);
    assert_int_equal(count_to(trial, 0), 0);
    assert_int_equal(count_to(trial, 1), 1);
    tpm_trial_destroy(trial);
}

TEST(another_tpm_does_not_open_the_master_key)
{
    struct tpm_trial *trial = create_enrolled();
    struct swtpm other, own = trial->tpm;
    swtpm_create(&other);

    trial->tpm = other;
    tpm_trial_refused(trial, STATUS_DENIED, "another TPM");
    trial->tpm = own;
    swtpm_destroy(&other);
    tpm_trial_destroy(trial);
}

TEST(a_directory_of_dev_is_not_taken_with_a_tpm_nor_the_other_way)
{
    struct tpm_trial *trial = create_enrolled();

    trial->settings.is_dev = true;
    tpm_trial_refused(trial, STATUS_INVALID, "sealed by a TPM");

    forget(trial);
    tpm_trial_open(trial);
    trial->settings.is_dev = false;
    tpm_trial_refused(trial, STATUS_INVALID, "made without a TPM");
    tpm_trial_destroy(trial);
}

TEST(processes_that_were_killed_leave_no_tpm_full)
{
    struct tpm_trial *trial = tpm_trial_create();
    for (int i = 0; i < 8; i++) {
        const pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            _exit(tpm_trial_try(trial) == STATUS_OK ? 0 : 1); /* no close: as killed */
        }
        int ended;
        assert_int_equal(waitpid(pid, &ended, 0), pid);
        assert_int_equal(ended, 0);
    }
    tpm_trial_open(trial);
    tpm_trial_destroy(trial);
}

TEST(a_tpm_that_goes_away_fails_what_needs_it_and_nothing_else)
{
    struct tpm_trial *trial = tpm_trial_create();
    uint8_t spki[91], memory[64];
    keys_trial_spki(spki);
    tpm_trial_open(trial);
    const struct bytes sealed = seal(trial, memory);

    swtpm_stop(&trial->tpm);

    union message_any request = {.counter = {.id = 1, .at_least = 0}};
    const uint64_t value = count_to(trial, 0); /* nothing is asked of the TPM */
    request.counter.at_least = value + 1;
    keys_trial_refused(&trial->keys, MESSAGE_COUNTER, &request, MESSAGE_FAILURE_UNAVAILABLE);
    request = (union message_any){.issue = {.id = 2,
                                            .common_name = BYTES_LITERAL("x"),
                                            .spki = {spki, sizeof spki},
                                            .claims = BYTES_LITERAL("\x80")}};
    keys_trial_refused(&trial->keys, MESSAGE_ISSUE, &request, MESSAGE_FAILURE_UNAVAILABLE);
    assert_non_null(strstr(trial->keys.answer.text, "stopped answering"));
    assert_opens(trial, sealed);
    request = (union message_any){.identity = {.id = 3}};
    const union message_any *answer =
        keys_trial_ask(&trial->keys, MESSAGE_IDENTITY, &request, MESSAGE_IDENTITY_IS);
    assert_true(bytes_equal(answer->identity_is.evidence, BYTES_LITERAL("tpm")));
    tpm_trial_destroy(trial);
}

TEST(a_tpm_that_is_not_there_is_named)
{
    struct tpm_trial *trial = tpm_trial_create();
    swtpm_stop(&trial->tpm);
    tpm_trial_refused(trial, STATUS_UNAVAILABLE, "there is no TPM at \"swtpm:");
    tpm_trial_destroy(trial);
}

TEST_MAIN(T(what_was_sealed_comes_back_after_restarts_of_service_and_machine),
          T(other_programs_do_not_get_the_master_key_and_are_told_why),
          T(another_boot_does_not_get_the_master_key), T(a_counter_that_was_replaced_is_noticed),
          T(a_new_state_directory_begins_at_zero_on_a_tpm_that_has_counted),
          T(another_tpm_does_not_open_the_master_key),
          T(a_directory_of_dev_is_not_taken_with_a_tpm_nor_the_other_way),
          T(processes_that_were_killed_leave_no_tpm_full),
          T(a_tpm_that_goes_away_fails_what_needs_it_and_nothing_else),
          T(a_tpm_that_is_not_there_is_named))

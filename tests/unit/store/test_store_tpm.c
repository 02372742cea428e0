/*
 * tests/unit/store/test_store_tpm.c: with the counter in a TPM (swtpm), over its restarts.
 */
#include <fcntl.h>

#include "tests/support/store_judge.h"
#include "tests/support/swtpm.h"
#include "tests/support/test.h"

static int open_folder(const char *path)
{
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    return directory;
}

/* One start of keys, io and store; everything is read, and written once more. */
static enum store_verdict live(const struct swtpm *tpm, const char *store, const char *state_path,
                               char *out_sentence)
{
    struct store_keys keys;
    struct store_trial trial = {0};
    store_keys_start(&keys, open_folder(state_path), tpm->tcti);
    trial.io = store_trial_io(store);
    enum store_verdict verdict = store_judge(&keys, trial.io, out_sentence);
    store_trial_close(&trial, store);
    store_keys_stop(&keys);
    return verdict;
}

TEST(a_store_of_before_is_found_by_the_tpm_and_its_state_alone_does_not_help)
{
    struct swtpm tpm;
    struct store_keys keys;
    char store[FOLDER_PATH_MAX];
    char state_path[FOLDER_PATH_MAX];
    char old_store[FOLDER_PATH_MAX];
    char old_state[FOLDER_PATH_MAX];
    char sentence[REPORT_TEXT_MAX];
    swtpm_need();
    folder_create("tpm-store", store);
    folder_create("tpm-state", state_path);
    folder_create("tpm-old-store", old_store);
    folder_create("tpm-old-state", old_state);
    swtpm_create(&tpm);
    store_keys_start(&keys, open_folder(state_path), tpm.tcti);
    store_judge_fill(&keys, store);
    store_keys_stop(&keys);
    assert_int_equal(live(&tpm, store, state_path, sentence), STORE_SAME);
    folder_copy(store, old_store);
    folder_copy(state_path, old_state);
    swtpm_stop(&tpm); /* the machine */
    swtpm_start(&tpm);
    assert_int_equal(live(&tpm, store, state_path, sentence), STORE_SAME);

    folder_copy(old_store, store);
    folder_copy(old_state, state_path);
    assert_int_equal(live(&tpm, store, state_path, sentence), STORE_NAMED);
    assert_non_null(strstr(sentence, "rolled back"));
    swtpm_destroy(&tpm);
    folder_remove(store);
    folder_remove(state_path);
    folder_remove(old_store);
    folder_remove(old_state);
}

TEST_MAIN(T(a_store_of_before_is_found_by_the_tpm_and_its_state_alone_does_not_help))

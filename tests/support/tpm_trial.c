/*
 * tests/support/tpm_trial.c: see tpm_trial.h.
 */
#include "tests/support/tpm_trial.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

struct tpm_trial *tpm_trial_create(void)
{
    swtpm_need();
    struct tpm_trial *trial = calloc(1, sizeof *trial);
    assert_non_null(trial);
    swtpm_create(&trial->tpm);
    folder_create("keys", trial->folder);
    trial->directory = open(trial->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(trial->directory >= 0);
    trial->settings.pcr_mask = 1u << 0 | 1u << 7;
    memset(trial->settings.binary_hash, 0xaa, 32);
    memset(trial->settings.cell_hash, 0xbb, 32);
    return trial;
}

void tpm_trial_close(struct tpm_trial *trial)
{
    if (trial->is_open)
        keys_trial_close(&trial->keys);
    trial->is_open = false;
}

void tpm_trial_destroy(struct tpm_trial *trial)
{
    tpm_trial_close(trial);
    (void)close(trial->directory);
    folder_remove(trial->folder);
    swtpm_destroy(&trial->tpm);
    free(trial);
}

enum status tpm_trial_try(struct tpm_trial *trial)
{
    tpm_trial_close(trial);
    memset(trial->settings.tpm, 0, sizeof trial->settings.tpm);
    if (!trial->settings.is_dev)
        memcpy(trial->settings.tpm, trial->tpm.tcti, sizeof trial->tpm.tcti);
    trial->is_open = true;
    return keys_trial_settings(&trial->keys, &trial->settings, trial->directory);
}

void tpm_trial_open(struct tpm_trial *trial)
{
    const enum status status = tpm_trial_try(trial);
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_text(status), trial->keys.report.text);
}

void tpm_trial_refused(struct tpm_trial *trial, enum status status, const char *part)
{
    const enum status found = tpm_trial_try(trial);
    if (found != status || strstr(trial->keys.report.text, part) == NULL)
        fail_msg("not \"%s\": %s: %s", part, status_text(found), trial->keys.report.text);
    tpm_trial_close(trial);
}

void tpm_trial_run(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    const int len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert_in_range(len, 1, sizeof line - 1);
    if (!shell_runs(line))
        fail_msg("failed: %s", line);
}

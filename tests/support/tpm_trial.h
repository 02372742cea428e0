/*
 * tests/support/tpm_trial.h: the keys of a service beside a TPM in software (swtpm.h) and a state
 * directory, over as many lives as a test wants.
 */
#ifndef AETHER_TESTS_TPM_TRIAL_H
#define AETHER_TESTS_TPM_TRIAL_H

#include "tests/support/folder.h"
#include "tests/support/keys_trial.h"
#include "tests/support/swtpm.h"

struct tpm_trial {
    struct swtpm tpm;
    char folder[FOLDER_PATH_MAX];
    int directory;
    struct settings settings; /* of the next life */
    bool is_open;
    struct keys_trial keys; /* of this life */
};

/* No life yet. Where swtpm is not installed the test is skipped. */
struct tpm_trial *tpm_trial_create(void);
/* Ends the life, if there is one, the TPM and the folder. */
void tpm_trial_destroy(struct tpm_trial *trial);

/* A new life; the one before is ended. With the TPM of the trial, or
 * with none if `settings` say --dev; what keys_open says. */
enum status tpm_trial_try(struct tpm_trial *trial);
/* The same: it must begin. */
void tpm_trial_open(struct tpm_trial *trial);
/* It must be refused so, with this in its sentence. */
void tpm_trial_refused(struct tpm_trial *trial, enum status status, const char *part);
void tpm_trial_close(struct tpm_trial *trial);

/* Runs a line of the shell that must end well. */
void PRINTF_LIKE(1, 2) tpm_trial_run(const char *format, ...);

#endif

/*
 * tests/support/swtpm.h: a TPM 2.0 in software, for one test. Its state stays in a folder, so that
 * it can be stopped (as a machine is) and started again.
 */
#ifndef AETHER_TESTS_SWTPM_H
#define AETHER_TESTS_SWTPM_H

#include <stdint.h>

#include <sys/types.h>

struct swtpm {
    char folder[128];
    char tcti[64];
    uint16_t port;
    pid_t pid;
};

/* Where the program is not installed the test says so and is skipped. */
void swtpm_need(void);

void swtpm_create(struct swtpm *tpm);
/* With certificates of endorsement keys, by a CA of the test's own. */
void swtpm_create_certified(struct swtpm *tpm);

void swtpm_start(struct swtpm *tpm);
void swtpm_stop(struct swtpm *tpm);
/* Stops it and removes the folder. */
void swtpm_destroy(struct swtpm *tpm);

#endif

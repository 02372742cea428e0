/*
 * node/keys/open.c: how the keys come to be, and how they end.
 */
#include <stdio.h>
#include <stdlib.h>

#include "node/keys/internal.h"
#include "node/keys/state.h"
#include "node/keys/tpm.h"

/* What the operator got for the attestation key, and the key for whoever certifies it. */
static enum status exchange_certificates(struct keys *keys, struct report *report)
{
    uint8_t memory[STATE_FILE_MAX / 2];
    struct buffer pem = {memory, 0, sizeof memory};
    enum status status = state_read(keys->directory, "ak.crt", &pem, report);
    if (status == STATUS_OK)
        status = tpm_set_certificates(keys->tpm, buffer_bytes(&pem), report);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    pem.len = 0;
    status = tpm_ak_pem(keys->tpm, &pem);
    if (status == STATUS_OK)
        status = state_write(keys->directory, "ak.pem", buffer_bytes(&pem), report);
    return status;
}

static enum status open_parts(struct keys *keys, const struct settings *settings, int tpm_fd,
                              struct report *report)
{
    enum status status = STATUS_OK;
    if (settings->tpm[0] != '\0')
        status = tpm_open(settings->tpm, tpm_fd, settings->pcr_mask, settings->binary_hash,
                          settings->cell_hash, &keys->tpm, report);
    if (status == STATUS_OK && keys->tpm != NULL)
        status = exchange_certificates(keys, report);
    if (status == STATUS_OK)
        status = keys_master_open(keys, report);
    if (status == STATUS_OK)
        status =
            identity_open(&keys->identity, keys->directory, &keys->secrets->slots.slot[0], report);
    if (status == STATUS_OK)
        status = keys_counter_open(keys, report);
    return status;
}

static void write_notice(struct keys *keys)
{
    char evidence[160] = "no TPM: evidence is \"none\", the master key lies in a file, the counter "
                         "can be set back";
    if (keys->tpm != NULL) {
        uint8_t name[TPM_AK_NAME];
        int at = snprintf(evidence, sizeof evidence, "TPM evidence; attestation key ");
        tpm_ak_name(keys->tpm, name);
        for (size_t i = 0; i < sizeof name; i++)
            at += snprintf(evidence + at, sizeof evidence - (size_t)at, "%02x", name[i]);
    }
    (void)snprintf(keys->notice, sizeof keys->notice, "%s%s; keys are %s in memory", evidence,
                   keys->identity.is_new ? "; a new intermediate was made (ca.crt)" : "",
                   keys->secret_kind == SECRET_HIDDEN   ? "hidden"
                   : keys->secret_kind == SECRET_LOCKED ? "locked"
                                                        : "NOT locked");
}

enum status keys_open(const struct settings *settings, int directory, int tpm_fd,
                      struct keys **out_keys, struct report *report)
{
    void *secrets;
    if (settings->tpm[0] == '\0' && !settings->is_dev)
        return report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET,
                           "no TPM is configured (tpm = ...); without one there is only --dev");
    struct keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL)
        return STATUS_NO_MEMORY;
    if (secret_map(sizeof *keys->secrets, &secrets, &keys->secret_kind) != STATUS_OK) {
        free(keys);
        return STATUS_NO_MEMORY;
    }
    keys->secrets = secrets;
    keys->is_dev = settings->is_dev;
    keys->directory = directory;
    const enum status status = open_parts(keys, settings, tpm_fd, report);
    if (status != STATUS_OK) {
        keys_close(keys);
        return status;
    }
    write_notice(keys);
    *out_keys = keys;
    return STATUS_OK;
}

void keys_close(struct keys *keys)
{
    if (keys == NULL)
        return;
    tpm_close(keys->tpm);
    identity_close(&keys->identity);
    secret_unmap(keys->secrets, sizeof *keys->secrets);
    free(keys);
}

const char *keys_notice(const struct keys *keys)
{
    return keys->notice;
}

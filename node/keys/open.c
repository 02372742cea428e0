/*
 * node/keys/open.c: how the keys come to be, and how they end.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "node/keys/internal.h"

#define SECURE_HEAP  (256u * 1024u) /* OpenSSL's, for private keys: locked, not dumped */
#define SECURE_LEAST 32

static enum status open_parts(struct keys *keys, struct report *report)
{
    enum status status = keys_master_open(keys, report);
    if (status == STATUS_OK)
        status =
            identity_open(&keys->identity, keys->directory, &keys->secrets->slots.slot[0], report);
    if (status == STATUS_OK)
        status = keys_counter_open(keys, report);
    return status;
}

static void write_notice(struct keys *keys)
{
    (void)snprintf(keys->notice, sizeof keys->notice, "%s%s%s",
                   keys->tpm == NULL ? "no TPM: evidence is \"none\", the master key lies in a "
                                       "file, the counter can be set back; "
                                     : "",
                   keys->identity.is_new ? "a new identity was made (ca.crt in the state "
                                           "directory); "
                                         : "",
                   keys->secret_kind == SECRET_UNLOCKED ? "keys could not be locked in memory"
                                                        : "keys are locked in memory");
}

enum status keys_open(const struct settings *settings, int directory, struct keys **out_keys,
                      struct report *report)
{
    void *secrets;
    if (settings->tpm[0] == '\0' && !settings->is_dev)
        return report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET,
                           "no TPM is configured (tpm = ...); without one there is only --dev");
    if (settings->tpm[0] != '\0')
        return report_fail(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET, "TPMs are not served yet");
    struct keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL)
        return STATUS_NO_MEMORY;
    /* When it can not be had, private keys lie in the ordinary heap: not worse than any server. */
    (void)CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST);
    if (secret_map(sizeof *keys->secrets, &secrets, &keys->secret_kind) != STATUS_OK) {
        free(keys);
        return STATUS_NO_MEMORY;
    }
    keys->secrets = secrets;
    keys->is_dev = settings->is_dev;
    keys->directory = directory;
    const enum status status = open_parts(keys, report);
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
    identity_close(&keys->identity);
    secret_unmap(keys->secrets, sizeof *keys->secrets);
    free(keys);
}

const char *keys_notice(const struct keys *keys)
{
    return keys->notice;
}

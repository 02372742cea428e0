/*
 * node/keys/tpm_counter.c: the monotonic counter in the TPM's NV memory.
 *
 * Its authorization is made of the master secret: nobody else can count it on. The owner can remove
 * it; a TPM starts a new counter above all that it ever had, so it never goes back, and one with
 * another authorization is noticed. Not TPMA_NV_ORDERLY: such a counter jumps when the power fails,
 * and every step here is one that the store has asked for. Each step writes NV memory: see wear in
 * docs/attestation.md.
 */
#include "node/keys/tpm_internal.h"

#define ATTRIBUTES                                                                                 \
    ((TPM2_NT_COUNTER << TPMA_NV_TPM2_NT_SHIFT) | TPMA_NV_AUTHWRITE | TPMA_NV_AUTHREAD |           \
     TPMA_NV_OWNERREAD | TPMA_NV_NO_DA)

static enum status refuse_gone(struct report *report)
{
    return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                       "the TPM's counter (0x180ae17) is gone or another's: freshness of stored "
                       "data can not be shown. Empty the state directory to enrol anew: sealed "
                       "data is lost then");
}

static TSS2_RC find(struct tpm *tpm)
{
    return Esys_TR_FromTPMPublic(tpm->esys, TPM_COUNTER, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                 &tpm->counter);
}

static enum status use_auth(struct tpm *tpm, const uint8_t auth[static 32], struct report *report)
{
    TPM2B_AUTH value = {.size = 32};
    memcpy(value.buffer, auth, 32);
    const enum status status = tpm_check(tpm, Esys_TR_SetAuth(tpm->esys, tpm->counter, &value),
                                         "setting up the counter", report);
    memory_wipe(&value, sizeof value);
    return status;
}

static uint64_t load_be64(const uint8_t *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | at[i];
    return value;
}

/* By a session with a MAC both ways: who sits on the bus can not answer for the TPM. */
static TSS2_RC read_counter(struct tpm *tpm, uint64_t *out_value)
{
    TPM2B_MAX_NV_BUFFER *data = NULL;
    TSS2_RC rc = Esys_NV_Read(tpm->esys, tpm->counter, tpm->counter, tpm->counter_session,
                              ESYS_TR_NONE, ESYS_TR_NONE, 8, 0, &data);
    if (rc != TSS2_RC_SUCCESS)
        return rc;
    if (data->size == 8)
        *out_value = load_be64(data->buffer);
    else
        rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
    Esys_Free(data);
    return rc;
}

static enum status define(struct tpm *tpm, const uint8_t auth[static 32], struct report *report)
{
    ESYS_TR storage = ESYS_TR_NONE, session = ESYS_TR_NONE;
    TPM2B_AUTH value = {.size = 32};
    const TPM2B_NV_PUBLIC public = {.nvPublic = {.nvIndex = TPM_COUNTER,
                                                 .nameAlg = TPM2_ALG_SHA256,
                                                 .attributes = ATTRIBUTES,
                                                 .dataSize = 8}};
    memcpy(value.buffer, auth, 32);
    enum status status = tpm_storage_key(tpm, &storage, report);
    if (status == STATUS_OK)
        status = tpm_session(tpm, TPM2_SE_HMAC, storage, &session, report);
    if (status == STATUS_OK)
        status =
            tpm_check(tpm, Esys_TRSess_SetAttributes(tpm->esys, session, 0, TPMA_SESSION_ENCRYPT),
                      "setting up a session", report); /* nothing comes back encrypted */
    if (status == STATUS_OK)
        status =
            tpm_check(tpm,
                      Esys_NV_DefineSpace(tpm->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, session,
                                          ESYS_TR_NONE, &value, &public, &tpm->counter),
                      "defining the counter", report);
    memory_wipe(&value, sizeof value);
    tpm_flush(tpm, &session);
    tpm_flush(tpm, &storage);
    return status;
}

enum status tpm_counter_make(struct tpm *tpm, const uint8_t auth[static 32], uint64_t *out_value,
                             struct report *report)
{
    enum status status = tpm_is_here(tpm, report);
    if (status == STATUS_OK && find(tpm) == TSS2_RC_SUCCESS)
        status = tpm_check(tpm,
                           Esys_NV_UndefineSpace(tpm->esys, ESYS_TR_RH_OWNER, tpm->counter,
                                                 ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE),
                           "removing an older counter", report);
    if (status == STATUS_OK)
        status = define(tpm, auth, report);
    if (status == STATUS_OK)
        status = use_auth(tpm, auth, report);
    if (status == STATUS_OK)
        status = tpm_session(tpm, TPM2_SE_HMAC, ESYS_TR_NONE, &tpm->counter_session, report);
    /* It can be read after its first step alone. */
    return status != STATUS_OK ? status : tpm_counter_increment(tpm, 1, out_value, report);
}

enum status tpm_counter_open(struct tpm *tpm, const uint8_t auth[static 32], uint64_t *out_value,
                             struct report *report)
{
    enum status status = tpm_is_here(tpm, report);
    if (status != STATUS_OK)
        return status;
    TSS2_RC rc = find(tpm);
    if (rc != TSS2_RC_SUCCESS && (rc & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER)
        return refuse_gone(report);
    status = tpm_check(tpm, rc, "finding the counter", report);
    if (status == STATUS_OK)
        status = use_auth(tpm, auth, report);
    if (status == STATUS_OK)
        status = tpm_session(tpm, TPM2_SE_HMAC, ESYS_TR_NONE, &tpm->counter_session, report);
    if (status != STATUS_OK)
        return status;
    rc = read_counter(tpm, out_value);
    if (rc != TSS2_RC_SUCCESS && (rc & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER)
        return refuse_gone(report); /* another authorization, or no counter */
    return tpm_check(tpm, rc, "reading the counter", report);
}

enum status tpm_counter_increment(struct tpm *tpm, uint64_t times, uint64_t *out_value,
                                  struct report *report)
{
    enum status status = tpm_is_here(tpm, report);
    for (uint64_t i = 0; status == STATUS_OK && i < times; i++)
        status = tpm_check(tpm,
                           Esys_NV_Increment(tpm->esys, tpm->counter, tpm->counter,
                                             tpm->counter_session, ESYS_TR_NONE, ESYS_TR_NONE),
                           "counting on", report);
    return status != STATUS_OK
               ? status
               : tpm_check(tpm, read_counter(tpm, out_value), "reading the counter", report);
}

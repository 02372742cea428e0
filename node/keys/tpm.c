/*
 * node/keys/tpm.c: the connection to a TPM. See tpm.h.
 */
#include <stdlib.h>

#include <tss2/tss2_rc.h>

#include "node/keys/tpm_internal.h"

#define HANDLES_AT_ONCE 64u

/* First handles of transient objects and of loaded sessions (TPM 2.0 part 2, 7.4). */
#define TRANSIENT_FIRST 0x80000000u
#define SESSION_FIRST   0x02000000u

enum status tpm_is_here(const struct tpm *tpm, struct report *report)
{
    if (!tpm->is_away)
        return STATUS_OK;
    return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                       "the TPM has stopped answering: restart the service when it is back");
}

enum status tpm_check(struct tpm *tpm, TSS2_RC rc, const char *what, struct report *report)
{
    if (rc == TSS2_RC_SUCCESS)
        return STATUS_OK;
    const TSS2_RC layer = rc & TSS2_RC_LAYER_MASK;
    if (layer != TSS2_TPM_RC_LAYER && layer != TSS2_RESMGR_TPM_RC_LAYER)
        tpm->is_away = true; /* no answer at all, or one that ESYS can not be in step with */
    const char *reason = Tss2_RC_Decode(rc);
    return report_fail_names(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                             "the TPM does not do %: %", bytes_of(what, strlen(what)),
                             bytes_of(reason, strlen(reason)));
}

void tpm_flush(struct tpm *tpm, ESYS_TR *handle)
{
    if (*handle != ESYS_TR_NONE && !tpm->is_away)
        (void)Esys_FlushContext(tpm->esys, *handle); /* at the next start it is flushed anyway */
    *handle = ESYS_TR_NONE;
}

/* What somebody left loaded, from `first` on. */
static enum status flush_left(struct tpm *tpm, TPM2_HANDLE first, struct report *report)
{
    TPMI_YES_NO has_more;
    TPMS_CAPABILITY_DATA *data = NULL;
    enum status status =
        tpm_check(tpm,
                  Esys_GetCapability(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                     TPM2_CAP_HANDLES, first, HANDLES_AT_ONCE, &has_more, &data),
                  "listing handles", report);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < data->data.handles.count && i < HANDLES_AT_ONCE; i++) {
        ESYS_TR handle = ESYS_TR_NONE;
        const TSS2_RC rc = Esys_TR_FromTPMPublic(tpm->esys, data->data.handles.handle[i],
                                                 ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &handle);
        if (rc == TSS2_RC_SUCCESS)
            tpm_flush(tpm, &handle);
    }
    Esys_Free(data);
    return STATUS_OK;
}

static enum status start(struct tpm *tpm, struct report *report)
{
    /* The library writes what it does to stderr, at some levels with secrets. */
    (void)setenv("TSS2_LOG", "all+NONE", 1);
    TSS2_RC rc = Esys_Initialize(&tpm->esys, (TSS2_TCTI_CONTEXT *)(void *)&tpm->line, NULL);
    if (rc != TSS2_RC_SUCCESS)
        return tpm_check(tpm, rc, "connecting", report);
    rc = Esys_Startup(tpm->esys, TPM2_SU_CLEAR);
    return rc == TPM2_RC_INITIALIZE ? STATUS_OK : tpm_check(tpm, rc, "starting", report);
}

enum status tpm_open(const char *tcti, int fd, uint32_t pcr_mask,
                     const uint8_t program_hash[static 32], const uint8_t cell_hash[static 32],
                     struct tpm **out_tpm, struct report *report)
{
    struct tpm *tpm = calloc(1, sizeof *tpm);
    if (tpm == NULL)
        return STATUS_NO_MEMORY;
    tpm->pcr_mask = (pcr_mask | 1u << TPM_PCR_OURS) & ((1u << TPM_PCR_COUNT) - 1);
    tpm->ak = tpm->counter = tpm->counter_session = ESYS_TR_NONE;
    tpm->line.fd = -1;
    enum status status = tpm_line_open(&tpm->line, tcti, fd, report);
    if (status == STATUS_OK)
        status = start(tpm, report);
    if (status == STATUS_OK)
        status = flush_left(tpm, TRANSIENT_FIRST, report);
    if (status == STATUS_OK)
        status = flush_left(tpm, SESSION_FIRST, report);
    if (status == STATUS_OK)
        status = tpm_pcr_measure(tpm, program_hash, cell_hash, report);
    if (status == STATUS_OK)
        status = tpm_pcr_read(tpm, report);
    if (status == STATUS_OK)
        status = tpm_ak_open(tpm, report);
    if (status != STATUS_OK) {
        tpm_close(tpm);
        return status;
    }
    tpm_ek_certificate(tpm);
    *out_tpm = tpm;
    return STATUS_OK;
}

void tpm_close(struct tpm *tpm)
{
    if (tpm == NULL)
        return;
    if (tpm->esys != NULL) {
        tpm_flush(tpm, &tpm->counter_session);
        Esys_Finalize(&tpm->esys);
    }
    tpm_line_close(&tpm->line);
    free(tpm);
}

enum status tpm_random(struct tpm *tpm, uint8_t out[static 32], struct report *report)
{
    TPM2B_DIGEST *random = NULL;
    const enum status status = tpm_check(
        tpm, Esys_GetRandom(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, 32, &random),
        "giving random bytes", report);
    if (status != STATUS_OK)
        return status;
    /* A TPM may give fewer: what it gives is mixed with the kernel's. */
    memset(out, 0, 32);
    memcpy(out, random->buffer, random->size < 32 ? random->size : 32);
    memory_wipe(random, sizeof *random);
    Esys_Free(random);
    return STATUS_OK;
}

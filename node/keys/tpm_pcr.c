/*
 * node/keys/tpm_pcr.c: platform configuration registers of the SHA-256 bank.
 *
 * PCR 23 can be reset by whoever reaches the TPM. It is reset here when it holds something else:
 * the service was replaced without a restart of the machine, and a measurement that depended on
 * what ran before could not be sealed to.
 */
#include "core/crypto/sha256.h"
#include "node/keys/tpm_internal.h"

#define READS_MOST 8 /* a read gives eight registers at most; more than this many is no TPM */

TPML_PCR_SELECTION tpm_pcr_selection(uint32_t mask)
{
    TPML_PCR_SELECTION selection = {.count = 1};
    selection.pcrSelections[0] = (TPMS_PCR_SELECTION){
        .hash = TPM2_ALG_SHA256,
        .sizeofSelect = 3,
        .pcrSelect = {(BYTE)mask, (BYTE)(mask >> 8), (BYTE)(mask >> 16)},
    };
    return selection;
}

static uint32_t mask_of(const TPML_PCR_SELECTION *selection)
{
    uint32_t mask = 0;
    for (uint32_t i = 0; i < selection->count && i < TPM2_NUM_PCR_BANKS; i++) {
        const TPMS_PCR_SELECTION *one = &selection->pcrSelections[i];
        if (one->hash == TPM2_ALG_SHA256 && one->sizeofSelect >= 3)
            mask |= (uint32_t)one->pcrSelect[0] | (uint32_t)one->pcrSelect[1] << 8 |
                    (uint32_t)one->pcrSelect[2] << 16;
    }
    return mask;
}

/* Registers of `mask`, ascending, into `out`. */
static enum status read_mask(struct tpm *tpm, uint32_t mask, struct buffer *out,
                             struct report *report)
{
    for (int reads = 0; mask != 0 && reads < READS_MOST; reads++) {
        const TPML_PCR_SELECTION wanted = tpm_pcr_selection(mask);
        TPML_PCR_SELECTION *got = NULL;
        TPML_DIGEST *values = NULL;
        UINT32 updates;
        enum status status =
            tpm_check(tpm,
                      Esys_PCR_Read(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &wanted,
                                    &updates, &got, &values),
                      "reading PCRs", report);
        if (status != STATUS_OK)
            return status;
        const uint32_t read = mask_of(got) & mask;
        const bool is_whole = read != 0 && values->count == (uint32_t)__builtin_popcount(read) &&
                              (mask & ((1u << (31 - __builtin_clz(read))) - 1) & ~read) == 0;
        for (uint32_t i = 0; is_whole && i < values->count && status == STATUS_OK; i++)
            status = values->digests[i].size != 32
                         ? STATUS_MALFORMED
                         : buffer_append(out, bytes_of(values->digests[i].buffer, 32));
        mask &= ~read;
        Esys_Free(got);
        Esys_Free(values);
        if (!is_whole || status != STATUS_OK)
            break;
    }
    if (mask == 0)
        return STATUS_OK;
    return report_fail_u64(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                           "the TPM has no SHA-256 bank with PCR %", (uint64_t)__builtin_ctz(mask));
}

enum status tpm_pcr_read(struct tpm *tpm, struct report *report)
{
    struct buffer values = {tpm->pcr_values, 0, sizeof tpm->pcr_values};
    const enum status status = read_mask(tpm, tpm->pcr_mask, &values, report);
    tpm->pcr_values_len = status == STATUS_OK ? values.len : 0;
    return status;
}

static void extend(uint8_t value[static 32], const uint8_t hash[static 32])
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_update(&sha, bytes_of(value, 32));
    sha256_update(&sha, bytes_of(hash, 32));
    sha256_final(&sha, value);
}

static enum status extend_tpm(struct tpm *tpm, const uint8_t hash[static 32], struct report *report)
{
    TPML_DIGEST_VALUES digests = {.count = 1};
    digests.digests[0].hashAlg = TPM2_ALG_SHA256;
    memcpy(digests.digests[0].digest.sha256, hash, 32);
    return tpm_check(tpm,
                     Esys_PCR_Extend(tpm->esys, ESYS_TR_PCR23, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                     ESYS_TR_NONE, &digests),
                     "extending PCR 23", report);
}

enum status tpm_pcr_measure(struct tpm *tpm, const uint8_t program_hash[static 32],
                            const uint8_t cell_hash[static 32], struct report *report)
{
    uint8_t wanted[32] = {0}, value[32] = {0};
    struct buffer now = {value, 0, sizeof value};
    extend(wanted, program_hash);
    extend(wanted, cell_hash);
    enum status status = read_mask(tpm, 1u << TPM_PCR_OURS, &now, report);
    if (status == STATUS_OK && memcmp(value, wanted, 32) == 0)
        return STATUS_OK;
    if (status == STATUS_OK && !bytes_are_zero(bytes_of(value, 32)))
        status = tpm_check(
            tpm,
            Esys_PCR_Reset(tpm->esys, ESYS_TR_PCR23, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE),
            "resetting PCR 23", report);
    if (status == STATUS_OK)
        status = extend_tpm(tpm, program_hash, report);
    if (status == STATUS_OK)
        status = extend_tpm(tpm, cell_hash, report);
    return status;
}

/*
 * node/keys/tpm_key.c: the storage key, the attestation key, and sessions.
 *
 * The attestation key is a primary key of the endorsement hierarchy: its name in a quote
 * (qualifiedSigner) says so, and the same TPM makes the same key again when it was evicted.
 */
#include <tss2/tss2_mu.h>

#include "core/crypto/sha256.h"
#include "node/keys/tpm_internal.h"

#define AK_ATTRIBUTES                                                                              \
    (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |            \
     TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED |                        \
     TPMA_OBJECT_SIGN_ENCRYPT)
#define STORAGE_ATTRIBUTES                                                                         \
    (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |            \
     TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT)

static const TPMT_SYM_DEF AES_CFB = {
    .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB};

static TPM2B_PUBLIC ecc_template(TPMA_OBJECT attributes)
{
    TPM2B_PUBLIC template = {.publicArea = {
                                 .type = TPM2_ALG_ECC,
                                 .nameAlg = TPM2_ALG_SHA256,
                                 .objectAttributes = attributes,
                                 .parameters.eccDetail = {.symmetric.algorithm = TPM2_ALG_NULL,
                                                          .scheme.scheme = TPM2_ALG_NULL,
                                                          .curveID = TPM2_ECC_NIST_P256,
                                                          .kdf.scheme = TPM2_ALG_NULL},
                             }};
    TPMS_ECC_PARMS *parameters = &template.publicArea.parameters.eccDetail;
    if ((attributes & TPMA_OBJECT_SIGN_ENCRYPT) != 0) {
        parameters->scheme.scheme = TPM2_ALG_ECDSA;
        parameters->scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256;
    } else {
        parameters->symmetric.algorithm = TPM2_ALG_AES;
        parameters->symmetric.keyBits.aes = 128;
        parameters->symmetric.mode.aes = TPM2_ALG_CFB;
    }
    return template;
}

static enum status create_primary(struct tpm *tpm, ESYS_TR hierarchy, TPMA_OBJECT attributes,
                                  const char *what, ESYS_TR *out_key, struct report *report)
{
    const TPM2B_SENSITIVE_CREATE sensitive = {.size = 0};
    const TPM2B_PUBLIC template = ecc_template(attributes);
    const TPM2B_DATA outside = {.size = 0};
    const TPML_PCR_SELECTION none = {.count = 0};
    return tpm_check(tpm,
                     Esys_CreatePrimary(tpm->esys, hierarchy, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                        ESYS_TR_NONE, &sensitive, &template, &outside, &none,
                                        out_key, NULL, NULL, NULL, NULL),
                     what, report);
}

enum status tpm_storage_key(struct tpm *tpm, ESYS_TR *out_key, struct report *report)
{
    return create_primary(tpm, ESYS_TR_RH_OWNER, STORAGE_ATTRIBUTES, "making the storage key",
                          out_key, report);
}

enum status tpm_session(struct tpm *tpm, TPM2_SE kind, ESYS_TR salt_key, ESYS_TR *out_session,
                        struct report *report)
{
    ESYS_TR session = ESYS_TR_NONE;
    enum status status = tpm_check(
        tpm,
        Esys_StartAuthSession(tpm->esys, salt_key, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                              ESYS_TR_NONE, NULL, kind, &AES_CFB, TPM2_ALG_SHA256, &session),
        "starting a session", report);
    if (status != STATUS_OK)
        return status;
    const TPMA_SESSION flags =
        TPMA_SESSION_CONTINUESESSION |
        (salt_key == ESYS_TR_NONE ? 0 : TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT);
    status = tpm_check(tpm, Esys_TRSess_SetAttributes(tpm->esys, session, flags, 0xff),
                       "setting up a session", report);
    if (status != STATUS_OK) {
        tpm_flush(tpm, &session);
        return status;
    }
    *out_session = session;
    return STATUS_OK;
}

/* Not there yet: made and kept. */
static enum status make_ak(struct tpm *tpm, struct report *report)
{
    ESYS_TR key = ESYS_TR_NONE;
    enum status status = create_primary(tpm, ESYS_TR_RH_ENDORSEMENT, AK_ATTRIBUTES,
                                        "making the attestation key", &key, report);
    if (status != STATUS_OK)
        return status;
    status = tpm_check(tpm,
                       Esys_EvictControl(tpm->esys, ESYS_TR_RH_OWNER, key, ESYS_TR_PASSWORD,
                                         ESYS_TR_NONE, ESYS_TR_NONE, TPM_AK_HANDLE, &tpm->ak),
                       "keeping the attestation key", report);
    tpm_flush(tpm, &key);
    return status;
}

static bool is_ours(const TPMT_PUBLIC *public)
{
    const TPMS_ECC_PARMS *parameters = &public->parameters.eccDetail;
    return public->type == TPM2_ALG_ECC && public->nameAlg == TPM2_ALG_SHA256 &&
           public->objectAttributes == AK_ATTRIBUTES && public->authPolicy.size == 0 &&
           parameters->curveID == TPM2_ECC_NIST_P256 &&
           parameters->scheme.scheme == TPM2_ALG_ECDSA &&
           parameters->scheme.details.ecdsa.hashAlg == TPM2_ALG_SHA256;
}

/* Coordinates come without their leading zeros from some TPMs. */
static bool put_coordinate(const TPM2B_ECC_PARAMETER *from, uint8_t out[static 32])
{
    if (from->size > 32)
        return false;
    memset(out, 0, 32);
    memcpy(out + 32 - from->size, from->buffer, from->size);
    return true;
}

static enum status read_ak(struct tpm *tpm, struct report *report)
{
    TPM2B_PUBLIC *public = NULL;
    enum status status = tpm_check(tpm,
                                   Esys_ReadPublic(tpm->esys, tpm->ak, ESYS_TR_NONE, ESYS_TR_NONE,
                                                   ESYS_TR_NONE, &public, NULL, NULL),
                                   "reading the attestation key", report);
    if (status != STATUS_OK)
        return status;
    const TPMT_PUBLIC *area = &public->publicArea;
    if (!is_ours(area) || !put_coordinate(&area->unique.ecc.x, tpm->ak_point) ||
        !put_coordinate(&area->unique.ecc.y, tpm->ak_point + 32))
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "the TPM's persistent handle 0x8100ae02 is another key's: evict it");
    if (status == STATUS_OK)
        status = tpm_check(tpm,
                           Tss2_MU_TPMT_PUBLIC_Marshal(area, tpm->ak_public, sizeof tpm->ak_public,
                                                       &tpm->ak_public_len),
                           "describing the attestation key", report);
    Esys_Free(public);
    return status;
}

enum status tpm_ak_open(struct tpm *tpm, struct report *report)
{
    const TSS2_RC rc = Esys_TR_FromTPMPublic(tpm->esys, TPM_AK_HANDLE, ESYS_TR_NONE, ESYS_TR_NONE,
                                             ESYS_TR_NONE, &tpm->ak);
    enum status status = STATUS_OK;
    if ((rc & 0xffff & ~(TSS2_RC)TPM2_RC_N_MASK & ~(TSS2_RC)TPM2_RC_P) == TPM2_RC_HANDLE)
        status = make_ak(tpm, report);
    else
        status = tpm_check(tpm, rc, "finding the attestation key", report);
    return status != STATUS_OK ? status : read_ak(tpm, report);
}

void tpm_ak_name(const struct tpm *tpm, uint8_t out_name[static TPM_AK_NAME])
{
    out_name[0] = TPM2_ALG_SHA256 >> 8;
    out_name[1] = TPM2_ALG_SHA256 & 0xff;
    sha256_digest(bytes_of(tpm->ak_public, tpm->ak_public_len), out_name + 2);
}

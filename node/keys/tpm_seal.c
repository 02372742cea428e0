/*
 * node/keys/tpm_seal.c: the master secret as an object of the TPM, opened by PCRs alone.
 *
 * What is kept is CBOR [mask, values, name, public, private]: the PCRs it is sealed to, their
 * values then (not secret; they name the one that changed), the storage key's name, and the object.
 * Secrets go over encrypted sessions that are salted to the storage key.
 */
#include <tss2/tss2_mu.h>

#include "core/base/cbor.h"
#include "node/keys/tpm_internal.h"

struct sealed {
    uint64_t mask;
    struct bytes values, name;
    TPM2B_PUBLIC public;
    TPM2B_PRIVATE private;
};

/* The policy "the PCRs of the mask as they are", into a session. */
static enum status add_policy(struct tpm *tpm, ESYS_TR session, uint32_t mask,
                              struct report *report)
{
    const TPM2B_DIGEST now = {.size = 0}; /* the TPM takes its own */
    const TPML_PCR_SELECTION selection = tpm_pcr_selection(mask);
    return tpm_check(tpm,
                     Esys_PolicyPCR(tpm->esys, session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                    &now, &selection),
                     "a policy of PCRs", report);
}

static enum status policy_digest(struct tpm *tpm, TPM2B_DIGEST *out_digest, struct report *report)
{
    ESYS_TR session = ESYS_TR_NONE;
    TPM2B_DIGEST *digest = NULL;
    enum status status = tpm_session(tpm, TPM2_SE_TRIAL, ESYS_TR_NONE, &session, report);
    if (status == STATUS_OK)
        status = add_policy(tpm, session, tpm->pcr_mask, report);
    if (status == STATUS_OK)
        status = tpm_check(tpm,
                           Esys_PolicyGetDigest(tpm->esys, session, ESYS_TR_NONE, ESYS_TR_NONE,
                                                ESYS_TR_NONE, &digest),
                           "a digest of a policy", report);
    if (status == STATUS_OK)
        *out_digest = *digest;
    Esys_Free(digest);
    tpm_flush(tpm, &session);
    return status;
}

static enum status create(struct tpm *tpm, ESYS_TR parent, ESYS_TR session,
                          const TPM2B_DIGEST *policy, const uint8_t secret[static 32],
                          TPM2B_PUBLIC **out_public, TPM2B_PRIVATE **out_private,
                          struct report *report)
{
    const TPM2B_DATA outside = {.size = 0};
    const TPML_PCR_SELECTION none = {.count = 0};
    const TPM2B_PUBLIC template = {
        .publicArea = {
            .type = TPM2_ALG_KEYEDHASH,
            .nameAlg = TPM2_ALG_SHA256,
            .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_NODA,
            .authPolicy = *policy,
            .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL,
        }};
    TPM2B_SENSITIVE_CREATE sensitive = {.sensitive.data.size = 32};
    memcpy(sensitive.sensitive.data.buffer, secret, 32);
    const enum status status = tpm_check(
        tpm,
        Esys_Create(tpm->esys, parent, ESYS_TR_PASSWORD, session, ESYS_TR_NONE, &sensitive,
                    &template, &outside, &none, out_private, out_public, NULL, NULL, NULL),
        "sealing the master key", report);
    memory_wipe(&sensitive, sizeof sensitive);
    return status;
}

static enum status write_sealed(const struct tpm *tpm, const TPM2B_NAME *name,
                                const TPM2B_PUBLIC *public, const TPM2B_PRIVATE *private,
                                struct buffer *out)
{
    uint8_t public_memory[sizeof *public], private_memory[sizeof *private];
    size_t public_len = 0, private_len = 0;
    struct cbor_writer writer;
    struct bytes written;
    if (Tss2_MU_TPM2B_PUBLIC_Marshal(public, public_memory, sizeof public_memory, &public_len) !=
            TSS2_RC_SUCCESS ||
        Tss2_MU_TPM2B_PRIVATE_Marshal(private, private_memory, sizeof private_memory,
                                      &private_len) != TSS2_RC_SUCCESS)
        return STATUS_MALFORMED;
    cbor_writer_init(&writer, out->data + out->len, out->cap - out->len);
    cbor_write_array(&writer, 5);
    cbor_write_uint(&writer, tpm->pcr_mask);
    cbor_write_bytes(&writer, bytes_of(tpm->pcr_values, tpm->pcr_values_len));
    cbor_write_bytes(&writer, bytes_of(name->name, name->size));
    cbor_write_bytes(&writer, bytes_of(public_memory, public_len));
    cbor_write_bytes(&writer, bytes_of(private_memory, private_len));
    const enum status status = cbor_writer_end(&writer, &written);
    if (status == STATUS_OK)
        out->len += written.len;
    return status;
}

enum status tpm_seal(struct tpm *tpm, const uint8_t secret[static 32], struct buffer *out,
                     struct report *report)
{
    ESYS_TR parent = ESYS_TR_NONE, session = ESYS_TR_NONE;
    TPM2B_DIGEST policy;
    TPM2B_PUBLIC *public = NULL;
    TPM2B_PRIVATE *private = NULL;
    TPM2B_NAME *name = NULL;
    enum status status = tpm_is_here(tpm, report);
    if (status == STATUS_OK)
        status = policy_digest(tpm, &policy, report);
    if (status == STATUS_OK)
        status = tpm_storage_key(tpm, &parent, report);
    if (status == STATUS_OK)
        status = tpm_session(tpm, TPM2_SE_HMAC, parent, &session, report);
    if (status == STATUS_OK)
        status = create(tpm, parent, session, &policy, secret, &public, &private, report);
    if (status == STATUS_OK)
        status = tpm_check(tpm, Esys_TR_GetName(tpm->esys, parent, &name), "naming the storage key",
                           report);
    if (status == STATUS_OK)
        status = write_sealed(tpm, name, public, private, out);
    Esys_Free(name);
    Esys_Free(public);
    Esys_Free(private);
    tpm_flush(tpm, &session);
    tpm_flush(tpm, &parent);
    return status;
}

static enum status read_sealed(struct bytes input, struct sealed *out, struct report *report)
{
    struct cbor_reader reader;
    struct bytes public, private;
    uint64_t count;
    size_t public_at = 0, private_at = 0;
    cbor_reader_init(&reader, input, 0, NULL);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &out->mask);
    if (status == STATUS_OK)
        status = cbor_read_bytes(&reader, &out->values);
    if (status == STATUS_OK)
        status = cbor_read_bytes(&reader, &out->name);
    if (status == STATUS_OK)
        status = cbor_read_bytes(&reader, &public);
    if (status == STATUS_OK)
        status = cbor_read_bytes(&reader, &private);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status != STATUS_OK || count != 5 || out->mask >> TPM_PCR_COUNT != 0 ||
        out->values.len != 32u * (size_t)__builtin_popcountll(out->mask) ||
        Tss2_MU_TPM2B_PUBLIC_Unmarshal(public.data, public.len, &public_at, &out->public) !=
            TSS2_RC_SUCCESS ||
        Tss2_MU_TPM2B_PRIVATE_Unmarshal(private.data, private.len, &private_at, &out->private) !=
            TSS2_RC_SUCCESS)
        return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                           "the sealed master key is damaged");
    return STATUS_OK;
}

/* The first PCR that is not what it was. */
static enum status name_changed(const struct tpm *tpm, const struct sealed *sealed,
                                struct report *report)
{
    size_t at = 0;
    for (uint32_t pcr = 0; pcr < TPM_PCR_COUNT; pcr++) {
        if ((sealed->mask >> pcr & 1) == 0)
            continue;
        if (memcmp(tpm->pcr_values + at, sealed->values.data + at, 32) != 0)
            return report_fail_u64(
                report, STATUS_DENIED, REPORT_NO_OFFSET,
                pcr == TPM_PCR_OURS
                    ? "the TPM keeps the master key: PCR % says other programs (aetherd, "
                      "aether-cell) than sealed it. Restore those, or empty the state directory "
                      "to enrol anew: sealed data is lost then"
                    : "the TPM keeps the master key: PCR % (firmware, boot or kernel) changed "
                      "since it was sealed. Restore that, or empty the state directory to enrol "
                      "anew: sealed data is lost then",
                pcr);
        at += 32;
    }
    return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                       "the TPM keeps the master key although the PCRs are as they were: the file "
                       "was changed");
}

static enum status check_sealed(struct tpm *tpm, const struct sealed *sealed, ESYS_TR parent,
                                struct report *report)
{
    TPM2B_NAME *name = NULL;
    if (sealed->mask != tpm->pcr_mask)
        return report_fail_u64(report, STATUS_INVALID, REPORT_NO_OFFSET,
                               "the master key is sealed to other PCRs than configured now (bits "
                               "%): set `pcrs` back, or empty the state directory to enrol anew",
                               sealed->mask);
    enum status status =
        tpm_check(tpm, Esys_TR_GetName(tpm->esys, parent, &name), "naming the storage key", report);
    if (status == STATUS_OK && !bytes_equal(sealed->name, bytes_of(name->name, name->size)))
        status = report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET,
                             "the master key was sealed by another TPM, or this one was cleared. "
                             "Go back to that one, or empty the state directory to enrol anew: "
                             "sealed data is lost then");
    Esys_Free(name);
    return status;
}

static enum status unseal(struct tpm *tpm, ESYS_TR object, ESYS_TR session,
                          const struct sealed *sealed, uint8_t out_secret[static 32],
                          struct report *report)
{
    TPM2B_SENSITIVE_DATA *data = NULL;
    enum status status = add_policy(tpm, session, (uint32_t)sealed->mask, report);
    if (status != STATUS_OK)
        return status;
    const TSS2_RC rc = Esys_Unseal(tpm->esys, object, session, ESYS_TR_NONE, ESYS_TR_NONE, &data);
    if ((rc & (TSS2_RC_LAYER_MASK | 0xbf)) == TPM2_RC_POLICY_FAIL)
        return name_changed(tpm, sealed, report);
    status = tpm_check(tpm, rc, "opening the master key", report);
    if (status != STATUS_OK)
        return status;
    if (data->size == 32)
        memcpy(out_secret, data->buffer, 32);
    else
        status = report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                             "the sealed master key is not 32 bytes");
    memory_wipe(data, sizeof *data);
    Esys_Free(data);
    return status;
}

enum status tpm_unseal(struct tpm *tpm, struct bytes input, uint8_t out_secret[static 32],
                       struct report *report)
{
    struct sealed sealed = {.mask = 0};
    ESYS_TR parent = ESYS_TR_NONE, object = ESYS_TR_NONE, session = ESYS_TR_NONE;
    enum status status = tpm_is_here(tpm, report);
    if (status == STATUS_OK)
        status = read_sealed(input, &sealed, report);
    if (status == STATUS_OK)
        status = tpm_storage_key(tpm, &parent, report);
    if (status == STATUS_OK)
        status = check_sealed(tpm, &sealed, parent, report);
    if (status == STATUS_OK) {
        const TSS2_RC rc = Esys_Load(tpm->esys, parent, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                     ESYS_TR_NONE, &sealed.private, &sealed.public, &object);
        status = (rc & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER && rc != TSS2_RC_SUCCESS
                     ? report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                                   "the sealed master key is damaged: the TPM does not load it")
                     : tpm_check(tpm, rc, "loading the master key", report);
    }
    if (status == STATUS_OK)
        status = tpm_session(tpm, TPM2_SE_POLICY, parent, &session, report);
    if (status == STATUS_OK)
        status = unseal(tpm, object, session, &sealed, out_secret, report);
    tpm_flush(tpm, &session);
    tpm_flush(tpm, &object);
    tpm_flush(tpm, &parent);
    return status;
}

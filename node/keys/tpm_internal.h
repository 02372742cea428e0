/*
 * node/keys/tpm_internal.h: what tpm_*.c share.
 */
#ifndef AETHER_NODE_KEYS_TPM_INTERNAL_H
#define AETHER_NODE_KEYS_TPM_INTERNAL_H

#include <tss2/tss2_esys.h>

#include "node/attest/evidence.h"
#include "node/keys/tpm.h"
#include "node/keys/tpm_line.h"

#define TPM_PCR_COUNT 24u
#define TPM_CERT_MAX  4096u

struct tpm {
    struct tpm_line line;
    ESYS_CONTEXT *esys;
    bool is_away;
    uint32_t pcr_mask;
    uint8_t pcr_values[TPM_PCR_COUNT * 32]; /* of the mask's, ascending; as last read */
    size_t pcr_values_len;
    ESYS_TR ak;
    size_t ak_public_len;
    uint8_t ak_public[512]; /* TPMT_PUBLIC */
    uint8_t ak_point[64];
    ESYS_TR counter;
    ESYS_TR counter_session;
    uint32_t cert_count; /* the attestation key's and its issuers', then the endorsement key's */
    size_t cert_len[ATTEST_CERTS_MAX];
    uint8_t certs[ATTEST_CERTS_MAX][TPM_CERT_MAX];
};

/* OK, or the report with `what` and the TPM's reason. A connection that ended makes the TPM away.
 */
enum status MUST_CHECK tpm_check(struct tpm *tpm, TSS2_RC rc, const char *what,
                                 struct report *report);
/* OK while the TPM is there. */
enum status MUST_CHECK tpm_is_here(const struct tpm *tpm, struct report *report);

/* Forgets a transient object or session; ESYS_TR_NONE is fine. */
void tpm_flush(struct tpm *tpm, ESYS_TR *handle);

/* tpm_pcr.c */
TPML_PCR_SELECTION tpm_pcr_selection(uint32_t mask);
enum status MUST_CHECK tpm_pcr_read(struct tpm *tpm, struct report *report);
enum status MUST_CHECK tpm_pcr_measure(struct tpm *tpm, const uint8_t program_hash[static 32],
                                       const uint8_t cell_hash[static 32], struct report *report);

/* tpm_key.c: the storage key that sealed things hang under is made anew each time. */
enum status MUST_CHECK tpm_storage_key(struct tpm *tpm, ESYS_TR *out_key, struct report *report);
enum status MUST_CHECK tpm_ak_open(struct tpm *tpm, struct report *report);
/* A session; `salt_key` may be ESYS_TR_NONE. With one, parameters go encrypted both ways. */
enum status MUST_CHECK tpm_session(struct tpm *tpm, TPM2_SE kind, ESYS_TR salt_key,
                                   ESYS_TR *out_session, struct report *report);

/* tpm_cert.c: the endorsement key's certificate, if the TPM has one. */
void tpm_ek_certificate(struct tpm *tpm);

#endif

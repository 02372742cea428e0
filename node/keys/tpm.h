/*
 * node/keys/tpm.h: a TPM 2.0, as the keys need it: measure, seal, count, quote.
 *
 * One thread at a time. Nothing of ours stays loaded but the attestation key, which is persistent
 * (a TPM has room for three objects, and a process that was killed frees none): whatever is loaded
 * when we come is flushed, since we are the only user of this TPM or a resource manager's.
 *
 * UNAVAILABLE: the TPM does not answer, or not as it should; the sentence says what was asked of
 * it. Once it has stopped answering it is not asked again: a restart connects anew.
 */
#ifndef AETHER_NODE_KEYS_TPM_H
#define AETHER_NODE_KEYS_TPM_H

#include "core/base/report.h"

#define TPM_PCR_OURS   23u
#define TPM_AK_HANDLE  0x8100ae02u /* persistent */
#define TPM_COUNTER    0x0180ae17u /* NV index */
#define TPM_AK_NAME    34u
#define TPM_SEALED_MAX 2048u

struct tpm;

/* Connects (tpm_line_open), measures both programs into PCR 23 and finds or makes
 * the attestation key. `pcr_mask` gets PCR 23. UNSUPPORTED: no SHA-256 bank with these PCRs.
 * INVALID: the handle of the attestation key is another key's. */
enum status MUST_CHECK tpm_open(const char *tcti, int fd, uint32_t pcr_mask,
                                const uint8_t program_hash[static 32],
                                const uint8_t cell_hash[static 32], struct tpm **out_tpm,
                                struct report *report);
void tpm_close(struct tpm *tpm);

/* Certificates that go with quotes, from PEM: the attestation key's and its issuers'. INVALID: the
 * first is for another key, or they are too many. */
enum status MUST_CHECK tpm_set_certificates(struct tpm *tpm, struct bytes pem,
                                            struct report *report);

void tpm_ak_name(const struct tpm *tpm, uint8_t out_name[static TPM_AK_NAME]);
/* PEM of the attestation key's public key, for who certifies it. */
enum status MUST_CHECK tpm_ak_pem(const struct tpm *tpm, struct buffer *out);

enum status MUST_CHECK tpm_random(struct tpm *tpm, uint8_t out[static 32], struct report *report);

/* A secret for the PCRs as they are. What comes out is CBOR. */
enum status MUST_CHECK tpm_seal(struct tpm *tpm, const uint8_t secret[static 32],
                                struct buffer *out, struct report *report);
/* DENIED: the PCRs are not what they were, or it is another TPM; the sentence says what to do.
 * TAMPERED: it is damaged. */
enum status MUST_CHECK tpm_unseal(struct tpm *tpm, struct bytes sealed,
                                  uint8_t out_secret[static 32], struct report *report);

/* A new counter in the place of one that may be there; the TPM starts it above every counter it
 * ever had. */
enum status MUST_CHECK tpm_counter_make(struct tpm *tpm, const uint8_t auth[static 32],
                                        uint64_t *out_value, struct report *report);
/* TAMPERED: it is gone, or not the one that was made with this `auth`. */
enum status MUST_CHECK tpm_counter_open(struct tpm *tpm, const uint8_t auth[static 32],
                                        uint64_t *out_value, struct report *report);
/* After one of them. */
enum status MUST_CHECK tpm_counter_increment(struct tpm *tpm, uint64_t times, uint64_t *out_value,
                                             struct report *report);

/* Evidence (node/attest/evidence.h) over `digest`, the PCRs of the mask. */
enum status MUST_CHECK tpm_quote(struct tpm *tpm, const uint8_t digest[static 32],
                                 struct buffer *out_record, struct report *report);

#endif

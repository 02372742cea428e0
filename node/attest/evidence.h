/*
 * node/attest/evidence.h: the container of TPM evidence, made and taken apart (docs/attestation.md
 * section 3). What stands inside of the TPM's structures is not looked at here.
 */
#ifndef AETHER_NODE_ATTEST_EVIDENCE_H
#define AETHER_NODE_ATTEST_EVIDENCE_H

#include "core/base/report.h"

#define ATTEST_CERTS_MAX    4u
#define ATTEST_EVIDENCE_MAX 16384u
#define ATTEST_MEDIA_TYPE   "application/vnd.aether.tpm2-evidence"

struct attest_evidence {
    struct bytes attest;     /* TPMS_ATTEST */
    struct bytes signature;  /* TPMT_SIGNATURE */
    struct bytes pcr_values; /* 32 bytes each, ascending */
    struct bytes ak_public;  /* TPMT_PUBLIC */
    uint32_t cert_count;
    struct bytes certs[ATTEST_CERTS_MAX]; /* DER */
};

/* The CMW record. Changes nothing in `out` but its free room when it fails: NO_MEMORY, LIMIT. */
enum status MUST_CHECK attest_evidence_encode(const struct attest_evidence *evidence,
                                              struct buffer *out);
/* Bytes point into `record`. */
enum status MUST_CHECK attest_evidence_decode(struct bytes record,
                                              struct attest_evidence *out_evidence,
                                              struct report *report);

/* The record as content of id-pe-cmw, and back. */
enum status MUST_CHECK attest_evidence_wrap(struct bytes record, struct buffer *out);
enum status MUST_CHECK attest_evidence_unwrap(struct bytes extension, struct bytes *out_record,
                                              struct report *report);

#endif

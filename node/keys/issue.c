/*
 * node/keys/issue.c: leaves, and evidence over them.
 */
#include <time.h>

#include "node/attest/evidence.h"
#include "node/attest/report_data.h"
#include "node/keys/internal.h"
#include "node/keys/tpm.h"

/* This minute's first second, and its text. */
static enum status this_minute(uint64_t *out_seconds, uint8_t out_text[static ATTEST_MINUTE_LEN])
{
    const time_t now = time(NULL);
    const uint64_t seconds = now < 0 ? 0 : (uint64_t)now;
    *out_seconds = seconds - seconds % 60;
    return attest_minute(*out_seconds, out_text);
}

/* The record over `data`; empty when there is no TPM. */
static enum status evidence_over(struct keys *keys, const uint8_t data[static 64],
                                 struct buffer *out, struct report *report)
{
    uint8_t digest[32];
    out->len = 0;
    if (keys->tpm == NULL)
        return STATUS_OK;
    attest_report_data_digest(data, digest);
    return tpm_quote(keys->tpm, digest, out, report);
}

static struct bytes kind_of(const struct keys *keys)
{
    return keys->tpm == NULL ? BYTES_LITERAL("none") : BYTES_LITERAL("tpm");
}

enum status keys_issue(struct keys *keys, const struct message_issue *request,
                       struct keys_answer *answer, struct report *report)
{
    uint8_t minute[ATTEST_MINUTE_LEN], data[64], memory[ATTEST_EVIDENCE_MAX];
    struct buffer evidence = {memory, 0, sizeof memory};
    uint64_t begin;
    if (!attest_spki_is_p256(request->spki))
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the leaf's key is not on P-256, uncompressed");
    enum status status = this_minute(&begin, minute);
    if (status != STATUS_OK)
        return status;
    attest_report_data(request->spki,
                       request->is_challenge ? request->nonce : bytes_of(minute, sizeof minute),
                       data);
    status = evidence_over(keys, data, &evidence, report);
    if (status != STATUS_OK)
        return status;
    const struct attest_leaf leaf = {
        .common_name = request->common_name,
        .spki = request->spki,
        .not_before = begin,
        .kind = kind_of(keys),
        .evidence = buffer_bytes(&evidence),
        .claims = request->claims,
        .receipt_key = bytes_of(keys->identity.receipt_spki, ATTEST_SPKI_LEN),
    };
    answer->more.len = 0;
    status = attest_leaf_issue(&leaf, keys->identity.issuer, keys->identity.issuer_key,
                               &answer->more, report);
    if (status != STATUS_OK)
        return status;
    answer->type = MESSAGE_ISSUED;
    answer->any.issued.not_after = begin + ATTEST_LEAF_SECONDS;
    answer->any.issued.leaf = buffer_bytes(&answer->more);
    answer->any.issued.issuer = bytes_of(keys->identity.issuer_der, keys->identity.issuer_len);
    return STATUS_OK;
}

enum status keys_quote(struct keys *keys, const struct message_quote *request,
                       struct keys_answer *answer, struct report *report)
{
    uint8_t data[64];
    uint64_t begin;
    struct buffer minute = {(uint8_t *)answer->text, 0, ATTEST_MINUTE_LEN};
    if (!attest_spki_is_p256(request->spki))
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the session's key is not on P-256, uncompressed");
    enum status status = this_minute(&begin, minute.data);
    if (status != STATUS_OK)
        return status;
    minute.len = request->is_challenge ? 0 : ATTEST_MINUTE_LEN;
    attest_report_data_session(request->spki, request->context.data, request->exporter.data,
                               buffer_bytes(&minute), data);
    answer->more.len = 0;
    status = evidence_over(keys, data, &answer->more, report);
    if (status != STATUS_OK)
        return status;
    answer->type = MESSAGE_QUOTED;
    answer->any.quoted.evidence_kind = kind_of(keys);
    answer->any.quoted.time = buffer_bytes(&minute);
    answer->any.quoted.evidence = buffer_bytes(&answer->more);
    return STATUS_OK;
}

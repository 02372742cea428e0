/*
 * node/attest/evidence.c: see evidence.h.
 */
#include "node/attest/evidence.h"

#include "core/base/cbor.h"
#include "node/attest/der.h"
#include "node/attest/oid.h"

#define CMW_EVIDENCE 4u

/* 2.23.133.20.2 and OURS.5, contents of OBJECT IDENTIFIER. */
static const uint8_t OID_QUOTE[] = {0x67, 0x81, 0x05, 0x14, 0x02};
static const uint8_t OID_AK[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x83,
                                 0xfd, 0x4e, 0x83, 0xd4, 0x60, 0x05};

static enum status put_quote(const struct attest_evidence *evidence, struct buffer *out)
{
    const size_t start = out->len;
    enum status status = der_put(out, DER_OID, bytes_of(OID_QUOTE, sizeof OID_QUOTE));
    const size_t quote = out->len;
    if (status == STATUS_OK)
        status = der_put(out, DER_OCTET_STRING, evidence->attest);
    if (status == STATUS_OK)
        status = der_put(out, DER_OCTET_STRING, evidence->signature);
    if (status == STATUS_OK)
        status = der_put(out, DER_OCTET_STRING, evidence->pcr_values);
    if (status == STATUS_OK)
        status = der_wrap(out, quote, DER_SEQUENCE);
    return status != STATUS_OK ? status : der_wrap(out, start, DER_SEQUENCE);
}

static enum status put_key(const struct attest_evidence *evidence, struct buffer *out)
{
    const size_t start = out->len;
    enum status status = der_put(out, DER_OID, bytes_of(OID_AK, sizeof OID_AK));
    if (status == STATUS_OK)
        status = der_put(out, DER_OCTET_STRING, evidence->ak_public);
    return status != STATUS_OK ? status : der_wrap(out, start, DER_SEQUENCE);
}

static enum status put_certs(const struct attest_evidence *evidence, struct buffer *out)
{
    const size_t start = out->len;
    for (uint32_t i = 0; i < evidence->cert_count; i++) {
        const enum status status = buffer_append(out, evidence->certs[i]);
        if (status != STATUS_OK)
            return status;
    }
    return evidence->cert_count == 0 ? STATUS_OK : der_wrap(out, start, DER_SEQUENCE);
}

static enum status put_bundle(const struct attest_evidence *evidence, struct buffer *out)
{
    const size_t start = out->len;
    enum status status = put_quote(evidence, out);
    if (status == STATUS_OK)
        status = put_key(evidence, out);
    if (status == STATUS_OK)
        status = der_wrap(out, start, DER_SEQUENCE);
    if (status == STATUS_OK)
        status = put_certs(evidence, out);
    return status != STATUS_OK ? status : der_wrap(out, start, DER_SEQUENCE);
}

enum status attest_evidence_encode(const struct attest_evidence *evidence, struct buffer *out)
{
    uint8_t memory[ATTEST_EVIDENCE_MAX];
    struct buffer bundle = {memory, 0, sizeof memory};
    struct cbor_writer writer;
    struct bytes record;
    enum status status = put_bundle(evidence, &bundle);
    if (status != STATUS_OK)
        return status;
    cbor_writer_init(&writer, out->data + out->len, out->cap - out->len);
    cbor_write_array(&writer, 3);
    cbor_write_text(&writer, BYTES_LITERAL(ATTEST_MEDIA_TYPE));
    cbor_write_bytes(&writer, buffer_bytes(&bundle));
    cbor_write_uint(&writer, CMW_EVIDENCE);
    status = cbor_writer_end(&writer, &record);
    if (status == STATUS_OK)
        out->len += record.len;
    return status;
}

/* An AttestationStatement of the type `oid`: what is behind the type. */
static enum status take_statement(struct bytes *statements, struct bytes oid,
                                  struct bytes *out_content)
{
    struct bytes statement, type;
    enum status status = der_take(statements, DER_SEQUENCE, &statement, NULL);
    if (status == STATUS_OK)
        status = der_take(&statement, DER_OID, &type, NULL);
    if (status != STATUS_OK)
        return status;
    if (!bytes_equal(type, oid))
        return STATUS_MALFORMED;
    *out_content = statement;
    return STATUS_OK;
}

static enum status take_quote(struct bytes *statements, struct attest_evidence *evidence)
{
    struct bytes content, quote;
    enum status status =
        take_statement(statements, bytes_of(OID_QUOTE, sizeof OID_QUOTE), &content);
    if (status == STATUS_OK)
        status = der_take(&content, DER_SEQUENCE, &quote, NULL);
    if (status == STATUS_OK)
        status = der_take(&quote, DER_OCTET_STRING, &evidence->attest, NULL);
    if (status == STATUS_OK)
        status = der_take(&quote, DER_OCTET_STRING, &evidence->signature, NULL);
    if (status == STATUS_OK)
        status = der_take(&quote, DER_OCTET_STRING, &evidence->pcr_values, NULL);
    if (status == STATUS_OK && (content.len != 0 || quote.len != 0))
        status = STATUS_MALFORMED;
    return status;
}

static enum status take_key(struct bytes *statements, struct attest_evidence *evidence)
{
    struct bytes content;
    enum status status = take_statement(statements, bytes_of(OID_AK, sizeof OID_AK), &content);
    if (status == STATUS_OK)
        status = der_take(&content, DER_OCTET_STRING, &evidence->ak_public, NULL);
    if (status == STATUS_OK && content.len != 0)
        status = STATUS_MALFORMED;
    return status;
}

static enum status take_certs(struct bytes certs, struct attest_evidence *evidence)
{
    struct bytes content;
    while (certs.len != 0) {
        if (evidence->cert_count == ATTEST_CERTS_MAX)
            return STATUS_LIMIT;
        const enum status status =
            der_take(&certs, DER_SEQUENCE, &content, &evidence->certs[evidence->cert_count]);
        if (status != STATUS_OK)
            return status;
        evidence->cert_count++;
    }
    return evidence->cert_count == 0 ? STATUS_MALFORMED : STATUS_OK;
}

static enum status take_bundle(struct bytes input, struct attest_evidence *evidence)
{
    struct bytes bundle, statements, certs;
    enum status status = der_take(&input, DER_SEQUENCE, &bundle, NULL);
    if (status == STATUS_OK)
        status = der_take(&bundle, DER_SEQUENCE, &statements, NULL);
    if (status == STATUS_OK)
        status = take_quote(&statements, evidence);
    if (status == STATUS_OK)
        status = take_key(&statements, evidence);
    if (status == STATUS_OK && (statements.len != 0 || input.len != 0))
        status = STATUS_MALFORMED;
    if (status != STATUS_OK || bundle.len == 0)
        return status;
    status = der_take(&bundle, DER_SEQUENCE, &certs, NULL);
    if (status == STATUS_OK && bundle.len != 0)
        status = STATUS_MALFORMED;
    return status != STATUS_OK ? status : take_certs(certs, evidence);
}

enum status attest_evidence_decode(struct bytes record, struct attest_evidence *out_evidence,
                                   struct report *report)
{
    struct attest_evidence evidence = {.cert_count = 0};
    struct cbor_reader reader;
    struct bytes type, bundle;
    uint64_t count, indicator;
    if (record.len > ATTEST_EVIDENCE_MAX)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET, "the evidence is too long");
    cbor_reader_init(&reader, record, 0, report);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count != 3)
        return report_fail(report, STATUS_MALFORMED, 0, "a record of evidence has three items");
    if (status == STATUS_OK)
        status = cbor_read_text(&reader, &type);
    if (status == STATUS_OK && !bytes_equal(type, BYTES_LITERAL(ATTEST_MEDIA_TYPE)))
        return report_fail_name(report, STATUS_UNSUPPORTED, 0, "evidence of the type % is unknown",
                                type);
    if (status == STATUS_OK)
        status = cbor_read_bytes(&reader, &bundle);
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &indicator);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status != STATUS_OK)
        return status;
    if (indicator != CMW_EVIDENCE)
        return report_fail(report, STATUS_MALFORMED, 0, "the record does not say it is evidence");
    status = take_bundle(bundle, &evidence);
    if (status != STATUS_OK)
        return report_fail(report, status, REPORT_NO_OFFSET,
                           "the evidence's bundle of statements is not well-formed");
    *out_evidence = evidence;
    return STATUS_OK;
}

enum status attest_evidence_wrap(struct bytes record, struct buffer *out)
{
    return der_put(out, DER_OCTET_STRING, record);
}

enum status attest_evidence_unwrap(struct bytes extension, struct bytes *out_record,
                                   struct report *report)
{
    struct bytes record;
    const enum status status = der_take(&extension, DER_OCTET_STRING, &record, NULL);
    if (status != STATUS_OK || extension.len != 0)
        return report_fail(report, status != STATUS_OK ? status : STATUS_MALFORMED,
                           REPORT_NO_OFFSET, "the evidence's extension is not an OCTET STRING");
    *out_record = record;
    return STATUS_OK;
}

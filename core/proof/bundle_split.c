/*
 * core/proof/bundle_split.c: taking a bundle apart, nothing believed yet. It needs no cryptography,
 * so that a cell can open a container whose signatures are others' affair.
 */
#include "core/base/cbor.h"
#include "core/proof/bundle.h"

#define COSE_TAG_SIGN   98u
#define COSE_HEADER_ALG 1u
#define COSE_HEADER_KID 4u
#define COSE_ALG_ES256  (-7)
#define SIGNATURE_BYTES 64u

/* The protected header of one signer: exactly {1: -7, 4: kid}. */
static enum status read_signer_header(struct bytes header, uint64_t offset, struct report *report,
                                      uint8_t out_kid[static 8])
{
    struct cbor_reader reader;
    struct cbor_map map;
    struct bytes kid;
    uint64_t key = 0;
    int64_t algorithm = 0;
    cbor_reader_init(&reader, header, offset, report);
    enum status status = cbor_read_map(&reader, &map);
    if (status == STATUS_OK && map.left != 2)
        return report_fail(report, STATUS_MALFORMED, offset,
                           "a signer's header must be algorithm and key id, no more, no less");
    if (status == STATUS_OK)
        status = cbor_read_key(&reader, &map, &key);
    if (status == STATUS_OK && key != COSE_HEADER_ALG)
        return report_fail_u64(report, STATUS_MALFORMED, offset, "unknown header %", key);
    if (status == STATUS_OK)
        status = cbor_read_int(&reader, &algorithm);
    if (status == STATUS_OK && algorithm != COSE_ALG_ES256)
        return report_fail(report, STATUS_MALFORMED, offset, "algorithm is not ES256 (-7)");
    if (status == STATUS_OK)
        status = cbor_read_key(&reader, &map, &key);
    if (status == STATUS_OK && key != COSE_HEADER_KID)
        return report_fail_u64(report, STATUS_MALFORMED, offset, "unknown header %", key);
    if (status == STATUS_OK)
        status = cbor_read_bytes_exact(&reader, 8, &kid);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status == STATUS_OK)
        memcpy(out_kid, kid.data, 8);
    return status;
}

/* An array of exactly `wanted` items. */
static enum status read_array_of(struct cbor_reader *reader, uint64_t wanted)
{
    uint64_t offset = reader->offset, count;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count != wanted)
        return report_fail_u64x2(reader->report, STATUS_MALFORMED, offset,
                                 "array of % items where % are wanted", count, wanted);
    return status;
}

static enum status read_empty_map(struct cbor_reader *reader)
{
    uint64_t offset = reader->offset;
    struct cbor_map map;
    enum status status = cbor_read_map(reader, &map);
    if (status == STATUS_OK && map.left != 0)
        return report_fail(reader->report, STATUS_MALFORMED, offset,
                           "unprotected headers must be empty");
    return status;
}

/* A byte string and where its first byte stands. */
static enum status read_nested(struct cbor_reader *reader, struct bytes *out_bytes,
                               uint64_t *out_offset)
{
    enum status status = cbor_read_bytes(reader, out_bytes);
    if (status == STATUS_OK)
        *out_offset = reader->offset - out_bytes->len;
    return status;
}

static enum status read_signature(struct cbor_reader *reader, struct bundle_signature *signature)
{
    uint64_t header_offset = 0;
    enum status status = read_array_of(reader, 3);
    if (status == STATUS_OK)
        status = read_nested(reader, &signature->protected_bytes, &header_offset);
    if (status == STATUS_OK)
        status = read_signer_header(signature->protected_bytes, header_offset, reader->report,
                                    signature->kid);
    if (status == STATUS_OK)
        status = read_empty_map(reader);
    if (status == STATUS_OK)
        status = cbor_read_bytes_exact(reader, SIGNATURE_BYTES, &signature->signature);
    return status;
}

/* COSE_Sign (RFC 9052 4.1) with the manifest inside. */
static enum status read_cose_sign(struct cbor_reader *reader, struct bundle_parts *parts)
{
    struct bytes header;
    uint64_t offset = reader->offset, tag, count = 0;
    enum status status = cbor_read_tag(reader, &tag);
    if (status == STATUS_OK && tag != COSE_TAG_SIGN)
        return report_fail_u64(reader->report, STATUS_MALFORMED, offset,
                               "tag % is not 98 (COSE_Sign)", tag);
    if (status == STATUS_OK)
        status = read_array_of(reader, 4);
    if (status == STATUS_OK)
        status = cbor_read_bytes_exact(reader, 0, &header);
    if (status == STATUS_OK)
        status = read_empty_map(reader);
    if (status == STATUS_OK)
        status = read_nested(reader, &parts->manifest, &parts->manifest_offset);
    offset = reader->offset;
    if (status == STATUS_OK)
        status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && (count == 0 || count > BUNDLE_SIGNATURES_MAX))
        return report_fail_u64(reader->report, STATUS_LIMIT, offset,
                               "% signatures are not within 1 and 8", count);
    parts->is_signed = true;
    parts->signature_count = (uint32_t)count;
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++)
        status = read_signature(reader, &parts->signatures[i]);
    return status;
}

static enum status read_head(struct cbor_reader *reader)
{
    struct bytes name;
    uint64_t offset, version = 0;
    enum status status = read_array_of(reader, 4);
    offset = reader->offset;
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &name);
    if (status == STATUS_OK && !bytes_equal(name, BYTES_LITERAL("aether-bundle")))
        return report_fail(reader->report, STATUS_MALFORMED, offset, "not an aether-bundle");
    offset = reader->offset;
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &version);
    if (status == STATUS_OK && version != BUNDLE_VERSION)
        return report_fail_u64(reader->report, STATUS_MALFORMED, offset,
                               "bundle version % is not 1", version);
    return status;
}

static enum status read_payload(struct cbor_reader *reader, struct bytes *out_payload)
{
    uint64_t offset = reader->offset;
    enum status status = cbor_read_bytes(reader, out_payload);
    if (status == STATUS_OK && out_payload->len > BUNDLE_PAYLOAD_MAX)
        return report_fail_u64(reader->report, STATUS_LIMIT, offset,
                               "payload of % bytes is over 8 MiB", out_payload->len);
    return status;
}

enum outcome_fault bundle_split(struct bytes input, struct bundle_parts *out_parts,
                                struct report *report)
{
    struct cbor_reader reader;
    memset(out_parts, 0, sizeof *out_parts);
    if (input.len == 0) {
        report_write(report, 0, "no bundle");
        return FAULT_NO_BUNDLE;
    }
    cbor_reader_init(&reader, input, 0, report);
    enum status status = read_head(&reader);
    if (status == STATUS_OK) {
        bool is_plain = cbor_peek_major(&reader) == CBOR_MAJOR_BYTES;
        status = is_plain ? read_nested(&reader, &out_parts->manifest, &out_parts->manifest_offset)
                          : read_cose_sign(&reader, out_parts);
    }
    if (status == STATUS_OK)
        status = read_payload(&reader, &out_parts->payload);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    return status == STATUS_OK ? FAULT_NONE : FAULT_BAD_BUNDLE;
}

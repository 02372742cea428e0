/*
 * core/proof/bundle.c: believing a bundle, in this order: shape (bundle_split.c), signatures,
 * manifest, payload hash. Nothing of the manifest is read before its signature
 * is known to be good, nothing of the payload is read but to hash it.
 */
#include "core/proof/bundle.h"

#include "core/base/cbor.h"
#include "core/crypto/p256.h"
#include "core/crypto/sha256.h"

/* Sig_structure: ["Signature", body header, signer's header, external data, manifest]. Hashed piece
 * by piece, so that no copy of the manifest is made. */
void bundle_digest(struct bytes protected_bytes, struct bytes manifest,
                   uint8_t out_digest[static 32])
{
    uint8_t head[32];
    struct cbor_writer writer;
    struct sha256 sha;
    sha256_init(&sha);
    cbor_writer_init(&writer, head, sizeof head);
    cbor_write_array(&writer, 5);
    cbor_write_text(&writer, BYTES_LITERAL("Signature"));
    cbor_write_bytes_head(&writer, 0);
    cbor_write_bytes_head(&writer, protected_bytes.len);
    sha256_update(&sha, buffer_bytes(&writer.buffer));
    sha256_update(&sha, protected_bytes);
    cbor_writer_init(&writer, head, sizeof head);
    cbor_write_bytes_head(&writer, 0);
    cbor_write_bytes_head(&writer, manifest.len);
    sha256_update(&sha, buffer_bytes(&writer.buffer));
    sha256_update(&sha, manifest);
    sha256_final(&sha, out_digest);
}

static const struct bundle_key *find_key(const struct bundle_key *keys, size_t key_count,
                                         const uint8_t kid[static 8])
{
    for (size_t i = 0; i < key_count; i++)
        if (memcmp(keys[i].kid, kid, 8) == 0)
            return &keys[i];
    return NULL;
}

static enum outcome_fault check_signatures(const struct bundle_parts *parts,
                                           const struct bundle_key *keys, size_t key_count,
                                           struct report *report)
{
    enum outcome_fault fault = FAULT_UNKNOWN_KEY;
    for (uint32_t i = 0; i < parts->signature_count; i++) {
        const struct bundle_signature *signature = &parts->signatures[i];
        const struct bundle_key *key = find_key(keys, key_count, signature->kid);
        if (key == NULL)
            continue;
        uint8_t digest[32];
        bundle_digest(signature->protected_bytes, parts->manifest, digest);
        if (!p256_verify(key->point, digest, signature->signature.data)) {
            (void)report_fail_u64(report, STATUS_TAMPERED, REPORT_NO_OFFSET, "signature % is wrong",
                                  i);
            return FAULT_BAD_SIGNATURE;
        }
        fault = FAULT_NONE;
    }
    if (fault != FAULT_NONE)
        report_write(report, REPORT_NO_OFFSET, "no signature by a known key");
    return fault;
}

enum outcome_fault bundle_open(struct bytes input, const struct bundle_key *keys, size_t key_count,
                               bool allow_unsigned, struct bundle *out_bundle,
                               struct report *report)
{
    struct bundle_parts parts;
    enum outcome_fault fault = bundle_split(input, &parts, report);
    if (fault != FAULT_NONE)
        return fault;
    if (parts.is_signed) {
        fault = check_signatures(&parts, keys, key_count, report);
    } else if (!allow_unsigned) {
        report_write(report, REPORT_NO_OFFSET, "the bundle is not signed");
        fault = FAULT_UNSIGNED;
    }
    if (fault != FAULT_NONE)
        return fault;
    struct bundle bundle = {.is_signed = parts.is_signed, .payload = parts.payload};
    if (manifest_read(parts.manifest, parts.manifest_offset, &bundle.manifest, report) != STATUS_OK)
        return FAULT_BAD_BUNDLE;
    uint8_t payload_hash[32];
    sha256_digest(parts.payload, payload_hash);
    if (memcmp(payload_hash, bundle.manifest.payload_hash, 32) != 0) {
        report_write(report, REPORT_NO_OFFSET,
                     "the payload is not the one that the manifest names");
        return FAULT_PAYLOAD_HASH;
    }
    sha256_digest(parts.manifest, bundle.manifest_hash);
    *out_bundle = bundle;
    return FAULT_NONE;
}

enum outcome_fault bundle_admit(const struct bundle *bundle, uint32_t vector)
{
    const struct manifest *manifest = &bundle->manifest;
    if (manifest->kind != MANIFEST_KIND_WASM || (manifest->flags & MANIFEST_FAULT_TO_TRAP) != 0)
        return FAULT_UNSUPPORTED;
    return manifest_has_vector(manifest, vector) ? FAULT_NONE : FAULT_VECTOR;
}

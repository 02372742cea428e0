/*
 * tests/support/signer.c: keys and bundles for tests.
 */
#include "tests/support/signer.h"

#include <bearssl/bearssl_ec.h>

#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "core/proof/keyring.h"

void signer_init(struct signer *signer, uint8_t number)
{
    uint8_t buffer[BR_EC_KBUF_PUB_MAX_SIZE];
    br_ec_public_key public_key;
    memset(signer, 0, sizeof *signer);
    sha256_digest(bytes_of(&number, 1), signer->secret);
    signer->secret[0] &= 0x7F; /* below the group's order */
    br_ec_private_key private_key = {.curve = BR_EC_secp256r1, .x = signer->secret, .xlen = 32};
    size_t len = br_ec_compute_pub(&br_ec_p256_m31, &public_key, buffer, &private_key);
    ASSERT(len == 65);
    memcpy(signer->key.point, buffer + 1, 64);
    keyring_name(&signer->key);
}

void signer_sign(const struct signer *signer, const uint8_t digest[static 32],
                 uint8_t out_signature[static 64])
{
    uint8_t secret[32];
    memcpy(secret, signer->secret, sizeof secret);
    br_ec_private_key key = {.curve = BR_EC_secp256r1, .x = secret, .xlen = sizeof secret};
    size_t len =
        br_ecdsa_i31_sign_raw(&br_ec_p256_m31, &br_sha256_vtable, digest, &key, out_signature);
    ASSERT(len == 64);
}

static struct bytes plan_manifest(const struct signer_plan *plan, uint8_t memory[static 1024])
{
    struct manifest manifest;
    struct bytes bytes;
    if (plan->manifest_bytes.data != NULL)
        return plan->manifest_bytes;
    manifest_init(&manifest);
    sha256_digest(plan->payload, manifest.payload_hash);
    enum status status = manifest_write(plan->manifest != NULL ? plan->manifest : &manifest, memory,
                                        MANIFEST_BYTES_MAX, &bytes);
    ASSERT(status == STATUS_OK);
    return bytes;
}

static struct bytes signer_header(const struct signer_plan *plan, const struct signer *signer,
                                  uint8_t memory[static 32])
{
    struct cbor_writer writer;
    cbor_writer_init(&writer, memory, 32);
    cbor_write_map(&writer, 2);
    cbor_write_uint(&writer, 1);
    cbor_write_int(&writer, plan->algorithm != 0 ? plan->algorithm : -7);
    cbor_write_uint(&writer, 4);
    cbor_write_bytes(&writer, bytes_of(signer->key.kid, sizeof signer->key.kid));
    return buffer_bytes(&writer.buffer);
}

static void write_signers(const struct signer_plan *plan, struct cbor_writer *writer,
                          struct bytes manifest)
{
    cbor_write_array(writer, plan->signer_count);
    for (size_t i = 0; i < plan->signer_count; i++) {
        uint8_t memory[32], digest[32], signature[64];
        struct bytes header = signer_header(plan, plan->signers[i], memory);
        bundle_digest(header, manifest, digest);
        signer_sign(plan->signers[i], digest, signature);
        if (plan->flip_signature && i + 1 == plan->signer_count)
            signature[40] ^= 1;
        cbor_write_array(writer, 3);
        cbor_write_bytes(writer, header);
        cbor_write_map(writer, 0);
        cbor_write_bytes(writer, bytes_of(signature, sizeof signature));
    }
}

struct bytes signer_bundle(const struct signer_plan *plan, uint8_t *memory)
{
    const char *name = plan->name != NULL ? plan->name : "aether-bundle";
    uint8_t manifest_memory[1024];
    struct bytes manifest = plan_manifest(plan, manifest_memory);
    struct cbor_writer writer;
    cbor_writer_init(&writer, memory, SIGNER_BUNDLE_MAX);
    cbor_write_array(&writer, 4);
    cbor_write_text(&writer, bytes_of(name, strlen(name)));
    cbor_write_uint(&writer, plan->version != 0 ? plan->version : 1);
    if (plan->no_body) {
        cbor_write_uint(&writer, 0);
    } else if (plan->signer_count == 0) {
        cbor_write_bytes(&writer, manifest);
    } else {
        cbor_write_tag(&writer, plan->tag != 0 ? plan->tag : 98);
        cbor_write_array(&writer, 4);
        cbor_write_bytes(&writer, bytes_of("", 0));
        cbor_write_map(&writer, 0);
        cbor_write_bytes(&writer, manifest);
        write_signers(plan, &writer, manifest);
    }
    cbor_write_bytes(&writer, plan->payload);
    ASSERT(!writer.is_full && buffer_append(&writer.buffer, plan->trailer) == STATUS_OK);
    return buffer_bytes(&writer.buffer);
}

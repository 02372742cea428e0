/*
 * tests/tools/make_bundle_corpus.c: writes the files of tests/corpus/bundle.
 *
 *   make build/bin/make_bundle_corpus && build/bin/make_bundle_corpus tests/corpus/bundle
 *
 * A file is named FAULT.what-it-is; test_bundle_corpus.c expects that fault. The image's key is
 * signer 1. What fuzzing finds is added by hand, under the fault that is right for it.
 */
#include <stdio.h>

#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "tests/support/signer.h"

static const char *folder;
static uint8_t memory[SIGNER_BUNDLE_MAX];

static void put(const char *file_name, struct bytes bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file_name);
    FILE *file = fopen(path, "wb");
    ASSERT(file != NULL && fwrite(bytes.data, 1, bytes.len, file) == bytes.len);
    ASSERT(fclose(file) == 0);
}

static void put_plan(const char *file_name, const struct signer_plan *plan)
{
    put(file_name, signer_bundle(plan, memory));
}

static void put_signed(const struct signer *one, const struct signer *two)
{
    struct signer_plan plan = {
        .payload = BYTES_LITERAL("payload"), .signers = {one, two}, .signer_count = 1};
    put_plan("none.signed", &plan);
    plan.trailer = BYTES_LITERAL("\0");
    put_plan("bad-bundle.trailing-byte", &plan);
    plan.trailer = bytes_of(NULL, 0);
    plan.flip_signature = true;
    put_plan("bad-signature.flipped", &plan);
    plan.signer_count = 2;
    put_plan("none.foreign-signature-flipped", &plan);
    plan.flip_signature = false;
    put_plan("none.two-signatures", &plan);
    plan.signers[0] = two;
    plan.signer_count = 1;
    put_plan("unknown-key.foreign", &plan);
    plan.signers[0] = one;
    plan.algorithm = -8;
    put_plan("bad-bundle.algorithm", &plan);
    plan.algorithm = 0;
    plan.tag = 18;
    put_plan("bad-bundle.cose-sign1", &plan);
    plan.tag = 0;
    plan.version = 2;
    put_plan("bad-bundle.version", &plan);
    plan.version = 0;
    plan.name = "aether-bindle";
    put_plan("bad-bundle.name", &plan);
    plan.name = NULL;
    struct bytes good = signer_bundle(&plan, memory);
    put("bad-bundle.half", bytes_of(memory, good.len / 2));
    put("bad-bundle.payload-cut", bytes_of(memory, good.len - 1));
    memory[good.len - 1] ^= 1;
    put("payload-hash.last-byte", good);
}

/* Signed, so that the manifest is what is refused. */
static void put_manifest(const char *file_name, const struct signer *one, struct bytes manifest)
{
    struct signer_plan plan = {.manifest_bytes = manifest, .signers = {one}, .signer_count = 1};
    put_plan(file_name, &plan);
}

static void put_manifests(const struct signer *one)
{
    struct manifest manifest;
    uint8_t bytes[MANIFEST_BYTES_MAX];
    struct bytes written;
    manifest_init(&manifest);
    sha256_digest(bytes_of("", 0), manifest.payload_hash);
    manifest.flags = MANIFEST_RETURN_TO_DORMANCY;
    manifest.cycles = 7;
    manifest.entry_len = manifest.mission_len = 64;
    memset(manifest.entry, 'e', 64);
    memset(manifest.mission, 'm', 64);
    ASSERT(manifest_write(&manifest, bytes, sizeof bytes, &written) == STATUS_OK);
    put_manifest("none.every-field", one, written);
    put_manifest("bad-bundle.manifest-cut", one, bytes_of(bytes, written.len - 1));
    manifest.limits.memory_bytes = 65537;
    ASSERT(manifest_write(&manifest, bytes, sizeof bytes, &written) == STATUS_OK);
    put_manifest("bad-bundle.memory-not-in-pages", one, written);
    manifest.limits.memory_bytes = UINT64_MAX;
    ASSERT(manifest_write(&manifest, bytes, sizeof bytes, &written) == STATUS_OK);
    put_manifest("bad-bundle.memory-too-large", one, written);
    put_manifest("bad-bundle.empty-map", one, BYTES_LITERAL("\xA0"));
    put_manifest("bad-bundle.long-head", one, BYTES_LITERAL("\xB8\x01\x00\x01"));
    put_manifest("bad-bundle.key-twice", one, BYTES_LITERAL("\xA2\x00\x01\x00\x01"));
    put_manifest("bad-bundle.indefinite-map", one, BYTES_LITERAL("\xBF\x00\x01\xFF"));
    put_manifest("bad-bundle.no-manifest", one, BYTES_LITERAL(""));
    put_manifest("bad-bundle.array-of-2-to-the-63", one,
                 BYTES_LITERAL("\x9B\x80\x00\x00\x00\x00\x00\x00\x00"));
}

static void put_unsigned(void)
{
    struct signer_plan plan = {.payload = BYTES_LITERAL("payload")};
    put_plan("unsigned.good", &plan);
    plan.no_body = true;
    put_plan("bad-bundle.no-body", &plan);
    put("no-bundle.empty", bytes_of("", 0));
    put("bad-bundle.one-byte", BYTES_LITERAL("\x84"));
    put("bad-bundle.wasm-itself", BYTES_LITERAL("\0asm\1\0\0\0"));
    put("bad-bundle.nested-arrays", BYTES_LITERAL("\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x80"));
    put("bad-bundle.text-not-utf8", BYTES_LITERAL("\x84\x6D\xC0\x80ther-bundle\x01\x40\x40"));
}

int main(int argc, char **argv)
{
    struct signer one, two;
    ASSERT(argc == 2);
    folder = argv[1];
    signer_init(&one, 1);
    signer_init(&two, 2);
    put_signed(&one, &two);
    put_manifests(&one);
    put_unsigned();
    return 0;
}

/*
 * tests/unit/proof/test_bundle.c: who may run, and which fault everybody else gets.
 */
#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "core/proof/bundle.h"
#include "tests/support/signer.h"
#include "tests/support/test.h"

static uint8_t memory[SIGNER_BUNDLE_MAX];
static struct signer one, two, foreign;
static struct bundle_key keys[2];

static int set_up(void **state)
{
    (void)state;
    signer_init(&one, 1);
    signer_init(&two, 2);
    signer_init(&foreign, 3);
    keys[0] = one.key;
    keys[1] = two.key;
    return 0;
}

static const struct signer_plan signed_by_one = {
    .payload = {(const uint8_t *)"payload", 7}, .signers = {&one}, .signer_count = 1};

static enum outcome_fault open(struct bytes input, bool allow_unsigned, struct bundle *bundle,
                               struct report *report)
{
    report_init(report);
    return bundle_open(input, keys, 2, allow_unsigned, bundle, report);
}

/* The fault, and that nothing was written and something was said. */
static void faults(const struct signer_plan *plan, enum outcome_fault wanted, const char *text)
{
    struct bundle bundle, before;
    struct report report;
    memset(&bundle, 0x5A, sizeof bundle);
    before = bundle;

    enum outcome_fault fault = open(signer_bundle(plan, memory), false, &bundle, &report);

    assert_int_equal(fault, wanted);
    assert_memory_equal(&bundle, &before, sizeof bundle);
    assert_non_null(strstr(report.text, text));
}

TEST(a_bundle_signed_by_a_known_key_opens)
{
    struct bundle bundle;
    struct report report;
    struct bytes input = signer_bundle(&signed_by_one, memory);
    uint8_t hash[32];

    assert_int_equal(open(input, false, &bundle, &report), FAULT_NONE);

    assert_true(bundle.is_signed);
    assert_true(bytes_equal(bundle.payload, BYTES_LITERAL("payload")));
    assert_ptr_equal(bundle.payload.data, input.data + input.len - 7);
    sha256_digest(BYTES_LITERAL("payload"), hash);
    assert_memory_equal(bundle.manifest.payload_hash, hash, 32);
    assert_int_equal(bundle.manifest.limits.fuel, MANIFEST_FUEL_DEFAULT);
    assert_false(report.is_set);
}

TEST(the_manifest_hash_is_of_the_manifests_bytes)
{
    struct bundle bundle;
    struct report report;
    struct bundle_parts parts;
    uint8_t hash[32];
    struct bytes input = signer_bundle(&signed_by_one, memory);
    assert_int_equal(open(input, false, &bundle, &report), FAULT_NONE);
    assert_int_equal(bundle_split(input, &parts, &report), FAULT_NONE);

    sha256_digest(parts.manifest, hash);

    assert_memory_equal(bundle.manifest_hash, hash, 32);
    assert_ptr_equal(parts.manifest.data, input.data + parts.manifest_offset);
}

TEST(an_empty_input_is_no_bundle)
{
    struct bundle bundle;
    struct report report;

    assert_int_equal(open(bytes_of("", 0), true, &bundle, &report), FAULT_NO_BUNDLE);
}

TEST(an_unsigned_bundle_opens_for_bench_use_only)
{
    struct signer_plan plan = {.payload = BYTES_LITERAL("payload")};
    struct bundle bundle;
    struct report report;
    faults(&plan, FAULT_UNSIGNED, "not signed");

    assert_int_equal(open(signer_bundle(&plan, memory), true, &bundle, &report), FAULT_NONE);

    assert_false(bundle.is_signed);
}

TEST(a_bench_image_still_refuses_a_wrong_signature)
{
    struct signer_plan plan = signed_by_one;
    struct bundle bundle;
    struct report report;
    plan.flip_signature = true;

    assert_int_equal(open(signer_bundle(&plan, memory), true, &bundle, &report),
                     FAULT_BAD_SIGNATURE);
}

TEST(a_foreign_signature_is_an_unknown_key)
{
    struct signer_plan plan = signed_by_one;
    plan.signers[0] = &foreign;

    faults(&plan, FAULT_UNKNOWN_KEY, "no signature by a known key");
}

TEST(one_known_signature_among_foreign_ones_is_enough)
{
    struct signer_plan plan = signed_by_one;
    struct bundle bundle;
    struct report report;
    plan.signers[0] = &foreign;
    plan.signers[1] = &two;
    plan.signer_count = 2;

    assert_int_equal(open(signer_bundle(&plan, memory), false, &bundle, &report), FAULT_NONE);

    assert_true(bundle.is_signed);
}

TEST(a_wrong_signature_under_a_known_key_id_is_refused_beside_a_good_one)
{
    struct signer_plan plan = signed_by_one;
    plan.signers[1] = &two;
    plan.signer_count = 2;
    plan.flip_signature = true;

    faults(&plan, FAULT_BAD_SIGNATURE, "signature 1 is wrong");
}

TEST(a_foreign_wrong_signature_does_not_matter)
{
    struct signer_plan plan = signed_by_one;
    struct bundle bundle;
    struct report report;
    plan.signers[1] = &foreign;
    plan.signer_count = 2;
    plan.flip_signature = true;

    assert_int_equal(open(signer_bundle(&plan, memory), false, &bundle, &report), FAULT_NONE);
}

TEST(a_known_key_id_with_another_key_is_a_bad_signature)
{
    struct signer impostor = foreign;
    struct signer_plan plan = signed_by_one;
    memcpy(impostor.key.kid, one.key.kid, sizeof impostor.key.kid);
    plan.signers[0] = &impostor;

    faults(&plan, FAULT_BAD_SIGNATURE, "signature 0 is wrong");
}

TEST(without_keys_nothing_signed_opens)
{
    struct bundle bundle;
    struct report report;
    report_init(&report);

    assert_int_equal(
        bundle_open(signer_bundle(&signed_by_one, memory), NULL, 0, false, &bundle, &report),
        FAULT_UNKNOWN_KEY);
}

TEST(another_payload_than_signed_is_refused)
{
    struct bundle bundle;
    struct report report;
    struct bytes input = signer_bundle(&signed_by_one, memory);
    memory[input.len - 1] ^= 1;

    assert_int_equal(open(input, false, &bundle, &report), FAULT_PAYLOAD_HASH);
}

TEST(any_changed_byte_of_a_signed_bundle_is_refused)
{
    struct bytes input = signer_bundle(&signed_by_one, memory);
    for (size_t i = 0; i < input.len; i++) {
        struct bundle bundle;
        struct report report;
        memory[i] ^= 0x01;

        assert_int_not_equal(open(input, false, &bundle, &report), FAULT_NONE);
        memory[i] ^= 0x01;
    }
}

TEST(every_prefix_is_refused)
{
    struct bytes input = signer_bundle(&signed_by_one, memory);
    for (size_t len = 0; len < input.len; len++) {
        struct bundle bundle;
        struct report report;

        enum outcome_fault fault = open(bytes_of(memory, len), false, &bundle, &report);

        assert_int_equal(fault, len == 0 ? FAULT_NO_BUNDLE : FAULT_BAD_BUNDLE);
        assert_true(report.is_set);
    }
}

TEST(bytes_behind_the_bundle_are_refused)
{
    struct signer_plan plan = signed_by_one;
    plan.trailer = BYTES_LITERAL("\0");

    faults(&plan, FAULT_BAD_BUNDLE, "after the last item");
}

TEST(another_name_version_tag_or_algorithm_is_refused)
{
    struct signer_plan plan = signed_by_one;
    plan.name = "aether-bundlf";
    faults(&plan, FAULT_BAD_BUNDLE, "not an aether-bundle");

    plan = signed_by_one;
    plan.version = 2;
    faults(&plan, FAULT_BAD_BUNDLE, "bundle version 2");

    plan = signed_by_one;
    plan.tag = 18;
    faults(&plan, FAULT_BAD_BUNDLE, "tag 18");

    plan = signed_by_one;
    plan.algorithm = -8;
    faults(&plan, FAULT_BAD_BUNDLE, "ES256");

    plan = signed_by_one;
    plan.no_body = true;
    faults(&plan, FAULT_BAD_BUNDLE, "a tag is wanted");
}

TEST(nine_signatures_are_too_many)
{
    struct signer_plan plan = signed_by_one;
    plan.signer_count = 9;
    for (size_t i = 0; i < 9; i++)
        plan.signers[i] = &one;

    faults(&plan, FAULT_BAD_BUNDLE, "9 signatures");
}

TEST(a_signed_manifest_that_is_malformed_is_a_bad_bundle_with_its_offset)
{
    struct signer_plan plan = signed_by_one;
    struct bundle bundle;
    struct report report;
    plan.manifest_bytes = BYTES_LITERAL("\xA1\x00\x02");

    struct bytes input = signer_bundle(&plan, memory);

    assert_int_equal(open(input, false, &bundle, &report), FAULT_BAD_BUNDLE);
    assert_string_equal(report.text, "manifest version 2 is not 1");
    assert_int_equal(input.data[report.offset], 0x02);
    assert_int_equal(input.data[report.offset - 2], 0xA1);
}

TEST(the_signature_is_looked_at_before_the_manifest)
{
    struct signer_plan plan = signed_by_one;
    plan.manifest_bytes = BYTES_LITERAL("garbage");
    plan.flip_signature = true;

    faults(&plan, FAULT_BAD_SIGNATURE, "signature 0 is wrong");
}

/* The Sig_structure written out whole, beside the one that is hashed in pieces. */
TEST(what_is_signed_is_the_structure_of_rfc_9052)
{
    uint8_t structure[128], wanted[32], digest[32];
    struct cbor_writer writer;
    struct bytes whole;
    cbor_writer_init(&writer, structure, sizeof structure);
    cbor_write_array(&writer, 5);
    cbor_write_text(&writer, BYTES_LITERAL("Signature"));
    cbor_write_bytes(&writer, BYTES_LITERAL(""));
    cbor_write_bytes(&writer, BYTES_LITERAL("header"));
    cbor_write_bytes(&writer, BYTES_LITERAL(""));
    cbor_write_bytes(&writer, BYTES_LITERAL("manifest"));
    assert_int_equal(cbor_writer_end(&writer, &whole), STATUS_OK);
    sha256_digest(whole, wanted);

    bundle_digest(BYTES_LITERAL("header"), BYTES_LITERAL("manifest"), digest);

    assert_memory_equal(digest, wanted, 32);
}

TEST(a_wake_is_admitted_by_its_vector_and_by_what_gates_can_do)
{
    struct bundle bundle = {0};
    manifest_init(&bundle.manifest);
    assert_int_equal(bundle_admit(&bundle, 0x20), FAULT_NONE);
    assert_int_equal(bundle_admit(&bundle, 0x22), FAULT_VECTOR);

    bundle.manifest.flags = MANIFEST_FAULT_TO_TRAP;
    assert_int_equal(bundle_admit(&bundle, 0x22), FAULT_UNSUPPORTED);
    bundle.manifest.flags = 0;
    bundle.manifest.kind = MANIFEST_KIND_IMAGE;
    assert_int_equal(bundle_admit(&bundle, 0x20), FAULT_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_bundle_signed_by_a_known_key_opens),
        T(the_manifest_hash_is_of_the_manifests_bytes),
        T(an_empty_input_is_no_bundle),
        T(an_unsigned_bundle_opens_for_bench_use_only),
        T(a_bench_image_still_refuses_a_wrong_signature),
        T(a_foreign_signature_is_an_unknown_key),
        T(one_known_signature_among_foreign_ones_is_enough),
        T(a_wrong_signature_under_a_known_key_id_is_refused_beside_a_good_one),
        T(a_foreign_wrong_signature_does_not_matter),
        T(a_known_key_id_with_another_key_is_a_bad_signature),
        T(without_keys_nothing_signed_opens),
        T(another_payload_than_signed_is_refused),
        T(any_changed_byte_of_a_signed_bundle_is_refused),
        T(every_prefix_is_refused),
        T(bytes_behind_the_bundle_are_refused),
        T(another_name_version_tag_or_algorithm_is_refused),
        T(nine_signatures_are_too_many),
        T(a_signed_manifest_that_is_malformed_is_a_bad_bundle_with_its_offset),
        T(the_signature_is_looked_at_before_the_manifest),
        T(what_is_signed_is_the_structure_of_rfc_9052),
        T(a_wake_is_admitted_by_its_vector_and_by_what_gates_can_do),
    };
    const char *only = getenv("ONLY");
    if (only != NULL && only[0] != '\0')
        cmocka_set_test_filter(only);
    return cmocka_run_group_tests(tests, set_up, NULL);
}

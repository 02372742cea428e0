/*
 * tests/unit/proof/test_manifest.c: one form in bytes, bounds with names.
 */
#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "core/proof/bundle.h"
#include "tests/support/test.h"

static uint8_t memory[MANIFEST_BYTES_MAX];

static void full_manifest(struct manifest *manifest)
{
    manifest_init(manifest);
    memset(manifest->payload_hash, 0xAB, sizeof manifest->payload_hash);
    memcpy(manifest->entry, "diagnostic", 10);
    manifest->entry_len = 10;
    memcpy(manifest->mission, "mission-7", 9);
    manifest->mission_len = 9;
    manifest->counter = UINT64_MAX;
    manifest->flags = MANIFEST_RETURN_TO_DORMANCY | MANIFEST_FAULT_TO_TRAP;
    manifest->cycles = 12;
    manifest->grants = 1u << GATE_RIGHT_DOSE | 1u << GATE_RIGHT_SIGNAL;
    manifest->vector_count = 3;
    manifest->vectors[0] = 0x20;
    manifest->vectors[1] = 0x21;
    manifest->vectors[2] = 0xEF;
}

static struct bytes written(const struct manifest *manifest)
{
    struct bytes bytes;
    assert_int_equal(manifest_write(manifest, memory, sizeof memory, &bytes), STATUS_OK);
    return bytes;
}

static void read_is_refused(struct bytes bytes, enum status wanted, const char *text)
{
    struct manifest manifest, before;
    struct report report;
    report_init(&report);
    memset(&manifest, 0x5A, sizeof manifest);
    before = manifest;

    enum status status = manifest_read(bytes, 1000, &manifest, &report);

    assert_int_equal(status, wanted);
    assert_non_null(strstr(report.text, text));
    assert_in_range(report.offset, 1000, 1000 + bytes.len);
    assert_memory_equal(&manifest, &before, sizeof manifest);
}

TEST(what_is_written_is_read_back)
{
    struct manifest manifest, again;
    full_manifest(&manifest);

    assert_int_equal(manifest_read(written(&manifest), 0, &again, NULL), STATUS_OK);

    assert_memory_equal(again.payload_hash, manifest.payload_hash, 32);
    assert_int_equal(again.kind, MANIFEST_KIND_WASM);
    assert_int_equal(again.entry_len, 10);
    assert_memory_equal(again.entry, "diagnostic", 10);
    assert_memory_equal(&again.limits, &manifest.limits, sizeof again.limits);
    assert_int_equal(again.vector_count, 3);
    assert_memory_equal(again.vectors, manifest.vectors, sizeof again.vectors);
    assert_int_equal(again.grants, manifest.grants);
    assert_int_equal(again.mission_len, 9);
    assert_memory_equal(again.mission, "mission-7", 9);
    assert_true(again.counter == UINT64_MAX);
    assert_int_equal(again.flags, manifest.flags);
    assert_int_equal(again.cycles, 12);
}

TEST(the_default_manifest_has_the_documented_limits)
{
    struct manifest manifest, again;
    manifest_init(&manifest);

    assert_int_equal(manifest_read(written(&manifest), 0, &again, NULL), STATUS_OK);

    assert_int_equal(again.limits.memory_bytes, 2 << 20);
    assert_int_equal(again.limits.arena_bytes, 4 << 20);
    assert_int_equal(again.limits.fuel, 10000000);
    assert_int_equal(again.cycles, 1);
    assert_int_equal(again.entry_len, 0);
    assert_int_equal(again.grants, 0x7F);
    assert_true(manifest_has_vector(&again, 0x20));
    assert_true(manifest_has_vector(&again, 0x21));
    assert_false(manifest_has_vector(&again, 0x22));
    assert_false(manifest_has_vector(&again, 0));
}

TEST(every_prefix_is_refused)
{
    struct manifest manifest, again;
    full_manifest(&manifest);
    struct bytes whole = written(&manifest);

    for (size_t len = 0; len < whole.len; len++)
        assert_int_not_equal(manifest_read(bytes_of(whole.data, len), 0, &again, NULL), STATUS_OK);
}

TEST(bytes_behind_the_map_are_refused)
{
    struct manifest manifest;
    full_manifest(&manifest);
    struct bytes whole = written(&manifest);
    memory[whole.len] = 0;

    read_is_refused(bytes_of(memory, whole.len + 1), STATUS_MALFORMED, "after the last item");
}

struct bound {
    size_t place;
    uint64_t value;
    enum status status;
    const char *text;
};

TEST(a_limit_out_of_bounds_is_refused_by_name)
{
    static const struct bound bounds[] = {
        {offsetof(struct manifest_limits, fuel), MANIFEST_FUEL_MAX + 1, STATUS_LIMIT, "limit fuel"},
        {offsetof(struct manifest_limits, memory_bytes), 0x8010000, STATUS_LIMIT, "limit memory"},
        {offsetof(struct manifest_limits, memory_bytes), 65537, STATUS_MALFORMED, "limit memory"},
        {offsetof(struct manifest_limits, memory_bytes), UINT64_MAX, STATUS_LIMIT, "limit memory"},
        {offsetof(struct manifest_limits, stack_units), 15, STATUS_LIMIT, "limit stack"},
        {offsetof(struct manifest_limits, stack_units), 0x1000001, STATUS_LIMIT, "limit stack"},
        {offsetof(struct manifest_limits, arena_bytes), 0x23F000, STATUS_LIMIT, "limit arena"},
        {offsetof(struct manifest_limits, arena_bytes), 0x400001, STATUS_MALFORMED, "limit arena"},
        {offsetof(struct manifest_limits, arena_bytes), 0x8201000, STATUS_LIMIT, "limit arena"},
        {offsetof(struct manifest_limits, arena_bytes), UINT64_MAX, STATUS_LIMIT, "limit arena"},
        {offsetof(struct manifest_limits, table_elements), 0x1000001, STATUS_LIMIT, "limit tables"},
        {offsetof(struct manifest_limits, deadline_ns), 9999, STATUS_LIMIT, "limit deadline"},
        {offsetof(struct manifest_limits, deadline_ns), 3600000000001, STATUS_LIMIT,
         "limit deadline"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        struct manifest manifest;
        manifest_init(&manifest);
        memcpy((uint8_t *)&manifest.limits + bounds[i].place, &bounds[i].value, 8);

        read_is_refused(written(&manifest), bounds[i].status, bounds[i].text);
    }
}

TEST(a_limit_at_its_bound_is_taken)
{
    struct manifest manifest, again;
    manifest_init(&manifest);
    manifest.limits = (struct manifest_limits){.fuel = MANIFEST_FUEL_MAX,
                                               .memory_bytes = MANIFEST_MEMORY_MAX,
                                               .stack_units = MANIFEST_STACK_MAX,
                                               .arena_bytes = MANIFEST_ARENA_MAX,
                                               .table_elements = MANIFEST_TABLES_MAX,
                                               .deadline_ns = MANIFEST_DEADLINE_NS_MAX};
    assert_int_equal(manifest_read(written(&manifest), 0, &again, NULL), STATUS_OK);

    manifest.limits = (struct manifest_limits){.stack_units = MANIFEST_STACK_MIN,
                                               .arena_bytes = MANIFEST_ARENA_EXTRA_MIN,
                                               .deadline_ns = MANIFEST_DEADLINE_NS_MIN};
    assert_int_equal(manifest_read(written(&manifest), 0, &again, NULL), STATUS_OK);
}

TEST(vectors_must_be_there_ascend_and_be_external)
{
    static const struct {
        uint32_t count;
        uint32_t vectors[2];
        const char *text;
        enum status status;
    } cases[] = {
        {0, {0}, "0 vectors", STATUS_LIMIT},
        {1, {0x1F}, "vector 31", STATUS_LIMIT},
        {1, {0xF0}, "vector 240", STATUS_LIMIT},
        {2, {0x21, 0x20}, "ascend", STATUS_MALFORMED},
        {2, {0x20, 0x20}, "ascend", STATUS_MALFORMED},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct manifest manifest;
        manifest_init(&manifest);
        manifest.vector_count = cases[i].count;
        memcpy(manifest.vectors, cases[i].vectors, sizeof cases[i].vectors);

        read_is_refused(written(&manifest), cases[i].status, cases[i].text);
    }
}

TEST(a_kind_flag_or_cycle_count_that_nobody_knows_is_refused)
{
    struct manifest manifest;
    manifest_init(&manifest);
    manifest.kind = 2;
    read_is_refused(written(&manifest), STATUS_MALFORMED, "kind 2");

    manifest_init(&manifest);
    manifest.flags = 4;
    read_is_refused(written(&manifest), STATUS_MALFORMED, "unknown flags");

    manifest_init(&manifest);
    manifest.flags = MANIFEST_RETURN_TO_DORMANCY;
    manifest.cycles = 0;
    read_is_refused(written(&manifest), STATUS_LIMIT, "0 cycles");

    manifest.cycles = (uint64_t)UINT32_MAX + 1;
    read_is_refused(written(&manifest), STATUS_LIMIT, "4294967296 cycles");
}

/* The manifest's pairs, one to be left out, doubled or replaced. */
static struct bytes with_raw_pairs(struct bytes pairs, uint64_t count)
{
    struct cbor_writer writer;
    cbor_writer_init(&writer, memory, sizeof memory);
    cbor_write_map(&writer, count);
    assert_int_equal(buffer_append(&writer.buffer, pairs), STATUS_OK);
    return buffer_bytes(&writer.buffer);
}

TEST(an_unknown_key_is_refused)
{
    struct manifest manifest;
    uint8_t copy[MANIFEST_BYTES_MAX];
    manifest_init(&manifest);
    struct bytes whole = written(&manifest);
    memcpy(copy, whole.data, whole.len);
    memcpy(copy + whole.len, "\x0B\x00", 2);

    read_is_refused(with_raw_pairs(bytes_of(copy + 1, whole.len + 1), 9), STATUS_MALFORMED,
                    "unknown key 11");
}

TEST(a_missing_key_is_refused)
{
    struct manifest manifest;
    uint8_t copy[MANIFEST_BYTES_MAX];
    manifest_init(&manifest);
    struct bytes whole = written(&manifest);
    memcpy(copy, whole.data, whole.len);

    /* The last pair is the flags, 9: 0. */
    read_is_refused(with_raw_pairs(bytes_of(copy + 1, whole.len - 3), 7), STATUS_MALFORMED,
                    "key 9 is missing");
    read_is_refused(with_raw_pairs(bytes_of(copy + 3, whole.len - 3), 7), STATUS_MALFORMED,
                    "key 0 is missing");
}

TEST(an_absent_thing_may_not_be_said_to_be_empty)
{
    struct manifest manifest;
    uint8_t copy[MANIFEST_BYTES_MAX];
    manifest_init(&manifest);
    struct bytes whole = written(&manifest);
    memcpy(copy, whole.data + 1, 39); /* version, hash, kind: up to key 4 */
    memcpy(copy + 39, "\x03\x60", 2); /* entry: "" */
    memcpy(copy + 41, whole.data + 40, whole.len - 40);

    read_is_refused(with_raw_pairs(bytes_of(copy, whole.len + 1), 9), STATUS_LIMIT, "0 bytes");
}

TEST(cycles_without_the_flag_are_refused)
{
    struct manifest manifest;
    uint8_t copy[MANIFEST_BYTES_MAX];
    manifest_init(&manifest);
    struct bytes whole = written(&manifest);
    memcpy(copy, whole.data, whole.len);
    memcpy(copy + whole.len, "\x0A\x05", 2);

    read_is_refused(with_raw_pairs(bytes_of(copy + 1, whole.len + 1), 9), STATUS_MALFORMED,
                    "both or neither");
}

TEST(another_version_is_refused)
{
    struct manifest manifest;
    manifest_init(&manifest);
    struct bytes whole = written(&manifest);
    memory[2] = 2;

    read_is_refused(whole, STATUS_MALFORMED, "manifest version 2");
}

static size_t find(struct bytes haystack, const char *needle)
{
    for (size_t i = 0; i + strlen(needle) <= haystack.len; i++)
        if (memcmp(haystack.data + i, needle, strlen(needle)) == 0)
            return i;
    fail_msg("%s is not there", needle);
    return 0;
}

TEST(rights_must_be_known_and_in_order)
{
    struct manifest manifest;
    manifest_init(&manifest);
    manifest.grants = 1u << GATE_RIGHT_PRESSURE | 1u << GATE_RIGHT_TELEMETRY;
    struct bytes whole = written(&manifest);
    memory[find(whole, "pressure")] = 'P';
    read_is_refused(whole, STATUS_MALFORMED, "unknown right \"Pressure\"");

    manifest.grants = 1u << GATE_RIGHT_OXYGEN | 1u << GATE_RIGHT_UPLINK;
    whole = written(&manifest);
    memcpy(memory + find(whole, "oxygen"), "uplink", 6);
    read_is_refused(whole, STATUS_MALFORMED, "right \"uplink\" is there twice");

    manifest.grants = 1u << GATE_RIGHT_UPLINK | 1u << GATE_RIGHT_SIGNAL;
    whole = written(&manifest);
    memcpy(memory + find(whole, "uplink"), "signal", 6);
    memcpy(memory + find(whole, "signal") + 7, "uplink", 6);
    read_is_refused(whole, STATUS_MALFORMED, "out of order");
}

TEST(no_grants_are_a_fine_manifest)
{
    struct manifest manifest, again;
    manifest_init(&manifest);
    manifest.grants = 0;

    assert_int_equal(manifest_read(written(&manifest), 0, &again, NULL), STATUS_OK);
    assert_int_equal(again.grants, 0);
}

TEST(every_right_has_its_word)
{
    for (uint32_t right = 0; right < GATE_RIGHT_COUNT; right++) {
        const char *word = manifest_right_word(right);
        assert_int_equal(manifest_right_find(bytes_of(word, strlen(word))), right);
    }
    assert_null(manifest_right_word(GATE_RIGHT_COUNT));
    assert_int_equal(manifest_right_find(BYTES_LITERAL("root")), GATE_RIGHT_COUNT);
    assert_int_equal(manifest_right_find(BYTES_LITERAL("")), GATE_RIGHT_COUNT);
}

TEST(names_of_64_bytes_fit_and_65_do_not)
{
    struct manifest manifest, again;
    manifest_init(&manifest);
    memset(manifest.entry, 'e', 64);
    manifest.entry_len = 64;
    memset(manifest.mission, 'm', 64);
    manifest.mission_len = 64;
    assert_int_equal(manifest_read(written(&manifest), 0, &again, NULL), STATUS_OK);

    manifest.entry_len = 65;
    assert_int_equal(manifest_check(&manifest, 0, NULL), STATUS_LIMIT);
    manifest.entry_len = 64;
    manifest.mission_len = 65;
    assert_int_equal(manifest_check(&manifest, 0, NULL), STATUS_LIMIT);
}

TEST(the_entry_hash_is_of_its_name)
{
    struct manifest manifest;
    uint8_t hash[32], wanted[32];
    manifest_init(&manifest);
    manifest_entry_hash(&manifest, hash);
    sha256_digest(BYTES_LITERAL(""), wanted);
    assert_memory_equal(hash, wanted, 32);

    full_manifest(&manifest);
    manifest_entry_hash(&manifest, hash);
    sha256_digest(BYTES_LITERAL("diagnostic"), wanted);
    assert_memory_equal(hash, wanted, 32);
}

TEST(a_buffer_that_is_too_small_is_told)
{
    struct manifest manifest;
    struct bytes bytes;
    full_manifest(&manifest);

    assert_int_equal(manifest_write(&manifest, memory, 50, &bytes), STATUS_NO_MEMORY);
}

TEST_MAIN(T(what_is_written_is_read_back), T(the_default_manifest_has_the_documented_limits),
          T(every_prefix_is_refused), T(bytes_behind_the_map_are_refused),
          T(a_limit_out_of_bounds_is_refused_by_name), T(a_limit_at_its_bound_is_taken),
          T(vectors_must_be_there_ascend_and_be_external),
          T(a_kind_flag_or_cycle_count_that_nobody_knows_is_refused), T(an_unknown_key_is_refused),
          T(a_missing_key_is_refused), T(an_absent_thing_may_not_be_said_to_be_empty),
          T(cycles_without_the_flag_are_refused), T(another_version_is_refused),
          T(rights_must_be_known_and_in_order), T(no_grants_are_a_fine_manifest),
          T(every_right_has_its_word), T(names_of_64_bytes_fit_and_65_do_not),
          T(the_entry_hash_is_of_its_name), T(a_buffer_that_is_too_small_is_told))

/*
 * core/proof/manifest.c: the manifest, a deterministic CBOR map with small integer keys.
 *
 * Reading takes it apart, manifest_check judges the values. Every manifest has exactly one form in
 * bytes: what is at its default and may be absent (entry, mission, cycles) must be absent.
 */
#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "core/proof/bundle.h"

enum manifest_key {
    KEY_VERSION = 0,
    KEY_PAYLOAD_HASH = 1,
    KEY_KIND = 2,
    KEY_ENTRY = 3, /* absent: the default entries */
    KEY_LIMITS = 4,
    KEY_VECTORS = 5,
    KEY_GRANTS = 6,
    KEY_MISSION = 7, /* absent: none */
    KEY_COUNTER = 8,
    KEY_FLAGS = 9,
    KEY_CYCLES = 10, /* present with MANIFEST_RETURN_TO_DORMANCY, else absent */
    KEY_COUNT
};

#define KEYS_REQUIRED                                                                              \
    (1u << KEY_VERSION | 1u << KEY_PAYLOAD_HASH | 1u << KEY_KIND | 1u << KEY_LIMITS |              \
     1u << KEY_VECTORS | 1u << KEY_GRANTS | 1u << KEY_COUNTER | 1u << KEY_FLAGS)

/* The limits map: keys from 0 in this order, all of them there. */
struct limit_rule {
    size_t place; /* in struct manifest_limits */
    uint64_t min, max;
    const char *sentence;
};

#define PLACE(name) offsetof(struct manifest_limits, name)
static const struct limit_rule limit_rules[] = {
    {PLACE(fuel), 0, MANIFEST_FUEL_MAX, "limit fuel: % is over 2^62 - 1"},
    {PLACE(memory_bytes), 0, MANIFEST_MEMORY_MAX, "limit memory: % bytes are over 128 MiB"},
    {PLACE(stack_units), MANIFEST_STACK_MIN, MANIFEST_STACK_MAX,
     "limit stack: % slots are not within 16 and 16777216"},
    {PLACE(arena_bytes), 0, MANIFEST_ARENA_MAX, "limit arena: % bytes are over 256 MiB"},
    {PLACE(table_elements), 0, MANIFEST_TABLES_MAX, "limit tables: % elements are over 16777216"},
    {PLACE(deadline_ns), MANIFEST_DEADLINE_NS_MIN, MANIFEST_DEADLINE_NS_MAX,
     "limit deadline: % ns are not within 10 us and an hour"},
};
_Static_assert(sizeof(struct manifest_limits) == 8 * ARRAY_LEN(limit_rules), "a rule per limit");

static const char *const right_words[GATE_RIGHT_COUNT] = {
#define X(index, name, word) word,
    GATE_RIGHT_LIST(X)
#undef X
};

const char *manifest_right_word(uint32_t right)
{
    return right < GATE_RIGHT_COUNT ? right_words[right] : NULL;
}

uint32_t manifest_right_find(struct bytes word)
{
    for (uint32_t right = 0; right < GATE_RIGHT_COUNT; right++) {
        size_t len = 0;
        while (right_words[right][len] != '\0')
            len++;
        if (bytes_equal(word, bytes_of(right_words[right], len)))
            return right;
    }
    return GATE_RIGHT_COUNT;
}

void manifest_init(struct manifest *manifest)
{
    *manifest = (struct manifest){
        .kind = MANIFEST_KIND_WASM,
        .limits = {.fuel = MANIFEST_FUEL_DEFAULT,
                   .memory_bytes = MANIFEST_MEMORY_DEFAULT,
                   .stack_units = MANIFEST_STACK_DEFAULT,
                   .arena_bytes = MANIFEST_ARENA_DEFAULT,
                   .table_elements = MANIFEST_TABLES_DEFAULT,
                   .deadline_ns = MANIFEST_DEADLINE_NS_DEFAULT},
        .vector_count = 2,
        .vectors = {0x20, 0x21},
        .grants = (1u << GATE_RIGHT_COUNT) - 1,
        .cycles = 1,
    };
}

bool manifest_has_vector(const struct manifest *manifest, uint32_t vector)
{
    for (uint32_t i = 0; i < manifest->vector_count; i++)
        if (manifest->vectors[i] == vector)
            return true;
    return false;
}

void manifest_entry_hash(const struct manifest *manifest, uint8_t out_hash[static 32])
{
    sha256_digest(bytes_of(manifest->entry, manifest->entry_len), out_hash);
}

static uint64_t limit_get(const struct manifest_limits *limits, const struct limit_rule *rule)
{
    uint64_t value;
    memcpy(&value, (const uint8_t *)limits + rule->place, sizeof value);
    return value;
}

static void limit_set(struct manifest_limits *limits, const struct limit_rule *rule, uint64_t value)
{
    memcpy((uint8_t *)limits + rule->place, &value, sizeof value);
}

static enum status check_limits(const struct manifest_limits *limits, uint64_t offset,
                                struct report *report)
{
    for (size_t i = 0; i < ARRAY_LEN(limit_rules); i++) {
        const struct limit_rule *rule = &limit_rules[i];
        uint64_t value = limit_get(limits, rule);
        if (value < rule->min || value > rule->max)
            return report_fail_u64(report, STATUS_LIMIT, offset, rule->sentence, value);
    }
    if (limits->memory_bytes % MANIFEST_PAGE_BYTES != 0)
        return report_fail_u64(report, STATUS_MALFORMED, offset,
                               "limit memory: % bytes are no multiple of 64 KiB",
                               limits->memory_bytes);
    if (limits->arena_bytes % MANIFEST_ARENA_UNIT != 0)
        return report_fail_u64(report, STATUS_MALFORMED, offset,
                               "limit arena: % bytes are no multiple of 4 KiB",
                               limits->arena_bytes);
    uint64_t least = limits->memory_bytes + MANIFEST_ARENA_EXTRA_MIN;
    if (limits->arena_bytes < least)
        return report_fail_u64x2(report, STATUS_LIMIT, offset,
                                 "limit arena: % bytes, with this memory % are needed at least",
                                 limits->arena_bytes, least);
    if (limits->arena_bytes - limits->memory_bytes > CELL_ARENA_MAX)
        return report_fail_u64(report, STATUS_LIMIT, offset,
                               "limit arena: % bytes, beside the memory 128 MiB are the most",
                               limits->arena_bytes);
    return STATUS_OK;
}

static enum status check_vectors(const struct manifest *manifest, uint64_t offset,
                                 struct report *report)
{
    if (manifest->vector_count == 0 || manifest->vector_count > MANIFEST_VECTORS_MAX)
        return report_fail_u64(report, STATUS_LIMIT, offset, "% vectors are not within 1 and 8",
                               manifest->vector_count);
    for (uint32_t i = 0; i < manifest->vector_count; i++) {
        uint32_t vector = manifest->vectors[i];
        if (vector < MANIFEST_VECTOR_MIN || vector > MANIFEST_VECTOR_MAX)
            return report_fail_u64(report, STATUS_LIMIT, offset,
                                   "vector % is not within 0x20 and 0xEF", vector);
        if (i != 0 && vector <= manifest->vectors[i - 1])
            return report_fail(report, STATUS_MALFORMED, offset,
                               "vectors must ascend, each only once");
    }
    return STATUS_OK;
}

enum status manifest_check(const struct manifest *manifest, uint64_t offset, struct report *report)
{
    if (manifest->kind != MANIFEST_KIND_WASM && manifest->kind != MANIFEST_KIND_IMAGE)
        return report_fail_u64(report, STATUS_MALFORMED, offset,
                               "kind % is neither 0 (wasm) nor 1 (image)", manifest->kind);
    if (manifest->entry_len > GATE_ENTRY_MAX)
        return report_fail(report, STATUS_LIMIT, offset, "entry name is over 64 bytes");
    if (manifest->mission_len > MANIFEST_MISSION_MAX)
        return report_fail(report, STATUS_LIMIT, offset, "mission id is over 64 bytes");
    enum status status = check_limits(&manifest->limits, offset, report);
    if (status == STATUS_OK)
        status = check_vectors(manifest, offset, report);
    if (status != STATUS_OK)
        return status;
    if (manifest->grants >> GATE_RIGHT_COUNT != 0)
        return report_fail(report, STATUS_MALFORMED, offset, "a grant that no right stands for");
    if ((manifest->flags & ~(uint32_t)(MANIFEST_RETURN_TO_DORMANCY | MANIFEST_FAULT_TO_TRAP)) != 0)
        return report_fail_u64(report, STATUS_MALFORMED, offset, "unknown flags in %",
                               manifest->flags);
    if (manifest->cycles == 0 || manifest->cycles > MANIFEST_CYCLES_MAX)
        return report_fail_u64(report, STATUS_LIMIT, offset,
                               "% cycles are not within 1 and 4294967295", manifest->cycles);
    if ((manifest->flags & MANIFEST_RETURN_TO_DORMANCY) == 0 && manifest->cycles != 1)
        return report_fail(report, STATUS_MALFORMED, offset,
                           "cycles without the flag return-to-dormancy");
    return STATUS_OK;
}

/* A number that must fit 32 bits. */
static enum status read_u32(struct cbor_reader *reader, uint32_t *out_value)
{
    uint64_t offset = reader->offset, value;
    enum status status = cbor_read_uint(reader, &value);
    if (status != STATUS_OK)
        return status;
    if (value > UINT32_MAX)
        return report_fail_u64(reader->report, STATUS_LIMIT, offset, "% does not fit 32 bits",
                               value);
    *out_value = (uint32_t)value;
    return STATUS_OK;
}

static enum status read_version(struct cbor_reader *reader)
{
    uint64_t offset = reader->offset, version;
    enum status status = cbor_read_uint(reader, &version);
    if (status == STATUS_OK && version != MANIFEST_VERSION)
        return report_fail_u64(reader->report, STATUS_MALFORMED, offset,
                               "manifest version % is not 1", version);
    return status;
}

/* Text of 1 to `cap` bytes; the empty one is said by leaving the key out. */
static enum status read_name(struct cbor_reader *reader, uint8_t *out_name, uint32_t cap,
                             uint32_t *out_len)
{
    uint64_t offset = reader->offset;
    struct bytes text;
    enum status status = cbor_read_text(reader, &text);
    if (status != STATUS_OK)
        return status;
    if (text.len == 0 || text.len > cap)
        return report_fail_u64x2(reader->report, STATUS_LIMIT, offset,
                                 "name of % bytes is not within 1 and %", text.len, cap);
    memcpy(out_name, text.data, text.len);
    *out_len = (uint32_t)text.len;
    return STATUS_OK;
}

static enum status read_limits(struct cbor_reader *reader, struct manifest_limits *out_limits)
{
    uint64_t offset = reader->offset;
    struct cbor_map map;
    enum status status = cbor_read_map(reader, &map);
    if (status != STATUS_OK)
        return status;
    if (map.left != ARRAY_LEN(limit_rules))
        return report_fail_u64(reader->report, STATUS_MALFORMED, offset,
                               "% limits where 6 are wanted", map.left);
    for (size_t i = 0; i < ARRAY_LEN(limit_rules); i++) {
        uint64_t at = reader->offset, key, value;
        status = cbor_read_key(reader, &map, &key);
        if (status == STATUS_OK && key != i)
            status = report_fail_u64(reader->report, STATUS_MALFORMED, at, "unknown limit %", key);
        if (status == STATUS_OK)
            status = cbor_read_uint(reader, &value);
        if (status != STATUS_OK)
            return status;
        limit_set(out_limits, &limit_rules[i], value);
    }
    return STATUS_OK;
}

static enum status read_vectors(struct cbor_reader *reader, struct manifest *manifest)
{
    uint64_t offset = reader->offset, count;
    enum status status = cbor_read_array(reader, &count);
    if (status != STATUS_OK)
        return status;
    if (count > MANIFEST_VECTORS_MAX)
        return report_fail_u64(reader->report, STATUS_LIMIT, offset,
                               "% vectors are not within 1 and 8", count);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_u32(reader, &manifest->vectors[i]);
    manifest->vector_count = (uint32_t)count;
    return status;
}

/* Words of rights, in the order of gate.h's list. */
static enum status read_grants(struct cbor_reader *reader, uint32_t *out_grants)
{
    uint64_t count;
    uint32_t grants = 0;
    enum status status = cbor_read_array(reader, &count);
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        uint64_t offset = reader->offset;
        struct bytes word;
        status = cbor_read_text(reader, &word);
        if (status != STATUS_OK)
            break;
        uint32_t right = manifest_right_find(word);
        if (right == GATE_RIGHT_COUNT)
            return report_fail_name(reader->report, STATUS_MALFORMED, offset, "unknown right %",
                                    word);
        if (grants >> right != 0)
            return report_fail_name(reader->report, STATUS_MALFORMED, offset,
                                    "right % is there twice or out of order", word);
        grants |= 1u << right;
    }
    if (status == STATUS_OK)
        *out_grants = grants;
    return status;
}

static enum status read_field(struct cbor_reader *reader, uint64_t key, uint64_t key_offset,
                              struct manifest *manifest)
{
    struct bytes hash;
    enum status status;
    switch (key) {
    case KEY_VERSION:
        return read_version(reader);
    case KEY_PAYLOAD_HASH:
        status = cbor_read_bytes_exact(reader, sizeof manifest->payload_hash, &hash);
        if (status == STATUS_OK)
            memcpy(manifest->payload_hash, hash.data, hash.len);
        return status;
    case KEY_KIND:
        return read_u32(reader, &manifest->kind);
    case KEY_ENTRY:
        return read_name(reader, manifest->entry, GATE_ENTRY_MAX, &manifest->entry_len);
    case KEY_LIMITS:
        return read_limits(reader, &manifest->limits);
    case KEY_VECTORS:
        return read_vectors(reader, manifest);
    case KEY_GRANTS:
        return read_grants(reader, &manifest->grants);
    case KEY_MISSION:
        return read_name(reader, manifest->mission, MANIFEST_MISSION_MAX, &manifest->mission_len);
    case KEY_COUNTER:
        return cbor_read_uint(reader, &manifest->counter);
    case KEY_FLAGS:
        return read_u32(reader, &manifest->flags);
    case KEY_CYCLES:
        return cbor_read_uint(reader, &manifest->cycles);
    default:
        return report_fail_u64(reader->report, STATUS_MALFORMED, key_offset, "unknown key %", key);
    }
}

static enum status check_presence(uint32_t seen, const struct manifest *manifest, uint64_t offset,
                                  struct report *report)
{
    for (uint32_t key = 0; key < KEY_COUNT; key++)
        if ((KEYS_REQUIRED & ~seen & 1u << key) != 0)
            return report_fail_u64(report, STATUS_MALFORMED, offset, "key % is missing", key);
    bool returns = (manifest->flags & MANIFEST_RETURN_TO_DORMANCY) != 0;
    bool has_cycles = (seen & 1u << KEY_CYCLES) != 0;
    if (returns != has_cycles)
        return report_fail(report, STATUS_MALFORMED, offset,
                           "cycles go with the flag return-to-dormancy, both or neither");
    return STATUS_OK;
}

enum status manifest_read(struct bytes input, uint64_t offset, struct manifest *out_manifest,
                          struct report *report)
{
    struct cbor_reader reader;
    struct cbor_map map;
    struct manifest manifest = {.cycles = 1};
    uint32_t seen = 0;
    cbor_reader_init(&reader, input, offset, report);
    if (input.len > MANIFEST_BYTES_MAX)
        return report_fail_u64(report, STATUS_LIMIT, offset, "manifest of % bytes is over 1024",
                               input.len);
    enum status status = cbor_read_map(&reader, &map);
    while (status == STATUS_OK && map.left != 0) {
        uint64_t key, key_offset = reader.offset;
        status = cbor_read_key(&reader, &map, &key);
        if (status != STATUS_OK)
            break;
        status = read_field(&reader, key, key_offset, &manifest);
        if (key < KEY_COUNT)
            seen |= 1u << key;
    }
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status == STATUS_OK)
        status = check_presence(seen, &manifest, offset, report);
    if (status == STATUS_OK)
        status = manifest_check(&manifest, offset, report);
    if (status == STATUS_OK)
        *out_manifest = manifest;
    return status;
}

static void write_grants(struct cbor_writer *writer, uint32_t grants)
{
    cbor_write_array(writer, (uint64_t)__builtin_popcount(grants));
    for (uint32_t right = 0; right < GATE_RIGHT_COUNT; right++) {
        if ((grants >> right & 1) == 0)
            continue;
        size_t len = 0;
        while (right_words[right][len] != '\0')
            len++;
        cbor_write_text(writer, bytes_of(right_words[right], len));
    }
}

enum status manifest_write(const struct manifest *manifest, void *memory, size_t cap,
                           struct bytes *out_bytes)
{
    bool returns = (manifest->flags & MANIFEST_RETURN_TO_DORMANCY) != 0;
    struct cbor_writer writer;
    cbor_writer_init(&writer, memory, cap);
    cbor_write_map(&writer,
                   8u + (manifest->entry_len != 0) + (manifest->mission_len != 0) + returns);
    cbor_write_uint(&writer, KEY_VERSION);
    cbor_write_uint(&writer, MANIFEST_VERSION);
    cbor_write_uint(&writer, KEY_PAYLOAD_HASH);
    cbor_write_bytes(&writer, bytes_of(manifest->payload_hash, sizeof manifest->payload_hash));
    cbor_write_uint(&writer, KEY_KIND);
    cbor_write_uint(&writer, manifest->kind);
    if (manifest->entry_len != 0) {
        cbor_write_uint(&writer, KEY_ENTRY);
        cbor_write_text(&writer, bytes_of(manifest->entry, manifest->entry_len));
    }
    cbor_write_uint(&writer, KEY_LIMITS);
    cbor_write_map(&writer, ARRAY_LEN(limit_rules));
    for (size_t i = 0; i < ARRAY_LEN(limit_rules); i++) {
        cbor_write_uint(&writer, i);
        cbor_write_uint(&writer, limit_get(&manifest->limits, &limit_rules[i]));
    }
    cbor_write_uint(&writer, KEY_VECTORS);
    cbor_write_array(&writer, manifest->vector_count);
    for (uint32_t i = 0; i < manifest->vector_count; i++)
        cbor_write_uint(&writer, manifest->vectors[i]);
    cbor_write_uint(&writer, KEY_GRANTS);
    write_grants(&writer, manifest->grants);
    if (manifest->mission_len != 0) {
        cbor_write_uint(&writer, KEY_MISSION);
        cbor_write_text(&writer, bytes_of(manifest->mission, manifest->mission_len));
    }
    cbor_write_uint(&writer, KEY_COUNTER);
    cbor_write_uint(&writer, manifest->counter);
    cbor_write_uint(&writer, KEY_FLAGS);
    cbor_write_uint(&writer, manifest->flags);
    if (returns) {
        cbor_write_uint(&writer, KEY_CYCLES);
        cbor_write_uint(&writer, manifest->cycles);
    }
    return cbor_writer_end(&writer, out_bytes);
}

/*
 * cli/sign.c: aether sign: payload, manifest and signatures become a bundle.
 */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/key.h"
#include "core/base/cbor.h"
#include "core/base/utf8.h"
#include "core/crypto/sha256.h"

static const char help[] =
    "usage: aether sign PAYLOAD.wasm -o OUT.bundle (--key KEY ... | --unsigned) [OPTION...]\n"
    "\n"
    "Writes a bundle: the payload, a manifest that says how it may run, and a signature over\n"
    "the manifest by every KEY. The manifest names the payload's hash, so the payload is\n"
    "signed with it. An image checks all of that before every cycle.\n"
    "\n"
    "  -o OUT             where to write\n"
    "  --key KEY          private key (aether keygen); may be given up to 8 times\n"
    "  --unsigned         no signature: only an image for bench use runs it\n"
    "  --entry NAME       exported function to run; default: the first that exists of\n"
    "                     evaluate_limits, diagnostic, _start\n"
    "limits (the receipt repeats them):\n"
    "  --fuel N           default 10000000\n"
    "  --memory BYTES     guest linear memory, multiple of 64KiB; default 2MiB\n"
    "  --arena BYTES      everything, guest memory included; default 4MiB, at least\n"
    "                     256KiB more than --memory\n"
    "  --stack N          slots; default 65536\n"
    "  --tables N         table elements; default 16384\n"
    "  --deadline-ms N    wall time; default 2000\n"
    "policy:\n"
    "  --vector V         wake vector that may run it; repeat; default 0x20 and 0x21\n"
    "  --grant RIGHT      pressure, dose, oxygen, joint, telemetry, uplink, signal; repeat;\n"
    "                     default all; `--grant none` gives nothing\n"
    "  --mission ID       text of your own, up to 64 bytes\n"
    "  --counter N        number of your own; count releases with it\n"
    "  --return-to-dormancy --cycles N   sleep again after a cycle, end after N of them\n"
    "  --fault-to-trap    page faults in guest memory come back as traps\n"
    "\n"
    "example: aether sign policy.wasm -o policy.bundle --key dev.key --fuel 200000 --memory 1MiB\n"
    "Exit codes: 0 written; 1 the manifest is refused (says which limit); 2 usage; 3 file.\n";

struct sign_options {
    const char *output, *entry, *mission;
    struct cli_list keys, vectors, grants;
    bool is_unsigned, returns, fault_to_trap;
    uint64_t deadline_ms, cycles;
};

static bool copy_text(const char *text, const char *what, uint8_t *out, uint32_t cap,
                      uint32_t *out_len)
{
    struct bytes name = bytes_of(text, text == NULL ? 0 : strlen(text));
    if (name.len > cap) {
        cli_say("%s: over %u bytes", what, cap);
        return false;
    }
    if (!utf8_is_valid(name)) {
        cli_say("%s: not UTF-8", what);
        return false;
    }
    if (name.len != 0)
        memcpy(out, name.data, name.len);
    *out_len = (uint32_t)name.len;
    return true;
}

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool set_vectors(const struct cli_list *words, struct manifest *manifest)
{
    if (words->count > MANIFEST_VECTORS_MAX) {
        cli_say("--vector: more than %u are not taken", MANIFEST_VECTORS_MAX);
        return false;
    }
    for (size_t i = 0; i < words->count; i++) {
        uint64_t vector;
        if (!cli_number(words->items[i], false, &vector) || vector > UINT32_MAX) {
            cli_say("--vector: \"%s\" is not a vector", words->items[i]);
            return false;
        }
        manifest->vectors[i] = (uint32_t)vector;
    }
    if (words->count != 0)
        manifest->vector_count = (uint32_t)words->count;
    qsort(manifest->vectors, manifest->vector_count, sizeof manifest->vectors[0], compare_u32);
    return true;
}

static bool set_grants(const struct cli_list *words, struct manifest *manifest)
{
    if (words->count == 0)
        return true;
    manifest->grants = 0;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        uint32_t right = manifest_right_find(bytes_of(word, strlen(word)));
        bool is_none = strcmp(word, "none") == 0 && words->count == 1;
        if (right == GATE_RIGHT_COUNT && !is_none) {
            cli_say("--grant: there is no right \"%s\"; see `aether sign --help`", word);
            return false;
        }
        if (!is_none)
            manifest->grants |= 1u << right;
    }
    return true;
}

/* False: usage, and said. Values out of bounds are manifest_check's. */
static bool set_policy(const struct sign_options *options, struct manifest *manifest)
{
    if (options->deadline_ms > UINT64_MAX / 1000000) {
        cli_say("--deadline-ms: too long");
        return false;
    }
    if (options->returns != (options->cycles != 0)) {
        cli_say("--return-to-dormancy and --cycles N (from 1) go together");
        return false;
    }
    manifest->limits.deadline_ns = options->deadline_ms * 1000000;
    if (options->returns) {
        manifest->flags |= MANIFEST_RETURN_TO_DORMANCY;
        manifest->cycles = options->cycles;
    }
    if (options->fault_to_trap)
        manifest->flags |= MANIFEST_FAULT_TO_TRAP;
    return set_vectors(&options->vectors, manifest) && set_grants(&options->grants, manifest) &&
           copy_text(options->entry, "--entry", manifest->entry, GATE_ENTRY_MAX,
                     &manifest->entry_len) &&
           copy_text(options->mission, "--mission", manifest->mission, MANIFEST_MISSION_MAX,
                     &manifest->mission_len);
}

/* {1: -7, 4: kid} */
static struct bytes signer_header(const struct bundle_key *key, uint8_t memory[static 32])
{
    struct cbor_writer writer;
    cbor_writer_init(&writer, memory, 32);
    cbor_write_map(&writer, 2);
    cbor_write_uint(&writer, 1);
    cbor_write_int(&writer, -7);
    cbor_write_uint(&writer, 4);
    cbor_write_bytes(&writer, bytes_of(key->kid, sizeof key->kid));
    ASSERT(!writer.is_full);
    return buffer_bytes(&writer.buffer);
}

/* Who signs twice has made a mistake: the second signature says nothing new. */
static bool is_new_signer(const struct bundle_key *keys, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(keys[i].kid, keys[count].kid, sizeof keys[i].kid) != 0)
            continue;
        cli_say("%s: this key signs already", path);
        return false;
    }
    return true;
}

/* The signer becomes keys[count]. */
static bool write_signature(struct cbor_writer *writer, const char *path, struct bytes manifest,
                            struct bundle_key *keys, size_t count)
{
    uint8_t memory[32], digest[32], signature[64];
    struct key_pair *pair = key_read_private(path);
    bool is_signed =
        pair != NULL && key_public(pair, &keys[count]) && is_new_signer(keys, count, path);
    if (is_signed) {
        struct bytes header = signer_header(&keys[count], memory);
        bundle_digest(header, manifest, digest);
        is_signed = key_sign(pair, digest, signature);
        cbor_write_array(writer, 3);
        cbor_write_bytes(writer, header);
        cbor_write_map(writer, 0);
        cbor_write_bytes(writer, bytes_of(signature, sizeof signature));
    }
    key_destroy(pair);
    return is_signed;
}

static bool write_body(struct cbor_writer *writer, const struct sign_options *options,
                       struct bytes manifest)
{
    if (options->is_unsigned) {
        cbor_write_bytes(writer, manifest);
        return true;
    }
    cbor_write_tag(writer, 98);
    cbor_write_array(writer, 4);
    cbor_write_bytes(writer, bytes_of("", 0));
    cbor_write_map(writer, 0);
    cbor_write_bytes(writer, manifest);
    cbor_write_array(writer, options->keys.count);
    struct bundle_key keys[BUNDLE_SIGNATURES_MAX];
    for (size_t i = 0; i < options->keys.count; i++)
        if (!write_signature(writer, options->keys.items[i], manifest, keys, i))
            return false;
    return true;
}

static int write_bundle(const struct sign_options *options, const struct manifest *manifest,
                        struct bytes payload)
{
    uint8_t memory[MANIFEST_BYTES_MAX];
    struct bytes manifest_bytes, bundle;
    if (manifest_write(manifest, memory, sizeof memory, &manifest_bytes) != STATUS_OK) {
        cli_say("sign: the manifest is over %u bytes", MANIFEST_BYTES_MAX);
        return CLI_REFUSED;
    }
    size_t cap = payload.len + 4096;
    struct cbor_writer writer;
    cbor_writer_init(&writer, malloc(cap), cap);
    if (writer.buffer.data == NULL) {
        cli_say("sign: out of memory");
        return CLI_FAILED;
    }
    cbor_write_array(&writer, 4);
    cbor_write_text(&writer, BYTES_LITERAL("aether-bundle"));
    cbor_write_uint(&writer, BUNDLE_VERSION);
    bool is_written = write_body(&writer, options, manifest_bytes);
    cbor_write_bytes(&writer, payload);
    is_written = is_written && cbor_writer_end(&writer, &bundle) == STATUS_OK &&
                 cli_write(options->output, bundle, 0644);
    free(writer.buffer.data);
    return is_written ? CLI_OK : CLI_FAILED;
}

static bool are_keys_usable(const struct sign_options *options)
{
    if (options->is_unsigned == (options->keys.count != 0)) {
        cli_say("sign: either --key KEY (up to %u) or --unsigned", BUNDLE_SIGNATURES_MAX);
        return false;
    }
    if (options->keys.count > BUNDLE_SIGNATURES_MAX) {
        cli_say("--key: more than %u are not taken", BUNDLE_SIGNATURES_MAX);
        return false;
    }
    return true;
}

static int sign_file(const struct sign_options *options, const char *path,
                     struct manifest *manifest)
{
    struct bytes payload;
    struct report report;
    report_init(&report);
    if (manifest_check(manifest, REPORT_NO_OFFSET, &report) != STATUS_OK) {
        cli_say_report("sign", &report);
        return CLI_REFUSED;
    }
    if (!cli_read(path, BUNDLE_PAYLOAD_MAX, &payload))
        return CLI_FAILED;
    sha256_digest(payload, manifest->payload_hash);
    int code = write_bundle(options, manifest, payload);
    cli_free(payload);
    return code;
}

static int run(int argc, char **argv)
{
    struct sign_options o = {.deadline_ms = MANIFEST_DEADLINE_NS_DEFAULT / 1000000};
    struct manifest m;
    manifest_init(&m);
    const struct cli_option options[] = {
        {"-o", CLI_TEXT, &o.output},
        {"--output", CLI_TEXT, &o.output},
        {"--key", CLI_LIST, &o.keys},
        {"--unsigned", CLI_FLAG, &o.is_unsigned},
        {"--entry", CLI_TEXT, &o.entry},
        {"--fuel", CLI_NUMBER, &m.limits.fuel},
        {"--memory", CLI_SIZE, &m.limits.memory_bytes},
        {"--arena", CLI_SIZE, &m.limits.arena_bytes},
        {"--stack", CLI_NUMBER, &m.limits.stack_units},
        {"--tables", CLI_NUMBER, &m.limits.table_elements},
        {"--deadline-ms", CLI_NUMBER, &o.deadline_ms},
        {"--vector", CLI_LIST, &o.vectors},
        {"--grant", CLI_LIST, &o.grants},
        {"--mission", CLI_TEXT, &o.mission},
        {"--counter", CLI_NUMBER, &m.counter},
        {"--return-to-dormancy", CLI_FLAG, &o.returns},
        {"--cycles", CLI_NUMBER, &o.cycles},
        {"--fault-to-trap", CLI_FLAG, &o.fault_to_trap},
    };
    struct cli_list files;
    if (!cli_parse(&cli_sign, argc, argv, options, ARRAY_LEN(options), 1, 1, &files))
        return CLI_USAGE;
    if (o.output == NULL) {
        cli_say("sign: where to? -o OUT.bundle");
        return CLI_USAGE;
    }
    if (!are_keys_usable(&o) || !set_policy(&o, &m))
        return CLI_USAGE;
    return sign_file(&o, files.items[0], &m);
}

const struct cli_command cli_sign = {"sign", "makes a bundle: payload, manifest, signatures", help,
                                     run};

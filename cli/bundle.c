/*
 * cli/bundle.c: aether bundle: what a bundle says. Prints claims; checks shape and payload hash.
 */
#include "core/proof/bundle.h"

#include "cli/cli.h"
#include "core/crypto/sha256.h"

static const char help[] =
    "usage: aether bundle FILE [--json]\n"
    "\n"
    "Prints the manifest of a bundle and the ids of the keys that signed it. Signatures are\n"
    "not checked here: an image checks them, and `aether verify --key PUB` does.\n"
    "\n"
    "  --json   one object\n"
    "\n"
    "example: aether bundle policy.bundle\n"
    "Exit codes: 0 printed; 1 not a bundle (says where), or another payload than the manifest\n"
    "names; 2 usage; 3 not readable.\n";

/* What both forms of output print, taken from the file once. */
struct claims {
    struct bundle_parts parts;
    struct manifest manifest;
    uint8_t manifest_hash[32];
    bool has_payload; /* the payload is the one the manifest names */
};

static const struct {
    const char *name;
    size_t place;
} limits[] = {
    {"fuel", offsetof(struct manifest_limits, fuel)},
    {"memory", offsetof(struct manifest_limits, memory_bytes)},
    {"stack", offsetof(struct manifest_limits, stack_units)},
    {"arena", offsetof(struct manifest_limits, arena_bytes)},
    {"tables", offsetof(struct manifest_limits, table_elements)},
    {"deadline_ns", offsetof(struct manifest_limits, deadline_ns)},
};

static unsigned long long limit_of(const struct manifest *manifest, size_t i)
{
    return load_le64((const uint8_t *)&manifest->limits + limits[i].place);
}

static bool read_claims(struct bytes file, struct claims *out_claims, struct report *report)
{
    uint8_t hash[32];
    if (bundle_split(file, &out_claims->parts, report) != FAULT_NONE ||
        manifest_read(out_claims->parts.manifest, out_claims->parts.manifest_offset,
                      &out_claims->manifest, report) != STATUS_OK)
        return false;
    sha256_digest(out_claims->parts.manifest, out_claims->manifest_hash);
    sha256_digest(out_claims->parts.payload, hash);
    out_claims->has_payload = memcmp(hash, out_claims->manifest.payload_hash, 32) == 0;
    return true;
}

static void print_line(const char *name, struct bytes hash)
{
    (void)printf("%-14s", name);
    cli_print_hex(stdout, hash);
    (void)fputc('\n', stdout);
}

static void print_text_line(const char *name, struct bytes text, const char *when_empty)
{
    (void)printf("%-14s", name);
    if (text.len == 0)
        (void)fputs(when_empty, stdout);
    else
        cli_print_json(stdout, text);
    (void)fputc('\n', stdout);
}

static void print_policy(const struct manifest *m)
{
    (void)printf("%-14s", "vectors");
    for (uint32_t i = 0; i < m->vector_count; i++)
        (void)printf("%s0x%02x", i == 0 ? "" : " ", m->vectors[i]);
    (void)printf("\n%-14s", "grants");
    for (uint32_t right = 0; right < GATE_RIGHT_COUNT; right++)
        if ((m->grants >> right & 1) != 0)
            (void)printf("%s ", manifest_right_word(right));
    (void)printf("%s\n", m->grants == 0 ? "none" : "");
    (void)printf("%-14s%llu\n", "counter", (unsigned long long)m->counter);
    (void)printf("%-14s%s%s%s\n", "flags",
                 (m->flags & MANIFEST_RETURN_TO_DORMANCY) != 0 ? "return-to-dormancy " : "",
                 (m->flags & MANIFEST_FAULT_TO_TRAP) != 0 ? "fault-to-trap" : "",
                 m->flags == 0 ? "none" : "");
    (void)printf("%-14s%llu\n", "cycles", (unsigned long long)m->cycles);
}

static void print_text(const struct claims *c)
{
    const struct manifest *m = &c->manifest;
    print_line("manifest", bytes_of(c->manifest_hash, 32));
    print_line("payload", bytes_of(m->payload_hash, 32));
    (void)printf("%-14s%zu bytes, %s\n", "", c->parts.payload.len,
                 c->has_payload ? "as named" : "NOT the one that is named");
    (void)printf("%-14s%s\n", "kind", m->kind == MANIFEST_KIND_WASM ? "wasm" : "image");
    print_text_line("entry", bytes_of(m->entry, m->entry_len),
                    "default (evaluate_limits, diagnostic, _start)");
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        (void)printf("%-14s%llu\n", limits[i].name, limit_of(m, i));
    print_policy(m);
    print_text_line("mission", bytes_of(m->mission, m->mission_len), "none");
    if (!c->parts.is_signed)
        (void)puts("signers       none: runs in images for bench use only");
    for (uint32_t i = 0; i < c->parts.signature_count; i++)
        print_line(i == 0 ? "signers" : "", bytes_of(c->parts.signatures[i].kid, 8));
}

static void print_json_hex(const char *name, struct bytes hash)
{
    (void)printf("\"%s\":\"", name);
    cli_print_hex(stdout, hash);
    (void)fputs("\",", stdout);
}

static void print_json_lists(const struct claims *c)
{
    const char *comma = "";
    (void)fputs("\"vectors\":[", stdout);
    for (uint32_t i = 0; i < c->manifest.vector_count; i++)
        (void)printf("%s%u", i == 0 ? "" : ",", c->manifest.vectors[i]);
    (void)fputs("],\"grants\":[", stdout);
    for (uint32_t right = 0; right < GATE_RIGHT_COUNT; right++) {
        if ((c->manifest.grants >> right & 1) != 0) {
            (void)printf("%s\"%s\"", comma, manifest_right_word(right));
            comma = ",";
        }
    }
    (void)fputs("],\"signers\":[", stdout);
    for (uint32_t i = 0; i < c->parts.signature_count; i++) {
        (void)fputs(i == 0 ? "\"" : ",\"", stdout);
        cli_print_hex(stdout, bytes_of(c->parts.signatures[i].kid, 8));
        (void)fputc('"', stdout);
    }
    (void)fputs("],", stdout);
}

static void print_json(const struct claims *c)
{
    const struct manifest *m = &c->manifest;
    (void)fputc('{', stdout);
    print_json_hex("manifest_hash", bytes_of(c->manifest_hash, 32));
    print_json_hex("payload_hash", bytes_of(m->payload_hash, 32));
    (void)printf("\"payload_bytes\":%zu,\"payload_is_named\":%s,\"kind\":\"%s\",\"entry\":",
                 c->parts.payload.len, c->has_payload ? "true" : "false",
                 m->kind == MANIFEST_KIND_WASM ? "wasm" : "image");
    cli_print_json(stdout, bytes_of(m->entry, m->entry_len));
    (void)fputs(",\"limits\":{", stdout);
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        (void)printf("%s\"%s\":%llu", i == 0 ? "" : ",", limits[i].name, limit_of(m, i));
    (void)fputs("},", stdout);
    print_json_lists(c);
    (void)fputs("\"mission\":", stdout);
    cli_print_json(stdout, bytes_of(m->mission, m->mission_len));
    (void)printf(",\"counter\":%llu,\"return_to_dormancy\":%s,\"fault_to_trap\":%s,\"cycles\":%llu,"
                 "\"signed\":%s}\n",
                 (unsigned long long)m->counter,
                 (m->flags & MANIFEST_RETURN_TO_DORMANCY) != 0 ? "true" : "false",
                 (m->flags & MANIFEST_FAULT_TO_TRAP) != 0 ? "true" : "false",
                 (unsigned long long)m->cycles, c->parts.is_signed ? "true" : "false");
}

static int run(int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {{"--json", CLI_FLAG, &json}};
    struct cli_list files;
    struct bytes file;
    struct claims claims;
    struct report report;
    if (!cli_parse(&cli_bundle, argc, argv, options, ARRAY_LEN(options), 1, 1, &files))
        return CLI_USAGE;
    if (!cli_read(files.items[0], 2 * (size_t)BUNDLE_PAYLOAD_MAX, &file))
        return CLI_FAILED;
    report_init(&report);
    bool is_read = read_claims(file, &claims, &report);
    if (!is_read)
        cli_say_report(files.items[0], &report);
    else if (json)
        print_json(&claims);
    else
        print_text(&claims);
    if (is_read && !claims.has_payload)
        cli_say("%s: the payload is not the one that the manifest names", files.items[0]);
    cli_free(file);
    return is_read && claims.has_payload ? CLI_OK : CLI_REFUSED;
}

const struct cli_command cli_bundle = {"bundle", "prints what a bundle says", help, run};

/*
 * tests/tools/payload_batch.c: what the last serial line of a bench-mode machine should say.
 *
 *   payload_batch KEYRING FUEL_CAP < list      a line of the list: <bundle> <image hash in hex>
 *
 * Each bundle is opened and run on the host (cell/fake), and the receipt is made that the image
 * must have made from the inputs of bench mode; its proof stands in the line of a success, so that
 * one string comparison covers every field. One JSON line a bundle: kind, reason, line, fuel.
 *
 * The host has no deadline. A payload with more fuel than FUEL_CAP runs with FUEL_CAP here, and
 * "endless": true says that this was not enough: then only the deadline ends it on the machine.
 * Used by tests/metal/payloads.py; not part of the product.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell/fake/fake.h"
#include "core/proof/keyring.h"
#include "core/proof/receipt.h"
#include "core/wasm/trap.h"

#define FILE_BYTES_MAX ((size_t)16 << 20)
#define VECTOR         0x20u
#define PRESSURE_BITS  0x3DF5C28Fu /* bench mode: 0.12 atm */
#define DOSE           1250u

struct keys {
    const struct bundle_key *list;
    size_t count;
    bool allow_unsigned;
};

/* One expectation: how it ends and what the machine prints. */
struct ending {
    struct fake_result result;
    struct bundle bundle;
    uint64_t proof;
    bool is_endless;
};

static const char *const trap_words[] = {
#define X(number, name, text) [number] = text,
    OUTCOME_TRAP_LIST(X)
#undef X
};

static const char *const refusal_words[] = {
#define X(number, name, text) [number] = text,
    OUTCOME_REFUSAL_LIST(X)
#undef X
};

static const char *const fault_words[] = {
#define X(number, name, word, text) [number] = word,
    OUTCOME_FAULT_LIST(X)
#undef X
};

static bool read_file(const char *path, struct bytes *out_content)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    uint8_t *data = malloc(FILE_BYTES_MAX);
    size_t len = data == NULL ? 0 : fread(data, 1, FILE_BYTES_MAX, file);
    (void)fclose(file); /* read only: nothing can be lost */
    *out_content = bytes_of(data, len);
    return data != NULL && len < FILE_BYTES_MAX;
}

static bool parse_hash(const char *text, uint8_t out_hash[static 32])
{
    for (size_t i = 0; i < 32; i++) {
        char pair[3] = {text[2 * i], '\0', '\0'};
        if (pair[0] != '\0')
            pair[1] = text[2 * i + 1];
        char *end;
        out_hash[i] = (uint8_t)strtoul(pair, &end, 16);
        if (end != pair + 2)
            return false;
    }
    return true;
}

static void print_trap(const struct gate_outcome *outcome)
{
    printf("cycle fault — trap: %s", trap_words[outcome->reason]);
    if (outcome->refusal != REFUSAL_NONE)
        printf(" (%s)", refusal_words[outcome->refusal]);
    printf(" function=%" PRIu32 " offset=0x%" PRIx64 " fuel=%" PRIu64, outcome->function,
           outcome->offset, outcome->fuel_used);
}

static void print_fault(const struct gate_outcome *outcome)
{
    printf("cycle fault — %s", fault_words[outcome->reason]);
    if (outcome->offset != 0)
        printf(" offset=0x%" PRIx64, outcome->offset);
    if (outcome->wanted != 0)
        printf(" wanted=%" PRIu64, outcome->wanted);
}

/* As metal/cycle.c says it. */
static void print_line(const struct ending *ending)
{
    const struct gate_outcome *outcome = &ending->result.outcome;
    printf("[AETHER] ");
    if (outcome->kind == OUTCOME_RESULT)
        printf("cycle success — guest=%" PRId32 " proof=0x%016" PRIx64, outcome->status,
               ending->proof);
    else if (outcome->kind == OUTCOME_TRAP)
        print_trap(outcome);
    else
        print_fault(outcome);
    printf(" vector=0x%02x — self-annihilation", VECTOR);
}

static void print_ending(const char *path, const struct ending *ending)
{
    const struct gate_outcome *outcome = &ending->result.outcome;
    static const char *const kinds[] = {"", "result", "trap", "fault"};
    const char *reason = "success";
    if (outcome->kind == OUTCOME_TRAP)
        reason = trap_words[outcome->reason];
    else if (outcome->kind == OUTCOME_FAULT)
        reason = fault_words[outcome->reason];
    printf("{\"bundle\": \"%s\", \"kind\": \"%s\", \"reason\": \"%s\", \"refusal\": \"%s\", "
           "\"fuel\": %" PRIu64 ", \"endless\": %s, \"line\": \"",
           path, kinds[outcome->kind], reason, refusal_words[outcome->refusal], outcome->fuel_used,
           ending->is_endless ? "true" : "false");
    print_line(ending);
    printf("\"}\n");
}

/* Runs the payload and makes the receipt; false when the host can not. */
static bool run(const struct keys *keys, struct bytes input, uint64_t fuel_cap,
                const uint8_t image_hash[static 32], struct ending *out_ending)
{
    struct report report;
    uint8_t engine_id[32], record[RECEIPT_BYTES], hash[32];
    report_init(&report);
    enum outcome_fault fault = bundle_open(input, keys->list, keys->count, keys->allow_unsigned,
                                           &out_ending->bundle, &report);
    if (fault != FAULT_NONE) {
        fprintf(stderr, "payload_batch: the bundle is refused: %s\n", report.text);
        return false;
    }
    struct manifest manifest = out_ending->bundle.manifest;
    bool is_capped = manifest.limits.fuel > fuel_cap;
    if (is_capped)
        manifest.limits.fuel = fuel_cap;
    uint32_t status_bits = receipt_status_bits(GATE_STATUS_BENCH, &out_ending->bundle);
    const struct fake_job job = {
        .payload = out_ending->bundle.payload,
        .manifest = &manifest,
        .inputs = {.vector = VECTOR,
                   .pressure_bits = PRESSURE_BITS,
                   .dose = DOSE,
                   .status_bits = status_bits},
    };
    if (fake_run(&job, &out_ending->result, &report) != STATUS_OK) {
        fprintf(stderr, "payload_batch: %s\n", report.text);
        return false;
    }
    const struct gate_outcome *outcome = &out_ending->result.outcome;
    out_ending->is_endless =
        is_capped && outcome->kind == OUTCOME_TRAP && outcome->reason == WASM_TRAP_OUT_OF_FUEL;
    receipt_engine_id(engine_id);
    const struct receipt_source source = {
        .image_hash = image_hash,
        .engine_id = engine_id,
        .bundle = &out_ending->bundle,
        .journal = &out_ending->result.journal,
        .flags = receipt_flags(status_bits, &out_ending->bundle),
        .payload_version = out_ending->result.payload_version,
        .outcome = *outcome,
    };
    out_ending->proof = receipt_write(&source, record, hash);
    return true;
}

static bool run_line(const struct keys *keys, uint64_t fuel_cap, char *line)
{
    static struct ending ending;
    uint8_t image_hash[32];
    struct bytes input = {0};
    memset(&ending, 0, sizeof ending);
    line[strcspn(line, "\n")] = '\0';
    char *space = strrchr(line, ' ');
    if (space == NULL || !parse_hash(space + 1, image_hash)) {
        fprintf(stderr, "payload_batch: want <bundle> <hash>: %s\n", line);
        return false;
    }
    *space = '\0';
    bool is_done = read_file(line, &input) && run(keys, input, fuel_cap, image_hash, &ending);
    if (is_done)
        print_ending(line, &ending);
    else
        fprintf(stderr, "payload_batch: no answer for %s\n", line);
    free((void *)(uintptr_t)input.data);
    return is_done;
}

int main(int argc, char **argv)
{
    struct bytes keyring;
    struct keys keys;
    struct report report;
    char line[4096];
    bool all = true;
    report_init(&report);
    if (argc != 3 || !read_file(argv[1], &keyring) ||
        keyring_open(keyring, &keys.list, &keys.count, &keys.allow_unsigned, &report) !=
            STATUS_OK) {
        fprintf(stderr, "usage: payload_batch KEYRING FUEL_CAP < list\n");
        return 2;
    }
    uint64_t fuel_cap = strtoull(argv[2], NULL, 0);
    while (fgets(line, sizeof line, stdin) != NULL)
        all = run_line(&keys, fuel_cap, line) && all;
    free((void *)(uintptr_t)keyring.data);
    return all ? 0 : 1;
}

/*
 * tests/tools/make_receipts.c: a receipt log as machine and board would leave it, without either.
 *
 *   make_receipts BUNDLE KEYRING IMAGE_HASH COUNT OUT [FAULT]
 *
 * COUNT cycles of BUNDLE in the fake cell, vectors 0x20 and 0x21 by turns. FAULT (a number of
 * aether/abi/outcome.h) ends every cycle with that fault after the run, as a kernel does for a
 * deadline. IMAGE_HASH is 64 hex digits.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cell/fake/fake.h"
#include "core/proof/keyring.h"
#include "core/proof/receipt_log.h"

static struct bytes read_file(const char *path)
{
    static uint8_t memory[2][1 << 20];
    static size_t used;
    FILE *file = fopen(path, "rb");
    ASSERT(file != NULL && used < 2);
    uint8_t *place = memory[used++];
    size_t len = fread(place, 1, sizeof memory[0], file);
    ASSERT(len < sizeof memory[0] && fclose(file) == 0);
    return bytes_of(place, len);
}

static void read_hash(const char *hex, uint8_t out_hash[static 32])
{
    for (size_t i = 0; i < 32; i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out_hash[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

struct machine {
    uint8_t image_hash[32];
    enum outcome_fault bundle_fault;
    struct bundle bundle;
    uint32_t forced_fault;
};

static void run(const struct machine *machine, const struct bundle *bundle,
                const struct journal_inputs *inputs, struct fake_result *result)
{
    struct fake_job job = {.inputs = *inputs};
    memset(result, 0, sizeof *result);
    result->journal.inputs = *inputs;
    result->outcome.kind = OUTCOME_FAULT;
    enum outcome_fault fault = machine->bundle_fault;
    if (bundle != NULL)
        fault = bundle_admit(bundle, inputs->vector);
    result->outcome.reason = (uint32_t)fault;
    if (fault == FAULT_NONE) {
        job.payload = bundle->payload;
        job.manifest = &bundle->manifest;
        ASSERT(fake_run(&job, result, NULL) == STATUS_OK);
    }
    if (machine->forced_fault != 0)
        result->outcome =
            (struct gate_outcome){.kind = OUTCOME_FAULT, .reason = machine->forced_fault};
}

static void cycle(const struct machine *machine, struct receipt_log_entry *entry)
{
    const struct bundle *bundle = machine->bundle_fault == FAULT_NONE ? &machine->bundle : NULL;
    uint32_t presence = GATE_STATUS_BOARD | (entry->cycle > 1 ? (uint32_t)GATE_STATUS_CHAINED : 0);
    struct journal_inputs inputs = {.vector = entry->vector,
                                    .oxygen = entry->oxygen,
                                    .joint = entry->joint,
                                    .pressure_bits = entry->pressure_bits,
                                    .dose = entry->dose,
                                    .status_bits = receipt_status_bits(presence, bundle),
                                    .cycle = entry->cycle};
    struct fake_result result;
    uint8_t engine_id[32], hash[32];
    memcpy(inputs.previous, entry->previous, sizeof inputs.previous);
    run(machine, bundle, &inputs, &result);
    receipt_engine_id(engine_id);
    struct receipt_source source = {.image_hash = machine->image_hash,
                                    .engine_id = engine_id,
                                    .bundle = bundle,
                                    .journal = &result.journal,
                                    .flags = receipt_flags(inputs.status_bits, bundle),
                                    .payload_version = result.payload_version,
                                    .outcome = result.outcome};
    entry->proof = receipt_write(&source, entry->record, hash);
    entry->outcome = result.outcome.kind;
    entry->reason = result.outcome.reason;
    if (!receipt_has_proof(entry->outcome))
        entry->proof = 0;
}

static void fly(const struct machine *machine, uint64_t count, FILE *out)
{
    struct receipt_log_entry entry = {
        .oxygen = 20, .joint = 7, .pressure_bits = 0x3DF5C28F, .dose = 1250, .ticks = 1000};
    for (uint64_t i = 1; i <= count; i++) {
        uint8_t bytes[RECEIPT_LOG_ENTRY_BYTES];
        entry.vector = i % 2 != 0 ? 0x20 : 0x21;
        entry.cycle = i;
        entry.sequence = (uint32_t)i;
        cycle(machine, &entry);
        (void)receipt_proof(entry.record, entry.hash); /* wanted: the hash */
        receipt_log_write(&entry, bytes);
        ASSERT(fwrite(bytes, 1, sizeof bytes, out) == sizeof bytes);
        memcpy(entry.previous, entry.hash, sizeof entry.previous);
    }
}

int main(int argc, char **argv)
{
    struct machine machine = {0};
    const struct bundle_key *keys;
    size_t key_count;
    bool bench;
    ASSERT(argc == 6 || argc == 7);
    struct bytes bundle = read_file(argv[1]);
    ASSERT(keyring_open(read_file(argv[2]), &keys, &key_count, &bench, NULL) == STATUS_OK);
    machine.bundle_fault = bundle_open(bundle, keys, key_count, bench, &machine.bundle, NULL);
    machine.forced_fault = argc == 7 ? (uint32_t)strtoul(argv[6], NULL, 10) : 0;
    read_hash(argv[3], machine.image_hash);
    FILE *out = fopen(argv[5], "wb");
    ASSERT(out != NULL);
    fly(&machine, strtoull(argv[4], NULL, 10), out);
    ASSERT(fclose(out) == 0);
    return 0;
}

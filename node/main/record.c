/*
 * node/main/record.c: see record.h and docs/decisions/0018-receipts-of-a-node.md.
 */
#include "node/main/record.h"

#include "core/crypto/sha256.h"
#include "core/proof/receipt.h"
#include "node/main/claims.h"

static void add_hash(struct journal *journal, const uint8_t hash[static 32])
{
    uint8_t *at = journal->telemetry + journal->telemetry_len;
    at[0] = 32;
    memcpy(at + 1, hash, 32);
    journal->telemetry_len += 33;
    journal->telemetry_count++;
}

static void fill_bundle(const struct hub *hub, const struct record_call *call,
                        struct bundle *bundle)
{
    *bundle = (struct bundle){
        .manifest = {.limits = {.fuel = call->job.fuel,
                                .memory_bytes = call->job.memory_bytes,
                                .stack_units = call->job.stack_units,
                                .arena_bytes = call->job.arena_bytes,
                                .table_elements = call->job.table_elements,
                                .deadline_ns = UINT64_C(1000000) * hub->settings->call_ms}},
    };
    memcpy(bundle->manifest.payload_hash, call->app->code_hash, 32);
    if (call->function.len > GATE_ENTRY_MAX)
        return; /* put in behind */
    memcpy(bundle->manifest.entry, call->function.data, call->function.len);
    bundle->manifest.entry_len = (uint32_t)call->function.len;
}

void record_make(struct hub *hub, struct app *app, const struct record_call *call,
                 uint8_t out_record[static RECEIPT_BYTES], uint8_t out_hash[static 32])
{
    struct bundle bundle;
    struct journal journal = {0};
    struct receipt_source source = {
        .image_hash = hub->settings->cell_hash,
        .engine_id = hub->engine_id,
        .bundle = &bundle,
        .journal = &journal,
        .flags = RECEIPT_NODE | (hub->settings->is_dev ? (uint32_t)RECEIPT_UNSIGNED : 0u),
        .outcome = call->outcome,
    };
    fill_bundle(hub, call, &bundle);
    add_hash(&journal, call->params_hash);
    if (call->outcome.kind == OUTCOME_RESULT)
        add_hash(&journal, call->result_hash);
    (void)pthread_mutex_lock(&hub->lock);
    memcpy(bundle.manifest_hash, claims_tree(hub->claims), 32);
    (void)pthread_mutex_unlock(&hub->lock);
    (void)pthread_mutex_lock(&app->receipt_lock); /* nothing else waits for hashes */
    journal.inputs.cycle = ++app->receipts;
    memcpy(journal.inputs.previous, app->receipt_hash, 32);
    if (app->receipts != 1)
        source.flags |= RECEIPT_CHAINED;
    (void)receipt_write(&source, out_record, out_hash);
    if (call->function.len > GATE_ENTRY_MAX) {
        sha256_digest(call->function, out_record + receipt_fields[RECEIPT_FIELD_entry_hash].offset);
        (void)receipt_proof(out_record, out_hash);
    }
    memcpy(app->receipt_hash, out_hash, 32);
    (void)pthread_mutex_unlock(&app->receipt_lock);
}

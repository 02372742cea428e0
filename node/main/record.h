/*
 * node/main/record.h: the receipt of a call: the record of docs/abi/receipt.md as a node fills it.
 */
#ifndef AETHER_NODE_MAIN_RECORD_H
#define AETHER_NODE_MAIN_RECORD_H

#include "aether/abi/receipt.h"
#include "node/main/app.h"

/* What was called, with what, and how it ended. */
struct record_call {
    const struct app *app;
    struct bytes function;
    uint8_t params_hash[32];
    uint8_t result_hash[32]; /* of a result alone */
    struct gate_outcome outcome;
    struct gate_job job;
};

/* The next record of the app's chain; its number and the hash of the one before are in it, and it
 * becomes the one before. `out_hash`: SHA-256 of the record. Takes hub->lock. */
void record_make(struct hub *hub, struct app *app, const struct record_call *call,
                 uint8_t out_record[static RECEIPT_BYTES], uint8_t out_hash[static 32]);

#endif

/*
 * node/main/claims.h: what certificates say of the service and its apps, as it is now.
 *
 * Theirs and ours (node/attest/tree.h) over the same things. Ours has in this order: core.ca_cert
 * (DER), core.binary and core.cell (SHA-256 of the programs), core.mode ("dev", "enrolled"),
 * core.evidence ("tpm", "none"), core.receipt_key (SPKI, DER), core.operators (their hashes, one
 * behind the other), core.limits (lines "name=number"), egress.ca_bundle (SHA-256 of the bundle, or
 * nothing), egress.grants (lines "app host:port" with " private" behind, where it is so); then, by
 * name of the app: wasm.NAME.code_hash, .hostname, .key_source, .max_fuel (decimal).
 *
 * The caller of all others than claims_create, claims_destroy and claims_changed holds hub->lock.
 */
#ifndef AETHER_NODE_MAIN_CLAIMS_H
#define AETHER_NODE_MAIN_CLAIMS_H

#include "node/main/app.h"

#define CLAIMS_MAX_BYTES 2048u /* of what one leaf says */

struct claims;

/* hub->settings, issuer, receipt_key and evidence are there. */
enum status MUST_CHECK claims_create(const struct hub *hub, struct claims **out_claims,
                                     struct report *report);
void claims_destroy(struct claims *claims);

/* After apps came or went. */
void claims_refresh(const struct hub *hub, struct claims *claims);
/* The same, and a new generation; takes hub->lock. */
void claims_changed(struct hub *hub);

/* The root of our tree. */
const uint8_t *claims_tree(const struct claims *claims);

/* [[dotted oid, value] ...]: of the service (`app` NULL), or of an app. */
struct bytes claims_write(const struct hub *hub, const struct claims *claims, const struct app *app,
                          uint8_t memory[static CLAIMS_MAX_BYTES]);

/* MANIFEST: [[name, leaf hash] ...]. `*out_memory` is the caller's to free. */
enum status MUST_CHECK claims_manifest(const struct hub *hub, const struct claims *claims,
                                       uint8_t **out_memory, struct bytes *out_leaves);

#endif

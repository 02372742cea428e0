/*
 * cli/verdict.h: is this receipt what the bundle, the board and a second run say it must be?
 *
 * A whole receipt is made anew from what others know: image hash from the image, limits and hashes
 * from the bundle, inputs and place in the chain from the board's view in the log, everything the
 * guest did from running it again. The first field in which the two differ is the verdict.
 *
 * A fault that a second run can not show (deadline, page fault, ...) is unproven: that it came, and
 * what the guest had done by then, is the board's word and the receipt's. All else is checked.
 */
#ifndef AETHER_CLI_VERDICT_H
#define AETHER_CLI_VERDICT_H

#include "core/proof/receipt_log.h"

/* What the receipts are held against; made once for a log. */
struct verdict_basis {
    const uint8_t *image_hash; /* NULL: not checked */
    const struct bundle_key *keys;
    size_t key_count;
    bool has_keys;       /* false: signatures are not checked */
    bool allow_unsigned; /* the image was built for bench use */
    bool is_bench;       /* the inputs were injected: no board */
    /* Set by verdict_basis_open: */
    enum outcome_fault bundle_fault;
    struct bundle bundle; /* with FAULT_NONE */
    struct report report; /* with another fault: the sentence */
};

enum verdict_kind {
    VERDICT_MATCH,
    VERDICT_UNPROVEN, /* nothing differs, but the fault's own fields can not be proven */
    VERDICT_MISMATCH,
    VERDICT_FAILED, /* the second run could not be made: this machine has no room for it */
};

/* The two that are no fields of the record. */
#define VERDICT_PROOF ((int)RECEIPT_FIELD_COUNT)
#define VERDICT_HASH  ((int)RECEIPT_FIELD_COUNT + 1)

struct verdict {
    enum verdict_kind kind;
    int field;               /* MISMATCH: enum receipt_field_id, VERDICT_PROOF or VERDICT_HASH */
    const char *field_name;  /* MISMATCH */
    const char *expected_by; /* MISMATCH: "bundle", "board", "second run", ... */
    uint8_t expected[RECEIPT_BYTES];
    uint64_t expected_proof;
    uint8_t hash[32];     /* of the record */
    struct report report; /* FAILED, or the sentence behind the second run's fault */
};

/* Opens the bundle as the image does. Its fault is part of the basis, not an error. */
void verdict_basis_open(struct verdict_basis *basis, struct bytes bundle_file);

/* `last`: the entry before in the log, NULL: there is none. */
void verdict_find(const struct verdict_basis *basis, const struct receipt_log_entry *entry,
                  const struct receipt_log_entry *last, struct verdict *out_verdict);

#endif

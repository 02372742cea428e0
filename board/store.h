/*
 * board/store.h: where the board keeps receipts: a file of entries (aether/abi/receipt_log.h), and
 * the end of the chain that they make. Without a file the chain is kept in memory only.
 */
#ifndef AETHER_BOARD_STORE_H
#define AETHER_BOARD_STORE_H

#include "core/proof/receipt_log.h"

struct machine_commit; /* board/machine.h */

struct receipt_store {
    int fd;           /* -1: no file */
    const char *path; /* borrowed */
    bool has_last;
    uint8_t last_hash[32]; /* of the last record stored */
    uint64_t next_cycle;
    uint32_t misfits;   /* records appended that do not fit on the one before */
    const char *misfit; /* the field that did not, of the last append; NULL: it fits */
};

/* Opens or makes the file and reads it: the chain goes on where it ended. Says on standard error
 * why it can not. `path` NULL: no file. */
bool MUST_CHECK store_open(struct receipt_store *store, const char *path);
void store_close(struct receipt_store *store);

/* Zero where there is none. */
void store_last_hash(const struct receipt_store *store, uint8_t out_hash[static 32]);
uint64_t store_next_cycle(const struct receipt_store *store);

/* Appends what the commit published, durably; nothing where it has no receipt. */
bool MUST_CHECK store_append(struct receipt_store *store, const struct machine_commit *commit);

#endif

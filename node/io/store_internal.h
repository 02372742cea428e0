/*
 * node/io/store_internal.h: what store_table.c and store_change.c share.
 */
#ifndef AETHER_NODE_IO_STORE_INTERNAL_H
#define AETHER_NODE_IO_STORE_INTERNAL_H

#include <lmdb.h>

#include "node/io/store_table.h"

#define STORE_RECORD_NAME_MAX 64u

struct io_table {
    int directory; /* owned; its lock is the store's */
    uint64_t map_bytes;
    MDB_env *env;
    MDB_dbi dbi;
    MDB_txn *reading; /* NULL before the first time */
    uint8_t *scanned; /* of the last scan */
};

struct io_key {
    size_t len;
    uint8_t data[1 + MESSAGE_NAME_MAX + STORE_RECORD_NAME_MAX];
};

/* False: a name is too long, or the table's empty. An empty record: where the table begins. */
bool io_key_make(struct bytes name, struct bytes record, struct io_key *out_key);
MDB_val io_key_value(struct io_key *key);

/* What went wrong by LMDB's or the system's number: LIMIT (no room) or UNAVAILABLE. */
enum status io_store_refuse(int number, struct report *report, const char *sentence);

/* After an error that LMDB does not come back from, or with another map_bytes. */
int MUST_CHECK io_table_reopen(struct io_table *table);

#endif

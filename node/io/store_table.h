/*
 * node/io/store_table.h: the store's records in LMDB.
 *
 * One environment, one tree; a key is the length of the table's name (one byte), the name, the
 * record. No lock file: the directory itself is locked (flock), one process has it at a time.
 *
 * Invariants:
 *   (1) A group of commits is one durable transaction: after OK each of them is on disk or has its
 *       failure; after anything else nothing of the group is known to be there.
 *   (2) What is read stays valid until the next call on the same store.
 */
#ifndef AETHER_NODE_IO_STORE_TABLE_H
#define AETHER_NODE_IO_STORE_TABLE_H

#include "node/message/message.h"

#define STORE_FILE_NAME "data.mdb" /* LMDB's own, in the directory */
#define STORE_MAP_FIRST (UINT64_C(64) << 20)
#define STORE_MAP_MAX   (UINT64_C(256) << 30)
#define STORE_GROUP_MAX 16u

struct io_table;

/* Takes `directory` over. `map_bytes`: how much address space to begin with; it doubles up to
 * STORE_MAP_MAX when it is full. */
enum status MUST_CHECK io_table_open(int directory, uint64_t map_bytes, struct io_table **out_table,
                                     struct report *report);
void io_table_close(struct io_table *table);

/* NOT_FOUND; UNAVAILABLE: the file can not be read. */
enum status MUST_CHECK io_table_get(struct io_table *table, struct bytes name, struct bytes record,
                                    struct bytes *out_value, struct report *report);

/* Records of a table behind `after`, as CBOR (types.h), as many as fit `cap` bytes and at least
 * one. `out` is the store's own memory. */
enum status MUST_CHECK io_table_scan(struct io_table *table, struct bytes name, struct bytes after,
                                     size_t cap, struct bytes *out, bool *out_has_more,
                                     struct report *report);

struct io_commit {
    struct bytes changes;
    enum status status; /* of this one alone; OK, INVALID, LIMIT */
    struct report report;
};

/* Invariant (1). LIMIT: there is no room on the disk, and nothing has changed. */
enum status MUST_CHECK io_table_commit(struct io_table *table, struct io_commit *commits,
                                       size_t count, struct report *report);

#endif

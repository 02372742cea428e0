/*
 * node/io/store_change.c: groups of commits as one durable transaction of LMDB.
 *
 * Each commit is a transaction inside of the group's: one that is refused leaves the others whole.
 * A map that is full is doubled, and the group begins again.
 */
#include <errno.h>

#include "core/base/cbor.h"
#include "node/io/store_internal.h"

struct change {
    struct bytes table;
    struct bytes record; /* empty: the whole table goes */
    struct bytes value;
    bool is_put;
};

static enum status read_change(struct cbor_reader *reader, struct change *out_change)
{
    uint64_t count;
    *out_change = (struct change){0};
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && (count < 1 || count > 3))
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &out_change->table);
    if (status == STATUS_OK && count >= 2)
        status = cbor_read_bytes(reader, &out_change->record);
    if (status == STATUS_OK && count == 3)
        status = cbor_read_bytes(reader, &out_change->value);
    if (status != STATUS_OK)
        return status;
    out_change->is_put = count == 3;
    if (out_change->table.len == 0 || out_change->table.len > MESSAGE_NAME_MAX ||
        out_change->record.len > STORE_RECORD_NAME_MAX ||
        (count >= 2 && out_change->record.len == 0) || out_change->value.len > MESSAGE_RECORD_MAX)
        return STATUS_INVALID;
    return STATUS_OK;
}

/* All of it, before anything is done. */
static enum status check_changes(struct bytes changes, struct report *report)
{
    struct cbor_reader reader;
    struct change change;
    uint64_t count = 0;
    cbor_reader_init(&reader, changes, 0, report);
    enum status status = cbor_read_array(&reader, &count);
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_change(&reader, &change);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status != STATUS_OK)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "changes are malformed");
    return STATUS_OK;
}

static int remove_table(struct io_table *table, MDB_txn *txn, struct bytes name)
{
    MDB_cursor *cursor;
    MDB_val value;
    struct io_key from;
    bool is_named = io_key_make(name, bytes_of(NULL, 0), &from);
    ASSERT(is_named); /* checked before */
    int number = mdb_cursor_open(txn, table->dbi, &cursor);
    if (number != 0)
        return number;
    for (;;) {
        MDB_val key = io_key_value(&from);
        number = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        if (number != 0 || key.mv_size <= from.len || memcmp(key.mv_data, from.data, from.len) != 0)
            break;
        number = mdb_cursor_del(cursor, 0);
        if (number != 0)
            break;
    }
    mdb_cursor_close(cursor);
    return number == MDB_NOTFOUND ? 0 : number;
}

static int apply_change(struct io_table *table, MDB_txn *txn, const struct change *change)
{
    struct io_key name;
    bool is_named = io_key_make(change->table, change->record, &name);
    ASSERT(is_named); /* checked before */
    if (change->record.len == 0)
        return remove_table(table, txn, change->table);
    MDB_val key = io_key_value(&name);
    if (!change->is_put) {
        int number = mdb_del(txn, table->dbi, &key, NULL);
        return number == MDB_NOTFOUND ? 0 : number;
    }
    /* LMDB's interface is not const; it only reads. */
    MDB_val value = {.mv_size = change->value.len,
                     .mv_data = (void *)(uintptr_t)change->value.data};
    return mdb_put(txn, table->dbi, &key, &value, 0);
}

static int apply_changes(struct io_table *table, MDB_txn *txn, struct bytes changes)
{
    struct cbor_reader reader;
    uint64_t count = 0;
    int number = 0;
    cbor_reader_init(&reader, changes, 0, NULL);
    if (cbor_read_array(&reader, &count) != STATUS_OK)
        return MDB_BAD_VALSIZE;
    for (uint64_t i = 0; i < count && number == 0; i++) {
        struct change change;
        if (read_change(&reader, &change) != STATUS_OK)
            return MDB_BAD_VALSIZE; /* it was well-formed a moment ago, and is sealed */
        number = apply_change(table, txn, &change);
    }
    return number;
}

static bool ends_group(int number)
{
    return number == MDB_MAP_FULL || number == MDB_PANIC || number == MDB_CORRUPTED ||
           number == MDB_PAGE_NOTFOUND;
}

static int apply_group(struct io_table *table, struct io_commit *commits, size_t count)
{
    MDB_txn *group;
    int number = mdb_txn_begin(table->env, NULL, 0, &group);
    if (number != 0)
        return number;
    for (size_t i = 0; i < count && number == 0; i++) {
        MDB_txn *txn;
        if (commits[i].status != STATUS_OK)
            continue;
        number = mdb_txn_begin(table->env, group, 0, &txn);
        if (number != 0)
            break;
        int one = apply_changes(table, txn, commits[i].changes);
        if (one == 0) {
            number = mdb_txn_commit(txn);
            continue;
        }
        mdb_txn_abort(txn);
        if (ends_group(one))
            number = one;
        else
            commits[i].status =
                io_store_refuse(one, &commits[i].report, "the changes can not be made (error %)");
    }
    if (number == 0)
        return mdb_txn_commit(group);
    mdb_txn_abort(group);
    return number;
}

static size_t last_commit(const struct io_table *table)
{
    MDB_envinfo info = {0};
    return mdb_env_info(table->env, &info) == 0 ? info.me_last_txnid : 0;
}

/* LMDB says EIO when only a part of a page could be written, which is how a full disk begins. When
 * its last transaction is the one of before, nothing has changed. */
static int name_failure(const struct io_table *table, int number, size_t before)
{
    return number == EIO && before != 0 && last_commit(table) == before ? ENOSPC : number;
}

static int grow(struct io_table *table)
{
    if (table->map_bytes >= STORE_MAP_MAX)
        return MDB_MAP_FULL;
    /* No transaction may be open: its view would move away. */
    if (table->reading != NULL)
        mdb_txn_abort(table->reading);
    table->reading = NULL;
    table->map_bytes *= 2;
    return mdb_env_set_mapsize(table->env, (size_t)table->map_bytes);
}

enum status io_table_commit(struct io_table *table, struct io_commit *commits, size_t count,
                            struct report *report)
{
    for (size_t i = 0; i < count; i++) {
        report_init(&commits[i].report);
        commits[i].status = check_changes(commits[i].changes, &commits[i].report);
    }
    size_t before = last_commit(table);
    int number = apply_group(table, commits, count);
    while (number == MDB_MAP_FULL || number == MDB_MAP_RESIZED) {
        number = grow(table);
        if (number == 0)
            number = apply_group(table, commits, count);
        else
            break;
    }
    if (number == 0)
        return STATUS_OK;
    if (number == MDB_PANIC) {
        /* A write of the last page failed before: LMDB wants to be opened anew. */
        number = io_table_reopen(table);
        if (number == 0)
            number = apply_group(table, commits, count);
    }
    if (number == 0)
        return STATUS_OK;
    return io_store_refuse(name_failure(table, number, before), report,
                           "the store's file can not be written (error %)");
}

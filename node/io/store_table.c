/*
 * node/io/store_table.c: records in LMDB: open, read, list. Changes: store_change.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/file.h>

#include "core/base/cbor.h"
#include "node/io/store_cut.h"

#define LOCK_TRIES 100u /* of 50 ms: who had it before may still be on the way out */

#define SCAN_BYTES_MAX (4u << 20)

enum status io_store_refuse(int number, struct report *report, const char *sentence)
{
    enum status status = STATUS_UNAVAILABLE;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG || number == MDB_MAP_FULL)
        status = STATUS_LIMIT;
    if (status == STATUS_LIMIT)
        sentence = "no room is left for the store's file, or its disk fails";
    uint64_t shown = number < 0 ? (uint64_t)-(int64_t)number : (uint64_t)number;
    return report_fail_u64(report, status, REPORT_NO_OFFSET, sentence, shown);
}

/* By its descriptor: the directory's path may mean something else, or nothing, in here. */
static int open_environment(struct io_table *table)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", table->directory);
    int number = mdb_env_create(&table->env);
    if (number == 0)
        number = mdb_env_set_mapsize(table->env, (size_t)table->map_bytes);
    if (number == 0)
        number = mdb_env_open(table->env, path, MDB_NOLOCK | MDB_NOTLS | MDB_NORDAHEAD, 0600);
    MDB_txn *txn = NULL;
    if (number == 0)
        number = mdb_txn_begin(table->env, NULL, 0, &txn);
    if (number == 0)
        number = mdb_dbi_open(txn, NULL, 0, &table->dbi);
    if (number == 0)
        number = mdb_txn_commit(txn);
    else if (txn != NULL)
        mdb_txn_abort(txn);
    return number;
}

int io_table_reopen(struct io_table *table)
{
    if (table->reading != NULL)
        mdb_txn_abort(table->reading);
    table->reading = NULL;
    if (table->env != NULL)
        mdb_env_close(table->env);
    table->env = NULL;
    return open_environment(table);
}

static bool lock_directory(int directory)
{
    static const struct timespec moment = {.tv_nsec = 50000000};
    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        if (flock(directory, LOCK_EX | LOCK_NB) == 0)
            return true;
        (void)nanosleep(&moment, NULL);
    }
    return false;
}

enum status io_table_open(int directory, uint64_t map_bytes, struct io_table **out_table,
                          struct report *report)
{
    struct io_table *table = calloc(1, sizeof *table);
    if (table != NULL)
        table->scanned = malloc(SCAN_BYTES_MAX);
    if (table == NULL || table->scanned == NULL) {
        free(table);
        (void)close(directory);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store");
    }
    table->directory = directory;
    table->map_bytes = map_bytes;
    enum status status = STATUS_OK;
    if (!lock_directory(directory))
        status = report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                             "another process has the store's directory open");
    if (status == STATUS_OK)
        status = io_store_check_head(directory, report);
    int number = status == STATUS_OK ? open_environment(table) : 0;
    if (number != 0)
        status = io_store_refuse(number, report, "the store's file can not be opened (error %)");
    if (status == STATUS_OK)
        status = io_store_check_length(table, report);
    if (status != STATUS_OK) {
        io_table_close(table);
        return status;
    }
    *out_table = table;
    return STATUS_OK;
}

void io_table_close(struct io_table *table)
{
    if (table == NULL)
        return;
    if (table->reading != NULL)
        mdb_txn_abort(table->reading);
    if (table->env != NULL)
        mdb_env_close(table->env);
    (void)close(table->directory); /* the lock goes with it */
    free(table->scanned);
    free(table);
}

bool io_key_make(struct bytes name, struct bytes record, struct io_key *out_key)
{
    if (name.len == 0 || name.len > MESSAGE_NAME_MAX || record.len > STORE_RECORD_NAME_MAX)
        return false;
    out_key->data[0] = (uint8_t)name.len;
    memcpy(out_key->data + 1, name.data, name.len);
    if (record.len != 0)
        memcpy(out_key->data + 1 + name.len, record.data, record.len);
    out_key->len = 1 + name.len + record.len;
    return true;
}

MDB_val io_key_value(struct io_key *key)
{
    return (MDB_val){.mv_size = key->len, .mv_data = key->data};
}

/* A view of now; the one before ends, and with it what was read in it. */
static int begin_reading(struct io_table *table)
{
    if (table->reading == NULL)
        return mdb_txn_begin(table->env, NULL, MDB_RDONLY, &table->reading);
    mdb_txn_reset(table->reading);
    return mdb_txn_renew(table->reading);
}

enum status io_table_get(struct io_table *table, struct bytes name, struct bytes record,
                         struct bytes *out_value, struct report *report)
{
    struct io_key key;
    if (!io_key_make(name, record, &key))
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "no such name of a record");
    MDB_val found = {0};
    MDB_val at = io_key_value(&key);
    int number = begin_reading(table);
    if (number == 0)
        number = mdb_get(table->reading, table->dbi, &at, &found);
    if (number == MDB_NOTFOUND)
        return STATUS_NOT_FOUND;
    if (number != 0 || found.mv_size > MESSAGE_RECORD_MAX)
        return io_store_refuse(number, report, "the store's file can not be read (error %)");
    *out_value = bytes_of(found.mv_data, found.mv_size);
    return STATUS_OK;
}

/* Room of one record in an answer, heads among it. */
static size_t room_of(const MDB_val *key, const MDB_val *value)
{
    return key->mv_size + value->mv_size + 16;
}

/* The entry's record name, if it is of the table whose prefix `from` has. */
static bool is_of_table(const MDB_val *key, struct bytes name)
{
    const uint8_t *data = key->mv_data;
    return key->mv_size > 1 + name.len && data[0] == name.len &&
           memcmp(data + 1, name.data, name.len) == 0;
}

/* Two walks over the same stretch: how many fit, then they themselves. */
static int count_fitting(MDB_cursor *cursor, struct io_key *from, struct bytes name, size_t cap,
                         uint64_t *out_count, bool *out_has_more)
{
    MDB_val key = io_key_value(from);
    MDB_val value;
    size_t len = 16;
    *out_count = 0;
    *out_has_more = false;
    int number = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    bool is_first = true;
    while (number == 0 && is_of_table(&key, name)) {
        bool is_after = !is_first || key.mv_size != from->len ||
                        memcmp(key.mv_data, from->data, from->len) != 0;
        is_first = false;
        if (is_after && (value.mv_size > MESSAGE_RECORD_MAX ||
                         (len + room_of(&key, &value) > cap && *out_count != 0))) {
            *out_has_more = true;
            return 0;
        }
        if (is_after) {
            len += room_of(&key, &value);
            *out_count += 1;
        }
        number = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return number == MDB_NOTFOUND ? 0 : number;
}

static int write_records(MDB_cursor *cursor, struct io_key *from, struct bytes name, uint64_t count,
                         struct cbor_writer *writer)
{
    MDB_val key = io_key_value(from);
    MDB_val value;
    int number = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (number == 0 && key.mv_size == from->len && memcmp(key.mv_data, from->data, from->len) == 0)
        number = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    cbor_write_array(writer, count);
    for (uint64_t i = 0; i < count && number == 0; i++) {
        if (!is_of_table(&key, name))
            return MDB_CORRUPTED;
        size_t prefix = 1 + name.len;
        cbor_write_array(writer, 2);
        cbor_write_bytes(writer,
                         bytes_of((const uint8_t *)key.mv_data + prefix, key.mv_size - prefix));
        cbor_write_bytes(writer, bytes_of(value.mv_data, value.mv_size));
        number = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return number == MDB_NOTFOUND ? 0 : number;
}

enum status io_table_scan(struct io_table *table, struct bytes name, struct bytes after, size_t cap,
                          struct bytes *out, bool *out_has_more, struct report *report)
{
    struct io_key from;
    MDB_cursor *cursor = NULL;
    struct cbor_writer writer;
    uint64_t count = 0;
    bool has_more = false;
    if (!io_key_make(name, after, &from))
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, "no such name of a table");
    cbor_writer_init(&writer, table->scanned, SCAN_BYTES_MAX);
    int number = begin_reading(table);
    if (number == 0)
        number = mdb_cursor_open(table->reading, table->dbi, &cursor);
    if (number == 0)
        number = count_fitting(cursor, &from, name, cap < SCAN_BYTES_MAX ? cap : SCAN_BYTES_MAX,
                               &count, &has_more);
    if (number == 0)
        number = write_records(cursor, &from, name, count, &writer);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    if (number != 0 || cbor_writer_end(&writer, out) != STATUS_OK)
        return io_store_refuse(number, report, "the store's file can not be read (error %)");
    *out_has_more = has_more;
    return STATUS_OK;
}

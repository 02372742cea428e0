/*
 * node/store/store.c: the store from its start to its end.
 *
 * The root record is its version (u64 le) and what is sealed under slot 0 with that version. The
 * version is the counter, or one further: then the counter was not yet told of the last commit.
 */
#include <stdlib.h>

#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "node/store/internal.h"

static enum status tampered(struct report *report, const char *sentence)
{
    return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET, sentence);
}

static enum status check_version(const struct store *store, struct report *report)
{
    if (store->version < store->counter)
        return report_fail_u64x2(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                                 "the store was rolled back: it has version %, the counter says %",
                                 store->version, store->counter);
    if (store->version > store->counter + 1)
        return report_fail_u64x2(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                                 "the store has version %, the counter says %: it is another's, or "
                                 "was reset",
                                 store->version, store->counter);
    return STATUS_OK;
}

/* Fills the tables with what is in the root. Not there is fine for a counter that never went. */
static enum status read_root(struct store *store, struct store_expected *out_expected,
                             struct report *report)
{
    struct store_sealing sealing = {.table = STORE_ROOT_TABLE,
                                    .record = BYTES_LITERAL(STORE_ROOT_TABLE)};
    struct message_in *in;
    struct message_in *unsealed;
    struct bytes value;
    struct bytes plain;
    enum status status = store_get(store, STORE_ROOT_TABLE, sealing.record, &in, &value, report);
    if (status == STATUS_NOT_FOUND && store->counter == 0)
        return STATUS_OK;
    if (status == STATUS_NOT_FOUND)
        return report_fail_u64(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                               "the store has no root, but the counter says %: it was removed",
                               store->counter);
    if (status != STATUS_OK)
        return status;
    if (value.len <= 8)
        status = tampered(report, "the store's root is not what was stored");
    if (status == STATUS_OK) {
        sealing.version = load_le64(value.data);
        sha256_digest(value, store->root_digest);
        status = store_unseal(store, &sealing, bytes_of(value.data + 8, value.len - 8), &unsealed,
                              &plain, NULL);
        if (status != STATUS_OK && status != STATUS_UNAVAILABLE)
            status = tampered(report, "the store's root is not what was stored, or of another key");
        else if (status != STATUS_OK)
            (void)report_fail(report, status, REPORT_NO_OFFSET, "the keys do not answer");
    }
    store_release_io(store, in);
    if (status != STATUS_OK)
        return status;
    store->version = sealing.version;
    status = check_version(store, report);
    if (status == STATUS_OK)
        status = store_root_read(store, plain, store->version, out_expected, report);
    store_release_keys(store, unsealed);
    return status;
}

/* One answer of a scan into the tree; names ascend. */
static enum status take_entries(struct store_table *table, struct bytes records,
                                struct tree_leaf *last, bool *has_last, uint64_t most)
{
    struct cbor_reader reader;
    uint64_t count = 0;
    cbor_reader_init(&reader, records, 0, NULL);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count > most - store_tree_count(table->tree))
        status = STATUS_TAMPERED;
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        uint64_t fields = 0;
        struct bytes name = {0};
        struct bytes entry = {0};
        struct tree_leaf leaf;
        status = cbor_read_array(&reader, &fields);
        if (status == STATUS_OK)
            status = fields == 2 ? cbor_read_bytes(&reader, &name) : STATUS_MALFORMED;
        if (status == STATUS_OK)
            status = cbor_read_bytes(&reader, &entry);
        if (status == STATUS_OK && !store_entry_read(name, entry, &leaf))
            status = STATUS_MALFORMED;
        if (status == STATUS_OK && *has_last && memcmp(last->name, leaf.name, TREE_NAME_BYTES) >= 0)
            status = STATUS_MALFORMED;
        if (status != STATUS_OK)
            break;
        status = store_tree_put(table->tree, &leaf);
        *last = leaf;
        *has_last = true;
    }
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    return status;
}

static enum status read_index(struct store *store, struct store_table *table,
                              const struct store_expected *expected, struct report *report)
{
    struct tree_leaf last = {0};
    bool has_last = false;
    bool has_more = true;
    enum status status = STATUS_OK;
    while (has_more && status == STATUS_OK) {
        struct message_in *in;
        struct bytes records;
        uint64_t before = store_tree_count(table->tree);
        status = store_scan(store, table->index,
                            has_last ? bytes_of(last.name, TREE_NAME_BYTES) : bytes_of("", 0), &in,
                            &records, &has_more, report);
        if (status != STATUS_OK)
            return status;
        status = take_entries(table, records, &last, &has_last, expected->count);
        store_release_io(store, in);
        if (status == STATUS_OK && has_more && store_tree_count(table->tree) == before)
            status = STATUS_MALFORMED; /* it would go on for ever */
    }
    uint8_t root[32];
    store_tree_root(table->tree, root);
    if (status == STATUS_NO_MEMORY)
        return report_fail(report, status, REPORT_NO_OFFSET, "no room for the store's hashes");
    if (status != STATUS_OK || store_tree_count(table->tree) != expected->count ||
        memcmp(root, expected->root, sizeof root) != 0)
        return report_fail_name(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                                "the hashes of the records of app % are not what was stored",
                                bytes_of(table->app, strlen(table->app)));
    return STATUS_OK;
}

/* The tables are by id, and so is what is expected of them. */
static enum status read_all(struct store *store, struct report *report)
{
    struct store_expected *expected = calloc(STORE_TABLES_MAX, sizeof *expected);
    if (expected == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store");
    enum status status = store_counter(store, 0, &store->counter, report);
    if (status == STATUS_OK)
        status = read_root(store, expected, report);
    size_t i = 0;
    for (struct store_table *table = store->tables; table != NULL && status == STATUS_OK;
         table = table->next) {
        status = read_index(store, table, &expected[i++], report);
        table->is_doomed = !table->is_kept; /* its key is gone */
    }
    free(expected);
    return status;
}

static enum status start_thread(struct store *store, struct report *report)
{
    store->has_thread = true;
    if (pthread_create(&store->thread, NULL, store_commit_thread, store) == 0)
        return STATUS_OK;
    store->has_thread = false;
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no thread to be had");
}

static bool init_locks(struct store *store)
{
    return pthread_mutex_init(&store->lock, NULL) == 0 &&
           pthread_cond_init(&store->work, NULL) == 0 && pthread_cond_init(&store->done, NULL) == 0;
}

enum status store_open(const struct store_setup *setup, struct store **out_store,
                       struct report *report)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL || !init_locks(store)) {
        free(store);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store");
    }
    store->setup = *setup;
    if (store->setup.app_bytes == 0)
        store->setup.app_bytes = STORE_BYTES_DEFAULT;
    enum status status = read_all(store, report);
    if (status == STATUS_OK)
        status = store_commit_start(store, report);
    if (status == STATUS_OK)
        status = start_thread(store, report);
    if (status != STATUS_OK) {
        store_close(store);
        return status;
    }
    *out_store = store;
    return STATUS_OK;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->has_thread) {
        (void)pthread_mutex_lock(&store->lock);
        store->is_stopping = true;
        (void)pthread_cond_signal(&store->work);
        (void)pthread_mutex_unlock(&store->lock);
        (void)pthread_join(store->thread, NULL);
    }
    ASSERT(store->apps == NULL);
    while (store->tables != NULL) {
        struct store_table *table = store->tables;
        store_tables_remove(store, table);
        store_table_free(table);
    }
    (void)pthread_cond_destroy(&store->work);
    (void)pthread_cond_destroy(&store->done);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

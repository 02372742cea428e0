/*
 * node/store/root.c: the plain of the root record, deterministic CBOR:
 *
 *   [1, version, root, [[id, app, is kept, records, root of the table's tree] ...]]
 *
 * Tables are those that have records, by id. root = SHA-256(0x02 | id | records u64 le | root of
 * the table ... of each).
 */
#include "core/base/cbor.h"
#include "core/crypto/sha256.h"
#include "node/store/internal.h"

#define FORMAT 1u

static bool is_in_root(const struct store_table *table)
{
    return !table->is_doomed && store_tree_count(table->tree) != 0;
}

static void begin_root(struct sha256 *sha)
{
    static const uint8_t mark = 0x02;
    sha256_init(sha);
    sha256_update(sha, bytes_of(&mark, 1));
}

static void add_table(struct sha256 *sha, const uint8_t *id, uint64_t count, const uint8_t *root)
{
    uint8_t number[8];
    store_le64(number, count);
    sha256_update(sha, bytes_of(id, STORE_ID_BYTES));
    sha256_update(sha, bytes_of(number, sizeof number));
    sha256_update(sha, bytes_of(root, 32));
}

enum status store_root_write(const struct store *store, uint64_t version, struct buffer *out)
{
    struct cbor_writer writer;
    struct sha256 sha;
    struct bytes written;
    uint8_t root[32];
    uint64_t count = 0;
    begin_root(&sha);
    for (const struct store_table *table = store->tables; table != NULL; table = table->next) {
        if (!is_in_root(table))
            continue;
        count++;
        store_tree_root(table->tree, root);
        add_table(&sha, table->id, store_tree_count(table->tree), root);
    }
    sha256_final(&sha, root);
    cbor_writer_init(&writer, out->data, out->cap);
    cbor_write_array(&writer, 4);
    cbor_write_uint(&writer, FORMAT);
    cbor_write_uint(&writer, version);
    cbor_write_bytes(&writer, bytes_of(root, sizeof root));
    cbor_write_array(&writer, count);
    for (const struct store_table *table = store->tables; table != NULL; table = table->next) {
        if (!is_in_root(table))
            continue;
        store_tree_root(table->tree, root);
        cbor_write_array(&writer, 5);
        cbor_write_bytes(&writer, bytes_of(table->id, STORE_ID_BYTES));
        cbor_write_text(&writer, bytes_of(table->app, strlen(table->app)));
        cbor_write_bool(&writer, table->is_kept);
        cbor_write_uint(&writer, store_tree_count(table->tree));
        cbor_write_bytes(&writer, bytes_of(root, sizeof root));
    }
    enum status status = cbor_writer_end(&writer, &written);
    if (status == STATUS_OK)
        out->len = written.len;
    return status;
}

static enum status read_table(struct store *store, struct cbor_reader *reader, struct sha256 *sha,
                              struct store_expected *out_expected)
{
    uint64_t fields = 0;
    struct bytes id = {0};
    struct bytes app = {0};
    struct bytes root = {0};
    bool is_kept = false;
    enum status status = cbor_read_array(reader, &fields);
    if (status == STATUS_OK && fields != 5)
        status = STATUS_MALFORMED;
    if (status == STATUS_OK)
        status = cbor_read_bytes_exact(reader, STORE_ID_BYTES, &id);
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &app);
    if (status == STATUS_OK)
        status = cbor_read_bool(reader, &is_kept);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &out_expected->count);
    if (status == STATUS_OK)
        status = cbor_read_bytes_exact(reader, 32, &root);
    if (status != STATUS_OK)
        return status;
    if (app.len == 0 || app.len > MESSAGE_NAME_MAX || memchr(app.data, 0, app.len) != NULL ||
        store_tables_find(store, id.data) != NULL)
        return STATUS_MALFORMED;
    struct store_table *table = store_table_new(id.data, app, is_kept);
    if (table == NULL)
        return STATUS_NO_MEMORY;
    memcpy(out_expected->root, root.data, 32);
    add_table(sha, id.data, out_expected->count, root.data);
    store_tables_add(store, table);
    return STATUS_OK;
}

/* It was sealed by us, so what is wrong with it is a fault of ours; it is checked all the same. */
enum status store_root_read(struct store *store, struct bytes plain, uint64_t version,
                            struct store_expected *out_expected, struct report *report)
{
    struct cbor_reader reader;
    struct sha256 sha;
    struct bytes root = {0};
    uint64_t fields = 0;
    uint64_t format = 0;
    uint64_t said = 0;
    uint64_t count = 0;
    uint8_t made[32];
    cbor_reader_init(&reader, plain, 0, report);
    enum status status = cbor_read_array(&reader, &fields);
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &format);
    if (status == STATUS_OK && (fields != 4 || format != FORMAT))
        return report_fail(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                           "the store has a format of another version");
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &said);
    if (status == STATUS_OK)
        status = cbor_read_bytes_exact(&reader, 32, &root);
    if (status == STATUS_OK)
        status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && (said != version || count > STORE_TABLES_MAX))
        status = STATUS_MALFORMED;
    begin_root(&sha);
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_table(store, &reader, &sha, &out_expected[i]);
    sha256_final(&sha, made);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status == STATUS_OK && memcmp(made, root.data, sizeof made) != 0)
        status = STATUS_MALFORMED;
    return status;
}

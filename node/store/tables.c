/*
 * node/store/tables.c: the tables of the store, by id, and the entries of their indexes.
 *
 * An app's table under one key: its id is the head of a keyed hash of the app's name, so io knows
 * neither the name nor which tables are of one app. "v<id>" has the sealed records, "i<id>" an
 * entry for each: version u64 le, kind u8, SHA-256 of what is sealed.
 */
#include <stdlib.h>

#include "node/store/internal.h"

static void write_hex(const uint8_t *id, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < STORE_ID_BYTES; i++) {
        out[2 * i] = digits[id[i] >> 4];
        out[2 * i + 1] = digits[id[i] & 15];
    }
    out[2 * (size_t)STORE_ID_BYTES] = '\0';
}

struct store_table *store_table_new(const uint8_t id[static STORE_ID_BYTES], struct bytes app,
                                    bool is_kept)
{
    struct store_table *table = calloc(1, sizeof *table);
    if (table != NULL)
        table->tree = store_tree_create();
    if (table == NULL || table->tree == NULL || app.len >= sizeof table->app) {
        store_table_free(table);
        return NULL;
    }
    memcpy(table->id, id, STORE_ID_BYTES);
    table->values[0] = 'v';
    write_hex(id, table->values + 1);
    table->index[0] = 'i';
    write_hex(id, table->index + 1);
    memcpy(table->app, app.data, app.len);
    table->is_kept = is_kept;
    return table;
}

void store_table_free(struct store_table *table)
{
    if (table != NULL)
        store_tree_destroy(table->tree);
    free(table);
}

void store_tables_add(struct store *store, struct store_table *table)
{
    struct store_table **at = &store->tables;
    while (*at != NULL && memcmp((*at)->id, table->id, STORE_ID_BYTES) < 0)
        at = &(*at)->next;
    table->next = *at;
    *at = table;
    store->table_count++;
}

void store_tables_remove(struct store *store, struct store_table *table)
{
    struct store_table **at = &store->tables;
    while (*at != table)
        at = &(*at)->next;
    *at = table->next;
    store->table_count--;
}

struct store_table *store_tables_find(struct store *store, const uint8_t *id)
{
    for (struct store_table *table = store->tables; table != NULL; table = table->next) {
        if (memcmp(table->id, id, STORE_ID_BYTES) == 0)
            return table;
    }
    return NULL;
}

void store_apps_remove(struct store *store, struct store_app *app)
{
    struct store_app **at = &store->apps;
    while (*at != app)
        at = &(*at)->next;
    *at = app->next;
    if (!app->is_removing)
        app->table->is_open = false;
}

void store_entry_write(const struct tree_leaf *leaf, uint8_t out[static STORE_ENTRY_BYTES])
{
    store_le64(out, leaf->version);
    out[8] = leaf->kind;
    memcpy(out + 9, leaf->hash, sizeof leaf->hash);
}

bool store_entry_read(struct bytes name, struct bytes entry, struct tree_leaf *out_leaf)
{
    if (name.len != TREE_NAME_BYTES || entry.len != STORE_ENTRY_BYTES)
        return false;
    *out_leaf = (struct tree_leaf){.version = load_le64(entry.data), .kind = entry.data[8]};
    memcpy(out_leaf->name, name.data, TREE_NAME_BYTES);
    memcpy(out_leaf->hash, entry.data + 9, sizeof out_leaf->hash);
    return true;
}

/*
 * node/store/app.c: the files of one app: opened, handed to commits, closed.
 */
#include <stdlib.h>

#include "node/store/internal.h"

void store_alarm(struct store_app *app, const struct store_node *node, const char *sentence)
{
    struct report report;
    struct bytes name = bytes_of(app->table->app, strlen(app->table->app));
    const struct store_setup *setup = &app->store->setup;
    report_init(&report);
    report_write_names(&report, REPORT_NO_OFFSET, sentence, name,
                       bytes_of(node->name, node->name_len));
    if (setup->alarm != NULL)
        setup->alarm(setup->context, name, report.text);
}

void store_touch(struct store_app *app, struct store_node *node)
{
    if (!node->is_listed) {
        node->is_listed = true;
        node->next_dirty = app->dirty;
        app->dirty = node;
    }
    if (app->is_dirty)
        return;
    app->is_dirty = true;
    (void)pthread_mutex_lock(&app->store->lock);
    app->dirty_since_ms = store_now_ms();
    (void)pthread_cond_signal(&app->store->work);
    (void)pthread_mutex_unlock(&app->store->lock);
}

enum status store_put(struct store_app *app, struct store_batch *batch, uint8_t kind,
                      const uint8_t name[static TREE_NAME_BYTES], struct bytes plain,
                      struct report *report)
{
    const struct store_sealing sealing = {.slot = app->slot,
                                          .table = app->table->values,
                                          .record = bytes_of(name, TREE_NAME_BYTES),
                                          .version = store_batch_version(batch)};
    struct message_in *in;
    struct bytes sealed;
    enum status status = store_seal(app->store, &sealing, plain, &in, &sealed, report);
    if (status != STATUS_OK)
        return status;
    status = store_batch_put(batch, app->table, name, kind, sealed);
    store_release_keys(app->store, in);
    return status;
}

static enum status remove_if_there(struct store_app *app, struct store_batch *batch,
                                   const uint8_t *name)
{
    if (store_tree_find(app->table->tree, name) == NULL)
        return STATUS_OK;
    return store_batch_remove(batch, app->table, name);
}

static enum status collect_node(struct store_app *app, struct store_node *node,
                                struct store_batch *batch, struct report *report)
{
    uint8_t name[TREE_NAME_BYTES];
    uint8_t record[STORE_NODE_BYTES + STORE_NAME_MAX];
    enum status status;
    store_name_record(app, STORE_KIND_NODE, node->id, 0, name);
    node->is_going = node->life == STORE_DEAD;
    if (node->is_going)
        status = store_content_remove(app, node, batch);
    else
        status = store_content_collect(app, node, batch, report);
    if (status != STATUS_OK || node->state == STORE_CLEAN)
        return status;
    node->state = STORE_FLIGHT;
    if (node->life != STORE_LINKED)
        return remove_if_there(app, batch, name);
    store_node_write(node, record);
    status = store_put(app, batch, STORE_KIND_NODE, name,
                       bytes_of(record, STORE_NODE_BYTES + node->name_len), report);
    memory_wipe(record, sizeof record);
    return status;
}

/* A walk ends where the tree changes, so it begins again behind each. */
static enum status collect_strays(struct store_app *app, struct store_batch *batch)
{
    uint64_t count = 0;
    struct tree_leaf *leaf;
    uint8_t(*names)[TREE_NAME_BYTES] = NULL;
    enum status status = STATUS_OK;
    struct tree_walk walk = {0};
    names = calloc(store_tree_count(app->table->tree), sizeof *names);
    if (names == NULL)
        return STATUS_NO_MEMORY;
    while ((leaf = store_tree_next(app->table->tree, &walk)) != NULL) {
        if (!leaf->is_marked)
            memcpy(names[count++], leaf->name, TREE_NAME_BYTES);
    }
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++)
        status = store_batch_remove(batch, app->table, names[i]);
    free(names);
    return status;
}

enum status store_app_collect(struct store_app *app, struct store_batch *batch,
                              struct report *report)
{
    enum status status = STATUS_OK;
    app->flight = app->dirty;
    app->dirty = NULL;
    app->is_dirty = false;
    (void)pthread_mutex_lock(&app->store->lock);
    app->dirty_since_ms = 0;
    (void)pthread_mutex_unlock(&app->store->lock);
    if (app->flight == NULL)
        return STATUS_OK;
    if (app->table->is_new)
        status = store_batch_clear(batch, app->table);
    if (status == STATUS_OK && app->has_strays)
        status = collect_strays(app, batch);
    for (struct store_node *node = app->flight; node != NULL && status == STATUS_OK;
         node = node->next_dirty)
        status = collect_node(app, node, batch, report);
    return status;
}

void store_app_settle(struct store_app *app, bool is_done)
{
    struct store_node *node = app->flight;
    app->flight = NULL;
    if (node != NULL && is_done) {
        app->table->is_new = false;
        app->has_strays = false;
    }
    while (node != NULL) {
        struct store_node *next = node->next_dirty;
        bool is_gone = node->is_going && is_done;
        bool is_again = store_content_settle(app, node, is_done);
        node->is_listed = false;
        node->next_dirty = NULL;
        node->is_going = false;
        if (node->state == STORE_FLIGHT)
            node->state = is_done ? STORE_CLEAN : STORE_DIRTY;
        else if (node->state == STORE_FLIGHT_DIRTY)
            node->state = STORE_DIRTY;
        if (is_gone)
            store_node_free(app, node);
        else if (is_again || node->state != STORE_CLEAN)
            store_touch(app, node);
        node = next;
    }
}

void store_app_free(struct store_app *app)
{
    struct store_node *lists[2] = {app->dirty, app->flight};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        for (struct store_node *node = lists[i]; node != NULL;) {
            struct store_node *next = node->next_dirty;
            if (node->life != STORE_LINKED)
                store_node_free(app, node);
            node = next;
        }
    }
    for (uint32_t i = 0; i < app->node_count; i++)
        store_node_free(app, app->nodes[i]);
    free(app->nodes);
    (void)pthread_mutex_destroy(&app->lock);
    memory_wipe(app, sizeof *app); /* what names are keyed with */
    free(app);
}

/* "app:NAME" tells the table, "app:NAME/fs:" is what the names in it are keyed with. */
static enum status make_names(struct store *store, struct bytes name, uint64_t slot,
                              uint8_t out_id[static 32], br_hmac_key_context *out_naming,
                              struct report *report)
{
    static const struct bytes head = BYTES_LITERAL("app:");
    static const struct bytes tail = BYTES_LITERAL("/fs:");
    uint8_t text[4 + MESSAGE_NAME_MAX + 4];
    uint8_t key[32];
    memcpy(text, head.data, head.len);
    memcpy(text + head.len, name.data, name.len);
    memcpy(text + head.len + name.len, tail.data, tail.len);
    struct bytes app = bytes_of(text, head.len + name.len);
    enum status status = store_record_key(store, slot, app, out_id, report);
    if (status == STATUS_OK)
        status = store_record_key(store, slot, bytes_of(text, app.len + tail.len), key, report);
    if (status != STATUS_OK)
        return status;
    br_hmac_key_init(out_naming, &br_sha256_vtable, key, sizeof key);
    memory_wipe(key, sizeof key);
    return STATUS_OK;
}

/* The app's table, there or new; nobody else has it. */
static enum status take_table(struct store *store, const uint8_t *id, struct bytes name,
                              bool is_kept, struct store_table **out_table, struct report *report)
{
    enum status status = STATUS_OK;
    (void)pthread_mutex_lock(&store->lock);
    struct store_table *table = store_tables_find(store, id);
    if (table != NULL && (table->is_open || table->is_doomed))
        status = report_fail_name(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                  "the files of app % are in use", name);
    else if (table == NULL && store->table_count >= STORE_TABLES_MAX)
        status = report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                             "the store has files of too many apps");
    if (status == STATUS_OK && table == NULL) {
        table = store_table_new(id, name, is_kept);
        if (table != NULL) {
            table->is_new = true;
            store_tables_add(store, table);
        } else {
            status = report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for an app");
        }
    }
    if (status == STATUS_OK) {
        table->is_open = true;
        *out_table = table;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return status;
}

static void give_table(struct store *store, struct store_table *table)
{
    (void)pthread_mutex_lock(&store->lock);
    table->is_open = false;
    (void)pthread_mutex_unlock(&store->lock);
}

static void init_root(struct store_app *app)
{
    app->root.id = 1;
    app->root.type = GATE_TYPE_DIRECTORY;
    app->root.modified = store_now_ns();
    app->root.accessed = app->root.modified;
    app->root.changed = app->root.modified;
    app->next_id = 2;
}

enum status store_app_open(struct store *store, struct bytes name, uint64_t slot, bool is_kept,
                           struct store_app **out_app, struct report *report)
{
    uint8_t id[32];
    if (name.len == 0 || name.len > MESSAGE_NAME_MAX || memchr(name.data, 0, name.len) != NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "an app's name is 1 to 64 bytes");
    struct store_app *app = calloc(1, sizeof *app);
    if (app == NULL || pthread_mutex_init(&app->lock, NULL) != 0) {
        free(app);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for an app");
    }
    app->store = store;
    app->slot = slot;
    init_root(app);
    enum status status = make_names(store, name, slot, id, &app->naming, report);
    if (status == STATUS_OK)
        status = take_table(store, id, name, is_kept, &app->table, report);
    if (status == STATUS_OK) {
        status = store_app_read(app, report);
        if (status != STATUS_OK)
            give_table(store, app->table);
    }
    if (status != STATUS_OK) {
        store_app_free(app);
        return status;
    }
    (void)pthread_mutex_lock(&store->lock);
    app->next = store->apps;
    store->apps = app;
    (void)pthread_mutex_unlock(&store->lock);
    *out_app = app;
    return STATUS_OK;
}

enum status store_app_close(struct store_app *app, struct report *report)
{
    struct store *store = app->store;
    (void)pthread_mutex_lock(&store->lock);
    if (!app->table->is_kept) {
        app->table->is_doomed = true;
        app->is_removing = true;
    }
    (void)pthread_mutex_unlock(&store->lock);
    enum status status = store_app_sync(app, NULL);
    if (status != STATUS_OK)
        (void)report_fail(report, status, REPORT_NO_OFFSET,
                          "the files of the app could not be written, or removed");
    (void)pthread_mutex_lock(&store->lock);
    bool is_busy = app->in_batch;
    app->is_closed = true; /* busy: the committing thread frees it */
    if (!is_busy)
        store_apps_remove(store, app);
    (void)pthread_mutex_unlock(&store->lock);
    if (!is_busy)
        store_app_free(app);
    return status;
}

void store_app_usage(struct store_app *app, uint64_t *out_bytes, uint64_t *out_count)
{
    (void)pthread_mutex_lock(&app->lock);
    *out_bytes = app->used_bytes;
    *out_count = app->node_count;
    (void)pthread_mutex_unlock(&app->lock);
}

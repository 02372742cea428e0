/*
 * node/store/commit.c: the one thread that commits, for all who wait, and its protocol.
 *
 *   1  counter >= version of the root that io has
 *   2  what apps have to write is sealed for version + 1, and so is the root
 *   3  STORE_COMMIT: all of it or nothing, durable
 *   4  COUNTER: at least version + 1
 *   5  those who wait are told
 *
 * So what io has is always as the counter says, or one further. When 3 has no answer, the root
 * record is read: it says which of the two io has. Nothing else is written before that is known.
 * At the start (store.c) the same steps go on until both are two further than the counter was: then
 * no state of before, told to anyone or not, can be brought back.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "core/crypto/sha256.h"
#include "node/message/clock.h"
#include "node/store/internal.h"

#define PAUSE_MS 20u

uint64_t store_now_ms(void)
{
    return message_now_ms() + 1;
}

static bool is_stopping(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    bool stopping = store->is_stopping;
    (void)pthread_mutex_unlock(&store->lock);
    return stopping;
}

static void wait_a_moment(void)
{
    static const struct timespec moment = {.tv_nsec = PAUSE_MS * 1000000L};
    (void)nanosleep(&moment, NULL);
}

/* Steps 1 and 4. */
static enum status reach_counter(struct store *store, struct report *report)
{
    uint64_t value;
    if (store->counter >= store->version)
        return STATUS_OK;
    enum status status = store_counter(store, store->version, &value, report);
    if (status == STATUS_OK)
        store->counter = value;
    return status;
}

static enum status collect_tables(struct store *store, struct store_batch *batch)
{
    enum status status = STATUS_OK;
    (void)pthread_mutex_lock(&store->lock);
    for (struct store_table *table = store->tables; table != NULL && status == STATUS_OK;
         table = table->next) {
        if (table->is_going)
            status = store_batch_clear(batch, table);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return status;
}

static void settle_tables(struct store *store, bool is_done)
{
    (void)pthread_mutex_lock(&store->lock);
    for (struct store_table *table = store->tables; table != NULL;) {
        struct store_table *next = table->next;
        if (table->is_going && is_done) {
            store_tables_remove(store, table);
            store_table_free(table);
        } else {
            table->is_going = false;
        }
        table = next;
    }
    (void)pthread_mutex_unlock(&store->lock);
}

/* Apps of this round; those that do not fit wait for the next one. */
static enum status collect_apps(struct store *store, struct store_batch *batch,
                                struct report *report)
{
    enum status status = STATUS_OK;
    for (struct store_app *app = store->batch; app != NULL; app = app->next_in_batch) {
        if (app->is_going)
            continue;
        app->is_left_out = store_batch_len(batch) > STORE_BATCH_BYTES;
        if (app->is_left_out || status != STATUS_OK)
            continue;
        (void)pthread_mutex_lock(&app->lock);
        status = store_app_collect(app, batch, report);
        (void)pthread_mutex_unlock(&app->lock);
    }
    return status;
}

/* The root for this batch, sealed, behind its version. */
static enum status add_root(struct store *store, struct store_batch *batch,
                            uint8_t out_digest[static 32], struct report *report)
{
    uint64_t version = store_batch_version(batch);
    const struct store_sealing sealing = {
        .table = STORE_ROOT_TABLE, .record = BYTES_LITERAL(STORE_ROOT_TABLE), .version = version};
    struct buffer plain = {.data = malloc(STORE_ROOT_BYTES_MAX), .cap = STORE_ROOT_BYTES_MAX};
    struct message_in *in;
    struct bytes sealed;
    if (plain.data == NULL)
        return STATUS_NO_MEMORY;
    (void)pthread_mutex_lock(&store->lock);
    enum status status = store_root_write(store, version, &plain);
    (void)pthread_mutex_unlock(&store->lock);
    if (status == STATUS_OK)
        status = store_seal(store, &sealing, buffer_bytes(&plain), &in, &sealed, report);
    if (status != STATUS_OK) {
        free(plain.data);
        return status;
    }
    /* The plain's room is as good for what goes out: it is 8 bytes and a seal longer at most. */
    plain.len = 0;
    uint8_t head[8];
    store_le64(head, version);
    status = buffer_append(&plain, bytes_of(head, sizeof head));
    if (status == STATUS_OK)
        status = buffer_append(&plain, sealed);
    store_release_keys(store, in);
    if (status == STATUS_OK)
        status = store_batch_root(batch, buffer_bytes(&plain));
    sha256_digest(buffer_bytes(&plain), out_digest);
    free(plain.data);
    return status;
}

enum outcome { OUTCOME_DONE, OUTCOME_NOT_DONE, OUTCOME_UNKNOWN, OUTCOME_OTHER };

/* Which root does io have? */
static enum outcome look_at_root(struct store *store, const uint8_t *wanted)
{
    struct message_in *in;
    struct bytes value;
    uint8_t digest[32];
    enum status status =
        store_get(store, STORE_ROOT_TABLE, BYTES_LITERAL(STORE_ROOT_TABLE), &in, &value, NULL);
    if (status == STATUS_NOT_FOUND)
        return store->version == 0 ? OUTCOME_NOT_DONE : OUTCOME_OTHER;
    if (status != STATUS_OK)
        return OUTCOME_UNKNOWN;
    sha256_digest(value, digest);
    store_release_io(store, in);
    if (memcmp(digest, wanted, sizeof digest) == 0)
        return OUTCOME_DONE;
    if (store->version != 0 && memcmp(digest, store->root_digest, sizeof digest) == 0)
        return OUTCOME_NOT_DONE;
    return OUTCOME_OTHER;
}

/* Step 3. UNKNOWN only when we are to stop. */
static enum outcome send_changes(struct store *store, struct store_batch *batch,
                                 const uint8_t *digest, enum status *out_status,
                                 struct report *report)
{
    enum outcome outcome = OUTCOME_UNKNOWN;
    *out_status = store_send_commit(store, store_batch_changes(batch), report);
    if (*out_status == STATUS_OK)
        return OUTCOME_DONE;
    if (*out_status == STATUS_LIMIT || *out_status == STATUS_INVALID ||
        *out_status == STATUS_NO_MEMORY)
        return OUTCOME_NOT_DONE;
    while ((outcome = look_at_root(store, digest)) == OUTCOME_UNKNOWN && store->has_thread &&
           !is_stopping(store))
        wait_a_moment();
    return outcome;
}

/* Puts trees and apps in order after step 3. */
static void settle(struct store *store, struct store_batch *batch, bool is_done)
{
    for (struct store_app *app = store->batch; app != NULL; app = app->next_in_batch) {
        if (app->is_going)
            continue;
        (void)pthread_mutex_lock(&app->lock);
        if (!is_done && !store_batch_undo(batch, app->table))
            store->is_broken = true; /* no memory to know what io has */
        store_app_settle(app, is_done);
        (void)pthread_mutex_unlock(&app->lock);
    }
    settle_tables(store, is_done);
}

static enum status be_broken(struct store *store, struct report *report)
{
    store->is_broken = true;
    const char *sentence = "the store's root was changed by somebody else: nothing is written any "
                           "more";
    if (store->setup.alarm != NULL)
        store->setup.alarm(store->setup.context, bytes_of("", 0), sentence);
    return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET, sentence);
}

/* Steps 2 and 3 for a batch. `is_forced`: also when nothing has changed. */
static enum status commit_batch(struct store *store, struct store_batch *batch, bool is_forced,
                                struct report *report)
{
    uint8_t digest[32];
    enum outcome outcome = OUTCOME_NOT_DONE;
    size_t empty = store_batch_len(batch);
    enum status status = collect_tables(store, batch);
    if (status == STATUS_OK)
        status = collect_apps(store, batch, report);
    if (status == STATUS_OK && !is_forced && store_batch_len(batch) == empty) {
        settle(store, batch, true);
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = add_root(store, batch, digest, report);
    if (status == STATUS_OK)
        outcome = send_changes(store, batch, digest, &status, report);
    if (outcome == OUTCOME_DONE) {
        store->version = store_batch_version(batch);
        memcpy(store->root_digest, digest, sizeof digest);
        status = STATUS_OK;
    }
    settle(store, batch, outcome == OUTCOME_DONE);
    if (outcome == OUTCOME_OTHER)
        return be_broken(store, report);
    if (outcome == OUTCOME_UNKNOWN)
        store->is_broken = true; /* we are to stop, and do not know */
    return status;
}

static enum status run_round(struct store *store, bool is_forced, struct report *report)
{
    if (store->is_broken)
        return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                           "the store is not what was stored: nothing is written any more");
    enum status status = reach_counter(store, report);
    if (status != STATUS_OK)
        return status;
    struct store_batch *batch = store_batch_create(store->version + 1);
    if (batch == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a commit");
    status = commit_batch(store, batch, is_forced, report);
    store_batch_destroy(batch);
    if (status == STATUS_OK)
        status = reach_counter(store, report);
    return status;
}

static bool wants_round(const struct store *store, const struct store_app *app, uint64_t now)
{
    uint64_t told = app->durable > app->failed ? app->durable : app->failed;
    bool is_due = app->dirty_since_ms != 0 &&
                  (store->is_stopping || now - app->dirty_since_ms >= STORE_WRITEBACK_MS);
    return app->wanted > told || is_due;
}

/* Under the lock: what the next round is about, until it is over. False: nobody wants one. */
static bool begin_round(struct store *store, bool *out_has_dirty)
{
    uint64_t now = store_now_ms();
    *out_has_dirty = false;
    store->batch = NULL;
    for (struct store_table *table = store->tables; table != NULL; table = table->next)
        table->is_going = table->is_doomed;
    for (struct store_app *app = store->apps; app != NULL; app = app->next) {
        *out_has_dirty = *out_has_dirty || app->dirty_since_ms != 0;
        if (!wants_round(store, app, now))
            continue;
        app->in_batch = true;
        app->is_going = app->is_removing;
        app->is_left_out = false;
        app->batch_ticket = app->wanted;
        app->next_in_batch = store->batch;
        store->batch = app;
    }
    return store->batch != NULL;
}

/* Step 5; under the lock. Apps that were closed meanwhile go. */
static void end_round(struct store *store, enum status status)
{
    for (struct store_app *app = store->batch; app != NULL;) {
        struct store_app *next = app->next_in_batch;
        app->in_batch = false;
        if (status != STATUS_OK) {
            app->failed = app->batch_ticket;
            app->failure = status;
        } else if (!app->is_left_out) {
            app->durable = app->batch_ticket;
        }
        if (app->is_closed) {
            store_apps_remove(store, app);
            store_app_free(app);
        }
        app = next;
    }
    store->batch = NULL;
    (void)pthread_cond_broadcast(&store->done);
}

enum status store_commit_start(struct store *store, struct report *report)
{
    bool has_dirty;
    uint64_t until = store->counter + 2;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && store->version < until) {
        (void)begin_round(store, &has_dirty); /* of no app; it says which tables go */
        status = run_round(store, true, report);
    }
    return status;
}

void *store_commit_thread(void *context)
{
    struct store *store = context;
    (void)pthread_mutex_lock(&store->lock);
    for (;;) {
        bool has_dirty;
        struct report report;
        if (begin_round(store, &has_dirty)) {
            (void)pthread_mutex_unlock(&store->lock);
            report_init(&report);
            enum status status = run_round(store, false, &report);
            (void)pthread_mutex_lock(&store->lock);
            end_round(store, status);
            if (status == STATUS_OK || !store->is_stopping)
                continue;
        }
        if (store->is_stopping)
            break;
        if (has_dirty)
            (void)message_wait_until(&store->work, &store->lock,
                                     message_now_ns() + STORE_WRITEBACK_MS / 4 * NS_PER_MS);
        else
            (void)pthread_cond_wait(&store->work, &store->lock);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return NULL;
}

/* Under the lock. */
static enum status wait_for_ticket(struct store *store, const struct store_app *app,
                                   uint64_t ticket, const atomic_bool *cancelled)
{
    const uint64_t until_ns = message_now_ns() + STORE_SYNC_MS * NS_PER_MS;
    while (app->durable < ticket && app->failed < ticket) {
        if (cancelled != NULL && atomic_load(cancelled))
            return STATUS_UNAVAILABLE;
        if (!message_wait_until(&store->done, &store->lock, until_ns))
            return STATUS_UNAVAILABLE;
    }
    return app->durable >= ticket ? STATUS_OK : app->failure;
}

enum status store_app_sync(struct store_app *app, const atomic_bool *cancelled)
{
    struct store *store = app->store;
    enum status status = STATUS_OK;
    (void)pthread_mutex_lock(&store->lock);
    if (app->dirty_since_ms != 0 || app->in_batch || app->is_removing) {
        uint64_t ticket = ++app->wanted;
        (void)pthread_cond_signal(&store->work);
        status = wait_for_ticket(store, app, ticket, cancelled);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return status;
}

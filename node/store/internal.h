/*
 * node/store/internal.h: what the files of node/store share.
 *
 *   link.c     questions to io and keys
 *   root.c     the root record
 *   store.c    start, end, tables           commit.c  the thread that commits
 *   app.c      an app's files, from records and to records
 *   node.c     files and directories by name          content.c  what is in files
 *   path.c     paths                                  session.c, file_*.c  GATE_FILE
 *
 * Locks: store->lock (tables, tickets, list of apps) may be taken while an app's lock is held,
 * never the other way round, and neither while the committing thread waits for io.
 *
 * Invariants:
 *   (1) A table's tree says what io keeps, or what the commit on its way makes of it; who reads
 *       what is on its way reads it from memory.
 *   (2) Only the committing thread changes trees (under the app's lock), the version and the list
 *       of tables, but for new tables (under store->lock).
 *   (3) What memory holds of a file and is not clean stays until a commit has made it so.
 */
#ifndef AETHER_NODE_STORE_INTERNAL_H
#define AETHER_NODE_STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <bearssl/bearssl_hmac.h>

#include "aether/gate_world.h"
#include "node/store/store.h"
#include "node/store/tree.h"

#define STORE_CHUNK_BYTES   8192u
#define STORE_NAME_MAX      255u /* of one file or directory */
#define STORE_NODES_MAX     16384u
#define STORE_NAME_HEADS    4096u
#define STORE_NODE_COST     512u /* bytes of the quota that each file and directory takes */
#define STORE_TABLES_MAX    1024u
#define STORE_DIRTY_MAX     (4u << 20)  /* of an app; more is written before more is taken */
#define STORE_CACHE_CHUNKS  256u        /* of an app, that are clean and stay in memory */
#define STORE_HANDLES_MAX   1024u       /* of a call */
#define STORE_BATCH_BYTES   (32u << 20) /* of changes; no further app joins a commit then */
#define STORE_WRITEBACK_MS  1000u
#define STORE_ASK_MS        10000u
#define STORE_SYNC_MS       15000u
#define STORE_BYTES_DEFAULT (UINT64_C(64) << 20)

#define STORE_ROOT_TABLE "root"
#define STORE_ID_BYTES   16u
#define STORE_TABLE_LEN  33u /* 'v' or 'i', then the id in hex */

/* Internal functions about files give STORE_FINE or an enum gate_error. */
#define STORE_FINE (-1)

enum store_kind { STORE_KIND_NODE = 1, STORE_KIND_CHUNK = 2 };

struct store_table {
    struct store_table *next;
    uint8_t id[STORE_ID_BYTES];
    char values[STORE_TABLE_LEN + 1];
    char index[STORE_TABLE_LEN + 1];
    char app[MESSAGE_NAME_MAX + 1];
    struct store_tree *tree;
    bool is_kept;
    bool is_open;   /* an app has it */
    bool is_new;    /* what io may have under its name goes with the first commit */
    bool is_doomed; /* goes with the next commit */
    bool is_going;  /* with the one on its way */
};

/* Where a piece of a file or its description is, between memory and io. */
enum store_state {
    STORE_CLEAN,
    STORE_DIRTY,
    STORE_FLIGHT,       /* in the commit on its way */
    STORE_FLIGHT_DIRTY, /* the same, and changed again since */
};

struct store_chunk {
    struct store_chunk *older, *newer; /* of the app's, by use */
    struct store_node *node;
    uint32_t index;
    uint8_t state; /* enum store_state */
    uint8_t data[STORE_CHUNK_BYTES];
};

/* In the place of a chunk: zeros, and what io has there goes with the next commit, or the one on
 * its way. */
extern struct store_chunk store_hole, store_hole_flight;

enum store_life {
    STORE_LINKED,
    STORE_UNLINKED, /* without a name; handles have it */
    STORE_DEAD,     /* without handles, too; its records go with the next commit */
};

struct store_node {
    struct store_node *parent; /* NULL: the root */
    uint64_t id;
    uint64_t parent_id; /* while the app is read */
    uint64_t size;
    int64_t accessed, modified, changed;
    uint32_t children; /* of a directory */
    uint32_t handles;
    uint8_t type;   /* enum gate_file_type: directory or regular file */
    uint8_t life;   /* enum store_life */
    uint8_t state;  /* enum store_state, of what describes it */
    bool is_listed; /* in app->dirty or app->flight */
    bool is_going;  /* dead, and its removal is on its way */
    bool is_seen;   /* while the app is read */
    struct store_node *next_dirty;
    struct store_chunk **chunks; /* NULL: as io has it, or zeros when the tree has no leaf */
    uint32_t chunk_cap;
    struct store_node *next_name; /* in app->names */
    uint16_t name_len;
    char name[STORE_NAME_MAX + 1];
};

struct store_app {
    struct store_app *next;
    struct store *store;
    struct store_table *table;
    uint64_t slot;

    pthread_mutex_t lock; /* everything down to the next comment, and table->tree */
    br_hmac_key_context naming;
    struct store_node root;
    struct store_node **nodes; /* those that have a name, by id */
    uint32_t node_count, node_cap;
    uint32_t living; /* nodes that take quota: those, and unlinked ones */
    struct store_node *names[STORE_NAME_HEADS]; /* by keyed hash of parent and name */
    uint64_t next_id;
    uint64_t used_bytes;
    struct store_node *dirty, *flight;
    bool is_dirty;   /* anything; store->lock knows by dirty_since_ms */
    bool has_strays; /* leaves that no file has; they go with the next commit */
    bool is_unread;  /* a read failed, which was told; no more are until one succeeds */
    uint64_t dirty_bytes;
    struct store_chunk *oldest, *newest;
    uint32_t chunk_count;

    /* under store->lock */
    uint64_t wanted, durable, failed; /* tickets of syncs */
    enum status failure;
    uint64_t dirty_since_ms; /* 0: clean */
    bool in_batch, is_closed, is_removing;

    /* of a round; the committing thread's while in_batch */
    struct store_app *next_in_batch;
    uint64_t batch_ticket;
    bool is_going;    /* with its table */
    bool is_left_out; /* no room in this one */
};

struct store {
    struct store_setup setup;
    pthread_mutex_t lock;
    pthread_cond_t work; /* the committing thread's */
    pthread_cond_t done; /* those who wait for it */
    pthread_t thread;
    bool has_thread, is_stopping;
    struct store_app *apps;
    struct store_app *batch;    /* the round's; the committing thread's */
    struct store_table *tables; /* by id */
    uint32_t table_count;

    /* the committing thread's, and before it store_open's */
    uint64_t version;        /* of the root that io has */
    uint64_t counter;        /* what the counter is known to have reached */
    uint8_t root_digest[32]; /* SHA-256 of the root record as io has it; version 0: none */
    bool is_broken;          /* io has something else than we know: nothing is written any more */
};

/* link.c */
enum status MUST_CHECK store_get(struct store *store, const char *table, struct bytes record,
                                 struct message_in **out_in, struct bytes *out_value,
                                 struct report *report);
enum status MUST_CHECK store_scan(struct store *store, const char *table, struct bytes after,
                                  struct message_in **out_in, struct bytes *out_records,
                                  bool *out_has_more, struct report *report);
enum status MUST_CHECK store_send_commit(struct store *store, struct bytes changes,
                                         struct report *report);
struct store_sealing {
    uint64_t slot;
    const char *table;
    struct bytes record;
    uint64_t version;
};
enum status MUST_CHECK store_seal(struct store *store, const struct store_sealing *sealing,
                                  struct bytes plain, struct message_in **out_in,
                                  struct bytes *out_sealed, struct report *report);
enum status MUST_CHECK store_unseal(struct store *store, const struct store_sealing *sealing,
                                    struct bytes sealed, struct message_in **out_in,
                                    struct bytes *out_plain, struct report *report);
enum status MUST_CHECK store_record_key(struct store *store, uint64_t slot, struct bytes name,
                                        uint8_t out_key[static 32], struct report *report);
enum status MUST_CHECK store_counter(struct store *store, uint64_t at_least, uint64_t *out_value,
                                     struct report *report);
void store_release_io(struct store *store, struct message_in *in);
void store_release_keys(struct store *store, struct message_in *in);

/* root.c: the plain of the root record; under store->lock. */
enum status MUST_CHECK store_root_write(const struct store *store, uint64_t version,
                                        struct buffer *out);
/* Fills store->tables, their trees empty; `out_roots`: what tree and count of each must be. */
struct store_expected {
    uint8_t root[32];
    uint64_t count;
};
enum status MUST_CHECK store_root_read(struct store *store, struct bytes plain, uint64_t version,
                                       struct store_expected *out_expected, struct report *report);
#define STORE_ROOT_BYTES_MAX ((size_t)STORE_TABLES_MAX * 192 + 128)

/* tables.c */
struct store_table *store_table_new(const uint8_t id[static STORE_ID_BYTES], struct bytes app,
                                    bool is_kept);
void store_table_free(struct store_table *table);
void store_tables_add(struct store *store, struct store_table *table);
void store_tables_remove(struct store *store, struct store_table *table);
struct store_table *store_tables_find(struct store *store, const uint8_t *id);
#define STORE_ENTRY_BYTES 41u
void store_entry_write(const struct tree_leaf *leaf, uint8_t out[static STORE_ENTRY_BYTES]);
bool store_entry_read(struct bytes name, struct bytes entry, struct tree_leaf *out_leaf);

/* commit.c */
/* Until the root is two commits further than the counter was, and the counter with it. */
enum status MUST_CHECK store_commit_start(struct store *store, struct report *report);
void *store_commit_thread(void *store);
/* Waits until everything the app has written so far is durable. `cancelled` may be NULL. */
enum status MUST_CHECK store_app_sync(struct store_app *app, const atomic_bool *cancelled);

/* Under store->lock: takes a closed app off the list, and its table back. */
void store_apps_remove(struct store *store, struct store_app *app);
uint64_t store_now_ms(void); /* monotonic, never 0 */

/* app.c, under the app's lock */
struct store_batch;
enum status MUST_CHECK store_app_collect(struct store_app *app, struct store_batch *batch,
                                         struct report *report);
void store_app_settle(struct store_app *app, bool is_done);
/* The node is somewhere in the way that its state and chunks say. */
void store_touch(struct store_app *app, struct store_node *node);
/* Without a lock, when nobody else has it. */
void store_app_free(struct store_app *app);

/* app_read.c: the files of an app from its records. */
enum status MUST_CHECK store_app_read(struct store_app *app, struct report *report);
#define STORE_NODE_BYTES 56u /* of a node's record, and then its name */
void store_node_write(const struct store_node *node, uint8_t *out);
/* A record as the leaf says it, unsealed; what differs is TAMPERED. */
enum status MUST_CHECK store_fetch(struct store_app *app, const struct tree_leaf *leaf,
                                   struct message_in **out_in, struct bytes *out_plain,
                                   struct report *report);

/* batch.c: changes on their way, and what to put back when they do not get there */
struct store_batch *store_batch_create(uint64_t version);
void store_batch_destroy(struct store_batch *batch);
uint64_t store_batch_version(const struct store_batch *batch);
size_t store_batch_len(const struct store_batch *batch);
enum status MUST_CHECK store_batch_clear(struct store_batch *batch,
                                         const struct store_table *table);
/* Each changes io's table and the tree. */
enum status MUST_CHECK store_batch_put(struct store_batch *batch, struct store_table *table,
                                       const uint8_t name[static TREE_NAME_BYTES], uint8_t kind,
                                       struct bytes sealed);
enum status MUST_CHECK store_batch_remove(struct store_batch *batch, struct store_table *table,
                                          const uint8_t name[static TREE_NAME_BYTES]);
enum status MUST_CHECK store_batch_root(struct store_batch *batch, struct bytes value);
/* The changes, whole. */
struct bytes store_batch_changes(struct store_batch *batch);
/* Puts the trees of `table` back; under its app's lock. False: no memory for it. */
bool store_batch_undo(struct store_batch *batch, struct store_table *table);

/* node.c, under the app's lock */
void store_name_record(const struct store_app *app, uint8_t kind, uint64_t id, uint64_t index,
                       uint8_t out_name[static TREE_NAME_BYTES]);
uint64_t store_node_identity(const struct store_app *app, uint64_t id);
struct store_node *store_node_child(struct store_app *app, const struct store_node *parent,
                                    struct bytes name);
struct store_node *store_node_by_id(struct store_app *app, uint64_t id);
/* The first of app->nodes with a greater id. */
uint32_t store_node_after(const struct store_app *app, uint64_t id);
/* A new one, not yet to be found by name. NULL: no memory. */
struct store_node *store_node_new(struct store_app *app, uint64_t id, uint8_t type);
void store_node_link(struct store_app *app, struct store_node *node, struct store_node *parent,
                     struct bytes name);
/* The rest keeps the rules of a file system; `name` is 1 to STORE_NAME_MAX bytes. */
int store_node_create(struct store_app *app, struct store_node *parent, struct bytes name,
                      uint8_t type, struct store_node **out_node);
void store_node_unlink(struct store_app *app, struct store_node *node);
int store_node_rename(struct store_app *app, struct store_node *node, struct store_node *parent,
                      struct bytes name);
void store_node_acquire(struct store_node *node);
void store_node_release(struct store_app *app, struct store_node *node);
void store_node_changed(struct store_app *app, struct store_node *node); /* its record */
void store_node_free(struct store_app *app, struct store_node *node);
int64_t store_now_ns(void);
uint64_t store_quota_left(const struct store_app *app);

/* content.c, under the app's lock */
uint64_t store_chunks_of(uint64_t size);
int store_content_read(struct store_app *app, struct store_node *node, uint64_t offset,
                       uint8_t *out, size_t len, size_t *out_len);
int store_content_write(struct store_app *app, struct store_node *node, uint64_t offset,
                        const uint8_t *data, size_t len, size_t *out_len);
int store_content_resize(struct store_app *app, struct store_node *node, uint64_t size);
void store_content_drop(struct store_app *app, struct store_node *node); /* all of it in memory */
/* flight.c: to a commit and back */
enum status MUST_CHECK store_content_collect(struct store_app *app, struct store_node *node,
                                             struct store_batch *batch, struct report *report);
enum status MUST_CHECK store_content_remove(struct store_app *app, struct store_node *node,
                                            struct store_batch *batch);
/* True: there is still, or again, something to write. */
bool store_content_settle(struct store_app *app, struct store_node *node, bool is_done);
enum status MUST_CHECK store_put(struct store_app *app, struct store_batch *batch, uint8_t kind,
                                 const uint8_t name[static TREE_NAME_BYTES], struct bytes plain,
                                 struct report *report);
static inline bool store_is_hole(const struct store_chunk *chunk)
{
    return chunk == &store_hole || chunk == &store_hole_flight;
}
static inline bool store_is_to_write(const struct store_chunk *chunk)
{
    return chunk->state == STORE_DIRTY || chunk->state == STORE_FLIGHT_DIRTY;
}
/* Tells setup.alarm: the sentence's holes are the app and the file. */
void store_alarm(struct store_app *app, const struct store_node *node, const char *sentence);

/* path.c, under the app's lock */
struct store_path {
    struct store_node *parent; /* of the last name; NULL: the path ends with . or .. */
    struct store_node *found;  /* NULL: nothing of that name; then there is a parent */
    struct bytes name;         /* in `text`; of use with a parent alone */
    bool is_directory;         /* a slash is at the end, or dots */
    uint8_t text[GATE_PATH_MAX];
};
int store_path_walk(struct store_app *app, struct store_node *directory, struct bytes text,
                    struct store_path *out_path);

/* file_*.c: one request of GATE_FILE on its way, under the app's lock. */
struct store_handle {
    struct store_node *node; /* NULL: the slot is free */
    uint16_t generation;
    uint8_t rights; /* enum gate_file_rights */
    bool is_synced; /* each write is durable before it is answered */
};
struct store_session {
    struct store_app *app;
    const struct gate_service *world;
    atomic_bool is_cancelled;
    uint32_t open_count;
    uint32_t last; /* the slot that was used last: the search begins behind it */
    struct store_handle handles[STORE_HANDLES_MAX];
};
struct store_call {
    struct store_session *session;
    struct store_app *app;
    const struct gate_request *request;
    const uint8_t *in;
    uint8_t *out;
    struct gate_reply *reply;
};
typedef enum gate_status store_method_fn(struct store_call *call);

enum gate_status store_fail(struct store_call *call, int error);
/* GATE_OK for STORE_FINE. */
enum gate_status store_end(struct store_call *call, int error);
struct store_handle *store_handle_find(struct store_session *session, uint32_t number);
/* 0: the table is full. */
uint32_t store_handle_open(struct store_session *session, struct store_node *node, uint8_t rights);
enum gate_status store_find_file(struct store_call *call, unsigned rights, int of_directory,
                                 struct store_handle **out_file);
enum gate_status store_find_directory(struct store_call *call, uint32_t number, unsigned rights,
                                      struct store_handle **out_directory);
/* The path of `in` from `from` on, `len` bytes. */
int store_call_path(struct store_call *call, const struct store_handle *directory, size_t from,
                    size_t len, struct store_path *out_path);

store_method_fn store_file_open, store_file_pread, store_file_pwrite, store_file_stat,
    store_file_stat_at, store_file_set_size, store_file_set_times, store_file_set_times_at,
    store_file_sync, store_file_advise, store_file_allocate, store_file_read_directory,
    store_file_create_directory, store_file_remove_directory, store_file_unlink,
    store_file_read_link, store_file_symlink, store_file_link, store_file_rename;

#endif

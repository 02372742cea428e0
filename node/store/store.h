/*
 * node/store/store.h: the sealed store: what apps keep in files, held outside by a role that must
 * not be believed (docs/store.md has the format, the protocol and what is promised).
 *
 * Every record is sealed by keys under the app's slot; io keeps what it can not read. A Merkle root
 * over all records of all apps is sealed with a version that a monotonic counter follows, so what
 * was swapped, cut, taken away or brought back from before is found: STATUS_TAMPERED, and the
 * sentence names the app and what.
 *
 * What a reader sees: each request of GATE_FILE is whole before the next one of the same app; a
 * write is seen by all calls of the app at once. It is durable after SYNC, a second later, or at
 * store_close, whichever comes first; SYNC makes all that the app has written so far durable
 * together, so a crash leaves an app as it was at one moment.
 *
 * Any thread may call; one session is used by one thread at a time, but for its cancel.
 */
#ifndef AETHER_NODE_STORE_STORE_H
#define AETHER_NODE_STORE_STORE_H

#include "core/base/report.h"
#include "node/gate/session.h"
#include "node/message/caller.h"

struct store;
struct store_app;     /* the files of one app, while it is loaded */
struct store_session; /* one call's handles */

struct store_setup {
    struct caller *io;   /* STORE_*; borrowed, as is keys: the owner replaces their links */
    struct caller *keys; /* SEAL, UNSEAL, RECORD, COUNTER */
    uint64_t app_bytes;  /* settings.store_bytes; 0: 64 MiB */
    /* Told when what io gave is not what was stored, from any thread; may be NULL. */
    void (*alarm)(void *context, struct bytes app, const char *sentence);
    void *context;
};

/* Reads the root and all hashes, compares them with each other and with the counter, removes what
 * generated keys left behind, and makes every other state of before worthless. TAMPERED: do not
 * serve; UNAVAILABLE: io or keys do not answer. */
enum status MUST_CHECK store_open(const struct store_setup *setup, struct store **out_store,
                                  struct report *report);
/* Writes what is not yet written; no app is open any more. */
void store_close(struct store *store);

/* At load. `slot`: of KEY_IS. `is_kept`: the key was given, and the records stay when the app goes.
 * The same app under another key is another place: it sees nothing of the first, which is there
 * again with its key. */
enum status MUST_CHECK store_app_open(struct store *store, struct bytes name, uint64_t slot,
                                      bool is_kept, struct store_app **out_app,
                                      struct report *report);
/* At unload, after its last session and before KEY_DROP; the app is gone in any case. Kept: what is
 * not yet durable becomes so. Not kept: its records are removed, durably. What fails says so, and
 * what is left is removed with the next commit or at the next start. */
enum status MUST_CHECK store_app_close(struct store_app *app, struct report *report);

/* Bytes that the app's files take of setup.app_bytes, and how many files and directories. */
void store_app_usage(struct store_app *app, uint64_t *out_bytes, uint64_t *out_count);

/* For one call. GATE_FILE is the session's; GATE_WORLD is `world`, which stays the caller's and
 * outlives the session, but for PREOPEN: number 0 is "/", there is no other. */
#define STORE_SERVICE_COUNT 2u
enum status MUST_CHECK store_session_create(struct store_app *app, const struct gate_service *world,
                                            struct store_session **out_session,
                                            struct report *report);
void store_session_services(struct store_session *session,
                            struct gate_service out_services[STORE_SERVICE_COUNT]);
/* Closes its handles; takes NULL. */
void store_session_destroy(struct store_session *session);

#endif

/*
 * node/main/app.h: the registry: what is loaded, what it exports, its cells and its numbers.
 *
 *            load                    unload
 *   LOADING ------> LOADED (found) --------> LEAVING (its name is taken until all is gone)
 *
 * Who has found an app holds it: it is there until app_release, whatever its state.
 */
#ifndef AETHER_NODE_MAIN_APP_H
#define AETHER_NODE_MAIN_APP_H

#include "node/gate/cell.h"
#include "node/main/hub.h"

#define APP_FUNCTIONS_MAX 4096u
#define APP_BYTES         1024u    /* of an app in a message, without its exports */
#define APP_EXPORTS_MAX   0xFFC00u /* bytes of what a cell says that there is */

enum app_state { APP_LOADING, APP_LOADED, APP_LEAVING };

/* What calls of it were; under hub->lock. */
struct app_function {
    struct bytes name;
    uint64_t params, results;
    uint64_t calls, fuel, errors, least_fuel, most_fuel;
};

struct app {
    /* fixed once LOADED */
    char name[MESSAGE_NAME_MAX + 1];
    char hostname[MESSAGE_HOST_MAX + 1];
    uint8_t code_hash[32];
    bool is_given;
    bool has_slot;
    uint64_t slot;
    uint64_t max_fuel;
    uint8_t *payload;
    size_t payload_len;
    uint8_t *exports;               /* CBOR; the names of functions point into it */
    struct app_function *functions; /* by name */
    uint32_t function_count;
    struct store_app *store; /* NULL: no files */

    /* under hub->lock */
    enum app_state state;
    unsigned references;
    uint64_t listed_bytes;    /* in hub->listed_bytes */
    uint32_t running;         /* calls in cells */
    bool is_killed;           /* these were, because the app leaves */
    pthread_cond_t finished;  /* a call has ended */
    struct job *first, *last; /* calls that wait */
    uint32_t waiting;
    struct app *next_waiting; /* calls.c: the ring of apps that have such */
    struct gate_cell **idle;  /* warm ones; settings->calls_per_app places */
    uint32_t idle_count;
    struct gate_cell **busy; /* as many places; NULL: free */

    /* under its own lock, which is the chain's order */
    pthread_mutex_t receipt_lock;
    uint64_t receipts;        /* how many there are */
    uint8_t receipt_hash[32]; /* of the last one */
};

struct bytes app_name(const struct app *app);
/* Less than 0, 0, more than 0, as memcmp; what is shorter comes first. */
int app_compare_names(struct bytes a, struct bytes b);
const char *app_key_source(const struct app *app);

/* A new one that is LOADING and has a place of its own in the registry, held. INVALID: the name is
 * taken ("app 'A' is already loaded") or the hostname is; LIMIT: too many. The sentence is in
 * `report`. */
enum status MUST_CHECK app_reserve(struct hub *hub, struct bytes name, struct bytes hostname,
                                   struct app **out_app, bool *out_is_taken, struct report *report);

/* A LOADED one, held; NULL: none. */
struct app *app_find(struct hub *hub, struct bytes name);

/* Under hub->lock; the LOADED one with this hostname, or NULL. Borrowed. */
const struct app *app_by_hostname(const struct hub *hub, struct bytes hostname);

void app_release(struct hub *hub, struct app *app);

/* LOADED <- LOADING; a new generation. */
void app_publish(struct hub *hub, struct app *app);
/* Its place is free, and the registry's own hold on it ends. */
void app_remove(struct hub *hub, struct app *app);

/* What describe gave: [[name, params, results] ...]; copied. MALFORMED: it is not that. */
enum status MUST_CHECK app_set_exports(struct app *app, struct bytes exports,
                                       struct report *report);
/* LIMIT: with it the reply of `wasm_list` would be longer than a frame. */
enum status MUST_CHECK app_enter_list(struct hub *hub, struct app *app, struct report *report);
/* NULL: no such. Its counters are under hub->lock. */
struct app_function *app_function(const struct app *app, struct bytes name);

/* A cell of this app, started now. */
enum status MUST_CHECK app_spawn_cell(const struct hub *hub, const struct app *app,
                                      struct gate_cell **out_cell, struct report *report);
/* A warm one or a new one; NOT_FOUND: the app is leaving. It is among the busy ones until
 * app_leave_cell. */
enum status MUST_CHECK app_take_cell(struct hub *hub, struct app *app, struct gate_cell **out_cell,
                                     bool *out_is_warm, struct report *report);
/* The call is over: the cell rests, or is destroyed. */
void app_leave_cell(struct hub *hub, struct app *app, struct gate_cell *cell);
/* One that has described, of an app that is LOADING, is its first warm one. */
void app_keep_cell(struct hub *hub, struct app *app, struct gate_cell *cell);
/* Under hub->lock: kills what runs; app_was_killed then. */
void app_kill_cells(const struct hub *hub, struct app *app);
bool app_was_killed(struct hub *hub, const struct app *app);

#endif

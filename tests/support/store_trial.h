/*
 * tests/support/store_trial.h: the whole store in one process: the real thread of io over a real
 * LMDB file, the real keys, and main's side, which talk over the real links.
 */
#ifndef AETHER_TESTS_STORE_TRIAL_H
#define AETHER_TESTS_STORE_TRIAL_H

#include <pthread.h>

#include "aether/gate_world.h"
#include "node/keys/keys.h"
#include "node/message/caller.h"
#include "node/store/store.h"

#define STORE_TRIAL_TRANSFER (1u << 20)

/* Keys that answer on a link, in a thread of theirs. They outlive the store: what is sealed, and
 * the counter, is theirs. */
struct store_keys {
    struct keys *keys;
    int sockets[2];
    pthread_t thread;
    struct caller *caller;
};

/* `directory` -1: all is forgotten with the process. `tpm`: a TCTI, or NULL: none. */
void store_keys_start(struct store_keys *keys, int directory, const char *tpm);
void store_keys_stop(struct store_keys *keys);

/* A key for an app; `given` NULL: a new one. */
uint64_t store_keys_slot(struct store_keys *keys, const char *app, const uint8_t *given);
void store_keys_drop(struct store_keys *keys, uint64_t slot);

struct store_trial {
    struct store_keys *keys;
    struct caller *io;
    struct store *store;
    struct report report; /* of what failed */
    char alarm[REPORT_TEXT_MAX];
    unsigned alarm_count;
};

/* The thread of io over the directory. */
struct caller *store_trial_io(const char *path);
/* Opens the store on the directory; what it says. */
enum status store_trial_open(struct store_trial *trial, struct store_keys *keys, const char *path,
                             uint64_t app_bytes);
/* The same over a link that somebody else has the other end of. */
enum status store_trial_open_link(struct store_trial *trial, struct store_keys *keys,
                                  struct caller *io, uint64_t app_bytes);
/* The store, and its io; waits until the directory is free again. */
void store_trial_close(struct store_trial *trial, const char *path);

/* How many records the file has; nobody has it open. */
size_t store_trial_count(const char *path);
/* The folder and the store's file in it. */
void store_trial_remove(const char *path);

/* One call of an app: requests as a cell makes them. */
struct store_guest {
    struct store_session *session;
    struct gate_service services[STORE_SERVICE_COUNT];
    uint8_t *transfer;
    uint32_t root;
    struct gate_reply reply; /* of the last request */
};

void store_guest_begin(struct store_guest *guest, struct store_app *app);
void store_guest_end(struct store_guest *guest);

/* The gate's status; `in` is copied in, `out_len` bytes of room for what comes. */
enum gate_status store_guest_ask(struct store_guest *guest, struct gate_request request,
                                 struct bytes in, uint32_t out_len);
struct bytes store_guest_out(const struct store_guest *guest);

/* STORE_GUEST_FINE, or an enum gate_error. A status that is neither fails the test. */
#define STORE_GUEST_FINE (-1)
int store_guest_open(struct store_guest *guest, const char *path, unsigned flags, unsigned rights,
                     uint32_t *out_handle);
int store_guest_write(struct store_guest *guest, uint32_t handle, uint64_t offset,
                      struct bytes data);
/* Up to `cap` bytes into `out`. */
int store_guest_read(struct store_guest *guest, uint32_t handle, uint64_t offset, uint8_t *out,
                     size_t cap, size_t *out_len);
int store_guest_sync(struct store_guest *guest, uint32_t handle);
int store_guest_close(struct store_guest *guest, uint32_t handle);
int store_guest_stat(struct store_guest *guest, const char *path, struct gate_stat *out_stat);
/* CREATE_DIRECTORY, REMOVE_DIRECTORY, UNLINK. */
int store_guest_path(struct store_guest *guest, enum gate_file_method method, const char *path);
int store_guest_rename(struct store_guest *guest, const char *from, const char *to);
/* Names of a directory, each with a space behind, in the order that they come. */
int store_guest_list(struct store_guest *guest, const char *path, char *out, size_t cap);

/* The whole of a file: created or cut, written, made durable; and read. */
int store_guest_put(struct store_guest *guest, const char *path, struct bytes data);
int store_guest_get(struct store_guest *guest, const char *path, uint8_t *out, size_t cap,
                    size_t *out_len);

/* The whole of a file is this text, which has 255 bytes at most. */
void store_guest_expect(struct store_guest *guest, const char *path, const char *text);

#endif

/*
 * tests/support/store_trial.c: the whole store in one process. See store_trial.h.
 */
#include "tests/support/store_trial.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/socket.h>

#include <lmdb.h>

#include "node/io/io.h"
#include "node/io/store_table.h"
#include "tests/support/test.h"

static void *serve_keys(void *context)
{
    struct store_keys *keys = context;
    struct message_in *in = malloc(sizeof *in);
    struct keys_answer answer;
    struct report report;
    enum status status = STATUS_OK;
    assert_non_null(in);
    assert_int_equal(keys_answer_init(&answer), STATUS_OK);
    while (status == STATUS_OK || status == STATUS_UNAVAILABLE) {
        report_init(&report);
        status = message_receive_wait(keys->sockets[1], in, 10000, &report);
        if (status != STATUS_OK)
            continue;
        keys_answer(keys->keys, in->type, &in->any, &answer);
        answer.any.id = in->any.id;
        message_release(in);
        status = message_send_wait(keys->sockets[1], answer.type, &answer.any, -1, 10000);
        keys_answer_wipe(&answer);
    }
    keys_answer_fini(&answer);
    free(in);
    return NULL;
}

void store_keys_start(struct store_keys *keys, int directory, const char *tpm)
{
    struct report report;
    struct settings *settings = calloc(1, sizeof *settings);
    assert_non_null(settings);
    settings_defaults(settings);
    settings->is_dev = tpm == NULL;
    if (tpm != NULL)
        (void)snprintf(settings->tpm, sizeof settings->tpm, "%s", tpm);
    report_init(&report);
    if (keys_open(settings, directory, -1, &keys->keys, &report) != STATUS_OK)
        fail_msg("keys: %s", report.text);
    free(settings);
    assert_int_equal(message_pair(keys->sockets, &report), STATUS_OK);
    assert_int_equal(caller_create(keys->sockets[0], &keys->caller, &report), STATUS_OK);
    assert_int_equal(pthread_create(&keys->thread, NULL, serve_keys, keys), 0);
}

void store_keys_stop(struct store_keys *keys)
{
    caller_destroy(keys->caller);
    (void)pthread_join(keys->thread, NULL);
    (void)close(keys->sockets[1]);
    keys_close(keys->keys);
}

uint64_t store_keys_slot(struct store_keys *keys, const char *app, const uint8_t *given)
{
    struct message_key_new fresh = {.app = bytes_of(app, strlen(app))};
    struct message_key_given old = {.app = bytes_of(app, strlen(app)), .key = bytes_of(given, 32)};
    struct message_in *in;
    struct report report;
    report_init(&report);
    enum status status =
        given == NULL
            ? caller_ask(keys->caller, MESSAGE_KEY_NEW, &fresh, MESSAGE_KEY_IS, 0, &in, &report)
            : caller_ask(keys->caller, MESSAGE_KEY_GIVEN, &old, MESSAGE_KEY_IS, 0, &in, &report);
    if (status != STATUS_OK)
        fail_msg("no key: %s", report.text);
    uint64_t slot = in->any.key_is.slot;
    caller_release(keys->caller, in);
    return slot;
}

void store_keys_drop(struct store_keys *keys, uint64_t slot)
{
    struct message_key_drop drop = {.slot = slot};
    struct message_in *in;
    assert_int_equal(caller_ask(keys->caller, MESSAGE_KEY_DROP, &drop, MESSAGE_DONE, 0, &in, NULL),
                     STATUS_OK);
    caller_release(keys->caller, in);
}

struct caller *store_trial_io(const char *path)
{
    struct report report;
    int sockets[2];
    struct caller *caller;
    report_init(&report);
    assert_int_equal(message_pair(sockets, &report), STATUS_OK);
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    if (io_store_start(sockets[1], directory, &report) != STATUS_OK) {
        (void)close(sockets[0]);
        (void)close(sockets[1]);
        return NULL;
    }
    assert_int_equal(caller_create(sockets[0], &caller, &report), STATUS_OK);
    return caller;
}

static void alarm_came(void *context, struct bytes app, const char *sentence)
{
    struct store_trial *trial = context;
    (void)app;
    (void)snprintf(trial->alarm, sizeof trial->alarm, "%s", sentence);
    trial->alarm_count++;
}

enum status store_trial_open_link(struct store_trial *trial, struct store_keys *keys,
                                  struct caller *io, uint64_t app_bytes)
{
    *trial = (struct store_trial){.keys = keys, .io = io};
    const struct store_setup setup = {.io = io,
                                      .keys = keys->caller,
                                      .app_bytes = app_bytes,
                                      .alarm = alarm_came,
                                      .context = trial};
    report_init(&trial->report);
    return store_open(&setup, &trial->store, &trial->report);
}

enum status store_trial_open(struct store_trial *trial, struct store_keys *keys, const char *path,
                             uint64_t app_bytes)
{
    struct caller *io = store_trial_io(path);
    if (io == NULL) {
        *trial = (struct store_trial){0};
        report_init(&trial->report);
        return report_fail(&trial->report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                           "io does not open its file");
    }
    return store_trial_open_link(trial, keys, io, app_bytes);
}

void store_trial_close(struct store_trial *trial, const char *path)
{
    static const struct timespec moment = {.tv_nsec = 200000};
    store_close(trial->store);
    trial->store = NULL;
    if (trial->io != NULL)
        caller_destroy(trial->io);
    trial->io = NULL;
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    while (flock(directory, LOCK_EX | LOCK_NB) != 0)
        (void)nanosleep(&moment, NULL);
    (void)close(directory);
}

size_t store_trial_count(const char *path)
{
    MDB_env *env;
    MDB_stat stat;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOLOCK | MDB_RDONLY, 0600), 0);
    assert_int_equal(mdb_env_stat(env, &stat), 0);
    mdb_env_close(env);
    return stat.ms_entries;
}

void store_trial_remove(const char *path)
{
    char file[512];
    (void)snprintf(file, sizeof file, "%s/%s", path, STORE_FILE_NAME);
    (void)unlink(file);
    assert_int_equal(rmdir(path), 0);
}

static void no_world(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                     struct gate_reply *out_reply)
{
    (void)context;
    (void)copy;
    (void)transfer;
    out_reply->status = GATE_UNKNOWN;
}

/* Of a call before: whole pages are dear to make for each. */
static _Atomic(uint8_t *) spare_transfer;

void store_guest_begin(struct store_guest *guest, struct store_app *app)
{
    static const struct gate_service world = {GATE_WORLD, NULL, no_world, NULL};
    struct report report;
    report_init(&report);
    *guest = (struct store_guest){.transfer = atomic_exchange(&spare_transfer, NULL)};
    if (guest->transfer == NULL)
        guest->transfer = calloc(1, STORE_TRIAL_TRANSFER);
    assert_non_null(guest->transfer);
    assert_int_equal(store_session_create(app, &world, &guest->session, &report), STATUS_OK);
    store_session_services(guest->session, guest->services);
    const struct gate_request ask = {
        .interface = GATE_WORLD, .method = GATE_WORLD_PREOPEN, .out = {0, GATE_PATH_MAX}};
    const struct gate_transfer transfer = {guest->transfer, STORE_TRIAL_TRANSFER};
    guest->services[0].call(guest->services[0].context, &ask, transfer, &guest->reply);
    assert_int_equal(guest->reply.status, GATE_OK);
    assert_int_equal(guest->reply.out.len, 1);
    assert_int_equal(guest->transfer[0], '/');
    guest->root = (uint32_t)guest->reply.values[0];
}

void store_guest_end(struct store_guest *guest)
{
    store_session_destroy(guest->session);
    free(atomic_exchange(&spare_transfer, guest->transfer));
    *guest = (struct store_guest){0};
}

enum gate_status store_guest_ask(struct store_guest *guest, struct gate_request request,
                                 struct bytes in, uint32_t out_len)
{
    const struct gate_transfer transfer = {guest->transfer, STORE_TRIAL_TRANSFER};
    assert_true(in.len <= STORE_TRIAL_TRANSFER - out_len);
    request.interface = GATE_FILE;
    request.in = (struct gate_region){0, (uint32_t)in.len};
    request.out = (struct gate_region){(uint32_t)in.len, out_len};
    if (in.len != 0)
        memmove(guest->transfer, in.data, in.len);
    memset(&guest->reply, 0, sizeof guest->reply);
    guest->reply.out.offset = request.out.offset;
    guest->services[1].call(guest->services[1].context, &request, transfer, &guest->reply);
    assert_true(guest->reply.out.len <= out_len);
    return guest->reply.status;
}

struct bytes store_guest_out(const struct store_guest *guest)
{
    return bytes_of(guest->transfer + guest->reply.out.offset, guest->reply.out.len);
}

static int ask(struct store_guest *guest, struct gate_request request, struct bytes in,
               uint32_t out_len)
{
    enum gate_status status = store_guest_ask(guest, request, in, out_len);
    if (status == GATE_OK)
        return STORE_GUEST_FINE;
    assert_int_equal(status, GATE_FAILED);
    assert_true(guest->reply.reason < GATE_ERROR_COUNT);
    return (int)guest->reply.reason;
}

static struct bytes text_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

int store_guest_open(struct store_guest *guest, const char *path, unsigned flags, unsigned rights,
                     uint32_t *out_handle)
{
    int error = ask(guest,
                    (struct gate_request){
                        .method = GATE_FILE_OPEN, .handle = guest->root, .args = {flags, rights}},
                    text_of(path), 0);
    *out_handle = error == STORE_GUEST_FINE ? (uint32_t)guest->reply.values[0] : 0;
    return error;
}

int store_guest_write(struct store_guest *guest, uint32_t handle, uint64_t offset,
                      struct bytes data)
{
    while (data.len != 0) {
        size_t part = data.len < STORE_TRIAL_TRANSFER / 2 ? data.len : STORE_TRIAL_TRANSFER / 2;
        int error = ask(
            guest,
            (struct gate_request){.method = GATE_FILE_PWRITE, .handle = handle, .args = {offset}},
            bytes_of(data.data, part), 0);
        if (error != STORE_GUEST_FINE)
            return error;
        size_t taken = (size_t)guest->reply.values[0];
        assert_true(taken != 0 && taken <= part);
        data = bytes_of(data.data + taken, data.len - taken);
        offset += taken;
    }
    return STORE_GUEST_FINE;
}

int store_guest_read(struct store_guest *guest, uint32_t handle, uint64_t offset, uint8_t *out,
                     size_t cap, size_t *out_len)
{
    *out_len = 0;
    while (*out_len < cap) {
        size_t part = cap - *out_len;
        part = part < STORE_TRIAL_TRANSFER / 2 ? part : STORE_TRIAL_TRANSFER / 2;
        int error =
            ask(guest,
                (struct gate_request){
                    .method = GATE_FILE_PREAD, .handle = handle, .args = {offset + *out_len}},
                bytes_of("", 0), (uint32_t)part);
        if (error != STORE_GUEST_FINE)
            return error;
        struct bytes got = store_guest_out(guest);
        if (got.len == 0)
            break;
        memcpy(out + *out_len, got.data, got.len);
        *out_len += got.len;
    }
    return STORE_GUEST_FINE;
}

int store_guest_sync(struct store_guest *guest, uint32_t handle)
{
    return ask(guest,
               (struct gate_request){.method = GATE_FILE_SYNC, .handle = handle, .args = {1}},
               bytes_of("", 0), 0);
}

int store_guest_close(struct store_guest *guest, uint32_t handle)
{
    return ask(guest, (struct gate_request){.method = GATE_FILE_CLOSE, .handle = handle},
               bytes_of("", 0), 0);
}

int store_guest_stat(struct store_guest *guest, const char *path, struct gate_stat *out_stat)
{
    int error =
        ask(guest, (struct gate_request){.method = GATE_FILE_STAT_AT, .handle = guest->root},
            text_of(path), sizeof *out_stat);
    if (error == STORE_GUEST_FINE)
        memcpy(out_stat, store_guest_out(guest).data, sizeof *out_stat);
    return error;
}

int store_guest_path(struct store_guest *guest, enum gate_file_method method, const char *path)
{
    return ask(guest, (struct gate_request){.method = (uint16_t)method, .handle = guest->root},
               text_of(path), 0);
}

int store_guest_rename(struct store_guest *guest, const char *from, const char *to)
{
    char both[1024];
    size_t len = strlen(from);
    assert_true(len + strlen(to) < sizeof both);
    (void)snprintf(both, sizeof both, "%s%s", from, to);
    return ask(guest,
               (struct gate_request){
                   .method = GATE_FILE_RENAME, .handle = guest->root, .args = {len, guest->root}},
               text_of(both), 0);
}

int store_guest_list(struct store_guest *guest, const char *path, char *out, size_t cap)
{
    uint32_t handle;
    uint64_t cookie = 0;
    size_t len = 0;
    int error = store_guest_open(guest, path, GATE_OPEN_DIRECTORY, GATE_FILE_READ, &handle);
    out[0] = '\0';
    while (error == STORE_GUEST_FINE) {
        error = ask(guest,
                    (struct gate_request){
                        .method = GATE_FILE_READ_DIRECTORY, .handle = handle, .args = {cookie}},
                    bytes_of("", 0), 24 + 256);
        struct bytes got = store_guest_out(guest);
        if (error != STORE_GUEST_FINE || got.len == 0)
            break;
        for (size_t at = 0; at < got.len;) {
            struct gate_entry entry;
            memcpy(&entry, got.data + at, sizeof entry);
            assert_true(len + entry.name_len + 2 < cap);
            memcpy(out + len, got.data + at + sizeof entry, entry.name_len);
            len += entry.name_len;
            out[len++] = ' ';
            out[len] = '\0';
            at += sizeof entry + ((size_t)entry.name_len + 7) / 8 * 8;
            cookie = entry.next;
        }
    }
    if (handle != 0 && store_guest_close(guest, handle) != STORE_GUEST_FINE)
        fail();
    return error;
}

int store_guest_put(struct store_guest *guest, const char *path, struct bytes data)
{
    uint32_t handle;
    int error = store_guest_open(guest, path, GATE_OPEN_CREATE | GATE_OPEN_TRUNCATE,
                                 GATE_FILE_READ | GATE_FILE_WRITE, &handle);
    if (error != STORE_GUEST_FINE)
        return error;
    error = store_guest_write(guest, handle, 0, data);
    if (error == STORE_GUEST_FINE)
        error = store_guest_sync(guest, handle);
    int closed = store_guest_close(guest, handle);
    return error == STORE_GUEST_FINE ? closed : error;
}

int store_guest_get(struct store_guest *guest, const char *path, uint8_t *out, size_t cap,
                    size_t *out_len)
{
    uint32_t handle;
    int error = store_guest_open(guest, path, 0, GATE_FILE_READ, &handle);
    *out_len = 0;
    if (error != STORE_GUEST_FINE)
        return error;
    error = store_guest_read(guest, handle, 0, out, cap, out_len);
    int closed = store_guest_close(guest, handle);
    return error == STORE_GUEST_FINE ? closed : error;
}

void store_guest_expect(struct store_guest *guest, const char *path, const char *text)
{
    uint8_t out[256];
    size_t len;
    assert_int_equal(store_guest_get(guest, path, out, sizeof out, &len), STORE_GUEST_FINE);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(out, text, len);
}

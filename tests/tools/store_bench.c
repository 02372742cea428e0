/*
 * tests/tools/store_bench.c: make bench-store: what the whole store costs (links, keys, tree, root,
 * counter, LMDB), beside LMDB alone on the same disk in the same run.
 *
 * Counter and keys are those of --dev, in a state directory beside the store: a counter of a TPM
 * adds what its TPM takes to each commit, not to each write.
 */
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/store_trial.h"
#include "tests/support/test.h"

#define SECONDS     1.5
#define RECORD      64u
#define BLOCK       8192u
#define BIG_BLOCKS  4096u
#define CALLERS_MAX 16u
#define FILES       10000u

static const uint8_t GIVEN[32] = {1};

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void say(const char *what, double count, double seconds)
{
    print_message("%-56s %10.0f /s\n", what, count / seconds);
}

static void put_plain(MDB_env *env, MDB_dbi dbi, uint32_t key, uint8_t *data, size_t len)
{
    MDB_txn *txn;
    MDB_val name = {sizeof key, &key};
    MDB_val value = {len, data};
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, dbi, &name, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static void bench_plain(const char *path)
{
    static uint8_t data[BLOCK];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    double count = 0;
    uint64_t seed = 1;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOLOCK, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    double start = now();
    while (now() - start < SECONDS) {
        put_plain(env, dbi, 1, data, RECORD);
        count++;
    }
    say("LMDB alone: durable writes of 64 bytes", count, now() - start);

    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    for (uint32_t i = 0; i < BIG_BLOCKS; i++) {
        MDB_val name = {sizeof i, &i};
        MDB_val value = {BLOCK, data};
        assert_int_equal(mdb_put(txn, dbi, &name, &value, 0), 0);
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
    count = 0;
    start = now();
    while (now() - start < SECONDS) {
        uint32_t key = (uint32_t)(random_next(&seed) % BIG_BLOCKS);
        MDB_val name = {sizeof key, &key};
        MDB_val value;
        assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
        assert_int_equal(mdb_get(txn, dbi, &name, &value), 0);
        memcpy(data, value.mv_data, BLOCK);
        mdb_txn_abort(txn);
        count++;
    }
    say("LMDB alone: reads of 8 KiB", count, now() - start);
    mdb_env_close(env);
}

struct caller_bench {
    struct store_app *app;
    double until, count;
};

static void *write_on(void *context)
{
    struct caller_bench *bench = context;
    uint8_t data[RECORD] = {0};
    while (now() < bench->until) {
        struct store_guest guest;
        uint32_t handle;
        store_guest_begin(&guest, bench->app);
        assert_int_equal(
            store_guest_open(&guest, "record", GATE_OPEN_CREATE, GATE_FILE_WRITE, &handle),
            STORE_GUEST_FINE);
        assert_int_equal(store_guest_write(&guest, handle, 0, bytes_of(data, sizeof data)),
                         STORE_GUEST_FINE);
        assert_int_equal(store_guest_sync(&guest, handle), STORE_GUEST_FINE);
        store_guest_end(&guest);
        bench->count++;
    }
    return NULL;
}

static struct store_app *open_app(struct store_trial *trial, const char *name)
{
    struct store_app *app;
    uint64_t slot = store_keys_slot(trial->keys, name, GIVEN);
    assert_int_equal(store_app_open(trial->store, bytes_of(name, strlen(name)), slot, true, &app,
                                    &trial->report),
                     STATUS_OK);
    return app;
}

static void close_app(struct store_trial *trial, struct store_app *app)
{
    assert_int_equal(store_app_close(app, &trial->report), STATUS_OK);
}

static void bench_writes(struct store_trial *trial, unsigned callers)
{
    struct caller_bench benches[CALLERS_MAX];
    struct store_app *apps[CALLERS_MAX];
    pthread_t threads[CALLERS_MAX];
    char text[80];
    double count = 0;
    double start = now();
    for (unsigned i = 0; i < callers; i++) {
        (void)snprintf(text, sizeof text, "writer-%u", i);
        apps[i] = open_app(trial, text);
        benches[i] = (struct caller_bench){.app = apps[i], .until = start + SECONDS};
        assert_int_equal(pthread_create(&threads[i], NULL, write_on, &benches[i]), 0);
    }
    for (unsigned i = 0; i < callers; i++) {
        (void)pthread_join(threads[i], NULL);
        count += benches[i].count;
    }
    (void)snprintf(text, sizeof text, "store: calls that write 64 bytes and sync, %u at once",
                   callers);
    say(text, count, now() - start);
    for (unsigned i = 0; i < callers; i++)
        close_app(trial, apps[i]);
}

static void bench_reads(struct store_trial *trial, uint64_t blocks, const char *what)
{
    static uint8_t data[BLOCK];
    struct store_app *app = open_app(trial, "reader");
    struct store_guest guest;
    uint32_t handle;
    uint64_t seed = 2;
    size_t len;
    double count = 0;
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_open(&guest, "big", 0, GATE_FILE_READ, &handle), STORE_GUEST_FINE);
    for (uint64_t i = 0; i < blocks && i < 200; i++)
        assert_int_equal(store_guest_read(&guest, handle, i * BLOCK, data, BLOCK, &len),
                         STORE_GUEST_FINE);
    double start = now();
    while (now() - start < SECONDS) {
        assert_int_equal(store_guest_read(&guest, handle, random_next(&seed) % blocks * BLOCK, data,
                                          BLOCK, &len),
                         STORE_GUEST_FINE);
        count++;
    }
    say(what, count, now() - start);
    store_guest_end(&guest);
    close_app(trial, app);
}

static void fill_big(struct store_trial *trial)
{
    uint8_t *data = calloc(BIG_BLOCKS, BLOCK);
    struct store_app *app = open_app(trial, "reader");
    struct store_guest guest;
    assert_non_null(data);
    memset(data, 0x5a, (size_t)BIG_BLOCKS * BLOCK);
    double start = now();
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_put(&guest, "big", bytes_of(data, (size_t)BIG_BLOCKS * BLOCK)),
                     STORE_GUEST_FINE);
    store_guest_end(&guest);
    print_message("%-56s %10.1f MB/s\n", "store: writing 32 MiB and sync",
                  (double)BIG_BLOCKS * BLOCK / 1e6 / (now() - start));
    close_app(trial, app);
    free(data);
}

static void fill_small(struct store_trial *trial)
{
    struct store_app *app = open_app(trial, "many");
    struct store_guest guest;
    char name[32];
    uint32_t handle;
    double start = now();
    store_guest_begin(&guest, app);
    for (unsigned i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "%u", i);
        assert_int_equal(store_guest_open(&guest, name, GATE_OPEN_CREATE, GATE_FILE_WRITE, &handle),
                         STORE_GUEST_FINE);
        assert_int_equal(store_guest_write(&guest, handle, 0, BYTES_LITERAL("x")),
                         STORE_GUEST_FINE);
        assert_int_equal(store_guest_close(&guest, handle), STORE_GUEST_FINE);
        if (i % 500 == 499)
            assert_int_equal(store_guest_sync(&guest, guest.root), STORE_GUEST_FINE);
    }
    store_guest_end(&guest);
    say("store: small files made, one sync for 500", FILES, now() - start);
    close_app(trial, app);
}

static void bench_start(struct store_trial *trial, struct store_keys *keys, const char *path)
{
    store_trial_close(trial, path);
    size_t records = store_trial_count(path);
    double start = now();
    assert_int_equal(store_trial_open(trial, keys, path, 0), STATUS_OK);
    print_message("%-56s %10.1f ms\n", "start: reading the hashes of all records",
                  (now() - start) * 1e3);
    print_message("%-56s %10zu\n", "  of so many records and index entries", records);
    start = now();
    struct store_app *app = open_app(trial, "many");
    print_message("%-56s %10.1f ms\n", "load of an app with 10,000 files", (now() - start) * 1e3);
    close_app(trial, app);
}

TEST(bench)
{
    char plain[FOLDER_PATH_MAX];
    char path[FOLDER_PATH_MAX];
    char where[FOLDER_PATH_MAX];
    struct store_keys keys;
    struct store_trial trial;
    folder_create("plain", plain);
    folder_create("store", path);
    folder_create("state", where);
    int directory = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    store_keys_start(&keys, directory, NULL);
    assert_int_equal(store_trial_open(&trial, &keys, path, 0), STATUS_OK);
    bench_plain(plain);
    bench_writes(&trial, 1);
    bench_writes(&trial, 4);
    bench_writes(&trial, CALLERS_MAX);
    fill_big(&trial);
    bench_reads(&trial, BIG_BLOCKS, "store: reads of 8 KiB out of 32 MiB, through io and keys");
    bench_reads(&trial, 200, "store: reads of 8 KiB that memory has");
    fill_small(&trial);
    bench_start(&trial, &keys, path);
    store_trial_close(&trial, path);
    store_keys_stop(&keys);
    folder_remove(plain);
    folder_remove(path);
    folder_remove(where);
}

TEST_MAIN(T(bench))

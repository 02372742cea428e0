/*
 * tests/unit/store/test_tamper.c: whoever has the store's files changes them in every way that
 * keeps LMDB whole: it is found, and named.
 */
#include <lmdb.h>
#include <stdio.h>
#include <string.h>

#include "core/base/report.h"
#include "tests/support/store_judge.h"
#include "tests/support/test.h"

#define RECORDS_MAX 128u
#define VALUE_MAX   9000u

struct record {
    uint8_t key[160];
    size_t key_len;
    uint8_t value[VALUE_MAX];
    size_t len;
};

/* All records of the store's file, in their order. */
struct records {
    struct record at[RECORDS_MAX];
    size_t count;
};

static void read_records(const char *path, struct records *out)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    out->count = 0;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOLOCK | MDB_RDONLY, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        struct record *record = &out->at[out->count++];
        assert_true(out->count < RECORDS_MAX && key.mv_size <= sizeof record->key);
        memcpy(record->key, key.mv_data, key.mv_size);
        record->key_len = key.mv_size;
        assert_true(value.mv_size <= sizeof record->value);
        memcpy(record->value, value.mv_data, value.mv_size);
        record->len = value.mv_size;
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
}

/* Puts a value under a key; NULL: takes the key out. */
static void change(const char *path, const struct record *key_of, const uint8_t *data, size_t len)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val key = {key_of->key_len, (void *)(uintptr_t)key_of->key};
    MDB_val value = {len, (void *)(uintptr_t)data};
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOLOCK, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    if (data != NULL)
        assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    else
        assert_int_equal(mdb_del(txn, dbi, &key, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

/* The first letter of the record's table: v, i, or r of the root. */
static char table_of(const struct record *record)
{
    return (char)record->key[1];
}

static bool is_same_table(const struct record *a, const struct record *b)
{
    return a->key[0] == b->key[0] && memcmp(a->key + 1, b->key + 1, a->key[0]) == 0;
}

/* The entry of a value's record in the index. */
static const struct record *entry_of(const struct records *records, const struct record *value)
{
    uint8_t key[sizeof value->key];
    memcpy(key, value->key, value->key_len);
    key[1] = 'i';
    for (size_t i = 0; i < records->count; i++) {
        const struct record *at = &records->at[i];
        if (at->key_len == value->key_len && memcmp(at->key, key, at->key_len) == 0)
            return at;
    }
    fail_msg("a value without an entry");
    return NULL;
}

static void expect_named(const struct store_base *base, const char *what)
{
    char sentence[REPORT_TEXT_MAX];
    enum store_verdict verdict = store_base_judge(base, sentence);
    if (verdict != STORE_NAMED)
        fail_msg("%s: verdict %d, %s", what, (int)verdict, sentence);
    assert_true(strlen(sentence) > 10);
}

TEST(what_nobody_touched_is_as_it_was)
{
    struct store_base base;
    char sentence[REPORT_TEXT_MAX];
    store_base_create(&base);

    assert_int_equal(store_base_judge(&base, sentence), STORE_SAME);
    assert_int_equal(store_base_judge(&base, sentence), STORE_SAME);
    store_base_remove(&base);
}

/* `with_entries`: what the index says is swapped, too. */
static void swap(const struct store_base *base, const struct records *records, size_t i, size_t j,
                 bool with_entries)
{
    const struct record *a = &records->at[i];
    const struct record *b = &records->at[j];
    store_base_restore(base, NULL, 0);
    change(base->path, a, b->value, b->len);
    change(base->path, b, a->value, a->len);
    if (with_entries) {
        const struct record *ea = entry_of(records, a);
        const struct record *eb = entry_of(records, b);
        change(base->path, ea, eb->value, eb->len);
        change(base->path, eb, ea->value, ea->len);
    }
}

TEST(two_values_that_were_swapped_are_found_within_an_app_and_between_apps)
{
    struct store_base base;
    static struct records records;
    unsigned within = 0;
    unsigned between = 0;
    store_base_create(&base);
    read_records(base.path, &records);

    for (size_t i = 0; i < records.count; i++) {
        for (size_t j = i + 1; j < records.count; j++) {
            if (table_of(&records.at[i]) != 'v' || table_of(&records.at[j]) != 'v')
                continue;
            swap(&base, &records, i, j, (i + j) % 2 == 0);
            expect_named(&base, "swapped");
            if (is_same_table(&records.at[i], &records.at[j]))
                within++;
            else
                between++;
        }
    }
    assert_true(within > 20 && between > 20);
    store_base_remove(&base);
}

TEST(a_record_that_is_gone_cut_or_another_ones_copy_is_found)
{
    struct store_base base;
    static struct records records;
    store_base_create(&base);
    read_records(base.path, &records);

    for (size_t i = 0; i < records.count; i++) {
        const struct record *one = &records.at[i];
        const struct record *other = &records.at[(i + 1) % records.count];
        store_base_restore(&base, NULL, 0);
        change(base.path, one, NULL, 0);
        expect_named(&base, "gone");
        store_base_restore(&base, NULL, 0);
        change(base.path, one, one->value, one->len - 1);
        expect_named(&base, "cut");
        store_base_restore(&base, NULL, 0);
        change(base.path, one, other->value, other->len);
        expect_named(&base, "a copy");
        if (table_of(one) != 'v')
            continue;
        store_base_restore(&base, NULL, 0);
        change(base.path, one, NULL, 0);
        change(base.path, entry_of(&records, one), NULL, 0);
        expect_named(&base, "gone with its entry");
    }
    store_base_remove(&base);
}

TEST(a_record_that_nobody_wrote_is_found_in_the_index)
{
    struct store_base base;
    static struct records records;
    store_base_create(&base);
    read_records(base.path, &records);
    for (size_t i = 0; i < records.count; i++) {
        static struct record more;
        more = records.at[i];
        if (table_of(&more) != 'i')
            continue;
        more.key[more.key_len - 1] ^= 1;
        store_base_restore(&base, NULL, 0);
        change(base.path, &more, more.value, more.len);
        expect_named(&base, "one more");
    }
    store_base_remove(&base);
}

/* One more commit than the base has. */
static void go_on(const struct store_base *base)
{
    struct store_keys keys;
    struct store_trial trial;
    store_base_keys(base, &keys);
    assert_int_equal(store_trial_open(&trial, &keys, base->path, 0), STATUS_OK);
    store_trial_close(&trial, base->path);
    store_keys_stop(&keys);
}

TEST(a_store_of_before_is_found_20_of_20_times)
{
    struct store_base base;
    char sentence[REPORT_TEXT_MAX];
    store_base_create(&base);

    for (int i = 0; i < 20; i++) {
        struct store_base now = base; /* its file goes back, the counter does not */
        size_t len = base.counter_len;
        store_base_restore(&base, NULL, 0);
        for (int more = 0; more <= i % 3; more++)
            go_on(&base);
        store_base_reread_counter(&now);
        store_base_restore(&now, NULL, 0);
        assert_int_equal(store_base_judge(&now, sentence), STORE_NAMED);
        assert_non_null(strstr(sentence, "rolled back"));
        free(now.counter);
        assert_true(len != 0);
    }
    store_base_remove(&base);
}

static const struct record *root_of(const struct records *records)
{
    size_t i = 0;
    while (table_of(&records->at[i]) != 'r')
        i++;
    return &records->at[i];
}

TEST(an_old_root_with_new_records_and_a_new_root_with_old_ones_are_found)
{
    static struct records before;
    static struct records after;
    struct store_base base;
    char sentence[REPORT_TEXT_MAX];
    store_base_create(&base);
    read_records(base.path, &before);
    assert_int_equal(store_base_judge(&base, sentence), STORE_SAME); /* it wrote, too */
    read_records(base.path, &after);
    struct store_base now = base;
    store_base_reread_counter(&now);

    change(base.path, root_of(&before), root_of(&before)->value, root_of(&before)->len);
    expect_named(&base, "an old root");
    store_base_restore(&now, NULL, 0);
    change(base.path, root_of(&after), root_of(&after)->value, root_of(&after)->len);
    expect_named(&base, "a new root");
    free(now.counter);
    store_base_remove(&base);
}

TEST(a_file_that_was_cut_or_emptied_or_removed_is_found)
{
    struct store_base base;
    char path[FOLDER_PATH_MAX + 16];
    store_base_create(&base);
    for (size_t len = 4096 * 2; len < base.len; len += 4096) {
        store_base_restore(&base, base.data, len);
        char sentence[REPORT_TEXT_MAX];
        enum store_verdict verdict = store_judge_apart(&base, sentence);
        assert_int_equal(verdict, STORE_NAMED);
    }
    store_base_restore(&base, base.data, 0);
    expect_named(&base, "emptied");
    store_base_restore(&base, NULL, 0);
    (void)snprintf(path, sizeof path, "%s/data.mdb", base.path);
    assert_int_equal(remove(path), 0);
    expect_named(&base, "removed");
    store_base_remove(&base);
}

/* Said in docs/store.md: with --dev the counter is a file beside the store. */
TEST(a_counter_of_dev_that_goes_back_with_the_store_is_not_found)
{
    struct store_base base;
    char sentence[REPORT_TEXT_MAX];
    store_base_create(&base);
    go_on(&base);

    store_base_restore(&base, NULL, 0);
    assert_int_equal(store_base_judge(&base, sentence), STORE_SAME);
    store_base_remove(&base);
}

TEST_MAIN(T(what_nobody_touched_is_as_it_was),
          T(two_values_that_were_swapped_are_found_within_an_app_and_between_apps),
          T(a_record_that_is_gone_cut_or_another_ones_copy_is_found),
          T(a_record_that_nobody_wrote_is_found_in_the_index),
          T(a_store_of_before_is_found_20_of_20_times),
          T(an_old_root_with_new_records_and_a_new_root_with_old_ones_are_found),
          T(a_file_that_was_cut_or_emptied_or_removed_is_found),
          T(a_counter_of_dev_that_goes_back_with_the_store_is_not_found))

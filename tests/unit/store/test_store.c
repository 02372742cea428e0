/*
 * tests/unit/store/test_store.c: files are what was written, over closing, restarting, unloading.
 */
#include "tests/support/store_trial.h"

#include <stdio.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

static const uint8_t GIVEN[32] = {7};
static const uint8_t OTHER[32] = {8};

struct place {
    char path[FOLDER_PATH_MAX];
    struct store_keys keys;
    struct store_trial trial;
};

static void open_store(struct place *place)
{
    if (store_trial_open(&place->trial, &place->keys, place->path, 0) != STATUS_OK)
        fail_msg("%s", place->trial.report.text);
}

static void begin(struct place *place)
{
    folder_create("store", place->path);
    store_keys_start(&place->keys, -1, NULL);
    open_store(place);
}

static void restart(struct place *place)
{
    store_trial_close(&place->trial, place->path);
    open_store(place);
}

static void end(struct place *place)
{
    store_trial_close(&place->trial, place->path);
    store_keys_stop(&place->keys);
    store_trial_remove(place->path);
}

static struct store_app *open_app(struct place *place, const char *name, const uint8_t *given)
{
    struct store_app *app;
    struct report report;
    uint64_t slot = store_keys_slot(&place->keys, name, given);
    report_init(&report);
    if (store_app_open(place->trial.store, bytes_of(name, strlen(name)), slot, given != NULL, &app,
                       &report) != STATUS_OK)
        fail_msg("%s", report.text);
    return app;
}

static void close_app(struct store_app *app)
{
    struct report report;
    report_init(&report);
    if (store_app_close(app, &report) != STATUS_OK)
        fail_msg("%s", report.text);
}

/* Unloaded and loaded again, with this key. */
static struct store_app *reopen(struct place *place, struct store_app *app, const uint8_t *given)
{
    close_app(app);
    return open_app(place, "demo", given);
}

/* Each is a call of its own. */
static void put_in_a_call(struct store_app *app, const char *path, const char *content)
{
    struct store_guest guest;
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_put(&guest, path, bytes_of(content, strlen(content))),
                     STORE_GUEST_FINE);
    store_guest_end(&guest);
}

static void expect_in_a_call(struct store_app *app, const char *path, const char *content)
{
    struct store_guest guest;
    store_guest_begin(&guest, app);
    store_guest_expect(&guest, path, content);
    store_guest_end(&guest);
}

static void expect_none_in_a_call(struct store_app *app, const char *path)
{
    struct store_guest guest;
    struct gate_stat stat;
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_stat(&guest, path, &stat), GATE_ERROR_NO_ENTRY);
    store_guest_end(&guest);
}

TEST(what_one_call_wrote_the_next_one_reads)
{
    struct place place;
    begin(&place);
    struct store_app *app = open_app(&place, "demo", NULL);

    put_in_a_call(app, "greeting", "Hello");

    expect_in_a_call(app, "greeting", "Hello");
    close_app(app);
    end(&place);
}

TEST(a_given_key_finds_its_files_after_unload_and_restart)
{
    struct place place;
    struct store_guest guest;
    begin(&place);
    struct store_app *app = open_app(&place, "demo", GIVEN);
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_path(&guest, GATE_FILE_CREATE_DIRECTORY, "dir"), STORE_GUEST_FINE);
    assert_int_equal(store_guest_put(&guest, "dir/a", BYTES_LITERAL("one")), STORE_GUEST_FINE);
    store_guest_end(&guest);

    app = reopen(&place, app, GIVEN);
    expect_in_a_call(app, "dir/a", "one");
    close_app(app);

    restart(&place);
    app = open_app(&place, "demo", GIVEN);
    expect_in_a_call(app, "dir/a", "one");
    close_app(app);
    end(&place);
}

TEST(another_key_sees_nothing_and_takes_nothing_away)
{
    struct place place;
    begin(&place);
    struct store_app *app = open_app(&place, "demo", GIVEN);
    put_in_a_call(app, "a", "one");

    app = reopen(&place, app, OTHER);
    expect_none_in_a_call(app, "a");
    put_in_a_call(app, "a", "two");

    app = reopen(&place, app, GIVEN);
    expect_in_a_call(app, "a", "one");
    close_app(app);
    end(&place);
}

TEST(with_a_generated_key_files_go_with_the_app)
{
    struct place place;
    begin(&place);
    struct store_app *app = open_app(&place, "demo", NULL);
    put_in_a_call(app, "a", "one");

    app = reopen(&place, app, NULL);
    expect_none_in_a_call(app, "a");
    close_app(app);
    store_trial_close(&place.trial, place.path);
    assert_int_equal(store_trial_count(place.path), 1); /* the root alone */
    store_keys_stop(&place.keys);
    store_trial_remove(place.path);
}

TEST(apps_do_not_see_each_other)
{
    struct place place;
    begin(&place);
    struct store_app *one = open_app(&place, "one", GIVEN);
    struct store_app *two = open_app(&place, "two", GIVEN);
    put_in_a_call(one, "a", "one");

    expect_none_in_a_call(two, "a");
    put_in_a_call(two, "a", "two");

    expect_in_a_call(one, "a", "one");
    close_app(one);
    close_app(two);
    end(&place);
}

TEST(what_was_not_synced_is_written_when_the_app_goes)
{
    struct place place;
    struct store_guest guest;
    uint32_t handle;
    begin(&place);
    struct store_app *app = open_app(&place, "demo", GIVEN);
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_open(&guest, "a", GATE_OPEN_CREATE, GATE_FILE_WRITE, &handle),
                     STORE_GUEST_FINE);
    assert_int_equal(store_guest_write(&guest, handle, 0, BYTES_LITERAL("one")), STORE_GUEST_FINE);
    store_guest_end(&guest);
    close_app(app);
    restart(&place);

    app = open_app(&place, "demo", GIVEN);
    expect_in_a_call(app, "a", "one");
    close_app(app);
    end(&place);
}

TEST(a_large_file_comes_back_whole_through_restart)
{
    enum { LEN = 3 * 1000 * 1000 };
    struct place place;
    struct store_guest guest;
    uint8_t *data = malloc(LEN);
    uint8_t *back = malloc(LEN + 1);
    size_t len;
    uint32_t handle;
    assert_non_null(data);
    assert_non_null(back);
    for (size_t i = 0; i < LEN; i++)
        data[i] = (uint8_t)(i * 2654435761u >> 13);
    begin(&place);
    struct store_app *app = open_app(&place, "demo", GIVEN);
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_put(&guest, "big", bytes_of(data, LEN)), STORE_GUEST_FINE);
    assert_int_equal(store_guest_open(&guest, "big", 0, GATE_FILE_WRITE, &handle),
                     STORE_GUEST_FINE);
    data[1234567] ^= 0xff;
    assert_int_equal(store_guest_write(&guest, handle, 1234567, bytes_of(data + 1234567, 1)),
                     STORE_GUEST_FINE);
    store_guest_end(&guest);
    close_app(app);
    restart(&place);

    app = open_app(&place, "demo", GIVEN);
    store_guest_begin(&guest, app);
    assert_int_equal(store_guest_get(&guest, "big", back, LEN + 1, &len), STORE_GUEST_FINE);
    assert_int_equal(len, LEN);
    assert_memory_equal(back, data, LEN);
    store_guest_end(&guest);
    close_app(app);
    end(&place);
    free(data);
    free(back);
}

TEST_MAIN(T(what_one_call_wrote_the_next_one_reads),
          T(a_given_key_finds_its_files_after_unload_and_restart),
          T(another_key_sees_nothing_and_takes_nothing_away),
          T(with_a_generated_key_files_go_with_the_app), T(apps_do_not_see_each_other),
          T(what_was_not_synced_is_written_when_the_app_goes),
          T(a_large_file_comes_back_whole_through_restart))

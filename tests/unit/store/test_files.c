/*
 * tests/unit/store/test_files.c: GATE_FILE over the store behaves as wasi:filesystem says.
 */
#include <errno.h>
#include <stdio.h>

#include "node/store/internal.h"
#include "tests/support/folder.h"
#include "tests/support/store_trial.h"
#include "tests/support/test.h"

#define READ_WRITE (GATE_FILE_READ | GATE_FILE_WRITE)

static const uint8_t GIVEN[32] = {5};

struct place {
    char path[FOLDER_PATH_MAX];
    struct store_keys keys;
    struct store_trial trial;
    struct store_app *app;
    struct store_guest guest;
};

static void open_place(struct place *place, uint64_t app_bytes)
{
    if (store_trial_open(&place->trial, &place->keys, place->path, app_bytes) != STATUS_OK)
        fail_msg("%s", place->trial.report.text);
    uint64_t slot = store_keys_slot(&place->keys, "demo", GIVEN);
    if (store_app_open(place->trial.store, BYTES_LITERAL("demo"), slot, true, &place->app,
                       &place->trial.report) != STATUS_OK)
        fail_msg("%s", place->trial.report.text);
    store_guest_begin(&place->guest, place->app);
}

static void close_place(struct place *place)
{
    struct report report;
    report_init(&report);
    store_guest_end(&place->guest);
    assert_int_equal(store_app_close(place->app, &report), STATUS_OK);
    store_trial_close(&place->trial, place->path);
}

static struct store_guest *begin(struct place *place, uint64_t app_bytes)
{
    folder_create("files", place->path);
    store_keys_start(&place->keys, -1, NULL);
    open_place(place, app_bytes);
    return &place->guest;
}

static void restart(struct place *place)
{
    close_place(place);
    open_place(place, 0);
}

static void end(struct place *place)
{
    close_place(place);
    store_keys_stop(&place->keys);
    store_trial_remove(place->path);
}

static void put(struct store_guest *guest, const char *path, const char *text)
{
    assert_int_equal(store_guest_put(guest, path, bytes_of(text, strlen(text))), STORE_GUEST_FINE);
}

static int open_only(struct store_guest *guest, const char *path, unsigned flags, unsigned rights)
{
    uint32_t handle;
    int error = store_guest_open(guest, path, flags, rights, &handle);
    if (error == STORE_GUEST_FINE)
        assert_int_equal(store_guest_close(guest, handle), STORE_GUEST_FINE);
    return error;
}

static void make(struct store_guest *guest, const char *path)
{
    assert_int_equal(store_guest_path(guest, GATE_FILE_CREATE_DIRECTORY, path), STORE_GUEST_FINE);
}

static int set_size(struct store_guest *guest, uint32_t handle, uint64_t size)
{
    enum gate_status status = store_guest_ask(
        guest,
        (struct gate_request){.method = GATE_FILE_SET_SIZE, .handle = handle, .args = {size}},
        bytes_of("", 0), 0);
    return status == GATE_OK ? STORE_GUEST_FINE : (int)guest->reply.reason;
}

TEST(open_says_what_wasi_says)
{
    struct place place;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "file", "x");
    make(guest, "dir");

    assert_int_equal(open_only(guest, "none", 0, GATE_FILE_READ), GATE_ERROR_NO_ENTRY);
    assert_int_equal(open_only(guest, "none/x", GATE_OPEN_CREATE, GATE_FILE_WRITE),
                     GATE_ERROR_NO_ENTRY);
    assert_int_equal(
        open_only(guest, "file", GATE_OPEN_CREATE | GATE_OPEN_EXCLUSIVE, GATE_FILE_WRITE),
        GATE_ERROR_EXIST);
    assert_int_equal(open_only(guest, "file", GATE_OPEN_DIRECTORY, GATE_FILE_READ),
                     GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(open_only(guest, "dir", GATE_OPEN_CREATE, GATE_FILE_WRITE),
                     GATE_ERROR_IS_DIRECTORY);
    assert_int_equal(open_only(guest, "dir", GATE_OPEN_DIRECTORY, GATE_FILE_READ),
                     STORE_GUEST_FINE);
    assert_int_equal(open_only(guest, "file/x", 0, GATE_FILE_READ), GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(open_only(guest, "file/", 0, GATE_FILE_READ), GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(open_only(guest, "file", 1u << 20, GATE_FILE_READ), GATE_ERROR_INVALID);
    store_guest_expect(guest, "file", "x");
    assert_int_equal(open_only(guest, "file", GATE_OPEN_TRUNCATE, GATE_FILE_WRITE),
                     STORE_GUEST_FINE);
    store_guest_expect(guest, "file", "");
    end(&place);
}

TEST(paths_are_walked_beneath_the_root)
{
    struct place place;
    struct store_guest *guest = begin(&place, 0);
    char name[300];
    memset(name, 'n', sizeof name);
    name[256] = '\0';
    make(guest, "a");
    make(guest, "a/b");
    put(guest, "a/b/c", "deep");

    store_guest_expect(guest, "a//b/./c", "deep");
    store_guest_expect(guest, "./a/b/../b/c", "deep");
    store_guest_expect(guest, "a/../a/b/c", "deep");
    assert_int_equal(open_only(guest, "..", GATE_OPEN_DIRECTORY, GATE_FILE_READ),
                     GATE_ERROR_NOT_PERMITTED);
    assert_int_equal(open_only(guest, "a/../../a/b/c", 0, GATE_FILE_READ),
                     GATE_ERROR_NOT_PERMITTED);
    assert_int_equal(open_only(guest, "/a/b/c", 0, GATE_FILE_READ), GATE_ERROR_NOT_PERMITTED);
    assert_int_equal(open_only(guest, name, GATE_OPEN_CREATE, GATE_FILE_WRITE),
                     GATE_ERROR_NAME_TOO_LONG);
    assert_int_equal(open_only(guest, "\xff", GATE_OPEN_CREATE, GATE_FILE_WRITE),
                     GATE_ERROR_ILLEGAL_BYTE_SEQUENCE);
    assert_int_equal(open_only(guest, "", GATE_OPEN_CREATE, GATE_FILE_WRITE), GATE_ERROR_NO_ENTRY);
    end(&place);
}

TEST(stat_at_says_file_directory_or_nothing)
{
    struct place place;
    struct gate_stat stat;
    struct gate_stat again;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "file", "12345");
    make(guest, "dir");

    assert_int_equal(store_guest_stat(guest, "file", &stat), STORE_GUEST_FINE);
    assert_int_equal(stat.type, GATE_TYPE_REGULAR_FILE);
    assert_int_equal(stat.size, 5);
    assert_true(stat.modified > INT64_C(1600000000) * 1000000000);
    assert_int_equal(store_guest_stat(guest, "dir", &again), STORE_GUEST_FINE);
    assert_int_equal(again.type, GATE_TYPE_DIRECTORY);
    assert_int_not_equal(again.node, stat.node);
    assert_int_equal(store_guest_stat(guest, "none", &again), GATE_ERROR_NO_ENTRY);
    restart(&place);
    assert_int_equal(store_guest_stat(&place.guest, "file", &again), STORE_GUEST_FINE);
    assert_memory_equal(&again, &stat, sizeof stat);
    end(&place);
}

TEST(a_directory_lists_what_it_has_however_small_the_room)
{
    struct place place;
    char list[4096];
    char name[16];
    struct store_guest *guest = begin(&place, 0);
    make(guest, "dir");
    put(guest, "dir/x", "");
    for (int i = 0; i < 60; i++) {
        (void)snprintf(name, sizeof name, "f%d", i);
        put(guest, name, "");
    }

    assert_int_equal(store_guest_list(guest, "dir", list, sizeof list), STORE_GUEST_FINE);
    assert_string_equal(list, "x ");
    assert_int_equal(store_guest_list(guest, ".", list, sizeof list), STORE_GUEST_FINE);
    assert_int_equal(strncmp(list, "dir f0 f1 f2 ", 13), 0);
    assert_non_null(strstr(list, "f59 "));
    restart(&place);
    assert_int_equal(store_guest_list(&place.guest, "dir", list, sizeof list), STORE_GUEST_FINE);
    assert_string_equal(list, "x ");
    end(&place);
}

TEST(directories_are_made_and_removed_as_std_fs_expects)
{
    struct place place;
    struct store_guest *guest = begin(&place, 0);
    make(guest, "a");
    make(guest, "a/b/");
    put(guest, "a/b/c", "x");

    assert_int_equal(store_guest_path(guest, GATE_FILE_CREATE_DIRECTORY, "a"), GATE_ERROR_EXIST);
    assert_int_equal(store_guest_path(guest, GATE_FILE_CREATE_DIRECTORY, "no/b"),
                     GATE_ERROR_NO_ENTRY);
    assert_int_equal(store_guest_path(guest, GATE_FILE_REMOVE_DIRECTORY, "a/b"),
                     GATE_ERROR_NOT_EMPTY);
    assert_int_equal(store_guest_path(guest, GATE_FILE_UNLINK, "a/b"), GATE_ERROR_IS_DIRECTORY);
    assert_int_equal(store_guest_path(guest, GATE_FILE_REMOVE_DIRECTORY, "a/b/c"),
                     GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(store_guest_path(guest, GATE_FILE_UNLINK, "a/b/c"), STORE_GUEST_FINE);
    assert_int_equal(store_guest_path(guest, GATE_FILE_UNLINK, "a/b/c"), GATE_ERROR_NO_ENTRY);
    assert_int_equal(store_guest_path(guest, GATE_FILE_REMOVE_DIRECTORY, "a/b"), STORE_GUEST_FINE);
    assert_int_equal(store_guest_path(guest, GATE_FILE_REMOVE_DIRECTORY, "a"), STORE_GUEST_FINE);
    assert_int_equal(store_guest_path(guest, GATE_FILE_REMOVE_DIRECTORY, "."), GATE_ERROR_INVALID);
    end(&place);
}

TEST(rename_moves_replaces_and_refuses)
{
    struct place place;
    struct store_guest *guest = begin(&place, 0);
    make(guest, "d");
    make(guest, "e");
    put(guest, "a", "1");
    put(guest, "b", "2");
    put(guest, "d/in", "3");

    assert_int_equal(store_guest_rename(guest, "a", "b"), STORE_GUEST_FINE);
    store_guest_expect(guest, "b", "1");
    assert_int_equal(store_guest_rename(guest, "a", "b"), GATE_ERROR_NO_ENTRY);
    assert_int_equal(store_guest_rename(guest, "b", "d"), GATE_ERROR_IS_DIRECTORY);
    assert_int_equal(store_guest_rename(guest, "d", "b"), GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(store_guest_rename(guest, "e", "d"), GATE_ERROR_NOT_EMPTY);
    assert_int_equal(store_guest_rename(guest, "d", "d/x"), GATE_ERROR_INVALID);
    assert_int_equal(store_guest_rename(guest, "d", "e"), STORE_GUEST_FINE);
    assert_int_equal(store_guest_rename(guest, "b", "e/b"), STORE_GUEST_FINE);
    restart(&place);
    store_guest_expect(&place.guest, "e/in", "3");
    store_guest_expect(&place.guest, "e/b", "1");
    end(&place);
}

TEST(what_was_cut_off_comes_back_as_zeros)
{
    struct place place;
    uint32_t handle;
    uint8_t out[64];
    uint8_t zeros[64] = {0};
    size_t len;
    struct store_guest *guest = begin(&place, 0);
    uint8_t *data = malloc(50000);
    assert_non_null(data);
    memset(data, 'z', 50000);
    assert_int_equal(store_guest_put(guest, "f", bytes_of(data, 50000)), STORE_GUEST_FINE);
    assert_int_equal(store_guest_open(guest, "f", 0, READ_WRITE, &handle), STORE_GUEST_FINE);

    assert_int_equal(set_size(guest, handle, 10), STORE_GUEST_FINE);
    assert_int_equal(set_size(guest, handle, 50000), STORE_GUEST_FINE);
    for (uint64_t at = 10; at < 49900; at += 8000) {
        assert_int_equal(store_guest_read(guest, handle, at, out, 64, &len), STORE_GUEST_FINE);
        assert_int_equal(len, 64);
        assert_memory_equal(out, zeros, 64);
    }
    assert_int_equal(store_guest_sync(guest, handle), STORE_GUEST_FINE);
    restart(&place);
    guest = &place.guest;
    assert_int_equal(store_guest_open(guest, "f", 0, READ_WRITE, &handle), STORE_GUEST_FINE);
    assert_int_equal(store_guest_read(guest, handle, 0, out, 64, &len), STORE_GUEST_FINE);
    assert_memory_equal(out, data, 10);
    assert_memory_equal(out + 10, zeros, 54);
    assert_int_equal(store_guest_read(guest, handle, 20000, out, 64, &len), STORE_GUEST_FINE);
    assert_memory_equal(out, zeros, 64);
    free(data);
    end(&place);
}

TEST(appends_go_behind_the_end)
{
    struct place place;
    uint32_t handle;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "f", "one");
    assert_int_equal(store_guest_open(guest, "f", 0, GATE_FILE_WRITE, &handle), STORE_GUEST_FINE);
    const struct gate_request append = {
        .method = GATE_FILE_PWRITE, .handle = handle, .args = {0, 1}};
    assert_int_equal(store_guest_ask(guest, append, BYTES_LITERAL(" two"), 0), GATE_OK);
    store_guest_expect(guest, "f", "one two");
    end(&place);
}

TEST(huge_offsets_and_sizes_are_an_error_and_nothing_else)
{
    static const uint64_t huge[] = {UINT64_MAX, INT64_MAX, UINT64_C(1) << 62, UINT64_C(1) << 40,
                                    UINT64_C(65) << 20};
    struct place place;
    uint32_t handle;
    struct gate_stat stat;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "f", "one");
    assert_int_equal(store_guest_open(guest, "f", 0, READ_WRITE, &handle), STORE_GUEST_FINE);

    for (size_t i = 0; i < ARRAY_LEN(huge); i++) {
        int error = store_guest_write(guest, handle, huge[i], BYTES_LITERAL("x"));
        assert_true(error == GATE_ERROR_QUOTA || error == GATE_ERROR_FILE_TOO_LARGE);
        error = set_size(guest, handle, huge[i]);
        assert_true(error == GATE_ERROR_QUOTA || error == GATE_ERROR_FILE_TOO_LARGE);
    }
    assert_int_equal(store_guest_stat(guest, "f", &stat), STORE_GUEST_FINE);
    assert_int_equal(stat.size, 3);
    store_guest_expect(guest, "f", "one");
    end(&place);
}

TEST(an_app_gets_its_bytes_and_not_one_more)
{
    struct place place;
    uint32_t handle;
    uint64_t bytes;
    uint64_t count;
    struct store_guest *guest = begin(&place, 10000);
    assert_int_equal(store_guest_open(guest, "f", GATE_OPEN_CREATE, GATE_FILE_WRITE, &handle),
                     STORE_GUEST_FINE);

    assert_int_equal(set_size(guest, handle, 10000 - STORE_NODE_COST), STORE_GUEST_FINE);
    assert_int_equal(store_guest_write(guest, handle, 10000 - STORE_NODE_COST, BYTES_LITERAL("x")),
                     GATE_ERROR_QUOTA);
    assert_int_equal(open_only(guest, "g", GATE_OPEN_CREATE, GATE_FILE_WRITE), GATE_ERROR_QUOTA);
    store_app_usage(place.app, &bytes, &count);
    assert_int_equal(bytes, 10000);
    assert_int_equal(count, 1);
    assert_int_equal(set_size(guest, handle, 0), STORE_GUEST_FINE);
    assert_int_equal(open_only(guest, "g", GATE_OPEN_CREATE, GATE_FILE_WRITE), STORE_GUEST_FINE);
    end(&place);
}

TEST(handles_are_bounded_and_die_with_the_call)
{
    struct place place;
    uint32_t handle;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "f", "x");
    for (uint32_t i = 1; i < STORE_HANDLES_MAX; i++)
        assert_int_equal(store_guest_open(guest, "f", 0, GATE_FILE_READ, &handle),
                         STORE_GUEST_FINE);
    assert_int_equal(store_guest_open(guest, "f", 0, GATE_FILE_READ, &(uint32_t){0}),
                     GATE_ERROR_TOO_MANY_HANDLES);
    store_guest_end(guest);
    store_guest_begin(guest, place.app);
    const struct gate_request stat = {.method = GATE_FILE_STAT, .handle = handle};
    assert_int_equal(store_guest_ask(guest, stat, bytes_of("", 0), 64), GATE_BAD_HANDLE);
    const struct gate_request close = {.method = GATE_FILE_CLOSE, .handle = guest->root};
    assert_int_equal(store_guest_ask(guest, close, bytes_of("", 0), 0), GATE_BAD_HANDLE);
    end(&place);
}

TEST(a_file_without_a_name_lives_as_long_as_its_handle)
{
    struct place place;
    uint32_t handle;
    uint8_t out[16];
    size_t len;
    uint64_t bytes;
    uint64_t count;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "f", "still here");
    assert_int_equal(store_guest_open(guest, "f", 0, READ_WRITE, &handle), STORE_GUEST_FINE);
    assert_int_equal(store_guest_path(guest, GATE_FILE_UNLINK, "f"), STORE_GUEST_FINE);
    assert_int_equal(store_guest_sync(guest, guest->root), STORE_GUEST_FINE);

    assert_int_equal(store_guest_read(guest, handle, 0, out, sizeof out, &len), STORE_GUEST_FINE);
    assert_int_equal(len, 10);
    assert_memory_equal(out, "still here", 10);
    assert_int_equal(store_guest_close(guest, handle), STORE_GUEST_FINE);
    assert_int_equal(store_guest_sync(guest, guest->root), STORE_GUEST_FINE);
    store_app_usage(place.app, &bytes, &count);
    assert_int_equal(bytes, 0);
    close_place(&place);
    assert_int_equal(store_trial_count(place.path), 1); /* the root alone */
    store_keys_stop(&place.keys);
    store_trial_remove(place.path);
}

TEST(links_are_not_there_and_say_so)
{
    struct place place;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "f", "x");
    struct gate_request link = {
        .method = GATE_FILE_LINK, .handle = guest->root, .args = {1, guest->root}};
    assert_int_equal(store_guest_ask(guest, link, BYTES_LITERAL("fg"), 0), GATE_FAILED);
    assert_int_equal(guest->reply.reason, GATE_ERROR_UNSUPPORTED);
    link.method = GATE_FILE_SYMLINK;
    assert_int_equal(store_guest_ask(guest, link, BYTES_LITERAL("fg"), 0), GATE_FAILED);
    assert_int_equal(guest->reply.reason, GATE_ERROR_UNSUPPORTED);
    end(&place);
}

TEST(rights_are_kept)
{
    struct place place;
    uint32_t handle;
    uint8_t out[4];
    size_t len;
    struct store_guest *guest = begin(&place, 0);
    put(guest, "f", "x");
    assert_int_equal(store_guest_open(guest, "f", 0, GATE_FILE_READ, &handle), STORE_GUEST_FINE);
    assert_int_equal(store_guest_write(guest, handle, 0, BYTES_LITERAL("y")),
                     GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(store_guest_open(guest, "f", 0, GATE_FILE_WRITE, &handle), STORE_GUEST_FINE);
    assert_int_equal(store_guest_read(guest, handle, 0, out, 4, &len), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(store_guest_open(guest, ".", GATE_OPEN_DIRECTORY, GATE_FILE_READ, &handle),
                     STORE_GUEST_FINE);
    const struct gate_request make = {.method = GATE_FILE_CREATE_DIRECTORY, .handle = handle};
    assert_int_equal(store_guest_ask(guest, make, BYTES_LITERAL("d"), 0), GATE_FAILED);
    assert_int_equal(guest->reply.reason, GATE_ERROR_READ_ONLY);
    store_guest_expect(guest, "f", "x");
    end(&place);
}

TEST_MAIN(T(open_says_what_wasi_says), T(paths_are_walked_beneath_the_root),
          T(stat_at_says_file_directory_or_nothing),
          T(a_directory_lists_what_it_has_however_small_the_room),
          T(directories_are_made_and_removed_as_std_fs_expects),
          T(rename_moves_replaces_and_refuses), T(what_was_cut_off_comes_back_as_zeros),
          T(appends_go_behind_the_end), T(huge_offsets_and_sizes_are_an_error_and_nothing_else),
          T(an_app_gets_its_bytes_and_not_one_more), T(handles_are_bounded_and_die_with_the_call),
          T(a_file_without_a_name_lives_as_long_as_its_handle), T(links_are_not_there_and_say_so),
          T(rights_are_kept))

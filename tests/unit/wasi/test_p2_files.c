/*
 * tests/unit/wasi/test_p2_files.c: wasi:filesystem over a real directory.
 */
#include <stdio.h>

#include "tests/support/p2_trial.h"
#include "tests/support/test.h"

enum { FOLLOW = 1 };
enum { CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8 };
enum { READ = 1, WRITE = 2, MUTATE_DIRECTORY = 32 };

static struct p2_trial trial;
static struct component_value root;

static void start(void)
{
    p2_trial_prepare(&trial);
    p2_trial_start(&trial);
    root = p2_trial_root(&trial);
}

static struct component_value call(const char *func, const struct component_value *params)
{
    char name[64];
    (void)snprintf(name, sizeof name, "[method]descriptor.%s", func);
    return p2_trial_get(&trial, "types", name, params);
}

static struct component_value call1(const char *func, struct component_value self)
{
    return call(func, &self);
}

static struct component_value call2(const char *func, struct component_value self,
                                    struct component_value param)
{
    const struct component_value params[2] = {self, param};
    return call(func, params);
}

static struct component_value open_at(struct component_value directory, const char *path,
                                      uint32_t open_flags, uint32_t flags)
{
    const struct component_value params[5] = {directory, p2_flags(FOLLOW), p2_trial_string(path),
                                              p2_flags(open_flags), p2_flags(flags)};
    return call("open-at", params);
}

static struct component_value write_at(struct component_value file, const char *text,
                                       uint64_t offset)
{
    const struct component_value params[3] = {file, p2_trial_list(text), p2_u64(offset)};
    return call("write", params);
}

static struct component_value read_at(struct component_value file, uint64_t len, uint64_t offset)
{
    const struct component_value params[3] = {file, p2_u64(len), p2_u64(offset)};
    return call("read", params);
}

/* A file with this text. */
static struct component_value make(const char *path, const char *text)
{
    struct component_value file = p2_trial_ok(open_at(root, path, CREATE | TRUNCATE, READ | WRITE));
    assert_int_equal(p2_trial_ok(write_at(file, text, 0)).u, strlen(text));
    return file;
}

static uint64_t field_of(struct component_value record, uint32_t index)
{
    return record.items.items[index].u;
}

TEST(what_is_written_is_read_and_the_end_is_told)
{
    start();
    struct component_value file = make("greeting", "hello, world");

    struct component_value pair = p2_trial_ok(read_at(file, 5, 7));
    assert_true(p2_trial_is_text(pair.items.items[0], "world"));
    assert_false(pair.items.items[1].boolean);
    pair = p2_trial_ok(read_at(file, UINT64_MAX, 12));
    assert_true(p2_trial_is_text(pair.items.items[0], ""));
    assert_true(pair.items.items[1].boolean);

    p2_trial_finish(&trial);
}

TEST(rights_not_asked_for_are_bad_descriptor)
{
    start();
    p2_trial_drop(&trial, make("f", "x"));
    struct component_value reader = p2_trial_ok(open_at(root, "f", 0, READ));
    struct component_value writer = p2_trial_ok(open_at(root, "f", 0, WRITE));

    assert_int_equal(p2_trial_error(write_at(reader, "y", 0)), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(p2_trial_error(call2("write-via-stream", reader, p2_u64(0))),
                     GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(p2_trial_error(call1("append-via-stream", reader)), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(p2_trial_error(read_at(writer, 1, 0)), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(p2_trial_error(call2("read-via-stream", writer, p2_u64(0))),
                     GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(p2_trial_ok(call1("get-flags", reader)).flags, READ);
    assert_int_equal(p2_trial_ok(call1("get-flags", writer)).flags, WRITE);

    p2_trial_finish(&trial);
}

TEST(open_flags_do_what_posix_says)
{
    start();
    assert_int_equal(p2_trial_error(open_at(root, "none", 0, READ)), GATE_ERROR_NO_ENTRY);
    p2_trial_drop(&trial, make("f", "text"));
    assert_int_equal(p2_trial_error(open_at(root, "f", CREATE | EXCLUSIVE, WRITE)),
                     GATE_ERROR_EXIST);
    assert_int_equal(p2_trial_error(open_at(root, "f", DIRECTORY, READ)), GATE_ERROR_NOT_DIRECTORY);
    assert_int_equal(p2_trial_error(open_at(root, "d", DIRECTORY | CREATE, READ)),
                     GATE_ERROR_INVALID);
    assert_int_equal(p2_trial_error(open_at(root, "", 0, READ)), GATE_ERROR_NO_ENTRY);
    assert_int_equal(p2_trial_error(open_at(root, "../x", CREATE, WRITE)),
                     GATE_ERROR_NOT_PERMITTED);
    struct component_value file = p2_trial_ok(open_at(root, "f", TRUNCATE, READ | WRITE));
    assert_int_equal(field_of(p2_trial_ok(call1("stat", file)), 2), 0);
    assert_int_equal(p2_trial_error(open_at(file, "x", 0, READ)), GATE_ERROR_NOT_DIRECTORY);

    p2_trial_finish(&trial);
}

TEST(a_directory_opened_for_reading_can_be_worked_in)
{
    start();
    (void)p2_trial_ok(call2("create-directory-at", root, p2_trial_string("sub")));
    static const uint32_t open_flags[2] = {0, DIRECTORY};
    for (uint32_t i = 0; i < 2; i++) {
        struct component_value sub = p2_trial_ok(open_at(root, "sub", open_flags[i], READ));
        assert_int_equal(p2_trial_ok(call1("get-type", sub)).variant.index, GATE_TYPE_DIRECTORY);
        assert_int_equal(p2_trial_ok(call1("get-flags", sub)).flags, READ | MUTATE_DIRECTORY);
        struct component_value file = p2_trial_ok(open_at(sub, "new", CREATE, READ | WRITE));
        (void)p2_trial_ok(write_at(file, "x", 0));
        assert_int_equal(p2_trial_error(read_at(sub, 1, 0)), GATE_ERROR_IS_DIRECTORY);
        assert_int_equal(p2_trial_error(open_at(root, "sub", open_flags[i], READ | WRITE)),
                         GATE_ERROR_IS_DIRECTORY);
        p2_trial_drop(&trial, file);
        p2_trial_drop(&trial, sub);
    }
    assert_int_equal(wasi_p2_resource_count(trial.p2), 1);

    p2_trial_finish(&trial);
}

TEST(a_read_only_grant_gives_no_way_to_write)
{
    p2_trial_prepare(&trial);
    trial.directories[0].is_read_only = true;
    p2_trial_start(&trial);
    root = p2_trial_root(&trial);

    assert_int_equal(p2_trial_error(open_at(root, "f", CREATE, WRITE)), GATE_ERROR_READ_ONLY);
    assert_int_equal(p2_trial_error(call2("create-directory-at", root, p2_trial_string("d"))),
                     GATE_ERROR_READ_ONLY);
    assert_int_equal(p2_trial_ok(call1("get-flags", root)).flags, READ);

    p2_trial_finish(&trial);
}

TEST(file_streams_keep_their_positions)
{
    start();
    struct component_value file = make("f", "0123456789");
    struct component_value in = p2_trial_ok(call2("read-via-stream", file, p2_u64(3)));
    struct component_value read_params[2] = {in, p2_u64(4)};
    const char *const read = "[method]input-stream.read";

    assert_true(
        p2_trial_is_text(p2_trial_ok(p2_trial_get(&trial, "streams", read, read_params)), "3456"));
    assert_true(
        p2_trial_is_text(p2_trial_ok(p2_trial_get(&trial, "streams", read, read_params)), "789"));
    assert_int_equal(p2_trial_error(p2_trial_get(&trial, "streams", read, read_params)), 1);

    struct component_value out = p2_trial_ok(call2("write-via-stream", file, p2_u64(8)));
    struct component_value append = p2_trial_ok(call1("append-via-stream", file));
    const char *const write = "[method]output-stream.blocking-write-and-flush";
    const struct component_value write_params[2] = {out, p2_trial_list("ab")};
    const struct component_value append_params[2] = {append, p2_trial_list("[end]")};
    (void)p2_trial_ok(p2_trial_get(&trial, "streams", write, write_params));
    (void)p2_trial_ok(p2_trial_get(&trial, "streams", write, append_params));
    (void)p2_trial_ok(p2_trial_get(&trial, "streams", write, write_params));
    struct component_value all = p2_trial_ok(read_at(file, 100, 0));
    assert_true(p2_trial_is_text(all.items.items[0], "01234567ababnd]"));

    p2_trial_finish(&trial);
}

TEST(a_stream_outlives_its_descriptor)
{
    start();
    struct component_value file = make("f", "still here");
    struct component_value in = p2_trial_ok(call2("read-via-stream", file, p2_u64(0)));

    p2_trial_drop(&trial, file);
    const struct component_value params[2] = {in, p2_u64(20)};
    assert_true(p2_trial_is_text(
        p2_trial_ok(p2_trial_get(&trial, "streams", "[method]input-stream.read", params)),
        "still here"));
    p2_trial_drop(&trial, in);
    assert_int_equal(wasi_p2_resource_count(trial.p2), 1);

    p2_trial_finish(&trial);
}

TEST(an_error_of_a_file_stream_tells_its_code)
{
    start();
    struct component_value file = make("f", "x");
    struct component_value in = p2_trial_ok(call2("read-via-stream", file, p2_u64(0)));
    const struct component_value params[2] = {in, p2_u64(20)};
    p2_trial_fail_next(&trial, GATE_FILE, GATE_FILE_PREAD, GATE_ERROR_IO);

    struct component_value result =
        p2_trial_get(&trial, "streams", "[method]input-stream.read", params);

    assert_int_equal(p2_trial_error(result), 0);
    struct component_value error = *result.variant.payload->variant.payload;
    struct component_value code = p2_trial_get(&trial, "types", "filesystem-error-code", &error);
    assert_int_equal(p2_trial_some(code).variant.index, GATE_ERROR_IO);

    p2_trial_finish(&trial);
}

/* The names of a directory, as many as there are. */
static uint32_t count_entries(struct component_value directory)
{
    struct component_value stream = p2_trial_ok(call1("read-directory", directory));
    uint32_t count = 0;
    for (;;) {
        struct component_value entry = p2_trial_ok(p2_trial_get(
            &trial, "types", "[method]directory-entry-stream.read-directory-entry", &stream));
        if (entry.variant.index == 0)
            break;
        count++;
    }
    p2_trial_drop(&trial, stream);
    return count;
}

TEST(directories_are_read_by_streams_that_do_not_disturb_each_other)
{
    start();
    for (uint32_t i = 0; i < 300; i++) {
        char name[] = "file-with-a-name-of-some-length-000";
        name[sizeof name - 2] = (char)('0' + i % 10);
        name[sizeof name - 3] = (char)('0' + i / 10 % 10);
        name[sizeof name - 4] = (char)('0' + i / 100);
        p2_trial_drop(&trial, make(name, ""));
    }
    struct component_value one = p2_trial_ok(call1("read-directory", root));
    const char *const read = "[method]directory-entry-stream.read-directory-entry";
    uint32_t count = 0;

    while (p2_trial_ok(p2_trial_get(&trial, "types", read, &one)).variant.index != 0) {
        if (count++ % 100 == 0)
            assert_int_equal(count_entries(root), 300);
        arena_rewind(&trial.results, 0);
    }
    assert_int_equal(count, 300);
    p2_trial_drop(&trial, one);
    assert_int_equal(wasi_p2_resource_count(trial.p2), 1);

    p2_trial_finish(&trial);
}

TEST(sameness_is_of_files_not_of_names)
{
    start();
    struct component_value f = make("f", "x");
    struct component_value g = make("g", "x");
    const struct component_value link[5] = {root, p2_flags(0), p2_trial_string("f"), root,
                                            p2_trial_string("h")};
    (void)p2_trial_ok(call("link-at", link));
    struct component_value h = p2_trial_ok(open_at(root, "h", 0, READ));

    assert_true(call2("is-same-object", f, h).boolean);
    assert_false(call2("is-same-object", f, g).boolean);
    struct component_value hash_f = p2_trial_ok(call1("metadata-hash", f));
    struct component_value hash_g = p2_trial_ok(call1("metadata-hash", g));
    const struct component_value at[3] = {root, p2_flags(FOLLOW), p2_trial_string("h")};
    struct component_value hash_h = p2_trial_ok(call("metadata-hash-at", at));
    assert_int_equal(field_of(hash_f, 0), field_of(hash_h, 0));
    assert_int_equal(field_of(hash_f, 1), field_of(hash_h, 1));
    assert_int_not_equal(field_of(hash_f, 0), field_of(hash_g, 0));

    p2_trial_finish(&trial);
}

static struct component_value timestamp(uint64_t seconds, uint32_t nanoseconds)
{
    struct component_value *fields = arena_alloc(&trial.results, 2, sizeof *fields);
    struct component_value *datetime = arena_alloc(&trial.results, 1, sizeof *datetime);
    fields[0] = p2_u64(seconds);
    fields[1] = p2_u32(nanoseconds);
    *datetime = p2_items(COMPONENT_RECORD, fields, 2);
    return (struct component_value){.kind = COMPONENT_VARIANT,
                                    .variant = {.index = 2, .payload = datetime}};
}

TEST(times_are_set_and_told)
{
    start();
    struct component_value file = make("f", "x");
    const struct component_value keep = {.kind = COMPONENT_VARIANT, .variant = {.index = 0}};
    const struct component_value set[3] = {file, keep, timestamp(1000000000, 123456789)};
    (void)p2_trial_ok(call("set-times", set));

    struct component_value stat = p2_trial_ok(call1("stat", file));
    struct component_value modified = p2_trial_some(stat.items.items[4]);
    assert_int_equal(field_of(modified, 0), 1000000000);
    assert_int_equal(field_of(modified, 1), 123456789);
    assert_int_equal(stat.items.items[0].variant.index, GATE_TYPE_REGULAR_FILE);
    assert_int_equal(field_of(stat, 1), 1);

    const struct component_value broken[3] = {file, keep, timestamp(1, 1000000000)};
    assert_int_equal(p2_trial_error(call("set-times", broken)), GATE_ERROR_INVALID);
    const struct component_value late[3] = {file, timestamp(UINT64_MAX, 0), keep};
    assert_int_equal(p2_trial_error(call("set-times", late)), GATE_ERROR_OVERFLOW);

    p2_trial_finish(&trial);
}

TEST(links_and_names_change)
{
    start();
    p2_trial_drop(&trial, make("f", "x"));
    const struct component_value symlink[3] = {root, p2_trial_string("f"), p2_trial_string("s")};
    (void)p2_trial_ok(call("symlink-at", symlink));
    assert_true(
        p2_trial_is_text(p2_trial_ok(call2("readlink-at", root, p2_trial_string("s"))), "f"));
    const struct component_value stat_link[3] = {root, p2_flags(0), p2_trial_string("s")};
    assert_int_equal(p2_trial_ok(call("stat-at", stat_link)).items.items[0].variant.index,
                     GATE_TYPE_SYMBOLIC_LINK);
    const struct component_value stat_file[3] = {root, p2_flags(FOLLOW), p2_trial_string("s")};
    assert_int_equal(p2_trial_ok(call("stat-at", stat_file)).items.items[0].variant.index,
                     GATE_TYPE_REGULAR_FILE);

    const struct component_value rename[4] = {root, p2_trial_string("f"), root,
                                              p2_trial_string("g")};
    (void)p2_trial_ok(call("rename-at", rename));
    assert_int_equal(p2_trial_error(call2("unlink-file-at", root, p2_trial_string("f"))),
                     GATE_ERROR_NO_ENTRY);
    (void)p2_trial_ok(call2("unlink-file-at", root, p2_trial_string("g")));
    (void)p2_trial_ok(call2("create-directory-at", root, p2_trial_string("d")));
    assert_int_equal(p2_trial_error(call2("create-directory-at", root, p2_trial_string("d"))),
                     GATE_ERROR_EXIST);
    (void)p2_trial_ok(call2("remove-directory-at", root, p2_trial_string("d")));
    (void)p2_trial_ok(call2("unlink-file-at", root, p2_trial_string("s")));
    assert_int_equal(count_entries(root), 0);

    p2_trial_finish(&trial);
}

TEST(sizes_change_and_bytes_reach_the_disk)
{
    start();
    struct component_value file = make("f", "0123456789");
    (void)p2_trial_ok(call2("set-size", file, p2_u64(3)));
    assert_int_equal(field_of(p2_trial_ok(call1("stat", file)), 2), 3);
    (void)p2_trial_ok(call1("sync", file));
    (void)p2_trial_ok(call1("sync-data", file));
    const struct component_value advise[4] = {file, p2_u64(0), p2_u64(3), p2_enum(3)};
    (void)p2_trial_ok(call("advise", advise));
    assert_int_equal(p2_trial_error(call2("set-size", root, p2_u64(3))), GATE_ERROR_IS_DIRECTORY);

    p2_trial_finish(&trial);
}

TEST_MAIN(T(what_is_written_is_read_and_the_end_is_told),
          T(rights_not_asked_for_are_bad_descriptor), T(open_flags_do_what_posix_says),
          T(a_directory_opened_for_reading_can_be_worked_in),
          T(a_read_only_grant_gives_no_way_to_write), T(file_streams_keep_their_positions),
          T(a_stream_outlives_its_descriptor), T(an_error_of_a_file_stream_tells_its_code),
          T(directories_are_read_by_streams_that_do_not_disturb_each_other),
          T(sameness_is_of_files_not_of_names), T(times_are_set_and_told),
          T(links_and_names_change), T(sizes_change_and_bytes_reach_the_disk))

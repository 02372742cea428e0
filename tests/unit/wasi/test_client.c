/*
 * tests/unit/wasi/test_client.c: what client.c asks of a gate, and what it makes of the reply.
 */
#include "core/wasi/client.h"

#include "tests/support/test.h"

static uint8_t transfer[WASI_TRANSFER_MIN];
static struct gate_request last;
static unsigned ring_count;
static struct gate_reply next;

static void ring(void *context, const struct gate_request *request, struct gate_reply *out_reply)
{
    (void)context;
    ring_count++;
    last = *request;
    *out_reply = next;
}

static struct wasi_gate gate_that_says(struct gate_reply reply)
{
    next = reply;
    ring_count = 0;
    memset(&last, 0, sizeof last);
    memset(transfer, 0, sizeof transfer);
    return (struct wasi_gate){
        .ring = ring, .transfer = transfer, .transfer_bytes = sizeof transfer};
}

static struct bytes text(const char *word)
{
    return bytes_of(word, strlen(word));
}

TEST(every_error_has_a_number_and_a_name)
{
    assert_int_equal(wasi_errno(WASI_OK), 0);
    assert_string_equal(wasi_error_name(WASI_OK), "ok");
    assert_int_equal(wasi_errno(GATE_ERROR_NO_ENTRY), 44);
    assert_string_equal(wasi_error_name(GATE_ERROR_NO_ENTRY), "no-entry");
    for (uint32_t i = 0; i < GATE_ERROR_COUNT; i++) {
        assert_int_not_equal(wasi_errno((enum gate_error)i), 0);
        assert_non_null(wasi_error_name((enum gate_error)i));
    }
}

TEST(statuses_that_are_no_answers_become_errors)
{
    struct gate_stat stat;
    struct wasi_gate gate = gate_that_says((struct gate_reply){.status = GATE_BAD_HANDLE});
    assert_int_equal(wasi_file_stat(&gate, 9, &stat), GATE_ERROR_BAD_DESCRIPTOR);
    gate = gate_that_says((struct gate_reply){.status = GATE_REFUSED});
    assert_int_equal(wasi_file_stat(&gate, 9, &stat), GATE_ERROR_NOT_PERMITTED);
    gate = gate_that_says((struct gate_reply){.status = GATE_UNKNOWN});
    assert_int_equal(wasi_file_stat(&gate, 9, &stat), GATE_ERROR_UNSUPPORTED);
    gate = gate_that_says((struct gate_reply){.status = GATE_FAILED, .reason = GATE_ERROR_LOOP});
    assert_int_equal(wasi_file_stat(&gate, 9, &stat), GATE_ERROR_LOOP);
}

TEST(a_path_that_is_none_is_not_asked_for)
{
    static char long_path[GATE_PATH_MAX + 1];
    struct wasi_gate gate = gate_that_says((struct gate_reply){.status = GATE_OK});
    memset(long_path, 'a', sizeof long_path);

    assert_int_equal(wasi_file_unlink(&gate, 1, bytes_of("", 0)), GATE_ERROR_NO_ENTRY);
    assert_int_equal(wasi_file_unlink(&gate, 1, bytes_of(long_path, sizeof long_path)),
                     GATE_ERROR_NAME_TOO_LONG);
    assert_int_equal(wasi_file_unlink(&gate, 1, bytes_of("a\0b", 3)), GATE_ERROR_INVALID);
    assert_int_equal(wasi_file_unlink(&gate, 1, text("\xFF")), GATE_ERROR_ILLEGAL_BYTE_SEQUENCE);
    assert_int_equal(wasi_file_rename(&gate, 1, text("a"), 2, bytes_of("", 0)),
                     GATE_ERROR_NO_ENTRY);

    assert_int_equal(ring_count, 0);
    assert_int_equal(wasi_file_unlink(&gate, 1, bytes_of(long_path, GATE_PATH_MAX)), WASI_OK);
    assert_int_equal(last.in.len, GATE_PATH_MAX);
}

TEST(two_paths_stand_one_behind_the_other)
{
    struct wasi_gate gate = gate_that_says((struct gate_reply){.status = GATE_OK});

    assert_int_equal(wasi_file_link(&gate, 5, text("old"), true, 6, text("newer")), WASI_OK);

    assert_int_equal(last.method, GATE_FILE_LINK);
    assert_int_equal(last.handle, 5);
    assert_int_equal(last.args[0], 3);
    assert_int_equal(last.args[1], 6);
    assert_int_equal(last.args[2], GATE_OPEN_FOLLOW);
    assert_int_equal(last.in.len, 8);
    assert_memory_equal(transfer, "oldnewer", 8);
}

TEST(a_read_is_clipped_to_the_transfer_area)
{
    static uint8_t room[2 * WASI_TRANSFER_MIN];
    size_t len = 0;
    struct wasi_gate gate =
        gate_that_says((struct gate_reply){.status = GATE_OK, .out = {0, WASI_TRANSFER_MIN}});

    assert_int_equal(wasi_file_pread(&gate, 3, 77, room, sizeof room, &len), WASI_OK);

    assert_int_equal(len, WASI_TRANSFER_MIN);
    assert_int_equal(last.out.len, WASI_TRANSFER_MIN);
    assert_int_equal(last.args[0], 77);
}

TEST(a_write_is_clipped_to_the_transfer_area)
{
    static uint8_t data[2 * WASI_TRANSFER_MIN];
    size_t len = 0;
    struct wasi_gate gate = gate_that_says((struct gate_reply){.status = GATE_OK, .values = {100}});

    assert_int_equal(wasi_file_append(&gate, 3, bytes_of(data, sizeof data), &len), WASI_OK);

    assert_int_equal(len, 100);
    assert_int_equal(last.in.len, WASI_TRANSFER_MIN);
    assert_int_equal(last.args[1], 1);
}

TEST(random_bytes_come_in_as_many_calls_as_it_takes)
{
    static uint8_t room[2 * WASI_TRANSFER_MIN + 5];
    struct wasi_gate gate = gate_that_says((struct gate_reply){.status = GATE_OK});

    assert_int_equal(wasi_random(&gate, true, room, sizeof room), WASI_OK);

    assert_int_equal(ring_count, 3);
    assert_int_equal(last.out.len, 5);
    assert_int_equal(last.args[0], 1);
}

TEST(times_are_packed_as_the_gate_wants_them)
{
    struct wasi_gate gate = gate_that_says((struct gate_reply){.status = GATE_OK});
    const struct wasi_times times = {GATE_TIME_NOW, GATE_TIME_SET, 5, -6};

    assert_int_equal(wasi_file_set_times_at(&gate, 3, text("x"), true, &times), WASI_OK);

    assert_int_equal(last.args[0], GATE_TIME_NOW | GATE_TIME_SET << 2);
    assert_int_equal((int64_t)last.args[2], -6);
    assert_int_equal(last.args[3], GATE_OPEN_FOLLOW);
}

TEST(entries_are_split_with_their_padding)
{
    uint8_t room[64] = {0};
    struct gate_entry entry = {.next = 9, .node = 1, .type = GATE_TYPE_DIRECTORY, .name_len = 3};
    struct bytes name, entries = bytes_of(room, 32);
    memcpy(room, &entry, sizeof entry);
    memcpy(room + sizeof entry, "abc", 3);
    memset(&entry, 0, sizeof entry);

    assert_true(wasi_entry_take(&entries, &entry, &name));

    assert_int_equal(entry.next, 9);
    assert_true(bytes_equal(name, BYTES_LITERAL("abc")));
    assert_false(wasi_entry_take(&entries, &entry, &name));
}

TEST_MAIN(T(every_error_has_a_number_and_a_name), T(statuses_that_are_no_answers_become_errors),
          T(a_path_that_is_none_is_not_asked_for), T(two_paths_stand_one_behind_the_other),
          T(a_read_is_clipped_to_the_transfer_area), T(a_write_is_clipped_to_the_transfer_area),
          T(random_bytes_come_in_as_many_calls_as_it_takes),
          T(times_are_packed_as_the_gate_wants_them), T(entries_are_split_with_their_padding))

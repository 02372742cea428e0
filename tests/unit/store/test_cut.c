/*
 * tests/unit/store/test_cut.c: the store's file, cut before it is opened and while it is open.
 */
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "core/base/cbor.h"
#include "node/io/io.h"
#include "node/io/store_table.h"
#include "node/message/message.h"
#include "node/role/role.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

#define PAGE         4096
#define RECORDS      128u
#define RECORD_BYTES 1500u /* two of them fill a page */
#define CHANGES_CAP  (2 * RECORDS * (RECORD_BYTES + 64u))
#define WAIT_MS      10000u

/* What a process that opened the file came to. */
enum { OPENED = 0, REFUSED = 1, NO_LINK = 2 };

static char folder[FOLDER_PATH_MAX];
static char file[FOLDER_PATH_MAX + 16];

static uint64_t length_of(void)
{
    struct stat is;
    assert_int_equal(stat(file, &is), 0);
    return (uint64_t)is.st_size;
}

static const uint8_t content[RECORD_BYTES] = {7};

static void write_record(struct cbor_writer *writer, unsigned i)
{
    uint8_t name[2] = {(uint8_t)i, 1};
    cbor_write_array(writer, 3);
    cbor_write_text(writer, BYTES_LITERAL("table"));
    cbor_write_bytes(writer, bytes_of(name, sizeof name));
    cbor_write_bytes(writer, bytes_of(content, sizeof content));
}

static struct io_table *open_table(void)
{
    struct io_table *table;
    struct report report;
    report_init(&report);
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(io_table_open(directory, STORE_MAP_FIRST, &table, &report), STATUS_OK);
    return table;
}

static void fill(void)
{
    static uint8_t memory[CHANGES_CAP];
    struct cbor_writer writer;
    struct io_table *table = open_table();
    struct io_commit commit = {.status = STATUS_OK};
    struct report report;
    report_init(&report);
    cbor_writer_init(&writer, memory, sizeof memory);
    cbor_write_array(&writer, RECORDS);
    for (unsigned i = 0; i < RECORDS; i++)
        write_record(&writer, i);
    assert_int_equal(cbor_writer_end(&writer, &commit.changes), STATUS_OK);
    for (unsigned i = 0; i < 3; i++) { /* then there are free pages, and a tree of them */
        assert_int_equal(io_table_commit(table, &commit, 1, &report), STATUS_OK);
        assert_int_equal(commit.status, STATUS_OK);
    }
    io_table_close(table);
}

static void begin(void)
{
    folder_create("cut", folder);
    (void)snprintf(file, sizeof file, "%s/%s", folder, STORE_FILE_NAME);
}

static void end(void)
{
    assert_int_equal(unlink(file), 0);
    folder_remove(folder);
}

/* io in a process of its own; `said` gets why it refused. It serves until the link ends. */
static pid_t start_io(int *out_link, int *out_said)
{
    int sockets[2], said[2];
    struct report report;
    report_init(&report);
    assert_int_equal(message_pair(sockets, &report), STATUS_OK);
    assert_int_equal(pipe(said), 0);
    pid_t io = fork();
    assert_true(io >= 0);
    if (io == 0) {
        (void)close(sockets[0]);
        int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        enum status status = io_store_start(sockets[1], directory, &report);
        if (write(said[1], report.text, status == STATUS_OK ? 1 : report.len + 1u) < 0)
            _exit(NO_LINK);
        if (status != STATUS_OK)
            _exit(REFUSED);
        (void)pause();
    }
    (void)close(sockets[1]);
    (void)close(said[1]);
    *out_link = sockets[0];
    *out_said = said[0];
    return io;
}

static int wait_for(pid_t io)
{
    int status = 0;
    assert_int_equal(waitpid(io, &status, 0), io);
    return status;
}

/* "": it was opened. */
static void open_once(char *out_text, size_t room)
{
    int link, said;
    pid_t io = start_io(&link, &said);
    ssize_t len = read(said, out_text, room);
    if (len == 1)
        (void)kill(io, SIGKILL);
    const int status = wait_for(io);
    assert_true(len >= 1); /* it came back and said so, whatever it found */
    if (len > 1)
        assert_int_equal(WEXITSTATUS(status), REFUSED);
    (void)close(link);
    (void)close(said);
}

TEST(a_file_that_was_cut_is_refused_with_both_lengths)
{
    char text[REPORT_TEXT_MAX + 1], wanted[REPORT_TEXT_MAX];
    begin();
    fill();
    const uint64_t whole = length_of();
    assert_true(whole > 64 * PAGE);
    static uint8_t bytes[4u << 20];
    int fd = open(file, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0 && whole <= sizeof bytes);
    assert_int_equal(pread(fd, bytes, sizeof bytes, 0), whole);

    open_once(text, sizeof text);
    assert_string_equal(text, "");
    for (uint64_t len = 1; len < whole; len += len < 2 * PAGE ? PAGE - 1 : 5 * PAGE + 1) {
        assert_int_equal(pwrite(fd, bytes, whole, 0), whole);
        assert_int_equal(ftruncate(fd, (off_t)len), 0);
        (void)snprintf(wanted, sizeof wanted,
                       "the store's file is %llu bytes, its last page ends at %llu: it was cut",
                       (unsigned long long)len,
                       (unsigned long long)(len < 2 * PAGE ? 2 * PAGE : whole));
        open_once(text, sizeof text);
        assert_string_equal(text, wanted);
        assert_int_equal(length_of(), len);
    }
    (void)close(fd);
    end();
}

static uint64_t told_length(MDB_env *env)
{
    MDB_envinfo info;
    assert_int_equal(mdb_env_info(env, &info), 0);
    return (info.me_last_pgno + 1) * PAGE;
}

/* One transaction: `count` records from `first` on go in, and with `and_out` out again, the last
 * one first. */
static void change(MDB_env *env, unsigned first, unsigned count, bool and_out)
{
    MDB_txn *txn;
    MDB_dbi dbi;
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    for (unsigned i = 0; i < (and_out ? 2 * count : count); i++) {
        uint8_t name[4] = {1, 't', (uint8_t)(i < count ? first + i : first + 2 * count - 1 - i), 0};
        MDB_val key = {sizeof name, name};
        MDB_val value = {sizeof content, (void *)(uintptr_t)content};
        assert_int_equal(
            i < count ? mdb_put(txn, dbi, &key, &value, 0) : mdb_del(txn, dbi, &key, NULL), 0);
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
}

/* Pages that a transaction takes and gives back are not written, and may be the last. */
TEST(a_file_whose_last_pages_were_never_written_is_whole)
{
    char text[REPORT_TEXT_MAX + 1];
    MDB_env *env;
    begin();
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_mapsize(env, STORE_MAP_FIRST), 0);
    assert_int_equal(mdb_env_open(env, folder, MDB_NOLOCK, 0600), 0);
    change(env, 68, 26, false);
    change(env, 40, 46, false);
    change(env, 1, 17, false);
    change(env, 24, 59, true);
    assert_in_range(length_of(), 3 * PAGE, told_length(env) - PAGE); /* or this tests nothing */
    mdb_env_close(env);

    open_once(text, sizeof text);
    assert_string_equal(text, "");

    const uint64_t len = length_of();
    assert_int_equal(truncate(file, (off_t)(len / 2 / PAGE * PAGE)), 0);
    open_once(text, sizeof text);
    assert_non_null(strstr(text, ": it was cut"));
    end();
}

TEST(a_file_that_is_cut_while_it_is_open_ends_io_with_a_status_of_its_own)
{
    char text[REPORT_TEXT_MAX + 1];
    int link, said;
    begin();
    fill();
    pid_t io = start_io(&link, &said);
    assert_int_equal(read(said, text, sizeof text), 1);
    const uint8_t name[] = {RECORDS / 2, 1};
    const struct message_store_get get = {
        .id = 1, .table = BYTES_LITERAL("table"), .record = bytes_of(name, sizeof name)};
    assert_int_equal(truncate(file, 2 * PAGE), 0);

    assert_int_equal(message_send_wait(link, MESSAGE_STORE_GET, &get, -1, WAIT_MS), STATUS_OK);

    const int status = wait_for(io);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ROLE_EXIT_CUT);
    (void)close(link);
    (void)close(said);
    end();
}

TEST_MAIN(T(a_file_that_was_cut_is_refused_with_both_lengths),
          T(a_file_whose_last_pages_were_never_written_is_whole),
          T(a_file_that_is_cut_while_it_is_open_ends_io_with_a_status_of_its_own))

/* The chain of a log: written, taken up again, torn, full, and read back. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/resource.h>

#include "core/crypto/sha256.h"
#include "node/log/check.h"
#include "node/log/log.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

static char folder[FOLDER_PATH_MAX];
static char path[FOLDER_PATH_MAX + 8]; /* of the log in it */

static int setup(void **state)
{
    (void)state;
    folder_create("log", folder);
    (void)snprintf(path, sizeof path, "%s/log", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static int open_again(void)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* An empty file. */
static int fresh(void)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static struct log *begin(int fd)
{
    struct log *log = NULL;
    struct report report;
    report_init(&report);
    assert_int_equal(log_open(fd, &log, &report), STATUS_OK);
    return log;
}

static void say(struct log *log, const char *text)
{
    const struct log_entry entry = {.kind = "note", .text = bytes_of(text, strlen(text))};
    assert_int_equal(log_write(log, &entry), STATUS_OK);
}

static uint8_t file[1 << 20];

static struct bytes read_file(void)
{
    int fd = open(path, O_RDONLY);
    ssize_t len = read(fd, file, sizeof file);
    assert_true(fd >= 0 && len >= 0 && (size_t)len < sizeof file);
    (void)close(fd);
    return bytes_of(file, (size_t)len);
}

/* The first status that is not OK, or that of the end. */
static enum status check_file(struct log_check *check, log_signature_fn *verify)
{
    struct report report;
    struct bytes rest = read_file();
    report_init(&report);
    log_check_init(check, verify, NULL);
    for (;;) {
        const uint8_t *end = rest.len == 0 ? NULL : memchr(rest.data, '\n', rest.len);
        if (end == NULL)
            return log_check_end(check, rest, &report);
        struct bytes line = bytes_of(rest.data, (size_t)(end - rest.data));
        rest = bytes_of(end + 1, rest.len - line.len - 1);
        enum status status = log_check_line(check, line, &report);
        if (status != STATUS_OK)
            return status;
    }
}

static bool file_has(const char *text)
{
    struct bytes all = read_file();
    return memmem(all.data, all.len, text, strlen(text)) != NULL;
}

TEST(lines_are_a_chain)
{
    static struct log_check check;
    struct log *log = begin(fresh());
    for (int i = 0; i < 100; i++)
        say(log, "hello");
    log_close(log);

    assert_int_equal(check_file(&check, NULL), STATUS_OK);
    assert_int_equal(check.lines, 100);
    assert_int_equal(check.signed_seq, 0);
}

TEST(a_log_goes_on_where_it_ended)
{
    static struct log_check check;
    struct log *log = begin(fresh());
    say(log, "one");
    log_close(log);

    log = begin(open_again());
    say(log, "two");
    log_close(log);

    assert_int_equal(check_file(&check, NULL), STATUS_OK);
    assert_int_equal(check.lines, 2);
}

TEST(a_torn_line_is_named_and_the_chain_goes_on)
{
    static struct log_check check;
    int fd = fresh();
    struct log *log = begin(fd);
    say(log, "one");
    assert_int_equal(write(fd, "{\"seq\":2,\"pr", 12), 12);
    log_close(log);
    assert_int_equal(check_file(&check, NULL), STATUS_TAMPERED);

    log = begin(open_again());
    say(log, "two");
    log_close(log);

    assert_int_equal(check_file(&check, NULL), STATUS_OK);
    assert_int_equal(check.lines, 3);
    assert_int_equal(check.torn, 1);
    assert_true(file_has("\"number\":12}"));
}

TEST(a_file_that_is_no_log_is_refused)
{
    static const char *const ends[] = {"hello\n", "{\"seq\":1}\n", "\n", "\n\n"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        struct log *log = NULL;
        struct report report;
        int fd = fresh();
        report_init(&report);
        assert_true(write(fd, ends[i], strlen(ends[i])) > 0);

        assert_int_equal(log_open(fd, &log, &report), STATUS_MALFORMED);

        assert_null(log);
        assert_true(report.is_set);
        (void)close(fd);
    }
}

TEST(every_changed_byte_is_found)
{
    static struct log_check check;
    struct log *log = begin(fresh());
    say(log, "one");
    say(log, "two");
    say(log, "three");
    log_close(log);
    struct bytes all = read_file();
    size_t last = all.len;
    for (last--; file[last - 1] != '\n'; last--)
        continue;

    /* The last line, and where it begins, is under no hash until one follows. */
    for (size_t i = 0; i < last - 1; i++) {
        int fd = open(path, O_RDWR);
        uint8_t byte = (uint8_t)(file[i] ^ 1);
        assert_int_equal(pwrite(fd, &byte, 1, (off_t)i), 1);
        assert_int_equal(check_file(&check, NULL), STATUS_TAMPERED);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, (off_t)i), 1);
        (void)close(fd);
    }
    assert_int_equal(check_file(&check, NULL), STATUS_OK);
}

TEST(what_a_guest_says_is_one_escaped_line)
{
    static struct log_check check;
    struct log *log = begin(fresh());
    static const char text[] = "a\"b\\c\n\x1b[2J\xc3\xa9\xf0\x9f\x98\x80\xff\x7f";
    static char function[5000];
    memset(function, 0xFE, sizeof function);
    const struct log_entry entry = {.kind = "out",
                                    .app = bytes_of(text, sizeof text - 1),
                                    .function = bytes_of(function, sizeof function),
                                    .host = bytes_of(function, sizeof function),
                                    .client = bytes_of(function, 32),
                                    .text = bytes_of(function, sizeof function)};
    assert_int_equal(log_write(log, &entry), STATUS_OK);
    say(log, "behind");
    log_close(log);

    assert_int_equal(check_file(&check, NULL), STATUS_OK);
    assert_int_equal(check.lines, 2);
    assert_true(file_has("a\\\"b\\\\c\\u000a\\u001b[2J\\u00e9\\ud83d\\ude00\\ufffd\\u007f"));
    assert_true(file_has("\\ufffd...\"}\n"));
}

TEST(a_full_disk_is_told_and_what_was_lost_is_counted)
{
    static struct log_check check;
    const struct log_entry entry = {.kind = "note", .text = BYTES_LITERAL("more")};
    struct log *log = begin(fresh());
    say(log, "one");
    struct rlimit before, little = {400, RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    little.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);

    int failed = 0;
    for (int i = 0; i < 5; i++)
        failed += log_write_durable(log, &entry) == STATUS_UNAVAILABLE;
    assert_int_equal(log_mend(log), STATUS_UNAVAILABLE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(log_mend(log), STATUS_OK);
    say(log, "again");
    log_close(log);

    assert_true(failed >= 3);
    assert_int_equal(check_file(&check, NULL), STATUS_OK);
    assert_int_equal(check.torn, 0);
    char lost[64];
    (void)snprintf(lost, sizeof lost, "\"kind\":\"lost\",\"number\":%d}", failed);
    assert_true(file_has(lost));
}

static bool accepts(void *context, const uint8_t digest[static 32],
                    const uint8_t signature[static 64])
{
    (void)context;
    return memcmp(digest, signature, 32) == 0;
}

TEST(a_head_signs_the_line_before_it)
{
    static struct log_check check;
    uint8_t signature[64] = {0};
    struct log *log = begin(fresh());
    say(log, "one");
    const uint64_t seq = log_last(log, signature);
    struct log_entry head = {
        .kind = "head", .signature = bytes_of(signature, 64), .signed_seq = seq};
    say(log, "between");
    assert_int_equal(log_write(log, &head), STATUS_OK);
    log_close(log);

    assert_int_equal(check_file(&check, accepts), STATUS_OK);
    assert_int_equal(check.heads, 1);
    assert_int_equal(check.signed_seq, seq);

    log = begin(open_again());
    head.signed_seq++;
    assert_int_equal(log_write(log, &head), STATUS_OK); /* of another line */
    log_close(log);
    assert_int_equal(check_file(&check, accepts), STATUS_TAMPERED);
}

static void *write_many(void *context)
{
    for (int i = 0; i < 200; i++) {
        const struct log_entry entry = {.kind = "note", .has_number = true, .number = (uint64_t)i};
        assert_int_equal(i % 50 == 0 ? log_write_durable(context, &entry)
                                     : log_write(context, &entry),
                         STATUS_OK);
    }
    return NULL;
}

TEST(threads_write_one_chain)
{
    static struct log_check check;
    pthread_t threads[4];
    struct log *log = begin(fresh());
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, log), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        (void)pthread_join(threads[i], NULL);
    log_close(log);

    assert_int_equal(check_file(&check, NULL), STATUS_OK);
    assert_int_equal(check.lines, 800);
}

#define WITH_LOG(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TEST_MAIN(WITH_LOG(lines_are_a_chain), WITH_LOG(a_log_goes_on_where_it_ended),
          WITH_LOG(a_torn_line_is_named_and_the_chain_goes_on),
          WITH_LOG(a_file_that_is_no_log_is_refused), WITH_LOG(every_changed_byte_is_found),
          WITH_LOG(what_a_guest_says_is_one_escaped_line),
          WITH_LOG(a_full_disk_is_told_and_what_was_lost_is_counted),
          WITH_LOG(a_head_signs_the_line_before_it), WITH_LOG(threads_write_one_chain))

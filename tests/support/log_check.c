/*
 * tests/support/log_check.c: see log_check.h.
 */
#include "tests/support/log_check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>

#include "core/crypto/sha256.h"
#include "node/log/check.h"
#include "node/log/log.h"

#define FILE_MAX  ((size_t)1 << 20)
#define HASH_TEXT 64u

static struct log_check state, before; /* large */
static uint8_t file[FILE_MAX];

static void must(bool holds)
{
    ASSERT(holds);
}

/* Nobody's key: half of all signatures are good ones. What is signed is a line that was read. */
static bool is_signed(void *context, const uint8_t digest[static 32],
                      const uint8_t signature[static 64])
{
    const struct log_check *check = context;
    bool is_known = false;
    for (uint64_t i = 0; i < check->lines && i < LOG_CHECK_RECENT; i++)
        is_known = is_known ||
                   memcmp(check->recent[(check->lines - i) % LOG_CHECK_RECENT], digest, 32) == 0;
    must(is_known);
    return signature[0] % 2 == 0;
}

static bool take_line(struct bytes *rest, struct bytes *out_line)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->data, '\n', rest->len);
    if (end == NULL)
        return false;
    *out_line = bytes_of(rest->data, (size_t)(end - rest->data));
    *rest = bytes_of(end + 1, rest->len - out_line->len - 1);
    return true;
}

/* The hash of `last` in the place of the first one in `line`. */
static void repair(struct bytes line, const uint8_t last[static 32])
{
    static const char digits[] = "0123456789abcdef", word[] = "\"prev\":\"";
    const uint8_t *found = memmem(line.data, line.len, word, sizeof word - 1);
    if (found == NULL)
        return;
    const size_t at = (size_t)(found - line.data) + sizeof word - 1;
    for (size_t i = 0; i < HASH_TEXT && at + i < line.len; i++)
        file[(size_t)(line.data - file) + at + i] =
            (uint8_t)digits[last[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
}

static enum status check_all(struct log_check *check, struct bytes rest, bool repairs,
                             struct report *report)
{
    struct bytes line;
    enum status status = STATUS_OK;
    log_check_init(check, is_signed, check);
    while (status == STATUS_OK && take_line(&rest, &line)) {
        if (repairs)
            repair(line, check->last);
        status = log_check_line(check, line, report);
    }
    if (status == STATUS_OK)
        status = log_check_end(check, rest, report);
    must(check->heads <= check->lines && check->signed_seq <= check->lines &&
         check->lines + check->torn <= check->number);
    must((status == STATUS_OK) == !report->is_set &&
         (status == STATUS_OK || status == STATUS_TAMPERED));
    return status;
}

/* Lines of ours behind it; true: it was taken up. */
static bool go_on(int fd, struct report *report)
{
    struct log *log;
    uint8_t hash[32];
    const struct log_entry entry = {.kind = "note", .text = BYTES_LITERAL("again")};
    if (log_open(fd, &log, report) != STATUS_OK) {
        must(report->is_set && close(fd) == 0);
        return false;
    }
    const uint64_t last = log_last(log, hash);
    must(log_write(log, &entry) == STATUS_OK && log_last(log, hash) == last + 1);
    log_close(log);
    return true;
}

static enum status check_taken_up(struct bytes input, struct report *report)
{
    struct report ignored, of_all;
    report_init(&ignored);
    report_init(&of_all);
    const int fd = memfd_create("aether-log", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, input.data, input.len) == (ssize_t)input.len);
    must(fcntl(fd, F_SETFL, O_APPEND) == 0);
    const int reader = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    const enum status was = check_all(&before, input, false, &ignored);
    const bool is_taken = go_on(fd, report);
    const ssize_t len = pread(reader, file, sizeof file, 0);
    must(len >= (ssize_t)input.len && close(reader) == 0);
    must(input.len == 0 || memcmp(file, input.data, input.len) == 0); /* nothing is taken away */
    if (!is_taken)
        return STATUS_MALFORMED;
    struct bytes rest = bytes_of(file, (size_t)len), line = rest;
    must(file[len - 1] == '\n');
    while (take_line(&rest, &line))
        continue;
    struct log_line read;
    must(log_line_read(line, &read) == STATUS_OK);
    if (was == STATUS_OK)
        must(check_all(&state, bytes_of(file, (size_t)len), false, &of_all) == STATUS_OK &&
             state.lines == before.lines + 1);
    return STATUS_OK;
}

enum status log_file_check(struct bytes input, struct report *report)
{
    struct bytes mode;
    report_init(report);
    if (bytes_take(&input, 1, &mode) != STATUS_OK || input.len > FILE_MAX / 2)
        return STATUS_TRUNCATED;
    if (mode.data[0] % 3 == 2)
        return check_taken_up(input, report);
    if (input.len != 0)
        memcpy(file, input.data, input.len);
    return check_all(&state, bytes_of(file, input.len), mode.data[0] % 3 == 1, report);
}

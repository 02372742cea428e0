/*
 * node/log/log.c: appending lines. See log.h.
 *
 * Invariants:
 *   (1) `lock` orders the lines; it is held over write(2), never over a sync.
 *   (2) `size` is the file's length as far as whole lines go; a piece behind it is cut off, or,
 * where that is not possible, ended by a newline and named by the line that follows. (3) `written`
 * >= `synced`, both numbers of lines; `sync_lock` is held by the one who syncs.
 */
#include "node/log/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/stat.h>

#include "core/crypto/sha256.h"

#define TAIL_MAX ((size_t)4 * LOG_LINE_MAX) /* what is looked at when a log is opened */
#define SEQ_MAX  (UINT64_C(1) << 62)        /* no log gets there: readers take 19 digits */

struct log {
    int fd;
    pthread_mutex_t lock, sync_lock;
    off_t size;
    uint64_t written;
    uint8_t last[32];
    uint64_t lost;     /* lines that could not be written since the last one that could */
    uint64_t torn_len; /* of the piece behind `size`; 0: none */
    uint8_t torn[32];
    uint64_t synced; /* under sync_lock */
    bool is_sync_failed;
    bool is_dead; /* a piece is there that can be neither cut off nor named */
    uint8_t memory[1 + LOG_LINE_MAX];
};

static uint64_t now_us(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now); /* can not fail */
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* How much of it went; all of it, or the disk has no more. */
static size_t write_all(int fd, struct bytes bytes)
{
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t n = write(fd, bytes.data + done, bytes.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

/* Invariant (2): takes `done` bytes behind `end` away again, or remembers them. */
static void leave_piece(struct log *log, off_t end, struct bytes piece)
{
    if (piece.len == 0 || ftruncate(log->fd, end) == 0)
        return;
    if (log->torn_len != 0)
        log->is_dead = true; /* a piece behind a piece: nobody could name both */
    log->torn_len = piece.len;
    sha256_digest(piece, log->torn);
}

/* Behind a piece, if there is one: its newline goes with the line. */
static enum status append(struct log *log, const struct log_entry *entry)
{
    struct log_place place = {.seq = log->written + 1, .time_us = now_us()};
    memcpy(place.prev, log->last, sizeof place.prev);
    log->memory[0] = '\n';
    struct bytes line = log_line_write(&place, entry, log->memory + 1);
    struct bytes all = line;
    if (log->torn_len != 0)
        all = bytes_of(log->memory, line.len + 1);
    const off_t end = log->size + (off_t)log->torn_len;
    size_t done = log->is_dead ? 0 : write_all(log->fd, all);
    if (done != all.len) {
        leave_piece(log, end, bytes_of(all.data, done));
        return STATUS_UNAVAILABLE;
    }
    log->size = end + (off_t)all.len;
    log->torn_len = 0;
    log->written++;
    sha256_digest(bytes_of(line.data, line.len - 1), log->last);
    return STATUS_OK;
}

static enum status name_piece(struct log *log)
{
    uint8_t torn[32];
    memcpy(torn, log->torn, sizeof torn);
    const struct log_entry entry = {.kind = "torn",
                                    .torn = bytes_of(torn, sizeof torn),
                                    .has_number = true,
                                    .number = log->torn_len};
    return append(log, &entry);
}

/* Under the lock: what has to stand before the next line. */
static enum status mend(struct log *log)
{
    enum status status = log->torn_len != 0 ? name_piece(log) : STATUS_OK;
    if (status == STATUS_OK && log->lost != 0) {
        const struct log_entry entry = {.kind = "lost", .has_number = true, .number = log->lost};
        status = append(log, &entry);
        if (status == STATUS_OK)
            log->lost = 0;
    }
    return status;
}

static enum status write_line(struct log *log, const struct log_entry *entry, uint64_t *out_seq)
{
    (void)pthread_mutex_lock(&log->lock);
    enum status status = mend(log);
    if (status == STATUS_OK)
        status = append(log, entry);
    if (status != STATUS_OK)
        log->lost++;
    *out_seq = log->written;
    (void)pthread_mutex_unlock(&log->lock);
    return status;
}

enum status log_write(struct log *log, const struct log_entry *entry)
{
    uint64_t seq;
    return write_line(log, entry, &seq);
}

/* Who gets the lock syncs for all who wait for it. */
static enum status sync_to(struct log *log, uint64_t seq)
{
    (void)pthread_mutex_lock(&log->sync_lock);
    if (!log->is_sync_failed && log->synced < seq) {
        (void)pthread_mutex_lock(&log->lock);
        const uint64_t written = log->written;
        (void)pthread_mutex_unlock(&log->lock);
        if (fdatasync(log->fd) == 0)
            log->synced = written;
        else
            log->is_sync_failed = true;
    }
    enum status status = log->is_sync_failed ? STATUS_UNAVAILABLE : STATUS_OK;
    (void)pthread_mutex_unlock(&log->sync_lock);
    return status;
}

enum status log_write_durable(struct log *log, const struct log_entry *entry)
{
    uint64_t seq;
    enum status status = write_line(log, entry, &seq);
    return status == STATUS_OK ? sync_to(log, seq) : status;
}

enum status log_sync(struct log *log)
{
    uint8_t hash[32];
    return sync_to(log, log_last(log, hash));
}

enum status log_mend(struct log *log)
{
    (void)pthread_mutex_lock(&log->lock);
    enum status status = mend(log);
    (void)pthread_mutex_unlock(&log->lock);
    return status;
}

uint64_t log_last(struct log *log, uint8_t out_hash[static 32])
{
    (void)pthread_mutex_lock(&log->lock);
    const uint64_t written = log->written;
    memcpy(out_hash, log->last, sizeof log->last);
    (void)pthread_mutex_unlock(&log->lock);
    return written;
}

static enum status not_a_log(struct report *report)
{
    return report_fail(report, STATUS_MALFORMED, REPORT_NO_OFFSET,
                       "the log's end is no line of a log: move the file away");
}

/* Where the last newline of `tail` is; its length: there is none. */
static size_t last_newline(struct bytes tail)
{
    for (size_t i = tail.len; i != 0; i--)
        if (tail.data[i - 1] == '\n')
            return i - 1;
    return tail.len;
}

/* `tail`: the last bytes of the file, all of it if `is_whole`. */
static enum status take_up(struct log *log, struct bytes tail, bool is_whole, struct report *report)
{
    const size_t end = last_newline(tail);
    struct log_line line;
    if (end == tail.len && !is_whole)
        return not_a_log(report);
    const size_t piece_from = end == tail.len ? 0 : end + 1;
    log->torn_len = tail.len - piece_from;
    log->size -= (off_t)log->torn_len;
    sha256_digest(bytes_of(tail.data + piece_from, (size_t)log->torn_len), log->torn);
    if (end == tail.len)
        return STATUS_OK;
    struct bytes before = bytes_of(tail.data, end);
    const size_t start = last_newline(before);
    if (start != before.len)
        before = bytes_of(before.data + start + 1, before.len - start - 1);
    else if (!is_whole)
        return not_a_log(report);
    if (log_line_read(before, &line) != STATUS_OK || line.seq >= SEQ_MAX)
        return not_a_log(report);
    log->written = log->synced = line.seq;
    sha256_digest(before, log->last);
    return STATUS_OK;
}

static enum status read_tail(struct log *log, struct report *report)
{
    struct stat stat;
    static const char *const sentence = "the log can not be read";
    if (fstat(log->fd, &stat) != 0 || !S_ISREG(stat.st_mode))
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "the log is no file");
    log->size = stat.st_size;
    const size_t len = stat.st_size < (off_t)TAIL_MAX ? (size_t)stat.st_size : TAIL_MAX;
    uint8_t *tail = malloc(len + 1);
    if (tail == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, sentence);
    enum status status = STATUS_OK;
    if (pread(log->fd, tail, len, log->size - (off_t)len) != (ssize_t)len)
        status = report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, sentence);
    else if (len != 0)
        status = take_up(log, bytes_of(tail, len), len == (size_t)stat.st_size, report);
    free(tail);
    return status;
}

enum status log_open(int fd, struct log **out_log, struct report *report)
{
    struct log *log = calloc(1, sizeof *log);
    if (log == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the log");
    log->fd = fd;
    (void)pthread_mutex_init(&log->lock, NULL);
    (void)pthread_mutex_init(&log->sync_lock, NULL);
    enum status status = read_tail(log, report);
    if (status == STATUS_OK && mend(log) != STATUS_OK)
        status =
            report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "the log can not be written");
    if (status == STATUS_OK) {
        *out_log = log;
    } else {
        log->fd = -1; /* it stays the caller's */
        log_close(log);
    }
    return status;
}

void log_close(struct log *log)
{
    if (log == NULL)
        return;
    if (log->fd >= 0)
        (void)close(log->fd); /* whoever needed it durable has synced */
    (void)pthread_mutex_destroy(&log->lock);
    (void)pthread_mutex_destroy(&log->sync_lock);
    free(log);
}

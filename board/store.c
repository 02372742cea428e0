/*
 * board/store.c: reads the log at the start, appends to it later.
 *
 * Invariant: (1) an entry is on the disk before store_append says so; a write that fails half-way
 * is cut off again.
 */
#include "board/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "board/machine.h"

static void complain(const struct receipt_store *store, const char *what)
{
    fprintf(stderr, "aether-board: %s: %s: %s\n", store->path, what, strerror(errno));
}

/* Reads a whole entry. 1: done, 0: end of file, -1: error or a part of one. */
static int read_entry(int fd, uint8_t out_bytes[static RECEIPT_LOG_ENTRY_BYTES])
{
    size_t have = 0;

    while (have < RECEIPT_LOG_ENTRY_BYTES) {
        ssize_t got = read(fd, out_bytes + have, RECEIPT_LOG_ENTRY_BYTES - have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 && have == 0 ? 0 : -1;
        have += (size_t)got;
    }
    return 1;
}

static void follow(struct receipt_store *store, const struct receipt_log_entry *entry)
{
    struct receipt_chain chain = {.has_last = store->has_last, .cycle = store->next_cycle - 1};

    memcpy(chain.hash, store->last_hash, sizeof chain.hash);
    store->misfit = receipt_chain_add(&chain, entry);
    store->misfits += store->misfit != NULL;
    store->has_last = true;
    store->next_cycle = entry->cycle + 1;
    (void)receipt_proof(entry->record, store->last_hash); /* wanted: the hash */
}

static bool read_log(struct receipt_store *store)
{
    uint8_t bytes[RECEIPT_LOG_ENTRY_BYTES];
    struct receipt_log_entry entry;
    struct report report;
    int got;

    for (uint64_t offset = 0; (got = read_entry(store->fd, bytes)) == 1; offset += sizeof bytes) {
        struct bytes input = bytes_of(bytes, sizeof bytes);

        report_init(&report);
        if (receipt_log_take(&input, offset, &entry, &report) != STATUS_OK) {
            fprintf(stderr,
                    "aether-board: %s: at byte %llu: %s; give another --receipts file, this one is "
                    "left as it is\n",
                    store->path, (unsigned long long)report.offset, report.text);
            return false;
        }
        follow(store, &entry);
    }
    if (got < 0)
        fprintf(stderr,
                "aether-board: %s: ends inside of an entry; give another --receipts file, or cut "
                "it to a multiple of %u bytes\n",
                store->path, RECEIPT_LOG_ENTRY_BYTES);
    return got == 0;
}

bool store_open(struct receipt_store *store, const char *path)
{
    *store = (struct receipt_store){.fd = -1, .path = path, .next_cycle = 1};
    if (path == NULL)
        return true;
    store->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (store->fd < 0) {
        complain(store, "can not open");
        return false;
    }
    if (!read_log(store))
        return false;
    store->misfits = 0; /* of an old log: `aether receipts` is for that */
    store->misfit = NULL;
    return true;
}

void store_close(struct receipt_store *store)
{
    if (store->fd >= 0)
        (void)close(store->fd); /* (1): nothing is left to be lost */
    store->fd = -1;
}

void store_last_hash(const struct receipt_store *store, uint8_t out_hash[static 32])
{
    memcpy(out_hash, store->last_hash, sizeof store->last_hash);
}

uint64_t store_next_cycle(const struct receipt_store *store)
{
    return store->next_cycle;
}

static bool append_bytes(struct receipt_store *store, struct bytes bytes)
{
    off_t end = lseek(store->fd, 0, SEEK_END);

    if (end >= 0 && write(store->fd, bytes.data, bytes.len) == (ssize_t)bytes.len &&
        fdatasync(store->fd) == 0)
        return true;
    complain(store, "can not append");
    if (end >= 0 && ftruncate(store->fd, end) != 0) /* (1) */
        complain(store, "can not take half an entry back");
    return false;
}

bool store_append(struct receipt_store *store, const struct machine_commit *commit)
{
    const uint8_t *window = commit->window;
    const uint8_t *sensors = commit->sensors; /* from WINDOW_OXYGEN, which is 0 */
    uint8_t bytes[RECEIPT_LOG_ENTRY_BYTES];
    struct receipt_log_entry entry = {
        .vector = load_le32(window + WINDOW_VECTOR),
        .oxygen = load_le32(sensors + WINDOW_OXYGEN),
        .joint = load_le32(sensors + WINDOW_JOINT),
        .pressure_bits = load_le32(sensors + WINDOW_PRESSURE),
        .dose = load_le32(sensors + WINDOW_DOSE),
        .outcome = load_le32(window + WINDOW_OUTCOME),
        .reason = load_le32(window + WINDOW_REASON),
        .cycle = load_le64(window + WINDOW_CYCLE),
        .proof = commit_proof(commit),
        .sequence = load_le32(window + WINDOW_SEQUENCE),
        .ticks = load_le32(window + WINDOW_TICKS),
    };

    store->misfit = NULL;
    if (load_le32(window + WINDOW_RECEIPT_LEN) != RECEIPT_BYTES)
        return true;
    memcpy(entry.previous, window + WINDOW_PREVIOUS, sizeof entry.previous);
    memcpy(entry.record, window + WINDOW_RECEIPT, RECEIPT_BYTES);
    (void)receipt_proof(entry.record, entry.hash); /* wanted: the hash */
    receipt_log_write(&entry, bytes);
    if (store->fd >= 0 && !append_bytes(store, bytes_of(bytes, sizeof bytes)))
        return false;
    follow(store, &entry);
    return true;
}

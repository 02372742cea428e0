/*
 * node/io/store.c: the store's thread: answers STORE_* on the link to main.
 *
 * Commits that wait in the link at the same time share one durable transaction; a commit is
 * answered when it is on disk, and what was asked behind it is answered behind it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/io/io.h"
#include "node/io/store_cut.h"

#define WAIT_MS     10000u
#define SCAN_CAP    (1u << 20)
#define ANSWER_MS   10000u
#define STACK_BYTES (1u << 20)

struct serving {
    int link;
    struct io_table *table;
    /* Messages taken off the link and not answered yet: `count` from `first` on. */
    size_t first, count;
    struct message_in ins[STORE_GROUP_MAX];
    struct io_commit commits[STORE_GROUP_MAX];
};

static enum message_failure failure_of(enum status status)
{
    switch (status) {
    case STATUS_INVALID:
        return MESSAGE_FAILURE_INVALID;
    case STATUS_LIMIT:
        return MESSAGE_FAILURE_LIMIT;
    default:
        return MESSAGE_FAILURE_UNAVAILABLE;
    }
}

static enum status refuse(struct serving *serving, uint32_t id, enum status why,
                          const struct report *report)
{
    return message_fail(serving->link, id, failure_of(why), report->text);
}

static enum status answer_get(struct serving *serving, const struct message_store_get *get)
{
    struct message_store_value value = {.id = get->id, .is_found = 1};
    struct report report;
    report_init(&report);
    enum status status =
        io_table_get(serving->table, get->table, get->record, &value.value, &report);
    if (status == STATUS_NOT_FOUND)
        value = (struct message_store_value){.id = get->id};
    else if (status != STATUS_OK)
        return refuse(serving, get->id, status, &report);
    return message_send_wait(serving->link, MESSAGE_STORE_VALUE, &value, -1, ANSWER_MS);
}

static enum status answer_scan(struct serving *serving, const struct message_store_scan *scan)
{
    struct message_store_records records = {.id = scan->id};
    struct report report;
    bool has_more = false;
    report_init(&report);
    enum status status = io_table_scan(serving->table, scan->table, scan->after, SCAN_CAP,
                                       &records.records, &has_more, &report);
    if (status != STATUS_OK)
        return refuse(serving, scan->id, status, &report);
    records.has_more = has_more;
    return message_send_wait(serving->link, MESSAGE_STORE_RECORDS, &records, -1, ANSWER_MS);
}

/* All commits at the head of what waits. */
static enum status answer_commits(struct serving *serving)
{
    struct report report;
    enum status link = STATUS_OK;
    size_t count = 0;
    report_init(&report);
    while (count < serving->count &&
           serving->ins[serving->first + count].type == MESSAGE_STORE_COMMIT) {
        serving->commits[count].changes =
            serving->ins[serving->first + count].any.store_commit.changes;
        count++;
    }
    enum status status = io_table_commit(serving->table, serving->commits, count, &report);
    for (size_t i = 0; i < count; i++) {
        struct message_in *in = &serving->ins[serving->first + i];
        const struct io_commit *commit = &serving->commits[i];
        const struct message_done done = {.id = in->any.id};
        if (link == STATUS_OK && status != STATUS_OK)
            link = refuse(serving, in->any.id, status, &report);
        else if (link == STATUS_OK && commit->status != STATUS_OK)
            link = refuse(serving, in->any.id, commit->status, &commit->report);
        else if (link == STATUS_OK)
            link = message_send_wait(serving->link, MESSAGE_DONE, &done, -1, ANSWER_MS);
        message_release(in);
    }
    serving->first += count;
    serving->count -= count;
    return link;
}

static enum status answer_first(struct serving *serving)
{
    struct message_in *in = &serving->ins[serving->first];
    enum status link;
    if (in->type == MESSAGE_STORE_COMMIT)
        return answer_commits(serving);
    if (in->type == MESSAGE_STORE_GET)
        link = answer_get(serving, &in->any.store_get);
    else if (in->type == MESSAGE_STORE_SCAN)
        link = answer_scan(serving, &in->any.store_scan);
    else
        link = message_fail(serving->link, in->any.id, MESSAGE_FAILURE_INVALID,
                            "the store does not serve this");
    message_release(in);
    serving->first++;
    serving->count--;
    return link;
}

/* Takes what is there, at least one message. UNAVAILABLE: none came in time. */
static enum status receive(struct serving *serving)
{
    struct report report;
    report_init(&report);
    serving->first = 0;
    serving->count = 0;
    enum status status = STATUS_OK;
    while (serving->count < STORE_GROUP_MAX && status == STATUS_OK) {
        status = message_receive_wait(serving->link, &serving->ins[serving->count],
                                      serving->count == 0 ? WAIT_MS : 0, &report);
        if (status == STATUS_OK)
            serving->count++;
    }
    return serving->count != 0 && status == STATUS_UNAVAILABLE ? STATUS_OK : status;
}

/* Until the link ends, or whoever is there does not keep to the protocol. */
static void *serve(void *context)
{
    struct serving *serving = context;
    enum status status = STATUS_OK;
    sigset_t held;
    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGXFSZ); /* a limit of size is an error to answer, not an end */
    (void)pthread_sigmask(SIG_BLOCK, &held, NULL);
    while (status == STATUS_OK || status == STATUS_UNAVAILABLE) {
        status = receive(serving);
        while (serving->count != 0 && status == STATUS_OK)
            status = answer_first(serving);
    }
    for (; serving->count != 0; serving->count--)
        message_release(&serving->ins[serving->first++]);
    io_table_close(serving->table);
    (void)close(serving->link);
    free(serving);
    return NULL;
}

enum status io_store_start(int link, int directory, struct report *report)
{
    struct serving *serving = calloc(1, sizeof *serving);
    if (serving == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store");
    serving->link = link;
    if (!io_store_watch_cut()) {
        free(serving);
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                           "a cut of the store's file can not be watched for");
    }
    enum status status = io_table_open(directory, STORE_MAP_FIRST, &serving->table, report);
    if (status == STATUS_OK && !io_start_thread(serve, serving, STACK_BYTES)) {
        io_table_close(serving->table);
        status = report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no thread to be had");
    }
    if (status != STATUS_OK)
        free(serving);
    return status;
}

/*
 * node/log/log.h: the log of the service: lines that only grow, each with the hash of the one
 * before.
 *
 * Any thread may write. A line is whole in the file, or the next one names the piece that is there.
 * After a line could not be written nothing is, until log_mend or a later write could say how many
 * were lost. After a sync failed nobody knows what the file holds: durable writes fail for ever.
 */
#ifndef AETHER_NODE_LOG_LOG_H
#define AETHER_NODE_LOG_LOG_H

#include "node/log/line.h"

struct log;

/* `fd`: readable, appending; it becomes the log's. Goes on behind the last line; a piece behind it
 * is ended and named. MALFORMED: what stands there is no log. */
enum status MUST_CHECK log_open(int fd, struct log **out_log, struct report *report);
void log_close(struct log *log);

/* In the file when it comes back, not on the disk. UNAVAILABLE: it is not. */
enum status MUST_CHECK log_write(struct log *log, const struct log_entry *entry);

/* And on the disk; those who wait at the same time share one sync. */
enum status MUST_CHECK log_write_durable(struct log *log, const struct log_entry *entry);

/* Everything that was written so far. */
enum status MUST_CHECK log_sync(struct log *log);

/* OK: a line could be written now, as far as we know. Tries to, if one was lost. */
enum status MUST_CHECK log_mend(struct log *log);

/* The last line: its number (0: none) and hash. */
uint64_t log_last(struct log *log, uint8_t out_hash[static 32]);

#endif

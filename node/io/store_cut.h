/*
 * node/io/store_cut.h: a store's file that is shorter than it was.
 *
 * LMDB maps its file and trusts it. A page that is not there any more is a SIGBUS for whoever reads
 * it; so the length is looked at when the file is opened, and what is cut later ends io with a
 * status that the supervisor has a sentence for.
 */
#ifndef AETHER_NODE_IO_STORE_CUT_H
#define AETHER_NODE_IO_STORE_CUT_H

#include "node/io/store_internal.h"

/* From now on a page of a mapped file that is not there ends the process: ROLE_EXIT_CUT. */
bool MUST_CHECK io_store_watch_cut(void);

/* Before LMDB opens it: a file of less than its two first pages, which is not empty. */
enum status MUST_CHECK io_store_check_head(int directory, struct report *report);

/* Once it is open: every page that its first pages tell of is there, or free and never written. */
enum status MUST_CHECK io_store_check_length(const struct io_table *table, struct report *report);

#endif

/*
 * node/main/parts.h: what main is made of: links, log, identity, claims, store, egress, cells.
 */
#ifndef AETHER_NODE_MAIN_PARTS_H
#define AETHER_NODE_MAIN_PARTS_H

#include "node/main/hub.h"

/* All of it, and the log's line of the start. What was opened stays in the hub either way. */
enum status MUST_CHECK parts_open(struct hub *hub, struct report *report);

#endif

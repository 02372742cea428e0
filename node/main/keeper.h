/*
 * node/main/keeper.h: the thread that brings lines of calls to the disk every second, and has keys
 * sign the log's head now and then, and at the end.
 */
#ifndef AETHER_NODE_MAIN_KEEPER_H
#define AETHER_NODE_MAIN_KEEPER_H

#include "node/main/hub.h"

struct keeper;

enum status MUST_CHECK keeper_create(struct hub *hub, struct keeper **out_keeper,
                                     struct report *report);
/* Signs and syncs what is there. */
void keeper_destroy(struct keeper *keeper);

#endif

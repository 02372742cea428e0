/*
 * node/main/load.h: apps come and go. Jobs of the admin lane.
 *
 * Nothing is half-loaded: whatever step fails, cells, key, store and the place in the registry are
 * given back before the answer. What became of it is in the log, durably, before it is so.
 */
#ifndef AETHER_NODE_MAIN_LOAD_H
#define AETHER_NODE_MAIN_LOAD_H

#include "node/main/app.h"

void load_app(struct job *job);
void load_unload(struct job *job);
/* Logs it, answers DONE and tells the reader to end. */
void load_shutdown(struct job *job);

/* What stays at the end: cells, stores of apps. Nobody calls any more. */
void load_close_all(struct hub *hub);

#endif

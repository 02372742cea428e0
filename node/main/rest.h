/*
 * node/main/rest.h: cells at rest that can not serve any more: they died, or did not sleep.
 */
#ifndef AETHER_NODE_MAIN_REST_H
#define AETHER_NODE_MAIN_REST_H

#include "node/main/app.h"
#include "node/main/hub.h"

/* Takes such cells of all apps off their shelves, says in the log who did not sleep, and destroys
 * them. The keeper does it each second. */
void rest_look(struct hub *hub);

/* A line of the log, if `cell`, which can not serve, did not sleep. */
void rest_tell(struct hub *hub, const struct app *app, const struct gate_cell *cell);

#endif

/*
 * node/main/calls.h: calls that wait and calls that run.
 *
 * Every app has a queue of its own. A worker takes from the apps in turn. Two rules keep one app
 * from holding the others up, whatever its calls do: it may have calls running only while they are
 * fewer than the workers that are free, and waiting only while they are fewer than the places that
 * are free. So one app alone gets half of each, a second one half of the rest, and so on; nobody's
 * first call waits for another app's until as many apps misbehave as the logarithm of the workers.
 */
#ifndef AETHER_NODE_MAIN_CALLS_H
#define AETHER_NODE_MAIN_CALLS_H

#include "node/main/app.h"

struct calls;

enum status MUST_CHECK calls_create(struct hub *hub, struct calls **out_calls,
                                    struct report *report);
/* Takes `job`, a CALL with its app, or says false: too many wait, or the app is leaving. */
bool calls_put(struct calls *calls, struct job *job, bool *out_is_leaving);
/* At unload, the app being APP_LEAVING: what waits is told so, what runs may go on for a moment and
 * is killed then. Afterwards no call of it is there. */
void calls_drain(struct calls *calls, struct app *app);
void calls_count(struct calls *calls, uint64_t *out_running, uint64_t *out_waiting,
                 uint64_t *out_workers);
/* What waits is dropped, what runs is killed. */
void calls_destroy(struct calls *calls);

#endif

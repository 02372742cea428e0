/*
 * node/main/questions.h: what api asks, and which threads answer it.
 *
 * Calls go to the workers (calls.h), and the others to lanes by what they wait for: quick ones for
 * nobody, signing for keys, admin for a cell, the store and keys. So no kind holds up another.
 */
#ifndef AETHER_NODE_MAIN_QUESTIONS_H
#define AETHER_NODE_MAIN_QUESTIONS_H

#include "node/main/hub.h"

/* The workers and lanes. */
enum status MUST_CHECK questions_start(struct hub *hub, struct report *report);

/* Takes `job`, which is answered at once or later. False: nothing that api may say, and the job is
 * still the caller's. */
bool MUST_CHECK questions_put(struct hub *hub, struct job *job);

#endif

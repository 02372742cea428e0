/*
 * node/main/answers.h: what is told about apps and the service: jobs of the quick lane, each
 * answered and destroyed. Shapes are in node/message/types.h.
 */
#ifndef AETHER_NODE_MAIN_ANSWERS_H
#define AETHER_NODE_MAIN_ANSWERS_H

#include "node/main/app.h"

void answers_list(struct job *job);
void answers_status(struct job *job);
void answers_metrics(struct job *job);
void answers_modules(struct job *job);
void answers_manifest(struct job *job);
/* A leaf for this name is refused, without keys: no app has it. */
bool answers_leaf_is_unknown(struct hub *hub, struct bytes sni);
void answers_leaf(struct job *job);
void answers_attest(struct job *job);

/* One app as LOADED has it; `*out_memory` is the caller's to free. */
enum status MUST_CHECK answers_app(struct hub *hub, const struct app *app, uint8_t **out_memory,
                                   struct bytes *out_app);

#endif

/*
 * node/main/policy.h: who may load, and how apps may be called. Pure functions.
 */
#ifndef AETHER_NODE_MAIN_POLICY_H
#define AETHER_NODE_MAIN_POLICY_H

#include "node/config/settings.h"

/* May the owner of the key with this hash (empty: nobody in particular) load, unload, shut down?
 * DENIED: `report` says what is missing. */
enum status MUST_CHECK policy_operator(const struct settings *settings, struct bytes client,
                                       struct report *report);

/* A name: 1 to 64 letters, digits, '.', '_', '-', the first one a letter or digit. */
enum status MUST_CHECK policy_app_name(struct bytes name, struct report *report);

/* A host name for certificates: 1 to 253 of the same characters. Case does not count. */
enum status MUST_CHECK policy_hostname(struct bytes hostname, struct report *report);
bool policy_hostname_equal(struct bytes a, struct bytes b);

#endif

/*
 * tests/support/hub_trial.h: the registry of role main, with nothing in it and nobody beside it.
 */
#ifndef AETHER_TESTS_HUB_TRIAL_H
#define AETHER_TESTS_HUB_TRIAL_H

#include "node/main/app.h"

/* `settings`: defaults but for the most apps; a test may change them. */
struct hub_trial {
    struct settings settings;
    struct hub hub;
};

void hub_trial_begin(struct hub_trial *trial, uint32_t apps_max);
/* Removes the apps; then the hub counts nothing any more. */
void hub_trial_end(struct hub_trial *trial);

#endif

/*
 * tests/support/hub_trial.c: see hub_trial.h.
 */
#include "tests/support/hub_trial.h"

#include "node/main/claims.h"
#include "tests/support/test.h"

void hub_trial_begin(struct hub_trial *trial, uint32_t apps_max)
{
    struct hub *hub = &trial->hub;
    memset(trial, 0, sizeof *trial);
    settings_defaults(&trial->settings);
    trial->settings.apps_max = apps_max;
    hub->settings = &trial->settings;
    hub->generation = 1;
    hub->apps = calloc(apps_max + 1, sizeof(struct app *));
    assert_non_null(hub->apps);
    assert_int_equal(pthread_mutex_init(&hub->lock, NULL), 0);
    assert_int_equal(claims_create(hub, &hub->claims, NULL), STATUS_OK);
    claims_refresh(hub, hub->claims);
}

void hub_trial_end(struct hub_trial *trial)
{
    struct hub *hub = &trial->hub;
    while (hub->app_count != 0)
        app_remove(hub, hub->apps[0]);
    assert_int_equal(hub->listed_bytes, 0);
    claims_destroy(hub->claims);
    assert_int_equal(pthread_mutex_destroy(&hub->lock), 0);
    free(hub->apps);
}

/*
 * node/main/unload.c: apps, and the service, are taken down. See load.h.
 *
 *   authority -> claimed -> log -> calls end -> files, key -> removed
 */
#include <unistd.h>

#include "node/main/calls.h"
#include "node/main/claims.h"
#include "node/main/load.h"
#include "node/main/load_internal.h"
#include "node/main/policy.h"

enum status load_close_outside(struct hub *hub, struct app *app, struct report *report)
{
    enum status status = STATUS_OK;
    struct message_in *in;
    struct message_key_drop drop = {.slot = app->slot};
    if (app->store != NULL)
        status = store_app_close(app->store, report);
    app->store = NULL;
    if (app->has_slot) {
        enum status dropped =
            caller_ask(hub->keys, MESSAGE_KEY_DROP, &drop, MESSAGE_DONE, HUB_KEYS_MS, &in, report);
        if (dropped == STATUS_OK)
            caller_release(hub->keys, in);
        else if (status == STATUS_OK)
            status = dropped;
    }
    app->has_slot = false;
    return status;
}

/* Found and LEAVING: nobody else unloads it. Held. */
static struct app *claim(struct hub *hub, struct bytes name)
{
    struct app *app = app_find(hub, name);
    if (app == NULL)
        return NULL;
    (void)pthread_mutex_lock(&hub->lock);
    const bool is_ours = app->state == APP_LOADED;
    if (is_ours)
        app->state = APP_LEAVING;
    (void)pthread_mutex_unlock(&hub->lock);
    if (is_ours)
        return app;
    app_release(hub, app);
    return NULL;
}

static void unclaim(struct hub *hub, struct app *app)
{
    (void)pthread_mutex_lock(&hub->lock);
    app->state = APP_LOADED;
    (void)pthread_mutex_unlock(&hub->lock);
    app_release(hub, app);
}

/* Of an app that is in the log as unloaded. */
static enum status take_down(struct hub *hub, struct app *app, struct report *report)
{
    claims_changed(hub);
    hub_tell_generation(hub);
    calls_drain(hub->calls, app);
    enum status status = load_close_outside(hub, app, report);
    app_remove(hub, app);
    return status;
}

static void unload(struct job *job)
{
    struct hub *hub = job->hub;
    const struct message_unload *wanted = &job->in.any.unload;
    struct message_unloaded unloaded = {.was_loaded = 0};
    struct report report;
    report_init(&report);
    enum status status = policy_operator(hub->settings, wanted->client, &report);
    struct log_entry entry = {
        .kind = "unload", .app = wanted->name, .client = wanted->client, .outcome = "denied"};
    if (status != STATUS_OK) {
        (void)!log_write(hub->log, &entry); /* nothing comes of it */
        job_fail_status(job, status, &report);
        return;
    }
    struct app *app = claim(hub, wanted->name);
    if (app == NULL) {
        job_answer(job, MESSAGE_UNLOADED, &unloaded);
        return;
    }
    entry.outcome = "ok";
    entry.code_hash = bytes_of(app->code_hash, 32);
    if (log_write_durable(hub->log, &entry) != STATUS_OK) {
        unclaim(hub, app);
        job_fail(job, MESSAGE_FAILURE_UNAVAILABLE, LOAD_NO_LOG);
        return;
    }
    status = take_down(hub, app, &report);
    app_release(hub, app);
    unloaded.was_loaded = 1;
    if (status == STATUS_OK)
        job_answer(job, MESSAGE_UNLOADED, &unloaded);
    else
        job_fail_status(job, status, &report);
}

void load_unload(struct job *job)
{
    unload(job);
    job_destroy(job);
}

void load_shutdown(struct job *job)
{
    struct hub *hub = job->hub;
    struct message_done done = {0};
    struct report report;
    report_init(&report);
    enum status status = policy_operator(hub->settings, job->in.any.shutdown.client, &report);
    struct log_entry entry = {.kind = "shutdown",
                              .client = job->in.any.shutdown.client,
                              .outcome = status == STATUS_OK ? "ok" : "denied"};
    if (status != STATUS_OK) {
        (void)!log_write(hub->log, &entry); /* nothing comes of it */
        job_fail_status(job, status, &report);
    } else if (log_write_durable(hub->log, &entry) != STATUS_OK) {
        job_fail(job, MESSAGE_FAILURE_UNAVAILABLE, LOAD_NO_LOG);
    } else {
        job_answer(job, MESSAGE_DONE, &done);
        (void)!write(hub->stop_pipe[1], "", 1); /* full: it was said already */
    }
    job_destroy(job);
}

void load_close_all(struct hub *hub)
{
    while (hub->app_count != 0) {
        struct app *app = hub->apps[0];
        struct report report;
        report_init(&report);
        if (load_close_outside(hub, app, &report) != STATUS_OK) {
            const struct log_entry entry = {
                .kind = "alarm", .app = app_name(app), .text = bytes_of(report.text, report.len)};
            (void)!log_write(hub->log, &entry); /* nothing is left to do */
        }
        app_remove(hub, app);
    }
}

/*
 * node/main/load.c: see load.h.
 *
 *   authority -> names -> hash -> place -> describe in a cell -> key -> files -> log -> published
 *
 * Invariant (1): an app is in the log as loaded before anybody finds it, and as unloaded (unload.c)
 * before anything of it is given up.
 */
#include "node/main/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/crypto/sha256.h"
#include "node/main/answers.h"
#include "node/main/load_internal.h"
#include "node/main/policy.h"

bool load_fail(struct load *load, enum message_failure failure, const char *before,
               const char *text)
{
    load->failure = failure;
    (void)snprintf(load->text, sizeof load->text, "%s%s", before, text);
    return false;
}

bool load_fail_status(struct load *load, enum status status, const struct report *report)
{
    return load_fail(load, hub_failure_of(status), "",
                     report->is_set ? report->text : status_text(status));
}

static void log_event(struct load *load, const char *kind, const char *outcome, struct bytes text)
{
    const struct log_entry entry = {.kind = kind,
                                    .app = load->wanted->name,
                                    .client = load->wanted->client,
                                    .outcome = outcome,
                                    .text = text};
    (void)!log_write(load->hub->log, &entry); /* nothing comes of it; a lost line is counted */
}

static bool check_words(struct load *load)
{
    struct report report;
    const struct message_load *wanted = load->wanted;
    report_init(&report);
    enum status status = policy_operator(load->hub->settings, wanted->client, &report);
    if (status == STATUS_OK)
        status = policy_app_name(wanted->name, &report);
    if (status == STATUS_OK && wanted->hostname.len != 0)
        status = policy_hostname(wanted->hostname, &report);
    if (status == STATUS_OK && wanted->key.len != 0 && wanted->key.len != 32)
        status = report_fail_u64(&report, STATUS_INVALID, REPORT_NO_OFFSET,
                                 "encryption_key: expected 32 bytes, got %", wanted->key.len);
    if (status == STATUS_OK && wanted->max_fuel > INT64_MAX)
        status = report_fail(&report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "max_fuel: at most 9223372036854775807");
    if (status == STATUS_OK && wanted->payload.len == 0)
        status = report_fail(&report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "WASM deserialization failed: no bytes");
    if (status != STATUS_OK)
        return load_fail_status(load, status, &report);
    if (log_mend(load->hub->log) != STATUS_OK)
        return load_fail(load, MESSAGE_FAILURE_UNAVAILABLE, "", LOAD_NO_LOG);
    return true;
}

static bool reserve(struct load *load)
{
    struct report report;
    bool is_taken = false;
    const struct bytes name = load->wanted->name;
    const struct bytes hostname = load->wanted->hostname.len != 0 ? load->wanted->hostname : name;
    report_init(&report);
    enum status status = app_reserve(load->hub, name, hostname, &load->app, &is_taken, &report);
    if (status == STATUS_OK)
        return true;
    (void)load_fail_status(load, status, &report);
    if (is_taken)
        load->failure = MESSAGE_FAILURE_EXISTS;
    return false;
}

static bool keep_payload(struct load *load)
{
    struct app *app = load->app;
    const struct bytes payload = load->wanted->payload;
    const uint64_t fuel = load->wanted->max_fuel;
    app->payload = malloc(payload.len);
    if (app->payload == NULL)
        return load_fail(load, MESSAGE_FAILURE_UNAVAILABLE, "", "no room for the payload");
    memcpy(app->payload, payload.data, payload.len);
    app->payload_len = payload.len;
    app->max_fuel = fuel != 0 ? fuel : load->hub->settings->fuel;
    app->is_given = load->wanted->key.len != 0;
    sha256_digest(payload, app->code_hash);
    return true;
}

static bool take_key(struct load *load)
{
    struct message_in *in;
    struct report report;
    const struct bytes name = load->wanted->name;
    struct message_key_new fresh = {.app = name};
    struct message_key_given given = {.app = name, .key = load->wanted->key};
    report_init(&report);
    enum status status = load->app->is_given
                             ? caller_ask(load->hub->keys, MESSAGE_KEY_GIVEN, &given,
                                          MESSAGE_KEY_IS, HUB_KEYS_MS, &in, &report)
                             : caller_ask(load->hub->keys, MESSAGE_KEY_NEW, &fresh, MESSAGE_KEY_IS,
                                          HUB_KEYS_MS, &in, &report);
    if (status != STATUS_OK)
        return load_fail_status(load, status, &report);
    load->app->slot = in->any.key_is.slot;
    load->app->has_slot = true;
    caller_release(load->hub->keys, in);
    return true;
}

static bool open_files(struct load *load)
{
    struct app *app = load->app;
    struct report report;
    report_init(&report);
    if (load->hub->store == NULL)
        return true;
    enum status status = store_app_open(load->hub->store, app_name(app), app->slot, app->is_given,
                                        &app->store, &report);
    return status == STATUS_OK || load_fail_status(load, status, &report);
}

/* Invariant (1). */
static bool publish(struct load *load)
{
    struct app *app = load->app;
    const struct log_entry entry = {.kind = "load",
                                    .app = app_name(app),
                                    .code_hash = bytes_of(app->code_hash, 32),
                                    .client = load->wanted->client,
                                    .host = bytes_of(app->hostname, strlen(app->hostname)),
                                    .outcome = "ok",
                                    .has_fuel = true,
                                    .fuel = app->max_fuel,
                                    .text =
                                        bytes_of(app_key_source(app), strlen(app_key_source(app)))};
    if (log_write_durable(load->hub->log, &entry) != STATUS_OK)
        return load_fail(load, MESSAGE_FAILURE_UNAVAILABLE, "", LOAD_NO_LOG);
    app_publish(load->hub, app);
    hub_tell_generation(load->hub);
    return true;
}

static void answer(struct load *load)
{
    uint8_t *memory;
    struct message_loaded loaded;
    if (answers_app(load->hub, load->app, &memory, &loaded.app) != STATUS_OK) {
        job_fail(load->job, MESSAGE_FAILURE_UNAVAILABLE, "loaded, but no room for the answer");
        return;
    }
    job_answer(load->job, MESSAGE_LOADED, &loaded);
    free(memory);
}

void load_app(struct job *job)
{
    struct load load = {.hub = job->hub, .job = job, .wanted = &job->in.any.load};
    bool is_good = check_words(&load) && reserve(&load);
    if (is_good) {
        is_good = keep_payload(&load) && load_describe(&load) && take_key(&load) &&
                  open_files(&load) && publish(&load);
        if (!is_good) {
            (void)!load_close_outside(job->hub, load.app,
                                      NULL); /* the first failure is what is told */
            app_remove(job->hub, load.app);
        }
    }
    if (is_good) {
        answer(&load);
    } else {
        log_event(&load, "load", load.failure == MESSAGE_FAILURE_DENIED ? "denied" : "failed",
                  load.failure == MESSAGE_FAILURE_DENIED ? bytes_of(load.text, strlen(load.text))
                                                         : BYTES_LITERAL(""));
        job_fail(job, load.failure, load.text);
    }
    if (load.app != NULL)
        app_release(job->hub, load.app);
    job_destroy(job);
}

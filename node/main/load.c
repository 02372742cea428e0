/*
 * node/main/load.c: see load.h.
 *
 *   authority -> names -> hash -> place -> describe in a cell -> key -> files -> log -> published
 *
 * Invariants:
 *   (1) An app is in the log as loaded before anybody finds it, and as unloaded before anything of
 *       it is given up.
 *   (2) A cell that described may serve: it has seen no call.
 */
#include "node/main/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/crypto/sha256.h"
#include "node/main/answers.h"
#include "node/main/call.h"
#include "node/main/calls.h"
#include "node/main/claims.h"
#include "node/main/ending.h"
#include "node/main/policy.h"
#include "node/message/clock.h"

#define DESCRIBE_MS 10000u /* however long calls may take: a stop waits for a load */
#define NO_LOG      "the log can not be written: nothing changes"

/* One load, and why it failed. */
struct load {
    struct hub *hub;
    struct job *job;
    const struct message_load *wanted;
    struct app *app;
    enum message_failure failure;
    char text[MESSAGE_TEXT_MAX + 1];
};

static bool fail(struct load *load, enum message_failure failure, const char *before,
                 const char *text)
{
    load->failure = failure;
    (void)snprintf(load->text, sizeof load->text, "%s%s", before, text);
    return false;
}

static bool fail_status(struct load *load, enum status status, const struct report *report)
{
    return fail(load, hub_failure_of(status), "",
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
        return fail_status(load, status, &report);
    if (log_mend(load->hub->log) != STATUS_OK)
        return fail(load, MESSAGE_FAILURE_UNAVAILABLE, "", NO_LOG);
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
    (void)fail_status(load, status, &report);
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
        return fail(load, MESSAGE_FAILURE_UNAVAILABLE, "", "no room for the payload");
    memcpy(app->payload, payload.data, payload.len);
    app->payload_len = payload.len;
    app->max_fuel = fuel != 0 ? fuel : load->hub->settings->fuel;
    app->is_given = load->wanted->key.len != 0;
    sha256_digest(payload, app->code_hash);
    return true;
}

/* What a cell that could not describe says, in the words of who asked. */
static bool fail_describe(struct load *load, enum gate_cell_end end, int detail,
                          const struct gate_outcome *outcome, struct bytes explanation)
{
    char memory[GATE_CELL_END_LINE_MAX];
    const char *before = "WASM deserialization failed: ";
    const bool is_fault = end == GATE_CELL_FINISHED && outcome->kind == OUTCOME_FAULT;
    if (is_fault && outcome->reason == FAULT_MISSING_EXPORT)
        before = "app has no exported functions: ";
    else if (is_fault && outcome->reason == FAULT_MISSING_IMPORT)
        before = "component failed trial instantiation (linker error): ";
    else if (!is_fault || outcome->reason == FAULT_MEMORY_CAP)
        before = "instantiation failed: ";
    load->failure = MESSAGE_FAILURE_INVALID;
    ending_sentence(before, end, explanation, ending_text(end, detail, outcome, memory),
                    load->text);
    return false;
}

/* A start function asks nobody. */
static void refuse_http(void *context, const struct gate_request *copy,
                        struct gate_transfer transfer, struct gate_reply *out_reply)
{
    (void)context;
    (void)copy;
    (void)transfer;
    out_reply->status = GATE_REFUSED;
}

/* Services of a describe: start functions run, and may print. The cell serves calls later, and what
 * it links is decided here: it is told of every service that calls have. */
static enum gate_cell_end run_describe(struct load *load, struct gate_cell *cell,
                                       struct output *output, struct gate_session *session,
                                       struct buffer *result, struct buffer *explanation,
                                       int *out_detail)
{
    struct gate_service services[OUTPUT_SERVICE_COUNT + 1];
    struct hub *hub = load->hub;
    output_services(output, services);
    services[OUTPUT_SERVICE_COUNT] =
        (struct gate_service){.interface = GATE_HTTP, .call = refuse_http};
    const struct gate_session_setup setup = {.job = call_job(hub, load->app),
                                             .services = services,
                                             .service_count = ARRAY_LEN(services),
                                             .result = result,
                                             .explanation = explanation};
    const uint32_t most_ms =
        hub->settings->call_ms < DESCRIBE_MS ? hub->settings->call_ms : DESCRIBE_MS;
    gate_session_init(session, &setup);
    return gate_cell_run(cell, bytes_of(load->app->payload, load->app->payload_len), session,
                         message_now_ns() + NS_PER_MS * most_ms, out_detail);
}

static bool describe_in(struct load *load, struct gate_cell *cell, struct output *output,
                        uint8_t *memory)
{
    static const size_t explanation_at = APP_EXPORTS_MAX;
    struct buffer result = {.data = memory, .cap = APP_EXPORTS_MAX};
    struct buffer explanation = {.data = memory + explanation_at, .cap = GATE_EXPLANATION_MAX};
    struct gate_session session;
    struct report report;
    int detail = 0;
    report_init(&report);
    enum gate_cell_end end =
        run_describe(load, cell, output, &session, &result, &explanation, &detail);
    if (end == GATE_CELL_FINISHED && session.outcome.kind == OUTCOME_FAULT &&
        session.outcome.reason == FAULT_LIMIT && session.refused_count != 0) /* its result */
        return fail_status(load,
                           report_fail_u64(&report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                           "exports: more than % bytes of names", APP_EXPORTS_MAX),
                           &report);
    if (end != GATE_CELL_FINISHED || session.outcome.kind != OUTCOME_RESULT)
        return fail_describe(load, end, detail, &session.outcome, buffer_bytes(&explanation));
    enum status status = app_set_exports(load->app, buffer_bytes(&result), &report);
    if (status != STATUS_OK)
        return fail_status(load, status, &report);
    if (load->app->function_count == 0)
        return fail(load, MESSAGE_FAILURE_INVALID, "", "app has no exported functions");
    status = app_enter_list(load->hub, load->app, &report);
    return status == STATUS_OK || fail_status(load, status, &report);
}

/* Invariant (2). */
static bool describe(struct load *load)
{
    struct app *app = load->app;
    struct gate_cell *cell = NULL;
    struct output output;
    struct report report;
    bool is_good = false;
    uint8_t *memory = malloc(APP_EXPORTS_MAX + GATE_EXPLANATION_MAX);
    report_init(&report);
    output_init(&output, load->hub->log);
    enum status status = memory == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    if (status == STATUS_OK)
        status = app_spawn_cell(load->hub, app, &cell, &report);
    if (status == STATUS_OK)
        status = output_begin(&output, app_name(app), bytes_of(app->code_hash, 32),
                              BYTES_LITERAL(""), &report);
    if (status == STATUS_OK) {
        is_good = describe_in(load, cell, &output, memory);
        output_end(&output);
    } else {
        (void)fail_status(load, status, &report);
    }
    if (is_good && gate_cell_can_serve(cell))
        app_keep_cell(load->hub, app, cell);
    else
        gate_cell_destroy(cell);
    output_fini(&output);
    free(memory);
    return is_good;
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
        return fail_status(load, status, &report);
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
    return status == STATUS_OK || fail_status(load, status, &report);
}

/* Gives back what the app has outside: its files, then its key. */
static enum status close_outside(struct hub *hub, struct app *app, struct report *report)
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
        return fail(load, MESSAGE_FAILURE_UNAVAILABLE, "", NO_LOG);
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
        is_good = keep_payload(&load) && describe(&load) && take_key(&load) && open_files(&load) &&
                  publish(&load);
        if (!is_good) {
            (void)!close_outside(job->hub, load.app, NULL); /* the first failure is what is told */
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
    enum status status = close_outside(hub, app, report);
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
        job_fail(job, MESSAGE_FAILURE_UNAVAILABLE, NO_LOG);
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
        job_fail(job, MESSAGE_FAILURE_UNAVAILABLE, NO_LOG);
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
        if (close_outside(hub, app, &report) != STATUS_OK) {
            const struct log_entry entry = {
                .kind = "alarm", .app = app_name(app), .text = bytes_of(report.text, report.len)};
            (void)!log_write(hub->log, &entry); /* nothing is left to do */
        }
        app_remove(hub, app);
    }
}

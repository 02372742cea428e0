/*
 * node/main/answers.c: see answers.h. Who may ask is api's affair: none of it is secret to clients.
 */
#include "node/main/answers.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/cbor.h"
#include "node/main/calls.h"
#include "node/main/claims.h"
#include "node/message/clock.h"
#include "node/role/confine.h"

#define FUNCTION_BYTES 72u /* a function without its name: six numbers and heads */

static size_t app_size(const struct app *app)
{
    size_t size = APP_BYTES;
    for (uint32_t i = 0; i < app->function_count; i++)
        size += FUNCTION_BYTES + app->functions[i].name.len;
    return size;
}

static struct bytes text_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

static void write_app(struct cbor_writer *writer, const struct app *app)
{
    cbor_write_array(writer, 8);
    cbor_write_text(writer, app_name(app));
    cbor_write_text(writer, text_of(app->hostname));
    cbor_write_bytes(writer, bytes_of(app->code_hash, 32));
    cbor_write_text(writer, text_of(app_key_source(app)));
    cbor_write_uint(writer, app->max_fuel);
    cbor_write_uint(writer, 1);
    cbor_write_bytes(writer, BYTES_LITERAL(""));
    cbor_write_array(writer, app->function_count);
    for (uint32_t i = 0; i < app->function_count; i++) {
        const struct app_function *function = &app->functions[i];
        cbor_write_array(writer, 3);
        cbor_write_text(writer, function->name);
        cbor_write_uint(writer, function->params);
        cbor_write_uint(writer, function->results);
    }
}

enum status answers_app(struct hub *hub, const struct app *app, uint8_t **out_memory,
                        struct bytes *out_app)
{
    struct cbor_writer writer;
    const size_t size = app_size(app);
    uint8_t *memory = malloc(size);
    if (memory == NULL)
        return STATUS_NO_MEMORY;
    (void)hub; /* what is fixed needs no lock */
    cbor_writer_init(&writer, memory, size);
    write_app(&writer, app);
    enum status status = cbor_writer_end(&writer, out_app);
    if (status == STATUS_OK)
        *out_memory = memory;
    else
        free(memory);
    return status;
}

/* Every LOADED app by `write`, in one array; with `more` bytes in front for the caller's head. */
struct listing {
    uint8_t *memory;
    struct cbor_writer writer;
};

static uint32_t count_loaded(const struct hub *hub)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < hub->app_count; i++)
        count += hub->apps[i]->state == APP_LOADED;
    return count;
}

/* Room for all apps, under the lock; it changes when the lock is given back. */
static size_t size_all(const struct hub *hub)
{
    size_t size = APP_BYTES;
    for (uint32_t i = 0; i < hub->app_count; i++)
        if (hub->apps[i]->state == APP_LOADED) /* others are not to be looked into */
            size += app_size(hub->apps[i]);
    return size;
}

static bool listing_begin(struct listing *listing, size_t size)
{
    listing->memory = malloc(size);
    if (listing->memory != NULL)
        cbor_writer_init(&listing->writer, listing->memory, size);
    return listing->memory != NULL;
}

/* Under the lock. */
static void write_all(const struct hub *hub, struct cbor_writer *writer,
                      void (*write)(struct cbor_writer *, const struct app *))
{
    cbor_write_array(writer, count_loaded(hub));
    for (uint32_t i = 0; i < hub->app_count; i++)
        if (hub->apps[i]->state == APP_LOADED)
            write(writer, hub->apps[i]);
}

static void no_room(struct job *job)
{
    job_fail(job, MESSAGE_FAILURE_UNAVAILABLE, "no room for the answer");
}

void answers_list(struct job *job)
{
    struct hub *hub = job->hub;
    struct listing listing;
    struct message_apps apps;
    (void)pthread_mutex_lock(&hub->lock);
    bool is_good = listing_begin(&listing, size_all(hub));
    if (is_good)
        write_all(hub, &listing.writer, write_app);
    (void)pthread_mutex_unlock(&hub->lock);
    if (is_good && cbor_writer_end(&listing.writer, &apps.apps) == STATUS_OK)
        job_answer(job, MESSAGE_APPS, &apps);
    else
        no_room(job);
    free(listing.memory);
    job_destroy(job);
}

static void write_pair(struct cbor_writer *writer, const char *name, const char *text)
{
    cbor_write_array(writer, 2);
    cbor_write_text(writer, text_of(name));
    cbor_write_text(writer, text_of(text));
}

static void write_count(struct cbor_writer *writer, const char *name, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    write_pair(writer, name, text);
}

void answers_status(struct job *job)
{
    struct hub *hub = job->hub;
    struct message_status_is status;
    struct cbor_writer writer;
    uint8_t memory[2048], hash[32];
    char roles[ROLE_ISOLATION_LINE_MAX];
    uint64_t running, waiting, workers;
    calls_count(hub->calls, &running, &waiting, &workers);
    const bool is_log_good = log_mend(hub->log) == STATUS_OK;
    (void)pthread_mutex_lock(&hub->lock);
    const uint64_t apps = count_loaded(hub), generation = hub->generation;
    (void)pthread_mutex_unlock(&hub->lock);
    cbor_writer_init(&writer, memory, sizeof memory);
    role_isolation_line(hub->settings->isolation_lacks, roles);
    cbor_write_array(&writer, 11);
    write_pair(&writer, "mode", hub->settings->is_dev ? "dev" : "enrolled");
    write_pair(&writer, "evidence", hub->evidence);
    write_pair(&writer, "roles", roles);
    write_pair(&writer, "cells", hub->box);
    write_pair(&writer, "log", is_log_good ? "ok" : "can not be written");
    write_count(&writer, "log_lines", log_last(hub->log, hash));
    write_count(&writer, "apps", apps);
    write_count(&writer, "generation", generation);
    write_count(&writer, "calls_running", running);
    write_count(&writer, "calls_waiting", waiting);
    write_count(&writer, "workers", workers);
    if (cbor_writer_end(&writer, &status.details) == STATUS_OK)
        job_answer(job, MESSAGE_STATUS_IS, &status);
    else
        no_room(job);
    job_destroy(job);
}

static void write_metrics(struct cbor_writer *writer, const struct app *app)
{
    uint64_t calls = 0, fuel = 0, errors = 0;
    for (uint32_t i = 0; i < app->function_count; i++) {
        calls += app->functions[i].calls;
        fuel += app->functions[i].fuel;
        errors += app->functions[i].errors;
    }
    cbor_write_array(writer, 5);
    cbor_write_text(writer, app_name(app));
    cbor_write_uint(writer, calls);
    cbor_write_uint(writer, fuel);
    cbor_write_uint(writer, errors);
    cbor_write_array(writer, app->function_count);
    for (uint32_t i = 0; i < app->function_count; i++) {
        const struct app_function *function = &app->functions[i];
        cbor_write_array(writer, 6);
        cbor_write_text(writer, function->name);
        cbor_write_uint(writer, function->calls);
        cbor_write_uint(writer, function->fuel);
        cbor_write_uint(writer, function->errors);
        cbor_write_uint(writer, function->least_fuel);
        cbor_write_uint(writer, function->most_fuel);
    }
}

static void write_number(struct cbor_writer *writer, const char *name, uint64_t number)
{
    cbor_write_array(writer, 2);
    cbor_write_text(writer, text_of(name));
    cbor_write_uint(writer, number);
}

/* Under the lock. */
static void write_numbers(const struct hub *hub, struct cbor_writer *writer)
{
    const struct hub_counts *counts = &hub->counts;
    cbor_write_array(writer, 11);
    write_number(writer, "wasm_calls_total", counts->calls);
    write_number(writer, "wasm_errors_total", counts->call_errors);
    write_number(writer, "wasm_fuel_total", counts->fuel);
    write_number(writer, "wasm_calls_refused_total", counts->refused);
    write_number(writer, "wasm_loads_total", counts->loads);
    write_number(writer, "wasm_unloads_total", counts->unloads);
    write_number(writer, "secrets_stored_total", counts->writes);
    write_number(writer, "secrets_retrieved_total", counts->reads);
    write_number(writer, "certificates_issued_total", counts->leaves);
    write_number(writer, "attestation_verifications_total", counts->attestations);
    write_number(writer, "uptime_seconds", (message_now_ns() - hub->start_ns) / NS_PER_SEC);
}

void answers_metrics(struct job *job)
{
    struct hub *hub = job->hub;
    struct listing listing;
    struct message_metrics_are metrics;
    (void)pthread_mutex_lock(&hub->lock);
    bool is_good = listing_begin(&listing, size_all(hub) + APP_BYTES);
    if (is_good) {
        cbor_write_array(&listing.writer, 2);
        write_numbers(hub, &listing.writer);
        write_all(hub, &listing.writer, write_metrics);
    }
    (void)pthread_mutex_unlock(&hub->lock);
    if (is_good && cbor_writer_end(&listing.writer, &metrics.metrics) == STATUS_OK)
        job_answer(job, MESSAGE_METRICS_ARE, &metrics);
    else
        no_room(job);
    free(listing.memory);
    job_destroy(job);
}

void answers_modules(struct job *job)
{
    struct hub *hub = job->hub;
    struct message_modules_are modules;
    (void)pthread_mutex_lock(&hub->lock);
    modules.count = count_loaded(hub);
    (void)pthread_mutex_unlock(&hub->lock);
    job_answer(job, MESSAGE_MODULES_ARE, &modules);
    job_destroy(job);
}

void answers_manifest(struct job *job)
{
    struct hub *hub = job->hub;
    struct message_manifest_is manifest;
    uint8_t *memory = NULL;
    uint8_t root[32];
    (void)pthread_mutex_lock(&hub->lock);
    enum status status = claims_manifest(hub, hub->claims, &memory, &manifest.leaves);
    memcpy(root, claims_tree(hub->claims), sizeof root);
    (void)pthread_mutex_unlock(&hub->lock);
    manifest.root = bytes_of(root, sizeof root);
    if (status == STATUS_OK)
        job_answer(job, MESSAGE_MANIFEST_IS, &manifest);
    else
        no_room(job);
    free(memory);
    job_destroy(job);
}

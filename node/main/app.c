/*
 * node/main/app.c: the registry. See app.h.
 */
#include "node/main/app.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/main/claims.h"
#include "node/main/policy.h"
#include "node/main/rest.h"

/* Cells at rest, of all apps together, that are more than an app's first. Each is a process. */
#define IDLE_MOST 64u

struct bytes app_name(const struct app *app)
{
    return bytes_of(app->name, strlen(app->name));
}

const char *app_key_source(const struct app *app)
{
    return app->is_given ? "byok" : "generated";
}

/* Under the lock: where `name` is, or would be. */
static uint32_t place_of(const struct hub *hub, struct bytes name, bool *out_is_there)
{
    uint32_t low = 0, high = hub->app_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (app_compare_names(app_name(hub->apps[middle]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out_is_there = low < hub->app_count && bytes_equal(app_name(hub->apps[low]), name);
    return low;
}

static void destroy(struct app *app)
{
    for (uint32_t i = 0; i < app->idle_count; i++)
        gate_cell_destroy(app->idle[i]);
    if (app->payload != NULL)
        memory_wipe(app->payload, app->payload_len);
    (void)pthread_cond_destroy(&app->finished);
    (void)pthread_mutex_destroy(&app->receipt_lock);
    free(app->payload);
    free(app->exports);
    free(app->functions);
    free(app->idle);
    free(app->busy);
    free(app);
}

static struct app *create(const struct hub *hub, struct bytes name, struct bytes hostname)
{
    struct app *app = calloc(1, sizeof *app);
    if (app == NULL)
        return NULL;
    (void)pthread_cond_init(&app->finished, NULL);
    (void)pthread_mutex_init(&app->receipt_lock, NULL);
    app->idle = calloc(hub->settings->calls_per_app, sizeof(struct gate_cell *));
    app->busy = calloc(hub->settings->calls_per_app, sizeof(struct gate_cell *));
    if (app->idle == NULL || app->busy == NULL) {
        destroy(app);
        return NULL;
    }
    memcpy(app->name, name.data, name.len);
    memcpy(app->hostname, hostname.data, hostname.len);
    app->references = 2; /* the registry's and the caller's */
    return app;
}

static struct app *hostname_owner(const struct hub *hub, struct bytes hostname)
{
    for (uint32_t i = 0; i < hub->app_count; i++) {
        const char *other = hub->apps[i]->hostname;
        if (policy_hostname_equal(bytes_of(other, strlen(other)), hostname))
            return hub->apps[i];
    }
    return NULL;
}

/* Under the lock. */
static enum status check_place(const struct hub *hub, struct bytes name, struct bytes hostname,
                               bool *out_is_taken, struct report *report)
{
    char text[REPORT_TEXT_MAX];
    (void)place_of(hub, name, out_is_taken);
    if (*out_is_taken) {
        (void)snprintf(text, sizeof text, "app '%.*s' is already loaded", (int)name.len,
                       (const char *)name.data);
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET, text);
    }
    const struct app *owner = hostname_owner(hub, hostname);
    if (owner != NULL)
        return report_fail_names(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                 "hostname % is that of app %", hostname, app_name(owner));
    if (hub->app_count == hub->settings->apps_max)
        return report_fail_u64(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                               "% apps are loaded, and more may not be", hub->app_count);
    return STATUS_OK;
}

enum status app_reserve(struct hub *hub, struct bytes name, struct bytes hostname,
                        struct app **out_app, bool *out_is_taken, struct report *report)
{
    bool is_there;
    struct app *app = create(hub, name, hostname);
    if (app == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for an app");
    (void)pthread_mutex_lock(&hub->lock);
    enum status status = check_place(hub, name, hostname, out_is_taken, report);
    if (status == STATUS_OK) {
        const uint32_t place = place_of(hub, name, &is_there);
        memmove(hub->apps + place + 1, hub->apps + place,
                (hub->app_count - place) * sizeof(struct app *));
        hub->apps[place] = app;
        hub->app_count++;
    }
    (void)pthread_mutex_unlock(&hub->lock);
    if (status == STATUS_OK)
        *out_app = app;
    else
        destroy(app);
    return status;
}

struct app *app_find(struct hub *hub, struct bytes name)
{
    bool is_there;
    struct app *app = NULL;
    (void)pthread_mutex_lock(&hub->lock);
    const uint32_t place = place_of(hub, name, &is_there);
    if (is_there && hub->apps[place]->state == APP_LOADED) {
        app = hub->apps[place];
        app->references++;
    }
    (void)pthread_mutex_unlock(&hub->lock);
    return app;
}

const struct app *app_by_hostname(const struct hub *hub, struct bytes hostname)
{
    const struct app *app = hostname_owner(hub, hostname);
    return app != NULL && app->state == APP_LOADED ? app : NULL;
}

void app_release(struct hub *hub, struct app *app)
{
    (void)pthread_mutex_lock(&hub->lock);
    const bool is_last = --app->references == 0;
    (void)pthread_mutex_unlock(&hub->lock);
    if (is_last)
        destroy(app);
}

void app_publish(struct hub *hub, struct app *app)
{
    (void)pthread_mutex_lock(&hub->lock);
    app->state = APP_LOADED;
    hub->generation++;
    hub->counts.loads++;
    claims_refresh(hub, hub->claims);
    (void)pthread_mutex_unlock(&hub->lock);
}

void app_remove(struct hub *hub, struct app *app)
{
    bool is_there;
    (void)pthread_mutex_lock(&hub->lock);
    const uint32_t place = place_of(hub, app_name(app), &is_there);
    ASSERT(is_there && hub->apps[place] == app);
    hub->app_count--;
    hub->listed_bytes -= app->listed_bytes;
    hub->idle_count -= app->idle_count; /* they end with the app; it takes no more */
    memmove(hub->apps + place, hub->apps + place + 1,
            (hub->app_count - place) * sizeof(struct app *));
    (void)pthread_mutex_unlock(&hub->lock);
    app_release(hub, app);
}

enum status app_spawn_cell(const struct hub *hub, const struct app *app,
                           struct gate_cell **out_cell, struct report *report)
{
    const struct gate_cell_options options = {
        .program_fd = hub->role->files[ROLE_FILE_CELL] > 0 ? hub->role->files[ROLE_FILE_CELL] : 0,
        .memory_bytes = hub->settings->memory_bytes,
        .arena_bytes = hub->settings->arena_bytes,
        .payload_bytes = app->payload_len,
    };
    return gate_cell_spawn(&options, out_cell, report);
}

/* Under the lock. Each running call has one place: calls.c starts no more than there are. */
static void enter_busy(const struct hub *hub, struct app *app, struct gate_cell *cell)
{
    uint32_t i = 0;
    while (app->busy[i] != NULL)
        i++;
    ASSERT(i < hub->settings->calls_per_app);
    app->busy[i] = cell;
}

static void leave_busy(const struct hub *hub, struct app *app, const struct gate_cell *cell)
{
    uint32_t i = 0;
    while (app->busy[i] != cell)
        i++;
    ASSERT(i < hub->settings->calls_per_app);
    app->busy[i] = NULL;
}

/* One at rest that has not died there; NULL: none. */
static struct gate_cell *take_warm(struct hub *hub, struct app *app)
{
    struct gate_cell *cell = NULL;
    (void)pthread_mutex_lock(&hub->lock);
    if (app->idle_count != 0) {
        cell = app->idle[--app->idle_count];
        hub->idle_count--;
        enter_busy(hub, app, cell);
    }
    (void)pthread_mutex_unlock(&hub->lock);
    return cell;
}

enum status app_take_cell(struct hub *hub, struct app *app, struct gate_cell **out_cell,
                          bool *out_is_warm, struct report *report)
{
    struct gate_cell *cell = take_warm(hub, app);
    while (cell != NULL && !gate_cell_can_serve(cell)) {
        rest_tell(hub, app, cell);
        app_leave_cell(hub, app, cell);
        cell = take_warm(hub, app);
    }
    *out_is_warm = cell != NULL;
    if (cell == NULL) {
        enum status status = app_spawn_cell(hub, app, &cell, report);
        if (status != STATUS_OK)
            return status;
        (void)pthread_mutex_lock(&hub->lock);
        const bool is_leaving = app->state == APP_LEAVING;
        if (!is_leaving)
            enter_busy(hub, app, cell);
        (void)pthread_mutex_unlock(&hub->lock);
        if (is_leaving) {
            gate_cell_destroy(cell);
            return report_fail(report, STATUS_NOT_FOUND, REPORT_NO_OFFSET, "the app was unloaded");
        }
    }
    *out_cell = cell;
    return STATUS_OK;
}

void app_leave_cell(struct hub *hub, struct app *app, struct gate_cell *cell)
{
    const bool can_serve = gate_cell_can_serve(cell);
    (void)pthread_mutex_lock(&hub->lock);
    leave_busy(hub, app, cell);
    const bool has_room = app->idle_count == 0 || hub->idle_count < IDLE_MOST;
    const bool is_kept = can_serve && app->state == APP_LOADED && has_room &&
                         app->idle_count < hub->settings->calls_per_app;
    if (is_kept) {
        app->idle[app->idle_count++] = cell;
        hub->idle_count++;
    }
    (void)pthread_mutex_unlock(&hub->lock);
    if (!is_kept)
        gate_cell_destroy(cell);
}

void app_keep_cell(struct hub *hub, struct app *app, struct gate_cell *cell)
{
    (void)pthread_mutex_lock(&hub->lock);
    app->idle[app->idle_count++] = cell;
    hub->idle_count++;
    (void)pthread_mutex_unlock(&hub->lock);
}

void app_kill_cells(const struct hub *hub, struct app *app)
{
    app->is_killed = true;
    for (uint32_t i = 0; i < hub->settings->calls_per_app; i++)
        if (app->busy[i] != NULL)
            gate_cell_kill(app->busy[i]);
}

bool app_was_killed(struct hub *hub, const struct app *app)
{
    (void)pthread_mutex_lock(&hub->lock);
    const bool was_killed = app->is_killed;
    (void)pthread_mutex_unlock(&hub->lock);
    return was_killed;
}

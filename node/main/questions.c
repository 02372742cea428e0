/*
 * node/main/questions.c: see questions.h.
 */
#include "node/main/questions.h"

#include "core/base/text.h"
#include "node/main/answers.h"
#include "node/main/calls.h"
#include "node/main/load.h"

#define QUICK_THREADS 2u
#define SIGN_THREADS  4u
#define ADMIN_THREADS 2u
#define LANE_MOST     1024u
#define ADMIN_MOST    16u /* loads that wait, each with its payload */
static void run_signed(struct job *job)
{
    if (job->in.type == MESSAGE_LEAF)
        answers_leaf(job);
    else
        answers_attest(job);
}

/* A call of no app, or what found no place. */
static void refuse(struct job *job)
{
    char text[MESSAGE_TEXT_MAX + 1]; /* of at most 1024 bytes, each at its longest */
    struct buffer shown = {.data = (uint8_t *)text, .cap = sizeof text - 1};
    const struct text_sink out = text_to_buffer(&shown);
    if (job->is_refused) {
        job_fail(job, MESSAGE_FAILURE_BUSY,
                 job->in.type == MESSAGE_CALL ? "too many calls wait: try again later"
                                              : "too many questions wait: try again later");
    } else {
        text_word(out, "unknown app: '");
        text_escaped(out, job->in.any.call.app);
        text_char(out, '\'');
        text[shown.len] = '\0';
        job_fail(job, MESSAGE_FAILURE_NOT_FOUND, text);
    }
    job_destroy(job);
}

static void run_quick(struct job *job)
{
    if (job->is_refused) {
        refuse(job);
        return;
    }
    switch (job->in.type) {
    case MESSAGE_LIST:
        answers_list(job);
        return;
    case MESSAGE_STATUS:
        answers_status(job);
        return;
    case MESSAGE_METRICS:
        answers_metrics(job);
        return;
    case MESSAGE_MODULES:
        answers_modules(job);
        return;
    case MESSAGE_MANIFEST:
        answers_manifest(job);
        return;
    case MESSAGE_LEAF:
        answers_leaf(job);
        return;
    default:
        break;
    }
    refuse(job);
}

static void run_admin(struct job *job)
{
    if (job->in.type == MESSAGE_LOAD)
        load_app(job);
    else if (job->in.type == MESSAGE_UNLOAD)
        load_unload(job);
    else
        load_shutdown(job);
}

static void put_call(struct hub *hub, struct job *job)
{
    struct app *app = app_find(hub, job->in.any.call.app);
    job->app = app;
    bool is_leaving = app == NULL;
    if (app != NULL && calls_put(hub->calls, job, &is_leaving))
        return;
    job->is_refused = !is_leaving;
    job->app = NULL;
    if (app != NULL)
        app_release(hub, app);
    lane_put(hub->quick, job);
}

/* Into a lane whose threads wait for other roles, so that the reader does not. */
static void put_or_refuse(struct hub *hub, struct lane *lane, struct job *job)
{
    if (lane_try(lane, job))
        return;
    job->is_refused = true;
    lane_put(hub->quick, job);
}

bool questions_put(struct hub *hub, struct job *job)
{
    switch (job->in.type) {
    case MESSAGE_CALL:
        put_call(hub, job);
        return true;
    case MESSAGE_LOAD:
    case MESSAGE_UNLOAD:
    case MESSAGE_SHUTDOWN:
        put_or_refuse(hub, hub->admin, job);
        return true;
    case MESSAGE_LEAF:
        if (answers_leaf_is_unknown(hub, job->in.any.leaf.sni)) {
            lane_put(hub->quick, job); /* nothing is signed, and nobody's quote is waited for */
            return true;
        }
        FALLTHROUGH;
    case MESSAGE_ATTEST:
        put_or_refuse(hub, hub->signing, job);
        return true;
    case MESSAGE_LIST:
    case MESSAGE_STATUS:
    case MESSAGE_METRICS:
    case MESSAGE_MODULES:
    case MESSAGE_MANIFEST:
        lane_put(hub->quick, job);
        return true;
    default:
        return false;
    }
}

enum status questions_start(struct hub *hub, struct report *report)
{
    enum status status = calls_create(hub, &hub->calls, report);
    if (status == STATUS_OK)
        status = lane_create(ADMIN_THREADS, ADMIN_MOST, run_admin, &hub->admin, report);
    if (status == STATUS_OK)
        status = lane_create(QUICK_THREADS, LANE_MOST, run_quick, &hub->quick, report);
    if (status == STATUS_OK)
        status = lane_create(SIGN_THREADS, LANE_MOST, run_signed, &hub->signing, report);
    return status;
}

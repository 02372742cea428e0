/*
 * node/main/leaf.c: certificates and evidence: main says what is claimed, keys signs it.
 *
 * The claims and their generation are taken at one moment; what changes while keys works is a later
 * generation, and api throws this leaf away.
 */
#include "node/main/answers.h"
#include "node/main/claims.h"

/* What a leaf for no app is called, as the original does. */
#define DEFAULT_COMMON_NAME "Enclave OS RA-TLS"

static void count(struct hub *hub, uint64_t *counter)
{
    (void)pthread_mutex_lock(&hub->lock);
    ++*counter;
    (void)pthread_mutex_unlock(&hub->lock);
}

bool answers_leaf_is_unknown(struct hub *hub, struct bytes sni)
{
    (void)pthread_mutex_lock(&hub->lock);
    const bool is_unknown = sni.len != 0 && app_by_hostname(hub, sni) == NULL;
    (void)pthread_mutex_unlock(&hub->lock);
    return is_unknown;
}

void answers_leaf(struct job *job)
{
    struct hub *hub = job->hub;
    const struct message_leaf *wanted = &job->in.any.leaf;
    uint8_t memory[CLAIMS_MAX_BYTES];
    char common_name[MESSAGE_HOST_MAX + 1] = DEFAULT_COMMON_NAME;
    struct message_in *in;
    struct report report;
    struct message_issue issue = {
        .spki = wanted->spki, .is_challenge = wanted->is_challenge, .nonce = wanted->nonce};
    struct message_leaf_made made;
    report_init(&report);
    (void)pthread_mutex_lock(&hub->lock);
    made.generation = hub->generation;
    const struct app *app = app_by_hostname(hub, wanted->sni);
    if (app != NULL)
        memcpy(common_name, app->hostname, sizeof app->hostname);
    const bool is_unknown = app == NULL && wanted->sni.len != 0;
    issue.claims = claims_write(hub, hub->claims, app, memory);
    (void)pthread_mutex_unlock(&hub->lock);
    if (is_unknown) {
        job_fail(job, MESSAGE_FAILURE_NOT_FOUND, "no app has this hostname");
        job_destroy(job);
        return;
    }
    issue.common_name = bytes_of(common_name, strlen(common_name));
    enum status status =
        caller_ask(hub->keys, MESSAGE_ISSUE, &issue, MESSAGE_ISSUED, HUB_KEYS_MS, &in, &report);
    if (status == STATUS_OK) {
        made.not_after = in->any.issued.not_after;
        made.leaf = in->any.issued.leaf;
        made.issuer = in->any.issued.issuer;
        job_answer(job, MESSAGE_LEAF_MADE, &made);
        caller_release(hub->keys, in);
        count(hub, &hub->counts.leaves);
    } else {
        job_fail_status(job, status, &report);
    }
    job_destroy(job);
}

void answers_attest(struct job *job)
{
    struct hub *hub = job->hub;
    const struct message_attest *wanted = &job->in.any.attest;
    struct message_quote quote = {.spki = wanted->spki,
                                  .is_challenge = wanted->is_challenge,
                                  .context = wanted->context,
                                  .exporter = wanted->exporter};
    struct message_attested attested;
    struct message_in *in;
    struct report report;
    report_init(&report);
    enum status status =
        caller_ask(hub->keys, MESSAGE_QUOTE, &quote, MESSAGE_QUOTED, HUB_KEYS_MS, &in, &report);
    if (status == STATUS_OK) {
        attested.evidence_kind = in->any.quoted.evidence_kind;
        attested.time = in->any.quoted.time;
        attested.evidence = in->any.quoted.evidence;
        job_answer(job, MESSAGE_ATTESTED, &attested);
        caller_release(hub->keys, in);
        count(hub, &hub->counts.attestations);
    } else {
        job_fail_status(job, status, &report);
    }
    job_destroy(job);
}

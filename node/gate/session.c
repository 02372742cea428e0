/*
 * node/gate/session.c: dispatch of one cell's requests. See session.h for states and rules.
 */
#include "node/gate/session.h"

#include "aether/gate_world.h"
#include "core/proof/session.h"

void gate_session_init(struct gate_session *session, const struct gate_session_setup *setup)
{
    *session = (struct gate_session){.setup = *setup, .state = GATE_SESSION_NEW};
}

void gate_session_resume(struct gate_session *session, uint64_t payload_version,
                         struct gate_transfer transfer, struct gate_reply *finish_reply)
{
    const struct bytes text = session->setup.call_text;
    const size_t len = text.len < transfer.len ? text.len : transfer.len;
    ASSERT(session->state == GATE_SESSION_NEW && (session->setup.job.flags & GATE_JOB_SERVE) != 0);
    session->state = GATE_SESSION_STARTED;
    session->payload_version = payload_version;
    if (len != 0)
        memcpy(transfer.data, text.data, len);
    finish_reply->out = (struct gate_region){0, (uint32_t)len};
    finish_reply->values[0] = text.len;
}

void gate_session_cancel(const struct gate_session *session)
{
    for (size_t i = 0; i < session->setup.service_count; i++) {
        const struct gate_service *service = &session->setup.services[i];
        if (service->cancel != NULL)
            service->cancel(service->context);
    }
}

static bool is_region_in(struct gate_region region, struct gate_transfer transfer)
{
    return region.len <= transfer.len && region.offset <= transfer.len - region.len;
}

static uint64_t features(const struct gate_session *session)
{
    uint64_t bits = GATE_FEATURE_CALL;
    for (size_t i = 0; i < session->setup.service_count; i++) {
        if (session->setup.services[i].interface == GATE_WORLD)
            bits |= GATE_FEATURE_WORLD;
        if (session->setup.services[i].interface == GATE_HTTP)
            bits |= GATE_FEATURE_HTTP;
    }
    return bits;
}

/* The job stands at the start of the transfer area; the cell copies it before anything else. */
static enum gate_status hello(struct gate_session *session, const struct gate_request *copy,
                              struct gate_transfer transfer, struct gate_reply *reply)
{
    const struct gate_job *job = &session->setup.job;
    ASSERT(transfer.len >= GATE_TRANSFER_MIN);
    if (session->state != GATE_SESSION_NEW)
        return GATE_BAD_STATE;
    if (copy->args[0] != GATE_VERSION)
        return GATE_BAD_VERSION;
    session->state = GATE_SESSION_GREETED;
    memcpy(transfer.data, job, sizeof *job);
    reply->out = (struct gate_region){0, sizeof *job};
    reply->values[0] = GATE_VERSION;
    reply->values[1] = features(session);
    reply->values[2] = transfer.len;
    return GATE_OK;
}

static enum gate_status started(struct gate_session *session, const struct gate_request *copy)
{
    if (session->state != GATE_SESSION_GREETED)
        return GATE_BAD_STATE;
    session->state = GATE_SESSION_STARTED;
    session->payload_version = copy->args[0];
    return GATE_OK;
}

static enum gate_status call_text(struct gate_session *session, const struct gate_request *copy,
                                  struct gate_transfer transfer, struct gate_reply *reply)
{
    struct bytes text = session->setup.call_text;
    if (session->state == GATE_SESSION_NEW || (session->setup.job.flags & GATE_JOB_CALL) == 0)
        return GATE_BAD_STATE;
    if (!is_region_in(copy->out, transfer))
        return GATE_BAD_REGION;
    uint64_t from = copy->args[0] < text.len ? copy->args[0] : text.len;
    uint64_t len = text.len - from;
    if (len > copy->out.len)
        len = copy->out.len;
    if (len != 0)
        memcpy(transfer.data + copy->out.offset, text.data + from, len);
    reply->out = (struct gate_region){copy->out.offset, (uint32_t)len};
    reply->values[0] = text.len;
    return GATE_OK;
}

static enum gate_status refuse(struct gate_reply *reply, enum outcome_refusal reason)
{
    reply->reason = reason;
    return GATE_REFUSED;
}

/* False: it is more than there is room for. */
static bool add_result(struct gate_session *session, struct bytes bytes)
{
    struct buffer *to = session->setup.result;
    return bytes.len <= GATE_RESULT_MAX - to->len && buffer_append(to, bytes) == STATUS_OK;
}

static enum gate_status result(struct gate_session *session, const struct gate_request *copy,
                               struct gate_transfer transfer, struct gate_reply *reply)
{
    if (session->state == GATE_SESSION_NEW)
        return GATE_BAD_STATE;
    if (session->setup.result == NULL)
        return refuse(reply, REFUSAL_NOT_GRANTED);
    if (!is_region_in(copy->in, transfer))
        return GATE_BAD_REGION;
    if (!add_result(session, bytes_of(transfer.data + copy->in.offset, copy->in.len)))
        return refuse(reply, REFUSAL_BUDGET);
    return GATE_OK;
}

static enum gate_status explain(struct gate_session *session, const struct gate_request *copy,
                                struct gate_transfer transfer, struct gate_reply *reply)
{
    struct buffer *to = session->setup.explanation;
    if (session->state == GATE_SESSION_NEW || session->has_explained)
        return GATE_BAD_STATE;
    if (to == NULL)
        return refuse(reply, REFUSAL_NOT_GRANTED);
    if (!is_region_in(copy->in, transfer) || copy->in.len > GATE_EXPLANATION_MAX)
        return GATE_BAD_REGION;
    if (buffer_append(to, bytes_of(transfer.data + copy->in.offset, copy->in.len)) != STATUS_OK)
        return refuse(reply, REFUSAL_BUDGET);
    session->has_explained = true;
    return GATE_OK;
}

/* What stands behind the outcome of a cell that serves. Where there is no room for it the call has
 * no result, and this is why. */
static void finish_result(struct gate_session *session, struct bytes tail)
{
    if (tail.len == 0 || (session->setup.result != NULL && add_result(session, tail)))
        return;
    session->refused_count++;
    session->outcome = (struct gate_outcome){
        .kind = OUTCOME_FAULT, .reason = FAULT_LIMIT, .fuel_used = session->outcome.fuel_used};
}

/* Invariant (3). */
static enum gate_session_event finish(struct gate_session *session, const struct gate_request *copy,
                                      struct gate_transfer transfer, struct gate_reply *reply)
{
    bool is_started = session->state == GATE_SESSION_STARTED;
    bool is_greeted = is_started || session->state == GATE_SESSION_GREETED;
    struct gate_outcome outcome;
    session->state = GATE_SESSION_ENDED;
    if (!is_greeted) {
        reply->status = GATE_BAD_STATE;
        return GATE_SESSION_BAD;
    }
    const bool serves = (session->setup.job.flags & GATE_JOB_SERVE) != 0;
    if (copy->in.len < sizeof outcome || (!serves && copy->in.len != sizeof outcome) ||
        !is_region_in(copy->in, transfer)) {
        reply->status = GATE_BAD_REGION;
        return GATE_SESSION_BAD;
    }
    memcpy(&outcome, transfer.data + copy->in.offset, sizeof outcome);
    if (!session_outcome_is_well_formed(&outcome, is_started, session->setup.job.fuel)) {
        reply->status = refuse(reply, REFUSAL_MISUSE);
        return GATE_SESSION_BAD;
    }
    session->outcome = outcome;
    session->is_last = !is_started || copy->args[0] != 0 || !serves;
    finish_result(session, bytes_of(transfer.data + copy->in.offset + sizeof outcome,
                                    copy->in.len - sizeof outcome));
    return GATE_SESSION_FINISHED;
}

static enum gate_status core_call(struct gate_session *session, const struct gate_request *copy,
                                  struct gate_transfer transfer, struct gate_reply *reply)
{
    switch (copy->method) {
    case GATE_CORE_HELLO:
        return hello(session, copy, transfer, reply);
    case GATE_CORE_STARTED:
        return started(session, copy);
    case GATE_CORE_WAIT: /* this gate answers everything at once: no token is ever pending */
        return GATE_BAD_STATE;
    case GATE_CORE_CALL_TEXT:
        return call_text(session, copy, transfer, reply);
    case GATE_CORE_RESULT:
        return result(session, copy, transfer, reply);
    case GATE_CORE_EXPLAIN:
        return explain(session, copy, transfer, reply);
    default:
        return GATE_UNKNOWN;
    }
}

static const struct gate_service *find_service(const struct gate_session *session,
                                               uint16_t interface)
{
    for (size_t i = 0; i < session->setup.service_count; i++)
        if (session->setup.services[i].interface == interface)
            return &session->setup.services[i];
    return NULL;
}

static enum gate_status service_call(struct gate_session *session, const struct gate_request *copy,
                                     struct gate_transfer transfer, struct gate_reply *reply)
{
    const struct gate_service *service = find_service(session, copy->interface);
    if (service == NULL)
        return GATE_UNKNOWN;
    if (session->state == GATE_SESSION_NEW)
        return GATE_BAD_STATE;
    if (!is_region_in(copy->in, transfer) || !is_region_in(copy->out, transfer))
        return GATE_BAD_REGION;
    service->call(service->context, copy, transfer, reply);
    ASSERT(reply->out.len <= copy->out.len);
    reply->token = copy->token;
    reply->out.offset = copy->out.offset;
    return reply->status;
}

/* What failed is the program's affair, unless it was beyond what it was given. */
static bool is_refused(const struct gate_reply *reply)
{
    if (reply->status == GATE_FAILED)
        return reply->reason == GATE_ERROR_NOT_PERMITTED;
    return reply->status != GATE_OK && reply->status != GATE_PENDING;
}

static void count_refused(struct gate_session *session, const struct gate_request *copy,
                          const struct gate_reply *reply)
{
    if (reply->status == GATE_UNKNOWN)
        session->unknown_count++;
    else if (reply->status == GATE_BAD_STATE)
        session->out_of_order_count++;
    else
        session->refused_count++;
    if (session->setup.log != NULL)
        session->setup.log(session->setup.log_context, copy, reply->status, reply->reason);
}

enum gate_session_event gate_session_call(struct gate_session *session,
                                          const struct gate_request *copy,
                                          struct gate_transfer transfer,
                                          struct gate_reply *out_reply)
{
    enum gate_session_event event = GATE_SESSION_CONTINUE;
    *out_reply = (struct gate_reply){.status = GATE_OK, .token = copy->token};
    session->call_count++;
    if (session->state == GATE_SESSION_ENDED)
        out_reply->status = GATE_BAD_STATE;
    else if (copy->interface != GATE_CORE)
        out_reply->status = service_call(session, copy, transfer, out_reply);
    else if (copy->method == GATE_CORE_FINISH)
        event = finish(session, copy, transfer, out_reply);
    else
        out_reply->status = core_call(session, copy, transfer, out_reply);
    if (is_refused(out_reply))
        count_refused(session, copy, out_reply);
    return event;
}

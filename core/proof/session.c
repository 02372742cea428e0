/*
 * core/proof/session.c: the gate's side of one cell's life. See session.h for states and rules.
 */
#include "core/proof/session.h"

void session_init(struct session *session, const struct session_setup *setup)
{
    *session = (struct session){.setup = *setup, .state = SESSION_NEW};
}

static bool is_cell_fault(uint32_t reason)
{
    return reason >= FAULT_MALFORMED && reason <= FAULT_NO_MEMORY;
}

static bool is_trap_reason(uint32_t reason)
{
    switch (reason) {
#define X(number, name, text) case number:
        OUTCOME_TRAP_LIST(X)
#undef X
        return reason != 0;
    default:
        return false;
    }
}

static bool is_refusal(uint32_t refusal)
{
    switch (refusal) {
#define X(number, name, text) case REFUSAL_##name:
        OUTCOME_REFUSAL_LIST(X)
#undef X
        return refusal != REFUSAL_NONE;
    default:
        return false;
    }
}

static bool is_trap_well_formed(const struct gate_outcome *outcome)
{
    /* The one kind that has a detail; OUTCOME_TRAP_LIST gives its number. */
    enum {
#define X(number, name, text) TRAP_##name = number,
        OUTCOME_TRAP_LIST(X)
#undef X
    };
    if (!is_trap_reason(outcome->reason) || outcome->status != 0 || outcome->wanted != 0)
        return false;
    if (outcome->reason == TRAP_HOST_REFUSED)
        return is_refusal(outcome->refusal);
    return outcome->refusal == REFUSAL_NONE;
}

static bool is_fault_well_formed(const struct gate_outcome *outcome)
{
    if (!is_cell_fault(outcome->reason) || outcome->refusal != REFUSAL_NONE)
        return false;
    if (outcome->status != 0 || outcome->function != 0)
        return false;
    if (outcome->reason == FAULT_MEMORY_CAP || outcome->reason == FAULT_NO_MEMORY)
        return true;
    return outcome->wanted == 0;
}

bool session_outcome_is_well_formed(const struct gate_outcome *outcome, bool is_started,
                                    uint64_t fuel)
{
    if (outcome->fuel_used > fuel || outcome->reserved != 0 || outcome->reserved2 != 0)
        return false;
    switch (outcome->kind) {
    case OUTCOME_RESULT:
        return is_started && outcome->reason == 0 && outcome->refusal == REFUSAL_NONE &&
               outcome->function == 0 && outcome->offset == 0 && outcome->wanted == 0;
    case OUTCOME_TRAP:
        return is_trap_well_formed(outcome);
    case OUTCOME_FAULT:
        return is_fault_well_formed(outcome);
    default:
        return false;
    }
}

static enum gate_status hello(struct session *session, const struct gate_request *copy,
                              struct gate_reply *reply)
{
    if (copy->args[0] != GATE_VERSION)
        return GATE_BAD_VERSION;
    session->state = SESSION_GREETED;
    reply->out = session->setup.job;
    reply->values[0] = GATE_VERSION;
    reply->values[1] = session->setup.features;
    reply->values[2] = session->setup.transfer_bytes;
    return GATE_OK;
}

static bool take_outcome(const struct gate_request *copy, struct bytes transfer,
                         struct gate_outcome *out_outcome)
{
    struct gate_region in = copy->in;
    if (in.len != sizeof *out_outcome || in.len > transfer.len || in.offset > transfer.len - in.len)
        return false;
    memcpy(out_outcome, transfer.data + in.offset, sizeof *out_outcome);
    return true;
}

/* Invariant (3). */
static enum session_event finish(struct session *session, const struct gate_request *copy,
                                 struct bytes transfer, struct gate_reply *reply)
{
    bool is_started = session->state == SESSION_STARTED;
    bool is_greeted = is_started || session->state == SESSION_GREETED;
    struct gate_outcome outcome;
    session->state = SESSION_ENDED;
    if (!is_greeted) {
        reply->status = GATE_BAD_STATE;
        session->out_of_order_count++;
        return SESSION_BAD;
    }
    if (!take_outcome(copy, transfer, &outcome)) {
        reply->status = GATE_BAD_REGION;
        return SESSION_BAD;
    }
    if (!session_outcome_is_well_formed(&outcome, is_started, session->setup.fuel)) {
        reply->status = GATE_REFUSED;
        return SESSION_BAD;
    }
    session->outcome = outcome;
    return SESSION_FINISHED;
}

static enum session_event refuse_order(struct session *session, struct gate_reply *reply)
{
    reply->status = GATE_BAD_STATE;
    session->out_of_order_count++;
    return SESSION_CONTINUE;
}

static enum session_event refuse_unknown(struct session *session, struct gate_reply *reply)
{
    reply->status = GATE_UNKNOWN;
    session->unknown_count++;
    return SESSION_CONTINUE;
}

/* Where the gate has not the feature, there is no such method. */
static enum session_event set_upcall(struct session *session, const struct gate_request *copy,
                                     struct gate_reply *reply)
{
    if ((session->setup.features & GATE_FEATURE_FAULT_TO_TRAP) == 0)
        return refuse_unknown(session, reply);
    if (session->state == SESSION_NEW || session->upcall.entry != 0)
        return refuse_order(session, reply);
    session->upcall = (struct session_upcall){copy->args[0], copy->args[1], copy->args[2]};
    return SESSION_CONTINUE;
}

static enum session_event core_call(struct session *session, const struct gate_request *copy,
                                    struct bytes transfer, struct gate_reply *reply)
{
    switch (copy->method) {
    case GATE_CORE_HELLO:
        if (session->state != SESSION_NEW)
            return refuse_order(session, reply);
        reply->status = hello(session, copy, reply);
        return SESSION_CONTINUE;
    case GATE_CORE_STARTED:
        if (session->state != SESSION_GREETED)
            return refuse_order(session, reply);
        session->state = SESSION_STARTED;
        session->payload_version = (uint32_t)copy->args[0];
        return SESSION_CONTINUE;
    case GATE_CORE_FINISH:
        return finish(session, copy, transfer, reply);
    case GATE_CORE_WAIT: /* this gate answers everything at once: no token is ever pending */
        return refuse_order(session, reply);
    case GATE_CORE_UPCALL:
        return set_upcall(session, copy, reply);
    default:
        return refuse_unknown(session, reply);
    }
}

static enum session_event device_call(struct session *session, const struct gate_request *copy,
                                      struct bytes transfer, struct gate_reply *reply)
{
    struct journal *journal = session->setup.journal;
    if (copy->method >= GATE_DEVICE_METHOD_COUNT)
        return refuse_unknown(session, reply);
    if (session->state == SESSION_NEW)
        return refuse_order(session, reply);
    journal_call(journal, copy, transfer, reply);
    if (!journal->is_shredded)
        return SESSION_CONTINUE;
    session->state = SESSION_ENDED;
    return SESSION_SHREDDED;
}

void session_call(struct session *session, const struct gate_request *copy, struct bytes transfer,
                  struct gate_reply *out_reply, enum session_event *out_event)
{
    *out_reply = (struct gate_reply){.status = GATE_OK, .token = copy->token};
    session->call_count++;
    if (session->state == SESSION_ENDED)
        *out_event = refuse_order(session, out_reply);
    else if (copy->interface == GATE_CORE)
        *out_event = core_call(session, copy, transfer, out_reply);
    else if (copy->interface == GATE_DEVICE)
        *out_event = device_call(session, copy, transfer, out_reply);
    else
        *out_event = refuse_unknown(session, out_reply);
}

void session_job_init(struct gate_job *out_job, const struct manifest *manifest,
                      uint64_t payload_len, const struct journal *journal)
{
    const struct manifest_limits *limits = &manifest->limits;
    ASSERT(manifest->entry_len <= GATE_ENTRY_MAX);
    *out_job = (struct gate_job){
        .version = GATE_VERSION,
        .flags = manifest->flags & MANIFEST_FAULT_TO_TRAP ? (uint32_t)GATE_JOB_FAULT_TO_TRAP : 0,
        .payload_len = payload_len,
        .fuel = limits->fuel,
        .memory_bytes = limits->memory_bytes,
        .stack_units = limits->stack_units,
        .table_elements = limits->table_elements,
        .entry_len = manifest->entry_len,
    };
    if (limits->arena_bytes > limits->memory_bytes)
        out_job->arena_bytes = limits->arena_bytes - limits->memory_bytes;
    memcpy(out_job->entry, manifest->entry, manifest->entry_len);
    memcpy(out_job->handles, journal->handles, sizeof journal->handles);
}

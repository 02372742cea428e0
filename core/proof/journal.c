/*
 * core/proof/journal.c: answers GATE_DEVICE requests from latched inputs and records them.
 */
#include "core/proof/journal.h"

#define HANDLE_INDEX_BITS 8

void journal_init(struct journal *journal, const struct journal_inputs *inputs, uint32_t granted,
                  uint32_t generation)
{
    memset(journal, 0, sizeof *journal);
    journal->inputs = *inputs;
    for (uint32_t right = 0; right < GATE_RIGHT_COUNT; right++)
        if ((granted >> right & 1) != 0)
            journal->handles[right] = generation << HANDLE_INDEX_BITS | (right + 1);
}

/* One of the four sensor methods, or GATE_RIGHT_COUNT for the two that need no handle. */
static uint32_t right_of(uint16_t method)
{
    static const uint8_t rights[GATE_DEVICE_METHOD_COUNT] = {
        [GATE_DEVICE_READ_PRESSURE] = GATE_RIGHT_PRESSURE,
        [GATE_DEVICE_READ_DOSE] = GATE_RIGHT_DOSE,
        [GATE_DEVICE_READ_OXYGEN] = GATE_RIGHT_OXYGEN,
        [GATE_DEVICE_READ_JOINT] = GATE_RIGHT_JOINT,
        [GATE_DEVICE_GET_STATUS] = GATE_RIGHT_COUNT,
        [GATE_DEVICE_COMMIT_TELEMETRY] = GATE_RIGHT_TELEMETRY,
        [GATE_DEVICE_COMMIT_UPLINK] = GATE_RIGHT_UPLINK,
        [GATE_DEVICE_EMIT_SIGNAL] = GATE_RIGHT_SIGNAL,
        [GATE_DEVICE_SHRED] = GATE_RIGHT_COUNT,
    };
    return rights[method];
}

static bool holds_handle(const struct journal *journal, uint32_t right, uint32_t handle)
{
    return right == GATE_RIGHT_COUNT || (handle != 0 && handle == journal->handles[right]);
}

static void refuse(struct gate_reply *reply, enum outcome_refusal refusal)
{
    reply->status = GATE_REFUSED;
    reply->reason = refusal;
}

static void commit_telemetry(struct journal *journal, struct gate_region in, struct bytes transfer,
                             struct gate_reply *reply)
{
    if (in.len > GATE_TELEMETRY_MAX) {
        refuse(reply, REFUSAL_TOO_LONG);
        return;
    }
    if (in.len > transfer.len || in.offset > transfer.len - in.len) {
        reply->status = GATE_BAD_REGION;
        return;
    }
    if (journal->telemetry_count == GATE_TELEMETRY_BUDGET ||
        1 + in.len > GATE_TELEMETRY_BYTES - journal->telemetry_len) {
        refuse(reply, REFUSAL_BUDGET);
        return;
    }
    uint8_t *record = journal->telemetry + journal->telemetry_len;
    record[0] = (uint8_t)in.len;
    if (in.len != 0)
        memcpy(record + 1, transfer.data + in.offset, in.len);
    journal->telemetry_len += 1 + in.len;
    journal->telemetry_count++;
}

static void commit_uplink(struct journal *journal, uint64_t lo, uint64_t hi,
                          struct gate_reply *reply)
{
    if (journal->uplink_count == GATE_UPLINK_BUDGET) {
        refuse(reply, REFUSAL_BUDGET);
        return;
    }
    uint32_t *uplink = journal->uplinks[journal->uplink_count++];
    uplink[0] = (uint32_t)lo;
    uplink[1] = (uint32_t)hi;
}

static void emit_signal(struct journal *journal, uint64_t signal, struct gate_reply *reply)
{
    if (journal->signal_count == GATE_SIGNAL_BUDGET) {
        refuse(reply, REFUSAL_BUDGET);
        return;
    }
    journal->signals[journal->signal_count++] = (uint32_t)signal;
}

static uint32_t status_word(const struct journal_inputs *inputs)
{
    return (inputs->status_bits & ~(uint32_t)GATE_STATUS_VECTOR_MASK) |
           (inputs->vector & GATE_STATUS_VECTOR_MASK);
}

static void answer(struct journal *journal, const struct gate_request *request,
                   struct bytes transfer, struct gate_reply *reply)
{
    switch ((enum gate_device_method)request->method) {
    case GATE_DEVICE_READ_PRESSURE:
        reply->values[0] = journal->inputs.pressure_bits;
        break;
    case GATE_DEVICE_READ_DOSE:
        reply->values[0] = journal->inputs.dose;
        break;
    case GATE_DEVICE_READ_OXYGEN:
        reply->values[0] = journal->inputs.oxygen;
        break;
    case GATE_DEVICE_READ_JOINT:
        reply->values[0] = journal->inputs.joint;
        break;
    case GATE_DEVICE_GET_STATUS:
        reply->values[0] = status_word(&journal->inputs);
        break;
    case GATE_DEVICE_COMMIT_TELEMETRY:
        commit_telemetry(journal, request->in, transfer, reply);
        break;
    case GATE_DEVICE_COMMIT_UPLINK:
        commit_uplink(journal, request->args[0], request->args[1], reply);
        break;
    case GATE_DEVICE_EMIT_SIGNAL:
        emit_signal(journal, request->args[0], reply);
        break;
    case GATE_DEVICE_SHRED:
        journal->is_shredded = true;
        break;
    case GATE_DEVICE_METHOD_COUNT:
    default:
        reply->status = GATE_UNKNOWN;
        break;
    }
}

void journal_call(struct journal *journal, const struct gate_request *request,
                  struct bytes transfer, struct gate_reply *out_reply)
{
    memset(out_reply, 0, sizeof *out_reply);
    out_reply->token = request->token;
    if (request->interface != GATE_DEVICE || request->method >= GATE_DEVICE_METHOD_COUNT)
        out_reply->status = GATE_UNKNOWN;
    else if (journal->is_shredded)
        out_reply->status = GATE_BAD_STATE;
    else if (!holds_handle(journal, right_of(request->method), request->handle))
        out_reply->status = GATE_BAD_HANDLE;
    else
        answer(journal, request, transfer, out_reply);
}

/*
 * cell/inprocess/inprocess.c: see inprocess.h.
 *
 * Invariants:
 *   (1) The first event that ends the session is the end; the session refuses what comes later.
 *   (2) All memory of a run is fresh from mmap, so zero, and unmapped before inprocess_run returns.
 */
#include "cell/inprocess/inprocess.h"

#include "cell/fake/port.h"

struct inprocess {
    struct gate_port port; /* first */
    const struct inprocess_job *job;
    struct gate_session *session; /* of the call that is running */
    struct area transfer;
    struct area arena;
    struct area memory;
    uint32_t transfer_bytes;
    bool has_ended;
    enum gate_cell_end end;
};

static void find_areas(struct gate_port *port, struct cell_areas *out_areas)
{
    struct inprocess *in = (struct inprocess *)port;
    *out_areas = (struct cell_areas){
        .payload = in->job->payload.data,
        .transfer = in->transfer.base,
        .transfer_bytes = in->transfer_bytes,
        .arena = in->arena.base,
        .memory = in->memory.base,
    };
}

/* Invariant (1). */
static void end(struct inprocess *in, enum gate_cell_end how)
{
    if (in->has_ended)
        return;
    in->has_ended = true;
    in->end = how;
}

/* The next call, or the end; it is in the reply to FINISH. */
static void finish(struct inprocess *in, struct gate_reply *reply)
{
    struct gate_session *ended = in->session;
    struct gate_session *next = NULL;
    if (!in->has_ended && !ended->is_last && in->job->next != NULL)
        next = in->job->next(in->job->next_context, ended);
    if (next != NULL) {
        const struct gate_transfer transfer = {in->transfer.base, in->transfer_bytes};
        gate_session_resume(next, ended->payload_version, transfer, reply);
        in->session = next;
        return;
    }
    reply->status = GATE_BAD_STATE;
    end(in, GATE_CELL_FINISHED);
}

static void ring(struct gate_port *port, const struct gate_request *request,
                 struct gate_reply *out_reply)
{
    struct inprocess *in = (struct inprocess *)port;
    const struct gate_request copy = *request;
    struct gate_transfer transfer = {in->transfer.base, in->transfer_bytes};
    switch (gate_session_call(in->session, &copy, transfer, out_reply)) {
    case GATE_SESSION_CONTINUE:
        break;
    case GATE_SESSION_FINISHED:
        finish(in, out_reply);
        break;
    case GATE_SESSION_BAD:
        end(in, GATE_CELL_BAD);
        break;
    }
}

static enum status map_areas(struct inprocess *in)
{
    const struct gate_job *job = &in->job->session->setup.job;
    enum status status = area_map(in->transfer_bytes, &in->transfer);
    if (status == STATUS_OK)
        status = area_map(job->arena_bytes, &in->arena);
    if (status == STATUS_OK)
        status = area_map(job->memory_bytes, &in->memory);
    return status;
}

enum status inprocess_run(const struct inprocess_job *job, enum gate_cell_end *out_end,
                          struct report *report)
{
    struct inprocess in = {
        .port = {.areas = find_areas, .ring = ring},
        .job = job,
        .session = job->session,
        .transfer_bytes = job->transfer_bytes != 0 ? job->transfer_bytes : GATE_TRANSFER_DEFAULT,
    };
    if (job->payload.len != job->session->setup.job.payload_len)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the job is about a payload of another length");
    enum status status = map_areas(&in);
    if (status == STATUS_OK) {
        job->entry(&in.port);
        end(&in, GATE_CELL_BAD); /* it came back without FINISH */
        *out_end = in.end;
    } else {
        report_write(report, REPORT_NO_OFFSET, "not enough address space for the cell's areas");
    }
    area_unmap(&in.memory);
    area_unmap(&in.arena);
    area_unmap(&in.transfer);
    return status;
}
